"""Offers inside a call: hold and resume, glare, refusals, and what only repeats the session as it is."""

from __future__ import annotations

import pytest
from sip_net import ANSWER, HELD, HOLD, OFFER, Net, Phone, Probe, summary

from centralita.sip.events import (
    CallAnswered,
    CallConfirmed,
    CallReceived,
    EndCause,
    OfferAnswered,
    OfferConfirmed,
    OfferReceived,
    OfferRefused,
    OfferWithdrawn,
    SessionEnded,
)
from centralita.sip.message import Request
from centralita.sip.session import Session, SessionState


@pytest.fixture
def call(net: Net) -> tuple[Phone, Phone, Session, Session]:
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run()
    a.take(CallAnswered)
    b.take(CallConfirmed)
    net.log.clear()
    return a, b, outgoing, incoming


Call = tuple[Phone, Phone, Session, Session]


def test_hold_and_resume(net: Net, call: Call) -> None:
    a, b, outgoing, incoming = call
    a.endpoint.offer(outgoing, HOLD, net.now)
    net.run()
    assert b.take(OfferReceived).request.body == HOLD
    b.endpoint.accept_offer(incoming, HELD, net.now)
    net.run()
    assert a.take(OfferAnswered).response.body == HELD
    assert (outgoing.local_sdp, outgoing.remote_sdp) == (HOLD, HELD)
    assert (incoming.local_sdp, incoming.remote_sdp) == (HELD, HOLD)
    b.endpoint.offer(incoming, ANSWER, net.now)
    net.run()
    a.endpoint.accept_offer(a.take(OfferReceived).session, OFFER, net.now)
    net.run()
    b.take(OfferAnswered)
    a.endpoint.hang_up(outgoing, net.now)
    net.run()
    assert [entry[2] for entry in net.log if entry[2] in ("INVITE", "ACK")] == ["INVITE", "ACK"] * 2


def test_a_refused_offer_leaves_the_session_as_it_was(net: Net, call: Call) -> None:
    a, b, outgoing, incoming = call
    a.endpoint.offer(outgoing, HOLD, net.now)
    net.run()
    b.endpoint.refuse_offer(incoming, 488, net.now)
    b.endpoint.refuse_offer(incoming, 488, net.now)
    net.run()
    assert a.take(OfferRefused).status == 488
    assert (outgoing.local_sdp, incoming.remote_sdp) == (OFFER, OFFER)
    assert outgoing.state is SessionState.CONFIRMED
    a.endpoint.hang_up(outgoing, net.now)


def test_of_offers_that_wait_the_last_is_sent(net: Net, call: Call) -> None:
    a, b, outgoing, incoming = call
    a.endpoint.offer(outgoing, HOLD, net.now)
    a.endpoint.offer(outgoing, b"v=0\r\nnever\r\n", net.now)
    a.endpoint.offer(outgoing, OFFER, net.now)
    net.run()
    b.endpoint.accept_offer(incoming, HELD, net.now)
    net.run()
    assert [b.take(OfferReceived).request.body for _ in range(2)] == [HOLD, OFFER]
    b.endpoint.accept_offer(incoming, ANSWER, net.now)
    net.run()
    assert [a.take(OfferAnswered).response.body for _ in range(2)] == [HELD, ANSWER]
    a.endpoint.hang_up(outgoing, net.now)


def test_an_offer_before_the_answer_waits(net: Net) -> None:
    a, b = net.phone("a"), net.phone("b")
    outgoing = a.call(b)
    a.endpoint.offer(outgoing, HOLD, net.now)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.offer(incoming, HELD, net.now)
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run(10)
    # Both were waiting and met: glare, solved by their different delays.
    for phone, session in ((a, outgoing), (b, incoming)):
        phone.endpoint.accept_offer(session, OFFER if phone is a else ANSWER, net.now)
    net.run(10)
    for phone, session in ((a, outgoing), (b, incoming)):
        phone.endpoint.accept_offer(session, OFFER if phone is a else ANSWER, net.now)
    net.run(10)
    a.take(OfferAnswered)
    b.take(OfferAnswered)
    a.endpoint.hang_up(outgoing, net.now)


def test_glare(net: Net, call: Call) -> None:
    """§14.1: both get 491; the callee comes back within 2 s, the owner of the Call-ID after 2.1 s at least."""
    a, b, outgoing, incoming = call
    a.endpoint.offer(outgoing, HOLD, net.now)
    b.endpoint.offer(incoming, HELD, net.now)
    net.run(0.05)
    assert len(net.said(what="491 INVITE")) == 2
    net.run(2)
    assert a.take(OfferReceived).request.body == HELD
    b.none(OfferReceived)
    a.endpoint.accept_offer(outgoing, OFFER, net.now)
    net.run(2.1)
    b.take(OfferAnswered)
    assert b.take(OfferReceived).request.body == HOLD
    b.endpoint.accept_offer(incoming, HELD, net.now)
    net.run()
    a.take(OfferAnswered)
    a.none(OfferRefused)
    a.endpoint.hang_up(outgoing, net.now)


def test_hanging_up_in_the_middle_of_an_offer(net: Net, call: Call) -> None:
    """§15.1.2: the pending re-INVITE is answered by 487, and no event tells of it."""
    a, b, outgoing, incoming = call
    a.endpoint.offer(outgoing, HOLD, net.now)
    net.run()
    a.endpoint.hang_up(outgoing, net.now)
    net.run()
    assert net.said("b", "487 INVITE")
    b.take(SessionEnded)
    b.endpoint.accept_offer(incoming, HELD, net.now)
    net.run()
    a.none(OfferRefused)
    assert not net.said("b", "200 INVITE")


def test_the_callee_hangs_up_with_an_offer_pending(net: Net, call: Call) -> None:
    a, b, outgoing, incoming = call
    a.endpoint.offer(outgoing, HOLD, net.now)
    net.run()
    b.endpoint.hang_up(incoming, net.now)
    net.run()
    assert a.take(OfferRefused).status == 487
    assert a.take(SessionEnded).cause is EndCause.BYE


def test_an_offer_accepted_while_we_hang_up_is_still_acknowledged(net: Net, call: Call) -> None:
    a, b, outgoing, incoming = call
    a.endpoint.offer(outgoing, HOLD, net.now)
    net.run()
    b.endpoint.accept_offer(incoming, HELD, net.now)
    a.endpoint.hang_up(outgoing, net.now)
    net.run()
    assert len(net.said("a", "ACK")) == 1
    a.none(OfferAnswered)


def test_a_reinvite_nobody_answers_ends_the_session(net: Net, call: Call) -> None:
    a, b, outgoing, _ = call
    b.dead = True
    a.endpoint.offer(outgoing, HOLD, net.now)
    net.run(33)
    assert a.take(SessionEnded).cause is EndCause.TIMEOUT


def test_a_reinvite_whose_ack_never_comes_ends_the_session(net: Net, call: Call) -> None:
    a, b, outgoing, incoming = call
    net.drop = lambda source, to, message: summary(message) == "ACK"
    a.endpoint.offer(outgoing, HOLD, net.now)
    net.run()
    b.endpoint.accept_offer(incoming, HELD, net.now)
    net.run(33)
    assert b.take(SessionEnded).cause is EndCause.NO_ACK
    assert a.take(SessionEnded).cause is EndCause.BYE


# --- by hand ------------------------------------------------------------------------------------------------------


@pytest.fixture
def hand(net: Net) -> tuple[Phone, Probe, Session]:
    a, probe = net.phone("a"), net.probe("p")
    allow = (("allow", "INVITE, ACK, BYE, UPDATE"),)
    probe.send(a, probe.request("INVITE", a, branch="i", cseq=1, body=OFFER, headers=allow))
    session = a.take(CallReceived).session
    a.endpoint.answer(session, ANSWER, net.now)
    probe.send(a, probe.request("ACK", a, branch="a", cseq=1, to_tag=session.local_tag))
    a.take(CallConfirmed)
    probe.inbox.clear()
    return a, probe, session


Hand = tuple[Phone, Probe, Session]


def bye(a: Phone, probe: Probe, session: Session) -> None:
    probe.send(a, probe.request("BYE", a, branch="bye", cseq=99, to_tag=session.local_tag))


def test_a_repeated_description_is_answered_without_asking(net: Net, hand: Hand) -> None:
    a, probe, session = hand
    again = probe.request("INVITE", a, branch="r", cseq=2, to_tag=session.local_tag, body=OFFER)
    again.headers.set("contact", "<sip:moved@p:5070>")
    probe.send(a, again)
    answer = probe.take("200 INVITE")
    assert answer.body == ANSWER
    assert answer.headers.get("content-type") == "application/sdp"
    assert session.peer_contact == "sip:moved@p:5070"
    a.none(OfferReceived)
    probe.send(a, probe.request("ACK", a, branch="s", cseq=2, to_tag=session.local_tag))
    bye(a, probe, session)


def test_a_reinvite_without_offer(net: Net, hand: Hand) -> None:
    """§14.2: the offer is ours, the answer comes in the ACK."""
    a, probe, session = hand
    probe.send(a, probe.request("INVITE", a, branch="r", cseq=2, to_tag=session.local_tag))
    assert not a.take(OfferReceived).request.body
    a.endpoint.accept_offer(session, HELD, net.now)
    net.run(0.1)
    assert probe.take("200 INVITE").body == HELD
    probe.send(a, probe.request("ACK", a, branch="s", cseq=2, to_tag=session.local_tag, body=HOLD))
    assert a.take(OfferConfirmed).request.body == HOLD
    assert (session.local_sdp, session.remote_sdp) == (HELD, HOLD)
    bye(a, probe, session)


def test_a_second_reinvite_before_the_answer_to_the_first(net: Net, hand: Hand) -> None:
    """§14.2: 500 with Retry-After; after the answer and before its ACK 491 (RFC 5407 §3.1.4)."""
    a, probe, session = hand
    inside = {"to_tag": session.local_tag, "body": HOLD}
    probe.send(a, probe.request("INVITE", a, branch="r", cseq=2, **inside))
    probe.send(a, probe.request("INVITE", a, branch="s", cseq=3, **inside))
    retry = probe.take("500 INVITE").headers.get("retry-after")
    assert retry is not None
    assert 0 <= int(retry) <= 10
    probe.send(a, probe.request("ACK", a, branch="s", cseq=3, **inside))
    probe.send(a, probe.request("UPDATE", a, branch="t", cseq=4, **inside))
    probe.take("500 UPDATE")
    a.endpoint.accept_offer(session, HELD, net.now)
    net.run(0.1)
    probe.send(a, probe.request("INVITE", a, branch="u", cseq=5, **inside))
    probe.take("491 INVITE")
    probe.send(a, probe.request("ACK", a, branch="u", cseq=5, to_tag=session.local_tag))
    probe.send(a, probe.request("ACK", a, branch="v", cseq=2, to_tag=session.local_tag))
    net.run(5)
    assert len([message for message in probe.inbox if summary(message) == "200 INVITE"]) == 1
    bye(a, probe, session)


def test_a_reinvite_is_cancelled(net: Net, hand: Hand) -> None:
    a, probe, session = hand
    probe.send(a, probe.request("INVITE", a, branch="r", cseq=2, to_tag=session.local_tag, body=HOLD))
    probe.send(a, probe.request("CANCEL", a, branch="r", cseq=2, to_tag=session.local_tag))
    probe.take("100 INVITE")
    probe.take("200 CANCEL")
    probe.take("487 INVITE")
    assert a.take(OfferWithdrawn).session is session
    a.endpoint.accept_offer(session, HELD, net.now)
    probe.send(a, probe.request("ACK", a, branch="r", cseq=2, to_tag=session.local_tag))
    assert not probe.inbox
    assert session.state is SessionState.CONFIRMED
    bye(a, probe, session)


def test_update_with_and_without_offer(net: Net, hand: Hand) -> None:
    """RFC 3311."""
    a, probe, session = hand
    probe.send(a, probe.request("UPDATE", a, branch="r", cseq=2, to_tag=session.local_tag))
    assert not probe.take("200 UPDATE").body
    a.none(OfferReceived)
    probe.send(a, probe.request("UPDATE", a, branch="s", cseq=3, to_tag=session.local_tag, body=HOLD))
    assert a.take(OfferReceived).request.method == "UPDATE"
    a.endpoint.accept_offer(session, HELD, net.now)
    net.run(0.1)
    assert probe.take("200 UPDATE").body == HELD
    assert session.remote_sdp == HOLD
    bye(a, probe, session)


def test_offers_before_the_first_answer(net: Net) -> None:
    """RFC 3311 §5.2, RFC 3261 §14.2: the first offer has no answer yet."""
    a, probe = net.phone("a"), net.probe("p")
    probe.send(a, probe.request("INVITE", a, branch="i", cseq=1, body=OFFER))
    session = a.take(CallReceived).session
    a.endpoint.ring(session, 180, net.now)
    inside = {"to_tag": session.local_tag, "body": HOLD}
    probe.send(a, probe.request("UPDATE", a, branch="u", cseq=2, **inside))
    assert probe.take("500 UPDATE").headers.get("retry-after") is not None
    probe.send(a, probe.request("INVITE", a, branch="v", cseq=3, **inside))
    probe.take("500 INVITE")
    probe.send(a, probe.request("ACK", a, branch="v", cseq=3, to_tag=session.local_tag))
    probe.send(a, probe.request("UPDATE", a, branch="w", cseq=4, to_tag=session.local_tag))
    probe.take("200 UPDATE")
    # The answer to the first INVITE is acknowledged under its own CSeq, whatever came after it.
    a.endpoint.answer(session, ANSWER, net.now)
    probe.send(a, probe.request("ACK", a, branch="a", cseq=1, to_tag=session.local_tag))
    a.take(CallConfirmed)
    bye(a, probe, session)


def test_a_reinvite_against_our_own_call_that_is_not_answered(net: Net) -> None:
    a, p = net.phone("a"), net.probe("p")
    session = a.call(a, to=p.udp)
    net.run(0.1)
    invite = p.take("INVITE")
    assert isinstance(invite, Request)
    p.send(a, p.reply(invite, 180, tag="t"))
    own = {"call_id": session.call_id, "from_tag": "t", "to_tag": session.local_tag, "body": HOLD}
    p.send(a, p.request("INVITE", a, branch="r", cseq=1, **own))
    p.take("491 INVITE")
    p.send(a, p.request("UPDATE", a, branch="u", cseq=2, **own))
    p.take("491 UPDATE")
    p.send(a, p.reply(invite, 486, tag="t"))


def test_our_reinvite_that_gets_only_provisional_responses_is_cancelled(net: Net, hand: Hand) -> None:
    """Timer C: then the peer's 487 tells that nothing came of it, and the call goes on."""
    a, probe, session = hand
    a.endpoint.offer(session, HELD, net.now)
    net.run(0.1)
    invite = probe.take("INVITE")
    assert isinstance(invite, Request)
    probe.send(a, probe.reply(invite, 100))
    net.run(301)
    cancel = probe.take("CANCEL")
    assert isinstance(cancel, Request)
    assert cancel.headers.get("via") == invite.headers.get("via")
    probe.send(a, probe.reply(cancel, 200))
    probe.send(a, probe.reply(invite, 487))
    assert a.take(OfferRefused).status == 487
    assert session.state is SessionState.CONFIRMED
    bye(a, probe, session)


def test_our_reinvite_meets_a_peer_that_has_forgotten_us(net: Net, hand: Hand) -> None:
    a, probe, session = hand
    a.endpoint.offer(session, HELD, net.now)
    net.run(0.1)
    invite = probe.take("INVITE")
    assert isinstance(invite, Request)
    probe.send(a, probe.reply(invite, 481))
    assert a.take(SessionEnded).cause is EndCause.TIMEOUT
    probe.take("ACK")
    assert not probe.inbox
