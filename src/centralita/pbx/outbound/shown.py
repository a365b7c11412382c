"""Which number of the tenant's is shown to those who are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.user import User


def presented_number(snapshot: Snapshot, user: User | None) -> str:
    """The number shown outside: the user's own, their site's, else the first of the tenant; empty where there is none."""
    if user is not None:
        own = user.number or snapshot.site_of(user).number
        if own:
            return own
    return next(iter(snapshot.numbers_by_e164), "")
