"""From a provider's word to a session of ours: the browser that began is the one that comes back, once, and it is somebody we know.

What a browser needs to come back with is in a cookie of its own, signed by us, so that nothing that strangers begin takes any room here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from centralita.accounts import Account, LoginTaken, Role, new_id
from centralita.pbx.model.user import User
from centralita.throttle import Throttle, ThrottleLimits
from centralita.web.doorman import Doorman, is_https, source_of
from centralita.web.oidc import Identity, NotBelieved, Provider

if TYPE_CHECKING:
    from centralita.web.parts import WebParts
    from centralita.web.signing_in import SigningIn

PATH = "/api/v1/session/oidc"
SECONDS = 600.0
"""For signing in at the provider."""
BEGUN = ThrottleLimits(seconds=600, pair=60, user=100_000, source=60, proven=1)
"""How often one source may begin: each time asks the provider something, at least once an hour."""
MOST_USED = 10_000
log = logging.getLogger(__name__)


class SingleSignOn:
    """Safe to share between threads."""

    def __init__(
        self, parts: WebParts, doorman: Doorman, signing_in: SigningIn, providers: Mapping[str, Provider]
    ) -> None:
        self._parts = parts
        self._doorman = doorman
        self._signing_in = signing_in
        self.providers = providers
        self._lock = threading.Lock()
        self._used: dict[str, float] = {}
        """States that have come back, until their cookies are too old."""
        self._throttle = Throttle(BEGUN)

    # --- there ------------------------------------------------------------------------------------------------------

    def begin(self, connection: HTTPConnection, provider: Provider, onward: str) -> Response:
        """Send the browser to the provider. ``onward``: the page of ours where it is to be afterwards."""
        now, source = self._parts.wall(), source_of(connection)
        with self._lock:
            wait = self._throttle.blocked(source, "", now)
            if not wait:
                self._throttle.failed(source, None, now)
        if wait:
            return _back("too-many-attempts")
        carried: dict[str, Any] = {
            "provider": provider.settings.id,
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(48),
            "onward": onward if _is_page(onward) else "/",
            "until": now + SECONDS,
        }
        try:
            url = provider.where(
                self._redirect_uri(connection, provider),
                carried["state"],
                carried["nonce"],
                carried["verifier"],
                now,
            )
        except NotBelieved as error:
            log.warning("single sign-on by %s cannot begin: %s", provider.settings.id, error)
            return _back(error.code)
        response = RedirectResponse(url, 303)
        response.set_cookie(
            _cookie_name(connection),
            self._sealed(carried),
            max_age=int(SECONDS),
            path="/",
            secure=is_https(connection),
            httponly=True,
            samesite="lax",
        )
        return response

    # --- and back ---------------------------------------------------------------------------------------------------

    def finish(
        self, connection: HTTPConnection, provider: Provider, state: str, code: str, error: str
    ) -> Response:
        """Begin the session of whoever comes back."""
        name = provider.settings.id
        begun_here = False
        try:
            carried = self._carried(connection, name, state)
            begun_here = True
            if error or not code:
                said = "".join(letter for letter in error[:100] if letter.isprintable())
                raise NotBelieved("sso-refused", f"the provider says {said or 'nothing'}")
            identity = provider.identify(
                code,
                self._redirect_uri(connection, provider),
                carried["nonce"],
                carried["verifier"],
                self._parts.wall(),
            )
            account = self._account(connection, provider, identity)
        except NotBelieved as refusal:
            if begun_here:
                log.warning("single sign-on by %s refused: %s", name, refusal)
                self._signing_in.note_refused(connection, f"oidc:{name}", str(refusal))
            else:  # anybody can ask for this page, as often as they like: that fills no table and no log
                log.debug("single sign-on by %s refused: %s", name, refusal)
            response = _back(refusal.code)
        else:
            secret, _ = self._signing_in.begin(connection, account, via=f"oidc:{name}")
            response = RedirectResponse(carried["onward"], 303)
            self._doorman.give(connection, response, secret)
        response.delete_cookie(
            _cookie_name(connection), path="/", secure=is_https(connection), httponly=True, samesite="lax"
        )
        return response

    def _carried(self, connection: HTTPConnection, provider: str, state: str) -> dict[str, Any]:
        """What this browser began with. Each is good once."""
        carried = self._opened(connection.cookies.get(_cookie_name(connection), ""))
        now = self._parts.wall()
        if (
            carried is None
            or carried["provider"] != provider
            or carried["until"] <= now
            or not hmac.compare_digest(carried["state"].encode(), state.encode("utf-8", "replace"))
        ):
            raise NotBelieved("sso-outdated", "this browser did not begin it, or too long ago")
        with self._lock:
            self._used = {each: until for each, until in self._used.items() if until > now}
            if carried["state"] in self._used or len(self._used) >= MOST_USED:
                raise NotBelieved("sso-outdated", "it came back once already")
            self._used[carried["state"]] = carried["until"]
        return carried

    def _account(self, connection: HTTPConnection, provider: Provider, identity: Identity) -> Account:
        account = self._parts.accounts.by_login(identity.mail)
        if account is None:
            account = self._made(connection, provider, identity)
        if account.disabled:
            raise NotBelieved("account-disabled", f"the account {account.login} is disabled")
        return account

    def _made(self, connection: HTTPConnection, provider: Provider, identity: Identity) -> Account:
        """A new account, as a user: only for domains for which it is wanted. Never an administrator."""
        tenant = provider.settings.users_of.get(identity.mail.rpartition("@")[2], "")
        if not tenant or tenant not in self._parts.configs.tenants():
            raise NotBelieved("sso-unknown", f"nobody has an account as {identity.mail}")
        people = [
            item.id
            for item in self._parts.configs.objects(tenant).values()
            if isinstance(item, User) and item.mail.lower() == identity.mail
        ]
        name = "".join(letter for letter in identity.name if letter.isprintable()).strip()[:80]
        account = Account(
            id=new_id(),
            login=identity.mail,
            name=name,
            role=Role.USER,
            tenant=tenant,
            user=people[0] if len(people) == 1 else "",
            created_at=self._parts.wall(),
        )
        try:
            self._parts.accounts.add(account)
        except LoginTaken:  # made by somebody else just now
            found = self._parts.accounts.by_login(identity.mail)
            if found is None:
                raise NotBelieved("sso-unknown", "the account is gone again") from None
            return found
        self._signing_in.note_made(connection, account, f"oidc:{provider.settings.id}")
        return account

    # --- within -----------------------------------------------------------------------------------------------------

    def _redirect_uri(self, connection: HTTPConnection, provider: Provider) -> str:
        origin = self._doorman.settings.origin or str(connection.base_url).rstrip("/")
        return f"{origin}{PATH}/{provider.settings.id}/callback"

    def _sealed(self, carried: Mapping[str, Any]) -> str:
        body = urlsafe_b64encode(json.dumps(carried).encode()).decode()
        return f"{body}.{self._signature(body)}"

    def _opened(self, text: str) -> dict[str, Any] | None:
        body, _, signature = text.partition(".")
        if not hmac.compare_digest(self._signature(body).encode(), signature.encode("utf-8", "replace")):
            return None
        found: dict[str, Any] = json.loads(urlsafe_b64decode(body))
        return found

    def _signature(self, body: str) -> str:
        return hmac.new(
            self._parts.tag_key, b"single sign-on " + body.encode("utf-8", "replace"), hashlib.sha256
        ).hexdigest()


def _cookie_name(connection: HTTPConnection) -> str:
    return "__Host-centralita-sso" if is_https(connection) else "centralita-sso"


def _back(code: str) -> Response:
    """To the sign-in page, which says what is wrong in the reader's language."""
    return RedirectResponse(f"/sign-in?problem={code}", 303)


def _is_page(path: str) -> bool:
    """Whether it is a page of ours, and no other site's however a browser reads it."""
    return (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
        and "\\" not in path
    )
