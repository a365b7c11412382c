"""``centralita up``: everything from the first look at the data folder until the last process has stopped."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import cached_property

from centralita.app.errors import StartError
from centralita.app.limits import raise_file_limit
from centralita.app.lock import FolderInUse, FolderLock
from centralita.app.ports import check_ports
from centralita.app.prepare import data_folder, is_prepared
from centralita.app.programs import programs, task
from centralita.app.supervisor import Log, Supervisor
from centralita.control import ControlClient, RequestRefused, SwitchUnavailable
from centralita.settings import Settings


def up(settings: Settings, *, demo: bool, welcome: bool = True) -> int:
    """Start and supervise until stopped. The exit code. Raises StartError."""
    os.umask(0o077)  # calls and keys are nobody else's to read
    log = LateLog(settings)
    files = raise_file_limit()
    data_folder(settings)
    with ExitStack() as held:
        hold(settings, held)
        refuse_taken_ports(settings)
        if not is_prepared(settings, demo=demo):
            prepare(settings, demo=demo)
        tasks = [task(settings, "prompts", "centralita.app.prompts")]
        if welcome:
            tasks.append(task(settings, "welcome", "centralita.app.welcome", *(["--demo"] if demo else [])))
        switch = ControlClient(settings.switch_socket.absolute(), timeout=1.0)

        def ready() -> bool:
            try:
                return switch.health().ok
            except (SwitchUnavailable, RequestRefused):
                return False

        def on_ready(seconds: float) -> None:
            log.info("ready", seconds=round(seconds, 2), sip=settings.sip_port, files=files)

        os.environ["CENTRALITA_DATA"] = str(settings.data.absolute())
        code = Supervisor(
            programs(settings, tasks), settings.run_folder, log, ready=ready, on_ready=on_ready
        ).run()
        log.info("stopped")
        return code


class LateLog:
    """The supervisor's log, set up at its first line: by then the switch is starting on another core."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _log(self) -> Log:
        from centralita.app.logs import configure_logs

        return configure_logs("supervisor", self._settings)

    def info(self, event: str, **fields: object) -> object:
        return self._log.info(event, **fields)

    def warning(self, event: str, **fields: object) -> object:
        return self._log.warning(event, **fields)

    def error(self, event: str, **fields: object) -> object:
        return self._log.error(event, **fields)


def hold(settings: Settings, held: ExitStack) -> None:
    """Take the lock of the data folder. Raises StartError."""
    try:
        held.enter_context(FolderLock(settings.data))
    except FolderInUse as error:
        holder = f" (process {error.pid})" if error.pid else ""
        raise StartError(
            f"The data folder {settings.data.absolute()} is in use by another Centralita{holder}",
            "Stop that one, or give this one a folder and ports of its own: CENTRALITA_DATA, CENTRALITA_SIP_PORT,"
            " CENTRALITA_HTTP_PORT, CENTRALITA_RTP_PORTS",
            occupied=True,
        ) from None


def refuse_taken_ports(settings: Settings) -> None:
    """Raises StartError for the first port that cannot be had."""
    problems = check_ports(settings)
    if problems:
        first = problems[0]
        raise StartError(f"Port {first.port}/{first.transport} {first.reason}", first.mend, occupied=True)


def prepare(settings: Settings, *, demo: bool) -> None:
    """Make what the first start needs, in a process of its own: the supervisor stays small. Raises StartError."""
    import subprocess

    environment = {**os.environ, "CENTRALITA_DATA": str(settings.data.absolute())}
    command = [sys.executable, "-m", "centralita.app.prepare", *(["--demo"] if demo else [])]
    done = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603  (our own command)
    if done.returncode != 0:
        message, _, mend = done.stderr.strip().rpartition("\n")[2].partition("\t")
        raise StartError(message or "The data folder could not be prepared", mend or "See what is said above")
