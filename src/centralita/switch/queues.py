"""A caller's place in a queue, between the queue engine and the coroutine that serves the caller while they wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from centralita.pbx.acd.news import Announce, News, Pressed
from centralita.pbx.callcontrol import Place
from centralita.pbx.model.queue import Queue
from centralita.pbx.vocabulary import StepEnd
from centralita.switch.strand import Signal

if TYPE_CHECKING:
    from centralita.switch.call import Call


class LivePlace:
    """Fulfils :class:`centralita.pbx.callcontrol.Place`. One of a call at a time."""

    __slots__ = ("_call", "_news", "_queue", "_waiter", "_watcher")

    def __init__(self, call: Call, queue: Queue) -> None:
        self._call = call
        self._queue = queue
        self._news: deque[News] = deque()
        self._waiter: Signal[None] | None = None
        self._watcher: Callable[[], None] | None = None

    # --- what the switch tells and asks ---------------------------------------------------------------------------

    @property
    def report(self) -> str:
        """The prompt that an agent hears before being bridged, empty: none."""
        return self._queue.report_to_agent

    @property
    def watched(self) -> bool:
        """Whether something is going on that news put an end to."""
        return self._watcher is not None

    def watch(self, watcher: Callable[[], None] | None) -> None:
        """``watcher`` is called whenever there is news; None: no more."""
        self._watcher = watcher

    def has_news(self) -> bool:
        return bool(self._news)

    def interrupts_ringing(self) -> bool:
        """Whether what there is to be told puts an end to an offer: all but what is only said to the caller."""
        return any(not isinstance(each, Announce) for each in self._news)

    def tell(self, news: News) -> None:
        self._news.append(news)
        if self._watcher is not None:
            self._watcher()
        elif self._waiter is not None:
            self._waiter.set(None)

    def press(self, digit: str) -> None:
        self.tell(Pressed(digit))

    # --- Place ------------------------------------------------------------------------------------------------------

    async def news(self) -> News:
        while not self._news:
            self._waiter = Signal()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._news.popleft()

    def accepted(self, agent: str) -> None: ...

    def declined(self, agent: str, end: StepEnd) -> None: ...

    def ended(self, agent: str) -> None: ...

    def leave(self, reason: str) -> None: ...

    def want_callback(self, number: str) -> None: ...


def live(place: Place | None) -> LivePlace | None:
    """The switch's own places are the only ones that its calls are given."""
    assert place is None or isinstance(place, LivePlace), f"{place!r} is no place of this switch"
    return place
