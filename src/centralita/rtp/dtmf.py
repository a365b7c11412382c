"""Digits as named events in RTP (RFC 4733): each told once, however often its packets are repeated."""

from __future__ import annotations

from struct import Struct

DIGITS = "0123456789*#ABCD"
"""Indexed by event code (RFC 4733 §3.2)."""
_PAYLOAD = Struct("!BBH")
_END = 0x80


class DigitReceiver:
    """The events of one incoming stream."""

    __slots__ = ("_ended", "_event", "_timestamp")

    def __init__(self) -> None:
        self._event = -1
        self._timestamp = 0
        self._ended = True

    def receive(self, payload: bytes, timestamp: int) -> str | None:
        """The digit that this packet is the first to tell, or None.

        All packets of one event carry the timestamp of its start (§2.2.1), so a repeated, late or doubled one is known
        by a timestamp that is not newer. An event longer than 65,535 units goes on in segments that follow each
        other exactly (§2.5.1.3) and are not new digits.
        """
        if len(payload) < _PAYLOAD.size:
            return None
        event, flags, _ = _PAYLOAD.unpack_from(payload)
        ended = bool(flags & _END)
        if self._event >= 0:
            ahead = (timestamp - self._timestamp) & 0xFFFFFFFF
            if ahead == 0:
                self._ended = self._ended or ended
                return None
            if ahead >= 0x80000000:
                return None
            if event == self._event and not self._ended and ahead == 0xFFFF:
                self._timestamp, self._ended = timestamp, ended
                return None
        self._event, self._timestamp, self._ended = event, timestamp, ended
        return DIGITS[event] if event < len(DIGITS) else None


def event_payload(digit: str, duration: int, *, end: bool = False, volume: int = 10) -> bytes:
    """The payload of one event packet; ``duration`` in timestamp units, ``volume`` in −dBm0.

    Raises ValueError for what is not a digit.
    """
    return _PAYLOAD.pack(DIGITS.index(digit), (_END if end else 0) | volume, min(duration, 0xFFFF))
