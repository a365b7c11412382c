"""Calls to the outside over real trunks: one after the other by cause, permissions, PIN, limits, and calls for help."""

from __future__ import annotations

import re

import pytest

from centralita.pbx.vocabulary import Outcome, StepEnd
from support import audio, office
from support.sip import Peer
from support.waiting import until

NUMBER, E164 = "932000000", "+34932000000"
LOCATION = "Calle Mayor 1, 2º, 28013 Madrid"


@pytest.fixture
def trunks(own_exchange, ports):
    """Two trunks in the place of the office's one: ``trunks(alfa fields, beta fields, further documents)`` → their addresses."""

    def apply(alfa=None, beta=None, more=()):
        documents = [each for each in office.documents(5099) if each.get("id") != "provider"]
        for each in documents:
            each.pop("trunk", None)
            if each["kind"] == "site":
                each["location"] = LOCATION
        addresses = []
        for name, host, fields in (("alfa", "127.0.0.4", alfa), ("beta", "127.0.0.5", beta)):
            given = {"host": host, "port": ports.take(4), **(fields or {})}
            addresses.append(f"{given['host']}:{given['port']}")
            documents.append({"kind": "trunk", "id": name, "options_seconds": 0, **given})
        own_exchange.apply([*documents, *more])
        return addresses

    return apply


@pytest.fixture
def device(own_exchange, ports, run_sipp):
    """Calls by a registered telephone: ``device("ana", number, scenario, …)``."""
    addresses = {}

    def call(user, number=NUMBER, scenario="device_calls", **options):
        credentials = (user, office.password(user))
        address = f"127.0.0.3:{ports.take(4)}"
        if user not in addresses:
            addresses[user] = address
            run_sipp(
                "register",
                local=address,
                remote=own_exchange.sip,
                service=user,
                credentials=credentials,
                keys={"expires": "120"},
            ).finish()
        return run_sipp(
            scenario,
            local=address,
            remote=own_exchange.sip,
            service=number,
            keys={"user": user},
            credentials=credentials,
            **options,
        )

    return call


def received(run):
    """Status lines that a SIPp got for its INVITEs, without the provisional ones and the challenge."""
    messages = [each for each in run.messages().split("-" * 47) if "message received" in each]
    invites = [each for each in messages if re.search(r"^CSeq: \d+ INVITE", each, re.M)]
    found = [re.search(r"^SIP/2\.0 (\d+)", each, re.M)[1] for each in invites]
    return [status for status in found if status not in ("100", "180", "183", "401", "407")]


def legs(record):
    return [(leg.target, leg.end, leg.sip_status) for leg in record.legs if leg.leg != "a"]


def trace(record, rule):
    return [decision.reason for decision in record.decisions if decision.rule == rule]


def test_a_trunk_that_refuses_is_followed_by_the_next(own_exchange, trunks, device, run_sipp):
    alfa, beta = trunks()
    first = run_sipp("provider_unavailable", local=alfa)
    second = run_sipp("device_answers", local=beta, hold=0.2)
    caller = device("ana", hold=0.3)
    caller.finish()
    first.finish()
    second.finish()
    assert received(caller) == ["200"]
    record = own_exchange.record()
    assert record.outcome is Outcome.ANSWERED
    (failed, _, status), (answered, _, _) = legs(record)
    assert (failed, status, answered) == ("trunk:alfa", 503, "trunk:beta")
    assert [step.end for step in record.steps if step.kind == "trunk"] == [
        StepEnd.UNREACHABLE,
        StepEnd.ANSWERED,
    ]
    assert "503" in trace(record, "trunk")[1]
    own_exchange.assert_no_leak()


def test_a_trunk_that_says_nothing_is_given_up_soon(own_exchange, trunks, device, run_sipp):
    dead = Peer("127.0.0.4", own_exchange.sip)
    _, beta = trunks(alfa={"port": dead.port})
    second = run_sipp("device_answers", local=beta, hold=0.2)
    caller = device("ana", hold=0.3)
    caller.finish()
    second.finish()
    record = own_exchange.record()
    assert [target for target, _, _ in legs(record)] == ["trunk:alfa", "trunk:beta"]
    assert 4.0 < record.answers[0].at - record.started_at < 8.0
    assert "did not answer at all" in trace(record, "trunk")[1]
    dead.close()


def test_a_full_trunk_is_passed_over(own_exchange, trunks, device, run_sipp):
    alfa, beta = trunks(alfa={"max_calls": 1})
    first = run_sipp("device_answers", local=alfa, hold=0.1)
    one = device("berta", hold=4)
    until(lambda: "ACK sip:" in first.messages(), "the first call is up")
    second = run_sipp("device_answers", local=beta, hold=0.1)
    device("ana", hold=0.2).finish()
    for each in (second, one, first):
        each.finish()
    records = own_exchange.records(2)
    assert [legs(record)[0][0] for record in records] == ["trunk:alfa", "trunk:beta"]
    assert "1 lines are taken" in trace(records[1], "trunk-passed")[0]


def test_a_busy_callee_is_busy_through_every_trunk(own_exchange, trunks, device, run_sipp):
    alfa, beta = trunks()
    first = run_sipp("device_busy", local=alfa)
    second = Peer("127.0.0.5", own_exchange.sip)
    caller = device("ana", scenario="device_refused")
    caller.finish()
    first.finish()
    assert caller.logged() == ["status 486"]
    record = own_exchange.record()
    assert record.outcome is Outcome.BUSY
    assert [target for target, _, _ in legs(record)] == ["trunk:alfa"]
    assert trace(record, "no-fail-over")
    assert beta
    second.close()


def test_numbers_are_changed_and_shown_as_the_route_says(own_exchange, trunks, device, run_sipp):
    route = {
        "kind": "outbound-route",
        "id": "barcelona",
        "patterns": ["+3493*"],
        "trunks": [{"trunk": "beta", "strip": 2, "prepend": "1033"}],
        "caller_number": office.NUMBERS["berta"],
    }
    _, beta = trunks(more=[route])
    provider = run_sipp("device_answers", local=beta, hold=0.1)
    device("ana", hold=0.2).finish()
    provider.finish()
    messages = provider.messages()
    assert re.search(r"^INVITE sip:1033932000000@", messages, re.M)
    assert f"<sip:{office.NUMBERS['berta']}@" in re.search(r"^From: .*", messages, re.M)[0]
    record = own_exchange.record()
    assert "barcelona" in trace(record, "outbound-route")[0]
    assert "written as 1033932000000" in trace(record, "trunk")[0]


def test_help_is_called_by_whatever_is_there(own_exchange, trunks, device, run_sipp):
    """The first trunk is full and the second refuses: the first is tried all the same, and told where help is wanted."""
    alfa, beta = trunks(alfa={"max_calls": 1})
    first = run_sipp("device_answers", local=alfa, hold=0.1, calls=2)
    one = device("berta", hold=4)
    until(lambda: "ACK sip:" in first.messages(), "the first call is up")
    second = run_sipp("provider_unavailable", local=beta)
    device("ana", "112", hold=0.2).finish()
    for each in (second, one, first):
        each.finish()
    (invite,) = [
        each for each in first.messages().split("-" * 47) if re.search(r"^INVITE sip:112@", each, re.M)
    ]
    assert re.search(r"^priority: emergency", invite, re.M | re.I)
    assert re.search(rf"^p-asserted-identity: <sip:\{office.SITE_NUMBER}@", invite, re.M | re.I)
    assert "Calle%20Mayor%201" in invite
    record = own_exchange.records(2)[1]
    assert [target for target, _, _ in legs(record)] == ["trunk:beta", "trunk:alfa"]
    assert LOCATION in trace(record, "emergency-route")[0]


def test_so_many_calls_at_once(own_exchange, trunks, device, run_sipp):
    limit = {
        "kind": "permission",
        "id": "p",
        "allow": ["internal", "local", "national"],
        "max_calls": 1,
    }
    alfa, _ = trunks(more=[limit])
    provider = run_sipp("device_answers", local=alfa, hold=0.1, calls=2)
    one = device("ana", hold=3)
    until(lambda: "ACK sip:" in provider.messages(), "the first call is up")
    second = device("ana", scenario="device_refused", seconds=20)
    second.finish()
    one.finish()
    assert second.logged() == ["status 403"]
    device("ana", hold=0.2).finish()
    provider.finish()
    records = own_exchange.records(3)
    assert [record.outcome for record in records] == [Outcome.ANSWERED, Outcome.REJECTED, Outcome.ANSWERED]
    assert trace(records[1], "calls-limit")


def test_a_class_that_is_not_allowed(own_exchange, trunks, device):
    trunks()
    caller = device("ana", "806123456", scenario="device_refused", seconds=20)
    caller.finish()
    assert caller.logged() == ["status 403"]
    assert trace(own_exchange.record(), "premium-barred")


def test_the_pin_opens_the_way(own_exchange, trunks, new_phone, run_sipp):
    locked = {
        "kind": "permission",
        "id": "p",
        "allow": ["internal"],
        "pin_for": ["local", "national"],
        "pin": "2468",
    }
    alfa, _ = trunks(more=[locked])
    provider = run_sipp("device_answers", local=alfa, hold=0.5, seconds=40)
    ana = new_phone(audio.tone(300, seconds=60, dbfs=-60), office.account(own_exchange, "ana"))
    ana.registered()
    ana.dial(NUMBER)
    ana.answered()
    ana.hears(lambda heard: not audio.is_silent(heard), "the question")
    ana.press("1111#")
    ana.press("2468#")
    until(lambda: re.search(r"^ACK sip:", provider.messages(), re.M), "the call is up", seconds=15)
    ana.hang_up()
    provider.finish()
    record = own_exchange.record()
    assert record.outcome is Outcome.ANSWERED
    assert trace(record, "pin")
    assert "2468" not in "".join(decision.reason + decision.pressed for decision in record.decisions)
    own_exchange.assert_no_leak()
