"""Endpoints joined by a list in place of a network, on a virtual clock. The list may lose, double and reorder."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from typing import Any, TypeVar

from centralita.sip.endpoint import Endpoint, EndpointSettings
from centralita.sip.errors import ParseError
from centralita.sip.events import Close, Event, Open, Resolve, Send
from centralita.sip.flow import Flow, Target
from centralita.sip.message import Headers, Message, Request, Response
from centralita.sip.parser import parse_message
from centralita.sip.session import Session

E = TypeVar("E")

OFFER = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
ANSWER = b"v=0\r\no=- 7 1 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8\r\n"
HOLD = b"v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n"
HELD = b"v=0\r\no=- 7 2 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8\r\na=recvonly\r\n"


class Phone:
    """One endpoint with its address, and what it was told and not yet taken."""

    def __init__(self, net: Net, host: str, settings: EndpointSettings) -> None:
        self.net = net
        self.host = host
        self.endpoint = Endpoint(settings, net.token, net.random)
        self.events: list[Event] = []
        self.react: Callable[[Phone, Event], None] | None = None
        self.names: dict[Target, list[Flow]] = {}
        self.dead = False
        """Neither hears nor says anything: a pulled plug."""

    @property
    def udp(self) -> Flow:
        """The way to this phone from any other."""
        return Flow("UDP", self.host, 5060)

    @property
    def tcp(self) -> Flow:
        return Flow("TCP", self.host, 5060)

    def take(self, kind: type[E]) -> E:
        """The oldest event of this kind that was not taken yet."""
        for index, event in enumerate(self.events):
            if isinstance(event, kind):
                del self.events[index]
                return event
        raise AssertionError(f"{self.host} has no {kind.__name__} but {self.events}")

    def none(self, kind: type[object]) -> None:
        assert not [event for event in self.events if isinstance(event, kind)]

    def call(self, other: Phone, *, to: Flow | Target | None = None, **options: Any) -> Session:
        options.setdefault("body", OFFER)
        return self.endpoint.invite(
            f"sip:{other.host}",
            to or other.udp,
            self.net.now,
            from_=f"<sip:me@{self.host}>",
            to_=f"<sip:you@{other.host}>",
            **options,
        )


class Probe:
    """A peer that a test plays by hand: it keeps the messages that come and sends what it is given."""

    def __init__(self, net: Net, host: str) -> None:
        self.net = net
        self.host = host
        self.inbox: list[Message] = []

    @property
    def udp(self) -> Flow:
        return Flow("UDP", self.host, 5060)

    def send(self, phone: Phone, data: bytes | Message) -> None:
        raw = data if isinstance(data, bytes) else data.encode()
        phone.endpoint.receive(raw, self.udp, self.net.now)
        self.net.run(0.1)

    def take(self, what: str) -> Message:
        """The oldest message of this kind (``INVITE``, ``200 BYE``)."""
        for index, message in enumerate(self.inbox):
            if summary(message) == what:
                return self.inbox.pop(index)
        raise AssertionError(f"no {what} but {[summary(message) for message in self.inbox]}")

    def request(
        self,
        method: str,
        phone: Phone,
        *,
        branch: str,
        cseq: int = 1,
        from_tag: str = "ft",
        to_tag: str = "",
        call_id: str = "cid",
        body: bytes = b"",
        headers: tuple[tuple[str, str], ...] = (),
        contact: bool = True,
    ) -> Request:
        fields = {
            "via": [f"SIP/2.0/UDP {self.host}:5060;branch=z9hG4bK{branch}"],
            "max-forwards": ["70"],
            "from": [f"<sip:probe@{self.host}>;tag={from_tag}"],
            "to": [f"<sip:x@{phone.host}>" + (f";tag={to_tag}" if to_tag else "")],
            "call-id": [call_id],
            "cseq": [f"{cseq} {method}"],
        }
        if contact:
            fields["contact"] = [f"<sip:probe@{self.host}>"]
        for name, value in headers:
            fields.setdefault(name, []).append(value)
        return Request(method, f"sip:x@{phone.host}", Headers(fields), body)

    def reply(
        self,
        request: Request,
        status: int,
        *,
        tag: str = "",
        body: bytes = b"",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Response:
        fields = {name: list(request.headers.all(name)) for name in ("via", "from", "to", "call-id", "cseq")}
        if tag:
            fields["to"] = [f"{fields['to'][0]};tag={tag}"]
        if 100 < status < 300:
            fields["contact"] = [f"<sip:probe@{self.host}>"]
        for name, value in headers:
            fields.setdefault(name, []).append(value)
        return Response(status, "Because", Headers(fields), body)


class Net:
    """Delivers what the phones send; time goes on only in ``run``."""

    latency = 0.01

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.now = 1000.0
        self.loss = self.double = 0.0
        self.jitter = 0.0
        self.drop: Callable[[str, str, Message], bool] | None = None
        self.log: list[tuple[str, str, str]] = []
        """Who sent what to whom: ``("a", "b", "INVITE")``, ``("b", "a", "200 INVITE")``; lost messages included."""
        self.messages: list[Message] = []
        self.phones: dict[str, Phone] = {}
        self.probes: dict[str, Probe] = {}
        self.closes: list[Flow] = []
        self._count = itertools.count()
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._connections: dict[int, tuple[str, str]] = {}
        self._numbers = itertools.count(1)

    def token(self) -> str:
        return f"{self.random.getrandbits(80):020x}"

    def phone(self, host: str, **settings: Any) -> Phone:
        phone = Phone(self, host, EndpointSettings(host, 5060, **settings))
        self.phones[host] = phone
        return phone

    def said(self, source: str = "", what: str = "") -> list[tuple[str, str, str]]:
        return [entry for entry in self.log if source in ("", entry[0]) and what in ("", entry[2])]

    # --- the passing of time --------------------------------------------------------------------------------------

    def run(self, seconds: float = 1.0) -> None:
        """Deliver and fire everything until then, in order of time."""
        end = self.now + seconds
        self._pump()
        while True:
            timers = [
                (when, phone)
                for phone in self.phones.values()
                if not phone.dead and (when := phone.endpoint.timer()) is not None
            ]
            when, phone = min(timers, key=lambda item: item[0], default=(end + 1, None))
            if self._queue and self._queue[0][0] <= min(when, end):
                self.now, _, deliver = heapq.heappop(self._queue)
                deliver()
            elif phone is not None and when <= end:
                self.now = max(self.now, when)
                phone.endpoint.handle_timer(self.now)
            else:
                break
            self._pump()
        self.now = end

    def settle(self) -> None:
        """Let everything come to its end, and see that nothing is left anywhere."""
        self.loss = self.double = self.jitter = 0.0
        self.run(400)
        for number in list(self._connections):
            self.close(number)
        self.run(100)
        for phone in self.phones.values():
            busy = phone.endpoint.busy()
            if not phone.dead:
                assert busy == type(busy)(0, 0, 0, 0, 0), (phone.host, busy)

    def _pump(self) -> None:
        """Carry out what the endpoints ask for, until they ask for nothing."""
        moved = True
        while moved:
            moved = False
            for phone in self.phones.values():
                endpoint = phone.endpoint
                while events := endpoint.events():
                    moved = True
                    for event in events:
                        phone.events.append(event)
                        if phone.react is not None:
                            phone.react(phone, event)
                for output in endpoint.outputs():
                    moved = True
                    if not phone.dead:
                        self._carry_out(phone, output)

    def _carry_out(self, phone: Phone, output: Send | Open | Close | Resolve) -> None:
        match output:
            case Send(flow, data):
                self._send(phone, flow, data)
            case Open(flow):
                self._at(lambda: self._connect(phone, flow))
            case Close(flow):
                self.closes.append(flow)
                self.close(flow.connection)
            case Resolve(target):
                self._at(lambda: phone.endpoint.resolved(target, self._resolve(phone, target), self.now))

    def _resolve(self, phone: Phone, target: Target) -> list[Flow]:
        known = [Flow(target.transport, target.host, 5060)] if target.host in self.phones else []
        return phone.names.get(target, known)

    def _at(self, action: Callable[[], None], delay: float = latency) -> None:
        heapq.heappush(self._queue, (self.now + delay, next(self._count), action))

    # --- datagrams and streams ------------------------------------------------------------------------------------

    def _send(self, phone: Phone, flow: Flow, data: bytes) -> None:
        message = None
        if data.strip(b"\r\n"):
            try:
                message = parse_message(data)
            except ParseError:
                return  # the answer to a malformed request repeats what was wrong with it
            self.messages.append(message)
            self.log.append((phone.host, flow.host, summary(message)))
        if flow.transport == "TCP":
            ends = self._connections.get(flow.connection)
            if ends is not None:
                other = ends[1] if ends[0] == phone.host else ends[0]
                port = 5060 if phone.host == ends[1] else 40000 + flow.connection
                back = Flow("TCP", phone.host, port, flow.connection)
                self._at(
                    lambda: self._deliver(other, data, back) if back.connection in self._connections else None
                )
            return
        if message is not None and self.drop is not None and self.drop(phone.host, flow.host, message):
            return
        if self.random.random() < self.loss:
            return
        copies = 2 if self.random.random() < self.double else 1
        for _ in range(copies):
            delay = self.latency + self.random.random() * self.jitter
            self._at(lambda: self._deliver(flow.host, data, phone.udp), delay)

    def probe(self, host: str) -> Probe:
        probe = self.probes[host] = Probe(self, host)
        return probe

    def _deliver(self, host: str, data: bytes, flow: Flow) -> None:
        if host in self.probes:
            self.probes[host].inbox.append(parse_message(data))
            return
        phone = self.phones.get(host)
        if phone is not None and not phone.dead:
            phone.endpoint.receive(data, flow, self.now)

    def _connect(self, phone: Phone, wanted: Flow) -> None:
        if wanted.host not in self.phones or self.phones[wanted.host].dead:
            phone.endpoint.flow_closed(wanted, self.now)
            return
        number = next(self._numbers)
        self._connections[number] = (phone.host, wanted.host)
        phone.endpoint.flow_opened(wanted, wanted._replace(connection=number), self.now)

    def close(self, number: int) -> None:
        """Cut a connection; both ends are told."""
        ends = self._connections.pop(number, None)
        if ends is None:
            return
        first, second = ends
        self.phones[first].endpoint.flow_closed(Flow("TCP", second, 5060, number), self.now)
        self.phones[second].endpoint.flow_closed(Flow("TCP", first, 40000 + number, number), self.now)


def summary(message: Message) -> str:
    """``INVITE`` or ``200 INVITE``."""
    if isinstance(message, Request):
        return message.method
    assert isinstance(message, Response)
    return f"{message.status} {message.headers.fields['cseq'][0].partition(' ')[2]}"
