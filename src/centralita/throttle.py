"""Guessing of passwords (of phones, and of people) is slowed down, and nobody else is: failures counted by source and user over sliding windows.

An office behind one NAT address must not be locked out by one wrong phone, nor a user by a stranger who guesses from
elsewhere. So what blocks soonest is the pair of source and user; a source as a whole, or a user as a whole, has a much
wider limit; and for who has proved the password from the same source before, every limit is wider still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address
from itertools import islice
from typing import Literal

_SLOTS = 6


class SlidingWindow:
    """Counts events by key within the last ``seconds``, for ``max_keys`` keys at most.

    Kept by slots of a sixth of the window, so that the memory of a key does not grow with its events: an event counts
    for ``seconds`` at least and a sixth longer at most.
    """

    __slots__ = ("_counts", "_width", "limit", "max_keys", "seconds")

    def __init__(self, limit: int, seconds: float, max_keys: int = 20_000) -> None:
        self.limit = limit
        self.seconds = seconds
        self.max_keys = max_keys
        self._width = seconds / _SLOTS
        self._counts: dict[str, list[tuple[int, int]]] = {}
        """By key, in order of the last event: slots, oldest first, and the events in each."""

    def add(self, key: str, now: float) -> None:
        """Count one event. Where there are too many keys, that of the longest silence is forgotten."""
        slot = int(now / self._width)
        counts = self._counts.pop(key, [])
        self._counts[key] = counts
        if counts and counts[-1][0] >= slot:
            counts[-1] = (counts[-1][0], counts[-1][1] + 1)
        else:
            counts.append((slot, 1))
            self._forget_old(counts, slot)
        if len(self._counts) > self.max_keys:
            del self._counts[next(iter(self._counts))]

    def count(self, key: str, now: float) -> int:
        """Events of this key within the window."""
        counts = self._counts.get(key)
        if counts is None:
            return 0
        self._forget_old(counts, int(now / self._width))
        if not counts:
            del self._counts[key]
        return sum(events for _, events in counts)

    def wait(self, key: str, now: float, times: int = 1) -> float:
        """Seconds until the key is below its limit (``times`` of it), if nothing is added; 0 where it is now."""
        over = self.count(key, now) - self.limit * times
        if over < 0:
            return 0.0
        for slot, events in self._counts[key]:
            over -= events
            if over < 0:
                return max((slot + _SLOTS + 1) * self._width - now, 0.001)
        raise AssertionError("a window holds more events than its slots")

    def latest(self, now: float, most: int) -> list[tuple[str, int]]:
        """Keys with their events within the window, the last first; at most so many are looked at."""
        keys = list(islice(reversed(self._counts), most))
        return [(key, count) for key in keys if (count := self.count(key, now))]

    def forget(self, key: str) -> None:
        """Drop what was counted for this key."""
        self._counts.pop(key, None)

    def __contains__(self, key: str) -> bool:
        return key in self._counts

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._counts))

    def __len__(self) -> int:
        return len(self._counts)

    @staticmethod
    def _forget_old(counts: list[tuple[int, int]], slot: int) -> None:
        while counts and counts[0][0] < slot - _SLOTS:
            del counts[0]


@dataclass(frozen=True, slots=True)
class ThrottleLimits:
    """Failures allowed within ``seconds``."""

    seconds: float = 300
    pair: int = 10
    """Of one user from one source: a phone with a wrong password, retrying twice a minute."""
    user: int = 100
    """Of one user from everywhere: guessing from many places."""
    source: int = 200
    """Of all users from one source: ten wrong phones in one office stay well below it."""
    proven: int = 10
    """By how many times the limits are wider for who has proved the password from the same source."""
    max_keys: int = 20_000
    """Remembered in each table, so that memory is bounded whatever is thrown at us."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Failures that are counted together, and what follows from them."""

    scope: Literal["pair", "source", "user"]
    source: str
    """An IPv4 address or an IPv6 network; empty: from everywhere."""
    user: str
    """Empty: of all."""
    failures: int
    limit: int
    wait: float
    """Seconds until the next password is looked at; 0: it is now."""


MOST_TOLD = 500
"""Of each table: whoever asks is told the latest."""


class Throttle:
    """Who has to wait before the next password is looked at. Ask first, then tell how it went."""

    __slots__ = ("_limits", "_pairs", "_proven", "_sources", "_users")

    def __init__(self, limits: ThrottleLimits | None = None) -> None:
        self._limits = limits = limits or ThrottleLimits()
        self._pairs = SlidingWindow(limits.pair, limits.seconds, limits.max_keys)
        self._users = SlidingWindow(limits.user, limits.seconds, limits.max_keys)
        self._sources = SlidingWindow(limits.source, limits.seconds, limits.max_keys)
        self._proven: dict[str, None] = {}

    def blocked(self, source: str, user: str, now: float) -> float:
        """Seconds for which no password of this user from this source is looked at; 0 where one may be.

        ``source`` is an IP address. What is refused for this reason must not be told as ``failed``: so one wrong phone
        that goes on trying uses up at most its own limit of what its office has.
        """
        network = _network(source)
        pair = f"{network} {user}"
        times = self._limits.proven if pair in self._proven else 1
        return max(
            self._pairs.wait(pair, now, times),
            self._sources.wait(network, now, times),
            self._users.wait(user, now, times),
        )

    def failed(self, source: str, user: str | None, now: float) -> None:
        """A password was wrong; ``user`` is None where no name was given."""
        network = _network(source)
        self._sources.add(network, now)
        if user:
            self._pairs.add(f"{network} {user}", now)
            self._users.add(user, now)

    def succeeded(self, source: str, user: str, now: float) -> None:
        """A password was right: what went wrong before, from this source with this user, is forgiven."""
        pair = f"{_network(source)} {user}"
        self._pairs.forget(pair)
        self._proven.pop(pair, None)
        self._proven[pair] = None
        if len(self._proven) > self._limits.max_keys:
            del self._proven[next(iter(self._proven))]

    def guesses(self, now: float) -> list[Guess]:
        """Who has failed lately: who has to wait longest first."""
        found: list[Guess] = []
        for pair, failures in self._pairs.latest(now, MOST_TOLD):
            source, _, user = pair.partition(" ")
            times = self._limits.proven if pair in self._proven else 1
            wait, limit = self._pairs.wait(pair, now, times), self._limits.pair * times
            found.append(Guess("pair", source, user, failures, limit, wait))
        for source, failures in self._sources.latest(now, MOST_TOLD):
            wait = self._sources.wait(source, now)
            found.append(Guess("source", source, "", failures, self._limits.source, wait))
        for user, failures in self._users.latest(now, MOST_TOLD):
            wait = self._users.wait(user, now)
            found.append(Guess("user", "", user, failures, self._limits.user, wait))
        return sorted(found, key=lambda each: (-each.wait, -each.failures))

    def pardon(self, source: str, user: str) -> bool:
        """Forget failures: of a user from a source; of a user from everywhere, or of all from a source, where the other is empty.

        False where there were none.
        """
        network = source if "/" in source else _network(source) if source else ""
        if network and user:
            gone = [f"{network} {user}"] if f"{network} {user}" in self._pairs else []
        elif network:
            gone = [pair for pair in self._pairs if pair.startswith(f"{network} ")]
        else:
            gone = [pair for pair in self._pairs if pair.partition(" ")[2] == user]
        for pair in gone:
            self._pairs.forget(pair)
        whole, key = (self._sources, network) if network else (self._users, user)
        if network and user:
            return bool(gone)
        known = key in whole
        whole.forget(key)
        return known or bool(gone)

    def keys(self) -> int:
        """Entries in memory, for metrics."""
        return len(self._pairs) + len(self._users) + len(self._sources) + len(self._proven)


@lru_cache(maxsize=1024)
def _network(source: str) -> str:
    """What one attacker has: an IPv4 address, or the 64 bits of an IPv6 network."""
    if ":" not in source:
        return source
    address = IPv6Address(source)
    return str(address.ipv4_mapped) if address.ipv4_mapped else f"{int(address) >> 64:x}::/64"
