"""``/tenants/{tenant}/live/overrides``: the switches by which opening hours are overruled, and to turn them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict

from centralita.control import TurnOverride
from centralita.web.access import Action
from centralita.web.board import override_item
from centralita.web.desk import AtDesk, Desk
from centralita.web.problems import Problem

router = APIRouter(prefix="/tenants/{tenant}/live/overrides", tags=["live"])

OverrideName = Annotated[str, Path(max_length=63)]


class OverrideBody(BaseModel):
    id: str
    name: str
    code: str
    """What is dialled after the star code to turn it."""
    on: bool
    since: datetime | None
    until: datetime | None
    """None: until it is turned off."""
    by: str


class OverrideTurn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on: bool
    until: AwareDatetime | None = None
    """None: until it is turned off."""


@router.get("", operation_id="list_live_overrides")
def overrides(desk: AtDesk) -> list[OverrideBody]:
    """Which there are, and which are on."""
    parts = desk.reach(Action.LIVE_READ)
    return [OverrideBody.model_validate(override_item(each)) for each in parts.switch.overrides(desk.tenant)]


@router.put("/{override}", operation_id="turn_override")
def turn(desk: AtDesk, override: OverrideName, wanted: OverrideTurn) -> OverrideBody:
    """Turn it on or off; it is on disk when the answer comes."""
    parts = desk.reach(Action.LIVE_DIRECT)
    before = _find(desk, override)
    parts.switch.direct(
        TurnOverride(
            override=override,
            on=wanted.on,
            tenant=desk.tenant,
            until=wanted.until.timestamp() if wanted.until and wanted.on else None,
            by=desk.author,
        )
    )
    after = _find(desk, override)
    desk.note(
        "override.turn",
        f"override/{override}",
        {"on": (before.on, after.on), "until": (_text(before.until), _text(after.until))},
    )
    return after


def _find(desk: Desk, override: str) -> OverrideBody:
    for each in desk.reach(Action.LIVE_DIRECT).switch.overrides(desk.tenant):
        if each.override == override:
            return OverrideBody.model_validate(override_item(each))
    raise Problem.not_found("There is no such override")


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
