"""The draft of a tenant's configuration: what it changes, what is wrong with it, throw it away, put it in force."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from centralita.pbx.configuration.reports import DraftState
from centralita.pbx.wording import Language, told
from centralita.web.access import Action
from centralita.web.desk import AtDesk
from centralita.web.problems import FieldError
from centralita.web.slices.changing import (
    ChangeBody,
    FindingBody,
    Outcome,
    Wanted,
    changes_of,
    findings_of,
    noted,
    settle,
    unknowns,
)

router = APIRouter(prefix="/tenants/{tenant}/draft", tags=["draft"])


class DraftBody(BaseModel):
    base: int
    """The version that it was begun on; 0: none."""
    current: int
    """The version in force. Where it is another, publishing needs ``rebase``."""
    at: datetime
    """When it was last changed."""
    author: str
    comment: str
    changes: list[ChangeBody]
    """Against its base."""
    findings: list[FindingBody]
    refusals: list[FieldError]
    """Why it cannot be published as it is; empty: it can."""


@router.get("", operation_id="get_draft")
def get_draft(desk: AtDesk) -> DraftBody:
    """What is drafted, and what would come of it; 404 where there is no draft."""
    with unknowns():
        return _body(desk.reach(Action.CONFIG_READ).configs.draft(desk.tenant), desk.language)


class PendingBody(BaseModel):
    pending: bool


@router.get("/pending", operation_id="get_draft_pending")
def get_draft_pending(desk: AtDesk) -> PendingBody:
    """Whether there is a draft at all; asked on every page, so nothing of it is read or checked."""
    return PendingBody(pending=desk.reach(Action.CONFIG_READ).configs.has_draft(desk.tenant))


@router.delete("", operation_id="discard_draft", status_code=204)
def discard_draft(desk: AtDesk) -> None:
    """Throw it away; what is published stays."""
    configs = desk.reach(Action.CONFIG_WRITE).configs
    with unknowns(), desk.together():
        configs.discard_draft(desk.tenant)
        desk.note("draft.discard", "draft")


@router.post("/publish", operation_id="publish_draft")
def publish_draft(
    desk: AtDesk,
    why: Wanted,
    rebase: Annotated[
        bool,
        Query(description="On top of a version that was published since, where the two do not disagree."),
    ] = False,
) -> Outcome:
    """Put it in force; 422 where the checker finds errors, or a routing test does not pass."""
    configs = desk.reach(Action.CONFIG_WRITE).configs
    with unknowns(), desk.together():
        report = configs.publish_draft(
            desk.tenant, author=desk.author, comment=why.comment, rebase=rebase, skip_tests=why.skip_tests
        )
        noted(desk, report, "draft.publish", "draft")
    return settle(desk, report)


def _body(state: DraftState, language: Language) -> DraftBody:
    return DraftBody(
        base=state.base,
        current=state.current,
        at=datetime.fromtimestamp(state.at, UTC),
        author=state.author,
        comment=state.comment,
        changes=changes_of(state.changes),
        findings=findings_of(state.findings, language),
        refusals=[
            FieldError(field=one.field, detail=told(one.message, language), kind=one.kind, id=one.id)
            for one in state.refusals
        ],
    )
