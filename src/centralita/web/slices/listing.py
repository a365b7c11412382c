"""Which objects of a kind a list shows, and in which order: text anywhere in them, values of fields, a field to sort by."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query

from centralita.pbx.configuration.kinds import KINDS, SECRET_FIELDS
from centralita.web.paging import order_of
from centralita.web.problems import Problem

Fields = dict[str, Any]

Search = Annotated[
    str, Query(max_length=200, description="Text anywhere in the object; case and accents do not matter.")
]
Filters = Annotated[
    list[Annotated[str, Query(pattern=r"^[a-z_][a-z0-9_.]*:.*$", max_length=300)]],
    Query(
        alias="filter",
        max_length=20,
        description="`FIELD:VALUE`, a dotted path and what is there: `site:madrid`, `members.user:ana`, "
        "`personal.do_not_disturb:true`. Several must all be true; a value with nothing in it is an empty field.",
    ),
]
Sort = Annotated[str, Query(max_length=80, description="A field; `-` before it goes down.")]


def fold(text: str) -> str:
    """Without case and accents, as people search."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def sort_fields(kind: str) -> list[str]:
    """The fields that a list of this kind can be sorted by: those of its own, secrets left out."""
    secret = {path[0] for path in SECRET_FIELDS.get(kind, ()) if len(path) == 1}
    names = [entry.alias or name for name, entry in KINDS[kind].model_fields.items()]
    return [name for name in names if name not in secret and name != "kind"]


def chosen(items: Iterable[Fields], search: str, filters: Sequence[str]) -> list[Fields]:
    """The objects that have the text in them, and the values asked for."""
    words = fold(search).split()
    wanted = [(path.split("."), fold(value)) for path, _, value in (one.partition(":") for one in filters)]
    return [
        item
        for item in items
        if all(_has(item, path, value) for path, value in wanted)
        and (not words or _holds(" ".join(fold(text) for text in _texts(item)), words))
    ]


def order(kind: str, sort: str) -> tuple[Any, bool]:
    """The key to sort by, which ends in the id, and whether it goes down. Raises Problem, 422."""
    name, down = order_of(sort, sort_fields(kind))

    def key(item: Fields) -> tuple[str, ...]:
        return _sortable(item.get(name)), str(item["id"])

    return key, down


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name != "kind":
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _has(value: object, path: Sequence[str], wanted: str) -> bool:
    """Whether the wanted value is at the path, within any item where lists are on the way."""
    if isinstance(value, list):
        if not path and not value:
            return not wanted
        return any(_has(inner, path, wanted) for inner in value)
    if not path:
        return not isinstance(value, Mapping) and fold(_written(value)) == wanted
    return isinstance(value, Mapping) and _has(value.get(path[0]), path[1:], wanted)


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _sortable(value: object) -> str:
    """Numbers, also those written in digits (extensions), by their size; text as people sort it."""
    text = fold(_written(value))
    return text.zfill(20) if text.isdigit() else text


def no_such(kind: str, ident: str) -> Problem:
    return Problem.not_found(f"There is no {kind} {ident}")
