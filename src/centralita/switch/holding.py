"""Offers within a call: hold, music, resume, a change of address or codec (RFC 3264 §8).

Each side is answered by us and on its own; a hold is not passed on, the other side hears music from here.
"""

from __future__ import annotations

from centralita.pbx.vocabulary import Held, Resumed
from centralita.rtp.format import PCMA, PCMU, TELEPHONE_EVENT
from centralita.sdp.description import SdpError, SessionDescription
from centralita.sip.message import Request
from centralita.switch.leg import Leg
from centralita.switch.own_sounds import play_music


def on_offer(leg: Leg, request: Request) -> None:
    """Answer a re-INVITE or UPDATE of a party."""
    endpoint, now = leg.call.exchange.endpoint, leg.call.exchange.clock.now()
    if leg.session is None:
        return
    if not request.body:
        formats = [PCMA, PCMU, TELEPHONE_EVENT]
        if leg.peer is not None:
            digits = [TELEPHONE_EVENT._replace(number=leg.peer.digits)] if leg.peer.digits is not None else []
            formats = [leg.peer.format, *digits]
        endpoint.accept_offer(leg.session, leg.our_offer(formats), now)
        return
    try:
        described = SessionDescription.parse(request.body)
    except SdpError:
        endpoint.refuse_offer(leg.session, 400, now)
        return
    body = leg.answer_again(described)
    if body is None:
        endpoint.refuse_offer(leg.session, 488, now)
        return
    endpoint.accept_offer(leg.session, body, now)
    _changed(leg)


def on_answer(leg: Leg, body: bytes) -> None:
    """Take the party's answer to an offer of ours: to the first one (in its ACK) or to a later one."""
    if body and leg.hear(body):
        _changed(leg)


def _changed(leg: Leg) -> None:
    leg.point()
    held = leg.peer is not None and leg.peer.held
    if held == leg.held:
        return
    leg.held = held
    call = leg.call
    at = call.exchange.clock.wall()
    call.write(
        Held(journey=call.id, at=at, leg=leg.id) if held else Resumed(journey=call.id, at=at, leg=leg.id)
    )
    _connect(leg)


def _connect(leg: Leg) -> None:
    """Who hears what, from who holds whom: the two hear each other, or the one who waits hears music."""
    a, b = leg.call.a, leg.call.b
    if b is None or a.media is None or b.media is None:
        return
    if not a.held and not b.held:
        a.media.bridge(b.media)
        return
    a.media.unbridge()
    for party in (a.media, b.media):
        party.stop()
    call = leg.call
    for waiting, holder in ((a, b), (b, a)):
        if not waiting.held and waiting.media is not None:
            language = call.snapshot.language_of(waiting.user) if waiting.user else call.caller.language
            prompt = call.snapshot.music_of(holder.user)
            play_music(call.exchange, call.snapshot, waiting.media, prompt, language)
