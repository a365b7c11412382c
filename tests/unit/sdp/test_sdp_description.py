"""Reading and writing session descriptions: real styles of phones, round trips, and input that means harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.rtp.format import PayloadFormat
from centralita.sdp.description import Audio, Origin, OtherMedia, SdpError, SessionDescription

OFFERS = Path(__file__).parent / "offers"
PCMU = PayloadFormat(0, "PCMU", 8000)
PCMA = PayloadFormat(8, "PCMA", 8000)
EVENTS = PayloadFormat(101, "telephone-event", 8000, 1, "0-15")


def phone(name: str) -> bytes:
    return (OFFERS / f"{name}.sdp").read_bytes().replace(b"\n", b"\r\n")


def with_audio(*lines: str, media: str = "audio 4000 RTP/AVP 0", session: str = "c=IN IP4 10.0.0.1") -> bytes:
    head = ["v=0", "o=- 1 1 IN IP4 10.0.0.1", "s=-", session, "t=0 0", f"m={media}"]
    return "\r\n".join([line for line in [*head, *lines] if line] + [""]).encode()


def audio_of(body: bytes) -> Audio:
    audio = SessionDescription.parse(body).audio
    assert audio is not None
    return audio


def test_desk_phone() -> None:
    assert SessionDescription.parse(phone("desk-phone")) == SessionDescription(
        Origin("20107", "20107", "192.168.1.35"),
        Audio(
            "192.168.1.35",
            11792,
            (
                PayloadFormat(9, "G722", 8000),
                PCMU,
                PCMA,
                PayloadFormat(18, "G729", 8000, 1, "annexb=no"),
                EVENTS,
            ),
            "sendrecv",
            20,
        ),
    )


def test_video_phone_keeps_the_video_to_refuse_it() -> None:
    description = SessionDescription.parse(phone("video-phone"))
    assert description.others == (OtherMedia("video", 5006, "RTP/AVP", "99"),)
    assert description.place == 0
    audio = description.audio
    assert audio is not None
    assert audio.rtcp == ("10.0.0.21", 5005)
    assert [entry.name for entry in audio.formats] == ["PCMA", "PCMU", "iLBC", "telephone-event"]


def test_softphone_over_ipv6_with_feedback_profile() -> None:
    audio = audio_of(phone("softphone"))
    assert (audio.host, audio.port, audio.profile) == ("2001:db8::25", 7078, "RTP/AVPF")
    assert audio.formats[0] == PayloadFormat(96, "opus", 48000, 2, "useinbandfec=1")
    assert audio.formats[2:4] == (PCMU, PCMA)  # without an rtpmap
    assert [entry.clock_rate for entry in audio.formats if entry.name == "telephone-event"] == [48000, 8000]


def test_rtcp_without_an_address_is_at_that_of_the_audio() -> None:
    assert audio_of(phone("command-line-phone")).rtcp == ("127.0.0.2", 16821)


def test_first_usable_audio_is_the_plain_one() -> None:
    description = SessionDescription.parse(phone("encrypting-phone"))
    assert description.place == 2
    assert description.audio == Audio("10.1.2.4", 4002, (PCMU, PCMA), "sendonly")
    assert [other.protocol for other in description.others] == ["RTP/SAVP", "UDP/BFCP", "udptl"]


@pytest.mark.parametrize("path", sorted(OFFERS.glob("*.sdp")), ids=lambda path: path.stem)
def test_written_and_read_again_it_is_the_same(path: Path) -> None:
    description = SessionDescription.parse(phone(path.stem))
    assert SessionDescription.parse(description.encode()) == description


def test_line_feeds_alone_are_accepted() -> None:
    assert SessionDescription.parse((OFFERS / "trunk.sdp").read_bytes()) == SessionDescription.parse(
        phone("trunk")
    )


def test_media_connection_and_direction_override_those_of_the_session() -> None:
    body = with_audio("c=IN IP4 10.0.0.9", "a=inactive", session="c=IN IP4 10.0.0.1\r\na=sendonly")
    assert (audio_of(body).host, audio_of(body).direction) == ("10.0.0.9", "inactive")
    assert audio_of(with_audio(session="c=IN IP4 10.0.0.1\r\na=sendonly")).direction == "sendonly"


def test_attributes_before_the_lines_that_they_need() -> None:
    body = with_audio(
        "a=fmtp:96 mode=20",
        "a=rtpmap:96 ILBC/8000",
        "a=rtpmap:0 pcmu/8000/1",
        media="audio 4000 RTP/AVP 96 0",
    )
    assert audio_of(body).formats == (PayloadFormat(96, "iLBC", 8000, 1, "mode=20"), PCMU)


@pytest.mark.parametrize(
    ("numbers", "lines", "formats"),
    [
        ("9", ["a=rtpmap:9 G722/16000"], (PayloadFormat(9, "G722", 8000),)),  # a mistake that phones make
        ("0 8", ["a=rtpmap:0 opus/48000/2"], (PCMA,)),  # a static number cannot be another format
        ("96 97", ["a=rtpmap:97 AMR/8000"], (PayloadFormat(97, "AMR", 8000),)),  # 96 was never explained
        ("8 8 8", [], (PCMA,)),
        ("50", [], ()),
    ],
)
def test_payload_types(numbers: str, lines: list[str], formats: tuple[PayloadFormat, ...]) -> None:
    assert audio_of(with_audio(*lines, media=f"audio 4000 RTP/AVP {numbers}")).formats == formats


@pytest.mark.parametrize(
    ("text", "ptime"), [("20", 20), ("30.0", 30), ("0", None), ("9999", None), ("x", None)]
)
def test_ptime(text: str, ptime: int | None) -> None:
    assert audio_of(with_audio(f"a=ptime:{text}")).ptime == ptime


def test_refused_audio_is_no_audio() -> None:
    description = SessionDescription.parse(with_audio(media="audio 0 RTP/AVP 0"))
    assert description.audio is None
    assert description.others == (OtherMedia("audio", 0, "RTP/AVP", "0"),)


def test_a_host_that_is_invalid_means_nowhere() -> None:
    assert audio_of(with_audio(session="c=IN IP6 nowhere.invalid")).host == "::"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"v=1\r\n",
        b"v=0\r\ns=-\r\nt=0 0\r\n",
        b"v=0\r\no=- 1 IN IP4 10.0.0.1\r\n",
        b"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nhello\r\n",
        with_audio(session=""),
        with_audio(session="c=IN IP4 host.example.com"),
        with_audio(session="c=IN IP4 300.1.1.1"),
        with_audio(session="c=IN IP4 224.2.1.1/127"),
        with_audio(session="c=IN IP4 255.255.255.255"),
        with_audio(session="c=IN IP6 ff02::1"),
        with_audio(session="c=IN IP6 fe80::1%eth0"),
        with_audio(session="c=IN IP4"),
        with_audio(media="audio"),
        with_audio(media="audio 65536 RTP/AVP 0"),
        with_audio(media="audio -1 RTP/AVP 0"),
        with_audio(media="audio 4_0 RTP/AVP 0"),
        with_audio(media="audio ٤٠٠٠ RTP/AVP 0"),
        with_audio(media="audio 4000 RTP/AVP 128"),
        with_audio(media="audio 4000 RTP/AVP x"),
        with_audio(media="audio 4000 RTP/AVP" + " 96" * 200),
        with_audio("a=rtpmap:96"),
        with_audio("a=rtpmap:96 opus/0"),
        with_audio("a=rtpmap:96 opus/48000/2/2"),
        with_audio("a=rtpmap:96 op us/48000"),
        with_audio("a=rtcp:70000"),
        with_audio("a=fmtp:0 " + "x" * 5000),
        with_audio(*["m=video 0 RTP/AVP 0"] * 20),
        with_audio(*["a=x"] * 1100),
        with_audio("a=x:" + "x" * 40_000),
        with_audio("a=x:\x1b[31m"),
        with_audio("a=x\ra=y"),
    ],
)
def test_malformed(body: bytes) -> None:
    with pytest.raises(SdpError):
        SessionDescription.parse(body)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    check(data)
    check(b"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\n" + data)


LINES = phone("encrypting-phone").split(b"\r\n") + phone("softphone").split(b"\r\n")
FRAGMENTS = st.sampled_from(
    [*LINES, b"", b"m=", b"a=rtpmap:", b"a=rtcp:", b"c=IN IP6 ::", b"\xff", b"a=fmtp:8 \xf0"]
)


@given(st.lists(FRAGMENTS, max_size=25))
def test_real_lines_in_any_order(lines: list[bytes]) -> None:
    check(b"\r\n".join([b"v=0", b"o=- 1 1 IN IP4 10.0.0.1", b"c=IN IP4 10.0.0.1", *lines]))


@given(st.sampled_from(sorted(path.stem for path in OFFERS.glob("*.sdp"))), st.data())
def test_bytes_changed_in_real_offers(name: str, data: st.DataObject) -> None:
    body = bytearray(phone(name))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    check(bytes(body))


def check(data: bytes) -> None:
    """Either it is refused with SdpError, or what was read can be written and read again."""
    try:
        description = SessionDescription.parse(data)
    except SdpError:
        return
    assert SessionDescription.parse(description.encode()) == description
