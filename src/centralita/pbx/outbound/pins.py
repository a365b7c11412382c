"""Wrong PINs within a while: whoever has given too many is not asked again until it has passed."""

from __future__ import annotations

from collections import deque

MAX_WRONG = 10
WINDOW = 3600.0
"""Seconds within which so many may be wrong, for each user."""
MAX_USERS = 10_000
"""Users who are remembered, the latest ones."""


class WrongPins:
    """Of the users of one tenant. Instants are seconds since the epoch."""

    __slots__ = ("_wrong",)

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = {}

    def may_try(self, user: str, now: float) -> bool:
        wrong = self._wrong.get(user)
        if wrong is None:
            return True
        while wrong and wrong[0] <= now - WINDOW:
            wrong.popleft()
        if not wrong:
            del self._wrong[user]
        return len(wrong) < MAX_WRONG

    def failed(self, user: str, now: float) -> None:
        wrong = self._wrong.pop(user, None) or deque(maxlen=MAX_WRONG)
        wrong.append(now)
        self._wrong[user] = wrong
        if len(self._wrong) > MAX_USERS:
            del self._wrong[next(iter(self._wrong))]

    def succeeded(self, user: str) -> None:
        self._wrong.pop(user, None)
