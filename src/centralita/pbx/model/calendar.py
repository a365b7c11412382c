"""Holidays: public ones by country and region, days of one's own, an iCalendar file or feed, a list of days.

What is written here is only read and checked for form; it becomes days in :mod:`centralita.pbx.calendars`. A feed is fetched
by somebody else: nothing here reaches out.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from centralita.pbx.model.base import COUNTRY_OR_NONE, ConfigObject, Name, ObjectId
from centralita.pbx.model.days import DayText

_REGION = re.compile(r"([A-Z]{2}-)?[A-Z0-9]{1,3}")
_URL = re.compile(r"(https?|webcal)://[!-~]+")
MAX_TEXT = 1_000_000
"""Characters of an iCalendar text or a list. Security limit: what is behind an address is not ours."""


def _region(text: str) -> str:
    text = text.strip().upper()
    if text and not _REGION.fullmatch(text):
        raise ValueError(f"{text!r} must be a region of ISO 3166-2, like ES-CT or CT")
    return text


def _url(text: str) -> str:
    if text and not _URL.fullmatch(text):
        raise ValueError("must be an address that begins with https:// or webcal://")
    return text


class CalendarDay(BaseModel):
    """A day of one's own: the town's patron, a bridge day."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True
    )

    date: DayText
    """``2026-12-24``, or ``12-24`` of every year."""
    name: Name = ""


class Calendar(ConfigObject):
    """All sources together; a day that is in any of them is a holiday."""

    kind: Literal["calendar"] = "calendar"
    name: Name = ""
    country: Annotated[str, StringConstraints(pattern=COUNTRY_OR_NONE)] = ""
    """ISO 3166-1 alpha-2: the public holidays of the country; empty: none."""
    region: Annotated[str, AfterValidator(_region)] = ""
    """ISO 3166-2 with the country or without it, ``ES-CT`` or ``CT``: those of the region too. A Spanish province stands
    for its community."""
    days: Annotated[tuple[CalendarDay, ...], Field(max_length=5000)] = ()
    ics: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    """iCalendar text (RFC 5545). An event of whole days closes them, an event with a time closes its hours."""
    csv: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    """Lines ``name;2026-12-24``, or with commas; ``24/12/2026`` is understood, and a heading."""
    url: Annotated[str, StringConstraints(max_length=2000), AfterValidator(_url)] = ""
    """An iCalendar feed; what was fetched from it is kept with the tenant."""
    site: ObjectId | None = None
    """Whose time zone events without a zone are in; None: that of the schedule which uses the calendar."""

    @model_validator(mode="after")
    def _one_country(self) -> Calendar:
        prefix, dash, _ = self.region.partition("-")
        if self.region and not dash and not self.country:
            raise ValueError(
                f"needs a country for the region {self.region}, or write it like ES-{self.region}"
            )
        if dash and self.country and prefix != self.country:
            raise ValueError(f"has the region {self.region}, which is not in the country {self.country}")
        return self

    @property
    def public_country(self) -> str:
        """The country whose public holidays are meant, from the region where only that is given; or empty."""
        return self.country or self.region.partition("-")[0]

    @property
    def subdivision(self) -> str:
        """The region without its country; or empty."""
        return self.region.rpartition("-")[2]
