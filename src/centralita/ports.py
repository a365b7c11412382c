"""The doors between the rooms: what the switch needs of the world, as protocols that adapters fulfil.

Everything here is synchronous from the switch's side: a command is queued and its outcome comes back as a call of the
owner. So the same switch runs on an event loop, and on the virtual clock of the simulator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from centralita.pbx.callcontrol import PromptKept
from centralita.pbx.events import JournalEvent
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.vocabulary import JourneyId, TenantId
from centralita.rtp.format import PayloadFormat
from centralita.sip.flow import Flow, Target


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """Monotonic time for timers, wall time for records; both in seconds."""

    def now(self) -> float:
        """Monotonic seconds."""

    def wall(self) -> float:
        """Seconds since the epoch, UTC."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back once at this monotonic instant, unless cancelled."""


class Ids(Protocol):
    def journey(self) -> JourneyId:
        """A new identifier that sorts by time of making."""

    def token(self) -> str:
        """An unguessable token of 20 or more characters from the alphabet of SIP tokens."""


class Network(Protocol):
    def send(self, data: bytes, flow: Flow) -> None:
        """Send a datagram, or queue bytes on an open stream. Never blocks; what cannot be sent is dropped."""

    def open(self, flow: Flow) -> None:
        """Connect a stream; the switch is told ``flow_opened`` or ``flow_closed``."""

    def close(self, flow: Flow) -> None:
        """Close a stream connection."""


class Resolver(Protocol):
    def resolve(self, target: Target, done: Callable[[Sequence[Flow]], None]) -> None:
        """Find the addresses of a target, best first; an empty list where there are none."""


# --- media --------------------------------------------------------------------------------------------------------


class MediaUnavailable(Exception):
    """No media worker can take another leg: none is up, or all ports are in use."""


class MediaTarget(NamedTuple):
    """Where the audio of a leg goes and comes from, as an offer and its answer agreed."""

    host: str
    """RTP address of the peer from its SDP; ``0.0.0.0`` where it wants none."""
    port: int
    signalling_host: str
    """The address that the peer signals from: behind a NAT its audio comes from there too."""
    format: PayloadFormat
    digits: int | None
    """Payload type number of telephone-event, or None."""
    send: bool = True
    """Whether the peer wants to hear (its SDP is sendrecv or recvonly)."""
    receive: bool = True
    """Whether the peer speaks (sendrecv or sendonly)."""


@dataclass(frozen=True, slots=True)
class File:
    """A sound file: WAV, PCM 16 bit or G.711, 8 kHz mono."""

    path: Path


@dataclass(frozen=True, slots=True)
class Tone:
    """A call progress tone of a country: ``ringback``, ``busy``, ``congestion``, ``dial``, or ``beep`` (once)."""

    name: str
    country: str = "ES"


@dataclass(frozen=True, slots=True)
class Silence:
    seconds: float


Sound = File | Tone | Silence


class Quality(NamedTuple):
    """Audio of one leg; the fields are those of :class:`centralita.pbx.vocabulary.QualityReported`."""

    packets_in: int
    packets_out: int
    loss_in: float
    jitter_in: float
    mos_in: float | None
    loss_out: float | None
    jitter_out: float | None
    mos_out: float | None
    round_trip: float | None


@dataclass(frozen=True, slots=True)
class Recording:
    path: Path
    duration: float
    """Seconds of audio in the file."""
    reason: str
    """``stopped``, ``silence``, ``limit``, ``digit``, ``lost`` or ``full`` (the disk)."""


class MediaOwner(Protocol):
    """Who is told what happens to a leg's audio."""

    def on_digit(self, digit: str) -> None:
        """A digit was pressed (0-9 * # A-D), told once, at its first packet that counts."""

    def on_played(self) -> None:
        """The last of the sounds given to ``play`` was sent (never after ``stop`` or another ``play``)."""

    def on_recorded(self, recording: Recording) -> None:
        """A recording ended and is complete on disk."""

    def on_quality(self, quality: Quality) -> None:
        """The final figures, told exactly once, after ``close`` (and with what is known if the worker died)."""

    def on_silent(self) -> None:
        """The peer has sent nothing for the time-out although it should (setting ``media_timeout``)."""


class MediaLeg(Protocol):
    """One RTP port of ours and the peer behind it. Every method is queued; none fails."""

    port: int

    def point(self, target: MediaTarget) -> None:
        """Send to and expect from this peer; called again when a re-INVITE changes it."""

    def bridge(self, other: MediaLeg) -> None:
        """Relay audio between the two, in both directions, in place of whatever each did before."""

    def unbridge(self) -> None:
        """Stop relaying, on both sides."""

    def play(self, sounds: Sequence[Sound], *, repeat: bool = False) -> None:
        """Play in place of what is played now."""

    def music(self) -> None:
        """Play music on hold until ``stop``, ``play`` or ``bridge``."""

    def stop(self) -> None:
        """Stop playing, without ``on_played``."""

    def record(
        self,
        path: Path,
        *,
        both: bool,
        limit: float,
        silence: float | None = None,
        append: bool = False,
    ) -> None:
        """Record to a WAV file: what the peer says, or ``both`` sides, the peer left and what it hears right.

        Ends by ``stop_recording``, after ``limit`` seconds, or after ``silence`` seconds without speech.
        """

    def stop_recording(self) -> None: ...

    def echo(self) -> None:
        """Send back what comes in, until ``stop``."""

    def heard(self) -> Quality | None:
        """What is known of the audio up to now, some seconds old; None: nothing yet."""

    def close(self) -> None:
        """Give the port back. ``on_quality`` follows; nothing else does."""


class Media(Protocol):
    def allocate(self, owner: MediaOwner, beside: MediaLeg | None = None, *, vital: bool = False) -> MediaLeg:
        """A leg with a port of its own, on the worker of ``beside`` so that the two can be bridged.

        The last ports of a worker are for ``vital`` calls, those for help. Raises MediaUnavailable.
        """

    def flush(self) -> None:
        """Send the commands queued since the last time; called once after everything that came in was handled."""

    def in_use(self) -> int:
        """Ports handed out and not yet given back: for health, metrics and the leak check."""


# --- what outlives the process ------------------------------------------------------------------------------------


class JournalUnavailable(Exception):
    """The journal cannot be written (a full disk): what depends on it must not happen."""


class StoreUnavailable(Exception):
    """The database cannot be used now. Calls do not need it: what was to be saved is saved later, from the journal."""


class Journal(Protocol):
    def append(self, event: JournalEvent) -> None:
        """Queue an event; it is on disk after the next ``flush``."""

    def flush(self) -> None:
        """Write what is queued, before any message that depends on it is sent. One system call at most.

        Raises JournalUnavailable and keeps what is queued for the next try.
        """


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a device can be reached (RFC 3261 §10): one contact of one address of record."""

    device: str
    """Globally unique: the device's SIP user name."""
    contact: str
    """The Contact URI as registered."""
    flow: Flow
    """Whence the REGISTER came: the way back through a NAT."""
    path: tuple[str, ...]
    """Path header field values (RFC 3327), topmost first."""
    expires_at: float
    """Seconds since the epoch."""
    call_id: str
    cseq: int
    instance: str
    """``+sip.instance`` (RFC 5626), or empty."""
    user_agent: str
    since: float = 0.0
    """When it came, in seconds since the epoch; 0: it is not known."""


class Locations(Protocol):
    """Bindings on disk, so that phones need not register again after a restart."""

    def load(self) -> Sequence[Binding]: ...

    def save(self, device: str, bindings: Sequence[Binding]) -> None:
        """Replace the device's bindings; a process killed after this call loses none of them."""


class TenantStates(Protocol):
    """What tenants' calls have in common, kept across restarts. Safe for use from several threads."""

    def load(self) -> Mapping[TenantId, Mapping[str, Any]]:
        """Of each tenant: part → its value, or the part's entries by key. Blocks."""

    def save(
        self,
        tenant: TenantId,
        parts: Mapping[str, Any],
        entries: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Keep these parts whole, and of others these entries (None: forgotten). A killed process loses none of it
        once this has returned. Raises OSError."""

    def tidy(self) -> None:
        """What is to be done now and then, and takes its time. Blocks. Raises OSError."""


class Configs(Protocol):
    """Published configuration, and the personal settings on top of it."""

    def snapshots(self) -> Sequence[Snapshot]:
        """The published version of every tenant. Blocks: call it in a thread once the switch serves."""

    def set_personal(self, tenant: TenantId, user: str, changes: dict[str, object]) -> None:
        """Change personal settings; the fields not named stay. Blocks. Raises ValueError where one is refused."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One voicemail message."""

    id: str
    at: float
    duration: float
    caller: str
    caller_name: str
    path: Path
    heard: bool


@dataclass(frozen=True, slots=True)
class Salvaged:
    """A message that a killed switch had not come to keep; nobody was told of it yet."""

    tenant: TenantId
    user: str
    journey: JourneyId
    message: StoredMessage


class Mailboxes(Protocol):
    """Voicemail on disk: one folder per mailbox, a message complete or absent, never half there."""

    def draft(
        self,
        tenant: TenantId,
        user: str,
        *,
        caller: str | None = None,
        caller_name: str = "",
        journey: str = "",
    ) -> Path:
        """A path to record a new message or greeting to; not a message until ``keep``.

        With ``caller`` (which may be empty: withheld) the draft is noted as a message of theirs, so that ``recover``
        can save it if the switch is killed before ``keep``. Raises OSError.
        """

    def discard(self, tenant: TenantId, user: str, draft: Path) -> None:
        """Remove a draft that is not wanted."""

    def recover(self) -> Sequence[Salvaged]:
        """Make messages of the drafts that a killed switch left, where they hold speech. Blocks."""

    def keep(
        self,
        tenant: TenantId,
        user: str,
        draft: Path,
        *,
        at: float,
        duration: float,
        caller: str,
        caller_name: str,
    ) -> StoredMessage:
        """Make a recorded draft a message. On disk, and whole, when this returns. Blocks. Raises OSError."""

    def messages(self, tenant: TenantId, user: str) -> Sequence[StoredMessage]:
        """New ones first, oldest first within each."""

    def mark_heard(self, tenant: TenantId, user: str, message: str) -> None: ...

    def delete(self, tenant: TenantId, user: str, message: str) -> None: ...

    def greeting(self, tenant: TenantId, user: str) -> Path | None:
        """The mailbox's own greeting, or None."""

    def set_greeting(self, tenant: TenantId, user: str, draft: Path | None) -> None:
        """Make a draft the greeting; None goes back to the default one."""


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A voicemail message that its owner is to be told of by mail: one row of the outbox."""

    tenant: TenantId
    user: str
    message: str
    left_at: float
    duration: float
    caller: str
    caller_name: str
    attempts: int
    """Tries so far; a claim counts one more."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar that lives at an address, and what is known of it."""

    tenant: TenantId
    calendar: str
    url: str
    fetched_at: float | None
    """Seconds since the epoch; None: never, or from another address."""
    tried_at: float | None
    error: str
    """Why the last try failed; empty where it did not."""


class Geography(Protocol):
    def country(self, address: str) -> str:
        """ISO 3166-1 country of a public address, empty where it is not known."""


class PromptRecorder(Protocol):
    """What users record by telephone becomes what a prompt of their tenant says."""

    def draft(self, tenant: TenantId) -> Path:
        """A path to record to. Raises OSError."""

    def discard(self, tenant: TenantId, draft: Path) -> None:
        """Remove a draft that is not wanted; one that was never recorded to is none. Raises OSError."""

    def keep(self, tenant: TenantId, prompt: str, language: str, draft: Path, *, user: str) -> PromptKept:
        """Store a draft as a sound and put it into the configuration, in the name of a user. The draft is gone then.

        Blocks, for seconds. Never FAILED without a line in the log that says why. Raises OSError.
        """


class Prompts(Protocol):
    def find(self, tenant: TenantId, language: str, key: str) -> Path | None:
        """The sound file of a prompt: the tenant's own, the recorded pack's, or the default pack's."""
