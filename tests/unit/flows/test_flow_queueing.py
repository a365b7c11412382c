"""Queue nodes: what a queue is told of the call, and where each end of a wait leads."""

from __future__ import annotations

import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import MONDAY, caller, company, flow, run
from scripted import ScriptedCall

from centralita.pbx.acd.news import News, Offer, Pressed, Reason, Release
from centralita.pbx.model.number import Number
from centralita.pbx.model.queue import Queue
from centralita.pbx.state import TenantState, note_call

ENDS: dict[str, dict[str, Any]] = {name: {"type": "hang-up"} for name in ("exit", "other")}
SUPPORT = {"id": "support", "agents": [{"user": "ana"}], "priority": 3}


def release(reason: Reason, target: str = "") -> Release:
    return Release("call", reason, target)


def waits(
    news: list[News],
    nodes: dict[str, Any] | None = None,
    queue: dict[str, Any] | None = None,
    *objects: Any,
    **options: Any,
) -> ScriptedCall:
    node = {"type": "queue", "queue": "support", "exits": {"wait": "exit"}, "otherwise": "other"}
    presses = options.pop("presses", [])
    made = caller(
        company(
            flow(nodes or {"queue": node} | ENDS), Queue.model_validate(SUPPORT | (queue or {})), *objects
        ),
        presses=presses,
        **options,
    )
    made.queue_news = news
    run(made)
    return made


def test_an_agent_answers() -> None:
    made = waits([Offer("call", "support", ("ana",), 20.0)])
    assert made.way[0] == "queue queue:support"
    assert made.trace[0].reason == "waits in the queue support with priority 3"
    assert made.story[-2:] == ["ring ana", "talk"]
    assert made.place is not None
    assert made.place.done == ["accepted ana", "ended ana"]


@pytest.mark.parametrize(
    ("end", "target"),
    [
        (release(Reason.WAIT), "main/exit"),
        (release(Reason.WAIT, "voicemail:eva"), "main/exit"),
        (release(Reason.SIZE, "voicemail:eva"), "voicemail:eva"),
        (release(Reason.NO_AGENTS), "main/other"),
        (release(Reason.REMOVED), "main/other"),
    ],
)
def test_the_ways_out(end: Release, target: str) -> None:
    made = waits([end])
    exits = next(line for line in made.trace if line.rule == "queue-exit")
    assert exits.target == target
    assert f"left the queue support: {end.reason.value}" in exits.reason
    if target.startswith("voicemail"):
        assert made.story[-1] == "record"


def test_an_exit_by_digit() -> None:
    node = {"type": "queue", "queue": "support", "exits": {"box": "exit"}, "otherwise": "other"}
    made = waits([Pressed("1")], {"queue": node} | ENDS, {"exits": {"1": "box"}})
    assert [line.target for line in made.trace if line.rule == "queue-exit"] == ["main/exit"]


def test_what_a_set_node_said_goes_into_the_queue() -> None:
    state = TenantState(random.Random(1))
    note_call(state, "+34600000001", "eva", MONDAY.timestamp())
    nodes = {
        "mark": {"type": "set", "priority": 9, "skills": {"french": 4}, "next": "who"},
        "who": {
            "type": "caller",
            "branches": [{"last_agent_within_days": 3, "to": "queue"}],
            "otherwise": "other",
        },
        "queue": {"type": "queue", "queue": "support"},
    } | ENDS
    made = waits([], nodes, state=state)
    assert made.place is not None
    assert made.place.entered == {
        "queue": "support",
        "priority": 9,
        "skills": {"french": 4},
        "last_agent": "eva",
    }
    assert made.story[-1] == "caller gone"


def test_the_nodes_priority_is_stronger() -> None:
    nodes = {
        "mark": {"type": "set", "priority": 9, "next": "queue"},
        "queue": {"type": "queue", "queue": "support", "priority": 1},
    }
    made = waits([], nodes)
    assert made.place is not None
    assert made.place.entered["priority"] == 1


@pytest.mark.parametrize(("within", "agent"), [(3600, "eva"), (60, "")])
def test_a_queue_looks_for_the_last_agent_as_far_back_as_it_says(within: int, agent: str) -> None:
    state = TenantState(random.Random(1))
    note_call(state, "+34600000001", "eva", (MONDAY - timedelta(minutes=10)).timestamp())
    made = waits([], queue={"last_agent": {"enabled": True, "within_seconds": within}}, state=state)
    assert made.place is not None
    assert made.place.entered["last_agent"] == agent


def test_talk_in_a_queue_counts_for_the_share_that_led_there() -> None:
    nodes = {
        "share": {"type": "share", "by": "talk-time", "targets": [{"to": "queue"}]},
        "queue": {"type": "queue", "queue": "support"},
    }
    made = waits([Offer("call", "support", ("ana",), 20.0)], nodes)
    assert made.state.shares.today("main/share", "2026-03-02") == {"queue": (1, 60.0)}


def test_a_callback_keeps_the_place_and_ends_the_call() -> None:
    nodes = {"later": {"type": "callback", "queue": "support", "next": "other"}} | ENDS
    made = waits([], nodes, {"callback": {"digit": "1"}}, presses=["1", "1", "1"])
    assert made.place is not None
    assert made.place.done == ["callback +34600000001"]
    assert made.way == ["callback callback:support"]
    assert made.story[-1] == "hang up"
    refused = waits([], nodes, {"callback": {"digit": "1"}}, presses=[""] * 9)
    assert refused.way[0] == "callback main/other"
    assert refused.place is None


def test_a_number_straight_into_a_queue() -> None:
    number = Number(id="main", number="+34910000001", destination="queue:support")
    made = waits([release(Reason.WAIT, "voicemail:eva")], None, None, number)
    assert made.way == ["queue-exit voicemail:eva"]
    assert made.story[-1] == "record"
    lost = waits([release(Reason.SIZE)], None, None, number)
    assert lost.way == ["queue-exit hang-up"]
    assert lost.story[-1] == "hang up"


def test_the_queue_says_where_to_in_a_circle() -> None:
    number = Number(id="main", number="+34910000001", destination="queue:support")
    made = waits([release(Reason.SIZE, "queue:support")] * 40, None, None, number)
    assert made.trace[-1].rule == "destination-limit"
