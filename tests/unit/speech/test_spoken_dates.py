"""Days, times and durations: tables of what a person would say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from centralita.pbx.speech.dates import day, moment, time_of_day
from centralita.pbx.speech.durations import duration
from centralita.pbx.speech.phrases import CATALOGUE

TODAY = date(2025, 3, 5)  # a Wednesday


def words(language: str, keys: list[str]) -> str:
    texts = [CATALOGUE[key].text(language) for key in keys]
    assert all(texts), f"{keys} has a part that is not said in {language}"
    return " ".join(texts)


@pytest.mark.parametrize(
    ("when", "spanish", "english"),
    [
        (date(2025, 3, 5), "hoy", "today"),
        (date(2025, 3, 4), "ayer", "yesterday"),
        (date(2025, 3, 6), "mañana", "tomorrow"),
        (date(2025, 3, 3), "el lunes tres de marzo", "Monday March third"),
        (date(2025, 3, 2), "el domingo dos de marzo", "Sunday March second"),
        (date(2025, 3, 1), "el sábado uno de marzo", "Saturday March first"),
        (date(2025, 2, 21), "el viernes veintiuno de febrero", "Friday February twenty first"),
        (date(2025, 1, 30), "el jueves treinta de enero", "Thursday January thirtieth"),
        (date(2025, 1, 20), "el lunes veinte de enero", "Monday January twentieth"),
        (
            date(2024, 12, 31),
            "el martes treinta y uno de diciembre de dos mil veinticuatro",
            "Tuesday December thirty first twenty twenty four",
        ),
        (
            date(2005, 7, 12),
            "el martes doce de julio de dos mil cinco",
            "Tuesday July twelfth two thousand five",
        ),
        (date(2000, 8, 9), "el miércoles nueve de agosto de dos mil", "Wednesday August ninth two thousand"),
        (
            date(1999, 6, 15),
            "el martes quince de junio de mil novecientos noventa y nueve",
            "Tuesday June fifteenth nineteen ninety nine",
        ),
        (
            date(1905, 4, 3),
            "el lunes tres de abril de mil novecientos cinco",
            "Monday April third nineteen oh five",
        ),
        (
            date(1900, 11, 8),
            "el jueves ocho de noviembre de mil novecientos",
            "Thursday November eighth nineteen hundred",
        ),
    ],
)
def test_days(when: date, spanish: str, english: str) -> None:
    assert words("es", day("es", when, TODAY)) == spanish
    assert words("en", day("en", when, TODAY)) == english


@pytest.mark.parametrize(
    ("hour", "minute", "spanish", "english"),
    [
        (0, 0, "a las cero horas", "at twelve a.m."),
        (0, 5, "a las cero y cinco", "at twelve oh five a.m."),
        (1, 0, "a la una en punto", "at one a.m."),
        (1, 1, "a la una y uno", "at one oh one a.m."),
        (2, 30, "a las dos y treinta", "at two thirty a.m."),
        (12, 0, "a las doce en punto", "at twelve p.m."),
        (13, 21, "a las trece y veintiuno", "at one twenty one p.m."),
        (15, 45, "a las quince y cuarenta y cinco", "at three forty five p.m."),
        (21, 10, "a las veintiuna y diez", "at nine ten p.m."),
        (22, 0, "a las veintidós en punto", "at ten p.m."),
        (23, 59, "a las veintitrés y cincuenta y nueve", "at eleven fifty nine p.m."),
    ],
)
def test_times(hour: int, minute: int, spanish: str, english: str) -> None:
    assert words("es", time_of_day("es", hour, minute)) == spanish
    assert words("en", time_of_day("en", hour, minute)) == english


def test_every_day_of_a_leap_year_and_every_minute_can_be_said() -> None:
    for language in ("es", "en"):
        for ordinal in range(366):
            assert words(
                language, day(language, date.fromordinal(date(2024, 1, 1).toordinal() + ordinal), TODAY)
            )
        for minute in range(24 * 60):
            assert words(language, time_of_day(language, *divmod(minute, 60)))


def test_the_listener_s_time_zone_decides_the_day() -> None:
    at = datetime(2025, 3, 4, 23, 30, tzinfo=UTC)
    madrid = datetime(2025, 3, 5, 9, 0, tzinfo=ZoneInfo("Europe/Madrid"))
    canary = datetime(2025, 3, 5, 8, 0, tzinfo=ZoneInfo("Atlantic/Canary"))
    assert words("es", moment("es", at, madrid)) == "hoy a las cero y treinta"
    assert words("es", moment("es", at, canary)) == "ayer a las veintitrés y treinta"


def test_the_first_day_of_the_year_still_knows_yesterday() -> None:
    assert words("en", day("en", date(2024, 12, 31), date(2025, 1, 1))) == "yesterday"


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment("es", datetime(2025, 3, 4), datetime(2025, 3, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("seconds", "spanish", "english"),
    [
        (0, "cero segundos", "zero seconds"),
        (0.6, "un segundo", "one second"),
        (1, "un segundo", "one second"),
        (21, "veintiún segundos", "twenty one seconds"),
        (59.4, "cincuenta y nueve segundos", "fifty nine seconds"),
        (59.6, "un minuto", "one minute"),
        (63, "un minuto y tres segundos", "one minute and three seconds"),
        (120, "dos minutos", "two minutes"),
        (3600, "una hora", "one hour"),
        (3601, "una hora y un segundo", "one hour and one second"),
        (
            21 * 3600 + 60 + 41,
            "veintiuna horas un minuto y cuarenta y un segundos",
            "twenty one hours one minute and forty one seconds",
        ),
    ],
)
def test_durations(seconds: float, spanish: str, english: str) -> None:
    assert words("es", duration("es", seconds)) == spanish
    assert words("en", duration("en", seconds)) == english


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="duration"):
        duration("es", -1)
