"""What a call flow may do with a call: the one vocabulary of commands.

Flows, menus and voicemail are coroutines over :class:`CallControl`. The switch fulfils it with real legs, the
simulator with a scripted caller; nothing else differs. Every awaited command raises :class:`CallerGone` once the
caller has hung up, so a flow has no other duty then than to leave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from centralita.pbx.acd.news import News
    from centralita.pbx.model.prompt import Prompt
    from centralita.pbx.model.queue import Queue
    from centralita.pbx.model.trunk import Trunk
    from centralita.pbx.state import TenantState

BEEP = "tone:beep"
"""Played like a prompt: the tone after which one speaks."""

NOTHING: Mapping[str, float] = MappingProxyType({})
Playable = str | Path
"""A prompt by its key, a recording by its path, or BEEP."""


HIDDEN_DIGIT = "·"
"""Stands in traces for a digit that the caller gave as an answer: it may be of a card, or a secret."""


class CallerGone(Exception):
    """The caller hung up; thrown into the flow wherever it waits."""


class CallRefused(Exception):
    """The exchange cannot serve this call (no codec in common, no media) and has refused it; the flow leaves."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the exchange knows them."""

    number: str
    """E.164 with its plus sign from outside, the extension from inside; empty: withheld."""
    name: str
    user: User | None
    """None: a call from a trunk."""
    language: str
    country: str
    ip_country: str = ""
    """ISO 3166-1, of a caller over the internet; empty: by a provider, or not known."""


@dataclass(frozen=True, slots=True)
class Reachability:
    """What the exchange knows of a user before it rings."""

    contacts: int
    """Registered contacts of all the user's devices."""
    calls: int
    """Calls that the user is in, ringing ones included."""


@dataclass(frozen=True, slots=True)
class RingResult:
    """How ringing somebody ended. ANSWERED: the two are bridged, and ``talk`` waits for the end."""

    end: StepEnd
    sip_status: int = 0
    redirect: str = ""
    """Where the device sends the caller instead (302), as a number to be dialled."""
    user: str = ""
    """Who answered, or who redirects."""
    ends: tuple[tuple[str, StepEnd], ...] = ()
    """User, or number outside → how ringing each of them ended, where several were rung."""
    alerted: bool = False
    """It has rung there (180), so that somebody else would ring the same telephone again."""
    silent: bool = False
    """No SIP response came at all: nobody is there."""
    number: str = ""
    """The number outside that answered, as its attempt has it; empty: it was nobody outside."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach the outside, ready to be sent: everything about it was decided before."""

    trunk: Trunk
    number: str
    """E.164, or an emergency number as it is dialled."""
    written: str
    """As this trunk wants it."""
    shown: str
    """The caller's number that is presented, in E.164; empty: withheld."""
    emergency: bool = False
    on_behalf_of: User | None = None
    """Whose forwarding this is; None for the caller's own call."""


@dataclass(frozen=True, slots=True)
class Take:
    """A recording just made from the caller's speech."""

    path: Path
    duration: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class MailboxMessage:
    id: str
    at: datetime
    duration: float
    caller: str
    path: Path
    heard: bool


class Mailbox(Protocol):
    """One user's voicemail."""

    def message_draft(self) -> Path:
        """A path to record a message of this caller to; saved even if the exchange is killed meanwhile."""

    def greeting_draft(self) -> Path:
        """A path to record a greeting to."""

    async def keep_message(self, take: Take) -> bool:
        """Make a take a message from this caller, and tell everybody who waits for it; False where it was not stored."""

    def discard(self, take: Take) -> None:
        """What was recorded is not wanted."""

    def messages(self) -> Sequence[MailboxMessage]:
        """New ones first, oldest first within each."""

    def mark_heard(self, message: MailboxMessage) -> None: ...

    def delete(self, message: MailboxMessage) -> None: ...

    def greeting(self) -> Path | None: ...

    def set_greeting(self, take: Take | None) -> None:
        """None: back to the default greeting."""

    def pin_attempt_allowed(self) -> bool:
        """False while too many wrong PINs were given for this mailbox lately."""

    def pin_failed(self) -> None:
        """Count a wrong PIN."""


class PromptKept(Enum):
    """What came of a prompt that was recorded by telephone."""

    PUBLISHED = "published"
    """Whoever calls hears it."""
    WAITS = "waits"
    """It is in the tenant's draft, and heard once that is published."""
    FAILED = "failed"


class PromptTakes(Protocol):
    """One of the tenant's prompts, to be recorded anew by the caller."""

    def draft(self) -> Path:
        """A path to record to; nothing of the prompt's until ``keep``."""

    async def keep(self, take: Take, language: str) -> PromptKept:
        """Make a take what the prompt says in a language. The take is gone then, whatever came of it."""

    def discard(self, take: Take) -> None:
        """What was recorded is not wanted."""


class Place(Protocol):
    """A caller's place in a queue, which says what is to be done next."""

    async def news(self) -> News:
        """What the queue says, or which digit the caller pressed; waits until there is something."""

    def accepted(self, agent: str) -> None:
        """The agent who was offered the call answered, and is bridged with the caller."""

    def declined(self, agent: str, end: StepEnd) -> None:
        """The agent did not take it, and why."""

    def ended(self, agent: str) -> None:
        """The conversation with the agent is over."""

    def leave(self, reason: str) -> None:
        """The caller is no longer in the queue."""

    def want_callback(self, number: str) -> None:
        """The caller gives the line up and keeps the place: they are called at this number when it is their turn."""


class CallControl(Protocol):
    """One call, seen from its caller."""

    snapshot: Snapshot
    """The configuration version that the call began with, and keeps."""
    caller: Caller
    dialled: str
    """Normalised: E.164 from outside, as dialled from inside."""
    direction: Direction
    language: str
    """What the exchange speaks to this caller; a flow may change it."""
    random: random.Random

    @property
    def state(self) -> TenantState:
        """What the tenant's calls have in common besides the configuration. Ask each time: whoever has it may change it."""

    def now(self) -> datetime:
        """The instant, in the time zone of the caller's or the tenant's first site."""

    def decide(
        self,
        rule: str,
        target: str,
        reason: str,
        *,
        node: str = "",
        passed: tuple[str, ...] = (),
        pressed: str = "",
    ) -> None:
        """Leave a trace: which rule matched, where it leads, and why in one sentence.

        ``node``: ``FLOW/NODE`` where a flow decides. ``passed``: what was looked at and did not match, each with its reason.
        ``pressed``: the digits that the caller gave for it, by which the way was chosen; of an answer, HIDDEN_DIGIT for each.
        """

    def adjust(
        self, *, name_prefix: str | None = None, tag: str | None = None, record: bool | None = None
    ) -> None:
        """Mark the call: what is put before the caller's name on phones, a tag for its record, whether it is recorded."""

    def is_answered(self) -> bool:
        """Whether the caller is connected to us or to somebody: what follows costs them money."""

    # --- ringing --------------------------------------------------------------------------------------------------

    def reachability(self, user: User) -> Reachability: ...

    def trunk_trouble(self, trunk: Trunk) -> str:
        """Why a trunk cannot take a call now (down, no free line), empty where it can."""

    async def ring(
        self,
        users: Sequence[User],
        seconds: float,
        *,
        outside: Sequence[Attempt] = (),
        diverted_by: str = "",
        confirm: bool = False,
        until: Place | None = None,
        after: Mapping[str, float] = NOTHING,
        confirm_outside: bool = False,
    ) -> RingResult:
        """Ring all devices of these users, and these outside parties; the first to answer is bridged with the caller, the others are
        cancelled.

        ``confirm``: whoever answers is asked to press 1 before. With ``until`` it ends as WITHDRAWN when the queue takes the
        offer back or the caller presses a digit.
        ``after``: by user id or number, the seconds after which some of them begin to ring. They begin at once when nobody rings any
        more, and not at all when somebody has refused the call or was busy. ``confirm_outside``: of those outside only.
        """

    async def dial(self, attempt: Attempt, seconds: float) -> RingResult:
        """Call the outside through one trunk; bridged when answered, early media is heard."""

    async def talk(self, limit: float | None = None) -> None:
        """Wait until one of the two bridged parties hangs up, or ``limit`` seconds have passed: then both are to be parted."""

    async def answer(self, service: str) -> None:
        """Answer the caller ourselves, as a service: voicemail, voicemail-menu, echo, feature, announce."""

    async def play(
        self, sounds: Sequence[Playable], *, language: str = "", until: Place | None = None
    ) -> str:
        """Play to the end; a digit interrupts and is returned, the empty string otherwise.

        With ``until`` it also ends as soon as the queue has news; a digit is then such news, and not returned.
        """

    async def announce(self, sounds: Sequence[Playable]) -> None:
        """Play before the call is answered, as early media; where it is answered, simply play. To its end: digits do not
        cut it short.
        """

    def music(self, name: str = "") -> None:
        """Music on hold for the caller until the next sound, ring answered, or end. ``name``: the tenant's own, if any."""

    async def collect(
        self,
        sounds: Sequence[Playable],
        *,
        digits: int,
        seconds: float,
        between: float | None = None,
        ends: str = "#",
        enough: Callable[[str], bool] | None = None,
        language: str = "",
    ) -> str:
        """Play, and collect up to so many digits; a digit of ``ends`` or the time-out ends it. The digits, without that one.

        ``seconds``: patience for the first digit; ``between``: for each that follows, the same where None. ``enough`` is
        asked after each digit, with all of them: True, and no other is waited for. It is one question however many digits.
        """

    async def record(self, path: Path, *, limit: float, silence: float | None) -> Take | None:
        """Record the caller until a digit, silence, the limit or the end of the call; None: nothing was recorded.

        Does not raise when the caller hangs up: what was said is said.
        """

    async def echo(self) -> None:
        """Send the caller's own audio back until the call ends."""

    async def wait(self, seconds: float) -> None: ...

    # --- the queue, and what is asked of others ---------------------------------------------------------------------

    def enter_queue(
        self, queue: Queue, *, priority: int, skills: Mapping[str, int], last_agent: str = ""
    ) -> Place:
        """Take a place. A caller who hangs up leaves it; the exchange sees to that."""

    async def lookup(self, url: str, seconds: float, cache_seconds: int) -> str | None:
        """The text at an address of the web (at most 64 KB), None where there was none in time.

        Answers are remembered for ``cache_seconds``. Addresses within the exchange's own network are refused.
        """

    async def announce_and_refuse(
        self, sounds: Sequence[Playable], status: int, outcome: Outcome, detail: str = ""
    ) -> None:
        """Refuse the call; a caller of ours first hears why, before the answer, at no charge."""

    def hang_up(self, outcome: Outcome | None = None, detail: str = "") -> None:
        """End the call from our side. ``outcome``: None leaves what the call already is."""

    def mailbox(self, user: User) -> Mailbox: ...

    def prompt_takes(self, prompt: Prompt) -> PromptTakes: ...

    async def set_personal(self, user: User, changes: dict[str, object]) -> bool:
        """Change a user's personal settings; False if that could not be stored."""
