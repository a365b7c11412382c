"""The audit log: written once, never changed, read newest first."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from centralita.accounts import AuditEntry
from centralita.store.account_rows import metadata
from centralita.store.database import Database

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("at", sa.Double),
    sa.Column("tenant", sa.Text),
    sa.Column("account", sa.Text),
    sa.Column("who", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("via", sa.Text),
    sa.Column("action", sa.Text),
    sa.Column("target", sa.Text),
    sa.Column("changes", sa.Text),
)


class AuditStore:
    """Implements ``Audit`` of the web. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: AuditEntry) -> None:
        """Its ``id`` is given here. Characters that PostgreSQL has no text for are left out."""
        values = {
            column.name: getattr(entry, column.name) for column in audit_log.columns if column.name != "id"
        }
        values["changes"] = msgspec.json.encode(entry.changes, enc_hook=str).decode().replace("\\u0000", "")
        for name in ("who", "source", "via", "target"):
            values[name] = values[name].replace("\0", "")
        with self._database.write() as connection:
            connection.execute(sa.insert(audit_log).values(**values))

    def page(
        self,
        tenant: str | None,
        *,
        before: int | None = None,
        limit: int = 50,
        account: str = "",
        action: str = "",
        since: float | None = None,
        until: float | None = None,
    ) -> list[AuditEntry]:
        """Newest first, those with an identifier below ``before``. ``action`` is a beginning: ``account.``."""
        column = audit_log.c
        conditions: list[sa.ColumnElement[bool]] = []
        if tenant is not None:
            conditions.append(column.tenant == tenant)
        if before is not None:
            conditions.append(column.id < before)
        if account:
            conditions.append(column.account == account)
        if action:
            conditions.append(column.action.startswith(action, autoescape=True))
        if since is not None:
            conditions.append(column.at >= since)
        if until is not None:
            conditions.append(column.at < until)
        query = sa.select(audit_log).where(*conditions).order_by(column.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]


def _entry(row: sa.Row[tuple[object, ...]]) -> AuditEntry:
    values = {column.name: row._mapping[column.name] for column in audit_log.columns}
    values["changes"] = msgspec.json.decode(values["changes"], type=dict[str, tuple[object, object]])
    return AuditEntry(**values)
