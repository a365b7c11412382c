"""The agents of one queue who are free now, kept in the order of the queue's strategy.

Who is next is found without looking at everybody where the strategy allows it; the definitions are those of
:mod:`centralita.pbx.distribution`.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from typing import Literal

from centralita.pbx.acd.line import fits
from centralita.pbx.acd.records import Agent, Wishes
from centralita.pbx.distribution import Candidate, SortKey, draw, standing_key
from centralita.pbx.model.queue import QueueAgent, Strategy

Slot = tuple[SortKey, str]
"""Sort key within the level, and who."""
_BY_FIGURES: frozenset[Strategy] = frozenset({"fewest-calls", "longest-idle", "skills"})


class Pool:
    __slots__ = (
        "_agents",
        "_even_by",
        "_levels",
        "_members",
        "_positions",
        "_seats",
        "_slots",
        "_strategy",
        "turns",
    )

    def __init__(self, queue: str, strategy: Strategy, even_by: Literal["calls", "talk-time"]) -> None:
        self._strategy = strategy
        self._even_by = even_by
        self._agents: dict[str, Agent] = {}
        self._members: dict[str, QueueAgent] = {}
        self._positions: dict[str, int] = {}
        self._seats: dict[str, tuple[int, Slot]] = {}
        """Level and slot of each member, where they do not depend on figures that change."""
        self._slots: dict[str, tuple[int, Slot]] = {}
        self._levels: dict[int, list[Slot]] = {}
        self.turns: dict[int, str] = {}
        """Round robin: level → who was tried last."""

    def configure(self, members: Iterable[QueueAgent]) -> None:
        """Who may ever be in it, in order. Empties it."""
        self._members = {member.user: member for member in members}
        self._positions = {user: index for index, user in enumerate(self._members)}
        self._seats = {}
        if self._strategy not in _BY_FIGURES:
            self._seats = {
                user: (member.level, ((self._positions[user],), user))
                for user, member in self._members.items()
            }
        self._agents.clear()
        self._slots.clear()
        self._levels.clear()

    def put(self, agent: Agent) -> None:
        """The agent is free; or is so still, and their figures may have changed."""
        seat = self._seats.get(agent.id)
        if seat is None:
            seat = self._seat_by_figures(agent)
        held = self._slots.get(agent.id)
        if held is not None:
            if held == seat:
                return
            self.discard(agent)
        self._slots[agent.id] = seat
        self._agents[agent.id] = agent
        insort(self._levels.setdefault(seat[0], []), seat[1])

    def discard(self, agent: Agent) -> None:
        held = self._slots.pop(agent.id, None)
        if held is None:
            return
        del self._agents[agent.id]
        level, slot = held
        slots = self._levels[level]
        del slots[bisect_left(slots, slot)]
        if not slots:
            del self._levels[level]

    def __contains__(self, agent: str) -> bool:
        return agent in self._slots

    def __len__(self) -> int:
        return len(self._slots)

    def pick(self, wishes: Wishes, tried: set[str], now: float, rng: random.Random) -> tuple[str, ...]:
        """Whom to ring for a caller: one, or with ``all`` everybody of the lowest level that has somebody. Empty: nobody.

        Who has been tried for this caller is passed over as long as there is somebody else.
        """
        if not self._levels:
            return ()
        levels = sorted(self._levels)
        for level in levels:
            if picked := self._pick_in(level, wishes, tried, now, rng):
                return picked
        if tried:
            for level in levels:
                if picked := self._pick_in(level, wishes, set(), now, rng):
                    return picked
        return ()

    def turn(self, agent: str) -> None:
        """The agent is being tried: a round robin goes on after them."""
        if (member := self._members.get(agent)) is not None:
            self.turns[member.level] = agent

    def _pick_in(
        self, level: int, wishes: Wishes, tried: set[str], now: float, rng: random.Random
    ) -> tuple[str, ...]:
        match self._strategy:
            case "all":
                return tuple(self._eligible(self._levels[level], wishes, tried))
            case "round-robin":
                slots = self._levels[level]
                last = self._positions.get(self.turns.get(level, ""), -1)
                start = bisect_right(slots, ((last,), "\uffff"))
                for part in (slots[start:], slots[:start]):
                    for name in self._eligible(part, wishes, tried):
                        return (name,)
                return ()
            case "weighted-random":
                names = list(self._eligible(self._levels[level], wishes, tried))
                return (names[draw([self._members[name].weight for name in names], rng)],) if names else ()
            case "even-volume":
                return self._pick_even(level, wishes, tried, now)
            case _:
                for name in self._eligible(self._levels[level], wishes, tried):
                    return (name,)
                return ()

    def _eligible(self, slots: list[Slot], wishes: Wishes, tried: set[str]) -> Iterator[str]:
        if not wishes and not tried:
            return (name for _, name in slots)
        members = self._members
        return (name for _, name in slots if name not in tried and fits(members[name].skills, wishes))

    def _pick_even(self, level: int, wishes: Wishes, tried: set[str], now: float) -> tuple[str, ...]:
        """As :func:`centralita.pbx.distribution.even_key` orders them; written out, since shifts never stand still."""
        by_calls = self._even_by == "calls"
        agents = self._agents
        best: tuple[float, float, float] | None = None
        chosen = ""
        for key, name in (
            self._levels[level]
            if not wishes and not tried
            else [
                slot
                for slot in self._levels[level]
                if slot[1] not in tried and fits(self._members[slot[1]].skills, wishes)
            ]
        ):
            agent = agents[name]
            volume = agent.calls if by_calls else agent.talk
            if volume > 0:
                since = agent.shift_since
                worked = agent.shift_before + (now - since if since is not None and now > since else 0.0)
                share = volume / worked if worked > 0 else math.inf
                if best is not None and share > best[0]:
                    continue
            else:
                share = 0.0
            last_end = agent.last_end
            rank = (share, -math.inf if last_end is None else last_end, key[0])
            if best is None or rank < best:
                best, chosen = rank, name
        return (chosen,) if chosen else ()

    def _seat_by_figures(self, agent: Agent) -> tuple[int, Slot]:
        member, position = self._members[agent.id], self._positions[agent.id]
        candidate = Candidate(agent.id, position, calls=agent.calls, last_end=agent.last_end)
        return member.level, (standing_key(self._strategy, candidate) or (position,), agent.id)
