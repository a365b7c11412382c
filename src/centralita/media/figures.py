"""From counters to figures: what a leg's worker counted, added up over workers, and told as Quality.

Used on both sides of the socket, so it knows neither legs nor clients.
"""

from __future__ import annotations

from typing import NamedTuple

from centralita.media.protocol import Figures
from centralita.rtp.quality import estimate_mos


class Heard(NamedTuple):
    """The figures of both directions of a leg; the fields are those of :class:`centralita.ports.Quality`."""

    packets_in: int
    packets_out: int
    loss_in: float
    jitter_in: float
    mos_in: float | None
    loss_out: float | None
    jitter_out: float | None
    mos_out: float | None
    round_trip: float | None


def add(one: Figures, other: Figures) -> Figures:
    """The sum of two spans of the same leg."""
    return Figures(*[getattr(one, name) + getattr(other, name) for name in Figures.__struct_fields__])


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None


def summarise(figures: Figures, codec: str) -> Heard:
    """Loss in per cent, jitter and round trip in ms; None for what nothing was known of.

    A leg that never got a packet has no loss and no opinion score: there was nothing to judge.
    """
    expected = figures.expected_in
    loss_in = max(0.0, 100 * (expected - figures.packets_in) / expected) if expected else 0.0
    jitter_in = _mean(figures.jitter_in, figures.jitter_in_samples) or 0.0
    round_trip = _mean(figures.round_trip, figures.round_trip_samples)
    loss_out = jitter_out = mos_out = None
    if figures.reports and figures.packets_out:
        loss_out = 100 * figures.lost_out / figures.packets_out
        jitter_out = figures.jitter_out / figures.reports
        mos_out = estimate_mos(codec, loss_out, jitter_out, round_trip)
    mos_in = estimate_mos(codec, loss_in, jitter_in, round_trip) if figures.packets_in else None
    return Heard(
        figures.packets_in,
        figures.packets_out,
        loss_in,
        jitter_in,
        mos_in,
        loss_out,
        jitter_out,
        mos_out,
        round_trip,
    )
