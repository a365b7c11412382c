"""The share node: the volume of calls spread among several ways on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from centralita.pbx import shares
from centralita.pbx.flow.node import Deciding, Node
from centralita.pbx.flow.resting import Ring
from centralita.pbx.model import flow as model

if TYPE_CHECKING:
    from centralita.pbx.flow.node import Find
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model.user import User
    from centralita.pbx.plan import Plan


class Share(Deciding):
    __slots__ = ("_model", "_people", "_shares", "_ways")

    def __init__(self, plan: Plan, key: str, node: model.ShareNode) -> None:
        super().__init__(key)
        self._model = node
        weights: dict[str, int] = {}
        for target in node.targets:  # the same way twice is one way with both weights
            weights[target.to] = weights.get(target.to, 0) + target.weight
        self._shares = tuple(shares.Share(to, weight) for to, weight in weights.items())
        self._ways: dict[str, Node | None] = {}
        self._people: dict[str, tuple[User, ...]] = {}

    def link(self, find: Find) -> None:
        self._ways = {share.target: find(share.target) for share in self._shares}
        self._people = {
            name: way.people for name, way in self._ways.items() if isinstance(way, Ring) and way.people
        }

    def decide(self, walk: Walk) -> Node | None:
        node = self._model
        call = walk.call
        state = call.state
        choice = state.shares.choose(
            self.key,
            self._shares,
            by=node.by,
            day=walk.today,
            loads=self._loads(walk) if node.by == "least-loaded" else None,
            before=self._before(walk) if node.sticky_days else "",
        )
        target = choice.target
        if node.sticky_days:
            state.callers.went(call.caller.number, self.key, target, walk.now().timestamp())
        walk.shares.append((self.key, target))
        state.going[self.key, target] += 1
        way = self._ways[target]
        call.decide(
            "share", way.key if way is not None else "end", choice.reason, node=self.key, passed=choice.passed
        )
        return way

    def _loads(self, walk: Walk) -> dict[str, float]:
        """Calls that each target has now: those sent there that are not over, or all that its people are in, if more."""
        going, reachability = walk.call.state.going, walk.call.reachability
        loads: dict[str, float] = {}
        for share in self._shares:
            sent = going.get((self.key, share.target), 0)
            people = self._people.get(share.target, ())
            loads[share.target] = max(sent, sum(reachability(user).calls for user in people))
        return loads

    def _before(self, walk: Walk) -> str:
        """Where the caller went last time, if that is not too long ago."""
        seen = walk.seen()
        if seen is None or self.key not in seen.shares:
            return ""
        target, at = seen.shares[self.key]
        recent = at >= (walk.now() - timedelta(days=self._model.sticky_days)).timestamp()
        return target if recent else ""
