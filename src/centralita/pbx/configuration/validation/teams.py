"""Groups and queues, and the tests of where calls go."""

from __future__ import annotations

from centralita.pbx.configuration.explaining import meant
from centralita.pbx.configuration.validation.context import Context
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.group import Group
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.routing_test import RoutingTest

_REFERABLE = {
    "user",
    "group",
    "queue",
    "flow",
    "menu",
    "extension",
    "number",
    "schedule",
    "override",
    "prompt",
}


def groups(context: Context) -> None:
    for group in context.of(Group):
        for index, member in enumerate(group.members):
            context.refer(group, ("members", index), "user", member.user)
        context.once(group, ("members",), [member.user for member in group.members])
        context.destination(group, ("otherwise",), group.otherwise)
        if group.otherwise == f"group:{group.id}":
            context.add(group, ("otherwise",), "leads back to the group itself: a call would go in a circle")


def queues(context: Context) -> None:
    for queue in context.of(Queue):
        for index, agent in enumerate(queue.agents):
            context.refer(queue, ("agents", index, "user"), "user", agent.user)
        for name in ("welcome", "music", "report_to_agent"):
            context.refer(queue, (name,), "prompt", getattr(queue, name))
        for index, prompt in enumerate(queue.periodic.prompts):
            context.refer(queue, ("periodic", "prompts", index), "prompt", prompt)
        for name in ("wait", "size", "no_agents", "estimated_wait"):
            condition = getattr(queue.overflow, name)
            if condition is None:
                continue
            context.destination(queue, ("overflow", name, "to"), condition.to)
            if condition.to == f"queue:{queue.id}":
                context.add(queue, ("overflow", name, "to"), "leads back to the queue itself")


def tests(context: Context) -> None:
    nodes = {flow.id: flow.nodes for flow in context.of(Flow)}
    for test in context.of(RoutingTest):
        if test.caller.startswith("user:"):
            context.refer(test, ("from",), "user", test.caller[5:])
        for user in test.answer:
            context.refer(test, ("answer", user), "user", user)
        context.refer_all(test, ("agents",), "user", test.agents or ())
        context.refer_all(test, ("overrides",), "override", test.overrides)
        _mentioned(context, test, ("expect",), test.expect)
        for index, passed in enumerate(test.through):
            flow, slash, node = passed.partition("/")
            if not slash:
                _mentioned(context, test, ("through", index), passed)
            elif flow not in nodes:
                context.refer(test, ("through", index), "flow", flow)
            elif node not in nodes[flow]:
                message = f"flow {flow} has no node {node}{meant(node, nodes[flow])}"
                context.add(test, ("through", index), message)


def _mentioned(context: Context, test: RoutingTest, path: tuple[str | int, ...], text: str) -> None:
    """``queue:support`` and the like must exist; words without an id are the simulator's."""
    place, _, _ = text.partition("/")  # what follows says who has the call there
    kind, colon, ident = place.partition(":")
    if kind == "voicemail":
        context.refer(test, path, "user", ident)
    elif colon and kind in _REFERABLE and not ident.isdigit():
        context.refer(test, path, kind, ident)
