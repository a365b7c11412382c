"""Where a user may forward calls to: the same answer for a configuration that is applied and a star code that is dialled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from centralita.pbx import numbering
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.number import Number
from centralita.pbx.model.snapshot import Dialable
from centralita.pbx.model.user import Personal, User

FORWARDS = ("forward_always", "forward_busy", "forward_no_answer", "forward_unreachable")


class Directory(NamedTuple):
    """Who has which extension and number in a tenant."""

    users: Mapping[str, User]
    others: Mapping[str, Dialable]
    """Whoever or whatever else has an extension; users may be among them."""
    numbers: Mapping[str, Number]


def refusal(target: str, user: User, country: str, directory: Directory) -> str:
    """Why a user cannot forward to what is dialled as ``target`` in the country; empty where they can."""
    if not target:
        return ""
    if numbering.is_emergency(target, country):
        return f"{target} is an emergency number"
    if (other := directory.users.get(target)) is not None:
        return (
            f"{target} is {user.id}'s own extension: a call would go in a circle"
            if other.id == user.id
            else ""
        )
    if (holder := directory.others.get(target)) is not None:
        if isinstance(holder, ServiceExtension):
            return f"{target} is the service {holder.purpose}: calls go on to people and numbers, not to services"
        return ""
    number = numbering.normalise(target, country)
    if number is None:
        return f"{target} is no extension of this tenant, and no telephone number as dialled in {country}"
    own = directory.numbers.get(number)
    if own is not None and own.destination in (f"user:{user.id}", f"extension:{user.extension}"):
        return f"{target} leads back to {user.id} (number {own.id}): a call would go in a circle"
    return ""


def refusals(
    personal: Personal, user: User, country: str, directory: Directory
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What cannot be in a user's follow-me and own hours: the field's path within the personal settings, and why."""
    for index, follower in enumerate(personal.follow_me.targets):
        path = ("follow_me", "targets", index, "target")
        message = refusal(follower.target, user, country, directory)
        holder = directory.others.get(follower.target)
        if not message and holder is not None and not isinstance(holder, User):
            message = f"{follower.target} is a {holder.kind}: only people and numbers outside ring along"
        if message:
            yield path, message
    hours = personal.hours
    if hours.schedule and hours.weekly:
        yield ("hours", "weekly"), "there is a schedule, too: name one of the two"
    if message := refusal(hours.outside, user, country, directory):
        yield ("hours", "outside"), message
