"""One caller in a queue: answered, entertained, told where they stand, put through to an agent, or sent on.

The queue engine decides, this coroutine does: it follows the news of the caller's place. A caller who hangs up is taken out
of the queue by the exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from centralita.pbx.acd.callback_dialogue import Agreed, Interrupted, agree_on_number
from centralita.pbx.acd.news import (
    Announce,
    AnnounceKind,
    Moved,
    News,
    Offer,
    Pressed,
    QueueExit,
    Reason,
    Release,
    Withdrawn,
)
from centralita.pbx.callcontrol import CallControl, Place, Playable
from centralita.pbx.model.queue import Queue
from centralita.pbx.speech.own import PREFIX
from centralita.pbx.speech.phrases import CATALOGUE, Say
from centralita.pbx.speech.queues import callback_offer, queue_announcement
from centralita.pbx.vocabulary import StepEnd

SERVICE = "queue"
SHORTEST_RING = 1.0
"""Seconds of an offer for which it is worth ringing on."""


async def wait_in_queue(
    call: CallControl,
    queue: Queue,
    *,
    priority: int | None = None,
    skills: Mapping[str, int] | None = None,
    last_agent: str = "",
) -> QueueExit:
    """Wait until an agent has talked to the caller, or they leave the queue; how it ended, for the flow to go on.

    ``priority`` None: the queue's own. ``skills``: asked of agents; empty: those of the queue. ``last_agent``: the user whom the
    caller talked to last, where that is not too long ago.
    """
    if queue.answer and not call.is_answered():
        await call.answer(SERVICE)
    pressed = ""
    if queue.welcome and call.is_answered():
        pressed = await call.play(_prompt(call, queue.welcome), language=call.language)
    place = call.enter_queue(
        queue,
        priority=queue.priority if priority is None else priority,
        skills=skills or {},
        last_agent=last_agent,
    )
    return await _Wait(call, queue, place).run(pressed)


async def offer_callback(
    call: CallControl,
    queue: Queue,
    *,
    priority: int | None = None,
    skills: Mapping[str, int] | None = None,
    last_agent: str = "",
) -> bool:
    """Ask a caller who does not wait yet whether they want to be called back; whether they have a place now."""
    if not call.is_answered():
        await call.answer(SERVICE)
    agreed = await agree_on_number(call, None, other=queue.callback.other_number)
    if not isinstance(agreed, Agreed):
        return False
    place = call.enter_queue(
        queue,
        priority=queue.priority if priority is None else priority,
        skills=skills or {},
        last_agent=last_agent,
    )
    place.want_callback(agreed.number)
    await call.play([Say.CALLBACK_KEPT, Say.GOODBYE], language=call.language)
    return True


def _prompt(call: CallControl, ident: str) -> list[Playable]:
    """The tenant's own prompt of that id, or a phrase of the exchange; nothing where there is neither (any more)."""
    if ident in call.snapshot.prompts:
        return [PREFIX + ident]
    return [ident] if ident in CATALOGUE else []


class _Wait:
    """One caller's stay, until it comes to its end."""

    def __init__(self, call: CallControl, queue: Queue, place: Place) -> None:
        self._call = call
        self._queue = queue
        self._place = place
        self._music: str | None = None
        """What plays; None: nothing."""
        self._at_hand: list[News] = []
        """News that something else has taken from the place, and that are still to be followed."""

    async def run(self, pressed: str) -> QueueExit:
        if pressed:
            self._at_hand.append(Pressed(pressed))
        while True:
            self._entertain()
            left = await self._follow(await self._next())
            if left is not None:
                return left

    def _entertain(self) -> None:
        """Music, unless it plays already: it goes on while a phone rings, and ends with whatever is said."""
        if self._music != self._queue.music and self._call.is_answered():
            self._music = self._queue.music
            self._call.music(self._music)

    async def _next(self) -> News:
        return self._at_hand.pop(0) if self._at_hand else await self._place.news()

    async def _follow(self, news: News) -> QueueExit | None:
        """Do what the queue or the caller says; the exit, where that is the end of the wait."""
        match news:
            case Offer():
                return await self._ring(news)
            case Announce():
                return await self._announce(news)
            case Pressed(digit=digit):
                return await self._pressed(digit)
            case Release(reason=reason, target=target):
                return QueueExit(reason, target, self._queue.id)
            case Moved(queue=queue, reason=reason):
                self._call.decide(
                    "queue-moved",
                    f"queue:{queue.id}",
                    f"from the queue {self._queue.id} to {queue.id}, with the place in time: {reason.value}",
                )
                self._queue = queue
            case Withdrawn():
                pass  # what it takes back has ended already, or was never begun
        return None

    # --- an agent -----------------------------------------------------------------------------------------------------

    async def _ring(self, offer: Offer) -> QueueExit | None:
        """Ring the agents who are offered; the exit, if that led to a conversation, or the caller did not wait for it."""
        call, place = self._call, self._place
        users = [call.snapshot.users[name] for name in offer.agents if name in call.snapshot.users]
        for name in offer.agents:
            if name not in call.snapshot.users:
                # Came with a newer version of the configuration than the one that this call keeps.
                place.declined(name, StepEnd.UNREACHABLE)
        began = call.now()
        while users:
            seconds = offer.seconds - _since(began, call.now())
            if seconds < SHORTEST_RING:
                break
            result = await call.ring(users, seconds, until=place)
            if result.end is StepEnd.ANSWERED:
                agent = result.user or users[0].id
                place.accepted(agent)
                answered = call.now()
                await call.talk()
                place.ended(agent)
                talk = _since(answered, call.now())
                return QueueExit(Reason.ANSWERED, f"user:{agent}", self._queue.id, talk)
            if result.end is not StepEnd.WITHDRAWN:
                ends = dict(result.ends)
                for user in users:
                    place.declined(user.id, ends.get(user.id, result.end))
                return None
            left, over = await self._interrupted()
            if over:
                return left
        for user in users:
            place.declined(user.id, StepEnd.NO_ANSWER)
        return None

    async def _interrupted(self) -> tuple[QueueExit | None, bool]:
        """Why the ringing stopped: the exit, if that is the end of the wait, and whether the offer is over."""
        while True:
            news = await self._next()
            match news:
                case Announce():
                    continue  # an agent's phone rings: no time to talk
                case Pressed(digit=digit) if digit not in self._queue.exits:
                    return None, False
                case Pressed() | Release():
                    return await self._follow(news), True
                case Withdrawn():
                    return None, True
                case Offer() | Moved():
                    self._at_hand.append(news)
                    return None, True

    # --- the caller ---------------------------------------------------------------------------------------------------

    async def _announce(self, news: Announce) -> QueueExit | None:
        language = self._call.language
        sounds: list[Playable]
        match news.kind:
            case AnnounceKind.POSITION:
                sounds = list(queue_announcement(language, news.position, news.estimated))
            case AnnounceKind.PERIODIC:
                sounds = _prompt(self._call, news.prompt)
            case AnnounceKind.CALLBACK:
                digit = self._queue.callback.digit
                sounds = list(callback_offer(language, digit)) if digit else []
        if not sounds:
            return None
        self._music = None
        pressed = await self._call.play(sounds, language=language, until=self._place)
        return await self._pressed(pressed) if pressed else None

    async def _pressed(self, digit: str) -> QueueExit | None:
        queue = self._queue
        if (name := queue.exits.get(digit)) is not None:
            self._call.decide("queue-key", name, f"pressed {digit} in the queue {queue.id}", pressed=digit)
            self._place.leave(f"{Reason.KEY.value}:{digit}")
            return QueueExit(Reason.KEY, name, queue.id)
        if digit and digit == queue.callback.digit:
            return await self._callback()
        return None

    async def _callback(self) -> QueueExit | None:
        self._music = None
        agreed = await agree_on_number(self._call, self._place, other=self._queue.callback.other_number)
        match agreed:
            case Agreed(number=number):
                self._place.want_callback(number)
                await self._call.play([Say.CALLBACK_KEPT, Say.GOODBYE], language=self._call.language)
                return QueueExit(Reason.CALLBACK, "", self._queue.id)
            case Interrupted(news=news):
                self._at_hand.append(news)
        return None


def _since(began: datetime, now: datetime) -> float:
    return max(0.0, (now - began).total_seconds())
