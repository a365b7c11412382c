"""One supervised process: started so that it never outlives the supervisor, and restarted with growing patience."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from centralita.processes import ProcessStatus

_PR_SET_PDEATHSIG = 1  # prctl(2)
FATAL_EXIT_CODE = 78
"""EX_CONFIG of sysexits.h: a child that cannot run with these settings says why and exits so; trying again is no use."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``urgent`` ones start first; the others when the switch answers, so that they do not slow it."""

    name: str
    command: tuple[str, ...]
    urgent: bool = False
    last: bool = False
    """Stopped after all others: the audio, which the switch still needs while it hangs up."""
    once: bool = False
    """Runs to its end and is not started again."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BackOff:
    """Seconds until a process that died is started again: none at first, then doubling, reset by a long life."""

    first: float = 0.5
    longest: float = 15.0
    long_life: float = 5.0

    def delay(self, failures: int) -> float:
        """``failures``: deaths in a row, each after a short life; 0: it had lived long."""
        return 0.0 if failures == 0 else min(self.longest, self.first * 2.0 ** (failures - 1))


class Child:
    """A program and the process that runs it now, if any. Instants are monotonic seconds."""

    def __init__(self, program: Program, back_off: BackOff, now: float) -> None:
        self.program = program
        self.back_off = back_off
        self.process: subprocess.Popen[bytes] | None = None
        self.start_at: float | None = now
        """When to start; None while it runs, and when it is not to be started (again)."""
        self.started_at = 0.0
        self.failures = 0
        self.restarts = -1
        self.since = time.time()
        self.detail = ""

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def alive(self) -> bool:
        return self.process is not None

    def start(self, now: float, mask: Callable[[], None]) -> None:
        """Start the process. ``mask`` runs in it before the program, to give back its signals. Raises OSError."""
        supervisor = os.getpid()

        def prepare() -> None:
            _die_with(supervisor)
            mask()

        self.process = subprocess.Popen(  # noqa: S603  (our own commands)
            self.program.command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **self.program.environment},
            preexec_fn=prepare,
            process_group=0,  # a Ctrl-C is for the supervisor, which stops its processes in their order
        )
        self.start_at = None
        self.started_at = now
        self.restarts += 1
        self.since = time.time()
        self.detail = ""

    def ended(self, now: float) -> int | None:
        """Exit code (negative: minus the signal) if the process ended since the last time; plans the next start."""
        if self.process is None:
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        self.since = time.time()
        self.detail = describe_exit(code)
        if not self.program.once:
            lived_long = now - self.started_at >= self.back_off.long_life
            self.start_at = now + self.back_off.delay(
                0 if lived_long or self.restarts == 0 else self.failures + 1
            )
            self.failures = 0 if lived_long else self.failures + 1
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if the process is there, and plan no further start."""
        self.start_at = None
        if self.process is not None:
            self.process.send_signal(number)

    def status(self) -> ProcessStatus:
        return ProcessStatus(
            name=self.name,
            pid=self.process.pid if self.process is not None else 0,
            since=self.since,
            restarts=max(0, self.restarts),
            detail=self.detail,
        )


def describe_exit(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with(supervisor: int) -> None:
    """Have the kernel kill this process when the supervisor dies, even by SIGKILL (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != supervisor:
            os._exit(1)  # it died before we asked
