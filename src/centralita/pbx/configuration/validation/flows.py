"""Flows, node by node, and the prompts and menus that they use.

Only what can never work is a problem here: names of what does not exist, and flows that call each other for ever. What is
merely unwise, or shows only on the way of a call, is found by :mod:`centralita.pbx.checker`.
"""

from __future__ import annotations

import difflib
from typing import Any

from centralita.pbx import geography
from centralita.pbx.configuration.explaining import Path, meant
from centralita.pbx.configuration.validation.context import Context
from centralita.pbx.model.flow import (
    AnnounceNode,
    CallbackNode,
    CallerNode,
    CollectNode,
    ExternalNode,
    Flow,
    GeographyNode,
    HangUpNode,
    HolidayNode,
    HoursNode,
    MenuNode,
    OverrideNode,
    QueueNode,
    RingNode,
    SubFlowNode,
    VoicemailNode,
    exits,
)
from centralita.pbx.model.menu import Menu
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.queue import Queue

QUEUE_REASONS = ("wait", "size", "no-agents", "estimated-wait", "callback")
"""Why a caller may leave a queue, as a flow names it; besides the names of the queue's exits by digit."""


def prompts(context: Context) -> None:
    by_code: dict[str, Prompt] = {}
    for prompt in context.of(Prompt):
        for language, text in prompt.text.items():
            if not text.strip():
                context.add(prompt, ("text", language), "must not be empty")
        if not prompt.text and not prompt.recording and not prompt.code:
            context.add(prompt, (), "has neither a text nor a recording: nobody would hear anything")
        first = by_code.setdefault(prompt.code, prompt) if prompt.code else prompt
        if first is not prompt:
            message = f"{prompt.code} is already taken by {context.named(first, ('code',))}"
            context.add(prompt, ("code",), message)
        context.refer_all(prompt, ("users",), "user", prompt.users)


def menus(context: Context) -> None:
    for menu in context.of(Menu):
        for name in ("prompt", "invalid_prompt", "silence_prompt"):
            context.refer(menu, (name,), "prompt", getattr(menu, name))


def flows(context: Context) -> None:
    checker = _Flows(context)
    for flow in context.of(Flow):
        if flow.start not in flow.nodes:
            message = f"there is no node {flow.start}{meant(flow.start, flow.nodes)}"
            context.add(flow, ("start",), message)
        for ident, node in flow.nodes.items():
            for path, target in exits(node):
                if target is not None and target not in flow.nodes:
                    message = f"there is no node {target}{meant(target, flow.nodes)}"
                    context.add(flow, ("nodes", ident, *path), message)
            checker.node(flow, ("nodes", ident), node)
    _circles(context)


class _Flows:
    """What each type of node refers to."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._queues = {queue.id: queue for queue in context.of(Queue)}

    def node(self, flow: Flow, at: Path, node: Any) -> None:
        refer = self._context.refer
        match node:
            case HoursNode():
                refer(flow, (*at, "schedule"), "schedule", node.schedule)
            case HolidayNode():
                self._context.refer_all(flow, (*at, "calendars"), "calendar", node.calendars)
            case OverrideNode():
                refer(flow, (*at, "override"), "override", node.override)
            case GeographyNode():
                self._areas(flow, at, node)
            case CallerNode():
                for index, branch in enumerate(node.branches):
                    refer(flow, (*at, "branches", index, "contacts"), "contacts", branch.contacts)
            case MenuNode():
                refer(flow, (*at, "menu"), "menu", node.menu)
            case AnnounceNode() | CollectNode() | HangUpNode():
                refer(flow, (*at, "prompt"), "prompt", node.prompt)
                if isinstance(node, CollectNode) and node.min_digits > node.max_digits:
                    message = f"must not be more than max_digits, {node.max_digits}"
                    self._context.add(flow, (*at, "min_digits"), message)
            case RingNode():
                self._targets(flow, at, node)
            case QueueNode():
                self._queue(flow, at, node)
            case VoicemailNode():
                refer(flow, (*at, "user"), "user", node.user)
            case CallbackNode():
                refer(flow, (*at, "queue"), "queue", node.queue)
            case ExternalNode():
                self._context.outside(flow, (*at, "number"), node.number)
                self._context.own_number(flow, (*at, "caller_number"), node.caller_number)
            case SubFlowNode():
                refer(flow, (*at, "flow"), "flow", node.flow)

    def _areas(self, flow: Flow, at: Path, node: GeographyNode) -> None:
        seen: dict[str, int] = {}
        for index, branch in enumerate(node.branches):
            for place, area in enumerate(branch.areas):
                path = (*at, "branches", index, "in", place)
                if not geography.is_known(area):
                    close = difflib.get_close_matches(area, geography.known_codes(), n=1, cutoff=0.7)
                    hint = f"; did you mean {close[0]}?" if close and len(area) > 2 else ""
                    message = f"{area} is no country or region that is known (ISO 3166){hint}"
                    self._context.add(flow, path, message)
                elif area in seen:
                    self._context.add(flow, path, f"{area} is already in branches.{seen[area]}.in")
                seen.setdefault(area, index)

    def _targets(self, flow: Flow, at: Path, node: RingNode) -> None:
        for index, target in enumerate(node.targets):
            self._context.destination(flow, (*at, "targets", index), target)
        self._context.once(flow, (*at, "targets"), node.targets)

    def _queue(self, flow: Flow, at: Path, node: QueueNode) -> None:
        self._context.refer(flow, (*at, "queue"), "queue", node.queue)
        queue = self._queues.get(node.queue)
        if queue is None:
            return
        reasons = [*QUEUE_REASONS, *queue.exits.values()]
        for reason in node.exits:
            if reason not in reasons:
                hint = meant(reason, reasons) or f"; there are {', '.join(dict.fromkeys(reasons))}"
                message = f"queue {queue.id} has no exit {reason}{hint}"
                self._context.add(flow, (*at, "exits", reason), message)


def _circles(context: Context) -> None:
    """Flows that call each other: the call would never come to an end."""
    calls: dict[str, dict[str, str]] = {
        flow.id: {node.flow: ident for ident, node in flow.nodes.items() if isinstance(node, SubFlowNode)}
        for flow in context.of(Flow)
    }
    flows_by_id = {flow.id: flow for flow in context.of(Flow)}
    done: set[str] = set()
    for start in calls:
        way: list[str] = [start]
        branches = [iter(calls[start])]
        while branches and start not in done:
            following = next(branches[-1], None)
            if following is None:
                branches.pop()
                done.add(way.pop())
            elif following in way:
                circle = [*way[way.index(following) :], following]
                node = calls[way[-1]][following]
                message = f"the flows call each other in a circle: {' → '.join(circle)}"
                context.add(flows_by_id[way[-1]], ("nodes", node, "flow"), message)
            elif following in calls and following not in done:
                way.append(following)
                branches.append(iter(calls[following]))
