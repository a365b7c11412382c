"""Users with their telephones as a table, out and in: CSV or XLSX, with a preview of what would change and what is wrong in which row.

An empty cell says nothing: what it is about stays. Who is not in the table stays, too. All of it is taken, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from centralita.pbx.configuration.allowance import OverPlan
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.configuration.problems import Problem as Wrong
from centralita.pbx.configuration.reports import ApplyReport
from centralita.web import cells, sheets
from centralita.web.access import Action
from centralita.web.desk import AtDesk
from centralita.web.problems import FieldError, Problem
from centralita.web.slices.changing import (
    Outcome,
    VersionAsked,
    Wanted,
    noted,
    objects_of,
    outcome_of,
    settle,
    unknowns,
)
from centralita.web.user_rows import COLUMNS, NAMES, ReadRow, read_rows, rows_of

router = APIRouter(prefix="/tenants/{tenant}/user-sheet", tags=["users"])
CSV = "text/csv"


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
    rows = rows_of(objects_of(desk, version))
    if form == "xlsx":
        content, media_type = sheets.workbook("users", COLUMNS, rows), sheets.XLSX
    else:
        content, media_type = "".join(cells.lines(COLUMNS, rows)).encode(), f"{CSV}; charset=utf-8"
    disposition = f'attachment; filename="{desk.tenant}-users.{form}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


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
    read = read_rows(sheets.read(content, NAMES), objects)
    report: ApplyReport | None = None
    wrong: Sequence[Wrong] = ()
    clean = not any(one.problems for one in read)
    try:
        wanted = clean and not preview
        with unknowns(), desk.together() if wanted else nullcontext():
            report = configs.edit(
                desk.tenant,
                [edit for one in read for edit in one.edits],
                author=desk.author,
                comment=why.comment or "import of users",
                dry_run=not wanted,
                as_draft=why.draft,
                skip_tests=why.skip_tests,
            )
            if wanted:
                noted(desk, report, "config.import", "users")
    except ConfigurationRefused as error:
        if isinstance(error, OverPlan) and clean and not preview:
            raise  # no row of the table is wrong
        wrong = error.problems
    general = _share_out(wrong, read)
    done = report is not None and clean and not preview
    if not preview and not done:
        raise _refused(read, general)
    outcome = None
    if report is not None and clean:
        outcome = settle(desk, report) if done else outcome_of(report, desk.language)
    return _body(read, objects, report, general, outcome, done=done)


def _share_out(wrong: Sequence[Wrong], read: Sequence[ReadRow]) -> list[FieldError]:
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


def _refused(read: Sequence[ReadRow], general: Sequence[FieldError]) -> Problem:
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
    read: Sequence[ReadRow],
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
    one: ReadRow, objects: Mapping[Key, AnyObject], touched: set[Key] | None
) -> Literal["added", "changed", "same", "refused"]:
    if one.problems:
        return "refused"
    if ("user", one.user) not in objects:
        return "added"
    if touched is not None and not any((edit.kind, edit.id) in touched for edit in one.edits):
        return "same"
    return "changed"
