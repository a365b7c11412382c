"""Offer and answer between two callers and the exchange: formats, directions, hold, refused streams."""

from __future__ import annotations

from pathlib import Path

import pytest

from centralita.rtp.format import PCMA, PCMU, TELEPHONE_EVENT, PayloadFormat
from centralita.sdp import negotiate
from centralita.sdp.description import Direction, OtherMedia, SdpError, SessionDescription

OFFERS = Path(__file__).parent / "offers"
G711 = ("PCMA", "PCMU")
OPUS = PayloadFormat(96, "opus", 48000, 2, "useinbandfec=1")


def phone(name: str) -> SessionDescription:
    return SessionDescription.parse((OFFERS / f"{name}.sdp").read_bytes())


def offered(
    *formats: PayloadFormat, host: str = "10.0.0.7", direction: Direction = "sendrecv"
) -> SessionDescription:
    return SessionDescription.parse(negotiate.offer(host, 4000, formats, 7, 1, direction))


def names(formats: list[PayloadFormat]) -> list[str]:
    return [entry.name for entry in formats]


def test_offer() -> None:
    assert negotiate.offer("10.0.0.1", 20000, [PCMA, TELEPHONE_EVENT], 42, 3, "sendonly") == (
        b"v=0\r\no=- 42 3 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
        b"m=audio 20000 RTP/AVP 8 101\r\nc=IN IP4 10.0.0.1\r\na=rtpmap:8 PCMA/8000\r\n"
        b"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendonly\r\n"
    )


def test_offer_over_ipv6() -> None:
    description = SessionDescription.parse(negotiate.offer("2001:db8::1", 20000, [PCMU], 1, 1))
    assert description.audio is not None
    assert description.audio.host == "2001:db8::1"


def test_the_peer_s_order_decides() -> None:
    for accepted in (("PCMA", "PCMU"), ("pcmu", "pcma")):
        agreement = negotiate.agree(phone("desk-phone"), accepted)
        assert agreement is not None
        assert (agreement.format, agreement.digits) == (PCMU, 101)
        assert (agreement.host, agreement.port) == ("192.168.1.35", 11792)
        assert agreement.send
        assert agreement.receive


def test_digits_at_the_clock_rate_of_the_format() -> None:
    speech, opus = (negotiate.agree(phone("softphone"), [name]) for name in ("PCMA", "opus"))
    assert speech is not None
    assert opus is not None
    assert (speech.digits, opus.digits) == (98, 101)


def test_nothing_in_common() -> None:
    assert negotiate.agree(phone("trunk"), ["opus"]) is None
    assert negotiate.agree(offered(TELEPHONE_EVENT), ["telephone-event", "PCMA"]) is None
    assert negotiate.agree(offered(PayloadFormat(96, "PCMA", 16000)), G711) is None
    video = SessionDescription.parse(b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=video 5000 RTP/AVP 99\r\n")
    assert negotiate.agree(video, G711) is None


@pytest.mark.parametrize(
    ("host", "direction", "send", "receive", "reply"),
    [
        ("10.0.0.7", "sendrecv", True, True, "sendrecv"),
        ("10.0.0.7", "sendonly", False, True, "recvonly"),
        ("10.0.0.7", "recvonly", True, False, "sendonly"),
        ("10.0.0.7", "inactive", False, False, "inactive"),
        ("0.0.0.0", "sendrecv", False, True, "recvonly"),
        ("::", "sendrecv", False, True, "recvonly"),
        ("0.0.0.0", "inactive", False, False, "inactive"),
    ],
)
def test_hold(host: str, direction: Direction, send: bool, receive: bool, reply: str) -> None:
    description = offered(PCMA, host=host, direction=direction)
    agreement = negotiate.agree(description, G711)
    assert agreement is not None
    assert (agreement.send, agreement.receive, agreement.held) == (send, receive, not send)
    body = SessionDescription.parse(negotiate.answer(description, "10.0.0.1", 20000, PCMA, 1, 1))
    assert body.audio is not None
    assert body.audio.direction == reply


def test_an_answer_is_no_wider_than_what_we_want() -> None:
    description = offered(PCMA)
    body = SessionDescription.parse(negotiate.answer(description, "10.0.0.1", 2, PCMA, 1, 1, "sendonly"))
    assert body.audio is not None
    assert body.audio.direction == "sendonly"


def test_an_answer_refuses_the_other_streams_in_their_places() -> None:
    body = negotiate.answer(phone("encrypting-phone"), "10.0.0.1", 20000, PCMA, 9, 2)
    media = [line for line in body.decode().split("\r\n") if line.startswith("m=")]
    assert media == [
        "m=audio 0 RTP/SAVP 0",
        "m=application 0 UDP/BFCP *",
        "m=audio 20000 RTP/AVP 8",
        "m=image 0 udptl t38",
    ]


def test_an_answer_keeps_profile_and_telephone_event() -> None:
    body = SessionDescription.parse(negotiate.answer(phone("softphone"), "2001:db8::1", 20000, OPUS, 9, 2))
    assert body.audio is not None
    assert body.audio.profile == "RTP/AVPF"
    assert body.audio.formats == (OPUS, PayloadFormat(101, "telephone-event", 48000))


def test_without_audio_there_is_no_answer() -> None:
    video = SessionDescription.parse(b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=video 5000 RTP/AVP 99\r\n")
    assert video.others == (OtherMedia("video", 5000, "RTP/AVP", "99"),)
    with pytest.raises(SdpError):
        negotiate.answer(video, "10.0.0.1", 20000, PCMA, 1, 1)


@pytest.mark.parametrize(
    ("caller", "allowed", "expected"),
    [
        ("desk-phone", ["G722", "PCMA", "PCMU"], ["G722", "PCMA", "PCMU", "telephone-event"]),
        ("desk-phone", ["pcma", "opus", "g722"], ["PCMA", "G722", "PCMU", "telephone-event"]),
        ("desk-phone", [], ["PCMA", "PCMU", "telephone-event"]),
        ("trunk", ["PCMU"], ["PCMA", "PCMU", "telephone-event"]),
        ("trunk", ["PCMU", "PCMA"], ["PCMA", "PCMU", "telephone-event"]),
        (
            "softphone",
            ["opus", "opus", "telephone-event"],
            ["opus", "PCMA", "PCMU", "telephone-event", "telephone-event"],
        ),
    ],
)
def test_what_is_offered_to_the_callee(caller: str, allowed: list[str], expected: list[str]) -> None:
    assert names(negotiate.relayable(phone(caller), allowed)) == expected


def test_the_caller_s_numbers_are_kept() -> None:
    formats = negotiate.relayable(phone("softphone"), ["opus"])
    assert [entry.number for entry in formats] == [96, 8, 0, 101, 98]
    assert formats[0] == OPUS


def test_what_the_caller_can_hear_comes_before_what_must_be_translated() -> None:
    assert names(negotiate.relayable(offered(PCMU), [])) == ["PCMU", "PCMA"]
    assert names(negotiate.relayable(offered(PCMA), [])) == ["PCMA", "PCMU"]


def test_g711_is_not_offered_for_a_caller_who_could_not_hear_it() -> None:
    assert negotiate.relayable(offered(OPUS, TELEPHONE_EVENT), ["opus"]) == [OPUS, TELEPHONE_EVENT]
    assert negotiate.relayable(offered(OPUS, TELEPHONE_EVENT), ["PCMA"]) == []


@pytest.mark.parametrize(
    ("caller", "chosen", "expected"),
    [
        ((OPUS, PCMA), PayloadFormat(111, "opus", 48000, 2), OPUS),
        ((OPUS, PCMA), PCMA, PCMA),
        ((OPUS, PCMA), PCMU, PCMA),
        ((PCMU,), PCMA, PCMU),
        ((OPUS,), PCMA, None),
        ((PCMA,), OPUS, None),
        ((PayloadFormat(96, "PCMA", 16000), PCMU), PCMA, PCMU),
    ],
)
def test_what_the_caller_is_answered_with(
    caller: tuple[PayloadFormat, ...], chosen: PayloadFormat, expected: PayloadFormat | None
) -> None:
    assert negotiate.counterpart(offered(*caller), chosen) == expected


def test_a_call_through_the_exchange() -> None:
    """Caller's offer → our offer to the callee → its answer → our answer to the caller."""
    caller = phone("video-phone")
    ours = SessionDescription.parse(
        negotiate.offer("10.0.0.1", 20000, negotiate.relayable(caller, ["PCMU", "PCMA"]), 5, 1)
    )
    callee = SessionDescription.parse(negotiate.answer(ours, "10.0.0.8", 6000, PCMU, 77, 1))
    agreed = negotiate.agree(callee, G711)
    assert agreed is not None
    assert (agreed.format, agreed.host, agreed.port, agreed.digits) == (PCMU, "10.0.0.8", 6000, 101)
    chosen = negotiate.counterpart(caller, agreed.format)
    assert chosen is not None
    answer = SessionDescription.parse(negotiate.answer(caller, "10.0.0.1", 20002, chosen, 6, 1))
    assert answer.audio is not None
    assert answer.audio.formats == (PCMU, PayloadFormat(101, "telephone-event", 8000, 1, "0-15"))
    assert answer.others == (OtherMedia("video", 0, "RTP/AVP", "99"),)
