"""The control socket: what the switch can be asked while it runs, and the client that asks.

One Unix socket, ``DATA/run/switch.sock`` (mode 0600). A client sends one JSON object in one line and gets one JSON object in one
line; several may follow each other on one connection. The switch serves it (``centralita.switch.control``); the commands
and the web process ask. It never carries a secret, and it is no API for others: that is ``/api/v1``.

A request is ``{"command": "calls", …}``: one of the ``Ask…`` structs below, tagged by ``command``. A reply is the struct
named in its docstring, as plain JSON, or ``{"error": "one sentence"}``. Fields may be added with a default, never renamed.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

MAX_REQUEST = 64 * 1024
"""Bytes of one request line; a longer one is answered with an error and the connection is closed."""
MAX_REPLY = 64 * 1024 * 1024

# --- requests -----------------------------------------------------------------------------------------------------


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", omit_defaults=True):
    """What all requests share: nothing but their tag."""


class AskCalls(Request, frozen=True, tag="calls"):
    """Live calls, oldest first → :class:`CallList`."""

    tenant: str = ""
    """Empty: of every tenant."""


class AskRegistrations(Request, frozen=True, tag="registrations"):
    """Where devices can be reached, by tenant and device → :class:`RegistrationList`."""

    tenant: str = ""


class AskTrunks(Request, frozen=True, tag="trunks"):
    """Trunks and how they are → :class:`TrunkList`."""

    tenant: str = ""


class AskHealth(Request, frozen=True, tag="health"):
    """The switch and what it depends on → :class:`Health`. Must be cheap: it is asked every few seconds."""


class AskReload(Request, frozen=True, tag="reload"):
    """Load what was published since → :class:`Reloaded`. The reply comes when the new versions are in use."""

    tenant: str = ""


class AskOccupancy(Request, frozen=True, tag="occupancy"):
    """Everything that is held and must be given back, for leak checks → :class:`Occupancy`."""


class AskQueues(Request, frozen=True, tag="queues"):
    """Queues as they are now, with those who wait in them → :class:`QueueList`."""

    tenant: str = ""


class AskAgents(Request, frozen=True, tag="agents"):
    """Agents and what they are doing → :class:`AgentList`."""

    tenant: str = ""


class DirectAgent(Request, frozen=True, tag="agent"):
    """Log an agent in or out, pause them or have them work again → :class:`Done`."""

    action: Literal["login", "logout", "pause", "resume", "ready"]
    """``ready`` ends wrap-up."""
    user: str
    tenant: str = ""
    """Empty: the only one there is."""
    queues: tuple[str, ...] = ()
    """Empty: all of theirs."""
    reason: str = ""
    by: str = "command"


class DirectCaller(Request, frozen=True, tag="caller"):
    """Give a waiting caller to an agent, move them to another queue, or forget a callback → :class:`Done`."""

    action: Literal["take", "move", "cancel-callback"]
    journey: str
    to: str = ""
    """The user who takes it, or the queue that it is moved to."""
    tenant: str = ""
    """Whose call it must be; empty: of any tenant."""


class AskOverrides(Request, frozen=True, tag="overrides"):
    """Overrides and which of them are on → :class:`OverrideList`."""

    tenant: str = ""


class TurnOverride(Request, frozen=True, tag="override"):
    """Turn an override on or off → :class:`Done`."""

    override: str
    on: bool
    tenant: str = ""
    until: float | None = None
    """Seconds since the epoch; None: until it is turned off."""
    until_time: str = ""
    """In place of that: an hour of today, ``18:00``, in the zone of the tenant's first site."""
    by: str = "command"


class StartCall(Request, frozen=True, tag="originate"):
    """Ring a user's telephones, and connect them with a number as if they had dialled it → :class:`Started`."""

    user: str
    number: str
    tenant: str = ""


class HangUp(Request, frozen=True, tag="hangup"):
    """End a call, as from our side, wherever it is → :class:`Done`."""

    journey: str
    tenant: str = ""
    """Whose call it must be; empty: of any tenant."""
    by: str = "command"
    """Who ends it, for its record."""


class AskSecurity(Request, frozen=True, tag="security"):
    """Who has given wrong passwords, and who has to wait → :class:`SecurityReport`."""

    tenant: str = ""
    """Only what concerns its devices; empty: all."""


class LiftBlock(Request, frozen=True, tag="lift-block"):
    """Forget wrong passwords, so that the next is looked at again → :class:`Lifted`. One of the two may be empty."""

    source: str = ""
    user: str = ""
    """SIP user name."""
    tenant: str = ""
    """Whose device it must be; empty: any, or a source as a whole."""


AnyRequest = (
    AskCalls
    | AskRegistrations
    | AskTrunks
    | AskHealth
    | AskReload
    | AskOccupancy
    | AskQueues
    | AskAgents
    | DirectAgent
    | DirectCaller
    | AskOverrides
    | TurnOverride
    | StartCall
    | HangUp
    | AskSecurity
    | LiftBlock
)

# --- replies ------------------------------------------------------------------------------------------------------


class LiveCall(msgspec.Struct, frozen=True, kw_only=True):
    journey: str
    tenant: str
    direction: str
    """inbound, outbound or internal."""
    caller: str
    caller_name: str = ""
    user: str = ""
    """The caller, where they are a user of ours."""
    dialled: str
    state: str
    """routing, ringing, queue, talking, held, voicemail, service or ending."""
    since: float
    """Seconds since the epoch: when the call began."""
    answered_at: float | None = None
    answered_by: str = ""
    """The user, trunk or service that answered."""
    seconds: float
    """Since ``since``."""
    node: str = ""
    """``FLOW/NODE`` of the flow's latest decision."""
    queue: str = ""
    """Where the caller waits, or waited before they were answered."""
    mos: float | None = None
    """Of the party and direction that sound worst up to now; None: nothing was measured yet."""


class CallList(msgspec.Struct, frozen=True):
    calls: list[LiveCall]


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """One contact of one device."""

    device: str
    """SIP user name."""
    user: str
    tenant: str
    contact: str
    """Contact URI as the phone registered it."""
    address: str
    """Where it is reached: ``UDP:192.0.2.1:5060``."""
    user_agent: str = ""
    expires_in: float
    """Seconds."""
    since: float = 0.0
    """Seconds since the epoch: when this contact came; 0: it is not known."""


class RegistrationList(msgspec.Struct, frozen=True):
    registrations: list[Registration]


class TrunkStatus(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    tenant: str
    state: str
    """up, down, unknown, registering, registered or refused."""
    detail: str = ""
    """Why, in one sentence: ``OPTIONS not answered``, ``403 Forbidden``."""
    since: float
    """Seconds since the epoch: when this state began."""
    calls: int = 0


class TrunkList(msgspec.Struct, frozen=True):
    trunks: list[TrunkStatus]


class MediaStatus(msgspec.Struct, frozen=True, kw_only=True):
    worker: str
    """``media-1`` …"""
    up: bool
    ports_in_use: int
    ports_free: int


class JournalStatus(msgspec.Struct, frozen=True, kw_only=True):
    ok: bool
    detail: str = ""
    """Why it cannot be written: ``No space left on device``."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    ok: bool
    """Whether calls can be taken: journal writable and a media worker up."""
    version: str
    uptime: float
    """Seconds."""
    calls: int
    """Live journeys."""
    sessions: int
    """SIP dialogs, early and confirmed."""
    transactions: int
    registrations: int
    """Contacts that have not expired."""
    media: list[MediaStatus]
    journal: JournalStatus
    tenants: dict[str, int]
    """Tenant → configuration version in use."""
    ended: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    """Calls ended since the switch started: direction → outcome → how many."""
    pid: int = 0


class Reloaded(msgspec.Struct, frozen=True):
    tenants: dict[str, int]
    """Tenant → configuration version now in use."""


class Occupancy(msgspec.Struct, frozen=True, kw_only=True):
    """All zero, but for registrations and what trunks keep, when no call is up and the timers of the last have run out."""

    calls: int = 0
    sessions: int = 0
    transactions: int = 0
    timers: int = 0
    connections: int = 0
    """Open TCP connections."""
    ports: int = 0
    """Media ports handed out."""
    journal_pending: int = 0
    """Events queued and not yet on disk."""


class WaitingCaller(msgspec.Struct, frozen=True, kw_only=True):
    journey: str
    number: str
    position: int
    """1: next; 0: talking."""
    phase: str
    """waiting, held (for their last agent), offered, talking or retrying."""
    since: float
    """Seconds since the epoch: from when their place counts."""
    priority: int = 0
    agents: tuple[str, ...] = ()
    callback: str = ""
    """The number that they are to be called at; empty: they are on the line."""
    told_at: float | None = None
    """When they were last told of their wait; None: not yet."""
    told_position: int = 0
    """0: not told."""
    told_wait: float | None = None
    """Seconds; None: not told."""


class QueueStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One queue; what the figures count is defined in :class:`centralita.pbx.acd.views.QueueFigures`."""

    tenant: str
    queue: str
    name: str = ""
    waiting: int
    callbacks: int
    longest_wait: float
    logged_in: int
    free: int
    busy: int
    paused: int
    wrap_up: int
    estimated_wait: float | None = None
    answered: int
    abandoned: int
    abandoned_early: int
    overflowed: int
    exited: int
    callbacks_requested: int
    callbacks_done: int
    service_level: float | None = None
    service_level_seconds: int
    mean_answer: float | None = None
    mean_talk: float | None = None
    longest_answer: float
    callers: list[WaitingCaller] = msgspec.field(default_factory=list)


class QueueList(msgspec.Struct, frozen=True):
    queues: list[QueueStatus]


class AgentPause(msgspec.Struct, frozen=True, kw_only=True):
    queue: str
    """Empty: everywhere."""
    reason: str
    since: float


class AgentStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One agent, as :class:`centralita.pbx.acd.views.AgentView`."""

    tenant: str
    user: str
    name: str = ""
    state: str
    queues: tuple[str, ...] = ()
    """Logged in to."""
    member_of: tuple[str, ...] = ()
    """All that they are an agent of."""
    pauses: list[AgentPause] = msgspec.field(default_factory=list)
    calls_now: tuple[str, ...] = ()
    offered: str = ""
    calls: int = 0
    talk: float = 0.0
    on_shift: float = 0.0
    misses: int = 0
    wrap_up_until: float | None = None


class AgentList(msgspec.Struct, frozen=True):
    agents: list[AgentStatus]


class OverrideStatus(msgspec.Struct, frozen=True, kw_only=True):
    tenant: str
    override: str
    name: str = ""
    code: str = ""
    on: bool = False
    since: float | None = None
    until: float | None = None
    by: str = ""


class OverrideList(msgspec.Struct, frozen=True):
    overrides: list[OverrideStatus]


class Guesser(msgspec.Struct, frozen=True, kw_only=True):
    """Wrong passwords that are counted together, as :class:`centralita.throttle.Guess`."""

    scope: str
    source: str
    user: str
    tenant: str = ""
    """Of the device, where there is one of that name."""
    failures: int
    limit: int
    wait: float


class WrongPassword(msgspec.Struct, frozen=True, kw_only=True):
    at: float
    source: str
    user: str
    tenant: str = ""
    blocked: bool = False
    """It was refused without being looked at."""


class SecurityReport(msgspec.Struct, frozen=True):
    guessers: list[Guesser]
    """Who has to wait longest first."""
    failures: list[WrongPassword]
    """The last ones, the latest first."""


class Lifted(msgspec.Struct, frozen=True):
    lifted: bool
    """False: there was nothing to forget."""


class Done(msgspec.Struct, frozen=True):
    """What was asked for is so now, and on disk."""

    text: str


class Started(msgspec.Struct, frozen=True):
    journey: str


class Refusal(msgspec.Struct, frozen=True):
    """Instead of a reply: why there is none."""

    error: str


Reply = (
    CallList
    | RegistrationList
    | TrunkList
    | Health
    | Reloaded
    | Occupancy
    | QueueList
    | AgentList
    | OverrideList
    | SecurityReport
    | Lifted
    | Done
    | Started
    | Refusal
)

# --- the wire -----------------------------------------------------------------------------------------------------

_request_decoder: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_encoder = msgspec.json.Encoder()


def decode_request(line: bytes) -> AnyRequest:
    """One request from its line. Raises ValueError with a sentence to send back as :class:`Refusal`."""
    try:
        return _request_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"not a request that is known here: {error}") from error


def encode(message: AnyRequest | Reply) -> bytes:
    """One message as its line, the line feed included."""
    return _encoder.encode(message) + b"\n"


class SwitchUnavailable(Exception):
    """The switch does not answer on its control socket: it is not running, or it hangs."""


class RequestRefused(Exception):
    """The switch answered with an error."""


R = TypeVar(
    "R",
    CallList,
    RegistrationList,
    TrunkList,
    Health,
    Reloaded,
    Occupancy,
    QueueList,
    AgentList,
    OverrideList,
    SecurityReport,
    Lifted,
    Done,
    Started,
)


class ControlClient:
    """Asks the switch; blocks. One connection per question, so that a restart of the switch is not noticed."""

    def __init__(self, path: Path, timeout: float = 5.0) -> None:
        self.path = path
        self.timeout = timeout

    def calls(self, tenant: str = "") -> list[LiveCall]:
        return self._ask(AskCalls(tenant=tenant), CallList).calls

    def registrations(self, tenant: str = "") -> list[Registration]:
        return self._ask(AskRegistrations(tenant=tenant), RegistrationList).registrations

    def trunks(self, tenant: str = "") -> list[TrunkStatus]:
        return self._ask(AskTrunks(tenant=tenant), TrunkList).trunks

    def health(self) -> Health:
        return self._ask(AskHealth(), Health)

    def reload(self, tenant: str = "") -> dict[str, int]:
        return self._ask(AskReload(tenant=tenant), Reloaded).tenants

    def occupancy(self) -> Occupancy:
        return self._ask(AskOccupancy(), Occupancy)

    def queues(self, tenant: str = "") -> list[QueueStatus]:
        return self._ask(AskQueues(tenant=tenant), QueueList).queues

    def agents(self, tenant: str = "") -> list[AgentStatus]:
        return self._ask(AskAgents(tenant=tenant), AgentList).agents

    def overrides(self, tenant: str = "") -> list[OverrideStatus]:
        return self._ask(AskOverrides(tenant=tenant), OverrideList).overrides

    def security(self, tenant: str = "") -> SecurityReport:
        return self._ask(AskSecurity(tenant=tenant), SecurityReport)

    def lift_block(self, source: str, user: str, tenant: str = "") -> bool:
        """Whether there was anything to forget."""
        return self._ask(LiftBlock(source=source, user=user, tenant=tenant), Lifted).lifted

    def direct(self, request: DirectAgent | DirectCaller | TurnOverride | HangUp) -> str:
        """What came of it, in one sentence."""
        return self._ask(request, Done).text

    def start_call(self, user: str, number: str, tenant: str = "") -> str:
        """The journey that began."""
        return self._ask(StartCall(user=user, number=number, tenant=tenant), Started).journey

    def _ask(self, request: AnyRequest, reply: type[R]) -> R:
        """Raises SwitchUnavailable or RequestRefused."""
        try:
            line = self._exchange(encode(request))
        except OSError as error:
            raise SwitchUnavailable(f"the switch does not answer on {self.path}: {error}") from error
        try:
            return msgspec.json.decode(line, type=reply)
        except msgspec.DecodeError as error:
            raise RequestRefused(_reason(line, error)) from error

    def _exchange(self, request: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(self.timeout)
            connection.connect(str(self.path))
            connection.sendall(request)
            received = bytearray()
            while b"\n" not in received[-65536:]:
                chunk = connection.recv(65536)
                if not chunk:
                    raise ConnectionResetError("it closed the connection without an answer")
                received += chunk
                if len(received) > MAX_REPLY:
                    raise OSError("its answer has no end")
            return bytes(received)


def _reason(line: bytes, error: Exception) -> str:
    try:
        return msgspec.json.decode(line, type=Refusal).error
    except msgspec.DecodeError:
        return f"its answer is not understood, so it is of another version than this command: {error}"
