"""Calls to us until they are answered: the user agent server of an INVITE (RFC 3261 §13.3)."""

from __future__ import annotations

from collections.abc import Sequence

from centralita.sip.compose import content_type_line, header_lines, one_line
from centralita.sip.core import Core
from centralita.sip.dialog import Dialog
from centralita.sip.errors import ParseError
from centralita.sip.events import CallCancelled, CallReceived
from centralita.sip.fields import cseq_of, lists, user_of
from centralita.sip.flow import Flow
from centralita.sip.message import Request
from centralita.sip.server_transaction import ServerTransaction
from centralita.sip.session import Session, SessionState
from centralita.sip.session_timer import TooSmall, agree_as_server
from centralita.sip.transaction import Input

#: A proxy gives up on an INVITE that it has heard nothing about for three minutes (§13.3.1.1).
_REMIND_AFTER = 60.0


class Incoming:
    """Begins sessions, and answers their INVITE. The user of those server transactions."""

    __slots__ = ("_core",)

    def __init__(self, core: Core) -> None:
        self._core = core

    def begin(
        self, request: Request, transaction: ServerTransaction, tag: str, flow: Flow, now: float
    ) -> None:
        """An INVITE outside any dialog; ``tag`` is its From tag."""
        core = self._core
        headers = request.headers
        fields = headers.fields
        settings = core.settings
        local_tag = core.token()
        transaction.tag = local_tag
        supports_timer = lists(headers, "supported", "timer")
        try:
            dialog = Dialog.of_request(request, tag, local_tag, flow)
            agreement, timer_lines = agree_as_server(
                headers, settings.session_expires, settings.min_se, supports_timer, None
            )
        except ParseError as error:
            core.layer.respond(transaction, 400, now, core.server, reason=error.reason)
            return
        except TooSmall:
            core.layer.respond(transaction, 422, now, f"Min-SE: {settings.min_se}\r\n{core.server}")
            return
        session = Session(True, local_tag, request, core.contact(user_of(request.uri), flow.transport))
        session.dialog = dialog
        session.server = transaction
        session.remote_sdp = request.body
        session.agreement = agreement
        session.timer_lines = timer_lines
        session.peer_supports_timer = supports_timer
        session.peer_takes_update = lists(headers, "allow", "UPDATE")
        if "user-agent" in fields:
            session.peer_user_agent = fields["user-agent"][0]
        transaction.user = self
        transaction.subject = session
        core.sessions[local_tag] = session
        core.pending += 1
        # §8.2.6.1: Timestamp is copied into the 100, for peers that measure.
        stamp = f"Timestamp: {fields['timestamp'][0]}\r\n" if "timestamp" in fields else ""
        core.layer.respond(transaction, 100, now, stamp)
        core.events.append(CallReceived(session, request, flow))

    # --- what the application says --------------------------------------------------------------------------------

    def ring(
        self, session: Session, status: int, now: float, headers: Sequence[tuple[str, str]], body: bytes
    ) -> None:
        transaction = self._open(session)
        if transaction is None:
            return
        if not 100 < status < 200:
            raise ValueError(f"{status} is no provisional response")
        core = self._core
        rest = (
            f"{session.contact}{core.server}{header_lines(headers)}"
            f"{content_type_line('application/sdp', body)}"
        )
        session.state = SessionState.EARLY
        core.layer.respond(transaction, status, now, rest, body)
        core.heap.stop(session.provisional_timer)
        session.provisional_timer = core.heap.start(now + _REMIND_AFTER, self._remind, session)

    def _remind(self, session: Session, now: float) -> None:
        transaction = session.server
        if transaction is not None and session.state is SessionState.EARLY:
            core = self._core
            transaction.step(Input.PROVISIONAL, now, transaction.last)
            session.provisional_timer = core.heap.start(now + _REMIND_AFTER, self._remind, session)

    def answer(self, session: Session, body: bytes, now: float, headers: Sequence[tuple[str, str]]) -> None:
        transaction = self._open(session)
        if transaction is None:
            return
        core = self._core
        rest = (
            f"{session.contact}{core.answer_lines}{session.timer_lines}{header_lines(headers)}"
            f"{content_type_line('application/sdp', body)}"
        )
        self._left(session)
        session.state = SessionState.ANSWERED
        session.local_sdp = body
        core.layer.respond(transaction, 200, now, rest, body)
        core.ongoing.await_ack(session, transaction, cseq_of(session.invite.headers), now)

    def reject(
        self,
        session: Session,
        status: int,
        now: float,
        reason: str | None,
        headers: Sequence[tuple[str, str]],
    ) -> None:
        transaction = self._open(session)
        if transaction is None:
            return
        if not 300 <= status < 700:
            raise ValueError(f"{status} does not refuse a call")
        core = self._core
        rest = f"{core.server}{header_lines(headers)}"
        core.layer.respond(transaction, status, now, rest, reason=one_line(reason or ""))
        self._close(session, now)

    def _open(self, session: Session) -> ServerTransaction | None:
        """The transaction of a session that still waits for an answer; None where it has ended."""
        if session.state is SessionState.ENDED:
            return None
        if not session.incoming or session.state >= SessionState.ANSWERED:
            raise ValueError("not an incoming session that waits for its answer")
        assert session.server is not None
        return session.server

    # --- what the peer does ---------------------------------------------------------------------------------------

    def on_ack(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        """An ACK to our 2xx under the branch of the INVITE: not as it should be, yet meant."""
        self._core.ongoing.acknowledge(transaction.subject, request, now)

    def on_cancel(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        self.give_up(transaction.subject, request, now)

    def on_lost(self, transaction: ServerTransaction, now: float) -> None:
        session: Session = transaction.subject
        if session.state < SessionState.ANSWERED:
            self._close(session, now)
            self._core.events.append(CallCancelled(session, None))

    def give_up(self, session: Session, request: Request, now: float) -> None:
        """CANCEL, or BYE on the early dialog (§9.2, §15.1.2): 487 to the INVITE."""
        transaction = session.server
        if transaction is None or session.state >= SessionState.ANSWERED:
            return
        core = self._core
        core.layer.respond(transaction, 487, now, core.server)
        self._close(session, now)
        core.events.append(CallCancelled(session, request))

    def _close(self, session: Session, now: float) -> None:
        self._left(session)
        self._core.finish(session, now)

    def _left(self, session: Session) -> None:
        """The session waits for an answer no more."""
        core = self._core
        core.pending -= 1
        core.heap.stop(session.provisional_timer)
        session.provisional_timer = None
