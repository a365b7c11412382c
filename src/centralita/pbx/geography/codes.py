"""Codes of places, ISO 3166-1 and 3166-2 and ``EU``: which are known, and what they are called."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from centralita.pbx.geography import spain
from centralita.pbx.geography.countries import COUNTRIES, EUROPEAN_UNION
from centralita.pbx.geography.regions import PLANS

EU = "EU"
Language = Literal["es", "en"]


class Plan(NamedTuple):
    """A country's regions, by what comes after the country in ISO 3166-2."""

    names: dict[str, str]
    by_area_code: dict[str, tuple[str, ...]]
    """Regions that share an area code are all there, that of the main town first."""
    lengths: tuple[int, ...]
    """Of the area codes, longest first."""


@cache
def plan_of(country: str) -> Plan | None:
    """What the numbering plan of a country tells; None where it tells nothing, and for Spain."""
    text = PLANS.get(country)
    if text is None:
        return None
    names: dict[str, str] = {}
    areas: dict[str, tuple[str, ...]] = {}
    regions: tuple[str, ...] = ()
    for line in text.strip().splitlines():
        if line.startswith(" "):
            codes = line.split()
        else:
            heading, _, rest = line.partition(":")
            code, _, name = heading.partition(" ")
            regions = tuple(code.split("+"))
            if name:
                names[code] = name
            codes = rest.split()
        for area in codes:
            areas[area] = regions
    return Plan(names, areas, tuple(sorted({len(area) for area in areas}, reverse=True)))


@cache
def known_codes() -> frozenset[str]:
    """Every code that a rule may name: ``EU``, countries, Spanish communities and provinces, regions elsewhere."""
    regions = {
        f"{country}-{code}" for country in PLANS for code in (plan_of(country) or Plan({}, {}, ())).names
    }
    spanish = {f"ES-{code}" for code in (*spain.COMMUNITIES, *spain.PROVINCES)}
    return frozenset({EU, *COUNTRIES, *regions, *spanish})


def is_known(code: str) -> bool:
    return code in known_codes()


def name_of(code: str, language: Language = "es") -> str:
    """What people call a place; the code itself where it is not known.

    A code that is both of a community and of a province (``ES-CE``) has one name.
    """
    index = 0 if language == "es" else 1
    if code == EU:
        return ("Unión Europea", "European Union")[index]
    country, dash, region = code.partition("-")
    if not dash:
        return COUNTRIES[code][index] if code in COUNTRIES else code
    if country == "ES":
        if region in spain.COMMUNITIES:
            return spain.COMMUNITIES[region][index]
        return spain.PROVINCES[region].name if region in spain.PROVINCES else code
    plan = plan_of(country)
    return plan.names.get(region, code) if plan is not None else code


def community_of(code: str) -> str:
    """``ES-B`` → ``ES-CT``: the community of a Spanish province. Any other code is left as it is.

    Where a province and another community have the same letters (``ES-MU`` has not, ``ES-CE`` is both), the community is
    meant.
    """
    country, _, region = code.partition("-")
    if country == "ES" and region not in spain.COMMUNITIES and region in spain.PROVINCES:
        return f"ES-{spain.PROVINCES[region].community}"
    return code


def union_of(country: str) -> str:
    """``EU`` for its members, or empty."""
    return EU if country in EUROPEAN_UNION else ""
