"""Reading what was published: versions, objects and snapshots, and what a configuration must pass before it is stored.

The base of :class:`centralita.store.configs.ConfigStore`, which adds what changes anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from centralita.pbx.configuration.difference import Change, difference
from centralita.pbx.configuration.draft import Draft
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem
from centralita.pbx.configuration.validation import names_of, validate
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.user import Personal, User
from centralita.pbx.vocabulary import TenantId
from centralita.store import config_rows
from centralita.store.config_reports import ConfigVersion, TenantUnknown, VersionUnknown
from centralita.store.config_rows import Rows
from centralita.store.database import Database
from centralita.store.personal import overlay
from centralita.store.plan_rows import plan_of
from centralita.store.secrets import SecretBox

if TYPE_CHECKING:
    from centralita.pbx.checker.gate import Verdict

_KEPT_VERSIONS = 2
"""Of each tenant in memory: the one in force, and the one that it is compared with."""


class ConfigReader:
    """Published versions, as they were and are."""

    def __init__(self, database: Database, secrets: SecretBox, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._rows = Rows(secrets)
        self._now = now
        self._lock = threading.Lock()
        self._cache: dict[tuple[str, int], Mapping[Key, AnyObject]] = {}

    # --- what is there --------------------------------------------------------------------------------------------

    def tenants(self) -> list[TenantId]:
        """Tenants with a published version, by name."""
        return sorted(self.current_versions())

    def current_versions(self) -> dict[TenantId, tuple[int, int]]:
        """By tenant, the published version and how often what lies over it (personal settings, calendars fetched, its plan) changed.

        One small query: made to be polled.
        """
        table = config_rows.tenants
        with self._database.read() as connection:
            rows = connection.execute(select(table).where(table.c.version > 0).order_by(table.c.id)).all()
        return {TenantId(row.id): (row.version, row.personal_revision) for row in rows}

    def versions(self, tenant: str) -> list[ConfigVersion]:
        """The tenant's versions, newest first. Raises TenantUnknown."""
        self._existing(tenant)
        table = config_rows.versions
        with self._database.read() as connection:
            rows = connection.execute(
                select(table).where(table.c.tenant == tenant).order_by(table.c.number.desc())
            ).all()
        return [ConfigVersion(**row._mapping) for row in rows]

    def objects(self, tenant: str, number: int | None = None) -> dict[Key, AnyObject]:
        """The objects of a version, the published one by default. Raises TenantUnknown, VersionUnknown."""
        with self._database.read() as connection:
            current = self._version(connection, tenant)
            if not current:
                raise TenantUnknown(tenant)
            wanted = current if number is None else number
            self._check_version(tenant, wanted, current)
            return dict(self._objects(connection, tenant, wanted))

    def diff(self, tenant: str, before: int, after: int) -> list[Change]:
        """What changed from one version to another. Raises TenantUnknown, VersionUnknown."""
        return difference(self.objects(tenant, before), self.objects(tenant, after))

    def snapshots(self) -> list[Snapshot]:
        """The published version of every tenant, with the personal settings as they are now."""
        table = config_rows.tenants
        with self._database.read() as connection:
            rows = connection.execute(select(table).where(table.c.version > 0).order_by(table.c.id)).all()
            return [self._snapshot(connection, row.id, row.version) for row in rows]

    def snapshot(self, tenant: str, version: int | None = None) -> Snapshot:
        """A version of one tenant, the published one by default. Raises TenantUnknown, VersionUnknown."""
        with self._database.read() as connection:
            current = self._version(connection, tenant)
            if not current:
                raise TenantUnknown(tenant)
            wanted = current if version is None else version
            self._check_version(tenant, wanted, current)
            return self._snapshot(connection, tenant, wanted)

    def _snapshot(self, connection: Connection, tenant: str, version: int) -> Snapshot:
        return self._snapshot_of(connection, tenant, version, self._objects(connection, tenant, version))

    def _snapshot_of(
        self,
        connection: Connection,
        tenant: str,
        version: int,
        objects: Mapping[Key, AnyObject],
        *,
        without_lost: bool = False,
    ) -> Snapshot:
        """Objects with what lies over them: personal settings, calendars fetched from where they say now, the tenant's plan."""
        own = self._rows.personal(connection, tenant, without_lost=without_lost)
        personal: dict[str, Personal] = {}
        name = ""
        urls: dict[str, str] = {}
        for item in objects.values():
            if isinstance(item, Tenant):
                name = item.name
            elif isinstance(item, User) and item.id in own:
                personal[item.id] = overlay(item.personal, own[item.id])
            elif isinstance(item, Calendar) and item.url:
                urls[item.id] = item.url
        kinds = [item for item in objects.values() if not isinstance(item, Tenant)]
        fetched = self._rows.feeds(connection, tenant, urls) if urls else {}
        plan = plan_of(connection, tenant)
        return Snapshot(TenantId(tenant), version, kinds, personal, name, fetched, plan)

    # --- within a transaction -------------------------------------------------------------------------------------

    def _existing(self, tenant: str) -> None:
        with self._database.read() as connection:
            if not self._version(connection, tenant):
                raise TenantUnknown(tenant)

    def _version(self, connection: Connection, tenant: str) -> int:
        table = config_rows.tenants
        return connection.execute(select(table.c.version).where(table.c.id == tenant)).scalar() or 0

    def _lock_tenant(self, connection: Connection, tenant: str) -> int:
        """The tenant's version, 0 for a new one; whoever else wants to change it waits until our transaction is over."""
        table = config_rows.tenants
        row = select(table.c.version).where(table.c.id == tenant).with_for_update()
        version = connection.execute(row).scalar()
        if version is None:
            connection.execute(insert(table).values(id=tenant, version=0, personal_revision=0))
            return 0
        return int(version)

    def _check_version(self, tenant: str, number: int, current: int) -> None:
        if not 1 <= number <= current:
            raise VersionUnknown(f"tenant {tenant} has versions 1 to {current}, not {number}")

    def _objects(self, connection: Connection, tenant: str, version: int) -> Mapping[Key, AnyObject]:
        """The objects of a version. A published version never changes, so the last ones read are remembered."""
        with self._lock:
            cached = self._cache.get((tenant, version))
        if cached is not None:
            return cached
        objects = self._rows.read(connection, tenant, version)
        with self._lock:
            mine = [key for key in self._cache if key[0] == tenant]
            for key in mine[: len(mine) - _KEPT_VERSIONS + 1]:
                del self._cache[key]
            self._cache[tenant, version] = objects
        return objects

    # --- before anything is stored -------------------------------------------------------------------------------

    def _refuse_problems(self, connection: Connection, tenant: str, drafted: Draft) -> None:
        problems = self._problems(connection, tenant, drafted)
        if problems:
            raise ConfigurationRefused(problems)

    def _refuse_impossible(self, connection: Connection, tenant: str, drafted: Draft) -> None:
        """Of what was in force once, refuse only what cannot be any more."""
        problems = self._problems(connection, tenant, drafted)
        of_its_own = validate(drafted.objects.values(), tenant, where=drafted.where)
        if lost := [problem for problem in problems if problem not in of_its_own]:
            raise ConfigurationRefused(lost)
        try:
            _ = self._snapshot_of(connection, tenant, 0, drafted.objects).plan
        except (ValueError, LookupError) as error:
            raise ConfigurationRefused(
                of_its_own or [Problem("tenant", tenant, "", str(error), "")]
            ) from error

    def _problems(self, connection: Connection, tenant: str, drafted: Draft) -> list[Problem]:
        objects = drafted.objects.values()
        return [
            *drafted.problems,
            *validate(
                objects,
                tenant,
                where=drafted.where,
                unreadable=drafted.unreadable,
                taken_elsewhere=self._rows.taken_elsewhere(connection, tenant, names_of(objects)),
            ),
        ]

    def _examine(
        self, connection: Connection, tenant: str, drafted: Draft, now: float, *, skip_tests: bool = False
    ) -> Verdict:
        from centralita.pbx.checker.gate import examine  # a switch that only reads needs none of it

        snapshot = self._snapshot_of(connection, tenant, 0, drafted.objects, without_lost=True)
        at = datetime.fromtimestamp(now, UTC)
        return examine(snapshot, at, where=drafted.where, skip_tests=skip_tests)
