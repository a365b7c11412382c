"""What comes from the network: framing, retransmissions, and for each new request who is to answer it.

What can be refused or answered without keeping anything is done here, statelessly (RFC 3261 §8.2.7): a flood
of such requests costs no memory.
"""

from __future__ import annotations

from hashlib import blake2b

from centralita.sip.compose import REASONS, copied_head, response
from centralita.sip.core import Core, unsupported
from centralita.sip.errors import ParseError
from centralita.sip.events import RequestReceived
from centralita.sip.fields import stamp_via, tag_of
from centralita.sip.flow import Flow
from centralita.sip.message import Request, Response
from centralita.sip.parser import KeepAlive, parse_message
from centralita.sip.transaction import Input

#: Methods that exist and that we do not serve here: 405; what nobody knows gets 501 (§8.2.1, §21.5.2).
_KNOWN_METHODS = frozenset(
    {
        "BYE",
        "INFO",
        "MESSAGE",
        "NOTIFY",
        "PRACK",
        "PUBLISH",
        "REFER",
        "REGISTER",
        "SUBSCRIBE",
        "UPDATE",
    }
)
#: Methods that need a dialog: without To tag there is none (§12.2.2).
_DIALOG_METHODS = frozenset({"BYE", "INFO", "UPDATE", "PRACK"})

_RETRY_AFTER_OVERLOAD = "Retry-After: 5\r\n"


class Intake:
    """Takes bytes and gives each message to whom it concerns."""

    __slots__ = ("_core", "_salt")

    def __init__(self, core: Core) -> None:
        self._core = core
        self._salt = core.token().encode()[:64]

    def receive(self, data: bytes, flow: Flow, now: float) -> None:
        if flow.transport != "UDP":
            self._stream(data, flow, now)
            return
        if data[:1] < b"!":
            # Keep-alives: empty, CRLF, zero bytes, STUN (whose first byte is 0 or 1). None wants an answer of ours.
            data = data.lstrip(b"\r\n \t")
            if data[:1] < b"!":
                return
        try:
            message = parse_message(data, self._core.settings.limits)
        except ParseError as error:
            self._malformed(error, flow)
            return
        self._take(message, flow, now)

    def _stream(self, data: bytes, flow: Flow, now: float) -> None:
        connections = self._core.connections
        for item in connections.parser(flow).feed(data):
            if isinstance(item, Request | Response):
                self._take(item, flow, now)
            elif item is KeepAlive.PING:
                connections.transmit(flow, b"\r\n")  # RFC 5626 §3.5.1
            elif isinstance(item, ParseError):
                self._malformed(item, flow)
                if item.fatal:
                    connections.close(flow)

    def _malformed(self, error: ParseError, flow: Flow) -> None:
        if error.request is not None:
            # The reason is ours and names no content of the message.
            self._stateless(
                error.request, flow, error.status, reason=error.reason if error.status == 400 else ""
            )

    def _take(self, message: Request | Response, flow: Flow, now: float) -> None:
        core = self._core
        if isinstance(message, Response):
            core.layer.on_response(message, now)
            return
        layer = core.layer
        key = layer.key_of(message)
        method = message.method
        if method == "ACK":
            transaction = layer.servers.get(f"{key}|INVITE")
            if transaction is not None:
                transaction.step(Input.ACK, now, message)
            else:
                core.ongoing.on_ack(message, flow, now)
            return
        transaction = layer.servers.get(f"{key}|{method}")
        if transaction is not None:
            transaction.step(Input.REQUEST, now)
            return
        fields = message.headers.fields
        vias = fields["via"]
        vias[0] = stamp_via(vias[0], flow)
        if method == "CANCEL":
            self._cancel(message, key, flow, now)
            return
        tag = tag_of(fields["to"][0])
        if not tag:
            self._outside(message, key, flow, now)
            return
        session = core.ongoing.find(message, tag)
        if session is None:
            self._stateless(message, flow, 481)  # §12.2.2
        elif len(layer) >= 2 * core.settings.max_transactions and method != "BYE":
            # Calls that exist are served beyond the limit, but not without any.
            self._stateless(message, flow, 503, _RETRY_AFTER_OVERLOAD)
        else:
            core.ongoing.receive(session, message, key, flow, now)

    def _cancel(self, request: Request, key: str, flow: Flow, now: float) -> None:
        """§9.2. The INVITE that it means is known by the same branch."""
        core = self._core
        meant = core.layer.servers.get(f"{key}|INVITE")
        if meant is None:
            self._stateless(request, flow, 481)
            return
        transaction = core.layer.accept(request, key, flow)
        if not tag_of(transaction.to):
            transaction.tag = meant.tag
        core.layer.respond(transaction, 200, now, core.server)
        if not meant.answered and meant.user is not None:
            meant.user.on_cancel(meant, request, now)

    # --- requests outside dialogs ---------------------------------------------------------------------------------

    def _outside(self, request: Request, key: str, flow: Flow, now: float) -> None:
        core = self._core
        method = request.method
        invite = method == "INVITE"
        if not invite and method not in core.settings.methods:
            self._unserved(request, flow)
            return
        headers = request.headers
        fields = headers.fields
        tag = tag_of(fields["from"][0])
        merge_key = f"{fields['call-id'][0]}|{tag}|{fields['cseq'][0]}"
        if merge_key in core.layer.merged:
            # §8.2.2.2: the same request came by two ways, forked before it reached us.
            self._stateless(request, flow, 482)
            return
        if invite and "max-forwards" in fields and int(fields["max-forwards"][0]) == 0:
            # We send the call on, so we count as proxies do (RFC 7332 §3).
            self._stateless(request, flow, 483)
            return
        unknown = unsupported(headers)
        if unknown:
            self._stateless(request, flow, 420, f"Unsupported: {', '.join(unknown)}\r\n")
            return
        settings = core.settings
        if len(core.layer) >= settings.max_transactions or (
            invite and core.pending >= settings.max_pending_invites
        ):
            self._stateless(request, flow, 503, _RETRY_AFTER_OVERLOAD)
            return
        transaction = core.layer.accept(request, key, flow)
        core.layer.remember_merge_key(transaction, merge_key)
        if invite:
            core.incoming.begin(request, transaction, tag, flow, now)
        else:
            transaction.tag = core.token()
            transaction.give_up_later(now)
            core.events.append(RequestReceived(transaction, request, flow))

    def _unserved(self, request: Request, flow: Flow) -> None:
        """What the application is not asked about."""
        core = self._core
        method = request.method
        unknown = unsupported(request.headers)
        if method == "OPTIONS" and not unknown:
            lines = f"{core.allow}Supported: timer\r\nAccept: application/sdp\r\nAccept-Language: es, en\r\n"
            self._stateless(request, flow, 200, lines)  # §11.2
        elif method == "OPTIONS":
            self._stateless(request, flow, 420, f"Unsupported: {', '.join(unknown)}\r\n")
        elif method in _DIALOG_METHODS:
            self._stateless(request, flow, 481)
        elif method in _KNOWN_METHODS:
            self._stateless(request, flow, 405, core.allow)
        else:
            self._stateless(request, flow, 501, core.allow)

    # --- answering without keeping anything -----------------------------------------------------------------------

    def _stateless(self, request: Request, flow: Flow, status: int, rest: str = "", reason: str = "") -> None:
        """Answer once, the same way whenever the request comes again (§8.2.7). Fields that are missing are
        left out.
        """
        core = self._core
        fields = request.headers.fields
        via = fields["via"][0]
        if ";received=" not in via:
            fields["via"][0] = via = stamp_via(via, flow)
        to = fields["to"][0] if "to" in fields else "<sip:unknown@invalid>"
        if ";tag=" not in to:
            # The tag is always the same for the same request, and nobody else can tell what it will be.
            to = f"{to};tag={blake2b(via.encode('utf-8', 'replace'), digest_size=8, key=self._salt).hexdigest()}"
        tail = "".join([f"{label}: {fields[name][0]}\r\n" for name, label in _TAIL if name in fields])
        phrase = reason or REASONS.get(status, "Unknown")
        head = copied_head(fields, False)
        core.connections.transmit(flow, response(status, phrase, head, to, tail, f"{rest}{core.server}"))


_TAIL = (("call-id", "Call-ID"), ("cseq", "CSeq"))
