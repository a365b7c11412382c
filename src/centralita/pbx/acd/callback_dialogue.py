"""Agreeing with a caller on the number at which they are called back.

While they wait in a queue an agent may become free in the middle of it: then the dialogue is given up for the agent, and
what the queue said is handed back. Before a queue nobody interrupts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from centralita.pbx import numbering
from centralita.pbx.acd.news import Announce, News, Pressed
from centralita.pbx.callcontrol import CallControl, Place, Playable
from centralita.pbx.outbound.classes import classify
from centralita.pbx.outbound.permissions import Denied
from centralita.pbx.outbound.planning import verdict
from centralita.pbx.speech.phrases import Say
from centralita.pbx.speech.queues import callback_menu

PATIENCE = 8.0
"""Seconds for a caller to press a key."""
BETWEEN_DIGITS = 4.0
ATTEMPTS = 3
MAX_DIGITS = 18
_OF_CUSTOMERS = frozenset({"local", "national", "mobile", "international"})
"""Classes of numbers at which somebody may be who called us."""


@dataclass(frozen=True, slots=True)
class Agreed:
    number: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The queue has something to say that comes first."""

    news: News


async def agree_on_number(
    call: CallControl, place: Place | None, *, other: bool
) -> Agreed | Interrupted | None:
    """The number that the caller confirmed; None: they do not want to be called. ``place``: theirs, if they wait already."""
    number = call.caller.number if _may_be_called(call, call.caller.number) else ""
    if not number:
        if not other:
            await call.play([Say.CALLBACK_IMPOSSIBLE], language=call.language)
            return None
        number = await _other_number(call)
    for _ in range(ATTEMPTS):
        if not number:
            return None
        sounds: list[Playable] = list(
            callback_menu(call.language, number, other=other, waiting=place is not None)
        )
        pressed = await _key(call, place, sounds)
        if isinstance(pressed, Interrupted):
            return pressed
        match pressed:
            case "1":
                return Agreed(number)
            case "2" if other:
                number = await _other_number(call)
            case "*":
                return None
            case "":
                continue
            case _:
                await call.play([Say.INVALID_OPTION], language=call.language)
    return None


async def _other_number(call: CallControl) -> str:
    """A number as the caller dials it, in E.164, or one of our extensions; empty: none was given."""
    for _ in range(ATTEMPTS):
        given = await call.collect(
            [Say.CALLBACK_ENTER],
            digits=MAX_DIGITS,
            seconds=PATIENCE,
            between=BETWEEN_DIGITS,
            language=call.language,
        )
        if not given:
            return ""
        country = call.caller.country
        if not numbering.is_emergency(given, country):
            for number in (given, numbering.normalise(given, country)):
                if number is not None and _may_be_called(call, number) and _is_near(call, number):
                    return number
        await call.play([Say.INVALID_NUMBER], language=call.language)
    return ""


def _may_be_called(call: CallControl, number: str) -> bool:
    """Whether the exchange would call this at all. What a stranger shows as their number may be anything: ``112``, a premium number."""
    if call.caller.user is not None and number in call.snapshot.users_by_extension:
        return True
    if not numbering.is_e164(number) or number in call.snapshot.numbers_by_e164:
        return False
    site = call.snapshot.first_site
    if classify(number, site.country, site.number).kind not in _OF_CUSTOMERS:
        return False
    return not isinstance(verdict(call.snapshot, None, number), Denied)


def _is_near(call: CallControl, number: str) -> bool:
    """Whether a number that was dictated is of our country or the caller's: strangers earn by calls of ours to far ones."""
    home = call.snapshot.first_site.country
    near = {classify(each, home).country for each in (call.caller.number,) if numbering.is_e164(each)}
    return not number.startswith("+") or classify(number, home).country in {home, *near}


async def _key(call: CallControl, place: Place | None, sounds: Sequence[Playable]) -> str | Interrupted:
    """One key; empty: none in time."""
    if place is None:
        return await call.collect(sounds, digits=1, seconds=PATIENCE, ends="", language=call.language)
    pressed = await call.play(sounds, language=call.language, until=place)
    if pressed:
        return pressed
    until = call.now() + timedelta(seconds=PATIENCE)
    call.music()
    while True:
        match await place.news():
            case Pressed(digit=digit) if call.now() <= until:
                return digit
            case Announce():
                # Something that is said now and then, or the caller has long stopped thinking about it.
                if call.now() > until:
                    return ""
            case news:
                return Interrupted(news)
