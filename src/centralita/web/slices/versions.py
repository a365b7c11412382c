"""Versions of a tenant's configuration: the list, one, what changed between two, going back; and the whole of one as YAML, out and in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel
from starlette.responses import Response

from centralita.pbx.configuration.difference import difference
from centralita.pbx.configuration.kinds import AnyObject, Key, to_fields
from centralita.pbx.configuration.reports import ConfigVersion
from centralita.web import etags
from centralita.web.access import Action
from centralita.web.desk import AtDesk
from centralita.web.paging import Page, WantedPage, encode_cursor
from centralita.web.parts import WebParts
from centralita.web.problems import Problem
from centralita.web.slices.changing import (
    ChangeBody,
    Outcome,
    VersionAsked,
    Wanted,
    changes_of,
    noted,
    objects_of,
    outcome_of,
    settle,
    unknowns,
)

router = APIRouter(prefix="/tenants/{tenant}", tags=["versions"])
YAML = "application/yaml"
Number = Annotated[int, Path(ge=1, le=2_000_000_000, description="Counts up from 1.")]
VersionName = Annotated[str, Query(pattern=r"^(published|draft|working|[1-9][0-9]{0,9})$")]


class VersionBody(BaseModel):
    number: int
    at: datetime
    author: str
    comment: str
    added: int
    """Objects, against the version before; so also the next two."""
    changed: int
    removed: int
    restores: int | None
    """The version that this one went back to."""


class Difference(BaseModel):
    before: str
    after: str
    changes: list[ChangeBody]


@router.get("/versions", operation_id="list_versions")
def list_versions(desk: AtDesk, paging: WantedPage) -> Page[VersionBody]:
    """Newest first."""
    with unknowns():
        found = desk.reach(Action.CONFIG_READ).configs.versions(desk.tenant)
    after = paging.after(1)
    if after is not None:
        if not isinstance(after[0], int):
            raise Problem.invalid("cursor", "This is no cursor of this list")
        last = after[0]
        older = [one for one in found if one.number < last]
    else:
        older = list(found)
    shown = older[: paging.limit]
    more = len(older) > len(shown)
    return Page(
        items=[_body(one) for one in shown],
        next=encode_cursor(shown[-1].number) if more and shown else None,
        total=len(found),
    )


@router.get("/versions/{number}", operation_id="get_version")
def get_version(desk: AtDesk, number: Number) -> VersionBody:
    """When, by whom and why."""
    with unknowns():
        for one in desk.reach(Action.CONFIG_READ).configs.versions(desk.tenant):
            if one.number == number:
                return _body(one)
    raise Problem.not_found(f"There is no version {number}", code="version-unknown")


@router.get("/diff", operation_id="get_difference")
def get_difference(
    desk: AtDesk,
    before: Annotated[
        VersionName, Query(description="A number, `published`, `draft` or `working`.")
    ] = "published",
    after: Annotated[VersionName, Query(description="The same.")] = "draft",
) -> Difference:
    """What changed from one version to another, field by field; secrets only as that they changed."""
    old, new = objects_of(desk, before), objects_of(desk, after)
    return Difference(before=before, after=after, changes=changes_of(difference(old, new)))


@router.post("/versions/{number}/rollback", operation_id="rollback")
def rollback(desk: AtDesk, number: Number, why: Wanted) -> Outcome:
    """Publish a new version that is equal to this one. Neither the checker nor routing tests stand in the way."""
    configs = desk.reach(Action.CONFIG_WRITE).configs
    with unknowns(), desk.together():
        report = configs.rollback(desk.tenant, number, author=desk.author, comment=why.comment)
        noted(desk, report, "config.rollback", f"version/{number}")
    return settle(desk, report)


# --- the whole of it ----------------------------------------------------------------------------------------------------


@router.get(
    "/export",
    operation_id="export_configuration",
    response_class=Response,
    responses={200: {"content": {YAML: {"schema": {"type": "string"}}}, "description": "The configuration"}},
)
def export(desk: AtDesk, version: VersionAsked = "published") -> Response:
    """The configuration as YAML, for ``apply``. Passwords and PINs are left out; where it is applied again they stay."""
    objects = objects_of(desk, version)
    heading = [
        f"Configuration of tenant {desk.tenant}, version {version}.",
        "Passwords and PINs are left out: they stay as they are where this is applied again.",
    ]
    parts = desk.reach(Action.CONFIG_READ)
    text = parts.documents.dump(objects.values(), heading=heading)
    disposition = f'attachment; filename="{desk.tenant}.yaml"'
    headers = {"Content-Disposition": disposition, "ETag": _tag(parts, objects)}
    return Response(text, media_type=YAML, headers=headers)


@router.post("/apply", operation_id="apply_configuration")
def apply(
    desk: AtDesk,
    body: Annotated[bytes, Body(media_type=YAML)],
    why: Wanted,
    dry_run: Annotated[bool, Query(description="Show what would change, and change nothing.")] = False,
    merge: Annotated[
        bool, Query(description="Only add and change; do not remove what the text does not mention.")
    ] = False,
    replace_secrets: Annotated[
        bool, Query(description="After the key was lost: new passwords in place of the lost ones.")
    ] = False,
    if_match: etags.IfMatch = None,
) -> Outcome:
    """Make a text the tenant's configuration, all of it: what it does not mention is removed. Again changes nothing.

    ``If-Match`` is the ``ETag`` of the export of ``working`` that was changed.
    """
    parts = desk.reach(Action.CONFIG_WRITE)
    with unknowns(), nullcontext() if dry_run else desk.together():
        report = parts.configs.apply(
            parts.documents.parse([("body", body)]),
            tenant=desk.tenant,
            merge=merge,
            author=desk.author,
            comment=why.comment,
            dry_run=dry_run,
            replace_secrets=replace_secrets,
            as_draft=why.draft,
            skip_tests=why.skip_tests,
            check=lambda before: etags.check(if_match, _tag(parts, before)),
        )
        if not dry_run:
            noted(desk, report, "config.apply")
    return outcome_of(report, desk.language) if dry_run else settle(desk, report)


def _tag(parts: WebParts, objects: Mapping[Key, AnyObject]) -> str:
    return etags.etag_of({"/".join(key): to_fields(item) for key, item in objects.items()}, parts.tag_key)


def _body(one: ConfigVersion) -> VersionBody:
    return VersionBody(
        number=one.number,
        at=datetime.fromtimestamp(one.at, UTC),
        author=one.author,
        comment=one.comment,
        added=one.added,
        changed=one.changed,
        removed=one.removed,
        restores=one.restores,
    )
