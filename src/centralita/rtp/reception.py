"""What is known of an incoming stream: packets, loss and jitter as RFC 3550 counts them (§6.4.1, A.1, A.3, A.8)."""

from __future__ import annotations

_MAX_DROPOUT = 3000
"""A jump ahead by less is loss (A.1)."""
_MAX_DISORDER = 100
"""A packet behind by less came late or twice (A.1)."""
_MAX_DEVIATION = 16000
"""Timestamp units by which the spacing of two packets and that of their timestamps may differ before it is no jitter
but a new time line: a wrap of the timestamp, talk after silence with a clock that stood still, a new source."""


class Reception:
    """One leg's incoming audio, over all its sources: a new SSRC goes on counting where the last one ended.

    ``packets``, ``highest`` (extended sequence number of the current source), ``jitter`` (timestamp units),
    ``timestamp`` and ``arrival`` (of the last packet that took part in the jitter) are read by others, never written.
    """

    __slots__ = (
        "_base",
        "_earlier_expected",
        "_earlier_packets",
        "_next_if_jumped",
        "arrival",
        "clock_rate",
        "highest",
        "jitter",
        "packets",
        "timestamp",
    )

    def __init__(self, clock_rate: int = 8000) -> None:
        self.clock_rate = clock_rate
        self.packets = 0
        self.jitter = 0.0
        self.highest = -1
        self.timestamp = 0
        self.arrival = 0.0
        self._base = 0
        self._earlier_expected = 0
        self._earlier_packets = 0
        self._next_if_jumped = -1

    def note(self, sequence: int, timestamp: int, arrival: float) -> None:
        """Count an audio packet; ``arrival`` in seconds of a steady clock. The hot path: one call a packet."""
        ahead = (sequence - self.highest) & 0xFFFF
        if ahead == 1:
            self.highest += 1
            self.packets += 1
        else:
            self._out_of_order(sequence, ahead)
        deviation = (arrival - self.arrival) * self.clock_rate - (timestamp - self.timestamp)
        self.arrival = arrival
        self.timestamp = timestamp
        if deviation < 0.0:
            deviation = -deviation
        if deviation < _MAX_DEVIATION:
            self.jitter += (deviation - self.jitter) * 0.0625

    def count(self, sequence: int) -> None:
        """Count a packet whose timestamp says nothing of when it was sent (RFC 4733 §2.2.1)."""
        ahead = (sequence - self.highest) & 0xFFFF
        if ahead == 1:
            self.highest += 1
            self.packets += 1
        else:
            self._out_of_order(sequence, ahead)

    def _out_of_order(self, sequence: int, ahead: int) -> None:
        if self.highest < 0:
            self._begin(sequence)
        elif ahead < _MAX_DROPOUT and ahead:
            self.highest += ahead
        elif ahead != 0 and ahead <= 0x10000 - _MAX_DISORDER:
            # A.1: a big jump counts only when the next packet confirms it; then the sender has begun anew.
            if sequence != self._next_if_jumped:
                self._next_if_jumped = (sequence + 1) & 0xFFFF
                return
            self.restart()
            self._begin(sequence)
        self.packets += 1
        self._next_if_jumped = -1

    def _begin(self, sequence: int) -> None:
        self._base = self.highest = sequence
        self.arrival = -1e12  # the first packet of a source has no spacing: its deviation is out of any bound

    def restart(self) -> None:
        """The source changed: what was counted stays, sequence and time line begin anew."""
        self._earlier_expected = self.expected
        self._earlier_packets = self.packets
        self.highest = -1
        self._next_if_jumped = -1

    @property
    def expected(self) -> int:
        """Packets that would have come without loss."""
        if self.highest < 0:
            return self._earlier_expected
        return self._earlier_expected + self.highest - self._base + 1

    @property
    def lost(self) -> int:
        """Packets lost; negative where more were doubled than lost (§6.4.1)."""
        return self.expected - self.packets

    @property
    def source_lost(self) -> int:
        """Packets lost of the current source alone, as a report block tells it."""
        return self.lost - (self._earlier_expected - self._earlier_packets)

    @property
    def source_expected(self) -> int:
        """Packets expected of the current source alone."""
        return self.expected - self._earlier_expected
