"""Pages of lists: an opaque cursor that says after which item to go on, a limit, and an order.

A cursor holds the sort key of the last item seen, not a position: what is added or removed meanwhile neither repeats nor hides an
item. What the key is made of is each list's own affair.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from centralita.web.problems import Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_CURSOR = 1024
"""Characters. Security limit."""

T = TypeVar("T")
Part = str | int | float | None
"""What a sort key is made of."""


class Page(BaseModel, Generic[T]):
    """Part of a list."""

    items: list[T]
    next: str | None = None
    """The cursor of the next page; none: this is the last one."""
    total: int | None = None
    """How many there are on all pages; none where counting them would cost too much."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is wanted."""

    cursor: str = ""
    limit: int = DEFAULT_LIMIT

    def after(self, count: int) -> tuple[Part, ...] | None:
        """The key, of so many parts, of the last item seen; None: from the beginning. Raises Problem, 422."""
        return decode_cursor(self.cursor, count) if self.cursor else None


def _paging(
    cursor: Annotated[
        str, Query(max_length=MAX_CURSOR, description="`next` of the page before; empty: the first page.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items at most.")] = DEFAULT_LIMIT,
) -> Paging:
    return Paging(cursor, limit)


WantedPage = Annotated[Paging, Depends(_paging)]
"""The page that a request asks for, as a parameter of a route."""


def encode_cursor(*key: Part) -> str:
    text = json.dumps(key, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, count: int) -> tuple[Part, ...]:
    """What :func:`encode_cursor` was given. Raises Problem, 422, where it is not one of ours for keys of so many parts."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    known = (str, int, float, type(None))
    if (
        not isinstance(key, list)
        or len(key) != count
        or not all(isinstance(part, known) for part in key)
        or any(isinstance(part, str) and "\0" in part for part in key)  # no database has such a text
    ):
        raise Problem.invalid(
            "cursor", "This is no cursor of this list", "Take `next` of the page before, as it is"
        )
    return tuple(key)


def page_of(
    items: Iterable[T], key: Callable[[T], tuple[str, ...]], paging: Paging, *, descending: bool = False
) -> Page[T]:
    """The page of a list that is wholly in memory, in the order of ``key``, whose last part is unique. Raises Problem, 422."""
    ordered = sorted(items, key=key, reverse=descending)
    start = 0
    if ordered and paging.cursor:
        after = tuple(str(part) for part in paging.after(len(key(ordered[0]))) or ())
        start = next(
            (
                index
                for index, item in enumerate(ordered)
                if (key(item) < after if descending else key(item) > after)
            ),
            len(ordered),
        )
    shown: Sequence[T] = ordered[start : start + paging.limit]
    more = start + paging.limit < len(ordered)
    return Page(
        items=list(shown), next=encode_cursor(*key(shown[-1])) if more and shown else None, total=len(ordered)
    )


def order_of(sort: str, fields: Iterable[str]) -> tuple[str, bool]:
    """``-name`` → the field and whether it goes down. Raises Problem, 422."""
    name = sort.removeprefix("-")
    known = list(fields)
    if name not in known:
        raise Problem.invalid(
            "sort",
            f"{name!r} is nothing to sort by",
            f"Sort by {', '.join(known)}, with - before it to go down",
        )
    return name, sort.startswith("-")
