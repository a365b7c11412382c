"""Everything that can be wrong with a tenant as a whole, all of it at once.

Ranges of sites may overlap, and a user may have an extension outside the range of the site: only the extension itself must
be one of a kind. What is wrong within a single object is found when it is read (:mod:`.entries`).
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Callable, Iterable
from typing import TypeVar

from centralita.pbx import numbering
from centralita.pbx.configuration.entries import Path
from centralita.pbx.configuration.forwarding import FORWARDS, Directory, refusal
from centralita.pbx.configuration.kinds import AnyObject, Key, key_of
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.model.base import KNOWN_CODECS
from centralita.pbx.model.device import Device
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.number import Number
from centralita.pbx.model.site import Site
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User

MIN_PASSWORD = 8
MAX_OBJECTS = 200_000
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?|[0-9A-Fa-f:.]+")
_Kind = TypeVar("_Kind", bound=AnyObject)


def _nowhere(_kind: str, _id: str, _path: Path) -> str:
    return ""


def names_of(objects: Iterable[AnyObject]) -> set[Key]:
    """What must be one of a kind in the whole installation: ``("username", …)`` of devices, ``("number", …)`` in E.164."""
    names: set[Key] = set()
    for item in objects:
        if isinstance(item, Device) and item.username:
            names.add(("username", item.username))
        elif isinstance(item, Number):
            names.add(("number", item.number))
    return names


def validate(
    objects: Iterable[AnyObject],
    tenant: str,
    *,
    where: Callable[[str, str, Path], str] = _nowhere,
    unreadable: frozenset[Key] = frozenset(),
    taken_elsewhere: frozenset[Key] = frozenset(),
) -> list[Problem]:
    """All problems of a tenant's configuration.

    ``where`` tells the place of a field by kind, id and path. ``unreadable`` are objects that exist but could not be read: no
    reference to them is called wrong. ``taken_elsewhere`` holds those of :func:`names_of` that other tenants have.
    """
    check = _Check(list(objects), tenant, where, unreadable, taken_elsewhere)
    check.run()
    return check.problems


class _Check:
    """One validation: the objects by kind, and the problems found so far."""

    def __init__(
        self,
        objects: list[AnyObject],
        tenant: str,
        where: Callable[[str, str, Path], str],
        unreadable: frozenset[Key],
        taken_elsewhere: frozenset[Key],
    ) -> None:
        self.problems: list[Problem] = []
        self._objects = objects
        self._tenant = tenant
        self._where = where
        self._unreadable = unreadable
        self._taken_elsewhere = taken_elsewhere
        self._keys = {key_of(item) for item in objects} | unreadable
        self._sites = {site.id: site for site in self._of(Site)}
        self._users = self._of(User)
        self._with_extension: list[User | ServiceExtension] = [*self._users, *self._of(ServiceExtension)]
        self._holders: dict[str, User | ServiceExtension] = {}
        for holder in self._with_extension:
            if holder.extension:
                self._holders.setdefault(holder.extension, holder)
        self._directory = Directory(
            {ext: holder for ext, holder in self._holders.items() if isinstance(holder, User)},
            {ext: holder for ext, holder in self._holders.items() if isinstance(holder, ServiceExtension)},
            {number.number: number for number in self._of(Number)},
        )

    def run(self) -> None:
        if len(self._objects) > MAX_OBJECTS:
            self._add(self._objects[0], (), f"a tenant has at most {MAX_OBJECTS} objects")
        for tenant in self._of(Tenant):
            if tenant.id != self._tenant:
                self._add(tenant, ("id",), f"this is the configuration of tenant {self._tenant}")
        for site in self._sites.values():
            self._site(site)
        self._extensions()
        for user in self._users:
            self._user(user)
        self._circles()
        self._devices()
        for trunk in self._of(Trunk):
            self._trunk(trunk)
        self._numbers()

    def _of(self, kind: type[_Kind]) -> list[_Kind]:
        return [item for item in self._objects if isinstance(item, kind)]

    def _add(self, item: AnyObject, path: Path, message: str) -> None:
        name = ".".join(str(part) for part in path)
        self.problems.append(
            Problem(item.kind, item.id, name, message, self._where(item.kind, item.id, path))
        )

    def _named(self, item: AnyObject, path: Path = ()) -> str:
        """An object and its place, for messages about another one."""
        place = self._where(item.kind, item.id, path)
        return f"{item.kind} {item.id}" + (f" ({place})" if place else "")

    def _refer(self, item: AnyObject, path: Path, kind: str, ident: str) -> bool:
        """Whether the object referred to exists; a problem where it does not."""
        if (kind, ident) in self._keys:
            return True
        close = difflib.get_close_matches(ident, [key[1] for key in self._keys if key[0] == kind], n=1)
        self._add(
            item, path, f"there is no {kind} {ident}" + (f"; did you mean {close[0]}?" if close else "")
        )
        return False

    # --- sites ----------------------------------------------------------------------------------------------------

    def _site(self, site: Site) -> None:
        if not _is_zone(site.time_zone):
            close = difflib.get_close_matches(site.time_zone, zoneinfo.available_timezones(), n=1)
            meant = f"; did you mean {close[0]}?" if close else ", like Europe/Madrid"
            self._add(site, ("time_zone",), f"{site.time_zone!r} is no IANA time zone{meant}")
        self._country(site, site.country)
        first, last = site.first_extension, site.last_extension
        if len(first) != len(last):
            self._add(site, ("last_extension",), f"{first} and {last} must have the same number of digits")
        elif first > last:
            self._add(site, ("last_extension",), f"{last} comes before the first, {first}")

    def _country(self, item: Site | Trunk, country: str) -> None:
        if not numbering.is_country(country):
            self._add(item, ("country",), f"{country} is no country with telephone numbers (ISO 3166-1)")

    # --- extensions -----------------------------------------------------------------------------------------------

    def _extensions(self) -> None:
        countries = sorted({site.country for site in self._sites.values()})
        for holder in self._with_extension:
            extension = holder.extension
            if not extension:
                continue
            first = self._holders[extension]
            if first is not holder:
                message = f"{extension} is already taken by {self._named(first, ('extension',))}"
                self._add(holder, ("extension",), message)
            for country in countries:
                if numbering.is_emergency(extension, country):
                    self._add(
                        holder,
                        ("extension",),
                        f"{extension} collides with the emergency number {extension} of {country}",
                    )

    # --- users ----------------------------------------------------------------------------------------------------

    def _user(self, user: User) -> None:
        self._refer(user, ("site",), "site", user.site)
        site = self._sites.get(user.site)
        if site is None:
            return
        for name in FORWARDS:
            target = getattr(user.personal, name)
            message = refusal(target, user, site.country, self._directory)
            if message and not self._may_be_unreadable(target):
                self._add(user, ("personal", name), message)

    def _may_be_unreadable(self, extension: str) -> bool:
        """Whether the extension may be that of somebody whom we could not read."""
        return extension not in self._holders and any(
            kind in ("user", "extension") for kind, _ in self._unreadable
        )

    def _circles(self) -> None:
        """Users who forward always to each other: nobody would ever ring."""
        onward = {
            user.id: self._directory.users[user.personal.forward_always]
            for user in self._users
            if user.personal.forward_always in self._directory.users
        }
        told: set[str] = set()
        for user in self._users:
            way = [user.id]
            while (
                (following := onward.get(way[-1])) is not None
                and following.id not in way
                and following.id not in told
            ):
                way.append(following.id)
            if following is not None and following.id == user.id and len(way) > 1:
                self._add(
                    user, ("personal", "forward_always"), f"goes in a circle: {' → '.join([*way, user.id])}"
                )
                told.update(way)

    # --- devices --------------------------------------------------------------------------------------------------

    def _devices(self) -> None:
        by_username: dict[str, Device] = {}
        users = {user.id: user for user in self._users}
        for device in self._of(Device):
            self._refer(device, ("user",), "user", device.user)
            self._codecs(device, device.codecs)
            username = device.username
            if username is None:
                raise AssertionError("a device gets its user name before it is validated")
            first = by_username.setdefault(username, device)
            if first is not device:
                message = f"{username} is already taken by {self._named(first, ('username',))}"
                self._add(device, ("username",), message)
            elif ("username", username) in self._taken_elsewhere:
                self._add(
                    device,
                    ("username",),
                    f"{username} is already taken by another tenant of this installation",
                )
            if len(username) > 63:
                self._add(
                    device, ("username",), f"{username} is longer than 63 characters: name a shorter one"
                )
            self._password(device, users.get(device.user))

    def _password(self, device: Device, user: User | None) -> None:
        if device.password is None:
            return
        password = device.password.get_secret_value()
        known = {device.username, device.id, device.user, user.extension if user else None}
        if len(password) < MIN_PASSWORD:
            self._add(
                device,
                ("password",),
                f"must have at least {MIN_PASSWORD} characters; leave it out to get a strong one",
            )
        elif password in known or password.isdigit():
            self._add(device, ("password",), "is too easy to guess; leave it out to get a strong one")
        elif not password.isprintable():
            self._add(device, ("password",), "must not hold control characters")

    def _codecs(self, item: Device | Trunk, codecs: tuple[str, ...]) -> None:
        for index, codec in enumerate(codecs):
            if codec not in KNOWN_CODECS:
                self._add(
                    item,
                    ("codecs", index),
                    f"{codec!r} is not known; the codecs are {', '.join(KNOWN_CODECS)}",
                )
            elif codec in codecs[:index]:
                self._add(item, ("codecs", index), f"{codec} is there twice")

    # --- trunks and numbers ---------------------------------------------------------------------------------------

    def _trunk(self, trunk: Trunk) -> None:
        if not _HOST.fullmatch(trunk.host):
            self._add(trunk, ("host",), "must be a name or an address; its port goes into the field port")
        if trunk.register_with_provider:
            if not trunk.username:
                self._add(trunk, ("username",), "is missing: registering with the provider needs it")
            if trunk.password is None or not trunk.password.get_secret_value():
                self._add(trunk, ("password",), "is missing: registering with the provider needs it")
        if trunk.country:
            self._country(trunk, trunk.country)
        elif not self._sites and not any(kind == "site" for kind, _ in self._unreadable):
            self._add(trunk, ("country",), "is missing: the tenant has no site to take it from")
        self._codecs(trunk, trunk.codecs)

    def _numbers(self) -> None:
        by_number: dict[str, Number] = {}
        for number in self._of(Number):
            first = by_number.setdefault(number.number, number)
            if first is not number:
                self._add(
                    number,
                    ("number",),
                    f"{number.number} is already taken by {self._named(first, ('number',))}",
                )
            elif ("number", number.number) in self._taken_elsewhere:
                message = f"{number.number} is already taken by another tenant of this installation"
                self._add(number, ("number",), message)
            if number.trunk is not None:
                self._refer(number, ("trunk",), "trunk", number.trunk)
            kind, _, target = number.destination.partition(":")
            if kind in ("user", "voicemail"):
                self._refer(number, ("destination",), "user", target)
            elif target not in self._holders and not self._may_be_unreadable(target):
                self._add(number, ("destination",), f"nobody has the extension {target}")


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
