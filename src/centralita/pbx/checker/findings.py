"""What the checker has to say: one fact each, about one place of the configuration, with the way to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from centralita.pbx.configuration.explaining import Path


class Severity(Enum):
    ERROR = "error"
    """Callers would be lost: it is not published."""
    WARNING = "warning"
    """Callers may not get what was meant."""
    HINT = "hint"
    """Nobody suffers; something is not used, or is not as it looks."""

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    severity: Severity
    rule: str
    """A short name that does not change, for programs: ``unreachable-node``."""
    kind: str
    id: str
    path: Path
    """The field within the object (``("nodes", "menu", "otherwise")``); empty: the whole object."""
    message: str
    """A sentence that reads on from the field's name."""
    mend: str = ""
    """What to do about it; may be empty."""

    @property
    def field(self) -> str:
        """The path with dots; empty: the whole object."""
        return ".".join(str(part) for part in self.path)

    def __str__(self) -> str:
        parts = (f"{self.kind} {self.id}", self.field, self.message)
        text = ": ".join(part for part in parts if part)
        return f"{text}. {self.mend}." if self.mend else text


def in_order(findings: list[Finding], ranks: dict[str, int]) -> list[Finding]:
    """The worst first, then by kind (in the order of ``ranks``), id and field; each fact once."""
    unique = dict.fromkeys(findings)
    return sorted(
        unique,
        key=lambda one: (one.severity.rank, ranks.get(one.kind, len(ranks)), one.id, one.field, one.rule),
    )
