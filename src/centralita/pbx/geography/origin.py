"""Where a number is from, out of the number alone. What the number does not tell is unknown, and said to be.

A Spanish mobile tells nothing within Spain, and neither does a 90x number. Where a country's mobiles keep the area code of
the place in which they were given out (America), that place is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from centralita.pbx.geography import spain
from centralita.pbx.geography.codes import EU, Language, Plan, is_known, name_of, plan_of, union_of
from centralita.pbx.geography.countries import COUNTRIES

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

Kind = Literal[
    "geographic", "mobile", "toll-free", "premium", "shared", "voip", "personal", "commercial", "unknown"
]
_E164 = re.compile(r"\+[1-9][0-9]{4,14}")

_KIND_NAMES: dict[str, tuple[str, str]] = {
    "mobile": ("móvil", "mobile"),
    "toll-free": ("número gratuito", "toll-free number"),
    "premium": ("tarificación adicional", "premium rate number"),
    "shared": ("coste compartido", "shared cost number"),
    "voip": ("número nómada", "nomadic number"),
    "personal": ("número personal", "personal number"),
    "commercial": ("llamada comercial", "commercial call"),
}
#: Of ``phonenumbers.PhoneNumberType``: FIXED_LINE_OR_MOBILE counts as geographic, since an area code stands before it.
_TYPES: dict[int, Kind] = {
    0: "geographic",
    1: "mobile",
    2: "geographic",
    3: "toll-free",
    4: "premium",
    5: "shared",
    6: "voip",
    7: "personal",
}
#: Countries whose mobiles have area codes too.
_MOBILES_OF_A_PLACE = ("AR", "BR", "CA", "MX", "US")
_NORTH_AMERICA = ("US", "CA")
#: Where the library takes mobiles for numbers that may be either.
_MOBILE_PREFIXES = {"CL": "9"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Codes are ISO 3166; empty where the number does not tell."""

    number: str = ""
    """E.164, empty where there was none: withheld, an extension, a name."""
    country: str = ""
    kind: Kind = "unknown"
    region: str = ""
    """The narrowest that is known: a Spanish province, a state, a department."""
    shared_with: tuple[str, ...] = ()
    """Other regions that have the same area code. The number may be of any; a rule for one of them takes it too."""
    community: str = ""
    """Spanish autonomous community, or Ceuta or Melilla."""
    zone: str = ""
    """IANA time zone; known in Spain only."""
    codes: frozenset[str] = frozenset()
    """Everything that :meth:`is_in` agrees to."""

    @property
    def province(self) -> str:
        """Spanish province, ``ES-B``."""
        return self.region if self.country == "ES" else ""

    def is_in(self, code: str) -> bool:
        """Whether the number is of a place: ``EU``, ``ES``, ``ES-CT``, ``ES-B``, ``MX-JAL``."""
        return code in self.codes

    def name(self, language: Language = "es") -> str:
        """The place in words: ``Barcelona, Cataluña``; ``España (móvil)``; ``desconocido``."""
        index = 0 if language == "es" else 1
        if not self.country:
            return ("desconocido", "unknown")[index]
        country = name_of(self.country, language)
        if self.community:
            province = spain.PROVINCES[self.region[3:]].name
            community = name_of(self.community, language)
            return province if province == community else f"{province}, {community}"
        if self.region:
            regions = " / ".join(name_of(code, language) for code in (self.region, *self.shared_with))
            return f"{regions}, {country}"
        return f"{country} ({_KIND_NAMES[self.kind][index]})" if self.kind in _KIND_NAMES else country

    def why(self, code: str) -> str:
        """Why the number is of a place, or is not; one sentence."""
        place = f"{'the ' if code == EU else ''}{name_of(code, 'en')} ({code})" if is_known(code) else code
        if not self.number:
            return f"the caller has no telephone number, so it is not known to be from {place}"
        if not self.country:
            return f"{self.number} is from no country that is known, so not from {place}"
        told = f"{self.number} is from {self.name('en')}"
        if self.is_in(code):
            shared = f", an area code shared with {', '.join(self.shared_with)}" if self.shared_with else ""
            return (
                told
                + (f", which is in {place}" if code in (EU, self.country) and self.region else "")
                + shared
            )
        if code.startswith(f"{self.country}-") and not self.region:
            return f"{told}: a number of this kind ({self.kind}) does not tell where in {self.country}"
        return f"{told}, not from {place}"


UNKNOWN = Origin()


@lru_cache(maxsize=16384)
def locate(number: str) -> Origin:
    """Where a number in E.164 with its plus sign is from. Anything else (an extension, empty) has no origin."""
    if not _E164.fullmatch(number):
        return UNKNOWN
    if number.startswith("+34"):
        return _spanish(number)
    import phonenumbers

    old_mobile = number.startswith("+521") and len(number) == 14
    try:
        # Until 2019 a 1 told mobiles from abroad; some networks still send it.
        parsed = phonenumbers.parse("+52" + number[4:] if old_mobile else number, None)
    except phonenumbers.NumberParseException:
        return Origin(number)
    country = _country_of(parsed)
    if not country:
        return Origin(number)
    national = phonenumbers.national_significant_number(parsed)
    kind = _TYPES.get(phonenumbers.number_type(parsed), "unknown")
    if old_mobile or (kind == "geographic" and national.startswith(_MOBILE_PREFIXES.get(country, "-"))):
        kind = "mobile"
    plan = plan_of(country)
    regions: tuple[str, ...] = ()
    if plan is not None and (
        kind in ("geographic", "unknown") or (kind == "mobile" and country in _MOBILES_OF_A_PLACE)
    ):
        regions = tuple(f"{country}-{region}" for region in _regions(plan, _area_first(country, national)))
        if regions and kind == "unknown":
            # A plan grows faster than the library's data: the area code is enough to say what it is.
            kind = "geographic"
    return Origin(
        number,
        country,
        kind,
        regions[0] if regions else "",
        regions[1:],
        codes=_all_of(country, *regions),
    )


def _spanish(number: str) -> Origin:
    national = number[3:]
    if len(national) != 9:
        return Origin(number, "ES", codes=_all_of("ES"))
    kind: Kind = spain.kind_of(national)  # type: ignore[assignment]  # The table holds kinds only.
    province = spain.province_of(national) if kind == "geographic" else None
    if province is None:
        return Origin(number, "ES", kind, codes=_all_of("ES"))
    region, community = f"ES-{province.code}", f"ES-{province.community}"
    return Origin(
        number,
        "ES",
        kind,
        region,
        community=community,
        zone=province.zone,
        codes=_all_of("ES", region, community),
    )


def _all_of(country: str, *regions: str) -> frozenset[str]:
    return frozenset(code for code in (country, union_of(country), *regions) if code)


def _country_of(parsed: PhoneNumber) -> str:
    """ISO 3166-1, empty where it cannot be told: several countries share +1, +7, +39, +44 and others."""
    import phonenumbers

    country = phonenumbers.region_code_for_number(parsed)
    if country is None:
        shared = phonenumbers.region_codes_for_country_code(parsed.country_code or 0)
        if len(shared) == 1:
            country = shared[0]
        elif shared[:1] == ("US",):
            national = phonenumbers.national_significant_number(parsed)
            found = [code for code in _NORTH_AMERICA if (plan := plan_of(code)) and _regions(plan, national)]
            country = found[0] if found else None
    return country if country in COUNTRIES else ""


def _area_first(country: str, national: str) -> str:
    """The national number from its area code on: mobiles of Argentina have a 9 before it."""
    if country == "AR" and national.startswith("9") and len(national) == 11:
        return national[1:]
    return national


def _regions(plan: Plan, national: str) -> tuple[str, ...]:
    for length in plan.lengths:
        regions = plan.by_area_code.get(national[:length])
        if regions is not None:
            return regions
    return ()
