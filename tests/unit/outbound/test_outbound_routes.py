"""Which route is taken, in what order its trunks are tried, and what each is given to dial."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from centralita.pbx.model.group import Group
from centralita.pbx.model.number import Number
from centralita.pbx.model.outbound_route import OutboundRoute
from centralita.pbx.model.override import Override
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User
from centralita.pbx.outbound import plan, preview
from centralita.pbx.outbound.planning import Planned
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import TenantId

MONDAY_NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
BARCELONA, MADRID, LONDON = "+34932345678", "+34912345678", "+442079460000"


def tenant(*routes: dict[str, object], **site: object) -> Snapshot:
    return Snapshot(
        TenantId("office"),
        1,
        [
            Site.model_validate({"id": "hq", "number": "+34910000000", "dial_abroad": True, **site}),
            Site(id="shop", number="+34930000000"),
            User(id="ana", name="Ana", site="hq", extension="101", number="+34910000101"),
            User(id="luis", name="Luis", site="hq", extension="102"),
            User(id="eva", name="Eva", site="shop", extension="103"),
            Group(id="sales", members=("luis",)),  # type: ignore[arg-type] # a bare name is a member
            Schedule.model_validate({"id": "office", "weekly": {"mon-fri": "09:00-18:00"}}),
            Override(id="night", code="1", forces="closed", schedules=("office",)),
            Trunk(id="alfa", host="192.0.2.1"),
            Trunk(id="beta", host="192.0.2.2", number_format="national"),
            Trunk(id="gamma", host="192.0.2.3", number_format="e164"),
            Number(id="main", number="+34910000001", destination="user:ana"),
            *(OutboundRoute.model_validate({"trunks": ["alfa"], **each}) for each in routes),
        ],
        {},
    )


def planned(
    snapshot: Snapshot, number: str, user: str | None = "ana", now: datetime = MONDAY_NOON, **more: object
) -> Planned:
    person = snapshot.users[user] if user else None
    return plan(snapshot, person, number, now, **more)  # type: ignore[arg-type] # passed on


def taken(snapshot: Snapshot, number: str, user: str | None = "ana", now: datetime = MONDAY_NOON) -> str:
    route = planned(snapshot, number, user, now).chosen.route
    return route.id if route is not None else ""


def trunks(found: Planned) -> list[str]:
    return [attempt.trunk.id for attempt in found.attempts]


def test_without_routes_every_trunk_in_the_order_of_ids() -> None:
    assert trunks(planned(tenant(), BARCELONA)) == ["alfa", "beta", "gamma"]


def test_the_first_by_order_then_by_id() -> None:
    snapshot = tenant({"id": "b"}, {"id": "a"}, {"id": "z", "order": 1, "patterns": ["+44*"]})
    assert taken(snapshot, BARCELONA) == "a"
    assert taken(snapshot, LONDON) == "z"


def test_the_order_decides_not_the_longer_pattern() -> None:
    snapshot = tenant(
        {"id": "a", "order": 2, "patterns": [BARCELONA]},
        {"id": "b", "order": 1, "patterns": ["+34*", "+3493*"]},
    )
    found = planned(snapshot, BARCELONA).chosen
    assert found.route is not None
    assert found.route.id == "b"
    assert "+3493*" in found.reason


def test_everything_has_to_match_and_what_does_not_says_why() -> None:
    snapshot = tenant(
        {"id": "1-far", "patterns": ["+1*"]},
        {"id": "2-mobile", "classes": ["mobile"]},
        {"id": "3-eva", "users": ["eva"]},
        {"id": "4-sales", "groups": ["sales"]},
        {"id": "5-shop", "sites": ["shop"]},
        {"id": "6-hours", "schedule": "office"},
        {"id": "7-rest"},
    )
    assert taken(snapshot, BARCELONA, now=SUNDAY) == "7-rest"
    assert taken(snapshot, BARCELONA) == "6-hours"
    assert taken(snapshot, BARCELONA, "luis") == "4-sales"
    assert taken(snapshot, BARCELONA, "eva") == "3-eva"
    assert taken(snapshot, BARCELONA, None) == "6-hours"
    assert taken(snapshot, "+34600123456") == "2-mobile"
    passed = planned(snapshot, BARCELONA, now=SUNDAY).chosen.passed
    assert {each.split(":")[0] for each in passed} == {
        f"route {name}" for name in snapshot.outbound_routes
    } - {"route 7-rest"}
    assert any("closed" in each for each in passed)


def test_an_override_that_is_turned_closes_a_schedule() -> None:
    snapshot = tenant({"id": "a", "schedule": "office"}, {"id": "b"})
    state = TenantState(Random(1))
    state.overrides.turn_on("night", MONDAY_NOON.timestamp() - 60)
    found = planned(snapshot, BARCELONA, overrides=state.overrides).chosen
    assert found.route is not None
    assert found.route.id == "b"
    assert any("night" in each for each in found.passed)


def test_no_route_is_no_way() -> None:
    found = planned(tenant({"id": "a", "patterns": ["+1*"]}), BARCELONA)
    assert found.attempts == ()
    assert "no outbound route matches" in found.chosen.reason


def test_many_routes_that_do_not_match_are_counted() -> None:
    snapshot = tenant(*({"id": f"r{i:04}", "patterns": [f"+1{i:04}*"]} for i in range(500)), {"id": "z"})
    found = planned(snapshot, BARCELONA).chosen
    assert found.route is not None
    assert found.route.id == "z"
    assert len(found.passed) == 21
    assert found.passed[-1].startswith("480 more")


def test_cheapest_first_and_too_dear_not_at_all() -> None:
    ways = [
        {"trunk": "alfa", "cost": "0.05"},
        {"trunk": "beta", "cost": "0.01"},
        {"trunk": "gamma", "cost": "0.2"},
    ]
    found = planned(tenant({"id": "a", "trunks": ways, "choose": "cost", "max_cost": "0.1"}), BARCELONA)
    assert trunks(found) == ["beta", "alfa"]
    assert any("gamma" in each and "0.2" in each for each in found.chosen.passed)
    assert trunks(planned(tenant({"id": "a", "trunks": ways}), BARCELONA)) == ["alfa", "beta", "gamma"]


@pytest.mark.parametrize(
    ("way", "number", "before", "written"),
    [
        ({"trunk": "alfa"}, BARCELONA, "+34932345678", "+34932345678"),
        ({"trunk": "alfa", "strip": 2}, BARCELONA, "+34932345678", "932345678"),
        ({"trunk": "alfa", "prepend": "00"}, BARCELONA, "+34932345678", "0034932345678"),
        ({"trunk": "alfa", "strip": 2, "prepend": "+34"}, BARCELONA, "+34932345678", "+34932345678"),
        ({"trunk": "beta"}, BARCELONA, "932345678", "932345678"),
        ({"trunk": "beta", "prepend": "9"}, BARCELONA, "932345678", "9932345678"),
        ({"trunk": "beta"}, LONDON, "00442079460000", "00442079460000"),
        ({"trunk": "gamma", "strip": 2, "prepend": "1033"}, BARCELONA, "34932345678", "1033932345678"),
    ],
)
def test_the_number_before_and_after(way: dict[str, object], number: str, before: str, written: str) -> None:
    (found,) = planned(tenant({"id": "a", "trunks": [way]}), number).chosen.ways
    assert (found.before, found.written) == (before, written)


def test_a_trunk_for_which_nothing_is_left_is_left_out() -> None:
    found = planned(tenant({"id": "a", "trunks": [{"trunk": "beta", "strip": 15}, "alfa"]}), BARCELONA)
    assert trunks(found) == ["alfa"]
    assert any("beta" in each for each in found.chosen.passed)


@pytest.mark.parametrize(
    ("user", "route", "called", "wanted", "shown"),
    [
        ("ana", {}, "", "", "+34910000101"),
        ("luis", {}, "", "", "+34910000000"),
        ("ana", {"caller_number": "+34910000001"}, "", "", "+34910000001"),
        ("ana", {"caller_number": "+34999999999"}, "", "", "+34910000101"),
        ("ana", {}, "", "+34910000001", "+34910000001"),
        ("ana", {}, "", "+15195550000", "+34910000101"),
        (None, {}, "+34910000001", "", "+34910000001"),
        (None, {}, "+34999999999", "", "+34910000000"),
    ],
)
def test_the_number_shown(
    user: str | None, route: dict[str, object], called: str, wanted: str, shown: str
) -> None:
    found = planned(tenant({"id": "a", **route}), BARCELONA, user, called=called, wanted=wanted)
    assert [attempt.shown for attempt in found.attempts] == [shown]
    assert found.shown.rule


def test_a_stranger_is_shown_only_where_the_trunk_passes_that_on() -> None:
    snapshot = tenant({"id": "a", "trunks": ["alfa", "beta"]})
    passing = snapshot.trunks["beta"].model_copy(update={"forward_caller": True})
    snapshot.trunks["beta"] = passing
    found = planned(snapshot, BARCELONA, "luis", stranger="+34600111222")
    assert [attempt.shown for attempt in found.attempts] == ["+34910000000", "+34600111222"]
    emergency = planned(snapshot, "112", "luis", emergency=True, stranger="+34600111222")
    assert {attempt.shown for attempt in emergency.attempts} == {"+34910000000"}


def test_emergencies_take_their_routes_first_and_then_everything() -> None:
    snapshot = tenant(
        {"id": "sos", "emergency": True, "trunks": ["gamma"], "patterns": ["112"], "schedule": "office"},
        {"id": "fire", "emergency": True, "trunks": ["beta"], "patterns": ["080"], "max_cost": 0},
        {"id": "never", "trunks": ["alfa"]},
    )
    assert trunks(planned(snapshot, "112", now=SUNDAY, emergency=True)) == ["gamma", "beta", "alfa"]
    assert trunks(planned(snapshot, "080", now=SUNDAY, emergency=True)) == ["beta", "gamma", "alfa"]
    assert trunks(planned(snapshot, "091", now=SUNDAY, emergency=True)) == ["beta", "gamma", "alfa"]
    (first, *_) = planned(snapshot, "112", emergency=True).attempts
    assert (first.emergency, first.written) == (True, "112")


def test_help_calls_back_at_the_site() -> None:
    def shown(user: str | None, **site: object) -> str:
        return planned(tenant(**site), "112", user, emergency=True).shown.number

    assert shown("ana", emergency_callback="+34910000099") == "+34910000099"
    assert shown("ana") == "+34910000000"
    assert shown("ana", number="") == "+34910000101"
    assert shown("luis", number="") == "+34910000001"


def test_a_preview_tells_it_all() -> None:
    snapshot = tenant({"id": "a", "trunks": [{"trunk": "beta", "prepend": "9"}]})
    found = preview(snapshot, snapshot.users["ana"], "932345678", MONDAY_NOON)
    assert (found.number, found.classified.kind, found.allowed, found.pin) == (
        BARCELONA,
        "national",
        True,
        False,
    )
    assert found.route == "outbound-route:a"
    assert [(way.trunk.id, way.before, way.written) for way in found.ways] == [
        ("beta", "932345678", "9932345678")
    ]
    assert found.shown.number == "+34910000101"
    refused = preview(snapshot, snapshot.users["ana"], "806123456", MONDAY_NOON)
    assert (refused.allowed, refused.ways) == (False, ())
    help_call = preview(snapshot, snapshot.users["ana"], "112", MONDAY_NOON)
    assert help_call.emergency
    assert len(help_call.ways) == 3
    assert preview(snapshot, snapshot.users["ana"], "102", MONDAY_NOON).number == ""
