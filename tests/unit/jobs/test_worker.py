"""The jobs process as a whole: from an event in the journal to a record and a mail, and a clean end."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from centralita import jobstatus
from centralita.jobs import mail as mail_module
from centralita.jobs.mail import MailSettings, Recipient
from centralita.jobs.projector import Pace
from centralita.jobs.worker import JobsParts, JobsSettings, run
from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import (
    CallClosed,
    CallEnded,
    CallEvent,
    CallStarted,
    Direction,
    JourneyId,
    MessageLeft,
    Outcome,
    Party,
    TenantId,
)
from centralita.ports import StoreUnavailable
from centralita.store.database import Database
from centralita.store.journal import JournalReader, JournalWriter
from centralita.store.mailboxes import MailboxStore
from centralita.store.outbox import MailOutbox
from centralita.store.records import RecordStore

DEMO = TenantId("demo")


class Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def info(self, event: str, **fields: object) -> None:
        self.lines.append(event)

    warning = error = info


class Told(RecordStore):
    """The real store, that tells when it has saved and can be away."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.saved = threading.Semaphore(0)
        self.refused = threading.Semaphore(0)
        self.away = False
        self.on_save: Callable[[], None] = lambda: None

    def save(
        self,
        batch: Sequence[Journey],
        messages: Sequence[MessageLeft],
        journal: str,
        position: tuple[int, int],
    ) -> None:
        if self.away:
            self.refused.release()
            raise StoreUnavailable("the database is away")
        super().save(batch, messages, journal, position)
        for _ in batch:
            self.saved.release()
        self.on_save()


class People:
    def find(self, tenant: TenantId, user: str) -> Recipient | None:
        return Recipient(name="Ana", address="ana@example.com", language="es", zone="Europe/Madrid")


def call(name: str, message: str = "") -> list[CallEvent]:
    journey = JourneyId(name)
    events: list[CallEvent] = [
        CallStarted(
            journey=journey,
            at=1.0,
            tenant=DEMO,
            direction=Direction.INTERNAL,
            caller="101",
            dialled="102",
            via="device:d",
            config_version=1,
            sip_call_id="x",
        )
    ]
    if message:
        events.append(
            MessageLeft(
                journey=journey,
                at=time.time(),
                tenant=DEMO,
                user="ana",
                message=message,
                path="x",
                duration=2.0,
                caller="101",
            )
        )
    events += [
        CallEnded(
            journey=journey, at=3.0, by=Party.CALLER, outcome=Outcome.ANSWERED, sip_status=200, q850=16
        ),
        CallClosed(journey=journey, at=3.0),
    ]
    return events


class Nothing:
    """Tenants who wish for nothing."""

    error = ""

    def step(self) -> float:
        return 60.0


class Installation:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(f"sqlite:///{folder}/a.db", durable=False)
        self.database.migrate()
        self.records = Told(self.database)
        self.mailboxes = MailboxStore(folder / "voicemail", time.time)
        self.writer = JournalWriter(folder / "journal", time.time, sync_seconds=None)
        self.log = Log()
        self.settings = JobsSettings(
            status_folder=folder,
            mail=MailSettings(host="mail.example.com"),
            pace=Pace(poll_seconds=0.01, first_retry=0.01, longest_retry=0.02),
        )
        self.parts = JobsParts(
            source=JournalReader(folder / "journal"),
            records=self.records,
            outbox=MailOutbox(self.database),
            recipients=People(),
            voicemail=self.mailboxes,
            tenants=Nothing(),
            log=self.log,
        )

    def put(self, events: Sequence[CallEvent]) -> None:
        for event in events:
            self.writer.append(event)
        self.writer.flush()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.writer.close()
    made.database.close()
    gc.unfreeze()  # the worker freezes what it starts with


class Running:
    """The jobs in a thread of the test, until the test ends them."""

    def __init__(self, installation: Installation) -> None:
        self._stop = threading.Event()
        self._code: list[int] = []
        self._thread = threading.Thread(
            target=lambda: self._code.append(run(installation.settings, installation.parts, self._stop))
        )
        self._thread.start()

    def end(self) -> int:
        self._stop.set()
        self._thread.join(20)
        (code,) = self._code
        return code


def test_from_the_journal_to_the_record(installation: Installation) -> None:
    running = Running(installation)
    for number in range(3):
        installation.put(call(f"j{number}"))
        assert installation.records.saved.acquire(timeout=20)
    assert running.end() == 0
    assert installation.records.count() == 3
    status = jobstatus.read(installation.folder)
    assert status is not None
    assert (status.ok, status.saved_journeys, status.behind_bytes, status.open_journeys) == (True, 3, 0, 0)


def test_a_message_is_mailed_as_soon_as_it_is_on_record(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[EmailMessage] = []
    told = threading.Event()

    def send(self: mail_module.SmtpSender, mail: EmailMessage) -> None:
        sent.append(mail)
        told.set()

    monkeypatch.setattr(mail_module.SmtpSender, "send", send)
    draft = installation.mailboxes.draft(DEMO, "ana")
    draft.write_bytes(b"RIFF")
    kept = installation.mailboxes.keep(
        DEMO, "ana", draft, at=time.time(), duration=2.0, caller="101", caller_name=""
    )
    running = Running(installation)
    installation.put(call("j1", message=kept.id))
    assert told.wait(20), "it does not wait for the mailer's own look at the outbox, which is a minute away"
    assert running.end() == 0
    assert [mail["To"] for mail in sent] == ["Ana <ana@example.com>"]
    assert MailOutbox(installation.database).waiting() == 0


def test_a_database_that_is_away_is_told_and_made_up_for(installation: Installation) -> None:
    installation.records.away = True
    running = Running(installation)
    installation.put(call("j1"))
    for _ in range(3):
        assert installation.records.refused.acquire(timeout=20)
    installation.records.away = False
    assert installation.records.saved.acquire(timeout=20)
    assert running.end() == 0
    assert installation.log.lines == ["records cannot be saved, the journal waits", "records are saved again"]


def test_what_the_switch_wrote_last_is_saved_before_the_end(installation: Installation) -> None:
    settings = replace(installation.settings, pace=Pace(poll_seconds=3600.0))
    installation.settings = settings
    installation.put(call("j1"))
    running = Running(installation)
    assert installation.records.saved.acquire(timeout=20)
    installation.put(call("j2"))
    assert running.end() == 0
    assert installation.records.count() == 2


def test_a_failure_that_nobody_foresaw_ends_the_process_and_is_told(installation: Installation) -> None:
    class Broken:
        def find(self, tenant: TenantId, user: str) -> Recipient | None:
            raise RuntimeError("a bug")

    installation.parts = replace(installation.parts, recipients=Broken())
    stop = threading.Event()
    installation.put(call("j1", message="m1"))
    assert run(installation.settings, installation.parts, stop) == 1
    assert stop.is_set()
    assert installation.log.lines == ["ends"]
    assert installation.records.count() == 1


def test_sigterm_ends_it_cleanly(installation: Installation) -> None:
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            installation.database.engine.dispose(close=False)
            installation.records.on_save = lambda: os.write(tell, b"x") and None
            code = run(installation.settings, installation.parts)
        finally:
            os._exit(code)
    os.close(tell)
    installation.put(call("j1"))
    assert os.read(told, 1) == b"x"
    os.kill(child, signal.SIGTERM)
    _, status = os.waitpid(child, 0)
    os.close(told)
    assert os.WIFEXITED(status)
    assert os.WEXITSTATUS(status) == 0
    assert jobstatus.read(installation.folder) is None, "it runs no more"
