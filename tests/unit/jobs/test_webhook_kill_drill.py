"""kill -9 of whoever folds the journal, at any function call: no webhook message is missing and none is double."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_kill_drill import PACE, killed_in_the_middle, start

from centralita.jobs.notices import Notices
from centralita.jobs.projector import Projector
from centralita.pbx.vocabulary import CallClosed, CallEnded, JourneyId, Outcome, Party
from centralita.store.database import Database
from centralita.store.hook_outbox import HookOutbox
from centralita.store.journal import JournalReader, JournalWriter
from centralita.store.records import RecordStore
from centralita.store.secrets import SecretBox
from centralita.store.webhooks import WebhookStore
from centralita.webhooks import HookEvent, Webhook

SECRETS = SecretBox(bytes(32))
EVENTS = (HookEvent.CALL_STARTED, HookEvent.CALL_ENDED, HookEvent.CALL_MISSED)


def project(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db", durable=False)
    outbox = HookOutbox(database, SECRETS, lambda: 100.0)
    projector = Projector(
        JournalReader(tmp_path / "journal"), RecordStore(database), PACE, notices=Notices(outbox)
    )
    while projector.step() != PACE.poll_seconds:
        pass
    database.close()


@pytest.mark.parametrize("seed", range(4))
def test_each_call_is_told_once(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    database = Database(f"sqlite:///{tmp_path}/a.db", durable=False)
    database.migrate()
    store = WebhookStore(database, SECRETS)
    store.add(Webhook(id="w", tenant="demo", url="https://x.example/", events=EVENTS), "whsec_eA==")
    writer = JournalWriter(tmp_path / "journal", lambda: 500.0, segment_bytes=2500, sync_seconds=None)
    names, up = [f"c{number:03}" for number in range(40)], []
    for name in names:
        writer.append(start(name, 10.0))
        up.append(name)
        if len(up) > 3:
            journey = JourneyId(up.pop(0))
            writer.append(
                CallEnded(
                    journey=journey,
                    at=50.0,
                    by=Party.CALLER,
                    outcome=Outcome.NO_ANSWER,
                    sip_status=480,
                    q850=18,
                )
            )
            writer.append(CallClosed(journey=journey, at=51.0))
    writer.flush()
    kills = sum(
        killed_in_the_middle(lambda: project(tmp_path), dice.randrange(200, 60_000)) for _ in range(8)
    )
    project(tmp_path)
    told: dict[str, set[str]] = {event.value: set() for event in EVENTS}
    for delivery in store.deliveries("w", before=None, limit=1000):
        found = store.delivery("w", delivery.id)
        assert found is not None
        name = next(name for name in names if f'"id":"{name}"' in found.body)
        assert name not in told[found.event], "told twice"
        told[found.event].add(name)
    ended = set(names) - set(up)
    assert told == {"call.started": set(names), "call.ended": ended, "call.missed": ended}
    assert kills
    database.close()
