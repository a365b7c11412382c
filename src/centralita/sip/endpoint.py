"""The one door of the SIP core: bytes, facts and the time go in, bytes and facts come out.

The endpoint only wires the transaction layer, the calls and the requests outside calls together. It does no I/O and reads no
clock: every instant is the ``now`` of its caller, monotonic seconds. After any call of a method here the
shell drains ``outputs()`` and ``events()`` and asks ``timer()`` when to call back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from centralita.sip.credentials import Credentials
from centralita.sip.events import Event, Output
from centralita.sip.flow import Flow, Target
from centralita.sip.parser import Limits
from centralita.sip.requests import ClientRequest
from centralita.sip.session import Session
from centralita.sip.timers import Timers
from centralita.sip.transaction import ServerTransaction


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """What an endpoint is told once and for all."""

    advertised_host: str
    """Name or address that peers reach us at: Via sent-by and Contact. IPv6 without brackets."""
    port: int
    user_agent: str = "Centralita"
    timers: Timers = field(default_factory=Timers)
    session_expires: int = 1800
    """Session-Expires that we ask for (RFC 4028), seconds."""
    min_se: int = 90
    """Shortest session interval that we accept, seconds; 90 is the least that RFC 4028 §4 allows."""
    max_transactions: int = 200_000
    """Transactions at a time, those included that only wait for stray retransmissions; above it 503."""
    max_pending_invites: int = 10_000
    """Incoming calls not yet answered at a time; above it 503."""
    methods: frozenset[str] = frozenset({"REGISTER"})
    """Methods outside dialogs that the application answers; OPTIONS is answered here, others get 405 or 501."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What the endpoint holds at present. All zero when idle long enough (64*T1 after the last message)."""

    transactions: int
    """Client and server transactions, those included that only absorb retransmissions."""
    sessions: int
    """Sessions and what is left of ended ones whose BYE is not yet answered."""
    timers: int
    """Timers armed."""
    flows: int
    """Stream connections known, being opened, and names being resolved."""
    pending_invites: int
    """Incoming sessions that are not yet answered."""


class Endpoint:
    """A SIP user agent, client and server at once.

    Commands on a session that has ended do nothing: an event that says so may still be waiting to be read. Commands that
    never make sense (answering an outgoing session) raise ValueError.
    """

    def __init__(self, settings: EndpointSettings, token: Callable[[], str], random: random.Random) -> None:
        """``token`` gives unguessable SIP tokens (tags, branches, Call-IDs); ``random`` spreads retries in time."""
        raise AssertionError("follows at once")

    # --- what comes in --------------------------------------------------------------------------------------------

    def receive(self, data: bytes, flow: Flow, now: float) -> None:
        """A UDP datagram, or bytes that a stream delivered. Never raises for what a stranger sent."""

    def flow_opened(self, wanted: Flow, flow: Flow, now: float) -> None:
        """The connection asked for by ``Open(wanted)`` is up and is ``flow`` from now on."""

    def flow_closed(self, flow: Flow, now: float) -> None:
        """A connection is gone, or one asked for could not be had: what waits on it fails (or tries its next address)."""

    def resolved(self, target: Target, flows: Sequence[Flow], now: float) -> None:
        """The addresses of a ``Resolve(target)``, best first; empty where there are none."""

    def timer(self) -> float | None:
        """When to call ``handle_timer``; None where nothing waits."""

    def handle_timer(self, now: float) -> None:
        """Do what is due."""

    # --- what comes out -------------------------------------------------------------------------------------------

    def outputs(self) -> list[Output]:
        """What the shell is to do, in order; each is given once."""

    def events(self) -> list[Event]:
        """What happened, in order; each is given once. Handling one may cause more: ask again until it is empty."""

    def busy(self) -> Occupancy:
        """Counts for metrics and for leak checks."""

    # --- requests outside dialogs ---------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        uri: str,
        to: Flow | Target,
        now: float,
        *,
        from_: str,
        to_: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        call_id: str | None = None,
        cseq: int | None = None,
        credentials: Credentials | None = None,
        owner: object = None,
    ) -> ClientRequest:
        """Send a request other than INVITE: REGISTER, OPTIONS, …

        ``from_`` and ``to_`` are name-addr or addr-spec without tag; the From tag is added. Via, Max-Forwards, CSeq, Call-ID,
        User-Agent and Content-Length are added; Contact and Content-Type are the caller's among ``headers``.
        Ends in exactly one ResponseReceived or RequestFailed.
        """

    def respond(
        self,
        transaction: ServerTransaction,
        status: int,
        reason: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        content_type: str = "",
        *,
        now: float,
    ) -> None:
        """Answer a RequestReceived. Several provisional responses and one final one; after that nothing is sent."""

    # --- calls ----------------------------------------------------------------------------------------------------

    def invite(
        self,
        uri: str,
        to: Flow | Target,
        now: float,
        *,
        from_: str,
        to_: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes,
        content_type: str = "application/sdp",
        route: Sequence[str] = (),
        credentials: Credentials | None = None,
        contact_user: str = "",
        symmetric: bool = True,
        owner: object = None,
    ) -> Session:
        """Call somebody, with an SDP offer as ``body``.

        ``uri`` is the Request-URI, ``from_`` and ``to_`` are name-addr or addr-spec without tag, ``route`` are Route header field
        values (name-addr) of a preloaded route set; the first hop is ``to`` in every case.
        ``symmetric``: requests inside the dialog go over the flow that the peer's messages come from (phones behind NAT),
        unless a route set says otherwise; False: by Contact and Record-Route (RFC 3261 §12.2.1.1).
        Ends in exactly one CallAnswered or CallFailed.
        """

    def ring(
        self,
        session: Session,
        status: int,
        now: float,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> None:
        """Tell the caller of an incoming session how it goes: 180, 181, 182 or 183, with SDP for early media."""

    def answer(
        self, session: Session, body: bytes, now: float, *, headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Answer an incoming session by 200 with our SDP answer (or offer, where the INVITE had none).

        CallConfirmed or SessionEnded follows.
        """

    def reject(
        self,
        session: Session,
        status: int,
        now: float,
        *,
        reason: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Refuse an incoming session by a final response of 300 to 699. No event follows."""

    def challenge(
        self, session: Session, status: int, headers: Sequence[tuple[str, str]], now: float
    ) -> None:
        """Ask for credentials by 401 or 407: like ``reject``; the next INVITE is a new session."""

    def hang_up(
        self,
        session: Session,
        now: float,
        *,
        headers: Sequence[tuple[str, str]] = (),
        status: int = 603,
    ) -> None:
        """End a session whatever its state; on one that has ended, nothing.

        Outgoing and not answered: CANCEL (as soon as it may be sent), and CallFailed 487 CANCELLED follows, whatever the peer
        answers. Incoming and not answered: ``status``. Answered: BYE. In the last two cases no event follows.
        ``headers`` (Reason, RFC 3326) go into the CANCEL, the BYE or the response.
        """

    def offer(self, session: Session, body: bytes, now: float) -> None:
        """Send the peer a new SDP offer by re-INVITE; ends in OfferAnswered or OfferRefused (or the session's end).

        While another offer is under way, or the session is not confirmed yet, it waits; of several that wait only the last is sent
        and reported. 491 is tried again as RFC 3261 §14.1 says.
        """

    def accept_offer(self, session: Session, body: bytes, now: float) -> None:
        """Answer an OfferReceived by 200 with our SDP."""

    def refuse_offer(self, session: Session, status: int, now: float) -> None:
        """Refuse an OfferReceived (488 mostly); the session goes on as it was."""

    def info(self, session: Session, content_type: str, body: bytes, now: float) -> None:
        """Send an INFO inside a confirmed session; its response is not reported."""
