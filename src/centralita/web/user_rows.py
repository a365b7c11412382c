"""What the rows of a table of users mean: who is made or changed by each, and who everybody is as rows.

An empty cell says nothing. Whether the whole of it is possible, the configuration's own rules tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.model.device import Device
from centralita.pbx.model.site import Site
from centralita.pbx.model.user import User
from centralita.web import sheets
from centralita.web.cells import Cell
from centralita.web.problems import FieldError
from centralita.web.slices.listing import fold
from centralita.web.slices.objects import new_id

COLUMNS = (
    "id",
    "name",
    "mail",
    "site",
    "extension",
    "language",
    "number",
    "record_calls",
    "max_calls",
    "devices",
)
_SPANISH = (
    "id",
    "nombre",
    "correo",
    "sede",
    "extensión",
    "idioma",
    "número",
    "grabar",
    "llamadas",
    "dispositivos",
)
NAMES: Mapping[str, str] = MappingProxyType(
    {fold(title): name for titles in (COLUMNS, _SPANISH) for title, name in zip(titles, COLUMNS, strict=True)}
)
_YES_NO: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("true", "yes", "si", "1", "verdadero"), True),
        **dict.fromkeys(("false", "no", "0", "falso"), False),
    }
)
_SEPARATORS = re.compile(r"[\s,;]+")


@dataclass(slots=True)
class ReadRow:
    """A row as edits."""

    number: int
    user: str
    edits: list[Edit] = field(default_factory=list)
    problems: list[FieldError] = field(default_factory=list)


def rows_of(objects: Mapping[Key, AnyObject]) -> Iterator[list[Cell]]:
    users = [item for item in objects.values() if isinstance(item, User)]
    devices: dict[str, list[str]] = {}
    for item in objects.values():
        if isinstance(item, Device):
            devices.setdefault(item.user, []).append(item.id)
    for user in sorted(users, key=lambda user: (len(user.extension or ""), user.extension or "", user.id)):
        yield [
            user.id,
            user.name,
            user.mail,
            user.site,
            user.extension,
            user.language,
            user.number,
            "yes" if user.record_calls else "no",
            user.max_calls,
            " ".join(devices.get(user.id, ())),
        ]


def read_rows(rows: Sequence[sheets.Row], objects: Mapping[Key, AnyObject]) -> list[ReadRow]:
    by_extension = {
        item.extension: item.id for item in objects.values() if isinstance(item, User) and item.extension
    }
    sites = [item.id for item in objects.values() if isinstance(item, Site)]
    known: dict[Key, Any] = dict(objects)
    seen: dict[str, int] = {}
    read: list[ReadRow] = []
    for row in rows:
        extension = row.cells.get("extension", "")
        named = row.cells.get("id", "") or (
            "" if "name" not in row.cells and not extension else by_extension.get(extension, "")
        )
        ident = named or new_id(known, "user", row.cells)
        one = ReadRow(row.number, ident)
        read.append(one)
        if ident in seen:
            one.problems.append(FieldError(field="id", detail=f"{ident} is in row {seen[ident]} already"))
            continue
        seen[ident] = row.number
        fields = _fields(row.cells, one)
        if ("user", ident) not in objects and "site" not in fields and len(sites) == 1:
            fields["site"] = sites[0]
        known["user", ident] = None
        one.edits.append(Edit(How.PATCH, "user", ident, fields))
        for device in _SEPARATORS.split(row.cells.get("devices", "")):
            if device:
                one.edits.append(Edit(How.PATCH, "device", device, {"user": ident}))
    _refuse_shared(read)
    _refuse_taken(read, by_extension)
    return read


def _fields(row: Mapping[str, str], one: ReadRow) -> dict[str, object]:
    fields: dict[str, object] = {
        name: text for name, text in row.items() if name not in ("id", "devices", "record_calls")
    }
    if "record_calls" in row:
        answer = _YES_NO.get(fold(row["record_calls"]))
        if answer is None:
            one.problems.append(FieldError(field="record_calls", detail="must be yes or no"))
        else:
            fields["record_calls"] = answer
    return fields


def _refuse_shared(read: Sequence[ReadRow]) -> None:
    """A device in two rows: the later would take it away from the earlier."""
    holders: dict[str, ReadRow] = {}
    for one in read:
        for edit in one.edits:
            if edit.kind == "device" and (holder := holders.setdefault(edit.id, one)) is not one:
                detail = f"{edit.id} is a device of row {holder.number} already"
                one.problems.append(FieldError(field="devices", detail=detail))


def _refuse_taken(read: Sequence[ReadRow], by_extension: Mapping[str, str]) -> None:
    """An extension of somebody who keeps it, or of an earlier row."""
    given = {
        edit.id: edit.fields["extension"] for one in read for edit in one.edits if "extension" in edit.fields
    }
    holders = {
        extension: f"user {user}"
        for extension, user in by_extension.items()
        if given.get(user, extension) == extension
    }
    for one in read:
        for edit in one.edits:
            extension = str(edit.fields.get("extension") or "")
            if extension and holders.get(extension, f"user {edit.id}") != f"user {edit.id}":
                detail = f"{extension} is already taken by {holders[extension]}"
                one.problems.append(FieldError(field="extension", detail=detail))
            elif extension:
                holders[extension] = f"user {edit.id}"
