"""Patterns of sentences: English with named holes, and the same holes in Spanish.

``{name}`` is kept as it stands; ``{name:kind}`` takes only what the kind allows, and is worded by it. A sentence is of a pattern where
the whole of it fits and every hole can be worded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_HOLE = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")

Say = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """What may stand in a hole, as a regular expression without groups, and how it is said; None: not to be said."""

    allowed: str
    say: Say = str


TEXT = Kind(".+?")


class Pattern:
    __slots__ = ("_expression", "_literals", "_says", "_spanish", "english")

    def __init__(self, english: str, spanish: str, kinds: Mapping[str, Kind]) -> None:
        holes = _HOLE.findall(english)
        if sorted(name for name, _ in holes) != sorted(name for name, _ in _HOLE.findall(spanish)):
            raise ValueError(f"the two wordings of {english!r} have different holes")
        self.english = english
        self._spanish = _HOLE.sub(r"{\1}", spanish)
        parts = _HOLE.split(english)
        self._literals = tuple(part for part in parts[::3] if part)
        self._says = {name: (kinds[kind] if kind else TEXT).say for name, kind in holes}
        told = [re.escape(parts[0])]
        for index in range(1, len(parts), 3):
            kind = kinds[parts[index + 1]] if parts[index + 1] else TEXT
            told.append(f"(?P<{parts[index]}>{kind.allowed}){re.escape(parts[index + 2])}")
        self._expression = re.compile("".join(told))

    def said(self, sentence: str) -> str | None:
        """The Spanish one; None where the sentence is not of this pattern."""
        for literal in self._literals:  # most patterns end here
            if literal not in sentence:
                return None
        match = self._expression.fullmatch(sentence)
        if match is None:
            return None
        holes: dict[str, str] = {}
        for name, text in match.groupdict().items():
            said = self._says[name](text)
            if said is None:
                return None
            holes[name] = said
        return self._spanish.format_map(holes)
