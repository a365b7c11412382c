"""What one principal may do within one tenant: the only way from a handler to anything that is kept.

A handler takes a desk as its parameter (``AtDesk``, from the URL's tenant) and names the action for which it wants the parts. So what
a role may not do, and what is another tenant's, is refused below the handlers, whatever they forget.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from centralita.accounts import AuditEntry
from centralita.pbx.configuration.difference import HIDDEN
from centralita.pbx.vocabulary import TenantId
from centralita.pbx.wording import Language
from centralita.web.access import Action, Principal, Signed, belong, require
from centralita.web.parts import WebParts
from centralita.web.problems import Problem
from centralita.web.tongue import language_of

SECRET_NAMES = frozenset({"password", "pin", "secret", "code", "token"})


@dataclass(frozen=True, slots=True)
class Desk:
    """``tenant`` exists and the principal belongs to it, or to all; empty: what is of no tenant in particular."""

    principal: Principal
    tenant: TenantId
    _parts: WebParts
    language: Language = "en"
    """Of the sentences that are answered."""

    def require(self, action: Action) -> None:
        """Raises Problem, 403."""
        require(self.principal, action, self.tenant or None)

    def reach(self, action: Action) -> WebParts:
        """The parts, for this action; ask them for ``self.tenant`` only. Raises Problem, 403."""
        self.require(action)
        return self._parts

    def at(self, tenant: str) -> Desk:
        """The same principal's desk at another tenant. Raises Problem, 404."""
        belong(self.principal, tenant)
        return Desk(self.principal, TenantId(tenant), self._parts, self.language)

    def scope(self, tenant: str) -> str | None:
        """The tenant that a list over several is narrowed to: one's own, or the one asked for; None: all. Raises Problem, 404."""
        if not tenant:
            return None if self.principal.everywhere else self.tenant
        belong(self.principal, tenant)
        return tenant

    @property
    def queues(self) -> frozenset[str] | None:
        """The queues that a supervisor sees and directs; None: all of the tenant."""
        return self.principal.queues

    def require_queue(self, queue: str) -> None:
        """Raises Problem, 404, where the queue is none of theirs."""
        if self.queues is not None and queue not in self.queues:
            raise Problem.not_found("There is no such queue")

    @property
    def user(self) -> str:
        """The tenant's user that the principal is. Raises Problem, 404, where they have no extension here."""
        account = self.principal.account
        if not account.user or account.tenant != self.tenant:
            raise Problem.not_found("This account has no extension", code="no-extension")
        return account.user

    @property
    def author(self) -> str:
        """Who a change is by, for versions and for the switch."""
        return self.principal.account.login

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self._parts.wall()

    def together(self) -> AbstractContextManager[None]:
        """Within, a change and its note in the audit log are one: both are there, or neither."""
        return self._parts.together()

    def note(
        self, action: str, target: str = "", changes: Mapping[str, tuple[object, object]] | None = None
    ) -> None:
        """Write into the audit log, with the change (:meth:`together`): ``note("queue.change", "queue/sales", {"size": (5, 9)})``."""
        principal = self.principal
        self._parts.audit.add(
            AuditEntry(
                at=self.now,
                tenant=self.tenant,
                account=principal.account.id,
                who=principal.account.login,
                source=principal.source,
                via=principal.via,
                action=action,
                target=target,
                changes=changes or {},
            )
        )


def changes_between(
    before: Mapping[str, object] | None, after: Mapping[str, object] | None
) -> dict[str, tuple[object, object]]:
    """What :meth:`Desk.note` wants: the fields that differ between two plain objects, secrets as ``(secret)``; None: not there."""
    old, new = before or {}, after or {}
    found: dict[str, tuple[object, object]] = {}
    for name in {**old, **new}:
        was, now = old.get(name), new.get(name)
        if was != now:
            if name in SECRET_NAMES:
                was, now = HIDDEN if was else was, HIDDEN if now else now
            found[name] = (was, now)
    return found


def parts_of(connection: HTTPConnection) -> WebParts:
    """For what is asked before anybody has signed in; everything else goes through a desk."""
    parts: WebParts = connection.app.state.parts
    return parts


def _desk(connection: HTTPConnection, tenant: str, principal: Signed) -> Desk:
    parts = parts_of(connection)
    belong(principal, tenant)
    if tenant not in parts.configs.tenants():
        raise Problem.not_found("There is no such tenant", code="tenant-unknown")
    return Desk(principal, TenantId(tenant), parts, language_of(connection))


def _own_desk(connection: HTTPConnection, principal: Signed) -> Desk:
    return Desk(principal, TenantId(principal.account.tenant), parts_of(connection), language_of(connection))


AtDesk = Annotated[Desk, Depends(_desk)]
"""The desk of the tenant in the URL (``{tenant}``)."""
AtOwnDesk = Annotated[Desk, Depends(_own_desk)]
"""The desk of the principal's own tenant; a platform administrator's is that of no tenant."""
