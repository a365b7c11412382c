"""Sites, users and their telephones, and who has which extension."""

from __future__ import annotations

import difflib
import zoneinfo
from functools import lru_cache

from centralita.pbx import numbering
from centralita.pbx.configuration.forwarding import FORWARDS, refusal, refusals
from centralita.pbx.configuration.validation.context import Context
from centralita.pbx.model.base import KNOWN_CODECS
from centralita.pbx.model.device import Device
from centralita.pbx.model.site import Site
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User

MIN_PASSWORD = 8


def sites(context: Context) -> None:
    for site in context.of(Site):
        if not _is_zone(site.time_zone):
            close = difflib.get_close_matches(site.time_zone, zoneinfo.available_timezones(), n=1)
            meant = f"; did you mean {close[0]}?" if close else ", like Europe/Madrid"
            context.add(site, ("time_zone",), f"{site.time_zone!r} is no IANA time zone{meant}")
        context.country(site, ("country",), site.country)
        context.refer(site, ("music",), "prompt", site.music)
        first, last = site.first_extension, site.last_extension
        if len(first) != len(last):
            context.add(site, ("last_extension",), f"{first} and {last} must have the same number of digits")
        elif first > last:
            context.add(site, ("last_extension",), f"{last} comes before the first, {first}")


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def extensions(context: Context) -> None:
    """One of a kind over everything that can be dialled, and none that an emergency number would hide."""
    emergencies = {country: numbering.emergency_numbers(country) for country in context.countries}
    for holder in context.with_extension:
        extension = holder.extension
        if not extension:
            continue
        first = context.holders[extension]
        if first is not holder:
            message = f"{extension} is already taken by {context.named(first, ('extension',))}"
            context.add(holder, ("extension",), message)
        for country, numbers in emergencies.items():
            if extension in numbers:
                context.add(
                    holder,
                    ("extension",),
                    f"{extension} collides with the emergency number {extension} of {country}",
                )


def users(context: Context) -> None:
    for user in context.users.values():
        context.refer(user, ("site",), "site", user.site)
        site = context.sites.get(user.site)
        if site is None:
            continue
        for name in FORWARDS:
            target = getattr(user.personal, name)
            message = refusal(target, user, site.country, context.directory) if target else ""
            if message and not context.may_be_unreadable(target):
                context.add(user, ("personal", name), message)
        personal = user.personal
        for path, message in refusals(personal, user, site.country, context.directory):
            context.add(user, ("personal", *path), message)
        if personal.hours.schedule:
            context.refer(user, ("personal", "hours", "schedule"), "schedule", personal.hours.schedule)
    _circles(context)


def _circles(context: Context) -> None:
    """Users who forward always to each other: nobody would ever ring."""
    everybody = context.directory.users
    onward = {
        user.id: everybody[user.personal.forward_always]
        for user in context.users.values()
        if user.personal.forward_always in everybody
    }
    told: set[str] = set()
    for ident in onward:
        way = [ident]
        while (
            (following := onward.get(way[-1])) is not None
            and following.id not in way
            and following.id not in told
        ):
            way.append(following.id)
        if following is not None and following.id == ident and len(way) > 1:
            user: User = context.users[ident]
            context.add(
                user, ("personal", "forward_always"), f"goes in a circle: {' → '.join([*way, ident])}"
            )
            told.update(way)


def devices(context: Context) -> None:
    by_username: dict[str, Device] = {}
    for device in context.of(Device):
        context.refer(device, ("user",), "user", device.user)
        codecs(context, device)
        username = device.username
        if username is None:
            raise AssertionError("a device gets its user name before it is validated")
        first = by_username.setdefault(username, device)
        if first is not device:
            message = f"{username} is already taken by {context.named(first, ('username',))}"
            context.add(device, ("username",), message)
        elif ("username", username) in context.taken_elsewhere:
            context.add(
                device, ("username",), f"{username} is already taken by another tenant of this installation"
            )
        if len(username) > 63:
            context.add(device, ("username",), f"{username} is longer than 63 characters: name a shorter one")
        _password(context, device)


def _password(context: Context, device: Device) -> None:
    if device.password is None:
        return
    user = context.users.get(device.user)
    password = device.password.get_secret_value()
    known = {device.username, device.id, device.user, user.extension if user else None}
    if len(password) < MIN_PASSWORD:
        message = f"must have at least {MIN_PASSWORD} characters; leave it out to get a strong one"
        context.add(device, ("password",), message)
    elif password in known or password.isdigit():
        context.add(device, ("password",), "is too easy to guess; leave it out to get a strong one")
    elif not password.isprintable():
        context.add(device, ("password",), "must not hold control characters")


def codecs(context: Context, item: Device | Trunk) -> None:
    for index, codec in enumerate(item.codecs):
        if codec not in KNOWN_CODECS:
            message = f"{codec!r} is not known; the codecs are {', '.join(KNOWN_CODECS)}"
            context.add(item, ("codecs", index), message)
        elif codec in item.codecs[:index]:
            context.add(item, ("codecs", index), f"{codec} is there twice")
