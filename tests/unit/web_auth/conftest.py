"""A world of two companies for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.web_world import World, web_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path, public_url="https://pbx.example.com") as world:
        yield world
