"""What crosses on the wire, is lost at the worst moment, or comes to the wrong place."""

from __future__ import annotations

import pytest
from sip_net import ANSWER, OFFER, Net, Phone, Probe, summary

from centralita.sip.events import (
    CallAnswered,
    CallCancelled,
    CallConfirmed,
    CallFailed,
    CallProgressed,
    CallReceived,
    EndCause,
    FailureCause,
    InfoReceived,
    SessionEnded,
)
from centralita.sip.message import Message, Request
from centralita.sip.session import Session, SessionState


def establish(net: Net, a: Phone, b: Phone) -> tuple[Session, Session]:
    outgoing = a.call(b)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run()
    a.take(CallAnswered)
    b.take(CallConfirmed)
    return outgoing, incoming


def ring(net: Net, a: Phone, b: Phone) -> tuple[Session, Session]:
    outgoing = a.call(b)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.ring(incoming, 180, net.now)
    net.run()
    return outgoing, incoming


# --- CANCEL -------------------------------------------------------------------------------------------------------


def test_cancel_crosses_with_200(net: Net) -> None:
    """§9.1: the CANCEL has no effect; the caller acknowledges and hangs up."""
    a, b = net.phone("a"), net.phone("b")
    outgoing, incoming = ring(net, a, b)
    a.endpoint.hang_up(outgoing, net.now)
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run()
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (487, FailureCause.CANCELLED)
    a.none(CallAnswered)
    b.take(CallConfirmed)
    assert b.take(SessionEnded).cause is EndCause.BYE
    b.none(CallCancelled)
    assert net.said("b", "200 CANCEL")


def test_cancel_waits_for_a_provisional_response(net: Net) -> None:
    """§9.1: before anything came, CANCEL must not be sent; after the 100 it goes at once."""
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b)
    a.endpoint.hang_up(outgoing, net.now)
    assert not net.said("a", "CANCEL")
    net.run()
    assert net.said("a", "CANCEL")
    b.take(CallCancelled)
    assert a.take(CallFailed).cause is FailureCause.CANCELLED


def test_a_call_that_nobody_hears_is_given_up_without_cancel(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    b.dead = True
    outgoing = a.call(b)
    a.endpoint.hang_up(outgoing, net.now)
    net.run(33)
    assert not net.said("a", "CANCEL")
    failed = a.take(CallFailed)
    assert (failed.status, failed.cause) == (487, FailureCause.CANCELLED)


def test_a_cancelled_call_without_final_response_ends_by_itself(net: Net) -> None:
    """§9.1: 64*T1 after the CANCEL the INVITE counts as cancelled, although 180 comes again and again."""
    a, b = net.phone("a"), net.probe("b")
    outgoing = a.call(a, to=b.udp)
    net.run(0.1)
    invite = b.take("INVITE")
    assert isinstance(invite, Request)
    b.send(a, b.reply(invite, 180, tag="t"))
    a.endpoint.hang_up(outgoing, net.now)
    for _ in range(32):
        net.run(1)
        b.send(a, b.reply(invite, 180, tag="t"))
    assert a.take(CallFailed).cause is FailureCause.CANCELLED


def test_cancel_after_the_answer_is_answered_and_changes_nothing(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    invite = probe.request("INVITE", a, branch="1", body=OFFER)
    probe.send(a, invite)
    session = a.take(CallReceived).session
    a.endpoint.answer(session, ANSWER, net.now)
    probe.send(a, probe.request("CANCEL", a, branch="1", contact=False))
    probe.take("200 CANCEL")
    a.none(CallCancelled)
    assert session.state is SessionState.ANSWERED
    probe.send(a, probe.request("ACK", a, branch="2", to_tag=session.local_tag))
    probe.send(a, probe.request("BYE", a, branch="3", cseq=2, to_tag=session.local_tag))
    probe.take("200 BYE")


def test_cancel_of_nothing(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    probe.send(a, probe.request("CANCEL", a, branch="77"))
    probe.take("481 CANCEL")


def test_the_answers_to_a_cancelled_invite_have_one_tag(net: Net) -> None:
    """§9.2: 200 to the CANCEL and 487 to the INVITE come from one and the same."""
    a, probe = net.phone("a"), net.probe("p")
    probe.send(a, probe.request("INVITE", a, branch="1", body=OFFER))
    probe.send(a, probe.request("CANCEL", a, branch="1"))
    to = probe.take("200 CANCEL").headers.get("to")
    assert to == probe.take("487 INVITE").headers.get("to")
    assert to is not None
    assert ";tag=" in to
    probe.send(a, probe.request("ACK", a, branch="1"))


# --- BYE ----------------------------------------------------------------------------------------------------------


def test_byes_cross(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing, incoming = establish(net, a, b)
    a.endpoint.hang_up(outgoing, net.now)
    b.endpoint.hang_up(incoming, net.now)
    net.run()
    assert len(net.said(what="BYE")) == 2
    assert len(net.said(what="200 BYE")) == 2
    a.none(SessionEnded)
    b.none(SessionEnded)


def test_hanging_up_before_the_ack_waits_for_it(net: Net) -> None:
    """§15: the callee must not send BYE before the ACK came."""
    a, b = net.phone("a"), net.phone("b")
    outgoing, incoming = ring(net, a, b)
    b.endpoint.answer(incoming, ANSWER, net.now)
    b.endpoint.hang_up(incoming, net.now, headers=[("Reason", "Q.850;cause=16")])
    assert incoming.state is SessionState.ENDED
    net.run()
    heard = [entry[2] for entry in net.log if entry[2] in ("ACK", "BYE")]
    assert heard == ["ACK", "BYE"]
    ended = a.take(SessionEnded)
    assert ended.session is outgoing
    assert ended.request is not None
    assert ended.request.headers.get("reason") == "Q.850;cause=16"
    b.none(CallConfirmed)


def test_hanging_up_before_an_ack_that_never_comes(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    _, incoming = ring(net, a, b)
    net.drop = lambda source, to, message: summary(message) == "ACK"
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run(5)
    b.endpoint.hang_up(incoming, net.now)
    net.run(20)
    assert not net.said("b", "BYE")
    net.run(10)
    assert net.said("b", "BYE")
    b.none(SessionEnded)
    a.take(SessionEnded)


def test_the_caller_says_bye_before_the_answer(net: Net) -> None:
    """§15.1.2: BYE on the early dialog ends the call as CANCEL would."""
    a, probe = net.phone("a"), net.probe("p")
    probe.send(a, probe.request("INVITE", a, branch="1", body=OFFER))
    session = a.take(CallReceived).session
    a.endpoint.ring(session, 180, net.now)
    probe.send(a, probe.request("BYE", a, branch="2", cseq=2, to_tag=session.local_tag))
    probe.take("200 BYE")
    probe.take("487 INVITE")
    assert a.take(CallCancelled).session is session
    probe.send(a, probe.request("ACK", a, branch="1"))


def test_bye_before_the_ack(net: Net) -> None:
    """The ACK is lost, the BYE comes: the session is over, the 2xx is repeated no more."""
    a, b = net.phone("a"), net.phone("b")
    outgoing, incoming = ring(net, a, b)
    net.drop = lambda source, to, message: summary(message) == "ACK"
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run(0.1)
    a.take(CallAnswered)
    a.endpoint.hang_up(outgoing, net.now)
    net.run(40)
    assert b.take(SessionEnded).cause is EndCause.BYE
    assert len(net.said("b", "200 INVITE")) == 1


def test_a_strangers_bye_ends_nothing(net: Net) -> None:
    """All three parts of the dialog must agree (§12.2.2)."""
    a, b = net.phone("a"), net.phone("b")
    outgoing, incoming = establish(net, a, b)
    probe = net.probe("p")
    good = {"call_id": incoming.call_id, "from_tag": incoming.remote_tag, "to_tag": incoming.local_tag}
    for number, (name, _) in enumerate(good.items()):
        wrong = {**good, name: "guessed"}
        probe.send(b, probe.request("BYE", b, branch=f"x{number}", cseq=9, **wrong))
        probe.take("481 BYE")
    assert incoming.state is SessionState.CONFIRMED
    a.endpoint.hang_up(outgoing, net.now)


def test_bye_nobody_answers(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing, _ = establish(net, a, b)
    b.dead = True
    a.endpoint.hang_up(outgoing, net.now)
    net.run(31)
    assert a.endpoint.busy().sessions == 1
    net.run(2)
    assert a.endpoint.busy().sessions == 0
    a.none(SessionEnded)


# --- ACK ----------------------------------------------------------------------------------------------------------


def test_a_lost_ack_is_sent_again_for_each_repeated_200(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing, incoming = ring(net, a, b)
    lost = []

    def drop(source: str, to: str, message: Message) -> bool:
        if summary(message) == "ACK" and len(lost) < 3:
            lost.append(message)
            return True
        return False

    net.drop = drop
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run(10)
    assert len(net.said("b", "200 INVITE")) == len(net.said("a", "ACK")) == 4
    a.take(CallAnswered)
    a.none(CallAnswered)
    b.take(CallConfirmed)
    b.none(CallConfirmed)
    a.endpoint.hang_up(outgoing, net.now)


def test_no_ack_at_all_ends_the_session(net: Net) -> None:
    """§13.3.1.4: after 64*T1 the callee hangs up."""
    a, b = net.phone("a"), net.phone("b")
    _, incoming = ring(net, a, b)
    net.drop = lambda source, to, message: summary(message) == "ACK"
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run(31.9)
    b.none(SessionEnded)
    net.run(0.2)
    ended = b.take(SessionEnded)
    assert (ended.cause, ended.request) == (EndCause.NO_ACK, None)
    net.run(0.2)
    assert a.take(SessionEnded).cause is EndCause.BYE
    # 0.5, 1.5, 3.5, 7.5, 11.5 … 31.5: doubling up to T2.
    assert len(net.said("b", "200 INVITE")) == 11


def test_acks_that_belong_nowhere_are_dropped(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    probe.send(a, probe.request("ACK", a, branch="1"))
    probe.send(a, probe.request("ACK", a, branch="2", to_tag="nosuch"))
    assert not probe.inbox


def test_an_ack_with_another_cseq_confirms_nothing(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    probe.send(a, probe.request("INVITE", a, branch="1", body=OFFER))
    session = a.take(CallReceived).session
    a.endpoint.answer(session, ANSWER, net.now)
    probe.send(a, probe.request("ACK", a, branch="2", cseq=7, to_tag=session.local_tag))
    a.none(CallConfirmed)
    # One under the INVITE's own branch is wrong as well, but meant (RFC 6026 §7.1).
    probe.send(a, probe.request("ACK", a, branch="1", to_tag=session.local_tag))
    a.take(CallConfirmed)
    probe.send(a, probe.request("BYE", a, branch="3", cseq=2, to_tag=session.local_tag))


# --- the same INVITE again ----------------------------------------------------------------------------------------


def test_a_repeated_invite_gets_the_last_response_again(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    invite = probe.request("INVITE", a, branch="1", body=OFFER)
    probe.send(a, invite)
    probe.take("100 INVITE")
    probe.send(a, invite)
    probe.take("100 INVITE")
    session = a.take(CallReceived).session
    a.endpoint.ring(session, 183, net.now, body=ANSWER)
    probe.send(a, invite)
    assert probe.take("183 INVITE").encode() == probe.take("183 INVITE").encode()
    a.endpoint.reject(session, 486, net.now)
    probe.send(a, invite)
    assert probe.take("486 INVITE").encode() == probe.take("486 INVITE").encode()
    probe.send(a, probe.request("ACK", a, branch="1"))
    probe.send(a, invite)
    assert not probe.inbox
    a.none(CallReceived)


def test_a_repeated_invite_after_200_is_absorbed(net: Net) -> None:
    """RFC 6026 §7.1: the 2xx is repeated by its own timer."""
    a, probe = net.phone("a"), net.probe("p")
    invite = probe.request("INVITE", a, branch="1", body=OFFER)
    probe.send(a, invite)
    session = a.take(CallReceived).session
    a.endpoint.answer(session, ANSWER, net.now)
    probe.send(a, invite)
    net.run(0.3)
    probe.take("200 INVITE")
    with pytest.raises(AssertionError):
        probe.take("200 INVITE")
    net.run(0.3)
    probe.take("200 INVITE")
    probe.send(a, probe.request("ACK", a, branch="2", to_tag=session.local_tag))
    probe.send(a, invite)
    a.none(CallReceived)
    probe.send(a, probe.request("BYE", a, branch="3", cseq=2, to_tag=session.local_tag))


def test_a_merged_request_is_refused(net: Net) -> None:
    """§8.2.2.2: the same request by another way. A caller that comes back with credentials is none."""
    a, probe = net.phone("a"), net.probe("p")
    probe.send(a, probe.request("INVITE", a, branch="1", body=OFFER))
    probe.send(a, probe.request("INVITE", a, branch="2", body=OFFER))
    probe.take("482 INVITE")
    session = a.take(CallReceived).session
    a.none(CallReceived)
    a.endpoint.challenge(session, 401, [("WWW-Authenticate", 'Digest realm="x", nonce="y"')], net.now)
    net.run(0.1)
    assert probe.take("401 INVITE").headers.get("www-authenticate") == 'Digest realm="x", nonce="y"'
    probe.send(a, probe.request("ACK", a, branch="1"))
    probe.send(a, probe.request("INVITE", a, branch="3", body=OFFER))
    again = a.take(CallReceived).session
    a.endpoint.reject(again, 403, net.now)
    probe.send(a, probe.request("ACK", a, branch="3"))


def test_rfc_2543_branches_are_told_apart(net: Net) -> None:
    """Without the magic cookie the branch says nothing: §17.2.3 lists what does."""
    a, probe = net.phone("a"), net.probe("p")
    invite = probe.request("INVITE", a, branch="", body=OFFER)
    invite.headers.set("via", "SIP/2.0/UDP p:5060;branch=0")
    probe.send(a, Request("INVITE", invite.uri, invite.headers.copy(), OFFER))
    probe.send(a, Request("INVITE", invite.uri, invite.headers.copy(), OFFER))
    session = a.take(CallReceived).session
    a.none(CallReceived)
    a.endpoint.reject(session, 486, net.now)
    ack = probe.request("ACK", a, branch="", to_tag=session.local_tag)
    ack.headers.set("via", "SIP/2.0/UDP p:5060;branch=0")
    probe.send(a, ack)
    net.run(10)
    assert len([message for message in probe.inbox if summary(message) == "486 INVITE"]) == 1


# --- forks --------------------------------------------------------------------------------------------------------


def test_the_first_200_of_a_forking_proxy_wins(net: Net) -> None:
    """§13.2.2.4: the others are acknowledged and hung up, each in its own dialog, as often as they are repeated."""
    a, p = net.phone("a"), net.probe("p")
    session = a.call(a, to=p.udp)
    net.run(0.1)
    invite = p.take("INVITE")
    assert isinstance(invite, Request)
    for tag in ("one", "two"):
        p.send(a, p.reply(invite, 180, tag=tag))
    assert [a.take(CallProgressed).response.headers.get("to") for _ in range(2)] == [
        "<sip:you@a>;tag=one",
        "<sip:you@a>;tag=two",
    ]
    p.send(a, p.reply(invite, 200, tag="two", body=ANSWER))
    assert a.take(CallAnswered).session is session
    assert session.remote_tag == "two"
    p.take("ACK")
    for _ in range(2):
        p.send(a, p.reply(invite, 200, tag="one", body=ANSWER))
        assert p.take("ACK").headers.get("to") == "<sip:you@a>;tag=one"
    bye = p.take("BYE")
    assert isinstance(bye, Request)
    assert bye.headers.get("to") == "<sip:you@a>;tag=one"
    p.send(a, p.reply(bye, 200))
    p.send(a, p.reply(invite, 200, tag="two", body=ANSWER))
    p.take("ACK")
    a.none(CallAnswered)
    assert session.state is SessionState.CONFIRMED
    a.endpoint.hang_up(session, net.now)
    net.run(0.1)
    bye = p.take("BYE")
    assert isinstance(bye, Request)
    assert bye.headers.get("to") == "<sip:you@a>;tag=two"
    p.send(a, p.reply(bye, 200))
    # Even now a late branch is not left hanging.
    p.send(a, p.reply(invite, 200, tag="three", body=ANSWER))
    p.take("ACK")
    p.take("BYE")


def test_a_failure_after_the_winner_changes_nothing(net: Net) -> None:
    a, p = net.phone("a"), net.probe("p")
    session = a.call(a, to=p.udp)
    net.run(0.1)
    invite = p.take("INVITE")
    assert isinstance(invite, Request)
    p.send(a, p.reply(invite, 200, tag="t", body=ANSWER))
    p.send(a, p.reply(invite, 486, tag="u"))
    p.send(a, p.reply(invite, 180, tag="t"))
    assert session.state is SessionState.CONFIRMED
    a.endpoint.hang_up(session, net.now)


# --- order inside the dialog --------------------------------------------------------------------------------------


def connect(net: Net, a: Phone, probe: Probe) -> Session:
    probe.send(a, probe.request("INVITE", a, branch="i", cseq=10, body=OFFER))
    session = a.take(CallReceived).session
    a.endpoint.answer(session, ANSWER, net.now)
    probe.send(a, probe.request("ACK", a, branch="a", cseq=10, to_tag=session.local_tag))
    a.take(CallConfirmed)
    probe.inbox.clear()
    return session


def test_requests_out_of_order_are_refused(net: Net) -> None:
    """§12.2.2."""
    a, probe = net.phone("a"), net.probe("p")
    session = connect(net, a, probe)
    inside = {"to_tag": session.local_tag}
    probe.send(a, probe.request("INFO", a, branch="1", cseq=12, **inside))
    probe.take("200 INFO")
    a.take(InfoReceived)
    probe.send(a, probe.request("INFO", a, branch="2", cseq=11, **inside))
    probe.take("500 INFO")
    a.none(InfoReceived)
    probe.send(a, probe.request("REFER", a, branch="3", cseq=13, **inside))
    refused = probe.take("405 REFER")
    assert refused.headers.has_token("allow", "UPDATE")
    probe.send(a, probe.request("OPTIONS", a, branch="4", cseq=14, **inside))
    probe.take("200 OPTIONS")
    probe.send(a, probe.request("INFO", a, branch="5", cseq=15, headers=(("require", "100rel"),), **inside))
    assert probe.take("420 INFO").headers.get("unsupported") == "100rel"
    probe.send(a, probe.request("BYE", a, branch="6", cseq=16, **inside))
    probe.take("200 BYE")
    probe.send(a, probe.request("INFO", a, branch="7", cseq=17, **inside))
    probe.take("481 INFO")


def test_info_goes_both_ways(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing, _ = establish(net, a, b)
    a.endpoint.info(outgoing, "application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", net.now)
    net.run()
    request = b.take(InfoReceived).request
    assert request.body == b"Signal=5\r\nDuration=160\r\n"
    assert request.headers.get("content-type") == "application/dtmf-relay"
    a.endpoint.hang_up(outgoing, net.now)


def test_a_peer_that_knows_the_session_no_more(net: Net) -> None:
    """§12.2.1.2: 481 to anything inside ends the dialog."""
    a, probe = net.phone("a"), net.probe("p")
    session = connect(net, a, probe)
    a.endpoint.info(session, "application/dtmf-relay", b"Signal=5\r\n", net.now)
    net.run(0.1)
    info = probe.take("INFO")
    assert isinstance(info, Request)
    probe.send(a, probe.reply(info, 481))
    assert a.take(SessionEnded).cause is EndCause.TIMEOUT
    assert not probe.inbox
