"""A floor with a clock that is turned by hand, for tests of its rules."""

from __future__ import annotations

import random
from typing import Any

from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.news import (
    FloorNews,
    Offer,
)
from centralita.pbx.model.queue import AgentProfile, Queue
from centralita.pbx.vocabulary import TenantId
from unit.acd.floor_invariants import check_floor


class Room:
    """A floor with a clock that is turned by hand."""

    def __init__(self, *queues: Queue, agents: str = "ana luis", **profiles: AgentProfile) -> None:
        self.now = 1000.0
        self.floor = Floor(random.Random(1), TenantId("office"))
        self.queues = {queue.id: queue for queue in queues}
        self.floor.configure(self.queues, self.now, profiles)
        for name in agents.split():
            self.floor.reachable(name, True, self.now)
            self.floor.log_in(name, self.now)
        self.floor.news()

    def join(self, call: str, queue: str = "q", **options: Any) -> list[FloorNews]:
        self.floor.join(call, queue, self.now, **options)
        return self.news()

    def news(self) -> list[FloorNews]:
        check_floor(self.floor)
        return self.floor.news()

    def wait(self, seconds: float) -> list[FloorNews]:
        """News of the time until then, timer by timer."""
        until = self.now + seconds
        heard: list[FloorNews] = []
        while (due := self.floor.timer()) is not None and due <= until:
            self.now = due
            self.floor.handle_timer(due)
            heard += self.news()
        self.now = until
        return heard

    def answer(self, call: str, agent: str) -> None:
        self.floor.accepted(call, agent, self.now)
        self.news()

    def end(self, call: str, agent: str) -> list[FloorNews]:
        self.floor.conversation_ended(call, agent, self.now)
        return self.news()

    def state(self, agent: str) -> str:
        return self.floor.agent(agent, self.now).state

    def facts(self, kind: type) -> list[Any]:
        return [fact for fact in self.floor.facts() if isinstance(fact, kind)]


def q(name: str = "q", agents: str = "ana luis", **fields: Any) -> Queue:
    return Queue(
        id=name, **{"agents": [{"user": one} for one in agents.split()], "strategy": "linear"} | fields
    )


def offers(news: list[FloorNews]) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.call, each.agents) for each in news if isinstance(each, Offer)]
