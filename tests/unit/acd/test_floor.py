"""The rules of the floor, one by one: who is offered whom, and why somebody leaves."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from centralita.pbx.acd import facts
from centralita.pbx.acd.floor import Floor, FloorError
from centralita.pbx.acd.news import (
    Announce,
    AnnounceKind,
    CallBack,
    FloorNews,
    Moved,
    Offer,
    Reason,
    Release,
    Withdrawn,
)
from centralita.pbx.model.queue import AgentProfile, Queue
from centralita.pbx.vocabulary import StepEnd, TenantId
from unit.acd.floor_invariants import check_floor


class Room:
    """A floor with a clock that is turned by hand."""

    def __init__(self, *queues: Queue, agents: str = "ana luis", **profiles: AgentProfile) -> None:
        self.now = 1000.0
        self.floor = Floor(random.Random(1), TenantId("office"))
        self.queues = {queue.id: queue for queue in queues}
        self.floor.configure(self.queues, self.now, profiles)
        for name in agents.split():
            self.floor.reachable(name, True, self.now)
            self.floor.log_in(name, self.now)
        self.floor.news()

    def join(self, call: str, queue: str = "q", **options: Any) -> list[FloorNews]:
        self.floor.join(call, queue, self.now, **options)
        return self.news()

    def news(self) -> list[FloorNews]:
        check_floor(self.floor)
        return self.floor.news()

    def wait(self, seconds: float) -> list[FloorNews]:
        """News of the time until then, timer by timer."""
        until = self.now + seconds
        heard: list[FloorNews] = []
        while (due := self.floor.timer()) is not None and due <= until:
            self.now = due
            self.floor.handle_timer(due)
            heard += self.news()
        self.now = until
        return heard

    def answer(self, call: str, agent: str) -> None:
        self.floor.accepted(call, agent, self.now)
        self.news()

    def end(self, call: str, agent: str) -> list[FloorNews]:
        self.floor.conversation_ended(call, agent, self.now)
        return self.news()

    def state(self, agent: str) -> str:
        return self.floor.agent(agent, self.now).state

    def facts(self, kind: type) -> list[Any]:
        return [fact for fact in self.floor.facts() if isinstance(fact, kind)]


def q(name: str = "q", agents: str = "ana luis", **fields: Any) -> Queue:
    return Queue(
        id=name, **{"agents": [{"user": one} for one in agents.split()], "strategy": "linear"} | fields
    )


def offers(news: list[FloorNews]) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.call, each.agents) for each in news if isinstance(each, Offer)]


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
