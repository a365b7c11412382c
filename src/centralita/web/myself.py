"""What everybody may do with their own account, whatever their role: password, second factor, sessions, API tokens.

For a browser that has signed in, never for a token: who finds one must not be able to outlast its expiry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from centralita.accounts import (
    TOKEN_PREFIX,
    Account,
    ApiToken,
    Outdated,
    SecondFactor,
    Session,
    new_id,
    new_secret,
    secret_hash,
)
from centralita.web import second_factors
from centralita.web.access import Action, Signed
from centralita.web.desk import AtOwnDesk, Desk, changes_between
from centralita.web.parts import WebParts
from centralita.web.passwords import check_new
from centralita.web.problems import Problem
from centralita.web.signing_in import SigningIn

MAX_TOKENS = 50
"""Of one account."""


@dataclass(frozen=True, slots=True)
class Myself:
    desk: Desk
    session: Session
    _connection: HTTPConnection
    _parts: WebParts
    _signing_in: SigningIn
    _idle: float

    @property
    def account(self) -> Account:
        return self.desk.principal.account

    # --- the account ------------------------------------------------------------------------------------------------

    def change(self, name: str | None, language: str | None) -> Account:
        """Raises Problem, 409."""
        before = self.account
        after = replace(
            before, name=before.name if name is None else name, language=language or before.language
        )
        if after == before:
            return before
        try:
            after = self._parts.accounts.change(after)
        except Outdated:
            raise Problem.conflict(
                "changed-meanwhile", "Somebody else changed this account", mend="Try again"
            ) from None
        self._note(
            "account.change",
            {"name": (before.name, after.name), "language": (before.language, after.language)},
        )
        return after

    def set_password(self, current: str, new: str) -> None:
        """Every other session ends. Raises Problem."""
        self._signing_in.prove(self._connection, self.account, current, field="current")
        check_new(new, field="new", login=self.account.login, name=self.account.name)
        self._parts.accounts.set_password(self.account.id, self._signing_in.passwords.hash(new))
        self._parts.sessions.end_all(self.account.id, but=self.session.hash)
        self._note("account.password")

    # --- the second factor ------------------------------------------------------------------------------------------

    def begin_second_factor(self, password: str) -> tuple[str, str]:
        """The secret and its URI; it asks for nothing until it is confirmed. Raises Problem."""
        self._signing_in.prove(self._connection, self.account, password, field="password")
        self._refuse_second()
        secret = second_factors.new_secret()
        self._parts.accounts.set_second_factor(self.account.id, SecondFactor(secret=secret, confirmed=False))
        return secret, second_factors.uri(secret, self.account.login)

    def confirm_second_factor(self, code: str) -> list[str]:
        """Recovery codes, which nobody is told again. Every other session ends. Raises Problem."""
        self._refuse_second()
        self._slow_down()
        factor = self._parts.accounts.second_factor(self.account.id)
        if factor is None:
            raise Problem.conflict("no-second-factor", "No second factor was begun", mend="Begin it first")
        step = second_factors.step_of(factor.secret, code.replace(" ", ""), self.desk.now)
        if step is None:
            self._signing_in.failed(self._connection, self.account, "second factor")
            raise Problem.invalid(
                "code", "This code is not right", "Look at the clock of the telephone", "wrong-code"
            )
        codes = self._write_second_factor(replace(factor, confirmed=True, last_step=step))
        self._parts.sessions.end_all(self.account.id, but=self.session.hash)
        self._note("account.second-factor", {"second_factor": (False, True)})
        return codes

    def renew_recovery_codes(self, password: str) -> list[str]:
        """Raises Problem."""
        self._signing_in.prove(self._connection, self.account, password, field="password")
        factor = self._parts.accounts.second_factor(self.account.id)
        if factor is None or not factor.confirmed:
            raise Problem.conflict("no-second-factor", "This account has no second factor")
        codes = self._write_second_factor(factor)
        self._note("account.recovery-codes")
        return codes

    def drop_second_factor(self, password: str) -> None:
        """Raises Problem."""
        self._signing_in.prove(self._connection, self.account, password, field="password")
        if self._parts.accounts.second_factor(self.account.id) is None:
            raise Problem.conflict("no-second-factor", "This account has no second factor")
        self._parts.accounts.set_second_factor(self.account.id, None)
        self._note("account.second-factor", {"second_factor": (True, False)})

    def recovery_codes(self) -> int:
        """How many are left."""
        return self._parts.accounts.recovery_codes(self.account.id)

    def _write_second_factor(self, factor: SecondFactor) -> list[str]:
        codes = second_factors.new_recovery_codes()
        hashes = [second_factors.recovery_hash(self.account.id, code) for code in codes]
        self._parts.accounts.set_second_factor(self.account.id, factor, hashes)
        return codes

    def _refuse_second(self) -> None:
        if self.account.second_factor:
            raise Problem.conflict(
                "second-factor-set", "This account has a second factor", mend="Take it away first"
            )

    # --- sessions ---------------------------------------------------------------------------------------------------

    def sessions(self) -> list[Session]:
        """The last used first."""
        return self._parts.sessions.of(self.account.id, self.desk.now, self._idle)

    def end_session(self, code: str) -> None:
        """One of one's own. Raises Problem, 404."""
        mine = next((session for session in self.sessions() if code and session.hash.startswith(code)), None)
        if mine is None or not self._parts.sessions.end(mine.hash):
            raise Problem.not_found("There is no such session")
        self._note("session.end")

    def end_others(self) -> int:
        """How many were ended."""
        ended = self._parts.sessions.end_all(self.account.id, but=self.session.hash)
        self._note("session.end", {"sessions": (ended + 1, 1)})
        return ended

    # --- tokens -----------------------------------------------------------------------------------------------------

    def tokens(self) -> list[ApiToken]:
        """Newest first."""
        return self._parts.tokens.of(self.account.id)

    def make_token(
        self, name: str, scopes: frozenset[Action], expires_at: float | None
    ) -> tuple[ApiToken, str]:
        """The token and its secret, which nobody is told again. Raises Problem."""
        beyond = sorted(scopes - self.desk.principal.actions)
        if beyond:
            raise Problem.invalid(
                "scopes", f"Your role may not do {', '.join(beyond)}", code="scope-beyond-role"
            )
        now = self.desk.now
        if expires_at is not None and expires_at <= now:
            raise Problem.invalid("expires_at", "This instant is past")
        if len(self.tokens()) >= MAX_TOKENS:
            raise Problem.conflict(
                "too-many-tokens", f"An account has {MAX_TOKENS} tokens at most", mend="Remove some"
            )
        secret = new_secret(TOKEN_PREFIX)
        token = ApiToken(
            id=new_id(),
            hash=secret_hash(secret),
            account=self.account.id,
            name=name,
            scopes=tuple(sorted(scopes)),
            created_at=now,
            expires_at=expires_at,
        )
        self._parts.tokens.add(token)
        self.desk.note(
            "token.create",
            f"token/{token.id}",
            changes_between(None, {"name": name, "scopes": list(token.scopes), "expires_at": expires_at}),
        )
        return token, secret

    def remove_token(self, token: str) -> None:
        """Raises Problem, 404."""
        if not self._parts.tokens.remove(self.account.id, token):
            raise Problem.not_found("There is no such token")
        self.desk.note("token.remove", f"token/{token}")

    # --- within -----------------------------------------------------------------------------------------------------

    def _slow_down(self) -> None:
        self._signing_in.slow_down(self.desk.principal.source, self.account.login, self.desk.now)

    def _note(self, action: str, changes: Mapping[str, tuple[object, object]] | None = None) -> None:
        told = {name: pair for name, pair in (changes or {}).items() if pair[0] != pair[1]}
        self.desk.note(action, f"account/{self.account.login}", told)


def _myself(connection: HTTPConnection, principal: Signed, desk: AtOwnDesk) -> Myself:
    if principal.session is None:
        raise Problem(403, "session-required", "No token may do this", mend="Sign in with a browser")
    state = connection.app.state
    return Myself(
        desk, principal.session, connection, state.parts, state.signing_in, state.doorman.settings.idle
    )


AsMyself = Annotated[Myself, Depends(_myself)]
"""One's own account; 403 for tokens."""
