"""Objects as somebody wrote them: plain values with the place of each, and how they become typed objects.

Every error names the place, the object and the field; its words come from :mod:`.explaining`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from centralita.pbx import features
from centralita.pbx.configuration.explaining import Path, explain, meant, written_path
from centralita.pbx.configuration.kinds import KINDS, AnyObject, Key, key_of
from centralita.pbx.configuration.problems import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Place(NamedTuple):
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One object as it was written. ``fields`` holds plain values: mappings, lists, strings, numbers, booleans, None.

    None says nothing: the field is as if it had not been written.
    """

    fields: Mapping[str, object]
    places: Mapping[Path, Place] = field(default_factory=dict)
    """Where each value was written; the empty path is the object's beginning."""

    @property
    def kind(self) -> str:
        return str(self.fields.get("kind") or "")

    @property
    def id(self) -> str:
        return str(self.fields.get("id") or "")

    def where(self, path: Path = ()) -> str:
        """The place of a value, or the nearest around it; empty where nothing is known."""
        for length in range(len(path), -1, -1):
            if (place := self.places.get(path[:length])) is not None:
                return str(place)
        return ""


def read_entries(entries: Iterable[Entry]) -> tuple[dict[Key, AnyObject], list[Problem]]:
    """Typed objects by kind and id, and everything that kept others from becoming one."""
    objects: dict[Key, AnyObject] = {}
    seen: dict[Key, Entry] = {}
    problems: list[Problem] = []
    for entry in entries:
        key = (entry.kind, entry.id)
        if entry.id and key in seen:
            other = seen[key].where()
            message = "is there twice" + (f"; first in {other}" if other else "")
            problems.append(Problem(entry.kind, entry.id, "", message, entry.where()))
            continue
        seen[key] = entry
        item = read_entry(entry, problems)
        if item is not None:
            objects[key_of(item)] = item
    return objects, problems


def read_entry(entry: Entry, problems: list[Problem]) -> AnyObject | None:
    """The typed object, or None with what is wrong added to the problems."""
    if not entry.kind:
        message = f"is missing: it says what this is ({', '.join(KINDS)})"
        problems.append(Problem("", entry.id, "kind", message, entry.where()))
        return None
    model = KINDS.get(entry.kind)
    if model is None:
        message = f"{entry.kind!r} is not known{meant(entry.kind, KINDS)}"
        problems.append(Problem("", entry.id, "kind", message, entry.where(("kind",))))
        return None
    try:
        return model.model_validate(_without_none(entry.fields))
    except ValidationError as error:
        details = error.errors()
        for detail in details:
            if detail["type"] == "too_short" and _is_around_another(detail, details):
                continue  # the items that are wrong are told; without them the list only looks empty
            path = written_path(model, detail)
            message = _star_code(detail) or explain(model, detail)
            name = ".".join(str(part) for part in path)
            problems.append(Problem(entry.kind, entry.id, name, message, entry.where(path)))
        return None


def _is_around_another(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    loc = detail["loc"]
    return any(len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in details)


def _without_none(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without_none(inner) for name, inner in value.items() if inner is not None}
    return value


def _star_code(detail: ErrorDetails) -> str:
    """An extension that would be a star code is no mere misspelling: somebody wants to take the code's place."""
    written = detail["input"]
    if detail["loc"] != ("extension",) or not isinstance(written, str):
        return ""
    code = features.match(written)
    return f"{written} collides with the feature code {written[:3]} ({code.kind.value})" if code else ""
