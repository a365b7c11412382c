"""How a destination is reached: ring, and if that does not lead to a conversation, the way on.

Do not disturb, busy, no answer and unreachable each have a way of their own: the forwarding set for it, else the
voicemail, else an end that says why. Coroutines over :class:`CallControl`; no SIP, no clock.
"""

from __future__ import annotations

from centralita.pbx import services
from centralita.pbx.callcontrol import CallControl, RingResult
from centralita.pbx.model.user import Personal, User
from centralita.pbx.outbound import reach_outside
from centralita.pbx.routing import (
    NOT_IN_SERVICE,
    Destination,
    LeaveMessage,
    Outside,
    Refusal,
    RingUser,
    Service,
    StarCode,
    route_from_user,
)
from centralita.pbx.vocabulary import Outcome, StepEnd

MAX_FORWARDS = 5
"""Forwardings in a row before the call stays where it is: people who forward to each other are not a loop for us."""

#: End of ringing → outcome, SIP status, prompt for a call that has nowhere else to go.
_ENDS: dict[StepEnd, tuple[Outcome, int, str]] = {
    StepEnd.DO_NOT_DISTURB: (Outcome.BUSY, 486, "user-busy"),
    StepEnd.BUSY: (Outcome.BUSY, 486, "user-busy"),
    StepEnd.REJECTED: (Outcome.REJECTED, 603, "user-busy"),
    StepEnd.NO_ANSWER: (Outcome.NO_ANSWER, 480, "user-no-answer"),
    StepEnd.UNREACHABLE: (Outcome.UNREACHABLE, 480, "user-unavailable"),
    StepEnd.FAILED: (Outcome.FAILED, 503, "lines-busy"),
}


async def reach(call: CallControl, destination: Destination) -> None:
    """Bring the caller to the destination, and return when the call is over."""
    match destination:
        case RingUser(user=user):
            await _reach_user(call, user)
        case LeaveMessage(user=user):
            await services.leave_message(call, user, StepEnd.DONE)
        case Service(purpose="echo"):
            await services.echo_test(call)
        case Service(purpose="voicemail"):
            await services.voicemail_menu(call)
        case StarCode(code=code):
            await services.star_code(call, code)
        case Outside(number=number, emergency=emergency):
            await _reach_outside(call, number, emergency=emergency)
        case Refusal(prompt=prompt, status=status):
            await call.announce_and_refuse([prompt], status, Outcome.FAILED, prompt)
        case _:
            raise AssertionError(f"no way to {destination!r}")


async def _reach_outside(call: CallControl, number: str, *, emergency: bool) -> None:
    result = await reach_outside(call, number, emergency=emergency)
    if result.end is StepEnd.ANSWERED:
        return
    outcome, status, prompt = _ENDS.get(result.end, _ENDS[StepEnd.FAILED])
    await call.announce_and_refuse([prompt], result.sip_status or status, outcome, result.end.value)


async def _reach_user(call: CallControl, user: User) -> None:
    visited = {user.id}
    diverted_by = ""
    while True:
        end, redirect = await _try_user(call, user, diverted_by)
        if end is StepEnd.ANSWERED:
            await call.talk()
            return
        target = redirect or _forward_target(call.snapshot.personal[user.id], end)
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
                return
            case Outside(number=number, emergency=False):
                if await _forwarded_outside(call, user, number):
                    return
                break
            case _:
                call.decide("forward-refused", target, "a call can be forwarded to a person or a number only")
                break
    await _nobody(call, user, end)


async def _try_user(call: CallControl, user: User, diverted_by: str) -> tuple[StepEnd, str]:
    """Ring unless something is in the way; how that ended, and where the device itself sends the caller."""
    personal = call.snapshot.personal[user.id]
    if personal.forward_always:
        return StepEnd.FORWARDED, personal.forward_always
    if personal.do_not_disturb:
        call.decide("do-not-disturb", f"user:{user.id}", f"{user.name} does not want to be disturbed")
        return StepEnd.DO_NOT_DISTURB, ""
    state = call.reachability(user)
    if not state.contacts:
        call.decide("unreachable", f"user:{user.id}", f"no device of {user.name} is registered")
        return StepEnd.UNREACHABLE, ""
    if state.calls >= user.max_calls:
        call.decide(
            "busy", f"user:{user.id}", f"{user.name} is in {state.calls} calls of at most {user.max_calls}"
        )
        return StepEnd.BUSY, ""
    result: RingResult = await call.ring([user], personal.ring_seconds, diverted_by=diverted_by)
    return result.end, result.redirect


def _forward_target(personal: Personal, end: StepEnd) -> str:
    match end:
        case StepEnd.BUSY | StepEnd.DO_NOT_DISTURB | StepEnd.REJECTED:
            return personal.forward_busy
        case StepEnd.NO_ANSWER:
            return personal.forward_no_answer
        case StepEnd.UNREACHABLE | StepEnd.FAILED:
            return personal.forward_unreachable
        case _:
            return ""


async def _forwarded_outside(call: CallControl, user: User, number: str) -> bool:
    """Whether the call came to its end outside; if not, the user's voicemail takes it."""
    result = await reach_outside(call, number, on_behalf_of=user)
    return result.end is StepEnd.ANSWERED


async def _nobody(call: CallControl, user: User, end: StepEnd) -> None:
    if call.snapshot.personal[user.id].voicemail.enabled:
        call.decide(
            "voicemail", f"user:{user.id}", f"{end.value}: the voicemail of {user.name} takes the call"
        )
        await services.leave_message(call, user, end)
        return
    outcome, status, prompt = _ENDS.get(end, (Outcome.UNREACHABLE, NOT_IN_SERVICE.status, "user-unavailable"))
    await call.announce_and_refuse([prompt], status, outcome, end.value)
