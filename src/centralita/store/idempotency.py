"""Answers to requests that name an idempotency key, kept for a day: a request that is sent again is answered, not done again.

An answer may hold a password that is shown once, so it is sealed at rest.
"""

from __future__ import annotations

from sqlalchemy import Column, Double, MetaData, Table, Text, delete, exc, insert, select, update

from centralita.store.database import Database
from centralita.store.secrets import SecretBox

KEPT_SECONDS = 86_400.0
STUCK_SECONDS = 60.0
"""A request that has not been answered after so long died with its process: its key is free again."""

_requests = Table(
    "idempotent_requests",
    MetaData(),
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("answer", Text),
)


class IdempotentRequests:
    """Implements :class:`centralita.web.parts.IdempotentRequests`."""

    def __init__(self, database: Database, secrets: SecretBox) -> None:
        self._database = database
        self._secrets = secrets

    def begin(self, scope: str, key: str, digest: str, now: float) -> tuple[str, str | None] | None:
        """None: nobody used the key; it is taken now. Else the digest that it was used with, and the answer, None while none is known."""
        mine = (_requests.c.scope == scope) & (_requests.c.key == key)
        old = _requests.c.at < now - KEPT_SECONDS
        stuck = _requests.c.answer.is_(None) & (_requests.c.at < now - STUCK_SECONDS)
        try:
            with self._database.write() as connection:
                connection.execute(delete(_requests).where(old | stuck))
                found = connection.execute(
                    select(_requests.c.digest, _requests.c.answer).where(mine)
                ).one_or_none()
                if found is None:
                    connection.execute(insert(_requests).values(scope=scope, key=key, digest=digest, at=now))
                    return None
        except exc.IntegrityError:  # the same request, sent twice at once
            return digest, None
        return found.digest, found.answer and self._secrets.open(found.answer, f"{scope}/{key}")

    def finish(self, scope: str, key: str, answer: str) -> None:
        mine = (_requests.c.scope == scope) & (_requests.c.key == key)
        sealed = self._secrets.seal(answer, f"{scope}/{key}")
        with self._database.write() as connection:
            connection.execute(update(_requests).where(mine).values(answer=sealed))

    def forget(self, scope: str, key: str) -> None:
        """It came to nothing: the key may be used again."""
        mine = (_requests.c.scope == scope) & (_requests.c.key == key)
        with self._database.write() as connection:
            connection.execute(delete(_requests).where(mine))
