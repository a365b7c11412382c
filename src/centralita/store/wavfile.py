"""Reads and mends the header of a WAV file that was being written when its writer was killed.

A writer knows the sizes in the header only at the end, or corrects them now and then: so a recording that was cut off may
tell of less audio than it has, or of more. The audio is the last thing in our files, so the size of the file tells the
truth. Making sound files is the media worker's business.
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
        there = (end - start) // frame_bytes * frame_bytes
        if size != there:
            file.truncate(start + there)
            file.seek(start - 4)
            file.write(struct.pack("<I", there))
            file.seek(4)
            file.write(struct.pack("<I", start + there - 8))
    return there / frame_bytes / rate


def duration(path: Path) -> float:
    """Seconds of audio in the file, whatever its header says. Raises NotPlayable, or OSError."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        start, _, frame_bytes, rate = _data_chunk(file)
        return (end - start) // frame_bytes / rate


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
