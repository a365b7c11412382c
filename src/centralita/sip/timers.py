"""The timer values of RFC 3261 as a frozen value, and the one heap that all timers of an endpoint wait in.

The heap knows nothing of what its timers do: a timer is a function, what it is about, and when. A stopped
timer stays in the heap as a husk that is dropped when it comes up, or when husks outnumber what is alive.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Timers:
    """RFC 3261 §17.1.1.1, table 4. Seconds."""

    t1: float = 0.5
    """Estimate of the round trip; the first retransmission goes out after it."""
    t2: float = 4.0
    """Longest interval between retransmissions of a non-INVITE request, and of responses to INVITE."""
    t4: float = 5.0
    """Longest time that a message stays in the network."""
    c: float = 300.0
    """An outgoing INVITE that gets provisional responses only is cancelled after this (§16.6 step 11: over
    180).
    """

    @property
    def lifetime(self) -> float:
        """64*T1: timers B, D, F, H, J, L and M."""
        return 64 * self.t1


class Timer(list[Any]):
    """One armed timer: when, its number, what to call and about what. It is its own heap entry, ordered by
    the first two.

    Once it has fired or was stopped the last two are None, so that it keeps nothing alive.
    """

    __slots__ = ()


class TimerHeap:
    """Timers by time. Starting is O(log n), stopping O(1); timers of one instant fire in the order of their
    start.
    """

    __slots__ = ("_count", "_heap", "_husks")

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._count = 0
        self._husks = 0

    def __len__(self) -> int:
        """Timers that are armed."""
        return len(self._heap) - self._husks

    def start(self, when: float, action: Callable[[S, float], None], subject: S) -> Timer:
        """Call ``action(subject, now)`` at or after this instant."""
        self._count = count = self._count + 1
        timer = Timer((when, count, action, subject))
        heapq.heappush(self._heap, timer)
        return timer

    def stop(self, timer: Timer | None) -> None:
        """Disarm a timer; does nothing to one that has fired or was stopped, or to None."""
        if timer is None or timer[2] is None:
            return
        timer[2] = timer[3] = None
        self._husks += 1
        # Session timers are long and most calls short: else the heap would hold every call of the last half hour.
        if self._husks > 512 and self._husks * 2 > len(self._heap):
            self._heap = [each for each in self._heap if each[2] is not None]
            heapq.heapify(self._heap)
            self._husks = 0

    def next(self) -> float | None:
        """When the next armed timer is due; None where none is armed."""
        heap = self._heap
        while heap:
            if heap[0][2] is not None:
                when: float = heap[0][0]
                return when
            heapq.heappop(heap)
            self._husks -= 1
        return None

    def fire(self, now: float) -> None:
        """Call every timer that is due, those included that become due by what an earlier one starts."""
        while (when := self.next()) is not None and when <= now:
            timer = heapq.heappop(self._heap)
            _, _, action, subject = timer
            timer[2] = timer[3] = None
            action(subject, now)
