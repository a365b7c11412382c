"""The scenarios of tests/scenarios with real telephones: a running switch decides and ends as the simulator told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from support import office, scenarios
from support.exchange import Exchange
from support.sip import Peer
from support.waiting import until

#: A user's telephone → the device of theirs that is registered, where it is named otherwise.
DEVICE_OF = {"carla": "carla-desk"}
#: How a telephone takes the call → the SIPp scenario that does so.
PHONES = {"answered": "device_answers", "486": "device_busy"}
CASES = [case for file in scenarios.files() for case in scenarios.cases(file)]


@pytest.fixture(scope="module", params=scenarios.files())
def shop(request, tmp_path_factory, ports, prepared, trunk_address):
    """An exchange with the objects of one file."""
    exchange = Exchange(tmp_path_factory.mktemp("shop"), ports, audio=1)
    exchange.prepare(prepared)
    exchange.apply(scenarios.documents(request.param, int(trunk_address.rpartition(":")[2])))
    exchange.start()
    yield exchange
    exchange.stop()
    assert not exchange.complaints()


@pytest.fixture
def exchange(shop):
    shop.forget()
    yield shop
    for device in {each.device for each in shop.control.registrations()}:
        peer = Peer("127.0.0.1", shop.sip)
        peer.register(device, office.password(device), "Contact: *", "Expires: 0")
        peer.close()
    shop.assert_no_leak()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_goes_as_the_simulator_says(case, exchange, phone_of, sipp_device, run_sipp, trunk_calls):
    told = scenarios.played(case, scenarios.snapshot(case.file))
    for user, how in case.phones:
        run_sipp(PHONES[how], local=sipp_device(DEVICE_OF.get(user, user)))
    if case.user:
        call_from_inside(case, exchange, phone_of(case.user))
    else:
        call_from_outside(case, told, trunk_calls)

    record = exchange.record()
    assert record.outcome is told.outcome
    assert (record.answer.user if record.answer else "") == told.by
    if told.answered_after is None:
        assert record.sip_status == told.sip_status
    live = [(each.rule, each.target, each.node, each.pressed) for each in record.decisions]
    assert live == [(step.rule, step.target, step.node, step.pressed) for step in told.steps]
    # What opening hours say holds the time of day, which is another one.
    assert [each.reason for each in record.decisions if each.rule != "hours"] == [
        step.reason for step in told.steps if step.rule != "hours"
    ]
    assert [each.passed for each in record.decisions] == [step.passed for step in told.steps]
    assert record.tags == told.tags
    shown = exchange.json("calls", "show", record.journey)
    assert tuple(each["rule"] for each in shown["decisions"]) == case.rules


def call_from_outside(case, told, trunk_calls):
    keys = {"caller": case.caller}
    if told.sip_status == 200:
        trunk_calls(case.to, hold=case.leaves or 1.0, keys=keys).finish()
    else:
        trunk_calls(case.to, "caller_refused", keys=keys).finish()


def call_from_inside(case, exchange, caller):
    """Dial, press when asked, and hang up once somebody else is on the line, or after a while with the exchange."""
    caller.dial(case.to)
    caller.answered()
    for digits in case.press:
        caller.press(digits)
    if "voicemail" in case.rest:
        until(
            lambda: any(call.state == "voicemail" for call in exchange.live()),
            "the voicemail",
            seen=exchange.live,
        )
    else:
        until(lambda: any(call.state == "talking" for call in exchange.live()), "talk", seen=exchange.live)
    caller.hang_up()
    caller.ended()
