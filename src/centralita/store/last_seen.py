"""When each user was last in a call, out of the call records: what is known of telephones that are not registered now."""

from __future__ import annotations

import sqlalchemy as sa

from centralita.store.calltables import journeys
from centralita.store.database import Database


def last_calls(database: Database, tenant: str) -> dict[str, float]:
    """User → when their last call began that they made or answered, seconds since the epoch. Raises DatabaseUnavailable."""
    found: dict[str, float] = {}
    with database.read() as connection:
        for user in (journeys.c.caller_user, journeys.c.answered_user):
            rows = connection.execute(
                sa.select(user, sa.func.max(journeys.c.started_at))
                .where(journeys.c.tenant == tenant, user != "")
                .group_by(user)
            )
            for name, at in rows:
                found[name] = max(found.get(name, 0.0), at)
    return found
