"""Reads and mends the header of a WAV file that was being written when its writer was killed.

A writer knows the sizes in the header only at the end, so a recording that was cut off has wrong ones and all its audio.
Making sound files is the media worker's business.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

_CHUNK = struct.Struct("<4sI")
#: Bytes searched for the ``data`` chunk: what stands before it is small in every file of ours.
_MAX_HEADER = 4096


class NotPlayable(ValueError):
    """No WAV file, or one cut off before its audio began."""


def mend(path: Path) -> float:
    """Make the sizes in the header those of the file, and give its length in seconds.

    Raises NotPlayable, or OSError.
    """
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        start, size, frame_bytes, rate = _data_chunk(file)
        frames = max(0, end - start) // frame_bytes
        there = frames * frame_bytes
        if size > there or size == 0:  # not written yet, or written before the last of the audio was cut off
            size = there
            file.truncate(start + size)
            file.seek(start - 4)
            file.write(struct.pack("<I", size))
            file.seek(4)
            file.write(struct.pack("<I", start + size - 8))
    return size / frame_bytes / rate


def duration(path: Path) -> float:
    """Seconds of audio, by the header or by the size of the file, whichever is less. Raises NotPlayable, or OSError."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        start, size, frame_bytes, rate = _data_chunk(file)
        there = max(0, end - start)
        return (min(size, there) if size else there) // frame_bytes / rate


def _data_chunk(file: BinaryIO) -> tuple[int, int, int, int]:
    """Where the audio begins, its size by the header, bytes a frame, frames a second."""
    file.seek(0)
    head = file.read(_MAX_HEADER)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise NotPlayable("not a WAV file")
    offset = 12
    frame_bytes = rate = 0
    while offset + _CHUNK.size <= len(head):
        name, size = _CHUNK.unpack_from(head, offset)
        offset += _CHUNK.size
        if name == b"data":
            if not frame_bytes or not rate:
                raise NotPlayable("a WAV file without its format")
            return offset, size, frame_bytes, rate
        if name == b"fmt " and offset + 16 <= len(head):
            rate = struct.unpack_from("<I", head, offset + 4)[0]
            frame_bytes = struct.unpack_from("<H", head, offset + 12)[0]
        offset += size + size % 2
    raise NotPlayable("a WAV file without audio")
