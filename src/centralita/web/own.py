"""What hangs on one user's extension (settings, greeting, telephones): reached by the user themself, and by who administers all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path

from centralita.pbx.model.user import User
from centralita.web.access import Action
from centralita.web.desk import AtDesk, Desk
from centralita.web.problems import Problem

if TYPE_CHECKING:
    from centralita.web.parts import WebParts

UserId = Annotated[str, Path(alias="id", max_length=63, description="The user's id.")]


def is_own(desk: Desk, user: str) -> bool:
    """Whether the principal is this user of the desk's tenant."""
    account = desk.principal.account
    return bool(account.user) and account.user == user and account.tenant == desk.tenant


def reach_of(
    desk: Desk,
    user: str,
    *,
    write: bool,
    read_by: Action = Action.CONFIG_READ,
) -> WebParts:
    """The parts, for what is one's own or with the right to everybody's: ``read_by``, or to write the configuration.

    Raises Problem: 403.
    """
    if is_own(desk, user):
        return desk.reach(Action.OWN_WRITE if write else Action.OWN_READ)
    return desk.reach(Action.CONFIG_WRITE if write else read_by)


def _may_write(desk: AtDesk, user: UserId) -> None:
    reach_of(desk, user, write=True)


WRITERS = [Depends(_may_write)]
"""For ``dependencies=`` of a route with a body: who may not write is not told what is wrong with it."""


def require_user(parts: WebParts, desk: Desk, user: str) -> User:
    """A user of the published configuration. Raises Problem, 404."""
    found = parts.configs.objects(desk.tenant).get(("user", user))
    if not isinstance(found, User):
        raise Problem.not_found(f"There is no user {user}")
    return found
