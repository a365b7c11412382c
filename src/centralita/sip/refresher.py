"""The session timer at work: refreshing in time, or hanging up when the peer does not (RFC 4028 §10)."""

from __future__ import annotations

from centralita.sip.core import Core
from centralita.sip.events import EndCause, FailureCause
from centralita.sip.message import Headers, Response
from centralita.sip.sender import Sending
from centralita.sip.session import Session, SessionState
from centralita.sip.session_timer import agree_as_client, parse_min_se, request_lines

#: How soon a refresh is tried again that could not be sent because an offer was under way.
_BUSY_DELAY = 5.0


class Refresher:
    """Arms the timer of each session and acts on it. The user of UPDATEs without offer."""

    __slots__ = ("_core",)

    def __init__(self, core: Core) -> None:
        self._core = core

    def arm(self, session: Session, now: float) -> None:
        """Count anew from now, as both sides do at each 2xx to INVITE and UPDATE."""
        agreement = session.agreement
        if agreement is not None:
            self._start(session, now + agreement.delay())

    def _start(self, session: Session, when: float) -> None:
        heap = self._core.heap
        heap.stop(session.session_timer)
        session.session_timer = heap.start(when, self._due, session)

    def _due(self, session: Session, now: float) -> None:
        core = self._core
        agreement = session.agreement
        if agreement is None or session.state is SessionState.ENDED:
            return
        if not agreement.ours:
            core.ongoing.end(session, EndCause.EXPIRED, now, bye=True)
        elif not core.offers.free(session):
            self._start(session, now + _BUSY_DELAY)
        elif session.peer_takes_update:
            self._update(session, now)
        else:
            core.offers.refresh(session, now)

    def lines(self, session: Session) -> str:
        """The session timer lines of a re-INVITE or UPDATE of ours: who refreshes stays as it is (§7.4)."""
        agreement = session.agreement
        if agreement is None:
            return request_lines(
                self._core.settings.session_expires, session.min_se or self._core.settings.min_se
            )
        interval = max(agreement.interval, session.min_se)
        minimum = max(session.min_se, self._core.settings.min_se)
        return request_lines(interval, minimum, "uac" if agreement.ours else "uas")

    def _update(self, session: Session, now: float) -> None:
        core = self._core
        dialog = session.dialog
        assert dialog is not None
        rest = f"{session.contact}{core.invite_lines}{self.lines(session)}"
        draft = dialog.draft("UPDATE", dialog.next_cseq(), rest)
        sending = Sending(draft, self, session, dialog, session.credentials)
        core.sender.send(sending, dialog.next_hop(core.connections), now)

    def refreshed(self, session: Session, headers: Headers, now: float) -> None:
        """A 2xx to a refresh, or to any re-INVITE of ours."""
        settled = session.agreement.interval if session.agreement is not None else 0
        session.agreement = agree_as_client(headers, settled or self._core.settings.session_expires)
        self.arm(session, now)

    def refused(self, session: Session, now: float) -> None:
        """A refresh was refused. Whoever refuses is alive: a call is not ended for that, but asked about
        sooner.
        """
        agreement = session.agreement
        if agreement is not None and session.state is not SessionState.ENDED:
            self._start(session, now + max(_BUSY_DELAY, agreement.interval / 8))

    # --- what becomes of an UPDATE --------------------------------------------------------------------------------

    def on_response(self, sending: Sending, response: Response, now: float) -> None:
        session: Session = sending.subject
        status = response.status
        if status < 200 or session.state is SessionState.ENDED:
            return
        core = self._core
        dialog = session.dialog
        assert dialog is not None
        if status < 300:
            dialog.refresh_target(response.headers)
            self.refreshed(session, response.headers, now)
        elif status in (408, 481):
            core.ongoing.end(session, EndCause.EXPIRED, now, bye=status == 408)
        elif status == 422 and parse_min_se(response.headers) > session.min_se:
            session.min_se = parse_min_se(response.headers)
            self._update(session, now)
        elif status in (405, 501):
            session.peer_takes_update = False
            self._start(session, now)
        else:
            self.refused(session, now)

    def on_failure(self, sending: Sending, cause: FailureCause, now: float) -> None:
        session: Session = sending.subject
        if session.state is SessionState.ENDED:
            return
        if cause is FailureCause.TIMEOUT:
            self._core.ongoing.end(session, EndCause.EXPIRED, now, bye=True)
        else:
            self._core.ongoing.end(session, EndCause.TRANSPORT, now)

    def on_overdue(self, sending: Sending, now: float) -> None:
        """Never: only INVITE has a timer C."""
