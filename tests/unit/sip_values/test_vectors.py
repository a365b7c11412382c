"""The torture messages of RFC 4475 and RFC 5118, as bytes in files with what must come of them beside."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from centralita.sip.address import NameAddress
from centralita.sip.errors import ParseError
from centralita.sip.message import Request, Response
from centralita.sip.parser import KeepAlive, StreamParser, parse_message
from centralita.sip.uri import Uri
from centralita.sip.via import Via

VECTORS = Path(__file__).parent / "vectors"
CASES = [
    pytest.param(folder.name, name, expected, id=f"{folder.name}-{name}")
    for folder in sorted(VECTORS.iterdir())
    if folder.is_dir()
    for name, expected in yaml.safe_load((folder / "expectations.yaml").read_text()).items()
]


def contact_of(message: Request | Response) -> str:
    try:
        return str(NameAddress.parse_many(message.headers.all("contact"))[0])
    except ParseError:
        return "refused"


def look(message: Request | Response, what: str) -> object:
    """One fact of a message, by the name that the expectations give it."""
    kind, _, name = what.partition(":")
    if kind == "header":
        return message.headers.get(name)
    if kind == "values":
        return message.headers.values(name)
    if what in ("method", "uri", "status", "reason"):
        return getattr(message, what)
    if what == "body":
        return len(message.body)
    if what == "max-forwards":
        return int(message.headers.get("max-forwards") or "-1")
    if what == "contact":
        return contact_of(message)
    if what == "contacts":
        return len(NameAddress.parse_many(message.headers.all("contact")))
    if what.startswith("uri-"):
        assert isinstance(message, Request)
        return getattr(Uri.parse(message.uri), what[4:])
    vias = Via.parse_many(message.headers.all("via"))
    seen = {
        "branch": vias[0].branch,
        "received": vias[0].received,
        "via-host": vias[0].host,
        "via-port": vias[0].port,
        "transports": [via.transport for via in vias],
        "vias": len(vias),
    }
    if what in seen:
        return seen[what]
    header, _, attribute = what.partition("-")
    address = NameAddress.parse(message.headers.all(header)[0])
    return getattr(address if attribute in ("display", "tag") else address.uri, attribute)


def test_no_vector_is_without_expectation() -> None:
    files = {f"{path.parent.name}-{path.stem}" for path in VECTORS.glob("*/*.sip")}
    assert files == {case.id for case in CASES}


@pytest.mark.parametrize(("folder", "name", "expected"), CASES)
def test_datagram(folder: str, name: str, expected: dict[str, object]) -> None:
    data = (VECTORS / folder / f"{name}.sip").read_bytes()
    if "refused" in expected:
        with pytest.raises(ParseError) as caught:
            parse_message(data)
        assert caught.value.status == expected["refused"]
        request = caught.value.request
        assert (request is not None) == expected.get("answered", True)
        if request is not None:
            assert Via.parse_many(request.headers.all("via"))
        return
    message = parse_message(data)
    wanted = expected["see"]
    assert isinstance(wanted, dict)
    assert {what: look(message, what) for what in wanted} == wanted


@pytest.mark.parametrize(("folder", "name", "expected"), CASES)
def test_encoding_is_stable(folder: str, name: str, expected: dict[str, object]) -> None:
    """What was taken can be sent on, and is read by the next one as it was by us."""
    if "refused" in expected:
        return
    message = parse_message((VECTORS / folder / f"{name}.sip").read_bytes())
    again = parse_message(message.encode())
    again.headers.remove("content-length")
    message.headers.remove("content-length")
    assert (again.headers, again.body) == (message.headers, message.body)


#: Without a right Content-Length a message on a stream has no end.
ENDLESS = {"rfc4475-inv2543", "rfc4475-clerr"}


@pytest.mark.parametrize(("folder", "name", "expected"), [case for case in CASES if case.id not in ENDLESS])
def test_stream_agrees_with_datagram(folder: str, name: str, expected: dict[str, object]) -> None:
    data = (VECTORS / folder / f"{name}.sip").read_bytes()
    found = [item for item in StreamParser().feed(data) if not isinstance(item, KeepAlive)]
    assert isinstance(found[0], ParseError) == ("refused" in expected)
    if not isinstance(found[0], ParseError):
        assert found[0].encode() == parse_message(data).encode()
