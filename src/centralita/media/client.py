"""The switch's end: hands out ports that the workers granted, carries commands to them and their events to the owners.

Nothing here waits or needs an event loop: the owner of the loop registers the sockets' readers, calls ``flush`` once at
the end of each turn, and provides the clock. Each worker's connection looks after itself: when the worker dies, it
comes back with the next one and tells it what is wanted of every leg that is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from centralita.media.clientleg import ClientLeg
from centralita.media.connection import Connection, MediaSettings, WorkerSpec
from centralita.ports import Clock, MediaLeg, MediaOwner, MediaUnavailable

__all__ = ["MediaClient", "MediaSettings", "WorkerHealth", "WorkerSpec"]


class WorkerHealth(NamedTuple):
    """One worker, as its client sees it."""

    name: str
    up: bool
    legs: int
    """Legs of ours, those being closed included."""
    free: int
    """Legs that it could take besides."""
    since: float
    """Monotonic instant of the last change of ``up``."""


class MediaClient:
    """Implements :class:`centralita.ports.Media` over worker processes."""

    def __init__(
        self,
        workers: Sequence[WorkerSpec],
        clock: Clock,
        token: str,
        *,
        add_reader: Callable[[int, Callable[[], None]], object],
        remove_reader: Callable[[int], object],
        settings: MediaSettings | None = None,
        log: Callable[..., object] = lambda *_args, **_fields: None,
        on_change: Callable[[WorkerHealth], None] = lambda _health: None,
    ) -> None:
        """``token`` tells this process from former ones; the reader callbacks are those of an asyncio loop."""
        chosen = settings or MediaSettings()
        self._on_change = on_change
        self._connections = [
            Connection(spec, clock, token, chosen, add_reader, remove_reader, log, self._changed)
            for spec in workers
        ]

    def start(self) -> None:
        """Connect to the workers that are there; the others are tried again all the time."""
        for connection in self._connections:
            connection.start()

    def stop(self) -> None:
        """Let go of the workers; what they relay goes on."""
        for connection in self._connections:
            connection.stop()

    def flush(self) -> None:
        """Send all that was queued: at most one system call for each worker. Cheap when there is nothing."""
        for connection in self._connections:
            connection.flush()

    def allocate(
        self, owner: MediaOwner, beside: MediaLeg | None = None, *, vital: bool = False
    ) -> ClientLeg:
        """See :meth:`centralita.ports.Media.allocate`. Without ``beside``, the worker with the fewest legs."""
        if isinstance(beside, ClientLeg):
            candidates = [beside.connection] if beside.connection.can_allocate(vital) else []
        else:
            candidates = [connection for connection in self._connections if connection.can_allocate(vital)]
        if not candidates:
            raise MediaUnavailable("no media worker has a free port")
        connection = min(candidates, key=Connection.load)
        return connection.allocate(owner)

    def in_use(self) -> int:
        return sum(connection.load() for connection in self._connections)

    def health(self) -> list[WorkerHealth]:
        return [self._health(connection) for connection in self._connections]

    @staticmethod
    def _health(connection: Connection) -> WorkerHealth:
        return WorkerHealth(
            connection.spec.name,
            connection.up,
            connection.load(),
            max(0, connection.capacity - connection.load()) if connection.up else 0,
            connection.since,
        )

    def _changed(self, connection: Connection) -> None:
        self._on_change(self._health(connection))
