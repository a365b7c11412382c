"""What a call flow may do with a call: the one vocabulary of commands.

Flows, menus and voicemail are coroutines over :class:`CallControl`. The switch fulfils it with real legs, the
simulator with a scripted caller; nothing else differs. Every awaited command raises :class:`CallerGone` once the
caller has hung up, so a flow has no other duty then than to leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd

BEEP = "tone:beep"
"""Played like a prompt: the tone after which one speaks."""

Playable = str | Path
"""A prompt by its key, a recording by its path, or BEEP."""


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


class CallControl(Protocol):
    """One call, seen from its caller."""

    snapshot: Snapshot
    """The configuration version that the call began with, and keeps."""
    caller: Caller
    direction: Direction

    def now(self) -> datetime:
        """The instant, in the time zone of the caller's or the tenant's first site."""

    def decide(self, rule: str, target: str, reason: str) -> None:
        """Leave a trace: which rule matched, where it leads, and why in one sentence."""

    def reachability(self, user: User) -> Reachability: ...

    async def ring(self, user: User, seconds: float, *, diverted_by: str = "") -> RingResult:
        """Ring all devices of a user; the first to answer is bridged with the caller, the others are cancelled."""

    async def dial_out(self, number: str, *, emergency: bool, on_behalf_of: User | None) -> RingResult:
        """Call an E.164 number, or an emergency number, through a trunk; bridged when answered.

        ``on_behalf_of``: whose number is presented and whose forwarding this is; None for the caller's own call.
        """

    async def talk(self) -> None:
        """Wait until one of the two bridged parties hangs up."""

    async def answer(self, service: str) -> None:
        """Answer the caller ourselves, as a service: voicemail, voicemail-menu, echo, feature, announce."""

    async def play(self, sounds: Sequence[Playable], *, language: str = "") -> str:
        """Play to the end; a digit interrupts and is returned, the empty string otherwise."""

    async def collect(
        self, sounds: Sequence[Playable], *, digits: int, seconds: float, language: str = ""
    ) -> str:
        """Play, and collect up to so many digits; ``#`` or the time-out ends it. The digits, without ``#``."""

    async def record(self, path: Path, *, limit: float, silence: float | None) -> Take | None:
        """Record the caller until a digit, silence, the limit or the end of the call; None: nothing was recorded.

        Does not raise when the caller hangs up: what was said is said.
        """

    async def echo(self) -> None:
        """Send the caller's own audio back until the call ends."""

    async def wait(self, seconds: float) -> None: ...

    async def announce_and_refuse(
        self, sounds: Sequence[Playable], status: int, outcome: Outcome, detail: str = ""
    ) -> None:
        """Refuse the call; a caller of ours first hears why, before the answer, at no charge."""

    def hang_up(self, outcome: Outcome | None = None, detail: str = "") -> None:
        """End the call from our side. ``outcome``: None leaves what the call already is."""

    def mailbox(self, user: User) -> Mailbox: ...

    async def set_personal(self, user: User, changes: dict[str, object]) -> bool:
        """Change a user's personal settings; False if that could not be stored."""
