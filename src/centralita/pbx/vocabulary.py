"""The call events: what happened, in the words of the domain. The only language between the layers.

Every event is a fact that the journal keeps for ever, so a field may be added (with a default) and never renamed.
``at`` is seconds since the epoch, UTC. Records, boards, bills and mails are folds over these.
"""

from __future__ import annotations

from enum import Enum
from typing import NewType

import msgspec

TenantId = NewType("TenantId", str)
JourneyId = NewType("JourneyId", str)
"""One caller's way through the exchange, from the first INVITE to the last hang-up."""
LegId = NewType("LegId", str)
"""One party's side of a journey: ``a`` is the caller, ``b1``, ``b2`` … those who were rung."""


class Direction(Enum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class StepEnd(Enum):
    """Why a step of a journey went on to the next."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    DO_NOT_DISTURB = "do-not-disturb"
    BLOCKED = "blocked"
    """The one who is called does not want to hear this caller."""
    OUT_OF_HOURS = "out-of-hours"
    """The one who is called is not to be called at this hour."""
    FORWARDED = "forwarded"
    FAILED = "failed"
    ELSEWHERE = "answered-elsewhere"
    CALLER_GONE = "caller-gone"
    WITHDRAWN = "withdrawn"
    """Whoever had it rung took it back: a queue that offers the call to somebody else, or to nobody any more."""
    DONE = "done"


class Party(Enum):
    """Who ended a call."""

    CALLER = "caller"
    CALLEE = "callee"
    SYSTEM = "system"


class Outcome(Enum):
    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    SERVICE = "service"
    """Answered by the exchange itself: echo test, voicemail menu, star code."""
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    ABANDONED = "abandoned"
    """The caller hung up before anybody answered."""
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    CALLBACK = "callback"
    """The caller hung up to be called back when it is their turn."""
    OVERFLOW = "overflow"
    """A queue could not take the caller and nothing else could."""
    LOST = "lost"
    """The switch was killed while the call was up; written by the recovery at the next start."""


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="fact"):
    """What all call events share."""

    journey: JourneyId
    at: float


class CallStarted(Fact, frozen=True, tag="call-started"):
    tenant: TenantId
    direction: Direction
    caller: str
    """Number or extension, normalised (E.164 with ``+`` from outside)."""
    dialled: str
    via: str
    """``device:ID`` or ``trunk:ID``: by what the call came in."""
    config_version: int
    sip_call_id: str
    caller_name: str = ""
    user: str = ""
    """The user who calls, on internal and outbound calls."""
    codec: str = ""


class Decided(Fact, frozen=True, tag="decided"):
    """A routing decision; ``rule`` names what matched, ``reason`` says why in one sentence."""

    rule: str
    target: str
    reason: str
    node: str = ""
    """``FLOW/NODE`` where a flow decided."""
    passed: tuple[str, ...] = ()
    """What was looked at first and did not match, each with its reason."""
    pressed: str = ""
    """The digits that the caller gave for this decision."""


class Tagged(Fact, frozen=True, tag="tagged"):
    """A flow put a mark on the call, for those who count calls."""

    name: str


class StepStarted(Fact, frozen=True, tag="step-started"):
    """A step begins: ``kind`` is ring, voicemail, trunk, echo, voicemail-menu, feature or announce."""

    step: int
    kind: str
    target: str


class StepEnded(Fact, frozen=True, tag="step-ended"):
    step: int
    end: StepEnd
    detail: str = ""


class LegRang(Fact, frozen=True, tag="leg-rang"):
    """An INVITE was sent to a device or a trunk."""

    leg: LegId
    step: int
    target: str
    """``device:ID`` or ``trunk:ID``."""
    user: str = ""
    number: str = ""
    address: str = ""
    """Where the INVITE went: transport:host:port."""


class LegAlerting(Fact, frozen=True, tag="leg-alerting"):
    """The device said that it rings (180), or sent early media (183)."""

    leg: LegId
    early_media: bool = False


class LegEnded(Fact, frozen=True, tag="leg-ended"):
    """A leg that was rung came to its end without being answered, or was hung up."""

    leg: LegId
    end: StepEnd
    sip_status: int = 0


class Answered(Fact, frozen=True, tag="answered"):
    """A party, or the exchange itself (``leg`` = "a", ``service`` set), answered the caller."""

    leg: LegId
    target: str = ""
    user: str = ""
    codec: str = ""
    service: str = ""
    """voicemail, voicemail-menu, echo, feature, announce; empty for a person."""


class Held(Fact, frozen=True, tag="held"):
    leg: LegId


class Resumed(Fact, frozen=True, tag="resumed"):
    leg: LegId


class Recorded(Fact, frozen=True, tag="recorded"):
    """A recording of the call is complete on disk."""

    path: str
    """Relative to the data folder."""
    duration: float


class MessageLeft(Fact, frozen=True, tag="message-left"):
    """A voicemail message is complete on disk."""

    tenant: TenantId
    user: str
    message: str
    path: str
    duration: float
    caller: str
    caller_name: str = ""


class QualityReported(Fact, frozen=True, tag="quality-reported"):
    """Audio of one leg. ``in`` is from the party to us (measured here), ``out`` from us to the party (its RTCP)."""

    leg: LegId
    codec: str = ""
    packets_in: int = 0
    packets_out: int = 0
    loss_in: float = 0.0
    """Per cent of the packets expected."""
    jitter_in: float = 0.0
    """Milliseconds (RFC 3550 §6.4.1)."""
    mos_in: float | None = None
    loss_out: float | None = None
    jitter_out: float | None = None
    mos_out: float | None = None
    round_trip: float | None = None
    """Milliseconds; None where the party sent no RTCP that tells."""


class CallEnded(Fact, frozen=True, tag="call-ended"):
    by: Party
    outcome: Outcome
    sip_status: int
    """What ended it as SIP says: 200 for a call that was answered and hung up."""
    q850: int
    detail: str = ""


class CallClosed(Fact, frozen=True, tag="call-closed"):
    """Nothing more will be written of this journey: its ports are back and its quality is told."""


CallEvent = (
    CallStarted
    | Decided
    | Tagged
    | StepStarted
    | StepEnded
    | LegRang
    | LegAlerting
    | LegEnded
    | Answered
    | Held
    | Resumed
    | Recorded
    | MessageLeft
    | QualityReported
    | CallEnded
    | CallClosed
)
