"""Click-to-call over real telephones: mine ring first, then the other's; it is one call, with the rights of who clicked."""

from __future__ import annotations

import pytest

from centralita.control import HangUp, RequestRefused
from centralita.pbx.vocabulary import Direction, Outcome
from support import audio, office
from support.waiting import until

VOICE_OF_ANA = audio.chatter(40, seed=1)
VOICE_OF_BERTA = audio.chatter(40, seed=2)


def hears(voice):
    return lambda heard: heard.seconds > 1.8 and audio.find(heard.part(-1.5), voice).likeness > 0.9


def state(exchange):
    live = exchange.live()
    return [(call.caller, call.dialled, call.state, call.user) for call in live]


def test_my_telephone_rings_and_then_the_other(exchange, phone_of):
    ana, berta = phone_of("ana", VOICE_OF_ANA), phone_of("berta", VOICE_OF_BERTA)
    call = exchange.control.start_call("ana", "102", office.TENANT)
    ringing = ana.rings()
    assert "102" in ringing.peer
    assert state(exchange) == [("101", "102", "ringing", "ana")]
    ana.accept()
    assert "101" in berta.rings().peer
    berta.accept()
    berta.hears(hears(VOICE_OF_ANA), "Ana")
    ana.hears(hears(VOICE_OF_BERTA), "Berta")
    assert state(exchange) == [("101", "102", "talking", "ana")]
    exchange.control.direct(HangUp(journey=call, tenant=office.TENANT, by="ana@example.com"))
    ana.ended()
    berta.ended()
    record = exchange.record()
    assert (record.journey, record.outcome, record.direction) == (
        call,
        Outcome.ANSWERED,
        Direction.INTERNAL,
    )
    assert (record.user, record.answer.user) == ("ana", "berta")
    assert [each.rule for each in record.decisions][:2] == ["originate", "extension"]


def test_a_number_outside_goes_by_the_trunk_and_shows_who_calls(exchange, phone_of, run_sipp, trunk_address):
    provider = run_sipp("device_hangs_up", local=trunk_address, hold=1.0)
    phone_of("ana", answers=True)
    exchange.control.start_call("ana", "932000000", office.TENANT)
    provider.finish()
    assert office.SITE_NUMBER in provider.messages()
    record = exchange.record()
    assert (record.outcome, record.direction, record.dialled) == (
        Outcome.ANSWERED,
        Direction.OUTBOUND,
        "932000000",
    )
    assert record.answer.target == "trunk:provider"


def test_what_one_may_not_dial_one_may_not_click(exchange, phone_of):
    phone_of("ana", answers=True)
    exchange.control.start_call("ana", "806123456", office.TENANT)
    until(lambda: not exchange.live(), "the end of the call", seconds=30)
    record = exchange.record()
    assert record.outcome is Outcome.FAILED  # as when it is dialled
    assert "premium-barred" in [each.rule for each in record.decisions]
    assert not [leg for leg in record.legs if leg.target.startswith("trunk:")]


def test_without_a_telephone_nothing_begins(exchange):
    with pytest.raises(RequestRefused, match="no telephone of Ana is registered"):
        exchange.control.start_call("ana", "102", office.TENANT)
    assert not exchange.live()
