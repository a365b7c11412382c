"""How commands show things: tables for people, JSON for programs. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
"""The option that every listing has."""

Cell = str | int | float | None
Row = Sequence[Cell]


def print_json(value: object) -> None:
    """Print structs, dataclasses, mappings, instants, decimals and paths as indented JSON."""
    plain = msgspec.to_builtins(value, enc_hook=_encode_other)
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def _encode_other(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def print_table(titles: Sequence[str], rows: Iterable[Row], empty: str) -> None:
    """Print rows below their titles, columns aligned, numbers to the right; ``empty`` where there is no row."""
    given = list(rows)
    if not given:
        note(empty)
        return
    cells = [[printable(cell) for cell in row] for row in given]
    numeric = [
        all(cell is None or isinstance(cell, int | float) for cell in column)
        for column in zip(*given, strict=True)
    ]
    widths = [max(len(title), *(len(row[index]) for row in cells)) for index, title in enumerate(titles)]
    print_line(_join([title.upper() for title in titles], widths, numeric), bold=True)
    for row in cells:
        print_line(_join(row, widths, numeric))


def _join(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    ]
    return "  ".join(padded).rstrip()


def printable(cell: Cell) -> str:
    """Text of a cell; control characters (a caller's name can hold any) become ``·`` so that no terminal obeys them."""
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return "".join(char if char.isprintable() else "·" for char in str(cell))


def print_line(text: str = "", *, bold: bool = False) -> None:
    """Print one line of the result."""
    typer.secho(text, bold=bold)


def note(text: str) -> None:
    """Say something that is not part of the result."""
    typer.secho(text, err=True)


def warn(text: str) -> None:
    typer.secho(text, err=True, fg=typer.colors.YELLOW)


def clock_time(at: float | None, *, date: bool = True) -> str:
    """An instant (seconds since the epoch) in the time zone of this machine."""
    if at is None:
        return "-"
    local = datetime.fromtimestamp(at, UTC).astimezone()
    return local.strftime("%Y-%m-%d %H:%M:%S" if date else "%H:%M:%S")


def duration(seconds: float | None) -> str:
    """``1:05:09``, ``5:09``, ``0:09``."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
