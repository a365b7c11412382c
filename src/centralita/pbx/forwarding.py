"""Who is rung for a user: the user and whoever follows them, or whomever their own settings lead to, or nobody and why.

Only decides; nobody is rung here. A circle of people who forward to each other ends after a few steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from centralita.pbx import numbering, wishes
from centralita.pbx.outbound import attempts
from centralita.pbx.routing import Outside, RingUser, route_from_user
from centralita.pbx.vocabulary import StepEnd

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import Attempt, CallControl
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.user import Personal, User

MAX_FORWARDS = 5
"""Forwardings in a row before the call stays where it is: people who forward to each other are not a loop for us."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody to be rung."""

    id: str
    """User id, or ``external:NUMBER``: of whoever was meant, also where somebody else is rung for them."""
    label: str
    user: User | None
    number: str = ""
    """E.164, where it is nobody of ours."""
    weight: int = 1
    on_behalf_of: User | None = None
    """Whose forwarding led here."""
    hops: int = 0
    """Forwardings that led here."""

    @classmethod
    def of_user(cls, user: User, weight: int = 1) -> Party:
        return cls(user.id, user.name, user, weight=weight)

    @classmethod
    def outside(cls, number: str) -> Party:
        """``number``: E.164."""
        return cls(f"external:{number}", number, None, number)

    @property
    def payer(self) -> User | None:
        """Who pays for ringing it: whoever forwards to the outside; nobody for a number of the configuration."""
        return self.on_behalf_of if self.user is None else None

    @property
    def keys(self) -> tuple[str, ...]:
        """By what the ends of ringing name it, the surest first."""
        if self.user is not None:
            return (self.user.id,)
        return (self.number, self.on_behalf_of.id) if self.on_behalf_of is not None else (self.number,)

    @property
    def diverted_by(self) -> str:
        """The extension whose calls are rung here, as phones show it."""
        user = self.on_behalf_of
        return (user.extension or user.id) if user is not None else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody can be rung now."""

    party: Party | None
    """Who is rung; None: nobody."""
    end: StepEnd = StepEnd.DONE
    reason: str = ""
    """Where nobody is: how it ends with them, and why."""


def obstacle(call: CallControl, user: User, *, skip_busy: bool = False) -> tuple[StepEnd, str] | None:
    """What is in the way of ringing a user, in words; None where nothing is.

    ``skip_busy``: in the way is any other call, else only as many as the user takes.
    """
    personal = call.snapshot.personal[user.id]
    if said := wishes.blocked(call.snapshot, user, call.caller):
        return StepEnd.BLOCKED, said
    # What somebody has turned on by hand is stronger than the clock.
    if personal.forward_always:
        return StepEnd.FORWARDED, f"{user.name} forwards all calls to {personal.forward_always}"
    if personal.do_not_disturb:
        return StepEnd.DO_NOT_DISTURB, f"{user.name} does not want to be disturbed"
    if said := wishes.out_of_hours(call, user):
        return StepEnd.OUT_OF_HOURS, said
    state = call.reachability(user)
    if not state.contacts:
        return StepEnd.UNREACHABLE, f"no device of {user.name} is registered"
    if state.calls >= user.max_calls:
        return StepEnd.BUSY, f"{user.name} is in {state.calls} calls of at most {user.max_calls}"
    if skip_busy and state.calls:
        return StepEnd.BUSY, f"{user.name} is in a call"
    return None


def forward_target(personal: Personal, end: StepEnd) -> str:
    """Where a user's own settings send a call that ended so; empty: nowhere."""
    match end:
        case StepEnd.FORWARDED:
            return personal.forward_always
        case StepEnd.BUSY | StepEnd.DO_NOT_DISTURB | StepEnd.REJECTED:
            return personal.forward_busy
        case StepEnd.NO_ANSWER:
            return personal.forward_no_answer
        case StepEnd.UNREACHABLE | StepEnd.FAILED:
            return personal.forward_unreachable
        case StepEnd.OUT_OF_HOURS:
            return personal.hours.outside
        case _:
            return ""


def settle(walk: Walk, party: Party, *, skip_busy: bool, forward: bool) -> Standing:
    """Who is rung for a party now."""
    visited: set[str] = set()
    first: tuple[StepEnd, str] | None = None
    while True:
        if party.user is None:
            return Standing(party)
        caller = walk.call.caller.user
        if caller is not None and caller.id == party.user.id:
            return Standing(None, StepEnd.BUSY, f"{party.user.name} is the one who calls")
        found = obstacle(walk.call, party.user, skip_busy=skip_busy)
        if found is None:
            return Standing(party)
        first = first or found
        visited.add(party.user.id)
        target = forward_target(walk.call.snapshot.personal[party.user.id], found[0]) if forward else ""
        following = onward(walk, party, target, found[0]) if target and party.hops < MAX_FORWARDS else None
        if following is None or (following.user is not None and following.user.id in visited):
            return Standing(None, *first)
        party = following


def onward(walk: Walk, party: Party, target: str, end: StepEnd) -> Party | None:
    """Who is rung where a user's forwarding leads to ``target``; None where that is nobody who can be rung."""
    user = party.user
    if user is None:
        return None
    call = walk.call
    route = route_from_user(call.snapshot, user, target)
    match route.destination:
        case RingUser(user=other):
            found = Party(
                party.id,
                other.name,
                other,
                weight=party.weight,
                on_behalf_of=user,
                hops=party.hops + 1,
            )
        case Outside(number=number, emergency=False):
            found = Party(
                party.id, number, None, number, weight=party.weight, on_behalf_of=user, hops=party.hops + 1
            )
        case _:
            call.decide(
                "forward-refused",
                target,
                f"{user.name} forwards to {target}, which is nobody who can be rung",
            )
            return None
    call.decide(f"forward-{end.value}", target, f"{user.name} forwards to {target}: {route.decision.reason}")
    return found


def followers(walk: Walk, user: User) -> dict[Party, float]:
    """Whoever rings for a user besides their own telephones, each with the seconds after which it does.

    They are rung themselves: where they forward to, or who follows them, is not asked. So nothing goes in a circle.
    """
    call = walk.call
    found: dict[str, tuple[Party, float]] = {}
    for follower in call.snapshot.personal[user.id].follow_me.targets:
        target = follower.target
        route = route_from_user(call.snapshot, user, target)
        match route.destination:
            case RingUser(user=other) if other.id != user.id:
                party = Party(other.id, other.name, other, on_behalf_of=user, hops=1)
            case Outside(number=number, emergency=False):
                party = Party(f"external:{number}", number, None, number, on_behalf_of=user, hops=1)
            case _:
                reason = f"{target} is nobody who can ring for {user.name}: {route.decision.reason}"
                call.decide("follow-me-refused", target, reason)
                continue
        found.setdefault(party.id, (party, float(follower.after)))
    return dict(found.values())


def attempt(walk: Walk, party: Party) -> Attempt | None:
    """The way to a party outside; None where no trunk takes it now."""
    ways = attempts(
        walk.call, party.number, on_behalf_of=party.on_behalf_of, configured=party.on_behalf_of is None
    )
    return ways[0] if ways else None


def public_number(snapshot: Snapshot, text: str) -> str | None:
    """E.164 of a number outside as the configuration names it; None where it is none, or an emergency number."""
    return numbering.normalise(text, snapshot.first_site.country)
