"""The rules of the floor, one by one: who is offered whom, and what agents and supervisors do."""

from __future__ import annotations

import pytest

from centralita.pbx.acd import facts
from centralita.pbx.acd.floor import FloorError
from centralita.pbx.acd.news import (
    Moved,
    Offer,
    Reason,
    Release,
    Withdrawn,
)
from centralita.pbx.model.queue import AgentProfile, Queue
from centralita.pbx.vocabulary import StepEnd
from unit.acd.floor_room import Room, offers, q

# --- order --------------------------------------------------------------------------------------------------------------


def test_priority_then_time_of_joining_and_those_who_come_from_elsewhere_keep_theirs() -> None:
    room = Room(q(agents="ana"))
    assert offers(room.join("first")) == [("first", ("ana",))]
    room.answer("first", "ana")
    room.wait(10)
    room.join("second")
    room.wait(10)
    room.join("third")
    room.join("moved", since=1005.0)
    room.join("important", priority=1)
    assert [view.call for view in room.floor.callers("q")] == [
        "important",
        "moved",
        "second",
        "third",
        "first",
    ]
    assert offers(room.end("first", "ana")) == [("important", ("ana",))]


def test_a_caller_nobody_answered_is_tried_with_others_and_keeps_the_place() -> None:
    room = Room(q(agents="ana luis"))
    room.join("c1")
    room.floor.declined("c1", "ana", StepEnd.NO_ANSWER, room.now)
    assert offers(room.news()) == [("c1", ("luis",))]
    room.floor.declined("c1", "luis", StepEnd.NO_ANSWER, room.now)
    assert offers(room.join("c2")) == []
    assert offers(room.wait(5)) == [("c1", ("ana",)), ("c2", ("luis",))]


def test_all_ring_at_once_and_the_first_to_answer_sets_the_others_free() -> None:
    room = Room(q(strategy="all"))
    assert offers(room.join("c1")) == [("c1", ("ana", "luis"))]
    assert offers(room.join("c2")) == []
    room.floor.accepted("c1", "luis", room.now)
    assert offers(room.news()) == [("c2", ("ana",))]


def test_lower_levels_first() -> None:
    room = Room(
        Queue(id="q", agents=[{"user": "ana", "level": 2}, {"user": "luis"}], strategy="longest-idle")
    )
    assert offers(room.join("c1")) == [("c1", ("luis",))]
    assert offers(room.join("c2")) == [("c2", ("ana",))]


def test_an_agent_of_two_queues_takes_the_caller_who_is_first_in_both() -> None:
    room = Room(q("a", "ana"), q("b", "ana", priority=3))
    room.join("busy", "a")
    room.answer("busy", "ana")
    room.join("c1", "a")
    room.join("c2", "b")
    assert offers(room.end("busy", "ana")) == [("c2", ("ana",))]


# --- skills -------------------------------------------------------------------------------------------------------------


def test_skills_give_way_as_the_wait_grows() -> None:
    queue = Queue(
        id="q",
        agents=[{"user": "ana", "skills": {"german": 3}}, {"user": "luis"}],
        skills={"german": 5},
        relax=[{"after_seconds": 30, "lower_by": 2}, {"after_seconds": 60, "drop": ["german"]}],
    )
    room = Room(queue)
    assert room.join("c1") == []
    assert offers(room.wait(29)) == []
    assert offers(room.wait(1)) == [("c1", ("ana",))]
    room.answer("c1", "ana")
    room.join("c2", skills={"german": 1})
    assert offers(room.wait(30)) == [("c2", ("luis",))]  # 1 lowered by 2 is nothing asked for


def test_a_later_caller_who_asks_for_less_is_served_meanwhile() -> None:
    room = Room(q(agents="luis"), agents="luis")
    assert room.join("c1", skills={"german": 1}) == []
    assert offers(room.join("c2")) == [("c2", ("luis",))]


# --- agents -------------------------------------------------------------------------------------------------------------


def test_who_misses_too_many_is_paused() -> None:
    room = Room(q(agents="ana", no_answer_pause=2, retry_seconds=5))
    room.join("c1")
    room.floor.declined("c1", "ana", StepEnd.NO_ANSWER, room.now)
    assert (room.news(), room.state("ana")) == ([], "resting")
    assert offers(room.wait(5)) == [("c1", ("ana",))]
    room.floor.declined("c1", "ana", StepEnd.REJECTED, room.now)
    assert room.state("ana") == "paused"
    assert offers(room.wait(60)) == []
    (paused,) = room.facts(facts.AgentPaused)
    assert (paused.agent, paused.reason, paused.queues) == ("ana", "no-answer", ())
    room.floor.resume("ana", room.now)
    assert offers(room.news()) == [("c1", ("ana",))]


def test_a_phone_that_fails_at_once_is_not_rung_in_a_circle() -> None:
    room = Room(q(agents="ana", no_answer_pause=0, retry_seconds=0))
    rung = len(offers(room.join("c1")))
    for _ in range(15):
        room.floor.declined("c1", "ana", StepEnd.UNREACHABLE, room.now)
        rung += len(offers(room.news() + room.wait(0.1)))
    assert rung == 2


def test_wrap_up_ends_by_itself_or_early() -> None:
    room = Room(q(agents="ana", wrap_up_seconds=30))
    room.join("c1")
    room.answer("c1", "ana")
    room.join("c2")
    assert room.end("c1", "ana") == []
    assert room.state("ana") == "wrap-up"
    assert offers(room.wait(30)) == [("c2", ("ana",))]
    room.answer("c2", "ana")
    room.join("c3")
    room.end("c2", "ana")
    room.wait(10)
    room.floor.ready("ana", room.now)
    assert offers(room.news()) == [("c3", ("ana",))]
    assert [fact.lasted for fact in room.facts(facts.WrapUpEnded)] == [30, 10]


def test_calls_at_once_are_counted_with_ordinary_ones() -> None:
    room = Room(q(agents="ana"), ana=AgentProfile(max_calls=2))
    assert offers(room.join("c1")) == [("c1", ("ana",))]
    room.floor.accepted("c1", "ana", room.now)
    assert offers(room.join("c2")) == [("c2", ("ana",))]
    room.floor.declined("c2", "ana", StepEnd.NO_ANSWER, room.now)
    room.floor.occupied("ana", 1, room.now)
    assert offers(room.wait(60)) == []
    room.floor.occupied("ana", 0, room.now)
    assert offers(room.news()) == [("c2", ("ana",))]


def test_permanent_agents_are_there_with_their_telephone() -> None:
    queue = Queue(id="q", agents=[{"user": "ana", "always": True}])
    room = Room(queue, agents="")
    assert room.join("c1") == []
    room.floor.reachable("ana", True, room.now)
    assert offers(room.news()) == [("c1", ("ana",))]
    assert [fact.by for fact in room.facts(facts.AgentLoggedIn)] == ["phone"]
    assert room.floor.log_out("ana", room.now) == ()


def test_pausing_or_logging_out_takes_the_offer_to_somebody_else() -> None:
    for leave in ("pause", "log_out"):
        room = Room(q())
        room.join("c1")
        if leave == "pause":
            room.floor.pause("ana", "coffee", room.now)
        else:
            room.floor.log_out("ana", room.now, by="user:boss")
        assert room.news() == [Withdrawn("c1"), Offer("c1", "q", ("luis",), 20.0)]
        (missed,) = room.facts(facts.QueueMissed)
        assert missed.end is StepEnd.WITHDRAWN


def test_a_pause_in_one_queue_is_none_in_the_other() -> None:
    room = Room(q("a", "ana"), q("b", "ana"), agents="ana")
    assert room.floor.pause("ana", "training", room.now, ["a", "nowhere"]) == ("a",)
    assert room.join("c1", "a") == []
    assert offers(room.join("c2", "b")) == [("c2", ("ana",))]


def test_an_offer_that_nobody_reports_on_does_not_reserve_an_agent_for_ever() -> None:
    room = Room(q(agents="ana", ring_seconds=20))
    room.join("c1")
    news = room.wait(31)
    assert news == [Withdrawn("c1"), Offer("c1", "q", ("ana",), 20.0)]
    assert room.floor.agent("ana", room.now).misses == 0


# --- last agent ---------------------------------------------------------------------------------------------------------


def test_callers_are_kept_for_their_last_agent_for_a_while() -> None:
    room = Room(q(last_agent={"enabled": True, "wait_seconds": 20}))
    assert offers(room.join("c1", last_agent="luis")) == [("c1", ("luis",))]
    room.answer("c1", "luis")
    assert room.join("c2", last_agent="luis") == []  # though Ana is free
    assert offers(room.wait(20)) == [("c2", ("ana",))]
    room.answer("c2", "ana")
    assert room.join("c3", last_agent="luis") == []
    assert offers(room.end("c2", "ana")) == []
    room.floor.log_out("luis", room.now)
    assert offers(room.news()) == [("c3", ("ana",))]


def test_no_waiting_for_the_last_agent_where_the_queue_does_not_say_so() -> None:
    room = Room(q(last_agent={"enabled": True, "wait_seconds": 0}))
    assert offers(room.join("c1", last_agent="luis")) == [("c1", ("luis",))]
    assert offers(room.join("c2", last_agent="luis")) == [("c2", ("ana",))]
    assert offers(Room(q()).join("c1", last_agent="luis")) == [("c1", ("ana",))]


# --- supervisors --------------------------------------------------------------------------------------------------------


def test_take_and_move() -> None:
    room = Room(q(agents="ana"), q("other", "luis"))
    room.floor.pause("luis", "coffee", room.now)
    room.join("c1")
    room.floor.take("c1", "luis", room.now)
    assert room.news() == [Withdrawn("c1"), Offer("c1", "q", ("luis",), 20.0)]
    room.join("c2")
    with pytest.raises(FloorError, match="another call"):
        room.floor.take("c2", "luis", room.now)
    room.floor.move("c1", "other", room.now)
    assert room.news() == [Withdrawn("c1"), Moved("c1", room.queues["other"], Reason.MOVED)]
    room.floor.resume("luis", room.now)
    assert offers(room.news()) == [("c1", ("luis",))]
    room.answer("c1", "luis")
    for refused in (
        (room.floor.take, "c1", "ana"),
        (room.floor.move, "c1", "q"),
        (room.floor.move, "c9", "q"),
    ):
        with pytest.raises(FloorError):
            refused[0](refused[1], refused[2], room.now)


# --- configuration and days -----------------------------------------------------------------------------------------------


def test_a_new_version_keeps_who_waits_and_who_is_logged_in() -> None:
    room = Room(q(agents="ana"), q("gone", "ana"))
    room.join("talks", "gone")
    room.answer("talks", "ana")
    room.join("c1")
    room.join("c2", "gone")
    room.wait(5)
    room.floor.configure({"q": q(agents="luis ana", strategy="even-volume", max_wait_seconds=60)}, room.now)
    assert room.news() == [Release("c2", Reason.REMOVED, "")]
    assert [view.call for view in room.floor.callers("q")] == ["c1"]
    assert room.floor.agent("ana", room.now).queues == ("q",)
    assert offers(room.end("talks", "ana")) == [("c1", ("ana",))]
    room.floor.configure({"q": q(agents="luis")}, room.now)
    assert room.news() == [Withdrawn("c1")]
    room.floor.log_in("luis", room.now)
    assert offers(room.news()) == [("c1", ("luis",))]


def test_the_day_ends_and_its_counters_with_it() -> None:
    room = Room(q(agents="ana"))
    room.floor.begin_day("2026-03-02", room.now)
    room.join("c1")
    room.answer("c1", "ana")
    room.wait(30)
    room.end("c1", "ana")
    assert (room.floor.agent("ana", room.now).calls, room.floor.figures("q", room.now).answered) == (1, 1)
    room.floor.begin_day("2026-03-02", room.now)
    assert room.floor.agent("ana", room.now).calls == 1
    room.floor.begin_day("2026-03-03", room.now)
    view, figures = room.floor.agent("ana", room.now), room.floor.figures("q", room.now)
    assert (view.calls, view.talk, view.on_shift, figures.answered, figures.service_level) == (
        0,
        0.0,
        0.0,
        0,
        None,
    )


def test_the_service_level_is_of_those_offered() -> None:
    room = Room(q(agents="ana", service_level_seconds=20, short_abandon_seconds=5))
    for n, waits in enumerate((5, 25)):
        room.join(f"c{n}")
        room.wait(waits)
        room.answer(f"c{n}", "ana")
        room.end(f"c{n}", "ana")
    for n, waits in enumerate((3, 30)):
        room.join(f"a{n}")
        room.wait(waits)
        room.floor.leave(f"a{n}", "abandoned", room.now)
    figures = room.floor.figures("q", room.now)
    assert (figures.answered, figures.abandoned, figures.abandoned_early) == (2, 2, 1)
    assert (figures.service_level, figures.mean_answer, figures.longest_answer) == (0.25, 15.0, 25.0)
