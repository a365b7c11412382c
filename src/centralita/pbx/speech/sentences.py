"""Sentences with gaps: how many messages there are, who left one and when, what a star code has done.

Each function gives the prompt keys in the order in which they are played.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from centralita.pbx.speech.dates import moment, time_of_day
from centralita.pbx.speech.durations import duration
from centralita.pbx.speech.numbers import AND, Form, cardinal, counted, digits
from centralita.pbx.speech.phrase import is_spanish
from centralita.pbx.speech.phrases import Say

LONGEST_EXTENSION = 6
"""Digits: a caller's number that is longer, or has a plus sign, is from outside."""

FORWARDINGS: Mapping[str, Say] = MappingProxyType(
    {
        "forward_always": Say.FORWARD_ALWAYS,
        "forward_busy": Say.FORWARD_BUSY,
        "forward_no_answer": Say.FORWARD_NO_ANSWER,
        "forward_unreachable": Say.FORWARD_UNREACHABLE,
    }
)
"""Personal setting → what it is called."""


def default_greeting(language: str, extension: str, *, busy: bool = False) -> list[str]:
    """What a caller hears where the mailbox has no greeting of its own; the tone follows."""
    if not extension:
        return [Say.USER_UNAVAILABLE, Say.LEAVE_MESSAGE]
    ends = Say.IS_BUSY if busy else Say.IS_UNAVAILABLE
    return [Say.PERSON_AT_EXTENSION, *digits(language, extension), ends, Say.LEAVE_MESSAGE]


def new_messages(language: str, new: int, kept: int) -> list[str]:
    """You have three new and two old messages."""
    if not new and not kept:
        is_spanish(language)
        return [Say.NO_MESSAGES]
    spanish = is_spanish(language)
    parts: list[list[str]] = []
    for number, one, many in ((new, Say.NEW_ONE, Say.NEW_MANY), (kept, Say.OLD_ONE, Say.OLD_MANY)):
        if number:
            quality = one if number == 1 else many
            if spanish and not parts:  # tres mensajes nuevos …
                parts.append([*counted(language, number, Say.MESSAGE, Say.MESSAGES, Form.MASCULINE), quality])
            else:  # … y dos antiguos; three new and two old …
                parts.append([*cardinal(language, number, Form.ALONE), quality])
    keys = [Say.YOU_HAVE, *parts[0]]
    if len(parts) == 2:
        keys += [AND, *parts[1]]
    if not spanish:
        keys.append(Say.MESSAGE if (kept or new) == 1 else Say.MESSAGES)
    return keys


def message_heading(index: int, count: int) -> list[str]:
    """First, next or last message; ``index`` counts from 0. Nothing where there is only one."""
    if count == 1:
        return []
    if index == 0:
        return [Say.FIRST_MESSAGE]
    return [Say.LAST_MESSAGE if index == count - 1 else Say.NEXT_MESSAGE]


def message_envelope(language: str, at: datetime, now: datetime, caller: str) -> list[str]:
    """Who left a message and when, in the time zone of ``now``. Raises ValueError without time zones.

    ``caller``: a number, an extension, or anything else (also nothing) for a caller who is not known.
    """
    return [*caller_named(language, caller), Say.RECEIVED, *moment(language, at, now)]


def caller_named(language: str, caller: str) -> list[str]:
    """From extension 101; from number +34 …; from an unknown caller."""
    number = caller.removeprefix("+")
    if not (number.isascii() and number.isdecimal()):
        is_spanish(language)
        return [Say.FROM_UNKNOWN]
    inside = number == caller and len(number) <= LONGEST_EXTENSION
    return [Say.FROM_EXTENSION if inside else Say.FROM_NUMBER, *digits(language, caller)]


def message_duration(language: str, seconds: float) -> list[str]:
    """This message lasts one minute and three seconds."""
    return [Say.LASTS, *duration(language, seconds)]


def mailbox_menu(*, messages: bool) -> list[str]:
    """1: listen (where there is anything to listen to), 4: greeting, *: leave."""
    keys: list[str] = [Say.PRESS_1_TO_LISTEN] if messages else []
    return [*keys, Say.PRESS_4_FOR_GREETING, Say.PRESS_STAR_TO_LEAVE]


def message_menu() -> list[str]:
    """After a message. 1: again, 2: keep and go on, 3: delete."""
    return [Say.PRESS_1_TO_REPEAT, Say.PRESS_2_TO_KEEP, Say.PRESS_3_TO_DELETE]


def forwarding_confirmed(language: str, target: str, setting: str = "forward_always") -> list[str]:
    """Call forwarding is set to the target. ``setting``: one of FORWARDINGS."""
    return [FORWARDINGS[setting], Say.ACTIVATED_TO, *digits(language, target)]


def forwarding_cancelled(setting: str = "forward_always") -> list[str]:
    """Call forwarding, deactivated."""
    return [FORWARDINGS[setting], Say.DEACTIVATED]


def do_not_disturb(*, on: bool) -> list[str]:
    """Do not disturb, activated or deactivated."""
    return [Say.DO_NOT_DISTURB, Say.ACTIVATED if on else Say.DEACTIVATED]


def override_turned(language: str, *, on: bool, until: datetime | None = None) -> list[str]:
    """The special opening hours mode is activated, and when it ends; or deactivated. ``until``: on the site's clock."""
    keys: list[str] = [Say.OVERRIDE, Say.ACTIVATED if on else Say.DEACTIVATED]
    if on and until is not None:
        keys += [Say.IT_ENDS, *time_of_day(language, until.hour, until.minute)]
    return keys
