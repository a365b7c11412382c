"""Calls to numbers outside that the configuration names: an external node, the external end of a destination.

Which ways there are is decided by :mod:`centralita.pbx.outbound`; nobody's permission is asked for these numbers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from centralita.pbx.callcontrol import RingResult
from centralita.pbx.flow.walk import converse
from centralita.pbx.outbound import attempts
from centralita.pbx.vocabulary import StepEnd

if TYPE_CHECKING:
    from centralita.pbx.flow.walk import Walk

DEFAULT_SECONDS = 45.0
TRY_NEXT_TRUNK = frozenset((408, 480, 500, 502, 503, 504, 580))
"""SIP statuses by which a trunk says that it, not the party called, is the trouble."""


async def call_external(
    walk: Walk, number: str, seconds: float = DEFAULT_SECONDS, *, confirm: bool = False, shown: str = ""
) -> RingResult:
    """Call a number, one trunk after the other. ANSWERED: the conversation has been held and is over.

    ``number``: E.164. ``shown``: the number that is presented, E.164; empty: as the route says.
    """
    call = walk.call
    result = RingResult(StepEnd.FAILED, 503)
    for way in attempts(call, number, configured=True):
        attempt = replace(way, shown=shown) if shown else way
        if confirm:
            result = await call.ring([], seconds, outside=[attempt], confirm=True)
        else:
            result = await call.dial(attempt, seconds)
        walk.time_passed()
        if result.end is StepEnd.ANSWERED:
            await converse(walk, result)
            break
        if result.end is StepEnd.NO_ANSWER or result.sip_status not in TRY_NEXT_TRUNK:
            break
    return result
