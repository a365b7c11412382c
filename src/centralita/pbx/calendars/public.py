"""Public holidays of a country and its regions, as the library ``holidays`` knows them; imported when first needed.

What the library takes from published labour calendars it extrapolates beyond them, so the coming years' local decisions
(moved Sundays, elections) are only known once the library is brought up to date.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from centralita.pbx.model.days import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from holidays import HolidayBase


class PublicHolidays:
    """One country, or one region of it. Years are worked out when asked for: a millisecond or less each."""

    def __init__(self, country: str, subdivision: str) -> None:
        """``country`` ISO 3166-1, ``subdivision`` the part of ISO 3166-2 after it or empty. Raises ValueError."""
        import holidays

        self._make = holidays.country_holidays
        self.country = country
        try:
            plain = self._make(country)
        except NotImplementedError:
            raise ValueError(f"the public holidays of {country} are not known") from None
        known = tuple(code for code in plain.subdivisions if code.upper() == code)
        if subdivision and subdivision not in known:
            told = (
                f"the regions known are {', '.join(known)}" if known else "they are not told by region there"
            )
            raise ValueError(
                f"the public holidays of {country} are not known for the region {subdivision}; {told}"
            )
        self._subdivision = subdivision or None
        self._language = plain.default_language
        self.first_year, self.last_year = max(plain.start_year, FIRST_YEAR), min(plain.end_year, LAST_YEAR)
        self.days(2026)  # Any year: the first one loads the country's names.

    def days(self, year: int) -> dict[date, str]:
        """The holidays of a year, named in the country's own language."""
        if not self.first_year <= year <= self.last_year:
            return {}
        found: HolidayBase = self._make(
            self.country, subdiv=self._subdivision, years=year, expand=False, language=self._language
        )
        return {day: name for day, name in found.items() if day.year == year}
