"""One leg's outgoing stream: a single SSRC, sequence and time line, whatever feeds it.

Prompts, music and relayed audio follow one another as one clean stream: when the source changes, sequence numbers go on
without a gap, timestamps by the time that passed, and the marker bit is set. A leg that relays from its first packet on
takes over the source's SSRC and numbers, so that nothing need be rewritten in the common case.
"""

from __future__ import annotations

import os
from typing import NamedTuple


class Splice(NamedTuple):
    """How a relayed stream continues in ours: what to add to its numbers, or nothing at all."""

    rewrite: bool
    sequence_offset: int
    timestamp_offset: int


def random32() -> int:
    return int.from_bytes(os.urandom(4), "big")


class Outgoing:
    """``packets`` and ``octets`` (of payload) are also counted by the relay."""

    __slots__ = ("_at", "_span", "clock_rate", "failed", "octets", "packets", "sequence", "ssrc", "timestamp")

    def __init__(self, clock_rate: int = 8000) -> None:
        self.ssrc = -1
        """-1: not chosen yet."""
        self.sequence = -1
        """Of the last packet that was sent; -1: none."""
        self.timestamp = 0
        self.clock_rate = clock_rate
        self.packets = 0
        self.octets = 0
        self.failed = 0
        """Packets that the system would not send: full buffers, unreachable."""
        self._at = 0.0
        """When ``timestamp`` was."""
        self._span = 0
        """Sequence numbers used by all sources that are done."""

    def identity(self) -> int:
        """Our SSRC, chosen now if it was not."""
        if self.ssrc < 0:
            self.ssrc = random32()
        return self.ssrc

    def _timestamp_at(self, now: float) -> int:
        """The timestamp of something sent now: at least one packet of 20 ms after the last."""
        elapsed = max(0.02, now - self._at)
        return (self.timestamp + int(elapsed * self.clock_rate)) & 0xFFFFFFFF

    def splice(self, ssrc: int, sequence: int, timestamp: int, now: float, *, adopt: bool) -> Splice:
        """Continue with a relayed stream whose first packet this is; ``adopt``: its SSRC may become ours."""
        if self.sequence < 0 and self.ssrc < 0 and adopt:
            self.ssrc = ssrc
            return Splice(False, 0, 0)
        self.identity()
        if self.sequence < 0:
            first, at = random32() & 0x7FFF, random32()
        else:
            first, at = self.sequence + 1, self._timestamp_at(now)
        sequence_offset = (first - sequence) & 0xFFFF
        timestamp_offset = (at - timestamp) & 0xFFFFFFFF
        rewrite = bool(sequence_offset or timestamp_offset or ssrc != self.ssrc)
        return Splice(rewrite, sequence_offset, timestamp_offset)

    def settle(self, sequence: int, timestamp: int, now: float, span: int) -> None:
        """A relayed stream ends here: its last sequence number, the timestamp of this instant, both as they were sent.

        ``span`` is how many sequence numbers it used, gaps included.
        """
        self.sequence = sequence
        self.timestamp = timestamp
        self._at = now
        self._span += span

    def begin(self, now: float) -> None:
        """We start to speak ourselves: put the time line where the clock is, 20 ms before the first frame."""
        self.identity()
        if self.sequence < 0:
            self.sequence = random32() & 0x7FFF
            self.timestamp = random32()
        else:
            self.timestamp = (self._timestamp_at(now) - self.clock_rate // 50) & 0xFFFFFFFF
        self._at = now

    def advance(self, samples: int, now: float, *, sent: bool) -> None:
        """One more frame of our own; a frame that is not ``sent`` only lets time pass."""
        self.timestamp = (self.timestamp + samples) & 0xFFFFFFFF
        self._at = now
        if sent:
            self.sequence = (self.sequence + 1) & 0xFFFF
            self._span += 1

    def holes(self, span: int) -> int:
        """Sequence numbers left out, given those that a present relayed stream has used."""
        return max(0, self._span + span - self.packets - self.failed)

    def now_timestamp(self, now: float) -> int:
        """The timestamp that belongs to this instant, while we speak ourselves."""
        return (self.timestamp + int((now - self._at) * self.clock_rate)) & 0xFFFFFFFF
