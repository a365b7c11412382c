"""What supervisors see and do: queues, agents, callers who wait, overrides. Asked over the control socket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from centralita.control import (
    AgentList,
    AgentPause,
    AgentStatus,
    AskAgents,
    AskOverrides,
    AskQueues,
    DirectAgent,
    DirectCaller,
    Done,
    HangUp,
    OverrideList,
    OverrideStatus,
    QueueList,
    QueueStatus,
    Refusal,
    Reply,
    StartCall,
    Started,
    TurnOverride,
    WaitingCaller,
)
from centralita.pbx import numbering
from centralita.pbx.acd.records import FloorError
from centralita.pbx.acd.views import AgentView, CallerView
from centralita.pbx.vocabulary import JourneyId, TenantId
from centralita.switch.originate import click_to_call

if TYPE_CHECKING:
    from centralita.switch.exchange import Exchange
    from centralita.switch.tenants import TenantDesk

Request = (
    AskQueues | AskAgents | AskOverrides | DirectAgent | DirectCaller | TurnOverride | StartCall | HangUp
)


class _Refused(Exception):
    """Why not, for whoever asked."""


class Supervision:
    """Over the exchange's memory. A turn is to follow what changes something."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def answer(self, request: Request) -> Reply:
        try:
            match request:
                case AskQueues(tenant=tenant):
                    return QueueList(
                        [status for desk in self._desks(tenant) for status in self._queues(desk)]
                    )
                case AskAgents(tenant=tenant):
                    return AgentList(
                        [status for desk in self._desks(tenant) for status in self._agents(desk)]
                    )
                case AskOverrides(tenant=tenant):
                    return OverrideList(
                        [status for desk in self._desks(tenant) for status in self._overrides(desk)]
                    )
                case DirectAgent():
                    return Done(self._direct_agent(request))
                case DirectCaller():
                    return Done(self._direct_caller(request))
                case TurnOverride():
                    return Done(self._turn(request))
                case StartCall():
                    return Started(self._start(request))
                case HangUp():
                    return Done(self._hang_up(request))
        except (FloorError, _Refused) as error:
            return Refusal(str(error))

    # --- what there is ----------------------------------------------------------------------------------------------

    def _desks(self, tenant: str) -> list[TenantDesk]:
        return sorted(
            (desk for desk in self._exchange.tenants.all() if not tenant or desk.tenant == tenant),
            key=lambda desk: desk.tenant,
        )

    def _queues(self, desk: TenantDesk) -> list[QueueStatus]:
        floor, now = desk.state.floor, self._now
        return [
            QueueStatus(
                tenant=desk.tenant,
                name=desk.snapshot.queues[queue].name if queue in desk.snapshot.queues else "",
                callers=[_caller(view) for view in floor.callers(queue)],
                **asdict(floor.figures(queue, now)),
            )
            for queue in sorted(floor.queues())
        ]

    def _agents(self, desk: TenantDesk) -> list[AgentStatus]:
        member_of: dict[str, list[str]] = {}
        for queue in desk.snapshot.queues.values():
            for agent in queue.agents:
                member_of.setdefault(agent.user, []).append(queue.id)
        return [
            self._agent(desk, view, member_of.get(view.agent, ()))
            for view in desk.state.floor.agents(self._now)
        ]

    def _agent(self, desk: TenantDesk, view: AgentView, member_of: Sequence[str]) -> AgentStatus:
        user = desk.snapshot.users.get(view.agent)
        return AgentStatus(
            tenant=desk.tenant,
            user=view.agent,
            name=user.name if user is not None else "",
            state=view.state,
            queues=view.queues,
            member_of=tuple(member_of),
            pauses=[AgentPause(queue=queue, reason=why, since=since) for queue, why, since in view.pauses],
            calls_now=view.calls_now,
            offered=view.offered,
            calls=view.calls,
            talk=round(view.talk, 3),
            on_shift=round(view.on_shift, 3),
            misses=view.misses,
            wrap_up_until=view.wrap_up_until,
        )

    def _overrides(self, desk: TenantDesk) -> list[OverrideStatus]:
        found = []
        for override in desk.snapshot.overrides.values():
            turned = desk.state.overrides.turned(override.id, self._now)
            found.append(
                OverrideStatus(
                    tenant=desk.tenant,
                    override=override.id,
                    name=override.name,
                    code=override.code,
                    on=turned is not None,
                    since=turned.since if turned is not None else None,
                    until=turned.until if turned is not None else None,
                    by=turned.by if turned is not None else "",
                )
            )
        return found

    # --- what is done -------------------------------------------------------------------------------------------------

    def _direct_agent(self, request: DirectAgent) -> str:
        desk = self._desk(request.tenant)
        user = request.user
        if user not in desk.agents:
            raise _Refused(f"{user} is no agent of any queue of {desk.tenant}")
        unknown = [queue for queue in request.queues if queue not in desk.snapshot.queues]
        if unknown:
            raise _Refused(f"there is no queue {unknown[0]}")
        always = {
            queue.id: agent.always
            for queue in desk.snapshot.queues.values()
            for agent in queue.agents
            if agent.user == user
        }
        strange = [queue for queue in request.queues if queue not in always]
        if strange:
            raise _Refused(f"{user} is no agent of the queue {strange[0]}")
        permanent = all(always[queue] for queue in request.queues or always)
        floor, now, queues = desk.awake(), self._now, request.queues or None
        match request.action:
            case "login":
                changed = floor.log_in(user, now, queues, by=request.by)
                nothing = "is always logged in there" if permanent else "was logged in already"
                return _told(user, "is logged in to", changed, nothing)
            case "logout":
                changed = floor.log_out(user, now, queues, by=request.by)
                nothing = "is always logged in there, and can be paused" if permanent else "was not logged in"
                return _told(user, "is logged out of", changed, nothing)
            case "pause":
                changed = floor.pause(user, request.reason, now, queues, by=request.by)
                return _told(user, "is paused in", changed, "is in none of these queues")
            case "resume":
                changed = floor.resume(user, now, queues, by=request.by)
                return _told(user, "works again in", changed, "was not paused")
            case "ready":
                floor.ready(user, now)
                return f"{user} is ready"

    def _direct_caller(self, request: DirectCaller) -> str:
        desk = self._desk_of(request.journey, request.tenant)
        floor = desk.awake()
        match request.action:
            case "take":
                floor.take(request.journey, request.to, self._now)
                return f"call {request.journey} is offered to {request.to}"
            case "move":
                floor.move(request.journey, request.to, self._now)
                return f"call {request.journey} waits in {request.to}"
            case "cancel-callback":
                floor.cancel_callback(request.journey, self._now)
                return f"the callback of call {request.journey} is cancelled"

    def _turn(self, request: TurnOverride) -> str:
        desk = self._desk(request.tenant)
        if request.override not in desk.snapshot.overrides:
            raise _Refused(f"there is no override {request.override}")
        overrides = desk.state.overrides
        if not request.on:
            overrides.turn_off(request.override)
            return f"{request.override} is off"
        zone = ZoneInfo(desk.snapshot.first_site.time_zone)
        until = request.until
        if request.until_time:
            until = _today(request.until_time, datetime.fromtimestamp(self._now, zone))
        if until is not None and until <= self._now:
            raise _Refused("that time has passed already")
        overrides.turn_on(request.override, self._now, until=until, by=request.by)
        if until is None:
            return f"{request.override} is on"
        return f"{request.override} is on until {datetime.fromtimestamp(until, zone):%Y-%m-%d %H:%M %Z}"

    def _start(self, request: StartCall) -> str:
        desk = self._desk(request.tenant)
        user = desk.snapshot.users.get(request.user)
        if user is None:
            raise _Refused(f"there is no user {request.user}")
        if not numbering.is_dialable(request.number):
            raise _Refused("that is nothing that can be dialled")
        if self._exchange.journal_trouble:
            raise _Refused(f"no new calls are taken: {self._exchange.journal_trouble}")
        country = desk.snapshot.site_of(user).country
        for_help = numbering.is_emergency(request.number, country)
        full = self._exchange.capacity.full(desk.snapshot)
        if full and not for_help:
            raise _Refused(full)
        state = self._exchange.reachability(desk.snapshot, user)
        if not state.contacts:
            raise _Refused(f"no telephone of {user.name} is registered")
        # Each click takes ports of all companies: a program that clicks without end has what a person has, and one call for help.
        if state.calls >= user.max_calls + for_help:
            raise _Refused(f"{user.name} is in {state.calls} calls of at most {user.max_calls}")
        return click_to_call(self._exchange, desk.snapshot, user, request.number).id

    def _hang_up(self, request: HangUp) -> str:
        call = self._exchange.calls.get(JourneyId(request.journey))
        if call is None or request.tenant not in ("", call.snapshot.tenant) or not call.hang_up(request.by):
            raise _Refused(f"call {request.journey} is not up")
        return f"call {request.journey} is ended"

    def _desk(self, tenant: str) -> TenantDesk:
        desks = list(self._exchange.tenants.all())
        if not tenant and len(desks) == 1:
            return desks[0]
        if not tenant:
            raise _Refused("there are several tenants: say which one")
        try:
            return self._exchange.tenants.desk(TenantId(tenant))
        except KeyError:
            raise _Refused(f"there is no tenant {tenant}") from None

    def _desk_of(self, journey: str, tenant: str) -> TenantDesk:
        """Whose queue a call waits in: on the line, or to be called back."""
        for desk in self._desks(tenant):
            if journey in desk.places or any(view.call == journey for view in desk.state.floor.callers()):
                return desk
        raise _Refused(f"call {journey} is in no queue")

    @property
    def _now(self) -> float:
        return self._exchange.clock.wall()


def _today(text: str, now: datetime) -> float:
    """An hour of today as an instant."""
    try:
        return datetime.combine(now.date(), datetime.strptime(text, "%H:%M").time(), now.tzinfo).timestamp()
    except ValueError:
        raise _Refused(f"{text!r} is no time of day: write it like 18:00") from None


def _caller(view: CallerView) -> WaitingCaller:
    return WaitingCaller(
        journey=view.call,
        number=view.number,
        position=view.position,
        phase=view.phase,
        since=view.since,
        priority=view.priority,
        agents=view.agents,
        callback=view.callback,
        told_at=None if view.told is None else view.told.at,
        told_position=0 if view.told is None else view.told.position,
        told_wait=None if view.told is None else view.told.estimated_wait,
    )


def _told(user: str, what: str, queues: tuple[str, ...], nothing: str) -> str:
    if not queues:
        return f"{user} {nothing}"
    return f"{user} {what} {', '.join(queue or 'all queues' for queue in queues)}"
