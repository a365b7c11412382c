"""The network of these tests, on a virtual clock, with the leak check after every test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sip_net import Net


@pytest.fixture
def net() -> Iterator[Net]:
    """A network without faults until the test asks for some."""
    world = Net()
    yield world
    world.settle()
