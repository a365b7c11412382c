"""How a destination is reached: people are rung, flows are walked through, and what does not lead to a conversation goes on.

Do not disturb, busy, no answer and unreachable each have a way of their own: the forwarding set for it, else the
voicemail, else an end that says why. Coroutines over :class:`CallControl`; no SIP, no clock.
"""

from __future__ import annotations

from dataclasses import replace

from centralita.pbx import services
from centralita.pbx.acd.news import Reason
from centralita.pbx.callcontrol import CallControl, RingResult
from centralita.pbx.external import call_external
from centralita.pbx.flow.queueing import serve_in_queue
from centralita.pbx.flow.resting import hang_up
from centralita.pbx.flow.runner import apologise, run_flow
from centralita.pbx.flow.walk import Walk, converse
from centralita.pbx.forwarding import MAX_FORWARDS, Party, followers, forward_target, obstacle
from centralita.pbx.model.group import Group
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.user import User
from centralita.pbx.outbound import reach_outside, serve_outside
from centralita.pbx.ringing import Team, ring_team, team_of
from centralita.pbx.routing import (
    NOT_IN_SERVICE,
    CallExternal,
    Destination,
    EnterQueue,
    HangUp,
    LeaveMessage,
    Outside,
    Refusal,
    RingGroup,
    RingUser,
    RunFlow,
    Service,
    StarCode,
    destination_of,
    route_from_user,
)
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd

MAX_DESTINATIONS = 16
"""Destinations in a row: groups, queues and flows that lead to each other are not a loop for us."""

#: End of ringing → outcome, SIP status, prompt for a call that has nowhere else to go.
_ENDS: dict[StepEnd, tuple[Outcome, int, str]] = {
    StepEnd.DO_NOT_DISTURB: (Outcome.BUSY, 486, "user-busy"),
    StepEnd.BUSY: (Outcome.BUSY, 486, "user-busy"),
    StepEnd.REJECTED: (Outcome.REJECTED, 603, "user-busy"),
    StepEnd.NO_ANSWER: (Outcome.NO_ANSWER, 480, "user-no-answer"),
    StepEnd.UNREACHABLE: (Outcome.UNREACHABLE, 480, "user-unavailable"),
    StepEnd.OUT_OF_HOURS: (Outcome.UNREACHABLE, 480, "user-unavailable"),
    StepEnd.FAILED: (Outcome.FAILED, 503, "lines-busy"),
}


async def reach(call: CallControl, destination: Destination) -> None:
    """Bring the caller to the destination, and return when the call is over."""
    walk = Walk(call)
    try:
        if await _stopped(call):
            return
        onward: Destination | None = destination
        while onward is not None:
            walk.hops += 1
            if walk.hops > MAX_DESTINATIONS:
                await apologise(
                    walk, "destination-limit", f"more than {MAX_DESTINATIONS} destinations in a row"
                )
                return
            onward = await _go(walk, onward)
    finally:
        walk.leave_shares()


async def _stopped(call: CallControl) -> bool:
    """What is done for calls from outside before any rule: blocked callers are refused, known ones get their name."""
    if call.direction is not Direction.INBOUND:
        return False
    contacts = call.snapshot.plan.contacts
    caller = call.caller
    blocked = contacts.blocked(caller.number)
    if blocked is not None:
        name = f" ({blocked.name})" if blocked.name else ""
        reason = f"{caller.number} is on the list {blocked.list}, whose callers are refused, as {blocked.entry}{name}"
        call.decide("blocked-caller", "hang-up:rejected", reason)
        await call.announce_and_refuse([], 603, Outcome.REJECTED, "blocked")
        return True
    if not caller.name and (name := contacts.name_of(caller.number)):
        call.caller = replace(caller, name=name)
    number = call.snapshot.numbers_by_e164.get(call.dialled)
    if number is not None and number.name_prefix:
        call.adjust(name_prefix=number.name_prefix)
    return False


async def _go(walk: Walk, destination: Destination) -> Destination | None:
    """Where the call goes on from there; None: it is over."""
    call = walk.call
    match destination:
        case RingUser(user=user):
            return await _reach_user(walk, user)
        case LeaveMessage(user=user):
            await services.leave_message(call, user, StepEnd.DONE)
        case RingGroup(group=group):
            return await _reach_group(walk, group)
        case EnterQueue(queue=queue):
            return await _reach_queue(walk, queue)
        case RunFlow(flow=flow):
            target = await run_flow(walk, walk.plan.flows[flow.id])
            return destination_of(call.snapshot, target) if target else None
        case CallExternal(number=number):
            await _refused(call, await call_external(walk, number))
        case HangUp():
            await hang_up(walk, "normal")
        case Service(purpose="echo"):
            await services.echo_test(call)
        case Service(purpose="voicemail"):
            await services.voicemail_menu(call)
        case StarCode(code=code):
            await services.star_code(call, code)
        case Outside(number=number, emergency=emergency):
            await serve_outside(call, number, emergency=emergency)
        case Refusal(prompt=prompt, status=status, outcome=outcome):
            await call.announce_and_refuse([prompt], status, outcome, prompt)
        case _:
            raise AssertionError(f"no way to {destination!r}")
    return None


async def _refused(call: CallControl, result: RingResult) -> None:
    """The end of a call to the outside that nobody answered."""
    if result.end is StepEnd.ANSWERED:
        return
    outcome, status, prompt = _ENDS.get(result.end, _ENDS[StepEnd.FAILED])
    await call.announce_and_refuse([prompt], result.sip_status or status, outcome, result.end.value)


async def _reach_group(walk: Walk, group: Group) -> Destination | None:
    call = walk.call
    rung = await ring_team(walk, team_of(walk.plan, group), target=f"group:{group.id}")
    if rung.end is StepEnd.ANSWERED:
        return None
    target = group.otherwise or "hang-up"
    call.decide(f"group-{rung.end.value}", target, rung.reason, passed=rung.passed)
    if group.otherwise:
        return destination_of(call.snapshot, group.otherwise)
    outcome, status, prompt = _ENDS[rung.end]
    await call.announce_and_refuse([prompt], status, outcome, rung.end.value)
    return None


async def _reach_queue(walk: Walk, queue: Queue) -> Destination | None:
    """Into a queue without a flow that would say where its exits lead."""
    call = walk.call
    left = await serve_in_queue(walk, queue, queue.priority if walk.priority is None else walk.priority)
    if left.reason is Reason.ANSWERED:
        return None
    reason = f"left the queue {queue.name or queue.id}: {left.reason.value}"
    if left.reason is Reason.CALLBACK:
        call.decide("queue-exit", f"callback:{left.queue}", f"{reason} is wanted")
        call.hang_up(Outcome.CALLBACK)
        return None
    if left.target and left.reason is not Reason.KEY:
        call.decide("queue-exit", left.target, f"{reason}, and the queue says where to")
        return destination_of(call.snapshot, left.target)
    await apologise(walk, "queue-exit", reason, Outcome.OVERFLOW)
    return None


async def _reach_user(walk: Walk, user: User) -> Destination | None:
    """Ring a user, then whomever their forwardings lead to; at last a voicemail, or an end that says why."""
    call = walk.call
    visited = {user.id}
    diverted_by = ""
    while True:
        end, redirect = await _try_user(walk, user, diverted_by)
        if end is StepEnd.ANSWERED:
            return None
        if end is StepEnd.BLOCKED:
            await _blocked(call, user)
            return None
        target = redirect or forward_target(call.snapshot.personal[user.id], end)
        if not target:
            break
        onward = route_from_user(call.snapshot, user, target)
        call.decide(
            f"forward-{end.value}", target, f"{user.name} forwards to {target}: {onward.decision.reason}"
        )
        match onward.destination:
            case RingUser(user=next_user) if next_user.id in visited:
                call.decide(
                    "forward-loop", f"user:{next_user.id}", f"{next_user.name} has already been tried"
                )
                break
            case RingUser() if len(visited) > MAX_FORWARDS:
                call.decide("forward-limit", target, f"more than {MAX_FORWARDS} forwardings in a row")
                break
            case RingUser(user=next_user):
                diverted_by = user.extension or user.id
                user = next_user
                visited.add(user.id)
            case LeaveMessage(user=next_user):
                await services.leave_message(call, next_user, end)
                return None
            case RingGroup() | EnterQueue() | RunFlow() as elsewhere:
                return elsewhere
            case Outside(number=number, emergency=False):
                # Whatever it cost, it is the user who forwards that is asked for the permission.
                result = await reach_outside(call, number, on_behalf_of=user)
                if result.end is StepEnd.ANSWERED:
                    return None
                break
            case _:
                call.decide("forward-refused", target, "a call can be forwarded to a person or a number only")
                break
    await _nobody(call, user, end)
    return None


async def _try_user(walk: Walk, user: User, diverted_by: str) -> tuple[StepEnd, str]:
    """Ring unless something is in the way; how that ended, and where the device itself sends the caller."""
    call = walk.call
    follow_me = call.snapshot.personal[user.id].follow_me
    found = obstacle(call, user)
    if found is not None:
        end, reason = found
        if end is not StepEnd.FORWARDED:
            call.decide(end.value, f"user:{user.id}", reason)
        if end is not StepEnd.UNREACHABLE or not follow_me.on:
            return end, ""
    seconds = call.snapshot.personal[user.id].ring_seconds
    if follow_me.on:
        return await _with_followers(walk, user, seconds, diverted_by)
    result = await call.ring([user], seconds, diverted_by=diverted_by)
    walk.time_passed()
    if result.end is StepEnd.ANSWERED:
        await converse(walk, result)
    return result.end, result.redirect


async def _with_followers(walk: Walk, user: User, seconds: float, diverted_by: str) -> tuple[StepEnd, str]:
    """Ring a user's own telephones, and after a while whatever else they want to be found by."""
    follow_me = walk.call.snapshot.personal[user.id].follow_me
    more = followers(walk, user)
    team = Team(
        f"user:{user.id}",
        (Party.of_user(user), *more),
        "all",
        max(float(seconds), *(after + follow_me.ring_seconds for after in more.values()), 0.0),
        total=None,
        skip_busy=False,
        confirm=False,
        after={party.id: after for party, after in more.items() if after},
        confirm_outside=follow_me.confirm,
    )
    rung = await ring_team(walk, team, target=f"user:{user.id}", diverted_by=diverted_by)
    return rung.end, rung.last.redirect if rung.end is StepEnd.FORWARDED else ""


async def _blocked(call: CallControl, user: User) -> None:
    """What a caller gets whom a user does not want to hear."""
    personal = call.snapshot.personal[user.id]
    then = personal.block.then
    if then == "voicemail" and personal.voicemail.enabled:
        call.decide("voicemail", f"user:{user.id}", f"{user.name} leaves blocked callers to the voicemail")
        await services.leave_message(call, user, StepEnd.DONE)
    elif then == "busy":
        await call.announce_and_refuse(["user-busy"], 486, Outcome.BUSY, "blocked")
    else:
        await call.announce_and_refuse([], 603, Outcome.REJECTED, "blocked")


async def _nobody(call: CallControl, user: User, end: StepEnd) -> None:
    if call.snapshot.personal[user.id].voicemail.enabled:
        call.decide(
            "voicemail", f"user:{user.id}", f"{end.value}: the voicemail of {user.name} takes the call"
        )
        await services.leave_message(call, user, end)
        return
    outcome, status, prompt = _ENDS.get(end, (Outcome.UNREACHABLE, NOT_IN_SERVICE.status, "user-unavailable"))
    await call.announce_and_refuse([prompt], status, outcome, end.value)
