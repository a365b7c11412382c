"""Agents at work: logging in and out, pauses, wrap-up, and what their telephones are doing."""

from __future__ import annotations

from collections.abc import Iterable

from centralita.pbx.acd.facts import AgentLoggedIn, AgentLoggedOut, AgentResumed
from centralita.pbx.acd.matching import Matching
from centralita.pbx.acd.records import EVERYWHERE, Agent
from centralita.pbx.acd.timers import Due
from centralita.pbx.acd.views import AgentView
from centralita.pbx.vocabulary import StepEnd


class Roster:
    def __init__(self, matching: Matching) -> None:
        self._matching = matching

    def log_in(self, name: str, queues: Iterable[str] | None, now: float, by: str) -> tuple[str, ...]:
        agent = self._matching.agent(name)
        wanted = agent.memberships if queues is None else queues
        came = tuple(
            queue
            for queue in dict.fromkeys(wanted)
            if queue not in agent.logged_in
            and (membership := agent.memberships.get(queue)) is not None
            and not membership.always
        )
        if came:
            agent.logged_in.update(came)
            agent.misses = 0
            self._matching.facts.append(
                AgentLoggedIn(at=now, tenant=self._matching.tenant, agent=name, queues=came, by=by)
            )
        self._matching.refresh(agent, now)
        return came

    def log_out(self, name: str, queues: Iterable[str] | None, now: float, by: str) -> tuple[str, ...]:
        agent = self._matching.agent(name)
        wanted = tuple(agent.logged_in) if queues is None else queues
        went = tuple(sorted(agent.logged_in.intersection(wanted)))
        if not went:
            return ()
        on_shift = agent.on_shift(now)
        agent.logged_in.difference_update(went)
        for queue in went:
            agent.pauses.pop(queue, None)
        if not agent.logged_in:
            # Who comes back begins afresh; a permanent agent does not come back, and stays paused.
            if not any(membership.always for membership in agent.memberships.values()):
                agent.pauses.clear()
            self._matching.end_wrap_up(agent, now)
        self._matching.facts.append(
            AgentLoggedOut(
                at=now, tenant=self._matching.tenant, agent=name, queues=went, on_shift=on_shift, by=by
            )
        )
        self._matching.refresh(agent, now)
        self._spare(agent, now)
        return went

    def pause(
        self, name: str, reason: str, queues: Iterable[str] | None, now: float, by: str
    ) -> tuple[str, ...]:
        agent = self._matching.agent(name)
        wanted = (EVERYWHERE,) if queues is None else tuple(dict.fromkeys(queues))
        paused = tuple(queue for queue in wanted if queue == EVERYWHERE or queue in agent.memberships)
        for queue in paused:
            known = agent.pauses.get(queue)
            if known is None or known.reason != reason:
                self._matching.pause(agent, queue, reason, now, by)
        self._matching.refresh(agent, now)
        self._spare(agent, now)
        return paused

    def resume(self, name: str, queues: Iterable[str] | None, now: float, by: str) -> tuple[str, ...]:
        agent = self._matching.agent(name)
        wanted = tuple(agent.pauses) if queues is None else tuple(dict.fromkeys(queues))
        resumed = tuple(queue for queue in wanted if queue in agent.pauses)
        for queue in resumed:
            pause = agent.pauses.pop(queue)
            self._matching.facts.append(
                AgentResumed(
                    at=now,
                    tenant=self._matching.tenant,
                    agent=name,
                    queues=() if queue == EVERYWHERE else (queue,),
                    reason=pause.reason,
                    paused=now - pause.since,
                    by=by,
                )
            )
        if resumed:
            agent.misses = 0
        self._matching.refresh(agent, now)
        return resumed

    def reachable(self, name: str, yes: bool, now: float) -> None:
        agent = self._matching.agent(name)
        if agent.reachable is not yes:
            agent.reachable = yes
            self._matching.refresh(agent, now)

    def occupied(self, name: str, calls: int, now: float) -> None:
        agent = self._matching.agent(name)
        if agent.occupied != calls:
            agent.occupied = calls
            self._matching.refresh(agent, now)

    def ready(self, name: str, now: float) -> None:
        """Back to work at once: wrap-up and rest are over."""
        agent = self._matching.agent(name)
        self._matching.end_wrap_up(agent, now)
        self._matching.rested(agent, now)

    def due(self, due: Due, name: str, now: float) -> None:
        agent = self._matching.agent(name)
        if due is Due.WRAP_UP:
            self._matching.end_wrap_up(agent, now)
        else:
            self._matching.rested(agent, now)

    def _spare(self, agent: Agent, now: float) -> None:
        """Do not let a phone ring for a queue that its owner does not work for now, unless others are rung with it."""
        matching = self._matching
        if not agent.reserved:
            return
        entry = matching.entries[agent.reserved]
        if entry.agents == (agent.id,) and agent.id not in entry.desk.active:
            matching.withdraw(entry, StepEnd.WITHDRAWN, now, tell=True)
            matching.look_for_agent(entry)

    # --- views ------------------------------------------------------------------------------------------------------

    def view(self, agent: Agent, now: float) -> AgentView:
        return AgentView(
            agent=agent.id,
            state=_state(agent),
            queues=tuple(queue for queue in agent.memberships if agent.in_queue(queue)),
            pauses=tuple((queue, pause.reason, pause.since) for queue, pause in agent.pauses.items()),
            calls_now=tuple(agent.talking),
            offered=agent.reserved,
            calls=agent.calls,
            talk=agent.talk,
            on_shift=agent.on_shift(now),
            misses=agent.misses,
            last_end=agent.last_end,
            wrap_up_until=None if agent.wrap_up is None else agent.wrap_up.until,
        )


def _state(agent: Agent) -> str:
    here = [queue for queue in agent.memberships if agent.in_queue(queue)]
    if agent.talking:
        return "talking"
    if agent.reserved:
        return "offered"
    if not here:
        return "unreachable" if agent.logged_in and not agent.reachable else "logged-out"
    if agent.wrap_up is not None:
        return "wrap-up"
    if all(agent.paused_in(queue) for queue in here):
        return "paused"
    if agent.occupied >= agent.max_calls:
        return "busy"
    return "resting" if agent.resting else "free"
