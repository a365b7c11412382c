"""The projector: every closed journey becomes one record, whatever fails, and whenever it is killed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from centralita.jobs.projector import Pace, Place, Projector
from centralita.pbx.journey import Journey, fold_all
from centralita.pbx.vocabulary import (
    Answered,
    CallClosed,
    CallEnded,
    CallEvent,
    CallStarted,
    Decided,
    Direction,
    JourneyId,
    LegId,
    LegRang,
    MessageLeft,
    Outcome,
    Party,
    TenantId,
)
from centralita.ports import StoreUnavailable
from centralita.store.framing import frame_end
from centralita.store.journal import JournalReader, JournalWriter

PACE = Pace(poll_seconds=7.0, batch_journeys=5, batch_events=40, first_retry=1.0, longest_retry=8.0)


def events_of(name: str, at: float, message: bool = False) -> list[CallEvent]:
    journey = JourneyId(name)
    events: list[CallEvent] = [
        CallStarted(
            journey=journey,
            at=at,
            tenant=TenantId("demo"),
            direction=Direction.INBOUND,
            caller="1",
            dialled="2",
            via="trunk:t",
            config_version=1,
            sip_call_id="x",
        ),
        LegRang(journey=journey, at=at + 1, leg=LegId("b1"), step=1, target="device:d", user="ana"),
        Answered(journey=journey, at=at + 2, leg=LegId("b1"), target="device:d", user="ana"),
    ]
    if message:
        events.append(
            MessageLeft(
                journey=journey,
                at=at + 3,
                tenant=TenantId("demo"),
                user="ana",
                message=f"m-{name}",
                path="x",
                duration=2.0,
                caller="1",
            )
        )
    events += [
        CallEnded(
            journey=journey,
            at=at + 5,
            by=Party.CALLER,
            outcome=Outcome.ANSWERED,
            sip_status=200,
            q850=16,
        ),
        CallClosed(journey=journey, at=at + 6),
    ]
    return events


def interleaved(count: int, seed: int) -> list[CallEvent]:
    """The events of many journeys in an order in which they may have happened."""
    dice = random.Random(seed)
    queues = [events_of(f"j{number:03}", float(number), message=number % 3 == 0) for number in range(count)]
    waiting, running, order = queues[::-1], [], []
    while waiting or running:
        if waiting and (not running or dice.random() < 0.3):
            running.append(waiting.pop())
        queue = dice.choice(running)
        order.append(queue.pop(0))
        if not queue:
            running.remove(queue)
    return order


class Records:
    """A sink in memory that keeps what was saved, and can be away."""

    def __init__(self) -> None:
        self.journeys: dict[str, Journey] = {}
        self.saves: list[list[str]] = []
        self.messages: list[str] = []
        self.positions: dict[str, Place] = {}
        self.away: Callable[[], bool] = lambda: False
        self.away_after_commit: Callable[[], bool] = lambda: False

    def position(self, journal: str) -> Place:
        if self.away():
            raise StoreUnavailable("away")
        return self.positions.get(journal, (0, 0))

    def save(
        self, batch: Sequence[Journey], messages: Sequence[MessageLeft], journal: str, position: Place
    ) -> None:
        if self.away():
            raise StoreUnavailable("away")
        for journey in batch:
            known = self.journeys.setdefault(journey.journey, journey)
            assert known == journey, "a record that is saved twice is the same"
        self.saves.append([journey.journey for journey in batch])
        self.messages += [message.message for message in messages if message.message not in self.messages]
        assert position >= self.positions.get(journal, (0, 0)), "the low-water mark never goes back"
        self.positions[journal] = position
        if self.away_after_commit():
            raise StoreUnavailable("the answer to COMMIT was lost")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    made = JournalWriter(tmp_path / "journal", lambda: 0.0, segment_bytes=3000, sync_seconds=None)
    yield made
    made.close()


@pytest.fixture
def records() -> Records:
    return Records()


def projector(tmp_path: Path, records: Records, **more: Callable[[], None]) -> Projector:
    return Projector(JournalReader(tmp_path / "journal"), records, PACE, wall=lambda: 77.0, **more)


def put(writer: JournalWriter, events: Sequence[CallEvent]) -> None:
    for event in events:
        writer.append(event)
        writer.flush()


def run(projector: Projector) -> None:
    """Work until there is nothing more to do."""
    for _ in range(1000):
        if projector.step() == PACE.poll_seconds:
            return
    raise AssertionError("it never comes to an end")


def expected(events: Sequence[CallEvent]) -> dict[str, Journey]:
    folded = {}
    for name in {event.journey for event in events}:
        journey = fold_all([event for event in events if event.journey == name])
        assert journey is not None
        if journey.closed:
            folded[str(name)] = journey
    return folded


def test_a_journal_that_is_not_there_yet_is_waited_for(tmp_path: Path, records: Records) -> None:
    project = projector(tmp_path, records)
    assert project.step() == PACE.poll_seconds
    writer = JournalWriter(tmp_path / "journal", lambda: 0.0, sync_seconds=None)
    put(writer, events_of("j1", 1.0))
    run(project)
    assert set(records.journeys) == {"j1"}
    writer.close()


def test_closed_journeys_are_saved_and_open_ones_wait(
    tmp_path: Path, records: Records, writer: JournalWriter
) -> None:
    project = projector(tmp_path, records)
    first, second = events_of("j1", 1.0), events_of("j2", 2.0)
    put(writer, first[:2])
    put(writer, second)
    run(project)
    assert set(records.journeys) == {"j2"}
    assert project.open == 1
    put(writer, first[2:])
    run(project)
    assert records.journeys == expected([*first, *second])
    assert (project.open, project.saved) == (0, 2)


def test_nothing_is_written_when_nothing_happens(
    tmp_path: Path, records: Records, writer: JournalWriter
) -> None:
    project = projector(tmp_path, records)
    put(writer, events_of("j1", 1.0))
    put(writer, events_of("j2", 1.0)[:3])
    run(project)
    for _ in range(3):
        assert project.step() == PACE.poll_seconds
    assert len(records.saves) == 1


def test_a_backlog_is_saved_in_batches(tmp_path: Path, records: Records, writer: JournalWriter) -> None:
    events = interleaved(60, seed=1)
    put(writer, events)
    project = projector(tmp_path, records)
    run(project)
    assert records.journeys == expected(events)
    assert max(len(batch) for batch in records.saves) <= PACE.batch_journeys
    assert len(records.saves) > 10


def test_messages_are_told_of_before_their_journey_is_closed(
    tmp_path: Path, records: Records, writer: JournalWriter
) -> None:
    told: list[int] = []
    project = projector(tmp_path, records, on_messages=lambda: told.append(len(records.messages)))
    put(writer, events_of("j1", 1.0, message=True)[:4])
    run(project)
    assert records.messages == ["m-j1"]
    assert told == [1]


@pytest.mark.parametrize("seed", range(20))
def test_a_restart_at_any_event_leaves_no_record_missing_or_different(
    tmp_path: Path, records: Records, writer: JournalWriter, seed: int
) -> None:
    dice = random.Random(seed)
    events = interleaved(40, seed)
    project = projector(tmp_path, records)
    rest = list(events)
    while rest:
        count = dice.randint(1, 15)
        put(writer, rest[:count])
        del rest[:count]
        for _ in range(dice.randint(0, 3)):
            project.step()
        if dice.random() < 0.4:
            project = projector(tmp_path, records)
    run(project)
    assert records.journeys == expected(events)
    assert sorted(records.messages) == sorted(
        event.message for event in events if isinstance(event, MessageLeft)
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_database_that_comes_and_goes_loses_nothing(
    tmp_path: Path, records: Records, writer: JournalWriter, seed: int
) -> None:
    dice = random.Random(seed)
    records.away = lambda: dice.random() < 0.5
    records.away_after_commit = lambda: dice.random() < 0.3
    events = interleaved(40, seed)
    project = projector(tmp_path, records)
    rest = list(events)
    while rest:
        put(writer, rest[:10])
        del rest[:10]
        project.step()
        if dice.random() < 0.2:
            project = projector(tmp_path, records)
    records.away = records.away_after_commit = lambda: False
    run(project)
    assert records.journeys == expected(events)
    assert len(records.messages) == 14


def test_while_the_database_is_away_it_waits_longer_and_reads_no_further(
    tmp_path: Path, records: Records, writer: JournalWriter
) -> None:
    project = projector(tmp_path, records)
    put(writer, events_of("j0", 1.0))
    run(project)
    records.away = lambda: True
    put(writer, interleaved(30, seed=2))
    assert [project.step() for _ in range(6)] == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert (project.error, project.error_since) == ("away", 77.0)
    assert len(project._closed) <= PACE.batch_journeys, "what waits is bounded"
    records.away = lambda: False
    run(project)
    assert len(records.journeys) == 1 + 30
    assert (project.error, project.error_since) == ("", None)


def test_what_began_before_the_mark_is_not_recorded_again_in_part(
    tmp_path: Path, records: Records, writer: JournalWriter
) -> None:
    early, late = events_of("early", 1.0), events_of("late", 2.0)
    put(writer, early[:3])
    put(writer, late[:2])
    put(writer, early[3:])
    run(projector(tmp_path, records))
    put(writer, late[2:])
    run(projector(tmp_path, records))  # reads from late's first event: the second half of early is seen again
    assert records.journeys == expected([*early, *late])


def test_a_journey_whose_end_the_disk_damaged_is_closed_as_lost(
    tmp_path: Path, records: Records, writer: JournalWriter
) -> None:
    events = [*events_of("gone", 1.0), *events_of("up", 2.0)[:3]]
    put(writer, events[:-1])
    path = tmp_path / "journal" / "000001.journal"
    data = bytearray(path.read_bytes())
    ends = [0]
    while (end := frame_end(data, ends[-1])) is not None:
        ends.append(end)
    for index in (4, 5):  # CallEnded and CallClosed; the segment's header is the first frame
        data[ends[index] + 12] ^= 0xFF
    path.write_bytes(data)
    put(writer, [events[-1]])
    project = projector(tmp_path, records)
    run(project)
    assert records.journeys == {}, "it may still be up, for all that this segment tells"
    number = 0
    while len(list((tmp_path / "journal").glob("*.journal"))) == 1:
        put(writer, events_of(f"n{number}", 3.0))
        number += 1
    run(project)
    gone = records.journeys.pop("gone")
    assert (gone.outcome, gone.closed, gone.end) == (Outcome.LOST, True, 3.0)
    assert project.open == 1, "the one that is up stays open"
    assert "up" not in records.journeys


def test_another_journal_begins_at_its_beginning(tmp_path: Path, records: Records) -> None:
    first = JournalWriter(tmp_path / "journal", lambda: 0.0, sync_seconds=None)
    put(first, [*events_of("j1", 1.0), *events_of("j2", 1.0)])
    first.close()
    project = projector(tmp_path, records)
    run(project)
    (tmp_path / "journal").rename(tmp_path / "old")
    assert project.step() == PACE.poll_seconds
    second = JournalWriter(tmp_path / "journal", lambda: 0.0, sync_seconds=None)
    put(second, events_of("j3", 1.0))
    second.close()
    run(project)
    assert set(records.journeys) == {"j1", "j2", "j3"}


def test_a_decision_alone_makes_no_record(tmp_path: Path, records: Records, writer: JournalWriter) -> None:
    put(writer, [Decided(journey=JourneyId("x"), at=1.0, rule="r", target="t", reason="w")])
    run(projector(tmp_path, records))
    assert records.saves == []
