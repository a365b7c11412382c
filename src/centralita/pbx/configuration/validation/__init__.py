"""Everything that can be wrong with a tenant as a whole, all of it at once.

Ranges of sites may overlap, and a user may have an extension outside the range of the site: only the extension itself must
be one of a kind. What is wrong within a single object is found when it is read (:mod:`centralita.pbx.configuration.entries`),
what is possible and yet unwise by :mod:`centralita.pbx.checker`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from centralita.pbx.configuration.explaining import Path
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.configuration.validation import flows, hours, outside, people, teams
from centralita.pbx.configuration.validation.context import Context
from centralita.pbx.model.device import Device
from centralita.pbx.model.number import Number
from centralita.pbx.model.tenant import Tenant

MAX_OBJECTS = 200_000

_RULES: tuple[Callable[[Context], None], ...] = (
    people.sites,
    people.extensions,
    people.users,
    people.devices,
    hours.calendars,
    hours.schedules,
    hours.overrides,
    flows.prompts,
    flows.menus,
    teams.groups,
    teams.queues,
    flows.flows,
    outside.trunks,
    outside.permissions,
    outside.outbound_routes,
    outside.numbers,
    teams.tests,
)


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
    context = Context(list(objects), tenant, where, unreadable, taken_elsewhere)
    if len(context.objects) > MAX_OBJECTS:
        context.add(context.objects[0], (), f"a tenant has at most {MAX_OBJECTS} objects")
    for item in context.of(Tenant):
        if item.id != tenant:
            context.add(item, ("id",), f"this is the configuration of tenant {tenant}")
    for rule in _RULES:
        rule(context)
    return context.problems
