"""What came of a scenario: the trace that a live record would hold, what was heard, who was rung, and where the call rests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from centralita.pbx.vocabulary import Direction, Outcome, StepEnd


@dataclass(frozen=True, slots=True)
class Step:
    """One decision. All but ``after`` is what :class:`centralita.pbx.vocabulary.Decided` holds on a live call."""

    after: float
    """Seconds since the call began."""
    rule: str
    target: str
    reason: str
    node: str = ""
    passed: tuple[str, ...] = ()
    pressed: str = ""
    nth: int = 0
    """Place in the whole story, among what was rung and heard: much happens in one instant."""


@dataclass(frozen=True, slots=True)
class Rang:
    """One party that was rung."""

    after: float
    target: str
    """``user:ID`` or ``external:NUMBER``."""
    end: StepEnd
    seconds: float
    sip_status: int = 0
    trunk: str = ""
    """By which a party outside was called."""
    written: str = ""
    """The number as that trunk wants it."""
    shown: str = ""
    """The caller's number that was presented."""
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that the caller was told."""

    after: float
    sounds: tuple[str, ...]
    """Keys of prompts, ids of the tenant's own, paths of recordings."""
    text: str
    """What they say in the caller's language, as far as it is known."""
    pressed: str = ""
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Anything else worth telling: a queue is entered, a recording made, the caller hangs up."""

    after: float
    text: str
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Simulation:
    """The whole story of one simulated call."""

    tenant: str
    version: int
    at: datetime
    caller: str
    """As the exchange knows it: E.164, an extension, or empty where it was withheld."""
    dialled: str
    direction: Direction
    steps: tuple[Step, ...]
    rang: tuple[Rang, ...]
    heard: tuple[Heard, ...]
    events: tuple[Event, ...]
    rest: str
    """Where the call rests: ``user:ana``, ``group:sales``, ``queue:support``, ``voicemail:ana``, ``external:+34…``,
    ``callback:support``, ``echo``, ``voicemail-menu``, ``feature``, ``hang-up:busy`` …"""
    by: str
    """Who has it there: the user who answered in a group or queue; empty where nobody did."""
    outcome: Outcome
    sip_status: int
    detail: str
    duration: float
    """Seconds, the conversation included."""
    answered_after: float | None
    """Seconds until a person answered; None: nobody did."""
    language: str
    name_shown: str
    """The caller's name as the telephones showed it, with what a number or flow put before it."""
    tags: tuple[str, ...]
    recorded: bool | None
    """Whether a flow asked for a recording; None: it said nothing."""

    @property
    def way(self) -> tuple[str, ...]:
        """Nodes and objects that the call passed, in order, each time it did."""
        passed: list[str] = []
        for step in self.steps:
            passed += [name for name in (step.node, step.target) if name]
        return (*passed, self.rest)


#: SIP status of a call that was refused → the cause by which a flow's hang-up node calls it.
_CAUSES = {
    403: "rejected",
    404: "not-found",
    480: "unavailable",
    484: "not-found",
    486: "busy",
    503: "congestion",
    600: "busy",
    603: "rejected",
    604: "not-found",
}


_NAMED = frozenset({"normal", "busy", "rejected", "not-found", "unavailable", "congestion"})
"""What a hang-up node says itself."""


def hang_up_cause(status: int, outcome: Outcome | None, detail: str) -> str:
    """How a call that came to rest nowhere is named after ``hang-up:``."""
    if detail in _NAMED:
        return detail
    if outcome is Outcome.NO_ANSWER:
        return "no-answer"
    if outcome is Outcome.BUSY:
        return "busy"
    return _CAUSES.get(status, "normal")
