"""WAV files: reading those that can be played, and the header of those that we write.

Playable is one channel at 8 kHz, PCM of 16 bit or G.711 (WAVE formats 1, 6 and 7).
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from centralita.rtp.g711 import Law

SAMPLE_RATE = 8000
HEADER_SIZE = 44
_MAX_CHANNELS = 8
_FORMAT = Struct("<HHIIHH")
_HEADER = Struct("<4sI4s4sIHHIIHH4sI")
_PCM, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE


class WavError(ValueError):
    """No WAV file, or not one that we can play; the text says why."""


class Wav(NamedTuple):
    law: Law | None
    """None: PCM of 16 bit."""
    channels: int
    data: memoryview


def read(content: bytes) -> Wav:
    """The sound in a WAV file. Sizes that promise more than there is are cut to what there is. Raises WavError."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise WavError("not a WAV file")
    view = memoryview(content)
    found: tuple[int, int, int, int] | None = None
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8
        if name == b"fmt " and size >= _FORMAT.size and at + _FORMAT.size <= len(content):
            kind, channels, rate, _, _, bits = _FORMAT.unpack_from(content, at)
            if kind == _EXTENSIBLE and size >= 26:
                kind = int.from_bytes(content[at + 24 : at + 26], "little")
            found = kind, channels, rate, bits
        elif name == b"data":
            if found is None:
                raise WavError("no format before the data")
            return _accept(*found, view[at : at + size])
        at += size + (size & 1)
    raise WavError("no data")


def _accept(kind: int, channels: int, rate: int, bits: int, data: memoryview) -> Wav:
    if rate != SAMPLE_RATE:
        raise WavError(f"{rate} Hz instead of 8000")
    if not 1 <= channels <= _MAX_CHANNELS:
        raise WavError(f"{channels} channels")
    if kind == _PCM and bits == 16:
        return Wav(None, channels, data[: len(data) - len(data) % (2 * channels)])
    if kind in (_A_LAW, _MU_LAW) and bits == 8:
        return Wav(Law.A if kind == _A_LAW else Law.MU, channels, data)
    raise WavError(f"WAVE format {kind} of {bits} bit instead of PCM of 16 bit or G.711")


def header(channels: int, data_size: int) -> bytes:
    """The header of a PCM file of 16 bit at 8 kHz with this many bytes of data."""
    width = 2 * channels
    return _HEADER.pack(
        b"RIFF",
        min(HEADER_SIZE - 8 + data_size, 0xFFFFFFFF),
        b"WAVE",
        b"fmt ",
        16,
        _PCM,
        channels,
        SAMPLE_RATE,
        SAMPLE_RATE * width,
        width,
        16,
        b"data",
        min(data_size, 0xFFFFFFFF),
    )
