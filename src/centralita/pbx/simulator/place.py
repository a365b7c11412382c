"""The simulated caller's place in a queue: what the engine says, and the digit that the caller presses while waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from centralita.pbx.acd.news import Announce, Moved, News, Pressed, Reason
from centralita.pbx.model.queue import Queue
from centralita.pbx.simulator.floor import OURS, SimulatedFloor
from centralita.pbx.vocabulary import StepEnd

if TYPE_CHECKING:
    from centralita.pbx.simulator.call import SimulatedCall

LONGEST_WAIT = 3600.0
"""Seconds; whoever has no patience of their own hangs up then."""
PRESSED_AFTER = 3.0
"""Seconds in the queue, of callers who take an exit or ask to be called back."""
ANSWERED_AFTER = 1.0
"""Seconds into a question."""


class SimulatedPlace:
    """Fulfils :class:`centralita.pbx.callcontrol.Place`."""

    __slots__ = ("_asking", "_call", "_floor", "_left", "_news", "_press", "_since", "queue")

    def __init__(
        self,
        call: SimulatedCall,
        floor: SimulatedFloor,
        queue: Queue,
        *,
        priority: int,
        skills: Mapping[str, int],
        last_agent: str,
    ) -> None:
        self._call = call
        self._floor = floor
        self._news: deque[News] = deque()
        self._left = False
        self._asking = False
        """The caller wants to be called back, so that what is played is a question."""
        self._since = call.epoch
        self.queue = queue
        floor.tell = self._tell
        digit = call.next_press()[:1] if queue.exits or queue.callback.digit else ""
        self._press = (self._since + PRESSED_AFTER, digit) if digit else None
        floor.engine.join(
            OURS,
            queue.id,
            self._since,
            priority=priority,
            skills=skills,
            caller_number=call.caller.number,
            last_agent=last_agent,
        )
        floor.pump(self._since)

    def _tell(self, news: News) -> None:
        if isinstance(news, Moved):
            self.queue = news.queue
            self._call.moved_to(news.queue)
        self._news.append(news)

    def question(self) -> str:
        """Something is played to the caller: what they will press at it, if it is a question."""
        digit = self._call.next_press()[:1] if self._asking and self._press is None else ""
        if digit:
            self._press = (self._call.epoch + ANSWERED_AFTER, digit)
        return digit

    # --- time -----------------------------------------------------------------------------------------------------

    def until_news(self, seconds: float, *, ringing: bool) -> float | None:
        """After how many of the next ``seconds`` there is news; None: in none of them. The floor's time moves on to there.

        ``ringing``: what is only to be told to the caller does not count.
        """
        start = self._call.epoch
        end = start + seconds
        at = start
        while not self._has_news(ringing):
            following = self._next_at()
            if following is None or following > end:
                return None
            at = max(at, following)
            self._step(at)
        return at - start

    def _has_news(self, ringing: bool) -> bool:
        return any(not (ringing and isinstance(news, Announce)) for news in self._news)

    def _next_at(self) -> float | None:
        at = self._floor.next_at()
        if self._press is not None and (at is None or self._press[0] < at):
            return self._press[0]
        return at

    def _step(self, at: float) -> None:
        if self._press is not None and self._press[0] <= at:
            digit = self._press[1]
            self._news.append(Pressed(digit))
            self._asking = self._asking or digit == self.queue.callback.digit
            self._press = None
        self._floor.step(at)

    # --- Place ------------------------------------------------------------------------------------------------------

    async def news(self) -> News:
        while not self._news:
            at = self._next_at()
            if at is None or at > self._since + LONGEST_WAIT:
                self._call.advance(max(0.0, self._since + LONGEST_WAIT - self._call.epoch))
                self._call.hung_up("nobody comes, and nothing sends the caller on")
            assert at is not None
            self._call.advance(max(0.0, at - self._call.epoch))
            self._step(self._call.epoch)
        return self._news.popleft()

    def accepted(self, agent: str) -> None:
        self._floor.engine.accepted(OURS, agent, self._call.epoch)
        self._floor.pump(self._call.epoch)

    def declined(self, agent: str, end: StepEnd) -> None:
        self._floor.engine.declined(OURS, agent, end, self._call.epoch)
        self._floor.pump(self._call.epoch)

    def ended(self, agent: str) -> None:
        self._floor.engine.conversation_ended(OURS, agent, self._call.epoch)
        self._left = True

    def leave(self, reason: str) -> None:
        if not self._left:
            self._left = True
            self._floor.engine.leave(OURS, reason, self._call.epoch)
            self._floor.pump(self._call.epoch)

    def want_callback(self, number: str) -> None:
        self._left = True
        self._floor.engine.want_callback(OURS, number, self._call.epoch)
        self._call.called_back(self.queue, number)

    def abandon(self) -> None:
        """The call is over, and the caller in no queue any more."""
        self.leave(Reason.ABANDONED)
