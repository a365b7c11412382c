"""Where a call goes: a pure function of the configuration version, who calls, and what was dialled.

The live switch and whatever explains a call use the same :func:`route`. It only decides; ringing, forwarding and
voicemail happen in :mod:`centralita.pbx.reach`.
"""

from __future__ import annotations

from dataclasses import dataclass

from centralita.pbx import features, numbering
from centralita.pbx.features import FeatureCode
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User


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
class Refusal:
    """The call is not possible: what to say to our own callers, and the SIP status that says it."""

    prompt: str
    status: int


Destination = RingUser | LeaveMessage | Service | StarCode | Outside | Refusal


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
ABROAD_NOT_ALLOWED = Refusal("abroad-not-allowed", 403)


def route_from_user(snapshot: Snapshot, user: User, dialled: str) -> Route:
    """What a user of ours reaches by dialling this: emergencies first, then star codes, extensions, the world."""
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
            StarCode(code), Decision("feature-code", dialled, f"{dialled} is the star code {code.kind}")
        )
    if (inside := _inside(snapshot, dialled)) is not None:
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
    return route_outside(snapshot, user, number)


def route_outside(snapshot: Snapshot, user: User, number: str) -> Route:
    """An E.164 number: one of the tenant's own, or through a trunk if the user's site may dial it."""
    if number in snapshot.numbers_by_e164:
        return route_from_trunk(snapshot, None, number)
    site = snapshot.site_of(user)
    if not site.dial_abroad and numbering.is_abroad(number, site.country):
        return Route(
            ABROAD_NOT_ALLOWED,
            Decision(
                "abroad-barred", number, f"{number} is abroad and dialling abroad is off for site {site.id}"
            ),
        )
    return Route(Outside(number), Decision("outside", number, f"{number} is in the public network"))


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
    kind, _, ident = entry.destination.partition(":")
    reason = f"number {entry.id} ({number}) goes to {entry.destination}"
    decision = Decision("number", entry.destination, reason)
    match kind:
        case "user":
            return Route(RingUser(snapshot.users[ident], entry.name_prefix), decision)
        case "voicemail":
            return Route(LeaveMessage(snapshot.users[ident]), decision)
        case "extension":
            inside = _inside(snapshot, ident)
            return Route(inside.destination if inside else NOT_IN_SERVICE, decision)
    raise AssertionError(f"validation lets no destination {entry.destination!r} pass")


def _inside(snapshot: Snapshot, extension: str) -> Route | None:
    if (user := snapshot.users_by_extension.get(extension)) is not None:
        return Route(RingUser(user), Decision("extension", f"user:{user.id}", f"{extension} is {user.name}"))
    if (service := snapshot.services_by_extension.get(extension)) is not None:
        return Route(
            Service(service.purpose),
            Decision("extension", f"extension:{service.id}", f"{extension} is the service {service.purpose}"),
        )
    return None
