"""The rows that configurations are kept in, and the way between rows and objects.

An object has one row for each form that it had: ``since`` is the version that brought it, ``until`` the one that changed or
removed it. So a version is a condition, a change costs the objects that changed, and nothing is ever overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Double,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from centralita.pbx.configuration.difference import Action, Change
from centralita.pbx.configuration.kinds import KINDS, SECRET_FIELDS, AnyObject, Key, to_fields
from centralita.store.secrets import PREFIX, SecretBox, SecretsUnavailable

_METADATA = MetaData()

tenants = Table(
    "config_tenants",
    _METADATA,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("personal_revision", Integer, nullable=False),
)
versions = Table(
    "config_versions",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("author", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("restores", Integer),
)
objects = Table(
    "config_objects",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("since", Integer, primary_key=True),
    Column("until", Integer),
    Column("body", Text, nullable=False),
)
names = Table(
    "config_names",
    _METADATA,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
)
personal_settings = Table(
    "personal_settings",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
)
drafts = Table(
    "config_drafts",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("base", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("author", Text, nullable=False),
    Column("comment", Text, nullable=False),
)
draft_objects = Table(
    "config_draft_objects",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("body", Text),
)
"""What a draft changes of its base; an object without a body is removed."""
feeds = Table(
    "calendar_feeds",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("calendar", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fetched_at", Double),
    Column("tried_at", Double),
    Column("error", Text, nullable=False),
)

_CHUNK = 500
"""Names asked about in one statement: databases limit the parameters of one."""
PIN = ("voicemail", "pin")


class Rows:
    """Reads and writes the rows of configurations within a transaction that the caller opened."""

    def __init__(self, secrets: SecretBox) -> None:
        self._secrets = secrets

    # --- objects --------------------------------------------------------------------------------------------------

    def read(
        self, connection: Connection, tenant: str, version: int, *, without_lost: bool = False
    ) -> dict[Key, AnyObject]:
        """The objects of one version, secrets opened, in the order of kinds and ids.

        Raises SecretsUnavailable; ``without_lost`` leaves out the secrets that cannot be opened any more.
        """
        found = connection.execute(
            select(objects.c.kind, objects.c.id, objects.c.body).where(
                objects.c.tenant == tenant,
                objects.c.since <= version,
                or_(objects.c.until.is_(None), objects.c.until > version),
            )
        ).all()
        rank = {kind: number for number, kind in enumerate(KINDS)}
        return {
            (kind, ident): self._decode(tenant, kind, ident, body, without_lost)
            for kind, ident, body in sorted(found, key=lambda row: (rank[row[0]], row[1]))
        }

    def write(
        self,
        connection: Connection,
        tenant: str,
        version: int,
        changes: Sequence[Change],
        after: Mapping[Key, AnyObject],
    ) -> None:
        """Make the changes that lead to a new version."""
        ended = [
            {"of_kind": change.kind, "of_id": change.id}
            for change in changes
            if change.action is not Action.ADDED
        ]
        if ended:
            mine = and_(
                objects.c.tenant == tenant,
                objects.c.kind == bindparam("of_kind"),
                objects.c.id == bindparam("of_id"),
                objects.c.until.is_(None),
            )
            connection.execute(update(objects).where(mine).values(until=version), ended)
        begun = [
            {
                "tenant": tenant,
                "kind": change.kind,
                "id": change.id,
                "since": version,
                "body": self._encode(tenant, after[change.kind, change.id]),
            }
            for change in changes
            if change.action is not Action.REMOVED
        ]
        if begun:
            connection.execute(insert(objects), begun)

    # --- drafts ---------------------------------------------------------------------------------------------------

    def read_draft(
        self,
        connection: Connection,
        tenant: str,
        base: Mapping[Key, AnyObject],
        *,
        without_lost: bool = False,
    ) -> dict[Key, AnyObject]:
        """The objects of a draft: those of its base, with what it changes. Raises SecretsUnavailable."""
        mine = draft_objects.c.tenant == tenant
        drafted = dict(base)
        rows = select(draft_objects.c.kind, draft_objects.c.id, draft_objects.c.body).where(mine)
        for kind, ident, body in connection.execute(rows):
            if body is None:
                drafted.pop((kind, ident), None)
            else:
                drafted[kind, ident] = self._decode(tenant, kind, ident, body, without_lost)
        return drafted

    def write_draft(
        self,
        connection: Connection,
        tenant: str,
        changes: Sequence[Change],
        after: Mapping[Key, AnyObject],
        about: Mapping[str, Any],
    ) -> None:
        """Replace the draft. ``changes`` lead from its base to ``after``; ``about``: base, at, author and comment."""
        self.delete_draft(connection, tenant)
        connection.execute(insert(drafts).values(tenant=tenant, **about))
        bodies = [
            {
                "tenant": tenant,
                "kind": change.kind,
                "id": change.id,
                "body": None
                if change.action is Action.REMOVED
                else self._encode(tenant, after[change.kind, change.id]),
            }
            for change in changes
        ]
        if bodies:
            connection.execute(insert(draft_objects), bodies)

    def delete_draft(self, connection: Connection, tenant: str) -> bool:
        """Whether there was one."""
        connection.execute(delete(draft_objects).where(draft_objects.c.tenant == tenant))
        return connection.execute(delete(drafts).where(drafts.c.tenant == tenant)).rowcount > 0

    def _encode(self, tenant: str, item: AnyObject) -> str:
        fields = to_fields(item)
        for path in SECRET_FIELDS.get(item.kind, ()):
            self._seal(fields, path, _place(tenant, item.kind, item.id, path))
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

    def _decode(self, tenant: str, kind: str, ident: str, body: str, without_lost: bool) -> AnyObject:
        if PREFIX not in body:  # no secret in it: nearly all of them, and read in half the time
            return KINDS[kind].model_validate_json(body)
        fields = json.loads(body)
        for path in SECRET_FIELDS.get(kind, ()):
            self._open(fields, path, _place(tenant, kind, ident, path), without_lost)
        return KINDS[kind].model_validate(fields)

    def _seal(self, fields: dict[str, Any], path: Sequence[str], place: str) -> None:
        inner = fields.get(path[0])
        if len(path) > 1:
            if inner is not None:
                self._seal(inner, path[1:], place)
        elif inner:
            fields[path[0]] = self._secrets.seal(inner, place)

    def _open(self, fields: dict[str, Any], path: Sequence[str], place: str, without_lost: bool) -> None:
        inner = fields.get(path[0])
        if len(path) > 1:
            if inner is not None:
                self._open(inner, path[1:], place, without_lost)
        elif inner:
            try:
                fields[path[0]] = self._secrets.open(inner, place)
            except SecretsUnavailable:
                if not without_lost:
                    raise
                del fields[path[0]]

    # --- names that are one of a kind in the installation -----------------------------------------------------------

    def taken_elsewhere(self, connection: Connection, tenant: str, wanted: Iterable[Key]) -> frozenset[Key]:
        """Which of these names other tenants have."""
        by_kind: dict[str, list[str]] = {}
        for kind, name in wanted:
            by_kind.setdefault(kind, []).append(name)
        taken: set[Key] = set()
        for kind, given in by_kind.items():
            for start in range(0, len(given), _CHUNK):
                rows = connection.execute(
                    select(names.c.name).where(
                        names.c.kind == kind,
                        names.c.tenant != tenant,
                        names.c.name.in_(given[start : start + _CHUNK]),
                    )
                )
                taken |= {(kind, name) for (name,) in rows}
        return frozenset(taken)

    def exchange_names(self, connection: Connection, tenant: str, before: set[Key], after: set[Key]) -> None:
        """Give up the names that are no longer used and take the new ones; IntegrityError where another was quicker."""
        gone = [{"of_kind": kind, "of_name": name} for kind, name in before - after]
        if gone:
            mine = and_(
                names.c.tenant == tenant,
                names.c.kind == bindparam("of_kind"),
                names.c.name == bindparam("of_name"),
            )
            connection.execute(delete(names).where(mine), gone)
        come = [{"kind": kind, "name": name, "tenant": tenant} for kind, name in sorted(after - before)]
        if come:
            connection.execute(insert(names), come)

    # --- what lies over a version -----------------------------------------------------------------------------------

    def feeds(self, connection: Connection, tenant: str, urls: Mapping[str, str]) -> dict[str, str]:
        """Calendar → the text last fetched, of those that are still fetched from the same address. ``urls`` by calendar."""
        rows = connection.execute(
            select(feeds.c.calendar, feeds.c.url, feeds.c.text).where(
                feeds.c.tenant == tenant, feeds.c.fetched_at.is_not(None)
            )
        )
        return {calendar: text for calendar, url, text in rows if urls.get(calendar) == url}

    # --- personal settings ----------------------------------------------------------------------------------------

    def personal(
        self, connection: Connection, tenant: str, user: str | None = None, *, without_lost: bool = False
    ) -> dict[str, dict[str, Any]]:
        """What users set for themselves, by user: only the fields that they set. ``user``: only of this one."""
        query = select(personal_settings.c.user_id, personal_settings.c.body).where(
            personal_settings.c.tenant == tenant
        )
        if user is not None:
            query = query.where(personal_settings.c.user_id == user)
        settings: dict[str, dict[str, Any]] = {}
        for name, body in connection.execute(query):
            settings[name] = json.loads(body)
            self._open(settings[name], PIN, _place(tenant, "personal", name, PIN), without_lost)
        return settings

    def write_personal(
        self, connection: Connection, tenant: str, user: str, settings: dict[str, Any]
    ) -> None:
        """Replace what a user set."""
        mine = and_(personal_settings.c.tenant == tenant, personal_settings.c.user_id == user)
        connection.execute(delete(personal_settings).where(mine))
        if settings:
            copy = json.loads(json.dumps(settings))
            self._seal(copy, PIN, _place(tenant, "personal", user, PIN))
            body = json.dumps(copy, ensure_ascii=False, separators=(",", ":"))
            connection.execute(insert(personal_settings).values(tenant=tenant, user_id=user, body=body))


def _place(tenant: str, kind: str, ident: str, path: Sequence[str]) -> str:
    return "/".join((tenant, kind, ident, ".".join(path)))


def touch(connection: Connection, tenant: str) -> None:
    """What lies over the tenant's version has changed: whoever polls for news finds it."""
    connection.execute(
        update(tenants)
        .where(tenants.c.id == tenant)
        .values(personal_revision=tenants.c.personal_revision + 1)
    )
