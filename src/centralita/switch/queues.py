"""A caller's place in a queue, between the queue engine and the coroutine that serves the caller while they wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.news import Announce, Moved, News, Pressed, Reason, Release
from centralita.pbx.acd.records import FloorError
from centralita.pbx.callcontrol import Place
from centralita.pbx.model.queue import Queue
from centralita.pbx.vocabulary import Outcome, Party, StepEnd
from centralita.switch.strand import Signal

if TYPE_CHECKING:
    from centralita.switch.call import Call
    from centralita.switch.tenants import TenantDesk


class LivePlace:
    """Fulfils :class:`centralita.pbx.callcontrol.Place`. A call has at most one that counts, which is ``call.place``."""

    __slots__ = ("_call", "_desk", "_news", "_step", "_talking", "_waiter", "_watcher", "queue")

    def __init__(self, call: Call, desk: TenantDesk, queue: Queue) -> None:
        self.queue = queue
        self._call = call
        self._desk = desk
        self._news: deque[News] = deque()
        self._waiter: Signal[None] | None = None
        self._watcher: Callable[[], None] | None = None
        self._talking = ""
        """The agent whom the caller talks to."""
        self._step = call.start_step("queue", f"queue:{queue.id}")

    # --- what the switch tells and asks ---------------------------------------------------------------------------

    @property
    def watched(self) -> bool:
        """Whether something is going on that news put an end to."""
        return self._watcher is not None

    @property
    def waiting(self) -> bool:
        """Whether the caller is still to be answered."""
        return self._call.place is self and not self._talking

    def watch(self, watcher: Callable[[], None] | None) -> None:
        """``watcher`` is called whenever there is news; None: no more."""
        self._watcher = watcher

    def has_news(self) -> bool:
        return bool(self._news)

    def interrupts_ringing(self) -> bool:
        """Whether what there is to be told puts an end to an offer: all but what is only said to the caller."""
        return any(not isinstance(each, Announce) for each in self._news)

    def tell(self, news: News) -> None:
        if isinstance(news, Moved):
            self._end_step(StepEnd.FORWARDED, news.reason)
            self.queue = news.queue
            self._step = self._call.start_step("queue", f"queue:{news.queue.id}")
        elif isinstance(news, Release):
            # The engine has let go of them: what the flow does from here on is the queue's matter no more.
            self._end_step(StepEnd.DONE, news.reason)
            self._detach()
        self._news.append(news)
        if self._watcher is not None:
            self._watcher()
        elif self._waiter is not None:
            self._waiter.set(None)

    def press(self, digit: str) -> None:
        """A digit of the caller's. One that means nothing here does not make an agent's telephone ring anew."""
        if self._call.dial is None or digit in self.queue.exits:
            self.tell(Pressed(digit))

    def gone(self) -> None:
        """The call is over, wherever the caller was in it."""
        if self._call.place is not self:
            return
        if not self._talking and self._call.outcome in (None, Outcome.SERVICE):
            self._call.outcome = Outcome.ABANDONED
        self._floor.leave(self._call.id, Reason.ABANDONED.value, self._now)
        self._end_step(StepEnd.CALLER_GONE)
        self._detach()

    # --- Place ------------------------------------------------------------------------------------------------------

    async def news(self) -> News:
        while not self._news:
            self._waiter = Signal()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._news.popleft()

    def accepted(self, agent: str) -> None:
        self._talking = agent
        self._end_step(StepEnd.ANSWERED, f"user:{agent}")
        self._floor.accepted(self._call.id, agent, self._now)

    def declined(self, agent: str, end: StepEnd) -> None:
        self._floor.declined(self._call.id, agent, end, self._now)

    def ended(self, agent: str) -> None:
        by = Party.CALLER if self._call.gone else Party.CALLEE
        self._floor.conversation_ended(self._call.id, agent, self._now, by=by)
        self._detach()

    def leave(self, reason: str) -> None:
        if self._call.place is self:
            self._floor.leave(self._call.id, reason, self._now)
            self._end_step(StepEnd.DONE, reason)
            self._detach()

    def want_callback(self, number: str) -> None:
        try:
            self._floor.want_callback(self._call.id, number, self._now)
        except FloorError:
            # The queue has released them this very moment: they are told so by its news.
            return
        if self._call.outcome in (None, Outcome.SERVICE):
            self._call.outcome = Outcome.CALLBACK
        self._end_step(StepEnd.DONE, Reason.CALLBACK)
        self._detach()

    @property
    def _floor(self) -> Floor:
        return self._desk.awake()

    @property
    def _now(self) -> float:
        return self._call.exchange.clock.wall()

    def _end_step(self, end: StepEnd, detail: str = "") -> None:
        if self._step:
            self._call.end_step(self._step, end, detail)
            self._step = 0

    def _detach(self) -> None:
        if self._call.place is self:
            self._call.place = None
            self._desk.places.pop(self._call.id, None)


def live(place: Place | None) -> LivePlace | None:
    """The switch's own places are the only ones that its calls are given."""
    assert place is None or isinstance(place, LivePlace), f"{place!r} is no place of this switch"
    return place
