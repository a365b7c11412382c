"""The nodes that lead into a queue: to wait in it, or to be called back out of it."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from centralita.pbx.acd.news import QueueExit, Reason
from centralita.pbx.acd.waiting import offer_callback, wait_in_queue
from centralita.pbx.flow.node import Elsewhere, Node, Over, Talking, name_of
from centralita.pbx.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from centralita.pbx.flow.node import Find
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model import flow as model
    from centralita.pbx.model.queue import Queue as QueueModel
    from centralita.pbx.plan import Plan

#: Why a caller left a queue → the name of the exit in a queue node. The exits by digit have names of their own.
_EXITS: Mapping[Reason, str] = MappingProxyType(
    {
        reason: reason.value
        for reason in (Reason.WAIT, Reason.SIZE, Reason.NO_AGENTS, Reason.ESTIMATED_WAIT, Reason.CALLBACK)
    }
)


async def serve_in_queue(walk: Walk, queue: QueueModel, priority: int) -> QueueExit:
    """Wait in a queue with all that is known of the call; how that ended. ANSWERED, and CALLBACK, end the call."""
    call = walk.call
    left = await wait_in_queue(
        call, queue, priority=priority, skills=walk.skills, last_agent=last_agent_for(walk, queue)
    )
    walk.time_passed()
    if left.reason is Reason.ANSWERED:
        walk.talked(left.talk)
    return left


def last_agent_for(walk: Walk, queue: QueueModel) -> str:
    """Whom the caller spoke with last: as a node before has found, else as far back as the queue wants to know."""
    options = queue.last_agent
    if walk.last_agent or not options.enabled:
        return walk.last_agent
    return walk.last_agent_within(timedelta(seconds=options.within_seconds))


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
        left = await serve_in_queue(walk, self._queue, priority)
        if left.reason is Reason.ANSWERED:
            return Over.CALL
        named = left.target if left.reason is Reason.KEY else _EXITS.get(left.reason, "")
        reason = f"left the queue {self._label}: {left.reason.value}"
        if named in self._exits:
            way = self._exits[named]
            call.decide("queue-exit", name_of(way), f"{reason}, the exit {named}", node=self.key)
            return way
        if left.reason is Reason.CALLBACK:
            call.decide("queue-exit", f"callback:{left.queue}", f"{reason} is wanted", node=self.key)
            call.hang_up(Outcome.CALLBACK)
            return Over.CALL
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
        call, queue = walk.call, self._queue
        wanted = await offer_callback(
            call,
            queue,
            priority=walk.priority,
            skills=walk.skills,
            last_agent=last_agent_for(walk, queue),
        )
        walk.time_passed()
        if wanted:
            reason = f"is called back when it is their turn in the queue {queue.name or queue.id}"
            call.decide("callback", f"callback:{queue.id}", reason, node=self.key)
            call.hang_up(Outcome.CALLBACK)
            return Over.CALL
        reason = "the caller does not want to be called back"
        call.decide("callback", name_of(self._next), reason, node=self.key)
        return self._next
