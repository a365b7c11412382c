"""Users with their telephones as a table, out and in: CSV or XLSX, with a preview of what would change and what is wrong in which row.

An empty cell says nothing: what it is about stays. Who is not in the table stays, too. All of it is taken, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.configuration.problems import Problem as Wrong
from centralita.pbx.configuration.reports import ApplyReport
from centralita.pbx.model.device import Device
from centralita.pbx.model.site import Site
from centralita.pbx.model.user import User
from centralita.web import cells, sheets
from centralita.web.access import Action
from centralita.web.cells import Cell
from centralita.web.desk import AtDesk
from centralita.web.problems import FieldError, Problem
from centralita.web.slices.changing import (
    Outcome,
    VersionAsked,
    Wanted,
    objects_of,
    outcome_of,
    settle,
    unknowns,
)
from centralita.web.slices.listing import fold
from centralita.web.slices.objects import new_id

router = APIRouter(prefix="/tenants/{tenant}/user-sheet", tags=["users"])
CSV = "text/csv"
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


class RowBody(BaseModel):
    """One row, and what becomes of it."""

    row: int
    """As the spreadsheet counts: the heading is 1."""
    id: str
    action: Literal["added", "changed", "same", "refused"]
    problems: list[FieldError]
    """``field`` is the column where it is one."""


class ImportBody(BaseModel):
    done: bool
    """False: it was a preview, or something is wrong; nothing was changed."""
    added: int
    changed: int
    same: int
    refused: int
    rows: list[RowBody]
    problems: list[FieldError]
    """What is wrong and of no row in particular."""
    outcome: Outcome | None
    """What changed, or would; None where something is wrong. New passwords are in it only when it is done."""


@dataclass(slots=True)
class _Read:
    """A row as edits."""

    number: int
    user: str
    edits: list[Edit] = field(default_factory=list)
    problems: list[FieldError] = field(default_factory=list)


# --- out --------------------------------------------------------------------------------------------------------------


@router.get(
    "",
    operation_id="export_users",
    response_class=Response,
    responses={
        200: {
            "description": "The table",
            "content": {
                CSV: {"schema": {"type": "string"}},
                sheets.XLSX: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
def export_users(
    desk: AtDesk,
    form: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "csv",
    version: VersionAsked = "working",
) -> Response:
    """Everybody, by extension. No cell of it is a formula; no password is in it."""
    rows = _rows(objects_of(desk, version))
    if form == "xlsx":
        content, media_type = sheets.workbook("users", COLUMNS, rows), sheets.XLSX
    else:
        content, media_type = "".join(cells.lines(COLUMNS, rows)).encode(), f"{CSV}; charset=utf-8"
    disposition = f'attachment; filename="{desk.tenant}-users.{form}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


def _rows(objects: Mapping[Key, AnyObject]) -> Iterator[list[Cell]]:
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


# --- in ---------------------------------------------------------------------------------------------------------------


async def _sent(request: Request) -> bytes:
    return await request.body()  # the shield limits it


_BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "",
    operation_id="import_users",
    openapi_extra={"requestBody": {"required": True, "content": {CSV: _BINARY, sheets.XLSX: _BINARY}}},
)
def import_users(
    desk: AtDesk,
    content: Annotated[bytes, Depends(_sent)],
    why: Wanted,
    preview: Annotated[bool, Query(description="Only tell what would change, and what is wrong.")] = True,
) -> ImportBody:
    """Add and change users and their devices. With ``preview`` off it is done, where nothing at all is wrong; else 422."""
    configs = desk.reach(Action.CONFIG_WRITE).configs
    objects = objects_of(desk, "working")
    read = _read(sheets.read(content, NAMES), objects)
    report: ApplyReport | None = None
    wrong: Sequence[Wrong] = ()
    clean = not any(one.problems for one in read)
    try:
        with unknowns():
            report = configs.edit(
                desk.tenant,
                [edit for one in read for edit in one.edits],
                author=desk.author,
                comment=why.comment or "import of users",
                dry_run=preview or not clean,
                as_draft=why.draft,
                skip_tests=why.skip_tests,
            )
    except ConfigurationRefused as error:
        wrong = error.problems
    general = _share_out(wrong, read)
    done = report is not None and clean and not preview
    if not preview and not done:
        raise _refused(read, general)
    outcome = None
    if report is not None and clean:
        outcome = settle(desk, report, "config.import", "users") if done else outcome_of(report)
    return _body(read, objects, report, general, outcome, done=done)


def _read(rows: Sequence[sheets.Row], objects: Mapping[Key, AnyObject]) -> list[_Read]:
    by_extension = {
        item.extension: item.id for item in objects.values() if isinstance(item, User) and item.extension
    }
    sites = [item.id for item in objects.values() if isinstance(item, Site)]
    known: dict[Key, Any] = dict(objects)
    seen: dict[str, int] = {}
    read: list[_Read] = []
    for row in rows:
        extension = row.cells.get("extension", "")
        named = row.cells.get("id", "") or (
            "" if "name" not in row.cells and not extension else by_extension.get(extension, "")
        )
        ident = named or new_id(known, "user", row.cells)
        one = _Read(row.number, ident)
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


def _fields(row: Mapping[str, str], one: _Read) -> dict[str, object]:
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


def _refuse_shared(read: Sequence[_Read]) -> None:
    """A device in two rows: the later would take it away from the earlier."""
    holders: dict[str, _Read] = {}
    for one in read:
        for edit in one.edits:
            if edit.kind == "device" and (holder := holders.setdefault(edit.id, one)) is not one:
                detail = f"{edit.id} is a device of row {holder.number} already"
                one.problems.append(FieldError(field="devices", detail=detail))


def _refuse_taken(read: Sequence[_Read], by_extension: Mapping[str, str]) -> None:
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


def _share_out(wrong: Sequence[Wrong], read: Sequence[_Read]) -> list[FieldError]:
    """Give each problem to the row that it is of; the others are returned."""
    rows = {(edit.kind, edit.id): one for one in read for edit in one.edits}
    general: list[FieldError] = []
    for problem in wrong:
        row = rows.get((problem.kind, problem.id))
        column = "devices" if problem.kind == "device" else problem.field
        error = FieldError(
            field=problem.field if row is None else column,
            detail=problem.message,
            kind=problem.kind,
            id=problem.id,
        )
        (general if row is None else row.problems).append(error)
    return general


def _refused(read: Sequence[_Read], general: Sequence[FieldError]) -> Problem:
    errors = [
        error.model_copy(update={"field": f"rows.{one.number}.{error.field}"})
        for one in read
        for error in one.problems
    ]
    return Problem(
        422,
        "import-refused",
        "Something is wrong in the table: nothing was changed",
        mend="See the preview",
        errors=[*errors, *general],
    )


def _body(
    read: Sequence[_Read],
    objects: Mapping[Key, AnyObject],
    report: ApplyReport | None,
    general: list[FieldError],
    outcome: Outcome | None,
    *,
    done: bool,
) -> ImportBody:
    touched = None if report is None else {(change.kind, change.id) for change in report.changes}
    rows = [
        RowBody(row=one.number, id=one.user, action=_action(one, objects, touched), problems=one.problems)
        for one in read
    ]
    count = [row.action for row in rows].count
    return ImportBody(
        done=done,
        added=count("added"),
        changed=count("changed"),
        same=count("same"),
        refused=count("refused"),
        rows=rows,
        problems=general,
        outcome=outcome,
    )


def _action(
    one: _Read, objects: Mapping[Key, AnyObject], touched: set[Key] | None
) -> Literal["added", "changed", "same", "refused"]:
    if one.problems:
        return "refused"
    if ("user", one.user) not in objects:
        return "added"
    if touched is not None and not any((edit.kind, edit.id) in touched for edit in one.edits):
        return "same"
    return "changed"
