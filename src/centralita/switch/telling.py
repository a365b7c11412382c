"""What a call has to tell of itself: the longer facts for the journal, and what is remembered of who called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx import numbering
from centralita.pbx.state import note_call
from centralita.pbx.vocabulary import CallStarted, Direction, Outcome, QualityReported
from centralita.ports import Quality

if TYPE_CHECKING:
    from centralita.switch.call import Call
    from centralita.switch.leg import Leg


def start(call: Call, via: str, sip_call_id: str) -> CallStarted:
    caller = call.caller
    return CallStarted(
        journey=call.id,
        at=call.started_at,
        tenant=call.snapshot.tenant,
        direction=call.direction,
        caller=caller.number,
        dialled=call.dialled,
        via=via,
        config_version=call.snapshot.version,
        sip_call_id=sip_call_id,
        caller_name=caller.name,
        user=caller.user.id if caller.user else "",
    )


def quality(call: Call, leg: Leg, figures: Quality) -> QualityReported:
    return QualityReported(
        journey=call.id,
        at=call.exchange.clock.wall(),
        leg=leg.id,
        codec=leg.peer.format.name if leg.peer else "",
        packets_in=figures.packets_in,
        packets_out=figures.packets_out,
        loss_in=figures.loss_in,
        jitter_in=figures.jitter_in,
        mos_in=figures.mos_in,
        loss_out=figures.loss_out,
        jitter_out=figures.jitter_out,
        mos_out=figures.mos_out,
        round_trip=figures.round_trip,
    )


def remember(call: Call) -> None:
    """Who called, or was called, and who spoke with them: for flows that ask."""
    state = call.exchange.tenants.state(call.snapshot.tenant)
    now = call.exchange.clock.wall()
    if call.direction is Direction.INBOUND:
        note_call(state, call.caller.number, call.spoke_with, now)
    elif call.direction is Direction.OUTBOUND and call.outcome is Outcome.ANSWERED:
        number = numbering.normalise(call.dialled, call.caller.country)
        if number is not None:
            note_call(state, number, call.caller.user.id if call.caller.user is not None else "", now)
