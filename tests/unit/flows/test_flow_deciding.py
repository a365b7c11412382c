"""Nodes that decide without a word: every branch, and what the trace says about it."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import MADRID, MONDAY, SUNDAY, caller, company, flow, run, walk_through
from scripted import Line, ScriptedCall

from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.contacts import Contacts
from centralita.pbx.model.override import Override
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.model.site import Site
from centralita.pbx.state import TenantState, note_call

NEW_YEAR = datetime(2026, 1, 1, 12, 0, tzinfo=MADRID)
ENDS: dict[str, dict[str, Any]] = {
    name: {"type": "hang-up"} for name in ("yes", "no", "feast", "unknown", "third")
}


def decided(node: dict[str, Any], *objects: Any, **options: Any) -> Line:
    """The first line of the trace of a call that comes to a node."""
    return walk_through({"node": node} | ENDS, *objects, **options).trace[0]


def lands(line: Line) -> str:
    return line.target.removeprefix("main/")


# --- hours ------------------------------------------------------------------------------------------------------------

HOURS = {"type": "hours", "schedule": "office", "open": "yes", "closed": "no", "holiday": "feast"}
SPAIN = Calendar(id="es", country="ES")
WITH_HOLIDAYS = Schedule.model_validate(
    {"id": "office", "name": "Office", "weekly": {"mon-fri": "09:00-18:00"}, "calendars": ["es"]}
)


def test_open_closed_and_holiday() -> None:
    open_ = decided(HOURS)
    assert (open_.rule, lands(open_), open_.node) == ("hours", "yes", "main/node")
    assert open_.reason == "schedule office is open: Monday 12:00 in Europe/Madrid is within 09:00-18:00"
    closed = decided(HOURS, at=SUNDAY)
    assert lands(closed) == "no"
    assert closed.passed == ("open: it is outside the opening hours",)
    feast = decided(HOURS, SPAIN, WITH_HOLIDAYS, at=NEW_YEAR)
    assert lands(feast) == "feast"
    assert "Office is closed for a holiday" in feast.reason
    assert feast.passed == ("open: it is a holiday",)


def test_without_a_way_for_holidays_they_are_closed() -> None:
    node = {"type": "hours", "schedule": "office", "open": "yes", "closed": "no"}
    assert lands(decided(node, SPAIN, WITH_HOLIDAYS, at=NEW_YEAR)) == "no"


def test_the_hours_are_in_the_zone_of_the_schedules_site() -> None:
    canaries = Site(id="islas", time_zone="Atlantic/Canary")
    there = Schedule.model_validate({"id": "office", "site": "islas", "weekly": {"mon-fri": "09:00-18:00"}})
    at = datetime(2026, 3, 2, 18, 30, tzinfo=MADRID)
    assert lands(decided(HOURS, at=at)) == "no"
    assert lands(decided(HOURS, canaries, there, at=at)) == "yes"


NIGHT = Override(id="night", name="Night mode", code="1", forces="closed", schedules=("office",))
LATE = Override(id="late", code="2", forces="open", schedules=("office",))


def state_with(*turned: tuple[str, datetime, datetime | None]) -> TenantState:
    state = TenantState(random.Random(1))
    for name, since, until in turned:
        state.overrides.turn_on(
            name, since.timestamp(), until=until.timestamp() if until else None, by="user:ana"
        )
    return state


def test_an_override_forces_the_schedule_and_says_so() -> None:
    state = state_with(("night", MONDAY - timedelta(hours=1), None))
    line = decided(HOURS, NIGHT, LATE, state=state)
    assert (line.rule, lands(line)) == ("override", "no")
    assert line.reason == (
        "override Night mode is on since 2026-03-02 11:00, turned by user:ana: schedule office counts as closed"
    )
    assert line.passed == ("override late: it is off",)


def test_an_override_is_over_when_its_time_has_come() -> None:
    until = MONDAY + timedelta(minutes=30)
    state = state_with(("night", MONDAY - timedelta(hours=1), until))
    assert "until 12:30" in decided(HOURS, NIGHT, state=state).reason
    later = decided(HOURS, NIGHT, state=state, at=until)
    assert (later.rule, lands(later)) == ("hours", "yes")
    assert later.passed == ("override Night mode: it is off",)


def test_of_two_overrides_the_one_turned_last_counts() -> None:
    earlier, later = MONDAY - timedelta(hours=2), MONDAY - timedelta(hours=1)
    assert (
        lands(decided(HOURS, NIGHT, LATE, state=state_with(("night", earlier, None), ("late", later, None))))
        == "yes"
    )
    assert (
        lands(decided(HOURS, NIGHT, LATE, state=state_with(("night", later, None), ("late", earlier, None))))
        == "no"
    )


def test_an_override_of_another_schedule_changes_nothing() -> None:
    other = Override(id="night", code="1", schedules=())
    assert decided(HOURS, other, state=state_with(("night", MONDAY, None))).rule == "hours"


# --- holiday and override ---------------------------------------------------------------------------------------------


def test_holiday_by_calendar() -> None:
    town = Calendar.model_validate(
        {"id": "town", "name": "Town", "days": [{"date": "03-02", "name": "Patron"}]}
    )
    node = {"type": "holiday", "calendars": ["es", "town"], "holiday": "yes", "otherwise": "no"}
    line = decided(node, SPAIN, town)
    assert lands(line) == "yes"
    assert line.reason == "2026-03-02 is the holiday Patron in Town"
    assert line.passed == ("es: today is no holiday there",)
    other = decided(node, SPAIN, town, at=SUNDAY)
    assert lands(other) == "no"
    assert len(other.passed) == 2


def test_a_calendar_has_the_day_of_its_own_zone() -> None:
    tokyo = Site(id="tokyo", time_zone="Asia/Tokyo")
    calendar = Calendar.model_validate({"id": "jp", "site": "tokyo", "days": [{"date": "2026-03-03"}]})
    node = {"type": "holiday", "calendars": ["jp"], "holiday": "yes", "otherwise": "no"}
    assert lands(decided(node, tokyo, calendar, at=MONDAY)) == "no"
    assert lands(decided(node, tokyo, calendar, at=MONDAY.replace(hour=17))) == "yes"


def test_override_node() -> None:
    node = {"type": "override", "override": "night", "on": "yes", "off": "no"}
    off = decided(node, NIGHT)
    assert (lands(off), off.reason) == ("no", "override Night mode is off")
    on = decided(node, NIGHT, state=state_with(("night", MONDAY, None)))
    assert lands(on) == "yes"
    assert on.reason.startswith("override Night mode is on since")


# --- geography --------------------------------------------------------------------------------------------------------

PLACES = {
    "type": "geography",
    "branches": [{"in": ["ES-CT"], "to": "yes"}, {"in": ["ES-M", "PT"], "to": "third"}],
    "unknown": "unknown",
    "otherwise": "no",
}
BARCELONA, MADRID_NUMBER, MOBILE, SEVILLA, LISBOA = (
    "+34930000001", "+34910000009", "+34600000001", "+34954000001", "+351210000001",
)  # fmt: skip


@pytest.mark.parametrize(
    ("number", "way"),
    [
        (BARCELONA, "yes"),
        (MADRID_NUMBER, "third"),
        (LISBOA, "third"),
        (SEVILLA, "no"),
        (MOBILE, "unknown"),
        ("", "unknown"),
        ("+33140000000", "no"),
    ],
)
def test_geography(number: str, way: str) -> None:
    assert lands(decided(PLACES, number=number)) == way


def test_the_trace_of_geography_tells_each_branch() -> None:
    line = decided(PLACES, number=MADRID_NUMBER)
    assert line.passed == (f"ES-CT: {MADRID_NUMBER} is elsewhere",)
    assert line.reason.startswith(f"{MADRID_NUMBER} is from Madrid")
    assert line.reason.endswith("which is in ES-M")
    unknown = decided(PLACES, number=MOBILE)
    assert unknown.passed[0] == f"ES-CT: it cannot be told whether {MOBILE} is there"


def test_a_mobile_is_known_among_countries() -> None:
    node = PLACES | {"branches": [{"in": ["ES-CT"], "to": "third"}, {"in": ["ES"], "to": "yes"}]}
    assert lands(decided(node, number=MOBILE)) == "yes"
    node = PLACES | {"branches": [{"in": ["FR", "ES-CT"], "to": "third"}, {"in": ["EU"], "to": "yes"}]}
    assert lands(decided(node, number=MOBILE)) == "yes"
    # Whoever is in another country is known not to be in a province.
    assert lands(decided(PLACES, number="+33600000000")) == "no"


def test_callers_over_the_internet_are_where_their_address_is() -> None:
    node = PLACES | {"branches": [{"in": ["PT"], "to": "yes"}]}
    call = caller(company(flow({"node": node} | ENDS)), number="")
    call.caller = replace(call.caller, ip_country="PT")
    run(call)
    assert lands(call.trace[0]) == "yes"


def test_our_own_people_are_where_their_site_is() -> None:
    snapshot = company(flow({"node": PLACES} | ENDS))
    call = ScriptedCall(snapshot, "ana", at=MONDAY)
    run(call)
    assert lands(call.trace[0]) == "third"


# --- caller -----------------------------------------------------------------------------------------------------------

VIP = Contacts.model_validate(
    {"id": "vip", "name": "VIP", "numbers": {"+34930000001": "Marta", "+3495*": "", "600000007": "Pau"}}
)


def branch(**asked: Any) -> dict[str, Any]:
    return {"type": "caller", "branches": [asked | {"to": "yes"}], "otherwise": "no"}


@pytest.mark.parametrize(
    ("number", "listed"),
    [(BARCELONA, True), (SEVILLA, True), ("+34600000007", True), (MOBILE, False), ("", False)],
)
def test_caller_on_a_list(number: str, listed: bool) -> None:
    line = decided(branch(contacts="vip"), VIP, number=number)
    assert lands(line) == ("yes" if listed else "no")


def test_the_trace_names_the_entry() -> None:
    line = decided(branch(contacts="vip"), VIP, number=BARCELONA)
    assert line.reason == f"{BARCELONA} is on the list VIP as {BARCELONA} (Marta)"
    assert "+3495*" in decided(branch(contacts="vip"), VIP, number=SEVILLA).reason
    passed = decided(branch(contacts="vip"), VIP, number=MOBILE).passed
    assert passed == ("contacts vip: the caller is not on the list VIP",)


def test_anonymous_and_internal() -> None:
    assert lands(decided(branch(anonymous=True), number="")) == "yes"
    assert lands(decided(branch(anonymous=True))) == "no"
    assert lands(decided(branch(anonymous=False))) == "yes"
    assert lands(decided(branch(internal=True))) == "no"
    snapshot = company(flow({"node": branch(internal=True)} | ENDS))
    inside = ScriptedCall(snapshot, "ana", at=MONDAY)
    run(inside)
    assert lands(inside.trace[0]) == "yes"


def remembered(days_ago: float, agent: str = "") -> TenantState:
    state = TenantState(random.Random(1))
    note_call(state, MOBILE, agent, (MONDAY - timedelta(days=days_ago)).timestamp())
    return state


def test_seen_before() -> None:
    node = branch(seen_within_days=7)
    assert lands(decided(node)) == "no"
    assert lands(decided(node, state=remembered(6))) == "yes"
    assert lands(decided(node, state=remembered(8))) == "no"
    assert lands(decided(node, state=remembered(1), number="")) == "no"


def test_last_agent() -> None:
    node = branch(last_agent_within_days=7)
    line = decided(node, state=remembered(6, "eva"))
    assert lands(line) == "yes"
    assert line.reason == "Eva spoke with the caller on 2026-02-24"
    assert lands(decided(node, state=remembered(8, "eva"))) == "no"
    assert lands(decided(node, state=remembered(1, "somebody-gone"))) == "no"
    assert lands(decided(node, state=remembered(1))) == "no"


def test_all_that_is_asked_must_be_true_and_the_first_that_is_not_is_told() -> None:
    node = branch(contacts="vip", seen_within_days=7)
    line = decided(node, VIP, number=BARCELONA)
    assert lands(line) == "no"
    assert line.passed == ("contacts vip, seen within 7 days: the caller has not called within 7 days",)
    assert line.reason == "no branch holds for this caller"


def test_what_a_branch_asks_is_told_as_people_say_it() -> None:
    asked = {"anonymous": True, "last_agent_within_days": 7, "internal": False, "tag": "campaign"}
    line = decided(branch(**asked), number=BARCELONA)
    assert line.passed == (
        "anonymous, last agent within 7 days, not internal, tag campaign: the caller shows a number",
    )


def test_a_tag_that_was_set_before() -> None:
    nodes = {
        "mark": {"type": "set", "tag": "campaign", "next": "ask"},
        "ask": branch(tag="campaign"),
    } | ENDS
    call = walk_through(nodes)
    assert call.way[1] == "caller main/yes"
    assert lands(decided(branch(tag="campaign"))) == "no"


# --- set --------------------------------------------------------------------------------------------------------------


def test_set_marks_the_call() -> None:
    nodes = {
        "mark": {
            "type": "set",
            "name_prefix": "Sales",
            "language": "en",
            "priority": 5,
            "tag": "sales",
            "record": True,
            "skills": {"french": 3},
            "next": "yes",
        }
    } | ENDS
    call = walk_through(nodes)
    assert call.language == "en"
    assert call.marks == [{"name_prefix": "Sales", "tag": "sales", "record": True}]
    assert call.trace[0].reason == (
        "sets name prefix Sales, language en, priority 5, tag sales, recording on, skill french of at least 3"
    )


def test_set_leaves_alone_what_it_does_not_mention() -> None:
    call = walk_through({"mark": {"type": "set", "priority": 5, "next": "yes"}} | ENDS)
    assert (call.language, call.marks) == ("es", [])
