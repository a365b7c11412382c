"""Offer and answer (RFC 3264) as an exchange between two callers needs it: pure functions over descriptions.

A back-to-back user agent makes a new offer for the callee from what the caller can hear, and later an answer for the
caller from what the callee chose. Which of the formats can be translated into which is known here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from centralita.rtp.format import PCMA, PCMU, PayloadFormat
from centralita.sdp.description import (
    Audio,
    Direction,
    SdpError,
    SessionDescription,
    audio_lines,
    media_line,
    network,
)

PTIME = 20
"""Milliseconds in each packet that we send."""

_TELEPHONE_EVENT = "telephone-event"
_G711 = {"PCMA": PCMA, "PCMU": PCMU}
"""What the media worker makes and hears by itself, and translates into one another."""

_USUAL_RATES = {"pcma": 8000, "pcmu": 8000, "g722": 8000, "g729": 8000, "gsm": 8000, "opus": 48000}
"""A name alone means this clock rate; PCMU/16000 is another format, which nobody of ours speaks."""

_SENDS = frozenset(("sendrecv", "sendonly"))
_RECEIVES = frozenset(("sendrecv", "recvonly"))


class Agreement(NamedTuple):
    """What a peer's description and our abilities have in common: all that a media leg must know of the peer."""

    format: PayloadFormat
    """The first of the peer's formats that is accepted, numbered as the peer numbers it."""
    digits: int | None
    """Payload type number of telephone-event, or None."""
    host: str
    port: int
    send: bool
    """Whether the peer wants to hear us."""
    receive: bool
    """Whether the peer speaks."""
    direction: Direction
    """As the peer wrote it."""

    @property
    def held(self) -> bool:
        """Whether the peer has put us on hold: it does not want to hear (RFC 3264 §8.4, in any of its forms)."""
        return not self.send


def offer(
    host: str,
    port: int,
    formats: Sequence[PayloadFormat],
    session_id: int,
    version: int,
    direction: Direction = "sendrecv",
) -> bytes:
    """A body that offers one audio stream, to be heard at ``host`` and ``port``, formats in order of preference.

    A later offer or answer of the same session keeps ``session_id`` and counts ``version`` up by one when anything
    in it differs (RFC 3264 §8).
    """
    audio = Audio(host, port, tuple(formats), direction, PTIME)
    return _body(host, session_id, version, audio_lines(audio))


def answer(
    offered: SessionDescription,
    host: str,
    port: int,
    chosen: PayloadFormat,
    session_id: int,
    version: int,
    direction: Direction = "sendrecv",
) -> bytes:
    """The body that answers ``offered`` with one of its formats, to be heard at ``host`` and ``port``.

    Telephone-event is accepted where it was offered; every stream but the audio is refused in its place.
    ``direction`` is what we want; what is written is no more than the offer allows (RFC 3264 §6.1). Raises SdpError
    where the offer has no audio.
    """
    audio = offered.audio
    if audio is None:
        raise SdpError("an offer without audio cannot be answered")
    events = _events(audio.formats, chosen)
    ours = Audio(
        host,
        port,
        (chosen,) if events is None else (chosen, events),
        answering_direction(audio, direction),
        PTIME,
        None,
        audio.profile,
    )
    lines = [media_line(other, 0) for other in offered.others]
    lines.insert(offered.place, audio_lines(ours))
    return _body(host, session_id, version, "".join(lines))


def answering_direction(audio: Audio, wanted: Direction = "sendrecv") -> Direction:
    """Our direction in an answer: sendonly is answered by recvonly, inactive by inactive (RFC 3264 §6.1)."""
    sends, receives = (
        peer_receives(audio) and wanted in _SENDS,
        audio.direction in _SENDS and wanted in _RECEIVES,
    )
    if sends:
        return "sendrecv" if receives else "sendonly"
    return "recvonly" if receives else "inactive"


def peer_receives(audio: Audio) -> bool:
    """Whether the peer wants to hear: neither on hold by its direction, nor by an address of zeros (RFC 2543)."""
    return audio.direction in _RECEIVES and audio.host not in ("0.0.0.0", "::")


def agree(described: SessionDescription, accepted: Sequence[str]) -> Agreement | None:
    """Choose a format of a peer's offer or answer, or None where it has none of the ``accepted`` names.

    The peer's order of preference counts, not ours, so that both directions use the same format without asking again
    (RFC 3264 §6.1). ``accepted`` holds encoding names in any case, such as ``("PCMA", "PCMU")``.
    """
    audio = described.audio
    if audio is None:
        return None
    entry = _first_accepted(audio.formats, tuple(accepted))
    if entry is None:
        return None
    events = _events(audio.formats, entry)
    return Agreement(
        entry,
        None if events is None else events.number,
        audio.host,
        audio.port,
        peer_receives(audio),
        audio.direction in _SENDS,
        audio.direction,
    )


@lru_cache(1024)
def _first_accepted(formats: tuple[PayloadFormat, ...], accepted: tuple[str, ...]) -> PayloadFormat | None:
    """Remembered, as are the other choices below: phones of one make offer the same formats in every call."""
    names = {name.lower() for name in accepted}
    for entry in formats:
        if _codec(entry) in names and entry.name != _TELEPHONE_EVENT:
            return entry
    return None


def relayable(offered: SessionDescription, allowed: Sequence[str]) -> list[PayloadFormat]:
    """The formats to offer to a callee for a caller's offer: an empty list where the two cannot talk.

    First the caller's formats that the callee's device may use (``allowed``: encoding names, its order of
    preference), numbered as the caller does, so that packets pass unchanged; then PCMA and PCMU where missing, if the
    caller can hear one of the two, for the media worker translates between them; last the caller's telephone-event.
    """
    audio = offered.audio
    return [] if audio is None else list(_relayable(audio.formats, tuple(allowed)))


@lru_cache(1024)
def _relayable(offered: tuple[PayloadFormat, ...], allowed: tuple[str, ...]) -> tuple[PayloadFormat, ...]:
    theirs: dict[str, PayloadFormat] = {}
    for entry in offered:
        theirs.setdefault(_codec(entry), entry)
    wanted = dict.fromkeys(name.lower() for name in allowed)
    formats = [theirs[name] for name in wanted if name in theirs and name != _TELEPHONE_EVENT]
    if "pcma" in theirs or "pcmu" in theirs:
        # One that the caller also has comes first: then nothing is translated.
        missing = [entry for entry in (PCMA, PCMU) if all(entry.name != known.name for known in formats)]
        missing.sort(key=lambda entry: entry.name.lower() not in theirs)
        formats += [theirs.get(entry.name.lower(), entry) for entry in missing]
    if formats:
        formats += [entry for entry in offered if entry.name == _TELEPHONE_EVENT]
    return tuple(formats)


def counterpart(offered: SessionDescription, chosen: PayloadFormat) -> PayloadFormat | None:
    """The caller's own format to answer with once the callee has chosen one: the same, or the other kind of G.711.

    None where they have nothing in common: the call cannot be joined.
    """
    audio = offered.audio
    return None if audio is None else _counterpart(audio.formats, chosen)


@lru_cache(1024)
def _counterpart(offered: tuple[PayloadFormat, ...], chosen: PayloadFormat) -> PayloadFormat | None:
    codec = _codec(chosen)
    for entry in offered:
        if _codec(entry) == codec and entry.channels == chosen.channels:
            return entry
    if chosen.name in _G711:
        for entry in offered:
            if entry.name in _G711 and entry.clock_rate == 8000:
                return entry
    return None


def _codec(entry: PayloadFormat) -> str:
    """What formats are compared by: the name in lower case, with the clock rate where it is not the usual one."""
    name = entry.name.lower()
    usual = _USUAL_RATES.get(name, entry.clock_rate)
    return name if usual == entry.clock_rate else f"{name}/{entry.clock_rate}"


def _events(formats: Sequence[PayloadFormat], chosen: PayloadFormat) -> PayloadFormat | None:
    """The telephone-event that goes with a format: that of its clock rate (RFC 4733 §2.1), else the first."""
    first = None
    for entry in formats:
        if entry.name == _TELEPHONE_EVENT:
            if entry.clock_rate == chosen.clock_rate:
                return entry
            first = first or entry
    return first


def _body(host: str, session_id: int, version: int, media: str) -> bytes:
    return (
        f"v=0\r\no=- {session_id} {version} IN {network(host)}\r\n"
        f"s=-\r\nc=IN {network(host)}\r\nt=0 0\r\n{media}"
    ).encode()
