"""Which rule speaks, what it says, when that changes, and what looks wrong in a schedule."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from centralita.pbx.calendars.holidays import compile_calendar
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.schedule import Hours, compile_schedule, dst_traps, findings
from centralita.pbx.schedule.hours import clock_change

MADRID = ZoneInfo("Europe/Madrid")
WEEK = {"mon-fri": ["09:00-14:00", "16:00-19:00"], "sat": "09:00-14:00"}


def hours(fields: dict[str, Any], *days: dict[str, str], zone: ZoneInfo = MADRID, ics: str = "") -> Hours:
    calendar = Calendar.model_validate({"id": "local", "days": list(days), "ics": ics})
    schedule = Schedule.model_validate({"id": "s"} | fields)
    return compile_schedule(schedule, zone, [compile_calendar(calendar, zone)])


def at(*parts: int, zone: ZoneInfo = MADRID) -> datetime:
    return datetime(*parts, tzinfo=zone).astimezone(UTC)  # type: ignore[misc,arg-type]  # Year to minute.


def test_reasons_are_sentences_with_the_local_time() -> None:
    office = hours(
        {
            "weekly": WEEK,
            "seasons": [
                {"name": "verano", "from": "07-01", "to": "08-31", "weekly": {"mon-fri": "08:00-15:00"}}
            ],
            "exceptions": [
                {"name": "obras", "date": "2026-11-18"},
                {"name": "inventario", "date": "2026-11-19", "spans": "10:00-12:00"},
            ],
        },
        {"date": "2026-11-09", "name": "La Almudena"},
        {"date": "2026-11-19", "name": "San Crispín"},
    )
    expected = [
        (at(2026, 11, 21, 20, 0), False, "weekly", "Saturday 20:00 in Europe/Madrid is outside 09:00-14:00"),
        (at(2026, 11, 20, 15, 0), False, "weekly", "Friday 15:00 in Europe/Madrid is outside 09:00-14:00, 16:00-19:00"),
        (at(2026, 11, 20, 16, 0), True, "weekly", "Friday 16:00 in Europe/Madrid is within 16:00-19:00"),
        (at(2026, 11, 22, 9, 5), False, "weekly", "Sunday 09:05 in Europe/Madrid is closed: there are no hours on Sundays"),
        (at(2026, 11, 9, 10, 0), False, "holiday:La Almudena", "Monday 10:00 in Europe/Madrid, 2026-11-09, is a holiday (La Almudena, local)"),
        (at(2026, 11, 18, 10, 0), False, "exception:obras", "Wednesday 10:00 in Europe/Madrid is closed by the exception obras"),
        (at(2026, 11, 19, 10, 0), True, "exception:inventario", "Thursday 10:00 in Europe/Madrid is within 10:00-12:00 of the exception inventario"),
        (at(2026, 11, 19, 12, 0), False, "exception:inventario", "Thursday 12:00 in Europe/Madrid is outside 10:00-12:00 of the exception inventario"),
        (at(2026, 7, 3, 14, 59), True, "season:verano", "Friday 14:59 in Europe/Madrid is within 08:00-15:00 of the season verano"),
        (at(2026, 7, 4, 10, 0), False, "season:verano", "Saturday 10:00 in Europe/Madrid is closed: there are no hours on Saturdays in the season verano"),
    ]  # fmt: skip
    for instant, opened, rule, reason in expected:
        assert office.at(instant) == (opened, rule, reason)


def test_seconds_belong_to_their_minute() -> None:
    office = hours({"weekly": WEEK})
    assert office.at(datetime(2026, 11, 20, 13, 59, 59, 999_999, tzinfo=MADRID)).open
    assert not office.at(datetime(2026, 11, 20, 14, 0, tzinfo=MADRID)).open


def test_of_several_exceptions_the_shortest_then_the_dated_then_the_first() -> None:
    office = hours(
        {
            "weekly": WEEK,
            "exceptions": [
                {"name": "navidad", "from": "12-20", "to": "01-06"},
                {"name": "cada año", "date": "12-28", "spans": "09:00-10:00"},
                {"name": "este año", "date": "2026-12-28", "spans": "11:00-12:00"},
                {"name": "otra vez", "date": "2026-12-28", "spans": "13:00-14:00"},
            ],
        }
    )
    assert office.at(at(2026, 12, 28, 11, 30)).rule == "exception:este año"
    assert office.at(at(2027, 12, 28, 9, 30)).rule == "exception:cada año"
    assert office.at(at(2027, 1, 6, 9, 30)).rule == "exception:navidad"
    assert office.at(at(2027, 1, 7, 9, 30)).rule == "weekly"


NIGHTS = {"mon-sun": "22:00-06:00"}


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    bar = hours({"weekly": {"fri": "22:00-06:00"}})
    assert bar.at(at(2026, 11, 21, 5, 59)) == (
        True,
        "weekly",
        "Saturday 05:59 in Europe/Madrid is within 22:00-06:00 of Friday",
    )
    assert not bar.at(at(2026, 11, 21, 6, 0)).open
    assert not bar.at(at(2026, 11, 20, 5, 59)).open


def test_the_night_before_a_holiday_ends_at_midnight() -> None:
    bar = hours({"weekly": NIGHTS}, {"date": "2026-12-25", "name": "Navidad"})
    assert bar.at(at(2026, 12, 24, 23, 59)).open
    assert not bar.at(at(2026, 12, 25, 0, 0)).open
    assert not bar.at(at(2026, 12, 25, 23, 0)).open
    # The holiday has no night, so none goes on into the day after.
    assert not bar.at(at(2026, 12, 26, 1, 0)).open
    assert bar.at(at(2026, 12, 26, 22, 0)).open


def test_a_night_made_by_an_exception_goes_on_into_the_holiday() -> None:
    bar = hours(
        {"weekly": NIGHTS, "exceptions": [{"name": "Nochevieja", "date": "12-31", "spans": "20:00-05:00"}]},
        {"date": "01-01", "name": "Año Nuevo"},
    )
    assert bar.at(at(2027, 1, 1, 4, 59)) == (
        True,
        "exception:Nochevieja",
        "Friday 04:59 in Europe/Madrid is within 20:00-05:00 of Thursday of the exception Nochevieja",
    )
    assert not bar.at(at(2027, 1, 1, 5, 0)).open


def test_an_exception_cuts_the_night_before_it() -> None:
    bar = hours(
        {"weekly": NIGHTS, "exceptions": [{"name": "obras", "date": "2026-11-18", "spans": "10:00-11:00"}]}
    )
    assert bar.at(at(2026, 11, 17, 23, 59)).open
    assert bar.at(at(2026, 11, 18, 0, 0)).rule == "exception:obras"
    assert not bar.at(at(2026, 11, 18, 0, 0)).open
    assert bar.at(at(2026, 11, 18, 10, 30)).open
    assert not bar.at(at(2026, 11, 19, 1, 0)).open


MEETING = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261118T093000Z\r\nDURATION:PT2H\r\nSUMMARY:reunión\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_an_event_with_a_time_closes_its_hours_and_no_exception() -> None:
    office = hours({"weekly": WEEK}, ics=MEETING)
    assert office.at(at(2026, 11, 18, 10, 29)).open
    assert office.at(at(2026, 11, 18, 10, 30)) == (
        False,
        "holiday:reunión",
        "Wednesday 10:30 in Europe/Madrid is within 10:30-12:30 of the event reunión",
    )
    assert office.next_change(at(2026, 11, 18, 10, 0)) == at(2026, 11, 18, 10, 30)
    assert office.next_change(at(2026, 11, 18, 11, 0)) == at(2026, 11, 18, 12, 30)
    open_anyway = {"exceptions": [{"date": "2026-11-18", "spans": "09:00-14:00"}], "weekly": WEEK}
    assert hours(open_anyway, ics=MEETING).at(at(2026, 11, 18, 11, 0)).open


def test_a_clock_put_on_leaves_out_what_is_in_the_hour() -> None:
    """Madrid, 29 March 2026: after 01:59 comes 03:00."""
    early = hours({"weekly": {"sun": ["02:00-02:30", "02:45-04:00"]}})
    assert not early.at(datetime(2026, 3, 29, 0, 59, tzinfo=UTC)).open
    assert (
        early.at(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)).reason
        == "Sunday 03:00 in Europe/Madrid is within 02:45-04:00"
    )
    assert early.next_change(datetime(2026, 3, 29, 0, 0, tzinfo=UTC)) == datetime(
        2026, 3, 29, 1, 0, tzinfo=UTC
    )
    assert early.next_change(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == datetime(
        2026, 3, 29, 2, 0, tzinfo=UTC
    )


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    """Madrid, 25 October 2026: after 02:59 comes 02:00."""
    early = hours({"weekly": {"sun": "02:15-02:30"}})
    begin = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    changes = []
    instant = begin
    for _ in range(4):
        change = early.next_change(instant)
        assert change is not None
        changes.append(f"{change:%H:%M}")
        instant = change
    assert changes == ["00:15", "00:30", "01:15", "01:30"]


def test_next_change_is_none_where_nothing_changes() -> None:
    assert hours({}).next_change(at(2026, 1, 1)) is None
    assert hours({"weekly": {"mon-sun": "00:00-24:00"}}).next_change(at(2026, 1, 1)) is None
    assert hours({"weekly": {"mon-sun": ["00:00-12:00", "12:00-24:00"]}}).next_change(at(2026, 1, 1)) is None


def test_next_change_looks_over_a_year() -> None:
    once = hours({"exceptions": [{"date": "2027-01-20", "spans": "10:00-11:00"}]})
    assert once.next_change(at(2026, 1, 1)) == at(2027, 1, 20, 10)
    assert once.next_change(at(2025, 12, 1)) is None


def test_spans_on_a_day_are_told_as_written() -> None:
    office = hours({"weekly": NIGHTS}, {"date": "2026-12-25", "name": "Navidad"})
    assert office.spans_on(date(2026, 12, 24)) == ("weekly", ("22:00-06:00",))
    assert office.spans_on(date(2026, 12, 25)) == ("holiday:Navidad", ())


def test_days_are_remembered_in_bounds() -> None:
    office = hours({"weekly": WEEK})
    for ordinal in range(date(2020, 1, 1).toordinal(), date(2024, 1, 1).toordinal()):
        office.at(datetime.combine(date.fromordinal(ordinal), datetime.min.time(), UTC))
    assert len(office._days) <= 512


# --- findings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "path", "said"),
    [
        ({"weekly": {"mon": ["09:00-14:00", "13:00-15:00"]}}, ("weekly", "mon"), "09:00-14:00 and 13:00-15:00 overlap"),
        ({"weekly": {"mon": ["09:00-13:59", "14:00-15:00"]}}, ("weekly", "mon"), "leave a minute between them"),
        ({"weekly": {"mon": "00:00-23:59"}}, ("weekly", "mon"), "midnight is 24:00"),
        ({"weekly": {"fri": "22:00-06:00", "sat": "05:00-10:00"}}, ("weekly", "fri"), "goes on into 05:00-10:00 of sat"),
        ({"weekly": {"sun": "22:00-06:00", "mon": "05:00-10:00"}}, ("weekly", "sun"), "goes on into 05:00-10:00 of mon"),
        ({"weekly": {"mon": []}}, ("weekly",), "never open"),
        ({"weekly": WEEK, "exceptions": [{"date": "12-01"}, {"date": "12-01"}]}, ("exceptions", 1), "never holds"),
        ({"weekly": WEEK, "exceptions": [{"date": "2026-05-01"}]}, ("exceptions", 0), "is over since 2026-05-01"),
        (
            {"weekly": WEEK, "seasons": [{"name": "feria", "from": "2026-05-01", "to": "2026-05-08"}]},
            ("seasons", 0),
            "feria is over since 2026-05-08",
        ),
        (
            {"weekly": WEEK, "exceptions": [{"date": "12-24", "spans": ["09:00-12:00", "11:00-13:00"]}]},
            ("exceptions", 0, "spans"),
            "overlap",
        ),
    ],
)  # fmt: skip
def test_what_looks_wrong(fields: dict[str, Any], path: tuple[str | int, ...], said: str) -> None:
    found = findings(Schedule.model_validate({"id": "s"} | fields), date(2026, 6, 1))
    assert [(finding.path, said in finding.message) for finding in found] == [(path, True)]


def test_nothing_looks_wrong_in_ordinary_hours() -> None:
    fields = {
        "weekly": WEEK,
        "seasons": [{"name": "verano", "from": "07-01", "to": "08-31", "weekly": {"mon-fri": "08:00-15:00"}}],
        "exceptions": [{"date": "12-24", "spans": "09:00-13:00"}, {"date": "2027-01-05"}],
    }
    assert findings(Schedule.model_validate({"id": "s"} | fields), date(2026, 6, 1)) == []


def test_traps_of_the_clock() -> None:
    nights = hours({"weekly": {"sat": "22:00-02:30", "sun": "02:15-10:00"}})
    found = [(trap.day.isoformat(), trap.edge, trap.kind) for trap in dst_traps(nights, 2026)]
    assert found == [
        ("2026-03-29", "02:30", "gap"),
        ("2026-03-29", "02:15", "gap"),
        ("2026-10-25", "02:30", "overlap"),
        ("2026-10-25", "02:15", "overlap"),
    ]
    assert dst_traps(nights, 2026)[0].message == (
        "there is no 02:30 on 2026-03-29 in Europe/Madrid: 22:00-02:30 closes when the clock is put on"
    )
    assert dst_traps(hours({"weekly": {"mon-sun": "02:00-03:00"}}), 2026) == []
    assert dst_traps(hours({"weekly": NIGHTS}), 2026) == []


def test_traps_at_midnight_and_of_half_an_hour() -> None:
    santiago = hours(
        {"weekly": {"mon-sun": ["00:30-12:00", "20:00-23:30"]}}, zone=ZoneInfo("America/Santiago")
    )
    found = [(trap.day.isoformat(), trap.edge, trap.kind) for trap in dst_traps(santiago, 2026)]
    assert found == [("2026-04-04", "23:30", "overlap"), ("2026-09-06", "00:30", "gap")]
    island = hours(
        {"weekly": {"mon-sun": ["01:45-12:00", "02:15-12:30"]}}, zone=ZoneInfo("Australia/Lord_Howe")
    )
    found = [(trap.day.isoformat(), trap.edge, trap.kind) for trap in dst_traps(island, 2026)]
    assert found == [("2026-04-05", "01:45", "overlap"), ("2026-10-04", "02:15", "gap")]


def test_changes_of_the_clock_are_found_to_the_second() -> None:
    begin, end = datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)
    assert clock_change(MADRID, begin, end) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert clock_change(ZoneInfo("America/Mexico_City"), begin, end) is None
