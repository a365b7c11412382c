"""One published version of a tenant's configuration, indexed for routing. Immutable but for personal settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from centralita.pbx.model.device import Device
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.number import Number
from centralita.pbx.model.site import Site
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
from centralita.pbx.vocabulary import TenantId

ConfigKind = Site | User | Device | Trunk | Number | ServiceExtension


class Snapshot:
    """A tenant as the router sees it: plain look-ups, no search on the way of a call."""

    __slots__ = (
        "devices",
        "devices_by_username",
        "devices_of",
        "name",
        "numbers",
        "numbers_by_e164",
        "personal",
        "services",
        "services_by_extension",
        "sites",
        "tenant",
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
    ) -> None:
        """``personal`` holds the users' own settings by user id; a user without an entry has those of the object."""
        self.tenant = tenant
        self.version = version
        self.name = name or tenant
        self.sites: dict[str, Site] = {}
        self.users: dict[str, User] = {}
        self.devices: dict[str, Device] = {}
        self.trunks: dict[str, Trunk] = {}
        self.numbers: dict[str, Number] = {}
        self.services: dict[str, ServiceExtension] = {}
        for item in objects:
            match item:
                case Site():
                    self.sites[item.id] = item
                case User():
                    self.users[item.id] = item
                case Device():
                    self.devices[item.id] = item
                case Trunk():
                    self.trunks[item.id] = item
                case Number():
                    self.numbers[item.id] = item
                case ServiceExtension():
                    self.services[item.id] = item
        self.users_by_extension = {user.extension: user for user in self.users.values() if user.extension}
        self.services_by_extension = {service.extension: service for service in self.services.values()}
        self.numbers_by_e164 = {number.number: number for number in self.numbers.values()}
        self.devices_by_username = {
            device.username: device for device in self.devices.values() if device.username
        }
        self.devices_of: dict[str, list[Device]] = {user: [] for user in self.users}
        for device in self.devices.values():
            self.devices_of[device.user].append(device)
        self.personal: dict[str, Personal] = {
            user.id: personal.get(user.id, user.personal) for user in self.users.values()
        }

    def site_of(self, user: User) -> Site:
        return self.sites[user.site]

    def language_of(self, user: User) -> str:
        return user.language or self.sites[user.site].language
