"""Facts of queues and agents on their way from the journal: each once, whatever dies in between, also when no call is up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from centralita.jobs.projector import Pace, Place, Projector
from centralita.pbx.acd.facts import AcdFact, AgentLoggedIn, QueueJoined, QueueLeft
from centralita.pbx.events import JournalEvent
from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import (
    CallClosed,
    CallEnded,
    CallStarted,
    Direction,
    JourneyId,
    MessageLeft,
    Outcome,
    Party,
    TenantId,
)
from centralita.ports import StoreUnavailable
from centralita.store.journal import JournalReader, JournalWriter

DEMO, CALL = TenantId("demo"), JourneyId("j1")
PACE = Pace(poll_seconds=0.5)


class Sinks:
    def __init__(self) -> None:
        self.facts: dict[Place, AcdFact] = {}
        self.journeys: list[Journey] = []
        self.place: Place = (0, 0)
        self.away = False

    def position(self, journal: str) -> Place:
        return self.place

    def save(
        self, batch: Sequence[Journey], messages: Sequence[MessageLeft], journal: str, position: Place
    ) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.journeys += batch
        self.place = position


class Facts:
    def __init__(self, sinks: Sinks) -> None:
        self.sinks = sinks

    def save(self, events: Sequence[tuple[Place, AcdFact]], journal: str) -> None:
        if self.sinks.away:
            raise StoreUnavailable("away")
        for place, fact in events:
            assert self.sinks.facts.setdefault(place, fact) == fact, "a place is of one fact"


def events() -> list[JournalEvent]:
    return [
        AgentLoggedIn(tenant=DEMO, at=1.0, agent="ana", queues=("sales",)),
        CallStarted(
            journey=CALL,
            at=2.0,
            tenant=DEMO,
            direction=Direction.INBOUND,
            caller="1",
            dialled="2",
            via="trunk:p",
            config_version=1,
            sip_call_id="x",
        ),
        QueueJoined(tenant=DEMO, journey=CALL, at=3.0, queue="sales", position=1),
        QueueLeft(
            tenant=DEMO, journey=CALL, at=4.0, queue="sales", reason="abandoned", waited=1.0, position=1
        ),
        CallEnded(journey=CALL, at=5.0, by=Party.CALLER, outcome=Outcome.ABANDONED, sip_status=200, q850=16),
        CallClosed(journey=CALL, at=6.0),
    ]


def project(tmp_path: Path, sinks: Sinks) -> None:
    projector = Projector(JournalReader(tmp_path), sinks, PACE, queue_sink=Facts(sinks), wall=lambda: 0.0)
    for _ in range(10):
        projector.step()


def test_facts_are_kept_and_are_part_of_the_record(tmp_path: Path) -> None:
    sinks = Sinks()
    writer = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=None)
    for count, event in enumerate(events(), start=1):
        writer.append(event)
        writer.flush()
        # A new process each time, as if it had been killed after every event.
        project(tmp_path, sinks)
        known = [type(fact) for fact in sinks.facts.values()]
        assert (
            known
            == [type(each) for each in events()[:count] if not hasattr(each, "sip_call_id")][: len(known)]
        )
    writer.close()
    assert list(sinks.facts.values()) == [events()[0], events()[2], events()[3]]
    (journey,) = sinks.journeys
    assert [(stay.queue, stay.reason) for stay in journey.queues] == [("sales", "abandoned")]


def test_nothing_is_lost_while_the_database_is_away(tmp_path: Path) -> None:
    sinks = Sinks()
    sinks.away = True
    writer = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=None)
    for event in events():
        writer.append(event)
    writer.flush()
    projector = Projector(JournalReader(tmp_path), sinks, PACE, queue_sink=Facts(sinks), wall=lambda: 0.0)
    projector.step()
    projector.step()
    assert projector.error
    sinks.away = False
    for _ in range(5):
        projector.step()
    writer.close()
    assert len(sinks.facts) == 3
    assert len(sinks.journeys) == 1
