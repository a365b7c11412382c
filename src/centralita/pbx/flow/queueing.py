"""The nodes that lead into a queue: to wait in it, or to be called back out of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from centralita.pbx.acd.news import Reason
from centralita.pbx.flow.node import Elsewhere, Node, Over, Talking, name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from centralita.pbx.flow.node import Find
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model import flow as model
    from centralita.pbx.plan import Plan

#: Why a caller left a queue → the name of the exit in a queue node. The exits by digit have names of their own.
_EXITS: Mapping[Reason, str] = MappingProxyType(
    {
        reason: reason.value
        for reason in (Reason.WAIT, Reason.SIZE, Reason.NO_AGENTS, Reason.ESTIMATED_WAIT, Reason.CALLBACK)
    }
)


class Queue(Talking):
    __slots__ = ("_exits", "_label", "_model", "_otherwise", "_queue")

    def __init__(self, plan: Plan, key: str, node: model.QueueNode) -> None:
        super().__init__(key)
        self._model = node
        self._queue = plan.snapshot.queues[node.queue]
        self._label = self._queue.name or self._queue.id
        self._exits: dict[str, Node | None] = {}

    def link(self, find: Find) -> None:
        self._exits = {name: find(to) for name, to in self._model.exits.items()}
        self._otherwise = find(self._model.otherwise)

    async def perform(self, walk: Walk) -> Node | Elsewhere | Over | None:
        node, call = self._model, walk.call
        priority = node.priority if node.priority is not None else walk.priority
        if priority is None:
            priority = self._queue.priority
        call.decide(
            "queue",
            f"queue:{node.queue}",
            f"waits in the queue {self._label} with priority {priority}",
            node=self.key,
        )
        from centralita.pbx.acd.waiting import wait_in_queue

        left = await wait_in_queue(
            call,
            self._queue,
            priority=priority,
            skills=walk.skills,
            last_agent=walk.last_agent or walk.last_agent_within(),
        )
        walk.time_passed()
        if left.reason is Reason.ANSWERED:
            return Over.CALL
        named = left.target if left.reason is Reason.KEY else _EXITS.get(left.reason, "")
        reason = f"left the queue {self._label}: {left.reason.value}"
        if named in self._exits:
            way = self._exits[named]
            call.decide("queue-exit", name_of(way), f"{reason}, the exit {named}", node=self.key)
            return way
        if left.target and left.reason is not Reason.KEY:
            call.decide("queue-exit", left.target, f"{reason}, and the queue says where to", node=self.key)
            return Elsewhere(left.target)
        way = self._otherwise
        call.decide("queue-exit", name_of(way), f"{reason}, for which there is no exit", node=self.key)
        return way


class Callback(Talking):
    __slots__ = ("_model", "_next", "_queue")

    def __init__(self, plan: Plan, key: str, node: model.CallbackNode) -> None:
        super().__init__(key)
        self._model = node
        self._queue = plan.snapshot.queues[node.queue]

    def link(self, find: Find) -> None:
        self._next = find(self._model.next)

    async def perform(self, walk: Walk) -> Node | Over | None:
        call = walk.call
        label = self._queue.name or self._queue.id
        from centralita.pbx.acd.waiting import offer_callback

        wanted = await offer_callback(
            call, self._queue, priority=walk.priority, skills=walk.skills, last_agent=walk.last_agent
        )
        walk.time_passed()
        if wanted:
            call.decide(
                "callback",
                f"callback:{self._queue.id}",
                f"is called back when it is their turn in the queue {label}",
                node=self.key,
            )
            return Over.CALL
        call.decide(
            "callback", name_of(self._next), "the caller does not want to be called back", node=self.key
        )
        return self._next
