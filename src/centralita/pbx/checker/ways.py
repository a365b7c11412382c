"""The ways out of every type of node, each with its condition in words and what has to happen before it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from centralita.pbx.checker import words
from centralita.pbx.checker.places import Edge, Pace, Place
from centralita.pbx.model.flow import (
    CallbackNode,
    CallerNode,
    ExternalNode,
    GeographyNode,
    HolidayNode,
    HoursNode,
    LookupNode,
    MenuNode,
    OverrideNode,
    QueueNode,
    RingNode,
    ShareNode,
    SubFlowNode,
    VoicemailNode,
    exits,
)

if TYPE_CHECKING:
    from centralita.pbx.checker.graph import Graph
    from centralita.pbx.configuration.explaining import Path
    from centralita.pbx.model.queue import Queue


def overflows(queue: Queue) -> Iterator[tuple[str, str, Pace]]:
    """The overflows that a queue has: field, condition, pace."""
    overflow = queue.overflow
    if overflow.wait is not None:
        yield "wait", f"after {overflow.wait.seconds} s in the queue", Pace.IN_TIME
    if overflow.size is not None:
        yield "size", f"{overflow.size.callers} callers waiting already", Pace.AT_ONCE
    if overflow.no_agents is not None:
        yield "no_agents", "no agent there", Pace.AT_ONCE
    if overflow.estimated_wait is not None:
        yield "estimated_wait", f"a wait of {overflow.estimated_wait.seconds} s expected", Pace.AT_ONCE


def of_node(graph: Graph, place: Place, node: Any) -> Iterator[Edge]:
    """All ways out of a node, those to the flow's end included."""
    at: Path = ("nodes", place.node)
    yield from _elsewhere(graph, place, node, at)
    for path, target in exits(node):
        if target is None and not _counts(node, path):
            continue
        when, pace = _condition(graph, node, path)
        onward = None if target is None else Place("flow", place.id, target)
        yield Edge(place, onward, (*at, *path), when, pace)


def _elsewhere(graph: Graph, place: Place, node: Any, at: Path) -> Iterator[Edge]:
    """Where a node takes the call out of the flow."""
    match node:
        case RingNode():
            for index, target in enumerate(node.targets):
                yield Edge(place, graph.place_of(target), (*at, "targets", index), rings=True)
        case QueueNode() | CallbackNode():
            caller = isinstance(node, CallbackNode)
            pace = Pace.BY_CALLER if caller else Pace.AT_ONCE
            when = "to be called back" if caller else ""
            yield Edge(place, Place("queue", node.queue), (*at, "queue"), when, pace)
        case VoicemailNode():
            yield Edge(place, Place("voicemail", node.user), (*at, "user"))
        case ExternalNode():
            yield Edge(place, Place("external", node.number), (*at, "number"), rings=True)
        case SubFlowNode():
            yield Edge(place, Place("flow", node.flow), (*at, "flow"))


def _counts(node: Any, path: Path) -> bool:
    """Whether a field that is left out is a way to the flow's end, and not merely as another field says."""
    match node, path[0]:
        case HoursNode(), "holiday":
            return False
        case RingNode(), "busy" | "unreachable":
            return False
        case _:
            return True


#: Field → condition and pace, of the nodes where that says it all.
_PLAIN: dict[str, tuple[str, Pace]] = {
    "unknown": ("region of the caller not known", Pace.AT_ONCE),
    "no_answer": ("no answer", Pace.IN_TIME),
    "busy": ("everybody busy", Pace.AT_ONCE),
    "unreachable": ("no telephone registered", Pace.AT_ONCE),
    "failed": ("failed", Pace.IN_TIME),
}


def _condition(graph: Graph, node: Any, path: Path) -> tuple[str, Pace]:
    snapshot = graph.snapshot
    field = str(path[0])
    match node:
        case HoursNode():
            schedule = snapshot.schedules.get(node.schedule)
            hours = f" ({words.opening(schedule)})" if schedule is not None and field == "open" else ""
            return f"hours {node.schedule} {field}{hours}", Pace.AT_ONCE
        case HolidayNode():
            is_one = "holiday" if field == "holiday" else "no holiday"
            return f"{is_one} of {words.listed(node.calendars)}", Pace.AT_ONCE
        case OverrideNode():
            override = snapshot.overrides.get(node.override)
            code = f" (*28{override.code})" if override is not None else ""
            return f"override {node.override} {field}{code}", Pace.AT_ONCE
        case GeographyNode() if field == "branches":
            return f"caller from {words.listed(node.branches[int(path[1])].areas)}", Pace.AT_ONCE
        case GeographyNode() if field == "otherwise":
            return "caller from elsewhere", Pace.AT_ONCE
        case CallerNode() if field == "branches":
            return words.caller(node.branches[int(path[1])], snapshot), Pace.AT_ONCE
        case CallerNode():
            return "any other caller", Pace.AT_ONCE
        case ShareNode():
            return f"share by {node.by}", Pace.AT_ONCE
        case MenuNode() if field == "choices":
            return f"menu {node.menu} press {path[1]}", Pace.BY_CALLER
        case MenuNode():
            return f"menu {node.menu} nothing pressed", Pace.IN_TIME
        case QueueNode() if field == "exits":
            return _queue_exit(graph, node, str(path[1]))
        case QueueNode():
            return f"queue {node.queue} left", Pace.IN_TIME
        case RingNode():
            when, pace = _PLAIN[field]
            return f"{words.listed([each.replace(':', ' ') for each in node.targets])}: {when}", pace
        case CallbackNode():
            return "no callback wanted", Pace.IN_TIME
        case LookupNode() if field == "branches":
            return f"{node.variable} is {node.branches[int(path[1])].equals}", Pace.IN_TIME
        case LookupNode() if field == "otherwise":
            return (f"{node.variable} is anything else" if node.branches else ""), Pace.IN_TIME
        case SubFlowNode():
            return f"after flow {node.flow}", Pace.IN_TIME
        case _:
            return _PLAIN.get(field, ("", Pace.IN_TIME if _plays(node) else Pace.AT_ONCE))


def _plays(node: Any) -> bool:
    return "prompt" in type(node).model_fields


def _queue_exit(graph: Graph, node: QueueNode, reason: str) -> tuple[str, Pace]:
    queue = graph.snapshot.queues.get(node.queue)
    digits = [] if queue is None else [digit for digit, name in queue.exits.items() if name == reason]
    if digits:
        return f"queue {node.queue} press {' or '.join(digits)}", Pace.BY_CALLER
    paces = {"callback": Pace.BY_CALLER, "wait": Pace.IN_TIME}
    return f"queue {node.queue} left: {reason}", paces.get(reason, Pace.AT_ONCE)
