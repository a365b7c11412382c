"""A simulation as a Mermaid flowchart: the way that was taken drawn thick with its reasons, and the ways not taken beside it."""

from __future__ import annotations

import re

from centralita.pbx.model.flow import exits
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.simulator.cases import rest_of
from centralita.pbx.simulator.simulation import Simulation, Step

_LONGEST_LABEL = 90
_UNSAFE = re.compile(r"[^A-Za-z0-9]")


def render_mermaid(simulation: Simulation, snapshot: Snapshot) -> str:
    """Text that begins with ``flowchart TD``."""
    chart = _Chart(snapshot)
    caller = simulation.caller or "anonymous"
    chart.box("caller", f"{caller} calls {simulation.dialled}", "([", "])")
    before, label = "caller", ""
    for index, step in enumerate(simulation.steps):
        here = chart.decision(step, index)
        chart.taken(before, here, label)
        before, label = here, step.reason + (f" (pressed {step.pressed})" if step.pressed else "")
    chart.box("rest", rest_of(simulation), "[[", "]]")
    chart.taken(before, "rest", label)
    chart.not_taken()
    return chart.text()


class _Chart:
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._boxes: dict[str, str] = {}
        self._edges: list[str] = []
        self._thick: list[int] = []
        self._passed: list[str] = []
        """Keys FLOW/NODE of the nodes that decided."""
        self._after: dict[str, set[str]] = {}
        """Box → boxes that the call went to from it."""

    def box(self, name: str, label: str, opening: str = "[", closing: str = "]") -> None:
        self._boxes.setdefault(name, f'{name}{opening}"{_escaped(label)}"{closing}')

    def decision(self, step: Step, index: int) -> str:
        if not step.node:
            name = f"s{index}"
            self.box(name, f"{step.rule}: {step.target}" if step.target else step.rule)
            return name
        name = _name(step.node)
        self._node(step.node)
        if step.node not in self._passed:
            self._passed.append(step.node)
        return name

    def _node(self, key: str) -> str:
        flow, _, ident = key.partition("/")
        found = self._snapshot.flows.get(flow)
        node = found.nodes.get(ident) if found is not None else None
        label = f"{node.label or ident}<br/>{node.type}" if node is not None else key
        self.box(_name(key), label)
        return _name(key)

    def taken(self, before: str, after: str, label: str) -> None:
        if before == after:
            return
        self._after.setdefault(before, set()).add(after)
        self._thick.append(len(self._edges))
        text = f'|"{_escaped(label)}"|' if label else ""
        self._edges.append(f"{before} ==>{text} {after}")

    def not_taken(self) -> None:
        """The other ways out of the nodes that were passed."""
        for key in self._passed:
            flow, _, ident = key.partition("/")
            found = self._snapshot.flows.get(flow)
            if found is None or ident not in found.nodes:
                continue
            ways: dict[str, list[str]] = {}
            for path, target in exits(found.nodes[ident]):
                if target is not None:
                    ways.setdefault(target, []).append(_way(path))
            here = _name(key)
            for target, labels in ways.items():
                there = _name(f"{flow}/{target}")
                if there in self._after.get(here, ()):
                    continue
                self._node(f"{flow}/{target}")
                self._edges.append(f'{here} -.->|"{_escaped(", ".join(labels))}"| {there}')

    def text(self) -> str:
        lines = ["flowchart TD", *(f"  {box}" for box in self._boxes.values())]
        lines += [f"  {edge}" for edge in self._edges]
        taken = sorted({"caller", "rest", *(name for names in self._after.values() for name in names)})
        lines.append("  classDef taken stroke-width:3px")
        lines.append(f"  class {','.join(taken)} taken")
        if self._thick:
            lines.append(f"  linkStyle {','.join(map(str, self._thick))} stroke-width:3px")
        return "\n".join(lines) + "\n"


def _way(path: tuple[str | int, ...]) -> str:
    """The field's path for people: ``closed``, ``choices 2``, ``branches 1``."""
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in path if part != "to")


def _name(key: str) -> str:
    return "n_" + _UNSAFE.sub(lambda match: f"_{ord(match[0]):x}_", key)


def _escaped(text: str) -> str:
    if len(text) > _LONGEST_LABEL:
        text = text[: _LONGEST_LABEL - 1] + "…"
    text = text.replace("&", "&amp;").replace('"', "&quot;").replace("<br/>", "\0")
    return text.replace("<", "&lt;").replace(">", "&gt;").replace("\0", "<br/>").replace("\n", " ")
