"""Frames of an append-only file: u32 length, u32 CRC-32 of the payload (both little endian), payload.

What the payload means, and what to do about a frame that is broken or not complete yet, is for those who use it: the
journal of call events and the file of registrations.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from zlib import crc32

#: Length and checksum in front of each payload.
HEADER = struct.Struct("<II")
HEADER_SIZE = HEADER.size
_unpack = HEADER.unpack_from
#: A length above this is damage, never a frame: nothing of that size is ever written, nor allocated when read.
MAX_PAYLOAD = 16 * 1024 * 1024


def frame(payload: bytes) -> bytes:
    """One frame, ready to be appended. Raises ValueError where the payload is empty or above MAX_PAYLOAD."""
    length = len(payload)
    if not 0 < length <= MAX_PAYLOAD:
        raise ValueError(f"a frame holds 1 to {MAX_PAYLOAD} bytes, not {length}")
    return HEADER.pack(length, crc32(payload)) + payload


def frame_end(data: bytes | bytearray | memoryview, offset: int) -> int | None:
    """Where the frame at ``offset`` ends, if a whole and sound one is there; None for a broken or unfinished one."""
    start = offset + HEADER_SIZE
    if start > len(data):
        return None
    length, checksum = _unpack(data, offset)
    end = start + int(length)
    if end > len(data) or not 0 < length <= MAX_PAYLOAD or crc32(data[start:end]) != checksum:
        return None
    return end


def payloads(data: bytes, offset: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Start, end and payload of each sound frame from ``offset`` on, up to the first that is not."""
    # Written out rather than by ``frame_end``, since each payload is cut out only once this way: this loop reads all events.
    size = len(data)
    while (start := offset + HEADER_SIZE) <= size:
        length, checksum = _unpack(data, offset)
        end = start + length
        if end > size or not 0 < length <= MAX_PAYLOAD:
            return
        payload = data[start:end]
        if crc32(payload) != checksum:
            return
        yield offset, end, payload
        offset = end


def whole_frames(buffer: bytes | bytearray, size: int) -> int:
    """How many of the first ``size`` bytes of a buffer of good frames are whole frames."""
    end = 0
    while end + HEADER_SIZE <= size:
        length, _ = HEADER.unpack_from(buffer, end)
        if end + HEADER_SIZE + length > size:
            break
        end += HEADER_SIZE + length
    return end
