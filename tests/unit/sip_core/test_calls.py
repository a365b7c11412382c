"""A call between two endpoints over a network without faults, and the ways it ends."""

from __future__ import annotations

from sip_net import ANSWER, OFFER, Net

from centralita.sip.events import (
    CallAnswered,
    CallConfirmed,
    CallProgressed,
    CallReceived,
    EndCause,
    SessionEnded,
)
from centralita.sip.session import SessionState


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
