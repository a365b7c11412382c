"""Requests that we send outside dialogs: REGISTER, OPTIONS and whatever else is not a call."""

from __future__ import annotations

from collections.abc import Sequence

from centralita.sip.compose import Draft, header_lines, one_line, split_max_forwards
from centralita.sip.core import Core
from centralita.sip.credentials import Credentials
from centralita.sip.events import FailureCause, RequestFailed, ResponseReceived
from centralita.sip.flow import Flow, Target
from centralita.sip.message import Response
from centralita.sip.sender import Sending


class ClientRequest:
    """One request of ours outside a dialog, over all its tries (addresses, challenges)."""

    __slots__ = ("call_id", "cseq", "method", "owner", "uri")

    def __init__(self, method: str, uri: str, call_id: str, cseq: int, owner: object) -> None:
        self.method = method
        self.uri = uri
        self.call_id = call_id
        self.cseq = cseq
        """The last CSeq number used; the next request of the same Call-ID takes a higher one."""
        self.owner = owner
        """Free for the application."""

    def next_cseq(self) -> int:
        self.cseq += 1
        return self.cseq


class Requests:
    """Sends them and reports what becomes of them."""

    __slots__ = ("_core",)

    def __init__(self, core: Core) -> None:
        self._core = core

    def begin(
        self,
        method: str,
        uri: str,
        to: Flow | Target,
        now: float,
        *,
        from_: str,
        to_: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        call_id: str | None,
        cseq: int | None,
        credentials: Credentials | None,
        owner: object,
    ) -> ClientRequest:
        if method in ("INVITE", "ACK", "CANCEL"):
            raise ValueError(f"{method} is not sent by itself")
        core = self._core
        one_line(f"{method}{uri}{from_}{to_}{call_id}")
        request = ClientRequest(method, uri, call_id or core.token(), cseq or 1, owner)
        max_forwards, others = split_max_forwards(headers)
        draft = Draft(
            method,
            uri,
            f"{from_};tag={core.token()}",
            to_,
            request.call_id,
            request.cseq,
            f"{core.user_agent}{header_lines(others)}",
            body,
            max_forwards=max_forwards,
        )
        core.sender.send(Sending(draft, self, request, request, credentials), to, now)
        return request

    def on_response(self, sending: Sending, response: Response, now: float) -> None:
        if response.status >= 200:
            self._core.events.append(ResponseReceived(sending.subject, response))

    def on_failure(self, sending: Sending, cause: FailureCause, now: float) -> None:
        self._core.events.append(RequestFailed(sending.subject, cause))

    def on_overdue(self, sending: Sending, now: float) -> None:
        """Never: only INVITE has a timer C."""
