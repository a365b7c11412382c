"""What an administrator may do with others' accounts: of their own tenant, and nothing that would make anybody more than they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from centralita.accounts import Account, LinkPurpose, LoginTaken, Outdated, Role, new_id
from centralita.web.access import Action
from centralita.web.desk import Desk, changes_between
from centralita.web.parts import Configs, WebParts
from centralita.web.problems import Problem
from centralita.web.signing_in import LINK_SECONDS, SigningIn


@dataclass(frozen=True, slots=True)
class People:
    desk: Desk
    """Of the administrator's own tenant, or of none."""
    _signing_in: SigningIn

    def page(self, tenant: str, after: str, limit: int) -> list[Account]:
        parts = self.desk.reach(Action.ACCOUNTS_READ)
        return parts.accounts.page(self.desk.scope(tenant), after, limit)

    def get(self, account: str, *, write: bool = False) -> Account:
        """Raises Problem: 404 also where it is another tenant's."""
        parts = self.desk.reach(Action.ACCOUNTS_WRITE if write else Action.ACCOUNTS_READ)
        found = parts.accounts.get(account)
        principal = self.desk.principal
        if found is None or not (principal.everywhere or found.tenant == principal.account.tenant):
            raise Problem.not_found("There is no such account")
        return found

    def add(
        self,
        *,
        login: str,
        name: str,
        role: Role,
        tenant: str,
        user: str,
        queues: tuple[str, ...],
        language: str,
    ) -> Account:
        """Raises Problem."""
        parts = self._writing()
        if role is not Role.PLATFORM:
            tenant = tenant or self.desk.tenant
        account = Account(
            id=new_id(),
            login=login,
            name=name,
            role=role,
            tenant=tenant,
            user=user,
            queues=queues,
            language=language,
            created_at=self.desk.now,
        )
        self._check(parts, account)
        try:
            parts.accounts.add(account)
        except LoginTaken:
            raise _login_taken() from None
        self._note(account, "account.create", changes_between(None, account_fields(account)))
        return account

    def change(self, before: Account, after: Account) -> Account:
        """Raises Problem."""
        parts = self._writing()
        if after == before:
            return before
        if before.id == self.desk.principal.account.id and (after.role, after.disabled) != (
            before.role,
            before.disabled,
        ):
            raise Problem.conflict(
                "yourself",
                "Nobody takes their own rights away",
                mend="Another administrator can",
                field="role" if after.role != before.role else "disabled",
            )
        if (before.role is Role.PLATFORM) != (after.role is Role.PLATFORM):
            raise Problem.invalid(
                "role", "An account of a tenant stays one", "Make another account", "role-of-tenant"
            )
        self._check(parts, after)
        try:
            changed = parts.accounts.change(after)
        except LoginTaken:
            raise _login_taken() from None
        except Outdated:
            raise Problem(
                412,
                "changed-meanwhile",
                "Somebody else changed this since you read it",
                mend="Read it again, and make your change to what it is now",
            ) from None
        if after.disabled:
            parts.sessions.end_all(after.id)
        self._note(after, "account.change", changes_between(account_fields(before), account_fields(after)))
        return changed

    def remove(self, account: Account) -> None:
        """Raises Problem."""
        parts = self._writing()
        if account.id == self.desk.principal.account.id:
            raise Problem.conflict(
                "yourself", "Nobody removes their own account", mend="Another administrator can"
            )
        if not parts.accounts.remove(account.id):
            raise Problem.not_found("There is no such account")
        self._note(account, "account.remove", changes_between(account_fields(account), None))

    def make_link(self, account: Account, purpose: LinkPurpose) -> tuple[bool, str, float]:
        """Whether it was mailed, its URL, and when it expires. Raises Problem."""
        self._writing()
        if account.disabled:
            raise Problem.conflict("account-disabled", "This account is disabled", mend="Enable it first")
        expires_at = self.desk.now + LINK_SECONDS[purpose]
        secret = self._signing_in.make_link(account, purpose)
        mailed = self._signing_in.mail_link(account, purpose, secret)
        self._note(account, f"account.{purpose}", {"mailed": (None, mailed)})
        return mailed, self._signing_in.url(secret), expires_at

    def drop_second_factor(self, account: Account) -> None:
        """Their sessions end, too. Raises Problem."""
        parts = self._writing()
        if not account.second_factor:
            raise Problem.conflict("no-second-factor", "This account has no second factor")
        parts.accounts.set_second_factor(account.id, None)
        parts.sessions.end_all(account.id)
        self._note(account, "account.second-factor", {"second_factor": (True, False)})

    def end_sessions(self, account: Account) -> None:
        ended = self._writing().sessions.end_all(account.id)
        self._note(account, "session.end", {"sessions": (ended, 0)})

    # --- within -----------------------------------------------------------------------------------------------------

    def _writing(self) -> WebParts:
        return self.desk.reach(Action.ACCOUNTS_WRITE)

    def _check(self, parts: WebParts, account: Account) -> None:
        """Raises Problem where this account cannot be."""
        principal = self.desk.principal
        if account.role is Role.PLATFORM and not principal.everywhere:
            raise Problem(403, "forbidden", "Only a platform administrator makes another", field="role")
        if not principal.everywhere and account.tenant != principal.account.tenant:
            raise Problem.invalid("tenant", "There is no such tenant", code="tenant-unknown")
        check_account(parts.configs, account)

    def _note(
        self, account: Account, action: str, changes: Mapping[str, tuple[object, object]] | None = None
    ) -> None:
        self.desk.at(account.tenant).note(action, f"account/{account.login}", changes)


def check_account(configs: Configs, account: Account) -> None:
    """Whether role, tenant, user and queues go together, and are there. Raises Problem, 422."""
    if account.role is Role.PLATFORM:
        if account.tenant or account.user or account.queues:
            raise Problem.invalid("tenant", "A platform administrator is of no tenant")
        return
    if not account.tenant:
        raise Problem.invalid("tenant", "This role is of a tenant", "Name it")
    if account.tenant not in configs.tenants():
        raise Problem.invalid("tenant", "There is no such tenant", code="tenant-unknown")
    if account.queues and account.role is not Role.SUPERVISOR:
        raise Problem.invalid("queues", "Only a supervisor is of given queues")
    objects = configs.objects(account.tenant)
    if account.user and ("user", account.user) not in objects:
        raise Problem.invalid("user", f"There is no user {account.user}", code="unknown-reference")
    for index, queue in enumerate(account.queues):
        if ("queue", queue) not in objects:
            raise Problem.invalid(f"queues.{index}", f"There is no queue {queue}", code="unknown-reference")


def account_fields(account: Account) -> dict[str, object]:
    """What the audit log says of an account; what is empty is not said."""
    fields: dict[str, object] = {
        "login": account.login,
        "name": account.name,
        "role": account.role.value,
        "user": account.user or None,
        "queues": list(account.queues) or None,
        "language": account.language,
        "disabled": account.disabled or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _login_taken() -> Problem:
    return Problem.conflict("login-taken", "Another account signs in by this name", field="login")
