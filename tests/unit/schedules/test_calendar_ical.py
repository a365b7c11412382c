"""Calendars that broke other exchanges: events that repeat, are left out, moved, have no end, or come from another zone."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.pbx.calendars.holidays import CalendarError, Holidays, compile_calendar
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.schedule import compile_schedule

MADRID = ZoneInfo("Europe/Madrid")


def ics(*events: str) -> str:
    """Events as their lines, ``;`` kept, joined as a calendar."""
    body = "".join(
        f"BEGIN:VEVENT\r\n{event.strip().replace(chr(10), chr(13) + chr(10))}\r\nEND:VEVENT\r\n"
        for event in events
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//somebody//else\r\n{body}END:VCALENDAR\r\n"


def compiled(*events: str, zone: str = "Europe/Madrid") -> Holidays:
    return compile_calendar(Calendar(id="c", name="cal", ics=ics(*events)), ZoneInfo(zone))


def days(holidays: Holidays, year: int) -> list[str]:
    return [f"{day:%m-%d}" for day, _ in holidays.days(year)]


def closed(holidays: Holidays, day: date) -> list[str]:
    return [
        f"{start.astimezone(holidays.zone):%m-%d %H:%M}-{end.astimezone(holidays.zone):%H:%M}"
        for start, end, _ in holidays.spans(day)
    ]


def test_no_dtend_is_one_day() -> None:
    holidays = compiled("DTSTART;VALUE=DATE:20261224\nSUMMARY:Nochebuena")
    assert days(holidays, 2026) == ["12-24"]
    assert holidays.name_on(date(2026, 12, 24)) == "Nochebuena"
    assert holidays.name_on(date(2026, 12, 25)) is None


def test_dtend_does_not_belong_to_it() -> None:
    assert days(compiled("DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20260806"), 2026) == [
        "08-03",
        "08-04",
        "08-05",
    ]


def test_dtend_on_the_same_day_is_one_day() -> None:
    assert days(compiled("DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20260803"), 2026) == ["08-03"]


def test_duration_of_days() -> None:
    assert days(compiled("DTSTART;VALUE=DATE:20261230\nDURATION:P4D"), 2026) == ["12-30", "12-31"]
    assert days(compiled("DTSTART;VALUE=DATE:20261230\nDURATION:P4D"), 2027) == ["01-01", "01-02"]


def test_every_year_for_ever_but_not_before() -> None:
    holidays = compiled("DTSTART;VALUE=DATE:20200924\nRRULE:FREQ=YEARLY\nSUMMARY:La Mercè")
    assert holidays.name_on(date(2026, 9, 24)) == "La Mercè"
    assert holidays.name_on(date(2199, 9, 24)) == "La Mercè"
    assert holidays.name_on(date(2019, 9, 24)) is None
    assert holidays.runs_out(date(2026, 1, 1)) is None


def test_exdate_of_all_kinds() -> None:
    weekly = "DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;UNTIL=20260202\n"
    every = ["01-05", "01-12", "01-19", "01-26", "02-02"]
    assert days(compiled(weekly), 2026) == every
    assert days(compiled(weekly + "EXDATE;VALUE=DATE:20260112,20260126"), 2026) == ["01-05", "01-19", "02-02"]
    assert days(compiled(weekly + "EXDATE:20260112\nEXDATE:20260126"), 2026) == ["01-05", "01-19", "02-02"]
    # As some write it: a time, where the event has none.
    assert days(compiled(weekly + "EXDATE:20260112T000000"), 2026) == ["01-05", "01-19", "01-26", "02-02"]


def test_exdate_of_a_timed_event_in_another_form() -> None:
    event = "DTSTART;TZID=Europe/Madrid:20260601T100000\nDURATION:PT2H\nRRULE:FREQ=DAILY;COUNT=4\n"
    for left_out in (
        "EXDATE:20260602T080000Z",
        "EXDATE;TZID=Europe/Madrid:20260602T100000",
        "EXDATE;VALUE=DATE:20260602",
    ):
        holidays = compiled(event + left_out)
        assert closed(holidays, date(2026, 6, 1)) == ["06-01 10:00-12:00"]
        assert closed(holidays, date(2026, 6, 2)) == []
        assert closed(holidays, date(2026, 6, 4)) == ["06-04 10:00-12:00"]
        assert closed(holidays, date(2026, 6, 5)) == []


def test_first_monday_of_the_month() -> None:
    holidays = compiled(
        "DTSTART;TZID=Europe/Madrid:20260105T150000\nDURATION:PT3H\nRRULE:FREQ=MONTHLY;BYDAY=1MO\nSUMMARY:reunión"
    )
    assert closed(holidays, date(2026, 9, 7)) == ["09-07 15:00-18:00"]
    assert closed(holidays, date(2026, 9, 14)) == []
    assert closed(holidays, date(2027, 2, 1)) == ["02-01 15:00-18:00"]


def test_occurrence_moved_by_recurrence_id() -> None:
    base = "UID:x\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=MONTHLY\nSUMMARY:inventario"
    moved = "UID:x\nRECURRENCE-ID;VALUE=DATE:20260301\nDTSTART;VALUE=DATE:20260303\nSUMMARY:inventario tarde"
    cancelled = "UID:x\nRECURRENCE-ID;VALUE=DATE:20260501\nDTSTART;VALUE=DATE:20260501\nSTATUS:CANCELLED"
    holidays = compiled(base, moved, cancelled)
    assert days(holidays, 2026)[:5] == ["01-01", "02-01", "03-03", "04-01", "06-01"]
    assert holidays.name_on(date(2026, 3, 3)) == "inventario tarde"
    # The order of the events does not matter, nor the year into which one is moved.
    away = "UID:x\nRECURRENCE-ID;VALUE=DATE:20260301\nDTSTART;VALUE=DATE:20270102"
    assert "03-01" not in days(compiled(away, base), 2026)
    assert days(compiled(away, base), 2027)[:2] == ["01-01", "01-02"]


def test_timed_occurrence_moved_across_zones() -> None:
    base = "UID:x\nDTSTART;TZID=Europe/Madrid:20260601T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"
    moved = (
        "UID:x\nRECURRENCE-ID:20260602T070000Z\nDTSTART;TZID=America/New_York:20260602T090000\nDURATION:PT1H"
    )
    holidays = compiled(base, moved)
    assert closed(holidays, date(2026, 6, 2)) == ["06-02 15:00-16:00"]
    assert closed(holidays, date(2026, 6, 3)) == ["06-03 09:00-10:00"]


def test_this_and_all_that_follow() -> None:
    base = "UID:x\nDTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=5"
    onward = "UID:x\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260119\nDTSTART;VALUE=DATE:20260121\nDURATION:P2D"
    assert days(compiled(base, onward), 2026) == [
        "01-05",
        "01-12",
        "01-21",
        "01-22",
        "01-28",
        "01-29",
        "02-04",
        "02-05",
    ]


def test_rdate_adds_days_and_periods() -> None:
    assert days(compiled("DTSTART;VALUE=DATE:20260105\nRDATE;VALUE=DATE:20260220,20260321"), 2026) == [
        "01-05",
        "02-20",
        "03-21",
    ]
    holidays = compiled(
        "DTSTART:20260105T100000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260106T100000Z/PT3H,20260107T100000Z/20260107T101500Z"
    )
    assert closed(holidays, date(2026, 1, 6)) == ["01-06 11:00-14:00"]
    assert closed(holidays, date(2026, 1, 7)) == ["01-07 11:00-11:15"]


def test_cancelled_and_older_states_do_not_count() -> None:
    assert days(compiled("DTSTART;VALUE=DATE:20260105\nSTATUS:CANCELLED"), 2026) == []
    old = "UID:x\nSEQUENCE:1\nDTSTART;VALUE=DATE:20260105"
    new = "UID:x\nSEQUENCE:2\nDTSTART;VALUE=DATE:20260106"
    assert days(compiled(new, old), 2026) == ["01-06"]


def test_one_uid_for_everything_is_a_careless_writer() -> None:
    assert days(
        compiled("UID:x\nDTSTART;VALUE=DATE:20260105", "UID:x\nDTSTART;VALUE=DATE:20260106"), 2026
    ) == ["01-05", "01-06"]


def test_time_marked_as_free_still_closes() -> None:
    """Public calendars of holidays are marked so that they do not make people busy."""
    assert days(compiled("DTSTART;VALUE=DATE:20260105\nTRANSP:TRANSPARENT"), 2026) == ["01-05"]


def test_a_time_without_a_length_closes_nothing_and_is_told() -> None:
    holidays = compiled("DTSTART:20260105T100000Z\nSUMMARY:cierre")
    assert closed(holidays, date(2026, 1, 5)) == []
    assert holidays.warnings == ("event 1 (cierre) has a time but no length: it closes nothing",)


def test_holiday_written_in_utc_is_the_day_of_the_site() -> None:
    """Christmas in Madrid begins on the 24th in UTC; whoever looks at it in UTC closes the wrong hours."""
    holidays = compiled("DTSTART:20261224T230000Z\nDTEND:20261225T230000Z\nSUMMARY:Navidad")
    assert holidays.name_on(date(2026, 12, 25)) == "Navidad"
    assert holidays.name_on(date(2026, 12, 24)) is None
    hours = compile_schedule(
        Schedule.model_validate({"id": "s", "weekly": {"mon-sun": "00:00-24:00"}}), MADRID, [holidays]
    )
    assert hours.at(datetime(2026, 12, 24, 22, 59, tzinfo=UTC)).open
    assert not hours.at(datetime(2026, 12, 24, 23, 0, tzinfo=UTC)).open
    assert not hours.at(datetime(2026, 12, 25, 22, 59, tzinfo=UTC)).open
    assert hours.at(datetime(2026, 12, 25, 23, 0, tzinfo=UTC)).open


def test_a_day_is_a_day_wherever_one_is() -> None:
    """An event of whole days has no zone: it is the 12th of October in Madrid and in the Canaries, from their midnights."""
    calendar = compiled("DTSTART;VALUE=DATE:20261012\nSUMMARY:Fiesta")
    always = Schedule.model_validate({"id": "s", "weekly": {"mon-sun": "00:00-24:00"}})
    for zone in (MADRID, ZoneInfo("Atlantic/Canary"), ZoneInfo("America/Mexico_City")):
        hours = compile_schedule(always, zone, [calendar])
        midnight = datetime(2026, 10, 12, tzinfo=zone).astimezone(UTC)
        assert hours.next_change(datetime(2026, 10, 10, tzinfo=UTC)) == midnight
        assert hours.next_change(midnight) == datetime(2026, 10, 13, tzinfo=zone).astimezone(UTC)


def test_a_timed_event_is_the_same_instants_in_every_site() -> None:
    """One calendar, written in Madrid, for schedules in Madrid and in the Canaries."""
    calendar = compiled(
        "DTSTART;TZID=Europe/Madrid:20261212T000000\nDTEND;TZID=Europe/Madrid:20261213T000000\nSUMMARY:obras"
    )
    always = Schedule.model_validate({"id": "s", "weekly": {"mon-sun": "00:00-24:00"}})
    canary = compile_schedule(always, ZoneInfo("Atlantic/Canary"), [calendar])
    assert canary.next_change(datetime(2026, 12, 10, tzinfo=UTC)) == datetime(2026, 12, 11, 23, tzinfo=UTC)
    assert canary.at(datetime(2026, 12, 11, 22, 59, tzinfo=UTC)).open
    assert not canary.at(datetime(2026, 12, 11, 23, 0, tzinfo=UTC)).open
    assert canary.at(datetime(2026, 12, 12, 23, 0, tzinfo=UTC)).open
    assert canary.holiday_at(datetime(2026, 12, 12, 10, tzinfo=UTC)) == "obras"


def test_event_over_midnight_in_another_zone() -> None:
    holidays = compiled("DTSTART;TZID=America/New_York:20260601T200000\nDURATION:PT4H\nSUMMARY:tarde")
    assert closed(holidays, date(2026, 6, 2)) == ["06-02 02:00-06:00"]
    assert closed(holidays, date(2026, 6, 1)) == []
    at_new_year = compiled("DTSTART:20261231T233000Z\nDURATION:PT2H")
    assert closed(at_new_year, date(2027, 1, 1)) == ["01-01 00:30-02:30"]


def test_wall_clock_of_a_repeated_event_stays_over_changes_of_the_clock() -> None:
    holidays = compiled(
        "DTSTART;TZID=Europe/Madrid:20260105T080000\nDTEND;TZID=Europe/Madrid:20260105T093000\nRRULE:FREQ=WEEKLY"
    )
    assert closed(holidays, date(2026, 7, 6)) == ["07-06 08:00-09:30"]
    assert closed(holidays, date(2026, 12, 7)) == ["12-07 08:00-09:30"]


def test_floating_times_are_those_of_the_zone_given() -> None:
    assert closed(
        compiled("DTSTART:20260105T100000\nDURATION:PT1H", zone="Atlantic/Canary"), date(2026, 1, 5)
    ) == ["01-05 10:00-11:00"]


@pytest.mark.parametrize(
    "tzid",
    ["Romance Standard Time", "/citadel.org/20070227_1/Europe/Madrid", '"Europe/Madrid"', "Europe/Madrid"],
)
@pytest.mark.filterwarnings("ignore:Timezone")
def test_zones_by_the_names_that_programs_write(tzid: str) -> None:
    holidays = compiled(f"DTSTART;TZID={tzid}:20260705T100000\nDURATION:PT1H", zone="UTC")
    assert closed(holidays, date(2026, 7, 5)) == ["07-05 08:00-09:00"]


def test_until_in_utc_is_the_last_one_that_begins_by_then() -> None:
    event = "DTSTART;TZID=Europe/Madrid:20260601T003000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL="
    assert closed(compiled(event + "20260602T223000Z"), date(2026, 6, 3)) == ["06-03 00:30-01:30"]
    assert closed(compiled(event + "20260602T222900Z"), date(2026, 6, 3)) == []


def test_the_beginning_counts_even_beside_the_rule() -> None:
    assert days(
        compiled("DTSTART;VALUE=DATE:20260106\nRRULE:FREQ=MONTHLY;BYDAY=1MO;UNTIL=20260301"), 2026
    ) == ["01-06", "02-02"]


def test_runs_out_with_its_last_day() -> None:
    dated = "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227"
    counted = "DTSTART;VALUE=DATE:20250101\nRRULE:FREQ=YEARLY;COUNT=3"
    assert compiled(dated).runs_out(date(2026, 1, 1)) == date(2026, 12, 26)
    assert compiled(dated, counted).runs_out(date(2026, 1, 1)) == date(2027, 1, 1)
    assert (
        compiled(dated, "DTSTART;VALUE=DATE:20250101\nRRULE:FREQ=YEARLY").runs_out(date(2026, 1, 1)) is None
    )
    assert compiled("DTSTART;VALUE=DATE:20250101\nRRULE:FREQ=YEARLY;UNTIL=20280601").runs_out(
        date(2026, 1, 1)
    ) == date(2028, 1, 1)


def test_feed_and_file_together_and_a_feed_not_fetched() -> None:
    calendar = Calendar(id="c", ics=ics("DTSTART;VALUE=DATE:20260105"), url="https://example.com/a.ics")
    feed = ics("DTSTART;VALUE=DATE:20260106\nSUMMARY:del feed")
    assert days(compile_calendar(calendar, MADRID, feed=feed), 2026) == ["01-05", "01-06"]
    assert "fetched" in compile_calendar(calendar, MADRID).warnings[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", "does not begin with BEGIN:VCALENDAR"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n", "breaks off within VEVENT"),
        ("BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR", "nothing before it begins"),
        (ics("SUMMARY:x"), "event 1 (x) of the iCalendar text has no DTSTART"),
        (ics("DTSTART:zzz\nSUMMARY:x"), "DTSTART that cannot be read"),
        (ics("DTSTART:20260101\nDTSTART:20260102"), "DTSTART more than once"),
        (ics("DTSTART:20260101", "DTSTART:20260101\nRRULE:FREQ=SECONDLY"), "event 2"),
        (ics("DTSTART:20260101\nRRULE:FREQ=NEVER"), "RRULE"),
        (ics("DTSTART:20260102\nDTEND:20260101"), "ends before it begins"),
        (ics("DTSTART;TZID=Nowhere/Atall:20260102T100000"), "'Nowhere/Atall'"),
        (ics(f"DTSTART;TZID=Europe/{'X' * 300}:20260102T100000"), "cannot be read"),
        (ics("DTSTART:20260101\nEXRULE:FREQ=WEEKLY;UNTIL=202701;"), "cannot be read"),
        (ics("DTSTART:00010101"), "year 1"),
        (ics("DTSTART:99991231"), "year 9999"),
        (ics("DTSTART:20260101\nDTEND:20700101"), "longer than ten years"),
        (ics("DTSTART:20260101\nDURATION:P500D\nRRULE:FREQ=YEARLY"), "longer than a year"),
        (ics("DTSTART:20260101\nRRULE:FREQ=DAILY;UNTIL=never"), "RRULE"),
        (ics("DTSTART;VALUE=TIME:100000"), "DTSTART"),
        (ics("DTSTART:20260101\nRDATE;VALUE=PERIOD:20260105T000000Z/-PT5H"), "RDATE"),
        (ics(*["DTSTART:20260101"] * 2001), "more than 2000 events"),
        (ics("DTSTART:20260101" + "\nSUMMARY:x" * 1001), "more than 1000 lines"),
        (ics("DTSTART:20260101" + "\nRRULE:FREQ=YEARLY" * 11), "more than 10 rules"),
        (ics("DTSTART:20260101\nRRULE:FREQ=YEARLY;BYYEARDAY=1" + ",1" * 500), "longer than 1000 characters"),
        (
            ics(
                *["UID:x\nDTSTART:20260101"] * 300, *["UID:x\nDTSTART:20260101\nRECURRENCE-ID:20260101"] * 300
            ),
            "too many events with one UID",
        ),
        (ics("DTSTART:20260101\nEXDATE:" + ",".join(["20260102"] * 20_001)), "more than 5000 dates"),
        (ics(*["DTSTART:20000101\nDURATION:P300D\nRRULE:FREQ=DAILY"] * 10), "repeats too much"),
        (
            ics(*["DTSTART:19000101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9"] * 120),
            "repeats too much",
        ),
    ],
)
def test_what_cannot_be_used_is_told(text: str, said: str) -> None:
    with pytest.raises(CalendarError) as error:
        compile_calendar(Calendar(id="c", ics=text), MADRID)
    assert said in str(error.value)
    assert error.value.field == "ics"


def test_a_hostile_time_zone_keeps_nobody_busy() -> None:
    """A zone of its own with a rule of every second since 1970 holds a library up for hours."""
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Hostile\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
        "TZOFFSETTO:+0200\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    text = ics("DTSTART;VALUE=DATE:20260105").replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT", 1)
    folded = text.replace("BEGIN:VTIMEZONE", "BEGIN:VTIME\r\n ZONE")
    began = time.process_time()
    for hostile in (text, folded):
        assert days(compile_calendar(Calendar(id="c", ics=hostile), MADRID), 2026) == ["01-05"]
    assert time.process_time() - began < 2


def test_alarms_within_events_are_not_their_times() -> None:
    event = "DTSTART;VALUE=DATE:20260105\nBEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nSUMMARY:no\nEND:VALARM\nSUMMARY:sí"
    assert compiled(event).name_on(date(2026, 1, 5)) == "sí"


def test_a_name_is_one_line() -> None:
    assert compiled("DTSTART:20260105\nSUMMARY:a\\nb\\, c").name_on(date(2026, 1, 5)) == "a b, c"
    assert compiled("DTSTART:20260105").name_on(date(2026, 1, 5)) == "cal"


PARTS = (
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "UID:x", "UID:y",
    "DTSTART:20260105", "DTSTART;VALUE=DATE:20260105", "DTSTART:20260105T100000Z", "DTSTART;TZID=Europe/Madrid:20261025T023000",
    "DTSTART:00000000", "DTSTART:", "DTSTART;TZID=:20260105T100000", "DTEND:20260107", "DTEND:20260105T120000", "DTEND:x",
    "DURATION:P1D", "DURATION:PT2H", "DURATION:-P1D", "DURATION:P", "DURATION:P99999999999D", "SEQUENCE:1", "SEQUENCE:x",
    "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY;BYDAY=MO", "RRULE:FREQ=YEARLY;COUNT=3", "RRULE:FREQ=DAILY;UNTIL=20260110T000000Z",
    "RRULE:", "RRULE:FREQ=DAILY;UNTIL=00000101T000000Z", "EXRULE:FREQ=WEEKLY", "EXDATE:20260106", "EXDATE:20260106T100000Z", "EXDATE:x",
    "RDATE:20260301", "RDATE;VALUE=PERIOD:20260301T100000Z/PT1H", "RDATE;VALUE=PERIOD:x/y", "RECURRENCE-ID:20260106",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20260106", "RECURRENCE-ID:x", "STATUS:CANCELLED", "STATUS:", "SUMMARY:fiesta",
    "SUMMARY;LANGUAGE=es:a", "SUMMARY", ";;;:::", " folded", "X-Y;Z=\"a:b\":c", "é\u2028x:1",
)  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=12)), max_size=14), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused(lines: list[str], framed: bool) -> None:
    inner = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART:20260105", *lines, "END:VEVENT", "END:VCALENDAR"]
    try:
        holidays = compile_calendar(Calendar(id="c", ics="\r\n".join(inner if framed else lines)), MADRID)
    except CalendarError as error:
        said = (error.field, bool(str(error)))
    else:
        said = ("ics", True)
        _ask(holidays)
    assert said == ("ics", True)


def _ask(holidays: Holidays) -> None:
    for year in (1900, 2026, 2199):
        assert holidays.days(year) == sorted(holidays.days(year))
    holidays.runs_out(date(2026, 1, 1))
    holidays.spans(date(2026, 1, 5))
