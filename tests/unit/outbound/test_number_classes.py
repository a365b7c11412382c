"""Classes of numbers as seen from sites in several countries."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.pbx import numbering
from centralita.pbx.outbound.classes import WORLD, classify

MADRID, SEVILLA, VALENCIA = "+34910000000", "+34954000000", "+34963000000"


@pytest.mark.parametrize(
    ("number", "site", "kind"),
    [
        ("+34912345678", MADRID, "local"),
        ("+34810123456", MADRID, "local"),
        ("+34932345678", MADRID, "national"),
        ("+34955123456", SEVILLA, "local"),
        ("+34952123456", SEVILLA, "national"),
        ("+34961234567", VALENCIA, "local"),
        ("+34964123456", VALENCIA, "national"),
        ("+34912345678", "", "national"),
        ("+34912345678", "+34600000000", "national"),
        ("+34600123456", MADRID, "mobile"),
        ("+34711223344", MADRID, "mobile"),
        ("+34900123456", MADRID, "toll-free"),
        ("+34800123456", MADRID, "toll-free"),
        ("+34901123456", MADRID, "shared-cost"),
        ("+34902123456", MADRID, "shared-cost"),
        ("+34803123456", MADRID, "premium"),
        ("+34806123456", MADRID, "premium"),
        ("+34807123456", MADRID, "premium"),
        ("+34905123456", MADRID, "premium"),
        ("+34907123456", MADRID, "premium"),
        ("+34704123456", MADRID, "premium"),
        ("+3411818", MADRID, "premium"),
        ("+34112", MADRID, "premium"),
        ("+34512345678", MADRID, "national"),
        ("101", MADRID, "internal"),
    ],
)
def test_from_spain(number: str, site: str, kind: str) -> None:
    assert classify(number, "ES", site).kind == kind


@pytest.mark.parametrize(
    ("number", "country", "site", "kind", "where"),
    [
        ("+442079460000", "ES", MADRID, "international", "GB"),
        ("+447012345678", "ES", MADRID, "premium", "GB"),
        ("+33892123456", "ES", MADRID, "premium", "FR"),
        ("+33118712", "FR", "+33142000000", "premium", "FR"),
        ("+34912345678", "MX", "+525510000000", "international", "ES"),
        ("+525512345678", "MX", "+525510000000", "local", "MX"),
        ("+523312345678", "MX", "+525510000000", "national", "MX"),
        ("+528001234567", "MX", "+525510000000", "toll-free", "MX"),
        ("+5491155556666", "AR", "+541140000000", "mobile", "AR"),
        ("+541155556666", "AR", "+541140000000", "local", "AR"),
        ("+19005551234", "US", "+12125550000", "premium", "US"),
        ("+18005551234", "US", "+12125550000", "toll-free", "US"),
        ("+12425551234", "US", "+12125550000", "international", "BS"),
        ("+881612345678", "ES", MADRID, "premium", WORLD),
        ("+97912345678", "ES", MADRID, "premium", WORLD),
        ("+80012345678", "ES", MADRID, "international", WORLD),
        ("+33123456789", "FR", "+33140000000", "local", "FR"),
        ("+33612345678", "FR", "+33140000000", "mobile", "FR"),
    ],
)
def test_from_elsewhere(number: str, country: str, site: str, kind: str, where: str) -> None:
    found = classify(number, country, site)
    assert (found.kind, found.country) == (kind, where)
    assert found.abroad == (where != country)


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"\+[1-9][0-9]{4,14}", fullmatch=True),
    st.sampled_from(["ES", "MX", "AR", "US", "GB", "FR"]),
)
def test_whatever_is_abroad_is_never_taken_for_a_call_at_home(number: str, country: str) -> None:
    found = classify(number, country)
    assert found.kind != "internal"
    if numbering.is_abroad(number, country):
        assert found.abroad
        assert found.kind in ("international", "premium")
