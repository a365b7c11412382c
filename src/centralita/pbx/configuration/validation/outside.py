"""Trunks, the tenant's numbers, and who may dial what through which trunk."""

from __future__ import annotations

import ipaddress
import re

from centralita.pbx.configuration.validation.context import Context
from centralita.pbx.configuration.validation.people import codecs
from centralita.pbx.model.number import Number
from centralita.pbx.model.outbound_route import OutboundRoute
from centralita.pbx.model.permission import Permission
from centralita.pbx.model.trunk import Trunk

_WIDEST_4, _WIDEST_6 = 8, 19
"""Prefix lengths: 10.0.0.0/8 is somebody's own network, and no provider has more of IPv6 than a /19."""
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?|[0-9A-Fa-f:.]+")


def trunks(context: Context) -> None:
    for trunk in context.of(Trunk):
        if not _HOST.fullmatch(trunk.host):
            context.add(trunk, ("host",), "must be a name or an address; its port goes into the field port")
        if trunk.register_with_provider:
            if not trunk.username:
                context.add(trunk, ("username",), "is missing: registering with the provider needs it")
            if trunk.password is None or not trunk.password.get_secret_value():
                context.add(trunk, ("password",), "is missing: registering with the provider needs it")
        for index, address in enumerate(trunk.addresses):
            network = ipaddress.ip_network(address)
            if network.prefixlen < (_WIDEST_4 if network.version == 4 else _WIDEST_6):
                message = f"{address} is a great part of the internet, and whoever is in it could call in as this provider: name its own networks"
                context.add(trunk, ("addresses", index), message)
        if trunk.country:
            context.country(trunk, ("country",), trunk.country)
        elif not context.sites and "site" not in context.unreadable_kinds:
            context.add(trunk, ("country",), "is missing: the tenant has no site to take it from")
        codecs(context, trunk)


def numbers(context: Context) -> None:
    by_number: dict[str, Number] = {}
    for number in context.of(Number):
        first = by_number.setdefault(number.number, number)
        if first is not number:
            message = f"{number.number} is already taken by {context.named(first, ('number',))}"
            context.add(number, ("number",), message)
        elif ("number", number.number) in context.taken_elsewhere:
            message = f"{number.number} is already taken by another tenant of this installation"
            context.add(number, ("number",), message)
        context.refer(number, ("trunk",), "trunk", number.trunk)
        context.destination(number, ("destination",), number.destination)


def permissions(context: Context) -> None:
    for permission in context.of(Permission):
        _callers(context, permission)
        for index, country in enumerate(permission.countries):
            context.country(permission, ("countries", index), country)
        if permission.countries and "international" not in (*permission.allow, *permission.pin_for):
            message = "are named, and international calls are not in allow"
            context.add(permission, ("countries",), message)
        if permission.pin_for and not permission.pin:
            context.add(permission, ("pin",), "is missing: pin_for asks for it")


def outbound_routes(context: Context) -> None:
    for route in context.of(OutboundRoute):
        for index, way in enumerate(route.trunks):
            context.refer(route, ("trunks", index), "trunk", way.trunk)
        context.once(route, ("trunks",), [way.trunk for way in route.trunks])
        context.refer(route, ("schedule",), "schedule", route.schedule)
        _callers(context, route)
        context.own_number(route, ("caller_number",), route.caller_number)
        for index, pattern in enumerate(route.patterns):
            if not pattern.startswith("+") and pattern != "*" and not route.emergency:
                message = f"{pattern or 'an empty pattern'} must begin with + and the country, like +3491*"
                context.add(route, ("patterns", index), message)


def _callers(context: Context, item: Permission | OutboundRoute) -> None:
    context.refer_all(item, ("users",), "user", item.users)
    context.refer_all(item, ("groups",), "group", item.groups)
    context.refer_all(item, ("sites",), "site", item.sites)
