"""kill -9 at any instant: a process that writes or folds the journal dies between two function calls drawn from a seed."""

from __future__ import annotations

import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from sqlalchemy import text

from centralita.jobs.projector import Pace, Projector
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
from centralita.store.database import Database
from centralita.store.journal import JournalReader, JournalWriter
from centralita.store.records import RecordStore

PACE = Pace(poll_seconds=1.0, batch_journeys=4)


def killed_in_the_middle(work: Callable[[], None], calls: int) -> bool:
    """Run ``work`` in a child that kills itself at its so-manyth function call. Whether it was killed before the end."""
    child = os.fork()
    if not child:
        left = calls

        def count(frame: FrameType, event: str, argument: object) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.setprofile(count)
            work()
        except BaseException:  # noqa: BLE001  (a child of the test must not go on with the test)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed"
    return os.WIFSIGNALED(status)


def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/a.db", durable=False)


def project_all(tmp_path: Path) -> None:
    store = database(tmp_path)
    projector = Projector(JournalReader(tmp_path / "journal"), RecordStore(store), PACE)
    while projector.step() != PACE.poll_seconds:
        pass
    store.close()


def start(name: str, at: float) -> CallStarted:
    return CallStarted(
        journey=JourneyId(name),
        at=at,
        tenant=TenantId("demo"),
        direction=Direction.INBOUND,
        caller="1",
        dialled="2",
        via="trunk:t",
        config_version=1,
        sip_call_id="x",
    )


def write_calls(folder: Path, names: list[str], told: int) -> None:
    """A switch's life: recovery, then calls that overlap; each is told of once its start is on disk."""
    writer = JournalWriter(folder, lambda: 500.0, segment_bytes=2500, sync_seconds=None)
    for journey in writer.recover():
        for event in journey.closing():
            writer.append(event)
    writer.flush()
    up: list[str] = []
    for number, name in enumerate(names):
        journey = JourneyId(name)
        writer.append(start(name, float(number)))
        writer.flush()
        os.write(told, f"started {name}\n".encode())
        up.append(name)
        if number % 2:
            writer.append(
                MessageLeft(
                    journey=journey,
                    at=1.0,
                    tenant=TenantId("demo"),
                    user="ana",
                    message=f"m-{name}",
                    path="x",
                    duration=1.0,
                    caller="1",
                )
            )
        if len(up) > 3:
            ended = JourneyId(up.pop(0))
            writer.append(
                CallEnded(
                    journey=ended,
                    at=50.0,
                    by=Party.CALLER,
                    outcome=Outcome.ANSWERED,
                    sip_status=200,
                    q850=16,
                )
            )
            writer.flush()
            os.write(told, f"ended {ended}\n".encode())
            writer.append(CallClosed(journey=ended, at=51.0))
            writer.flush()
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("seed", range(6))
def test_no_record_is_missing_or_double(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    store = database(tmp_path)
    store.migrate()
    store.close()
    told = tmp_path / "told"
    kills = 0
    for life in range(8):
        names = [f"j{life}-{number:02}" for number in range(12)]
        out = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        killed_in_the_middle(
            lambda names=names, out=out: write_calls(tmp_path / "journal", names, out), dice.randint(1, 1200)
        )
        os.close(out)
        kills += killed_in_the_middle(lambda: project_all(tmp_path), dice.randint(1, 20000))
    assert kills, "the folding process must have been killed on its way"

    last = JournalWriter(tmp_path / "journal", lambda: 900.0, sync_seconds=None)
    for journey in last.recover():
        for event in journey.closing():
            last.append(event)
    last.close()
    project_all(tmp_path)

    facts = [line.split() for line in told.read_text().splitlines()]
    started = {name for what, name in facts if what == "started"}
    ended = {name for what, name in facts if what == "ended"}
    store = database(tmp_path)
    with store.read() as connection:
        rows = connection.execute(text("SELECT journey, outcome FROM journeys")).all()
        mails = connection.execute(text("SELECT message FROM mail_outbox")).scalars().all()
    store.close()
    outcomes = dict(rows)
    assert len(outcomes) == len(rows)
    assert started <= set(outcomes), "every call whose start was on disk has its record"
    # One more a life may have its start on disk without having been told of.
    assert len(set(outcomes) - started) <= 8
    assert {name for name in ended if outcomes[name] != "answered"} == set()
    assert set(outcomes.values()) == {"answered", "lost"}
    assert len(mails) == len(set(mails))


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_projector_leaves_what_an_unhurt_one_would(tmp_path: Path, seed: int) -> None:
    """The same journal folded by one that is killed again and again, and by one that is not."""
    dice = random.Random(1000 + seed)
    for name in ("hurt", "unhurt"):
        (tmp_path / name).mkdir()
        store = database(tmp_path / name)
        store.migrate()
        store.close()
    out = os.open(tmp_path / "told", os.O_WRONLY | os.O_CREAT)
    assert killed_in_the_middle(
        lambda: write_calls(tmp_path / "hurt" / "journal", [f"j{n:03}" for n in range(60)], out), 10**9
    )
    os.close(out)
    (tmp_path / "unhurt" / "journal").symlink_to(tmp_path / "hurt" / "journal")
    kills = 0
    while killed_in_the_middle(lambda: project_all(tmp_path / "hurt"), dice.randint(8000, 22000)):
        kills += 1
        assert kills < 100, "it gets further each time"
    assert kills > 0
    project_all(tmp_path / "unhurt")
    tables = []
    for name in ("hurt", "unhurt"):
        store = database(tmp_path / name)
        with store.read() as connection:
            tables.append(
                [
                    connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3")).all()
                    for table in ("journeys", "journal_positions", "mail_outbox")
                ]
            )
        store.close()
    assert len(tables[0][0]) == 57
    assert tables[0] == tables[1]
