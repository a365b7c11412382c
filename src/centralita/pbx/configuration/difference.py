"""What is different between two configurations, object by object and field by field. Never tells a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from centralita.pbx.configuration.kinds import KINDS, SECRET_FIELDS, AnyObject, Key, to_fields

HIDDEN = "(secret)"


class Action(Enum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    """Dotted path: ``personal.voicemail.mail``."""
    before: object
    """None where the field, or the object, was not there. Secrets are told as ``(secret)``."""
    after: object


@dataclass(frozen=True, slots=True)
class Change:
    kind: str
    id: str
    action: Action
    fields: tuple[FieldChange, ...]


def difference(before: Mapping[Key, AnyObject], after: Mapping[Key, AnyObject]) -> list[Change]:
    """The changes that lead from one to the other, by kind and id. Of a new or removed object, the fields that say something."""
    rank = {kind: index for index, kind in enumerate(KINDS)}
    changes = []
    for key in sorted(before.keys() | after.keys(), key=lambda key: (rank[key[0]], key[1])):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old is None:
            action = Action.ADDED
        elif new is None:
            action = Action.REMOVED
        else:
            action = Action.CHANGED
        both = action is Action.CHANGED
        old_fields = {} if old is None else dict(_flat(to_fields(old, only_set=not both)))
        new_fields = {} if new is None else dict(_flat(to_fields(new, only_set=not both)))
        changes.append(Change(*key, action, tuple(_compare(key[0], old_fields, new_fields))))
    return changes


def _compare(kind: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[FieldChange]:
    secret = {".".join(path) for path in SECRET_FIELDS.get(kind, ())}
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = old.get(name), new.get(name)
        if before != after and name not in ("kind", "id"):
            if name in secret:
                before, after = HIDDEN if before else before, HIDDEN if after else after
            yield FieldChange(name, before, after)


def _flat(fields: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
