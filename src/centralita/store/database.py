"""The database: SQLite by default, PostgreSQL by URL, one way to read, one way to write.

What the tables are is in the modules that use them; what they were, and how they became what they are, in ``migrations``.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, exc, make_url, text

from centralita.ports import StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

BUSY_SECONDS = 10
"""How long a writer waits for another before it gives up."""
_WRITES = {"centralita_writes": True}


class DatabaseUnavailable(StoreUnavailable):
    """The database cannot be reached, read or written. ``mend`` says what to do; neither holds a password."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


class Database:
    """Connections to one database. Safe to share between threads; every use is a transaction."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """``url`` as SQLAlchemy writes it; ``postgres://`` and ``postgresql://`` are understood too.

        ``durable`` False: a SQLite transaction survives a killed process, not a power failure, and costs no wait for the
        disk. For what can be made again, such as what is folded from the journal.
        """
        try:
            parsed = make_url(url)
        except exc.ArgumentError:
            raise DatabaseUnavailable(
                "The database URL cannot be read",
                "Write it like postgresql://user:password@host/centralita or sqlite:////folder/centralita.db",
            ) from None
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.name = _name(parsed)
        """What to call it in messages; never with its password."""
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self._of_thread = threading.local()
        self.engine = _sqlite(parsed, durable) if self.sqlite else _postgresql(parsed)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of everything. Raises DatabaseUnavailable."""
        joined = self._joined()
        if joined is not None:
            with self._errors():
                yield joined
            return
        with self._errors(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, and undone if an exception leaves it. Raises DatabaseUnavailable.

        On SQLite there is one writer at a time, from the start of the transaction; on PostgreSQL a writer locks the rows
        that it depends on.
        """
        joined = self._joined()
        if joined is not None:
            with self._errors(), joined.begin_nested():
                yield joined
            return
        with (
            self._errors(),
            self.engine.connect() as raw,
            raw.execution_options(**_WRITES) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction of all that this thread reads and writes within: all of it is there afterwards, or, after an exception, nothing.

        Raises DatabaseUnavailable. Not to be held while anything is waited for that is not this database.
        """
        if self._joined() is not None:
            yield
            return
        with self.write() as connection:
            self._of_thread.connection = connection
            try:
                yield
            finally:
                self._of_thread.connection = None

    def _joined(self) -> Connection | None:
        found: Connection | None = getattr(self._of_thread, "connection", None)
        return found

    def migrate(self) -> None:
        """Bring the tables up to date; quick where they are. Raises DatabaseUnavailable, also if they are too new."""
        from centralita.store import migrations

        with self.read() as connection:
            current = migrations.current(connection)
        if current == migrations.newest():
            return
        if current is not None and current > migrations.newest():
            raise DatabaseUnavailable(
                f"{self.name} was made by a newer version of Centralita (its tables are at {current})",
                "Install that version again, or restore a backup from before",
            )
        with self.write() as connection:
            if not self.sqlite:  # SQLite has one writer anyway; the number is ours alone.
                connection.execute(text("SELECT pg_advisory_xact_lock(5060)"))
            migrations.upgrade(connection)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except exc.IntegrityError:
            raise
        except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
            raise self._unavailable(error) from error
        except exc.DatabaseError as error:
            if isinstance(error.orig, sqlite3.DatabaseError) and type(error.orig) is sqlite3.DatabaseError:
                raise self._unavailable(
                    error
                ) from error  # "file is not a database", "disk image is malformed"
            raise

    def _unavailable(self, error: exc.SQLAlchemyError) -> DatabaseUnavailable:
        cause = getattr(error, "orig", None) or error
        reason = (str(cause).strip().splitlines() or ["no reason given"])[0]
        if not self.sqlite:
            return DatabaseUnavailable(
                f"{self.name} cannot be used: {reason}",
                "Check that PostgreSQL runs and that CENTRALITA_DATABASE_URL is right",
            )
        mend = "Check the data folder and who may write to it"
        if "full" in reason:
            mend = "Make room on the disk; nothing was lost"
        elif "locked" in reason:
            mend = "Another program holds it; try again"
        elif "not a database" in reason or "malformed" in reason:
            mend = "Restore it from a backup"
        return DatabaseUnavailable(f"{self.name} cannot be used: {reason}", mend)


def _name(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"The database {url.database or 'in memory'}"
    return f"The database {url.database or ''} at {url.host or url.query.get('host') or 'this machine'}"


def _sqlite(url: URL, durable: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own idea of when a transaction begins leaves out DDL and reads: we begin ours by ourselves.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer says so at once: a read that becomes a write may find that somebody else was quicker.
        writes = connection.get_execution_options().get("centralita_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=4,
        pool_pre_ping=True,
        connect_args={"connect_timeout": BUSY_SECONDS, "application_name": "centralita"},
    )
