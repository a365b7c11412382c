"""Whatever is found in these tests can be said in Spanish, in one way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.wording import overheard, unclear


@pytest.fixture(autouse=True)
def said_in_spanish() -> Iterator[None]:
    with overheard() as heard:
        yield
    assert unclear(heard) == {}
