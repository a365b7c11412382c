"""Opening hours against an oracle that knows nothing of how they are compiled: it asks every minute for itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from centralita.pbx.calendars.holidays import compile_calendar
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.schedule import WEEKDAYS, Schedule
from centralita.pbx.schedule import compile_schedule

#: Zones and days at which something happens to the clock or the calendar, both directions of each change.
PLACES = [
    ("Europe/Madrid", date(2026, 3, 29)),
    ("Europe/Madrid", date(2026, 10, 25)),
    ("Europe/Madrid", date(2027, 12, 31)),
    ("Europe/Madrid", date(2028, 2, 29)),
    ("Europe/Madrid", date(2027, 2, 28)),
    ("Atlantic/Canary", date(2026, 3, 29)),
    ("Atlantic/Canary", date(2027, 10, 31)),
    ("America/Mexico_City", date(2022, 4, 3)),
    ("America/Mexico_City", date(2022, 10, 30)),
    ("America/Mexico_City", date(2026, 4, 5)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Santiago", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
]
WINDOW = 3

Span = tuple[int, int]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


minutes = st.one_of(
    st.integers(0, 1440), st.sampled_from([0, 60, 90, 105, 120, 135, 150, 180, 1380, 1410, 1439, 1440])
)
spans = st.tuples(minutes.filter(lambda start: start < 1440), minutes).filter(lambda span: span[0] != span[1])
several = st.lists(spans, max_size=3)
week = st.lists(several, min_size=7, max_size=7)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A place, and a schedule as numbers: days as offsets from the day at which something happens."""
    zone, day = draw(st.sampled_from(PLACES))
    offsets = st.integers(-WINDOW, WINDOW)
    ranges = st.tuples(offsets, offsets, st.booleans())
    return {
        "zone": zone,
        "day": day,
        "weekly": draw(week),
        "seasons": draw(st.lists(st.tuples(ranges, week), max_size=2)),
        "exceptions": draw(st.lists(st.tuples(ranges, several), max_size=3)),
        "holidays": draw(st.sets(offsets, max_size=2)),
        "closures": draw(st.lists(st.tuples(st.integers(-2880, 2880), st.integers(1, 900)), max_size=2)),
    }


def days_of(case: dict[str, Any], chosen: tuple[int, int, bool]) -> tuple[str, str, set[tuple[int, ...]]]:
    """How a range is written, and the days that it means, found by walking from one to the other."""
    first, last, yearly = (
        case["day"] + timedelta(days=chosen[0]),
        case["day"] + timedelta(days=chosen[1]),
        chosen[2],
    )
    if not yearly:
        first, last = min(first, last), max(first, last)
        walked, found = first, set()
        while walked <= last:
            found.add((walked.year, walked.month, walked.day))
            walked += timedelta(days=1)
        return first.isoformat(), last.isoformat(), found
    year = [
        (day.month, day.day) for day in (date(2000, 1, 1) + timedelta(days=index) for index in range(366))
    ]
    begin, end = year.index((first.month, first.day)), year.index((last.month, last.day))
    found = set(year[begin : end + 1] if begin <= end else year[begin:] + year[: end + 1])
    return f"{first:%m-%d}", f"{last:%m-%d}", found


class Oracle:
    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.zone = ZoneInfo(case["zone"])
        self.closures = []
        noon = datetime(case["day"].year, case["day"].month, case["day"].day, 12, tzinfo=UTC)
        for start, length in case["closures"]:
            begin = noon + timedelta(minutes=start)
            self.closures.append((begin, begin + timedelta(minutes=length)))
        self.exceptions = self.ranked(case["exceptions"])
        self.seasons = self.ranked(case["seasons"])

    def ranked(self, written: list[Any]) -> list[Any]:
        """Those of the fewest days first; of as many, the one of a single year; then as written."""
        found = []
        for index, (chosen, value) in enumerate(written):
            _, _, days = days_of(self.case, chosen)
            found.append((len(days), chosen[2], index, days, value))
        found.sort(key=lambda entry: entry[:3])
        return found

    @staticmethod
    def first(ranked: list[Any], day: date) -> Any:
        for _, yearly, _, days, value in ranked:
            if ((day.month, day.day) if yearly else (day.year, day.month, day.day)) in days:
                return value
        return None

    def rule(self, day: date) -> tuple[int, list[Span]]:
        special = self.first(self.exceptions, day)
        if special is not None:
            return 2, special
        if (day - self.case["day"]).days in self.case["holidays"]:
            return 1, []
        season = self.first(self.seasons, day)
        return 0, (season if season is not None else self.case["weekly"])[day.weekday()]

    def open(self, instant: datetime) -> bool:
        local = instant.astimezone(self.zone)
        minute, today = local.hour * 60 + local.minute, local.date()
        rank, begun = self.rule(today)
        before, nights = self.rule(today - timedelta(days=1))
        ranks = [rank for start, end in begun if start <= minute and (minute < end or end < start)]
        ranks += [before for start, end in nights if end < start and minute < end and before >= rank]
        if any(begin <= instant < end for begin, end in self.closures):
            return 2 in ranks
        return bool(ranks)


def document(case: dict[str, Any]) -> Schedule:
    def written(spans: list[Span]) -> list[str]:
        return [f"{clock(start)}-{clock(end)}" for start, end in spans]

    def weekly(days: list[list[Span]]) -> dict[str, list[str]]:
        return {name: written(day) for name, day in zip(WEEKDAYS, days, strict=True)}

    seasons = []
    for index, (chosen, days) in enumerate(case["seasons"]):
        first, last, _ = days_of(case, chosen)
        seasons.append({"name": f"s{index}", "from": first, "to": last, "weekly": weekly(days)})
    exceptions = []
    for chosen, spans in case["exceptions"]:
        first, last, _ = days_of(case, chosen)
        exceptions.append({"from": first, "to": last, "spans": written(spans)})
    return Schedule.model_validate(
        {"id": "hours", "weekly": weekly(case["weekly"]), "seasons": seasons, "exceptions": exceptions}
    )


def calendar(case: dict[str, Any], oracle: Oracle) -> Calendar:
    events = "".join(
        f"BEGIN:VEVENT\r\nDTSTART:{begin:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}\r\nSUMMARY:meeting\r\nEND:VEVENT\r\n"
        for begin, end in oracle.closures
    )
    days = [
        {"date": (case["day"] + timedelta(days=offset)).isoformat(), "name": "fiesta"}
        for offset in sorted(case["holidays"])
    ]
    ics = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n" if events else ""
    return Calendar.model_validate({"id": "calendar", "days": days, "ics": ics})


#: The hour before midnight comes twice, and so do the half hours in which it is open and closed.
@example(
    {
        "zone": "America/Santiago",
        "day": date(2026, 4, 5),
        "weekly": [[(0, 1410)]] * 7,
        "seasons": [],
        "exceptions": [],
        "holidays": set(),
        "closures": [],
    }
)
@given(cases())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_minute(case: dict[str, Any]) -> None:
    oracle = Oracle(case)
    hours = compile_schedule(
        document(case), oracle.zone, [compile_calendar(calendar(case, oracle), oracle.zone)]
    )
    day = case["day"]
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=WINDOW - 1, hours=12)
    states: list[bool] = []
    for index in range((WINDOW + 1) * 1440):
        instant = begin + timedelta(minutes=index)
        verdict = hours.at(instant)
        assert verdict.open is oracle.open(instant), (instant.astimezone(oracle.zone), verdict)
        states.append(verdict.open)
    for index in range(0, len(states), 331):
        expected = next(
            (later for later in range(index, len(states)) if states[later] is not states[index]), None
        )
        change = hours.next_change(begin + timedelta(minutes=index))
        if expected is None:
            assert change is None or change >= begin + timedelta(minutes=len(states))
        else:
            assert change == begin + timedelta(minutes=expected)
