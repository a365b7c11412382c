"""A day's calls in figures: what counts as answered and missed, and how long a day is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from centralita.pbx.dayfigures import MISSED, Tally, day_figures, day_of
from centralita.pbx.vocabulary import Direction, Outcome

MADRID = ZoneInfo("Europe/Madrid")
DAY = (0.0, 86_400.0)


@pytest.mark.parametrize(
    ("zone", "now", "day", "hours"),
    [
        ("Europe/Madrid", "2026-11-28T23:30+01:00", date(2026, 11, 28), 24),
        ("Europe/Madrid", "2026-11-28T23:30+00:00", date(2026, 11, 29), 24),
        ("Europe/Madrid", "2026-03-29T12:00+02:00", date(2026, 3, 29), 23),
        ("Europe/Madrid", "2026-10-25T12:00+01:00", date(2026, 10, 25), 25),
        ("Atlantic/Canary", "2026-11-29T00:30+01:00", date(2026, 11, 28), 24),
        ("Australia/Lord_Howe", "2026-10-04T12:00+11:00", date(2026, 10, 4), 24),  # 23 and a half
    ],
)
def test_a_day_is_that_of_the_zone_and_as_long_as_it_is_there(
    zone: str, now: str, day: date, hours: int
) -> None:
    found, begins, ends = day_of(datetime.fromisoformat(now).timestamp(), ZoneInfo(zone))
    assert found == day
    assert datetime.fromtimestamp(begins, ZoneInfo(zone)).isoformat()[11:16] == "00:00"
    assert datetime.fromtimestamp(ends, ZoneInfo(zone)).isoformat()[11:16] == "00:00"
    assert len(day_figures([], begins, ends).hours) == hours


def test_each_outcome_of_a_call_from_outside_counts_once() -> None:
    tallies = [Tally(9, Direction.INBOUND, outcome, 1, 4.0, 4.0) for outcome in Outcome]
    figures = day_figures(tallies, *DAY)
    assert figures.inbound == len(Outcome)
    assert (
        figures.answered + figures.missed + figures.voicemail + figures.elsewhere
        == figures.inbound
        == figures.hours[9].inbound
    )
    assert figures.missed == len(MISSED) == figures.hours[9].missed


def test_shares_and_waits_are_those_of_calls_from_outside() -> None:
    figures = day_figures(
        [
            Tally(8, Direction.INBOUND, Outcome.ANSWERED, 3, 30.0, 20.0),
            Tally(10, Direction.INBOUND, Outcome.ANSWERED, 1, 6.0, 6.0),
            Tally(10, Direction.INBOUND, Outcome.ABANDONED, 1, 90.0, 90.0),
            Tally(10, Direction.INBOUND, Outcome.VOICEMAIL, 4, 80.0, 25.0),
            Tally(10, Direction.OUTBOUND, Outcome.ANSWERED, 2, 400.0, 300.0),
            Tally(11, Direction.INTERNAL, Outcome.BUSY, 5, 1000.0, 900.0),
        ],
        *DAY,
    )
    assert (figures.inbound, figures.outbound, figures.internal) == (9, 2, 5)
    assert figures.answered_share == 0.8  # the four that a mailbox took are on neither side
    assert figures.mean_wait == 9.0
    assert figures.longest_wait == 90.0
    ten = figures.hours[10]
    assert (ten.begins, ten.inbound, ten.answered, ten.missed, ten.outbound) == (36_000.0, 6, 1, 1, 2)


def test_of_nothing_there_is_no_share() -> None:
    figures = day_figures([Tally(1, Direction.INBOUND, Outcome.VOICEMAIL, 1, 5.0, 5.0)], *DAY)
    assert (figures.answered_share, figures.mean_wait, figures.longest_wait) == (None, None, 5.0)
    assert day_figures([], *DAY).longest_wait is None


def test_midnight_belongs_to_the_day_that_begins() -> None:
    midnight = datetime(2026, 6, 1, 22, tzinfo=UTC).timestamp()  # in Madrid
    assert day_of(midnight, MADRID)[:2] == (date(2026, 6, 2), midnight)
    assert day_of(midnight - 1, MADRID)[0] == date(2026, 6, 1)
