"""Time in a worker: timers in one heap, and the tick of those who send a frame every 20 ms."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol

_NEVER = 1e18
_PHASES = 4
_FEW = 32
"""Who tick in the same phase before another one is used: few wake-ups for few, no bursts for many."""
_TICK = 0.02
_MAX_LAG = 0.2
"""Seconds behind which lost ticks are not made up for: the listener would only get a burst."""


class Timer:
    """What to do at an instant, unless it is cancelled."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[float], None]) -> None:
        self.callback: Callable[[float], None] | None = callback

    def cancel(self) -> None:
        """Forget what to do, at once; the rest of it stays in the heap until its time."""
        self.callback = None


class Schedule:
    """The timers of a worker."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        """Tuples, which are compared without our help."""
        self._made = 0
        self.due = _NEVER
        """When ``run`` has something to do."""

    def at(self, when: float, callback: Callable[[float], None]) -> Timer:
        """Call back with the time, once, at this instant or soon after."""
        self._made += 1
        timer = Timer(callback)
        heapq.heappush(self._heap, (when, self._made, timer))
        if when < self.due:
            self.due = when
        return timer

    def run(self, now: float) -> None:
        heap = self._heap
        while heap and heap[0][0] <= now:
            callback = heapq.heappop(heap)[2].callback
            if callback is not None:
                callback(now)
        while heap and heap[0][2].callback is None:
            heapq.heappop(heap)  # nobody is to be woken up for nothing: most calls end before their timers
        self.due = heap[0][0] if heap else _NEVER

    @property
    def armed(self) -> int:
        """Timers that would still do something."""
        return sum(1 for _, _, timer in self._heap if timer.callback is not None)


class Ticking(Protocol):
    def tick(self, now: float) -> None:
        """20 ms have passed."""


class Ticker:
    """Calls each member every 20 ms, without drift, spread over phases of 5 ms where there are many."""

    def __init__(self) -> None:
        self._members: list[dict[Ticking, None]] = [{} for _ in range(_PHASES)]
        self._next = [_NEVER] * _PHASES
        self.due = _NEVER

    def add(self, member: Ticking, now: float) -> None:
        """Begin to tick for a new member: at once for the first of a phase, else with the others."""
        sizes = [len(members) for members in self._members]
        phase = next((index for index, size in enumerate(sizes) if size < _FEW), sizes.index(min(sizes)))
        if not self._members[phase]:
            others = [when for when in self._next if when < _NEVER]
            self._next[phase] = now if not others else self._in_phase(others[0], phase, now)
        self._members[phase][member] = None
        self.due = min(self._next)

    @staticmethod
    def _in_phase(other: float, phase: int, now: float) -> float:
        """The first instant from now on that lies a whole number of 5 ms steps from another phase's."""
        step = _TICK / _PHASES
        when = other + phase * step
        return when - int((when - now) / _TICK) * _TICK

    def remove(self, member: Ticking) -> None:
        for phase, members in enumerate(self._members):
            if member in members:
                del members[member]
                if not members:
                    self._next[phase] = _NEVER
        self.due = min(self._next)

    def run(self, now: float) -> None:
        for phase, members in enumerate(self._members):
            if now - self._next[phase] > _MAX_LAG:
                self._next[phase] = now
            while self._next[phase] <= now:
                self._next[phase] += _TICK
                for member in list(members):
                    member.tick(now)
        self.due = min(self._next)

    def __len__(self) -> int:
        return sum(len(members) for members in self._members)
