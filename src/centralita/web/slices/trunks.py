"""``/tenants/{tenant}/live/trunks``: the connections to providers, and how they are."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from centralita.web.access import Action
from centralita.web.board import trunk_item
from centralita.web.desk import AtDesk

router = APIRouter(prefix="/tenants/{tenant}/live/trunks", tags=["live"])


class TrunkBody(BaseModel):
    id: str
    state: str
    """up, down, unknown, registering, registered or refused."""
    detail: str
    """Why, in one sentence."""
    since: datetime
    """When this state began."""
    calls: int


@router.get("", operation_id="list_live_trunks")
def trunks(desk: AtDesk) -> list[TrunkBody]:
    """Every trunk of the tenant."""
    parts = desk.reach(Action.LIVE_READ)
    return [TrunkBody.model_validate(trunk_item(each)) for each in parts.switch.trunks(desk.tenant)]
