"""What is known of an incoming stream: packets, loss and jitter as RFC 3550 counts them (§6.4.1, A.1, A.3, A.8).

Made for a relay's hot path: a packet that comes in its turn moves three numbers. All else is derived from them when it is
asked for, or corrected when a packet does not come in its turn.
"""

from __future__ import annotations

_MAX_DROPOUT = 3000
"""A jump ahead by less is loss (A.1)."""
_MAX_DISORDER = 100
"""A packet behind by less came late or twice (A.1)."""
MAX_DEVIATION = 16000.0
"""Timestamp units by which the spacing of two packets and that of their timestamps may differ before it is no jitter
but a new time line: a wrap of the timestamp, talk after silence with a clock that stood still, a new source."""
_UNKNOWN = -1e18
_RATES = {rate: float(rate) for rate in (8000, 16000, 32000, 48000)}
"""One object for all streams of a rate: the fewer places in memory a packet touches, the sooner it is gone."""


class Reception:
    """One leg's incoming packets, over all its sources: a new SSRC goes on counting where the last one ended."""

    __slots__ = (
        "_base",
        "_cycles",
        "_earlier_expected",
        "_earlier_missing",
        "_missing",
        "_next_if_jumped",
        "clock_rate",
        "jitter",
        "next",
        "transit",
    )

    def __init__(self, clock_rate: int = 8000) -> None:
        self.clock_rate = 8000.0
        self.next = -1
        """Sequence number whose turn it is, 65536 where that is 0 again; -1: no packet has come."""
        self.transit = _UNKNOWN
        """Arrival less timestamp of the last packet, in timestamp units: the peer's clock against ours."""
        self.jitter = 0.0
        """Interarrival jitter in timestamp units (A.8)."""
        self._cycles = 0
        self._base = 0
        self._missing = 0
        """Of the current source: packets expected less packets that came."""
        self._earlier_expected = 0
        self._earlier_missing = 0
        self._next_if_jumped = -1
        self.set_rate(clock_rate)

    def set_rate(self, clock_rate: int) -> None:
        """The clock of the payload format, in Hz."""
        self.clock_rate = _RATES.get(clock_rate) or float(clock_rate)

    def note(self, sequence: int, timestamp: int, arrival: float) -> None:
        """Take an audio packet; ``arrival`` in seconds of a steady clock. (A relay's hot path says the same inline.)"""
        if sequence == self.next:
            self.next = sequence + 1
        else:
            self._out_of_turn(sequence)
        transit = arrival * self.clock_rate - timestamp
        deviation = abs(transit - self.transit)
        self.transit = transit
        if deviation < MAX_DEVIATION:
            self.jitter += (deviation - self.jitter) * 0.0625

    def count(self, sequence: int, timestamp: int, arrival: float) -> None:
        """Take a packet whose timestamp does not say when it was sent (RFC 4733 §2.2.1): it is no jitter."""
        if sequence == self.next:
            self.next = sequence + 1
        else:
            self._out_of_turn(sequence)
        if self.transit == _UNKNOWN:
            self.transit = arrival * self.clock_rate - timestamp

    def _out_of_turn(self, sequence: int) -> None:
        if self.next < 0:
            self._begin(sequence)
            return
        ahead = (sequence - self.next) & 0xFFFF
        if ahead < _MAX_DROPOUT:
            self._missing += ahead
            if sequence + 1 < self.next:
                self._cycles += 0x10000
            self.next = sequence + 1
        elif ahead >= 0x10000 - _MAX_DISORDER:
            self._missing -= 1
        else:
            # A.1: a big jump counts only when the next packet confirms it; then the sender has begun anew.
            if sequence != self._next_if_jumped:
                self._next_if_jumped = (sequence + 1) & 0xFFFF
                return
            self.restart()
            self._begin(sequence)
        self._next_if_jumped = -1

    def _begin(self, sequence: int) -> None:
        self._base = sequence
        self.next = sequence + 1

    def restart(self) -> None:
        """The source changed: what was counted stays, sequence and time line begin anew."""
        self._earlier_expected = self.expected
        self._earlier_missing += self._missing
        self._missing = 0
        self._cycles = 0
        self.next = -1
        self.transit = _UNKNOWN
        self._next_if_jumped = -1

    @property
    def highest(self) -> int:
        """Extended highest sequence number of the current source; -1: none."""
        return self._cycles + self.next - 1 if self.next >= 0 else -1

    @property
    def expected(self) -> int:
        """Packets that would have come without loss."""
        if self.next < 0:
            return self._earlier_expected
        return self._earlier_expected + self.highest - self._base + 1

    @property
    def lost(self) -> int:
        """Packets lost; negative where more were doubled than lost (§6.4.1)."""
        return self._earlier_missing + self._missing

    @property
    def packets(self) -> int:
        """Packets that came; those of an unconfirmed jump are not counted."""
        return self.expected - self.lost

    @property
    def source_lost(self) -> int:
        """Packets lost of the current source alone, as a report block tells it."""
        return self._missing

    def timestamp_at(self, now: float) -> int:
        """The peer's timestamp that belongs to an instant, taken from its last packet."""
        if self.transit == _UNKNOWN:
            return 0
        return int(now * self.clock_rate - self.transit) & 0xFFFFFFFF
