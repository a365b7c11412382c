"""Versions of every tenant's configuration, and the personal settings on top: published at once, kept for ever.

Whatever is refused changes nothing. The rules are in :mod:`centralita.pbx.configuration`, the rows in :mod:`.config_rows`.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr, ValidationError
from sqlalchemy import Connection, exc, insert, select, update

from centralita.pbx.configuration.difference import Action, Change, difference
from centralita.pbx.configuration.draft import Draft, draft, tenant_of
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.explaining import explain
from centralita.pbx.configuration.forwarding import FORWARDS, Directory, refusal
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem
from centralita.pbx.configuration.validation import names_of, validate
from centralita.pbx.model.base import TENANT_ID
from centralita.pbx.model.device import Device
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.user import Personal, User
from centralita.pbx.vocabulary import TenantId
from centralita.store import config_rows
from centralita.store.config_rows import Rows
from centralita.store.database import Database
from centralita.store.secrets import SecretBox, make_password


class TenantUnknown(LookupError):
    """There is no tenant of that name."""


class VersionUnknown(LookupError):
    """The tenant has no version of that number."""


@dataclass(frozen=True, slots=True)
class ConfigVersion:
    tenant: TenantId
    number: int
    """Counts up from 1."""
    at: float
    """Seconds since the epoch: when it was published."""
    author: str
    comment: str
    added: int
    """Objects added, changed and removed against the version before."""
    changed: int
    removed: int
    restores: int | None
    """The version that this one went back to."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to type into a phone. Known to the report that gives it, and to nobody afterwards."""

    device: str
    user: str
    extension: str
    username: str
    password: SecretStr


@dataclass(frozen=True, slots=True)
class ApplyReport:
    tenant: TenantId
    version: int
    """The version in force afterwards; 0: none yet."""
    published: bool
    """False where nothing changed, and where it was only tried."""
    changes: tuple[Change, ...]
    new_credentials: tuple[Credentials, ...]
    """Of the devices that were given a password now."""
    extensions: Mapping[str, str]
    """User → extension that was given now."""


class ConfigStore:
    """Implements :class:`centralita.ports.Configs`. Safe to share between threads; every call blocks on the database.

    Raises DatabaseUnavailable and SecretsUnavailable besides what each method says.
    """

    def __init__(self, database: Database, secrets: SecretBox, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._rows = Rows(secrets)
        self._now = now
        self._lock = threading.Lock()
        self._cache: dict[str, tuple[int, Mapping[Key, AnyObject]]] = {}

    # --- publishing -----------------------------------------------------------------------------------------------

    def apply(
        self,
        entries: Iterable[Entry],
        *,
        tenant: str = "",
        merge: bool = False,
        author: str = "",
        comment: str = "",
        dry_run: bool = False,
        replace_secrets: bool = False,
    ) -> ApplyReport:
        """Publish what the entries ask for as the tenant's whole configuration; with ``merge``, on top of what is there.

        No change, no version. The tenant is that of the entries' ``kind: tenant``, else ``tenant``, else the only one that there is.
        ``dry_run`` finds every problem and every change, and makes none. ``replace_secrets``, after the key was lost: devices get
        new passwords and PINs are gone, in place of those that cannot be opened. Raises ConfigurationRefused.
        """
        given = list(entries)
        name = self._tenant_meant(given, tenant)
        for attempt in (1, 2):
            try:
                return self._apply(given, name, merge, author, comment, dry_run, replace_secrets)
            except exc.IntegrityError:
                # Another tenant took a name between our look and our write: the second look sees it.
                if attempt == 2:
                    raise
        raise AssertionError("the second attempt returns or raises")

    def _apply(
        self,
        entries: list[Entry],
        tenant: str,
        merge: bool,
        author: str,
        comment: str,
        dry_run: bool,
        replace_secrets: bool,
    ) -> ApplyReport:
        with self._database.read() if dry_run else self._database.write() as connection:
            current = self._version(connection, tenant) if dry_run else self._lock_tenant(connection, tenant)
            if replace_secrets:
                before: Mapping[Key, AnyObject] = self._rows.read(
                    connection, tenant, current, without_lost=True
                )
                self._forget_lost_pins(connection, tenant, dry_run)
            else:
                before = self._objects(connection, tenant, current)
            drafted = draft(entries, before, tenant, merge=merge, make_password=make_password)
            self._refuse_problems(connection, tenant, drafted)
            changes = difference(before, drafted.objects)
            published = bool(changes) and not dry_run
            if published:
                self._publish(
                    connection, tenant, current + 1, before, drafted.objects, changes, author, comment, None
                )
        return ApplyReport(
            TenantId(tenant),
            current + published,
            published,
            tuple(changes),
            tuple(_credentials(drafted)) if published else (),
            drafted.extensions,
        )

    def rollback(self, tenant: str, number: int, *, author: str = "", comment: str = "") -> ApplyReport:
        """Publish a new version that is equal to an older one. Personal settings stay as they are.

        Raises TenantUnknown, VersionUnknown, and ConfigurationRefused where the older one is not possible any more.
        """
        self._existing(tenant)
        with self._database.write() as connection:
            current = self._lock_tenant(connection, tenant)
            self._check_version(tenant, number, current)
            before = self._objects(connection, tenant, current)
            after = self._objects(connection, tenant, number)
            taken = self._rows.taken_elsewhere(connection, tenant, names_of(after.values()))
            problems = validate(after.values(), tenant, taken_elsewhere=taken)
            if problems:
                raise ConfigurationRefused(problems)
            changes = difference(before, after)
            if changes:
                note = comment or f"rollback to version {number}"
                self._publish(connection, tenant, current + 1, before, after, changes, author, note, number)
        published = bool(changes)
        return ApplyReport(TenantId(tenant), current + published, published, tuple(changes), (), {})

    def _tenant_meant(self, entries: list[Entry], tenant: str) -> str:
        named = tenant_of(entries)
        if named and tenant and named != tenant:
            message = f"the files are of tenant {named}, not of {tenant}"
            where = next(entry.where() for entry in entries if entry.kind == "tenant" and entry.id)
            raise ConfigurationRefused([Problem("tenant", named, "id", message, where)])
        name = named or tenant
        if not name:
            known = self.tenants()
            if len(known) != 1:
                message = "whose configuration is this? Begin it with a document `kind: tenant` and its id"
                raise ConfigurationRefused([Problem("", "", "", message)])
            name = known[0]
        if not re.fullmatch(TENANT_ID, name):
            message = f"{name!r} must be 1 to 32 of a-z, 0-9 and '-', beginning with a letter or digit"
            raise ConfigurationRefused([Problem("tenant", "", "id", message)])
        return name

    def _refuse_problems(self, connection: Connection, tenant: str, drafted: Draft) -> None:
        objects = drafted.objects.values()
        problems = [
            *drafted.problems,
            *validate(
                objects,
                tenant,
                where=drafted.where,
                unreadable=drafted.unreadable,
                taken_elsewhere=self._rows.taken_elsewhere(connection, tenant, names_of(objects)),
            ),
        ]
        if problems:
            raise ConfigurationRefused(problems)

    def _publish(
        self,
        connection: Connection,
        tenant: str,
        number: int,
        before: Mapping[Key, AnyObject],
        after: Mapping[Key, AnyObject],
        changes: Sequence[Change],
        author: str,
        comment: str,
        restores: int | None,
    ) -> None:
        actions = [change.action for change in changes]
        self._rows.write(connection, tenant, number, changes, after)
        self._rows.exchange_names(connection, tenant, names_of(before.values()), names_of(after.values()))
        connection.execute(
            insert(config_rows.versions).values(
                tenant=tenant,
                number=number,
                at=self._now(),
                author=author,
                comment=comment,
                added=actions.count(Action.ADDED),
                changed=actions.count(Action.CHANGED),
                removed=actions.count(Action.REMOVED),
                restores=restores,
            )
        )
        tenants = config_rows.tenants
        connection.execute(update(tenants).where(tenants.c.id == tenant).values(version=number))

    # --- what is there --------------------------------------------------------------------------------------------

    def tenants(self) -> list[TenantId]:
        """Tenants with a published version, by name."""
        return sorted(self.current_versions())

    def current_versions(self) -> dict[TenantId, tuple[int, int]]:
        """By tenant, the published version and how often personal settings changed. One small query: made to be polled."""
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

    def snapshot(self, tenant: str) -> Snapshot:
        """The published version of one tenant. Raises TenantUnknown."""
        with self._database.read() as connection:
            version = self._version(connection, tenant)
            if not version:
                raise TenantUnknown(tenant)
            return self._snapshot(connection, tenant, version)

    def _snapshot(self, connection: Connection, tenant: str, version: int) -> Snapshot:
        objects = self._objects(connection, tenant, version)
        own = self._rows.personal(connection, tenant)
        personal: dict[str, Personal] = {}
        name = ""
        for item in objects.values():
            if isinstance(item, Tenant):
                name = item.name
            elif isinstance(item, User) and item.id in own:
                personal[item.id] = _overlay(item.personal, own[item.id])
        kinds = [item for item in objects.values() if not isinstance(item, Tenant)]
        return Snapshot(TenantId(tenant), version, kinds, personal, name)

    # --- personal settings ----------------------------------------------------------------------------------------

    def set_personal(self, tenant: str, user: str, changes: Mapping[str, object]) -> None:
        """Change what a user set; fields not named stay, None goes back to what the configuration says.

        ``voicemail`` takes a mapping of the options to change. Makes no version, and survives every rollback, even one that
        takes the user away and another that brings them back. Raises ValueError where a change is refused.
        """
        with self._database.write() as connection:
            version = self._lock_tenant(connection, tenant)
            objects = self._objects(connection, tenant, version)
            found = next((item for item in [objects.get(("user", user))] if isinstance(item, User)), None)
            if found is None:
                raise ValueError(f"tenant {tenant} has no user {user}")
            before = self._rows.personal(connection, tenant, user).get(user, {})
            after = _patched(before, changes)
            try:
                effective = _overlay(found.personal, after)
            except ValidationError as error:
                detail = error.errors()[0]
                name = ".".join(str(part) for part in detail["loc"])
                raise ValueError(f"{name}: {explain(Personal, detail)}") from None
            _check_forwards(objects, found, effective, changes)
            # What is kept is as the model writes it: targets without separators, numbers as numbers.
            kept = _restricted(effective.model_dump(mode="json"), after)
            if kept == before:
                return
            self._rows.write_personal(connection, tenant, user, kept)
            table = config_rows.tenants
            connection.execute(
                update(table)
                .where(table.c.id == tenant)
                .values(personal_revision=table.c.personal_revision + 1)
            )

    def _forget_lost_pins(self, connection: Connection, tenant: str, dry_run: bool) -> None:
        if not dry_run:
            for user, settings in self._rows.personal(connection, tenant, without_lost=True).items():
                self._rows.write_personal(connection, tenant, user, settings)

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
        """The objects of a version. A published version never changes, so the last one read is remembered."""
        with self._lock:
            cached = self._cache.get(tenant)
        if cached is not None and cached[0] == version:
            return cached[1]
        objects = self._rows.read(connection, tenant, version)
        with self._lock:
            self._cache[tenant] = (version, objects)
        return objects


def _credentials(drafted: Draft) -> Iterable[Credentials]:
    for ident in drafted.passwords:
        device = drafted.objects["device", ident]
        if not isinstance(device, Device) or device.password is None or device.username is None:
            raise AssertionError(f"device {ident} was given a password and has none")
        user = drafted.objects["user", device.user]
        extension = user.extension if isinstance(user, User) else None
        yield Credentials(device.id, device.user, extension or "", device.username, device.password)


def _overlay(base: Personal, own: Mapping[str, Any]) -> Personal:
    fields = base.model_dump()
    for name, value in own.items():
        fields[name] = fields[name] | value if name == "voicemail" and isinstance(value, Mapping) else value
    return Personal.model_validate(fields)


def _patched(before: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """What a user set, with the changes: None takes a field out."""
    after = dict(before)
    for name, value in changes.items():
        below = after.get(name)
        if isinstance(value, Mapping):
            after[name] = _patched(below if isinstance(below, Mapping) else {}, value)
            if not after[name]:
                del after[name]
        elif value is None:
            after.pop(name, None)
        else:
            after[name] = value
    return after


def _restricted(fields: Mapping[str, Any], to: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _restricted(fields[name], value) if isinstance(value, Mapping) else fields[name]
        for name, value in to.items()
    }


def _check_forwards(
    objects: Mapping[Key, AnyObject], user: User, personal: Personal, changes: Mapping[str, object]
) -> None:
    wanted = [name for name in FORWARDS if changes.get(name)]
    if not wanted:
        return
    snapshot = Snapshot(
        TenantId(""), 0, (item for item in objects.values() if not isinstance(item, Tenant)), {}
    )
    directory = Directory(
        snapshot.users_by_extension, snapshot.services_by_extension, snapshot.numbers_by_e164
    )
    for name in wanted:
        message = refusal(getattr(personal, name), user, snapshot.site_of(user).country, directory)
        if message:
            raise ValueError(f"{name}: {message}")
