"""From a flow as it is configured to one that calls can walk through: every name becomes the object that it names.

What is named and does not exist is an error here and not in the middle of a call; validation has told people before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx.flow import asking, deciding, queueing, resting, sharing, speaking
from centralita.pbx.flow.node import CompiledFlow, Node
from centralita.pbx.model import flow as model

if TYPE_CHECKING:
    from collections.abc import Callable

    from centralita.pbx.model.flow import AnyNode, Flow
    from centralita.pbx.plan import Plan


def compile_flows(plan: Plan) -> dict[str, CompiledFlow]:
    """All flows of a version, by id. Raises ValueError where one names what is not there."""
    flows = {flow.id: CompiledFlow(flow.id, flow.name or flow.id) for flow in plan.snapshot.flows.values()}
    for flow in plan.snapshot.flows.values():
        _fill(plan, flow, flows)
    return flows


def _fill(plan: Plan, flow: Flow, flows: dict[str, CompiledFlow]) -> None:
    compiled = flows[flow.id]
    for ident, node in flow.nodes.items():
        key = f"{flow.id}/{ident}"
        try:
            compiled.nodes[ident] = _node(plan, key, node, flows)
        except KeyError as error:
            raise ValueError(f"node {key} names {error.args[0]!r}, which does not exist") from error

    def find(ident: str | None) -> Node | None:
        if ident is None:
            return None
        try:
            return compiled.nodes[ident]
        except KeyError:
            raise ValueError(f"flow {flow.id} leads to the node {ident!r}, which it does not have") from None

    for made in compiled.nodes.values():
        made.link(find)
    compiled.start = find(flow.start)


def _node(plan: Plan, key: str, node: AnyNode, flows: dict[str, CompiledFlow]) -> Node:
    make: Callable[[Plan, str, AnyNode], Node] | None = _MAKERS.get(type(node))
    if make is not None:
        return make(plan, key, node)
    if isinstance(node, model.SubFlowNode):
        return resting.SubFlow(key, node, flows[node.flow])
    raise AssertionError(f"no node is made of {type(node).__name__}")


#: Each takes the plan, the key and its own kind of node, which the key of this table vouches for.
_MAKERS: dict[type, Callable[..., Node]] = {
    model.HoursNode: deciding.Hours,
    model.HolidayNode: deciding.Holiday,
    model.OverrideNode: deciding.Override,
    model.GeographyNode: deciding.Geography,
    model.CallerNode: deciding.Caller,
    model.SetNode: deciding.Set,
    model.ShareNode: sharing.Share,
    model.MenuNode: speaking.Menu,
    model.AnnounceNode: speaking.Announce,
    model.CollectNode: asking.Collect,
    model.LookupNode: asking.Lookup,
    model.RingNode: resting.Ring,
    model.QueueNode: queueing.Queue,
    model.VoicemailNode: resting.Voicemail,
    model.CallbackNode: queueing.Callback,
    model.ExternalNode: resting.External,
    model.HangUpNode: resting.HangUp,
}
