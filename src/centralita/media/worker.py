"""The media worker: a process of its own that relays, plays and records, one plain ``epoll`` loop without asyncio.

``python -m centralita.media.worker --socket PATH --ports A-B --bind IP``. It can be killed at any instant: its client
tells the next one what was under way. Of the rest of the house it imports nothing that takes time to load.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from time import monotonic
from types import FrameType

from centralita.media.context import Context
from centralita.media.logs import Log, LogFormat, make_log
from centralita.media.pool import PortPool
from centralita.media.protocol import Event
from centralita.media.server import Server
from centralita.media.sounds import Library
from centralita.media.studio import Studio

_HOUSEKEEPING = 0.25
_MAX_EVENTS = 256
PORTS_AHEAD = 1024
"""Ports that the switch may hand out before this process is heard again: a burst of calls on a busy machine needs them."""
_BOUND_AT_START = 32
"""Pairs: the others are bound when they are granted."""


class Worker:
    """The loop: ``run`` goes on until ``stop``, which a signal or a timer may call."""

    def __init__(
        self,
        path: str,
        host: str,
        first: int,
        last: int,
        log: Log,
        *,
        ahead: int = PORTS_AHEAD,
        music: Path | None = None,
    ) -> None:
        """Raises OSError where the socket or the ports cannot be had."""
        self._log = log
        self._pool = PortPool(host, first, last)
        self._pool.prepare(min(ahead, _BOUND_AT_START))
        if not self._pool.usable:
            log(
                "no port can be bound: no calls until one is free",
                "error",
                ports=f"{first}-{last}",
                reason="another program uses them, perhaps another installation",
                mend="Set CENTRALITA_RTP_PORTS to a range that nobody else uses",
            )
        self._context = Context(Library(log, music), log, self._emit)
        self._server = Server(path, self._context)
        self.studio = Studio(self._context, self._pool, ahead)
        self._server.studio = self.studio
        self._stopping = False
        self._faults = 0
        self._parent = os.getppid()
        self._context.schedule.at(monotonic() + _HOUSEKEEPING, self._housekeep)

    def _emit(self, event: Event) -> None:
        self._server.emit(event)

    def run(self) -> None:
        """Serve until ``stop``; a fault is told, and all others are served on."""
        while not self._stopping:
            try:
                self._serve()
            except Exception:  # noqa: BLE001  # one leg's fault must not end the calls of all others
                self._complain()

    def _serve(self) -> None:
        """Wait for packets, commands and timers, and handle what there is, wake-up after wake-up."""
        context, server = self._context, self._server
        schedule, ticker, handlers = context.schedule, context.ticker, context.handlers
        poll = context.epoll.poll
        now = monotonic()
        while not self._stopping:
            due = schedule.due if schedule.due < ticker.due else ticker.due
            for fd, _ in poll(due - now if due > now else 0.0, _MAX_EVENTS):
                handlers[fd]()
            now = monotonic()
            if now >= due:
                ticker.run(now)
                schedule.run(now)
            if server.urgent:
                server.flush()

    def _complain(self) -> None:
        """A fault of ours: told at length, but not a thousand times."""
        self._faults += 1
        if self._faults <= 100:
            self._log("fault", "error", traceback=traceback.format_exc())

    def _housekeep(self, now: float) -> None:
        self._context.schedule.at(now + _HOUSEKEEPING, self._housekeep)
        self.studio.housekeep(now)
        if os.getppid() != self._parent and not self._server.has_client and not self.studio.bridged:
            self._log("abandoned")
            self._stopping = True

    def stop(self) -> None:
        """Leave the loop after this wake-up."""
        self._stopping = True

    def close(self) -> None:
        """Complete the recordings and give everything back."""
        self.studio.close()
        self._server.close()
        self._pool.close()
        self._context.epoll.close()


def _ports(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    ports = int(first), int(last)
    if not 0 < ports[0] < ports[1] <= 65535:
        raise ValueError(text)
    return ports


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m centralita.media.worker")
    parser.add_argument("--socket", required=True, help="where the switch connects to")
    parser.add_argument("--ports", required=True, type=_ports, help="UDP ports, FIRST-LAST")
    parser.add_argument("--bind", default="0.0.0.0", help="address of the ports")
    parser.add_argument(
        "--ahead", type=int, default=PORTS_AHEAD, help="ports granted to the switch ahead of need"
    )
    parser.add_argument("--music", type=Path, default=None, help="WAV file of the music on hold")
    parser.add_argument("--log-format", default="json", choices=[each.value for each in LogFormat])
    options = parser.parse_args(arguments)
    log = make_log(LogFormat(options.log_format))

    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    first, last = options.ports
    try:
        worker = Worker(
            options.socket, options.bind, first, last, log, ahead=options.ahead, music=options.music
        )
    except OSError as error:
        log("cannot-start", "error", socket=options.socket, bind=options.bind, error=str(error))
        return 1

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor, which tells us
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    worker.run()
    worker.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
