"""Requests outside dialogs, both ways: what the application answers, what is answered by itself, and credentials."""

from __future__ import annotations

import pytest
from sip_net import ANSWER, HELD, HOLD, OFFER, Net, Phone

from centralita.sip.auth import Authenticator, Ok, Stale, ha1
from centralita.sip.credentials import Credentials
from centralita.sip.events import (
    CallAnswered,
    CallConfirmed,
    CallFailed,
    CallReceived,
    Event,
    FailureCause,
    OfferAnswered,
    OfferReceived,
    RequestFailed,
    RequestReceived,
    ResponseReceived,
    Send,
)
from centralita.sip.flow import Flow, Target
from centralita.sip.message import Headers, Request, Response

CONTACT = ("Contact", "<sip:200@a>")


def register(net: Net, a: Phone, to: Flow | Target, **options: object) -> object:
    return a.endpoint.request(
        "REGISTER",
        "sip:b",
        to,
        net.now,
        from_="<sip:200@b>",
        to_="<sip:200@b>",
        headers=[CONTACT, ("Expires", "300")],
        **options,  # type: ignore[arg-type]  # whatever request() takes
    )


def test_a_request_and_its_response(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    handle = register(net, a, b.udp, owner="me", call_id="mine", cseq=41)
    net.run(0.1)
    received = b.take(RequestReceived)
    assert received.flow == a.udp
    request = received.request
    assert (request.method, request.uri) == ("REGISTER", "sip:b")
    assert request.headers.get("contact") == "<sip:200@a>"
    assert (request.headers.get("call-id"), request.headers.get("cseq")) == ("mine", "41 REGISTER")
    b.endpoint.respond(received.transaction, 100, now=net.now)
    b.endpoint.respond(received.transaction, 200, None, [("Contact", "<sip:200@a>;expires=300")], now=net.now)
    b.endpoint.respond(received.transaction, 500, now=net.now)
    net.run(0.1)
    response = a.take(ResponseReceived)
    assert response.transaction is handle
    assert response.transaction.owner == "me"
    assert response.response.headers.get("contact") == "<sip:200@a>;expires=300"
    a.none(ResponseReceived)
    assert not net.said("b", "500 REGISTER")


def test_a_request_that_the_application_forgets_does_not_stay(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    register(net, a, b.udp)
    net.run(31.9)
    assert len(net.said("a", "REGISTER")) == 11
    b.take(RequestReceived)
    b.none(RequestReceived)
    net.run(1)
    assert a.take(RequestFailed).cause is FailureCause.TIMEOUT
    assert b.endpoint.busy().transactions == 0


def test_after_a_provisional_response_a_request_is_repeated_slowly(net: Net) -> None:
    """§17.1.2.2: every T2."""
    a, b = net.phone("a"), net.phone("b")
    register(net, a, b.udp)
    net.run(0.4)
    b.endpoint.respond(b.take(RequestReceived).transaction, 100, now=net.now)
    net.run(31)
    assert len(net.said("a", "REGISTER")) == 9
    assert len(net.said("b", "100 REGISTER")) == 9


def test_names(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    net.phone("down").dead = True
    target = Target("UDP", "provider.example", 0)
    register(net, a, target)
    net.run(0.1)
    assert a.take(RequestFailed).cause is FailureCause.UNRESOLVED
    a.names[target] = [Flow("UDP", "down", 5060), b.udp]
    register(net, a, target)
    net.run(33)
    b.endpoint.respond(b.take(RequestReceived).transaction, 503, now=net.now)
    net.run(0.1)
    assert a.take(ResponseReceived).response.status == 503


# --- what is answered without asking ------------------------------------------------------------------------------


def test_options_is_answered_by_itself(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    a.endpoint.request("OPTIONS", "sip:b", b.udp, net.now, from_="<sip:a>", to_="<sip:b>")
    net.run(0.1)
    response = a.take(ResponseReceived).response
    assert response.status == 200
    assert response.headers.has_token("allow", "REGISTER")
    assert response.headers.get("accept") == "application/sdp"
    assert response.headers.get("supported") == "timer"
    assert not b.events
    assert b.endpoint.busy().transactions == 0


REFUSED = [
    ("MESSAGE", {}, "405"),
    ("SUBSCRIBE", {}, "405"),
    ("FROBNICATE", {}, "501"),
    ("BYE", {}, "481"),
    ("INFO", {"to_tag": "t"}, "481"),
    ("INVITE", {"to_tag": "t"}, "481"),
    ("OPTIONS", {"to_tag": "t"}, "481"),
    ("OPTIONS", {"headers": (("require", "100rel"),)}, "420"),
    ("REGISTER", {"headers": (("require", "gruu, outbound"),)}, "420"),
    ("INVITE", {"headers": (("require", "timer, 100rel"),)}, "420"),
    ("INVITE", {"contact": False}, "400"),
    ("INVITE", {"contact": False, "headers": (("contact", "<mailto:a@b>"),)}, "400"),
    ("INVITE", {"contact": False, "headers": (("contact", "*"),)}, "400"),
]


@pytest.mark.parametrize(("method", "options", "status"), REFUSED)
def test_what_is_refused(net: Net, method: str, options: dict[str, object], status: str) -> None:
    a, probe = net.phone("a"), net.probe("p")
    request = probe.request(method, a, branch="1", **options)  # type: ignore[arg-type]  # options of request()
    probe.send(a, request)
    first = probe.take(f"{status} {method}")
    probe.send(a, request)
    assert probe.take(f"{status} {method}").headers.get("to") == first.headers.get("to")
    if status in ("405", "501"):
        assert first.headers.has_token("allow", "INVITE")
    if status == "420":
        assert first.headers.get("unsupported") is not None
        assert "timer" not in (first.headers.get("unsupported") or "")
    assert not a.events
    probe.send(a, probe.request("ACK", a, branch="1"))


def test_too_many_hops(net: Net) -> None:
    """483 to a call, that we would send on (RFC 7332 §3); what ends here may come with Max-Forwards: 0."""
    a, probe = net.phone("a"), net.probe("p")
    for method, status in (("INVITE", "483"), ("OPTIONS", "200")):
        request = probe.request(method, a, branch=method)
        request.headers.set("max-forwards", "0")
        probe.send(a, request)
        probe.take(f"{status} {method}")


def test_overload(net: Net) -> None:
    a, probe = net.phone("a", max_transactions=5, max_pending_invites=2), net.probe("p")
    for number in range(3):
        probe.send(a, probe.request("INVITE", a, branch=f"i{number}", call_id=f"c{number}", body=OFFER))
    assert probe.take("503 INVITE").headers.get("retry-after") is not None
    first, second = a.take(CallReceived).session, a.take(CallReceived).session
    a.endpoint.reject(first, 486, net.now)
    for number in range(5):
        probe.send(a, probe.request("REGISTER", a, branch=f"r{number}", call_id=f"r{number}"))
    probe.take("503 REGISTER")
    assert a.endpoint.busy().transactions == 5
    # What belongs to a call is served nevertheless.
    probe.send(a, probe.request("CANCEL", a, branch="i1", call_id="c1"))
    probe.take("487 INVITE")
    probe.send(a, probe.request("ACK", a, branch="i0"))
    assert second.state.name == "ENDED"
    assert a.endpoint.busy().pending_invites == 0


def test_timestamp_and_extension_parameters_are_copied(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    request = probe.request("INVITE", a, branch="1", body=OFFER, headers=(("timestamp", "54"),))
    request.headers.set("via", "SIP/2.0/UDP p:5060;x=1;branch=z9hG4bK1;rport;y")
    request.headers.add("via", "SIP/2.0/UDP first:5060;branch=z9hG4bK0")
    request.headers.add("record-route", "<sip:p;lr>")
    probe.send(a, request)
    trying = probe.take("100 INVITE")
    assert trying.headers.get("timestamp") == "54"
    assert trying.headers.all("via") == [
        "SIP/2.0/UDP p:5060;x=1;branch=z9hG4bK1;rport=5060;received=p;y",
        "SIP/2.0/UDP first:5060;branch=z9hG4bK0",
    ]
    assert trying.headers.all("record-route") == ["<sip:p;lr>"]
    a.endpoint.reject(a.take(CallReceived).session, 486, net.now)
    probe.send(a, probe.request("ACK", a, branch="1"))


def test_keep_alives_and_noise_over_udp(net: Net) -> None:
    a = net.phone("a")
    stun = bytes.fromhex("000100002112a442") + bytes(12)
    for data in (b"", b"\r\n", b"\r\n\r\n", b"\0\0\0\0", b" ", stun, b"\xff\xfe", b"jaK", b"hello\r\n\r\n"):
        a.endpoint.receive(data, Flow("UDP", "p", 5060), net.now)
    assert not a.endpoint.outputs()
    assert not a.endpoint.events()


MALFORMED = [
    (b"CSeq: 1 OPTIONS", b"CSeq: x OPTIONS", b"SIP/2.0 400 "),
    (b"SIP/2.0\r\nVia", b"SIP/7.0\r\nVia", b"SIP/2.0 505 "),
    (b"sip:x@a SIP", b"http://x SIP", b"SIP/2.0 416 "),
    (b"Call-ID: cid\r\n", b"", b"SIP/2.0 400 "),
    (b"From: <sip:probe@p>;tag=ft\r\n", b"", b"SIP/2.0 400 "),
    (b"To: <sip:x@a>\r\n", b"", b"SIP/2.0 400 "),
    (b"OPTIONS", b"ACK", b""),
    (b"Via: SIP/2.0/UDP p", b"Via: no", b""),
]


@pytest.mark.parametrize(("good", "bad", "answer"), MALFORMED)
def test_malformed_requests_get_their_4xx(net: Net, good: bytes, bad: bytes, answer: bytes) -> None:
    a, probe = net.phone("a"), net.probe("p")
    data = probe.request("OPTIONS", a, branch="1").encode()
    assert good in data
    a.endpoint.receive(data.replace(good, bad), probe.udp, net.now)
    outputs = a.endpoint.outputs()
    if not answer:
        assert not outputs
        return
    (said,) = outputs
    assert isinstance(said, Send)
    assert said.flow == probe.udp
    assert said.data.startswith(answer)
    assert b"\r\nVia: SIP/2.0/UDP p:5060;branch=z9hG4bK1;received=p\r\n" in said.data


def test_stray_responses_are_dropped(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    fields = probe.request("INVITE", a, branch="9").headers
    for status in (100, 180, 200, 486):
        probe.send(a, Response(status, "Stray", Headers(dict(fields.fields)), b""))
    assert not probe.inbox
    assert not a.events


# --- credentials --------------------------------------------------------------------------------------------------


class Registrar:
    """The application of the phone that is asked: challenges and checks."""

    def __init__(self, net: Net, realm: str = "b", password: str = "secret") -> None:
        self.net = net
        self.authenticator = Authenticator(realm, b"k" * 32)
        self.password = password
        self.age = 0.0
        self.seen: list[Request] = []

    def react(self, phone: Phone, event: Event) -> None:
        if not isinstance(event, RequestReceived | CallReceived):
            return
        request = event.request
        self.seen.append(request)
        now = self.net.now
        verdict = self.authenticator.verify(
            request.headers.get("authorization") or "",
            request.method,
            lambda user, algorithm: ha1(user, self.authenticator.realm, self.password, algorithm),
            now + self.age,
        )
        headers: list[tuple[str, str]] = []
        status = 200
        if not isinstance(verdict, Ok):
            status = 401
            stale = isinstance(verdict, Stale)
            challenges = self.authenticator.challenge(now + self.age, stale=stale)
            headers = [("WWW-Authenticate", challenge) for challenge in challenges]
        if isinstance(event, RequestReceived):
            phone.endpoint.respond(event.transaction, status, headers=headers, now=now)
        elif status == 401:
            phone.endpoint.challenge(event.session, 401, headers, now)
        else:
            phone.endpoint.answer(event.session, ANSWER, now)


def test_a_challenge_is_answered_once(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    registrar = Registrar(net)
    b.react = registrar.react
    handle = register(net, a, b.udp, credentials=Credentials("200", "secret"), cseq=7)
    net.run(0.2)
    assert a.take(ResponseReceived).response.status == 200
    assert handle.cseq == 8  # type: ignore[attr-defined]  # a ClientRequest
    assert [request.headers.get("cseq") for request in registrar.seen] == ["7 REGISTER", "8 REGISTER"]
    assert registrar.seen[0].headers.get("call-id") == registrar.seen[1].headers.get("call-id")
    assert "SHA-256" in (registrar.seen[1].headers.get("authorization") or "")


def test_a_wrong_password_is_not_tried_twice(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    registrar = Registrar(net)
    b.react = registrar.react
    register(net, a, b.udp, credentials=Credentials("200", "wrong"))
    net.run(0.2)
    assert a.take(ResponseReceived).response.status == 401
    assert len(registrar.seen) == 2


def test_a_stale_nonce_is_worth_another_try(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    registrar = Registrar(net)

    def react(phone: Phone, event: Event) -> None:
        registrar.react(phone, event)
        registrar.age = 1000.0

    b.react = react
    register(net, a, b.udp, credentials=Credentials("200", "secret"))
    net.run(0.2)
    assert a.take(ResponseReceived).response.status == 200
    assert len(registrar.seen) == 3


def test_no_credentials_no_answer(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    registrar = Registrar(net)
    b.react = registrar.react
    register(net, a, b.udp)
    register(net, a, b.udp, credentials=Credentials("200", "secret", realm="another"))
    net.run(0.2)
    assert [a.take(ResponseReceived).response.status for _ in range(2)] == [401, 401]
    assert len(registrar.seen) == 2


def test_a_proxy_and_the_far_end_may_both_ask(net: Net) -> None:
    a, p = net.phone("a"), net.probe("p")
    register(net, a, p.udp, credentials=Credentials("200", "secret"))
    for status, asks in ((407, "proxy-authenticate"), (401, "www-authenticate"), (407, "proxy-authenticate")):
        net.run(0.1)
        request = p.take("REGISTER")
        assert isinstance(request, Request)
        challenge = f'Digest realm="{status}", nonce="n", stale=true'
        p.send(a, p.reply(request, status, headers=((asks, challenge),)))
    net.run(0.1)
    request = p.take("REGISTER")
    assert isinstance(request, Request)
    assert request.headers.get("proxy-authorization") is not None
    assert request.headers.get("authorization") is not None
    assert request.headers.get("cseq") == "4 REGISTER"
    challenge = 'Digest realm="x", nonce="n", stale=true'
    p.send(a, p.reply(request, 401, headers=(("www-authenticate", challenge),)))
    assert a.take(ResponseReceived).response.status == 401
    for nonsense in ("Basic realm=x", "", "Digest", 'Digest realm="x", nonce="n", algorithm=SHA-3'):
        register(net, a, p.udp, credentials=Credentials("200", "secret"))
        net.run(0.1)
        request = p.take("REGISTER")
        assert isinstance(request, Request)
        p.send(a, p.reply(request, 401, headers=(("www-authenticate", nonsense),)))
        assert a.take(ResponseReceived).response.status == 401


def test_a_call_with_credentials(net: Net) -> None:
    """The INVITE is repeated in the same dialog-to-be; the ACK to 200 proves itself as the INVITE did (§22.1)."""
    a, b = net.phone("a"), net.phone("b")
    registrar = Registrar(net)
    b.react = registrar.react
    session = a.call(b, credentials=Credentials("200", "secret"))
    net.run()
    a.take(CallAnswered)
    a.none(CallFailed)
    confirmed = b.take(CallConfirmed)
    assert confirmed.request.headers.get("authorization") == registrar.seen[1].headers.get("authorization")
    assert confirmed.request.headers.get("cseq") == "2 ACK"
    assert session.local_tag in (registrar.seen[1].headers.get("from") or "")
    a.endpoint.offer(session, HOLD, net.now)
    net.run()
    b.endpoint.accept_offer(b.take(OfferReceived).session, HELD, net.now)
    net.run()
    a.take(OfferAnswered)
    a.endpoint.hang_up(session, net.now)


def test_a_call_with_the_wrong_password(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    registrar = Registrar(net, password="other")
    b.react = registrar.react
    a.call(b, credentials=Credentials("200", "secret"))
    net.run()
    assert a.take(CallFailed).status == 401
    assert len(net.said("a", "ACK")) == 2
