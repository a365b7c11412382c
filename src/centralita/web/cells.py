"""CSV that a spreadsheet opens without harm: no cell begins a formula, whatever a stranger chose as their name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | float | None


def harmless(cell: Cell) -> Cell:
    """An apostrophe before what a spreadsheet would take for a formula (OWASP); figures are figures."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell


def lines(titles: Sequence[str], rows: Iterable[Sequence[Cell]], batch: int = 200) -> Iterator[str]:
    """The table as text, in pieces of so many rows, with a mark by which spreadsheets know that it is UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(titles)
    for count, row in enumerate(rows, start=1):
        writer.writerow([harmless(cell) for cell in row])
        if count % batch == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> str:
    piece = text.getvalue()
    text.seek(0)
    text.truncate()
    return piece
