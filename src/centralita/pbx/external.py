"""Calls to numbers outside that the configuration names: an external node, the external end of a destination.

Which ways there are is decided by :mod:`centralita.pbx.outbound`; nobody's permission is asked for these numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx.flow.walk import converse
from centralita.pbx.outbound import reach_outside

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import RingResult
    from centralita.pbx.flow.walk import Walk

DEFAULT_SECONDS = 45.0


async def call_external(
    walk: Walk,
    number: str,
    seconds: float = DEFAULT_SECONDS,
    *,
    confirm: bool = False,
    shown: str = "",
    show_caller: bool = True,
) -> RingResult:
    """Call a number, one trunk after the other. ANSWERED: the conversation has been held and is over.

    ``number``: E.164. ``shown``, ``show_caller``: which number is presented, as for :func:`reach_outside`.
    """
    result = await reach_outside(
        walk.call,
        number,
        ring_seconds=seconds,
        configured=True,
        confirm=confirm,
        shown=shown,
        show_caller=show_caller,
        talk=lambda answered: converse(walk, answered),
    )
    walk.time_passed()
    return result
