"""Sound to the form in which telephones carry it: 8 kHz, trimmed, at one loudness. Standard library only.

Made for prompts, which are converted once, at set-up.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from collections.abc import Sequence
from functools import lru_cache
from operator import mul

TELEPHONE_RATE = 8000
"""Samples a second."""

LOUDNESS = -16.0
"""dBFS of the active speech, near that of the recorded packs, so that the two can stand beside one another."""
CEILING = -1.0
"""dBFS that no sample exceeds: a prompt with high peaks stays a little softer instead of being clipped."""

_PASS = 3400.0
_STOP = 4200.0
"""Hz. What lies between 4000 and this is folded back to above the pass band, where a telephone hears nothing."""
_REJECTION = 50.0
"""dB."""
UNITY = 1 << 14
"""What the filter multiplies by, for it calculates in whole numbers."""

_FRAMES = 100
"""A second, for looking at loudness."""
_SILENCE = 10 ** (-45 / 20)
"""Of the highest peak: a frame that stays below is silence."""
_ACTIVE = 10 ** (-30 / 20)
"""Of the loudest frame: what is below is a pause within speech and does not count as its loudness."""


def to_telephone(samples: Sequence[int], rate: int, *, tail: float) -> bytes:
    """16 bit samples at any rate → little-endian 16 bit PCM at 8 kHz, trimmed and normalised.

    ``tail``: seconds of silence after the last sound. Silence in, nothing out.
    """
    sound = resample(trim(samples, rate), rate)
    if not sound:
        return b""
    # No sample exceeds the ceiling then, so none has to be clipped.
    pcm = array("h", map(round, map(_gain(sound).__mul__, sound)))
    pcm.extend([0] * round(tail * TELEPHONE_RATE))
    if sys.byteorder == "big":
        pcm.byteswap()
    return pcm.tobytes()


def trim(samples: Sequence[int], rate: int) -> Sequence[int]:
    """Without the silence at both ends, but for a frame at each, in which soft consonants begin and end."""
    size = rate // _FRAMES
    peaks = [
        max(max(frame), -min(frame))
        for frame in (samples[start : start + size] for start in range(0, len(samples), size))
    ]
    floor = max(peaks, default=0) * _SILENCE
    loud = [index for index, peak in enumerate(peaks) if peak > floor]
    return samples[max(0, loud[0] - 1) * size : (loud[-1] + 2) * size] if loud else samples[:0]


def resample(samples: Sequence[int], rate: int) -> list[float]:
    """To 8 kHz from a higher rate: a low-pass, then a cubic through the four samples around each instant.

    The cubic is off by 2 % at the upper end of a telephone's band when the source has 22 kHz, and by much less below.
    """
    common = math.gcd(rate, TELEPHONE_RATE)
    up, down = TELEPHONE_RATE // common, rate // common
    if up == down:
        return [float(sample) for sample in samples]
    if rate < TELEPHONE_RATE:
        raise ValueError(f"{rate} Hz is less than a telephone carries")
    # Output k lies at input k * down / up: whole samples, and a part of one. The parts repeat after `up` outputs.
    pattern = [(k * down // up, *_cubic(k * down % up / up)) for k in range(up)]
    filtered = [0, *low_pass(samples, rate), *[0] * (down + 2)]
    out: list[float] = []
    append = out.append
    for block in range(0, len(samples), down):
        for offset, a, b, c, d in pattern:
            at = block + offset
            append(a * filtered[at] + b * filtered[at + 1] + c * filtered[at + 2] + d * filtered[at + 3])
    return out[: len(samples) * up // down]


def _cubic(t: float) -> tuple[float, float, float, float]:
    """Lagrange's weights of the samples at -1, 0, 1 and 2 for the instant t between 0 and 1."""
    return (
        -t * (t - 1) * (t - 2) / 6,
        (t + 1) * (t - 1) * (t - 2) / 2,
        -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
    )


def low_pass(samples: Sequence[int], rate: int) -> tuple[int, ...]:
    """Take away what a telephone cannot carry; as many samples as came in, UNITY times as large.

    The convolution is one multiplication of two large integers: with a sample in every 32 bits of the one and a tap in
    every 32 bits of the other, each 32 bits of the product hold one sum of the products of samples and taps. So the
    loop runs in the interpreter's own arithmetic, some twenty times faster than in Python.
    """
    taps = _taps(rate)
    count = len(samples) + len(taps) - 1
    bias = _bias(count)
    # Exact: 2¹⁵ (a sample) times the sum of the taps' sizes is below 2³¹. Adding the bias makes every 32 bits positive,
    # so that none borrows from its neighbour; flipping their top bits takes it off again.
    product = (_pack(samples) * _pack(taps) + bias) ^ bias
    sums = struct.unpack(f"<{count}i", product.to_bytes(4 * count, "little"))
    return sums[len(taps) // 2 : len(taps) // 2 + len(samples)]


def _pack(values: Sequence[int]) -> int:
    """The sum of the n-th value times 2³²ⁿ, values of either sign."""
    bias = _bias(len(values))
    return (int.from_bytes(struct.pack(f"<{len(values)}i", *values), "little") ^ bias) - bias


def _bias(count: int) -> int:
    return int.from_bytes(b"\0\0\0\x80" * count, "little")


@lru_cache(4)
def _taps(rate: int) -> tuple[int, ...]:
    """A sinc under a Kaiser window, odd in number, with a sum of about UNITY."""
    length = math.ceil((_REJECTION - 7.95) / (14.36 * (_STOP - _PASS) / rate)) | 1
    beta = 0.5842 * (_REJECTION - 21) ** 0.4 + 0.07886 * (_REJECTION - 21)
    cutoff = (_PASS + _STOP) / rate  # of half the rate
    half = length // 2
    taps = []
    for at in range(-half, half + 1):
        window = _bessel(beta * math.sqrt(1 - (at / (half + 1)) ** 2)) / _bessel(beta)
        taps.append(window * (math.sin(math.pi * cutoff * at) / (math.pi * at) if at else cutoff))
    return tuple(round(UNITY * tap) for tap in taps)


def _bessel(x: float) -> float:
    """I0, the modified Bessel function of order zero, by its power series."""
    term = total = 1.0
    k = 1
    while term > total * 1e-9:
        term *= (x / (2 * k)) ** 2
        total += term
        k += 1
    return total


def _gain(sound: list[float]) -> float:
    """What brings the active speech to LOUDNESS without exceeding CEILING."""
    size = TELEPHONE_RATE // _FRAMES
    frames = (sound[start : start + size] for start in range(0, len(sound), size))
    levels = [sum(map(mul, frame, frame)) / len(frame) for frame in frames]
    floor = max(levels) * _ACTIVE**2
    active = [level for level in levels if level >= floor]
    loudness = math.sqrt(sum(active) / len(active))
    peak = max(max(sound), -min(sound))
    return 32767 * min(10 ** (LOUDNESS / 20) / loudness, 10 ** (CEILING / 20) / peak)
