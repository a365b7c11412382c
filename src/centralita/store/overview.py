"""What the overview of a company asks of the call records, each answered out of an index: a day counted, who called lately, the first call."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from centralita.pbx.dayfigures import HOUR, Tally
from centralita.pbx.vocabulary import Direction, Outcome, TenantId
from centralita.store.calltables import journey_marks, journeys
from centralita.store.database import Database


class CallOverview:
    """Works on SQLite and PostgreSQL. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tallies(self, tenant: TenantId, since: float, until: float) -> list[Tally]:
        """The calls that began at ``since`` or later and before ``until``, counted by hour, direction and outcome.

        Reads the index ``journeys_of_day`` alone, never a record.
        """
        column = journeys.c
        hour = sa.cast(sa.func.floor((column.started_at - since) / HOUR), sa.Integer)
        query = (
            sa.select(
                hour,
                column.direction,
                column.outcome,
                sa.func.count(),
                sa.func.sum(column.waiting),
                sa.func.max(column.waiting),
            )
            .where(column.tenant == tenant, column.started_at >= since, column.started_at < until)
            .group_by(hour, column.direction, column.outcome)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Tally(row[0], Direction(row[1]), Outcome(row[2]), *row[3:]) for row in rows]

    def last_calls_of(self, tenant: TenantId, users: Iterable[str], since: float) -> dict[str, float]:
        """User → when the last call began that they made, were rung by or answered, of those who had one since then."""
        mark = journey_marks.c
        latest = sa.select(sa.func.max(mark.started_at)).where(
            mark.tenant == tenant, mark.mark == sa.bindparam("wanted"), mark.started_at >= since
        )
        found: dict[str, float] = {}
        with self._database.read() as connection:
            for user in users:
                at = connection.execute(latest, {"wanted": f"user:{user}"}).scalar()
                if at is not None:
                    found[user] = at
        return found

    def any_call(self, tenant: TenantId) -> bool:
        """Whether there has ever been one."""
        query = sa.select(journeys.c.started_at).where(journeys.c.tenant == tenant).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None
