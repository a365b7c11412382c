"""Flows: what is never reached, where calls fall off, and circles that a call does not leave."""

from __future__ import annotations

from typing import Any

from centralita.pbx.checker import circles
from centralita.pbx.checker.places import Edge, Pace, Place
from centralita.pbx.checker.work import Work
from centralita.pbx.model.flow import (
    CallerNode,
    Flow,
    HoursNode,
    LookupNode,
    MenuNode,
    QueueNode,
    SetNode,
    SubFlowNode,
)
from centralita.pbx.model.queue import Queue

#: A way out that is left out → what happens to callers, where it is not an error.
_LOST: dict[str, str] = {
    "no_answer": "a call that nobody answers",
    "otherwise": "a call that fits nothing else",
    "unknown": "a caller whose region is not known",
    "busy": "a call that finds the line busy",
    "failed": "a call for which this fails",
    "next": "the call",
    "on": "a call while the override is on",
    "off": "a call while the override is off",
    "holiday": "a call on a holiday",
}


def check(work: Work) -> None:
    for flow in work.snapshot.flows.values():
        _unreachable(work, flow)
        ends = flow.id in work.called_flows
        for ident, node in flow.nodes.items():
            place = Place("flow", flow.id, ident)
            if ends and place in work.reached:
                _falls_off(work, flow, place, node)
            if isinstance(node, MenuNode):
                _menu(work, flow, ident, node)
            elif isinstance(node, QueueNode):
                _queue_exits(work, flow, ident, node)
    _circles(work)


# --- reach ---------------------------------------------------------------------------------------------------------


def _unreachable(work: Work, flow: Flow) -> None:
    start = Place("flow", flow.id, flow.start)
    found = {start}
    waiting = [start]
    while waiting:
        for edge in work.graph.ways_from(waiting.pop()):
            target = edge.target
            if target is None or (target.kind, target.id) != ("flow", flow.id) or not target.node:
                continue
            if target not in found and not (_after_sub_flow(flow, edge) and not _can_end(work, edge)):
                found.add(target)
                waiting.append(target)
    for ident, node in flow.nodes.items():
        if Place("flow", flow.id, ident) not in found:
            before = [
                edge.source
                for edge in work.graph.ways_into(Place("flow", flow.id, ident))
                if edge.source.node
            ]
            if not before:
                message = "is never reached: nothing leads to it"
            else:
                message = (
                    f"is never reached: only {before[0]} leads to it, which is not reached or never goes on"
                )
            mend = "Lead a call there, or take it out"
            work.warn(
                "unreachable-node", "flow", flow.id, f"{message} ({node.type})", mend, path=("nodes", ident)
            )


def _after_sub_flow(flow: Flow, edge: Edge) -> bool:
    return isinstance(flow.nodes.get(edge.source.node), SubFlowNode) and edge.path[-1] == "next"


def _can_end(work: Work, edge: Edge) -> bool:
    """Whether the sub-flow that the edge comes after ever goes back."""
    node = work.snapshot.flows[edge.source.id].nodes[edge.source.node]
    if not isinstance(node, SubFlowNode):
        raise TypeError(f"{edge.source} calls no flow")
    called = work.snapshot.flows.get(node.flow)
    return called is None or any(
        way.target is None
        for ident in called.nodes
        for way in work.graph.ways_from(Place("flow", called.id, ident))
    )


# --- falling off ---------------------------------------------------------------------------------------------------


def _falls_off(work: Work, flow: Flow, place: Place, node: Any) -> None:
    """Ways that lead nowhere, in a flow whose end is the end of the call."""
    at = ("nodes", place.node)
    ends = {edge.path[2:]: edge for edge in work.graph.ways_from(place) if edge.target is None}
    if isinstance(node, HoursNode):
        for field in ("open", "closed"):
            if (field,) in ends:
                message = (
                    f"is missing: a call falls off the flow while {node.schedule} is {field}, and just ends"
                )
                mend = "Name the node that it goes to; one of type hang-up where it shall end"
                work.error(f"falls-off-{field}", "flow", flow.id, message, mend, path=(*at, field))
        return
    for path in ends:
        if isinstance(node, SubFlowNode) and not _can_end(work, ends[path]):
            continue
        if isinstance(node, QueueNode) and path == ("otherwise",) and not _may_leave(work, node):
            continue
        lost = _LOST.get(str(path[0]), "a call that goes this way")
        message = f"leads nowhere: {lost} ends with an apology"
        mend = "Name the node that follows; one of type hang-up where it shall end"
        work.warn("leads-nowhere", "flow", flow.id, message, mend, path=(*at, *path))


def _may_leave(work: Work, node: QueueNode) -> bool:
    """Whether callers may come out of the queue by themselves, with nowhere to go but the node's ``otherwise``."""
    queue = work.snapshot.queues.get(node.queue)
    if queue is None:
        return True
    overflow = queue.overflow
    reasons = {
        "wait": queue.max_wait_seconds > 0 or (overflow.wait is not None and not overflow.wait.to),
        "size": queue.max_waiting > 0 or (overflow.size is not None and not overflow.size.to),
        "no-agents": overflow.no_agents is not None and not overflow.no_agents.to,
        "estimated-wait": overflow.estimated_wait is not None and not overflow.estimated_wait.to,
    }
    return any(holds and reason not in node.exits for reason, holds in reasons.items())


def _never(queue: Queue) -> dict[str, str]:
    """Reasons for which no caller leaves the queue, and what it would take."""
    overflow = queue.overflow
    given = {
        "wait": (queue.max_wait_seconds or overflow.wait, "max_wait_seconds and no overflow.wait"),
        "size": (queue.max_waiting or overflow.size, "max_waiting and no overflow.size"),
        "no-agents": (overflow.no_agents, "overflow.no_agents"),
        "estimated-wait": (overflow.estimated_wait, "overflow.estimated_wait"),
        "callback": (queue.callback.digit, "callback.digit"),
    }
    by_digit = set(queue.exits.values())
    return {
        reason: needed for reason, (there, needed) in given.items() if not there and reason not in by_digit
    }


def _menu(work: Work, flow: Flow, ident: str, node: MenuNode) -> None:
    at = ("nodes", ident)
    menu = work.snapshot.menus.get(node.menu)
    for keys, target in node.choices.items():
        if target is None:
            message = f"leads nowhere: whoever presses {keys} is lost"
            mend = "Name the node that it goes to"
            work.error("choice-without-target", "flow", flow.id, message, mend, path=(*at, "choices", keys))
    if not node.choices and not (menu is not None and menu.dial_extensions) and not node.languages:
        message = "is empty: nothing that a caller presses leads anywhere"
        mend = "Name a node for each digit, or use an announce node"
        work.error("menu-without-choices", "flow", flow.id, message, mend, path=(*at, "choices"))
    if menu is not None:
        for keys in node.choices:
            longer = [other for other in node.choices if other != keys and other.startswith(keys)]
            if longer:
                message = f"is the beginning of {longer[0]}: whoever presses it waits {menu.digit_seconds:g} s for more"
                work.hint("ambiguous-choice", "flow", flow.id, message, path=(*at, "choices", keys))


def _queue_exits(work: Work, flow: Flow, ident: str, node: QueueNode) -> None:
    queue = work.snapshot.queues.get(node.queue)
    if queue is not None:
        for reason, needed in _never(queue).items():
            if node.exits.get(reason) is not None:
                message = f"is never taken: queue {queue.id} has no {needed}"
                mend = "Set it there, or take the exit out"
                work.warn(
                    "exit-never-taken", "flow", flow.id, message, mend, path=("nodes", ident, "exits", reason)
                )
    for digit, name in {} if queue is None else queue.exits.items():
        if name not in node.exits and node.otherwise is None:
            message = (
                f"has no way for {name}: a waiting caller of queue {node.queue} who presses {digit} is lost"
            )
            mend = f"Name the node for {name}"
            work.error(
                "choice-without-target", "flow", flow.id, message, mend, path=("nodes", ident, "exits")
            )


# --- circles -------------------------------------------------------------------------------------------------------


def _circles(work: Work) -> None:
    graph = work.graph
    told: set[Place] = set()
    for pace in (Pace.AT_ONCE, Pace.IN_TIME, Pace.BY_CALLER):
        successors: dict[Place, list[Place]] = {}
        for place in graph.places():
            if place.kind == "dialled":  # nothing leads there
                continue
            onward = [
                edge.target
                for edge in graph.ways_from(place)
                if not edge.rings
                and edge.target is not None
                and graph.ways_from(edge.target)
                and _pace(edge) <= pace
            ]
            if onward:
                successors[place] = onward
        for part in circles.knots(successors):
            if told.intersection(part):
                continue
            if pace is Pace.BY_CALLER:
                if not _way_out(work, part):
                    told.update(part)
                    _tell(
                        work,
                        part,
                        successors,
                        "no-way-out",
                        "is a circle that no call ever leaves",
                        severe=True,
                    )
                continue
            told.update(part)
            if pace is Pace.AT_ONCE and not _remembers(work, part):
                _tell(
                    work,
                    part,
                    successors,
                    "endless-circle",
                    "is a circle in which nothing ever happens",
                    severe=True,
                )
            elif not _way_out(work, part):
                _tell(
                    work, part, successors, "no-way-out", "is a circle that no call ever leaves", severe=True
                )
            else:
                message = "is a circle that goes on for as long as the caller does nothing"
                _tell(work, part, successors, "patient-circle", message, severe=False)


def _pace(edge: Edge) -> Pace:
    """Whoever forwards in a circle is tried once (:mod:`centralita.pbx.reach`): that is not at once for ever."""
    return max(edge.pace, Pace.IN_TIME) if edge.source.kind == "user" else edge.pace


def _remembers(work: Work, part: list[Place]) -> bool:
    """Whether something in the circle can change what is decided the next time round: a tag set and asked for, a lookup."""
    nodes = [work.snapshot.flows[place.id].nodes[place.node] for place in part if place.node]
    sets = any(isinstance(node, SetNode) and node.tag for node in nodes)
    asks = any(isinstance(node, CallerNode) and any(branch.tag for branch in node.branches) for node in nodes)
    return (sets and asks) or any(isinstance(node, LookupNode) for node in nodes)


def _way_out(work: Work, part: list[Place]) -> bool:
    """Whether the call can come to somebody, or anywhere else, out of the circle."""
    within = set(part)
    return any(
        edge.target is None or edge.target not in within
        for place in part
        for edge in work.graph.ways_from(place)
    )


def _tell(
    work: Work,
    part: list[Place],
    successors: dict[Place, list[Place]],
    rule: str,
    message: str,
    *,
    severe: bool,
) -> None:
    start = min((place for place in part if place.kind == "flow"), default=min(part))
    within = set(part)
    way = circles.way_round(
        start, part, lambda place: [after for after in successors.get(place, ()) if after in within]
    )
    text = f"{message}: {' → '.join(str(place) for place in way)}"
    path = ("nodes", start.node) if start.node else ()
    tell = work.error if severe else work.warn
    mend = (
        "Let one of them lead out"
        if severe
        else "Let it end somewhere after a while, at a voicemail or a hang-up"
    )
    tell(rule, start.kind, start.id, text, mend, path=path)
