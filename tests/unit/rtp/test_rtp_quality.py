"""The E-model against the vectors of the project's definitions (ITU-T G.107, default values)."""

from __future__ import annotations

import pytest

from centralita.rtp.quality import (
    G711,
    G711_WITHOUT_CONCEALMENT,
    G729A,
    Impairment,
    estimate_mos,
    mos,
    one_way_delay,
    r_factor,
)


@pytest.mark.parametrize(
    ("codec", "loss", "delay", "rating", "opinion"),
    [
        (G711, 0, 0, 93.2, 4.409),
        (G711, 1, 50, 88.36, 4.297),
        (G711, 3, 150, 79.46, 4.003),
        (G729A, 0, 0, 82.2, 4.104),
        (G729A, 1, 50, 76.8, 3.898),
        (G729A, 3, 150, 67.15, 3.460),
    ],
)
def test_vectors(codec: Impairment, loss: float, delay: float, rating: float, opinion: float) -> None:
    assert r_factor(loss, delay, codec) == pytest.approx(rating, abs=0.006)
    assert mos(r_factor(loss, delay, codec)) == pytest.approx(opinion, abs=0.001)


def test_the_ends_of_the_scale() -> None:
    assert (mos(-1), mos(0), mos(100), mos(120)) == (1.0, 1.0, 4.5, 4.5)


def test_concealment_helps_and_bursts_hurt() -> None:
    assert r_factor(3, 0, G711) > r_factor(3, 0, G711_WITHOUT_CONCEALMENT)
    assert r_factor(3, 0, G711, burst=2) < r_factor(3, 0, G711)


def test_delay_is_half_the_round_trip_and_the_jitter_buffer() -> None:
    assert one_way_delay(None, 0) == 20
    assert one_way_delay(80, 30) == 100


def test_no_figure_for_codecs_without_agreed_values() -> None:
    assert estimate_mos("opus", 0, 0, None) is None
    assert estimate_mos("G722", 0, 0, None) is None


def test_an_estimate_never_leaves_the_scale() -> None:
    assert estimate_mos("PCMA", -5, 0, 0) == estimate_mos("pcma", 0, 0, None)
    worst = estimate_mos("PCMA", 250, 9000, 9000)
    assert worst == 1.0
