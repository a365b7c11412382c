"""Dialogs (RFC 3261 §12): what both sides have agreed on about who is who and which way requests go.

Values are kept as text ready for the wire. Offers, timers and the life of a session are not a dialog's
business.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from centralita.sip.address import NameAddress
from centralita.sip.compose import Draft
from centralita.sip.connections import Connections
from centralita.sip.errors import ParseError
from centralita.sip.fields import cseq_of, hop_of, uri_of
from centralita.sip.flow import Flow, Target
from centralita.sip.message import Headers, Request, Response
from centralita.sip.uri import Uri

_TRANSPORTS = ("UDP", "TCP")
_LONGEST_REMEMBERED = 256
"""Characters: who sends chooses them, and a cache must not be a way to fill our memory."""


class Dialog:
    """One dialog, early or confirmed."""

    __slots__ = (
        "call_id",
        "flow",
        "local",
        "local_cseq",
        "local_tag",
        "remote",
        "remote_cseq",
        "remote_tag",
        "routes",
        "symmetric",
        "target",
    )

    def __init__(
        self,
        call_id: str,
        local: str,
        local_tag: str,
        remote: str,
        remote_tag: str,
        target: str,
        routes: Sequence[str],
        flow: Flow,
        local_cseq: int,
        remote_cseq: int,
        symmetric: bool,
    ) -> None:
        self.call_id = call_id
        self.local = local
        """Our From value, tag included."""
        self.local_tag = local_tag
        self.remote = remote
        """The peer's To value, tag included."""
        self.remote_tag = remote_tag
        self.target = target
        """Remote target URI: the peer's Contact."""
        self.routes = routes
        """Route set, nearest first, as Route values."""
        self.flow = flow
        """Whence the peer's last message came."""
        self.local_cseq = local_cseq
        self.remote_cseq = remote_cseq
        """0 before the peer's first request."""
        self.symmetric = symmetric

    @classmethod
    def of_request(cls, request: Request, remote_tag: str, local_tag: str, flow: Flow) -> Dialog:
        """The dialog that we make by answering (§12.1.1). Raises ParseError where Contact or Record-Route is
        no good.
        """
        headers = request.headers
        fields = headers.fields
        routes = route_set(headers) if "record-route" in fields else ()
        return cls(
            fields["call-id"][0],
            f"{fields['to'][0]};tag={local_tag}",
            local_tag,
            fields["from"][0],
            remote_tag,
            contact_of(headers),
            routes,
            flow,
            0,
            cseq_of(headers),
            True,
        )

    @classmethod
    def of_response(
        cls, draft: Draft, local_tag: str, response: Response, remote_tag: str, flow: Flow, symmetric: bool
    ) -> Dialog:
        """The dialog that a response to our INVITE makes (§12.1.2)."""
        headers = response.headers
        fields = headers.fields
        routes: Sequence[str] = ()
        try:
            if "record-route" in fields:
                routes = route_set(headers)[::-1]
            target = contact_of(headers)
        except ParseError:
            # Contact is missing in provisional responses often enough, and in some peers' 2xx: what reached them
            # once reaches them again.
            target = draft.uri
        remote = fields["to"][0]
        return cls(
            draft.call_id,
            draft.from_,
            local_tag,
            remote,
            remote_tag,
            target,
            routes,
            flow,
            draft.cseq,
            0,
            symmetric,
        )

    def next_cseq(self) -> int:
        self.local_cseq += 1
        return self.local_cseq

    def accepts(self, cseq: int) -> bool:
        """Take the peer's CSeq; False where it is out of order (§12.2.2)."""
        if cseq < self.remote_cseq:
            return False
        self.remote_cseq = cseq
        return True

    def refresh_target(self, headers: Headers) -> None:
        """A target refresh request, or a 2xx to one, may bring a new Contact (§12.2.1.2, §12.2.2)."""
        lines = headers.fields.get("contact")
        if lines:
            try:
                self.target = contact_of(headers)
            except ParseError:
                return  # the one we know still serves

    def draft(self, method: str, cseq: int, rest: str, body: bytes = b"", authorization: str = "") -> Draft:
        """A request inside the dialog (§12.2.1.1)."""
        uri, routes = self.target, self.routes
        lines = ""
        if routes:
            if not _is_loose(routes[0]):
                # A strict router of RFC 2543 finds its own URI on top and the target at the end.
                uri, routes = uri_of(routes[0]), [*routes[1:], f"<{uri}>"]
            lines = "".join([f"Route: {route}\r\n" for route in routes])
        return Draft(
            method,
            uri,
            self.local,
            self.remote,
            self.call_id,
            cseq,
            rest,
            body,
            lines,
            authorization=authorization,
        )

    def next_hop(self, connections: Connections) -> Flow | Target:
        """Where a request of ours goes first: by route set, over the peer's own flow, or to its Contact."""
        flow = self.flow
        usable = connections.is_open(flow)
        if self.routes:
            where = uri_of(self.routes[0])
        elif self.symmetric and usable:
            return flow
        else:
            where = self.target
        try:
            hop = hop_of(where)
        except ParseError:
            return flow
        if hop.transport not in _TRANSPORTS:
            return flow
        # The peer's own connection serves, rather than a second one to the same place.
        if usable and isinstance(hop, Flow) and hop[:3] == flow[:3]:
            return flow
        return hop


def contact_of(headers: Headers) -> str:
    """The URI of the one Contact. Raises ParseError where there is none, or none that one could send to."""
    value = headers.get("contact")
    if not value:
        raise ParseError("no Contact")
    if len(value) > _LONGEST_REMEMBERED:
        return _sip_uri.__wrapped__(next(iter(headers.values("contact"))))
    return _sip_uri(value if "," not in value else next(iter(headers.values("contact"))))


def route_set(headers: Headers) -> list[str]:
    """The Record-Route values in their order. Raises ParseError: a request could not be sent by a route that
    is none.
    """
    routes = headers.values("record-route")
    for route in routes:
        Uri.parse(uri_of(route))
    return routes


@lru_cache(maxsize=4096)
def _sip_uri(value: str) -> str:
    """The URI of a Contact value as text. Raises ParseError."""
    if value.startswith("<") and value.endswith(">") and value.count(">") == 1:
        text = value[1:-1]
        uri = Uri.parse(text)
    else:
        uri = NameAddress.parse(value).uri
        text = str(uri)
    if uri.scheme not in ("sip", "sips") or not uri.host:
        raise ParseError("a Contact that is no SIP URI")
    return text


def _is_loose(route: str) -> bool:
    """Whether a router keeps the Request-URI (§16.12: ``lr``)."""
    if ";lr>" in route or ";lr;" in route:
        return True
    try:
        return NameAddress.parse(route).uri.parameter("lr") is not None
    except ParseError:
        return True
