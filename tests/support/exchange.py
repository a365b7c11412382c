"""A whole Centralita of a test's own: its data folder, its ports on the loopback, its configuration, its processes.

It is driven as an operator drives it (the ``centralita`` command) and asked over its control socket. It waits for health,
never for time, and when it stops it proves that nothing is left behind.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from centralita import processes
from centralita.control import ControlClient, Occupancy, RequestRefused, SwitchUnavailable
from centralita.pbx.journey import Journey
from centralita.store.database import Database
from centralita.store.records import Filters, JourneySummary, RecordStore
from support.children import die_with_parent
from support.ports import PortSlice
from support.waiting import until

COMMAND = Path(sys.executable).with_name("centralita")


class Exchange:
    """Not started until ``start``."""

    def __init__(self, folder: Path, ports: PortSlice, *, audio: int = 0, **settings: str) -> None:
        """``audio``: which of the slice's two ranges of RTP ports; ``settings`` as in centralita.toml."""
        self.folder = folder
        self.data = folder / "data"
        self.host = "127.0.0.1"
        self.sip_port = ports.take(2)
        self.http_port = ports.take()
        first, last = ports.audio(audio)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CENTRALITA_")},
            "CENTRALITA_DATA": str(self.data),
            "CENTRALITA_BIND": self.host,
            "CENTRALITA_ADVERTISE": self.host,
            "CENTRALITA_SIP_PORT": str(self.sip_port),
            "CENTRALITA_HTTP_PORT": str(self.http_port),
            "CENTRALITA_RTP_PORTS": f"{first}-{last}",
            "CENTRALITA_LOG_FORMAT": "json",
            **{f"CENTRALITA_{name.upper()}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._since = 0.0
        folder.mkdir(parents=True, exist_ok=True)

    def prepare(self, template: Path | None = None) -> None:
        """``centralita init``; from the prepared data folder of another if there is one: prompts take seconds to make."""
        if template is not None:
            shutil.copytree(template, self.data)
        else:
            self.run("init")

    @property
    def sip(self) -> str:
        """host:port"""
        return f"{self.host}:{self.sip_port}"

    @property
    def control(self) -> ControlClient:
        return ControlClient(self.data / "run/switch.sock", timeout=3.0)

    # --- what an operator does ----------------------------------------------------------------------------------

    def start(self, *options: str, seconds: float = 40.0) -> None:
        """``centralita up``, until its health is good."""
        self._starts += 1
        log = (self.folder / f"log-{self._starts}").open("wb")
        self.process = subprocess.Popen(
            [str(COMMAND), "up", "--quiet", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=self.environment,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        log.close()
        try:
            until(self.is_healthy, "the exchange is healthy", seconds=seconds, every=0.05, seen=self.log)
        except BaseException:
            # Whoever could not start it has nothing to stop: what is left of it must not hold the ports of the next test.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
            raise

    def is_healthy(self) -> bool:
        """Whether calls can be taken, as the switch says itself."""
        assert self.process is not None
        assert self.process.poll() is None, f"centralita up ended with {self.process.poll()}\n{self.log()}"
        try:
            return self.control.health().ok
        except (SwitchUnavailable, RequestRefused):
            return False

    def get(self, path: str) -> str:
        """A page of its HTTP port; empty while nobody answers there."""
        try:
            with urllib.request.urlopen(f"http://{self.host}:{self.http_port}{path}", timeout=2) as reply:
                return str(reply.read().decode())
        except OSError:
            return ""

    def stop(self) -> None:
        """Ctrl-C, and everything is gone: no process, no socket."""
        if self.process is None:
            return
        family = self.pids()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise AssertionError(f"centralita did not stop within 15 s\n{self.log()}") from None
        finally:
            self.process = None
        left = [pid for pid in family if _alive(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert not left, f"processes {left} outlived centralita up"
        assert code in (0, 130, -signal.SIGINT), f"centralita up ended with {code}\n{self.log()}"

    def apply(self, documents: Sequence[Mapping[str, Any]], name: str = "office.yaml") -> None:
        """``centralita apply -f``."""
        path = self.folder / name
        path.write_text(yaml.safe_dump_all([dict(each) for each in documents], allow_unicode=True))
        self.run("apply", "-f", str(path))

    def run(self, *arguments: str, code: int | None = 0) -> str:
        """Run a command and give what it printed. AssertionError when it ends with another exit code."""
        done = subprocess.run(
            [str(COMMAND), *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment,
            timeout=180,  # prompts are spoken at init: on a machine with much else to do that takes its time
            check=False,
        )
        assert code in (None, done.returncode), (
            f"{arguments} ended with {done.returncode}: {done.stderr}\n{done.stdout}"
        )
        return done.stdout or done.stderr

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    # --- what can be seen ---------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Calls begun so far are not those of this test, though their records may still be on their way."""
        self._since = time.time()

    def records(self, count: int, seconds: float = 8.0) -> list[Journey]:
        """The records since ``forget``, oldest first, waited for until there are that many and nothing more is to come of
        them. AssertionError where there are others."""

        def found() -> list[Journey]:
            new = [summary.journey for summary in self._listed()]
            made = [journey for each in new if (journey := self._store.get(each)) is not None]
            return made if len(made) >= count and all(journey.closed for journey in made) else []

        made = until(found, f"{count} call records", seconds=seconds, every=0.1, seen=self._listed)
        assert len(made) == count, [(j.caller, j.dialled, j.outcome) for j in made]
        return sorted(made, key=lambda journey: journey.started_at)

    def record(self, seconds: float = 8.0) -> Journey:
        """The one record since ``forget``."""
        return self.records(1, seconds)[0]

    def _listed(self) -> list[JourneySummary]:
        return self._store.list(None, Filters(since=self._since), limit=1000).journeys

    @cached_property
    def _store(self) -> RecordStore:
        return RecordStore(Database(f"sqlite:///{self.data / 'centralita.db'}"))

    def pid(self, name: str) -> int:
        """Process id of ``switch``, ``media-1``, ``web`` or ``jobs``; 0 while it is down."""
        status = processes.read(self.data / "run")
        found = [p.pid for p in status.processes if p.name == name] if status else []
        assert found, f"no process {name} in {status}"
        return found[0]

    def pids(self) -> list[int]:
        status = processes.read(self.data / "run")
        return [p.pid for p in status.processes if p.pid] if status else []

    def kill(self, name: str) -> None:
        """kill -9 of one process, by its id; returns when its successor is healthy."""
        old = self.slay(name)
        until(lambda: self.pid(name) not in (0, old), f"a new {name}", seconds=15, seen=self.log)
        until(self.is_healthy, f"health after the death of {name}", seconds=15, seen=self.log)

    def slay(self, name: str) -> int:
        """kill -9, without waiting for what follows; gives the id it had."""
        # Never 0, which would be everybody in our own process group: a process that is down is waited for.
        pid = until(lambda: self.pid(name), f"{name} runs", seconds=15, seen=self.log)
        os.kill(pid, signal.SIGKILL)
        return pid

    def occupancy(self) -> Occupancy | None:
        try:
            return self.control.occupancy()
        except (SwitchUnavailable, RequestRefused):
            return None

    def live(self) -> list[Any]:
        return self.control.calls()

    def assert_no_leak(self, seconds: float = 5.0) -> None:
        """No call, no dialog, no media port, nothing unwritten. (Transactions linger for 32 s: RFC 3261 timers.)"""

        def idle() -> bool:
            found = self.occupancy()
            return found is not None and not (
                found.calls or found.sessions or found.ports or found.journal_pending
            )

        until(idle, "everything is given back", seconds=seconds, seen=self.occupancy)

    def log(self) -> str:
        path = self.folder / f"log-{self._starts}"
        return path.read_text("utf-8", "replace")[-8000:] if path.exists() else ""

    def complaints(self) -> list[str]:
        """Log lines that tell of a fault: nothing that a peer does may cause one."""
        text = "\n".join(path.read_text("utf-8", "replace") for path in sorted(self.folder.glob("log-*")))
        signs = ("Traceback", '"level": "error"', '"level":"error"', '"level": "critical"', "Exception")
        return [line for line in text.splitlines() if any(sign in line for sign in signs)]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
