"""Circles in a directed graph: the strongly connected parts, and one way round in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

_Node = TypeVar("_Node")


def knots(successors: Mapping[_Node, Sequence[_Node]]) -> Iterator[list[_Node]]:
    """The strongly connected parts that hold a circle: of several nodes, or one that leads to itself (Tarjan 1972).

    Without recursion, since a flow may be a thousand nodes long. Nodes that are only led to need no entry.
    """
    index: dict[_Node, int] = {}
    low: dict[_Node, int] = {}
    stack: list[_Node] = []
    on_stack: set[_Node] = set()
    for root in successors:
        if root in index:
            continue
        work: list[tuple[_Node, Iterator[_Node]]] = [(root, iter(successors.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            after = next(following, None)
            if after is not None:
                if after not in index:
                    index[after] = low[after] = len(index)
                    stack.append(after)
                    on_stack.add(after)
                    work.append((after, iter(successors.get(after, ()))))
                elif after in on_stack:
                    low[node] = min(low[node], index[after])
                continue
            work.pop()
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[node])
            if low[node] == index[node]:
                part = _unwind(stack, on_stack, node)
                if len(part) > 1 or node in successors.get(node, ()):
                    yield part


def _unwind(stack: list[_Node], on_stack: set[_Node], node: _Node) -> list[_Node]:
    part: list[_Node] = []
    while True:
        top = stack.pop()
        on_stack.discard(top)
        part.append(top)
        if top == node:
            return part


def way_round(
    start: _Node, part: Iterable[_Node], successors: Callable[[_Node], Iterable[_Node]]
) -> list[_Node]:
    """The shortest way from a node of a knot back to itself; begins and ends with it."""
    within = set(part)
    before: dict[_Node, _Node] = {}
    waiting = [start]
    for node in waiting:
        for after in successors(node):
            if after == start:
                way = [start]
                while node != start:
                    way.append(node)
                    node = before[node]
                return [start, *reversed(way)] if len(way) > 1 else [start, start]
            if after in within and after not in before:
                before[after] = node
                waiting.append(after)
    raise ValueError(f"{start!r} is in no circle")
