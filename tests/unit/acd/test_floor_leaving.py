"""The rules of the floor for those who wait: overflow, announcements, callbacks."""

from __future__ import annotations

import json
import random

import pytest

from centralita.pbx.acd import facts
from centralita.pbx.acd.floor import Floor, FloorError
from centralita.pbx.acd.news import (
    Announce,
    AnnounceKind,
    CallBack,
    Moved,
    Reason,
    Release,
)
from centralita.pbx.acd.views import Told
from centralita.pbx.vocabulary import StepEnd
from unit.acd.floor_room import Room, offers, q

# --- overflow -----------------------------------------------------------------------------------------------------------


def test_overflow_by_size() -> None:
    room = Room(q(agents="", max_waiting=3, overflow={"size": {"callers": 1, "to": "voicemail:ana"}}))
    assert room.join("c1") == []
    assert room.join("c2") == [Release("c2", Reason.SIZE, "voicemail:ana")]
    room = Room(q(agents="", max_waiting=1))
    room.join("c1")
    assert room.join("c2") == [Release("c2", Reason.SIZE, "")]
    assert room.facts(facts.QueueRefused)[0].reason == "size"
    assert room.floor.figures("q", room.now).overflowed == 1


def test_overflow_by_wait_into_another_queue_without_losing_the_place() -> None:
    room = Room(q(agents="", overflow={"wait": {"seconds": 60, "to": "queue:help"}}), q("help", "ana"))
    room.join("taken", "help")
    room.answer("taken", "ana")
    room.join("c1")
    room.wait(30)
    room.join("later", "help")
    assert room.wait(30) == [Moved("c1", room.queues["help"], Reason.WAIT)]
    assert [view.call for view in room.floor.callers("help")] == ["c1", "later", "taken"]
    assert offers(room.end("taken", "ana")) == [("c1", ("ana",))]


def test_queues_that_overflow_into_each_other_are_no_merry_go_round() -> None:
    room = Room(
        q("a", "", overflow={"wait": {"seconds": 10, "to": "queue:b"}}),
        q("b", "", overflow={"wait": {"seconds": 10, "to": "queue:a"}}),
    )
    room.join("c1", "a")
    assert [type(each) for each in room.wait(300)] == [Moved]
    assert room.floor.callers()[0].queue == "b"


def test_a_phone_that_rings_already_is_let_ring() -> None:
    room = Room(q(agents="ana", max_wait_seconds=30, ring_seconds=20), agents="")
    room.join("c1")
    room.wait(25)
    room.floor.reachable("ana", True, room.now)
    room.floor.log_in("ana", room.now)
    assert offers(room.news()) == [("c1", ("ana",))]
    assert room.wait(10) == []
    room.floor.declined("c1", "ana", StepEnd.NO_ANSWER, room.now)
    assert room.news() == [Release("c1", Reason.WAIT, "")]


def test_overflow_when_nobody_is_there() -> None:
    nobody = {"to": "voicemail:ana", "paused_are_absent": True}
    room = Room(q(agents="ana", overflow={"no_agents": nobody}))
    room.join("talks")
    room.answer("talks", "ana")
    assert room.join("c1") == []
    room.floor.pause("ana", "lunch", room.now)
    assert room.news() == [Release("c1", Reason.NO_AGENTS, "voicemail:ana")]
    assert room.join("c2") == [Release("c2", Reason.NO_AGENTS, "voicemail:ana")]


def test_nobody_there_for_a_moment_is_no_reason_to_go() -> None:
    room = Room(q(agents="ana", overflow={"no_agents": {"to": "hang-up", "after_seconds": 30}}))
    room.floor.reachable("ana", False, room.now)
    room.wait(20)
    assert room.join("c1") == []
    room.floor.reachable("ana", True, room.now)
    assert offers(room.news()) == [("c1", ("ana",))]
    room.answer("c1", "ana")
    room.join("c2")
    room.floor.reachable("ana", False, room.now)
    assert room.wait(29) == []
    assert room.wait(1) == [Release("c2", Reason.NO_AGENTS, "hang-up")]


def test_overflow_by_estimated_wait() -> None:
    room = Room(q(agents="ana", overflow={"estimated_wait": {"seconds": 150, "to": "hang-up"}}))
    room.join("c1")
    room.answer("c1", "ana")
    room.wait(100)
    room.end("c1", "ana")
    room.join("c2")
    room.answer("c2", "ana")
    assert room.join("c3") == []  # 100 s for one before them
    assert room.floor.figures("q", room.now).estimated_wait == 200
    assert room.join("c4") == [Release("c4", Reason.ESTIMATED_WAIT, "hang-up")]


# --- announcements ------------------------------------------------------------------------------------------------------


def test_position_wait_and_prompts_are_announced_in_their_time() -> None:
    announce = {"position": True, "wait": True, "first_after_seconds": 10, "every_seconds": 30}
    room = Room(
        q(
            agents="",
            announce=announce,
            periodic={"prompts": ["x", "y"], "every_seconds": 25},
            callback={"digit": "1"},
        )
    )
    room.join("c0")
    room.join("c1")
    heard = [
        (each.kind, each.position, each.prompt)
        for each in room.wait(76)
        if isinstance(each, Announce) and each.call == "c1"
    ]
    position, periodic, callback = AnnounceKind.POSITION, AnnounceKind.PERIODIC, AnnounceKind.CALLBACK
    assert heard == [
        (position, 2, ""),
        (periodic, 0, "x"),
        (position, 2, ""),
        (periodic, 0, "y"),
        (callback, 0, ""),
        (position, 2, ""),
        (periodic, 0, "x"),
    ]


def test_what_a_caller_was_told_of_the_wait_is_seen_on_the_board() -> None:
    announce = {"position": True, "wait": True, "first_after_seconds": 10, "every_seconds": 30}
    room = Room(q(agents="ana", announce=announce))

    def told() -> dict[str, Told | None]:
        return {view.call: view.told for view in room.floor.callers("q")}

    room.join("c0")
    room.answer("c0", "ana")
    room.wait(100)
    room.end("c0", "ana")
    room.join("c1")
    room.answer("c1", "ana")
    joined = room.now
    room.join("c2")
    assert told()["c2"] is None
    room.wait(11)
    first = told()["c2"]
    assert first is not None
    assert (first.at, first.position) == (joined + 10, 1)
    assert first.estimated_wait is not None
    room.wait(30)
    again = told()["c2"]
    assert again is not None
    assert again.at == joined + 40


# --- callbacks ----------------------------------------------------------------------------------------------------------


CALLBACK = {"digit": "1", "attempts": 2, "retry_seconds": 60, "keep_seconds": 600}


def test_a_callback_keeps_the_place_and_is_tried_again() -> None:
    room = Room(q(agents="ana", callback=CALLBACK))
    room.join("c1")
    room.answer("c1", "ana")
    room.join("c2")
    room.join("c3")
    room.floor.want_callback("c2", "+34600000002", room.now)
    room.floor.leave("c2", "abandoned", room.now)
    first = CallBack("c2", "q", "+34600000002", ("ana",), 20.0, 30.0, 1)
    assert room.end("c1", "ana") == [first]
    room.answer("c2", "ana")
    room.floor.callback_failed("c2", StepEnd.BUSY, room.now)
    assert offers(room.news()) == [("c3", ("ana",))]
    room.answer("c3", "ana")
    room.wait(60)
    room.join("c4")
    assert room.end("c3", "ana")[0] == CallBack("c2", "q", "+34600000002", ("ana",), 20.0, 30.0, 2)
    room.answer("c2", "ana")
    room.floor.callback_connected("c2", room.now)
    room.wait(40)
    room.end("c2", "ana")
    figures = room.floor.figures("q", room.now)
    assert (figures.callbacks_requested, figures.callbacks_done, figures.abandoned, figures.answered) == (
        1,
        1,
        0,
        2,
    )
    assert [fact.attempt for fact in room.facts(facts.CallbackTried)] == [1]


@pytest.mark.parametrize("number", ["+34600000001", "+34600000002"])
def test_who_asks_again_to_be_called_back_is_called_once_in_the_better_place(number: str) -> None:
    room = Room(q(agents="ana", callback=CALLBACK), agents="")
    for call in ("c1", "c2", "c3"):
        room.join(call)
        room.wait(1)
    room.floor.want_callback("c1", "+34600000001", room.now)
    room.floor.want_callback("c3", number, room.now)
    again = number == "+34600000001"
    assert [view.call for view in room.floor.callers("q")] == (["c3", "c2"] if again else ["c1", "c2", "c3"])
    assert [fact.reason for fact in room.facts(facts.QueueLeft)] == (["cancelled"] if again else [])


def test_a_callback_is_given_up_after_its_attempts_or_its_time() -> None:
    room = Room(q(agents="ana", callback=CALLBACK | {"attempts": 1}))
    room.join("c1")
    room.floor.want_callback("c1", "+34600000001", room.now)
    room.answer("c1", "ana")
    room.floor.callback_failed("c1", StepEnd.NO_ANSWER, room.now)
    room.floor.log_out("ana", room.now)
    room.join("c2")
    room.floor.want_callback("c2", "+34600000002", room.now)
    room.wait(601)
    assert [fact.reason for fact in room.facts(facts.QueueLeft)] == ["callback-failed", "callback-expired"]
    assert room.floor.callers() == []
    with pytest.raises(FloorError):
        room.floor.cancel_callback("c2", room.now)


def test_a_callback_survives_a_restart_in_its_place() -> None:
    room = Room(q(agents="ana", callback=CALLBACK), agents="")
    room.join("c1", priority=1)
    room.floor.want_callback("c1", "+34600000001", room.now)
    state = json.loads(json.dumps(room.floor.to_state()))
    room.floor = Floor.from_state(random.Random(2), state, room.queues, room.now + 5)
    room.join("c2")
    room.floor.reachable("ana", True, room.now)
    room.floor.log_in("ana", room.now)
    (news,) = room.news()
    assert isinstance(news, CallBack)
    assert (news.call, news.number) == ("c1", "+34600000001")


def test_a_callback_of_a_queue_that_is_gone_after_the_restart_is_told() -> None:
    room = Room(q(agents="ana", callback=CALLBACK), agents="")
    room.join("c1")
    room.floor.want_callback("c1", "+34600000001", room.now)
    room.floor = Floor.from_state(random.Random(2), room.floor.to_state(), {}, room.now + 5)
    assert [fact.reason for fact in room.facts(facts.QueueLeft)] == ["queue-removed"]


def test_a_callback_is_taken_even_where_nobody_may_wait() -> None:
    room = Room(q(agents="ana", overflow={"no_agents": {"to": "hang-up"}}, callback=CALLBACK), agents="")
    assert room.join("c1") == [Release("c1", Reason.NO_AGENTS, "hang-up")]
    room.floor.want_callback("c1", "+34600000001", room.now)
    assert room.floor.callers("q")[0].callback == "+34600000001"
    room.join("c2")
    room.wait(1)
    with pytest.raises(FloorError):
        room.floor.want_callback("c2", "+34600000002", room.now)
