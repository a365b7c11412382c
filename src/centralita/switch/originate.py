"""Calls that the exchange begins: first one of our users is rung, and whoever answers is brought to the number.

For callbacks of queues, and for a click on a number. The journey is a call of the user who answered.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.news import CallBack
from centralita.pbx.acd.records import FloorError
from centralita.pbx.callcontrol import Caller, RingResult
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.outbound import reach_outside
from centralita.pbx.reach import reach
from centralita.pbx.routing import direction_of, route_from_user
from centralita.pbx.speech.phrases import Say
from centralita.pbx.vocabulary import Direction, Outcome, Party, StepEnd
from centralita.switch.call import Call
from centralita.switch.callcontrol import LiveCallControl
from centralita.switch.dialling import Dial
from centralita.switch.identity import towards_phone
from centralita.switch.leg import Leg

if TYPE_CHECKING:
    from centralita.switch.exchange import Exchange
    from centralita.switch.tenants import TenantDesk

log = structlog.get_logger("originate")

USER_SECONDS = 30.0
"""How long a user's own telephones ring before the call to the number they clicked on is given up."""


class Summons(Dial):
    """Rings users who have called nobody: the first to answer becomes the caller."""

    __slots__ = ("_service",)

    def __init__(self, call: Call, step: int, users: Sequence[User], service: str) -> None:
        super().__init__(call, step, users)
        self._service = service

    def _open_media(self, leg: Leg) -> None:
        leg.open_media()

    def _connect(self, leg: Leg) -> None:
        self._stop(StepEnd.ELSEWHERE)
        leg.point()
        self.call.adopt(leg, self._service)
        self.call.end_step(self._step, StepEnd.ANSWERED, leg.target)
        user = leg.user.id if leg.user is not None else ""
        self._ends.append((user, StepEnd.ANSWERED))
        self._set(RingResult(StepEnd.ANSWERED, 200, user=user, ends=self._summary()))


async def summon(
    call: Call, users: Sequence[User], seconds: float, *, shown: Caller, service: str, name_prefix: str = ""
) -> RingResult:
    """Ring these users, and make the one who answers the caller of this call. ``shown``: whom their telephones name."""
    exchange = call.exchange
    identity = towards_phone(
        shown, exchange.advertise, name_prefix=name_prefix, diverted_by="", hops=call.hops_left()
    )
    names = ",".join(f"user:{user.id}" for user in users)
    dial = call.dial = Summons(call, call.start_step("ring", names), users, service)
    for user in users:
        for device in call.snapshot.devices_of[user.id]:
            for binding in exchange.bindings(device):
                dial.ring_device(user, device, binding, identity)
    dial.wait(seconds)
    return await dial.result


def originate(
    exchange: Exchange,
    snapshot: Snapshot,
    users: Sequence[User],
    number: str,
    *,
    via: str,
    rule: str,
    reason: str,
    run: Callable[[Call], Coroutine[Any, Any, None]],
    by_floor: bool = False,
    direction: Direction = Direction.OUTBOUND,
) -> Call:
    """Begin a call of ours: ``run`` summons a user and goes on from there. ``rule``, ``reason``: why there is such a call."""
    first = users[0]
    caller = Caller(
        first.extension or "",
        first.name,
        first,
        snapshot.language_of(first),
        snapshot.site_of(first).country,
    )
    call = Call(exchange, exchange.ids.journey(), snapshot, direction, caller, number, via, None)
    call.by_floor = by_floor
    exchange.calls[call.id] = call
    call.begin_ours(rule, reason, run)
    return call


def click_to_call(exchange: Exchange, snapshot: Snapshot, user: User, number: str) -> Call:
    """Ring a user's telephones, and connect them with the number as if they had dialled it."""
    route = route_from_user(snapshot, user, number)

    async def run(call: Call) -> None:
        shown = Caller(number, "", None, call.caller.language, call.caller.country)
        result = await summon(call, [user], USER_SECONDS, shown=shown, service="originate")
        if result.end is not StepEnd.ANSWERED:
            call.end(Outcome.NO_ANSWER, result.sip_status or 480, f"{user.id}: {result.end.value}")
            return
        call.decide(route.decision.rule, route.decision.target, route.decision.reason)
        await reach(LiveCallControl(call), route.destination)

    return originate(
        exchange,
        snapshot,
        [user],
        number,
        via="originate",
        rule="originate",
        reason=f"{user.name} asked to be connected with {number}",
        run=run,
        direction=direction_of(route.destination),
    )


class CallingBack:
    """A callback whose turn it is: an agent is rung, then the customer; the queue engine is told of each step."""

    def __init__(self, exchange: Exchange, desk: TenantDesk, wanted: CallBack) -> None:
        self._exchange = exchange
        self._desk = desk
        self._wanted = wanted
        self._agent = ""
        self._connected = False
        self._told = False
        """Whether the engine knows how it ended."""
        self._call: Call | None = None

    def start(self) -> None:
        snapshot, wanted = self._desk.snapshot, self._wanted
        users = [snapshot.users[agent] for agent in wanted.agents if agent in snapshot.users]
        self._desk.callbacks[wanted.call] = self
        if not users:
            self._decline_all(StepEnd.UNREACHABLE)
            self._desk.callbacks.pop(wanted.call, None)
            return
        self._call = originate(
            self._exchange,
            snapshot,
            users,
            wanted.number,
            via=f"queue:{wanted.queue}",
            rule="callback",
            reason=f"callback of queue {wanted.queue} asked for in call {wanted.call}, attempt {wanted.attempt}",
            run=self._run,
            by_floor=True,
        )

    def withdraw(self) -> None:
        """The engine wants no agent for it any more."""
        if self._call is not None and self._call.dial is not None and not self._agent:
            self._call.dial.withdraw()

    async def _run(self, call: Call) -> None:
        wanted = self._wanted
        try:
            users = [call.snapshot.users[agent] for agent in wanted.agents if agent in call.snapshot.users]
            shown = Caller(wanted.number, "", None, call.caller.language, call.caller.country)
            result = await summon(
                call, users, wanted.seconds, shown=shown, service="callback", name_prefix=wanted.queue
            )
            ends = dict(result.ends)
            for agent in wanted.agents:
                if agent != result.user:
                    self._floor.declined(wanted.call, agent, ends.get(agent, StepEnd.UNREACHABLE), self._now)
            if result.end is not StepEnd.ANSWERED:
                call.end(Outcome.NO_ANSWER, 480, f"no agent: {result.end.value}")
                return
            self._agent = result.user
            self._floor.accepted(wanted.call, self._agent, self._now)
            await self._reach_customer(call)
        finally:
            self._desk.callbacks.pop(wanted.call, None)
            self._conclude(call)
            # The two know each other: parted here, both are freed now and not by a search for cycles.
            call.on_bridged = None
            self._call = None

    async def _reach_customer(self, call: Call) -> None:
        wanted = self._wanted
        control = LiveCallControl(call)
        call.on_bridged = self._on_bridged
        user = call.snapshot.users_by_extension.get(wanted.number)
        if user is not None:
            result = await control.ring([user], wanted.customer_seconds)
            if result.end is StepEnd.ANSWERED:
                await control.talk()
        else:
            result = await reach_outside(
                control, wanted.number, ring_seconds=wanted.customer_seconds, for_stranger=True
            )
        if result.end is not StepEnd.ANSWERED:
            self._failed(result.end)
            await control.play([Say.USER_NO_ANSWER])
            call.end(Outcome.NO_ANSWER, result.sip_status or 480, f"customer: {result.end.value}")

    def _on_bridged(self, leg: Leg) -> None:
        self._connected = True
        self._tell(lambda floor: floor.callback_connected(self._wanted.call, self._now))

    def _failed(self, end: StepEnd) -> None:
        self._told = True
        self._tell(lambda floor: floor.callback_failed(self._wanted.call, end, self._now))

    def _conclude(self, call: Call) -> None:
        """However the call ended, the engine knows, and the agent is free."""
        if not self._agent:
            self._decline_all(StepEnd.WITHDRAWN)
        elif not self._connected:
            if not self._told:
                self._failed(StepEnd.CALLER_GONE)
        elif not self._told:
            self._told = True
            # Of the two, the agent is the one whom this call counts as its caller.
            by = Party.CALLEE if call.gone else Party.CALLER
            self._floor.conversation_ended(self._wanted.call, self._agent, self._now, by=by)

    def _decline_all(self, end: StepEnd) -> None:
        for agent in self._wanted.agents:
            self._floor.declined(self._wanted.call, agent, end, self._now)

    def _tell(self, what: Callable[[Floor], None]) -> None:
        try:
            what(self._floor)
        except FloorError as error:
            # Cancelled by a supervisor, or its queue removed, while it was going on.
            log.info("callback is no more", call=self._wanted.call, reason=str(error))

    @property
    def _floor(self) -> Floor:
        return self._desk.awake()

    @property
    def _now(self) -> float:
        return self._exchange.clock.wall()
