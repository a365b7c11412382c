"""SIPp's scenarios against the exchange: what providers and devices do on the wire, the races included."""

from __future__ import annotations

import re

import pytest

from centralita.pbx.vocabulary import Outcome, Party
from support import audio, office
from support.waiting import until


def contacts(exchange, device):
    return [each for each in exchange.control.registrations() if each.device == device]


# --- registration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_register_with_digest(exchange, run_sipp, ports, transport):
    address = f"127.0.0.3:{ports.take(4)}"
    run_sipp(
        "register",
        local=address,
        remote=exchange.sip,
        service="ana",
        credentials=("ana", office.password("ana")),
        keys={"expires": "120"},
        transport=transport,
    ).finish()
    found = [each for each in contacts(exchange, "ana") if address in each.contact]
    if transport == "u1":
        (contact,) = found
        assert contact.user == "ana"
        assert 110 < contact.expires_in <= 120


def test_wrong_password(exchange, run_sipp, ports):
    before = len(contacts(exchange, "david"))
    for user in ("david", "nobody"):
        run = run_sipp(
            "register_refused",
            local=f"127.0.0.3:{ports.take(4)}",
            remote=exchange.sip,
            service=user,
            credentials=(user, "not-the-password"),
            keys={"expires": "120"},
        )
        run.finish()
    assert len(contacts(exchange, "david")) == before


def test_registering_for_another_is_refused(exchange, run_sipp, ports):
    """Ana's credentials are good, and do not make her Berta."""
    run_sipp(
        "register_refused",
        local=f"127.0.0.3:{ports.take(4)}",
        remote=exchange.sip,
        service="berta",
        credentials=("ana", office.password("ana")),
        keys={"expires": "120"},
    ).finish()


def test_too_brief(exchange, run_sipp, ports):
    run = run_sipp(
        "register_too_brief",
        local=f"127.0.0.3:{ports.take(4)}",
        remote=exchange.sip,
        service="ana",
        credentials=("ana", office.password("ana")),
    )
    run.finish()
    assert run.logged() == ["minimum 60"]


def test_unregister_all(exchange, sipp_device, run_sipp, ports):
    sipp_device("carla-desk")
    sipp_device("carla-desk")
    assert len(contacts(exchange, "carla-desk")) == 2
    run_sipp(
        "unregister_all",
        local=f"127.0.0.3:{ports.take(4)}",
        remote=exchange.sip,
        service="carla-desk",
        credentials=("carla-desk", office.password("carla-desk")),
    ).finish()
    assert contacts(exchange, "carla-desk") == []


# --- calls from the provider ----------------------------------------------------------------------------------------


def test_trunk_to_number_to_device(exchange, sipp_device, trunk_calls, run_sipp, rtp_end):
    """Both directions of the audio, packet by packet, from the provider to the device and back."""
    device_audio, trunk_audio = rtp_end("127.0.0.3"), rtp_end("127.0.0.2", ssrc=0x77)
    device = run_sipp("device_answers", local=sipp_device("ana"), media=device_audio.address, hold=0.3)
    call = trunk_calls("ana", hold=3.0, media=trunk_audio.address)
    until(device.audio_port, "the INVITE at the device")
    until(call.audio_port, "the answer")
    here, there = audio.chatter(4, seed=5), audio.chatter(4, seed=6)
    trunk_audio.send(here, ("127.0.0.1", call.audio_port()))
    device_audio.send(there, ("127.0.0.1", device.audio_port()))
    call.finish()
    device.finish()

    for voice, end in ((here, device_audio), (there, trunk_audio)):
        likeness = [match.likeness for match in audio.matches(voice.part(0.2, 2.2), end.heard())]
        assert min(likeness) > 0.98, likeness
        assert end.sources()
        assert all(source[0] == "127.0.0.1" for source in end.sources())
    record = exchange.record()
    assert record.outcome is Outcome.ANSWERED
    assert (record.caller, record.dialled) == ("+34600123123", office.NUMBERS["ana"])
    assert record.via == "trunk:provider"
    assert record.ended_by is Party.CALLER
    assert 2.5 < record.talking < 4.5
    invite = device.messages()
    assert "+34600123123" in re.search(r"^From: .*", invite, re.M)[0]


def test_callee_hangs_up(exchange, sipp_device, trunk_calls, run_sipp):
    device = run_sipp("device_hangs_up", local=sipp_device("ana"), hold=0.3)
    trunk_calls("ana", "caller_waits").finish()
    device.finish()
    assert exchange.record().ended_by is Party.CALLEE


def test_cancel_before_answer(exchange, sipp_device, trunk_calls, run_sipp):
    device = run_sipp("device_rings", local=sipp_device("ana"))
    trunk_calls("ana", "caller_cancels", hold=0.3).finish()
    device.finish()
    record = exchange.record()
    assert record.outcome is Outcome.ABANDONED
    assert record.sip_status == 487


def test_cancel_crosses_the_answer_of_the_device(exchange, sipp_device, trunk_calls, run_sipp):
    """The device's 200 meets our CANCEL: it is acknowledged and ended by BYE; the caller has long been told 487."""
    device = run_sipp("device_answers_late", local=sipp_device("ana"))
    trunk_calls("ana", "caller_cancels", hold=0.3).finish()
    device.finish()
    assert exchange.record().outcome is Outcome.ABANDONED


def test_cancel_crosses_our_answer(exchange, sipp_device, trunk_calls, run_sipp):
    device = run_sipp("device_takes", local=sipp_device("ana"))
    trunk_calls("ana", "caller_cancels_late").finish()
    device.finish()
    assert exchange.record().outcome is Outcome.ANSWERED


def test_first_answer_wins(exchange, sipp_device, trunk_calls, run_sipp):
    desk = run_sipp("device_rings", local=sipp_device("carla-desk"))
    mobile = run_sipp("device_answers", local=sipp_device("carla-mobile"), hold=0.4)
    trunk_calls("carla", hold=0.3).finish()
    mobile.finish()
    desk.finish()
    record = exchange.record()
    assert record.answer.target == "device:carla-mobile"


def test_both_answer_at_once(exchange, sipp_device, trunk_calls, run_sipp):
    """Two devices say 200 in the same moment: one gets the call, the other ACK and BYE at once."""
    runs = [run_sipp("device_takes", local=sipp_device(name)) for name in ("carla-desk", "carla-mobile")]
    trunk_calls("carla", hold=0.5).finish()
    for run in runs:
        run.finish()
    record = exchange.record()
    assert record.outcome is Outcome.ANSWERED
    assert len(record.answers) == 1


def test_hold_and_resume(exchange, sipp_device, trunk_calls, run_sipp, rtp_end):
    """Music for the one who waits; after resuming each hears the other again, in both directions."""
    device_audio, trunk_audio = rtp_end("127.0.0.3"), rtp_end("127.0.0.2", ssrc=0x77)
    device = run_sipp("device_answers", local=sipp_device("ana"), media=device_audio.address)
    call = trunk_calls("ana", "caller_holds", hold=1.6, media=trunk_audio.address, seconds=30)
    until(call.audio_port, "the answer")
    here, there = audio.chatter(6, seed=15), audio.chatter(6, seed=16)
    trunk_audio.send(here, ("127.0.0.1", call.audio_port()))
    device_audio.send(there, ("127.0.0.1", device.audio_port()))
    call.finish()
    device.finish()

    heard = device_audio.heard()
    for at in (0.3, 3.8):
        assert audio.find(here.part(at, at + 0.6), heard).likeness > 0.95, f"the caller at {at} s"
    assert audio.find(here.part(2.2, 2.8), heard).likeness < 0.4, "nothing of the caller while holding"
    assert audio.find(there.part(0.3, 0.9), trunk_audio.heard()).likeness > 0.95
    assert audio.find(there.part(3.8, 4.4), trunk_audio.heard()).likeness > 0.95
    assert audio.find(there.part(2.2, 2.8), trunk_audio.heard()).likeness < 0.4, "who holds hears nothing"
    record = exchange.record()
    (hold,) = record.leg("a").holds
    assert 1.2 < hold.until - hold.at < 2.5


def test_busy_device(exchange, sipp_device, trunk_calls, run_sipp):
    device = run_sipp("device_busy", local=sipp_device("david"))
    call = trunk_calls("david", "caller_refused")
    call.finish()
    device.finish()
    assert call.logged() == ["status 486"]
    record = exchange.record()
    assert (record.outcome, record.q850) == (Outcome.BUSY, 17)


def test_nobody_answers(exchange, sipp_device, trunk_calls, run_sipp):
    device = run_sipp("device_rings", local=sipp_device("fermin"))
    call = trunk_calls("fermin", "caller_refused")
    call.finish()
    device.finish()
    assert call.logged() == ["status 480"]
    record = exchange.record()
    assert record.outcome is Outcome.NO_ANSWER
    assert 2.5 < record.waiting < 5


def test_unreachable(exchange, trunk_calls):
    call = trunk_calls("eva", "caller_refused")
    call.finish()
    assert call.logged() == ["status 480"]
    assert exchange.record().outcome is Outcome.UNREACHABLE


def test_number_of_nobody(exchange, trunk_calls):
    call = trunk_calls("+34919999999", "caller_refused")
    call.finish()
    assert call.logged() == ["status 404"]


def test_stranger_without_credentials(exchange, run_sipp, ports):
    """An INVITE from an address that is no trunk's is challenged, and goes nowhere."""
    call = run_sipp(
        "caller_challenged",
        local=f"127.0.0.9:{ports.take(4)}",
        remote=exchange.sip,
        service="101",
        keys={"caller": "101"},
    )
    call.finish()


def test_registered_device_calls(exchange, sipp_device, run_sipp):
    callee = run_sipp("device_answers", local=sipp_device("berta"))
    caller = run_sipp(
        "device_calls",
        local=sipp_device("ana"),
        remote=exchange.sip,
        service="102",
        keys={"user": "ana"},
        credentials=("ana", office.password("ana")),
        hold=0.3,
    )
    caller.finish()
    callee.finish()
    record = exchange.record()
    assert (record.caller, record.dialled, record.user) == ("101", "102", "ana")


# --- session timers -------------------------------------------------------------------------------------------------


def test_session_timer_too_brief(exchange, trunk_calls, sipp_device):
    sipp_device("ana")
    call = trunk_calls("ana", "caller_too_brief")
    call.finish()
    assert call.logged() == ["minimum 90"]


def test_session_is_refreshed(exchange, sipp_device, trunk_calls, run_sipp):
    device = run_sipp("device_answers", local=sipp_device("ana"))
    call = trunk_calls("ana", "caller_refreshes", keys={"expires": "90"}, hold=0.3)
    call.finish()
    device.finish()
    assert [line.split()[0] for line in call.logged()] == ["agreed", "again", "again"]


# --- to the outside -------------------------------------------------------------------------------------------------


def test_out_through_the_trunk(exchange, sipp_device, trunk_address, run_sipp):
    """The number goes out as the provider wants it, with the site's number as the caller's."""
    provider = run_sipp("device_answers", local=trunk_address, hold=0.2)
    caller = run_sipp(
        "device_calls",
        local=sipp_device("ana"),
        remote=exchange.sip,
        service="932000000",
        keys={"user": "ana"},
        credentials=("ana", office.password("ana")),
        hold=0.3,
    )
    caller.finish()
    provider.finish()
    received = provider.messages()
    assert re.search(r"^INVITE sip:\+34932000000@", received, re.M)
    assert f"<sip:{office.SITE_NUMBER}@" in re.search(r"^From: .*", received, re.M)[0]
    record = exchange.record()
    assert record.direction.value == "outbound", record
    assert record.dialled in ("932000000", "+34932000000")


def test_abroad_is_off(exchange, sipp_device, run_sipp):
    caller = run_sipp(
        "device_refused",
        local=sipp_device("ana"),
        remote=exchange.sip,
        service="00442079460000",
        keys={"user": "ana"},
        credentials=("ana", office.password("ana")),
        seconds=20,
    )
    caller.finish()
    assert caller.logged() == ["status 403"]


def test_emergency_always_goes(exchange, sipp_device, trunk_address, run_sipp):
    provider = run_sipp("device_answers", local=trunk_address, hold=0.2)
    run_sipp(
        "device_calls",
        local=sipp_device("david"),
        remote=exchange.sip,
        service="112",
        keys={"user": "david"},
        credentials=("david", office.password("david")),
        hold=0.3,
    ).finish()
    provider.finish()
    assert re.search(r"^INVITE sip:112@", provider.messages(), re.M)
