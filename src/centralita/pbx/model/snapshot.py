"""One published version of a tenant's configuration, indexed for routing. Immutable but for personal settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

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
from centralita.pbx.model.service_plan import ServicePlan
from centralita.pbx.model.site import Site
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
from centralita.pbx.vocabulary import TenantId

if TYPE_CHECKING:
    from centralita.pbx.plan import Plan

ConfigKind = (
    Site
    | User
    | Device
    | Trunk
    | Number
    | ServiceExtension
    | Calendar
    | Schedule
    | Override
    | Contacts
    | Prompt
    | Menu
    | Group
    | Queue
    | Flow
    | Permission
    | OutboundRoute
    | RoutingTest
)
Dialable = User | ServiceExtension | Group | Queue | Flow
"""What can have an extension."""


class Snapshot:
    """A tenant as the router sees it: plain look-ups, no search on the way of a call."""

    __slots__ = (
        "_plan",
        "by_extension",
        "calendars",
        "contacts",
        "devices",
        "devices_by_username",
        "devices_of",
        "feeds",
        "flows",
        "groups",
        "groups_of",
        "menus",
        "name",
        "numbers",
        "numbers_by_e164",
        "outbound_routes",
        "overrides",
        "permissions",
        "personal",
        "prompts",
        "queues",
        "schedules",
        "service_plan",
        "services",
        "services_by_extension",
        "sites",
        "tenant",
        "tests",
        "trunks",
        "users",
        "users_by_extension",
        "version",
    )

    def __init__(
        self,
        tenant: TenantId,
        version: int,
        objects: Iterable[ConfigKind],
        personal: Mapping[str, Personal],
        name: str = "",
        feeds: Mapping[str, str] | None = None,
        service_plan: ServicePlan | None = None,
    ) -> None:
        """``personal`` holds the users' own settings by user id; a user without an entry has those of the object.

        ``feeds``: calendar → the iCalendar text last fetched from its address. ``service_plan``: what the tenant is allowed.
        """
        self.tenant = tenant
        self.version = version
        self.name = name or tenant
        self.feeds: Mapping[str, str] = feeds or {}
        self.service_plan = service_plan
        self._plan: Plan | None = None
        tables: dict[type, dict[str, Any]] = {}
        self.sites: dict[str, Site] = tables.setdefault(Site, {})
        self.users: dict[str, User] = tables.setdefault(User, {})
        self.devices: dict[str, Device] = tables.setdefault(Device, {})
        self.trunks: dict[str, Trunk] = tables.setdefault(Trunk, {})
        self.numbers: dict[str, Number] = tables.setdefault(Number, {})
        self.services: dict[str, ServiceExtension] = tables.setdefault(ServiceExtension, {})
        self.calendars: dict[str, Calendar] = tables.setdefault(Calendar, {})
        self.schedules: dict[str, Schedule] = tables.setdefault(Schedule, {})
        self.overrides: dict[str, Override] = tables.setdefault(Override, {})
        self.contacts: dict[str, Contacts] = tables.setdefault(Contacts, {})
        self.prompts: dict[str, Prompt] = tables.setdefault(Prompt, {})
        self.menus: dict[str, Menu] = tables.setdefault(Menu, {})
        self.groups: dict[str, Group] = tables.setdefault(Group, {})
        self.queues: dict[str, Queue] = tables.setdefault(Queue, {})
        self.flows: dict[str, Flow] = tables.setdefault(Flow, {})
        self.permissions: dict[str, Permission] = tables.setdefault(Permission, {})
        self.outbound_routes: dict[str, OutboundRoute] = tables.setdefault(OutboundRoute, {})
        self.tests: dict[str, RoutingTest] = tables.setdefault(RoutingTest, {})
        for item in objects:
            tables[type(item)][item.id] = item
        self._index()
        self.personal: dict[str, Personal] = {
            user.id: personal.get(user.id, user.personal) for user in self.users.values()
        }

    def _index(self) -> None:
        self.users_by_extension = {user.extension: user for user in self.users.values() if user.extension}
        self.services_by_extension = {service.extension: service for service in self.services.values()}
        self.by_extension: dict[str, Dialable] = {}
        """Whoever or whatever is dialled by an extension."""
        for holders in (self.flows, self.queues, self.groups, self.services, self.users):
            for holder in holders.values():
                if holder.extension:
                    self.by_extension[holder.extension] = holder
        self.numbers_by_e164 = {number.number: number for number in self.numbers.values()}
        self.devices_by_username = {
            device.username: device for device in self.devices.values() if device.username
        }
        self.devices_of: dict[str, list[Device]] = {user: [] for user in self.users}
        for device in self.devices.values():
            self.devices_of[device.user].append(device)
        self.groups_of: dict[str, list[str]] = {}
        """User → the groups they are in."""
        for group in self.groups.values():
            for member in group.members:
                self.groups_of.setdefault(member.user, []).append(group.id)

    @property
    def plan(self) -> Plan:
        """What routing needs made ready: hours, flows, tables. Made once, before the first call sees the version."""
        if self._plan is None:
            from centralita.pbx.plan import Plan

            self._plan = Plan(self)
        return self._plan

    def site_of(self, user: User) -> Site:
        return self.sites[user.site]

    def language_of(self, user: User) -> str:
        return user.language or self.sites[user.site].language

    def music_of(self, user: User | None) -> str:
        """The prompt that is heard by whoever a user keeps waiting, or the company; empty: the exchange's own music."""
        site = self.sites[user.site] if user is not None else self.first_site
        return site.music or self.first_site.music or ""

    @property
    def first_site(self) -> Site:
        """The site that speaks for the tenant where no user does: the first by id, and the last resort is one of our own making."""
        return self.sites[min(self.sites)] if self.sites else Site(id="site")
