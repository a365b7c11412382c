"""What is given automatically, what is kept, what files remove, and what is told to have changed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from centralita.pbx.configuration.difference import HIDDEN, Action, difference
from centralita.pbx.configuration.draft import Draft, draft
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.validation import validate
from centralita.pbx.model.device import Device
from centralita.pbx.model.flow import Flow, ShareNode
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User

SITE = {"kind": "site", "id": "m", "first_extension": "100", "last_extension": "120"}


def make(
    *fields: dict[str, object], onto: Mapping[Key, AnyObject] | None = None, merge: bool = False
) -> Draft:
    passwords = (f"password-number-{number:04}" for number in count(1))
    return draft(
        [Entry(one) for one in fields], onto or {}, "t", merge=merge, make_password=lambda: next(passwords)
    )


def user(ident: str, **fields: object) -> dict[str, object]:
    return {"kind": "user", "id": ident, "name": ident, "site": "m", **fields}


def user_in(drafted: Draft, ident: str) -> User:
    found = drafted.objects["user", ident]
    assert isinstance(found, User)
    return found


def device_in(drafted: Draft, ident: str) -> Device:
    found = drafted.objects["device", ident]
    assert isinstance(found, Device)
    return found


def secret(device: Device) -> str:
    assert device.password is not None
    return device.password.get_secret_value()


def test_the_next_free_extension_is_given() -> None:
    drafted = make(SITE, user("a"), user("b", extension="101"), user("c"), user("d"))
    assert drafted.extensions == {"a": "100", "c": "102", "d": "103"}
    assert user_in(drafted, "c").extension == "102"


def test_no_emergency_number_and_no_service_is_given() -> None:
    services = {"kind": "extension", "id": "echo", "extension": "100", "purpose": "echo"}
    drafted = make(SITE, services, *(user(f"u{number:02}") for number in range(19)))
    given = set(drafted.extensions.values())
    assert len(given) == 19
    assert not given & {"100", "112"}


def test_a_range_that_is_used_up_is_a_problem_for_each_who_got_none() -> None:
    drafted = make(SITE, *(user(f"u{number:02}") for number in range(22)))
    assert [(problem.id, problem.field) for problem in drafted.problems] == [
        ("u20", "extension"),
        ("u21", "extension"),
    ]
    assert "none left in 100-120" in drafted.problems[0].message


def test_an_extension_that_was_given_is_kept() -> None:
    first = make(SITE, user("a"), user("b"), user("c"))
    second = make(SITE, user("0"), user("c"), user("b"), onto=first.objects)
    assert (user_in(second, "b").extension, user_in(second, "c").extension) == ("101", "102")
    assert second.extensions == {"0": "100"}


def test_an_extension_with_leading_zeroes() -> None:
    site = {"kind": "site", "id": "m", "first_extension": "0099", "last_extension": "0102"}
    assert make(site, user("a"), user("b")).extensions == {"a": "0099", "b": "0100"}


@given(st.sets(st.integers(100, 199)), st.integers(0, 20))
def test_what_is_given_is_free_and_in_the_range(taken: set[int], wanted: int) -> None:
    site = {"kind": "site", "id": "m", "first_extension": "100", "last_extension": "199"}
    fixed = [user(f"fixed{number}", extension=str(number)) for number in taken if number != 112]
    drafted = make(site, *fixed, *(user(f"new{number}") for number in range(wanted)))
    given = list(drafted.extensions.values())
    assert len(set(given)) == len(given)
    assert all(100 <= int(extension) <= 199 and int(extension) not in taken for extension in given)
    assert "112" not in given
    if not drafted.problems:
        assert validate(drafted.objects.values(), "t") == []


def test_devices_get_a_user_name_and_a_password_once() -> None:
    first = make(SITE, user("ana"), {"kind": "device", "id": "phone", "user": "ana"})
    assert first.passwords == ("phone",)
    assert device_in(first, "phone").username == "t-phone"
    assert secret(device_in(first, "phone")) == "password-number-0001"
    again = make(SITE, user("ana"), {"kind": "device", "id": "phone", "user": "ana"}, onto=first.objects)
    assert again.passwords == ()
    assert again.objects == first.objects


def test_a_password_that_is_written_is_taken() -> None:
    written = {"kind": "device", "id": "phone", "user": "ana", "password": "of-my-own-choice"}
    drafted = make(SITE, user("ana"), written)
    assert drafted.passwords == ()
    assert secret(device_in(drafted, "phone")) == "of-my-own-choice"


def test_secrets_that_are_not_mentioned_are_kept_and_emptied_where_written_empty() -> None:
    trunk = {"kind": "trunk", "id": "t", "host": "h", "username": "u"}
    voicemail = {"pin": "1234", "max_seconds": "60"}
    first = make(SITE, user("a", personal={"voicemail": voicemail}), {**trunk, "password": "provider-secret"})
    kept = make(SITE, user("a", personal={"voicemail": {"max_seconds": "60"}}), trunk, onto=first.objects)
    assert kept.objects == first.objects
    emptied = make(
        SITE, user("a", personal={"voicemail": {"pin": ""}}), {**trunk, "password": ""}, onto=first.objects
    )
    assert user_in(emptied, "a").personal.voicemail.pin == ""
    found = emptied.objects["trunk", "t"]
    assert isinstance(found, Trunk)
    assert found.password is None


def test_a_trunk_of_another_account_does_not_keep_the_old_password() -> None:
    first = make(
        SITE, {"kind": "trunk", "id": "t", "host": "h", "username": "u", "password": "provider-secret"}
    )
    other = make(SITE, {"kind": "trunk", "id": "t", "host": "h", "username": "v"}, onto=first.objects)
    found = other.objects["trunk", "t"]
    assert isinstance(found, Trunk)
    assert found.password is None


def test_files_are_the_whole_configuration_unless_merged() -> None:
    first = make({"kind": "tenant", "id": "t", "name": "T"}, SITE, user("a"), user("b"))
    whole = make(SITE, user("a"), onto=first.objects)
    assert ("user", "b") not in whole.objects
    assert whole.objects["tenant", "t"] == Tenant(id="t", name="T")
    merged = make(user("c"), onto=first.objects, merge=True)
    assert {key for key in merged.objects if key[0] == "user"} == {
        ("user", "a"),
        ("user", "b"),
        ("user", "c"),
    }


def test_merging_changes_only_the_fields_that_are_written() -> None:
    first = make(
        SITE, user("a", mail="a@example.com", personal={"ring_seconds": "40", "do_not_disturb": "true"})
    )
    change = {"kind": "user", "id": "a", "personal": {"do_not_disturb": "false"}}
    merged = user_in(make(change, onto=first.objects, merge=True), "a")
    assert (merged.mail, merged.personal.ring_seconds, merged.personal.do_not_disturb) == (
        "a@example.com",
        40,
        False,
    )
    assert merged.extension == "100"


def test_a_node_that_becomes_another_keeps_nothing_of_what_it_was() -> None:
    def flow(**node: object) -> dict[str, object]:
        return {"kind": "flow", "id": "f", "start": "n", "nodes": {"n": node}}

    first = make(SITE, user("a"), flow(type="ring", targets=["user:a"], seconds=10, label="Ana"))
    merged = make(flow(type="voicemail", user="a"), onto=first.objects, merge=True)
    assert merged.problems == ()
    changed = merged.objects["flow", "f"]
    assert isinstance(changed, Flow)
    assert changed.nodes["n"].model_dump() == {"label": "", "type": "voicemail", "user": "a"}


def test_bare_names_where_a_name_says_it_all() -> None:
    shared = {"type": "share", "targets": ["a", {"to": "a", "weight": 2}]}
    made = make(
        SITE,
        user("a"),
        {"kind": "queue", "id": "q", "agents": ["a"]},
        {"kind": "flow", "id": "f", "start": "n", "nodes": {"n": shared, "a": {"type": "hang-up"}}},
    )
    assert made.problems == ()
    queue, flow = made.objects["queue", "q"], made.objects["flow", "f"]
    assert isinstance(queue, Queue)
    assert [agent.user for agent in queue.agents] == ["a"]
    assert isinstance(flow, Flow)
    node = flow.nodes["n"]
    assert isinstance(node, ShareNode)
    assert [(target.to, target.weight) for target in node.targets] == [("a", 1), ("a", 2)]


def test_the_difference_is_told_field_by_field_without_secrets() -> None:
    device = {"kind": "device", "id": "d", "user": "a", "password": "secret-number-one"}
    before = make(SITE, user("a"), user("b"), device).objects
    after = make(
        SITE,
        user("a", name="Ana", personal={"voicemail": {"mail": "no"}}),
        {**device, "password": "secret-number-two"},
        user("c", extension="110"),
    ).objects
    changes = difference(before, after)
    assert [(change.kind, change.id, change.action) for change in changes] == [
        ("user", "a", Action.CHANGED),
        ("user", "b", Action.REMOVED),
        ("user", "c", Action.ADDED),
        ("device", "d", Action.CHANGED),
    ]
    assert [(one.field, one.before, one.after) for one in changes[0].fields] == [
        ("name", "a", "Ana"),
        ("personal.voicemail.mail", True, False),
    ]
    assert [(one.field, one.before, one.after) for one in changes[3].fields] == [("password", HIDDEN, HIDDEN)]
    assert ("extension", None, "110") in [(one.field, one.before, one.after) for one in changes[2].fields]
    assert "secret-number" not in repr(changes)
    assert difference(after, after) == []
