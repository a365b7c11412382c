"""Offers after the first: re-INVITE and UPDATE, ours and the peer's (RFC 3261 §14, RFC 3311, RFC 6141).

One at a time: what meets another is refused by 491 or 500, and ours is tried again. A re-INVITE that only
repeats what is in force is answered here.
"""

from __future__ import annotations

from centralita.sip.compose import content_type_line
from centralita.sip.core import Core
from centralita.sip.dialog import Dialog
from centralita.sip.events import (
    EndCause,
    FailureCause,
    OfferAnswered,
    OfferReceived,
    OfferRefused,
    OfferWithdrawn,
)
from centralita.sip.fields import cseq_of, lists, tag_of
from centralita.sip.message import Request, Response
from centralita.sip.sender import Sending
from centralita.sip.server_transaction import ServerTransaction
from centralita.sip.session import PendingOffer, Session, SessionState
from centralita.sip.session_timer import (
    TooSmall,
    agree_as_server,
    parse_min_se,
)

_SDP = "application/sdp"


class Offers:
    """Offer and answer inside confirmed dialogs. The user of re-INVITEs, both ways, and of the peer's
    UPDATEs.
    """

    __slots__ = ("_core",)

    def __init__(self, core: Core) -> None:
        self._core = core

    # --- the peer's -----------------------------------------------------------------------------------------------

    def receive(
        self, session: Session, dialog: Dialog, request: Request, transaction: ServerTransaction, now: float
    ) -> None:
        core = self._core
        invite = request.method == "INVITE"
        status = self._conflict(session, invite, bool(request.body))
        if status:
            # §14.2: a second one while the first is not answered is told when to come again.
            retry = f"Retry-After: {core.random.randint(0, 10)}\r\n" if status == 500 else ""
            core.layer.respond(transaction, status, now, f"{retry}{core.server}")
            return
        headers = request.headers
        settings = core.settings
        supports_timer = session.peer_supports_timer or lists(headers, "supported", "timer")
        try:
            agreement, timer_lines = agree_as_server(
                headers, settings.session_expires, settings.min_se, supports_timer, session.agreement
            )
        except TooSmall:
            core.layer.respond(transaction, 422, now, f"Min-SE: {settings.min_se}\r\n{core.server}")
            return
        dialog.refresh_target(headers)
        offer = PendingOffer(transaction, invite, cseq_of(headers), request.body, agreement, timer_lines)
        if not invite and not request.body:
            self._respond(session, offer, b"", now)
        elif request.body and request.body == session.remote_sdp and session.local_sdp:
            self._respond(session, offer, session.local_sdp, now)
        else:
            transaction.user = self
            transaction.subject = session
            session.offer_in = offer
            if invite:
                core.layer.respond(transaction, 100, now)
            core.events.append(OfferReceived(session, request))

    @staticmethod
    def _conflict(session: Session, invite: bool, offers: bool) -> int:
        """The status that refuses an offer at a bad moment; 0 where the moment is good."""
        if not invite and not offers:
            return 0  # a refresh of target or session: nothing is offered
        if session.offer_in is not None:
            return 500  # §14.2, RFC 3311 §5.2
        if session.state < SessionState.ANSWERED:
            # The first offer is still without its answer, ours (491) or the peer's (500).
            return 500 if session.incoming else 491
        # Our own is on its way, or the ACK that ends the exchange before (RFC 5407 §3.1.4).
        return 491 if session.offer_out is not None or session.unacknowledged is not None else 0

    def _respond(self, session: Session, offer: PendingOffer, body: bytes, now: float) -> None:
        core = self._core
        rest = f"{session.contact}{core.answer_lines}{offer.timer_lines}{content_type_line(_SDP, body)}"
        if body:
            session.local_sdp = body
        if offer.body:
            session.remote_sdp = offer.body
        session.agreement = offer.agreement
        core.layer.respond(offer.transaction, 200, now, rest, body)
        if session.state >= SessionState.ANSWERED:
            core.refresher.arm(session, now)
        if offer.invite:
            core.ongoing.await_ack(session, offer.transaction, offer.cseq, now)
        else:
            self.flush(session, now)

    def accept(self, session: Session, body: bytes, now: float) -> None:
        offer = self._take(session)
        if offer is not None:
            self._respond(session, offer, body, now)

    def refuse(self, session: Session, status: int, now: float) -> None:
        if not 300 <= status < 700:
            raise ValueError(f"{status} does not refuse an offer")
        offer = self._take(session)
        if offer is not None:
            core = self._core
            core.layer.respond(offer.transaction, status, now, core.server)
            self.flush(session, now)

    @staticmethod
    def _take(session: Session) -> PendingOffer | None:
        """The offer to be answered; None where it was withdrawn or the session has ended."""
        offer = session.offer_in
        session.offer_in = None
        return offer

    def on_ack(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        self._core.ongoing.acknowledge(transaction.subject, request, now)

    def on_cancel(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        core = self._core
        core.layer.respond(transaction, 487, now, core.server)
        self._withdrawn(transaction.subject, transaction, now)

    def on_lost(self, transaction: ServerTransaction, now: float) -> None:
        self._withdrawn(transaction.subject, transaction, now)

    def _withdrawn(self, session: Session, transaction: ServerTransaction, now: float) -> None:
        if session.offer_in is not None and session.offer_in.transaction is transaction:
            session.offer_in = None
            self._core.events.append(OfferWithdrawn(session))
            self.flush(session, now)

    # --- ours -----------------------------------------------------------------------------------------------------

    def offer(self, session: Session, body: bytes, now: float) -> None:
        """Send an offer now, or as soon as nothing is in its way.

        An UPDATE before the answer cannot take its place: without reliable provisional responses the first
        offer has no answer until then (RFC 3311 §5.1).
        """
        session.offer_waiting = body
        self.flush(session, now)

    def flush(self, session: Session, now: float) -> None:
        """Send the offer that waits, if there is one and nothing is in its way."""
        body = session.offer_waiting
        if body and self.free(session) and session.offer_timer is None:
            session.offer_waiting = b""
            self._send(session, body, now)

    @staticmethod
    def free(session: Session) -> bool:
        """Whether an offer of ours may be sent (§14.1)."""
        return (
            session.state is SessionState.CONFIRMED
            and session.offer_in is None
            and session.offer_out is None
            and session.unacknowledged is None
        )

    def refresh(self, session: Session, now: float) -> None:
        """Repeat what is in force: the refresh of a session whose peer takes no UPDATE (RFC 4028 §7.4)."""
        if session.local_sdp:
            self._send(session, b"", now)
        else:
            self._core.refresher.refused(session, now)  # answered without SDP: there is nothing to repeat

    def _send(self, session: Session, body: bytes, now: float) -> None:
        """``body`` is empty for a refresh."""
        core = self._core
        dialog = session.dialog
        assert dialog is not None
        offer = body or session.local_sdp
        draft = dialog.draft(
            "INVITE",
            dialog.next_cseq(),
            f"{session.contact}{core.invite_lines}{core.refresher.lines(session)}{content_type_line(_SDP, offer)}",
            offer,
        )
        session.offered = body
        session.offer_out = sending = Sending(draft, self, session, dialog, session.credentials)
        core.sender.send(sending, dialog.next_hop(core.connections), now)

    def on_response(self, sending: Sending, response: Response, now: float) -> None:
        status = response.status
        if status < 200:
            return
        session: Session = sending.subject
        if status < 300:
            self._accepted(session, sending, response, now)
            return
        if session.offer_out is not sending:
            return  # the session has ended meanwhile
        body = session.offered
        session.offer_out = None
        if status in (408, 481):  # §12.2.1.2
            self._gone(session, now, bye=status == 408)
        elif status == 491:
            self._retry_later(session, body, now)
        elif status == 422 and parse_min_se(response.headers) > session.min_se:
            session.min_se = parse_min_se(response.headers)
            self._send(session, body, now)
        else:
            if body:
                core = self._core
                core.events.append(OfferRefused(session, status))
            else:
                self._core.refresher.refused(session, now)
            self.flush(session, now)

    def _accepted(self, session: Session, sending: Sending, response: Response, now: float) -> None:
        core = self._core
        dialog = session.dialog
        assert dialog is not None
        tag = tag_of(response.headers.fields["to"][0])
        acks = sending.acks
        if acks is not None:
            if tag in acks:
                core.sender.repost(acks[tag])
            return
        dialog.refresh_target(response.headers)
        authorization = sending.draft.authorization
        draft = dialog.draft("ACK", sending.draft.cseq, core.user_agent, authorization=authorization)
        sending.acks = {tag: core.sender.post(draft, dialog.next_hop(core.connections))}
        if session.offer_out is not sending:
            return
        body = session.offered
        session.offer_out = None
        session.local_sdp = body or session.local_sdp
        session.remote_sdp = response.body or session.remote_sdp
        core.refresher.refreshed(session, response.headers, now)
        if body:
            core.events.append(OfferAnswered(session, response))
        self.flush(session, now)

    def _retry_later(self, session: Session, body: bytes, now: float) -> None:
        """491: the side that made the Call-ID waits longer, so that the two do not meet again (§14.1)."""
        core = self._core
        if not body:
            core.refresher.refused(session, now)
            return
        if session.incoming:
            delay = core.random.randrange(0, 200) / 100
        else:
            delay = core.random.randrange(210, 400) / 100
        if not session.offer_waiting:
            session.offer_waiting = body
        session.offer_timer = core.heap.start(now + delay, self._retry, session)

    def _retry(self, session: Session, now: float) -> None:
        session.offer_timer = None
        self.flush(session, now)

    def on_failure(self, sending: Sending, cause: FailureCause, now: float) -> None:
        session: Session = sending.subject
        if session.offer_out is not sending:
            return
        session.offer_out = None
        if cause is FailureCause.TIMEOUT:
            self._gone(session, now, bye=True)
        else:
            self._core.ongoing.end(session, EndCause.TRANSPORT, now)

    def _gone(self, session: Session, now: float, bye: bool) -> None:
        """The peer knows the session no more, or does not answer."""
        cause = EndCause.TIMEOUT if session.offered else EndCause.EXPIRED
        self._core.ongoing.end(session, cause, now, bye=bye)

    def on_overdue(self, sending: Sending, now: float) -> None:
        """A re-INVITE that gets no final response is cancelled; its 487 then tells that it was refused."""
        self._core.sender.cancel(sending, now, self._core.user_agent)
