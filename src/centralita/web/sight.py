"""How much of a tenant's calls a principal sees: all, those of a supervisor's queues and their own, or only their own."""

from __future__ import annotations

from dataclasses import dataclass

from centralita.web.access import Action
from centralita.web.desk import Desk
from centralita.web.parts import WebParts


@dataclass(frozen=True, slots=True)
class Sight:
    """Hashable, so that all who see the same can share what is made for them."""

    everything: bool = False
    queues: frozenset[str] = frozenset()
    user: str = ""
    """The principal's own extension; empty: none."""

    @property
    def marks(self) -> tuple[str, ...] | None:
        """What :class:`centralita.pbx.callrecords.Filters` narrows by; None: nothing."""
        if self.everything:
            return None
        own = (f"user:{self.user}",) if self.user else ()
        return (*own, *(f"queue:{queue}" for queue in sorted(self.queues)))


def look(desk: Desk, action: Action) -> tuple[Sight, WebParts]:
    """What the principal sees, and the parts to see it with: by the action, or else as who has an extension of their own.

    Raises Problem: 403 where neither is allowed, 404 where there is no extension.
    """
    if action not in desk.principal.actions and Action.OWN_READ in desk.principal.actions:
        return Sight(user=desk.user), desk.reach(Action.OWN_READ)
    parts = desk.reach(action)
    if desk.queues is None:
        return Sight(everything=True), parts
    account = desk.principal.account
    own = account.user if account.tenant == desk.tenant else ""
    return Sight(queues=desk.queues, user=own), parts
