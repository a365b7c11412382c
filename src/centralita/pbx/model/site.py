"""A place of the company: its clock, country, language, and range of extensions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from centralita.pbx.model.base import ConfigObject, Extension, Language


class Site(ConfigObject):
    kind: Literal["site"] = "site"
    name: str = ""
    time_zone: str = "Europe/Madrid"
    """IANA name."""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "ES"
    """ISO 3166-1 alpha-2: how numbers are read, which tones are played, which numbers are emergencies."""
    language: Language = "es"
    first_extension: Extension = "100"
    last_extension: Extension = "899"
    number: str = ""
    """Shown to those called from here, in E.164, where the user has none of their own."""
    dial_abroad: bool = False
