from __future__ import annotations

import sys
from pathlib import Path

import pytest

from centralita.pbx.callcontrol import RingResult
from centralita.pbx.model.user import Personal, VoicemailOptions
from centralita.pbx.reach import reach
from centralita.pbx.routing import (
    Destination,
    LeaveMessage,
    Outside,
    Refusal,
    RingUser,
    Service,
    StarCode,
    route_from_trunk,
    route_from_user,
)
from centralita.pbx.speech.phrases import Say
from centralita.pbx.vocabulary import StepEnd

sys.path.insert(0, str(Path(__file__).parent))

from scripted import ScriptedCall, office

NO_VOICEMAIL = VoicemailOptions(enabled=False)


@pytest.mark.parametrize(
    ("dialled", "expected", "rule"),
    [
        ("102", RingUser, "extension"),
        ("700", Service, "extension"),
        ("*43", StarCode, "feature-code"),
        ("112", Outside, "emergency"),
        ("061", Outside, "emergency"),
        ("600123123", Outside, "outside"),
        ("0034600123123", Outside, "outside"),
        ("+4930123456", Refusal, "abroad-barred"),
        ("+34910000001", RingUser, "number"),
        ("999", Refusal, "invalid"),
        ("102&103", Refusal, "invalid"),
        ("102\r\nX: y", Refusal, "invalid"),
        ("", Refusal, "invalid"),
    ],
)
def test_what_a_user_reaches(dialled: str, expected: type[Destination], rule: str) -> None:
    snapshot = office()
    route = route_from_user(snapshot, snapshot.users["ana"], dialled)
    assert isinstance(route.destination, expected)
    assert route.decision.rule == rule
    assert route.decision.reason
    assert "FeatureKind" not in route.decision.reason


def test_an_emergency_number_wins_over_everything() -> None:
    snapshot = office()
    route = route_from_user(snapshot, snapshot.users["ana"], "112")
    assert route.destination == Outside("112", emergency=True)


def test_where_the_numbers_lead() -> None:
    snapshot = office()
    trunk = snapshot.trunks["provider"]
    main = route_from_trunk(snapshot, trunk, "+34910000001").destination
    assert isinstance(main, RingUser)
    assert (main.user.id, main.name_prefix) == ("ana", "Main")
    box = route_from_trunk(snapshot, trunk, "+34910000002").destination
    assert isinstance(box, LeaveMessage)
    assert isinstance(route_from_trunk(snapshot, trunk, "+34910000003").destination, Service)
    assert isinstance(route_from_trunk(snapshot, trunk, "+34999999999").destination, Refusal)
    other = trunk.model_copy(update={"id": "cheap"})
    assert route_from_trunk(snapshot, other, "+34910000003").decision.rule == "other-trunk"


def ring(dialled: str, call: ScriptedCall) -> list[str]:
    user = call.snapshot.users["ana"]
    return call.run(reach(call, route_from_user(call.snapshot, user, dialled).destination))


def test_answered() -> None:
    assert ring("102", ScriptedCall(office())) == ["ring luis", "talk"]


@pytest.mark.parametrize(
    ("end", "setting"),
    [
        (StepEnd.BUSY, "forward_busy"),
        (StepEnd.REJECTED, "forward_busy"),
        (StepEnd.NO_ANSWER, "forward_no_answer"),
        (StepEnd.UNREACHABLE, "forward_unreachable"),
    ],
)
def test_each_end_has_its_own_way_on(end: StepEnd, setting: str) -> None:
    phones = {"luis": RingResult(end)}
    call = ScriptedCall(office(luis=Personal.model_validate({setting: "103"})), phones=phones)
    assert ring("102", call) == ["ring luis", f"decide forward-{end.value}", "ring eva for 102", "talk"]
    elsewhere = ScriptedCall(office(luis=Personal(forward_always="")), phones=phones)
    assert ring("102", elsewhere) == ["ring luis", "decide voicemail", "answer voicemail", "record"]
    assert len(elsewhere.boxes["luis"].kept) == 1


def test_do_not_disturb_does_not_ring() -> None:
    call = ScriptedCall(office(luis=Personal(do_not_disturb=True, voicemail=NO_VOICEMAIL)))
    assert ring("102", call) == ["decide do-not-disturb", "refuse 486"]


def test_forward_always_does_not_ring() -> None:
    call = ScriptedCall(office(luis=Personal(forward_always="600123123")))
    assert ring("102", call) == [
        "decide forward-forwarded",
        "decide trunk",
        "dial +34600123123 for luis",
        "talk",
    ]


def test_a_forwarding_that_the_user_may_not_dial_is_refused() -> None:
    call = ScriptedCall(office(luis=Personal(forward_always="+4930123456", voicemail=NO_VOICEMAIL)))
    story = ring("102", call)
    assert "decide forward-refused" in story
    assert not any(line.startswith("dial") for line in story)


def test_nobody_forwards_to_an_emergency_number() -> None:
    call = ScriptedCall(office(luis=Personal(forward_always="112")))
    assert not any(line.startswith("dial") for line in ring("102", call))


def test_a_circle_of_forwardings_ends() -> None:
    call = ScriptedCall(office(luis=Personal(forward_always="103"), eva=Personal(forward_always="102")))
    story = ring("102", call)
    assert "decide forward-loop" in story
    assert story[-1] == "record"


def test_a_phone_that_redirects() -> None:
    phones = {"luis": RingResult(StepEnd.FORWARDED, 302, "103")}
    assert ring("102", ScriptedCall(office(), phones=phones))[-2:] == ["ring eva for 102", "talk"]


def test_busy_by_number_of_calls_and_unreachable_without_a_phone() -> None:
    busy = ScriptedCall(office(luis=Personal(voicemail=NO_VOICEMAIL)))
    busy.calls_of["luis"] = 2
    assert ring("102", busy) == ["decide busy", "refuse 486"]
    gone = ScriptedCall(office(luis=Personal(voicemail=NO_VOICEMAIL)))
    gone.unregistered.add("luis")
    assert ring("102", gone) == ["decide unreachable", "refuse 480"]


def test_lines_busy_is_said() -> None:
    call = ScriptedCall(office(), outside=RingResult(StepEnd.FAILED, 503))
    assert ring("600123123", call) == ["decide trunk", "dial +34600123123", "refuse 503"]
    assert call.said == [Say.LINES_BUSY]


# --- services -------------------------------------------------------------------------------------------------------


def test_a_message_too_short_is_none() -> None:
    call = ScriptedCall(office(), user=None, speaks=0.4)
    call.run(reach(call, LeaveMessage(call.snapshot.users["eva"])))
    assert call.boxes["eva"].kept == []
    assert Say.MESSAGE_TOO_SHORT in call.said


def test_star_codes_set_and_confirm() -> None:
    call = ScriptedCall(office())
    assert ring("*72103", call) == ["answer feature", "set ana {'forward_always': '103'}"]
    assert Say.ACTIVATED_TO in call.said
    assert ring("*73", ScriptedCall(office()))[-1] == "set ana {'forward_always': ''}"
    assert ring("*78", ScriptedCall(office()))[-1] == "set ana {'do_not_disturb': True}"


@pytest.mark.parametrize("target", ["101", "+4930123456", "112", "", "*43"])
def test_star_codes_refuse_a_bad_target(target: str) -> None:
    call = ScriptedCall(office())
    assert not any(line.startswith("set") for line in ring(f"*72{target}", call))


def test_a_change_that_is_not_stored_is_not_confirmed() -> None:
    call = ScriptedCall(office())
    call.stored = False
    ring("*78", call)
    assert Say.FEATURE_FAILED in call.said
    assert Say.ACTIVATED not in call.said


def menu(call: ScriptedCall) -> list[str]:
    return ring("*97", call)


def with_messages(*presses: str, pin: str = "") -> ScriptedCall:
    from centralita.pbx.callcontrol import Take

    call = ScriptedCall(office(ana=Personal(voicemail=VoicemailOptions(pin=pin))), presses=presses)
    box = call.mailbox(call.snapshot.users["ana"])
    for number in range(2):
        box.add(Take(Path(f"/message{number}.wav"), 4.0))
    return call


def test_listen_keep_and_delete() -> None:
    call = with_messages("1", "2", "3", "*")
    menu(call)
    box = call.boxes["ana"]
    assert [(message.id, message.heard) for message in box.kept] == [("m0", True)]
    assert Path("/message0.wav") in call.said
    assert Path("/message1.wav") in call.said


def test_record_and_drop_a_greeting() -> None:
    call = with_messages("4", "1", "1", "*")
    menu(call)
    assert call.boxes["ana"].own_greeting == Path("/draft.wav")
    call = with_messages("4", "3", "*")
    call.boxes["ana"].own_greeting = Path("/old.wav")
    menu(call)
    assert call.boxes["ana"].own_greeting is None


def test_the_pin_keeps_others_out() -> None:
    call = with_messages("1111#", "2222#", "3333#", pin="4711")
    menu(call)
    assert Say.YOU_HAVE not in call.said
    assert call.boxes["ana"].failures == 3
    call = with_messages("4711#", "*", pin="4711")
    menu(call)
    assert Say.YOU_HAVE in call.said


def test_a_mailbox_from_outside_needs_its_pin() -> None:
    snapshot = office(ana=Personal(voicemail=VoicemailOptions(pin="4711")))
    call = ScriptedCall(snapshot, user=None, presses=["101#", "4711#", "*"])
    call.run(reach(call, Service("voicemail")))
    assert Say.NO_MESSAGES in call.said
    without = ScriptedCall(snapshot, user=None, presses=["102#", "0000#", "0000#", "0000#"])
    without.run(reach(without, Service("voicemail")))
    assert Say.NO_MESSAGES not in without.said
    assert without.said.count(Say.WRONG_PIN) == 3
