"""The way to the outside: one trunk after the other until somebody takes the call. Coroutines over CallControl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx import numbering
from centralita.pbx.callcontrol import Attempt, RingResult
from centralita.pbx.outbound.shown import presented_number
from centralita.pbx.vocabulary import StepEnd

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import CallControl
    from centralita.pbx.model.user import User

OUTSIDE_SECONDS = 120.0
"""A call to the outside rings until the network gives up; this is only the end of all patience."""


def attempts(
    call: CallControl,
    number: str,
    *,
    emergency: bool = False,
    on_behalf_of: User | None = None,
    configured: bool = False,
) -> list[Attempt]:
    """Every way by which a number can be called now, in the order in which they are to be tried; empty where there is none.

    ``number``: E.164, or an emergency number as dialled. ``on_behalf_of``: whose forwarding this is. ``configured``: the
    number stands in the configuration (a flow's external target), so nobody's permission is asked.
    Whoever rings an outside party beside others takes the first. Why ways were left out is in the trace.
    """
    snapshot = call.snapshot
    user = on_behalf_of or call.caller.user
    found: list[Attempt] = []
    troubled: list[Attempt] = []
    for trunk in snapshot.trunks.values():
        country = trunk.country or snapshot.first_site.country
        written = number if emergency else numbering.present(number, trunk.number_format, country)
        attempt = Attempt(trunk, number, written, presented_number(snapshot, user), emergency, on_behalf_of)
        trouble = call.trunk_trouble(trunk)
        if trouble:
            call.decide("trunk-passed", f"trunk:{trunk.id}", f"{trunk.id}: {trouble}")
        (troubled if trouble else found).append(attempt)
    return found + troubled if emergency else found


async def reach_outside(
    call: CallControl,
    number: str,
    *,
    emergency: bool = False,
    on_behalf_of: User | None = None,
    ring_seconds: float = OUTSIDE_SECONDS,
    configured: bool = False,
) -> RingResult:
    """Call a number outside, one trunk after the other. ANSWERED: the conversation has been held and is over.

    It waits for the end itself, since what a user may spend on calls is counted here: do not ``talk`` after it. With any
    other end nobody has answered and nothing has been said to the caller, who is still there.
    ``number``, ``on_behalf_of``, ``configured``: as in :func:`attempts`. ``ring_seconds``: of each attempt.
    """
    result = RingResult(StepEnd.FAILED, 503)
    ways = attempts(call, number, emergency=emergency, on_behalf_of=on_behalf_of, configured=configured)
    if not ways:
        call.decide("no-trunk", number, "no trunk is up and has a free line")
    for attempt in ways:
        call.decide(
            "trunk",
            f"trunk:{attempt.trunk.id}",
            f"{attempt.trunk.id} is the next trunk that is up and has a free line",
        )
        result = await call.dial(attempt, ring_seconds)
        if result.end is StepEnd.ANSWERED:
            await call.talk()
            break
        if result.sip_status not in (408, 480, 500, 502, 503, 504, 580):
            break
    return result
