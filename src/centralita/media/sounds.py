"""Everything that can be played, as ready frames of 20 ms: files, tones, music; encoded once per law and kept.

A sound is encoded as far as somebody has listened, a slice at a time, so that starting a long one stops nothing.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from centralita.media import music, tones
from centralita.media.logs import Log
from centralita.media.loops import SEAM, looped
from centralita.media.wav import Wav, WavError, read
from centralita.rtp.g711 import Law, encode, encoder, translation

FRAME = 160
"""Samples and G.711 bytes of 20 ms."""
_SLICE = 8 * FRAME
_MAX_FILE = 64 * 1024 * 1024
"""Bytes of a sound file that is played at all: an hour."""
_CACHE_BYTES = 64 * 1024 * 1024
"""Of sound files kept, encoded."""


class Frames:
    """One sound in one law. Frames are made when they are first asked for, by whoever listens first."""

    __slots__ = ("_again", "_endless", "_frames", "_rest", "_silence", "_slices")

    def __init__(self, slices: Iterator[bytes], law: Law, *, endless: bool = False, again: int = 0) -> None:
        """``slices`` yields G.711 of any length; ``endless`` repeats it for ever, from the frame ``again``."""
        self._slices: Iterator[bytes] | None = slices
        self._frames: list[bytes] = []
        self._rest = b""
        self._silence = bytes([law.silence])
        self._endless = endless
        self._again = again

    def frame(self, index: int) -> bytes | None:
        """The frame at this place, always whole (the last one is filled up); None after the end."""
        frames = self._frames
        while index >= len(frames):
            if self._slices is None:
                if self._endless and frames:
                    again = self._again if self._again < len(frames) else 0
                    return frames[again + (index - again) % (len(frames) - again)]
                return None
            self._encode_more(self._slices)
        return frames[index]

    def _encode_more(self, slices: Iterator[bytes]) -> None:
        piece = next(slices, None)
        if piece is None:
            self._slices = None
            if self._rest:
                self._frames.append(self._rest.ljust(FRAME, self._silence))
            return
        piece = self._rest + piece
        whole = len(piece) - len(piece) % FRAME
        self._frames.extend([piece[at : at + FRAME] for at in range(0, whole, FRAME)])
        self._rest = piece[whole:]


class Silence:
    """So many frames of nothing."""

    __slots__ = ("_count", "_frame")

    def __init__(self, seconds: float, law: Law) -> None:
        self._count = max(0, round(seconds * 50))
        self._frame = bytes([law.silence]) * FRAME

    def frame(self, index: int) -> bytes | None:
        return self._frame if index < self._count else None


Track = Frames | Silence


def _encoded(wav: Wav, law: Law) -> Iterator[bytes]:
    """The data of a file in the wanted law; of several channels the first one is heard."""
    step = _SLICE * wav.channels
    if wav.law is None:
        samples = wav.data.cast("H")
        code = encoder(law)
        for at in range(0, len(samples), step):
            yield bytes([code[sample] for sample in samples[at : at + step : wav.channels]])
    else:
        table = None if wav.law is law else translation(wav.law, law)
        for at in range(0, len(wav.data), step):
            codes = bytes(wav.data[at : at + step : wav.channels])
            yield codes if table is None else codes.translate(table)


def _looped(wav: Wav, law: Law) -> Iterator[bytes]:
    if wav.law is None and wav.channels == 1:
        return (encode(piece, law) for piece in looped(wav.data.cast("h")))
    return _encoded(wav, law)


class Library:
    """The sounds of one worker."""

    def __init__(self, log: Log, music_file: Path | None = None) -> None:
        self._log = log
        self._music_file = music_file
        self._files: OrderedDict[tuple[str, int, int, Law, bool], tuple[Frames, int]] = OrderedDict()
        self._bytes = 0
        self._tones: dict[tuple[str, str, Law], Frames | None] = {}
        self._music: dict[Law, Frames] = {}
        self._complained: set[str] = set()

    def file(self, path: str, law: Law, *, loop: bool = False) -> Frames | None:
        """A sound file; None, and a line in the log, where it cannot be played. A changed file is read again.

        ``loop``: endless, and without a seam.
        """
        try:
            status = os.stat(path)
            key = (path, status.st_mtime_ns, status.st_size, law, loop)
            known = self._files.get(key)
            if known is not None:
                self._files.move_to_end(key)
                return known[0]
            if status.st_size > _MAX_FILE:
                raise WavError(f"{status.st_size} bytes are too long")
            wav = read(Path(path).read_bytes())
        except (OSError, WavError) as error:
            self._complain(path, error)
            return None
        size = len(wav.data) // (2 if wav.law is None else 1)
        if loop:
            frames = Frames(_looped(wav, law), law, endless=True, again=SEAM // FRAME)
        else:
            frames = Frames(_encoded(wav, law), law)
        self._files[key] = frames, size
        self._bytes += size
        while self._bytes > _CACHE_BYTES and len(self._files) > 1:
            _, (_, freed) = self._files.popitem(last=False)
            self._bytes -= freed
        return frames

    def _complain(self, path: str, error: Exception) -> None:
        if path not in self._complained and len(self._complained) < 1000:
            self._complained.add(path)
            self._log("sound-unplayable", path=path, error=str(error))

    def tone(self, name: str, country: str, law: Law) -> Frames | None:
        """A call progress tone; None, and a line in the log, for a name that is no tone's."""
        key = (name, country, law)
        if key not in self._tones:
            cadence = tones.find(name, country)
            if cadence is None:
                self._complain(f"tone:{name}", ValueError("no such tone"))
                return None
            pcm = tones.render(cadence)
            slices = (encode(pcm[at : at + 2 * _SLICE], law) for at in range(0, len(pcm), 2 * _SLICE))
            self._tones[key] = Frames(slices, law, endless=not cadence.once)
        return self._tones[key]

    def music(self, law: Law) -> Frames:
        """Music on hold, endless: the configured file, or our own piece."""
        if law not in self._music:
            slices: Iterator[bytes] | None = None
            if self._music_file is not None:
                try:
                    slices = _encoded(read(self._music_file.read_bytes()), law)
                except (OSError, WavError) as error:
                    self._complain(str(self._music_file), error)
            if slices is None:
                slices = (encode(piece, law) for piece in music.compose())
            self._music[law] = Frames(slices, law, endless=True)
        return self._music[law]
