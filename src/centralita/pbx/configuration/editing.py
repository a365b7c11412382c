"""Single objects of a configuration made, replaced, changed and removed, with everything else left as it is.

What is not mentioned: a change keeps it, a replacement puts it back to what it is without saying so, but keeps secrets and what was
given (nobody can read a secret to write it again). Whole configurations are :mod:`.draft`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from centralita.pbx.configuration import allocation
from centralita.pbx.configuration.draft import Draft
from centralita.pbx.configuration.entries import Entry, read_entry
from centralita.pbx.configuration.explaining import Path
from centralita.pbx.configuration.kinds import AnyObject, Key, to_fields
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.model.tenant import Tenant


class How(Enum):
    PUT = "put"
    """The fields are the whole object."""
    PATCH = "patch"
    """Fields that are not mentioned stay; None puts one back to what it is without saying so (RFC 7396)."""
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Edit:
    """One object, and what becomes of it. Where there is none yet, PUT and PATCH make it."""

    how: How
    kind: str
    id: str
    fields: Mapping[str, object]
    """Plain values, as in :class:`centralita.pbx.configuration.entries.Entry`; of REMOVE: none."""


def edited(
    edits: Iterable[Edit],
    previous: Mapping[Key, AnyObject],
    tenant: str,
    make_password: Callable[[], str],
) -> Draft:
    """The configuration with the edits, one after the other. A password that is put back to None is made anew."""
    objects = dict(previous)
    problems: list[Problem] = []
    unreadable: set[Key] = set()
    for edit in edits:
        key = (edit.kind, edit.id)
        before = objects.pop(key, None) if edit.how is How.REMOVE else objects.get(key)
        if edit.how is How.REMOVE:
            continue
        fields = edit.fields
        if edit.how is How.PATCH and before is not None:
            fields = patched(to_fields(before), fields)
        item = read_entry(Entry({**fields, "kind": edit.kind, "id": edit.id}), problems)
        if item is None:
            unreadable.add(key)
        else:
            objects[key] = allocation.keep(item, before if edit.how is How.PUT else None)
    own = ("tenant", tenant)
    if own not in objects and own not in unreadable:
        objects[own] = Tenant(id=tenant)
    given = allocation.give(objects, tenant, make_password, lambda _kind, _id: "")
    return Draft(
        objects,
        (*problems, *given.problems),
        frozenset(unreadable),
        _nowhere,
        given.extensions,
        tuple(given.passwords),
    )


def patched(under: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    """RFC 7396, but that something which becomes of another ``type`` keeps nothing of what it was."""
    result = dict(under)
    for name, value in over.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            below = result.get(name)
            kept = (
                below
                if isinstance(below, Mapping) and value.get("type", below.get("type")) == below.get("type")
                else {}
            )
            result[name] = patched(kept, value)
        else:
            result[name] = value
    return result


def _nowhere(_kind: str, _id: str, _path: Path) -> str:
    return ""
