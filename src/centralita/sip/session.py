"""A call as the application sees it: one INVITE and the dialog that it makes, from the first message to the
last.

This is the record only. What moves it stands in :mod:`centralita.sip.incoming` and
:mod:`centralita.sip.outgoing` (until the answer), :mod:`centralita.sip.ongoing`, :mod:`centralita.sip.offers`
and :mod:`centralita.sip.refresher` (after it).
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from centralita.sip.compose import Draft
from centralita.sip.credentials import Credentials
from centralita.sip.dialog import Dialog
from centralita.sip.flow import Flow
from centralita.sip.message import Request
from centralita.sip.parser import parse_message
from centralita.sip.sender import Sending
from centralita.sip.server_transaction import ServerTransaction
from centralita.sip.session_timer import Agreement
from centralita.sip.timers import Timer


class SessionState(IntEnum):
    """How far a session has come. It never goes back."""

    PROCEEDING = 0
    """INVITE sent or received, nothing but 100 said about it."""
    EARLY = 1
    """A provisional response above 100 was sent or received."""
    ANSWERED = 2
    """Incoming: our 2xx is on its way, the ACK is awaited."""
    CONFIRMED = 3
    """Answered and acknowledged."""
    ENDED = 4
    """Rejected, failed, cancelled or hung up. Commands on it do nothing."""


class PendingOffer(NamedTuple):
    """The peer's re-INVITE or UPDATE that the application has to answer."""

    transaction: ServerTransaction
    invite: bool
    cseq: int
    body: bytes
    agreement: Agreement
    timer_lines: str


class Acceptance:
    """A 2xx of ours to an INVITE that waits for its ACK."""

    __slots__ = ("cseq", "deadline", "interval", "timer", "transaction")

    def __init__(self, transaction: ServerTransaction, cseq: int, interval: float, deadline: float) -> None:
        self.transaction = transaction
        self.cseq = cseq
        self.interval = interval
        self.deadline = deadline
        self.timer: Timer | None = None


class Session:
    """One call leg. The attributes above the line are for the application to read, ``owner`` to set."""

    __slots__ = (
        "_invite",
        "agreement",
        "cancelled",
        "cancelling",
        "contact",
        "credentials",
        "dialog",
        "incoming",
        "local_sdp",
        "local_tag",
        "min_se",
        "offer_in",
        "offer_out",
        "offer_timer",
        "offer_waiting",
        "offered",
        "overdue",
        "owner",
        "peer_supports_timer",
        "peer_takes_update",
        "peer_user_agent",
        "provisional_timer",
        "remote_sdp",
        "sending",
        "server",
        "session_timer",
        "state",
        "symmetric",
        "timer_lines",
        "unacknowledged",
        "wanted_bye",
    )

    def __init__(self, incoming: bool, local_tag: str, invite: Request | Draft, contact: str) -> None:
        self.owner: object = None
        """Free for the application; the core never looks at it."""
        self.incoming = incoming
        self.state = SessionState.PROCEEDING
        self.local_tag = local_tag
        self.peer_user_agent = ""
        """User-Agent or Server of the peer, or empty."""
        self.local_sdp = b""
        """Our last session description that is in force."""
        self.remote_sdp = b""
        """The peer's."""
        # --- the rest is the core's ---
        self._invite = invite
        self.contact = contact
        """Our Contact as a header line."""
        self.dialog: Dialog | None = None
        self.symmetric = True
        self.credentials: Credentials | None = None
        # until the answer, incoming
        self.server: ServerTransaction | None = None
        self.provisional_timer: Timer | None = None
        # until the answer, outgoing
        self.sending: Sending | None = None
        self.cancelling: str | None = None
        """Header lines of the CANCEL, once the application has hung up."""
        self.cancelled = False
        """CANCEL was sent."""
        self.overdue = False
        """We cancel because timer C ran out."""
        # after the answer
        self.unacknowledged: Acceptance | None = None
        self.wanted_bye: str | None = None
        """Header lines of a BYE that has to wait for the ACK (RFC 3261 §15)."""
        self.offer_in: PendingOffer | None = None
        self.offer_out: Sending | None = None
        self.offered = b""
        """Body of ``offer_out``; empty where it only refreshes the session."""
        self.offer_waiting = b""
        self.offer_timer: Timer | None = None
        self.agreement: Agreement | None = None
        self.timer_lines = ""
        """Session timer lines of our 2xx."""
        self.session_timer: Timer | None = None
        self.min_se = 0
        self.peer_supports_timer = False
        self.peer_takes_update = False

    @property
    def invite(self) -> Request:
        """The INVITE that began the session: the one received, or the one sent first (with a Via made up)."""
        if isinstance(self._invite, Draft):
            message = parse_message(self._invite.encode("SIP/2.0/UDP invalid;branch=z9hG4bK0"))
            assert isinstance(message, Request)
            self._invite = message
        return self._invite

    @property
    def call_id(self) -> str:
        invite = self._invite
        return invite.call_id if isinstance(invite, Draft) else invite.headers.fields["call-id"][0]

    @property
    def remote_tag(self) -> str:
        """Empty on an outgoing session until a response with a To tag came."""
        return self.dialog.remote_tag if self.dialog is not None else ""

    @property
    def peer_contact(self) -> str:
        """The peer's Contact URI (remote target, RFC 3261 §12); empty until known."""
        return self.dialog.target if self.dialog is not None else ""

    @property
    def is_trying(self) -> bool:
        """Whether the peer has the outgoing INVITE and has not answered it finally: a provisional response came, be it 100."""
        return self.sending is not None and self.sending.provisional

    @property
    def flow(self) -> Flow | None:
        """Whence the peer's last message came; None on an outgoing session until a response came."""
        return self.dialog.flow if self.dialog is not None else None
