"""Public holidays by community against the official calendars, days of one's own, lists of days."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from centralita.pbx.calendars import listing
from centralita.pbx.calendars.holidays import CalendarError, Holidays, compile_calendar
from centralita.pbx.model.calendar import Calendar

MADRID = ZoneInfo("Europe/Madrid")

#: From the labour calendars (Boletín Oficial del Estado, and the communities' own): days that others do not have.
OWN_DAYS = {
    "AN": ["2026-02-28", "2026-11-02", "2027-03-01"],
    "AR": ["2026-04-23", "2027-04-23"],
    "AS": ["2026-09-08", "2027-09-08"],
    "CB": ["2026-07-28", "2026-09-15", "2027-09-15"],
    "CE": ["2026-09-02", "2026-08-05", "2027-09-02"],
    "CL": ["2026-04-23", "2027-04-23"],
    "CM": ["2026-06-04", "2027-05-31"],
    "CN": ["2026-05-30"],
    "CT": ["2026-06-24", "2026-09-11", "2026-12-26", "2026-04-06", "2027-06-24", "2027-09-11"],
    "EX": ["2026-09-08", "2027-09-08"],
    "GA": ["2026-07-25", "2026-06-24"],
    "IB": ["2026-03-02", "2027-03-01"],
    "MC": ["2026-06-09", "2027-06-09"],
    "MD": ["2026-05-02", "2026-11-02", "2026-12-07"],
    "ML": ["2026-09-08", "2027-09-08"],
    "NC": ["2026-12-03", "2027-12-03"],
    "PV": ["2026-07-25", "2026-03-19"],
    "RI": ["2026-06-09", "2027-06-09"],
    "VC": ["2026-10-09", "2026-06-24", "2027-10-09"],
}
NATIONAL = [
    "2026-01-01", "2026-01-06", "2026-04-03", "2026-05-01", "2026-08-15", "2026-10-12", "2026-12-08", "2026-12-25",
    "2027-01-01", "2027-01-06", "2027-03-26", "2027-10-12", "2027-11-01", "2027-12-06", "2027-12-08", "2027-12-25",
]  # fmt: skip


def spain(region: str) -> Holidays:
    return compile_calendar(Calendar(id="c", country="ES", region=region), MADRID)


@pytest.mark.parametrize("community", sorted(OWN_DAYS))
def test_holidays_of_a_community(community: str) -> None:
    holidays = spain(community)
    missing = [
        day for day in (*NATIONAL, *OWN_DAYS[community]) if holidays.name_on(date.fromisoformat(day)) is None
    ]
    assert missing == []
    assert holidays.runs_out(date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("community", "day"),
    [
        ("MD", "2026-09-11"),
        ("MD", "2026-06-24"),
        ("CT", "2026-05-02"),
        ("CT", "2026-12-07"),
        ("CT", "2026-04-02"),
        ("AN", "2026-09-11"),
        ("VC", "2026-09-24"),
    ],
)
def test_what_others_have_is_a_working_day(community: str, day: str) -> None:
    assert spain(community).name_on(date.fromisoformat(day)) is None


def test_a_province_stands_for_its_community() -> None:
    holidays = compile_calendar(Calendar(id="c", region="ES-B"), MADRID)
    assert holidays.name_on(date(2026, 9, 11)) == "Fiesta Nacional de Cataluña"
    assert compile_calendar(Calendar(id="c", region="ES-M"), MADRID).name_on(date(2026, 5, 2))


def test_names_are_in_the_language_of_the_country_wherever_this_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    assert spain("CT").name_on(date(2026, 12, 25)) == "Natividad del Señor"


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("MX", "", "2026-09-16"),
        ("AR", "", "2026-07-09"),
        ("CO", "", "2026-07-20"),
        ("CL", "", "2026-09-18"),
        ("PE", "", "2026-07-28"),
        ("US", "", "2026-11-26"),
        ("PT", "", "2026-06-10"),
        ("FR", "", "2026-07-14"),
        ("DE", "BY", "2026-01-06"),
        ("GB", "SCT", "2026-11-30"),
        ("IT", "", "2026-06-02"),
    ],
)
def test_other_countries(country: str, region: str, day: str) -> None:
    holidays = compile_calendar(Calendar(id="c", country=country, region=region), MADRID)
    assert holidays.name_on(date.fromisoformat(day)) is not None


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"country": "XX"}, "country", "the public holidays of XX are not known"),
        ({"country": "ES", "region": "ZZ"}, "region", "AN, AR, AS"),
        ({"country": "MX", "region": "JAL"}, "region", "not told by region"),
    ],
)
def test_what_is_not_known_is_told(fields: dict[str, str], field: str, said: str) -> None:
    with pytest.raises(CalendarError) as error:
        compile_calendar(Calendar.model_validate({"id": "c"} | fields), MADRID)
    assert error.value.field == field
    assert said in str(error.value)


def test_nothing_is_imported_before_it_is_needed() -> None:
    """Both libraries take a good part of the time in which an exchange is to start."""
    code = (
        "import sys, centralita.pbx.calendars.holidays, centralita.pbx.schedule, centralita.pbx.geography\n"
        "print([name for name in ('holidays', 'icalendar', 'dateutil', 'phonenumbers') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_own_days_of_one_year_and_of_every_year() -> None:
    days = [
        {"date": "2026-05-15", "name": "San Isidro"},
        {"date": "12-24", "name": "Nochebuena"},
        {"date": "02-29", "name": "bisiesto"},
        {"date": "11-09"},
    ]
    holidays = compile_calendar(
        Calendar.model_validate({"id": "madrid", "name": "Local", "days": days}), MADRID
    )
    assert holidays.days(2026) == [
        (date(2026, 5, 15), "San Isidro"),
        (date(2026, 11, 9), "Local"),
        (date(2026, 12, 24), "Nochebuena"),
    ]
    assert [day for day, _ in holidays.days(2028)] == [
        date(2028, 2, 29),
        date(2028, 11, 9),
        date(2028, 12, 24),
    ]
    assert holidays.runs_out(date(2026, 1, 1)) is None


def test_local_days_of_a_year_run_out_beside_public_ones_that_do_not() -> None:
    days = [{"date": "2026-05-15"}, {"date": "2026-11-09"}]
    calendar = Calendar.model_validate({"id": "c", "region": "ES-MD", "days": days})
    assert compile_calendar(calendar, MADRID).runs_out(date(2026, 6, 1)) == date(2026, 11, 9)


def test_own_name_comes_before_the_public_one() -> None:
    calendar = Calendar.model_validate(
        {"id": "c", "country": "ES", "days": [{"date": "12-25", "name": "Cerrado"}]}
    )
    assert compile_calendar(calendar, MADRID).name_on(date(2026, 12, 25)) == "Cerrado"


@pytest.mark.parametrize(
    "text",
    [
        "name;date\nSan Isidro;2026-05-15\nLa Almudena;2026-11-09\n",
        "San Isidro,2026-05-15\r\nLa Almudena,2026-11-09",
        "\ufeffFecha,Nombre\n15/05/2026,San Isidro\n09/11/2026,La Almudena",
        "San Isidro\t15-5-2026\n\n# local\nLa Almudena\t9.11.2026\n",
        '"San Isidro";"2026-05-15"\n"La Almudena";"2026-11-09";"Madrid"\n',
    ],
)
def test_lists_as_people_keep_them(text: str) -> None:
    assert listing.read(text) == {date(2026, 5, 15): "San Isidro", date(2026, 11, 9): "La Almudena"}


def test_a_list_closes_its_days_and_runs_out() -> None:
    holidays = compile_calendar(Calendar(id="c", csv="San Isidro;2026-05-15\nPuente;2026-12-07"), MADRID)
    assert holidays.name_on(date(2026, 12, 7)) == "Puente"
    assert holidays.runs_out(date(2026, 1, 1)) == date(2026, 12, 7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a;2026-05-15\nb;soon", "line 2 of the list has no date: 'b;soon'"),
        ("a;2026-02-30", "'2026-02-30'"),
        ("a;1026-02-03", "year 1026"),
        ("a;2026-05-15\n" * 20_001, "more than 20000 lines"),
    ],
)
def test_a_broken_list_names_its_line(text: str, said: str) -> None:
    with pytest.raises(CalendarError) as error:
        compile_calendar(Calendar(id="c", csv=text), MADRID)
    assert said in str(error.value)
    assert error.value.field == "csv"


def test_years_can_be_worked_out_ahead() -> None:
    holidays = compile_calendar(Calendar(id="c", country="ES"), MADRID, years=[2026, 2027])
    assert sorted(holidays._years) == [2026, 2027]
    for year in range(1900, 2200):
        holidays.name_on(date(year, 1, 1))
    assert len(holidays._years) < 30
