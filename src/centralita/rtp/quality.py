"""How a call sounded: the E-model of ITU-T G.107 with its default values, and the impairments of G.113 by codec."""

from __future__ import annotations

from typing import NamedTuple


class Impairment(NamedTuple):
    """How a codec sounds (``equipment``, Ie) and how well it bears loss (``robustness``, Bpl)."""

    equipment: float
    robustness: float


G711 = Impairment(0, 25.1)
"""With packet loss concealment, which every present phone has."""
G711_WITHOUT_CONCEALMENT = Impairment(0, 4.3)
G729A = Impairment(11, 19)

_BY_CODEC = {"PCMU": G711, "PCMA": G711, "G729": G729A}


def impairment_of(encoding_name: str) -> Impairment | None:
    """The values of a codec; None for wideband ones (G.107.1) and those without agreed values, such as Opus."""
    return _BY_CODEC.get(encoding_name.upper())


def r_factor(loss: float, delay: float, codec: Impairment = G711, burst: float = 1.0) -> float:
    """The rating R of G.107 with A = 0: ``loss`` in per cent, one-way ``delay`` in ms, ``burst`` is BurstR."""
    impaired_by_delay = 0.024 * delay + (0.11 * (delay - 177.3) if delay > 177.3 else 0.0)
    by_loss = (95 - codec.equipment) * loss / (loss / burst + codec.robustness)
    return 93.2 - impaired_by_delay - codec.equipment - by_loss


def mos(r: float) -> float:
    """Mean opinion score (1 to 4.5) of a rating R, by G.107 Annex B."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)


def one_way_delay(round_trip: float | None, jitter: float) -> float:
    """Mouth to ear in ms, as far as we can know: half the round trip and the receiver's jitter buffer.

    The buffer is taken as twice the mean jitter and at least one packet of 20 ms, which is where adaptive buffers
    settle; both arguments are in ms, and an unknown round trip counts as none.
    """
    return (round_trip or 0.0) / 2 + max(20.0, 2 * jitter)


def estimate_mos(encoding_name: str, loss: float, jitter: float, round_trip: float | None) -> float | None:
    """MOS of a stream from its loss (per cent), jitter and round trip (ms); None for codecs without agreed values."""
    codec = impairment_of(encoding_name)
    if codec is None:
        return None
    return mos(r_factor(min(100.0, max(0.0, loss)), one_way_delay(round_trip, jitter), codec))
