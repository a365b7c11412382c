"""The incoming stream of one leg, and the hot path that hands it on: a packet in and out, its statistics counted.

What ``run`` needs lies in one small object, because at tens of thousands of packets a second what costs is memory that is
not in the cache. A packet that is not exactly what ``run`` expects goes to the leg, which knows what to do with it.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from centralita.media.outgoing import Outgoing
from centralita.media.pool import Pair
from centralita.rtp.packet import HEADER, HEADER_SIZE, REWRITE, VERSION_2
from centralita.rtp.reception import MAX_DEVIATION, Reception

LARGEST = 2048
"""Bytes of a packet; a longer one is cut by the kernel and dropped by us."""
BUFFER = bytearray(LARGEST)
"""Where every packet is received: a worker has one thread, and is done with one packet before it takes the next."""
VIEWS = [memoryview(BUFFER)[:size] for size in range(LARGEST + 1)]
_unpack = HEADER.unpack_from
_rewrite = REWRITE.pack_into


class Relay(Reception):
    """Counts what comes; while joined to an outgoing stream, continues that with it."""

    __slots__ = (
        "_accept",
        "_began",
        "_folded",
        "_forward",
        "_new_ssrc",
        "_number",
        "_out",
        "_receive_into",
        "_rewrite",
        "_sequence_offset",
        "_size",
        "_ssrc",
        "_timestamp_offset",
    )

    def __init__(self, pair: Pair, accept: Callable[[int, float], None]) -> None:
        """``accept(size, now)`` takes the packet in the buffer that is not for the short way."""
        super().__init__()
        self._receive_into = pair.rtp.recv_into
        self._accept = accept
        self._forward: Callable[[memoryview], object] = pair.rtp.send
        self._number = -1
        self._ssrc = -1
        """The source that is joined; -1: none."""
        self._size = 0
        """Of the packets that were counted since the last fold."""
        self._folded = 0
        """Packets whose relaying is told to the outgoing stream."""
        self._out: Outgoing | None = None
        self._new_ssrc = 0
        self._began = 0
        self._rewrite = False
        self._sequence_offset = 0
        self._timestamp_offset = 0

    # --- the hot path -----------------------------------------------------------------------------------------------

    def take(self, number: int, forward: Callable[[memoryview], object]) -> None:
        """Packets of this payload type take the short way from now on, to this connected socket."""
        self._number = number
        self._forward = forward

    def run(self) -> None:
        """The handler of a port whose packets take the short way."""
        try:
            size = self._receive_into(BUFFER)
        except OSError:
            return  # nothing there, or an ICMP error that the peer's host sent
        flags, second, sequence, timestamp, ssrc = _unpack(BUFFER)
        now = monotonic()
        if (
            sequence != self.next
            or ssrc != self._ssrc
            or size != self._size
            or second != self._number
            or flags != VERSION_2
        ):
            self._accept(size, now)
            return
        self.next = sequence + 1
        transit = now * self.clock_rate - timestamp
        deviation = transit - self.transit
        self.transit = transit
        if deviation < 0.0:
            deviation = -deviation
        if deviation < MAX_DEVIATION:
            self.jitter += (deviation - self.jitter) * 0.0625
        if self._rewrite:
            sequence = (sequence + self._sequence_offset) & 0xFFFF
            _rewrite(BUFFER, 2, sequence, (timestamp + self._timestamp_offset) & 0xFFFFFFFF, self._new_ssrc)
        try:
            self._forward(VIEWS[size])
        except OSError:
            self._not_sent()

    def _not_sent(self) -> None:
        """The packet that was just counted did not go out: a full buffer, an ICMP error."""
        self.fold()
        if self._out is not None:
            self._out.packets -= 1
            self._out.octets -= self._size - HEADER_SIZE
            self._out.failed += 1

    def accept(self) -> None:
        """The handler of a port whose packets all go to the leg."""
        try:
            size = self._receive_into(BUFFER)
        except OSError:
            return  # as above
        self._accept(size, monotonic())

    # --- the splice -------------------------------------------------------------------------------------------------

    def fold(self) -> None:
        """Tell the outgoing stream of the packets that took the short way since the last time."""
        packets = self.packets
        out = self._out
        if out is not None and self._ssrc >= 0:
            count = packets - self._folded
            out.packets += count
            out.octets += count * (self._size - HEADER_SIZE)
        self._folded = packets

    def skip(self, size: int) -> None:
        """The packet that was just counted goes by the leg, which tells of it; the next ones may have its size."""
        self._folded = self.packets
        self._size = size

    def renumber(self, sequence: int, timestamp: int) -> tuple[int, int]:
        """Sequence number and timestamp of a packet of the joined source in the outgoing stream."""
        return (sequence + self._sequence_offset) & 0xFFFF, (timestamp + self._timestamp_offset) & 0xFFFFFFFF

    def joined(self, ssrc: int) -> bool:
        """Whether this source is being relayed."""
        return ssrc == self._ssrc

    def join(
        self, out: Outgoing, ssrc: int, sequence: int, timestamp: int, now: float, *, adopt: bool
    ) -> None:
        """The first packet of a stream for this outgoing one: continue it from here."""
        splice = out.splice(ssrc, sequence, timestamp, now, adopt=adopt)
        self._rewrite, self._sequence_offset, self._timestamp_offset = splice
        self._out = out
        self._new_ssrc = out.ssrc
        self._ssrc = ssrc
        self._began = self.highest

    def part(self) -> None:
        """The stream ends, or its listener: leave the outgoing one where we are."""
        out = self._out
        if out is not None and self._ssrc >= 0:
            self.fold()
            now = monotonic()
            sequence = (self.highest + self._sequence_offset) & 0xFFFF
            out.settle(sequence, self.outgoing_timestamp(now), now, self.span())
        self._ssrc = -1
        self._out = None

    def span(self) -> int:
        """Sequence numbers that the present outgoing stream was given, gaps included."""
        return self.highest - self._began + 1 if self._ssrc >= 0 else 0

    def outgoing_timestamp(self, now: float) -> int:
        """The outgoing stream's timestamp that belongs to an instant, while it is fed from here."""
        return (self.timestamp_at(now) + self._timestamp_offset) & 0xFFFFFFFF

    def feeds(self, out: Outgoing) -> bool:
        """Whether this outgoing stream is continued by us."""
        return self._out is out and self._ssrc >= 0
