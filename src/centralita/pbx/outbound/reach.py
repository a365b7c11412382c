"""The way to the outside: permission, PIN, and one trunk after the other until somebody takes the call.

Coroutines over CallControl. What is decided before anything happens is in :mod:`centralita.pbx.outbound.planning`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING

from centralita.pbx import numbering
from centralita.pbx.callcontrol import Attempt, RingResult
from centralita.pbx.outbound.permissions import Allowed, Denied, PinNeeded, Verdict, day_of
from centralita.pbx.outbound.planning import Planned, limits, plan, seconds_left, verdict
from centralita.pbx.speech.phrases import Say
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import CallControl
    from centralita.pbx.model.user import User

Talk = Callable[[RingResult], Awaitable[object]]
"""Waits for the end of a conversation that has just begun."""

OUTSIDE_SECONDS = 120.0
"""A call to the outside rings until the network gives up; this is only the end of all patience."""
PIN_ATTEMPTS = 3
PIN_SECONDS = 8.0
"""To begin with the PIN, and between two digits of it."""
MAX_PIN = 10
LEAST_SECONDS = 5.0
"""No trunk is tried for less."""
MIN_CHARGED = 1.0
"""Seconds: a call that was answered counts, however short."""

#: End of a call to the outside → outcome, SIP status, prompt.
_ENDS: dict[StepEnd, tuple[Outcome, int, Say]] = {
    StepEnd.BUSY: (Outcome.BUSY, 486, Say.USER_BUSY),
    StepEnd.REJECTED: (Outcome.REJECTED, 603, Say.USER_BUSY),
    StepEnd.NO_ANSWER: (Outcome.NO_ANSWER, 480, Say.USER_NO_ANSWER),
    StepEnd.UNREACHABLE: (Outcome.UNREACHABLE, 480, Say.USER_UNAVAILABLE),
    StepEnd.FAILED: (Outcome.FAILED, 503, Say.LINES_BUSY),
}
MAX_ALIKE = 5
"""Calls of one stranger on their way to one number outside, unanswered: more are one call that goes in a circle."""
MAX_WITHHELD = 20
"""The same of all who withhold their number."""

_REFUSED = RingResult(StepEnd.REJECTED, 403)
_CIRCLE = RingResult(StepEnd.REJECTED, 482)
_NO_WAY = RingResult(StepEnd.FAILED, 503)


def attempts(
    call: CallControl,
    number: str,
    *,
    emergency: bool = False,
    on_behalf_of: User | None = None,
    configured: bool = False,
) -> list[Attempt]:
    """Every way by which a number can be called now, in the order in which they are to be tried; empty where there is none.

    ``number``: E.164, or an emergency number as dialled. ``on_behalf_of``: whose forwarding this is. ``configured``: the
    number stands in the configuration (a flow's external target), so nobody's permission is asked.
    Whoever rings an outside party beside others takes the first. Why ways were left out is in the trace. Nobody's
    allowance is charged: that is :func:`reach_outside`.
    """
    if not emergency and not configured:
        said = _judge(call, on_behalf_of or call.caller.user, number, forwarding=True)
        if isinstance(said, Denied):
            call.decide(said.rule, number, said.reason)
            return []
    planned = _plan(call, number, _Wish(emergency, on_behalf_of, configured))
    return [attempt for attempt, _ in _usable(call, planned)]


async def reach_outside(
    call: CallControl,
    number: str,
    *,
    emergency: bool = False,
    on_behalf_of: User | None = None,
    ring_seconds: float = OUTSIDE_SECONDS,
    configured: bool = False,
    confirm: bool = False,
    shown: str = "",
    show_caller: bool = True,
    for_stranger: bool = False,
    talk: Talk | None = None,
) -> RingResult:
    """Call a number outside, one trunk after the other. ANSWERED: the conversation has been held and is over.

    It waits for the end itself, since what a user may spend on calls is counted here: do not ``talk`` after it. With any
    other end nobody has answered and the caller is still there; all they may have heard is the question for a PIN. A call
    that is not allowed ends as REJECTED with 403; :func:`serve_outside` also says why.
    ``number``, ``on_behalf_of``, ``configured``: as in :func:`attempts`. ``ring_seconds``: for all trunks together.
    ``confirm``: whoever answers is asked to press 1 first. ``shown``: the number to be shown, where it is the tenant's.
    ``show_caller``: a forwarded call shows the number of whoever calls, where the trunk passes that on. ``for_stranger``:
    somebody outside named the number (a callback), so the permission for all decides, whoever is on the line. ``talk``: what
    waits for the end of the conversation, else :meth:`CallControl.talk`.
    """
    wish = _Wish(
        emergency, on_behalf_of, configured, confirm, shown, show_caller, for_stranger, ring_seconds, talk
    )
    result, _ = await _reach(call, number, wish)
    return result


@contextmanager
def outward(call: CallControl, number: str) -> Iterator[bool]:
    """While a call from outside is sent outside again and nobody has answered: whether it may be.

    A number outside that leads back to us (a mobile that diverts to the office, another tenant of this exchange) makes a call
    go round through the network, where no trace and no Max-Forwards of ours is kept, and takes two more lines each time.
    """
    if call.caller.user is not None:
        yield True
        return
    way = (call.caller.number, number)
    on_their_way = call.state.outward
    most = MAX_ALIKE if call.caller.number else MAX_WITHHELD
    if on_their_way[way] >= most:
        reason = f"{most} calls from {way[0] or 'a withheld number'} are on their way to {number}: it leads back to us"
        call.decide("circle", number, reason)
        yield False
        return
    on_their_way[way] += 1
    try:
        yield True
    finally:
        left = call.state.outward
        left[way] -= 1
        if left[way] <= 0:
            del left[way]


async def serve_outside(call: CallControl, number: str, *, emergency: bool = False) -> None:
    """A caller's own call to the outside, to its very end: who cannot have it hears why."""
    result, denied = await _reach(call, number, _Wish(emergency))
    if result.end is StepEnd.ANSWERED:
        return
    if denied is not None:
        await call.announce_and_refuse([denied.prompt], denied.status, Outcome.REJECTED, denied.rule)
        return
    outcome, status, prompt = _ENDS.get(result.end, _ENDS[StepEnd.FAILED])
    await call.announce_and_refuse([prompt], result.sip_status or status, outcome, result.end.value)


@dataclass(frozen=True, slots=True)
class _Wish:
    """How a number is to be called; the fields are those of :func:`reach_outside`."""

    emergency: bool = False
    on_behalf_of: User | None = None
    configured: bool = False
    confirm: bool = False
    shown: str = ""
    show_caller: bool = True
    for_stranger: bool = False
    ring_seconds: float = OUTSIDE_SECONDS
    talk: Talk | None = None


async def _reach(call: CallControl, number: str, wish: _Wish) -> tuple[RingResult, Denied | None]:
    payer: User | None = None
    if not wish.emergency and not numbering.is_e164(number):
        # Short numbers are none of ours to call for anybody: what a stranger shows as their number may be 112.
        denied = Denied(f"{number} is no number of the public network", "number-barred", Say.INVALID_NUMBER)
        call.decide(denied.rule, number, denied.reason)
        return _REFUSED, denied
    if not wish.emergency and not wish.configured:
        payer = None if wish.for_stranger else wish.on_behalf_of or call.caller.user
        said = _judge(call, payer, number, forwarding=wish.on_behalf_of is not None)
        if isinstance(said, PinNeeded) and payer is not None:
            said = await _ask_pin(call, payer, said)
            if isinstance(said, Allowed):
                # Meanwhile another call of theirs may have begun.
                said = limits(call.snapshot, call.state, payer, call.now()) or said
        if isinstance(said, Denied):
            call.decide(said.rule, number, said.reason)
            return _REFUSED, said
    planned = _plan(call, number, wish)
    return await _charged(call, planned, payer, wish), None


# --- whether it is allowed ------------------------------------------------------------------------------------------------


def _judge(call: CallControl, payer: User | None, number: str, *, forwarding: bool) -> Verdict:
    said = verdict(call.snapshot, payer, number, forwarding=forwarding)
    if payer is None or isinstance(said, Denied):
        return said
    return limits(call.snapshot, call.state, payer, call.now()) or said


async def _ask_pin(call: CallControl, user: User, needed: PinNeeded) -> Verdict:
    """Have the caller give the PIN. The digits are in no trace."""
    wrong = call.state.pins
    if not wrong.may_try(user.id, call.now().timestamp()):
        return Denied(
            f"{user.name} has given too many wrong PINs lately", "pin-throttled", Say.TOO_MANY_ATTEMPTS
        )
    await call.answer("announce")
    question = [Say.ENTER_CALL_PIN]
    for _ in range(PIN_ATTEMPTS):
        given = await call.collect(question, digits=MAX_PIN, seconds=PIN_SECONDS)
        if not wrong.may_try(user.id, call.now().timestamp()):
            return Denied(
                f"{user.name} has given too many wrong PINs", "pin-throttled", Say.TOO_MANY_ATTEMPTS
            )
        if compare_digest(given, needed.pin):
            wrong.succeeded(user.id)
            call.decide("pin", f"user:{user.id}", f"{needed.reason}, and it was given")
            return Allowed(needed.reason)
        if given:
            wrong.failed(user.id, call.now().timestamp())
        # Said with the question: whoever types on before it is over loses no digit.
        question = [Say.WRONG_CALL_PIN, Say.ENTER_CALL_PIN]
    return Denied(f"{needed.reason}, and it was not given", "wrong-pin", Say.CALL_NOT_ALLOWED)


# --- which ways there are -------------------------------------------------------------------------------------------------


def _plan(call: CallControl, number: str, wish: _Wish) -> Planned:
    snapshot, caller = call.snapshot, call.caller
    user = wish.on_behalf_of or caller.user
    stranger = (
        caller.number if wish.show_caller and caller.user is None and numbering.is_e164(caller.number) else ""
    )
    planned = plan(
        snapshot,
        user,
        number,
        call.now(),
        emergency=wish.emergency,
        on_behalf_of=wish.on_behalf_of,
        called=call.dialled if call.direction is Direction.INBOUND else "",
        wanted=wish.shown,
        stranger=stranger,
        overrides=call.state.overrides,
    )
    chosen, shown = planned.chosen, planned.shown
    told = f"{shown.number} is shown ({shown.rule})" if shown.number else f"no number is shown: {shown.rule}"
    if wish.emergency:
        site = snapshot.site_of(user) if user is not None else snapshot.first_site
        where = f"help is sent to: {site.location}" if site.location else f"site {site.id} has no location"
        call.decide("emergency-route", chosen.name, f"{chosen.reason}; {told}; {where}")
    elif chosen.route is not None or not chosen.ways:
        call.decide(
            "outbound-route" if chosen.ways else "no-route",
            chosen.name if chosen.ways else number,
            f"{chosen.reason}; {told}" if chosen.ways else chosen.reason,
            passed=chosen.passed,
        )
    return planned


def _usable(call: CallControl, planned: Planned) -> Iterator[tuple[Attempt, str]]:
    """Attempts whose trunk can take a call at the moment when it is their turn, each with why it is taken.

    What help is called by is tried even where it seems down or full, after everything else.
    """
    troubled: list[tuple[Attempt, str]] = []
    for attempt, way in zip(planned.attempts, planned.chosen.ways, strict=True):
        trunk = attempt.trunk
        trouble = call.trunk_trouble(trunk)
        if not trouble:
            changed = f", {way.before} written as {way.written}" if way.before != way.written else ""
            yield attempt, f"{trunk.id} is up and has a free line{changed}"
            continue
        call.decide("trunk-passed", f"trunk:{trunk.id}", f"{trunk.id} is passed over: {trouble}")
        if attempt.emergency:
            troubled.append((attempt, f"{trunk.id} is tried all the same: {trouble}"))
    yield from troubled


# --- one trunk after the other --------------------------------------------------------------------------------------------


async def _charged(call: CallControl, planned: Planned, payer: User | None, wish: _Wish) -> RingResult:
    """Dial, and count the call for whoever pays for it: begun once, ended once, whatever happens."""
    if payer is None:
        return await _dial(call, planned, wish, _Line())
    usage, site = call.state.usage, call.snapshot.site_of(payer)
    line = _Line(payer)
    usage.begin(payer.id)
    try:
        return await _dial(call, planned, wish, line)
    finally:
        now = call.now()
        seconds = max(now.timestamp() - line.since, MIN_CHARGED) if line.since is not None else 0.0
        usage.end(payer.id, day_of(site, now), seconds)


class _Line:
    """``since``: when the two began to talk, in seconds since the epoch; None: not yet. ``payer``: whose call it is."""

    __slots__ = ("payer", "since")

    def __init__(self, payer: User | None = None) -> None:
        self.payer = payer
        self.since: float | None = None


async def _dial(call: CallControl, planned: Planned, wish: _Wish, line: _Line) -> RingResult:
    result, before = _NO_WAY, ""
    until = call.now().timestamp() + wish.ring_seconds
    for attempt, why in _usable(call, planned):
        left = until - call.now().timestamp()
        call.decide("trunk", f"trunk:{attempt.trunk.id}", f"{before}; {why}" if before else why)
        seconds = max(left, LEAST_SECONDS) if attempt.emergency else left
        with outward(call, attempt.number) as may:
            if not may:
                return _CIRCLE
            if wish.confirm:
                result = await call.ring([], seconds, outside=[attempt], confirm=True)
            else:
                result = await call.dial(attempt, seconds)
        if result.end is StepEnd.ANSWERED:
            line.since = call.now().timestamp()
            await (wish.talk(result) if wish.talk is not None else talk_within(call, line.payer))
            return result
        before = f"{attempt.trunk.id} {_told(result)}"
        stop = _why_not_again(result, planned, attempt)
        if not stop and not attempt.emergency and until - call.now().timestamp() < LEAST_SECONDS:
            stop = f"it has been tried for {wish.ring_seconds:.0f} s"
        if stop:
            if attempt is not planned.attempts[-1]:
                call.decide("no-fail-over", f"trunk:{attempt.trunk.id}", f"{before}: {stop}")
            return result
    if planned.attempts and not before:
        call.decide("no-trunk", planned.attempts[0].number, "no trunk is up and has a free line")
    return result


async def talk_within(call: CallControl, payer: User | None) -> None:
    """Wait for the end of the conversation; it ends with what its payer may talk today, since one call can last for ever."""
    left = seconds_left(call.snapshot, call.state, payer, call.now()) if payer is not None else None
    if payer is None or left is None:
        await call.talk()
        return
    begun = call.now()
    await call.talk(left)
    if (call.now() - begun).total_seconds() >= left:
        reason = f"{payer.name} has talked as long as they may today: the call is cut off"
        call.decide("daily-limit", f"user:{payer.id}", reason)


def _told(result: RingResult) -> str:
    if result.silent:
        return "did not answer at all"
    return f"ended with {result.sip_status or 'no status'} ({result.end.value})"


def _why_not_again(result: RingResult, planned: Planned, attempt: Attempt) -> str:
    """Why the next trunk is not tried after this; empty where it is."""
    if attempt.emergency or result.silent:
        return ""
    if result.end in (StepEnd.FORWARDED, StepEnd.WITHDRAWN):
        return "no other trunk is tried after that"
    if result.alerted or result.end is StepEnd.NO_ANSWER:
        return "it has rung there, and no other trunk would find anybody else"
    if result.sip_status in planned.chosen.fail_over:
        return ""
    return f"{result.sip_status} is no reason to try another trunk"
