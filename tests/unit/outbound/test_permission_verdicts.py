"""Which permission decides, what it says, and what has been spent."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from centralita.pbx.model.group import Group
from centralita.pbx.model.permission import Permission
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.outbound import verdict
from centralita.pbx.outbound.permissions import Allowed, Denied, PinNeeded
from centralita.pbx.outbound.planning import limits
from centralita.pbx.speech.phrases import Say
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import TenantId

LOCAL, MOBILE, PREMIUM = "+34912345678", "+34600123456", "+34806123456"
LONDON, PARIS, FRENCH_PREMIUM = "+442079460000", "+33123456789", "+33892123456"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def tenant(*permissions: dict[str, object], dial_abroad: bool = False) -> Snapshot:
    return Snapshot(
        TenantId("office"),
        1,
        [
            Site(id="hq", number="+34910000000", dial_abroad=dial_abroad),
            Site(id="shop", number="+34930000000"),
            User(id="ana", name="Ana", site="hq", extension="101"),
            User(id="luis", name="Luis", site="hq", extension="102"),
            User(id="eva", name="Eva", site="shop", extension="103"),
            Group(id="a-team", members=("ana",)),  # type: ignore[arg-type] # a bare name is a member
            Group(id="b-team", members=("ana", "luis")),  # type: ignore[arg-type] # bare names are members
            *(Permission.model_validate(each) for each in permissions),
        ],
        {},
    )


def says(snapshot: Snapshot, user: str | None, number: str, *, forwarding: bool = False) -> str:
    """``allowed``, ``pin`` or the rule by which it is denied."""
    said = verdict(snapshot, snapshot.users[user] if user else None, number, forwarding=forwarding)
    assert said.reason
    return "allowed" if isinstance(said, Allowed) else "pin" if isinstance(said, PinNeeded) else said.rule


@pytest.mark.parametrize(
    ("number", "dial_abroad", "expected"),
    [
        ("102", False, "allowed"),
        (LOCAL, False, "allowed"),
        ("+34902123456", False, "allowed"),
        (PREMIUM, True, "premium-barred"),
        (LONDON, False, "abroad-barred"),
        (LONDON, True, "allowed"),
        (FRENCH_PREMIUM, True, "premium-barred"),
    ],
)
def test_without_any_permission(number: str, dial_abroad: bool, expected: str) -> None:
    assert says(tenant(dial_abroad=dial_abroad), "ana", number) == expected


def test_the_one_that_fits_best_decides_alone() -> None:
    snapshot = tenant(
        {"id": "z-own", "users": ["ana"], "allow": ["mobile"]},
        {"id": "y-group", "groups": ["b-team"], "allow": ["local"]},
        {"id": "x-site", "sites": ["hq", "shop"], "allow": ["premium"]},
        {"id": "all", "allow": ["toll-free"]},
    )
    assert [says(snapshot, "ana", number) for number in (MOBILE, LOCAL)] == ["allowed", "class-barred"]
    assert [says(snapshot, "luis", number) for number in (MOBILE, LOCAL)] == ["class-barred", "allowed"]
    assert [says(snapshot, "eva", number) for number in (PREMIUM, LOCAL)] == ["allowed", "class-barred"]
    assert says(snapshot, None, "+34900123456") == "allowed"
    assert says(snapshot, None, LOCAL) == "class-barred"


def test_among_equals_the_first_by_id_decides() -> None:
    snapshot = tenant(
        {"id": "two", "groups": ["a-team"], "allow": ["local"]},
        {"id": "one", "groups": ["b-team"], "allow": ["mobile"]},
    )
    assert says(snapshot, "ana", MOBILE) == "allowed"
    assert says(snapshot, "ana", LOCAL) == "class-barred"


def test_abroad_by_country() -> None:
    snapshot = tenant({"id": "p", "allow": ["international"], "countries": ["FR"]})
    assert says(snapshot, "ana", PARIS) == "allowed"
    assert says(snapshot, "ana", LONDON) == "abroad-barred"
    assert says(snapshot, "ana", FRENCH_PREMIUM) == "premium-barred"
    snapshot = tenant({"id": "p", "allow": ["premium"]})
    assert says(snapshot, "ana", PREMIUM) == "allowed"
    assert says(snapshot, "ana", FRENCH_PREMIUM) == "abroad-barred"
    assert says(snapshot, "ana", "+881612345678") == "abroad-barred"


def test_blocked_whatever_is_allowed() -> None:
    snapshot = tenant(
        {
            "id": "p",
            "allow": ["mobile", "local", "international"],
            "block": ["+3460012*", "912345678", "0044*"],
        }
    )
    assert says(snapshot, "ana", MOBILE) == "number-barred"
    assert says(snapshot, "ana", LOCAL) == "number-barred"
    assert says(snapshot, "ana", LONDON) == "number-barred"
    assert says(snapshot, "ana", "+34600200000") == "allowed"
    said = verdict(snapshot, snapshot.users["ana"], MOBILE)
    assert isinstance(said, Denied)
    assert (said.prompt, said.status) == (Say.NUMBER_BLOCKED, 403)
    assert "+3460012*" in said.reason


def test_a_pin_opens_what_it_is_for() -> None:
    snapshot = tenant({"id": "p", "allow": ["local"], "pin_for": ["international", "mobile"], "pin": "2468"})
    assert says(snapshot, "ana", LOCAL) == "allowed"
    assert says(snapshot, "ana", LONDON) == "pin"
    assert says(snapshot, "ana", PREMIUM) == "premium-barred"
    assert says(snapshot, "ana", MOBILE, forwarding=True) == "pin-impossible"
    assert says(snapshot, None, MOBILE) == "pin-impossible"


def test_a_pin_that_there_is_not_opens_nothing() -> None:
    assert says(tenant({"id": "p", "pin_for": ["mobile"]}), "ana", MOBILE) == "pin-impossible"


def test_calls_within_the_exchange_can_be_forbidden() -> None:
    snapshot = tenant({"id": "p", "allow": ["local"]})
    assert says(snapshot, "ana", "102") == "class-barred"


def test_so_many_at_once() -> None:
    snapshot = tenant({"id": "p", "max_calls": 2})
    state, ana = TenantState(Random(1)), snapshot.users["ana"]
    state.usage.begin("ana")
    assert limits(snapshot, state, ana, NOW) is None
    state.usage.begin("ana")
    denied = limits(snapshot, state, ana, NOW)
    assert denied is not None
    assert denied.rule == "calls-limit"
    assert limits(snapshot, state, snapshot.users["luis"], NOW) is None
    state.usage.end("ana", "2026-03-02", 10)
    assert limits(snapshot, state, ana, NOW) is None


def test_so_many_a_day_in_the_zone_of_the_site() -> None:
    snapshot = tenant({"id": "p", "daily_calls": 2})
    state, ana = TenantState(Random(1)), snapshot.users["ana"]
    before_midnight = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
    for _ in range(2):
        state.usage.begin("ana")
        state.usage.end("ana", "2026-03-01", 5)
    assert limits(snapshot, state, ana, before_midnight) is not None
    assert limits(snapshot, state, ana, before_midnight.replace(hour=23, minute=0)) is None


def test_a_call_that_is_going_on_is_one_of_the_day() -> None:
    snapshot = tenant({"id": "p", "daily_calls": 1})
    state = TenantState(Random(1))
    state.usage.begin("ana")
    denied = limits(snapshot, state, snapshot.users["ana"], NOW)
    assert denied is not None
    assert denied.prompt is Say.DAILY_LIMIT


def test_so_many_minutes_a_day() -> None:
    snapshot = tenant({"id": "p", "daily_minutes": 1})
    state, ana = TenantState(Random(1)), snapshot.users["ana"]
    for seconds, spent in ((59.0, False), (1.0, True)):
        state.usage.begin("ana")
        state.usage.end("ana", "2026-03-02", seconds)
        assert (limits(snapshot, state, ana, NOW) is not None) is spent
