"""Session timers (RFC 4028): who refreshes, how, and what happens when nobody does."""

from __future__ import annotations

import pytest
from sip_net import ANSWER, HOLD, OFFER, Net, Phone, Probe

from centralita.sip.events import (
    CallAnswered,
    CallConfirmed,
    CallFailed,
    CallReceived,
    EndCause,
    OfferAnswered,
    OfferReceived,
    SessionEnded,
)
from centralita.sip.message import Headers, Request
from centralita.sip.session import Session, SessionState
from centralita.sip.session_timer import (
    Agreement,
    TooSmall,
    agree_as_client,
    agree_as_server,
    parse_session_expires,
)


def headers(**fields: str) -> Headers:
    return Headers({name.replace("_", "-"): [value] for name, value in fields.items()})


# (Session-Expires, Min-SE, the peer supports timers, we refresh already) → (interval, we refresh, lines of the 2xx)
AS_SERVER = [
    (None, None, False, None, 1800, True, "Session-Expires: 1800;refresher=uas"),
    (None, None, True, None, 1800, True, "Session-Expires: 1800;refresher=uas"),
    (None, "3600", True, None, 3600, True, "Session-Expires: 3600;refresher=uas"),
    ("600", None, True, None, 600, False, "Require: timer Session-Expires: 600;refresher=uac"),
    ("600;refresher=uac", None, True, None, 600, False, "Require: timer Session-Expires: 600;refresher=uac"),
    ("600;refresher=uas", None, True, None, 600, True, "Session-Expires: 600;refresher=uas"),
    ("600 ; Refresher = UAS", None, True, None, 600, True, "Session-Expires: 600;refresher=uas"),
    ("600", None, True, True, 600, True, "Session-Expires: 600;refresher=uas"),
    ("600", None, True, False, 600, False, "Require: timer Session-Expires: 600;refresher=uac"),
    ("7200", None, True, None, 1800, False, "Require: timer Session-Expires: 1800;refresher=uac"),
    ("7200", "3600", True, None, 3600, False, "Require: timer Session-Expires: 3600;refresher=uac"),
    ("600", None, False, None, 600, True, "Session-Expires: 600;refresher=uas"),
    ("10", None, False, None, 90, True, "Session-Expires: 90;refresher=uas"),
    ("soon", None, True, None, 1800, True, "Session-Expires: 1800;refresher=uas"),
]


@pytest.mark.parametrize(("asked", "least", "supports", "present", "interval", "ours", "lines"), AS_SERVER)
def test_agreeing_as_server(
    asked: str | None,
    least: str | None,
    supports: bool,
    present: bool | None,
    interval: int,
    ours: bool,
    lines: str,
) -> None:
    fields = {name: value for name, value in (("session_expires", asked), ("min_se", least)) if value}
    before = None if present is None else Agreement(600, present)
    agreement, said = agree_as_server(headers(**fields), 1800, 90, supports, before)
    assert agreement == Agreement(interval, ours)
    assert said == lines.replace(" Session", "\r\nSession") + "\r\n"


def test_too_small_an_interval() -> None:
    with pytest.raises(TooSmall):
        agree_as_server(headers(session_expires="60"), 1800, 90, True, None)


def test_agreeing_as_client() -> None:
    assert agree_as_client(headers(), 1800) == Agreement(1800, True)
    assert agree_as_client(headers(session_expires="300;refresher=uas"), 1800) == Agreement(300, False)
    assert agree_as_client(headers(session_expires="300;refresher=uac"), 1800) == Agreement(300, True)
    assert agree_as_client(headers(session_expires="1"), 1800) == Agreement(90, True)


def test_hostile_intervals() -> None:
    for text in ("", "-1", "1e9", "99999999999999999999", "１２", ";refresher=uac"):
        assert parse_session_expires(headers(session_expires=text)) is None
    assert parse_session_expires(headers(session_expires="4294967295")) == (2**31 - 1, "")


def test_when_to_act() -> None:
    """§10: the one who refreshes half-way, the other a third or 32 s before the end."""
    assert Agreement(1800, True).delay() == 900
    assert Agreement(1800, False).delay() == 1768
    assert Agreement(90, False).delay() == 60


# --- two endpoints ------------------------------------------------------------------------------------------------


def establish(net: Net, **settings: int) -> tuple[Phone, Phone, Session, Session]:
    a, b = net.phone("a", **settings), net.phone("b")
    outgoing = a.call(b)
    net.run()
    incoming = b.take(CallReceived).session
    b.endpoint.answer(incoming, ANSWER, net.now)
    net.run()
    a.take(CallAnswered)
    b.take(CallConfirmed)
    net.log.clear()
    return a, b, outgoing, incoming


def test_a_call_of_hours_is_refreshed_by_update(net: Net) -> None:
    a, b, outgoing, incoming = establish(net)
    net.run(2 * 3600)
    assert len(net.said("a", "UPDATE")) == len(net.said("b", "200 UPDATE")) == 8
    assert not net.said("b", "UPDATE")
    assert outgoing.state is incoming.state is SessionState.CONFIRMED
    assert not a.events
    assert not b.events
    a.endpoint.hang_up(outgoing, net.now)


def test_a_dead_peer_is_noticed_by_both_sides(net: Net) -> None:
    a, b, _, _ = establish(net)
    net.drop = lambda source, to, message: True
    net.run(931 + 32)
    assert a.take(SessionEnded).cause is EndCause.EXPIRED
    b.none(SessionEnded)
    net.run(1768 - 931)
    assert b.take(SessionEnded).cause is EndCause.EXPIRED


def test_422_is_followed_by_a_longer_interval(net: Net) -> None:
    a, b = net.phone("a", session_expires=100, min_se=90), net.phone("b", min_se=600)
    outgoing = a.call(b)
    net.run()
    assert net.said("b", "422 INVITE")
    received = b.take(CallReceived)
    assert received.request.headers.get("session-expires") == "600"
    assert received.request.headers.get("min-se") == "600"
    assert received.request.headers.get("cseq") == "2 INVITE"
    b.endpoint.answer(received.session, ANSWER, net.now)
    net.run()
    a.take(CallAnswered)
    a.none(CallFailed)
    b.take(CallConfirmed)
    net.run(700)
    assert net.said("a", "UPDATE")
    a.endpoint.hang_up(outgoing, net.now)


def test_a_422_that_leads_nowhere_fails_the_call(net: Net) -> None:
    a, p = net.phone("a"), net.probe("p")
    a.call(a, to=p.udp)
    net.run(0.1)
    for _ in range(2):
        invite = p.take("INVITE")
        assert isinstance(invite, Request)
        p.send(a, p.reply(invite, 422, tag="t", headers=(("min-se", "500"),)))
        p.take("ACK")
    assert a.take(CallFailed).status == 422


# --- by hand ------------------------------------------------------------------------------------------------------


def answer(net: Net, a: Phone, probe: Probe, *fields: tuple[str, str]) -> Session:
    probe.send(a, probe.request("INVITE", a, branch="i", cseq=1, body=OFFER, headers=fields))
    session = a.take(CallReceived).session
    a.endpoint.answer(session, ANSWER, net.now)
    probe.send(a, probe.request("ACK", a, branch="a", cseq=1, to_tag=session.local_tag))
    a.take(CallConfirmed)
    probe.inbox.clear()
    return session


def bye(a: Phone, probe: Probe, session: Session) -> None:
    probe.send(a, probe.request("BYE", a, branch="bye", cseq=99, to_tag=session.local_tag))


def test_too_small_an_interval_is_refused_before_the_application_hears_of_it(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    fields = (("session-expires", "30"), ("supported", "timer"))
    probe.send(a, probe.request("INVITE", a, branch="i", body=OFFER, headers=fields))
    assert probe.take("422 INVITE").headers.get("min-se") == "90"
    a.none(CallReceived)
    probe.send(a, probe.request("ACK", a, branch="i"))


def test_a_peer_without_update_is_refreshed_by_the_last_description(net: Net) -> None:
    """§7.4: a re-INVITE with the same SDP, reported to nobody."""
    a, probe = net.phone("a"), net.probe("p")
    session = answer(net, a, probe)
    net.run(900)
    refresh = probe.take("INVITE")
    assert isinstance(refresh, Request)
    assert refresh.body == ANSWER
    assert refresh.headers.get("session-expires") == "1800;refresher=uac"
    probe.send(a, probe.reply(refresh, 200, body=OFFER))
    probe.take("ACK")
    a.none(OfferAnswered)
    net.run(900)
    refresh = probe.take("INVITE")
    assert isinstance(refresh, Request)
    # A peer that refuses is alive: the call goes on, and is asked about again sooner.
    probe.send(a, probe.reply(refresh, 488))
    net.run(225)
    refresh = probe.take("INVITE")
    assert isinstance(refresh, Request)
    probe.send(a, probe.reply(refresh, 491))
    assert session.state is SessionState.CONFIRMED
    bye(a, probe, session)


def test_a_refresh_that_meets_481_ends_the_session(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    answer(net, a, probe)
    net.run(900)
    refresh = probe.take("INVITE")
    assert isinstance(refresh, Request)
    probe.send(a, probe.reply(refresh, 481))
    assert a.take(SessionEnded).cause is EndCause.EXPIRED


def test_a_peer_that_says_it_takes_update_and_does_not(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    session = answer(net, a, probe, ("allow", "INVITE, update"))
    net.run(900)
    update = probe.take("UPDATE")
    assert isinstance(update, Request)
    probe.send(a, probe.reply(update, 405))
    refresh = probe.take("INVITE")
    assert isinstance(refresh, Request)
    probe.send(a, probe.reply(refresh, 200, body=OFFER))
    bye(a, probe, session)


def test_a_refresh_with_too_small_an_interval_for_the_peer(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    session = answer(net, a, probe, ("allow", "UPDATE"))
    net.run(900)
    update = probe.take("UPDATE")
    assert isinstance(update, Request)
    probe.send(a, probe.reply(update, 422, headers=(("min-se", "4000"),)))
    update = probe.take("UPDATE")
    assert isinstance(update, Request)
    assert update.headers.get("session-expires") == "4000;refresher=uac"
    assert update.headers.get("min-se") == "4000"
    probe.send(a, probe.reply(update, 200, headers=(("session-expires", "4000;refresher=uac"),)))
    assert session.agreement == Agreement(4000, True)
    bye(a, probe, session)


def test_the_peer_refreshes_or_is_hung_up(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    session = answer(net, a, probe, ("session-expires", "120;refresher=uac"), ("supported", "timer"))
    for number in range(5):
        net.run(60)
        fields = (("session-expires", "120;refresher=uac"), ("supported", "timer"))
        update = probe.request(
            "UPDATE", a, branch=f"u{number}", cseq=2 + number, to_tag=session.local_tag, headers=fields
        )
        probe.send(a, update)
        assert probe.take("200 UPDATE").headers.get("session-expires") == "120;refresher=uac"
    net.run(87)
    a.none(SessionEnded)
    net.run(2)
    assert a.take(SessionEnded).cause is EndCause.EXPIRED
    said = probe.take("BYE")
    assert isinstance(said, Request)
    probe.send(a, probe.reply(said, 200))


def test_a_refresh_waits_for_an_offer_under_way(net: Net) -> None:
    a, probe = net.phone("a"), net.probe("p")
    session = answer(net, a, probe)
    net.run(899)
    probe.send(a, probe.request("INVITE", a, branch="h", cseq=2, to_tag=session.local_tag, body=HOLD))
    a.take(OfferReceived)
    net.run(3)
    assert all(not isinstance(message, Request) for message in probe.inbox)
    a.endpoint.refuse_offer(session, 488, net.now)
    probe.send(a, probe.request("ACK", a, branch="h", cseq=2, to_tag=session.local_tag))
    net.run(2.9)
    refresh = probe.take("INVITE")
    assert isinstance(refresh, Request)
    probe.send(a, probe.reply(refresh, 200, body=OFFER))
    bye(a, probe, session)
