"""What pydantic found wrong, in words for people: the path that was written, and a sentence that reads on from the field's name.

Knows the models only by their annotations, so a new kind needs nothing here but the meaning of its patterns.
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from centralita.pbx.model import base, device, flow, outbound_route, queue, routing_test, user

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]

_NUMBER = "must be a number in international form, like +34910000000"
_COUNTRY = "must be the two capital letters of a country (ISO 3166-1), like ES"
_DIALLED = "must be an extension or a telephone number: only digits, with a + before them or not"

#: What a pattern means.
_MEANINGS = {
    base.OBJECT_ID: "must be 1 to 63 of a-z, 0-9, '_', '.' and '-', beginning with a letter or digit",
    base.TENANT_ID: "must be 1 to 32 of a-z, 0-9 and '-', beginning with a letter or digit",
    base.EXTENSION: "must be 2 to 6 digits",
    base.E164: _NUMBER,
    base.E164_OR_NONE: _NUMBER,
    base.DIALLED_OR_NONE: _DIALLED,
    base.COUNTRY: _COUNTRY,
    base.COUNTRY_OR_NONE: _COUNTRY,
    base.ONE_LINE: "must be one line without control characters",
    base.NO_SPACES: "must not hold spaces or control characters",
    base.MAIL_OR_NONE: "must be a mail address, like ana@example.com",
    base.DESTINATION: "must be user:ID, voicemail:ID, extension:NUMBER, group:ID, queue:ID, flow:ID, external:NUMBER or hang-up, "
    "like user:ana",
    device.USERNAME: "must be 3 to 63 of a-z, 0-9, '_', '.' and '-', beginning with a letter or digit",
    user.PIN: "must be 4 to 10 digits",
    flow.AREA: "must be a country, a region, or EU, as ISO 3166 writes them: ES, ES-CT, ES-B",
    flow.VARIABLE: "must be a word of a-z, 0-9 and '_', beginning with a letter",
    flow.RING_TARGET: "must be user:ID, group:ID or external:NUMBER, like user:ana",
    outbound_route.PATTERN: "must be a number like +34910000000, or the beginning of numbers like +3491*",
    queue.QUEUE_TARGET: "must be user:ID, voicemail:ID, extension:ID, group:ID, queue:ID, flow:ID, external:+NUMBER or hang-up, "
    "like voicemail:ana",
    queue.KEY: "must be a digit, * or #",
    routing_test.RESULT: "must be answered, no-answer, busy, rejected, unreachable, do-not-disturb, offline or the seconds to the answer",
    routing_test.OUTSIDE_RESULT: "must be answered, no-answer, busy, rejected, unreachable, down, full or a SIP status",
    routing_test.OUTSIDE_PARTY: "must be a number, or trunk:ID",
    r"^(es|en)$": "must be es or en",
    r"^([0-9]{1,8}|[*#])$": "must be what a caller presses: 1 to 8 digits, * or #",
    r"^[0-9*#]?$": "must be a digit, * or #",
    r"^\+?[0-9]{2,31}$": "must be a telephone number: only digits, with a + before them or not",
    r"^\+?[0-9]{2,15}\*?$": "must be a number, or the beginning of numbers with a *, like +34807*",
    r"^\+?[0-9*#]{0,15}$": "must be digits, * and #, at most 15, with a + before them or not",
    r"^([0-9]{4,10})?$": "must be 4 to 10 digits",
    r"^[0-9]{1,3}$": "must be 1 to 3 digits",
    r"^[0-9*#]{0,32}$": "must be what a caller presses: digits, * and #",
    r"^[+*#0-9]{2,32}$": "must be what is dialled: digits, *, # and +",
    r"^[a-f0-9]{64}$": "must be the SHA-256 of a sound that was uploaded, 64 of 0-9 and a-f",
    r"^https?://[^\s\x00-\x1f\x7f-\x9f]+$": "must be an address that begins with https:// or http://, without spaces",
    r"^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)?$": "must be names joined by dots, like customer.level",
    r"^(\+?[0-9]{2,31}|anonymous|user:[a-z0-9][a-z0-9_.-]{0,62})$": "must be a number, anonymous, or user:ID for a call "
    "from inside",
}


def written_path(model: type[BaseModel], detail: ErrorDetails) -> Path:
    """Where the error is, as it was written: without the marks that pydantic puts into its paths."""
    path, _ = _walk(model, tuple(detail["loc"]))
    if detail["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return (*path, "type")
    return path


def explain(model: type[BaseModel], detail: ErrorDetails) -> str:
    """What pydantic found, in words that read on from the field's name. Never holds the value of a secret."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown_field(model, tuple(detail["loc"]))
        case "union_tag_invalid":
            tags = [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]
            return f"{str(context['tag'])!r} is not known" + (
                meant(str(context["tag"]), tags) or f"; there are {', '.join(tags)}"
            )
        case "union_tag_not_found":
            return "is missing: it says what this is, like ring or menu"
        case "string_pattern_mismatch":
            return _MEANINGS.get(str(context["pattern"]), "is not written as it should be")
        case "literal_error":
            return f"must be {context['expected']}" + _meant_literal(
                detail["input"], str(context["expected"])
            )
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "greater_than":
            return f"must be more than {context['gt']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "string_too_long":
            return f"must be at most {context['max_length']} characters long"
        case "too_long":
            return f"must hold at most {context['max_length']} items"
        case "decimal_max_places":
            return f"must have at most {context['decimal_places']} decimals"
        case "value_error":
            return str(context["error"])
        case name:
            return _plainly(name) or detail["msg"][:1].lower() + detail["msg"][1:]


def _plainly(error: str) -> str:
    match error:
        case "string_type":
            return "must be text"
        case "string_too_short" | "too_short":
            return "must not be empty"
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return "must be a whole number"
        case "float_type" | "float_parsing" | "decimal_type" | "decimal_parsing" | "finite_number":
            return "must be a number"
        case "decimal_max_digits" | "decimal_whole_digits":
            return "has too many digits"
        case "bool_type" | "bool_parsing":
            return "must be true or false"
        case "tuple_type" | "list_type":
            return "must be a list, like [PCMA, PCMU]"
        case "dict_type" | "mapping_type":
            return "must hold names with a value for each, like {a: b}"
        case "model_type" | "model_attributes_type" | "dict_attributes_type":
            return "must hold fields of its own"
    if error.startswith(("datetime_", "date_", "timezone_")):
        return "must be a date and time, like 2026-11-28 20:00"
    return ""


def meant(written: str, names: Iterable[str]) -> str:
    """``; did you mean …?`` where one of the names is near."""
    folded = {name.lower().replace("-", "_"): name for name in names}
    close = difflib.get_close_matches(written.lower().replace("-", "_"), list(folded), n=1, cutoff=0.6)
    return f"; did you mean {folded[close[0]]}?" if close else ""


def _meant_literal(written: object, expected: str) -> str:
    if not isinstance(written, str):
        return ""
    return meant(written, [part.strip(" '") for part in expected.replace(" or ", ", ").split(",")])


def _unknown_field(model: type[BaseModel], loc: Path) -> str:
    _, owner = _walk(model, loc[:-1])
    if not (isinstance(owner, type) and issubclass(owner, BaseModel)):
        owner = model
    names = [entry.alias or name for name, entry in owner.model_fields.items()]
    return "is not a field here" + (meant(str(loc[-1]), names) or f"; the fields are {', '.join(names)}")


def _walk(annotation: Any, loc: Path) -> tuple[Path, Any]:
    """The path without pydantic's own marks, and the annotation that it leads to (None where that cannot be told)."""
    path: list[str | int] = []
    parts = list(loc)
    annotation, tags = _bare(annotation)
    while parts:
        part = parts.pop(0)
        if part == "[key]":
            annotation = None
            continue
        if tags:
            annotation, tags = tags.get(str(part)), {}
            continue
        path.append(part)
        annotation, tags = _bare(_inner(annotation, part))
    return tuple(path), annotation


def _inner(annotation: Any, part: str | int) -> Any:
    """What is below a value of this annotation, at a field's name, a key or an index."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, entry in annotation.model_fields.items():
            if part in (entry.alias or name, name):
                return entry.annotation
        return None
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if arguments else None


def _bare(annotation: Any) -> tuple[Any, dict[str, Any]]:
    """An annotation without what is said about it; of a union of tagged models, these by their tags."""
    tagged = False
    while typing.get_origin(annotation) is Annotated:
        said = annotation.__metadata__
        tagged = tagged or any(isinstance(one, FieldInfo) and one.discriminator for one in said)
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (Union, types.UnionType):
        members = [each for each in typing.get_args(annotation) if each is not type(None)]
        if tagged:
            return annotation, {
                typing.get_args(member.model_fields["type"].annotation)[0]: member for member in members
            }
        if len(members) == 1:
            return _bare(members[0])
    return annotation, {}
