"""TCP: connections that are opened, shared, broken in the middle, and bytes in pieces of any size."""

from __future__ import annotations

from sip_net import ANSWER, OFFER, Net

from centralita.sip.events import (
    CallAnswered,
    CallCancelled,
    CallConfirmed,
    CallFailed,
    CallReceived,
    Close,
    EndCause,
    FailureCause,
    Open,
    RequestFailed,
    RequestReceived,
    ResponseReceived,
    Send,
    SessionEnded,
)
from centralita.sip.flow import Flow


def test_a_call_over_one_connection(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b, to=b.tcp)
    net.run()
    received = b.take(CallReceived)
    assert received.flow.transport == "TCP"
    assert received.request.headers.get("contact") == "<sip:a:5060;transport=tcp>"
    assert (received.request.headers.get("via") or "").startswith("SIP/2.0/TCP a:5060;branch=")
    b.endpoint.answer(received.session, ANSWER, net.now)
    net.run()
    a.take(CallAnswered)
    b.take(CallConfirmed)
    b.endpoint.hang_up(received.session, net.now)
    net.run()
    assert a.take(SessionEnded).session is outgoing
    assert a.endpoint.busy().flows == b.endpoint.busy().flows == 1
    # Nothing was retransmitted, and no timer K, J, D or I keeps the BYE.
    assert [entry[2] for entry in net.log] == ["INVITE", "100 INVITE", "200 INVITE", "ACK", "BYE", "200 BYE"]


def test_a_second_request_shares_the_connection(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    for _ in range(2):
        a.endpoint.request("OPTIONS", "sip:b", b.tcp, net.now, from_="<sip:a>", to_="<sip:b>")
    net.run()
    a.endpoint.request("OPTIONS", "sip:b", b.tcp, net.now, from_="<sip:a>", to_="<sip:b>")
    net.run()
    assert [a.take(ResponseReceived).response.status for _ in range(3)] == [200, 200, 200]
    assert a.endpoint.busy().flows == 1


def test_a_connection_that_cannot_be_had(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    b.dead = True
    a.call(b, to=b.tcp)
    a.endpoint.request("OPTIONS", "sip:b", b.tcp, net.now, from_="<sip:a>", to_="<sip:b>")
    net.run(0.1)
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (503, FailureCause.TRANSPORT)
    assert a.take(RequestFailed).cause is FailureCause.TRANSPORT


def test_a_connection_that_is_gone_already(net: Net) -> None:
    """A binding may name a connection of yesterday."""
    a, b = net.phone("a"), net.phone("b")
    a.call(b, to=Flow("TCP", "b", 40001, 12345))
    failed = a.endpoint.events()
    assert [type(event) for event in failed] == [CallFailed]
    a.events = failed
    assert a.take(CallFailed).cause is FailureCause.TRANSPORT


def test_the_connection_breaks_in_the_middle_of_an_invite(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    a.call(b, to=b.tcp)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.ring(incoming, 180, net.now)
    net.run()
    net.close(1)
    net.run()
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (503, FailureCause.TRANSPORT)
    cancelled = b.take(CallCancelled)
    assert (cancelled.session, cancelled.request) == (incoming, None)
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run()
    assert not net.said("b", "200 INVITE")


def test_the_connection_breaks_between_request_and_response(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    a.endpoint.request("REGISTER", "sip:b", b.tcp, net.now, from_="<sip:a>", to_="<sip:b>")
    net.run()
    received = b.take(RequestReceived)
    net.close(1)
    b.endpoint.respond(received.transaction, 200, now=net.now)
    net.run()
    assert a.take(RequestFailed).cause is FailureCause.TRANSPORT


def test_an_established_call_outlives_its_connection(net: Net) -> None:
    """The next request opens another one, to the Contact."""
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b, to=b.tcp)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run()
    net.close(1)
    net.run()
    a.none(SessionEnded)
    b.none(SessionEnded)
    a.endpoint.hang_up(outgoing, net.now)
    net.run()
    assert b.take(SessionEnded).cause is EndCause.BYE


def test_a_request_inside_that_cannot_be_sent_ends_the_session(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b, to=b.tcp)
    net.run()
    b.endpoint.answer(b.take(CallReceived).session, ANSWER, net.now)
    net.run()
    b.dead = True
    net.close(1)
    a.endpoint.offer(outgoing, OFFER, net.now)
    net.run()
    assert a.take(SessionEnded).cause is EndCause.TRANSPORT


def test_the_ack_is_repeated_over_another_connection(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    a.call(b, to=b.tcp)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run(0.011)  # the 200 is there, the ACK is on its way
    net.close(1)
    net.run(40)
    # Nothing of ours reaches the caller any more: its connection was its own to open.
    assert b.take(SessionEnded).cause is EndCause.NO_ACK


def test_messages_in_pieces_and_together(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    one = probe.request("REGISTER", a, branch="1", call_id="1").encode()
    two = probe.request("REGISTER", a, branch="2", call_id="2").encode()
    flow = Flow("TCP", "p", 40000, 77)
    for byte in one + b"\r\n\r\n" + two:
        a.endpoint.receive(bytes([byte]), flow, net.now)
    a.endpoint.receive(
        two.replace(b"K2", b"K3").replace(b"Call-ID: 2", b"Call-ID: 3")
        + one.replace(b"K1", b"K4").replace(b"Call-ID: 1", b"Call-ID: 4"),
        flow,
        net.now,
    )
    received = [event for event in a.endpoint.events() if isinstance(event, RequestReceived)]
    assert [event.request.headers.get("call-id") for event in received] == ["1", "2", "3", "4"]
    assert a.endpoint.outputs() == [Send(flow, b"\r\n")]
    a.endpoint.flow_closed(flow, net.now)
    for event in received:
        a.endpoint.respond(event.transaction, 200, now=net.now)


def test_broken_framing_closes_the_connection(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    flow = Flow("TCP", "p", 40000, 77)
    request = probe.request("REGISTER", a, branch="1").encode()
    a.endpoint.receive(request.replace(b"Content-Length: 0", b"Content-Length: 4294967295"), flow, net.now)
    said, close = a.endpoint.outputs()
    assert isinstance(said, Send)
    assert said.data.startswith((b"SIP/2.0 413", b"SIP/2.0 400"))
    assert close == Close(flow)
    a.endpoint.receive(request, flow, net.now)
    assert not a.endpoint.events()
    a.endpoint.flow_closed(flow, net.now)
    assert a.endpoint.busy().flows == 0


def test_a_malformed_request_in_good_framing_does_not_close_it(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    flow = Flow("TCP", "p", 40000, 77)
    bad = probe.request("REGISTER", a, branch="1").encode().replace(b"CSeq: 1 ", b"CSeq: 1 X")
    good = probe.request("OPTIONS", a, branch="2").encode()
    a.endpoint.receive(bad + good, flow, net.now)
    first, second = a.endpoint.outputs()
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    assert first.data.startswith(b"SIP/2.0 400 ")
    assert second.data.startswith(b"SIP/2.0 200 ")
    a.endpoint.flow_closed(flow, net.now)


def test_what_waits_for_a_connection_is_sent_in_order(net: Net) -> None:
    a = net.phone("a")
    wanted = Flow("TCP", "x", 5060)
    for uri in ("sip:1", "sip:2"):
        a.endpoint.request("OPTIONS", uri, wanted, net.now, from_="<sip:a>", to_="<sip:x>")
    assert a.endpoint.outputs() == [Open(wanted)]
    real = wanted._replace(connection=9)
    a.endpoint.flow_opened(wanted, real, net.now)
    sent = a.endpoint.outputs()
    assert [output.data[:13] for output in sent if isinstance(output, Send)] == [
        b"OPTIONS sip:1",
        b"OPTIONS sip:2",
    ]
    assert {output.flow for output in sent if isinstance(output, Send)} == {real}
    a.endpoint.flow_closed(real, net.now)
    assert len(a.endpoint.events()) == 2


def test_the_shell_may_report_that_datagrams_come_back(net: Net) -> None:
    """ICMP port unreachable: nobody listens there, so why wait 32 s."""
    a, b = net.phone("a"), net.phone("b")
    b.dead = True
    a.call(b)
    net.run(0.1)
    a.endpoint.flow_closed(b.udp, net.now)
    net.run(0.1)
    assert a.take(CallFailed).cause is FailureCause.TRANSPORT
