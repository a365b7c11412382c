"""What happened in queues and to agents, in the database: saved as it is read from the journal, listed in order of time.

Saving is idempotent: each fact is known by its place in the journal, so those that are read again change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from centralita.pbx.acd.facts import AcdFact
from centralita.pbx.vocabulary import TenantId
from centralita.store.database import Database

metadata = sa.MetaData()

queue_events = sa.Table(
    "queue_events",
    metadata,
    sa.Column("journal", sa.Text, primary_key=True),
    sa.Column("segment", sa.BigInteger, primary_key=True),
    sa.Column("byte", sa.BigInteger, primary_key=True),
    sa.Column("tenant", sa.Text),
    sa.Column("at", sa.Double),
    sa.Column("fact", sa.Text),
    sa.Column("journey", sa.Text),
    sa.Column("queue", sa.Text),
    sa.Column("agent", sa.Text),
    sa.Column("record", sa.Text),
)
_PAGE = 2000
_decode = msgspec.json.Decoder(AcdFact).decode


class QueueEventStore:
    """Works on SQLite and PostgreSQL. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert: Any = sqlite.insert if database.sqlite else postgresql.insert
        self._insert = insert(queue_events).on_conflict_do_nothing()

    def save(self, events: Sequence[tuple[tuple[int, int], AcdFact]], journal: str) -> None:
        """Keep these facts, each with its place in the journal."""
        rows = [
            {
                "journal": journal,
                "segment": place[0],
                "byte": place[1],
                "tenant": fact.tenant,
                "at": fact.at,
                "fact": str(type(fact).__struct_config__.tag),
                "journey": fact.journey,
                "queue": getattr(fact, "queue", ""),
                "agent": getattr(fact, "agent", ""),
                "record": msgspec.json.encode(fact).decode().replace("\\u0000", ""),
            }
            for place, fact in events
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(self._insert, rows)

    def list(
        self,
        tenant: TenantId | None,
        *,
        since: float | None = None,
        until: float | None = None,
        queue: str = "",
    ) -> Iterator[AcdFact]:
        """The facts from ``since`` on and before ``until``, oldest first; read a page at a time. ``tenant`` None: of all."""
        table = queue_events.c
        order = (table.at, table.journal, table.segment, table.byte)
        conditions: list[sa.ColumnElement[bool]] = []
        if tenant is not None:
            conditions.append(table.tenant == tenant)
        if since is not None:
            conditions.append(table.at >= since)
        if until is not None:
            conditions.append(table.at < until)
        if queue:
            conditions.append(sa.or_(table.queue == queue, table.queue == ""))
        last: tuple[Any, ...] | None = None
        while True:
            query = sa.select(*order, table.record).where(*conditions).order_by(*order).limit(_PAGE)
            if last is not None:
                query = query.where(sa.tuple_(*order) > sa.tuple_(*map(sa.literal, last)))
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            for row in rows:
                yield _decode(row.record)
            if len(rows) < _PAGE:
                return
            last = tuple(rows[-1])[:4]
