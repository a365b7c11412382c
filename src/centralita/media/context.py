"""What the legs of one worker share: the epoll set and its handlers, timers, sounds, and the way to tell events."""

from __future__ import annotations

import ipaddress
import os
import select
import socket
import time
from collections.abc import Callable
from functools import lru_cache

from centralita.media.logs import Log
from centralita.media.protocol import Event
from centralita.media.schedule import Schedule, Ticker
from centralita.media.sounds import Library


def ignore() -> None:
    """The handler of a file that nobody owns: its owner left between the kernel's word and our turn."""


@lru_cache(maxsize=4096)
def is_ours(host: str) -> bool:
    """Whether an IP address is one of this machine: a loopback one, or one that can be bound."""
    if ipaddress.ip_address(host).is_loopback:
        return True
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


class Context:
    """Made once for a worker, before its first leg."""

    def __init__(self, library: Library, log: Log, emit: Callable[[Event], None]) -> None:
        self.library = library
        self.log = log
        self.emit = emit
        self.schedule = Schedule()
        self.ticker = Ticker()
        self.silent_after = 60.0
        """Seconds; told by the client."""
        self.cname = b"%s@centralita" % os.urandom(8).hex().encode()
        """Random, since a name of the host would tell strangers about it (RFC 7022)."""
        self.epoll = select.epoll()
        self.handlers: list[Callable[[], None]] = []
        """Indexed by file descriptor."""
        self._wall = time.time() - time.monotonic()

    def wall(self, now: float) -> float:
        """Seconds since the epoch, without the steps of the system's clock: for NTP timestamps."""
        return self._wall + now

    def watch(self, fd: int, handler: Callable[[], None]) -> None:
        """Call this when the file can be read."""
        while fd >= len(self.handlers):
            self.handlers.extend([ignore] * 1024)
        self.handlers[fd] = handler
        self.epoll.register(fd, select.EPOLLIN)

    def unwatch(self, fd: int) -> None:
        self.handlers[fd] = ignore
        self.epoll.unregister(fd)
