"""Who is let in: credentials, addresses, and what guessing costs."""

from __future__ import annotations

import pytest

from centralita.control import LiftBlock
from centralita.pbx.model.device import Device
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import TenantId
from centralita.sip.auth import Authenticator, answer_challenge
from centralita.sip.flow import Flow
from centralita.sip.message import Headers, Request
from centralita.switch import guesses
from centralita.switch.gate import Barred, Challenged, FromDevice, FromTrunk, Gate
from centralita.throttle import Throttle, ThrottleLimits

PHONE = Flow("UDP", "192.0.2.10", 5060)
PROVIDER = Flow("UDP", "203.0.113.1", 5060)


class Wall:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def tenant(name: str) -> Snapshot:
    return Snapshot(
        TenantId(name),
        1,
        [
            Site(id="hq"),
            User(id="ana", name="Ana", site="hq", extension="101"),
            Device.model_validate(
                {"id": "ana", "user": "ana", "username": f"{name}-ana", "password": f"secret of {name}"}
            ),
            Trunk(id="provider", host="sip.example.com", addresses=("198.51.100.0/24",)),
        ],
        {},
    )


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def gate(wall: Wall) -> Gate:
    gate = Gate(
        "centralita",
        Authenticator("centralita", b"k" * 32, algorithms=("MD5", "SHA-256")),
        Throttle(ThrottleLimits(pair=3)),
        wall,
    )
    gate.configure([tenant("one"), tenant("two")], {("one", "provider"): ("203.0.113.1",)})
    return gate


def invite(**headers: str) -> Request:
    fields = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return Request("INVITE", "sip:102@pbx.example.com", Headers(fields))


def answered(gate: Gate, flow: Flow, username: str, password: str, nc: int = 1) -> Request:
    challenged = gate.identify(invite(), flow, username)
    assert isinstance(challenged, Challenged)
    values = [value for _, value in challenged.headers]
    authorization = answer_challenge(
        values, "INVITE", "sip:102@pbx.example.com", username, password, "c0ffee", nc
    )
    assert authorization is not None
    return invite(authorization=authorization)


def test_a_device_is_known_by_its_credentials_whatever_its_address(gate: Gate) -> None:
    visitor = gate.identify(answered(gate, PHONE, "two-ana", "secret of two"), PHONE, "whoever")
    assert isinstance(visitor, FromDevice)
    assert visitor.snapshot.tenant == "two"
    assert visitor.device.id == "ana"


def test_the_password_of_another_tenant_opens_nothing(gate: Gate) -> None:
    request = answered(gate, PHONE, "one-ana", "secret of two")
    assert isinstance(gate.identify(request, PHONE, "one-ana"), Challenged)


def test_a_known_and_an_unknown_user_get_the_same_answer(gate: Gate) -> None:
    known = gate.identify(answered(gate, PHONE, "one-ana", "wrong"), PHONE, "one-ana")
    unknown = gate.identify(answered(gate, PHONE, "nobody", "wrong"), PHONE, "nobody")
    assert isinstance(known, Challenged)
    assert isinstance(unknown, Challenged)
    assert [value.split("nonce=")[0] for _, value in known.headers] == [
        value.split("nonce=")[0] for _, value in unknown.headers
    ]


def test_a_trunk_is_known_by_its_address(gate: Gate) -> None:
    visitor = gate.identify(invite(), PROVIDER, "+34600000001")
    assert isinstance(visitor, FromTrunk)
    assert [snapshot.tenant for snapshot, _ in visitor.candidates] == ["one"]
    network = gate.identify(invite(), Flow("UDP", "198.51.100.77", 5060), "+34600000001")
    assert isinstance(network, FromTrunk)
    assert [snapshot.tenant for snapshot, _ in network.candidates] == ["one", "two"]
    assert isinstance(gate.identify(invite(), PHONE, "+34600000001"), Challenged)


def test_a_device_behind_the_address_of_a_trunk_still_proves_itself(gate: Gate) -> None:
    assert isinstance(gate.identify(invite(), PROVIDER, "one-ana"), Challenged)


def test_guessing_is_stopped_and_a_right_guess_not_told(gate: Gate, wall: Wall) -> None:
    for _ in range(3):
        gate.identify(answered(gate, PHONE, "one-ana", "guess"), PHONE, "one-ana")
    right = answered(gate, PHONE, "one-ana", "secret of one")
    assert isinstance(gate.identify(right, PHONE, "one-ana"), Barred)
    # The colleague behind the same NAT calls on.
    colleague = answered(gate, PHONE, "two-ana", "secret of two")
    assert isinstance(gate.identify(colleague, PHONE, "two-ana"), FromDevice)
    wall.now += 1000
    later = answered(gate, PHONE, "one-ana", "secret of one")
    assert isinstance(gate.identify(later, PHONE, "one-ana"), FromDevice)


def test_an_answer_is_good_for_one_request(gate: Gate) -> None:
    request = answered(gate, PHONE, "one-ana", "secret of one")
    assert isinstance(gate.identify(request, PHONE, "one-ana"), FromDevice)
    again = gate.identify(request, PHONE, "one-ana")
    assert isinstance(again, Challenged)
    assert "stale=true" in again.headers[0][1]


def test_a_new_password_is_in_force_at_once(gate: Gate) -> None:
    assert isinstance(
        gate.identify(answered(gate, PHONE, "one-ana", "secret of one"), PHONE, "x"), FromDevice
    )
    changed = tenant("one")
    device = changed.devices["ana"].model_copy(update={"password": tenant("new").devices["ana"].password})
    gate.configure(
        [Snapshot(TenantId("one"), 2, [*changed.sites.values(), *changed.users.values(), device], {})], {}
    )
    assert isinstance(
        gate.identify(answered(gate, PHONE, "one-ana", "secret of one"), PHONE, "x"), Challenged
    )
    assert isinstance(
        gate.identify(answered(gate, PHONE, "one-ana", "secret of new"), PHONE, "x"), FromDevice
    )


def test_phones_that_give_up_at_an_unknown_algorithm_are_asked_for_md5_alone(gate: Gate) -> None:
    challenged = gate.identify(invite(user_agent="baresip v1.0.0 (x86_64/linux)"), PHONE, "one-ana")
    assert isinstance(challenged, Challenged)
    assert ["MD5" in value for _, value in challenged.headers] == [True]


def test_each_administrator_is_told_of_their_own_devices(gate: Gate, wall: Wall) -> None:
    for username, times in (("one-ana", 4), ("two-ana", 1), ("nobody", 1), ("\udcff" * 500, 1)):
        for _ in range(times):
            gate.identify(answered(gate, PHONE, username, "guess"), PHONE, username)
    told = guesses.report(gate, "one", wall.now)
    assert [(each.scope, each.user, each.tenant, each.failures) for each in told.guessers] == [
        ("pair", "one-ana", "one", 3),
        ("user", "one-ana", "one", 3),
    ]
    assert told.guessers[0].wait > 0
    assert [(each.user, each.source, each.blocked) for each in told.failures] == [
        ("one-ana", "192.0.2.10", True),
        *[("one-ana", "192.0.2.10", False)] * 3,
    ]
    whole = guesses.report(gate, "", wall.now)
    assert {each.user for each in whole.failures} >= {"one-ana", "two-ana", "nobody"}
    assert max(len(each.user) for each in whole.guessers) <= 64
    assert ("source", "192.0.2.10") in [(each.scope, each.source) for each in whole.guessers]
    from centralita.control import encode

    assert encode(whole)


def test_a_block_is_lifted_by_whom_it_concerns(gate: Gate, wall: Wall) -> None:
    for _ in range(3):
        gate.identify(answered(gate, PHONE, "one-ana", "guess"), PHONE, "one-ana")
    assert isinstance(
        gate.identify(answered(gate, PHONE, "one-ana", "secret of one"), PHONE, "one-ana"), Barred
    )
    for request in (
        LiftBlock(user="one-ana", tenant="two"),
        LiftBlock(user="nobody", tenant="two"),
        LiftBlock(source="192.0.2.10", tenant="one"),
    ):
        with pytest.raises(guesses.NotTheirs):
            guesses.lift(gate, request)
    assert guesses.lift(gate, LiftBlock(user="one-ana", source="192.0.2.10", tenant="one"))
    assert isinstance(
        gate.identify(answered(gate, PHONE, "one-ana", "secret of one"), PHONE, "one-ana"), FromDevice
    )
