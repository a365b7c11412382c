"""The kinds that a configuration is made of, by the name that they have in documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import SecretStr

from centralita.pbx.model.base import ConfigObject
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.contacts import Contacts
from centralita.pbx.model.device import Device
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.group import Group
from centralita.pbx.model.menu import Menu
from centralita.pbx.model.number import Number
from centralita.pbx.model.outbound_route import OutboundRoute
from centralita.pbx.model.override import Override
from centralita.pbx.model.permission import Permission
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.routing_test import RoutingTest
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import ConfigKind
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User

AnyObject = Tenant | ConfigKind
Key = tuple[str, str]
"""Kind and id: what names an object within its tenant."""

#: In the order in which they are exported: what is referred to comes before what refers to it.
KINDS: dict[str, type[AnyObject]] = {
    "tenant": Tenant,
    "site": Site,
    "user": User,
    "device": Device,
    "calendar": Calendar,
    "schedule": Schedule,
    "override": Override,
    "contacts": Contacts,
    "prompt": Prompt,
    "menu": Menu,
    "group": Group,
    "queue": Queue,
    "flow": Flow,
    "trunk": Trunk,
    "permission": Permission,
    "outbound-route": OutboundRoute,
    "number": Number,
    "extension": ServiceExtension,
    "test": RoutingTest,
}
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}

#: Fields that are encrypted at rest, left out of exports, and kept where a document does not mention them.
SECRET_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "user": (("personal", "voicemail", "pin"),),
    "device": (("password",),),
    "trunk": (("password",),),
    "permission": (("pin",),),
}


def key_of(item: AnyObject) -> Key:
    return item.kind, item.id


def in_order(objects: list[AnyObject]) -> list[AnyObject]:
    """By kind, then by id: the order does not depend on who wrote what first."""
    return sorted(objects, key=lambda item: (_RANK[item.kind], item.id))


def to_fields(item: ConfigObject, *, only_set: bool = False) -> dict[str, object]:
    """The object as plain values, secrets in clear: mappings, lists, strings, numbers, booleans and None.

    ``only_set`` leaves out what is as it would be without saying so.
    """
    fields = item.model_dump(mode="python", by_alias=True, exclude_defaults=only_set)
    fields = {"kind": getattr(item, "kind"), "id": item.id} | fields  # noqa: B009  (of every kind, not of the base)
    return {name: _plain(value) for name, value in fields.items()}


_AS_IT_IS = (str, int, bool, float, type(None))


def _plain(value: object) -> object:
    if type(value) in _AS_IT_IS:  # nearly all of them
        return value
    match value:
        case SecretStr():
            return value.get_secret_value()
        case tuple() | list():
            return [_plain(each) for each in value]
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case Decimal():
            return str(value)
        case date():  # and a datetime, which is one
            return value.isoformat()
        case _:
            return value
