"""A place of the company: its clock, country, language, and range of extensions."""

from __future__ import annotations

from typing import Literal

from centralita.pbx.model.base import (
    ConfigObject,
    CountryCode,
    Extension,
    Language,
    Name,
    ObjectId,
    OptionalE164,
)


class Site(ConfigObject):
    kind: Literal["site"] = "site"
    name: Name = ""
    time_zone: str = "Europe/Madrid"
    """IANA name."""
    country: CountryCode = "ES"
    """ISO 3166-1 alpha-2: how numbers are read, which tones are played, which numbers are emergencies."""
    language: Language = "es"
    first_extension: Extension = "100"
    last_extension: Extension = "899"
    """Whence extensions are given where a user asks for none; of the same length. Ranges of sites may overlap, and a user
    may have an extension outside: extensions are unique in the tenant, not in the site."""
    number: OptionalE164 = ""
    """Shown to those called from here, in E.164, where the user has none of their own."""
    music: ObjectId | None = None
    """The prompt that callers hear who wait or are held; None: that of the first site by id, else the exchange's own."""
    dial_abroad: bool = False
    location: Name = ""
    """Where help is to be sent: the postal address that goes with emergency calls."""
    emergency_callback: OptionalE164 = ""
    """The number at which the site is called back after an emergency call; empty: that of the site."""
