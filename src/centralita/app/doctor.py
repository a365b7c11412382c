"""What is wrong with an installation and how to mend it: one check a function, each telling what it found.

Nothing is changed and nothing is started, so it may be asked at any time, of a running exchange and of one that will not run.
"""

from __future__ import annotations

import ctypes
import ipaddress
import os
import resource
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from centralita import interpreter, jobstatus, processes
from centralita.app.limits import wanted_files
from centralita.app.lock import is_held
from centralita.app.ports import check_audio_ports, check_ports
from centralita.control import ControlClient, Health, RequestRefused, SwitchUnavailable
from centralita.settings import Settings

LOW_DISK = 500 * 1024 * 1024
"""Bytes: some hours of recorded calls."""


class Level(Enum):
    GOOD = "good"
    NOTE = "note"
    """Not wrong by itself; worth knowing."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    level: Level
    message: str
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """All checks, in the order in which a start would meet what they look at."""
    found: list[Finding] = []
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            found.extend(check(settings))
        except OSError as error:
            found.append(
                Finding(name, Level.WRONG, f"cannot be looked at: {error}", "Run as the user it belongs to")
            )
    return found


def data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data.absolute()
    if not folder.is_dir():
        yield Finding("data folder", Level.WRONG, f"{folder} does not exist", "centralita init makes it")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            "data folder",
            Level.WRONG,
            f"{folder} is not ours to write",
            "Run as its owner, or give it to this user",
        )
        return
    if folder.stat().st_mode & 0o077:
        yield Finding(
            "data folder",
            Level.WRONG,
            f"others may look into {folder}, which holds calls and keys",
            f"chmod 700 {folder}",
        )
    else:
        yield Finding("data folder", Level.GOOD, str(folder))


def disk(settings: Settings) -> Iterator[Finding]:
    if not settings.data.is_dir():
        return
    free = shutil.disk_usage(settings.data).free
    inodes = os.statvfs(settings.data)
    text = f"{free / 1024**3:.1f} GB free"
    if free < LOW_DISK:
        mend = "Make room: without it no call is taken, since none could be put on record"
        yield Finding("disk", Level.WRONG, f"only {text}", mend)
    elif inodes.f_files and inodes.f_favail < 10_000:
        yield Finding(
            "disk",
            Level.WRONG,
            f"only {inodes.f_favail} files more can be made",
            "Remove files, or enlarge it",
        )
    else:
        yield Finding("disk", Level.GOOD, text)


def secret_key(settings: Settings) -> Iterator[Finding]:
    path = settings.secret_key_file
    if not path.exists():
        mend = "centralita init makes it; if there was one, bring it back from the backup: passwords cannot be read without it"
        yield Finding("secret key", Level.WRONG, f"{path} is missing", mend)
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("secret key", Level.WRONG, f"others may read {path}", f"chmod 600 {path}")
    else:
        yield Finding("secret key", Level.GOOD, "there, and nobody else may read it")


def python(_settings: Settings) -> Iterator[Finding]:
    if interpreter.optimised():
        yield Finding("python", Level.GOOD, interpreter.describe())
    else:
        mend = (
            "Use one that is, such as the distribution's own: in a checkout, make clean and then"
            " make run PYTHON=/usr/bin/python3; with pyenv, PYTHON_CONFIGURE_OPTS=--enable-optimizations pyenv install"
        )
        message = f"{interpreter.describe()}: Python itself is slower by half"
        yield Finding("python", Level.NOTE, message, mend)


def database(settings: Settings) -> Iterator[Finding]:
    from centralita.store import migrations
    from centralita.store.database import Database, DatabaseUnavailable

    try:
        connections = Database(settings.database)
        if (
            connections.sqlite
            and not (settings.data / "centralita.db").exists()
            and settings.database_url is None
        ):
            yield Finding("database", Level.WRONG, "there is none yet", "centralita init makes it")
            return
        with connections.read() as connection:
            current = migrations.current(connection)
        connections.close()
    except DatabaseUnavailable as error:
        yield Finding("database", Level.WRONG, error.message, error.mend)
        return
    if current == migrations.newest():
        yield Finding("database", Level.GOOD, "answers, and is up to date")
    else:
        mend = "centralita init brings it up to date, as every start does"
        yield Finding(
            "database", Level.WRONG, f"its tables are at {current}, not {migrations.newest()}", mend
        )


def prompts(settings: Settings) -> Iterator[Finding]:
    from centralita.store.prompts import PromptStore

    for language in PromptStore(settings.data).survey():
        name = f"prompts {language.language}"
        if language.missing:
            mend = "centralita init makes them; the log of a start says why it could not"
            yield Finding(
                name, Level.WRONG, f"{len(language.missing)} of {language.wanted} are missing", mend
            )
        else:
            recorded = f", {language.recorded} of them recorded by a person" if language.recorded else ""
            yield Finding(name, Level.GOOD, f"all {language.wanted}{recorded}")


def running(settings: Settings) -> Iterator[Finding]:
    """The processes if it runs, the ports if it does not."""
    if not is_held(settings.data):
        problems = check_ports(settings)
        for problem in problems:
            yield Finding("ports", Level.WRONG, str(problem), problem.mend)
        for problem in check_audio_ports(settings):
            mend = f"One is passed over; if another exchange has them all: {problem.mend}"
            yield Finding("ports", Level.NOTE, str(problem), mend)
        if not problems:
            yield Finding(
                "ports",
                Level.GOOD,
                f"not running; SIP {settings.sip_port}, HTTP {settings.http_port} are free",
            )
        return
    status = processes.read(settings.run_folder)
    for process in status.processes if status else []:
        if not process.up and not process.detail.endswith("code 0"):
            mend = "Its log says why; it is being started again and again"
            yield Finding("processes", Level.WRONG, f"{process.name} is down: {process.detail}", mend)
        elif process.restarts:
            yield Finding(
                "processes",
                Level.NOTE,
                f"{process.name} was restarted {process.restarts} times",
                "Its log says why",
            )
    yield from _switch(settings)
    yield from _jobs(settings)


def _switch(settings: Settings) -> Iterator[Finding]:
    try:
        health = ControlClient(settings.switch_socket, timeout=3.0).health()
    except (SwitchUnavailable, RequestRefused) as error:
        yield Finding("switch", Level.WRONG, f"it does not answer: {error}", "Its log says why")
        return
    if not health.journal.ok:
        mend = "Mend that (is the disk full?); calls are refused until the journal can be written again"
        yield Finding("journal", Level.WRONG, f"cannot be written: {health.journal.detail}", mend)
    yield from _media(health)
    yield from _bad_trunks(settings)
    if health.ok:
        yield Finding(
            "switch", Level.GOOD, f"answers; {health.calls} calls, {health.registrations} registrations"
        )


def _jobs(settings: Settings) -> Iterator[Finding]:
    status = jobstatus.read(settings.run_folder)
    if status is None:
        return  # that the process is down is told above
    if status.records_error:
        mend = "Mend the database; the journal keeps everything until then"
        yield Finding("call records", Level.WRONG, f"cannot be saved: {status.records_error}", mend)
    if status.damaged_bytes:
        mend = "Is the disk sound? What was in them is lost"
        yield Finding("journal", Level.WRONG, f"{status.damaged_bytes} bytes of it cannot be read", mend)
    if status.mail_error:
        mend = "Check CENTRALITA_SMTP_HOST and the settings beside it; it is tried again"
        yield Finding("mail", Level.WRONG, f"{status.mails_waiting} wait: {status.mail_error}", mend)


def _media(health: Health) -> Iterator[Finding]:
    for worker in health.media:
        if not worker.up:
            yield Finding("media", Level.WRONG, f"{worker.worker} is down", "Its log says why")
        elif worker.ports_free < 0.1 * (worker.ports_free + worker.ports_in_use):
            yield Finding(
                "media",
                Level.NOTE,
                f"{worker.worker} has only {worker.ports_free} audio ports left",
                "Widen CENTRALITA_RTP_PORTS, and the firewall with it",
            )


def _bad_trunks(settings: Settings) -> Iterator[Finding]:
    for trunk in ControlClient(settings.switch_socket, timeout=3.0).trunks():
        if trunk.state in {"down", "refused"}:
            mend = "Check its host, user name and password, and that the provider lets this address in"
            yield Finding(
                "trunks", Level.NOTE, f"{trunk.tenant}/{trunk.id} is {trunk.state}: {trunk.detail}", mend
            )


def address(settings: Settings) -> Iterator[Finding]:
    """Whether what we advertise can be reached, as far as one can tell from here."""
    advertised = ipaddress.ip_address(settings.advertised_host)
    bound = ipaddress.ip_address(settings.bind)
    if advertised.is_loopback and not bound.is_loopback:
        mend = "Connect it, or set CENTRALITA_ADVERTISE to the address that phones reach it by"
        yield Finding("address", Level.WRONG, "this machine has no way to any network", mend)
    elif settings.advertise and not _is_ours(settings.advertise):
        mend = f"The router must hand on {_all_ports(settings)} to this machine"
        yield Finding(
            "address", Level.NOTE, f"{advertised} is advertised, which is another's: behind NAT", mend
        )
    elif advertised.is_private and not advertised.is_loopback:
        mend = "If phones or providers outside must reach it, set CENTRALITA_ADVERTISE to the public address"
        yield Finding(
            "address", Level.NOTE, f"{advertised} is advertised, which only this network reaches", mend
        )
    else:
        yield Finding("address", Level.GOOD, f"{advertised} is advertised")


def _all_ports(settings: Settings) -> str:
    return f"{settings.sip_port}/udp, {settings.sip_port}/tcp and {settings.rtp_ports}/udp"


def _is_ours(host: str) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
        return True


def clock(settings: Settings) -> Iterator[Finding]:
    """Call records with wrong times convince nobody: the kernel knows whether something keeps its clock."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "adjtimex"):
        return
    timex = (ctypes.c_long * 64)()  # struct timex, modes = 0: only read (adjtimex(2))
    state = libc.adjtimex(ctypes.byref(timex))
    if state == _TIME_ERROR:
        mend = "Have it kept: apt-get install systemd-timesyncd (or chrony), and open NTP to the outside"
        yield Finding(
            "clock", Level.NOTE, "nothing keeps the clock of this machine right, as far as it tells", mend
        )
    elif state >= 0:
        yield Finding("clock", Level.GOOD, "kept")


_TIME_ERROR = 5


def file_limit(settings: Settings) -> Iterator[Finding]:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = wanted_files(settings)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        mend = "Raise it (LimitNOFILE in the unit, or /etc/security/limits.conf), or lower CENTRALITA_MAX_CONNECTIONS"
        yield Finding("file limit", Level.WRONG, f"{hard} open files, and {wanted} may be needed", mend)
    else:
        yield Finding("file limit", Level.GOOD, "unlimited" if hard == resource.RLIM_INFINITY else f"{hard}")


def receive_buffers(settings: Settings) -> Iterator[Finding]:
    try:
        largest = int(Path("/proc/sys/net/core/rmem_max").read_text())
    except (OSError, ValueError):
        return
    if largest < 1_000_000:
        mend = "sysctl -w net.core.rmem_max=4194304 (and in /etc/sysctl.d/): a burst of registrations is lost otherwise"
        yield Finding("receive buffers", Level.NOTE, f"at most {largest} bytes", mend)


Check = Callable[[Settings], Iterator[Finding]]
CHECKS: list[Check] = [
    python,
    data_folder,
    disk,
    secret_key,
    database,
    prompts,
    running,
    address,
    clock,
    file_limit,
    receive_buffers,
]
