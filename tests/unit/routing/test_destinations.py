"""Where numbers and extensions lead, who is refused before any rule, and what a caller is called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from scripted import ScriptedCall, office

from centralita.pbx.contactlists import ContactLists
from centralita.pbx.model.contacts import Contacts
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.group import Group
from centralita.pbx.model.number import Number
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.snapshot import ConfigKind, Snapshot
from centralita.pbx.reach import reach
from centralita.pbx.routing import (
    CallExternal,
    Destination,
    EnterQueue,
    HangUp,
    LeaveMessage,
    Refusal,
    RingGroup,
    RingUser,
    RunFlow,
    Service,
    destination_of,
    direction_of,
    route_from_trunk,
    route_from_user,
)
from centralita.pbx.vocabulary import Direction

NUMBER = "+34910000001"


def company(*objects: ConfigKind) -> Snapshot:
    base = office()
    flow = Flow.model_validate(
        {"id": "welcome", "extension": "800", "start": "end", "nodes": {"end": {"type": "hang-up"}}}
    )
    common: list[ConfigKind] = [
        *base.sites.values(),
        *base.users.values(),
        *base.services.values(),
        *base.trunks.values(),
        *base.numbers.values(),
        Group.model_validate({"id": "sales", "name": "Sales", "extension": "600", "members": ["eva"]}),
        Queue(id="support", extension="601"),
        flow,
    ]
    found = {(item.kind, item.id): item for item in [*common, *objects]}
    return Snapshot(base.tenant, 1, found.values(), {})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("user:ana", RingUser),
        ("voicemail:eva", LeaveMessage),
        ("group:sales", RingGroup),
        ("queue:support", EnterQueue),
        ("flow:welcome", RunFlow),
        ("extension:102", RingUser),
        ("extension:600", RingGroup),
        ("extension:800", RunFlow),
        ("extension:700", Service),
        ("extension:echo", Service),
        ("external:600123123", CallExternal),
        ("external:+34600123123", CallExternal),
        ("external:112", Refusal),
        ("hang-up", HangUp),
        ("user:nobody", Refusal),
        ("menu:options", Refusal),
    ],
)
def test_every_kind_of_destination(text: str, kind: type[Destination]) -> None:
    assert isinstance(destination_of(company(), text), kind)


def test_an_external_number_that_is_our_own_is_not_called_outside() -> None:
    found = destination_of(company(), f"external:{NUMBER}")
    assert isinstance(found, RingUser)


def test_numbers_that_lead_to_each_other_are_an_end() -> None:
    snapshot = company(
        Number(id="main", number=NUMBER, destination="external:+34910000002"),
        Number(id="box", number="+34910000002", destination=f"external:{NUMBER}"),
    )
    assert isinstance(destination_of(snapshot, f"external:{NUMBER}"), Refusal)
    assert isinstance(route_from_trunk(snapshot, None, NUMBER).destination, Refusal)


@pytest.mark.parametrize(
    ("dialled", "reason"),
    [
        ("600", "600 is the group Sales"),
        ("601", "601 is the queue support"),
        ("800", "800 is the flow welcome"),
        ("102", "102 is Luis"),
    ],
)
def test_extensions_of_everything(dialled: str, reason: str) -> None:
    snapshot = company()
    assert route_from_user(snapshot, snapshot.users["ana"], dialled).decision.reason == reason


def call(destination: str, *objects: ConfigKind, **options: Any) -> ScriptedCall:
    snapshot = company(
        Number(id="main", number=NUMBER, destination=destination, name_prefix="Main"), *objects
    )
    made = ScriptedCall(snapshot, None, dialled=NUMBER, **options)
    made.run(reach(made, route_from_trunk(snapshot, None, NUMBER).destination))
    return made


def test_hang_up_and_external_as_destinations() -> None:
    assert call("hang-up").story == ["refuse 480"]
    assert call("external:600123123").story[-2:] == ["dial +34600123123", "talk"]


def test_the_prefix_of_the_number_goes_with_the_call_wherever_it_leads() -> None:
    assert call("group:sales").marks[0]["name_prefix"] == "Main"


# --- lists ------------------------------------------------------------------------------------------------------------

BLOCK = Contacts.model_validate(
    {"id": "pests", "name": "Pests", "purpose": "block", "numbers": {"+34600000001": "Robot", "+4470*": ""}}
)


def test_blocked_callers_are_refused_before_any_rule() -> None:
    made = call("group:sales", BLOCK)
    assert made.story == ["decide blocked-caller", "refuse 603"]
    assert made.trace[0].reason == (
        "+34600000001 is on the list Pests, whose callers are refused, as +34600000001 (Robot)"
    )
    assert call("group:sales", BLOCK, number="+447012345678").trace[0].rule == "blocked-caller"
    assert call("group:sales", BLOCK, number="").story[-1] == "talk"


def test_our_own_people_are_not_blocked() -> None:
    snapshot = company(Contacts.model_validate({"id": "x", "purpose": "block", "numbers": {"101": ""}}))
    made = ScriptedCall(snapshot, "ana")
    made.run(reach(made, route_from_user(snapshot, snapshot.users["ana"], "102").destination))
    assert made.story == ["ring luis", "talk"]


def test_the_name_comes_from_a_list_where_the_caller_brings_none() -> None:
    known = Contacts.model_validate({"id": "known", "numbers": {"600000001": "Marta"}})
    assert call("group:sales", known, name="").caller.name == "Marta"
    assert call("group:sales", known, name="M. Puig").caller.name == "M. Puig"
    assert call("group:sales", name="").caller.name == ""


@pytest.mark.parametrize(
    ("entries", "number", "expected"),
    [
        ({"+34930000001": "x"}, "+34930000001", "+34930000001"),
        ({"930000001": "x"}, "+34930000001", "930000001"),
        ({"93*": "x"}, "+34930000001", "93*"),
        ({"+34*": "x", "+3493*": "y"}, "+34930000001", "+3493*"),
        ({"+34*": "x", "+34930000001": ""}, "+34930000001", "+34930000001"),
        ({"+349300000011*": "x"}, "+34930000001", None),
        ({"0044207*": "x"}, "+442071234567", "0044207*"),
        ({"101": "x"}, "101", "101"),
        ({"93*": "x"}, "+4993000001", None),
    ],
)
def test_how_numbers_are_written_in_lists(entries: dict[str, str], number: str, expected: str | None) -> None:
    lists = ContactLists([Contacts.model_validate({"id": "l", "numbers": entries})], "ES")
    found = lists["l"].find(lists.writings(number))
    assert (found.entry if found else None) == expected


def test_only_lists_that_block_do_so() -> None:
    lists = ContactLists([Contacts.model_validate({"id": "l", "numbers": {"+34*": "x"}})], "ES")
    assert lists.blocked("+34930000001") is None
    assert lists.name_of("+34930000001") == "x"


@pytest.mark.parametrize(
    ("dialled", "direction"),
    [
        ("102", Direction.INTERNAL),
        ("600", Direction.INTERNAL),
        ("601", Direction.INTERNAL),
        ("800", Direction.INTERNAL),
        ("*43", Direction.INTERNAL),
        ("600123123", Direction.OUTBOUND),
        ("999", Direction.OUTBOUND),
    ],
)
def test_what_counts_as_a_call_to_the_outside(dialled: str, direction: Direction) -> None:
    snapshot = company()
    route = route_from_user(snapshot, snapshot.users["ana"], dialled)
    assert direction_of(route.destination) is direction
