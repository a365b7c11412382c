"""What an INVITE to a callee is made of besides who calls: formats, next hop; and what its refusal may say. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from centralita.rtp.format import PCMA, PCMU, TELEPHONE_EVENT, PayloadFormat
from centralita.sdp.negotiate import relayable
from centralita.sip.errors import ParseError
from centralita.sip.flow import Flow
from centralita.sip.message import Response
from centralita.sip.registrar import ContactBinding
from centralita.sip.uri import Uri
from centralita.switch.leg import OWN_CODECS, Leg


def offerable(caller: Leg, codecs: Sequence[str], *, digits: bool) -> list[PayloadFormat]:
    """What to offer to a callee: what the caller can be joined with, which is one format once it was agreed.

    ``digits``: the callee is to press one for us, whether or not the caller could.
    """
    if caller.peer is None:
        if caller.offered is None:
            return [PCMA, PCMU, TELEPHONE_EVENT]
        formats = relayable(caller.offered, codecs)
    else:
        formats = [caller.peer.format]
        if caller.peer.format.name in OWN_CODECS:
            formats += [each for each in (PCMA, PCMU) if each.name != caller.peer.format.name]
        elif caller.peer.format.name not in codecs:
            return []
        if caller.peer.digits is not None:
            formats.append(TELEPHONE_EVENT._replace(number=caller.peer.digits))
    if digits and formats and all(each.name != TELEPHONE_EVENT.name for each in formats):
        taken = {each.number for each in formats}
        free = next(number for number in range(101, 128) if number not in taken)
        formats.append(TELEPHONE_EVENT._replace(number=free))
    return formats


def goes_with(caller: Leg, callee: Leg) -> PayloadFormat | None:
    """What the caller speaks where this callee speaks what it has chosen; None where the two cannot be joined."""
    assert callee.peer is not None
    theirs = callee.peer.format
    chosen = caller.choose(theirs)
    if chosen is None:
        return None
    same = chosen.name.lower() == theirs.name.lower()
    # The media worker translates one kind of G.711 into the other, and nothing else.
    translated = chosen.name.upper() in OWN_CODECS and theirs.name.upper() in OWN_CODECS
    return chosen if same or translated else None


def next_hop(binding: ContactBinding) -> Flow:
    """Where a device's requests go: back to where its REGISTER came from, the way through a NAT.

    A contact on that very host has no NAT before it, so its own port counts (a phone with more than one socket).
    """
    flow = binding.flow
    if flow.transport != "UDP" or binding.path:
        return flow
    contact = Uri.parse(binding.contact)
    if contact.host != flow.host or contact.port is None or contact.port == flow.port:
        return flow
    return Flow("UDP", flow.host, contact.port)


def redirect_target(response: Response) -> str:
    """The user part of the first Contact of a 3xx: whom the phone forwards to."""
    for value in response.headers.values("contact"):
        text = value[value.find("<") + 1 : value.rfind(">")] if "<" in value else value
        try:
            return Uri.parse(text.strip()).user or ""
        except ParseError:
            continue
    return ""
