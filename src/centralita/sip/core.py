"""What the parts of an endpoint share: its settings, its timers, its sessions, and the queue of events.

The parts reach each other through here and nowhere else. It decides nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from centralita.sip.connections import Connections
from centralita.sip.events import Event
from centralita.sip.grammar import format_host
from centralita.sip.layer import TransactionLayer
from centralita.sip.message import Headers
from centralita.sip.sender import Sender
from centralita.sip.session import Session, SessionState
from centralita.sip.settings import EndpointSettings
from centralita.sip.timers import TimerHeap

if TYPE_CHECKING:
    from centralita.sip.incoming import Incoming
    from centralita.sip.offers import Offers
    from centralita.sip.ongoing import Ongoing
    from centralita.sip.outgoing import Outgoing
    from centralita.sip.refresher import Refresher

#: Option tags that we understand (RFC 3261 §8.2.2.3). Path is the registrar's (RFC 3327).
SUPPORTED = frozenset({"timer", "path"})


class Core:
    """The common room of the parts of one endpoint."""

    __slots__ = (
        "allow",
        "answer_lines",
        "connections",
        "contact_host",
        "events",
        "heap",
        "incoming",
        "invite_lines",
        "layer",
        "offers",
        "ongoing",
        "outgoing",
        "pending",
        "random",
        "refresher",
        "sender",
        "server",
        "sessions",
        "settings",
        "token",
        "user_agent",
    )

    incoming: Incoming
    outgoing: Outgoing
    ongoing: Ongoing
    offers: Offers
    refresher: Refresher

    def __init__(self, settings: EndpointSettings, token: Callable[[], str], random: random.Random) -> None:
        self.settings = settings
        self.token = token
        self.random = random
        self.heap = TimerHeap()
        self.connections = Connections(settings.limits)
        sent_by = (settings.advertised_host, settings.port)
        self.layer = TransactionLayer(settings.timers, self.heap, self.connections, sent_by, token)
        self.sender = Sender(self.layer, self.connections, token)
        self.sessions: dict[str, Session] = {}
        """By our tag, which nobody can guess; Call-ID and the peer's tag are checked after the look-up (§12)."""
        self.pending = 0
        """Incoming sessions not yet answered."""
        self.events: list[Event] = []
        methods = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", *sorted(settings.methods)]
        self.allow = f"Allow: {', '.join(methods)}\r\n"
        self.user_agent = f"User-Agent: {settings.user_agent}\r\n"
        self.server = f"Server: {settings.user_agent}\r\n"
        self.invite_lines = f"{self.allow}Supported: timer\r\n{self.user_agent}"
        self.answer_lines = f"{self.allow}Supported: timer\r\n{self.server}"
        self.contact_host = format_host(settings.advertised_host, settings.port)

    def contact(self, user: str, transport: str) -> str:
        """Our Contact as a header line."""
        at = "@" if user else ""
        parameter = "" if transport == "UDP" else f";transport={transport.lower()}"
        return f"Contact: <sip:{user}{at}{self.contact_host}{parameter}>\r\n"

    def finish(self, session: Session, now: float, keep: bool = False) -> None:
        """The session is over: nothing of it may fire or be kept, but for what waits in transactions.

        ``keep``: requests that cross with our BYE still find it.
        """
        session.state = SessionState.ENDED
        stop = self.heap.stop
        stop(session.provisional_timer)
        stop(session.session_timer)
        stop(session.offer_timer)
        session.provisional_timer = session.session_timer = session.offer_timer = None
        if session.unacknowledged is not None:
            stop(session.unacknowledged.timer)
            session.unacknowledged = None
        session.server = None
        session.sending = session.offer_out = None
        session.offer_waiting = b""
        if session.offer_in is not None:
            # §15.1.2: what is pending when a BYE comes or goes is answered by 487.
            transaction = session.offer_in.transaction
            session.offer_in = None
            if not transaction.answered:
                self.layer.respond(transaction, 487, now, self.server)
            transaction.user = transaction.subject = None
        if not keep:
            self.sessions.pop(session.local_tag, None)


def unsupported(headers: Headers) -> list[str]:
    """Option tags required of us that we do not know (§8.2.2.3)."""
    if "require" not in headers.fields:
        return []
    return [tag for tag in headers.values("require") if tag.lower() not in SUPPORTED]
