"""Sessions after their answer: requests inside the dialog, the ACK that is awaited, and the end (RFC 3261
§12.2, §15).

Re-INVITE and UPDATE are taken further by :mod:`centralita.sip.offers`, the session timer by
:mod:`centralita.sip.refresher`.
"""

from __future__ import annotations

from centralita.sip.compose import content_type_line, one_line
from centralita.sip.core import Core, unsupported
from centralita.sip.dialog import Dialog
from centralita.sip.events import (
    CallConfirmed,
    EndCause,
    FailureCause,
    InfoReceived,
    OfferConfirmed,
    SessionEnded,
)
from centralita.sip.fields import cseq_of, tag_of
from centralita.sip.flow import Flow
from centralita.sip.message import Request, Response
from centralita.sip.sender import Sending
from centralita.sip.server_transaction import ServerTransaction
from centralita.sip.session import Acceptance, Session, SessionState
from centralita.sip.transaction import Input, State

#: The methods that a dialog of ours knows, beside those that make or end it.
_OFFERS = frozenset({"INVITE", "UPDATE"})


class Ongoing:
    """What happens inside dialogs. The user of BYE and INFO."""

    __slots__ = ("_core",)

    def __init__(self, core: Core) -> None:
        self._core = core

    def find(self, request: Request, tag: str) -> Session | None:
        """The session of a request inside a dialog; ``tag`` is its To tag. All three of the dialog's parts
        must agree.
        """
        session = self._core.sessions.get(tag)
        if session is None or session.dialog is None:
            return None
        fields = request.headers.fields
        dialog = session.dialog
        if dialog.call_id != fields["call-id"][0] or dialog.remote_tag != tag_of(fields["from"][0]):
            return None
        return session

    # --- requests of the peer -------------------------------------------------------------------------------------

    def receive(self, session: Session, request: Request, key: str, flow: Flow, now: float) -> None:
        """A request inside the dialog, other than ACK and CANCEL."""
        core = self._core
        dialog = session.dialog
        assert dialog is not None
        transaction = core.layer.accept(request, key, flow)
        respond = core.layer.respond
        method = request.method
        if not dialog.accepts(cseq_of(request.headers)):
            respond(transaction, 500, now, core.server, reason="CSeq Out Of Order")  # §12.2.2
            return
        dialog.flow = flow
        unknown = unsupported(request.headers)
        if unknown:
            respond(transaction, 420, now, f"Unsupported: {', '.join(unknown)}\r\n{core.server}")
        elif method == "BYE":
            respond(transaction, 200, now, core.server)
            self._on_bye(session, request, now)
        elif session.state is SessionState.ENDED:
            respond(transaction, 481, now, core.server)
        elif method in _OFFERS:
            core.offers.receive(session, dialog, request, transaction, now)
        elif method == "INFO":
            respond(transaction, 200, now, core.server)
            core.events.append(InfoReceived(session, request))
        elif method == "OPTIONS":
            respond(transaction, 200, now, f"{core.answer_lines}Accept: application/sdp\r\n")
        else:
            respond(transaction, 405, now, f"{core.allow}{core.server}")

    def _on_bye(self, session: Session, request: Request, now: float) -> None:
        if session.state is SessionState.ENDED:
            return  # crossed with ours
        if session.state >= SessionState.ANSWERED:
            self.end(session, EndCause.BYE, now, request)
        elif session.incoming:
            self._core.incoming.give_up(session, request, now)
        # §15: a callee must not send BYE before it answered. The INVITE still gets its final response.

    # --- the ACK to our 2xx ---------------------------------------------------------------------------------------

    def await_ack(self, session: Session, transaction: ServerTransaction, cseq: int, now: float) -> None:
        """Repeat the 2xx just sent until its ACK, over streams too (§13.3.1.4)."""
        core = self._core
        times = core.settings.timers
        acceptance = Acceptance(transaction, cseq, times.t1, now + times.lifetime)
        session.unacknowledged = acceptance
        acceptance.timer = core.heap.start(now + times.t1, self._repeat, session)

    def _repeat(self, session: Session, now: float) -> None:
        acceptance = session.unacknowledged
        if acceptance is None:
            return
        core = self._core
        if now >= acceptance.deadline:
            session.unacknowledged = None
            self.end(session, EndCause.NO_ACK, now, bye=True)
            return
        if acceptance.transaction.state is State.ACCEPTED:
            acceptance.transaction.step(Input.SUCCESS, now)
        acceptance.interval = min(acceptance.interval * 2, core.settings.timers.t2)
        when = min(now + acceptance.interval, acceptance.deadline)
        acceptance.timer = core.heap.start(when, self._repeat, session)

    def on_ack(self, request: Request, flow: Flow, now: float) -> None:
        """An ACK that no transaction wants: to a 2xx of ours, or astray and dropped."""
        session = self.find(request, tag_of(request.headers.fields["to"][0]))
        if session is not None:
            self.acknowledge(session, request, now)

    def acknowledge(self, session: Session | None, request: Request, now: float) -> None:
        acceptance = session.unacknowledged if session is not None else None
        if session is None or acceptance is None or acceptance.cseq != cseq_of(request.headers):
            return
        core = self._core
        core.heap.stop(acceptance.timer)
        session.unacknowledged = None
        if session.state is SessionState.ENDED:
            # We hung up while the ACK was on its way: now the BYE may go (§15).
            self._say_bye(session, now)
            return
        if request.body:
            session.remote_sdp = request.body
        if session.state is SessionState.ANSWERED:
            session.state = SessionState.CONFIRMED
            session.server = None
            core.refresher.arm(session, now)
            core.events.append(CallConfirmed(session, request))
        elif request.body:
            core.events.append(OfferConfirmed(session, request))
        core.offers.flush(session, now)

    # --- the end --------------------------------------------------------------------------------------------------

    def hang_up(self, session: Session, lines: str, now: float) -> None:
        """Our BYE. While our 2xx waits for its ACK, the BYE waits too (§15)."""
        core = self._core
        session.wanted_bye = lines
        acceptance = session.unacknowledged
        if acceptance is None:
            self._say_bye(session, now)
            return
        session.unacknowledged = None
        core.finish(session, now, keep=True)
        session.unacknowledged = acceptance

    def end(
        self,
        session: Session,
        cause: EndCause,
        now: float,
        request: Request | None = None,
        bye: bool = False,
    ) -> None:
        """An answered session is over, and not by our wish; ``bye``: the peer may not know it yet."""
        core = self._core
        silent = session.state is SessionState.ENDED
        if bye:
            self._say_bye(session, now)
        else:
            core.finish(session, now)
        if not silent:
            core.events.append(SessionEnded(session, cause, request))

    def _say_bye(self, session: Session, now: float) -> None:
        self._core.finish(session, now, keep=True)
        dialog = session.dialog
        assert dialog is not None
        self.send_bye(session, dialog, session.wanted_bye or "", now)

    def send_bye(self, session: Session, dialog: Dialog, lines: str, now: float) -> None:
        """BYE to the session's peer, or to another branch of a fork that accepted as well."""
        core = self._core
        draft = dialog.draft("BYE", dialog.next_cseq(), f"{core.user_agent}{lines}")
        sending = Sending(draft, self, session, dialog, session.credentials)
        core.sender.send(sending, dialog.next_hop(core.connections), now)

    # --- INFO -----------------------------------------------------------------------------------------------------

    def send_info(self, session: Session, content_type: str, body: bytes, now: float) -> None:
        core = self._core
        dialog = session.dialog
        assert dialog is not None
        rest = f"{session.contact}{core.user_agent}{content_type_line(one_line(content_type), body)}"
        draft = dialog.draft("INFO", dialog.next_cseq(), rest, body)
        sending = Sending(draft, self, session, dialog, session.credentials)
        core.sender.send(sending, dialog.next_hop(core.connections), now)

    # --- what becomes of BYE and INFO -----------------------------------------------------------------------------

    def on_response(self, sending: Sending, response: Response, now: float) -> None:
        if response.status < 200:
            return
        session: Session = sending.subject
        if sending.draft.method == "BYE":
            self._bye_done(session, sending)
        elif response.status in (408, 481) and session.state is not SessionState.ENDED:
            self.end(session, EndCause.TIMEOUT, now, bye=response.status == 408)  # §12.2.1.2

    def on_failure(self, sending: Sending, cause: FailureCause, now: float) -> None:
        session: Session = sending.subject
        if sending.draft.method == "BYE":
            self._bye_done(session, sending)
        elif session.state is not SessionState.ENDED:
            if cause is FailureCause.TIMEOUT:
                self.end(session, EndCause.TIMEOUT, now, bye=True)
            else:
                self.end(session, EndCause.TRANSPORT, now)

    def on_overdue(self, sending: Sending, now: float) -> None:
        """Never: only INVITE has a timer C."""

    def _bye_done(self, session: Session, sending: Sending) -> None:
        """The BYE has its answer, or will have none: requests that cross with it need the session no more."""
        dialog = session.dialog
        if session.state is SessionState.ENDED and dialog is not None and sending.counter is dialog:
            self._core.sessions.pop(session.local_tag, None)
