"""Where a call goes: a pure function of the configuration version, who calls, and what was dialled.

The live switch and whatever explains a call use the same :func:`route`. It only decides; ringing, forwarding and
voicemail happen in :mod:`centralita.pbx.reach`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from centralita.pbx import features, numbering
from centralita.pbx.features import FeatureCode
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.group import Group
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.snapshot import Dialable, Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User
from centralita.pbx.outbound.permissions import Denied
from centralita.pbx.outbound.planning import verdict
from centralita.pbx.vocabulary import Direction, Outcome

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class RingUser:
    user: User
    name_prefix: str = ""


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """Straight to a user's voicemail."""

    user: User


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the exchange: ``echo`` or ``voicemail`` (the menu)."""

    purpose: str


@dataclass(frozen=True, slots=True)
class StarCode:
    code: FeatureCode


@dataclass(frozen=True, slots=True)
class Outside:
    """Through a trunk."""

    number: str
    """E.164 with its plus sign, or an emergency number as it is dialled."""
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class RingGroup:
    group: Group


@dataclass(frozen=True, slots=True)
class EnterQueue:
    queue: Queue


@dataclass(frozen=True, slots=True)
class RunFlow:
    flow: Flow


@dataclass(frozen=True, slots=True)
class CallExternal:
    """A number outside that the configuration names: nobody's permission is asked for it."""

    number: str
    """E.164."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The configuration wants the call to end."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The call is not possible: what to say to our own callers, and the SIP status that says it."""

    prompt: str
    status: int
    outcome: Outcome = Outcome.FAILED


Destination = (
    RingUser
    | LeaveMessage
    | Service
    | StarCode
    | Outside
    | RingGroup
    | EnterQueue
    | RunFlow
    | CallExternal
    | HangUp
    | Refusal
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the trace: what matched, where it leads, and why."""

    rule: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    destination: Destination
    decision: Decision


NOT_IN_SERVICE = Refusal("number-not-in-service", 404)
INVALID_NUMBER = Refusal("invalid-number", 484)


def route_from_user(snapshot: Snapshot, user: User, dialled: str, *, forwarding: bool = False) -> Route:
    """What a user of ours reaches by dialling this: emergencies first, then star codes, extensions, the world.

    ``forwarding``: calls of theirs are to go there, when nobody can give a PIN.
    """
    site = snapshot.site_of(user)
    if numbering.is_emergency(dialled, site.country):
        return Route(
            Outside(dialled, emergency=True),
            Decision(
                "emergency", dialled, f"{dialled} is an emergency number in {site.country}: always allowed"
            ),
        )
    if (code := features.match(dialled)) is not None:
        return Route(
            StarCode(code), Decision("feature-code", dialled, f"{dialled} is the star code {code.kind.value}")
        )
    if (inside := _inside(snapshot, dialled)) is not None:
        said = verdict(snapshot, user, dialled)
        if isinstance(said, Denied) and not isinstance(inside.destination, Service):
            return Route(Refusal(said.prompt, said.status), Decision(said.rule, dialled, said.reason))
        return inside
    if not numbering.is_dialable(dialled):
        return Route(INVALID_NUMBER, Decision("invalid", "", "what was dialled holds more than digits"))
    number = numbering.normalise(dialled, site.country)
    if number is None:
        return Route(
            NOT_IN_SERVICE,
            Decision(
                "invalid",
                dialled,
                f"no extension {dialled}, and no telephone number as read in {site.country}",
            ),
        )
    return route_outside(snapshot, user, number, forwarding=forwarding)


def route_outside(snapshot: Snapshot, user: User, number: str, *, forwarding: bool = False) -> Route:
    """An E.164 number: one of the tenant's own, or through a trunk if the user may dial it.

    Whether a PIN is asked for and what has been spent already is looked at when the call is made.
    """
    if number in snapshot.numbers_by_e164:
        return route_from_trunk(snapshot, None, number)
    said = verdict(snapshot, user, number, forwarding=forwarding)
    if isinstance(said, Denied):
        return Route(Refusal(said.prompt, said.status), Decision(said.rule, number, said.reason))
    return Route(
        Outside(number), Decision("outside", number, f"{number} is in the public network: {said.reason}")
    )


def route_from_trunk(snapshot: Snapshot, trunk: Trunk | None, number: str) -> Route:
    """Where a call to one of the tenant's numbers goes. ``trunk`` None: dialled from inside."""
    entry = snapshot.numbers_by_e164.get(number)
    if entry is None:
        return Route(NOT_IN_SERVICE, Decision("no-number", number, f"no number {number} is configured"))
    if trunk is not None and entry.trunk is not None and entry.trunk != trunk.id:
        return Route(
            NOT_IN_SERVICE,
            Decision(
                "other-trunk", number, f"{number} is taken from trunk {entry.trunk}, not from {trunk.id}"
            ),
        )
    reason = f"number {entry.id} ({number}) goes to {entry.destination}"
    destination = destination_of(snapshot, entry.destination)
    if isinstance(destination, RingUser) and entry.name_prefix:
        destination = RingUser(destination.user, entry.name_prefix)
    return Route(destination, Decision("number", entry.destination, reason))


def destination_of(snapshot: Snapshot, text: str) -> Destination:
    """What a destination of the configuration (``queue:ID``, ``external:+34…``, ``hang-up`` …) stands for.

    One that leads to nothing, which validation lets nobody write, is a refusal.
    """
    kind, _, ident = text.partition(":")
    found: Destination | None = None
    match kind:
        case "user":
            found = _of(RingUser, snapshot.users.get(ident))
        case "voicemail":
            found = _of(LeaveMessage, snapshot.users.get(ident))
        case "group":
            found = _of(RingGroup, snapshot.groups.get(ident))
        case "queue":
            found = _of(EnterQueue, snapshot.queues.get(ident))
        case "flow":
            found = _of(RunFlow, snapshot.flows.get(ident))
        case "extension":
            # By the number that is dialled, or by the name that a service has in the configuration.
            holder = snapshot.by_extension.get(ident) or snapshot.services.get(ident)
            found = behind(holder) if holder is not None else None
        case "external":
            found = _external(snapshot, ident)
        case "hang-up":
            return HangUp()
    return found if found is not None else NOT_IN_SERVICE


def _external(snapshot: Snapshot, text: str) -> Destination | None:
    """A number outside; one of our own is not called outside but goes where it leads, unless that is in a circle."""
    seen: set[str] = set()
    while True:
        number = numbering.normalise(text, snapshot.first_site.country)
        if number is None or number in seen:
            return None
        entry = snapshot.numbers_by_e164.get(number)
        if entry is None:
            return CallExternal(number)
        seen.add(number)
        kind, _, text = entry.destination.partition(":")
        if kind != "external":
            return destination_of(snapshot, entry.destination)


def behind(holder: Dialable) -> Destination:
    """What an extension leads to, by whoever or whatever has it."""
    match holder:
        case User():
            return RingUser(holder)
        case ServiceExtension():
            return Service(holder.purpose)
        case Group():
            return RingGroup(holder)
        case Queue():
            return EnterQueue(holder)
        case Flow():
            return RunFlow(holder)


def direction_of(destination: Destination) -> Direction:
    """Of a call by one of our own people: within the company, or to the outside."""
    outside = isinstance(destination, Outside | CallExternal | Refusal)
    return Direction.OUTBOUND if outside else Direction.INTERNAL


def _of(make: Callable[[_Thing], Destination], thing: _Thing | None) -> Destination | None:
    return make(thing) if thing is not None else None


def _inside(snapshot: Snapshot, extension: str) -> Route | None:
    holder = snapshot.by_extension.get(extension)
    if holder is None:
        return None
    if isinstance(holder, ServiceExtension):
        reason = f"{extension} is the service {holder.purpose}"
    elif isinstance(holder, User):
        reason = f"{extension} is {holder.name}"
    else:
        reason = f"{extension} is the {holder.kind} {holder.name or holder.id}"
    return Route(behind(holder), Decision("extension", f"{holder.kind}:{holder.id}", reason))
