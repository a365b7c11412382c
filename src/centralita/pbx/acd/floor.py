"""The floor of one tenant's call centre: all its queues and agents. Events go in, news for callers and facts for the journal come out.

Instants are seconds of one clock that survives a restart (since the epoch), and always arguments. An event books what
happened, then brings together whoever can be; :meth:`Floor.news` and :meth:`Floor.facts` hand over what came of it. Calls are
named by their journey, agents by their user's id.

What holds after every event: nobody waits whom a free agent could serve; an agent is offered one call at a time, and never one
beyond their calls at once; callers are served by priority, then by when their place counts from; who joined is waiting, being
offered, talking, or has been told where to go.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from centralita.pbx.acd.callers import Callers
from centralita.pbx.acd.desk import Day, Desk
from centralita.pbx.acd.facts import AcdFact, AgentLoggedOut
from centralita.pbx.acd.matching import Matching
from centralita.pbx.acd.news import FloorNews, Reason, Withdrawn
from centralita.pbx.acd.records import Agent, Entry, FloorError, Phase
from centralita.pbx.acd.roster import Roster
from centralita.pbx.acd.state import floor_state, restore_floor
from centralita.pbx.acd.timers import Due
from centralita.pbx.acd.views import AgentView, CallerView, QueueFigures
from centralita.pbx.model.queue import AgentProfile, Queue, QueueAgent
from centralita.pbx.vocabulary import Party, StepEnd, TenantId

_BY_CONFIGURATION = "configuration"


class Floor:
    def __init__(self, rng: random.Random, tenant: TenantId = TenantId("")) -> None:  # noqa: B008 - a name for a type
        self._matching = Matching(rng, tenant)
        self._callers = Callers(self._matching)
        self._roster = Roster(self._matching)
        self._day = ""
        self._gathering = False

    # --- configuration and days ---------------------------------------------------------------------------------------

    def configure(
        self,
        queues: Mapping[str, Queue],
        now: float,
        profiles: Mapping[str, AgentProfile] | None = None,
    ) -> None:
        """A new version: who waits, talks or is logged in stays so; a queue that is gone sends its callers on."""
        matching = self._matching
        gone = [desk for name, desk in matching.desks.items() if name not in queues]
        for desk in gone:
            del matching.desks[desk.name]
            matching.timers.cancel(Due.DESERTED, desk.name)
        changed = set()
        for name, config in queues.items():
            known = matching.desks.get(name)
            if known is None:
                matching.desks[name] = Desk(config)
            elif known.config != config:
                known.reconfigure(config)
            else:
                continue
            changed.add(name)
        self._enrol(queues, profiles or {}, now)
        for desk in gone:
            for entry in [one for one in matching.entries.values() if one.desk is desk]:
                if entry.phase is not Phase.TALKING:
                    self._callers.send_on(entry, Reason.REMOVED, "", now)
        for entry in list(matching.entries.values()):
            if entry.desk.name in changed and entry.phase is not Phase.TALKING:
                self._callers.arm(entry, now)
                matching.wish(entry, now)
        self._withdraw_from_strangers(now)
        matching.stirred.update(dict.fromkeys(queues))
        self._settle(now)

    def _enrol(self, queues: Mapping[str, Queue], profiles: Mapping[str, AgentProfile], now: float) -> None:
        matching = self._matching
        memberships: dict[str, dict[str, QueueAgent]] = {}
        for name, config in queues.items():
            for member in config.agents:
                memberships.setdefault(member.user, {})[name] = member
        default = AgentProfile()
        for name in memberships.keys() | matching.agents.keys():
            agent = matching.agent(name)
            mine = memberships.get(name, {})
            for queue in agent.memberships.keys() - mine.keys():
                matching.expel(agent, queue)
            agent.memberships = mine
            agent.max_calls = profiles.get(name, default).max_calls
            lost = agent.logged_in - mine.keys()
            if lost:
                agent.logged_in -= lost
                matching.facts.append(
                    AgentLoggedOut(
                        at=now,
                        tenant=matching.tenant,
                        agent=name,
                        queues=tuple(sorted(lost)),
                        on_shift=agent.on_shift(now),
                        by=_BY_CONFIGURATION,
                    )
                )
            for queue in [one for one in agent.pauses if one and one not in mine]:
                del agent.pauses[queue]
            matching.refresh(agent, now)

    def _withdraw_from_strangers(self, now: float) -> None:
        """No phone rings on for a queue that its owner is no longer in."""
        matching = self._matching
        for entry in list(matching.entries.values()):
            if entry.phase is Phase.OFFERED and not any(
                entry.desk.name in matching.agents[name].memberships for name in entry.agents
            ):
                matching.withdraw(entry, StepEnd.WITHDRAWN, now, tell=True)
                matching.look_for_agent(entry)

    def begin_day(self, day: str, now: float) -> None:
        """The counters of today begin anew. ``day``: ISO date in the tenant's zone; the same day again changes nothing."""
        if day == self._day:
            return
        self._day = day
        matching = self._matching
        for desk in matching.desks.values():
            desk.day = Day()
        for agent in matching.agents.values():
            agent.calls, agent.talk, agent.shift_before = 0, 0.0, 0.0
            if agent.shift_since is not None:
                agent.shift_since = now
            matching.refresh(agent, now)
        self._settle(now)

    # --- callers ----------------------------------------------------------------------------------------------------

    def join(
        self,
        call: str,
        queue: str,
        now: float,
        *,
        priority: int | None = None,
        skills: Mapping[str, int] | None = None,
        caller_number: str = "",
        since: float | None = None,
        last_agent: str = "",
    ) -> None:
        """A caller comes. ``priority``: None: the queue's. ``since``: from when the place counts; None: now.

        The queue's conditions may send them on at once, which is news like any other. Raises FloorError where there is no such
        queue, or the call waits already.
        """
        self._callers.join(
            call,
            queue,
            now,
            priority=priority,
            skills=skills or {},
            caller_number=caller_number,
            since=since,
            last_agent=last_agent,
        )
        self._settle(now)

    def leave(self, call: str, why: str, now: float) -> None:
        """The caller is out: ``abandoned``, ``answered``, ``key:DIGIT`` … (:class:`Reason`). Ends a conversation that goes on.

        Who has left already, or waits to be called back, is not touched.
        """
        self._callers.leave(call, why, now)
        self._settle(now)

    def want_callback(self, call: str, number: str, now: float) -> None:
        """The caller keeps the place and gives up the line. Raises FloorError where they do not wait.

        A caller whom the queue turned away this very instant is taken back: callbacks know no such conditions.
        """
        self._callers.want_callback(call, number, now)
        self._settle(now)

    def cancel_callback(self, call: str, now: float) -> None:
        """Nobody wants the callback any more. Raises FloorError where there is none to cancel."""
        self._callers.cancel_callback(call, now)
        self._settle(now)

    # --- offers and conversations ---------------------------------------------------------------------------------------

    def accepted(self, call: str, agent: str, now: float) -> None:
        """The agent answered. A caller who is gone meanwhile changes nothing."""
        matching = self._matching
        if (entry := matching.entries.get(call)) is not None:
            matching.accepted(entry, matching.agent(agent), now)
            self._settle(now)

    def declined(self, call: str, agent: str, end: StepEnd, now: float) -> None:
        """The agent was rung and did not take it. What is not offered to them (any more) changes nothing."""
        matching = self._matching
        if (entry := matching.entries.get(call)) is not None:
            matching.declined(entry, matching.agent(agent), end, now)
            self._settle(now)

    def conversation_ended(
        self, call: str, agent: str, now: float, *, by: Party = Party.CALLEE, transferred_to: str = ""
    ) -> None:
        """``by``: who hung up. Told twice, or of another agent, it changes nothing."""
        matching = self._matching
        entry = matching.entries.get(call)
        if entry is None or entry.phase is not Phase.TALKING or entry.agents != (agent,):
            return
        matching.ended(entry, now, by, transferred_to)
        self._settle(now)

    def callback_connected(self, call: str, now: float) -> None:
        """The customer answered the agent who calls back. Raises FloorError where nobody does."""
        self._callers.callback_connected(call, now)
        self._settle(now)

    def callback_failed(self, call: str, end: StepEnd, now: float) -> None:
        """The customer did not answer: again later, or given up. Raises FloorError where nobody calls back."""
        self._callers.callback_failed(call, end, now)
        self._settle(now)

    # --- agents -----------------------------------------------------------------------------------------------------

    def log_in(
        self, agent: str, now: float, queues: Iterable[str] | None = None, by: str = ""
    ) -> tuple[str, ...]:
        """Into these queues, or all that the agent is in. The queues that they were not logged in to before."""
        queues_now = self._roster.log_in(agent, queues, now, by)
        self._settle(now)
        return queues_now

    def log_out(
        self, agent: str, now: float, queues: Iterable[str] | None = None, by: str = ""
    ) -> tuple[str, ...]:
        """A conversation goes on; an offer is taken back. The queues that the agent is out of; permanent ones stay."""
        queues_then = self._roster.log_out(agent, queues, now, by)
        self._settle(now)
        return queues_then

    def pause(
        self, agent: str, reason: str, now: float, queues: Iterable[str] | None = None, by: str = ""
    ) -> tuple[str, ...]:
        """In these queues, or everywhere (an empty name in the result)."""
        paused = self._roster.pause(agent, reason, queues, now, by)
        self._settle(now)
        return paused

    def resume(
        self, agent: str, now: float, queues: Iterable[str] | None = None, by: str = ""
    ) -> tuple[str, ...]:
        """End the pauses in these queues, or all. Those that ended; an empty name: everywhere."""
        resumed = self._roster.resume(agent, queues, now, by)
        self._settle(now)
        return resumed

    def reachable(self, agent: str, yes: bool, now: float) -> None:
        """Whether a phone of theirs can be rung. False until told."""
        self._roster.reachable(agent, yes, now)
        self._settle(now)

    def occupied(self, agent: str, calls: int, now: float) -> None:
        """How many calls they are in that this floor knows nothing of."""
        self._roster.occupied(agent, calls, now)
        self._settle(now)

    def ready(self, agent: str, now: float) -> None:
        """Ends wrap-up before its time."""
        self._roster.ready(agent, now)
        self._settle(now)

    # --- supervisors ------------------------------------------------------------------------------------------------

    def take(self, call: str, agent: str, now: float) -> None:
        """Offer this caller to this agent now, whoever is before, and paused or not. Raises FloorError where that cannot be."""
        matching = self._matching
        entry, chosen = matching.entry(call), matching.agents.get(agent)
        if entry.phase not in (Phase.WAITING, Phase.HELD, Phase.OFFERED):
            raise FloorError(f"call {call} is not waiting: it is {entry.phase.value}")
        if chosen is None or not chosen.memberships:
            raise FloorError(f"{agent} is no agent of any queue")
        if entry.agents == (agent,):
            return
        if not chosen.reachable:
            raise FloorError(f"no phone of {agent} can be reached")
        if chosen.reserved not in ("", call):
            raise FloorError(f"{agent} is being offered another call")
        if len(chosen.talking) + chosen.occupied >= chosen.max_calls:
            raise FloorError(f"{agent} is in {len(chosen.talking) + chosen.occupied} calls")
        matching.withdraw(entry, StepEnd.WITHDRAWN, now, tell=True)
        matching.end_wrap_up(chosen, now)
        matching.rested(chosen, now)
        matching.offer(entry, (agent,), now)
        self._settle(now)

    def move(self, call: str, queue: str, now: float) -> None:
        """Into another queue, with the place in time. Raises FloorError where the call does not wait, or there is no such queue."""
        self._callers.move(call, queue, now)
        self._settle(now)

    # --- time -------------------------------------------------------------------------------------------------------

    def timer(self) -> float | None:
        """When to call :meth:`handle_timer` next; None: not before something happens."""
        return self._matching.timers.next()

    def handle_timer(self, now: float) -> None:
        """Do what is due by now."""
        while (popped := self._matching.timers.pop(now)) is not None:
            due, subject, _ = popped
            self._due(due, subject, now)
            self._settle(now)

    def _due(self, due: Due, subject: str, now: float) -> None:
        matching, callers = self._matching, self._callers
        match due:
            case Due.WRAP_UP | Due.REST:
                self._roster.due(due, subject, now)
                return
            case Due.DESERTED:
                callers.deserted(matching.desks[subject], now)
                return
        entry = matching.entries[subject]
        match due:
            case Due.OFFER:
                matching.news.append(Withdrawn(subject))
                # Whoever was to ring has not said how it ended: that is not the agents' fault.
                for name in entry.agents:
                    matching.declined(entry, matching.agents[name], StepEnd.WITHDRAWN, now)
            case Due.HOLD:
                matching.unhold(entry)
                matching.look_for_agent(entry)
            case Due.RELAX:
                matching.wish(entry, now)
            case Due.POSITION | Due.PERIODIC | Due.CALLBACK_HINT:
                callers.announce(due, entry, now)
            case Due.MAX_WAIT:
                callers.expire(entry, Reason.WAIT, "", now)
            case Due.OVERFLOW:
                overflow = entry.desk.config.overflow.wait
                callers.expire(entry, Reason.WAIT, "" if overflow is None else overflow.to, now)
            case Due.RETRY:
                callers.retry(entry, now)
            case Due.EXPIRY:
                callers.expire(entry, Reason.CALLBACK_EXPIRED, "", now)

    @contextmanager
    def together(self, now: float) -> Iterator[None]:
        """Many changes of one instant as one: who can be brought together is looked for when all of them are made."""
        self._gathering = True
        try:
            yield
        finally:
            self._gathering = False
            self._settle(now)

    def _settle(self, now: float) -> None:
        if self._gathering:
            return
        matching = self._matching
        while matching.stirred or matching.overdue:
            stirred, matching.stirred = matching.stirred, {}
            for name in stirred:
                if (desk := matching.desks.get(name)) is not None:
                    self._callers.presence(desk, now)
            overdue, matching.overdue = matching.overdue, []
            for entry in overdue:
                if entry.overdue is not None and matching.entries.get(entry.call) is entry:
                    self._callers.send_on(entry, *entry.overdue, now)
        matching.settle(now)

    # --- what came of it ----------------------------------------------------------------------------------------------

    def news(self) -> list[FloorNews]:
        """What is to be told, in order; each once."""
        news, self._matching.news = self._matching.news, []
        return news

    def facts(self) -> list[AcdFact]:
        """What the journal is to keep, in order; each once."""
        facts, self._matching.facts = self._matching.facts, []
        return facts

    # --- views ------------------------------------------------------------------------------------------------------

    def queues(self) -> Sequence[str]:
        return list(self._matching.desks)

    def figures(self, queue: str, now: float) -> QueueFigures:
        """Raises KeyError where there is no such queue."""
        return self._matching.desks[queue].figures(self._matching.agents, now)

    def agents(self, now: float) -> list[AgentView]:
        """Everybody who is in a queue, by id."""
        members = (agent for agent in self._matching.agents.values() if agent.memberships)
        return [self._roster.view(agent, now) for agent in sorted(members, key=lambda each: each.id)]

    def agent(self, name: str, now: float) -> AgentView:
        """Raises KeyError where nothing is known of them."""
        return self._roster.view(self._matching.agents[name], now)

    def callers(self, queue: str | None = None) -> list[CallerView]:
        """Callers of one queue or all: first those in line, in order, then the others."""
        entries = [
            entry for entry in self._matching.entries.values() if queue is None or entry.desk.name == queue
        ]
        in_line = {id(entry): n for desk in {e.desk for e in entries} for n, entry in enumerate(desk.line, 1)}
        entries.sort(key=lambda entry: (entry.desk.name, id(entry) not in in_line, entry.key))
        return [_caller_view(entry, in_line.get(id(entry), 0)) for entry in entries]

    # --- a restart --------------------------------------------------------------------------------------------------

    def to_state(self) -> dict[str, Any]:
        """What survives a restart, as plain values for JSON: log-ins, pauses, counters, and who is to be called back.

        Calls do not: whose line is gone joins again, and agents in a call are told as occupied. Nor does reachability.
        """
        return floor_state(self._matching, self._day)

    @classmethod
    def from_state(
        cls,
        rng: random.Random,
        state: Mapping[str, Any],
        queues: Mapping[str, Queue],
        now: float,
        *,
        tenant: TenantId = TenantId(""),  # noqa: B008 - a name for a type
        profiles: Mapping[str, AgentProfile] | None = None,
    ) -> Floor:
        """The floor as it was, under the configuration as it is now."""
        floor = cls(rng, tenant)
        floor._day = state.get("day", "")
        floor.configure(queues, now, profiles)
        floor._callers.arrivals = restore_floor(floor._matching, state, now)
        floor._settle(now)
        return floor


def _caller_view(entry: Entry, position: int) -> CallerView:
    return CallerView(
        call=entry.call,
        queue=entry.desk.name,
        number=entry.number,
        position=position,
        priority=entry.priority,
        since=entry.since,
        entered=entry.entered,
        phase=entry.phase.value,
        agents=entry.agents,
        callback=entry.callback,
        told=entry.told,
    )


__all__ = ["Agent", "Floor", "FloorError"]
