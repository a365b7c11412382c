"""A call's way through a flow: from node to node until it rests, within limits.

Nodes that decide are asked one after the other without a pause; only those that talk to the caller are awaited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx.flow.node import Deciding, Elsewhere, Over, Talking
from centralita.pbx.flow.walk import MAX_DEPTH, MAX_NODES
from centralita.pbx.speech.phrases import Say
from centralita.pbx.vocabulary import Outcome

if TYPE_CHECKING:
    from centralita.pbx.flow.node import CompiledFlow, Node
    from centralita.pbx.flow.walk import Walk


async def run_flow(walk: Walk, flow: CompiledFlow) -> str:
    """Walk through a flow, and those that it calls. The destination where the call goes on; empty: the call is over."""
    walk.stack.clear()
    node: Node | None = flow.start
    while True:
        if node is None:
            if not walk.stack:
                await apologise(walk, "flow-end", f"the flow {flow.label} leads no further")
                return ""
            node = walk.stack.pop()
            continue
        walk.visited += 1
        if walk.visited > MAX_NODES:
            await apologise(walk, "flow-limit", f"the call has passed {MAX_NODES} nodes")
            return ""
        if isinstance(node, Deciding):
            node = node.decide(walk)
            if len(walk.stack) > MAX_DEPTH:
                await apologise(walk, "flow-limit", f"more than {MAX_DEPTH} flows within each other")
                return ""
            continue
        assert isinstance(node, Talking), f"{node.key} neither decides nor talks"
        way = await node.perform(walk)
        if way is Over.CALL:
            return ""
        if isinstance(way, Elsewhere):
            return way.destination
        node = way


async def apologise(walk: Walk, rule: str, reason: str, outcome: Outcome = Outcome.FAILED) -> None:
    """End a call that a flow leaves without a place to go."""
    call = walk.call
    call.decide(rule, "hang-up", f"{reason}: the call ends with a word of apology")
    if call.is_answered():
        await call.play([Say.CANNOT_TAKE_CALL, Say.GOODBYE])
        call.hang_up(outcome, rule)
    else:
        await call.announce([Say.CANNOT_TAKE_CALL])
        await call.announce_and_refuse([], 480, outcome, rule)
