"""One leg's exchange of RTCP reports: what we tell the peer and what it tells us (RFC 3550 §6.4).

Time comes in as seconds of the caller's own wall clock, which only has to run evenly: the round trip is measured
against our own timestamps. When to send is the caller's business.
"""

from __future__ import annotations

from typing import NamedTuple

from centralita.rtp.reception import Reception
from centralita.rtp.rtcp import (
    Goodbye,
    Report,
    ReportBlock,
    SenderInfo,
    build_description,
    build_goodbye,
    build_report,
    middle,
    ntp_of,
    parse,
    round_trip,
)


class Sent(NamedTuple):
    """What we have sent to the peer so far."""

    ssrc: int
    packets: int
    octets: int
    """Of payload."""
    timestamp: int
    """RTP timestamp that belongs to the instant of the report."""
    holes: int
    """Sequence numbers that we left out, since they were missing in what we relayed."""


class ReportExchange:
    """The figures of both directions, sampled with each report."""

    __slots__ = (
        "_arrival",
        "_last_sender_report",
        "_prior_expected",
        "_prior_lost",
        "_sent_packets",
        "jitter_in_count",
        "jitter_in_sum",
        "jitter_out_count",
        "jitter_out_sum",
        "lost_out",
        "reported",
        "reports_received",
        "round_trip_count",
        "round_trip_sum",
    )

    def __init__(self) -> None:
        self.reported = False
        """Whether we have ever sent a report: only then a BYE is due (§6.3.7)."""
        self.reports_received = 0
        self.lost_out: int | None = None
        """Packets lost between us and the peer by its last report."""
        self.jitter_in_sum = self.jitter_out_sum = 0.0
        self.jitter_in_count = self.jitter_out_count = 0
        self.round_trip_sum = 0.0
        self.round_trip_count = 0
        self._sent_packets = 0
        self._last_sender_report = 0
        self._arrival = 0.0
        self._prior_expected = 0
        self._prior_lost = 0

    def compose(self, sent: Sent, reception: Reception, source: int, wall: float, cname: bytes) -> bytes:
        """The next compound packet: SR where something was sent since the last one, else RR, and SDES.

        ``source`` is the peer's SSRC, of which there is a block only where packets came.
        """
        blocks: tuple[ReportBlock, ...] = ()
        if reception.highest >= 0:
            blocks = (self._block(reception, source, wall),)
            self.jitter_in_sum += reception.jitter
            self.jitter_in_count += 1
        sender = None
        if sent.packets > self._sent_packets:
            sender = SenderInfo(ntp_of(wall), sent.timestamp, sent.packets, sent.octets)
            self._sent_packets = sent.packets
        self.reported = True
        return build_report(Report(sent.ssrc, sender, blocks)) + build_description(sent.ssrc, cname)

    def _block(self, reception: Reception, source: int, wall: float) -> ReportBlock:
        expected, lost = reception.expected, reception.lost
        new_expected = expected - self._prior_expected
        new_lost = lost - self._prior_lost
        self._prior_expected, self._prior_lost = expected, lost
        fraction = min(255, 256 * new_lost // new_expected) if new_expected > 0 and new_lost > 0 else 0
        delay = int((wall - self._arrival) * 65536) if self._last_sender_report else 0
        return ReportBlock(
            source,
            fraction,
            reception.source_lost,
            reception.highest,
            int(reception.jitter),
            self._last_sender_report,
            delay,
        )

    def goodbye(self, ssrc: int, cname: bytes) -> bytes:
        """The last compound packet: an empty RR, SDES, BYE (§6.1, §6.6)."""
        return build_report(Report(ssrc, None, ())) + build_description(ssrc, cname) + build_goodbye(ssrc)

    def receive(self, data: memoryview, sent: Sent, wall: float) -> bool:
        """Take in a compound packet. Returns whether it was RTCP at all."""
        packets = parse(data)
        for packet in packets:
            if isinstance(packet, Goodbye):
                continue
            self.reports_received += 1
            if packet.sender is not None:
                self._last_sender_report = middle(packet.sender.ntp)
                self._arrival = wall
            for block in packet.blocks:
                if block.ssrc == sent.ssrc:
                    self._take(block, sent, wall)
        return bool(packets)

    def _take(self, block: ReportBlock, sent: Sent, wall: float) -> None:
        # What was missing already when we relayed it is the other leg's loss, not this one's.
        self.lost_out = max(0, min(block.lost - sent.holes, sent.packets))
        if block.jitter < 0x10000:
            self.jitter_out_sum += block.jitter
            self.jitter_out_count += 1
        measured = round_trip(middle(ntp_of(wall)), block)
        if measured is not None:
            self.round_trip_sum += measured
            self.round_trip_count += 1
