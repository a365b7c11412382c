"""Recurrence rules against two libraries that work them out another way, and their limits."""

from __future__ import annotations

import time
from datetime import date, datetime

import icalendar
import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from centralita.pbx.calendars.recurrence import Rule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def ours(text: str, start: date, first: int, last: int) -> list[date]:
    rule = Rule.parse(text)
    if rule.count is not None:
        return [day for day in rule.all_dates(start) if first <= day.year <= last]
    return [day for year in range(first, last + 1) for day in rule.dates(start, year)]


def theirs(text: str, start: date, first: int, last: int) -> list[date]:
    rule = rrulestr(text, dtstart=datetime(start.year, start.month, start.day))
    return [moment.date() for moment in rule.between(datetime(first, 1, 1), datetime(last, 12, 31), inc=True)]


def joined(name: str, values: list[object]) -> str:
    return f";{name}={','.join(str(value) for value in values)}" if values else ""


month_days = st.one_of(st.integers(1, 31), st.integers(-31, -1))


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    text = f"FREQ={frequency}"
    interval = draw(st.sampled_from([1, 1, 1, 2, 3, 5]))
    if interval > 1:
        text += f";INTERVAL={interval}"
    text += joined("BYMONTH", draw(st.lists(st.integers(1, 12), max_size=2, unique=True)))
    if frequency != "WEEKLY":
        text += joined("BYMONTHDAY", draw(st.lists(month_days, max_size=2, unique=True)))
    plain = draw(st.lists(st.sampled_from(DAYS), max_size=3, unique=True))
    if frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        plain = [f"{draw(st.sampled_from([1, 2, 3, 4, 5, -1, -2]))}{day}" for day in plain]
    text += joined("BYDAY", plain)
    if frequency in ("MONTHLY", "YEARLY") and "BY" in text.replace("BYMONTH=", "") and draw(st.booleans()):
        text += joined(
            "BYSETPOS", draw(st.lists(st.sampled_from([1, 2, -1, -2]), min_size=1, max_size=2, unique=True))
        )
    if draw(st.booleans()):
        text += f";COUNT={draw(st.integers(1, 30))}"
    if draw(st.booleans()):
        text += f";WKST={draw(st.sampled_from(['MO', 'SU']))}"
    return text


@given(rules(), st.dates(date(2019, 1, 1), date(2025, 12, 31)))
@settings(max_examples=50, deadline=None)
def test_as_dateutil(text: str, start: date) -> None:
    # These never end there: nothing like them may be asked.
    possible = Rule.parse(text)
    assume(any(possible.dates(start, year) for year in range(start.year, start.year + 30)))
    if possible.count is not None:
        assume(
            len(list(zip(range(possible.count), possible.all_dates(start), strict=False))) == possible.count
        )
    assert ours(text, start, 2019, 2030) == theirs(text, start, 2019, 2030)


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1MO", date(2026, 1, 5), ["01-05", "02-02", "03-02", "04-06"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 1, 30), ["01-30", "02-27", "03-27", "04-24"]),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", date(2020, 9, 7), ["09-07"]),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", date(2020, 11, 26), ["11-26"]),
        ("FREQ=YEARLY;BYDAY=20MO", date(2020, 5, 18), ["05-18"]),
        ("FREQ=YEARLY;BYYEARDAY=100,-1", date(2020, 4, 9), ["04-10", "12-31"]),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", date(2020, 5, 11), ["05-11"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", date(2025, 12, 31), ["01-31", "02-28", "03-31", "04-30"]),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            date(2026, 1, 1),
            ["01-30", "02-27", "03-31", "04-30"],
        ),
        ("FREQ=YEARLY", date(2024, 2, 29), []),
        ("FREQ=MONTHLY", date(2025, 12, 31), ["01-31", "03-31", "05-31", "07-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", date(2020, 1, 1), ["02-13", "03-13", "11-13"]),
        ("FREQ=MONTHLY;BYDAY=MO,2TU", date(2026, 1, 5), ["01-05", "01-12", "01-13", "01-19"]),
        (
            "freq=weekly;wkst=su;interval=2;byday=tu,su",
            date(2025, 12, 30),
            ["01-11", "01-13", "01-25", "01-27"],
        ),
    ],
)
def test_known_rules(text: str, start: date, expected: list[str]) -> None:
    found = [f"{day:%m-%d}" for day in ours(text, start, 2026, 2026)]
    assert found[:4] == expected


@given(rules(), st.dates(date(2024, 1, 1), date(2025, 12, 31)))
@settings(max_examples=25, deadline=None)
def test_as_recurring_ical_events(text: str, start: date) -> None:
    """With what our series adds: the beginning is an occurrence in any case."""
    possible = Rule.parse(text)
    assume(any(possible.dates(start, year) for year in range(2026, 2029)))
    assume(possible.count is None)
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20240101T000000Z\r\n"
        f"DTSTART;VALUE=DATE:{start:%Y%m%d}\r\nRRULE:{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    theirs = recurring_ical_events.of(icalendar.Calendar.from_ical(event)).between(
        date(2026, 1, 1), date(2029, 1, 1)
    )
    assert sorted(found["DTSTART"].dt for found in theirs) == ours(text, start, 2026, 2028)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FREQ=SECONDLY", "daily, weekly, monthly or yearly"),
        ("FREQ=HOURLY;COUNT=5", "daily, weekly, monthly or yearly"),
        ("COUNT=5", "daily, weekly, monthly or yearly"),
        ("FREQ=DAILY;BYHOUR=1,2", "within a day"),
        ("FREQ=DAILY;INTERVAL=0", "1 to 10000"),
        ("FREQ=DAILY;COUNT=99999999", "1 to 10000"),
        ("FREQ=YEARLY;BYMONTH=13", "13"),
        ("FREQ=YEARLY;BYMONTHDAY=0", "counts from 0"),
        ("FREQ=MONTHLY;BYDAY=XX", "XX"),
        ("FREQ=MONTHLY;BYDAY=0MO", "0MO"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY"),
        ("FREQ", "says nothing"),
        ("", "says nothing"),
    ],
)
def test_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="the rule") as error:
        Rule.parse(text)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
    ],
)
def test_a_rule_that_never_happens_is_cheap(text: str) -> None:
    """Those that step to the end of time take seconds for each."""
    began = time.process_time()
    rule = Rule.parse(text)
    if rule.count is None:
        assert not rule.dates(date(1900, 1, 2), 2199)
    else:
        assert not list(rule.all_dates(date(1900, 1, 2)))
    assert time.process_time() - began < 0.5


@given(rules(), st.dates(date(2019, 1, 1), date(2025, 12, 31)), st.integers(2019, 2040))
@settings(max_examples=50, deadline=None)
def test_no_year_has_more_than_it_says(text: str, start: date, year: int) -> None:
    rule = Rule.parse(text)
    assert len(rule.dates(start, year)) <= rule.most_a_year
