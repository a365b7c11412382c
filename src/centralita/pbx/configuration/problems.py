"""What is wrong with a configuration: every problem at once, each with its object, field and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in a sentence that reads on from the field's name."""

    kind: str
    """Empty where it is known of no object."""
    id: str
    field: str
    """Dotted path within the object (``personal.forward_busy``, ``codecs.1``); empty: the whole object."""
    message: str
    where: str = ""
    """``file.yaml:12``; empty where nobody wrote it in a file."""

    def __str__(self) -> str:
        parts = (self.where, f"{self.kind} {self.id}".strip(), self.field, self.message)
        return ": ".join(part for part in parts if part)


class ConfigurationRefused(Exception):
    """The configuration cannot be published; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
