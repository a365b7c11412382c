"""What is asked of the records of past calls, and what a listing of them shows: values that the store fills and others read.

How a record comes about is :mod:`centralita.pbx.journey`; how it is kept and found quickly is the store's business.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from centralita.pbx.journey import Decision, Journey
from centralita.pbx.vocabulary import Direction, JourneyId, Outcome, Party, TenantId

LONGEST_WORDS = 300
"""Characters of a call's searchable text; what strangers put into a name has no end otherwise."""
_ACCENTS = re.compile("[\u0300-\u036f]+")
"""What NFKD takes off Latin, Greek and Cyrillic letters."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which journeys to list; what is None or empty does not narrow. Instants are seconds since the epoch."""

    since: float | None = None
    """Started at this instant or later."""
    until: float | None = None
    """Started before this instant."""
    direction: Direction | None = None
    outcome: Outcome | None = None
    user: str = ""
    """A user who called, was rung, or answered."""
    number: str = ""
    """A part of the caller's number or of what was dialled."""
    text: str = ""
    """A part of either number or of the caller's name, whatever its case and accents."""
    queue: str = ""
    """A queue that the caller was in."""
    trunk: str = ""
    """A trunk that the call came in by, or that was rung."""
    tag: str = ""
    has: str = ""
    """``recording`` or ``message``: what was kept of the call."""
    missed: str = ""
    """A user for whom the call was, and whom it did not find."""
    min_connected: float | None = None
    """Connected for so many seconds or longer."""
    visible: tuple[str, ...] | None = None
    """Only calls with one of these marks (:func:`marks`), for who may not see all; None: all."""


@dataclass(frozen=True, slots=True)
class JourneySummary:
    """One line of a listing. Durations are seconds; what they count is defined in :class:`Journey`."""

    journey: JourneyId
    tenant: TenantId
    started_at: float
    answered_at: float | None
    ended_at: float
    direction: Direction
    caller: str
    caller_name: str
    dialled: str
    caller_user: str
    called_user: str
    answered_user: str
    answered_on: str
    """``device:ID`` or ``trunk:ID``, empty where nobody answered."""
    outcome: Outcome
    ended_by: Party
    sip_status: int
    q850: int
    waiting: float
    connected: float
    held: float
    mos: float | None
    """The worst of all legs and directions; None where none was measured."""


@dataclass(frozen=True, slots=True)
class Page:
    journeys: list[JourneySummary]
    """Newest first."""
    cursor: str | None
    """Gives the next page; None: this is the last one."""


class BadCursor(ValueError):
    """Not a cursor that a page of ours gave."""


MISSED = frozenset(
    {
        Outcome.VOICEMAIL,
        Outcome.NO_ANSWER,
        Outcome.BUSY,
        Outcome.ABANDONED,
        Outcome.REJECTED,
        Outcome.UNREACHABLE,
        Outcome.OVERFLOW,
    }
)
"""Ends of calls that found nobody."""
_FOR_A_USER = frozenset(
    {
        "extension",
        "number",
        "do-not-disturb",
        "busy",
        "unreachable",
        "out-of-hours",
        "blocked",
        "voicemail",
    }
)
"""Rules of the trace whose target, where it is a user, is whom the call was for."""


def _meant(decision: Decision) -> bool:
    return decision.rule in _FOR_A_USER and decision.target.startswith("user:")


def marks(journey: Journey) -> frozenset[str]:
    """What a call is found by besides its own fields: ``user:ID``, ``missed:ID`` (of a user), ``queue:ID``, ``trunk:ID``,
    ``tag:NAME``, ``has:recording`` and ``has:message``."""
    found = {f"user:{journey.user}"} if journey.user else set()
    for leg in journey.legs:
        if leg.user:
            found.add(f"user:{leg.user}")
        if leg.target.startswith("trunk:"):
            found.add(leg.target)
    found.update(f"user:{answer.user}" for answer in journey.answers if answer.user)
    # Whose telephones are off, or who does not want to be disturbed, is not rung, and the call was for them all the same.
    found.update(f"user:{message.user}" for message in journey.messages)
    found.update(each.target for each in journey.decisions if _meant(each))
    if journey.outcome in MISSED:
        knew = {journey.user, *(each.target[5:] for each in journey.decisions if each.rule == "blocked")}
        found.update(
            f"missed:{mark[5:]}" for mark in list(found) if mark.startswith("user:") and mark[5:] not in knew
        )
    found.update(f"queue:{stay.queue}" for stay in journey.queues)
    found.update(f"tag:{tag}" for tag in journey.tags)
    if journey.recordings:
        found.add("has:recording")
    if journey.messages:
        found.add("has:message")
    return frozenset(found)


@lru_cache(1024)  # of a batch that is saved: asked for the record, and for the index of words
def words(caller: str, caller_name: str, dialled: str) -> str:
    """The text in which a call is searched for: both numbers and the name, folded."""
    return fold(f"{caller} {dialled} {caller_name}")[:LONGEST_WORDS]


def fold(text: str) -> str:
    """Without accents and without case: ``José`` is found by ``jose``. No control character stays."""
    if text.isascii():
        plain = text.lower()
    else:
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return plain if plain.isprintable() else "".join(char for char in plain if char.isprintable())
