"""Who is to begin ringing after a while, in the order of their turn."""

from __future__ import annotations

from collections.abc import Callable

from centralita.ports import Clock, Timer


class Later:
    """Of one round of ringing. Whoever owns it cancels it when the round is over."""

    __slots__ = ("_clock", "_waiting")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[tuple[float, Callable[[], None], Timer]] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, seconds: float, start: Callable[[], None]) -> None:
        at = self._clock.now() + seconds
        self._waiting.append((at, start, self._clock.call_at(at, self._due)))
        self._waiting.sort(key=lambda each: each[0])

    def start_next(self) -> None:
        """Nobody rings any more: whose turn is next need not wait for it."""
        _, start, timer = self._waiting.pop(0)
        timer.cancel()
        start()

    def cancel(self) -> None:
        waiting, self._waiting = self._waiting, []
        for _, _, timer in waiting:
            timer.cancel()

    def _due(self) -> None:
        now = self._clock.now()
        while self._waiting and self._waiting[0][0] <= now:
            self.start_next()
