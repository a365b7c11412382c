"""What the journal keeps of queues and agents. Fields may be added with a default, never renamed.

Facts of a caller belong to the caller's journey; facts of agents alone belong to the tenant and have no journey. Durations are
seconds. Figures, boards and ``queue_log`` are folds over these.
"""

from __future__ import annotations

import msgspec

from centralita.pbx.vocabulary import Fact, JourneyId, Party, StepEnd, TenantId


class CallerFact(Fact, frozen=True, kw_only=True):
    """A fact of one caller's journey."""

    tenant: TenantId = TenantId("")
    """Written by the switch: facts of a callback come when the journey is long closed."""


class TenantFact(Fact, frozen=True, kw_only=True):
    """A fact of the tenant that is not of one caller's journey."""

    tenant: TenantId
    journey: JourneyId = JourneyId("")


# --- of a caller ------------------------------------------------------------------------------------------------------


class QueueJoined(CallerFact, frozen=True, tag="queue-joined"):
    queue: str
    position: int
    """1: next."""
    priority: int = 0
    caller: str = ""
    since: float = 0.0
    """From when the place counts: earlier than ``at`` for callers who come from another queue."""
    skills: dict[str, int] = msgspec.field(default_factory=dict)


class QueueRefused(CallerFact, frozen=True, tag="queue-refused"):
    """The caller was turned away on joining. ``reason``: size, no-agents or estimated-wait."""

    queue: str
    reason: str
    target: str = ""


class QueueOffered(CallerFact, frozen=True, tag="queue-offered"):
    """Agents are being rung for the caller."""

    queue: str
    agents: tuple[str, ...]


class QueueMissed(CallerFact, frozen=True, tag="queue-missed"):
    """An agent was rung and did not take the call. CALLER_GONE, WITHDRAWN: not the agent's doing."""

    queue: str
    agent: str
    end: StepEnd
    rang: float


class QueueAnswered(CallerFact, frozen=True, tag="queue-answered"):
    queue: str
    agent: str
    waited: float
    """Since joining this queue."""
    rang: float = 0.0
    position: int = 0
    """On joining."""
    callback: bool = False


class QueueCallEnded(CallerFact, frozen=True, tag="queue-call-ended"):
    """The conversation with the agent is over."""

    queue: str
    agent: str
    by: Party
    talk: float
    waited: float = 0.0
    position: int = 0
    """On joining."""
    transferred_to: str = ""
    """Where the agent sent the caller, if that is how it ended."""
    callback: bool = False


class QueueLeft(CallerFact, frozen=True, tag="queue-left"):
    """The caller left the queue without having talked to anybody."""

    queue: str
    reason: str
    """A value of :class:`centralita.pbx.acd.news.Reason`."""
    waited: float
    position: int
    """On leaving."""
    joined_position: int = 0
    key: str = ""
    """The digit, where the reason is ``key``."""
    target: str = ""
    """Where the caller goes on, as far as the queue says."""


class CallbackRequested(CallerFact, frozen=True, tag="callback-requested"):
    """The caller keeps the place and is called at this number."""

    queue: str
    number: str
    waited: float
    position: int
    joined_position: int = 0
    key: str = ""
    """The digit by which callers of this queue ask for it."""


class CallbackTried(CallerFact, frozen=True, tag="callback-tried"):
    """The customer was called and did not answer."""

    queue: str
    agent: str
    attempt: int
    end: StepEnd


# --- of agents --------------------------------------------------------------------------------------------------------


class AgentLoggedIn(TenantFact, frozen=True, tag="agent-logged-in"):
    agent: str
    queues: tuple[str, ...]
    by: str = ""
    """Who did it, where it was not the agent: ``user:ID`` of a supervisor …"""


class AgentLoggedOut(TenantFact, frozen=True, tag="agent-logged-out"):
    agent: str
    queues: tuple[str, ...]
    on_shift: float = 0.0
    """Seconds at work today."""
    by: str = ""


class AgentPaused(TenantFact, frozen=True, tag="agent-paused"):
    agent: str
    reason: str
    """``no-answer``: paused by the queue after too many missed offers. Otherwise as the agent or supervisor gave it."""
    queues: tuple[str, ...] = ()
    """Empty: everywhere."""
    by: str = ""


class AgentResumed(TenantFact, frozen=True, tag="agent-resumed"):
    agent: str
    queues: tuple[str, ...] = ()
    """Empty: everywhere."""
    reason: str = ""
    """Of the pause that is over."""
    paused: float = 0.0
    """Seconds that it lasted."""
    by: str = ""


class WrapUpStarted(TenantFact, frozen=True, tag="wrap-up-started"):
    agent: str
    queue: str
    seconds: float


class WrapUpEnded(TenantFact, frozen=True, tag="wrap-up-ended"):
    agent: str
    queue: str
    lasted: float


AcdFact = (
    QueueJoined
    | QueueRefused
    | QueueOffered
    | QueueMissed
    | QueueAnswered
    | QueueCallEnded
    | QueueLeft
    | CallbackRequested
    | CallbackTried
    | AgentLoggedIn
    | AgentLoggedOut
    | AgentPaused
    | AgentResumed
    | WrapUpStarted
    | WrapUpEnded
)
