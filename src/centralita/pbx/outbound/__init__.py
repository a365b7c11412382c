"""Calls to the outside: what class a number is of, who may dial it, by which trunks it leaves, and the way there.

Inbound calls and what happens within the exchange are decided elsewhere; sending an attempt is the switch's.
"""

from __future__ import annotations

from centralita.pbx.outbound.planning import Preview, plan, preview, verdict
from centralita.pbx.outbound.reach import attempts, reach_outside, serve_outside

__all__ = ["Preview", "attempts", "plan", "preview", "reach_outside", "serve_outside", "verdict"]
