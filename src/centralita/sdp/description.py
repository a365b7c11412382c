"""What a SIP body of type application/sdp says about the audio (RFC 8866), from bytes and back to bytes.

It keeps the first audio stream that we can use and what is needed to refuse every other one; attributes of ICE, SRTP
and video are read over. Which format is used, and in which direction, is decided in :mod:`centralita.sdp.negotiate`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Literal, NamedTuple, cast

from centralita.rtp.format import PayloadFormat

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
"""Seen from whoever wrote the description (RFC 8866 §6.7)."""

# Security limits: a body comes from anybody who can send us a datagram.
MAX_BYTES = 32_768
MAX_LINES = 1_000
MAX_MEDIA = 16
MAX_FORMATS = 250
"""Characters of an m-line's payload types: more than sixty of them."""
MAX_DESCRIBED = 4_000
"""Characters of all lines that say what the payload types are."""

_DIRECTIONS = frozenset(("sendrecv", "sendonly", "recvonly", "inactive"))
_PROFILES = frozenset(("RTP/AVP", "RTP/AVPF"))
"""Without SRTP: RTP/SAVP needs keys that we do not have."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TOKEN = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,64}")
"""RFC 8866 §9, and no longer than any name that is registered."""
# The session part that nearly everybody writes, taken in one match; what does not match is read line by line.
_match_usual_session = re.compile(
    rf"v=0\no=(\S{{1,255}}+) ({_TOKEN.pattern}) ({_TOKEN.pattern}) IN IP[46] (\S{{1,255}}+)\n"
    r"s=[^\n]*+\n(?:c=([^\n]*+)\n)?t=[^\n]*+"
).fullmatch
_MEDIA_KIND = re.compile(r"[A-Za-z0-9_.+-]{1,64}")
_PROTOCOL = re.compile(r"[A-Za-z0-9_.+/-]{1,64}")

#: RFC 3551 §6: what a payload type below 35 means, with or without an ``a=rtpmap``.
STATIC = {
    entry.number: entry
    for entry in (
        PayloadFormat(0, "PCMU", 8000),
        PayloadFormat(3, "GSM", 8000),
        PayloadFormat(4, "G723", 8000),
        PayloadFormat(7, "LPC", 8000),
        PayloadFormat(8, "PCMA", 8000),
        PayloadFormat(9, "G722", 8000),
        PayloadFormat(10, "L16", 44100, 2),
        PayloadFormat(11, "L16", 44100),
        PayloadFormat(12, "QCELP", 8000),
        PayloadFormat(13, "CN", 8000),
        PayloadFormat(15, "G728", 8000),
        PayloadFormat(18, "G729", 8000),
    )
}

_REGISTERED = {
    name.lower(): name
    for name in (
        *(entry.name for entry in STATIC.values()),
        *("opus", "telephone-event", "iLBC", "speex", "AMR", "AMR-WB", "G7221", "red", "EVS"),
        *("G726-16", "G726-24", "G726-32", "G726-40"),
    )
}


class SdpError(ValueError):
    """The body is not a session description that we can read; the text says what is wrong."""


class Origin(NamedTuple):
    """``o=`` (RFC 8866 §5.2). The identifiers stay text: they are only ever compared."""

    session_id: str
    version: str
    host: str
    username: str = "-"


class Audio(NamedTuple):
    """The audio stream: where its sender wants to hear, in which formats, in its order of preference."""

    host: str
    """IP address; ``0.0.0.0`` or ``::`` where it wants to hear nothing (hold as in RFC 2543)."""
    port: int
    formats: tuple[PayloadFormat, ...]
    direction: Direction = "sendrecv"
    ptime: int | None = None
    """Milliseconds of audio that it would like in a packet."""
    rtcp: tuple[str, int] | None = None
    """Where it wants RTCP (RFC 3605), None: at the port above that of RTP."""
    profile: str = "RTP/AVP"


class OtherMedia(NamedTuple):
    """A stream that we do not take. An answer must name it in its place, with port 0 (RFC 3264 §6)."""

    kind: str
    port: int
    protocol: str
    formats: str


class SessionDescription(NamedTuple):
    """``audio`` is None where no stream is usable; ``place`` is its index among the m-lines."""

    origin: Origin
    audio: Audio | None
    others: tuple[OtherMedia, ...] = ()
    place: int = 0

    @classmethod
    def parse(cls, data: bytes) -> SessionDescription:
        """Read a body. Raises SdpError, and nothing else, whatever the bytes."""
        if len(data) > MAX_BYTES:
            raise SdpError("the description is too long")
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        if _CONTROL.search(text):
            raise SdpError("control characters")
        if text.count("\n") > MAX_LINES:
            raise SdpError("too many lines")
        session, *sections = text.split("\nm=")
        if len(sections) > MAX_MEDIA:
            raise SdpError("too many media streams")
        origin, host, direction = _read_session(session)
        audio = None
        place = 0
        others: list[OtherMedia] = []
        for index, section in enumerate(sections):
            media_line, _, attributes = section.partition("\n")
            other, profile = _read_media_line(media_line)
            if audio is None and other.kind == "audio" and other.port and profile in _PROFILES:
                audio = _read_audio(other, attributes, host, direction)
                place = index
            else:
                others.append(other)
        return cls(origin, audio, tuple(others), place)

    def encode(self) -> bytes:
        """The body; what ``parse`` makes of it is equal to this object."""
        origin = self.origin
        lines = [media_line(other, other.port) for other in self.others]
        if self.audio is not None:
            lines.insert(self.place, audio_lines(self.audio))
        return (
            f"v=0\r\no={origin.username} {origin.session_id} {origin.version} IN {network(origin.host)}\r\n"
            f"s=-\r\nt=0 0\r\n{''.join(lines)}"
        ).encode()


def network(host: str) -> str:
    """Address type and address, as ``o=`` and ``c=`` write them."""
    return f"IP6 {host}" if ":" in host else f"IP4 {host}"


def media_line(other: OtherMedia, port: int) -> str:
    """The m-line of a stream that is not ours; with port 0 it is refused."""
    return f"m={other.kind} {port} {other.protocol} {other.formats}\r\n"


def audio_lines(audio: Audio) -> str:
    """The section of an audio stream, its connection and attributes included."""
    numbers = " ".join([str(entry.number) for entry in audio.formats])
    attributes = "".join([_format_lines(entry) for entry in audio.formats])
    ptime = "" if audio.ptime is None else f"a=ptime:{audio.ptime}\r\n"
    rtcp = "" if audio.rtcp is None else f"a=rtcp:{audio.rtcp[1]} IN {network(audio.rtcp[0])}\r\n"
    return (
        f"m=audio {audio.port} {audio.profile} {numbers}\r\nc=IN {network(audio.host)}\r\n"
        f"{attributes}{ptime}{rtcp}a={audio.direction}\r\n"
    )


@lru_cache(1024)
def _format_lines(entry: PayloadFormat) -> str:
    channels = f"/{entry.channels}" if entry.channels != 1 else ""
    fmtp = f"a=fmtp:{entry.number} {entry.parameters}\r\n" if entry.parameters else ""
    return f"a=rtpmap:{entry.number} {entry.name}/{entry.clock_rate}{channels}\r\n{fmtp}"


def _read_session(section: str) -> tuple[Origin, str | None, Direction]:
    """The lines before the first m-line. Times, names and bandwidths say nothing to an exchange."""
    usual = _match_usual_session(section)
    if usual is not None:
        username, session_id, version, named, connection = usual.groups()
        told = None if connection is None else _read_connection(connection)
        return Origin(session_id, version, named, username), told, "sendrecv"
    lines = section.split("\n")
    if lines[0].rstrip() != "v=0":
        raise SdpError("it does not begin with v=0")
    origin: Origin | None = None
    host: str | None = None
    direction: Direction = "sendrecv"
    for line in lines:
        kind = line[:2]
        if kind == "a=":
            if line[2:] in _DIRECTIONS:
                direction = cast("Direction", line[2:])
        elif kind == "c=":
            host = _read_connection(line[2:])
        elif kind == "o=":
            origin = _read_origin(line[2:])
        elif line and line[1:2] != "=":
            raise SdpError("a line without a type")
    if origin is None:
        raise SdpError("no origin (o=)")
    return origin, host, direction


def _read_origin(value: str) -> Origin:
    fields = value.split()
    if len(fields) != 6 or fields[3] != "IN" or not all(_TOKEN.fullmatch(field) for field in fields[1:3]):
        raise SdpError("an origin (o=) that is not six fields")
    # The host names who made the session, not where audio goes: a name is as good as an address (§5.2).
    username, session_id, version, _, _, host = fields
    if len(username) > 255 or len(host) > 255:
        raise SdpError("an origin (o=) that is too long")
    return Origin(session_id, version, host, username)


@lru_cache(4096)
def _read_connection(value: str) -> str:
    """The address of ``c=``; a host that is to be asked of the DNS is refused, nobody sends one."""
    fields = value.split()
    # The length is bounded because what is read well is remembered.
    if len(value) > 100 or len(fields) != 3 or fields[0] != "IN" or fields[1] not in ("IP4", "IP6"):
        raise SdpError("a connection (c=) that is not IN IP4 or IN IP6 and an address")
    return _read_address(fields[1], fields[2])


def _read_address(kind: str, text: str) -> str:
    if text.endswith(".invalid"):
        return "::" if kind == "IP6" else "0.0.0.0"  # RFC 6157 §5.1: how an IPv6 user agent says "nowhere"
    host = text.partition("/")[0]
    try:
        address = IPv6Address(host) if kind == "IP6" else IPv4Address(host)
    except ValueError:
        raise SdpError("an address that is none") from None
    if address.is_multicast or host == "255.255.255.255" or "%" in host:
        raise SdpError("audio is sent to one listener only, not to a group or a zone of an interface")
    return host


def _read_media_line(value: str) -> tuple[OtherMedia, str]:
    """An m-line (§5.14), and its profile in capitals."""
    fields = value.split(None, 3)
    if len(fields) != 4:
        raise SdpError("an m-line with fewer than four fields")
    kind, port, protocol, formats = fields
    if not _MEDIA_KIND.fullmatch(kind) or not _PROTOCOL.fullmatch(protocol) or len(formats) > MAX_FORMATS:
        raise SdpError("an m-line with a strange kind, protocol or list of formats")
    other = OtherMedia(kind.lower(), _number(port.partition("/")[0], 65535), protocol, formats.strip())
    return other, protocol.upper()


def _read_audio(line: OtherMedia, section: str, host: str | None, direction: Direction) -> Audio:
    """The audio stream of an m-line; ``host`` and ``direction`` are the session's, which hold unless changed."""
    own = (
        _remembered_attributes(line.formats, section)
        if len(section) <= MAX_DESCRIBED
        else _read_attributes(line.formats, section)
    )
    host = own.host or host
    if host is None:
        raise SdpError("no address (c=) for the audio")
    told = None if own.rtcp is None else _read_rtcp(own.rtcp, host)
    profile = line.protocol.upper()
    return Audio(host, line.port, own.formats, own.direction or direction, own.ptime, told, profile)


class _Attributes(NamedTuple):
    """What the lines below an m-line say, as far as they say it."""

    formats: tuple[PayloadFormat, ...]
    host: str | None
    direction: Direction | None
    ptime: int | None
    rtcp: str | None


def _read_attributes(numbers: str, section: str) -> _Attributes:
    described: list[str] = []
    host: str | None = None
    direction: Direction | None = None
    ptime: int | None = None
    rtcp: str | None = None
    for text in section.split("\n"):
        if text[:2] == "a=":
            name, _, value = text[2:].partition(":")
            if name in ("rtpmap", "fmtp"):
                described.append(text)
            elif name in _DIRECTIONS:
                direction = cast("Direction", name)
            elif name == "ptime":
                ptime = _milliseconds(value)
            elif name == "rtcp":
                rtcp = value
        elif text[:2] == "c=":
            host = _read_connection(text[2:])
        elif text and text[1:2] != "=":
            raise SdpError("a line without a type")
    return _Attributes(_read_formats(numbers, "\n".join(described)), host, direction, ptime, rtcp)


_remembered_attributes = lru_cache(1024)(_read_attributes)
"""Most phones write the same lines in every call."""


@lru_cache(1024)
def _read_formats(numbers: str, described: str) -> tuple[PayloadFormat, ...]:
    """The payload types of an m-line that are known, in its order, each once.

    ``described`` holds the lines that tell what the numbers mean. A phone writes the same ones in every call:
    remembered, which is why their length is bounded.
    """
    if len(described) > MAX_DESCRIBED:
        raise SdpError("more lines about formats than there can be formats")
    types: dict[int, tuple[str, int, int]] = {}
    parameters: dict[int, str] = {}
    for line in described.split("\n"):
        name, _, value = line.partition(":")
        number, _, rest = value.partition(" ")
        if name == "a=rtpmap":
            types[_number(number, 127)] = _read_encoding(rest.strip())
        elif name == "a=fmtp":
            parameters[_number(number, 127)] = rest.strip()
    formats: dict[int, PayloadFormat] = {}
    for field in numbers.split():
        payload_type = _number(field, 127)
        static = STATIC.get(payload_type)
        encoding = types.get(payload_type)
        if static is not None:
            # Some phones write G722/16000, which RFC 3551 §4.5.2 forbids: the table knows better than the line.
            # One that gives the number to another format altogether is not believed.
            if encoding is None or encoding[0] == static.name:
                formats[payload_type] = static._replace(parameters=parameters.get(payload_type, ""))
        elif encoding is not None:
            formats[payload_type] = PayloadFormat(payload_type, *encoding, parameters.get(payload_type, ""))
    return tuple(formats.values())


def _read_encoding(text: str) -> tuple[str, int, int]:
    """Name, clock rate and channels of an rtpmap (§6.6)."""
    name, *rest = text.split("/")
    if not _TOKEN.fullmatch(name) or not 1 <= len(rest) <= 2:
        raise SdpError("an rtpmap that is not name/rate")
    rate = _number(rest[0], 1_000_000)
    channels = _number(rest[1], 255) if len(rest) == 2 else 1
    if not rate or not channels:
        raise SdpError("an rtpmap with a rate or channels of zero")
    return _REGISTERED.get(name.lower(), name), rate, channels


def _read_rtcp(value: str, host: str) -> tuple[str, int]:
    """RFC 3605 §2.1: a port, and an address where it differs from that of the audio."""
    fields = value.split()
    if len(fields) == 4 and fields[1] == "IN":
        host = _read_connection(" ".join(fields[1:]))
    elif len(fields) != 1:
        raise SdpError("an rtcp attribute that is not a port and an address")
    return host, _number(fields[0], 65535)


def _milliseconds(value: str) -> int | None:
    """A ptime, to whole milliseconds (some phones write ``20.0``); one that cannot be meant is read over."""
    whole = value.strip().partition(".")[0]
    if len(whole) <= 3 and whole.isascii() and whole.isdecimal() and 1 <= int(whole) <= 200:
        return int(whole)
    return None


def _number(text: str, limit: int) -> int:
    # Not int() alone: it also takes signs, underscores and the digits of other scripts.
    if len(text) <= 7 and text.isascii() and text.isdecimal():
        number = int(text)
        if number <= limit:
            return number
    raise SdpError("a number that is none, or too large")
