"""Signing in, and passwords that are set by a one-time link: slow for who guesses, and the same to who asks whether an account exists."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import HTTPConnection

from centralita.accounts import Account, AuditEntry, Link, LinkPurpose, Session, new_secret, secret_hash
from centralita.throttle import Guess, Throttle, ThrottleLimits
from centralita.web import second_factors
from centralita.web.doorman import Doorman, new_session, source_of
from centralita.web.letters import letter
from centralita.web.parts import WebParts
from centralita.web.passwords import Passwords, check_new
from centralita.web.problems import Problem

LINK_SECONDS = {LinkPurpose.INVITE: 7 * 86400.0, LinkPurpose.RESET: 3600.0}
LIMITS = ThrottleLimits(seconds=900, pair=5, user=50, source=100, proven=4)
LETTERS = ThrottleLimits(seconds=3600, pair=3, user=5, source=20, proven=1)
"""Of reset links that anybody may ask for: nobody's mailbox is flooded."""
log = logging.getLogger(__name__)


class SigningIn:
    """Safe to share between threads."""

    def __init__(
        self, parts: WebParts, doorman: Doorman, passwords: Passwords, limits: ThrottleLimits = LIMITS
    ) -> None:
        self._parts = parts
        self._doorman = doorman
        self.passwords = passwords
        self._lock = threading.Lock()
        self._throttle = Throttle(limits)
        self._letters = Throttle(LETTERS)
        self._postman = ThreadPoolExecutor(1, "post")

    # --- passwords --------------------------------------------------------------------------------------------------

    def sign_in(
        self, connection: HTTPConnection, login: str, password: str, code: str
    ) -> tuple[str, Session, Account]:
        """A new session and its secret. Raises Problem: 401 where it is refused, 429 where one has to wait."""
        source, now = source_of(connection), self._parts.wall()
        self.slow_down(source, login, now)
        account = self._parts.accounts.by_login(login)
        known = self._parts.accounts.password(account.id) if account else ""
        right = self.passwords.verify(known, password)
        if account is None or not right or account.disabled:
            self._refused(connection, login, account, "password")
            raise Problem(401, "wrong-password", "This login and password are not known together")
        self._second_factor(connection, account, code, now)
        with self._lock:
            self._throttle.succeeded(source, login, now)
        if self.passwords.outdated(known):
            self._parts.accounts.set_password(account.id, self.passwords.hash(password))
        secret, session = self.begin(connection, account)
        return secret, session, account

    def begin(
        self, connection: HTTPConnection, account: Account, *, via: str = "session"
    ) -> tuple[str, Session]:
        """A new session of who has proved who they are, and its secret. ``via``: to whom, for the audit log."""
        secret, now = new_secret(), self._parts.wall()
        session = new_session(secret, account.id, connection, now, self._doorman.settings)
        self._parts.sessions.sweep(now, self._doorman.settings.idle)
        self._parts.sessions.add(session)
        self._parts.accounts.signed_in(account.id, now)
        self._note(connection, account, "session.begin", via=via)
        return secret, session

    def note_refused(self, connection: HTTPConnection, via: str, why: str) -> None:
        """Others did not sign somebody in, or nobody whom we know."""
        self._note(connection, None, "session.refused", what=why[:200], via=via)

    def note_made(self, connection: HTTPConnection, account: Account, via: str) -> None:
        """An account was made because of what others say."""
        self._note(connection, account, "account.create", via=via)

    def _second_factor(self, connection: HTTPConnection, account: Account, code: str, now: float) -> None:
        factor = self._parts.accounts.second_factor(account.id) if account.second_factor else None
        if factor is None:
            return
        if not code:
            raise Problem(
                401,
                "second-factor-required",
                "This account has a second factor",
                field="code",
                mend="Send a code of your authenticator as well, or a recovery code",
            )
        if not second_factors.take(self._parts.accounts, account.id, factor, code, now):
            self._refused(connection, account.login, account, "second factor")
            raise Problem(
                401,
                "wrong-code",
                "This code is not right, or was used before",
                field="code",
                mend="Wait for the next one",
            )

    def prove(self, connection: HTTPConnection, account: Account, password: str, *, field: str) -> None:
        """Of who has signed in already, before what would outlast the session. Raises Problem: 403, or 429."""
        source, now = source_of(connection), self._parts.wall()
        self.slow_down(source, account.login, now)
        if not self.passwords.verify(self._parts.accounts.password(account.id), password):
            self._refused(connection, account.login, account, "password")
            raise Problem(403, "wrong-password", "This is not your password", field=field)

    def slow_down(self, source: str, login: str, now: float) -> None:
        """Raises Problem, 429, where this login from this source has to wait."""
        with self._lock:
            wait = self._throttle.blocked(source, login, now)
        if wait:
            raise too_many(wait)

    def guesses(self) -> list[Guess]:
        """Who has given wrong passwords or codes lately."""
        with self._lock:
            return self._throttle.guesses(self._parts.wall())

    def pardon(self, source: str, login: str) -> bool:
        """Let somebody try again; False where they had not to wait. One of the two may be empty."""
        with self._lock:
            return self._throttle.pardon(source, login)

    def failed(self, connection: HTTPConnection, account: Account, what: str) -> None:
        """What somebody who has signed in gave was wrong: it counts as a wrong password does."""
        self._refused(connection, account.login, account, what)

    def _refused(self, connection: HTTPConnection, login: str, account: Account | None, what: str) -> None:
        source = source_of(connection)
        with self._lock:
            self._throttle.failed(source, login, self._parts.wall())
        log.warning("sign-in refused from %s: wrong %s", source, what)
        self._note(connection, account, "session.refused", login, what)

    # --- links ------------------------------------------------------------------------------------------------------

    def make_link(self, account: Account, purpose: LinkPurpose) -> str:
        """The secret of a new link, in place of those made before."""
        secret, now = new_secret(), self._parts.wall()
        expires_at = now + LINK_SECONDS[purpose]
        link = Link(
            hash=secret_hash(secret), account=account.id, purpose=purpose, made_at=now, expires_at=expires_at
        )
        self._parts.accounts.add_link(link)
        return secret

    def url(self, secret: str) -> str:
        """Where the console takes it: behind ``#``, so that it is in no log of a server. Relative where our address is not set."""
        return f"{self._doorman.settings.origin}/password#{secret}"

    def mail_link(self, account: Account, purpose: LinkPurpose, secret: str) -> bool:
        """Mail it to its owner; False where that cannot be done, and somebody has to hand it on. Blocks."""
        if not self._doorman.settings.origin or not self._parts.post.ready():
            return False
        subject, text = letter(account, purpose, self.url(secret))
        return self._parts.post.send(account.login, subject, text)

    def ask_for_reset(self, connection: HTTPConnection, login: str) -> None:
        """Somebody says that they forgot their password. Takes the same time and says the same, whoever they name."""
        source, now = source_of(connection), self._parts.wall()
        with self._lock:
            wait = self._letters.blocked(source, login, now)
            self._letters.failed(source, login, now)
        if wait:
            raise too_many(wait)
        self._postman.submit(self._send_reset, login, source)

    def _send_reset(self, login: str, source: str) -> None:
        try:
            account = self._parts.accounts.by_login(login)
            if account is None or account.disabled or not self._parts.post.ready():
                return
            purpose = LinkPurpose.RESET if account.has_password else LinkPurpose.INVITE
            if not self.mail_link(account, purpose, self.make_link(account, purpose)):
                log.warning("a reset link for %s could not be mailed (asked for from %s)", login, source)
        except Exception:
            log.exception("a reset link could not be made")

    def look_at_link(self, secret: str) -> tuple[Link, Account]:
        """Whose link this is. Raises Problem, 404, where it cannot be used any more."""
        link = self._parts.accounts.link(secret_hash(secret), self._parts.wall())
        account = self._parts.accounts.get(link.account) if link else None
        if link is None or account is None or account.disabled:
            raise Problem(
                404,
                "link-invalid",
                "This link was used, or is too old",
                mend="Ask for another one",
            )
        return link, account

    def set_password(self, connection: HTTPConnection, secret: str, password: str) -> Account:
        """By a link, which is good for nothing afterwards; every session of the account ends. Raises Problem."""
        link, account = self.look_at_link(secret)
        check_new(password, field="password", login=account.login, name=account.name)
        known = self.passwords.hash(password)
        if not self._parts.accounts.use_link(link.hash, link.purpose, self._parts.wall()):
            raise Problem(
                404, "link-invalid", "This link was used, or is too old", mend="Ask for another one"
            )
        self._parts.accounts.set_password(account.id, known)
        self._parts.sessions.end_all(account.id)
        self._note(connection, account, "account.password", via="link")
        return account

    # --- within -----------------------------------------------------------------------------------------------------

    def _note(
        self,
        connection: HTTPConnection,
        account: Account | None,
        action: str,
        login: str = "",
        what: str = "",
        via: str = "session",
    ) -> None:
        who = account.login if account else login
        self._parts.audit.add(
            AuditEntry(
                at=self._parts.wall(),
                tenant=account.tenant if account else "",
                account=account.id if account else "",
                who=who,
                source=source_of(connection),
                via=via,
                action=action,
                target=f"account/{who}",
                changes={"wrong": (None, what)} if what else {},
            )
        )

    def close(self) -> None:
        """Wait for the letters that are being sent."""
        self._postman.shutdown(wait=True, cancel_futures=True)


def too_many(wait: float) -> Problem:
    seconds = max(1, round(wait))
    return Problem(
        429,
        "too-many-attempts",
        f"Too many attempts: wait {seconds} seconds",
        headers={"Retry-After": str(seconds)},
    )
