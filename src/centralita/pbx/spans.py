"""Spans of time as pairs (from, until) in seconds: united, cut with each other, added up."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[float, float]


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same instants as spans in order that do not touch; empty and inverted ones are left out."""
    found = sorted([span for span in spans if span[1] > span[0]])
    if len(found) < 2:
        return found
    merged: list[Span] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def total(spans: Iterable[Span]) -> float:
    """Seconds in spans that do not overlap."""
    return sum([end - start for start, end in spans], 0.0)


def overlap(one: Iterable[Span], other: Iterable[Span]) -> float:
    """Seconds that lie in both of two lists, each as ``merge`` gives it."""
    others = list(other)
    return sum(
        [
            max(0.0, min(end, other_end) - max(start, other_start))
            for start, end in one
            for other_start, other_end in others
        ],
        0.0,
    )
