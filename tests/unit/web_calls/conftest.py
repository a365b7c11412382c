"""A company with past calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita.store.database import Database
from centralita.store.records import RecordStore
from support.web_calls import CALLS
from support.web_world import World, web_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as made:
        database = Database(made.settings.database)
        RecordStore(database).save(CALLS, [], "main", (1, 0))
        database.close()
        yield made
