"""What is due when: one heap for all of a tenant's queues, in which a timer that is set again replaces the one before."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from enum import IntEnum


class Due(IntEnum):
    """What a timer is for. Its subject is an agent, a call, or a queue."""

    WRAP_UP = 1
    """Agent: the wrap-up is over."""
    REST = 2
    """Agent: may be offered calls again after a missed one."""
    OFFER = 3
    """Call: nobody has said how the offer ended."""
    HOLD = 4
    """Call: is no longer kept for the last agent."""
    RELAX = 5
    """Call: asks for less skill from now on."""
    POSITION = 6
    PERIODIC = 7
    CALLBACK_HINT = 8
    MAX_WAIT = 9
    OVERFLOW = 10
    RETRY = 11
    """Call: the customer may be called again."""
    EXPIRY = 12
    """Call: the callback is given up."""
    DESERTED = 13
    """Queue: nobody has been there for too long."""


ON_THE_LINE = (Due.POSITION, Due.PERIODIC, Due.CALLBACK_HINT, Due.MAX_WAIT, Due.OVERFLOW)
"""What is due for a caller who holds the line."""
OF_A_CALL = (*ON_THE_LINE, Due.OFFER, Due.HOLD, Due.RELAX, Due.RETRY, Due.EXPIRY)


class Timers:
    __slots__ = ("_heap", "_live", "_sequence")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Due, str]] = []
        self._live: dict[tuple[Due, str], int] = {}
        self._sequence = 0

    def set(self, due: Due, subject: str, when: float) -> None:
        self._sequence += 1
        self._live[due, subject] = self._sequence
        heapq.heappush(self._heap, (when, self._sequence, due, subject))
        if len(self._heap) > 64 and len(self._heap) > 4 * len(self._live):
            self._heap = [item for item in self._heap if self._live.get((item[2], item[3])) == item[1]]
            heapq.heapify(self._heap)

    def cancel(self, due: Due, subject: str) -> None:
        self._live.pop((due, subject), None)

    def cancel_all(self, dues: Iterable[Due], subject: str) -> None:
        for due in dues:
            self._live.pop((due, subject), None)

    def next(self) -> float | None:
        heap = self._heap
        while heap and self._live.get((heap[0][2], heap[0][3])) != heap[0][1]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def pop(self, now: float) -> tuple[Due, str, float] | None:
        """What has been due for longest, and since when; None: nothing is due yet."""
        when = self.next()
        if when is None or when > now:
            return None
        when, _, due, subject = heapq.heappop(self._heap)
        del self._live[due, subject]
        return due, subject, when

    def __len__(self) -> int:
        return len(self._live)
