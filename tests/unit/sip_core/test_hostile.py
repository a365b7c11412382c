"""Whatever a stranger or a broken peer sends, at any point of a call: no exception, and nothing that stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sip_net import ANSWER, HELD, HOLD, OFFER, Net, Phone, Probe

from centralita.sip.events import CallReceived, OfferReceived, RequestReceived
from centralita.sip.flow import Flow
from centralita.sip.message import Request
from centralita.sip.session import SessionState

VECTORS = Path(__file__).parents[1] / "sip_values" / "vectors"
TORTURE = [
    path for path in sorted(VECTORS.rglob("*")) if path.suffix in (".dat", ".sip", ".msg", ".txt", ".bin")
]

NASTY = [
    "",
    " ",
    "x",
    "-1",
    "0",
    "4294967296",
    "<sip:a@b",
    '"<sip:a@b>',
    "<sip:a@b>;tag=",
    '"a>;tag=b" <sip:x@y>;tag="q"',
    "<tel:+34911>;tag=1",
    "<mailto:x@y>",
    "*",
    "<sip:@>",
    "<sip:[::1]:5060;transport=tls>",
    "<sip:h;maddr=;lr>",
    "<sip:no lr>",
    "<>",
    ",",
    ", ,<sip:a>",
    ";;;",
    "timer, 100rel",
    "1 INVITE",
    "999 BYE",
    "SIP/2.0/UDP h;branch=z9hG4bK",
    'SIP/2.0/UDP h;branch="z9hG4bK1"',
    "SIP/2.0/UDP [::1]:1;rport;branch=z9hG4bK1, SIP/2.0/TCP x",
    "1;refresher=uas",
    "90;refresher=",
    "Digest",
    'Digest realm="x", nonce="y", qop="auth-int"',
    "é\udce9",
    "a" * 600,
]
HEADERS = [
    "via",
    "from",
    "to",
    "call-id",
    "cseq",
    "contact",
    "record-route",
    "route",
    "require",
    "supported",
    "allow",
    "session-expires",
    "min-se",
    "max-forwards",
    "timestamp",
    "www-authenticate",
    "user-agent",
    "content-length",
]
METHODS = ["INVITE", "ACK", "CANCEL", "BYE", "UPDATE", "INFO", "OPTIONS", "REGISTER", "PRACK", "x"]


class Stage:
    """One phone with a call in every state, and messages that fit them."""

    def __init__(self) -> None:
        self.net = net = Net(7)
        self.phone: Phone = net.phone("a", min_se=100)
        self.probe: Probe = net.probe("p")
        self.messages: list[Request] = []
        self.responses: list[tuple[Request, str]] = []
        a, probe = self.phone, self.probe
        self.sessions = []
        for number, state in enumerate(("proceeding", "early", "answered", "confirmed", "offered")):
            options = {"call_id": state, "cseq": 5}
            probe.send(a, probe.request("INVITE", a, branch=f"i{number}", body=OFFER, **options))
            session = a.take(CallReceived).session
            self.sessions.append(session)
            if state == "early":
                a.endpoint.ring(session, 180, net.now)
            elif state != "proceeding":
                a.endpoint.answer(session, ANSWER, net.now)
            inside = {**options, "to_tag": session.local_tag}
            if state in ("confirmed", "offered"):
                probe.send(a, probe.request("ACK", a, branch=f"a{number}", **inside))
            if state == "offered":
                a.endpoint.offer(session, HELD, net.now)
            for method in METHODS:
                for body in (b"", HOLD):
                    request = probe.request(
                        method, a, branch=f"m{number}{method}{len(body)}", body=body, **inside
                    )
                    request.headers.set("cseq", f"6 {method}")
                    self.messages.append(request)
            self.messages.append(probe.request("CANCEL", a, branch=f"i{number}", **options))
            self.messages.append(probe.request("ACK", a, branch=f"i{number}", **inside))
        for _ in range(2):
            self.sessions.append(a.call(a, to=probe.udp))
        a.endpoint.request("REGISTER", "sip:p", probe.udp, net.now, from_="<sip:a>", to_="<sip:a>")
        net.run(0.1)
        for message in probe.inbox:
            if isinstance(message, Request):
                self.responses.append((message, message.method))

    def finish(self) -> None:
        a, net = self.phone, self.net
        a.react = lambda phone, event: self._refuse(phone, event)
        net.run(1)
        for event in list(a.events):
            self._refuse(a, event)
        for session in self.sessions:
            a.endpoint.hang_up(session, net.now)
        for session in list(a.endpoint._core.sessions.values()):
            a.endpoint.hang_up(session, net.now)
        a.endpoint.flow_closed(Flow("TCP", "p", 5061, 3), net.now)
        net.settle()
        assert all(session.state is SessionState.ENDED for session in self.sessions)

    def _refuse(self, phone: Phone, event: object) -> None:
        if isinstance(event, CallReceived):
            phone.endpoint.hang_up(event.session, self.net.now)
        elif isinstance(event, OfferReceived):
            phone.endpoint.refuse_offer(event.session, 488, self.net.now)
        elif isinstance(event, RequestReceived):
            phone.endpoint.respond(event.transaction, 403, now=self.net.now)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_messages_that_nearly_fit(data: st.DataObject) -> None:
    stage = Stage()
    a, probe = stage.phone, stage.probe
    for _ in range(data.draw(st.integers(1, 12))):
        if data.draw(st.booleans()):
            message = data.draw(st.sampled_from(stage.messages))
            headers = message.headers.copy()
            changed: bytes | None = None
            bent = Request(message.method, message.uri, headers, message.body)
        else:
            request, _ = data.draw(st.sampled_from(stage.responses))
            status = data.draw(
                st.sampled_from([100, 180, 183, 200, 202, 302, 401, 407, 408, 422, 481, 486, 491, 500, 503])
            )
            tag = data.draw(st.sampled_from(["", "t", "u"]))
            reply = probe.reply(request, status, tag=tag, body=data.draw(st.sampled_from([b"", ANSWER])))
            headers = reply.headers
            bent = reply  # type: ignore[assignment]  # both have headers and encode()
            changed = None
        for _ in range(data.draw(st.integers(0, 2))):
            name = data.draw(st.sampled_from(HEADERS))
            value = data.draw(st.sampled_from(NASTY))
            match data.draw(st.sampled_from(["set", "add", "remove"])):
                case "set":
                    headers.set(name, value)
                case "add":
                    headers.add(name, value)
                case _:
                    headers.remove(name)
        raw = changed or bent.encode()
        if data.draw(st.integers(0, 5)) == 0:
            at = data.draw(st.integers(0, len(raw) - 1))
            raw = raw[:at] + data.draw(st.binary(max_size=3)) + raw[at + data.draw(st.integers(0, 3)) :]
        flow = probe.udp if data.draw(st.booleans()) else Flow("TCP", "p", 5061, 3)
        a.endpoint.receive(raw, flow, stage.net.now)
        if data.draw(st.booleans()):
            stage.net.run(data.draw(st.floats(0, 5)))
    stage.finish()


def test_there_are_torture_messages() -> None:
    assert len(TORTURE) > 40


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
def test_torture_messages(transport: str) -> None:
    """RFC 4475 and 5118: refused, answered or reported, but never an exception."""
    stage = Stage()
    for path in TORTURE:
        stage.phone.endpoint.receive(
            path.read_bytes(), Flow(transport, "p", 5061, 3 if transport == "TCP" else 0), 1.0
        )
        if transport == "TCP":
            stage.phone.endpoint.flow_closed(Flow("TCP", "p", 5061, 3), 1.0)
    stage.finish()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_noise(data: bytes) -> None:
    net = Net()
    a = net.phone("a")
    a.endpoint.receive(data, Flow("UDP", "p", 5060), net.now)
    a.endpoint.receive(data, Flow("TCP", "p", 5060, 1), net.now)
    a.endpoint.flow_closed(Flow("TCP", "p", 5060, 1), net.now)
    net.settle()
