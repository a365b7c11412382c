"""Deletes what is old: segments of the journal that are in the database already, and recordings, each by its days.

Nothing else is ever deleted here: no call record, and no voicemail, which is its owner's to delete.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

_DAY_SECONDS = 86400.0
_YEAR, _TWO = re.compile(r"[0-9]{4}", re.ASCII), re.compile(r"[0-9]{2}", re.ASCII)


class Segments(Protocol):
    """The journal, as far as its old segments go."""

    def identity(self) -> str | None: ...

    def forget(self, before: tuple[int, int], older_than: float) -> int: ...


class Positions(Protocol):
    def position(self, journal: str) -> tuple[int, int]:
        """Up to where a journal is saved. Raises StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    journal_days: float = 30.0
    """Segments last written to so many days ago go, once they are projected; 0: they stay."""
    recordings: Path | None = None
    """The folder of recordings: ``TENANT/YYYY/MM/DD``."""
    recording_days: int = 0
    """Recordings of days longer ago go; 0: they stay."""


class Retention:
    """``step`` deletes what is due; once an hour is plenty."""

    def __init__(
        self,
        settings: RetentionSettings,
        segments: Segments,
        positions: Positions,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._segments = segments
        self._positions = positions
        self._wall = wall
        self.deleted_segments = 0
        self.deleted_days = 0

    def step(self) -> None:
        """Raises StoreUnavailable, or OSError where something cannot be deleted."""
        now = self._wall()
        journal = self._segments.identity()
        if self._settings.journal_days > 0 and journal is not None:
            before = self._positions.position(journal)
            older = now - self._settings.journal_days * _DAY_SECONDS
            self.deleted_segments += self._segments.forget(before, older)
        if self._settings.recording_days > 0 and self._settings.recordings is not None:
            last = datetime.fromtimestamp(now, UTC).date() - timedelta(days=self._settings.recording_days)
            for day, folder in _days(self._settings.recordings):
                if day < last:
                    shutil.rmtree(folder)
                    self.deleted_days += 1
                    _remove_if_empty(folder.parent)
                    _remove_if_empty(folder.parent.parent)


def _days(recordings: Path) -> Iterator[tuple[date, Path]]:
    """The folders of days, and only those: a folder with another name is not ours to delete, a link leads elsewhere."""
    for tenant in _folders(recordings, None):
        for year in _folders(tenant, _YEAR):
            for month in _folders(year, _TWO):
                for day in _folders(month, _TWO):
                    try:
                        yield date(int(year.name), int(month.name), int(day.name)), day
                    except ValueError:
                        continue


def _folders(parent: Path, name: re.Pattern[str] | None) -> list[Path]:
    if not parent.is_dir():
        return []
    return [
        entry
        for entry in sorted(parent.iterdir())
        if entry.is_dir() and not entry.is_symlink() and (name is None or name.fullmatch(entry.name))
    ]


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
