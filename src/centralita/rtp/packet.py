"""The RTP header (RFC 3550 §5.1): reading it, writing it, telling RTP from what else arrives on a port.

The relay's hot path unpacks the header in place with :data:`HEADER`; everything else goes through :func:`parse`.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

HEADER = Struct("!BBHII")
"""Flags, marker and payload type, sequence, timestamp, SSRC: 12 bytes in network order."""
REWRITE = Struct("!HII")
"""Sequence, timestamp and SSRC alone, which start at byte 2."""
HEADER_SIZE = 12
VERSION_2 = 0x80
MARKER = 0x80


class Packet(NamedTuple):
    """A parsed packet; ``payload`` has its padding removed."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def is_rtcp(second_byte: int) -> bool:
    """Whether a packet on a shared port is RTCP by its second byte (RFC 5761 §4)."""
    return 192 <= second_byte <= 223


def payload_bounds(data: memoryview) -> tuple[int, int] | None:
    """Start and end of the payload within a packet, or None where it is no well-formed RTP.

    CSRC list, header extension and padding are skipped (RFC 3550 §5.1, §5.3.1).
    """
    size = len(data)
    if size < HEADER_SIZE or data[0] & 0xC0 != VERSION_2:
        return None
    flags = data[0]
    start = HEADER_SIZE + 4 * (flags & 0x0F)
    if flags & 0x10:
        if start + 4 > size:
            return None
        start += 4 + 4 * ((data[start + 2] << 8) | data[start + 3])
    end = size
    if flags & 0x20:
        padding = data[size - 1]
        if padding == 0:
            return None
        end -= padding
    return (start, end) if start <= end else None


def parse(data: bytes | bytearray | memoryview) -> Packet | None:
    """Parse a packet, or None where it is not RTP version 2, is RTCP, or is malformed."""
    view = memoryview(data)
    bounds = payload_bounds(view)
    if bounds is None or is_rtcp(view[1]):
        return None
    _, second, sequence, timestamp, ssrc = HEADER.unpack_from(view)
    payload = bytes(view[bounds[0] : bounds[1]])
    return Packet(second & 0x7F, bool(second & MARKER), sequence, timestamp, ssrc, payload)


def build(
    payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool = False
) -> bytes:
    """A packet without CSRC, extension or padding."""
    second = payload_type | MARKER if marker else payload_type
    return HEADER.pack(VERSION_2, second, sequence, timestamp, ssrc) + payload
