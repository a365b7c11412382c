"""The volume of calls spread among targets: by weight, evenly by calls or by talk time, or to the least loaded.

By weight is exact, not left to chance: after any number of calls, each target is less than one call away from its share
(R. Tijdeman, *The chairman assignment problem*, Discrete Mathematics 32, 1980). Who went where
before is remembered elsewhere, and told by argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

ShareBy = Literal["weight", "calls", "talk-time", "least-loaded"]
MAX_ROUNDS = 32
"""Sets of targets that a share counts apart, the latest ones: a target that is left out for a while makes another set."""


@dataclass(frozen=True, slots=True)
class Share:
    """A target, and its part of the whole: ``weight`` of the sum of all weights."""

    target: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    target: str
    reason: str
    """In one sentence."""
    passed: tuple[str, ...]
    """Each other target with why it was not chosen."""


@dataclass(slots=True)
class _Volume:
    calls: int = 0
    talk: float = 0.0


@dataclass(slots=True)
class _Node:
    day: str = ""
    rounds: dict[str, dict[str, int]] = field(default_factory=dict)
    """Set of shares → calls given to each target since that set began to be counted."""
    today: dict[str, _Volume] = field(default_factory=dict)


class ShareCounters:
    """What all shares of a tenant remember, by node. Plain data."""

    __slots__ = ("_nodes",)

    def __init__(self) -> None:
        self._nodes: dict[str, _Node] = {}

    def choose(
        self,
        node: str,
        shares: Sequence[Share],
        *,
        by: ShareBy,
        day: str,
        loads: Mapping[str, float] | None = None,
        before: str = "",
    ) -> Choice:
        """The target of the next call, which is counted at once.

        ``shares``: those that can take a call, at least one. ``day``: ISO date in the tenant's zone. ``loads``: how busy each target
        is now, for least-loaded. ``before``: where this caller went last time, if they shall go there again.
        """
        state = self._node(node, day)
        names = [share.target for share in shares]
        together = "|".join([f"{share.target}={share.weight}" for share in shares])
        if before in names:
            target, reason, marks = before, "the caller went there before", dict.fromkeys(names, "")
        elif by == "weight":
            target, reason, marks = _pick_by_weight(state.rounds.get(together, {}), shares)
        else:
            target, reason, marks = self._pick(state, shares, by, loads or {})
        self._count(state, shares, target, together)
        passed = tuple(
            f"{name}: {marks[name] or 'the caller went elsewhere before'}" for name in names if name != target
        )
        return Choice(target, reason, passed)

    def talked(self, node: str, target: str, seconds: float, *, day: str) -> None:
        """A conversation that the node led to is over."""
        self._node(node, day).today.setdefault(target, _Volume()).talk += seconds

    def today(self, node: str, day: str) -> dict[str, tuple[int, float]]:
        """Target → calls and seconds of talk on that day."""
        return {name: (each.calls, each.talk) for name, each in self._node(node, day).today.items()}

    def keep_only(self, nodes: Sequence[str]) -> None:
        """Forget the nodes that are no longer configured."""
        self._nodes = {name: self._nodes[name] for name in nodes if name in self._nodes}

    def _node(self, name: str, day: str) -> _Node:
        state = self._nodes.get(name)
        if state is None:
            state = self._nodes[name] = _Node(day)
        if state.day != day:
            state.day = day
            state.today.clear()
        return state

    def _pick(
        self, state: _Node, shares: Sequence[Share], by: ShareBy, loads: Mapping[str, float]
    ) -> tuple[str, str, dict[str, str]]:
        values: dict[str, float] = {}
        for share in shares:
            volume = state.today.get(share.target, _Volume())
            if by == "least-loaded":
                values[share.target] = loads.get(share.target, 0.0)
            else:
                values[share.target] = volume.calls if by == "calls" else volume.talk
        order = {share.target: index for index, share in enumerate(shares)}
        weights = {share.target: share.weight for share in shares}

        def rank(target: str) -> tuple[float, int, int]:
            # Equally loaded or talked: who has had fewer calls, so that a quiet morning does not all go to the first.
            calls = state.today.get(target, _Volume()).calls
            return (values[target] / weights[target], calls, order[target])

        target = min(order, key=rank)
        unit = {"calls": "calls today", "talk-time": "s of talk today", "least-loaded": "calls now"}[by]
        marks = {name: f"{value:g} {unit}" for name, value in values.items()}
        return target, f"{target} has the least: {marks[target]}", marks

    def _count(self, state: _Node, shares: Sequence[Share], target: str, together: str) -> None:
        volume = state.today.get(target)
        if volume is None:
            volume = state.today[target] = _Volume()
        volume.calls += 1
        given = state.rounds.pop(together, {})
        given[target] = given.get(target, 0) + 1
        weights = calls = 0
        for share in shares:
            weights += share.weight
            calls += given.get(share.target, 0)
        for share in shares:
            if given.get(share.target, 0) * weights != calls * share.weight:
                break
        else:
            given = {}  # everybody has exactly their share: begin anew, so that numbers stay small
        state.rounds[together] = given
        while len(state.rounds) > MAX_ROUNDS:
            del state.rounds[next(iter(state.rounds))]

    def to_state(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            name: {
                "day": node.day,
                "rounds": {key: dict(given) for key, given in node.rounds.items()},
                "today": {target: [each.calls, each.talk] for target, each in node.today.items()},
            }
            for name, node in self._nodes.items()
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> ShareCounters:
        counters = cls()
        for name, node in state.items():
            counters._nodes[name] = _Node(
                node["day"],
                {key: dict(given) for key, given in node["rounds"].items()},
                {target: _Volume(*fields) for target, fields in node["today"].items()},
            )
        return counters


def _pick_by_weight(given: Mapping[str, int], shares: Sequence[Share]) -> tuple[str, str, dict[str, str]]:
    """Tijdeman's rule: of those far enough behind their share to be given a call, the one who must have one soonest.

    With n targets, far enough is 1/(2n−2) of a call. Whole numbers throughout: everything times (2n−2) and the sum of weights.
    """
    count, total = 1, 0
    for share in shares:
        count += given.get(share.target, 0)
        total += share.weight
    scale = max(1, 2 * len(shares) - 2)
    marks: dict[str, str] = {}
    best: tuple[int, int] | None = None
    chosen = shares[0].target
    for share in shares:
        had = given.get(share.target, 0)
        marks[share.target] = f"{had} of {count - 1} calls, a share of {share.weight}/{total}"
        behind = scale * (share.weight * count - had * total)
        if behind < total:
            continue
        # The deadline is a fraction: its denominator is the weight.
        deadline = ((scale - 1) * total - behind, share.weight)
        if best is None or deadline[0] * best[1] < best[0] * deadline[1]:
            best, chosen = deadline, share.target
    assert best is not None, "what all are behind adds up to one call, so somebody is behind by enough"
    return chosen, f"{chosen} is furthest behind its share: {marks[chosen]}", marks
