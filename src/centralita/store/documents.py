"""Configurations as YAML: documents ``kind: user`` … separated by ``---``, in one file or many, with the line of every value.

What a plain word means is left to the field it is for: ``0101`` stays an extension, ``NO`` a country. Files come from
anywhere: their size, depth and aliases are limited, and no tag makes an object of anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from centralita.pbx.configuration.entries import Entry, Place
from centralita.pbx.configuration.explaining import Path as FieldPath
from centralita.pbx.configuration.kinds import SECRET_FIELDS, AnyObject, in_order, to_fields
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 12
MAX_ALIASED = 20_000
"""Values that aliases may stand for in one file: a file of nine lines can otherwise mean a thousand million."""
MAX_VALUES = 2_000_000
"""Of one file; each takes some 0.5 KB while it is read. A tenant of five thousand users has a tenth of that."""
SUFFIXES = (".yaml", ".yml")

_NULLS = ("", "~", "null", "Null", "NULL")
_TAGS = (
    None,
    "!",
    *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")),
)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Broken(Exception):
    """The rest of the file cannot be read; the problem is told."""


def load(paths: Iterable[Path]) -> list[Entry]:
    """The objects in files, and in the YAML files of folders by name. Raises OSError, ConfigurationRefused."""
    return parse(text for path in paths for text in read(path))


def read(path: Path) -> list[tuple[str, bytes]]:
    """The contents of a file, or of the YAML files of a folder, with the name of each. Raises OSError."""
    if not path.is_dir():
        return [(str(path), _start_of(path))]
    return [(str(file), _start_of(file)) for file in sorted(path.iterdir()) if file.suffix in SUFFIXES]


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def parse(texts: Iterable[tuple[str, bytes]]) -> list[Entry]:
    """The objects in the texts, each given with the name of its file. Raises ConfigurationRefused with all that is wrong."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for file, text in texts:
        reader = _Reader(file, problems)
        try:
            entries += reader.read(text)
        except _Broken:
            continue
    if problems:
        raise ConfigurationRefused(problems)
    return entries


def dump(objects: Iterable[AnyObject], *, with_secrets: bool = False, heading: Iterable[str] = ()) -> str:
    """YAML that gives the same objects when it is read; ``heading`` becomes comments at its beginning.

    Without secrets they are left out, and stay as they are where the text is applied again.
    """
    body: str = yaml.dump_all(
        plain(objects, with_secrets=with_secrets),
        Dumper=_DUMPER,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=10_000,
    )
    return "".join(f"# {' '.join(line.split())}\n" for line in heading) + body


def plain(objects: Iterable[AnyObject], *, with_secrets: bool = False) -> list[dict[str, object]]:
    """The objects as plain values that say what is not as it would be anyway; see :func:`dump`."""
    documents = []
    for item in in_order(list(objects)):
        fields = to_fields(item, only_set=True)
        if not with_secrets:
            for path in SECRET_FIELDS.get(item.kind, ()):
                _remove(fields, path)
        documents.append(fields)
    return documents


def _remove(fields: dict[str, object], path: tuple[str, ...]) -> None:
    inner = fields.get(path[0])
    if len(path) == 1:
        fields.pop(path[0], None)
    elif isinstance(inner, dict):
        _remove(inner, path[1:])
        if not inner:
            del fields[path[0]]


class _Reader:
    """Reads one file: from the parser's events to entries, so that no limit is passed before it is noticed."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems
        self._anchors: dict[str, tuple[object, int]] = {}
        self._aliased = 0
        self._values = 0
        self._places: dict[FieldPath, Place] = {}
        self._events: Iterator[Any] = iter(())

    def read(self, content: bytes) -> list[Entry]:
        if len(content) > MAX_BYTES:
            self._fail(1, f"the file is larger than {MAX_BYTES // 1024 // 1024} MB")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._fail(content.count(b"\n", 0, error.start) + 1, "this is not UTF-8 text")
        entries: list[Entry] = []
        try:
            self._events = yaml.parse(text, Loader=_LOADER)
            for event in self._events:
                if isinstance(event, yaml.DocumentStartEvent):
                    entries += self._document()
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
            self._fail(line, "this is a character that YAML does not allow")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            reason = ", ".join(part for part in (error.context, error.problem) if part)
            self._fail(mark.line + 1 if mark else 1, f"this is not YAML: {reason}")
        return entries

    def _document(self) -> Iterator[Entry]:
        self._anchors = {}
        self._places = {}
        event = next(self._events)
        value, _ = self._value(event, (), 0)
        if value is None:
            return
        if not isinstance(value, dict):
            message = "each document must be an object with a kind and an id; write `---` between two of them"
            self._fail(event.start_mark.line + 1, message)
        yield Entry(value, self._places)

    def _value(self, event: Any, path: FieldPath, depth: int) -> tuple[object, int]:
        """A value and how many values it holds."""
        line = event.start_mark.line + 1
        self._places[path] = Place(self._file, line)
        self._values += 1
        if self._values > MAX_VALUES:
            self._fail(line, f"the file holds more than {MAX_VALUES} values")
        if depth > MAX_DEPTH:
            self._fail(line, f"this is nested more than {MAX_DEPTH} deep")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, line)
        if event.tag not in _TAGS:
            self._fail(line, f"the tag {event.tag} has no meaning here")
        value: object
        if isinstance(event, yaml.ScalarEvent):
            value, size = (None if event.implicit[0] and event.value in _NULLS else event.value), 1
        elif isinstance(event, yaml.SequenceStartEvent):
            value, size = self._sequence(path, depth)
        else:
            value, size = self._mapping(path, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, size)
        return value, size

    def _alias(self, event: Any, line: int) -> tuple[object, int]:
        if event.anchor not in self._anchors:
            self._fail(
                line,
                f"nothing before this is called &{event.anchor}; text that begins with * goes into quotes",
            )
        value, size = self._anchors[event.anchor]
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            self._fail(line, f"aliases stand for more than {MAX_ALIASED} values")
        return value, size

    def _sequence(self, path: FieldPath, depth: int) -> tuple[list[object], int]:
        items: list[object] = []
        total = 1
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            value, size = self._value(event, (*path, len(items)), depth + 1)
            items.append(value)
            total += size
        return items, total

    def _mapping(self, path: FieldPath, depth: int) -> tuple[dict[str, object], int]:
        fields: dict[str, object] = {}
        total = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                self._fail(line, "the name of a field must be a word")
            name = event.value
            inner = (*path, name)
            if name in fields:
                first = self._places[inner]
                self._problem(line, f"{name} is there twice; first in {first}")
            value, size = self._value(next(self._events), inner, depth + 1)
            self._places[inner] = Place(self._file, line)
            fields[name] = value
            total += size
        return fields, total

    def _problem(self, line: int, message: str) -> None:
        self._problems.append(Problem("", "", "", message, str(Place(self._file, line))))

    def _fail(self, line: int, message: str) -> NoReturn:
        self._problem(line, message)
        raise _Broken
