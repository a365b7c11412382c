"""What callers in a queue are told: where they stand, how long it may take, and that they may be called back."""

from __future__ import annotations

import math

from centralita.pbx.speech.durations import duration
from centralita.pbx.speech.numbers import PAUSE, cardinal, digits
from centralita.pbx.speech.phrase import is_spanish
from centralita.pbx.speech.phrases import Say

HOUR = 3600.0


def place_in_queue(language: str, position: int) -> list[str]:
    """Your call is next in line; your call is number five in line. ``position`` counts from 1."""
    if position < 1:
        raise ValueError(f"{position} is no place in a queue: the next caller is 1")
    if position == 1:
        is_spanish(language)
        return [Say.QUEUE_NEXT]
    return [Say.QUEUE_POSITION, *cardinal(language, position), Say.QUEUE_IN_LINE]


def estimated_wait(language: str, seconds: float) -> list[str]:
    """The estimated wait is three minutes: whole minutes, rounded up, since nobody minds being answered earlier."""
    is_spanish(language)
    if seconds <= 60:
        return [Say.QUEUE_SOON]
    if seconds > HOUR:
        return [Say.QUEUE_LONG]
    return [Say.QUEUE_WAIT, *duration(language, math.ceil(seconds / 60) * 60)]


def queue_announcement(language: str, position: int, estimated: float | None) -> list[str]:
    """Both, as far as they are to be told: no ``position`` (0) and no estimate (None) is nothing at all."""
    said = place_in_queue(language, position) if position else []
    return said + (estimated_wait(language, estimated) if estimated is not None else [])


def callback_offer(language: str, digit: str) -> list[str]:
    """What to press to be called back."""
    return [Say.CALLBACK_OFFER, *digits(language, digit)]


def callback_menu(language: str, number: str, *, other: bool, waiting: bool) -> list[str]:
    """1: yes, at this number; 2: at another, where ``other``; star: no. ``waiting``: no means to go on waiting."""
    said: list[str] = [Say.CALLBACK_NUMBER, *digits(language, number), PAUSE, Say.CALLBACK_CONFIRM]
    if other:
        said.append(Say.CALLBACK_OTHER)
    return [*said, Say.CALLBACK_STAY if waiting else Say.CALLBACK_DECLINE]
