"""What a caller goes through in a queue: the coroutine against scripted news, keys and telephones."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from centralita.pbx.acd.news import (
    Announce,
    AnnounceKind,
    Moved,
    Offer,
    Pressed,
    QueueExit,
    Reason,
    Release,
    Withdrawn,
)
from centralita.pbx.acd.waiting import offer_callback, wait_in_queue
from centralita.pbx.callcontrol import CallerGone, RingResult
from centralita.pbx.model.queue import Queue
from centralita.pbx.speech.phrases import Say
from centralita.pbx.vocabulary import StepEnd
from unit.acd.waiting_caller import WaitingCaller, office

T = TypeVar("T")
ANSWERED = RingResult(StepEnd.ANSWERED, user="ana")
NO_ANSWER = RingResult(StepEnd.NO_ANSWER)
WITHDRAWN = RingResult(StepEnd.WITHDRAWN)
OFFER = Offer("c", "sales", ("ana",), 20.0)
QUEUE = Queue(
    id="sales",
    welcome="patience",
    music="jazz",
    priority=2,
    exits={"0": "operator"},
    callback={"digit": "1"},
)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Nothing that is scripted ever waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # what the coroutine returned
    raise AssertionError("waits for something that is not scripted")


def stay(call: WaitingCaller, queue: Queue = QUEUE, **options: Any) -> QueueExit:
    return run(wait_in_queue(call, queue, **options))  # type: ignore[arg-type]  # as much of it as a queue needs


def test_answered_welcomed_entertained_and_put_through() -> None:
    call = WaitingCaller(OFFER, rings=[ANSWERED])
    assert stay(call, skills={"english": 3}, last_agent="luis") == QueueExit(
        Reason.ANSWERED, "user:ana", "sales"
    )
    assert call.done == [
        ("answer", "queue"),
        ("enter", "sales", 2, {"english": 3}, "luis"),
        ("music", "jazz"),
        ("ring", ("ana",), 20.0),
        ("talk",),
    ]
    assert call.heard == [["prompt:patience"]]
    assert call.place.told == [("accepted", "ana"), ("ended", "ana")]


def test_who_has_been_answered_already_is_not_answered_again() -> None:
    call = WaitingCaller(OFFER, rings=[ANSWERED], answered=True)
    stay(call, priority=7)
    assert call.what("answer") == []
    assert call.what("enter")[0][1] == 7


def test_a_queue_may_let_it_ring_only() -> None:
    call = WaitingCaller(OFFER, rings=[ANSWERED])
    stay(call, Queue(id="sales", answer=False, welcome="patience"))
    assert [each[0] for each in call.done] == ["enter", "ring", "talk"]
    assert call.heard == []


def test_nobody_answers_then_somebody_of_several_does() -> None:
    both = Offer("c", "sales", ("ana", "luis", "stranger"), 15.0)
    ends = RingResult(StepEnd.NO_ANSWER, ends=(("luis", StepEnd.REJECTED),))
    call = WaitingCaller(both, OFFER, rings=[ends, ANSWERED])
    assert stay(call).reason is Reason.ANSWERED
    assert call.place.told == [
        ("declined", "stranger", "unreachable"),  # not in the configuration that this call keeps
        ("declined", "ana", "no-answer"),
        ("declined", "luis", "rejected"),
        ("accepted", "ana"),
        ("ended", "ana"),
    ]


def test_an_offer_that_is_withdrawn_is_nobodys_fault() -> None:
    call = WaitingCaller(OFFER, Withdrawn("c"), OFFER, rings=[WITHDRAWN, ANSWERED])
    assert stay(call).reason is Reason.ANSWERED
    assert call.place.told == [("accepted", "ana"), ("ended", "ana")]


def test_released_while_it_rings() -> None:
    call = WaitingCaller(OFFER, Release("c", Reason.REMOVED), rings=[WITHDRAWN])
    assert stay(call) == QueueExit(Reason.REMOVED, "", "sales")
    assert call.place.told == []


def test_a_key_that_means_nothing_does_not_stop_the_ringing() -> None:
    position = Announce("c", AnnounceKind.POSITION, 1)
    call = WaitingCaller(OFFER, position, Pressed("5"), rings=[WITHDRAWN, ANSWERED])
    assert stay(call).reason is Reason.ANSWERED
    assert call.what("ring") == [(("ana",), 20.0), (("ana",), 15.0)]
    assert len(call.heard) == 1  # the welcome: nobody talks while it rings


def test_keys_that_mean_nothing_do_not_ring_for_ever() -> None:
    call = WaitingCaller(
        OFFER, Pressed("5"), Pressed("5"), OFFER, rings=[WITHDRAWN, WITHDRAWN, ANSWERED], ring_takes=11
    )
    assert stay(call).reason is Reason.ANSWERED
    assert call.place.told[0] == ("declined", "ana", "no-answer")


@pytest.mark.parametrize("ringing", [False, True])
def test_an_exit_by_key(ringing: bool) -> None:
    news = [OFFER, Pressed("0")] if ringing else [Pressed("7"), Pressed("0")]
    call = WaitingCaller(*news, rings=[WITHDRAWN])
    assert stay(call) == QueueExit(Reason.KEY, "operator", "sales")
    assert call.place.told == [("leave", "key:0")]


def test_an_exit_during_the_welcome() -> None:
    call = WaitingCaller(keys=["0"])
    assert stay(call) == QueueExit(Reason.KEY, "operator", "sales")


def test_position_and_wait_are_told_and_keys_are_heard_meanwhile() -> None:
    call = WaitingCaller(Announce("c", AnnounceKind.POSITION, 3, 250.0), keys=["", "0"])
    assert stay(call).reason is Reason.KEY
    assert call.heard[1] == [
        Say.QUEUE_POSITION, "number/3", Say.QUEUE_IN_LINE, Say.QUEUE_WAIT, "number/5", "duration/minutes"
    ]  # fmt: skip


def test_music_goes_on_after_what_is_said_and_is_not_begun_anew_by_an_offer() -> None:
    said = Announce("c", AnnounceKind.POSITION, 1)
    call = WaitingCaller(OFFER, OFFER, said, OFFER, rings=[NO_ANSWER, NO_ANSWER, ANSWERED])
    stay(call)
    assert [each[0] for each in call.done if each[0] in ("music", "ring")] == [
        "music",
        "ring",
        "ring",
        "music",
        "ring",
    ]


def test_prompts_of_the_tenant_and_of_the_house() -> None:
    call = WaitingCaller(
        Announce("c", AnnounceKind.PERIODIC, prompt="patience"),
        Announce("c", AnnounceKind.PERIODIC, prompt="gone-since"),
        Announce("c", AnnounceKind.PERIODIC, prompt="lines-busy"),
        Announce("c", AnnounceKind.POSITION),
        Announce("c", AnnounceKind.CALLBACK),
        answered=True,
    )
    with pytest.raises(CallerGone):
        stay(call, QUEUE.model_copy(update={"welcome": ""}))
    assert call.heard == [["prompt:patience"], ["lines-busy"], [Say.CALLBACK_OFFER, "number/1"]]


def test_moved_to_another_queue_its_rules_hold() -> None:
    other = Queue(id="support", music="calm", exits={"9": "desk"})
    call = WaitingCaller(Moved("c", other, Reason.WAIT), Pressed("0"), Pressed("9"))
    assert stay(call) == QueueExit(Reason.KEY, "desk", "support")
    assert call.what("music") == [("jazz",), ("calm",)]
    assert ("queue-moved", "queue:support") in call.what("decide")


def test_released_with_a_target() -> None:
    call = WaitingCaller(Release("c", Reason.WAIT, "voicemail:ana"))
    assert stay(call) == QueueExit(Reason.WAIT, "voicemail:ana", "sales")


# --- callbacks ----------------------------------------------------------------------------------------------------------


def test_a_callback_at_the_number_they_call_from() -> None:
    call = WaitingCaller(Pressed("1"), keys=["", "1"])
    assert stay(call) == QueueExit(Reason.CALLBACK, "", "sales")
    assert call.place.told == [("callback", "+34600000001")]
    assert call.heard[1][0] == Say.CALLBACK_NUMBER
    assert call.heard[1][-2:] == [Say.CALLBACK_OTHER, Say.CALLBACK_STAY]
    assert call.heard[-1] == [Say.CALLBACK_KEPT, Say.GOODBYE]


def test_a_callback_at_another_number_that_is_read_back() -> None:
    call = WaitingCaller(Pressed("1"), keys=["", "2", "", "1"], collects=["112", "912345678"])
    assert stay(call).reason is Reason.CALLBACK
    assert call.place.told == [("callback", "+34912345678")]
    assert [Say.INVALID_NUMBER] in call.heard  # nobody is called back at an emergency number


def test_a_withheld_number_has_to_be_given() -> None:
    call = WaitingCaller(Pressed("1"), keys=["", "1"], collects=["912345678"], number="")
    assert stay(call).reason is Reason.CALLBACK
    assert call.place.told == [("callback", "+34912345678")]
    closed = QUEUE.model_copy(update={"callback": QUEUE.callback.model_copy(update={"other_number": False})})
    call = WaitingCaller(Pressed("1"), number="")
    with pytest.raises(CallerGone):
        stay(call, closed)
    assert call.heard[-1] == [Say.CALLBACK_IMPOSSIBLE]


@pytest.mark.parametrize("number", ["112", "11888", "101", "Restricted", "+34806123456", "+882130000000"])
def test_a_number_that_we_would_not_call_is_as_one_withheld(number: str) -> None:
    """What a stranger shows as theirs may be anything: no agent of ours calls the police, or a premium line, for them."""
    call = WaitingCaller(Pressed("1"), keys=["", "", "1"], collects=["806123456", "912345678"], number=number)
    assert stay(call).reason is Reason.CALLBACK
    assert call.place.told == [("callback", "+34912345678")]
    assert [Say.INVALID_NUMBER] in call.heard


@pytest.mark.parametrize(("number", "near"), [("+34600000001", False), ("+33142345678", True)])
def test_a_dictated_number_is_of_our_country_or_the_callers(number: str, near: bool) -> None:
    """Also where our own people may dial abroad: who earns by calls to far numbers would dictate them all day."""
    call = WaitingCaller(
        Pressed("1"),
        keys=["", "2", *[""] * (1 if near else 2), "1"],
        collects=["902123456", "0033142345679", "912345678"],
        number=number,
    )
    call.snapshot = office(dial_abroad=True)
    assert stay(call).reason is Reason.CALLBACK
    assert call.place.told == [("callback", "+33142345679" if near else "+34912345678")]


def test_an_agent_who_becomes_free_comes_before_the_dialogue() -> None:
    call = WaitingCaller(Pressed("1"), OFFER, rings=[ANSWERED])
    assert stay(call).reason is Reason.ANSWERED
    assert call.place.told == [("accepted", "ana"), ("ended", "ana")]


def test_they_would_rather_wait() -> None:
    call = WaitingCaller(Pressed("1"), OFFER, keys=["", "*"], rings=[ANSWERED])
    assert stay(call).reason is Reason.ANSWERED


def test_a_callback_instead_of_waiting() -> None:
    call = WaitingCaller(collects=["9", "1"], keys=[""])
    assert run(offer_callback(call, QUEUE, skills={"english": 1})) is True  # type: ignore[arg-type]  # as above
    assert call.what("enter") == [("sales", 2, {"english": 1}, "")]
    assert call.place.told == [("callback", "+34600000001")]
    call = WaitingCaller(collects=["*"])
    assert run(offer_callback(call, QUEUE)) is False  # type: ignore[arg-type]  # as above
    assert call.what("enter") == []
    call = WaitingCaller(collects=["", "", ""])
    assert run(offer_callback(call, QUEUE)) is False  # type: ignore[arg-type]  # as above
