"""Who rings next, and which way the next call goes: the ring strategies, and the sharing of calls among targets.

The strategies order candidates by what is told of them; ring groups ask :class:`Tally`, call queues keep their own figures and
share the definitions. Counts are of one day, whose name (an ISO date in the tenant's zone) is always an argument.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

from centralita.pbx.model.queue import Strategy

SortKey = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be rung now, and what the strategies go by."""

    id: str
    position: int = 0
    """In the list as it is configured, from 0."""
    level: int = 1
    """Lower ones come first, whatever the strategy."""
    weight: int = 1
    calls: int = 0
    """Answered today."""
    talk: float = 0.0
    """Seconds of conversation today."""
    on_shift: float = 0.0
    """Seconds at work today: logged in and not paused."""
    last_end: float | None = None
    """When their last call ended, on any one clock; None: never."""


# --- the definitions --------------------------------------------------------------------------------------------------


def standing_key(strategy: Strategy, candidate: Candidate) -> SortKey | None:
    """What a strategy sorts by within a level, where that only changes with the candidate's own calls.

    None for those that need more: the time (even-volume), chance (weighted-random), or whose turn it is (round-robin).
    """
    idle_since = -math.inf if candidate.last_end is None else candidate.last_end
    match strategy:
        case "all" | "linear":
            return (candidate.position,)
        case "fewest-calls":
            return (candidate.calls, idle_since, candidate.position)
        case "longest-idle" | "skills":
            return (idle_since, candidate.position)
        case "round-robin" | "weighted-random" | "even-volume":
            return None


def share_of_shift(volume: float, on_shift: float) -> float:
    """Volume (calls, or seconds of talk) per second at work: what even-volume keeps equal.

    Who has had nothing yet comes first; who has had something in no time at all comes last.
    """
    if volume <= 0:
        return 0.0
    return volume / on_shift if on_shift > 0 else math.inf


def even_key(candidate: Candidate, by: Literal["calls", "talk-time"]) -> SortKey:
    volume = candidate.calls if by == "calls" else candidate.talk
    idle_since = -math.inf if candidate.last_end is None else candidate.last_end
    return (share_of_shift(volume, candidate.on_shift), idle_since, candidate.position)


def draw(weights: Sequence[int], rng: random.Random) -> int:
    """An index, drawn with a probability proportional to its weight. Weights are at least 1."""
    sums = list(accumulate(weights))
    # Rounding may reach the very end of the range.
    return min(bisect_right(sums, rng.random() * sums[-1]), len(sums) - 1)


def in_order(
    strategy: Strategy,
    candidates: Iterable[Candidate],
    *,
    rng: random.Random,
    turns: Mapping[int, int] | None = None,
    even_by: Literal["calls", "talk-time"] = "calls",
) -> list[tuple[str, ...]]:
    """Whom to ring, one group after the other until somebody answers; within a group, all at once.

    ``turns``: level → position of the one tried last, for round-robin. Every candidate is in the result once.
    """
    levels: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        levels.setdefault(candidate.level, []).append(candidate)
    waves: list[tuple[str, ...]] = []
    for level in sorted(levels):
        ordered = _within_level(strategy, levels[level], rng, (turns or {}).get(level, -1), even_by)
        if strategy == "all":
            waves.append(tuple(candidate.id for candidate in ordered))
        else:
            waves += [(candidate.id,) for candidate in ordered]
    return waves


def _within_level(
    strategy: Strategy,
    candidates: list[Candidate],
    rng: random.Random,
    last_tried: int,
    even_by: Literal["calls", "talk-time"],
) -> list[Candidate]:
    match strategy:
        case "round-robin":
            return sorted(candidates, key=lambda one: (one.position <= last_tried, one.position))
        case "weighted-random":
            left = sorted(candidates, key=lambda one: one.position)
            return [left.pop(draw([one.weight for one in left], rng)) for _ in range(len(left))]
        case "even-volume":
            return sorted(candidates, key=lambda one: even_key(one, even_by))
        case _:
            return sorted(candidates, key=lambda one: standing_key(strategy, one) or ())


# --- ring groups ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Counts:
    calls: int = 0
    talk: float = 0.0
    last_end: float | None = None


class Tally:
    """What one ring group remembers: the day's calls of each member, and whose turn it was. Plain data."""

    __slots__ = ("_counts", "_day", "_last_tried")

    def __init__(self) -> None:
        self._day = ""
        self._last_tried = ""
        self._counts: dict[str, Counts] = {}

    def waves(
        self,
        strategy: Strategy,
        members: Sequence[tuple[str, int]],
        available: Iterable[str],
        *,
        day: str,
        rng: random.Random,
    ) -> list[tuple[str, ...]]:
        """Whom to ring, one group after the other. ``members``: all with their weights, in order; only the available are rung.

        A group has no shifts: even-volume spreads the day's calls evenly among its members.
        """
        self._begin(day)
        position = {member: index for index, (member, _) in enumerate(members)}
        weight = dict(members)
        candidates = []
        for member in dict.fromkeys(available):
            counts = self._counts.get(member, Counts())
            candidates.append(
                Candidate(
                    member,
                    position[member],
                    weight=weight[member],
                    calls=counts.calls,
                    talk=counts.talk,
                    on_shift=1.0,
                    last_end=counts.last_end,
                )
            )
        return in_order(strategy, candidates, rng=rng, turns={1: position.get(self._last_tried, -1)})

    def tried(self, member: str) -> None:
        """The member is being rung: a round robin goes on after them."""
        self._last_tried = member

    def answered(self, member: str, *, day: str) -> None:
        self._begin(day)
        self._counts.setdefault(member, Counts()).calls += 1

    def ended(self, member: str, talk: float, now: float, *, day: str) -> None:
        """A conversation of so many seconds is over."""
        self._begin(day)
        counts = self._counts.setdefault(member, Counts())
        counts.talk += talk
        counts.last_end = now

    def calls(self, member: str) -> int:
        return self._counts.get(member, Counts()).calls

    def _begin(self, day: str) -> None:
        if day != self._day:
            self._day = day
            for counts in self._counts.values():
                counts.calls, counts.talk = 0, 0.0

    def to_state(self) -> dict[str, Any]:
        """Plain values for JSON."""
        counts = {member: [each.calls, each.talk, each.last_end] for member, each in self._counts.items()}
        return {"day": self._day, "last": self._last_tried, "counts": counts}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Tally:
        tally = cls()
        tally._day = state["day"]
        tally._last_tried = state["last"]
        tally._counts = {member: Counts(*fields) for member, fields in state["counts"].items()}
        return tally
