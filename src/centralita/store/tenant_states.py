"""What tenants' calls have in common, on disk: overrides, agents' log-ins, counters, who called before.

A small database of the switch's own beside the journal, since the common one may be away when a call needs to be confirmed.
Written at once where somebody is told that it is so, in the background where it is only counted. A killed process loses
nothing that was saved; a power cut may take the last seconds. Values are JSON, and meaningless here.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from centralita.pbx.vocabulary import TenantId

_PREPARE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 0;
CREATE TABLE IF NOT EXISTS parts (
    tenant TEXT NOT NULL, part TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (tenant, part, key)
) WITHOUT ROWID;
"""
_PUT = "INSERT OR REPLACE INTO parts (tenant, part, key, value) VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM parts WHERE tenant = ? AND part = ? AND key = ?"
WHOLE = ""
"""The key of a part that is written whole."""
_SPARE_PAGES = 500
"""Pages of the write-ahead log that are let stand before the background folds them in."""


class TenantStateStore:
    """Implements :class:`centralita.ports.TenantStates`. Safe for use from several threads."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be used."""
        self._path = path
        self._lock = threading.Lock()
        self._encode = msgspec.json.Encoder().encode
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise OSError(f"{path} cannot be used: {error}") from error
            self._begin_anew()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=1.0)
        try:
            database.executescript(_PREPARE)
        except BaseException:
            database.close()
            raise
        return database

    def _begin_anew(self) -> None:
        """It is no database any more: its tenants begin anew, and what is left is kept for whoever wants to look."""
        self._path.replace(self._path.with_suffix(".damaged"))
        for ending in ("-wal", "-shm"):
            # Of the old file, and nothing to the new one.
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._db = self._open()

    def load(self) -> dict[TenantId, dict[str, Any]]:
        """Of each tenant: part → its value, or key → value where it is written key by key. Raises OSError."""
        found: dict[TenantId, dict[str, Any]] = {}
        with self._lock:
            try:
                rows = self._db.execute("SELECT tenant, part, key, value FROM parts").fetchall()
            except sqlite3.OperationalError as error:
                raise OSError(f"{self._path}: {error}") from error
            except sqlite3.DatabaseError:
                # Damaged in the middle: calls are not kept waiting for figures.
                self._db.close()
                self._begin_anew()
                rows = []
        for tenant, part, key, value in rows:
            try:
                decoded = msgspec.json.decode(value)
            except msgspec.DecodeError:
                continue
            parts = found.setdefault(TenantId(tenant), {})
            if key == WHOLE:
                parts[part] = decoded
            else:
                parts.setdefault(part, {})[key] = decoded
        return found

    def save(
        self,
        tenant: TenantId,
        parts: Mapping[str, Any],
        entries: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Keep these parts whole, and of others these entries (None: forgotten). With the kernel when this returns.

        Raises OSError.
        """
        put = [(tenant, part, WHOLE, self._encode(value)) for part, value in parts.items()]
        drop: list[tuple[str, str, str]] = []
        for part, values in (entries or {}).items():
            for key, value in values.items():
                if value is None:
                    drop.append((tenant, part, key))
                else:
                    put.append((tenant, part, key, self._encode(value)))
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    self._db.executemany(_DROP, drop)
                    self._db.executemany(_PUT, put)
                    self._db.execute("COMMIT")
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise OSError(f"{self._path}: {error}") from error

    def tidy(self) -> None:
        """Fold the log into the file, where it has grown. Blocks, so from the background. Raises OSError."""
        with self._lock:
            log = self._path.with_name(self._path.name + "-wal")
            try:
                if log.exists() and log.stat().st_size > _SPARE_PAGES * 4096:
                    self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            except sqlite3.Error as error:
                raise OSError(f"{self._path}: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._db.close()
