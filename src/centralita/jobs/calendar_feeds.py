"""Calendars that live at an address: fetched now and then, kept as they were last seen while the address does not answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from centralita.fetch import FetchFailed, Network, fetch
from centralita.ports import Feed

FRESH_SECONDS = 6 * 3600.0
"""How old a text may be before it is fetched again."""
RETRY_SECONDS = 900.0
"""After a try that failed."""
PATIENCE = 20.0
"""Seconds for one fetch."""
MAX_BYTES = 4 * 1024 * 1024
MAX_A_STEP = 30
"""Calendars fetched before it is looked again at what is due."""


class FeedShelf(Protocol):
    """Where the texts are kept; fulfilled by :class:`centralita.store.feeds.FeedStore`."""

    def feeds(self) -> Sequence[Feed]:
        """Of the published versions of all tenants."""

    def save(self, feed: Feed, text: str, at: float) -> None: ...

    def save_error(self, feed: Feed, error: str, at: float) -> None:
        """The text that was there stays."""


class CalendarFeeds:
    """Fetches what is due."""

    def __init__(
        self,
        shelf: FeedShelf,
        check: Callable[[str], str],
        now: Callable[[], float],
        allow: Sequence[Network] = (),
    ) -> None:
        """``check``: what is wrong with a text that should be a calendar, empty where nothing is."""
        self._shelf = shelf
        self._check = check
        self._now = now
        self._allow = tuple(allow)

    def step(self) -> int:
        """Fetch calendars that are due, one after the other; how many were. Raises StoreUnavailable."""
        due = _in_turn(feed for feed in self._shelf.feeds() if _is_due(feed, self._now()))[:MAX_A_STEP]
        for feed in due:
            try:
                text = fetch(feed.url, seconds=PATIENCE, max_bytes=MAX_BYTES, allow=self._allow).text
            except FetchFailed as error:
                self._shelf.save_error(feed, str(error), self._now())
                continue
            problem = self._check(text)
            if problem:
                # A page that says "please log in" must not open the office on Christmas Day.
                self._shelf.save_error(feed, problem, self._now())
            else:
                self._shelf.save(feed, text, self._now())
        return len(due)


def _in_turn(feeds: Iterable[Feed]) -> list[Feed]:
    """The first of each tenant, then the second of each: a thousand dead addresses of one keep no other waiting for hours."""
    before: Counter[str] = Counter()
    ranked: list[tuple[int, Feed]] = []
    for feed in feeds:
        ranked.append((before[feed.tenant], feed))
        before[feed.tenant] += 1
    return [feed for _, feed in sorted(ranked, key=lambda each: each[0])]


def _is_due(feed: Feed, now: float) -> bool:
    if feed.error and feed.tried_at is not None and now - feed.tried_at < RETRY_SECONDS:
        return False
    return feed.fetched_at is None or now - feed.fetched_at >= FRESH_SECONDS
