"""What routing needs made ready out of one version of a configuration, so that no call has to search or to parse.

Flows are compiled with the plan, before the first call sees the version. Hours and holidays, which are dear to make and not all
of which are asked for, are made at their first use, or all at once by :meth:`Plan.prepare`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from centralita.pbx.calendars.holidays import CalendarError, Holidays, compile_calendar
from centralita.pbx.contactlists import ContactLists
from centralita.pbx.flow.compiler import compile_flows
from centralita.pbx.outbound.routes import OutboundTable
from centralita.pbx.schedule import Hours, compile_schedule

if TYPE_CHECKING:
    from centralita.pbx.flow.node import CompiledFlow
    from centralita.pbx.model.override import Override
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.user import User


class Plan:
    """Belongs to one snapshot, and lives as long."""

    __slots__ = (
        "_holidays",
        "_hours",
        "agents",
        "contacts",
        "extension_prefixes",
        "flows",
        "groups",
        "outbound",
        "overrides_by_code",
        "overrides_of",
        "prompts_by_code",
        "snapshot",
        "zone",
    )

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.zone = ZoneInfo(snapshot.first_site.time_zone)
        """That of the tenant's first site."""
        self._hours: dict[str, Hours] = {}
        self._holidays: dict[tuple[str, str], Holidays] = {}
        self.contacts = ContactLists(snapshot.contacts.values(), snapshot.first_site.country)
        self.extension_prefixes = frozenset(
            extension[:length] for extension in snapshot.by_extension for length in range(1, len(extension))
        )
        """Whatever more digits can make an extension of."""
        self.groups: dict[str, tuple[tuple[User, int], ...]] = {
            group.id: tuple(
                (snapshot.users[member.user], member.weight)
                for member in group.members
                if member.user in snapshot.users
            )
            for group in snapshot.groups.values()
        }
        """Ring group → its members with their weights, in order."""
        self.overrides_of: dict[str, tuple[Override, ...]] = {}
        """Schedule → the overrides that force it, by their ids."""
        for override in sorted(snapshot.overrides.values(), key=lambda each: each.id):
            for schedule in override.schedules:
                self.overrides_of[schedule] = (*self.overrides_of.get(schedule, ()), override)
        self.agents = frozenset(agent.user for queue in snapshot.queues.values() for agent in queue.agents)
        """Users who serve a queue."""
        self.outbound = OutboundTable(snapshot)
        """Routes and permissions for calls to the outside."""
        self.overrides_by_code = {override.code: override for override in snapshot.overrides.values()}
        self.prompts_by_code = {prompt.code: prompt for prompt in snapshot.prompts.values() if prompt.code}
        """Prompts that can be recorded by telephone."""
        self.flows: dict[str, CompiledFlow] = compile_flows(self)

    def hours(self, schedule: str) -> Hours:
        """A schedule in the zone of its site, with the holidays of its calendars. Raises KeyError where there is none."""
        found = self._hours.get(schedule)
        if found is None:
            model = self.snapshot.schedules[schedule]
            zone = self.zone_of(model.site)
            holidays = [self.holidays(calendar, zone) for calendar in model.calendars]
            found = self._hours[schedule] = compile_schedule(model, zone, holidays)
        return found

    def holidays(self, calendar: str, zone: ZoneInfo | None = None) -> Holidays:
        """A calendar in the zone of its site, where it has none in ``zone``. Raises KeyError, CalendarError.

        A feed that cannot be read leaves the rest of its calendar: what a stranger serves must not end calls.
        """
        model = self.snapshot.calendars[calendar]
        place = self.zone_of(model.site) if model.site else zone or self.zone
        found = self._holidays.get((calendar, place.key))
        if found is None:
            try:
                found = compile_calendar(model, place, feed=self.snapshot.feeds.get(calendar, ""))
            except CalendarError as error:
                if error.field != "url":
                    raise
                found = compile_calendar(model, place)
            self._holidays[calendar, place.key] = found
        return found

    def zone_of(self, site: str | None) -> ZoneInfo:
        return ZoneInfo(self.snapshot.sites[site].time_zone) if site else self.zone

    def prepare(self, years: Iterable[int] = ()) -> None:
        """Make everything now that would otherwise be made for the first call that asks for it."""
        wanted = tuple(years)
        for schedule in self.snapshot.schedules:
            self.hours(schedule)
        for calendar in self.snapshot.calendars:
            self.holidays(calendar)
        for holidays in self._holidays.values():
            holidays.prepare(wanted)
