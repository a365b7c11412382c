"""The first run: whoever can read what this machine prints makes the first administrator, once, and the first company with them."""

from __future__ import annotations

import hmac
import logging
import threading

from starlette.requests import HTTPConnection

from centralita.accounts import Account, AuditEntry, Role, new_id, secret_hash
from centralita.throttle import Throttle, ThrottleLimits
from centralita.web.companies import TenantWanted, make_company
from centralita.web.desk import changes_between
from centralita.web.doorman import source_of
from centralita.web.parts import WebParts
from centralita.web.passwords import Passwords, check_new
from centralita.web.people import account_fields
from centralita.web.problems import Problem
from centralita.web.signing_in import too_many

GUESSES = ThrottleLimits(seconds=900, source=10)
"""Of wrong codes. By source alone: nobody keeps the owner out by guessing from elsewhere, and 128 bits are not guessed anyway."""
log = logging.getLogger(__name__)


class FirstRun:
    """Safe to share between threads."""

    def __init__(self, parts: WebParts, passwords: Passwords) -> None:
        self._parts = parts
        self._passwords = passwords
        self._lock = threading.Lock()
        self._throttle = Throttle(GUESSES)

    def needed(self) -> bool:
        return not self._parts.accounts.any()

    def check_code(self, connection: HTTPConnection, code: str) -> None:
        """Raises Problem: 409 where an account exists, 429 after too many wrong codes, 403 where it is not the one."""
        source, now = source_of(connection), self._parts.wall()
        if not self.needed():
            raise already_done()
        with self._lock:
            wait = self._throttle.blocked(source, "", now)
        if wait:
            raise too_many(wait)
        if hmac.compare_digest(secret_hash(code), self._parts.setup_code):
            return
        with self._lock:
            self._throttle.failed(source, None, now)
        log.warning("setup refused from %s: wrong code", source)
        raise Problem(
            403,
            "setup-code-wrong",
            "This is not the code of this installation",
            field="code",
            mend="Open the link that `centralita accounts setup-link` prints",
        )

    def make(
        self,
        connection: HTTPConnection,
        code: str,
        *,
        login: str,
        name: str,
        language: str,
        password: str,
        company: TenantWanted | None,
    ) -> Account:
        """The administrator, and the company. Raises Problem, and then neither is made."""
        self.check_code(connection, code)
        check_new(password, field="password", login=login, name=name)
        account = Account(
            id=new_id(),
            login=login,
            name=name,
            role=Role.PLATFORM,
            language=language,
            has_password=True,
            created_at=self._parts.wall(),
        )
        if company is not None:
            make_company(self._parts.configs, company, author=login, dry_run=True, field="company.")
        if not self._parts.accounts.add_first(account, self._passwords.hash(password)):
            raise already_done()
        if company is not None:
            try:
                make_company(self._parts.configs, company, author=login, field="company.")
            except BaseException:
                self._parts.accounts.remove(account.id)  # so that the form can be sent again, mended
                raise
        log.info("the first administrator was made, from %s", source_of(connection))
        made = changes_between(None, account_fields(account))
        self._note(connection, account, "account.create", f"account/{login}", made)
        if company is not None:
            named = changes_between(None, {"name": company.name})
            self._note(connection, account, "tenant.create", f"tenant/{company.id}", named, company.id)
        return account

    def _note(
        self,
        connection: HTTPConnection,
        account: Account,
        action: str,
        target: str,
        changes: dict[str, tuple[object, object]],
        tenant: str = "",
    ) -> None:
        self._parts.audit.add(
            AuditEntry(
                at=self._parts.wall(),
                tenant=tenant,
                account=account.id,
                who=account.login,
                source=source_of(connection),
                via="setup",
                action=action,
                target=target,
                changes=changes,
            )
        )


def already_done() -> Problem:
    return Problem.conflict("setup-done", "This installation has an administrator already", mend="Sign in")
