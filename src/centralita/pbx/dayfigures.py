"""A company's calls of one day in figures, each with what it counts. Pure: counts in, figures out.

The day is the company's own, from midnight to midnight in its zone; how the calls are counted is the store's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo

from centralita.pbx.vocabulary import Direction, Outcome

HOUR = 3600.0
#: A call from outside that ended so was taken by nobody and nothing: not by a person, a mailbox, a service, nor kept for a callback.
MISSED = frozenset(
    {
        Outcome.NO_ANSWER,
        Outcome.BUSY,
        Outcome.ABANDONED,
        Outcome.REJECTED,
        Outcome.UNREACHABLE,
        Outcome.FAILED,
        Outcome.OVERFLOW,
        Outcome.LOST,
    }
)


class Tally(NamedTuple):
    """Calls that share hour, direction and outcome."""

    hour: int
    """Whole hours since the day began: on the day that clocks are put back there are 25."""
    direction: Direction
    outcome: Outcome
    calls: int
    waited: float
    """Seconds that they waited (:attr:`centralita.pbx.journey.Journey.waiting`), added up."""
    longest: float
    """Seconds that the one waited that waited longest."""


@dataclass(slots=True)
class HourFigures:
    """Calls that began within one hour; of those from outside also how they went."""

    begins: float
    """Seconds since the epoch."""
    inbound: int = 0
    outbound: int = 0
    internal: int = 0
    answered: int = 0
    """From outside, by a person."""
    missed: int = 0
    """From outside, :data:`MISSED`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    hours: list[HourFigures]
    """All of the day, in order."""
    inbound: int
    outbound: int
    internal: int
    answered: int
    """Calls from outside that a person answered."""
    missed: int
    """Calls from outside that ended as one of :data:`MISSED`."""
    voicemail: int
    """Calls from outside that a mailbox took."""
    elsewhere: int
    """Calls from outside that a service of the exchange took, or that are to be called back: neither answered nor missed."""
    mean_wait: float | None
    """Seconds until a person answered, of the answered calls from outside."""
    longest_wait: float | None
    """Seconds, of all calls from outside whether they were answered or not."""

    @property
    def answered_share(self) -> float | None:
        """Answered / (answered + missed): what a mailbox or a callback took counts on neither side. None: of nothing."""
        wanted = self.answered + self.missed
        return self.answered / wanted if wanted else None


def day_of(now: float, zone: ZoneInfo) -> tuple[date, float, float]:
    """The day of an instant in a zone, its beginning and the beginning of the next, in seconds since the epoch."""
    today = datetime.fromtimestamp(now, zone).date()
    begins, ends = (
        datetime.combine(day, time.min, zone).timestamp() for day in (today, today + timedelta(days=1))
    )
    return today, begins, ends


def day_figures(tallies: Iterable[Tally], begins: float, ends: float) -> DayFigures:
    """The figures of a day out of its tallies; none outside the day."""
    hours = [HourFigures(begins + HOUR * number) for number in range(ceil((ends - begins) / HOUR))]
    outcomes: dict[Outcome, int] = {}
    waited = 0.0
    longest: float | None = None
    for tally in tallies:
        hour = hours[tally.hour]
        if tally.direction is Direction.OUTBOUND:
            hour.outbound += tally.calls
        elif tally.direction is Direction.INTERNAL:
            hour.internal += tally.calls
        else:
            hour.inbound += tally.calls
            outcomes[tally.outcome] = outcomes.get(tally.outcome, 0) + tally.calls
            longest = tally.longest if longest is None else max(longest, tally.longest)
            if tally.outcome is Outcome.ANSWERED:
                hour.answered += tally.calls
                waited += tally.waited
            elif tally.outcome in MISSED:
                hour.missed += tally.calls
    answered = outcomes.get(Outcome.ANSWERED, 0)
    return DayFigures(
        hours=hours,
        inbound=sum(hour.inbound for hour in hours),
        outbound=sum(hour.outbound for hour in hours),
        internal=sum(hour.internal for hour in hours),
        answered=answered,
        missed=sum(hour.missed for hour in hours),
        voicemail=outcomes.get(Outcome.VOICEMAIL, 0),
        elsewhere=outcomes.get(Outcome.SERVICE, 0) + outcomes.get(Outcome.CALLBACK, 0),
        mean_wait=waited / answered if answered else None,
        longest_wait=longest,
    )
