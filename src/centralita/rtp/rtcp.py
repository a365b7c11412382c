"""RTCP packets (RFC 3550 §6): compound packets parsed with bounds on everything, sender and receiver reports built.

What is understood: SR, RR, and BYE. SDES is built and, when received, skipped like every other type.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

_SENDER_REPORT = 200
_RECEIVER_REPORT = 201
_DESCRIPTION = 202
_GOODBYE = 203
_CNAME = 1
_HEAD = Struct("!BBHI")
_SENDER = Struct("!IIIII")
_BLOCK = Struct("!IIIIII")
_NTP_EPOCH = 2208988800
"""Seconds from 1900 to 1970."""
_MAX_PACKETS = 16
"""In one compound packet: more is nothing that an honest peer sends."""


class ReportBlock(NamedTuple):
    """What the sender of a report has received of one source (§6.4.1)."""

    ssrc: int
    fraction_lost: int
    """In 1/256, of the interval since its last report."""
    lost: int
    """Since the beginning, signed: negative where more was doubled than lost."""
    highest: int
    """Extended highest sequence number."""
    jitter: int
    """In timestamp units."""
    last_sender_report: int
    """Middle 32 bits of the NTP timestamp of the last SR that it had from us; 0: none."""
    delay: int
    """Since then, in 1/65536 s."""


class SenderInfo(NamedTuple):
    ntp: int
    """64 bits: seconds since 1900 and a fraction."""
    timestamp: int
    packets: int
    octets: int


class Report(NamedTuple):
    """An SR (with ``sender``) or an RR."""

    ssrc: int
    sender: SenderInfo | None
    blocks: tuple[ReportBlock, ...]


class Goodbye(NamedTuple):
    ssrc: int


def ntp_of(wall: float) -> int:
    """Seconds since 1970 as a 64 bit NTP timestamp."""
    return int((wall + _NTP_EPOCH) * 4294967296) & 0xFFFFFFFFFFFFFFFF


def middle(ntp: int) -> int:
    """The middle 32 bits of an NTP timestamp, in 1/65536 s."""
    return (ntp >> 16) & 0xFFFFFFFF


def round_trip(arrival: int, block: ReportBlock) -> float | None:
    """Seconds of round trip (§6.4.1), ``arrival`` being the middle of our NTP time; None where the block tells none.

    Peers with broken clocks make it negative or absurd; that is taken for telling nothing.
    """
    if block.last_sender_report == 0:
        return None
    units = (arrival - block.last_sender_report - block.delay) & 0xFFFFFFFF
    if units >= 0xFFFF0000:  # less than one second below zero: rounding of either clock, so no time at all
        return 0.0 if units >= 0xFFFFFF00 else None
    return units / 65536 if units < 10 * 65536 else None


def parse(data: bytes | bytearray | memoryview) -> list[Report | Goodbye]:
    """What a compound packet tells; what is malformed ends the reading, what came before it counts (§A.2)."""
    return list(_read(memoryview(data)))


def _read(view: memoryview) -> Iterator[Report | Goodbye]:
    for _ in range(_MAX_PACKETS):
        if len(view) < 8:
            return
        flags, kind, words, ssrc = _HEAD.unpack_from(view)
        size = 4 * (words + 1)
        if flags & 0xC0 != 0x80 or size < 8 or size > len(view):
            return
        count = flags & 0x1F
        if kind == _SENDER_REPORT:
            if size < 28 + 24 * count:
                return
            high, low, timestamp, packets, octets = _SENDER.unpack_from(view, 8)
            sender = SenderInfo(high << 32 | low, timestamp, packets, octets)
            yield Report(ssrc, sender, _blocks(view, 28, count))
        elif kind == _RECEIVER_REPORT:
            if size < 8 + 24 * count:
                return
            yield Report(ssrc, None, _blocks(view, 8, count))
        elif kind == _GOODBYE and count:
            yield Goodbye(ssrc)
        view = view[size:]


def _blocks(view: memoryview, at: int, count: int) -> tuple[ReportBlock, ...]:
    found = []
    for index in range(count):
        ssrc, losses, highest, jitter, last, delay = _BLOCK.unpack_from(view, at + 24 * index)
        lost = losses & 0xFFFFFF
        if lost & 0x800000:
            lost -= 0x1000000
        found.append(ReportBlock(ssrc, losses >> 24, lost, highest, jitter, last, delay))
    return tuple(found)


def build_report(report: Report) -> bytes:
    """An SR or RR; cumulative loss is kept within its 24 bits (§6.4.1)."""
    count = len(report.blocks)
    if report.sender is None:
        parts = [_HEAD.pack(0x80 | count, _RECEIVER_REPORT, 1 + 6 * count, report.ssrc)]
    else:
        ntp, timestamp, packets, octets = report.sender
        parts = [
            _HEAD.pack(0x80 | count, _SENDER_REPORT, 6 + 6 * count, report.ssrc),
            _SENDER.pack(ntp >> 32, ntp & 0xFFFFFFFF, timestamp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF),
        ]
    for block in report.blocks:
        lost = max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF
        parts.append(
            _BLOCK.pack(
                block.ssrc,
                block.fraction_lost << 24 | lost,
                block.highest & 0xFFFFFFFF,
                block.jitter & 0xFFFFFFFF,
                block.last_sender_report,
                block.delay & 0xFFFFFFFF,
            )
        )
    return b"".join(parts)


def build_description(ssrc: int, cname: bytes) -> bytes:
    """An SDES packet with the CNAME that every compound packet carries (§6.5.1); at most 255 bytes of it."""
    item = bytes([_CNAME, len(cname[:255])]) + cname[:255]
    item += b"\0" * (4 - len(item) % 4)
    return _HEAD.pack(0x81, _DESCRIPTION, 1 + len(item) // 4, ssrc) + item


def build_goodbye(ssrc: int) -> bytes:
    """A BYE without a reason (§6.6)."""
    return _HEAD.pack(0x81, _GOODBYE, 1, ssrc)
