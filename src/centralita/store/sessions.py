"""Sessions of browsers in the database, by the hash of their token: who reads the database can enter nowhere."""

from __future__ import annotations

import sqlalchemy as sa

from centralita.accounts import Account, Session
from centralita.store.account_rows import account_columns, account_of, accounts, metadata
from centralita.store.database import Database

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("account", sa.Text),
    sa.Column("created_at", sa.Double),
    sa.Column("seen_at", sa.Double),
    sa.Column("expires_at", sa.Double),
    sa.Column("source", sa.Text),
    sa.Column("agent", sa.Text),
)


class SessionStore:
    """Implements ``Sessions`` of the web. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, session: Session) -> None:
        values = {column.name: getattr(session, column.name) for column in sessions.columns}
        with self._database.write() as connection:
            connection.execute(sa.insert(sessions).values(**values))

    def find(self, code: str, now: float, idle: float) -> tuple[Session, Account] | None:
        """The live session of this hash, seen ``idle`` seconds ago at most, of an account that is not disabled."""
        query = (
            sa.select(*sessions.columns, *account_columns())
            .join(accounts, accounts.c.id == sessions.c.account)
            .where(sessions.c.hash == code, accounts.c.disabled.is_(False), *_live(now, idle))
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (_session(row), account_of(row))

    def touch(self, code: str, at: float) -> None:
        with self._database.write() as connection:
            connection.execute(sa.update(sessions).where(sessions.c.hash == code).values(seen_at=at))

    def of(self, account: str, now: float, idle: float) -> list[Session]:
        """Live ones, the last used first."""
        query = (
            sa.select(sessions)
            .where(sessions.c.account == account, *_live(now, idle))
            .order_by(sessions.c.seen_at.desc())
        )
        with self._database.read() as connection:
            return [_session(row) for row in connection.execute(query)]

    def end(self, code: str) -> bool:
        with self._database.write() as connection:
            return connection.execute(sa.delete(sessions).where(sessions.c.hash == code)).rowcount == 1

    def end_all(self, account: str, but: str = "") -> int:
        """How many were ended."""
        statement = sa.delete(sessions).where(sessions.c.account == account, sessions.c.hash != but)
        with self._database.write() as connection:
            return int(connection.execute(statement).rowcount)

    def sweep(self, now: float, idle: float) -> int:
        """Forget those that are over; how many."""
        column = sessions.c
        over = sa.or_(column.expires_at <= now, column.seen_at <= now - idle)
        with self._database.write() as connection:
            return int(connection.execute(sa.delete(sessions).where(over)).rowcount)


def _live(now: float, idle: float) -> tuple[sa.ColumnElement[bool], ...]:
    return sessions.c.expires_at > now, sessions.c.seen_at > now - idle


def _session(row: sa.Row[tuple[object, ...]]) -> Session:
    values = row._mapping
    return Session(**{column.name: values[column.name] for column in sessions.columns})
