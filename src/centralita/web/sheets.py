"""Tables that people send and take: CSV and XLSX, read within limits, whatever is in them.

A workbook is a ZIP archive of XML, so it can be a bomb in two ways: what it grows to is looked at before anything is unpacked, and
XML that declares entities is refused. What cells mean is left to whoever asked for the table.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from centralita.web.cells import Cell, harmless
from centralita.web.problems import Problem
from centralita.web.slices.listing import fold

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 50
MAX_CELL = 1000
"""Characters."""
MAX_UNPACKED = 40 * 1024 * 1024
MAX_PARTS = 200
"""Files within a workbook."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_APOSTROPHED = ("'=", "'+", "'-", "'@", "'\t", "'\r")
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY", b"\x00")


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As the spreadsheet counts: the heading is 1."""
    cells: Mapping[str, str]
    """Column → what is in it, by the names of the table; empty cells are left out."""


def read(content: bytes, names: Mapping[str, str]) -> list[Row]:
    """The rows of the first sheet that hold anything.

    ``names``: what a heading may be called, folded, and the name of the column. Raises Problem, 422, where it is no table, or too large.
    """
    if len(content) > MAX_BYTES:
        raise _refused(
            f"The file is larger than {MAX_BYTES // 1024 // 1024} MB", status=413, code="too-large"
        )
    lines = _workbook(content) if content.startswith(b"PK") else _text(content)
    titles: list[str] | None = None
    rows: list[Row] = []
    for number, line in enumerate(lines, start=1):
        if number > MAX_ROWS + 1:
            raise _refused(f"There are more than {MAX_ROWS} rows", mend="Import them in parts")
        texts = [text.strip() for text in line]
        if titles is None:
            titles = _titles(texts, names)
            continue
        cells = {title: _plain(text) for title, text in zip(titles, texts, strict=False) if title and text}
        if cells:
            rows.append(Row(number, cells))
    if titles is None:
        raise _refused("The file is empty", mend="The first row holds the names of the columns")
    return rows


def _titles(texts: Sequence[str], names: Mapping[str, str]) -> list[str]:
    titles = [names.get(fold(text), "") for text in texts]
    unknown = [text for text, title in zip(texts, titles, strict=True) if text and not title]
    if unknown:
        known = ", ".join(dict.fromkeys(names.values()))
        raise _refused(f"Unknown columns: {', '.join(unknown)[:200]}", mend=f"There are {known}")
    given = [title for title in titles if title]
    twice = sorted({title for title in given if given.count(title) > 1})
    if twice:
        raise _refused(f"There twice: the columns {', '.join(twice)}")
    return titles


def _plain(text: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    if len(text) > MAX_CELL:
        raise _refused(f"A cell holds more than {MAX_CELL} characters")
    return text[1:] if text.startswith(_APOSTROPHED) else text


# --- CSV --------------------------------------------------------------------------------------------------------------


def _text(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(
            "cp1252", errors="replace"
        )  # what spreadsheets of Windows write unless told otherwise
    heading = text.partition("\n")[0]
    separator = max(";,\t", key=heading.count)
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(line) > MAX_COLUMNS:
                raise _refused(f"There are more than {MAX_COLUMNS} columns")
            yield line
    except csv.Error as error:
        raise _refused(f"This is no CSV: {error}") from None


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    _refuse_bombs(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        lines = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS, values_only=True)
        for line in lines:
            yield [_written(value) for value in line]
        book.close()
    except Problem:
        raise
    except Exception as error:  # noqa: BLE001  (openpyxl fails in any way on what is no workbook, and says nothing of how)
        raise _refused(f"This is no workbook that can be read: {type(error).__name__}") from None


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            # A part never unpacks to more than it declares: zipfile stops there.
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise _refused("The workbook is too large when it is unpacked", status=413, code="too-large")
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    text = archive.read(part)
                    if any(mark in text for mark in _DECLARES):
                        raise _refused("The workbook holds XML that no spreadsheet writes")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise _refused("This is no workbook that can be read") from None


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def workbook(title: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as XLSX; no cell of it is a formula."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append(list(heading))
    for row in islice(rows, 1_000_000):
        sheet.append([harmless(_printable(cell)) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _printable(cell: Cell) -> Cell:
    """XML knows no control characters."""
    if isinstance(cell, str):
        return "".join(letter for letter in cell if letter >= " " or letter in "\t\r\n")
    return cell


def _refused(detail: str, mend: str = "", *, status: int = 422, code: str = "sheet-refused") -> Problem:
    return Problem(status, code, detail, mend=mend)
