"""Callers on their way through the queues: joining, waiting, announcements, overflow, being moved, leaving, being called back.

Who talks to whom is :mod:`centralita.pbx.acd.matching`'s matter.
"""

from __future__ import annotations

from collections.abc import Mapping

from centralita.pbx.acd.desk import Desk
from centralita.pbx.acd.facts import CallbackRequested, CallbackTried, QueueJoined, QueueLeft, QueueRefused
from centralita.pbx.acd.matching import Matching
from centralita.pbx.acd.news import Announce, AnnounceKind, Moved, Reason, Release
from centralita.pbx.acd.records import Entry, FloorError, Phase
from centralita.pbx.acd.timers import OF_A_CALL, ON_THE_LINE, Due
from centralita.pbx.acd.views import Told
from centralita.pbx.vocabulary import JourneyId, Party, StepEnd

_OVERFLOWS = frozenset({Reason.WAIT, Reason.SIZE, Reason.NO_AGENTS, Reason.ESTIMATED_WAIT})


class Callers:
    def __init__(self, matching: Matching) -> None:
        self._matching = matching
        self.arrivals = 0
        self._refused: dict[str, tuple[Entry, Desk, float]] = {}
        """Callers turned away at the latest instant, with the queue that they asked for."""

    # --- joining ----------------------------------------------------------------------------------------------------

    def join(
        self,
        call: str,
        queue: str,
        now: float,
        *,
        priority: int | None,
        skills: Mapping[str, int],
        caller_number: str,
        since: float | None,
        last_agent: str,
    ) -> None:
        matching = self._matching
        desk = self._desk(queue)
        place_since = now if since is None else since
        if (old := matching.entries.get(call)) is not None:
            if old.callback and old.phase is not Phase.TALKING:
                # Back, to wait after all: with the place that was kept.
                place_since = min(place_since, old.since)
                self._drop(old, Reason.CANCELLED, now)
            elif old.phase is Phase.TALKING:
                matching.ended(old, now, Party.CALLEE, "")
            else:
                raise FloorError(f"call {call} is already waiting in the queue {old.desk.name}")
        self.arrivals += 1
        rank = desk.config.priority if priority is None else priority
        entry = Entry(
            call,
            desk,
            (-rank, place_since, self.arrivals),
            now,
            caller_number,
            dict(skills),
            last_agent,
        )
        self._admit(entry, desk, None, now)

    def _desk(self, queue: str) -> Desk:
        desk = self._matching.desks.get(queue)
        if desk is None:
            raise FloorError(f"there is no queue {queue}")
        return desk

    def _admit(self, entry: Entry, desk: Desk, moved: Reason | None, now: float) -> None:
        """Into this queue, or wherever its conditions send a caller who comes now. ``moved``: why not into the first one."""
        matching, wanted = self._matching, desk
        while (refusal := self._refusal(desk, now)) is not None:
            reason, target = refusal
            desk.day.overflowed += 1
            entry.visited.add(desk.name)
            onward = self._queue_of(target, entry)
            if onward is None and target.startswith("queue:"):
                target = ""
            matching.facts.append(
                QueueRefused(
                    journey=JourneyId(entry.call), at=now, queue=desk.name, reason=reason, target=target
                )
            )
            if onward is None:
                matching.news.append(Release(entry.call, reason, target))
                self._refused = {call: kept for call, kept in self._refused.items() if kept[2] == now}
                self._refused[entry.call] = (entry, wanted, now)
                return
            desk, moved = onward, reason
        self._enter(entry, desk, now)
        if moved is not None:
            matching.news.append(Moved(entry.call, desk.config, moved))

    def _refusal(self, desk: Desk, now: float) -> tuple[Reason, str] | None:
        config, overflow = desk.config, desk.config.overflow
        nobody, size, estimated = overflow.no_agents, overflow.size, overflow.estimated_wait
        deserted = desk.deserted_since
        if nobody is not None and deserted is not None and now - deserted >= nobody.after_seconds:
            return Reason.NO_AGENTS, nobody.to
        if size is not None and desk.callers >= size.callers:
            return Reason.SIZE, size.to
        if config.max_waiting and desk.callers >= config.max_waiting:
            return Reason.SIZE, ""
        if estimated is not None:
            wait = desk.estimate(len(desk.line) + 1)
            if wait is not None and wait > estimated.seconds:
                return Reason.ESTIMATED_WAIT, estimated.to
        return None

    def _queue_of(self, target: str, entry: Entry) -> Desk | None:
        """The queue that an overflow leads to, unless there is none, or the caller has come out of it before."""
        kind, _, name = target.partition(":")
        if kind != "queue" or name in entry.visited:
            return None
        return self._matching.desks.get(name)

    def _enter(self, entry: Entry, desk: Desk, now: float) -> None:
        matching = self._matching
        matching.entries[entry.call] = entry
        entry.desk, entry.entered, entry.phase = desk, now, Phase.WAITING
        entry.tried.clear()
        entry.overdue = None
        entry.prompt = 0
        desk.line.add(entry)
        if not entry.callback:
            desk.callers += 1
        matching.wish(entry, now)
        entry.joined_position = desk.line.position(entry)
        matching.facts.append(
            QueueJoined(
                journey=JourneyId(entry.call),
                at=now,
                queue=desk.name,
                position=entry.joined_position,
                priority=entry.priority,
                caller=entry.number,
                since=entry.since,
                skills=dict(entry.wishes),
            )
        )
        self.arm(entry, now)
        self._seek(entry, now)

    def _seek(self, entry: Entry, now: float) -> None:
        matching, desk = self._matching, entry.desk
        options = desk.config.last_agent
        if options.enabled and entry.last_agent in desk.active:
            agent = matching.agents[entry.last_agent]
            if options.wait_seconds or agent.id in desk.pool:
                matching.hold_for(entry, agent, now + options.wait_seconds)
                return
        matching.look_for_agent(entry)

    # --- waiting ----------------------------------------------------------------------------------------------------

    def arm(self, entry: Entry, now: float) -> None:
        """Set what is due for a caller on the line, by the queue's configuration as it is now."""
        timers, config = self._matching.timers, entry.desk.config
        timers.cancel_all(ON_THE_LINE, entry.call)
        if entry.callback:
            return
        if config.answer:
            announce, periodic, callback = config.announce, config.periodic, config.callback
            if announce.position or announce.wait:
                self._arm_series(
                    Due.POSITION, entry, announce.first_after_seconds, announce.every_seconds, now
                )
            if periodic.prompts:
                self._arm_series(Due.PERIODIC, entry, periodic.every_seconds, periodic.every_seconds, now)
            if callback.digit:
                self._arm_series(
                    Due.CALLBACK_HINT, entry, callback.after_seconds, callback.every_seconds, now
                )
        if config.max_wait_seconds:
            timers.set(Due.MAX_WAIT, entry.call, entry.entered + config.max_wait_seconds)
        if config.overflow.wait is not None:
            timers.set(Due.OVERFLOW, entry.call, entry.entered + config.overflow.wait.seconds)

    def _arm_series(self, due: Due, entry: Entry, first: float, every: float, now: float) -> None:
        when = entry.entered + first
        if when < now and every:
            when += every * (1 + (now - when) // every)
        if when >= now:
            self._matching.timers.set(due, entry.call, when)

    def announce(self, due: Due, entry: Entry, now: float) -> None:
        """It is time to tell the caller something; not while a phone rings for them."""
        config = entry.desk.config
        every: float
        news: Announce | None = None
        match due:
            case Due.POSITION:
                every = config.announce.every_seconds
                position = entry.desk.line.position(entry)
                news = Announce(
                    entry.call,
                    AnnounceKind.POSITION,
                    position if config.announce.position else 0,
                    entry.desk.estimate(position) if config.announce.wait else None,
                )
            case Due.PERIODIC:
                every = config.periodic.every_seconds
                prompts = config.periodic.prompts
                if prompts:
                    news = Announce(
                        entry.call, AnnounceKind.PERIODIC, prompt=prompts[entry.prompt % len(prompts)]
                    )
            case _:
                every = config.callback.every_seconds
                news = Announce(entry.call, AnnounceKind.CALLBACK)
        if news is not None and entry.phase in (Phase.WAITING, Phase.HELD):
            self._matching.news.append(news)
            entry.prompt += due is Due.PERIODIC
            if news.position or news.estimated is not None:
                entry.told = Told(now, news.position, news.estimated)
        if every:
            self._matching.timers.set(due, entry.call, now + every)

    def expire(self, entry: Entry, reason: Reason, target: str, now: float) -> None:
        """The caller's time is up; a phone that rings for them already is let ring."""
        if entry.phase is Phase.OFFERED:
            entry.overdue = (reason, target)
        elif entry.phase is not Phase.TALKING:
            self.send_on(entry, reason, target, now)

    def presence(self, desk: Desk, now: float) -> None:
        """Agents came or went: where nobody is left, callers may have to go on."""
        timers, condition = self._matching.timers, desk.config.overflow.no_agents
        if not desk.is_deserted():
            desk.deserted_since = None
            timers.cancel(Due.DESERTED, desk.name)
            return
        if desk.deserted_since is None:
            desk.deserted_since = now
        if condition is None or not condition.while_waiting:
            timers.cancel(Due.DESERTED, desk.name)
        elif now >= desk.deserted_since + condition.after_seconds:
            self.deserted(desk, now)
        else:
            timers.set(Due.DESERTED, desk.name, desk.deserted_since + condition.after_seconds)

    def deserted(self, desk: Desk, now: float) -> None:
        """Nobody has been there for too long: everybody on the line goes on."""
        condition = desk.config.overflow.no_agents
        if condition is None:
            return
        for entry in desk.line:
            if not entry.callback and entry.phase in (Phase.WAITING, Phase.HELD):
                self.send_on(entry, Reason.NO_AGENTS, condition.to, now)

    # --- leaving ----------------------------------------------------------------------------------------------------

    def send_on(self, entry: Entry, reason: Reason, target: str, now: float) -> None:
        """Out of this queue: into the one that the target names, with the place in time, or out of all."""
        onward = self._queue_of(target, entry)
        if onward is None and target.startswith("queue:"):
            if reason is Reason.WAIT:
                # They have come from there, or it is no more: better to go on waiting here than to go round.
                entry.overdue = None
                if entry.phase is Phase.WAITING and not entry.is_ready:
                    self._matching.look_for_agent(entry)
                return
            target = ""
        if onward is None:
            self._drop(entry, reason, now, target)
            if not entry.callback:
                self._matching.news.append(Release(entry.call, reason, target))
            return
        entry.visited.add(entry.desk.name)
        self._drop(entry, reason, now, target)
        self._admit(entry, onward, reason, now)

    def move(self, call: str, queue: str, now: float) -> None:
        """Into another queue by a supervisor, whatever that one's conditions are."""
        matching = self._matching
        entry, desk = matching.entry(call), self._desk(queue)
        if entry.phase not in (Phase.WAITING, Phase.HELD, Phase.OFFERED):
            raise FloorError(f"call {call} is not waiting: it is {entry.phase.value}")
        if desk is entry.desk:
            return
        matching.withdraw(entry, StepEnd.WITHDRAWN, now, tell=True)
        self._drop(entry, Reason.MOVED, now, f"queue:{queue}")
        self._enter(entry, desk, now)
        if entry.callback:
            matching.timers.set(Due.EXPIRY, call, entry.expires)
        else:
            matching.news.append(Moved(call, desk.config, Reason.MOVED))

    def leave(self, call: str, why: str, now: float) -> None:
        """The caller is gone, or goes on elsewhere. ``key:DIGIT`` tells by what key. Unknown calls have left already."""
        entry = self._matching.entries.get(call)
        if entry is None or (entry.callback and entry.phase is not Phase.TALKING):
            return  # who waits to be called back is not on the line any more
        reason, _, key = why.partition(":")
        if entry.phase is Phase.TALKING:
            if not entry.callback:
                by = Party.CALLER if reason == Reason.ABANDONED else Party.CALLEE
                self._matching.ended(entry, now, by, "")
            return
        self._drop(entry, Reason(reason), now, key=key)

    def cancel_callback(self, call: str, now: float) -> None:
        entry = self._matching.entry(call)
        if not entry.callback or entry.phase is Phase.TALKING:
            raise FloorError(f"call {call} does not wait to be called back")
        self._drop(entry, Reason.CANCELLED, now)

    def _drop(
        self,
        entry: Entry,
        reason: Reason,
        now: float,
        target: str = "",
        *,
        key: str = "",
    ) -> None:
        matching, desk = self._matching, entry.desk
        position = desk.line.position(entry)
        end = StepEnd.CALLER_GONE if reason is Reason.ABANDONED else StepEnd.WITHDRAWN
        matching.withdraw(entry, end, now, tell=bool(entry.callback))
        matching.unhold(entry)
        desk.line.remove(entry)
        matching.timers.cancel_all(OF_A_CALL, entry.call)
        del matching.entries[entry.call]
        waited = now - entry.entered
        if not entry.callback:
            desk.callers -= 1
            if reason is Reason.ABANDONED:
                desk.count_abandon(waited)
            elif reason in _OVERFLOWS:
                desk.day.overflowed += 1
            else:
                desk.day.exited += 1
        matching.facts.append(
            QueueLeft(
                journey=JourneyId(entry.call),
                at=now,
                queue=desk.name,
                reason=reason,
                waited=waited,
                position=position,
                joined_position=entry.joined_position,
                key=key,
                target=target,
            )
        )

    # --- callbacks --------------------------------------------------------------------------------------------------

    def want_callback(self, call: str, number: str, now: float) -> None:
        matching = self._matching
        if call not in matching.entries and (refused := self._refused.pop(call, None)) is not None:
            entry, desk, at = refused
            if at == now and matching.desks.get(desk.name) is desk:
                self._enter(entry, desk, now)
        entry = matching.entry(call)
        if entry.callback or entry.phase is Phase.TALKING:
            raise FloorError(f"call {call} is not waiting on the line")
        matching.withdraw(entry, StepEnd.WITHDRAWN, now, tell=False)
        desk = entry.desk
        self._take_over(entry, number, now)
        desk.callers -= 1
        desk.day.callbacks_requested += 1
        entry.callback, entry.overdue = number, None
        matching.facts.append(
            CallbackRequested(
                journey=JourneyId(call),
                at=now,
                queue=desk.name,
                number=number,
                waited=now - entry.entered,
                position=desk.line.position(entry),
                joined_position=entry.joined_position,
                key=desk.config.callback.digit,
            )
        )
        self.arm(entry, now)
        entry.expires = now + desk.config.callback.keep_seconds
        matching.timers.set(Due.EXPIRY, call, entry.expires)
        if entry.phase is Phase.WAITING:
            matching.look_for_agent(entry)

    def _take_over(self, entry: Entry, number: str, now: float) -> None:
        """Who asks again keeps the better place, and is called once: nobody fills a queue with one number."""
        for other in list(self._matching.entries.values()):
            if other.callback == number and other.desk is entry.desk and other.phase is not Phase.TALKING:
                key = min(entry.key, other.key)
                self._drop(other, Reason.CANCELLED, now)
                if entry.key != key:
                    entry.desk.line.remove(entry)
                    entry.key = key
                    entry.desk.line.add(entry)

    def callback_connected(self, call: str, now: float) -> None:
        """The customer answered: agent and customer talk."""
        entry = self._callback_under_way(call)
        entry.phase_since = now
        entry.waited = now - entry.entered
        agent = self._matching.agents[entry.agents[0]]
        agent.talking[call] = now
        self._matching.count_answer(entry, agent, 0.0, now)
        self._matching.refresh(agent, now)

    def callback_failed(self, call: str, end: StepEnd, now: float) -> None:
        """The customer did not answer, or the agent hung up before."""
        matching = self._matching
        entry = self._callback_under_way(call)
        agent = matching.agents[entry.agents[0]]
        desk = entry.desk
        del agent.talking[call]
        matching.facts.append(
            CallbackTried(
                journey=JourneyId(call),
                at=now,
                queue=desk.name,
                agent=agent.id,
                attempt=entry.attempt,
                end=end,
            )
        )
        entry.phase, entry.agents = Phase.RETRYING, ()
        entry.tried.clear()
        entry.attempt += 1
        if entry.attempt > desk.config.callback.attempts or desk is not matching.desks.get(desk.name):
            self._drop(entry, Reason.CALLBACK_FAILED, now)
        else:
            matching.timers.set(Due.RETRY, call, now + desk.config.callback.retry_seconds)
            matching.timers.set(Due.EXPIRY, call, max(now, entry.expires))
        matching.refresh(agent, now)

    def retry(self, entry: Entry, now: float) -> None:
        """The customer may be called again: back to the old place."""
        entry.desk.line.add(entry)
        self._matching.wish(entry, now)
        self._matching.look_for_agent(entry)

    def _callback_under_way(self, call: str) -> Entry:
        entry = self._matching.entry(call)
        if not entry.callback or entry.phase is not Phase.TALKING:
            raise FloorError(f"nobody is calling back for call {call}")
        return entry
