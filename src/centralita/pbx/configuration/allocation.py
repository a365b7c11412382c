"""What a configuration leaves to us: extensions, SIP user names and passwords, given once and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from centralita.pbx import numbering
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.model.device import Device
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.group import Group
from centralita.pbx.model.permission import Permission
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.site import Site
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User


@dataclass(slots=True)
class Given:
    """What was given, and what could not be."""

    extensions: dict[str, str] = field(default_factory=dict)
    """User → extension."""
    passwords: list[str] = field(default_factory=list)
    """Devices that got a new password."""
    problems: list[Problem] = field(default_factory=list)


def keep(item: AnyObject, previous: AnyObject | None) -> AnyObject:
    """The object with what was given before, or is secret, where the new one does not mention it."""
    match item, previous:
        case User(), User():
            if item.extension is None:
                item = item.model_copy(update={"extension": previous.extension})
            old_pin = previous.personal.voicemail.pin
            if old_pin and not _mentions_pin(item):
                voicemail = item.personal.voicemail.model_copy(update={"pin": old_pin})
                personal = item.personal.model_copy(update={"voicemail": voicemail})
                item = item.model_copy(update={"personal": personal})
        case Device(), Device():
            update = {
                name: getattr(previous, name) for name in ("username", "password") if not getattr(item, name)
            }
            item = item.model_copy(update=update) if update else item
        case Permission(), Permission() if "pin" not in item.model_fields_set:
            item = item.model_copy(update={"pin": previous.pin})
        case Trunk(), _ if item.password is not None:
            if not item.password.get_secret_value():  # written as empty: there shall be none
                item = item.model_copy(update={"password": None})
        case Trunk(), Trunk() if item.username == previous.username:
            item = item.model_copy(update={"password": previous.password})
    return item


def _mentions_pin(user: User) -> bool:
    return (
        "personal" in user.model_fields_set
        and "voicemail" in user.personal.model_fields_set
        and "pin" in user.personal.voicemail.model_fields_set
    )


def give(
    objects: dict[Key, AnyObject],
    tenant: str,
    make_password: Callable[[], str],
    where: Callable[[str, str], str],
) -> Given:
    """Complete the objects in place. ``where`` tells the place of an object by kind and id."""
    given = Given()
    sites = {item.id: item for item in objects.values() if isinstance(item, Site)}
    taken = {
        item.extension
        for item in objects.values()
        if isinstance(item, User | ServiceExtension | Group | Queue | Flow)
    }
    for site in sites.values():
        taken |= numbering.emergency_numbers(site.country)
    free = {site.id: _free(site, taken) for site in sites.values()}
    for key, item in objects.items():
        match item:
            case User(extension=None) if item.site in free:
                extension = next(free[item.site], None)
                if extension is None:
                    site = sites[item.site]
                    message = (
                        f"site {site.id} has none left in {site.first_extension}-{site.last_extension}: "
                        "widen its range or name an extension"
                    )
                    given.problems.append(Problem("user", item.id, "extension", message, where(*key)))
                    continue
                taken.add(extension)
                given.extensions[item.id] = extension
                objects[key] = item.model_copy(update={"extension": extension})
            case Device():
                update: dict[str, object] = {}
                if item.username is None:
                    update["username"] = f"{tenant}-{item.id}"
                if item.password is None:
                    update["password"] = SecretStr(make_password())
                    given.passwords.append(item.id)
                if update:
                    objects[key] = item.model_copy(update=update)
    return given


def next_free(objects: Mapping[Key, AnyObject], site: str) -> str | None:
    """The extension that the next user of a site would be given; None: there is none left, or no such site."""
    found = objects.get(("site", site))
    if not isinstance(found, Site):
        return None
    taken = {
        item.extension
        for item in objects.values()
        if isinstance(item, User | ServiceExtension | Group | Queue | Flow)
    }
    for other in objects.values():
        if isinstance(other, Site):
            taken |= numbering.emergency_numbers(other.country)
    return next(_free(found, taken), None)


def _free(site: Site, taken: set[str | None]) -> Iterator[str]:
    """The site's extensions that nobody has, lowest first; looks at what is taken when it is asked."""
    width = len(site.first_extension)
    for number in range(int(site.first_extension), int(site.last_extension) + 1):
        extension = str(number).zfill(width)
        if extension not in taken:
            yield extension
