"""Circles in graphs, held against what walking finds."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.pbx.checker.circles import knots, way_round

graphs = st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=4), max_size=10)


def reachable(graph: dict[int, list[int]], start: int) -> set[int]:
    found: set[int] = set()
    waiting = list(graph.get(start, []))
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += graph.get(node, [])
    return found


@settings(max_examples=200, deadline=None)
@given(graphs)
def test_a_knot_is_what_leads_to_each_other(graph: dict[int, list[int]]) -> None:
    onward = {node: reachable(graph, node) for node in range(10)}
    expected = {
        frozenset(other for other in onward if other in onward[node] and node in onward[other])
        for node in onward
        if node in onward[node]
    }
    parts = list(knots(graph))
    assert {frozenset(part) for part in parts} == expected
    assert len(parts) == len(expected)
    for part in parts:
        start = min(part)
        way = way_round(start, part, lambda node: graph.get(node, []))
        assert way[0] == way[-1] == start
        assert len(way) >= 2
        assert all(after in graph[before] for before, after in itertools.pairwise(way))


def test_a_thousand_nodes_in_a_row_are_no_recursion() -> None:
    graph = {number: [number + 1] for number in range(20_000)}
    assert list(knots(graph)) == []
    graph[20_000] = [0]
    (part,) = knots(graph)
    assert len(part) == 20_001
