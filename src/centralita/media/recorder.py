"""Records a leg to a WAV file of 16 bit PCM: what the peer says, and with ``both`` what it hears on the right.

Both sides lie on one time line that runs with the clock, so they stay in step; what never came is silence. The file's
header is kept true as the file grows: a worker that is killed leaves a file that can be played.
"""

from __future__ import annotations

import os
from enum import Enum

from centralita.media.wav import HEADER_SIZE, SAMPLE_RATE, WavError, header, read
from centralita.rtp.g711 import Law, decode_into, loudness

_LATE = SAMPLE_RATE // 4
"""Samples that are kept back for packets that come late, or as a burst: 0.25 s."""
_DRIFT = SAMPLE_RATE // 5
"""Samples by which timestamps and arrival may disagree before the track is set by arrival: 0.2 s."""
_AHEAD = 2 * SAMPLE_RATE
"""Samples beyond the clock that a track may write: a bound on memory."""
_SPEECH = 2
"""Mean loudness (in 1/256 of full scale) of a frame with speech: −42 dBFS."""
WRITE_EVERY = 0.5
"""Seconds between two writes."""


class Reason(Enum):
    """Why a recording ended by itself, in the words of :class:`centralita.ports.Recording`."""

    SILENCE = "silence"
    LIMIT = "limit"
    FULL = "full"


class _Track:
    """Places the frames of one side on the time line, by their timestamps while these agree with the clock."""

    __slots__ = ("_position", "_timestamp")

    def __init__(self) -> None:
        self._position = -1
        self._timestamp = 0

    def place(self, timestamp: int, size: int, clock: int) -> int:
        """The sample at which a frame of ``size`` begins, given where the clock stands."""
        by_arrival = clock - size
        position = by_arrival
        if self._position >= 0:
            step = (timestamp - self._timestamp) & 0xFFFFFFFF
            if step >= 0x80000000:
                step -= 0x100000000
            by_timestamp = self._position + step
            if abs(by_timestamp - by_arrival) <= _DRIFT:
                position = by_timestamp
        self._position, self._timestamp = position, timestamp
        return position


class Recorder:
    """One recording. Times are seconds of a steady clock, given by the caller."""

    def __init__(
        self, path: str, *, both: bool, limit: float, silence: float | None, append: bool, now: float
    ) -> None:
        """Makes the folder where it is missing. Raises OSError where the file cannot be opened."""
        self.path = path
        self._limit = limit
        self._silence = silence
        self._began = now
        self._spoke = now
        self._base = 0
        """The first sample of the time line that is not written yet."""
        self._pending = bytearray()
        self._said, self._heard = _Track(), _Track()
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        self._file = os.open(
            path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | (0 if append else os.O_TRUNC), 0o640
        )
        self._channels, self._size = 2 if both else 1, 0
        try:
            if append:
                self._continue()
            os.pwrite(self._file, header(self._channels, self._size), 0)
        except OSError:
            os.close(self._file)
            raise

    def _continue(self) -> None:
        """Go on after what the file holds, in its own number of channels; what is no WAV file is written anew.

        Data beyond what the header tells was written by a worker that was killed: it belongs to the recording.
        """
        length = os.fstat(self._file).st_size
        try:
            wav = read(os.pread(self._file, HEADER_SIZE + 4, 0))
        except WavError:
            os.ftruncate(self._file, 0)
            return
        if wav.law is None and wav.channels in (1, 2):
            self._channels = wav.channels
            self._size = (length - HEADER_SIZE) // (2 * wav.channels) * 2 * wav.channels

    @property
    def duration(self) -> float:
        """Seconds of audio written to the file."""
        return self._size / (2 * self._channels * SAMPLE_RATE)

    def said(self, payload: bytes, law: Law, timestamp: int, now: float) -> None:
        """A frame that the peer sent."""
        if self._silence is not None and sum(payload.translate(loudness(law))) > _SPEECH * len(payload):
            self._spoke = now
        self._write(self._said, 0, payload, law, timestamp, now)

    def heard(self, payload: bytes, law: Law, timestamp: int, now: float) -> None:
        """A frame that was sent to the peer; kept only where both sides are recorded."""
        if self._channels == 2:
            self._write(self._heard, 2, payload, law, timestamp, now)

    def _write(
        self, track: _Track, offset: int, payload: bytes, law: Law, timestamp: int, now: float
    ) -> None:
        size = len(payload)
        clock = int((now - self._began) * SAMPLE_RATE)
        position = track.place(timestamp, size, clock) - self._base
        if position < 0 or position + size > clock - self._base + _AHEAD:
            return  # later than what is kept back, or before the beginning
        width = 2 * self._channels
        missing = width * (position + size) - len(self._pending)
        if missing > 0:
            self._pending.extend(bytes(missing))
        decode_into(payload, law, self._pending, width * position + offset, width)

    def timer(self, now: float) -> Reason | None:
        """Write what is due, to be called every :data:`WRITE_EVERY` seconds; tells whether the recording is over."""
        over: Reason | None = None
        if now - self._began >= self._limit:
            over, now = Reason.LIMIT, self._began + self._limit
        elif self._silence is not None and now - self._spoke >= self._silence:
            over = Reason.SILENCE
        written = self._flush(now, 0 if over else _LATE)
        return over if written else Reason.FULL

    def next_timer(self, now: float) -> float:
        """When ``timer`` wants to be called."""
        due = min(now + WRITE_EVERY, self._began + self._limit)
        return due if self._silence is None else min(due, max(now + 0.05, self._spoke + self._silence))

    def _flush(self, now: float, keep: int) -> bool:
        """Write the time line up to ``keep`` samples before now. False where the disk takes no more."""
        upto = int((now - self._began) * SAMPLE_RATE) - keep
        count = upto - self._base
        if count <= 0:
            return True
        width = 2 * self._channels
        data = self._pending[: width * count]
        del self._pending[: width * count]
        data.extend(bytes(width * count - len(data)))
        self._base = upto
        try:
            written = os.pwrite(self._file, data, HEADER_SIZE + self._size)
            self._size += written // width * width
            os.pwrite(self._file, header(self._channels, self._size), 0)
        except OSError:
            return False
        return written == len(data)

    def close(self, now: float) -> bool:
        """Write the rest and close the file. False where not all could be written."""
        now = min(now, self._began + self._limit)
        written = self._flush(now, 0)
        try:
            os.ftruncate(self._file, HEADER_SIZE + self._size)
        except OSError:
            written = False
        os.close(self._file)
        return written
