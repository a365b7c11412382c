"""``/tenants/{tenant}/directory``: who works here and on which extension, as the telephones' own directory has it: for everybody of the tenant."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from centralita.pbx.model.user import User
from centralita.web.access import Action
from centralita.web.desk import AtDesk

router = APIRouter(prefix="/tenants/{tenant}/directory", tags=["users"])


class DirectoryLine(BaseModel):
    user: str
    name: str
    extension: str
    """Empty: none."""


@router.get("", operation_id="get_directory")
def directory(desk: AtDesk) -> list[DirectoryLine]:
    """By name, as it is published; nothing else of anybody is told."""
    reader = Action.CONFIG_READ in desk.principal.actions
    parts = desk.reach(Action.CONFIG_READ if reader else Action.OWN_READ)
    people = [item for item in parts.configs.objects(desk.tenant).values() if isinstance(item, User)]
    return [
        DirectoryLine(user=one.id, name=one.name, extension=one.extension or "")
        for one in sorted(people, key=lambda one: (one.name.casefold(), one.id))
    ]
