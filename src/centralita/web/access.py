"""Who may do what: roles, actions, and the one table that joins them; and the principal of a request.

The table is asked by the desk (:mod:`centralita.web.desk`), below every handler. How a principal is found out is
:mod:`centralita.web.doorman`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from centralita.accounts import Account, Role, Session
from centralita.web.problems import Problem

if TYPE_CHECKING:
    from centralita.web.doorman import Doorman

__all__ = ["MAY", "Action", "Principal", "Role", "Signed", "belong", "require"]


class Action(StrEnum):
    """What a role may do, and what a token can be limited to (its scopes)."""

    CONFIG_READ = "config.read"
    """Configuration, versions, drafts, the checker, simulations."""
    CONFIG_WRITE = "config.write"
    """Change, draft, publish, roll back, import."""
    CALLS_READ = "calls.read"
    """Records of the tenant's calls."""
    RECORDINGS_READ = "recordings.read"
    """Listen to recorded calls."""
    VOICEMAIL_READ = "voicemail.read"
    """Others' mailboxes."""
    LIVE_READ = "live.read"
    """Calls, queues, agents, trunks and phones as they are now."""
    LIVE_DIRECT = "live.direct"
    """Hang up, move, pause, turn overrides."""
    OWN_READ = "own.read"
    """One's own extension: calls, voicemail, settings."""
    OWN_WRITE = "own.write"
    """One's own settings, greeting and messages; click-to-call."""
    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_WRITE = "accounts.write"
    AUDIT_READ = "audit.read"
    TENANTS_READ = "tenants.read"
    """That one's tenant is there, and what it is called."""
    TENANTS_WRITE = "tenants.write"
    PLATFORM_READ = "platform.read"
    """Nodes, and what concerns no tenant in particular."""


_OWN = frozenset({Action.OWN_READ, Action.OWN_WRITE, Action.TENANTS_READ})

MAY: dict[Role, frozenset[Action]] = {
    Role.PLATFORM: frozenset(Action),
    Role.ADMIN: frozenset(Action) - {Action.TENANTS_WRITE, Action.PLATFORM_READ},
    Role.SUPERVISOR: _OWN | {Action.CALLS_READ, Action.RECORDINGS_READ, Action.LIVE_READ, Action.LIVE_DIRECT},
    Role.USER: _OWN,
    Role.AUDITOR: frozenset(
        {
            Action.CONFIG_READ,
            Action.CALLS_READ,
            Action.LIVE_READ,
            Action.ACCOUNTS_READ,
            Action.AUDIT_READ,
            Action.TENANTS_READ,
        }
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who makes this request, and with what."""

    account: Account
    actions: frozenset[Action]
    """What the role allows, and of that what the token is limited to."""
    source: str
    """The address that it comes from."""
    via: str = "session"
    """``session``, or ``token:NAME``."""
    session: Session | None = None
    """None where it is a token."""

    @property
    def role(self) -> Role:
        return self.account.role

    @property
    def everywhere(self) -> bool:
        """Whether all tenants are theirs."""
        return self.role is Role.PLATFORM

    @property
    def queues(self) -> frozenset[str] | None:
        """The queues that they see and direct; None: all of the tenant."""
        return frozenset(self.account.queues) if self.role is Role.SUPERVISOR else None


def belong(principal: Principal, tenant: str) -> None:
    """Raises Problem, 404, where the tenant is another's: nobody learns who else is here."""
    if not principal.everywhere and tenant != principal.account.tenant:
        raise Problem.not_found("There is no such tenant", code="tenant-unknown")


def require(principal: Principal, action: Action, tenant: str | None = None) -> None:
    """Raises Problem: 404 where the tenant is another's, 403 where the action is not theirs."""
    if tenant is not None:
        belong(principal, tenant)
    if action not in principal.actions:
        if action in MAY[principal.role]:
            mend = f"Use a token that has {action} among its scopes"
            raise Problem(403, "scope-missing", f"This token is not for {action}", mend=mend)
        raise Problem(
            403, "forbidden", f"The role {principal.role} may not do this", mend="Ask an administrator"
        )


def _signed(connection: HTTPConnection) -> Principal:
    doorman: Doorman = connection.app.state.doorman
    return doorman.principal(connection)


Signed = Annotated[Principal, Depends(_signed)]
"""The principal of this request or WebSocket; 401 where there is none, 403 where another site sent the browser."""
