"""A call comes in: who calls, what they dialled, in which tenant, and by which route."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from centralita.pbx import numbering
from centralita.pbx.callcontrol import Caller
from centralita.pbx.model.device import Device
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.routing import Route, direction_of, route_from_trunk, route_from_user
from centralita.pbx.vocabulary import Direction
from centralita.sdp.description import SdpError, SessionDescription
from centralita.sip.address import NameAddress
from centralita.sip.errors import ParseError
from centralita.sip.events import CallReceived
from centralita.sip.message import Request
from centralita.sip.session import Session
from centralita.sip.uri import Uri
from centralita.switch.call import Call
from centralita.switch.gate import Barred, Challenged, FromDevice, FromTrunk
from centralita.switch.identity import clean_name
from centralita.switch.leg import Leg

if TYPE_CHECKING:
    from centralita.switch.exchange import Exchange

_DIGITS = frozenset("0123456789*#ABCD")


class Arrivals:
    """Turns an INVITE into a call, or refuses it."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def on_call(self, event: CallReceived) -> None:
        exchange, session, request = self._exchange, event.session, event.request
        now = exchange.clock.now()
        address = _address(request, "from")
        visitor = exchange.gate.identify(request, event.flow, address.uri.user or "" if address else "")
        if isinstance(visitor, Challenged):
            exchange.endpoint.challenge(session, 401, visitor.headers, now)
            return
        if isinstance(visitor, Barred):
            exchange.endpoint.reject(session, 403, now)
            return
        dialled = _dialled(request.uri)
        if exchange.journal_trouble and not _is_emergency(visitor, dialled):
            # What happens in a call must be on record before it happens; only a life counts more.
            exchange.endpoint.reject(session, 503, now, headers=(("retry-after", "10"),))
            return
        described = None
        if request.body:
            try:
                described = SessionDescription.parse(request.body)
            except SdpError:
                exchange.endpoint.reject(session, 400, now, reason="Bad session description")
                return
            if described.audio is None:
                exchange.endpoint.reject(session, 488, now)
                return
        match visitor:
            case FromDevice(snapshot=snapshot, device=device):
                self._from_device(session, request, described, snapshot, device, dialled, event.flow.host)
            case FromTrunk():
                self._from_trunk(session, request, described, visitor, address, dialled)

    def _from_device(
        self,
        session: Session,
        request: Request,
        described: SessionDescription | None,
        snapshot: Snapshot,
        device: Device,
        dialled: str,
        address: str,
    ) -> None:
        user = snapshot.users[device.user]
        site = snapshot.site_of(user)
        caller = Caller(
            user.extension or "",
            user.name,
            user,
            snapshot.language_of(user),
            site.country,
            self._exchange.geography.country(address),
        )
        route = route_from_user(snapshot, user, dialled)
        direction = direction_of(route.destination)
        self._begin(
            session, request, described, snapshot, direction, caller, dialled, f"device:{device.id}", route
        )

    def _from_trunk(
        self,
        session: Session,
        request: Request,
        described: SessionDescription | None,
        visitor: FromTrunk,
        address: NameAddress | None,
        dialled: str,
    ) -> None:
        snapshot, trunk, number, route = self._find_number(request, visitor, dialled)
        trunks = self._exchange.trunks
        asserted = _address(request, "p-asserted-identity") or address
        user = (asserted.uri.user or "") if asserted else ""
        withheld = (
            not user or user == "anonymous" or (address is not None and address.uri.user == "anonymous")
        )
        site = next(iter(snapshot.sites.values()))
        caller = Caller(
            "" if withheld else clean_name(trunks.read(snapshot, trunk, user)),
            clean_name(address.display) if address and not withheld else "",
            None,
            site.language,
            trunk.country or site.country,
        )
        self._begin(
            session,
            request,
            described,
            snapshot,
            Direction.INBOUND,
            caller,
            number,
            f"trunk:{trunk.id}",
            route,
        )

    def _find_number(
        self, request: Request, visitor: FromTrunk, dialled: str
    ) -> tuple[Snapshot, Trunk, str, Route]:
        """The number that was called: in the Request-URI, or in To where the provider calls its registered contact."""
        to = _address(request, "to")
        called = _address(request, "p-called-party-id")
        texts = [dialled, *(unquote(known.uri.user or "") for known in (called, to) if known)]
        for text in texts:
            for snapshot, trunk in visitor.candidates:
                number = self._exchange.trunks.read(snapshot, trunk, text)
                entry = snapshot.numbers_by_e164.get(number)
                if entry is not None and entry.trunk in (None, trunk.id):
                    return snapshot, trunk, number, route_from_trunk(snapshot, trunk, number)
        snapshot, trunk = visitor.candidates[0]
        number = self._exchange.trunks.read(snapshot, trunk, dialled)
        return snapshot, trunk, number, route_from_trunk(snapshot, trunk, number)

    def _begin(
        self,
        session: Session,
        request: Request,
        described: SessionDescription | None,
        snapshot: Snapshot,
        direction: Direction,
        caller: Caller,
        dialled: str,
        via: str,
        route: Route,
    ) -> None:
        exchange = self._exchange
        call = Call(exchange, exchange.ids.journey(), snapshot, direction, caller, dialled, via, request)
        exchange.calls[call.id] = call
        call.a.session = session
        call.a.offered = described
        session.owner = call.a
        call.begin(session, via, route)

    def on_info(self, leg: Leg, request: Request) -> None:
        """A digit by INFO: for our menus, or for the other party."""
        kind = (request.headers.get("content-type") or "").partition(";")[0].strip().lower()
        digit = ""
        text = request.body.decode("ascii", "replace")
        if kind == "application/dtmf-relay":
            for line in text.splitlines():
                name, _, value = line.partition("=")
                if name.strip().lower() == "signal":
                    digit = value.strip().upper()[:1]
        elif kind == "application/dtmf":
            digit = text.strip().upper()[:1]
        if digit not in _DIGITS or not digit:
            return
        leg.on_digit(digit)
        call = leg.call
        other = call.b if leg is call.a else call.a
        if call.b is not None and other is not None and other.session is not None:
            self._exchange.endpoint.info(other.session, kind, request.body, self._exchange.clock.now())


def _is_emergency(visitor: FromDevice | FromTrunk, dialled: str) -> bool:
    if isinstance(visitor, FromTrunk):
        return False
    snapshot, device = visitor.snapshot, visitor.device
    return numbering.is_emergency(dialled, snapshot.site_of(snapshot.users[device.user]).country)


def _address(request: Request, name: str) -> NameAddress | None:
    value = request.headers.get(name)
    if value is None:
        return None
    try:
        return NameAddress.parse(value)
    except ParseError:
        return None


def _dialled(uri: str) -> str:
    """What was dialled: the user part, unescaped; hostile characters are refused by the routing, which sees them here."""
    try:
        return unquote(Uri.parse(uri).user or "")
    except ParseError:
        return ""
