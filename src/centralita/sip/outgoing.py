"""Our calls until they are answered: the user agent client of an INVITE (RFC 3261 §13.2, §9.1)."""

from __future__ import annotations

from collections.abc import Sequence

from centralita.sip.compose import Draft, content_type_line, header_lines, one_line, split_max_forwards
from centralita.sip.core import Core
from centralita.sip.credentials import Credentials
from centralita.sip.dialog import Dialog
from centralita.sip.events import CallAnswered, CallFailed, CallProgressed, FailureCause
from centralita.sip.fields import lists, tag_of
from centralita.sip.flow import Flow, Target
from centralita.sip.message import Response
from centralita.sip.sender import Sending
from centralita.sip.session import Session, SessionState
from centralita.sip.session_timer import agree_as_client, parse_min_se, request_lines

_STATUS = {
    FailureCause.TIMEOUT: 408,
    FailureCause.TRANSPORT: 503,
    FailureCause.UNRESOLVED: 503,
    FailureCause.CANCELLED: 487,
}


class _Counter:
    """CSeq numbers of an INVITE before it has a dialog."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 1

    def next_cseq(self) -> int:
        self.number += 1
        return self.number


class Outgoing:
    """Begins sessions by INVITE and follows it to its answer."""

    __slots__ = ("_core",)

    def __init__(self, core: Core) -> None:
        self._core = core

    def begin(
        self,
        uri: str,
        to: Flow | Target,
        now: float,
        *,
        from_: str,
        to_: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        content_type: str,
        route: Sequence[str],
        credentials: Credentials | None,
        contact_user: str,
        symmetric: bool,
        owner: object,
    ) -> Session:
        core = self._core
        settings = core.settings
        one_line(f"{uri}{from_}{to_}{contact_user}{content_type}")
        tag = core.token()
        contact = core.contact(contact_user, to.transport)
        max_forwards, others = split_max_forwards(headers)
        draft = Draft(
            "INVITE",
            uri,
            f"{from_};tag={tag}",
            to_,
            core.token(),
            1,
            f"{contact}{core.invite_lines}{header_lines(others)}{content_type_line(content_type, body)}",
            body,
            "".join([f"Route: {one_line(value)}\r\n" for value in route]),
            max_forwards,
            session_lines=request_lines(settings.session_expires, settings.min_se),
        )
        session = Session(False, tag, draft, contact)
        session.owner = owner
        session.symmetric = symmetric
        session.credentials = credentials
        session.local_sdp = body
        session.min_se = settings.min_se
        core.sessions[tag] = session
        session.sending = Sending(draft, self, session, _Counter(), credentials)
        core.sender.send(session.sending, to, now)
        return session

    def cancel(self, session: Session, lines: str, now: float) -> None:
        """The application hangs up before the answer. A CANCEL may be sent only after a provisional response
        (§9.1).
        """
        if session.cancelling is not None:
            return
        core = self._core
        session.cancelling = f"{core.user_agent}{lines}"
        sending = session.sending
        assert sending is not None
        if core.sender.abandon(sending):
            self._fail(session, FailureCause.CANCELLED, None, now)
        elif sending.provisional:
            self._send_cancel(session, sending, now)

    def _send_cancel(self, session: Session, sending: Sending, now: float) -> None:
        if not session.cancelled:
            session.cancelled = True
            self._core.sender.cancel(sending, now, session.cancelling or "")

    # --- what becomes of the INVITE -------------------------------------------------------------------------------

    def on_response(self, sending: Sending, response: Response, now: float) -> None:
        session: Session = sending.subject
        status = response.status
        if status >= 300:
            if (
                status == 422
                and session.cancelling is None
                and self._lengthen(session, sending, response, now)
            ):
                return
            self._fail(session, FailureCause.RESPONSE, response, now)
        elif status >= 200:
            self._succeed(session, sending, response, now)
        elif session.cancelling is not None:
            self._send_cancel(session, sending, now)
        elif status > 100:
            self._progress(session, sending, response)

    def _progress(self, session: Session, sending: Sending, response: Response) -> None:
        """101-199. The first To tag makes the early dialog; those of other branches are reported only."""
        fields = response.headers.fields
        tag = tag_of(fields["to"][0])
        if tag and session.dialog is None:
            session.dialog = self._dialog(session, sending, response, tag)
        session.state = SessionState.EARLY
        if "server" in fields:
            session.peer_user_agent = fields["server"][0]
        elif "user-agent" in fields:
            session.peer_user_agent = fields["user-agent"][0]
        self._core.events.append(CallProgressed(session, response))

    def _dialog(self, session: Session, sending: Sending, response: Response, tag: str) -> Dialog:
        transaction = sending.transaction
        assert transaction is not None
        return Dialog.of_response(
            sending.draft, session.local_tag, response, tag, transaction.flow, session.symmetric
        )

    def _succeed(self, session: Session, sending: Sending, response: Response, now: float) -> None:
        """A 2xx: the first one wins; what another branch of a forking proxy accepts is hung up (§13.2.2.4)."""
        core = self._core
        fields = response.headers.fields
        tag = tag_of(fields["to"][0])
        acks = sending.acks
        if acks is None:
            acks = sending.acks = {}
        elif tag in acks:
            core.sender.repost(acks[tag])
            return
        # The route set is computed anew from the 2xx (§13.2.2.4).
        dialog = self._dialog(session, sending, response, tag)
        draft = dialog.draft(
            "ACK", sending.draft.cseq, core.user_agent, authorization=sending.draft.authorization
        )
        acks[tag] = core.sender.post(draft, dialog.next_hop(core.connections))
        if session.state >= SessionState.ANSWERED:
            core.ongoing.send_bye(session, dialog, "", now)
            return
        if session.cancelling is not None:
            # §9.1: the CANCEL came too late, or could not be sent yet.
            core.ongoing.send_bye(session, dialog, "", now)
            self._fail(session, FailureCause.CANCELLED, response, now)
            return
        early = session.dialog
        if early is not None and early.remote_tag == tag:
            dialog.remote_cseq = early.remote_cseq
            dialog.local_cseq = max(dialog.local_cseq, early.local_cseq)
        session.dialog = dialog
        session.sending = None
        session.state = SessionState.CONFIRMED
        session.remote_sdp = response.body
        if "server" in fields:
            session.peer_user_agent = fields["server"][0]
        elif "user-agent" in fields:
            session.peer_user_agent = fields["user-agent"][0]
        headers = response.headers
        session.peer_supports_timer = "session-expires" in fields or lists(headers, "supported", "timer")
        session.peer_takes_update = lists(headers, "allow", "UPDATE")
        session.agreement = agree_as_client(headers, core.settings.session_expires)
        core.refresher.arm(session, now)
        core.events.append(CallAnswered(session, response))
        core.offers.flush(session, now)

    def _lengthen(self, session: Session, sending: Sending, response: Response, now: float) -> bool:
        """422: the same INVITE with the interval that the peer wants (RFC 4028 §7.3). False where that leads
        nowhere.
        """
        wanted = parse_min_se(response.headers)
        if wanted <= session.min_se:
            return False
        session.min_se = wanted
        draft = sending.draft.successor(sending.counter.next_cseq())
        draft.session_lines = request_lines(max(self._core.settings.session_expires, wanted), wanted)
        self._core.sender.retry(sending, draft, now)
        return True

    def on_failure(self, sending: Sending, cause: FailureCause, now: float) -> None:
        self._fail(sending.subject, cause, None, now)

    def on_overdue(self, sending: Sending, now: float) -> None:
        session: Session = sending.subject
        if session.cancelling is None:
            session.overdue = True
            self.cancel(session, "", now)

    def _fail(self, session: Session, cause: FailureCause, response: Response | None, now: float) -> None:
        """The end of a session that was never answered."""
        if session.state is SessionState.ENDED:
            return
        if session.overdue:
            cause, response = FailureCause.TIMEOUT, None
        elif session.cancelling is not None:
            cause = FailureCause.CANCELLED
        if cause is FailureCause.RESPONSE:
            assert response is not None
            status = response.status
        else:
            status = _STATUS[cause]
        core = self._core
        core.finish(session, now)
        core.events.append(CallFailed(session, status, response, cause))
