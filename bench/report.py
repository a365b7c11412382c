"""The table that a benchmark prints, and the file that it leaves: every figure beside its budget and its peers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing. Smaller is better, unless ``more_is_better``."""

    group: str
    """What is measured together."""
    key: str
    title: str
    unit: str
    budget: float | None = None
    more_is_better: bool = False
    values: dict[str, float] = field(default_factory=dict)
    """System → figure."""
    absent: dict[str, str] = field(default_factory=dict)
    """System → why there is no figure."""
    details: dict[str, object] = field(default_factory=dict)
    """System → everything that was measured beside it."""

    def ratio(self, peer: str) -> float | None:
        """How many times better we are than a peer (below 1: worse)."""
        ours, theirs = self.values.get("centralita"), self.values.get(peer)
        if not ours or not theirs:
            return None
        return ours / theirs if self.more_is_better else theirs / ours

    @property
    def within_budget(self) -> bool | None:
        ours = self.values.get("centralita")
        if ours is None or self.budget is None:
            return None
        return ours >= self.budget if self.more_is_better else ours <= self.budget


def table(rows: list[Row], systems: list[str]) -> str:
    """Markdown, so that it can be read on a terminal and pasted into a page."""
    peers = [name for name in systems if name != "centralita"]
    lines = [
        "| what | unit | centralita | budget | " + " | ".join(f"{p} | ×" for p in peers) + " |",
        "|---|---|---:|---:|" + "---:|---:|" * len(peers),
    ]
    for row in rows:
        mark = {True: " ✓", False: " ✗", None: ""}[row.within_budget]
        budget = "" if row.budget is None else f"{'≥' if row.more_is_better else '≤'} {_figure(row.budget)}"
        cells = [row.title, row.unit, _value(row, "centralita") + mark, budget]
        for peer in peers:
            ratio = row.ratio(peer)
            cells += [_value(row, peer), "" if ratio is None else _figure(ratio)]
        lines.append("| " + " | ".join(cells) + " |")
    notes = {f"{system}: {why}" for row in rows for system, why in row.absent.items() if why}
    return "\n".join([*lines, "", *(f"{NOT_MEASURED} — {note}" for note in sorted(notes))])


def write(path: Path, machine: dict[str, object], rows: list[Row], notes: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    result = {"machine": machine, "notes": notes, "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False, default=str) + "\n")


def _value(row: Row, system: str) -> str:
    if system in row.values:
        return _figure(row.values[system])
    return NOT_MEASURED if row.absent.get(system) else "—"


def _figure(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"
