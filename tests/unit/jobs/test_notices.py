"""What webhooks are told, out of the journal: one notice for each thing that happened, and none of what nobody wants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from centralita.jobs.notices import Notices
from centralita.pbx.acd.facts import QueueJoined, QueueLeft
from centralita.pbx.events import JournalEvent
from centralita.pbx.journey import Journey, fold
from centralita.pbx.vocabulary import (
    Answered,
    CallClosed,
    CallEnded,
    CallStarted,
    Direction,
    JourneyId,
    LegId,
    LegRang,
    MessageLeft,
    Outcome,
    Party,
    Recorded,
    TenantId,
)
from centralita.webhooks import HookEvent, Notice

J = JourneyId("01JABC")
DEMO = TenantId("demo")
AT = 1_700_000_000.0


@dataclass
class Sink:
    events: frozenset[HookEvent] = frozenset(HookEvent)
    saved: list[Notice] = field(default_factory=list)

    def refresh(self) -> None: ...

    def wants(self, tenant: str, event: HookEvent) -> bool:
        return tenant == DEMO and event in self.events

    def save(self, notices: Sequence[Notice]) -> None:
        self.saved += notices


def start(direction: Direction = Direction.INBOUND, tenant: str = "demo") -> CallStarted:
    return CallStarted(
        journey=J,
        at=AT,
        tenant=TenantId(tenant),
        direction=direction,
        caller="+34600111222",
        caller_name="Eva <b>",
        dialled="+34910000001",
        via="trunk:t",
        config_version=1,
        sip_call_id="x",
    )


def end(outcome: Outcome, status: int = 200) -> list[JournalEvent]:
    return [
        CallEnded(journey=J, at=AT + 30, by=Party.CALLER, outcome=outcome, sip_status=status, q850=16),
        CallClosed(journey=J, at=AT + 31),
    ]


def told(*events: JournalEvent, sink: Sink | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Event and data of each notice; the events are read twice, as after a restart, and give the same again."""
    sink = sink or Sink()
    for _ in range(2):
        notices, state = Notices(sink), None
        for event in events:
            before: Journey | None = state
            state = fold(state, event) or state
            notices.take(event, before, state)
            if state is not None and state.closed and before is not None and not before.closed:
                notices.closed(state)
        notices.save()
    half = len(sink.saved) // 2
    assert sink.saved[:half] == sink.saved[half:]
    assert len({notice.key for notice in sink.saved}) == half
    return [(notice.event.value, json.loads(notice.body)["data"]) for notice in sink.saved[:half]]


def test_a_call_that_is_answered() -> None:
    found = told(
        start(),
        LegRang(journey=J, at=AT + 1, leg=LegId("b1"), step=1, target="device:d", user="ana"),
        Answered(journey=J, at=AT + 5, leg=LegId("b1"), target="device:d", user="ana"),
        Recorded(journey=J, at=AT + 29, path="recordings/x.wav", duration=24.0),
        *end(Outcome.ANSWERED),
    )
    assert [event for event, _ in found] == ["call.started", "call.answered", "call.ended", "recording.ready"]
    started, answered, ended, recording = (data["call"] for _, data in found)
    assert (started["caller"], started["answered_at"], started["ended_at"]) == ("+34600111222", None, None)
    assert (answered["answered_by"], answered["answered_at"]) == ("ana", "2023-11-14T22:13:25.000Z")
    assert (ended["outcome"], ended["duration"], ended["ended_by"]) == ("answered", 30.0, "caller")
    assert recording["id"] == J
    assert found[3][1]["recording"] == {
        "number": 1,
        "duration": 24.0,
        "url": f"/api/v1/tenants/demo/recordings/{J}/1",
    }


def test_what_the_exchange_itself_answers_is_answered_by_nobody() -> None:
    found = told(
        start(),
        Answered(journey=J, at=AT + 2, leg=LegId("a"), service="voicemail"),
        MessageLeft(
            journey=J, at=AT + 20, tenant=DEMO, user="ana", message="m1", path="x", duration=9.0, caller="1"
        ),
        *end(Outcome.VOICEMAIL),
    )
    assert [event for event, _ in found] == ["call.started", "voicemail.left", "call.ended", "call.missed"]
    assert found[1][1]["url"] == "/api/v1/tenants/demo/voicemail/ana/m1/audio"
    assert found[2][1]["call"]["messages"] == [{"user": "ana", "message": "m1", "duration": 9.0}]


@pytest.mark.parametrize(
    ("direction", "outcome", "missed"),
    [
        (Direction.INBOUND, Outcome.NO_ANSWER, True),
        (Direction.INBOUND, Outcome.ABANDONED, True),
        (Direction.INBOUND, Outcome.BUSY, True),
        (Direction.INBOUND, Outcome.OVERFLOW, True),
        (Direction.INBOUND, Outcome.REJECTED, False),
        (Direction.INBOUND, Outcome.SERVICE, False),
        (Direction.INBOUND, Outcome.LOST, False),
        (Direction.INTERNAL, Outcome.NO_ANSWER, False),
        (Direction.OUTBOUND, Outcome.NO_ANSWER, False),
    ],
)
def test_which_calls_are_missed(direction: Direction, outcome: Outcome, missed: bool) -> None:
    found = told(start(direction), *end(outcome, 480))
    assert ("call.missed" in [event for event, _ in found]) is missed


def test_a_queue_that_was_abandoned() -> None:
    found = told(
        start(),
        QueueJoined(journey=J, at=AT + 1, tenant=DEMO, queue="sales", position=1),
        QueueLeft(
            journey=J, at=AT + 21, tenant=DEMO, queue="sales", reason="abandoned", position=1, waited=20.0
        ),
        *end(Outcome.ABANDONED),
    )
    (abandoned,) = [data for event, data in found if event == "queue.abandoned"]
    assert (abandoned["queue"], abandoned["waited"]) == ("sales", 20.0)
    assert abandoned["call"]["queues"][0]["reason"] == "abandoned"


def test_nobody_is_told_what_they_did_not_ask_for() -> None:
    events = [start(), *end(Outcome.NO_ANSWER)]
    assert [event for event, _ in told(*events, sink=Sink(frozenset({HookEvent.CALL_ENDED})))] == [
        "call.ended"
    ]
    assert told(start(tenant="other"), *end(Outcome.NO_ANSWER)) == []
