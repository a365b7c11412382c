"""Ways as a tree that people can read: what they have in common is told once, choices with the same outcome together.

A pure rearrangement of what :mod:`.reaching` found; nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from centralita.pbx.checker.reaching import Way

INDENT = "  "
AS_ABOVE = "as above"


class Branch(NamedTuple):
    """One or several conditions or places in a row, and how it goes on from there."""

    text: str
    after: tuple[Branch, ...]


def tree(ways: Iterable[Way]) -> tuple[Branch, ...]:
    """The ways from their beginnings on."""
    return _branches([way.parts for way in ways])


def lines(branches: Sequence[Branch]) -> Iterator[str]:
    """The tree in lines, deeper ones indented. What was told in full is referred to when it comes again."""
    yield from _Teller().tell(branches, 0)


def _branches(ways: Sequence[Sequence[str]]) -> tuple[Branch, ...]:
    tails: dict[str, list[Sequence[str]]] = {}
    for way in ways:
        if way:
            tails.setdefault(way[0], []).append(way[1:])
    # Conditions after which everything is the same are one.
    alike: dict[tuple[Branch, ...], list[str]] = {}
    for text, rest in tails.items():
        alike.setdefault(_branches(rest), []).append(text)
    return tuple(Branch(_either(texts), after) for after, texts in alike.items())


def _either(texts: Sequence[str]) -> str:
    """``menu main press 1`` and ``menu main press 2`` → ``menu main press 1, or press 2``."""
    first, *others = texts
    words = first.split(" ")
    said = [first]
    for other in others:
        own = other.split(" ")
        common = 0
        while common < min(len(own), len(words)) - 1 and own[common] == words[common]:
            common += 1
        said.append(" ".join(own[common:]))
    return ", or ".join(said)


class _Teller:
    def __init__(self) -> None:
        self._told: set[tuple[Branch, ...]] = set()
        self._explained: set[str] = set()

    def tell(self, branches: Sequence[Branch], depth: int) -> Iterator[str]:
        for branch in branches:
            parts = [self._once(branch.text)]
            after = branch.after
            while len(after) == 1 and after not in self._told:
                parts.append(self._once(after[0].text))
                after = after[0].after
            long = len(after) > 1
            if after and after in self._told:
                parts.append(f"{after[0].text.partition(' (')[0]} … {AS_ABOVE}" if not long else AS_ABOVE)
            yield INDENT * depth + " → ".join(parts)
            if after and after not in self._told:
                self._told.add(after)
                yield from self.tell(after, depth + 1)

    def _once(self, text: str) -> str:
        """What stands in brackets explains, and that once is enough."""
        plain, bracket, _ = text.partition(" (")
        if not bracket or ", or " in text:
            return text
        if plain in self._explained:
            return plain
        self._explained.add(plain)
        return text
