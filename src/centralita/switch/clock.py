"""Real time and real randomness behind the ports Clock and Ids."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable

from centralita.pbx.vocabulary import JourneyId
from centralita.ports import Timer


class LoopClock:
    """Fulfils ports.Clock on an event loop; ``after`` runs after every timer, to send what it caused."""

    __slots__ = ("_after", "_loop", "now", "wall")

    def __init__(self, loop: asyncio.AbstractEventLoop, after: Callable[[], None]) -> None:
        self._loop = loop
        self._after = after
        self.now = time.monotonic
        self.wall = time.time

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        return self._loop.call_later(max(0.0, when - time.monotonic()), self._fire, callback)

    def _fire(self, callback: Callable[[], None]) -> None:
        callback()
        self._after()


class RandomIds:
    """Fulfils ports.Ids. Randomness is fetched from the system in blocks: a system call per token would be felt."""

    __slots__ = ("_block", "_offset")

    def __init__(self) -> None:
        self._block = b""
        self._offset = 0

    def _bytes(self, count: int) -> bytes:
        if self._offset + count > len(self._block):
            self._block = os.urandom(4096)
            self._offset = 0
        self._offset += count
        return self._block[self._offset - count : self._offset]

    def journey(self) -> JourneyId:
        """48 bits of milliseconds and 40 random bits, in hexadecimal: 22 characters."""
        return JourneyId(f"{time.time_ns() // 1_000_000:012x}{self._bytes(5).hex()}")

    def token(self) -> str:
        return self._bytes(10).hex()
