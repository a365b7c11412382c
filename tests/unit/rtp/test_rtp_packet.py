"""RTP packets: what is built is parsed, and what is malformed is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.rtp import packet


@given(
    st.integers(0, 63) | st.integers(96, 127),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=200),
    st.booleans(),
)
def test_what_is_built_is_parsed(
    number: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool
) -> None:
    data = packet.build(number, sequence, timestamp, ssrc, payload, marker)
    assert packet.parse(data) == packet.Packet(number, marker, sequence, timestamp, ssrc, payload)


HEAD = bytes.fromhex("0008 0000 0000 0000 0000 0000".replace(" ", ""))[2:]


@pytest.mark.parametrize(
    ("data", "payload"),
    [
        (b"\x82\x08" + HEAD + bytes(8) + b"abc", b"abc"),
        (b"\x90\x08" + HEAD + b"\xbe\xde\x00\x01" + bytes(4) + b"abc", b"abc"),
        (b"\xa0\x08" + HEAD + b"abc\x00\x02", b"abc"),
        (b"\xb1\x08" + HEAD + bytes(4) + b"\xbe\xde\x00\x00" + b"abc\x01", b"abc"),
    ],
    ids=["contributing-sources", "extension", "padding", "all-of-them"],
)
def test_what_surrounds_the_payload_is_left_out(data: bytes, payload: bytes) -> None:
    parsed = packet.parse(data)
    assert parsed is not None
    assert parsed.payload == payload


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x08" + HEAD[:-1],
        b"\x40\x08" + HEAD,
        b"\x8f\x08" + HEAD,
        b"\x90\x08" + HEAD + b"\xbe\xde",
        b"\x90\x08" + HEAD + b"\xbe\xde\xff\xff",
        b"\xa0\x08" + HEAD + b"abc\x00",
        b"\xa0\x08" + HEAD + b"abc\x09",
        b"\x80\xc8" + HEAD,
    ],
    ids=[
        *("empty", "short", "version-1", "sources-missing", "extension-cut", "extension-too-long"),
        *("no-padding", "more-padding-than-payload", "rtcp"),
    ],
)
def test_what_is_malformed_is_refused(data: bytes) -> None:
    assert packet.parse(data) is None


@given(st.binary(max_size=64))
def test_nothing_raises(data: bytes) -> None:
    packet.parse(data)
