"""Streams: messages are found whatever the pieces they come in, and nobody makes us keep much."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.sip.errors import ParseError
from centralita.sip.message import Request, Response
from centralita.sip.parser import KeepAlive, Limits, StreamParser


def message(call_id: str, body: bytes = b"", **changes: str) -> bytes:
    fields = {
        "Via": "SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1",
        "From": "<sip:1@h>;tag=a",
        "To": "<sip:2@h>",
        "Call-ID": call_id,
        "CSeq": "1 MESSAGE",
        "Content-Length": str(len(body)),
    }
    for name, value in changes.items():
        fields[name.replace("_", "-")] = value
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"MESSAGE sip:2@h SIP/2.0\r\n{head}\r\n".encode() + body


def said(items: list[Request | Response | KeepAlive | ParseError]) -> list[object]:
    """What was found, in a form that can be compared."""
    return [
        item.encode()
        if isinstance(item, Request | Response)
        else (item.status, item.fatal)
        if isinstance(item, ParseError)
        else item
        for item in items
    ]


FLOW = (
    b"\r\n\r\n"
    + message("a", b"one\r\n\r\ntwo")
    + message("b")
    + b"\r\n"
    + message("c", b"\x00" * 10)
    + message("bad", b"skip me", To="<sip:2@h")
    + b"\r\n\r\n\r\n\r\n"
    + message("d", b"end")
)
FOUND: list[object] = [
    KeepAlive.PING,
    message("a", b"one\r\n\r\ntwo"),
    message("b"),
    KeepAlive.PONG,
    message("c", b"\x00" * 10),
    (400, False),
    KeepAlive.PING,
    KeepAlive.PING,
    message("d", b"end"),
]


def test_all_at_once() -> None:
    parser = StreamParser()
    assert said(parser.feed(FLOW)) == FOUND
    assert parser.buffered == 0


def test_byte_at_a_time() -> None:
    parser = StreamParser()
    assert [item for octet in FLOW for item in said(parser.feed(bytes([octet])))] == FOUND


@given(st.lists(st.integers(0, len(FLOW)), max_size=12))
def test_any_pieces(cuts: list[int]) -> None:
    parser = StreamParser()
    edges = [0, *sorted(cuts), len(FLOW)]
    found = [item for start, end in itertools.pairwise(edges) for item in said(parser.feed(FLOW[start:end]))]
    assert found == FOUND


def test_a_malformed_message_can_be_answered_and_the_next_one_is_read() -> None:
    found = StreamParser().feed(message("bad", b"xx", To="<") + message("good"))
    assert isinstance(found[0], ParseError)
    assert found[0].request is not None
    assert found[0].request.headers.get("call-id") == "bad"
    assert isinstance(found[1], Request)


@pytest.mark.parametrize(
    ("length", "status"),
    [
        ("", 400),
        ("4294967295", 413),
        ("4294967296", 400),
        ("-1", 400),
        ("1e3", 400),
        ("99999", 413),
        ("1, 2", 400),
    ],
)
def test_content_length_that_frames_nothing_ends_the_stream(length: str, status: int) -> None:
    parser = StreamParser()
    found = parser.feed(message("first") + message("x", b"xyz", Content_Length=length) + message("next"))
    assert said(found) == [message("first"), (status, True)]
    assert isinstance(found[1], ParseError)
    assert found[1].request is not None
    assert parser.feed(message("next")) == []
    assert parser.buffered == 0


def test_two_lengths_end_the_stream() -> None:
    assert said(StreamParser().feed(message("x", b"xyz", l="3"))) == [(400, True)]


def test_two_lengths_in_a_message_refused_for_something_else() -> None:
    assert said(StreamParser().feed(message("x", b"xyz", To="<", L="5"))) == [(400, True)]


@pytest.mark.parametrize("junk", [b"\n", b"\rx", b"\r\rx"])
def test_stray_line_breaks_end_the_stream(junk: bytes) -> None:
    assert said(StreamParser().feed(junk)) == [(400, True)]


def test_a_head_without_end_is_not_kept() -> None:
    limits = Limits(max_head=1000, max_line=200)
    parser = StreamParser(limits)
    line = b"X: " + b"a" * 60 + b"\r\n"
    most = 0
    found: list[object] = []
    for _ in range(100):
        found += said(parser.feed(line))
        most = max(most, parser.buffered)
    assert found == [(513, True)]
    assert most <= limits.max_head
    assert parser.buffered == 0


def test_a_line_without_end_is_not_kept() -> None:
    parser = StreamParser(Limits(max_line=200))
    assert said(parser.feed(b"\x16\x03\x01" * 67)) == [(400, True)]


def test_an_oversized_head_is_refused_even_when_complete() -> None:
    assert said(StreamParser(Limits(max_head=300)).feed(message("x", Subject="s" * 300))) == [(513, True)]


def test_a_body_is_kept_only_within_its_limit() -> None:
    limits = Limits(max_body=100)
    parser = StreamParser(limits)
    assert parser.feed(message("x", b"b" * 100)[:-1]) == []
    assert parser.buffered == 99
    assert len(parser.feed(b"b")) == 1
    assert said(parser.feed(message("x", b"b" * 101))) == [(413, True)]


def test_half_a_ping_waits() -> None:
    parser = StreamParser()
    assert parser.feed(b"\r\n") == []
    assert parser.feed(b"\r\n") == [KeepAlive.PING]


@given(
    st.lists(
        st.binary(max_size=20) | st.sampled_from([b"\r\n", message("x"), message("y", b"zz")]), max_size=6
    )
)
def test_arbitrary_bytes(pieces: list[bytes]) -> None:
    """The same bytes give the same items, in one piece or in many; nothing else is raised."""
    parser = StreamParser()
    found = [item for piece in pieces for item in said(parser.feed(piece))]
    assert said(StreamParser().feed(b"".join(pieces))) == found
