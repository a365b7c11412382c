"""Links by which a telephone fetches its settings: good once and for minutes. Only a hash of each is kept.

Links of devices that are gone go by themselves: all are forgotten when they are too old.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from centralita.pbx.vocabulary import TenantId
from centralita.store.database import Database

_links = sa.Table(
    "device_setup_links",
    sa.MetaData(),
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
)


class ForDevice(NamedTuple):
    """Whose settings a link gives."""

    tenant: TenantId
    device: str


class SetupLinks:
    """Implements ``SetupLinks`` of the web. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, code: str, tenant: TenantId, device: str, now: float, expires_at: float) -> None:
        """``code``: the hash of the secret. In place of those made for the device before."""
        column = _links.c
        mine = sa.and_(column.tenant == tenant, column.device == device)
        with self._database.write() as connection:
            connection.execute(sa.delete(_links).where(sa.or_(mine, column.expires_at <= now)))
            connection.execute(
                sa.insert(_links).values(hash=code, tenant=tenant, device=device, expires_at=expires_at)
            )

    def take(self, code: str, now: float) -> ForDevice | None:
        """Use a link up; None where there is none such any more."""
        column = _links.c
        query = sa.select(_links).where(column.hash == code, column.expires_at > now)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:  # whoever guesses keeps nobody from writing
            return None
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(_links).where(column.hash == code)).rowcount
        return ForDevice(TenantId(row.tenant), row.device) if gone == 1 else None
