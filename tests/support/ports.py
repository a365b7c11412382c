"""Port numbers for tests that run side by side: each test process holds a slice of its own, and hands numbers out of it.

A slice is claimed by a lock on a file, so that neither the workers of one run nor two runs on one machine ever meet.
All numbers lie below those that an installation with default settings uses for audio, and below the range from which the
kernel takes ports for those who ask for none.
"""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from pathlib import Path
from typing import IO

_FIRST, _SLICES, _SIZE = 10_000, 10, 1_000
#: Of each slice the upper part is for the exchange's audio, in one piece.
_AUDIO = 600


class PortSlice:
    """A range of ports of one test process, for as long as it lives."""

    def __init__(self) -> None:
        self._lock, index = _claim()
        self._base = _FIRST + index * _SIZE
        self._next = 0

    def audio(self, part: int = 0) -> tuple[int, int]:
        """First and last port of a range for RTP. There are two: an exchange binds all of its ports ahead, so that two
        which run at the same time need one each."""
        first = self._base + _SIZE - _AUDIO + part * _AUDIO // 2
        return first, first + _AUDIO // 2 - 1

    def take(self, count: int = 1, host: str = "127.0.0.1") -> int:
        """The first of that many consecutive ports (the first one even) that nobody listens on, UDP or TCP.

        They go round: what was handed out long ago comes again.
        """
        room = _SIZE - _AUDIO
        for _ in range(room):
            first = self._base + self._next
            if self._next + count > room:
                self._next = 0
                continue
            self._next += count + count % 2
            if all(_free(host, port) for port in range(first, first + count)):
                return first
        raise RuntimeError(f"no {count} free ports from {self._base} on")

    def close(self) -> None:
        self._lock.close()


def _claim() -> tuple[IO[str], int]:
    folder = Path(tempfile.gettempdir()) / f"centralita-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for index in range(_SLICES):
        lock = (folder / str(index)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return lock, index
    raise RuntimeError(f"all {_SLICES} port slices are taken: are other test runs going on?")


def _free(host: str, port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                # What is left of a closed connection (TIME_WAIT) is in nobody's way.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
