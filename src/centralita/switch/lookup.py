"""Asking the web on behalf of a call: in a thread of its own, within a time, remembered, and never twice at once.

What may be asked at all is known in :mod:`centralita.fetch`.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from centralita.fetch import Network, fetch
from centralita.ports import Clock, Timer

if TYPE_CHECKING:
    from centralita.switch.exchange import Background

log = structlog.get_logger("lookup")

MAX_BYTES = 64 * 1024
MAX_REMEMBERED = 2000
"""Answers that are kept, the latest asked for; with MAX_BYTES and MAX_REMEMBERED_BYTES a bound on memory."""
MAX_REMEMBERED_BYTES = 16 * 1024 * 1024
MAX_RUNNING = 8
"""Questions on their way at once: more would keep other work of the background from its threads."""
MAX_OF_ONE_SERVER = 4
"""Of those, to one server: one that does not answer keeps nobody else's from being asked."""
LONGEST = 30.0
"""Seconds that any question may take, whatever a flow asks for."""

Answer = Callable[[str | None], None]


class Lookups:
    """All questions of all calls."""

    def __init__(self, clock: Clock, background: Background, allow: Sequence[Network]) -> None:
        self._clock = clock
        self._background = background
        self._allow = tuple(allow)
        self._known: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._bytes = 0
        self._asked: dict[str, list[Answer]] = {}
        """Address → who waits for the answer."""
        self._servers: Counter[str] = Counter()
        """Server → questions on their way to it."""

    def ask(self, url: str, seconds: float, cache_seconds: int, answer: Answer) -> None:
        """``answer`` is called once, with the text or None, at once or within ``seconds``."""
        known = self._known.get(url)
        if known is not None and cache_seconds > 0 and self._clock.now() - known[0] <= cache_seconds:
            self._known.move_to_end(url)
            answer(known[1])
            return
        seconds = min(seconds, LONGEST)
        once = _Once(answer)
        once.timer = self._clock.call_at(self._clock.now() + seconds, partial(once, None))
        waiting = self._asked.get(url)
        if waiting is not None:
            waiting.append(once)
            return
        server = _server(url)
        if len(self._asked) >= MAX_RUNNING or self._servers[server] >= MAX_OF_ONE_SERVER:
            log.warning("too many lookups at once", running=len(self._asked), host=server)
            once(None)
            return
        self._asked[url] = [once]
        self._servers[server] += 1
        self._background(
            lambda: fetch(url, seconds=seconds, max_bytes=MAX_BYTES, allow=self._allow).text,
            partial(self._answered, url),
        )

    def _answered(self, url: str, text: str | None, error: BaseException | None) -> None:
        server = _server(url)
        self._servers[server] -= 1
        if not self._servers[server]:
            del self._servers[server]
        if error is not None:
            log.warning("lookup failed", host=server, error=str(error))
        elif text is not None:
            self._remember(url, text)
        for answer in self._asked.pop(url):
            answer(None if error is not None else text)

    def _remember(self, url: str, text: str) -> None:
        old = self._known.pop(url, None)
        self._bytes += len(text) - (len(old[1]) if old is not None else 0)
        self._known[url] = (self._clock.now(), text)
        while len(self._known) > MAX_REMEMBERED or self._bytes > MAX_REMEMBERED_BYTES:
            _, (_, forgotten) = self._known.popitem(last=False)
            self._bytes -= len(forgotten)


def _server(url: str) -> str:
    """Its name alone: what else an address holds may be a secret."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


class _Once:
    """Whoever comes first counts: the answer or the end of the time."""

    __slots__ = ("_answer", "timer")

    def __init__(self, answer: Answer) -> None:
        self._answer: Answer | None = answer
        self.timer: Timer | None = None

    def __call__(self, text: str | None) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            if self.timer is not None:
                self.timer.cancel()
            answer(text)
