"""A call between two endpoints over a network without faults, and the ways it ends."""

from __future__ import annotations

import gc

import pytest
from sip_net import ANSWER, HELD, HOLD, OFFER, Net

from centralita.sip.client_transaction import ClientTransaction
from centralita.sip.dialog import Dialog
from centralita.sip.events import (
    CallAnswered,
    CallCancelled,
    CallConfirmed,
    CallFailed,
    CallProgressed,
    CallReceived,
    EndCause,
    FailureCause,
    SessionEnded,
)
from centralita.sip.flow import Flow, Target
from centralita.sip.sender import Sending
from centralita.sip.server_transaction import ServerTransaction
from centralita.sip.session import Session, SessionState
from centralita.sip.timers import Timers


def test_a_call_is_answered_and_hung_up_by_the_caller(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b, headers=[("X-Trace", "7")], contact_user="ana")
    net.run()
    received = b.take(CallReceived)
    incoming = received.session
    assert received.request.body == OFFER
    assert received.request.headers.get("x-trace") == "7"
    assert incoming.incoming
    assert incoming.call_id == outgoing.call_id
    assert incoming.peer_contact == "sip:ana@a:5060"
    assert incoming.peer_user_agent == "Centralita"
    b.endpoint.ring(incoming, 180, net.now)
    net.run()
    assert a.take(CallProgressed).response.status == 180
    assert outgoing.state is SessionState.EARLY
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run()
    answered = a.take(CallAnswered)
    assert answered.response.body == ANSWER
    assert b.take(CallConfirmed).session is incoming
    assert outgoing.state is incoming.state is SessionState.CONFIRMED
    assert (outgoing.local_sdp, outgoing.remote_sdp) == (OFFER, ANSWER)
    assert (incoming.local_sdp, incoming.remote_sdp) == (ANSWER, OFFER)
    assert outgoing.remote_tag == incoming.local_tag
    a.endpoint.hang_up(outgoing, net.now, headers=[("Reason", "Q.850;cause=16")])
    net.run()
    ended = b.take(SessionEnded)
    assert ended.cause is EndCause.BYE
    assert ended.request is not None
    assert ended.request.headers.get("reason") == "Q.850;cause=16"
    assert not a.events
    assert not b.events
    assert [entry[2] for entry in net.log] == [
        "INVITE",
        "100 INVITE",
        "180 INVITE",
        "200 INVITE",
        "ACK",
        "BYE",
        "200 BYE",
    ]
    assert a.endpoint.busy().sessions == b.endpoint.busy().sessions == 0


def test_the_callee_hangs_up(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run()
    b.endpoint.hang_up(incoming, net.now)
    b.endpoint.hang_up(incoming, net.now)
    net.run()
    assert a.take(SessionEnded).session is outgoing
    assert len(net.said("b", "BYE")) == 1
    b.none(SessionEnded)


def test_the_callee_refuses(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    a.call(b, owner="mine")
    net.run()
    b.endpoint.reject(b.take(CallReceived).session, 486, net.now, headers=[("Retry-After", "60")])
    net.run()
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (486, FailureCause.RESPONSE)
    assert failed.session.owner == "mine"
    assert failed.response is not None
    assert failed.response.headers.get("retry-after") == "60"
    assert net.said("a", "ACK")


def test_a_redirection_is_reported_with_its_response(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    a.call(b)
    net.run()
    b.endpoint.reject(b.take(CallReceived).session, 302, net.now, headers=[("Contact", "<sip:c@c>")])
    net.run()
    failed = a.take(CallFailed)
    assert failed.response is not None
    assert failed.response.headers.get("contact") == "<sip:c@c>"


def test_the_caller_gives_up(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.ring(incoming, 180, net.now)
    net.run()
    a.endpoint.hang_up(outgoing, net.now, headers=[("Reason", 'SIP;cause=200;text="elsewhere"')])
    net.run()
    cancelled = b.take(CallCancelled)
    assert cancelled.session is incoming
    assert cancelled.request is not None
    assert cancelled.request.headers.get("reason") == 'SIP;cause=200;text="elsewhere"'
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (487, FailureCause.CANCELLED)
    # Commands that come too late do nothing.
    b.endpoint.ring(incoming, 180, net.now)
    b.endpoint.answer(incoming, ANSWER, net.now)
    b.endpoint.hang_up(incoming, net.now)
    a.endpoint.hang_up(outgoing, net.now)
    net.run()
    assert not net.said("b", "200 INVITE")


def test_an_incoming_call_is_hung_up_before_its_answer(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    a.call(b)
    net.run()
    b.endpoint.hang_up(b.take(CallReceived).session, net.now, status=480)
    net.run()
    assert a.take(CallFailed).status == 480
    assert not b.events


def test_nobody_answers(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    b.dead = True
    a.call(b)
    net.run(31.9)
    a.none(CallFailed)
    net.run(0.2)
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (408, FailureCause.TIMEOUT)
    # Timer A: 0.5, 1, 2, 4 … seconds apart, seven in all within 32 s.
    assert len(net.said("a", "INVITE")) == 7


def test_timer_c_ends_a_call_that_only_rings(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b", timers=Timers())
    a.call(b)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.ring(incoming, 180, net.now)
    net.run(290)
    a.none(CallFailed)
    # The caller hears of it once a minute, as a proxy between would want (RFC 3261 §13.3.1.1).
    assert len(net.said("b", "180 INVITE")) == 5
    b.dead = True
    net.run(340)
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (408, FailureCause.TIMEOUT)


def test_what_makes_no_sense_raises(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b)
    net.run()
    incoming = b.take(CallReceived).session
    with pytest.raises(ValueError, match="not an incoming session"):
        a.endpoint.answer(outgoing, ANSWER, net.now)
    with pytest.raises(ValueError, match="no provisional"):
        b.endpoint.ring(incoming, 200, net.now)
    with pytest.raises(ValueError, match="does not refuse"):
        b.endpoint.reject(incoming, 200, net.now)
    with pytest.raises(ValueError, match="line break"):
        b.endpoint.reject(incoming, 486, net.now, headers=[("X", "a\r\nEvil: 1")])
    with pytest.raises(ValueError, match="line break"):
        a.endpoint.request("OPTIONS", "sip:b\r\nX: 1", b.udp, net.now, from_="<sip:a>", to_="<sip:b>")
    with pytest.raises(ValueError, match="offer"):
        a.call(b, body=b"")
    b.endpoint.reject(incoming, 486, net.now)


def test_the_dialog_follows_record_route_and_contact(net: Net) -> None:
    """Not symmetric: what goes inside the dialog goes by route set (RFC 3261 §12.2.1.1), the last hop by name."""
    a, b = net.phone("a"), net.probe("b")
    session = a.endpoint.invite(
        "sip:bob@b",
        b.udp,
        net.now,
        from_="<sip:a@a>",
        to_="<sip:bob@b>",
        body=OFFER,
        route=["<sip:edge.example;lr>"],
        symmetric=False,
    )
    net.run()
    invite = b.take("INVITE")
    assert invite.headers.all("route") == ["<sip:edge.example;lr>"]
    record = (("record-route", "<sip:p2.example;lr>, <sip:192.0.2.9:5070;lr>"),)
    b.send(a, b.reply(invite, 200, tag="t", body=ANSWER, headers=record))
    net.run()
    a.take(CallAnswered)
    ack = next(message for message in net.messages if message.headers.get("cseq") == "1 ACK")
    assert ack.headers.all("route") == ["<sip:192.0.2.9:5070;lr>", "<sip:p2.example;lr>"]
    assert ack.uri == "sip:probe@b"
    assert ("a", "192.0.2.9", "ACK") in net.log
    a.endpoint.hang_up(session, net.now)
    net.run()
    assert ("a", "192.0.2.9", "BYE") in net.log


def test_a_strict_router_finds_itself_on_top(net: Net) -> None:
    a, b = net.phone("a"), net.probe("b")
    session = a.endpoint.invite("sip:bob@b", b.udp, net.now, from_="<sip:a>", to_="<sip:b>", body=OFFER)
    net.run()
    answer = b.reply(
        b.take("INVITE"), 200, tag="t", body=ANSWER, headers=(("record-route", "<sip:192.0.2.9>"),)
    )
    b.send(a, answer)
    ack = next(message for message in net.messages if message.headers.get("cseq") == "1 ACK")
    assert ack.uri == "sip:192.0.2.9"
    assert ack.headers.all("route") == ["<sip:probe@b>"]
    a.endpoint.hang_up(session, net.now)


def test_requests_inside_go_back_over_the_flow_they_came_from(net: Net) -> None:
    """A phone behind NAT: its Contact is of no use, its packets' source is."""
    a = net.phone("a")
    probe = net.probe("nat")
    invite = probe.request(
        "INVITE", a, branch="1", body=OFFER, contact=False, headers=(("contact", "<sip:x@10.1.1.1>"),)
    )
    probe.send(a, invite)
    session = a.take(CallReceived).session
    a.endpoint.answer(session, ANSWER, net.now)
    net.run(0.1)
    answer = probe.take("200 INVITE")
    probe.send(a, probe.request("ACK", a, branch="2", to_tag=session.local_tag, contact=False))
    assert answer.headers.get("to") == f"<sip:x@a>;tag={session.local_tag}"
    a.endpoint.hang_up(session, net.now)
    net.run(0.1)
    bye = probe.take("BYE")
    assert bye.uri == "sip:x@10.1.1.1"
    probe.send(a, probe.reply(bye, 200))


def test_names_are_resolved_and_the_next_address_tried(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    net.phone("down").dead = True
    target = Target("UDP", "pbx.example", 0)
    a.names[target] = [Flow("UDP", "down", 5060), b.udp]
    a.call(b, to=target)
    net.run(40)
    incoming = b.take(CallReceived).session
    b.endpoint.reject(incoming, 503, net.now)
    net.run()
    assert a.take(CallFailed).status == 503


def test_a_name_without_address(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    a.call(b, to=Target("UDP", "nowhere.example", 0))
    gone = a.call(b, to=Target("UDP", "nowhere.example", 0))
    a.endpoint.hang_up(gone, net.now)
    net.run()
    assert a.take(CallFailed).cause is FailureCause.CANCELLED
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (503, FailureCause.UNRESOLVED)


def test_ended_sessions_are_freed_without_the_garbage_collector(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    gc.collect()
    gc.disable()
    try:
        for way in ("answer", "reject", "cancel"):
            outgoing = a.call(b)
            net.run()
            incoming = b.take(CallReceived).session
            b.endpoint.ring(incoming, 180, net.now)
            net.run()
            if way == "answer":
                b.endpoint.answer(incoming, ANSWER, net.now)
                net.run()
                a.endpoint.offer(outgoing, HOLD, net.now)
                net.run()
                b.endpoint.accept_offer(incoming, HELD, net.now)
                net.run()
                a.endpoint.hang_up(outgoing, net.now)
            elif way == "reject":
                b.endpoint.reject(incoming, 486, net.now)
            else:
                a.endpoint.hang_up(outgoing, net.now)
            net.run()
        net.settle()
        a.events.clear()
        b.events.clear()
        net.messages.clear()
        del outgoing, incoming
        kept = [
            thing
            for thing in gc.get_objects()
            if isinstance(thing, Session | Dialog | Sending | ClientTransaction | ServerTransaction)
        ]
        assert not kept
    finally:
        gc.enable()
