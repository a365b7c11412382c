"""What the endpoint reports and what it asks for: events for the application, outputs for the shell around
it.

Every event is one fact, with the session or the transaction that it is about first. Both are plain tuples, since
they are made for every message. What the application does about an event is left to it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from centralita.sip.flow import Flow, Target
from centralita.sip.message import Request, Response

if TYPE_CHECKING:
    from centralita.sip.requests import ClientRequest
    from centralita.sip.server_transaction import ServerTransaction
    from centralita.sip.session import Session


# --- outputs: what the shell has to do ----------------------------------------------------------------------------


class Send(NamedTuple):
    """Send these bytes: one datagram over UDP, or the next bytes of the stream."""

    flow: Flow
    data: bytes


class Open(NamedTuple):
    """Connect a stream to ``flow.host``:``flow.port`` (its connection is 0).

    Answered by ``flow_opened(flow, real)`` or ``flow_closed(flow)``.
    """

    flow: Flow


class Close(NamedTuple):
    """Close this connection: its peer broke the framing. Answered by ``flow_closed`` like every other end of
    one.
    """

    flow: Flow


class Resolve(NamedTuple):
    """Find the addresses of a name (RFC 3263). Answered by ``resolved(target, flows)``, best first, maybe
    empty.
    """

    target: Target


Output = Send | Open | Close | Resolve


# --- events: what the application is told -------------------------------------------------------------------------


class FailureCause(StrEnum):
    """Why an outgoing call or request came to nothing."""

    RESPONSE = "response"
    """A final response other than 2xx came."""
    TIMEOUT = "timeout"
    """Nobody answered in time (status 408)."""
    TRANSPORT = "transport"
    """The connection could not be opened or broke (status 503)."""
    UNRESOLVED = "unresolved"
    """The next hop's name has no address (status 503)."""
    CANCELLED = "cancelled"
    """We hung up first (status 487)."""


class EndCause(StrEnum):
    """Why an answered session ended, other than by our own ``hang_up``."""

    BYE = "bye"
    """The peer hung up."""
    EXPIRED = "expired"
    """The session timer ran out, or a refresh met a peer that knows the session no more (RFC 4028)."""
    NO_ACK = "no-ack"
    """Our 2xx was repeated for 64*T1 and never acknowledged (RFC 3261 §13.3.1.4)."""
    TRANSPORT = "transport"
    """A request inside the session could not be sent: no connection to the peer can be had."""
    TIMEOUT = "timeout"
    """A request inside the session was never answered, or answered by 481 or 408 (RFC 3261 §12.2.1.2)."""


class CallReceived(NamedTuple):
    """An INVITE came that begins a session. 100 Trying was sent; ``ring``, ``answer``, ``reject`` … are to
    follow.
    """

    session: Session
    request: Request
    flow: Flow


class CallProgressed(NamedTuple):
    """A provisional response (101-199) to our INVITE. With a forking proxy the To tags may differ."""

    session: Session
    response: Response


class CallAnswered(NamedTuple):
    """A 2xx to our INVITE; the ACK was sent. Told once, for the branch that wins."""

    session: Session
    response: Response


class CallConfirmed(NamedTuple):
    """The ACK to our 2xx arrived. It carries the SDP answer where the INVITE had no offer."""

    session: Session
    request: Request


class CallFailed(NamedTuple):
    """Our INVITE came to nothing. Told exactly once for each outgoing session that was never answered."""

    session: Session
    status: int
    """The final response's, or 408, 487, 503 where there was none (see the cause)."""
    response: Response | None
    cause: FailureCause


class CallCancelled(NamedTuple):
    """The caller gave up before we answered: CANCEL (487 was sent), BYE, or the loss of its connection."""

    session: Session
    request: Request | None
    """The CANCEL or BYE, with its Reason header field if any (RFC 3326); None where the connection was lost."""


class SessionEnded(NamedTuple):
    """An answered session is over, and not because the application hung up."""

    session: Session
    cause: EndCause
    request: Request | None
    """The peer's BYE, with its Reason header field if any; None for every other cause."""


class OfferReceived(NamedTuple):
    """A re-INVITE or UPDATE that wants an answer: ``accept_offer`` or ``refuse_offer``.

    An empty body means that the peer wants an offer from us (re-INVITE only); its answer comes in
    OfferConfirmed.
    """

    session: Session
    request: Request


class OfferWithdrawn(NamedTuple):
    """The peer cancelled its re-INVITE before we answered it; what is told to ``accept_offer`` now has no
    effect.
    """

    session: Session


class OfferConfirmed(NamedTuple):
    """The ACK to our answer of a re-INVITE without SDP arrived: its body is the peer's answer to our offer."""

    session: Session
    request: Request


class OfferAnswered(NamedTuple):
    """Our offer in re-INVITE or UPDATE was accepted; the response's body is the answer."""

    session: Session
    response: Response


class OfferRefused(NamedTuple):
    """Our offer was refused; the session goes on as it was before (RFC 3261 §14.1)."""

    session: Session
    status: int


class InfoReceived(NamedTuple):
    """An INFO inside the session; 200 was sent."""

    session: Session
    request: Request


class RequestReceived(NamedTuple):
    """A request outside any dialog, of one of ``EndpointSettings.methods``. To be answered by ``respond``."""

    transaction: ServerTransaction
    request: Request
    flow: Flow


class ResponseReceived(NamedTuple):
    """The final response to our request outside a dialog, whatever its status. Told once."""

    transaction: ClientRequest
    response: Response


class RequestFailed(NamedTuple):
    """Our request outside a dialog got no final response. Told once, in place of ResponseReceived."""

    transaction: ClientRequest
    cause: FailureCause


Event = (
    CallReceived
    | CallProgressed
    | CallAnswered
    | CallConfirmed
    | CallFailed
    | CallCancelled
    | SessionEnded
    | OfferReceived
    | OfferWithdrawn
    | OfferConfirmed
    | OfferAnswered
    | OfferRefused
    | InfoReceived
    | RequestReceived
    | ResponseReceived
    | RequestFailed
)
