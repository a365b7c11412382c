"""The health page: each process, and what it depends on. For load balancers, monitors, and people in a hurry.

Anybody who reaches the port may read it, so it names no tenant, no user and no address of a database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import BaseModel

from centralita import __version__, jobstatus, processes
from centralita.control import ControlClient, RequestRefused, SwitchUnavailable
from centralita.control import Health as SwitchReport
from centralita.settings import Settings

DatabaseCheck = Callable[[], None]
"""Does the least that proves the database to answer; raises where it does not."""


class ProcessHealth(BaseModel):
    name: str
    up: bool
    since: datetime
    restarts: int
    detail: str = ""


class Dependency(BaseModel):
    ok: bool
    detail: str = ""


class MediaHealth(BaseModel):
    worker: str
    up: bool
    ports_in_use: int
    ports_free: int


class SwitchHealth(Dependency):
    uptime: float | None = None
    """Seconds."""
    calls: int | None = None
    registrations: int | None = None
    journal: Dependency | None = None
    media: list[MediaHealth] = []


class JobsHealth(Dependency):
    behind_bytes: int | None = None
    """What of the journal is not in the records yet."""
    mails_waiting: int | None = None


class Health(BaseModel):
    ok: bool
    """Whether calls can be taken and records be read."""
    version: str
    switch: SwitchHealth
    database: Dependency
    jobs: JobsHealth
    """Records and mail that are late lose nothing: they do not make ``ok`` false."""
    processes: list[ProcessHealth]
    """Empty where the processes are not run by ``centralita up``."""


def look(settings: Settings, switch: ControlClient, database: DatabaseCheck) -> Health:
    """Ask everybody, now."""
    switch_health = _ask_switch(switch)
    database_health = _ask_database(database)
    status = processes.read(settings.run_folder)
    return Health(
        ok=switch_health.ok and database_health.ok,
        version=__version__,
        switch=switch_health,
        database=database_health,
        jobs=_look_at_jobs(settings),
        processes=[
            ProcessHealth(
                name=process.name,
                up=process.up,
                since=datetime.fromtimestamp(process.since, UTC),
                restarts=process.restarts,
                detail=process.detail,
            )
            for process in (status.processes if status else [])
            if not process.done
        ],
    )


def _ask_switch(switch: ControlClient) -> SwitchHealth:
    try:
        report = switch.health()
    except (SwitchUnavailable, RequestRefused):
        return SwitchHealth(ok=False, detail="does not answer")
    return SwitchHealth(
        ok=report.ok,
        detail=_why_not(report),
        uptime=report.uptime,
        calls=report.calls,
        registrations=report.registrations,
        journal=Dependency(ok=report.journal.ok, detail=report.journal.detail),
        media=[
            MediaHealth(
                worker=worker.worker,
                up=worker.up,
                ports_in_use=worker.ports_in_use,
                ports_free=worker.ports_free,
            )
            for worker in report.media
        ],
    )


def _why_not(report: SwitchReport) -> str:
    if report.ok:
        return ""
    if not report.journal.ok:
        return "the journal cannot be written"
    if not any(worker.up for worker in report.media):
        return "no media worker is up"
    return "takes no calls"


def _ask_database(database: DatabaseCheck) -> Dependency:
    try:
        database()
    except Exception as error:  # noqa: BLE001  (whatever the driver raises: it does not answer)
        return Dependency(ok=False, detail=f"does not answer ({type(error).__name__})")
    return Dependency(ok=True)


def _look_at_jobs(settings: Settings) -> JobsHealth:
    status = jobstatus.read(settings.run_folder)
    if status is None:
        return JobsHealth(ok=False, detail="not running")
    troubles = []
    if status.records_error:
        troubles.append("records cannot be saved")
    if status.mail_error:
        troubles.append("mail cannot be sent")
    return JobsHealth(
        ok=status.ok,
        detail=", ".join(troubles),
        behind_bytes=status.behind_bytes,
        mails_waiting=status.mails_waiting,
    )
