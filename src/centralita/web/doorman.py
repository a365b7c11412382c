"""Who a request comes from: the session of its cookie, or the API token of its header; and that no other site sent the browser.

Cookies and forgery are understood here and nowhere else. Signing in is :mod:`centralita.web.signing_in`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from centralita.accounts import TOKEN_PREFIX, Session, secret_hash
from centralita.web.access import MAY, Action, Principal
from centralita.web.parts import WebParts
from centralita.web.problems import Problem

CSRF_HEADER = "X-CSRF-Token"
TOUCH_SECONDS = 60.0
"""How exact the instant is at which a session or token was last used: not every request writes to the database."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class DoorSettings:
    idle: float = 8 * 3600.0
    """Seconds without a request after which a session is over."""
    longest: float = 7 * 86400.0
    """Seconds after which it is over in any case."""
    origin: str = ""
    """``https://pbx.example.com``: where browsers reach us, besides whatever they name as the host; empty: nowhere else."""


class Doorman:
    def __init__(self, parts: WebParts, settings: DoorSettings | None = None) -> None:
        self._parts = parts
        self.settings = settings or DoorSettings()

    # --- coming in --------------------------------------------------------------------------------------------------

    def principal(self, connection: HTTPConnection) -> Principal:
        """Raises Problem: 401, or 403 where another site sent the browser."""
        scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._by_token(connection, credentials.strip())
        return self._by_session(connection)

    def _by_token(self, connection: HTTPConnection, secret: str) -> Principal:
        now = self._parts.wall()
        found = self._parts.tokens.find(secret_hash(secret), now) if secret.startswith(TOKEN_PREFIX) else None
        if found is None:
            raise Problem(401, "token-invalid", "This token is not known, or has expired")
        token, account = found
        if token.used_at is None or now - token.used_at > TOUCH_SECONDS:
            self._parts.tokens.touch(token.id, now)
        scopes = frozenset(action for action in Action if action in token.scopes)
        return Principal(
            account=account,
            actions=MAY[account.role] & scopes,
            source=source_of(connection),
            via=f"token:{token.name}",
        )

    def _by_session(self, connection: HTTPConnection) -> Principal:
        secret = connection.cookies.get(cookie_name(connection), "")
        now = self._parts.wall()
        found = self._parts.sessions.find(secret_hash(secret), now, self.settings.idle) if secret else None
        if found is None:
            raise Problem(401, "not-signed-in", "Nobody has signed in here", mend="Sign in")
        session, account = found
        if connection.scope["type"] == "websocket" or connection.scope["method"] not in SAFE:
            self._refuse_forgery(connection, secret)
        if now - session.seen_at > TOUCH_SECONDS:
            self._parts.sessions.touch(session.hash, now)
        return Principal(
            account=account,
            actions=MAY[account.role],
            source=source_of(connection),
            session=session,
        )

    # --- forgery ----------------------------------------------------------------------------------------------------

    def _refuse_forgery(self, connection: HTTPConnection, secret: str) -> None:
        """A browser sends its cookie along whoever tells it to: it has to say that our own page did."""
        given = connection.headers.get(CSRF_HEADER, "")
        if given and hmac.compare_digest(given.encode(), csrf_token(secret).encode()):
            return
        if self.same_origin(connection) is not True:
            raise Problem(
                403,
                "forged",
                "This request does not come from our own pages",
                mend=f"Send the header {CSRF_HEADER}, as GET /api/v1/session gives it",
            )

    def same_origin(self, connection: HTTPConnection) -> bool | None:
        """Whether one of our own pages sent this; None where the client does not say."""
        site = connection.headers.get("sec-fetch-site")
        if site is not None and connection.scope["type"] != "websocket":
            return site == "same-origin"
        origin = connection.headers.get("origin")
        if origin is None:
            return None
        if origin == self.settings.origin:
            return True
        # Not the scheme: behind a proxy that ends TLS we may not know it, and no page of another scheme has our host to itself.
        return urlsplit(origin).netloc == connection.headers.get("host", "")

    # --- the cookie -------------------------------------------------------------------------------------------------

    def give(self, connection: HTTPConnection, response: Response, secret: str) -> None:
        """Give the browser its session."""
        response.set_cookie(
            cookie_name(connection),
            secret,
            max_age=int(self.settings.longest),
            path="/",
            secure=is_https(connection),
            httponly=True,
            samesite="lax",
        )

    def take(self, connection: HTTPConnection, response: Response) -> None:
        response.delete_cookie(
            cookie_name(connection), path="/", secure=is_https(connection), httponly=True, samesite="lax"
        )


def cookie_name(connection: HTTPConnection) -> str:
    """The prefix has browsers refuse a cookie of this name that was not set by this very host over TLS (RFC 6265bis 4.1.3)."""
    return "__Host-centralita" if is_https(connection) else "centralita"


def is_https(connection: HTTPConnection) -> bool:
    return connection.url.scheme in ("https", "wss")


def source_of(connection: HTTPConnection) -> str:
    """The address that a request comes from; that of the client where a proxy that is trusted says so."""
    host = connection.client.host if connection.client else ""
    try:
        return str(ip_address(host))
    except ValueError:
        return "unknown"


def csrf_token(secret: str) -> str:
    """What the pages of a session send along; of no use to tell the session by."""
    return hashlib.sha256(b"csrf " + secret.encode()).hexdigest()


def new_session(
    secret: str, account: str, connection: HTTPConnection, now: float, settings: DoorSettings
) -> Session:
    return Session(
        hash=secret_hash(secret),
        account=account,
        created_at=now,
        seen_at=now,
        expires_at=now + settings.longest,
        source=source_of(connection),
        agent=connection.headers.get("user-agent", "")[:200],
    )
