"""Where numbers are from, with vectors as data: every province of Spain by every prefix, and the world."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.pbx import geography
from centralita.pbx.geography import UNKNOWN, locate, spain

HERE = Path(__file__).parent


def rows(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.split(";") for line in lines if line and not line.startswith("#")]


SPAIN = rows("spain.csv")
WORLD = rows("world.csv")


@pytest.mark.parametrize(("province", "community", "zone", "prefixes"), SPAIN, ids=[row[0] for row in SPAIN])
def test_every_province_by_every_prefix(province: str, community: str, zone: str, prefixes: str) -> None:
    for prefix in prefixes.split():
        # With 1s no block of Ceuta or Melilla is met.
        origin = locate("+34" + prefix.ljust(9, "1"))
        assert (origin.country, origin.kind) == ("ES", "geographic")
        assert (origin.province, origin.region, origin.community) == (province, province, community), prefix
        assert origin.zone == zone
        for code in ("EU", "ES", province, community):
            assert origin.is_in(code)
            assert geography.is_known(code)
        assert not any(origin.is_in(row[0]) for row in SPAIN if row[0] != province)
        assert not any(origin.is_in(row[1]) for row in SPAIN if row[1] != community)
    assert geography.community_of(province) == community


def test_spain_is_complete() -> None:
    assert len(SPAIN) == 52
    assert {row[0] for row in SPAIN} == {f"ES-{code}" for code in spain.PROVINCES}
    assert {row[1] for row in SPAIN} == {f"ES-{code}" for code in spain.COMMUNITIES}
    by_community = defaultdict(int)
    for row in SPAIN:
        by_community[row[1]] += 1
    assert len(by_community) == 19
    assert (by_community["ES-AN"], by_community["ES-CL"], by_community["ES-CT"]) == (8, 9, 4)


def test_no_prefix_is_of_two_provinces() -> None:
    prefixes = [prefix for row in SPAIN for prefix in row[3].split() if len(prefix) < 5]
    assert len(prefixes) == len(set(prefixes))
    both = {prefix[1:] for prefix in prefixes if prefix[0] == "9"}
    assert both == {prefix[1:] for prefix in prefixes if prefix[0] == "8"}


@pytest.mark.parametrize(("number", "country", "kind", "regions"), WORLD, ids=[row[0] for row in WORLD])
def test_the_world(number: str, country: str, kind: str, regions: str) -> None:
    origin = locate(number)
    assert (origin.country, origin.kind) == (country, kind)
    assert " ".join([origin.region, *origin.shared_with]).strip() == regions
    for code in regions.split():
        assert origin.is_in(code)
        assert geography.is_known(code)
    if country == "ES":
        assert (origin.province, origin.community, origin.zone) == ("", "", "")
    else:
        assert origin.province == ""


@pytest.mark.parametrize(
    "number", ["", "100", "anonymous", "+", "+0123456", "934123456", "+34 934123456", "+34934123456;x"]
)
def test_what_is_no_number_has_no_origin(number: str) -> None:
    assert locate(number) is UNKNOWN
    assert not UNKNOWN.is_in("ES")
    assert not UNKNOWN.is_in("")
    assert UNKNOWN.why("ES") == "the caller has no telephone number, so it is not known to be from Spain (ES)"


def test_names_in_both_languages() -> None:
    named = {
        "+34931234567": ("Barcelona, Cataluña", "Barcelona, Catalonia"),
        "+34956512345": ("Ceuta", "Ceuta"),
        "+34600123456": ("España (móvil)", "Spain (mobile)"),
        "+34902123456": ("España (coste compartido)", "Spain (shared cost number)"),
        "+523336123456": ("Jalisco, México", "Jalisco, Mexico"),
        "+33142685300": ("Francia", "France"),
        "": ("desconocido", "unknown"),
    }
    for number, (spanish, english) in named.items():
        assert locate(number).name("es") == spanish
        assert locate(number).name("en") == english


def test_why() -> None:
    barcelona, mobile = locate("+34931234567"), locate("+34600123456")
    assert barcelona.why("ES-CT") == "+34931234567 is from Barcelona, Catalonia"
    assert (
        barcelona.why("EU")
        == "+34931234567 is from Barcelona, Catalonia, which is in the European Union (EU)"
    )
    assert (
        barcelona.why("ES-MD")
        == "+34931234567 is from Barcelona, Catalonia, not from Community of Madrid (ES-MD)"
    )
    assert mobile.why("ES-CT") == (
        "+34600123456 is from Spain (mobile): a number of this kind (mobile) does not tell where in ES"
    )
    assert "shared with MX-MEX" in locate("+525512345678").why("MX-CMX")
    assert (
        locate("+999123456789").why("ES")
        == "+999123456789 is from no country that is known, so not from Spain (ES)"
    )


def test_known_codes() -> None:
    codes = geography.known_codes()
    assert {
        "EU",
        "ES",
        "ES-CT",
        "ES-B",
        "MX-JAL",
        "AR-C",
        "CO-BOY",
        "PE-CAL",
        "BR-DF",
        "US-WY",
        "PT-20",
    } <= codes
    assert not {"", "ES-", "ES-XX", "XX", "MX-XXX", "CT", "es-ct"} & codes
    assert {code for code in codes if len(code) == 2} - {"EU"} == set(phonenumbers.SUPPORTED_REGIONS)
    for code in codes:
        assert geography.name_of(code, "es")
        assert geography.name_of(code, "en")
    assert all(geography.name_of(code) != code for code in codes)
    assert geography.name_of("ES-XX") == "ES-XX"


def test_regions_in_number() -> None:
    """ISO 3166-2 has so many of each; a line lost in a table would be a region that no rule can name."""
    of = defaultdict(int)
    for code in geography.known_codes():
        of[code.partition("-")[0]] += "-" in code
    assert (of["MX"], of["AR"], of["BR"], of["CL"], of["CO"], of["PE"]) == (32, 24, 27, 16, 33, 26)
    assert (of["US"], of["CA"], of["PT"], of["IT"], of["DE"], of["GB"]) == (51, 13, 20, 20, 16, 4)
    assert of["ES"] == 50 + 19


@given(st.from_regex(r"\+[1-9][0-9]{4,14}", fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_any_number_has_an_origin_without_contradictions(number: str) -> None:
    origin = locate(number)
    assert origin.number == number
    assert origin.country == "" or origin.is_in(origin.country)
    assert all(code == "EU" or code.partition("-")[0] == origin.country for code in origin.codes)
    assert origin.codes <= geography.known_codes()
    assert bool(origin.community) == bool(origin.province)
    for code in ("ES", "EU", "ES-CT", "MX-JAL"):
        assert origin.why(code).startswith(number)
