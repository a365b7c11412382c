"""The country of an address of the internet, out of a database as administrators download them."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from centralita.store.geoip import AddressDatabase, GeographyUnavailable, NoGeography

MARKER = b"\xab\xcd\xefMaxMind.com"


def encoded(value: object) -> bytes:
    """A value of a data section (MaxMind DB file format 2.0); only what is needed here."""
    match value:
        case str():
            text = value.encode()
            assert len(text) < 29
            return bytes([2 << 5 | len(text)]) + text
        case bytes():  # a whole number; the format knows each width as a type of its own
            return {2: bytes([5 << 5 | 2]), 4: bytes([6 << 5 | 4]), 8: bytes([8, 2])}[len(value)] + value
        case list():
            return bytes([len(value), 4]) + b"".join(encoded(one) for one in value)
        case dict():
            return bytes([7 << 5 | len(value)]) + b"".join(
                encoded(name) + encoded(one) for name, one in value.items()
            )
    raise TypeError(value)


def database(path: Path, network: str, record: object) -> Path:
    """A database that knows one network."""
    known = IPv4Network(network)
    bits = f"{int(known.network_address):032b}"[: known.prefixlen]
    nodes = len(bits)
    tree = b""
    for index, bit in enumerate(bits):
        onward = index + 1 if index + 1 < nodes else nodes + 16
        pair = (onward, nodes) if bit == "0" else (nodes, onward)
        tree += b"".join(one.to_bytes(3, "big") for one in pair)
    about = {
        "binary_format_major_version": (2).to_bytes(2, "big"),
        "binary_format_minor_version": bytes(2),
        "build_epoch": (1).to_bytes(8, "big"),
        "database_type": "Test",
        "description": {"en": "Test"},
        "ip_version": (4).to_bytes(2, "big"),
        "languages": ["en"],
        "node_count": nodes.to_bytes(4, "big"),
        "record_size": (24).to_bytes(2, "big"),
    }
    path.write_bytes(tree + bytes(16) + encoded(record) + MARKER + encoded(about))
    return path


@pytest.mark.parametrize(
    ("record", "country"),
    [
        ({"country": {"iso_code": "FR"}}, "FR"),
        ({"registered_country": {"iso_code": "PT"}}, "PT"),
        ({"country": "DE"}, "DE"),
        ({"city": "Nowhere"}, ""),
        ("nonsense", ""),
    ],
)
def test_the_country_of_an_address(tmp_path: Path, record: object, country: str) -> None:
    geography = AddressDatabase(database(tmp_path / "country.mmdb", "203.0.113.0/24", record))
    assert geography.country("203.0.113.7") == country
    assert geography.country("198.51.100.7") == ""
    assert geography.country("2001:db8::1") == ""
    assert geography.country("no address") == ""
    geography.close()


def test_a_database_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.mmdb").write_bytes(b"nothing")
    for name in ("broken.mmdb", "missing.mmdb"):
        with pytest.raises(GeographyUnavailable, match="CENTRALITA_GEOIP_DATABASE"):
            AddressDatabase(tmp_path / name)
    assert NoGeography().country("203.0.113.7") == ""
