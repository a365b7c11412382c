"""The call centre around a simulated caller: the live queue engine, with agents and other callers who follow the scenario.

Made when the first queue is entered. Time is told by the call: nothing here happens before :meth:`SimulatedFloor.run` is asked to
bring it up to an instant.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING

from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.news import CallBack, Offer, Withdrawn
from centralita.pbx.model.queue import Queue
from centralita.pbx.simulator import phones
from centralita.pbx.simulator.phones import Party
from centralita.pbx.vocabulary import StepEnd

if TYPE_CHECKING:
    from centralita.pbx.acd.news import News
    from centralita.pbx.simulator.call import SimulatedCall

OURS = "ours"
"""The journey of the simulated caller, as the engine knows it."""


class SimulatedFloor:
    """``engine`` is the tenant's floor; everybody but the simulated caller is played here."""

    __slots__ = ("_call", "_events", "_numbers", "_stale", "engine", "tell")

    def __init__(self, call: SimulatedCall, queue: Queue) -> None:
        self._call = call
        self.tell: Callable[[News], None] = _nobody
        """Where news for the simulated caller goes."""
        self.engine = Floor(call.random, call.snapshot.tenant)
        self._events: list[tuple[float, int, str, Callable[[float], None]]] = []
        self._numbers = count()
        self._stale: dict[str, int] = {}
        """Other caller → events of theirs numbered below this are no longer to happen."""
        now = call.epoch
        queues = _within_reach(queue, call.snapshot.queues)
        staff(self.engine, queues, call)
        for name, callers in call.script.waiting.items():
            if name in queues:
                for number in range(callers):
                    self.engine.join(f"before-{name}-{number}", name, now)
        self.pump(now)

    # --- time -----------------------------------------------------------------------------------------------------

    def next_at(self) -> float | None:
        """When something will happen next by itself; None: not before the caller does something."""
        times = [
            at for at in (self.engine.timer(), self._events[0][0] if self._events else None) if at is not None
        ]
        return min(times, default=None)

    def step(self, at: float) -> None:
        """Let happen what is due at this instant, the next one."""
        timer = self.engine.timer()
        if timer is not None and timer <= at:
            self.engine.handle_timer(at)
        while self._events and self._events[0][0] <= at:
            when, number, call, event = heapq.heappop(self._events)
            if number >= self._stale.get(call, 0):
                event(when)
        self.pump(at)

    def pump(self, now: float) -> None:
        """Hand the engine's news to whom it is for."""
        while news := self.engine.news():
            for one in news:
                if isinstance(one, CallBack):
                    continue  # the call that asked for it is over: what comes of it is another story
                if one.call == OURS:
                    self.tell(one)
                elif isinstance(one, Offer):
                    self._offered(one, now)
                elif isinstance(one, Withdrawn):
                    self._stale[one.call] = next(self._numbers)
        self.engine.facts()

    # --- the other callers ----------------------------------------------------------------------------------------

    def _offered(self, offer: Offer, now: float) -> None:
        parties = [Party(f"user:{agent}", self._call.behaviour(agent), agent) for agent in offer.agents]
        ringing = phones.ring(parties, offer.seconds, now)
        if ringing.winner is None:
            for party, rang in zip(parties, ringing.parties, strict=True):
                self._at(now + rang.seconds, offer.call, self._declines(offer.call, party.user, rang.end))
            return
        agent, talk = ringing.winner.user, ringing.winner.behaviour.talk
        self._at(now + ringing.seconds, offer.call, lambda at: self.engine.accepted(offer.call, agent, at))
        self._at(
            now + ringing.seconds + talk,
            offer.call,
            lambda at: self.engine.conversation_ended(offer.call, agent, at),
        )

    def _declines(self, call: str, agent: str, end: StepEnd) -> Callable[[float], None]:
        return lambda at: self.engine.declined(call, agent, end, at)

    def _at(self, when: float, call: str, event: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (when, next(self._numbers), call, event))


def staff(engine: Floor, queues: Mapping[str, Queue], call: SimulatedCall) -> None:
    """Queues and their agents as the scenario has them at the instant of the call."""
    now = call.epoch
    with engine.together(now):
        engine.configure(queues, now)
        engine.begin_day(call.now().date().isoformat(), now)
        _bring_in(engine, queues, call)


def _bring_in(engine: Floor, queues: Mapping[str, Queue], call: SimulatedCall) -> None:
    script, now = call.script, call.epoch
    for user in dict.fromkeys(agent.user for queue in queues.values() for agent in queue.agents):
        behaviour = call.behaviour(user)
        disturbed = not call.snapshot.personal[user].do_not_disturb
        if behaviour.registered and disturbed and call.snapshot.devices_of.get(user):
            engine.reachable(user, True, now)
        if behaviour.engaged:
            engine.occupied(user, call.snapshot.users[user].max_calls, now)
        elif call.caller.user is not None and call.caller.user.id == user:
            engine.occupied(user, 1, now)  # the call that we watch
        if script.agents is None or user in script.agents:
            engine.log_in(user, now)
        if user in script.paused:
            engine.pause(user, "break", now)


def _nobody(news: News) -> None:
    raise AssertionError(f"{news} is for a caller who has not come yet")


def _within_reach(queue: Queue, queues: Mapping[str, Queue]) -> dict[str, Queue]:
    """The queue, and those that its overflows lead to: no call comes into any other."""
    found = {queue.id: queue}
    left = [queue]
    while left:
        overflow = left.pop().overflow
        for part in (overflow.wait, overflow.size, overflow.no_agents, overflow.estimated_wait):
            kind, _, name = (part.to if part is not None else "").partition(":")
            if kind == "queue" and name in queues and name not in found:
                found[name] = queues[name]
                left.append(queues[name])
    return found
