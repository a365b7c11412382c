"""Versions of every tenant's configuration, drafts, and the personal settings on top: published at once or when asked, kept for ever.

Whatever is refused changes nothing. The rules are in :mod:`centralita.pbx.configuration`, what stands between a configuration and
its publication in :mod:`centralita.pbx.checker.gate`, the rows in :mod:`.config_rows`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, exc, insert, select, update

from centralita.pbx.configuration.allowance import OverPlan, refuse_growth
from centralita.pbx.configuration.difference import Action, Change, difference
from centralita.pbx.configuration.draft import Draft, draft, tenant_of
from centralita.pbx.configuration.editing import Edit, edited
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem
from centralita.pbx.configuration.validation import names_of
from centralita.pbx.model.base import TENANT_ID
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import Personal, User
from centralita.pbx.vocabulary import TenantId
from centralita.store import config_rows
from centralita.store.config_reader import ConfigReader
from centralita.store.config_reports import (
    ApplyReport,
    ConfigVersion,
    Credentials,
    DraftState,
    NoDraft,
    TenantUnknown,
    VersionUnknown,
)
from centralita.store.config_wishes import (
    Check,
    Wish,
    as_written,
    collector_at_rest,
    credentials,
    noting,
    rebased,
    waits,
)
from centralita.store.personal import changed, overlay
from centralita.store.plan_rows import plan_of
from centralita.store.secrets import make_password

if TYPE_CHECKING:
    from centralita.pbx.checker import Finding

__all__ = [
    "ApplyReport",
    "ConfigStore",
    "ConfigVersion",
    "Credentials",
    "DraftState",
    "NoDraft",
    "TenantUnknown",
    "VersionUnknown",
]


class ConfigStore(ConfigReader):
    """Implements :class:`centralita.ports.Configs`. Safe to share between threads; every call blocks on the database.

    Raises DatabaseUnavailable and SecretsUnavailable besides what each method says.
    """

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
        as_draft: bool | None = None,
        skip_tests: bool = False,
        check: Check | None = None,
    ) -> ApplyReport:
        """Publish what the entries ask for as the tenant's whole configuration; with ``merge``, on top of what is there.

        No change, no version. The tenant is that of the entries' ``kind: tenant``, else ``tenant``, else the only one that there is.
        ``dry_run`` finds every problem and every change, and makes none. ``replace_secrets``, after the key was lost: devices get
        new passwords and PINs are gone, in place of those that cannot be opened. ``as_draft``: it waits as the tenant's draft,
        in place of the one before; None: as the tenant's ``changes`` says now. ``skip_tests``: publish though routing
        tests do not pass, which the comment then says. ``check``: as for :meth:`edit`. Raises ConfigurationRefused.
        """
        wish = Wish(list(entries), merge, author, comment, dry_run, replace_secrets, as_draft, skip_tests)
        wish = replace(wish, check=check)
        return self._wished(self._tenant_meant(wish.entries, tenant), wish)

    def edit(
        self,
        tenant: str,
        edits: Iterable[Edit],
        *,
        author: str = "",
        comment: str = "",
        dry_run: bool = False,
        as_draft: bool | None = None,
        skip_tests: bool = False,
        check: Check | None = None,
    ) -> ApplyReport:
        """Make, change and remove single objects; the others stay. Otherwise as :meth:`apply`.

        ``check`` is given the objects as they are before, within the transaction; what it raises leaves everything as it was.
        Raises TenantUnknown, ConfigurationRefused.
        """
        self._existing(tenant)
        wish = Wish([], True, author, comment, dry_run, False, as_draft, skip_tests, tuple(edits), check)
        return self._wished(tenant, wish)

    def _wished(self, tenant: str, wish: Wish) -> ApplyReport:
        for attempt in (1, 2):
            try:
                with collector_at_rest():
                    return self._apply(tenant, wish)
            except exc.IntegrityError:
                # Another tenant took a name between our look and our write: the second look sees it.
                if attempt == 2:
                    raise
        raise AssertionError("the second attempt returns or raises")

    def _apply(self, tenant: str, wish: Wish) -> ApplyReport:
        with self._database.read() if wish.dry_run else self._database.write() as connection:
            current = (
                self._version(connection, tenant) if wish.dry_run else self._lock_tenant(connection, tenant)
            )
            if wish.replace_secrets:
                before: Mapping[Key, AnyObject] = self._rows.read(
                    connection, tenant, current, without_lost=True
                )
                self._forget_lost_pins(connection, tenant, wish.dry_run)
            else:
                before = self._objects(connection, tenant, current)
            as_draft = waits(tenant, before) if wish.as_draft is None else wish.as_draft
            if as_draft:
                return self._apply_draft(connection, tenant, current, before, wish)
            drafted = wish.drafted(before, tenant)
            self._refuse_problems(connection, tenant, drafted)
            return self._published(connection, tenant, current, before, drafted, wish)

    def _published(
        self,
        connection: Connection,
        tenant: str,
        current: int,
        before: Mapping[Key, AnyObject],
        drafted: Draft,
        wish: Wish,
    ) -> ApplyReport:
        """Publish a valid configuration, if the gate lets it pass."""
        now = self._now()
        changes = difference(before, drafted.objects)
        findings: tuple[Finding, ...] = ()
        published = bool(changes) and not wish.dry_run
        if changes:
            refuse_growth(plan_of(connection, tenant), before, drafted.objects)
            verdict = self._examine(connection, tenant, drafted, now, skip_tests=wish.skip_tests)
            if verdict.refusals:
                raise ConfigurationRefused(verdict.refusals)
            findings = verdict.findings
        if published:
            comment = noting(wish.comment, "routing tests skipped") if wish.skip_tests else wish.comment
            about = {"at": now, "author": wish.author, "comment": comment, "restores": None}
            self._publish(connection, tenant, current + 1, before, drafted.objects, changes, about)
        return ApplyReport(
            TenantId(tenant),
            current + published,
            published,
            tuple(changes),
            tuple(credentials(drafted)) if published else (),
            drafted.extensions,
            findings=findings,
        )

    def rollback(self, tenant: str, number: int, *, author: str = "", comment: str = "") -> ApplyReport:
        """Publish a new version that is equal to an older one. Personal settings stay as they are.

        Neither the checker nor routing tests are asked, nor rules that came later: it was in force once, and who goes back is in
        need. Raises TenantUnknown, VersionUnknown, and ConfigurationRefused where the older one is not possible any more:
        a name or number in it is another tenant's now, or calls could not be routed by it.
        """
        self._existing(tenant)
        now = self._now()
        findings: tuple[Finding, ...] = ()
        with self._database.write() as connection:
            current = self._lock_tenant(connection, tenant)
            self._check_version(tenant, number, current)
            before = self._objects(connection, tenant, current)
            after = self._objects(connection, tenant, number)
            drafted = as_written(after)
            self._refuse_impossible(connection, tenant, drafted)
            changes = difference(before, after)
            if changes:
                note = comment or f"rollback to version {number}"
                about = {"at": now, "author": author, "comment": note, "restores": number}
                self._publish(connection, tenant, current + 1, before, after, changes, about)
                findings = self._examine(connection, tenant, drafted, now, skip_tests=True).findings
        published = bool(changes)
        return ApplyReport(
            TenantId(tenant), current + published, published, tuple(changes), (), {}, findings=findings
        )

    # --- drafts ---------------------------------------------------------------------------------------------------

    def _apply_draft(
        self,
        connection: Connection,
        tenant: str,
        current: int,
        published: Mapping[Key, AnyObject],
        wish: Wish,
    ) -> ApplyReport:
        """Put what the entries ask for into the tenant's draft; with ``merge``, on top of the draft that is there."""
        row = self._draft_row(connection, tenant)
        before, base, base_objects = published, current, published
        if row is not None:
            lost = wish.replace_secrets
            begun_on = self._rows.read(connection, tenant, row.base, without_lost=lost)
            before = self._rows.read_draft(connection, tenant, begun_on, without_lost=lost)
            if wish.merge:  # the rest of it is still what was written for the version before
                base, base_objects = row.base, begun_on
        drafted = wish.drafted(before, tenant)
        self._refuse_problems(connection, tenant, drafted)
        now = self._now()
        changes = difference(base_objects, drafted.objects)
        if not wish.dry_run:
            if changes:
                about = {"base": base, "at": now, "author": wish.author, "comment": wish.comment}
                self._rows.write_draft(connection, tenant, changes, drafted.objects, about)
            else:
                self._rows.delete_draft(connection, tenant)
        return ApplyReport(
            TenantId(tenant),
            current,
            False,
            tuple(difference(published, drafted.objects)),
            () if wish.dry_run else tuple(credentials(drafted)),
            drafted.extensions,
            drafted=bool(changes),
            findings=self._examine(connection, tenant, drafted, now, skip_tests=True).findings,
        )

    def draft(self, tenant: str) -> DraftState:
        """The tenant's draft, and why it could not be published. Raises NoDraft."""
        with self._database.read() as connection:
            row = self._draft_row(connection, tenant)
            if row is None:
                raise NoDraft(tenant)
            current = self._version(connection, tenant)
            base = self._objects(connection, tenant, row.base)
            drafted = as_written(self._rows.read_draft(connection, tenant, base))
            problems = self._problems(connection, tenant, drafted)
            findings: tuple[Finding, ...] = ()
            if not problems:
                verdict = self._examine(connection, tenant, drafted, self._now())
                findings, problems = verdict.findings, list(verdict.refusals)
                problems += self._over_plan(connection, tenant, current, drafted)
        changes = tuple(difference(base, drafted.objects))
        return DraftState(
            TenantId(tenant),
            row.base,
            current,
            row.at,
            row.author,
            row.comment,
            changes,
            findings,
            tuple(problems),
        )

    def _over_plan(
        self, connection: Connection, tenant: str, current: int, drafted: Draft
    ) -> Sequence[Problem]:
        """What of a draft the tenant's plan would not allow."""
        before = self._objects(connection, tenant, current)
        try:
            refuse_growth(plan_of(connection, tenant), before, drafted.objects)
        except OverPlan as error:
            return error.problems
        return ()

    def drafts(self) -> list[TenantId]:
        """Tenants that have a draft, by name."""
        table = config_rows.drafts
        with self._database.read() as connection:
            rows = connection.execute(select(table.c.tenant).order_by(table.c.tenant))
            return [TenantId(name) for (name,) in rows]

    def has_draft(self, tenant: str) -> bool:
        """Whether changes of the tenant wait to be published; nothing of them is read."""
        with self._database.read() as connection:
            return self._draft_row(connection, tenant) is not None

    def draft_snapshot(self, tenant: str) -> Snapshot:
        """The tenant as the draft would have it, as version 0. Raises NoDraft."""
        with self._database.read() as connection:
            return self._snapshot_of(connection, tenant, 0, self._drafted(connection, tenant))

    def draft_objects(self, tenant: str) -> dict[Key, AnyObject]:
        """The objects as the draft would have them. Raises NoDraft."""
        with self._database.read() as connection:
            return self._drafted(connection, tenant)

    def _drafted(self, connection: Connection, tenant: str) -> dict[Key, AnyObject]:
        row = self._draft_row(connection, tenant)
        if row is None:
            raise NoDraft(tenant)
        return self._rows.read_draft(connection, tenant, self._objects(connection, tenant, row.base))

    def discard_draft(self, tenant: str) -> None:
        """Raises NoDraft."""
        with self._database.write() as connection:
            if not self._rows.delete_draft(connection, tenant):
                raise NoDraft(tenant)

    def publish_draft(
        self,
        tenant: str,
        *,
        author: str = "",
        comment: str = "",
        rebase: bool = False,
        skip_tests: bool = False,
    ) -> ApplyReport:
        """Put the draft in force. Raises NoDraft, ConfigurationRefused.

        Where another version was published since the draft was begun it is refused, unless ``rebase`` is wanted: then what the
        draft changes is put on top of the version in force, if the two do not disagree on any field.
        """
        with collector_at_rest(), self._database.write() as connection:
            row = self._draft_row(connection, tenant)
            if row is None:
                raise NoDraft(tenant)
            current = self._lock_tenant(connection, tenant)
            base = self._objects(connection, tenant, row.base)
            objects: Mapping[Key, AnyObject] = self._rows.read_draft(connection, tenant, base)
            before = self._objects(connection, tenant, current)
            if row.base != current:
                objects = rebased(tenant, row.base, current, base, objects, before, rebase)
            drafted = as_written(objects)
            self._refuse_problems(connection, tenant, drafted)
            wish = Wish([], False, author or row.author, comment or row.comment, skip_tests=skip_tests)
            report = self._published(connection, tenant, current, before, drafted, wish)
            self._rows.delete_draft(connection, tenant)
        return report

    def drafted_snapshot(
        self, entries: Iterable[Entry], tenant: str = "", *, merge: bool = False
    ) -> Snapshot:
        """The tenant as the entries would have it, as version 0; nothing is stored. Raises ConfigurationRefused."""
        given = list(entries)
        name = self._tenant_meant(given, tenant)
        with self._database.read() as connection:
            before = self._objects(connection, name, self._version(connection, name))
            drafted = draft(given, before, name, merge=merge, make_password=make_password)
            self._refuse_problems(connection, name, drafted)
            return self._snapshot_of(connection, name, 0, drafted.objects)

    def edited_snapshot(
        self, tenant: str, objects: Mapping[Key, AnyObject], edits: Iterable[Edit]
    ) -> Snapshot:
        """The objects of one of the tenant's versions with edits on top, as version 0; nothing is stored. Raises ConfigurationRefused."""
        with self._database.read() as connection:
            drafted = edited(edits, objects, tenant, make_password)
            self._refuse_problems(connection, tenant, drafted)
            return self._snapshot_of(connection, tenant, 0, drafted.objects)

    def _draft_row(self, connection: Connection, tenant: str) -> Any:
        table = config_rows.drafts
        return connection.execute(select(table).where(table.c.tenant == tenant)).one_or_none()

    # --- within publishing ------------------------------------------------------------------------------------------

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

    def _publish(
        self,
        connection: Connection,
        tenant: str,
        number: int,
        before: Mapping[Key, AnyObject],
        after: Mapping[Key, AnyObject],
        changes: Sequence[Change],
        about: Mapping[str, Any],
    ) -> None:
        actions = [change.action for change in changes]
        self._rows.write(connection, tenant, number, changes, after)
        self._rows.exchange_names(connection, tenant, names_of(before.values()), names_of(after.values()))
        connection.execute(
            insert(config_rows.versions).values(
                tenant=tenant,
                number=number,
                **about,
                added=actions.count(Action.ADDED),
                changed=actions.count(Action.CHANGED),
                removed=actions.count(Action.REMOVED),
            )
        )
        tenants = config_rows.tenants
        connection.execute(update(tenants).where(tenants.c.id == tenant).values(version=number))

    # --- personal settings ----------------------------------------------------------------------------------------

    def personal(self, tenant: str, user: str) -> Personal | None:
        """A user's settings in force; None: there is no such user. Raises TenantUnknown."""
        with self._database.read() as connection:
            version = self._version(connection, tenant)
            if not version:
                raise TenantUnknown(tenant)
            found = self._objects(connection, tenant, version).get(("user", user))
            if not isinstance(found, User):
                return None
            return overlay(found.personal, self._rows.personal(connection, tenant, user).get(user, {}))

    def set_personal(
        self,
        tenant: str,
        user: str,
        changes: Mapping[str, object],
        *,
        check: Callable[[Personal], None] | None = None,
    ) -> None:
        """Change what a user set; fields not named stay, None goes back to what the configuration says.

        ``voicemail`` takes a mapping of the options to change. Makes no version, and survives every rollback, even one that
        takes the user away and another that brings them back. ``check`` is given the settings in force before, and may raise.
        Raises ValueError where a change is refused.
        """
        with self._database.write() as connection:
            version = self._lock_tenant(connection, tenant)
            objects = self._objects(connection, tenant, version)
            found = next((item for item in [objects.get(("user", user))] if isinstance(item, User)), None)
            if found is None:
                raise ValueError(f"tenant {tenant} has no user {user}")
            before = self._rows.personal(connection, tenant, user).get(user, {})
            if check is not None:
                check(overlay(found.personal, before))
            kept = changed(objects, found, before, changes)
            if kept == before:
                return
            self._rows.write_personal(connection, tenant, user, kept)
            config_rows.touch(connection, tenant)

    def _forget_lost_pins(self, connection: Connection, tenant: str, dry_run: bool) -> None:
        if not dry_run:
            for user, settings in self._rows.personal(connection, tenant, without_lost=True).items():
                self._rows.write_personal(connection, tenant, user, settings)
