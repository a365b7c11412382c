"""Music on hold: a short piece of our own, plucked strings over four chords, made when somebody first listens.

Rendered in slices, so that the first listener does not make the worker stop for longer than a packet may wait.
"""

from __future__ import annotations

from array import array
from cmath import exp
from collections.abc import Iterator
from functools import cache
from math import pi

RATE = 8000
_EIGHTH = 2240
"""Samples of one eighth note: 0.28 s, 107 quarters a minute, a multiple of 160."""
_RING = 4
"""Eighths for which a plucked note sounds on."""
_LENGTH = _EIGHTH * _RING
_SLICE = _EIGHTH // 2
"""What is rendered at once: 0.14 s."""
_LEVEL = 5500

# Semitones above A (220 Hz). Each bar: a bass note, and eight eighths of a broken chord; None is a rest.
_BARS: tuple[tuple[int, tuple[int | None, ...]], ...] = (
    (-9, (3, 7, 10, 15, 12, 10, 7, 10)),
    (-12, (0, 3, 7, 12, 10, 7, 3, 7)),
    (-4, (8, 12, 15, 20, 17, 15, 12, 8)),
    (-2, (10, 14, 17, 22, 17, 14, 10, None)),
    (-9, (15, 10, 7, 3, 7, 10, 15, 19)),
    (-12, (12, 7, 3, 0, 3, 7, 12, 15)),
    (-7, (17, 12, 8, 5, 8, 12, 17, 12)),
    (-2, (14, 10, 5, 2, 5, 10, 14, None)),
)


@cache
def _piece(semitone: int, gain: float, index: int) -> array[float]:
    """The samples of a plucked note that fall into its ``index``-th slice: three partials, the higher the shorter.

    A point that turns and shrinks has the fundamental as its imaginary part, and the partials as those of its powers.
    """
    step = complex(-3.2 / _LENGTH, 2 * pi * 220 * 2 ** (semitone / 12) / RATE)
    point, turn = exp(step * index * _SLICE), exp(step)
    wave = array("f")
    peak = _LEVEL * gain
    for _ in range(_SLICE):
        point *= turn
        wave.append(peak * (point * (1 + point * (0.4 + 0.18 * point))).imag)
    for n in range(40):  # 5 ms of attack and release: no click
        if index == 0:
            wave[n] *= n / 40
        if index == _LENGTH // _SLICE - 1:
            wave[_SLICE - 1 - n] *= n / 40
    return wave


def _score() -> list[list[tuple[int, float]]]:
    """The notes that begin with each eighth, as (semitone, gain)."""
    eighths: list[list[tuple[int, float]]] = []
    for bass, melody in _BARS:
        for index, semitone in enumerate(melody):
            begins = [] if semitone is None else [(semitone, 0.8)]
            if index in (0, 4):
                begins.append((bass if index == 0 else bass + 7, 1.0))
            eighths.append(begins)
    return eighths


def compose() -> Iterator[bytes]:
    """The piece, 18 s long and made to be looped, as PCM of 16 bit at 8 kHz, a slice at a time.

    What still sounds at the end is heard at the beginning too, so that the loop has no seam.
    """
    score = _score()
    count = len(score)
    halves = _EIGHTH // _SLICE
    for slice_ in range(count * halves):
        mix = [0.0] * _SLICE
        eighth, half = divmod(slice_, halves)
        for age in range(_RING):
            for semitone, gain in score[(eighth - age) % count]:
                piece = _piece(semitone, gain, age * halves + half)
                mix = [a + b for a, b in zip(mix, piece, strict=True)]
        yield array("h", [int(max(-32000.0, min(32000.0, sample))) for sample in mix]).tobytes()
    _piece.cache_clear()
