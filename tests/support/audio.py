"""Sound as a measuring engineer sees it: levels, tones and likeness of what a phone played and what another heard.

Every function takes or gives :class:`Sound`, mono samples between -1 and 1. It leaves to the tests what level or likeness
is good enough.
"""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

#: Below this a telephone line counts as silent: the noise of G.711 coding silence stays under -60 dBFS.
SILENCE_DBFS = -50.0


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Mono samples between -1 and 1 at ``rate`` per second."""

    samples: Samples
    rate: int = 8000

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    def part(self, start: float, end: float | None = None) -> Sound:
        """What lies between two instants, in seconds; negative ones count from the end."""
        stop = len(self.samples) if end is None else self._index(end)
        return Sound(self.samples[self._index(start) : stop], self.rate)

    def _index(self, second: float) -> int:
        index = round(second * self.rate)
        return index + len(self.samples) if second < 0 else index

    def __add__(self, other: Sound) -> Sound:
        """One after the other."""
        if self.rate != other.rate:
            raise ValueError(f"different sample rates: {self.rate} and {other.rate}")
        return Sound(np.concatenate([self.samples, other.samples]), self.rate)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time, in seconds from the beginning of the sound."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Match:
    """Where in what was heard the reference lies best, and how alike they are (1: the same shape, 0: unrelated)."""

    delay: float
    likeness: float


# --- making -------------------------------------------------------------------------------------------------------


def tone(*frequencies: float, seconds: float, dbfs: float = -12.0, rate: int = 8000) -> Sound:
    """One or more sine waves added; ``dbfs`` is the level of the sum."""
    time = np.arange(round(seconds * rate)) / rate
    wave = np.sum([np.sin(2 * np.pi * frequency * time) for frequency in frequencies], axis=0)
    return Sound(_at_level(wave, dbfs), rate)


def silence(seconds: float, rate: int = 8000) -> Sound:
    return Sound(np.zeros(round(seconds * rate)), rate)


def chatter(seconds: float, *, seed: int, dbfs: float = -16.0, rate: int = 8000) -> Sound:
    """Noise within the telephone band whose loudness varies as that of speech does: every stretch of it is unlike
    any other, so that its place in a recording can be told to the sample."""
    random = np.random.default_rng(seed)
    count = round(seconds * rate)
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / rate)
    spectrum[(frequency < 350) | (frequency > 3200)] = 0
    noise = np.fft.irfft(spectrum, count)
    steps = random.uniform(0.25, 1.0, max(2, round(seconds * 6)))
    loudness = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(steps)), steps)
    return Sound(_at_level(noise * loudness, dbfs), rate)


def _at_level(wave: Samples, dbfs: float) -> Samples:
    power = float(np.sqrt(np.mean(wave**2))) if len(wave) else 0.0
    scaled = wave * (10 ** (dbfs / 20) / power) if power else wave
    return np.clip(scaled, -1.0, 1.0)


# --- measuring ----------------------------------------------------------------------------------------------------


def level(sound: Sound) -> float:
    """RMS level in dBFS, 0 being a square wave at full scale; -120 for digital silence."""
    if not len(sound.samples):
        return -120.0
    power = float(np.mean(sound.samples**2))
    return max(-120.0, 10 * float(np.log10(power))) if power > 0 else -120.0


def is_silent(sound: Sound, threshold: float = SILENCE_DBFS) -> bool:
    """Whether no 20 ms of it reach the threshold."""
    return all(frame <= threshold for frame in levels(sound, 0.02))


def levels(sound: Sound, window: float) -> list[float]:
    """Level of each window of that many seconds, in order; what is left at the end is dropped."""
    size = round(window * sound.rate)
    return [
        level(Sound(sound.samples[at : at + size], sound.rate))
        for at in range(0, len(sound.samples) - size + 1, size)
    ]


def dominant(sound: Sound) -> float:
    """Frequency of the strongest component in Hz, to a fraction of a bin; 0 for silence."""
    count = len(sound.samples)
    if count < 16 or level(sound) <= -100:
        return 0.0
    spectrum = np.abs(np.fft.rfft(sound.samples * np.hanning(count)))
    spectrum[0] = 0
    peak = int(np.argmax(spectrum))
    shift = 0.0
    if 0 < peak < len(spectrum) - 1:
        left, middle, right = np.log(spectrum[peak - 1 : peak + 2] + 1e-12)
        bend = left - 2 * middle + right
        shift = 0.5 * float(left - right) / float(bend) if bend else 0.0
    return (peak + shift) * sound.rate / count


def share(sound: Sound, frequency: float, width: float = 15.0) -> float:
    """Share of the energy that lies within ``width`` Hz of a frequency, 0 to 1."""
    if level(sound) <= -100:
        return 0.0
    power = np.abs(np.fft.rfft(sound.samples * np.hanning(len(sound.samples)))) ** 2
    bins = np.fft.rfftfreq(len(sound.samples), 1 / sound.rate)
    # Two bins each way belong to a tone whatever the window's length.
    width = max(width, 2 * sound.rate / len(sound.samples))
    return float(np.sum(power[np.abs(bins - frequency) <= width]) / np.sum(power))


def segments(
    sound: Sound,
    *frequencies: float,
    window: float = 0.05,
    purity: float = 0.7,
    threshold: float = -40.0,
    shortest: float = 0.1,
) -> list[Segment]:
    """Where the sound is this tone (or this sum of tones): the share of energy at them reaches ``purity`` in a row of
    windows that is at least ``shortest`` seconds long. Edges are exact to one window."""

    def fits(frame: Sound) -> bool:
        shares = [share(frame, frequency) for frequency in frequencies]
        return (
            level(frame) > threshold and sum(shares) >= purity and min(shares) >= purity / (3 * len(shares))
        )

    return _runs(sound, window, shortest, fits)


def loud(
    sound: Sound, threshold: float = SILENCE_DBFS, window: float = 0.02, shortest: float = 0.04
) -> list[Segment]:
    """Where something is to be heard."""
    return _runs(sound, window, shortest, lambda frame: level(frame) > threshold)


def longest_gap(sound: Sound, threshold: float = SILENCE_DBFS) -> float:
    """Seconds of the longest silence between the first and the last thing that is heard; the whole if nothing is."""
    parts = loud(sound, threshold)
    if not parts:
        return sound.seconds
    return max((after.start - before.end for before, after in itertools.pairwise(parts)), default=0.0)


def _runs(sound: Sound, window: float, shortest: float, fits) -> list[Segment]:  # type: ignore[no-untyped-def]
    size = round(window * sound.rate)
    found: list[Segment] = []
    begun: float | None = None
    count = len(sound.samples) // size
    for index in range(count + 1):
        frame = Sound(sound.samples[index * size : (index + 1) * size], sound.rate)
        here = index * size / sound.rate
        if index < count and fits(frame):
            begun = here if begun is None else begun
        elif begun is not None:
            if here - begun >= shortest - 1e-9:
                found.append(Segment(begun, here))
            begun = None
    return found


def find(reference: Sound, heard: Sound) -> Match:
    """Where the reference lies in what was heard, by normalised cross-correlation (the level does not matter)."""
    if reference.rate != heard.rate:
        raise ValueError(f"different sample rates: {reference.rate} and {heard.rate}")
    pattern, signal = reference.samples, heard.samples
    length = len(pattern)
    if len(signal) < length:
        return Match(0.0, 0.0)
    size = 1 << (len(signal) + length - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(signal, size) * np.conj(np.fft.rfft(pattern, size)), size)
    dots = product[: len(signal) - length + 1]
    energy = np.concatenate([[0.0], np.cumsum(signal**2)])
    window = energy[length:] - energy[:-length]
    norm = np.sqrt(np.maximum(window, 0) * float(np.sum(pattern**2)))
    # A window of next to nothing would make noise look like a match.
    floor = 1e-3 * float(np.max(norm)) + 1e-12
    likeness = np.where(norm > floor, dots / np.maximum(norm, floor), 0.0)
    best = int(np.argmax(likeness))
    return Match(best / heard.rate, float(likeness[best]))


def matches(reference: Sound, heard: Sound, piece: float = 0.5) -> list[Match]:
    """The same piece by piece, so that a jitter buffer that slips a frame in between does not hide the likeness.

    ``delay`` of each is how much later the piece is in what was heard than in the reference.
    """
    found = []
    for index in range(int(reference.seconds / piece)):
        match = find(reference.part(index * piece, (index + 1) * piece), heard)
        found.append(Match(match.delay - index * piece, match.likeness))
    return found


# --- files --------------------------------------------------------------------------------------------------------


def write(path: Path, *channels: Sound) -> Path:
    """Write PCM 16 bit WAV, one channel for each sound."""
    rate = channels[0].rate
    frames = np.stack([np.round(sound.samples * 32767) for sound in channels], axis=1).astype("<i2")
    data = frames.tobytes()
    count = len(channels)
    header = struct.pack("<HHIIHH", 1, count, rate, rate * 2 * count, 2 * count, 16)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + header
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )
    return path


def read(path: Path) -> Sound:
    """The only channel of a file, or the mean of all."""
    channels = read_channels(path)
    return Sound(np.mean([sound.samples for sound in channels], axis=0), channels[0].rate)


def read_channels(path: Path) -> list[Sound]:
    """Each channel of a WAV file: PCM 16 bit or 32-bit float, A-law or µ-law.

    A file that is still being written has no length in its header: everything to its end counts.
    """
    data = path.read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError(f"{path} is no WAV file")
    at = 12
    form, count, rate = 0, 1, 8000
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        if name == b"fmt ":
            form, count, rate = struct.unpack_from("<HHI", data, at + 8)
            if form == 0xFFFE:
                form = struct.unpack_from("<H", data, at + 32)[0]
        elif name == b"data":
            available = len(data) - at - 8
            body = data[at + 8 : at + 8 + (size if 0 < size <= available else available)]
            return _decode(body, form, count, rate, path)
        at += 8 + size + (size & 1)
    raise ValueError(f"{path} has no sound in it")


def _decode(body: bytes, form: int, count: int, rate: int, path: Path) -> list[Sound]:
    match form:
        case 1:
            values = np.frombuffer(body[: len(body) // 2 * 2], "<i2").astype(np.float64) / 32768
        case 3:
            values = np.frombuffer(body[: len(body) // 4 * 4], "<f4").astype(np.float64)
        case 6:
            values = from_alaw(body)
        case 7:
            values = from_ulaw(body)
        case _:
            raise ValueError(f"{path} has WAV format {form}, which is not read here")
    values = values[: len(values) // count * count]
    return [Sound(values[channel::count], rate) for channel in range(count)]


def from_alaw(data: bytes) -> Samples:
    """ITU-T G.711 A-law to samples."""
    code = np.frombuffer(data, np.uint8).astype(np.int32) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    magnitude = np.where(
        exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 264) << np.maximum(exponent - 1, 0)
    )
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.float64) / 32768


def from_ulaw(data: bytes) -> Samples:
    """ITU-T G.711 µ-law to samples."""
    code = ~np.frombuffer(data, np.uint8).astype(np.int32) & 0xFF
    magnitude = (((code & 15) << 3) + 132 << ((code >> 4) & 7)) - 132
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.float64) / 32768
