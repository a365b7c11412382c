"""Days and times of day as they are spoken: today at fifteen thirty, the day before, Monday the third of March.

Spanish counts the hours to 24 (a la una, a las quince y cinco), English to 12 (at three oh five p.m.).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from centralita.pbx.speech.numbers import AND, HUNDRED, OF, Form, cardinal
from centralita.pbx.speech.phrase import Phrase, is_spanish

TODAY, YESTERDAY, TOMORROW = "date/today", "date/yesterday", "date/tomorrow"
THE = "date/the"
AT, AT_ONE = "time/at", "time/at-one"
HOURS, EXACTLY = "time/hours", "time/exactly"
OH, AM, PM = "time/oh", "time/am", "time/pm"

_WEEKDAYS = (
    ("lunes", "Monday"),
    ("martes", "Tuesday"),
    ("miércoles", "Wednesday"),
    ("jueves", "Thursday"),
    ("viernes", "Friday"),
    ("sábado", "Saturday"),
    ("domingo", "Sunday"),
)
_MONTHS = (
    ("enero", "January"),
    ("febrero", "February"),
    ("marzo", "March"),
    ("abril", "April"),
    ("mayo", "May"),
    ("junio", "June"),
    ("julio", "July"),
    ("agosto", "August"),
    ("septiembre", "September"),
    ("octubre", "October"),
    ("noviembre", "November"),
    ("diciembre", "December"),
)
_ORDINALS = (
    *(
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
    ),
    *(
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
    ),
    "twentieth",
)


def _phrases() -> tuple[Phrase, ...]:
    # Asterisk counts weekdays from Sunday, and months from zero.
    weekdays = [
        Phrase(f"weekday/{number}", spanish, english, f"digits/day-{number % 7}", f"digits/day-{number % 7}")
        for number, (spanish, english) in enumerate(_WEEKDAYS, 1)
    ]
    months = [
        Phrase(f"month/{number}", spanish, english, f"digits/mon-{number - 1}", f"digits/mon-{number - 1}")
        for number, (spanish, english) in enumerate(_MONTHS, 1)
    ]
    ordinals = [
        Phrase(f"ordinal/{number}", "", english, "", f"digits/h-{number}")
        for number, english in (*enumerate(_ORDINALS, 1), (30, "thirtieth"))
    ]
    return (
        *weekdays,
        *months,
        *ordinals,
        Phrase(TODAY, "hoy", "today", "digits/today", "digits/today"),
        Phrase(YESTERDAY, "ayer", "yesterday", "digits/yesterday", "digits/yesterday"),
        Phrase(TOMORROW, "mañana", "tomorrow", "digits/tomorrow", "digits/tomorrow"),
        Phrase(THE, "el", "", "digits/es-el"),
        Phrase(AT, "a las", "at", "digits/at", "digits/at"),
        Phrase(AT_ONE, "a la", ""),
        Phrase(HOURS, "horas", "", "hours"),
        Phrase(EXACTLY, "en punto", "", "digits/oclock"),
        Phrase(OH, "", "oh", "", "digits/oh"),
        Phrase(AM, "", "a.m.", "", "digits/a-m"),
        Phrase(PM, "", "p.m.", "", "digits/p-m"),
    )


PHRASES = _phrases()


def moment(language: str, at: datetime, now: datetime) -> list[str]:
    """A day and a time of day, the way a listener whose clock shows ``now`` calls it, in the time zone of ``now``.

    Raises ValueError where either lacks a time zone.
    """
    if at.tzinfo is None or now.tzinfo is None:
        raise ValueError("an instant without a time zone is not known")
    local = at.astimezone(now.tzinfo)
    return day(language, local.date(), now.date()) + time_of_day(language, local.hour, local.minute)


def day(language: str, when: date, today: date) -> list[str]:
    """Today, yesterday, tomorrow; else weekday, day and month; the year only where it is not this one."""
    spanish = is_spanish(language)
    near = {today: TODAY, today - timedelta(days=1): YESTERDAY, today + timedelta(days=1): TOMORROW}.get(when)
    if near is not None:
        return [near]
    weekday, month = f"weekday/{when.isoweekday()}", f"month/{when.month}"
    if spanish:
        keys = [THE, weekday, *cardinal(language, when.day), OF, month]
        return keys if when.year == today.year else [*keys, OF, *cardinal(language, when.year)]
    keys = [weekday, month, *_english_ordinal(when.day)]
    return keys if when.year == today.year else keys + _english_year(when.year)


def time_of_day(language: str, hour: int, minute: int) -> list[str]:
    """A time of day with its preposition: "a las quince y cinco", "at three oh five p.m."."""
    if is_spanish(language):
        keys = [AT_ONE if hour == 1 else AT, *cardinal(language, hour, Form.FEMININE)]
        if minute:
            return [*keys, AND, *cardinal(language, minute)]
        return [*keys, EXACTLY if hour else HOURS]
    keys = [AT, *cardinal(language, hour % 12 or 12)]
    if minute:
        keys += [OH, *cardinal(language, minute)] if minute < 10 else cardinal(language, minute)
    return [*keys, PM if hour >= 12 else AM]


def _english_ordinal(number: int) -> list[str]:
    """The day of a month: first, twenty-first, thirtieth."""
    if number <= 20 or number == 30:
        return [f"ordinal/{number}"]
    return [f"number/{number // 10 * 10}", f"ordinal/{number % 10}"]


def _english_year(year: int) -> list[str]:
    """Nineteen ninety-nine, two thousand five, twenty twenty-five."""
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal("en", year)
    if rest < 10:
        return [*cardinal("en", century), *([OH, f"number/{rest}"] if rest else [HUNDRED])]
    return [*cardinal("en", century), *cardinal("en", rest)]
