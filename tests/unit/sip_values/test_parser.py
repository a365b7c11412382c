"""Datagrams: what is taken, what is refused and how it can be answered, and the limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from centralita.sip.address import NameAddress
from centralita.sip.errors import ParseError
from centralita.sip.message import Request, Response
from centralita.sip.parser import Limits, parse_message
from centralita.sip.uri import Uri
from centralita.sip.via import Via

SDP = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
INVITE = (
    "INVITE sip:102@pbx.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776;rport\r\n"
    "Max-Forwards: 70\r\n"
    'From: "Ana" <sip:101@pbx.example.com>;tag=a6c85cf\r\n'
    "To: <sip:102@pbx.example.com>\r\n"
    "Call-ID: a84b4c76e66710@192.0.2.1\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Contact: <sip:101@192.0.2.1:5060>\r\n"
    "Content-Type: application/sdp\r\n"
    f"Content-Length: {len(SDP)}\r\n\r\n"
).encode() + SDP
OK = (
    b"SIP/2.0 200 OK\r\nv: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK776\r\nf: <sip:101@h>;tag=a\r\n"
    b"t: <sip:102@h>;tag=b\r\ni: x\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n"
)


def changed(old: str, new: str, message: bytes = INVITE) -> bytes:
    assert old.encode() in message
    return message.replace(old.encode(), new.encode("utf-8", "surrogateescape"), 1)


def refused(data: bytes, limits: Limits | None = None) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse_message(data, limits or Limits())
    return caught.value


def parse_or_error(data: bytes) -> Request | Response | ParseError:
    try:
        return parse_message(data)
    except ParseError as error:
        return error


def test_request() -> None:
    message = parse_message(INVITE)
    assert isinstance(message, Request)
    assert (message.method, message.uri, message.body) == ("INVITE", "sip:102@pbx.example.com", SDP)
    assert message.headers.get("call-id") == "a84b4c76e66710@192.0.2.1"
    assert message.encode() == INVITE


def test_response_with_compact_names() -> None:
    message = parse_message(OK)
    assert isinstance(message, Response)
    assert (message.status, message.reason) == (200, "OK")
    assert message.headers.get("via") == "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK776"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("INVITE sip", "\r\n\r\nINVITE sip"),
        ("SIP/2.0\r\nVia", "sip/2.0\r\nVia"),
        ("Via: ", "vIA\t :\t "),
        ("Max-Forwards: 70\r\n", ""),
        ("Max-Forwards: 70", "Max-Forwards: 0"),
        ("Max-Forwards: 70", "Max-Forwards: 255"),
        ("Max-Forwards", "X-Empty:\r\nMax-Forwards"),
        ('"Ana" <sip:101@pbx.example.com>;tag=a6c85cf', "sip:101@pbx.example.com;tag=a6c85cf"),
        ('"Ana" <', '"A\\"n\\\\a, \\\x00" \r\n\t<'),
        ("z9hG4bK776;rport", "z9hG4bK776;rport;x=y, SIP/2.0/TCP other"),
        ("CSeq: 314159 INVITE", "CSeq: 2147483647 INVITE"),
        ("CSeq: 314159 INVITE", "CSeq:\r\n 0000314159 \t INVITE"),
        ("Contact", "Subject: caf\udce9\r\nContact"),
        ("sip:102@pbx.example.com SIP", "tel:+34910000000 SIP"),
        ("SIP/2.0/UDP", "SIP/2.0/WSS"),
    ],
)
def test_taken(old: str, new: str) -> None:
    message = parse_message(changed(old, new))
    assert message.body == SDP
    assert isinstance(message, Request)
    assert message.method == "INVITE"


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("SIP/2.0\r\n", "SIP/3.0\r\n", 505),
        ("INVITE sip:102@pbx.example.com", "INVITE mailto:102@pbx.example.com", 416),
        ("INVITE sip:102@", f"INVITE sip:{'1' * 2048}@", 414),
        ("INVITE sip:102@", "INVITE sip:102@@", 400),
        ("Max-Forwards: 70", "Max-Forwards: 256", 400),
        ("Max-Forwards: 70", "Max-Forwards: -1", 400),
        ("Max-Forwards: 70", "Max-Forwards: ٧٠", 400),
        ("Max-Forwards: 70", "Max-Forwards: 70\r\nMax-Forwards: 70", 400),
        ("Max-Forwards: 70", "Max-Forwards 70", 400),
        ("Max-Forwards: 70", "Max Forwards: 70", 400),
        ("Max-Forwards: 70", ": 70", 400),
        ("Max-Forwards: 70", "X: a\x00b", 400),
        ("Max-Forwards: 70", "X: a\x7fb", 400),
        ("Max-Forwards: 70", 'X: "\\\\\x00"', 400),
        ("Via", "X-Via", None),
        ("From", "X-From", 400),
        ("To", "X-To", 400),
        ("Call-ID", "X-Call-ID", 400),
        ("CSeq", "X-CSeq", 400),
        ("To: ", "To: <sip:a@b>\r\nt: ", 400),
        ("Call-ID: a84", "Call-ID: a84\r\ni: b", 400),
        ("Call-ID: a84b4c76e66710@192.0.2.1", "Call-ID:", 400),
        ("Call-ID: a84", "Call-ID: a 84", 400),
        ("CSeq: 314159 INVITE", "CSeq: 314159 BYE", 400),
        ("CSeq: 314159 INVITE", "CSeq: 314159 invite", 400),
        ("CSeq: 314159 INVITE", "CSeq: 2147483648 INVITE", 400),
        ("CSeq: 314159 INVITE", "CSeq: -1 INVITE", 400),
        ("CSeq: 314159 INVITE", "CSeq: ١ INVITE", 400),
        ("CSeq: 314159 INVITE", "CSeq: INVITE", 400),
        ("CSeq: 314159 INVITE", "CSeq: 1 INVITE 2", 400),
        ("To: <sip:102@pbx.example.com>", "To: <sip:102@pbx.example.com", 400),
        ("To: <sip:102@pbx.example.com>", "To: <sip:1 02@pbx.example.com>", 400),
        (";tag=a6c85cf", ";tag=a6c85cf;tag=b", 400),
        ("Content-Length: ", "Content-Length: 9", 400),
        ("Content-Length: ", "Content-Length: -", 400),
        ("Content-Length: ", "Content-Length: 4294967295", 400),
        ("Content-Length: ", "Content-Length: 0\r\nContent-Length: ", 400),
        ("INVITE sip", "INVITE\tsip", None),
        ("INVITE sip", "INV(TE sip", None),
        ("INVITE sip", "ACK sip", None),
        ("Max-Forwards: 70", "X: a\nb", None),
        ("Max-Forwards: 70", "X: a\rb", None),
        ("SIP/2.0/UDP 192.0.2.1", "SIP/2.0/UDP 192.0.2.1@x", None),
        ("SIP/2.0/UDP 192.0.2.1", "SIP/2.0/UDP [1::2::3]", None),
    ],
)
def test_refused(old: str, new: str, status: int | None) -> None:
    """``status`` None: nothing can or may be answered."""
    error = refused(changed(old, new))
    if status is None:
        assert error.request is None
        return
    assert error.status == status
    assert error.request is not None
    assert error.request.method == "INVITE"
    assert Via.parse(error.request.headers.all("via")[0]).branch == "z9hG4bK776"
    assert "\r" not in error.reason
    assert "\n" not in error.reason


@pytest.mark.parametrize(
    "status_line",
    [
        "SIP/2.0 99 x",
        "SIP/2.0 700 x",
        "SIP/2.0 0200 OK",
        "SIP/2.0 ٢٠٠ OK",
        "SIP/2.0  200 OK",
        "SIP/3.0 200 OK",
    ],
)
def test_malformed_responses_are_never_answered(status_line: str) -> None:
    assert refused(changed("SIP/2.0 200 OK", status_line, OK)).request is None


def test_a_malformed_topmost_via_is_answered_by_its_branch() -> None:
    error = refused(changed(";branch=z9hG4bK776;rport", ";;branch=z9hG4bK776,,", INVITE))
    assert error.request is not None
    assert error.request.headers.all("via") == ["SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776"]


@given(
    st.lists(
        st.sampled_from(
            [
                ";branch=z9hG4bK1",
                ";rport",
                ";rport=5060",
                ";received=192.0.2.9",
                ";received=::1",
                ";alias",
                ";x",
                ";",
            ]
        ),
        max_size=5,
    ).map("".join)
)
def test_the_short_way_through_a_via_takes_what_the_long_way_takes(parameters: str) -> None:
    via = f"SIP/2.0/UDP 192.0.2.1:5060{parameters}"
    try:
        Via.parse(via)
        expected = True
    except ParseError:
        expected = False
    taken = parse_or_error(changed("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776;rport", via))
    assert isinstance(taken, Request) == expected


def test_no_empty_line() -> None:
    error = refused(INVITE.partition(b"\r\n\r\n")[0] + b"\r\n")
    assert (error.status, error.request is None) == (400, False)
    assert refused(b"").request is None
    assert refused(b"\r\n\r\n").request is None
    assert refused(b"\x00\x01").request is None


def test_body_is_cut_to_content_length_and_taken_whole_without_it() -> None:
    assert parse_message(INVITE + b"more").body == SDP
    assert parse_message(changed("Content-Length", "X-Length") + b"more").body == SDP + b"more"


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        (Limits(max_message=len(INVITE) - 1), 513),
        (Limits(max_head=300), 513),
        (Limits(max_headers=9), 513),
        (Limits(max_line=52), 513),
        (Limits(max_uri=22), 414),
        (Limits(max_body=len(SDP) - 1), 413),
    ],
)
def test_limits(limits: Limits, status: int) -> None:
    assert refused(INVITE, limits).status == status


def test_limits_hold_what_they_allow() -> None:
    tight = Limits(
        max_message=len(INVITE), max_head=len(INVITE) - len(SDP) - 4, max_headers=10, max_line=55, max_uri=23
    )
    assert parse_message(INVITE, replace(tight, max_body=len(SDP))).body == SDP


def test_a_folded_field_counts_whole() -> None:
    folded = changed("Max-Forwards", "Subject: " + "\r\n ".join(["a" * 30] * 10) + "\r\nMax-Forwards")
    assert parse_message(folded, Limits(max_line=320)).headers.get("subject") == " ".join(["a" * 30] * 10)
    assert refused(folded, Limits(max_line=100)).status == 513


@given(st.binary(max_size=200))
@example(b"\r\n\r\n")
@example(b"SIP/2.0 200\r\n\r\n")
@example(b" \r\n \r\n\r\n")
def test_arbitrary_bytes(data: bytes) -> None:
    taken = parse_or_error(data)
    if isinstance(taken, ParseError):
        assert taken.request is None or Via.parse_many(taken.request.headers.all("via"))


PIECES = st.binary(max_size=3) | st.sampled_from(
    [
        b"\r\n",
        b"\r\n ",
        b"\n",
        b"\x00",
        b'"',
        b"<",
        b">",
        b";",
        b",",
        b":",
        b"@",
        b"\\",
        b"%",
        b"=",
        b" ",
        b"\xff",
    ]
    + [line + b"\r\n" for line in INVITE.split(b"\r\n")[:10]]
)


@given(
    st.sampled_from([INVITE, OK]),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 12), PIECES), min_size=1, max_size=4),
)
def test_mutated_messages(message: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    """Only ParseError, and whatever is taken keeps the promises that the rest of the stack builds on."""
    data = message
    for position, length, piece in edits:
        data = data[:position] + piece + data[position + length :]
    taken = parse_or_error(data)
    if isinstance(taken, ParseError):
        if taken.request is not None:
            Via.parse(taken.request.headers.all("via")[0])
            assert parse_or_error(taken.request.encode())
        return
    headers = taken.headers
    Via.parse(headers.values("via")[0])
    NameAddress.parse(headers.all("from")[0])
    NameAddress.parse(headers.all("to")[0])
    number, method = (headers.get("cseq") or "").split(" ")
    assert str(int(number)) == number
    assert all("\r" not in value and "\n" not in value for _, value in headers)
    if isinstance(taken, Request):
        assert method == taken.method
        Uri.parse(taken.uri)
    headers.remove("content-length")
    again = parse_message(taken.encode())
    again.headers.remove("content-length")
    assert (again.headers, again.body) == (headers, taken.body)
