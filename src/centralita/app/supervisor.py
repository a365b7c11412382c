"""Runs the processes of the house: starts them, restarts those that die, stops them in order, leaves none behind.

It knows nothing of telephony; what to run is given (``app.programs``). It is one loop that sleeps in ``sigtimedwait`` until a
child dies, a signal comes, or an instant that it planned arrives: no threads, no event loop, no handler that interrupts.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from centralita.app.child import FATAL_EXIT_CODE, BackOff, Child, Program, describe_exit
from centralita.processes import FILE_NAME, Processes, write


class Log(Protocol):
    def info(self, event: str, **fields: object) -> object: ...
    def warning(self, event: str, **fields: object) -> object: ...
    def error(self, event: str, **fields: object) -> object: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    ready: float = 5.0
    """Until the processes that are not urgent start although nothing is ready yet."""
    probe: float = 0.05
    """Between two looks whether it is ready."""
    stop: float = 10.0
    """For a clean stop of the switch and the rest, then as much again for those stopped last."""


_SIGNALS = frozenset({signal.SIGCHLD, signal.SIGINT, signal.SIGTERM})


class Supervisor:
    def __init__(
        self,
        programs: Sequence[Program],
        status_folder: Path,
        log: Log,
        *,
        ready: Callable[[], bool] = lambda: True,
        on_ready: Callable[[float], None] = lambda seconds: None,
        patience: Patience | None = None,
        back_off: BackOff | None = None,
    ) -> None:
        """``ready`` is asked until it says so; then ``on_ready`` is called once, with the seconds that it took."""
        now = time.monotonic()
        self._children = [Child(program, back_off or BackOff(), now) for program in programs]
        self._status_folder = status_folder
        self._log = log
        self._ready = ready
        self._on_ready = on_ready
        self._patience = patience or Patience()
        self._began = now
        self._is_ready = False
        self._exit_code = 0
        self._mask: set[int] = set()

    def run(self) -> int:
        """Supervise until SIGINT or SIGTERM, or until a child says that it cannot run. The exit code."""
        self._mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS))
        try:
            while not self._step():
                pass
            self._stop()
            return self._exit_code
        finally:
            self._kill_all()
            (self._status_folder / FILE_NAME).unlink(missing_ok=True)
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    # --- running ----------------------------------------------------------------------------------------------

    def _step(self) -> bool:
        """Do what is due, then sleep until something happens. True when it is time to stop."""
        now = time.monotonic()
        if not self._is_ready and self._ready():
            self._is_ready = True
            self._on_ready(now - self._began)
        self._start_due(now)
        received = signal.sigtimedwait(_SIGNALS, max(0.0, self._next_instant() - time.monotonic()))
        if received is not None and received.si_signo != signal.SIGCHLD:
            self._log.info("stopping", signal=signal.Signals(received.si_signo).name)
            return True
        return self._reap(time.monotonic())

    def _start_due(self, now: float) -> None:
        others_too = self._is_ready or now - self._began >= self._patience.ready
        started = False
        for child in self._children:
            if child.start_at is None or child.start_at > now or not (child.program.urgent or others_too):
                continue
            try:
                child.start(now, self._unmask)
            except OSError as error:
                self._log.error("cannot start", child=child.name, reason=str(error))
                child.start_at = now + child.back_off.longest
            started = True
        if started:
            self._write_status()

    def _next_instant(self) -> float:
        now = time.monotonic()
        instants = [now + 3600.0]
        if not self._is_ready:
            instants.append(now + self._patience.probe)
        held_until = 0.0 if self._is_ready else self._began + self._patience.ready
        instants += [
            child.start_at if child.program.urgent else max(child.start_at, held_until)
            for child in self._children
            if child.start_at is not None
        ]
        return min(instants)

    def _reap(self, now: float) -> bool:
        """Note who died. True if one cannot run at all."""
        died = False
        for child in self._children:
            code = child.ended(now)
            if code is None:
                continue
            died = True
            if code == FATAL_EXIT_CODE and child.restarts == 0:
                self._exit_code = code  # it has said why
                return True
            if not child.program.once:
                delay = max(0.0, (child.start_at or now) - now)
                self._log.warning(
                    "died, restarting", child=child.name, how=child.detail, after=round(delay, 1)
                )
            elif code:
                self._log.warning("failed", child=child.name, how=child.detail)
        if died:
            self._write_status()
        return False

    def _write_status(self) -> None:
        status = Processes(supervisor=os.getpid(), processes=[child.status() for child in self._children])
        try:
            write(self._status_folder, status)
        except OSError as error:
            self._log.error("cannot write the state of the processes", reason=str(error))

    def _unmask(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    # --- stopping ---------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Ask the processes to stop, in two rounds, and kill those that do not within the patience or at a second signal."""
        for last in (False, True):
            group = [child for child in self._children if child.program.last is last]
            for child in group:
                child.signal(signal.SIGTERM)
            if not self._wait_for(group, time.monotonic() + self._patience.stop):
                return

    def _wait_for(self, group: Sequence[Child], deadline: float) -> bool:
        """Wait until a group has ended, killing what is left at the deadline. False at a further signal to stop."""
        while any(child.alive for child in group):
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                for child in group:
                    if child.alive:
                        self._log.warning("did not stop, killed", child=child.name)
                        child.signal(signal.SIGKILL)
                deadline = time.monotonic() + 1.0
                continue
            received = signal.sigtimedwait(_SIGNALS, remaining)
            if received is not None and received.si_signo != signal.SIGCHLD:
                return False
            self._collect(group)
        return True

    def _collect(self, group: Sequence[Child]) -> None:
        for child in group:
            code = child.ended(time.monotonic())
            if code is not None:
                child.start_at = None
                if code not in {0, -signal.SIGTERM, -signal.SIGKILL}:
                    self._log.warning("ended badly", child=child.name, how=describe_exit(code))

    def _kill_all(self) -> None:
        for child in self._children:
            child.signal(signal.SIGKILL)
        for child in self._children:
            if child.process is not None:
                child.process.wait()
                child.process = None
