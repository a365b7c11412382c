"""Waiting for a state of the world instead of sleeping: poll until it is true, or fail saying what was seen last."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(
    look: Callable[[], T], what: str, *, seconds: float = 10.0, every: float = 0.05, seen: object = None
) -> T:
    """The first truthy result of ``look``; AssertionError when there is none in time.

    ``seen`` may be a callable that tells what to print with the failure.
    """
    deadline = time.monotonic() + seconds
    while True:
        result = look()
        if result:
            return result
        if time.monotonic() > deadline:
            detail = seen() if callable(seen) else seen if seen is not None else result
            raise AssertionError(f"not within {seconds:g} s: {what}; seen: {detail}")
        time.sleep(every)
