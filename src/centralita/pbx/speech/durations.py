"""How long something lasts, as it is spoken: one minute and three seconds."""

from __future__ import annotations

from centralita.pbx.speech.numbers import AND, LIMIT, Form, counted
from centralita.pbx.speech.phrase import Phrase

PHRASES = (
    Phrase("duration/hour", "hora", "hour"),
    Phrase("duration/hours", "horas", "hours", "hours", "hours"),
    Phrase("duration/minute", "minuto", "minute", "queue-minute", "minute"),
    Phrase("duration/minutes", "minutos", "minutes", "minutes", "minutes"),
    Phrase("duration/second", "segundo", "second", "", "second"),
    Phrase("duration/seconds", "segundos", "seconds", "seconds", "seconds"),
)


def duration(language: str, seconds: float) -> list[str]:
    """A duration in hours, minutes and seconds, to the nearest second; what is zero is left out.

    Raises ValueError where it is negative, or longer than anybody would wait to hear.
    """
    whole = round(seconds)
    if not 0 <= whole <= LIMIT:
        raise ValueError(f"{seconds} s is not a duration that can be said")
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    parts: list[list[str]] = []
    if hour:
        parts.append(counted(language, hour, "duration/hour", "duration/hours", Form.FEMININE))
    if minute:
        parts.append(counted(language, minute, "duration/minute", "duration/minutes", Form.MASCULINE))
    if second or not parts:
        parts.append(counted(language, second, "duration/second", "duration/seconds", Form.MASCULINE))
    last = parts.pop()
    keys = [key for part in parts for key in part]
    return [*keys, AND, *last] if keys else last
