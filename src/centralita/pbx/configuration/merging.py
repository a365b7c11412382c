"""Two changes of one configuration put together: field by field, and what they disagree on is told, not decided."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from centralita.pbx.configuration.explaining import explain
from centralita.pbx.configuration.kinds import KINDS, AnyObject, Key, to_fields
from centralita.pbx.configuration.problems import Problem

_MISSING = object()


def merge(
    base: Mapping[Key, AnyObject], mine: Mapping[Key, AnyObject], theirs: Mapping[Key, AnyObject]
) -> tuple[dict[Key, AnyObject], list[Problem]]:
    """``theirs`` with what ``mine`` changes of ``base``, and the fields on which the two disagree, as theirs has them.

    Lists are one value: two that were changed differently disagree.
    """
    merged = dict(theirs)
    conflicts: list[Problem] = []
    for key in [*mine, *(key for key in base if key not in mine)]:
        before, own, other = base.get(key), mine.get(key), theirs.get(key)
        if own in (before, other):
            continue
        if other == before:
            if own is None:
                del merged[key]
            else:
                merged[key] = own
        elif own is None or other is None or before is None:
            conflicts.append(Problem(*key, "", _disagreement(own, other)))
        else:
            merged[key] = _merge_object(key, before, own, other, conflicts)
    return merged, conflicts


def _disagreement(own: AnyObject | None, other: AnyObject | None) -> str:
    if own is None:
        return "is removed by the draft, and was changed since"
    return (
        "is changed by the draft, and was removed since"
        if other is None
        else "was added by both, differently"
    )


def _merge_object(
    key: Key, before: AnyObject, own: AnyObject, other: AnyObject, conflicts: list[Problem]
) -> AnyObject:
    disputed: list[str] = []
    fields = _merge_fields(to_fields(before), to_fields(own), to_fields(other), "", disputed)
    conflicts += [
        Problem(*key, name, "is changed by the draft, and was changed differently since") for name in disputed
    ]
    try:
        return KINDS[key[0]].model_validate(fields)
    except ValidationError as error:
        detail = error.errors()[0]
        message = f"the two changes do not fit together: {explain(KINDS[key[0]], detail)}"
        conflicts.append(Problem(*key, "", message))
        return other


def _merge_fields(
    before: Mapping[str, object],
    own: Mapping[str, object],
    other: Mapping[str, object],
    prefix: str,
    disputed: list[str],
) -> dict[str, object]:
    merged: dict[str, object] = {}
    for name in dict.fromkeys([*other, *own]):
        values = [fields.get(name, _MISSING) for fields in (before, own, other)]
        was, mine, theirs = values
        if mine in (was, theirs):
            chosen = theirs
        elif theirs == was:
            chosen = mine
        elif isinstance(was, Mapping) and isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            chosen = _merge_fields(was, mine, theirs, f"{prefix}{name}.", disputed)
        else:
            disputed.append(prefix + name)
            chosen = theirs
        if chosen is not _MISSING:
            merged[name] = chosen
    return merged
