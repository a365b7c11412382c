"""A sound that is heard over and over: its end is led over into its beginning, so that nobody hears where it begins anew.

Leaves encoding and keeping to :mod:`.sounds`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from math import cos, pi, sin

from centralita.media.wav import SAMPLE_RATE

FRAME = SAMPLE_RATE // 50
SEAM = 2 * FRAME
"""Samples of both ends that are mixed: 40 ms, too short to be heard as a change, too long to be heard as a click."""
_SLICE = 8 * FRAME
_SILENT = 64
"""A sample that is not above is silence: −54 dBFS."""
_LONGEST_SILENCE = SAMPLE_RATE // 2
"""Samples of silence that are taken away at each end; more than that is meant."""


def looped(samples: memoryview[int]) -> Iterator[bytes]:
    """Slices of 16 bit samples, in the machine's order: whole frames in all, and the last SEAM samples lead over to the sample
    after the first SEAM, from where it is to be heard again.

    Without the silence at its ends. What is too short for a seam comes as it is, filled up with silence to whole frames.
    """
    begin, end = _sounding(samples)
    end -= (end - begin) % FRAME
    if end - begin < 4 * SEAM:
        yield samples.tobytes() + bytes(2 * (-len(samples) % FRAME))
        return
    for at in range(begin, end - SEAM, _SLICE):
        yield samples[at : min(at + _SLICE, end - SEAM)].tobytes()
    # Of equal power: the two ends of a piece have nothing in common.
    mixed = (
        samples[end - SEAM + n] * cos(n / SEAM * pi / 2) + samples[begin + n] * sin(n / SEAM * pi / 2)
        for n in range(SEAM)
    )
    yield array("h", [max(-32768, min(32767, round(sample))) for sample in mixed]).tobytes()


def _sounding(samples: memoryview[int]) -> tuple[int, int]:
    """From where to where there is something to hear."""
    count = len(samples)
    far = min(count, _LONGEST_SILENCE)
    begin = next((at for at in range(far) if abs(samples[at]) > _SILENT), 0)
    end = next((at + 1 for at in range(count - 1, count - 1 - far, -1) if abs(samples[at]) > _SILENT), count)
    return (begin, end) if begin < end else (0, count)
