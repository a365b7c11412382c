"""``/tenants/{tenant}/live/registrations``: where telephones can be reached now."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from centralita.web.access import Action
from centralita.web.board import registration_item
from centralita.web.desk import AtDesk
from centralita.web.sight import look

router = APIRouter(prefix="/tenants/{tenant}/live/registrations", tags=["live"])


class RegistrationBody(BaseModel):
    device: str
    user: str
    contact: str
    """Contact URI as the phone registered it."""
    address: str
    """Where it is reached: ``UDP:192.0.2.1:5060``."""
    user_agent: str
    expires_at: datetime
    since: datetime | None
    """When this contact came; none: before anybody looked."""


@router.get("", operation_id="list_live_registrations")
def registrations(desk: AtDesk) -> list[RegistrationBody]:
    """All of them, for a supervisor those of their agents, for a user their own."""
    sight, parts = look(desk, Action.LIVE_READ)
    mine = {sight.user} if sight.user else set()
    if sight.queues:
        mine |= {
            agent.user
            for agent in parts.switch.agents(desk.tenant)
            if not sight.queues.isdisjoint(agent.member_of)
        }
    now = desk.now
    return [
        RegistrationBody.model_validate(registration_item(line, now))
        for line in parts.switch.registrations(desk.tenant)
        if sight.everything or line.user in mine
    ]
