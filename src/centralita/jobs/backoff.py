"""How long to wait before the next try of something that fails: longer each time, and from the start after a success."""

from __future__ import annotations


class BackOff:
    """Seconds that double from ``first`` to ``longest``."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._failures = 0

    def failed(self) -> float:
        """It failed: how long to wait now."""
        self._failures += 1
        return delay(self._failures, self._first, self._longest)

    def succeeded(self) -> None:
        self._failures = 0


def delay(failures: int, first: float, longest: float) -> float:
    """The wait after so many failures in a row (1, 2 …)."""
    return min(longest, first * 2.0 ** min(failures - 1, 32))
