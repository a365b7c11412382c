"""Call progress tones by country (ITU-T E.180 Supplement 2 and national plans), as linear samples.

A tone is one cadence, to be repeated without a seam: whole frames of 20 ms, and frequencies that close within a frame
or are faded at both ends.
"""

from __future__ import annotations

from array import array
from math import gcd, pi, sin
from typing import NamedTuple

RATE = 8000
FRAME = 160
_PEAK = 8230
"""Of all components together: −12 dBFS, which lies near the −10 dBm0 of E.180 §4 for one sine."""
_FADE = 40
"""Samples: 5 ms, so that switching makes no click."""


class Cadence(NamedTuple):
    """``(milliseconds, frequencies in Hz)`` one after the other; no frequencies: silence. Multiples of 20 ms."""

    parts: tuple[tuple[int, tuple[int, ...]], ...]
    once: bool = False


def _on_off(*milliseconds: int, hz: tuple[int, ...]) -> Cadence:
    return Cadence(tuple((ms, hz if index % 2 == 0 else ()) for index, ms in enumerate(milliseconds)))


def _steady(*hz: int) -> Cadence:
    return Cadence(((1000, hz),))


_425 = (425,)
_NORTH_AMERICA = {
    "ringback": _on_off(2000, 4000, hz=(440, 480)),
    "busy": _on_off(500, 500, hz=(480, 620)),
    "congestion": _on_off(260, 240, hz=(480, 620)),
    "dial": _steady(350, 440),
}
_BRITISH_RING = _on_off(400, 200, 400, 2000, hz=(400, 450))

#: Country → name → cadence. A country that is not here sounds as Spain does; all have the same names.
PLANS: dict[str, dict[str, Cadence]] = {
    "ES": {
        "ringback": _on_off(1500, 3000, hz=_425),
        "busy": _on_off(200, 200, hz=_425),
        "congestion": _on_off(200, 200, 200, 200, 200, 600, hz=_425),
        "dial": _steady(425),
    },
    "AR": {
        "ringback": _on_off(1000, 4500, hz=_425),
        "busy": _on_off(300, 200, hz=_425),
        "congestion": _on_off(300, 400, hz=_425),
        "dial": _steady(425),
    },
    "BR": {
        "ringback": _on_off(1000, 4000, hz=_425),
        "busy": _on_off(260, 240, hz=_425),
        "congestion": _on_off(260, 240, 740, 260, hz=_425),
        "dial": _steady(425),
    },
    "CL": {
        "ringback": _on_off(1000, 3000, hz=(400,)),
        "busy": _on_off(500, 500, hz=(400,)),
        "congestion": _on_off(200, 200, hz=(400,)),
        "dial": _steady(400),
    },
    "CO": {
        "ringback": _on_off(1000, 4000, hz=_425),
        "busy": _on_off(260, 240, hz=_425),
        "congestion": _on_off(160, 140, hz=_425),
        "dial": _steady(425),
    },
    "MX": {
        "ringback": _on_off(1000, 4000, hz=_425),
        "busy": _on_off(260, 240, hz=_425),
        "congestion": _on_off(260, 240, hz=_425),
        "dial": _steady(425),
    },
    "PE": {
        "ringback": _on_off(1000, 4000, hz=_425),
        "busy": _on_off(240, 240, hz=_425),
        "congestion": _on_off(200, 600, hz=_425),
        "dial": _steady(425),
    },
    "UY": {
        "ringback": _on_off(1000, 4000, hz=_425),
        "busy": _on_off(200, 200, hz=_425),
        "congestion": _on_off(200, 400, hz=_425),
        "dial": _steady(425),
    },
    "VE": {
        "ringback": _on_off(1000, 4000, hz=_425),
        "busy": _on_off(500, 500, hz=_425),
        "congestion": _on_off(260, 240, hz=_425),
        "dial": _steady(425),
    },
    "US": _NORTH_AMERICA,
    "CA": _NORTH_AMERICA,
    "PR": _NORTH_AMERICA,
    "DO": _NORTH_AMERICA,
    "GB": {
        "ringback": _BRITISH_RING,
        "busy": _on_off(380, 380, hz=(400,)),
        "congestion": _on_off(400, 360, 220, 520, hz=(400,)),
        "dial": _steady(350, 450),
    },
}
_BEEP = Cadence(((200, (1000,)), (60, ())), once=True)


def find(name: str, country: str) -> Cadence | None:
    """The cadence of a tone in a country; None for a name that is no tone's."""
    if name == "beep":
        return _BEEP
    return PLANS.get(country.upper(), PLANS["ES"]).get(name)


def render(cadence: Cadence) -> bytes:
    """One round of the cadence as PCM of 16 bit at 8 kHz."""
    samples = array("h")
    steady = len(cadence.parts) == 1
    for milliseconds, frequencies in cadence.parts:
        count = RATE * milliseconds // 1000
        if frequencies:
            samples.extend(_sines(frequencies, count, fade=0 if steady else _FADE))
        else:
            samples.frombytes(bytes(2 * count))
    return samples.tobytes()


def _sines(frequencies: tuple[int, ...], count: int, fade: int) -> array[int]:
    """The sum of the sines, made of one common period of theirs: whole hertz repeat within a second."""
    peak = _PEAK / len(frequencies)
    period = RATE // gcd(RATE, *frequencies)
    steps = [2 * pi * frequency / RATE for frequency in frequencies]
    wave = array("h", [int(peak * sum([sin(step * n) for step in steps])) for n in range(period)])
    wave *= count // period + 1
    wave = wave[:count]
    for n in range(fade):
        wave[n] = wave[n] * n // fade
        wave[count - 1 - n] = wave[count - 1 - n] * n // fade
    return wave
