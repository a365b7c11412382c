"""Schedules and calendars as people write them: what is understood, what is told, and that an export gives them back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from centralita.pbx.configuration.entries import Entry, read_entry
from centralita.pbx.configuration.kinds import to_fields
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.schedule import Schedule, format_span, parse_days, parse_span
from centralita.store import documents

OFFICE: dict[str, Any] = {
    "kind": "schedule",
    "id": "office",
    "name": "Oficina",
    "site": "barcelona",
    "weekly": {"mon-thu": ["9:00-14:00", "16:00-19:30"], "Friday": "08:00-15:00", "sat,sun": "closed"},
    "seasons": [{"name": "verano", "from": "06-15", "to": "09-15", "weekly": {"mon-fri": "08:00-15:00"}}],
    "exceptions": [
        {"name": "Nochebuena", "date": "12-24", "spans": "09:00-13:00, 15:00-17:00"},
        {"name": "obras", "from": "2026-08-03", "to": "2026-08-14"},
        {"date": "2026-12-31", "spans": ["22:00-04:00"]},
    ],
    "calendars": ["es-ct", "local"],
}
HOLIDAYS: dict[str, Any] = {
    "kind": "calendar",
    "id": "local",
    "country": "ES",
    "region": "ct",
    "days": [{"date": "9-24", "name": "La Mercè"}, {"date": "2026-05-25"}],
    "csv": "San Juan;2026-06-24",
    "url": "webcal://example.com/fiestas.ics",
}


def test_what_is_written_becomes_one_form() -> None:
    schedule = Schedule.model_validate(OFFICE)
    assert schedule.weekly == {
        "mon-thu": ("09:00-14:00", "16:00-19:30"),
        "fri": ("08:00-15:00",),
        "sat,sun": (),
    }
    assert schedule.exceptions[0].spans == ("09:00-13:00", "15:00-17:00")
    assert schedule.exceptions[1].label == "obras"
    assert schedule.exceptions[2].label == "2026-12-31"
    calendar = Calendar.model_validate(HOLIDAYS)
    assert (calendar.public_country, calendar.subdivision) == ("ES", "CT")
    assert [day.date for day in calendar.days] == ["09-24", "2026-05-25"]


@pytest.mark.parametrize(("model", "fields"), [(Schedule, OFFICE), (Calendar, HOLIDAYS)])
def test_round_trips(model: type[Schedule] | type[Calendar], fields: dict[str, Any]) -> None:
    item = model.model_validate(fields)
    assert model.model_validate(item.model_dump()) == item
    assert model.model_validate(to_fields(item, only_set=True)) == item
    assert model.model_validate(json.loads(json.dumps(to_fields(item)))) == item
    problems: list[Problem] = []
    text = documents.dump([item])
    [entry] = documents.parse([("file", text.encode())])
    assert read_entry(entry, problems) == item
    assert problems == []


@pytest.mark.parametrize(
    ("fields", "path", "said"),
    [
        ({"weekly": {"mon": "9-14"}}, "weekly.mon.0", "must be like 09:00-14:00"),
        ({"weekly": {"mon": ["09:00-14:00", "16:00-25:00"]}}, "weekly.mon.1", "between 00:00 and 24:00"),
        ({"weekly": {"mon": "09:61-10:00"}}, "weekly.mon.0", "between 00:00 and 24:00"),
        ({"weekly": {"mon": "24:00-06:00"}}, "weekly.mon.0", "between 00:00 and 24:00"),
        ({"weekly": {"mon": "09:00-09:00"}}, "weekly.mon.0", "the whole day is 00:00-24:00"),
        ({"weekly": {"lun": "09:00-10:00"}}, "weekly", "'lun' is no day"),
        ({"weekly": {"mon-": "09:00-10:00"}}, "weekly", "'mon-' is no day"),
        ({"weekly": {"mon-wed": [], "tue": []}}, "weekly", "tue is there twice: in mon-wed and in tue"),
        ({"weekly": ["mon"]}, "weekly", "must be days with their hours"),
        ({"exceptions": [{"name": "x"}]}, "exceptions.0", "must have either a date, or from and to"),
        (
            {"exceptions": [{"date": "12-24", "from": "12-24", "to": "12-25"}]},
            "exceptions.0",
            "either a date",
        ),
        ({"exceptions": [{"from": "12-24"}]}, "exceptions.0", "either a date"),
        ({"exceptions": [{"date": "24/12/2026"}]}, "exceptions.0.date", "must be a date like 2026-12-24"),
        ({"exceptions": [{"date": "02-30"}]}, "exceptions.0.date", "is not in the calendar"),
        ({"exceptions": [{"date": "2027-02-29"}]}, "exceptions.0.date", "is not in the calendar"),
        ({"exceptions": [{"date": "0026-12-24"}]}, "exceptions.0.date", "1900 to 2199"),
        ({"exceptions": [{"from": "2026-12-24", "to": "12-25"}]}, "exceptions.0", "a year in both"),
        ({"exceptions": [{"from": "2026-12-24", "to": "2026-12-20"}]}, "exceptions.0", "before it begins"),
        ({"seasons": [{"name": "v", "from": "06-15"}]}, "seasons.0.to", "is missing"),
        ({"seasons": [{"name": "v", "from": "06-15", "to": ""}]}, "seasons.0.to", "must not be empty"),
        ({"week": {}}, "week", "did you mean weekly?"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(fields: dict[str, Any], path: str, said: str) -> None:
    problems: list[Problem] = []
    assert read_entry(Entry({"kind": "schedule", "id": "s"} | fields), problems) is None
    assert problems[0].field == path
    assert said in problems[0].message


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"region": "CT"}, "needs a country"),
        ({"country": "FR", "region": "ES-CT"}, "not in the country FR"),
        ({"region": "Cataluña"}, "ISO 3166-2"),
        ({"url": "file:///etc/passwd"}, "https://"),
        ({"url": "https://example.com/\r\nX: y"}, "https://"),
        ({"days": [{"date": "mañana"}]}, "must be a date"),
    ],
)
def test_what_is_wrong_in_a_calendar(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Calendar.model_validate({"id": "c"} | fields)
    assert said in str(error.value)


def test_spans_and_days() -> None:
    assert parse_span("22:00 – 6:00") == (1320, 1800)
    assert parse_span("22:00-00:00") == parse_span("22:00-24:00") == (1320, 1440)
    assert [format_span(*parse_span(text)) for text in ("00:00-24:00", "22:00-06:00")] == [
        "00:00-24:00",
        "22:00-06:00",
    ]
    assert parse_days("fri-mon") == (4, 5, 6, 0)
    assert parse_days("sat,sun") == (5, 6)
