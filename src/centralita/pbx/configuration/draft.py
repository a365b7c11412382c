"""From what somebody wrote to a whole configuration: put together with what is there, completed, and held against every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from centralita.pbx.configuration import allocation
from centralita.pbx.configuration.entries import Entry, read_entries
from centralita.pbx.configuration.explaining import Path
from centralita.pbx.configuration.kinds import KINDS, AnyObject, Key, to_fields
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem
from centralita.pbx.model.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole configuration that is not yet published, and perhaps wrong."""

    objects: Mapping[Key, AnyObject]
    problems: tuple[Problem, ...]
    """Found so far; :func:`centralita.pbx.configuration.validation.validate` finds the others."""
    unreadable: frozenset[Key]
    """Objects that were written, and not understood: what refers to them refers to something."""
    where: Callable[[str, str, Path], str]
    """The place of a field by kind, id and path; empty where nobody wrote it in a file."""
    extensions: Mapping[str, str]
    """User → extension that was given now."""
    passwords: tuple[str, ...]
    """Devices that were given a password now."""


def tenant_of(entries: Iterable[Entry]) -> str:
    """The tenant that the entries say they are of; empty where they do not. Raises ConfigurationRefused if it is several."""
    named = [entry for entry in entries if entry.kind == "tenant" and entry.id]
    ids = list(dict.fromkeys(entry.id for entry in named))
    if len(ids) > 1:
        raise ConfigurationRefused(
            [
                Problem(
                    "tenant", entry.id, "", f"one tenant at a time: these are {', '.join(ids)}", entry.where()
                )
                for entry in named
            ]
        )
    return ids[0] if ids else ""


def draft(
    entries: Iterable[Entry],
    previous: Mapping[Key, AnyObject],
    tenant: str,
    *,
    merge: bool,
    make_password: Callable[[], str],
) -> Draft:
    """The configuration that the entries ask for.

    They are the whole of it: what is not written is removed. With ``merge`` they only add and change, field by field, and
    remove nothing. Either way a secret or an extension that is not mentioned stays as it was.
    """
    given = list(entries)
    written = {(entry.kind, entry.id): entry for entry in given}
    if merge:
        given = [_onto(entry, previous.get((entry.kind, entry.id))) for entry in given]
    objects, problems = read_entries(given)
    unreadable = frozenset(key for key in written if key not in objects and key[0] in KINDS)

    def where(kind: str, ident: str, path: Path = ()) -> str:
        entry = written.get((kind, ident))
        return "" if entry is None else entry.where(path)

    for key, item in objects.items():
        objects[key] = allocation.keep(item, previous.get(key))
    if merge:
        objects = {**previous, **objects}
    own = ("tenant", tenant)
    if own not in objects and own not in unreadable:
        objects[own] = previous.get(own) or Tenant(id=tenant)
    completed = allocation.give(objects, tenant, make_password, where)
    return Draft(
        objects,
        (*problems, *completed.problems),
        unreadable,
        where,
        completed.extensions,
        tuple(completed.passwords),
    )


def _onto(entry: Entry, previous: AnyObject | None) -> Entry:
    if previous is None:
        return entry
    return Entry(_merged(to_fields(previous), entry.fields), entry.places)


def _merged(under: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    merged = dict(under)
    for name, value in over.items():
        below = merged.get(name)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and not _another_type(below, value):
            merged[name] = _merged(below, value)
        elif value is not None:
            merged[name] = value
    return merged


def _another_type(under: Mapping[str, object], over: Mapping[str, object]) -> bool:
    """A node that becomes one of another type keeps nothing of what it was."""
    return "type" in over and over["type"] != under.get("type")
