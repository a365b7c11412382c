"""The one door of the SIP core: bytes, facts and the time go in, bytes and facts come out.

The endpoint only wires the transaction layer, the calls and the requests outside calls together. It does no
I/O and reads no clock: every instant is the ``now`` of its caller, monotonic seconds. After any call of a
method here the shell drains ``outputs()`` and ``events()`` and asks ``timer()`` when to call back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from centralita.sip.compose import content_type_line, header_lines, one_line
from centralita.sip.core import Core
from centralita.sip.credentials import Credentials
from centralita.sip.events import Event, Output
from centralita.sip.flow import Flow, Target
from centralita.sip.incoming import Incoming
from centralita.sip.intake import Intake
from centralita.sip.offers import Offers
from centralita.sip.ongoing import Ongoing
from centralita.sip.outgoing import Outgoing
from centralita.sip.refresher import Refresher
from centralita.sip.requests import ClientRequest, Requests
from centralita.sip.server_transaction import ServerTransaction
from centralita.sip.session import Session, SessionState
from centralita.sip.settings import EndpointSettings

__all__ = ["Endpoint", "EndpointSettings", "Occupancy"]


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

    Commands on a session that has ended do nothing: an event that says so may still be waiting to be read.
    Commands that never make sense (answering an outgoing session) raise ValueError.
    """

    def __init__(self, settings: EndpointSettings, token: Callable[[], str], random: random.Random) -> None:
        """``token`` gives unguessable SIP tokens (tags, branches, Call-IDs); ``random`` spreads retries in
        time.
        """
        self._core = core = Core(settings, token, random)
        core.incoming = Incoming(core)
        core.outgoing = Outgoing(core)
        core.ongoing = Ongoing(core)
        core.offers = Offers(core)
        core.refresher = Refresher(core)
        self._intake = Intake(core)
        self._requests = Requests(core)

    # --- what comes in --------------------------------------------------------------------------------------------

    def receive(self, data: bytes, flow: Flow, now: float) -> None:
        """A UDP datagram, or bytes that a stream delivered. Never raises for what a stranger sent."""
        self._intake.receive(data, flow, now)

    def flow_opened(self, wanted: Flow, flow: Flow, now: float) -> None:
        """The connection asked for by ``Open(wanted)`` is up and is ``flow`` from now on."""
        self._core.connections.opened(wanted, flow)

    def flow_closed(self, flow: Flow, now: float) -> None:
        """A connection is gone, or one asked for could not be had: what waits on it fails (or tries its next
        address).
        """
        self._core.layer.lost(flow, now)

    def resolved(self, target: Target, flows: Sequence[Flow], now: float) -> None:
        """The addresses of a ``Resolve(target)``, best first; empty where there are none."""
        self._core.sender.resolved(target, flows, now)

    def timer(self) -> float | None:
        """When to call ``handle_timer``; None where nothing waits."""
        return self._core.heap.next()

    def handle_timer(self, now: float) -> None:
        """Do what is due."""
        self._core.heap.fire(now)

    # --- what comes out -------------------------------------------------------------------------------------------

    def outputs(self) -> list[Output]:
        """What the shell is to do, in order; each is given once."""
        connections = self._core.connections
        outputs, connections.outputs = connections.outputs, []
        return outputs

    def events(self) -> list[Event]:
        """What happened, in order; each is given once. Handling one may cause more: ask again until it is
        empty.
        """
        core = self._core
        events, core.events = core.events, []
        return events

    def busy(self) -> Occupancy:
        """Counts for metrics and for leak checks."""
        core = self._core
        return Occupancy(
            transactions=len(core.layer),
            sessions=len(core.sessions),
            timers=len(core.heap),
            flows=len(core.connections) + len(core.sender),
            pending_invites=core.pending,
        )

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

        ``from_`` and ``to_`` are name-addr or addr-spec without tag; the From tag is added. Via,
        Max-Forwards, CSeq, Call-ID, User-Agent and Content-Length are added; Contact and Content-Type are the
        caller's among ``headers``. Ends in exactly one ResponseReceived or RequestFailed.
        """
        return self._requests.begin(
            method,
            uri,
            to,
            now,
            from_=from_,
            to_=to_,
            headers=headers,
            body=body,
            call_id=call_id,
            cseq=cseq,
            credentials=credentials,
            owner=owner,
        )

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
        """Answer a RequestReceived. Several provisional responses and one final one; after that nothing is
        sent.
        """
        if transaction.answered:
            return
        rest = f"{self._core.server}{header_lines(headers)}{content_type_line(one_line(content_type), body)}"
        self._core.layer.respond(transaction, status, now, rest, body, one_line(reason or ""))

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

        ``uri`` is the Request-URI, ``from_`` and ``to_`` are name-addr or addr-spec without tag, ``route``
        are Route header field values (name-addr) of a preloaded route set; the first hop is ``to`` in every
        case. ``symmetric``: requests inside the dialog go over the flow that the peer's messages come from
        (phones behind NAT), unless a route set says otherwise; False: by Contact and Record-Route (RFC 3261
        §12.2.1.1). Ends in exactly one CallAnswered or CallFailed.
        """
        if not body:
            raise ValueError("an INVITE needs an offer")
        return self._core.outgoing.begin(
            uri,
            to,
            now,
            from_=from_,
            to_=to_,
            headers=headers,
            body=body,
            content_type=content_type,
            route=route,
            credentials=credentials,
            contact_user=contact_user,
            symmetric=symmetric,
            owner=owner,
        )

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
        self._core.incoming.ring(session, status, now, headers, body)

    def answer(
        self, session: Session, body: bytes, now: float, *, headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Answer an incoming session by 200 with our SDP answer (or offer, where the INVITE had none).

        CallConfirmed or SessionEnded follows.
        """
        self._core.incoming.answer(session, body, now, headers)

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
        self._core.incoming.reject(session, status, now, reason, headers)

    def challenge(
        self, session: Session, status: int, headers: Sequence[tuple[str, str]], now: float
    ) -> None:
        """Ask for credentials by 401 or 407: like ``reject``; the next INVITE is a new session."""
        self._core.incoming.reject(session, status, now, None, headers)

    def hang_up(
        self,
        session: Session,
        now: float,
        *,
        headers: Sequence[tuple[str, str]] = (),
        status: int = 603,
    ) -> None:
        """End a session whatever its state; on one that has ended, nothing.

        Outgoing and not answered: CANCEL (as soon as it may be sent), and CallFailed 487 CANCELLED follows,
        whatever the peer answers. Incoming and not answered: ``status``. Answered: BYE. In the last two cases
        no event follows. ``headers`` (Reason, RFC 3326) go into the CANCEL, the BYE or the response.
        """
        state = session.state
        if state is SessionState.ENDED:
            return
        core = self._core
        if state >= SessionState.ANSWERED:
            core.ongoing.hang_up(session, header_lines(headers), now)
        elif session.incoming:
            core.incoming.reject(session, status, now, None, headers)
        else:
            core.outgoing.cancel(session, header_lines(headers), now)

    def offer(self, session: Session, body: bytes, now: float) -> None:
        """Send the peer a new SDP offer by re-INVITE; ends in OfferAnswered or OfferRefused (or the session's
        end).

        While another offer is under way, or the session is not confirmed yet, it waits; of several that wait
        only the last is sent and reported. 491 is tried again as RFC 3261 §14.1 says.
        """
        if session.state is not SessionState.ENDED:
            self._core.offers.offer(session, body, now)

    def accept_offer(self, session: Session, body: bytes, now: float) -> None:
        """Answer an OfferReceived by 200 with our SDP."""
        self._core.offers.accept(session, body, now)

    def refuse_offer(self, session: Session, status: int, now: float) -> None:
        """Refuse an OfferReceived (488 mostly); the session goes on as it was."""
        self._core.offers.refuse(session, status, now)

    def info(self, session: Session, content_type: str, body: bytes, now: float) -> None:
        """Send an INFO inside a confirmed session; its response is not reported."""
        if session.state is SessionState.CONFIRMED:
            self._core.ongoing.send_info(session, content_type, body, now)
