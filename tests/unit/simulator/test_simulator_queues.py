"""Queues in the simulator: the live engine, with agents and other callers who follow the scenario."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from centralita.pbx.model.device import Device
from centralita.pbx.model.number import Number
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.simulator import Scenario, Simulation, parse_behaviour, simulate
from centralita.pbx.simulator.cases import rest_of
from centralita.pbx.vocabulary import Outcome, StepEnd, TenantId

AT = datetime(2026, 3, 2, 12, 0)
AGENTS = ("ana", "luis", "eva")


def centre(**queue: Any) -> Snapshot:
    fields = {
        "id": "support",
        "strategy": "linear",
        "ring_seconds": 10,
        "agents": [{"user": name} for name in AGENTS],
        **queue,
    }
    return Snapshot(
        TenantId("centre"),
        1,
        [
            Site(id="hq"),
            *(
                User(id=name, name=name.title(), site="hq", extension=f"10{index}")
                for index, name in enumerate((*AGENTS, "box"))
            ),
            *(Device(id=name, user=name) for name in AGENTS),
            Queue.model_validate(fields),
            Queue.model_validate({"id": "second", "agents": [{"user": "eva"}], "ring_seconds": 10}),
            Prompt(id="wait", text={"es": "Siga esperando."}),
            Number(id="main", number="+34910000001", destination="queue:support"),
        ],
        {},
    )


def call(snapshot: Snapshot, answer: dict[str, str] | None = None, **more: Any) -> Simulation:
    behaviours = {user: parse_behaviour(text) for user, text in (answer or {}).items()}
    return simulate(Scenario(snapshot, "+34600000001", "+34910000001", AT, answer=behaviours, **more))


def test_the_first_agent_answers() -> None:
    done = call(centre())
    assert (rest_of(done), done.outcome) == ("queue:support/ana", Outcome.ANSWERED)
    assert done.answered_after == 5.0


def test_an_agent_who_does_not_answer_passes_the_caller_on() -> None:
    done = call(centre(), {"ana": "no-answer"})
    assert rest_of(done) == "queue:support/luis"
    assert [(rang.target, rang.end) for rang in done.rang] == [
        ("user:ana", StepEnd.NO_ANSWER),
        ("user:luis", StepEnd.ANSWERED),
    ]
    assert done.answered_after == 15.0


def test_only_who_is_logged_in_is_rung() -> None:
    assert rest_of(call(centre(), agents=("eva",))) == "queue:support/eva"
    assert rest_of(call(centre(), paused=("ana", "luis"))) == "queue:support/eva"


def test_who_calls_is_busy_and_who_wants_no_calls_is_not_rung() -> None:
    inside = simulate(Scenario(centre(extension="160"), "user:ana", "160", AT))
    assert rest_of(inside) == "queue:support/luis"
    assert rest_of(call(centre(), {"ana": "do-not-disturb"})) == "queue:support/luis"


def test_callers_before_ours_are_served_first() -> None:
    alone = call(centre(), {"ana": "5"}, agents=("ana",))
    behind = call(centre(), {"ana": "5"}, agents=("ana",), waiting={"support": 2})
    assert alone.answered_after == 5.0
    # Two conversations of a minute, each after five seconds of ringing.
    assert behind.answered_after == 2 * 65.0 + 5.0


def test_the_caller_who_loses_patience_is_in_the_queue_no_more() -> None:
    done = call(centre(), agents=(), patience=40.0)
    assert (rest_of(done), done.outcome, done.duration) == ("queue:support", Outcome.ABANDONED, 40.0)


def test_somebody_who_would_wait_for_ever_hangs_up_after_an_hour() -> None:
    done = call(centre(), agents=())
    assert (done.outcome, done.duration) == (Outcome.ABANDONED, 3600.0)


def test_the_offer_is_cut_short_when_the_caller_hangs_up() -> None:
    done = call(centre(), {"ana": "9"}, patience=4.0)
    assert [(rang.end, rang.seconds) for rang in done.rang] == [(StepEnd.CALLER_GONE, 4.0)]
    assert done.outcome is Outcome.ABANDONED


def test_overflow_by_wait_keeps_the_place_and_goes_on() -> None:
    snapshot = centre(agents=[{"user": "ana"}], overflow={"wait": {"seconds": 30, "to": "queue:second"}})
    done = call(snapshot, {"ana": "busy"})
    assert rest_of(done) == "queue:second/eva"
    assert done.answered_after == 35.0
    assert "queue-moved" in [step.rule for step in done.steps]


def test_overflow_where_nobody_is_there() -> None:
    snapshot = centre(overflow={"no_agents": {"to": "voicemail:box"}})
    assert call(snapshot, agents=()).rest == "voicemail:box"


def test_the_callback_is_asked_for_and_confirmed() -> None:
    snapshot = centre(callback={"digit": "2"})
    done = call(snapshot, agents=(), press=("2", "1"))
    assert (done.rest, done.outcome) == ("callback:support", Outcome.CALLBACK)
    assert any("+34600000001" in event.text for event in done.events)


def test_the_callback_is_declined_and_the_wait_goes_on() -> None:
    snapshot = centre(callback={"digit": "2"})
    done = call(snapshot, agents=(), press=("2", "*"), patience=100.0)
    assert (done.rest, done.outcome) == ("queue:support", Outcome.ABANDONED)


def test_announcements_are_heard_while_waiting() -> None:
    snapshot = centre(periodic={"prompts": ["wait"], "every_seconds": 20})
    done = call(snapshot, agents=(), patience=70.0)
    assert [round(heard.after) for heard in done.heard if "Siga" in heard.text] == [20, 40, 60]


def test_an_agent_who_becomes_free_interrupts_an_announcement() -> None:
    long = Prompt(id="wait", text={"es": "Siga esperando. " * 40})
    snapshot = centre(periodic={"prompts": ["wait"], "every_seconds": 20}, agents=[{"user": "ana"}])
    snapshot.prompts["wait"] = long
    done = call(snapshot, {"ana": "2"}, waiting={"support": 1})
    # Free after 2 s of ringing and a minute of talk; the announcement of the 60th second would have gone on for long.
    assert done.answered_after == 62.0 + 2.0


def test_agents_log_in_and_out_by_star_code() -> None:
    done = simulate(Scenario(centre(), "user:ana", "*45", AT, agents=()))
    assert (done.rest, done.steps[-1].rule) == ("feature", "agent-logged-in")
    again = simulate(Scenario(centre(), "user:ana", "*45", AT))
    assert again.steps[-1].rule == "agent-logged-out"
