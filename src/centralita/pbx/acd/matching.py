"""Who gets whom: callers and free agents brought together, and everything that reserves an agent or sets one free.

Between two events no caller waits whom a free agent could serve. So what has to be looked at after an event is only what the
event touched: an agent who became free takes the first caller who wants them, a caller who came is offered to whom the
strategy names. ``settle`` does that once the event is booked.
"""

from __future__ import annotations

import random

from centralita.pbx.acd.desk import Desk
from centralita.pbx.acd.facts import (
    AcdFact,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentPaused,
    QueueAnswered,
    QueueCallEnded,
    QueueMissed,
    QueueOffered,
    WrapUpEnded,
    WrapUpStarted,
)
from centralita.pbx.acd.news import CallBack, FloorNews, Offer, Withdrawn
from centralita.pbx.acd.records import EVERYWHERE, Agent, Entry, FloorError, Pause, Phase, WrapUp
from centralita.pbx.acd.timers import OF_A_CALL, Due, Timers
from centralita.pbx.vocabulary import JourneyId, Party, StepEnd, TenantId

OFFER_GRACE = 10.0
"""Seconds after the ring time by which somebody must have said how an offer ended."""
SHORTEST_REST = 1.0
"""Seconds after a missed offer, whatever the queue says: a phone that fails at once must not be rung in a circle."""
PAUSED_FOR_NO_ANSWER = "no-answer"
BY_PHONE = "phone"
"""Who logs permanent agents in and out: their telephone, by being reachable."""

#: Ends of an offer that are not the agent's doing.
_EXCUSED = frozenset({StepEnd.WITHDRAWN, StepEnd.CALLER_GONE, StepEnd.ELSEWHERE, StepEnd.ANSWERED})


class Matching:
    """The tables of one tenant's floor, and the verbs that move agents and callers between their states."""

    def __init__(self, rng: random.Random, tenant: TenantId) -> None:
        self.rng = rng
        self.tenant = tenant
        self.desks: dict[str, Desk] = {}
        self.agents: dict[str, Agent] = {}
        self.entries: dict[str, Entry] = {}
        self.timers = Timers()
        self.news: list[FloorNews] = []
        self.facts: list[AcdFact] = []
        self.stirred: dict[str, None] = {}
        """Queues whose agents came or went."""
        self.overdue: list[Entry] = []
        """Callers whose time was up while a phone rang for them, and who are waiting again."""
        self._held: dict[str, dict[str, Entry]] = {}
        self._loose_agents: dict[str, None] = {}
        self._loose_entries: dict[str, None] = {}

    def agent(self, name: str) -> Agent:
        """The agent of that name; one that nothing is known of, where it is new."""
        agent = self.agents.get(name)
        if agent is None:
            agent = self.agents[name] = Agent(name)
        return agent

    def entry(self, call: str) -> Entry:
        entry = self.entries.get(call)
        if entry is None:
            raise FloorError(f"call {call} is in no queue")
        return entry

    # --- agents -----------------------------------------------------------------------------------------------------

    def refresh(self, agent: Agent, now: float) -> None:
        """Book where the agent stands now, after anything of theirs changed."""
        self._keep_shift(agent, now)
        idle = agent.idle()
        came: list[str] = []
        went: list[str] = []
        free = False
        for queue, membership in agent.memberships.items():
            desk = self.desks[queue]
            here = agent.in_queue(queue)
            active = here and not agent.paused_in(queue)
            if here is not (agent.id in desk.logged_in):
                self.stirred[queue] = None
                (desk.logged_in.add if here else desk.logged_in.discard)(agent.id)
                if membership.always:
                    (came if here else went).append(queue)
            if active is not (agent.id in desk.active):
                self.stirred[queue] = None
                (desk.active.add if active else desk.active.discard)(agent.id)
                if not active:
                    self._let_go(agent, desk)
            if active and idle:
                desk.pool.put(agent)
                free = True
            else:
                desk.pool.discard(agent)
        if free:
            self._loose_agents[agent.id] = None
        if came:
            self.facts.append(
                AgentLoggedIn(at=now, tenant=self.tenant, agent=agent.id, queues=tuple(came), by=BY_PHONE)
            )
        if went:
            self.facts.append(
                AgentLoggedOut(
                    at=now,
                    tenant=self.tenant,
                    agent=agent.id,
                    queues=tuple(went),
                    on_shift=agent.on_shift(now),
                    by=BY_PHONE,
                )
            )

    def expel(self, agent: Agent, queue: str) -> None:
        """The agent is no longer a member of the queue."""
        desk = self.desks.get(queue)
        if desk is not None:
            desk.logged_in.discard(agent.id)
            desk.active.discard(agent.id)
            self.stirred[queue] = None
            self._let_go(agent, desk)

    def _keep_shift(self, agent: Agent, now: float) -> None:
        at_work = agent.at_work()
        if at_work and agent.shift_since is None:
            agent.shift_since = now
        elif not at_work and agent.shift_since is not None:
            agent.shift_before = agent.on_shift(now)
            agent.shift_since = None

    def _unpool(self, agent: Agent) -> None:
        for queue in agent.memberships:
            self.desks[queue].pool.discard(agent)

    def pause(self, agent: Agent, queue: str, reason: str, now: float, by: str = "") -> None:
        agent.pauses[queue] = Pause(reason, now)
        queues = () if queue == EVERYWHERE else (queue,)
        self.facts.append(
            AgentPaused(at=now, tenant=self.tenant, agent=agent.id, reason=reason, queues=queues, by=by)
        )

    def end_wrap_up(self, agent: Agent, now: float) -> None:
        done = agent.wrap_up
        if done is None:
            return
        agent.wrap_up = None
        self.timers.cancel(Due.WRAP_UP, agent.id)
        if (desk := self.desks.get(done.queue)) is not None:
            desk.handled(done.talk + now - done.since)
        self.facts.append(
            WrapUpEnded(at=now, tenant=self.tenant, agent=agent.id, queue=done.queue, lasted=now - done.since)
        )
        self.refresh(agent, now)

    def rested(self, agent: Agent, now: float) -> None:
        if agent.resting:
            agent.resting = False
            self.timers.cancel(Due.REST, agent.id)
            self.refresh(agent, now)

    # --- callers ----------------------------------------------------------------------------------------------------

    def look_for_agent(self, entry: Entry) -> None:
        """The caller waits for whoever is free."""
        entry.phase = Phase.WAITING
        entry.agents = ()
        if entry.overdue is not None:
            self.overdue.append(entry)
            return
        entry.desk.line.ready(entry)
        self._loose_entries[entry.call] = None

    def hold_for(self, entry: Entry, agent: Agent, until: float) -> None:
        """The caller waits for this agent and nobody else, for a while."""
        entry.phase = Phase.HELD
        self._held.setdefault(agent.id, {})[entry.call] = entry
        self.timers.set(Due.HOLD, entry.call, until)
        if agent.idle():
            self._loose_agents[agent.id] = None

    def unhold(self, entry: Entry) -> None:
        if entry.phase is Phase.HELD:
            self.timers.cancel(Due.HOLD, entry.call)
            held = self._held[entry.last_agent]
            del held[entry.call]
            if not held:
                del self._held[entry.last_agent]
            entry.phase = Phase.WAITING

    def _let_go(self, agent: Agent, desk: Desk) -> None:
        """The agent has left the queue: who was kept for them takes anybody."""
        for entry in list(self._held.get(agent.id, {}).values()):
            if entry.desk is desk:
                self.unhold(entry)
                self.look_for_agent(entry)

    def wish(self, entry: Entry, now: float) -> None:
        """Reckon anew what the caller asks for."""
        desk = entry.desk
        wishes, gives_way = desk.wishes_of(entry, now)
        if gives_way is not None:
            self.timers.set(Due.RELAX, entry.call, gives_way)
        else:
            self.timers.cancel(Due.RELAX, entry.call)
        if wishes != entry.wishes:
            was_ready = entry.is_ready
            desk.line.unready(entry)
            entry.wishes = wishes
            if was_ready:
                self.look_for_agent(entry)

    # --- bringing them together -------------------------------------------------------------------------------------

    def settle(self, now: float) -> None:
        """Bring together whoever can be, after an event."""
        while self._loose_agents or self._loose_entries:
            agents, self._loose_agents = self._loose_agents, {}
            entries, self._loose_entries = self._loose_entries, {}
            for name in agents:
                self._serve(self.agents[name], now)
            waiting = [self.entries[call] for call in entries if call in self.entries]
            for entry in sorted((one for one in waiting if one.is_ready), key=lambda one: one.key):
                self._match(entry, now)

    def _serve(self, agent: Agent, now: float) -> None:
        while agent.idle():
            entry = self._first_for(agent)
            if entry is None:
                return
            if entry.phase is Phase.HELD:
                self.offer(entry, (agent.id,), now)
            elif not self._match(entry, now):
                raise AssertionError(f"{agent.id} is free for {entry.call} and yet was not found")

    def _first_for(self, agent: Agent) -> Entry | None:
        best: Entry | None = None
        for queue, membership in agent.memberships.items():
            desk = self.desks[queue]
            if agent.id in desk.pool:
                entry = desk.line.first_for(membership.skills)
                if entry is not None and (best is None or entry.key < best.key):
                    best = entry
        for entry in self._held.get(agent.id, {}).values():
            if agent.id in entry.desk.pool and (best is None or entry.key < best.key):
                best = entry
        return best

    def _match(self, entry: Entry, now: float) -> bool:
        picked = entry.desk.pool.pick(entry.wishes, entry.tried, now, self.rng)
        if picked:
            if entry.tried.issuperset(picked):
                entry.tried.clear()  # all who are free have been tried: a new round begins
            self.offer(entry, picked, now)
        return bool(picked)

    def offer(self, entry: Entry, agents: tuple[str, ...], now: float) -> None:
        """Reserve the agents for the caller, and have them rung."""
        desk = entry.desk
        self.unhold(entry)
        desk.line.unready(entry)
        entry.phase, entry.agents, entry.phase_since = Phase.OFFERED, agents, now
        for name in agents:
            agent = self.agents[name]
            agent.reserved = entry.call
            self._unpool(agent)
        if len(agents) == 1:
            desk.pool.turn(agents[0])
        seconds = float(desk.config.ring_seconds)
        self.timers.set(Due.OFFER, entry.call, now + seconds + OFFER_GRACE)
        self.facts.append(QueueOffered(journey=JourneyId(entry.call), at=now, queue=desk.name, agents=agents))
        if entry.callback:
            rings = float(desk.config.callback.ring_seconds)
            self.news.append(
                CallBack(entry.call, desk.name, entry.callback, agents, seconds, rings, entry.attempt)
            )
        else:
            self.news.append(Offer(entry.call, desk.name, agents, seconds))

    def withdraw(self, entry: Entry, end: StepEnd, now: float, *, tell: bool) -> None:
        """Take an offer back; the caller is left where nobody looks for an agent for them. ``tell``: somebody is ringing."""
        if entry.phase is not Phase.OFFERED:
            return
        self.timers.cancel(Due.OFFER, entry.call)
        agents, entry.agents, entry.phase = entry.agents, (), Phase.WAITING
        for name in agents:
            self._missed(entry, self.agents[name], end, now)
        if tell:
            self.news.append(Withdrawn(entry.call))

    def declined(self, entry: Entry, agent: Agent, end: StepEnd, now: float) -> None:
        """An agent who was rung did not take the caller."""
        if entry.phase is not Phase.OFFERED or agent.id not in entry.agents:
            return
        entry.agents = tuple(name for name in entry.agents if name != agent.id)
        self._missed(entry, agent, end, now)
        if not entry.agents:
            self.timers.cancel(Due.OFFER, entry.call)
            self.look_for_agent(entry)

    def _missed(self, entry: Entry, agent: Agent, end: StepEnd, now: float) -> None:
        config = entry.desk.config
        agent.reserved = ""
        self.facts.append(
            QueueMissed(
                journey=JourneyId(entry.call),
                at=now,
                queue=entry.desk.name,
                agent=agent.id,
                end=end,
                rang=now - entry.phase_since,
            )
        )
        if end not in _EXCUSED:
            entry.tried.add(agent.id)
            agent.misses += 1
            agent.resting = True
            self.timers.set(Due.REST, agent.id, now + max(config.retry_seconds, SHORTEST_REST))
            if 0 < config.no_answer_pause <= agent.misses:
                agent.misses = 0
                self.pause(agent, EVERYWHERE, PAUSED_FOR_NO_ANSWER, now)
        self.refresh(agent, now)

    # --- conversations ----------------------------------------------------------------------------------------------

    def accepted(self, entry: Entry, agent: Agent, now: float) -> None:
        """The agent talks to the caller, or, of a callback, is about to."""
        if entry.phase is Phase.TALKING:
            return
        self.unhold(entry)
        if agent.id not in entry.agents:
            self.withdraw(entry, StepEnd.ELSEWHERE, now, tell=False)
        if agent.reserved not in ("", entry.call):
            # Answered one of two phones that rang at once: the conversation is what counts.
            other = self.entries[agent.reserved]
            self.withdraw(other, StepEnd.WITHDRAWN, now, tell=True)
            self.look_for_agent(other)
        rang = now - entry.phase_since if entry.phase is Phase.OFFERED else 0.0
        others = [name for name in entry.agents if name != agent.id]
        self.timers.cancel_all(OF_A_CALL, entry.call)
        entry.desk.line.remove(entry)
        if not entry.callback:
            entry.desk.callers -= 1
        entry.phase, entry.agents, entry.phase_since = Phase.TALKING, (agent.id,), now
        entry.waited = now - entry.entered
        agent.reserved, agent.misses = "", 0
        agent.talking[entry.call] = now
        if not entry.callback:
            self.count_answer(entry, agent, rang, now)
        self.refresh(agent, now)
        for name in others:
            self.agents[name].reserved = ""
            self.refresh(self.agents[name], now)

    def count_answer(self, entry: Entry, agent: Agent, rang: float, now: float) -> None:
        agent.calls += 1
        if entry.callback:
            entry.desk.day.callbacks_done += 1
        else:
            entry.desk.count_answer(entry.waited)
        self.facts.append(
            QueueAnswered(
                journey=JourneyId(entry.call),
                at=now,
                queue=entry.desk.name,
                agent=agent.id,
                waited=entry.waited,
                rang=rang,
                position=entry.joined_position,
                callback=bool(entry.callback),
            )
        )

    def ended(self, entry: Entry, now: float, by: Party, transferred_to: str) -> None:
        """The conversation is over, and with it the caller's time in the queue."""
        agent = self.agents[entry.agents[0]]
        desk = entry.desk
        del self.entries[entry.call]
        del agent.talking[entry.call]
        talk = now - entry.phase_since
        agent.talk += talk
        agent.last_end = now
        desk.day.talked += talk
        desk.day.conversations += 1
        self.facts.append(
            QueueCallEnded(
                journey=JourneyId(entry.call),
                at=now,
                queue=desk.name,
                agent=agent.id,
                by=by,
                talk=talk,
                waited=entry.waited,
                position=entry.joined_position,
                transferred_to=transferred_to,
                callback=bool(entry.callback),
            )
        )
        seconds = desk.config.wrap_up_seconds
        if seconds and desk.name in agent.memberships:
            if agent.wrap_up is not None:
                self.end_wrap_up(agent, now)
            agent.wrap_up = WrapUp(desk.name, now, now + seconds, talk)
            self.timers.set(Due.WRAP_UP, agent.id, now + seconds)
            self.facts.append(
                WrapUpStarted(
                    at=now, tenant=self.tenant, agent=agent.id, queue=desk.name, seconds=float(seconds)
                )
            )
        else:
            desk.handled(talk)
        self.refresh(agent, now)
