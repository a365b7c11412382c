"""A caller's stays in queues, as a part of the record: entered, offered to whom, answered by whom or left why.

A fold over the facts of the queue engine, idempotent as that of the journey, which it is a part of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from centralita.pbx.acd.facts import (
    CallbackRequested,
    CallbackTried,
    CallerFact,
    QueueAnswered,
    QueueCallEnded,
    QueueJoined,
    QueueLeft,
    QueueMissed,
    QueueOffered,
    QueueRefused,
)
from centralita.pbx.vocabulary import StepEnd


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    pass


class Missed(_Part, frozen=True, gc=False):
    """An agent was rung and did not take the call."""

    agent: str
    at: float
    end: StepEnd
    rang: float


class Stay(_Part, frozen=True, gc=False):
    """One stay in one queue. Instants are seconds since the epoch, durations seconds."""

    queue: str
    at: float
    """When the caller joined, or was turned away."""
    since: float = 0.0
    """From when the place counts; 0: from ``at``."""
    position: int = 0
    """On joining; 1: next; 0: turned away."""
    priority: int = 0
    offers: tuple[float, ...] = ()
    """When agents were rung."""
    missed: tuple[Missed, ...] = ()
    agent: str = ""
    """Who answered."""
    answered_at: float | None = None
    talk: float = 0.0
    left_at: float | None = None
    """When the conversation ended, or the caller left without one."""
    reason: str = ""
    """Why it ended: ``answered``, or as the queue says (:class:`centralita.pbx.acd.news.Reason`)."""
    waited: float = 0.0
    key: str = ""
    target: str = ""
    callback: str = ""
    """The number that the caller wants to be called at."""


Stays = tuple[Stay, ...]


def fold_stay(stays: Stays, fact: CallerFact) -> Stays:
    """The stays after one more fact; the same object where nothing changed."""
    return _FOLDS[type(fact)](stays, fact)


def _joined(stays: Stays, fact: QueueJoined) -> Stays:
    if any(stay.queue == fact.queue and stay.at == fact.at for stay in stays):
        return stays
    stay = Stay(
        queue=fact.queue,
        at=fact.at,
        since=0.0 if fact.since == fact.at else fact.since,
        position=fact.position,
        priority=fact.priority,
    )
    return (*stays, stay)


def _refused(stays: Stays, fact: QueueRefused) -> Stays:
    if any(stay.queue == fact.queue and stay.at == fact.at for stay in stays):
        return stays
    stay = Stay(queue=fact.queue, at=fact.at, left_at=fact.at, reason=fact.reason, target=fact.target)
    return (*stays, stay)


def _offered(stays: Stays, fact: QueueOffered) -> Stays:
    stay = _of(stays, fact.queue, fact.at)
    if stay is None or fact.at in stay.offers:
        return stays
    return _put(stays, stay, offers=(*stay.offers, fact.at))


def _missed(stays: Stays, fact: QueueMissed) -> Stays:
    stay = _of(stays, fact.queue, fact.at)
    missed = Missed(agent=fact.agent, at=fact.at, end=fact.end, rang=fact.rang)
    if stay is None or missed in stay.missed:
        return stays
    return _put(stays, stay, missed=(*stay.missed, missed))


def _answered(stays: Stays, fact: QueueAnswered) -> Stays:
    stay = _of(stays, fact.queue, fact.at)
    if stay is None or stay.answered_at is not None:
        return stays
    return _put(stays, stay, agent=fact.agent, answered_at=fact.at, waited=fact.waited)


def _ended(stays: Stays, fact: QueueCallEnded) -> Stays:
    stay = _of(stays, fact.queue, fact.at)
    if stay is None or stay.left_at is not None:
        return stays
    return _put(stays, stay, left_at=fact.at, reason="answered", talk=fact.talk)


def _left(stays: Stays, fact: QueueLeft) -> Stays:
    stay = _of(stays, fact.queue, fact.at)
    if stay is None or stay.left_at is not None:
        return stays
    return _put(
        stays,
        stay,
        left_at=fact.at,
        reason=fact.reason,
        waited=fact.waited,
        key=fact.key,
        target=fact.target,
    )


def _callback_requested(stays: Stays, fact: CallbackRequested) -> Stays:
    stay = _of(stays, fact.queue, fact.at)
    if stay is None or stay.callback:
        return stays
    return _put(
        stays,
        stay,
        callback=fact.number,
        left_at=fact.at,
        reason="callback",
        waited=fact.waited,
    )


def _callback_tried(stays: Stays, fact: CallbackTried) -> Stays:
    """What comes of a callback is a journey of its own."""
    return stays


def _of(stays: Stays, queue: str, at: float) -> Stay | None:
    """The stay that a fact of this instant is about: the latest one in this queue that had begun then."""
    for stay in reversed(stays):
        if stay.queue == queue and stay.at <= at:
            return stay
    return None


def _put(stays: Stays, old: Stay, **changes: Any) -> Stays:
    new = replace(old, **changes)
    return tuple([new if stay is old else stay for stay in stays])


_FOLDS: dict[type[CallerFact], Callable[[Stays, Any], Stays]] = {
    QueueJoined: _joined,
    QueueRefused: _refused,
    QueueOffered: _offered,
    QueueMissed: _missed,
    QueueAnswered: _answered,
    QueueCallEnded: _ended,
    QueueLeft: _left,
    CallbackRequested: _callback_requested,
    CallbackTried: _callback_tried,
}
CALLER_FACTS: tuple[type[CallerFact], ...] = tuple(_FOLDS)
