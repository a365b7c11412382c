"""What is tried: who calls what and when, what they press, and how the world around the call behaves.

A scenario holds no result and does nothing; :mod:`centralita.pbx.simulator.run` plays it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from centralita.pbx.causes import step_end_of
from centralita.pbx.vocabulary import StepEnd

if TYPE_CHECKING:
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.state import TenantState

ANSWERS_AFTER = 5.0
TALKS = 60.0
SPEAKS = 8.0
SECONDS_OR_STATUS = re.compile(r"[0-9]{1,3}")
FIRST_STATUS = 400
"""A bare number from here on is a SIP status, below it seconds until the answer."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a user's telephones, or a party outside, take a call."""

    end: StepEnd = StepEnd.ANSWERED
    after: float = ANSWERS_AFTER
    """Seconds of ringing before that."""
    sip_status: int = 0
    """Of a refusal; 0: the usual one for the end."""
    talk: float = TALKS
    """Seconds of conversation, where it is answered."""
    registered: bool = True
    """False: no telephone is there to be rung; of a trunk, it is down."""
    engaged: bool = False
    """In as many calls as they take, which the exchange knows before it rings; of a trunk, no line is free."""
    do_not_disturb: bool = False
    """Turned on by the user for the time of the scenario."""
    confirms: bool = True
    """Presses 1 where that is asked of whoever answers; a mobile's voicemail does not."""
    redirect: str = ""
    """Where the telephone itself sends the caller (302), as a number to be dialled."""


_WORDS: Mapping[str, Behaviour] = MappingProxyType(
    {
        "answered": Behaviour(),
        "no-answer": Behaviour(StepEnd.NO_ANSWER),
        "busy": Behaviour(StepEnd.BUSY, 0.5, 486, engaged=True),
        "rejected": Behaviour(StepEnd.REJECTED, 3.0, 603),
        "unreachable": Behaviour(StepEnd.UNREACHABLE, 2.0, 480),
        "do-not-disturb": Behaviour(StepEnd.DO_NOT_DISTURB, 0.5, 486, do_not_disturb=True),
        "offline": Behaviour(StepEnd.UNREACHABLE, 0.0, 480, registered=False),
        "unconfirmed": Behaviour(confirms=False),
    }
)
_OUTSIDE_WORDS: Mapping[str, Behaviour] = MappingProxyType(
    {
        **{
            word: _WORDS[word] for word in ("answered", "no-answer", "rejected", "unreachable", "unconfirmed")
        },
        "busy": Behaviour(StepEnd.BUSY, 1.0, 486),
        "down": Behaviour(StepEnd.UNREACHABLE, 0.0, 503, registered=False),
        "full": Behaviour(StepEnd.BUSY, 0.0, 503, engaged=True),
    }
)


def parse_behaviour(text: str, *, outside: bool = False) -> Behaviour:
    """``answered``, ``busy``, ``no-answer`` …; ``12``: answered after so many seconds; ``503``: refused with a SIP status.

    ``outside``: of a number or trunk, which knows ``down`` and ``full`` besides. Raises ValueError in words that read on from
    whom it is about.
    """
    words = _OUTSIDE_WORDS if outside else _WORDS
    text = text.strip().lower()
    if (known := words.get(text)) is not None:
        return known
    if SECONDS_OR_STATUS.fullmatch(text):
        number = int(text)
        if number < FIRST_STATUS:
            return Behaviour(after=float(number))
        if number < 700:
            return Behaviour(step_end_of(number), 1.0, number)
    raise ValueError(
        f"{text!r} is none of {', '.join(words)}, a number of seconds to the answer, or a SIP status from 400"
    )


@dataclass(frozen=True, slots=True)
class Scenario:
    """One call to be tried on one version of a tenant's configuration."""

    snapshot: Snapshot
    caller: str
    """A number, ``user:ID`` or a user's extension for a call from inside, ``anonymous`` or nothing: withheld."""
    dialled: str
    """As dialled: an extension, a star code or a number; one of the tenant's own for calls from outside."""
    at: datetime
    """Aware, or in the zone of the tenant's first site."""
    press: tuple[str, ...] = ()
    """What the caller presses at each question in turn; empty: nothing. After the last one: nothing.

    A question is whatever collects digits, and a wait in a queue that has exits by digit or callbacks.
    """
    answer: Mapping[str, Behaviour] = field(default_factory=dict)
    """User → how their telephones behave."""
    others: Behaviour = _WORDS["answered"]
    """Whoever is not named in ``answer``."""
    outside: Mapping[str, Behaviour] = field(default_factory=dict)
    """Number as dialled or in E.164, or ``trunk:ID`` → how it behaves; all others answer."""
    agents: tuple[str, ...] | None = None
    """Users who are logged in to their queues; None: all agents."""
    paused: tuple[str, ...] = ()
    """Of those, who is on a break."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Queue → callers who are before ours."""
    overrides: tuple[str, ...] = ()
    """Those that are on, besides what ``state`` says."""
    state: TenantState | None = None
    """What the call finds and leaves behind; None: a fresh one."""
    patience: float | None = None
    """Seconds after which a caller hangs up whom nobody has answered; None: the caller waits."""
    lookups: Mapping[str, str] = field(default_factory=dict)
    """Beginning of a web address → what is found there; nothing is found elsewhere."""
    speaks: float = SPEAKS
    """Seconds of speech at a recording; 0: silence."""
    trunk: str = ""
    """By which the call comes in; empty: the one that the number is taken from, else any."""
    caller_name: str = ""
    ip_country: str = ""
    """ISO 3166-1, of a caller over the internet; empty: by a provider, or not known."""
    seed: int = 1
    """Of all chance, where no state brings its own."""


def pairs(texts: Iterable[str], what: str) -> list[tuple[str, str]]:
    """``ana=busy,luis=10`` as pairs. Raises ValueError."""
    found: list[tuple[str, str]] = []
    for text in texts:
        for part in text.split(","):
            name, sign, value = part.partition("=")
            if not sign or not name.strip() or not value.strip():
                raise ValueError(f"{part!r} must be {what}")
            found.append((name.strip(), value.strip()))
    return found
