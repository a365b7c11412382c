"""``/audit``: who changed what, when, from where, and the difference; and who tried to come in. It is only ever read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from centralita.accounts import AuditEntry
from centralita.web.access import Action
from centralita.web.desk import AtOwnDesk
from centralita.web.paging import Page, WantedPage, encode_cursor
from centralita.web.problems import Problem

router = APIRouter(prefix="/audit", tags=["audit"])


class FieldDifference(BaseModel):
    field: str
    before: object = None
    """None: it was not there. A secret is told as ``(secret)``."""
    after: object = None


class AuditBody(BaseModel):
    id: int
    at: datetime
    tenant: str
    account: str
    who: str
    """Their login then; ``command``: the command line."""
    source: str
    """The address that it came from."""
    via: str
    """``session``, ``token:NAME``, ``link`` or ``command``."""
    action: str
    object: str
    changes: list[FieldDifference]


@router.get("")
def entries(
    desk: AtOwnDesk,
    paging: WantedPage,
    tenant: Annotated[str, Query(max_length=32, description="Of this tenant only.")] = "",
    account: Annotated[str, Query(max_length=64, description="By this account.")] = "",
    action: Annotated[
        str, Query(max_length=64, description="Actions that begin so: `account.`, `session.refused`.")
    ] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Page[AuditBody]:
    """Newest first."""
    audit = desk.reach(Action.AUDIT_READ).audit
    key = paging.after(1)
    before = None if key is None else key[0]
    if before is not None and (not isinstance(before, int) or not 0 < before < 2**63):
        raise Problem.invalid("cursor", "This is no cursor of this list")
    found = audit.page(
        desk.scope(tenant),
        before=before,
        limit=paging.limit + 1,
        account=account,
        action=action,
        since=since.timestamp() if since else None,
        until=until.timestamp() if until else None,
    )
    shown = found[: paging.limit]
    more = len(found) > paging.limit
    return Page(items=[_body(entry) for entry in shown], next=encode_cursor(shown[-1].id) if more else None)


def _body(entry: AuditEntry) -> AuditBody:
    return AuditBody(
        id=entry.id,
        at=datetime.fromtimestamp(entry.at, UTC),
        tenant=entry.tenant,
        account=entry.account,
        who=entry.who,
        source=entry.source,
        via=entry.via,
        action=entry.action,
        object=entry.target,
        changes=[
            FieldDifference(field=name, before=before, after=after)
            for name, (before, after) in entry.changes.items()
        ],
    )
