"""The jobs process: folds the journal into records, sends mail, makes prompts, deletes what is old. Its parts come from outside.

Five loops that do not wait for each other: records in the main thread, mail, webhooks, retention and the tenants' wishes in one each. One that fails in a
way that nobody foresaw ends the process, which its supervisor starts again; starting is recovery.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from centralita import jobstatus
from centralita.fetch import Network
from centralita.jobs.deliverer import Deliverer, HookPace
from centralita.jobs.deliverer import Outbox as HookOutbox
from centralita.jobs.mail import Mailer, MailPace, MailSettings, Outbox, Recipients, Voicemail
from centralita.jobs.notices import HookSink, Notices
from centralita.jobs.projector import EventSource, Pace, Projector, QueueSink, RecordSink
from centralita.jobs.retention import Retention, RetentionSettings, Segments
from centralita.jobstatus import JobsStatus
from centralita.ports import StoreUnavailable

STATUS_SECONDS = 2.0
"""Between two writings of a status that changed."""
HEARTBEAT_SECONDS = 10.0
"""Between two writings of one that did not."""
RETENTION_SECONDS = 3600.0
STOP_SECONDS = 5.0
"""How long a mail that is being sent may delay the end."""


class JournalSource(EventSource, Segments, Protocol):
    """The journal: read by one thread, its old segments deleted by another."""

    unknown: int
    damaged: int

    def size(self) -> int: ...


class Work(Protocol):
    """Fulfilled by :class:`centralita.jobs.tenant_work.TenantWork`."""

    error: str

    def step(self) -> float:
        """Do what is due; seconds until the next step. Raises StoreUnavailable."""


class Hooks(HookSink, HookOutbox, Protocol):
    """Fulfilled by :class:`centralita.store.hook_outbox.HookOutbox`."""


class Log(Protocol):
    def info(self, event: str, **fields: object) -> object: ...
    def warning(self, event: str, **fields: object) -> object: ...
    def error(self, event: str, **fields: object) -> object: ...


@dataclass(frozen=True, slots=True)
class JobsSettings:
    status_folder: Path
    """Where ``jobs.json`` is written."""
    mail: MailSettings
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    pace: Pace = field(default_factory=Pace)
    mail_pace: MailPace = field(default_factory=MailPace)
    hook_pace: HookPace = field(default_factory=HookPace)
    allow: tuple[Network, ...] = ()
    """Networks that webhooks may be at although they are not public."""


@dataclass(frozen=True, slots=True)
class JobsParts:
    """The adapters, made by the composition root."""

    source: JournalSource
    records: RecordSink
    outbox: Outbox
    recipients: Recipients
    voicemail: Voicemail
    tenants: Work
    log: Log
    queue_events: QueueSink | None = None
    hooks: Hooks | None = None


def run(settings: JobsSettings, parts: JobsParts, stop: threading.Event | None = None) -> int:
    """Work until SIGTERM or SIGINT (or ``stop``, whose setter then cares for the signals). The exit code."""
    jobs = Jobs(settings, parts, stop or threading.Event())
    if stop is None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: jobs.stop())
    gc.collect()
    gc.freeze()
    return jobs.run()


class Jobs:
    """The loops and what they say of themselves."""

    def __init__(self, settings: JobsSettings, parts: JobsParts, stop: threading.Event) -> None:
        self._settings = settings
        self._parts = parts
        self._stop = stop
        self._wake_mail = threading.Event()
        self._wake_hooks = threading.Event()
        self._failed = False
        self._projector = Projector(
            parts.source,
            parts.records,
            settings.pace,
            queue_sink=parts.queue_events,
            notices=Notices(parts.hooks, self._wake_hooks.set) if parts.hooks is not None else None,
            on_messages=self._wake_mail.set,
        )
        self._mailer = Mailer(
            settings.mail, parts.outbox, parts.recipients, parts.voicemail, pace=settings.mail_pace
        )
        self._deliverer = (
            Deliverer(
                parts.hooks, allow=settings.allow, pace=settings.hook_pace, on_done=self._wake_hooks.set
            )
            if parts.hooks is not None
            else None
        )
        self._retention = Retention(settings.retention, parts.source, parts.records)
        self._status: JobsStatus | None = None
        self._status_at = -HEARTBEAT_SECONDS

    def stop(self) -> None:
        self._stop.set()
        self._wake_mail.set()
        self._wake_hooks.set()

    def run(self) -> int:
        threads = [
            threading.Thread(target=self._guard, args=(loop,), name=name, daemon=True)
            for name, loop in (
                ("mail", self._mail_loop),
                ("webhooks", self._hook_loop),
                ("retention", self._retention_loop),
                ("tenants", self._tenant_loop),
            )
        ]
        for thread in threads:
            thread.start()
        self._guard(self._record_loop)
        self._wake_mail.set()
        self._wake_hooks.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return 1 if self._failed else 0

    # --- the loops ----------------------------------------------------------------------------------------------------

    def _record_loop(self) -> None:
        was_away = False
        while not self._stop.is_set():
            wait = self._projector.step()
            away = bool(self._projector.error)
            if away != was_away:
                was_away = away
                if away:
                    self._parts.log.warning(
                        "records cannot be saved, the journal waits", reason=self._projector.error
                    )
                else:
                    self._parts.log.info("records are saved again")
            self._tell()
            if wait:
                self._stop.wait(wait)
        self._projector.step()  # what the switch wrote last, when both are stopped together
        self._tell(at_once=True)

    def _mail_loop(self) -> None:
        while not self._stop.is_set():
            self._wake_mail.clear()
            try:
                wait = self._mailer.step(self._stop.is_set)
            except StoreUnavailable:
                wait = self._settings.pace.longest_retry  # the record loop says so
            if not self._stop.is_set():
                self._wake_mail.wait(wait)

    def _hook_loop(self) -> None:
        deliverer = self._deliverer
        if deliverer is None:
            return
        try:
            while not self._stop.is_set():
                self._wake_hooks.clear()
                try:
                    wait = deliverer.step()
                except StoreUnavailable:
                    wait = self._settings.pace.longest_retry  # the record loop says so
                if not self._stop.is_set():
                    self._wake_hooks.wait(wait)
        finally:
            deliverer.close()

    def _retention_loop(self) -> None:
        while not self._stop.is_set():
            try:
                self._retention.step()
            except StoreUnavailable:
                self._stop.wait(self._settings.pace.longest_retry)
                continue
            except OSError as error:
                self._parts.log.warning("what is old cannot be deleted", reason=str(error))
            self._stop.wait(RETENTION_SECONDS)

    def _tenant_loop(self) -> None:
        told = ""
        while not self._stop.is_set():
            try:
                wait = self._parts.tenants.step()
            except StoreUnavailable:
                wait = self._settings.pace.longest_retry  # the record loop says so
            trouble = self._parts.tenants.error
            if trouble and trouble != told:
                self._parts.log.warning("prompts of tenants are mute", reason=trouble)
            told = trouble
            self._stop.wait(wait)

    def _guard(self, loop: Callable[[], None]) -> None:
        """Run a loop; where it fails in a way that nobody foresaw, end the process and say why."""
        try:
            loop()
        except Exception as error:
            self._failed = True
            self._parts.log.error("ends", reason=f"{type(error).__name__}: {error}", exc_info=True)
            self.stop()

    # --- what it says of itself ---------------------------------------------------------------------------------------

    def _tell(self, at_once: bool = False) -> None:
        now = time.monotonic()
        if not at_once and now - self._status_at < STATUS_SECONDS:
            return
        status = self._look()
        if not at_once and status == self._status and now - self._status_at < HEARTBEAT_SECONDS:
            return
        self._status, self._status_at = status, now
        try:
            jobstatus.write(self._settings.status_folder, replace(status, at=time.time()))
        except OSError as error:
            self._parts.log.warning("the status cannot be written", reason=str(error))

    def _look(self) -> JobsStatus:
        projector, mailer, source = self._projector, self._mailer, self._parts.source
        return JobsStatus(
            pid=os.getpid(),
            at=0.0,
            ok=not projector.error and not mailer.error,
            records_error=projector.error,
            records_error_since=projector.error_since,
            behind_bytes=source.size(),
            open_journeys=projector.open,
            saved_journeys=projector.saved,
            unknown_events=source.unknown,
            damaged_bytes=source.damaged,
            mail_error=mailer.error,
            mails_sent=mailer.sent,
            mails_waiting=mailer.waiting,
            webhook_messages_sent=self._deliverer.sent if self._deliverer is not None else 0,
            webhook_messages_failed=self._deliverer.failed if self._deliverer is not None else 0,
        )
