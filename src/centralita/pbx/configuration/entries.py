"""Objects as somebody wrote them: plain values with the place of each, and how they become typed objects.

Every error names the place, the object and the field, and says what is meant; a misspelt name is told with the right one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ValidationError

from centralita.pbx import features
from centralita.pbx.configuration.kinds import KINDS, AnyObject, Key, key_of
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.model import base, device, user

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]


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


#: What a pattern means, for people.
_MEANINGS = {
    base.OBJECT_ID: "must be 1 to 63 of a-z, 0-9, '_', '.' and '-', beginning with a letter or digit",
    base.TENANT_ID: "must be 1 to 32 of a-z, 0-9 and '-', beginning with a letter or digit",
    base.EXTENSION: "must be 2 to 6 digits",
    base.E164: "must be a number in international form, like +34910000000",
    base.E164_OR_NONE: "must be a number in international form, like +34910000000",
    base.DIALLED_OR_NONE: "must be an extension or a telephone number: only digits, with a + before them or not",
    base.COUNTRY: "must be the two capital letters of a country (ISO 3166-1), like ES",
    base.COUNTRY_OR_NONE: "must be the two capital letters of a country (ISO 3166-1), like ES",
    base.ONE_LINE: "must be one line without control characters",
    base.NO_SPACES: "must not hold spaces or control characters",
    base.MAIL_OR_NONE: "must be a mail address, like ana@example.com",
    device.USERNAME: "must be 3 to 63 of a-z, 0-9, '_', '.' and '-', beginning with a letter or digit",
    base.DESTINATION: "must be user:ID, voicemail:ID, extension:NUMBER, group:ID, queue:ID, flow:ID, external:NUMBER or hang-up, "
    "like user:ana",
    user.PIN: "must be 4 to 10 digits",
    r"^(es|en)$": "must be es or en",
}


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
        message = f"{entry.kind!r} is not known{_meant(entry.kind, KINDS)}"
        problems.append(Problem("", entry.id, "kind", message, entry.where(("kind",))))
        return None
    try:
        return model.model_validate(_without_none(entry.fields))
    except ValidationError as error:
        for detail in error.errors():
            path = tuple(detail["loc"])
            message = _star_code(detail) or explain(model, detail)
            name = ".".join(str(part) for part in path)
            problems.append(Problem(entry.kind, entry.id, name, message, entry.where(path)))
        return None


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


def explain(model: type[BaseModel], detail: ErrorDetails) -> str:
    """What pydantic found, in words that read on from the field's name. Never holds the value of a secret."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown_field(model, tuple(detail["loc"]))
        case "string_pattern_mismatch":
            return _MEANINGS.get(str(context["pattern"]), "is not written as it should be")
        case "string_type":
            return "must be text"
        case "string_too_short" | "too_short":
            return "must not be empty"
        case "string_too_long":
            return f"must be at most {context['max_length']} characters long"
        case "too_long":
            return f"must hold at most {context['max_length']} items"
        case "literal_error":
            return f"must be {context['expected']}"
        case "int_type" | "int_parsing" | "int_from_float":
            return "must be a whole number"
        case "bool_type" | "bool_parsing":
            return "must be true or false"
        case "tuple_type":
            return "must be a list, like [PCMA, PCMU]"
        case "model_type" | "model_attributes_type":
            return "must hold fields of its own"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "value_error":
            return str(context["error"])
        case _:
            return detail["msg"][:1].lower() + detail["msg"][1:]


def _unknown_field(model: type[BaseModel], path: Path) -> str:
    for part in path[:-1]:
        found = model.model_fields.get(str(part))
        annotation = found.annotation if found is not None else None
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    names = [entry.alias or name for name, entry in model.model_fields.items()]
    return "is not a field here" + (_meant(str(path[-1]), names) or f"; the fields are {', '.join(names)}")


def _meant(written: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(written.lower().replace("-", "_"), list(names), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""
