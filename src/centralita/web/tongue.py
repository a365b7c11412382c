"""In which language sentences leave: Spanish where that is asked for, English for programs."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from centralita.pbx.wording import Language


def language_of(connection: HTTPConnection) -> Language:
    """The first of ``Accept-Language`` that there are words in; English where none is."""
    for wanted in connection.headers.get("Accept-Language", "").split(","):
        tag = wanted.partition(";")[0].strip().lower().partition("-")[0]
        if tag == "es":
            return "es"
        if tag == "en":
            return "en"
    return "en"
