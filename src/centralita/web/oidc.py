"""Single sign-on by OpenID Connect: authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636).

What the provider says is believed only where its signature, issuer, audience, time and nonce are right. What is fetched of it obeys the same
rules as all that is fetched for tenants. Whom it names becomes a session in :mod:`centralita.web.single_sign_on`. Blocks: call it in a thread.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from centralita.fetch import FetchFailed, Network, exchange, fetch

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has: no ``none``, and none by a secret that we have, too."""
SECONDS = 10.0
MAX_BYTES = 256 * 1024
FRESH_SECONDS = 3600.0
"""For which its settings and keys are not asked for again."""
AGAIN_SECONDS = 60.0
"""Between two looks for a key that is not known."""
LEEWAY = 60
"""Seconds by which its clock may differ from ours."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NotBelieved(Exception):
    """Nobody is signed in by this. ``code`` for the sign-in page, the text for the log."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One provider, as the installation names it."""

    id: str
    name: str
    """What the button says."""
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    """Empty: a public client, by PKCE alone."""
    allow: tuple[Network, ...] = ()
    """Private networks that it may be in."""
    users_of: Mapping[str, str] = field(default_factory=dict)
    """Domain of mail → tenant, in which whoever has no account gets one, as a user."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider has signed in."""

    subject: str
    mail: str
    """In small letters; the provider has verified that it is theirs."""
    name: str


def is_web_address(url: str) -> bool:
    """https, or http to this very machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def challenge_of(verifier: str) -> str:
    """RFC 7636 §4.2, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Provider:
    """Safe to share between threads."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def where(self, redirect_uri: str, state: str, nonce: str, verifier: str, now: float) -> str:
        """Where the browser is sent to sign in. Raises NotBelieved."""
        endpoint = self._endpoint("authorization_endpoint", now)
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def identify(self, code: str, redirect_uri: str, nonce: str, verifier: str, now: float) -> Identity:
        """Whose code this is. Raises NotBelieved."""
        answer = self._exchange(code, redirect_uri, verifier, now)
        token = answer.get("id_token")
        if not isinstance(token, str) or not token:
            raise NotBelieved("sso-refused", "the provider gave no ID token")
        claims = self._verified(token, now)
        if claims.get("nonce") != nonce:
            raise NotBelieved("sso-refused", "the nonce is that of another sign-in")
        audience = claims.get("aud")
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self.settings.client_id:
            raise NotBelieved("sso-refused", "the token is for several, and another than us asked for it")
        mail = claims.get("email")
        if not isinstance(mail, str) or mail.count("@") != 1 or not mail.isprintable() or len(mail) > 254:
            raise NotBelieved("sso-no-mail", "the provider tells no mail address")
        if claims.get("email_verified") not in (True, "true"):
            raise NotBelieved("sso-mail-unverified", "the provider has not verified the mail address")
        name = claims.get("name")
        return Identity(str(claims["sub"]), mail.strip().lower(), name if isinstance(name, str) else "")

    # --- what it is -------------------------------------------------------------------------------------------------

    def _description(self, now: float) -> dict[str, Any]:
        with self._lock:
            if self._described is not None and now - self._described[0] < FRESH_SECONDS:
                return self._described[1]
        url = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._json(url)
        # OpenID Connect Discovery 1.0 §4.3: else another provider could stand in for this one.
        if found.get("issuer") != self.settings.issuer:
            raise NotBelieved("sso-unavailable", "the provider says that it is another issuer")
        with self._lock:
            self._described = (now, found)
        return found

    def _endpoint(self, name: str, now: float) -> str:
        found = self._description(now).get(name)
        if not isinstance(found, str) or not is_web_address(found):
            raise NotBelieved("sso-unavailable", f"the provider names no {name} that can be asked")
        return found

    def _key_set(self, now: float, *, older_than: float) -> KeySet:
        with self._lock:
            known = self._keys
        if known is not None and now - known[0] < older_than:
            return known[1]
        try:
            keys = KeySet.import_key_set(self._json(self._endpoint("jwks_uri", now)))  # type: ignore[arg-type]  # looked at there
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotBelieved(
                "sso-unavailable", f"the keys of the provider cannot be read: {error}"
            ) from None
        with self._lock:
            self._keys = (now, keys)
        return keys

    def _json(self, url: str) -> dict[str, Any]:
        try:
            text = fetch(url, seconds=SECONDS, max_bytes=MAX_BYTES, allow=self.settings.allow).text
        except FetchFailed as error:
            raise NotBelieved("sso-unavailable", f"{url}: {error}") from None
        return _object(text, url)

    # --- what it says -----------------------------------------------------------------------------------------------

    def _exchange(self, code: str, redirect_uri: str, verifier: str, now: float) -> dict[str, Any]:
        settings = self.settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": settings.client_id,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if settings.client_secret:
            # RFC 6749 §2.3.1; the usual way where the provider names none.
            ways = self._description(now).get("token_endpoint_auth_methods_supported")
            if isinstance(ways, list) and "client_secret_basic" not in ways:
                form["client_secret"] = settings.client_secret
            else:
                pair = f"{quote(settings.client_id, safe='')}:{quote(settings.client_secret, safe='')}"
                headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        url = self._endpoint("token_endpoint", now)
        try:
            status, text = exchange(
                url,
                urlencode(form).encode(),
                headers,
                seconds=SECONDS,
                max_bytes=MAX_BYTES,
                allow=settings.allow,
            )
        except FetchFailed as error:
            raise NotBelieved("sso-unavailable", f"{url}: {error}") from None
        if status != 200:
            raise NotBelieved("sso-refused", f"the provider does not take the code: {status}")
        return _object(text, url)

    def _verified(self, token: str, now: float) -> dict[str, Any]:
        """The claims of an ID token (OpenID Connect Core 1.0 §3.1.3.7)."""
        try:
            read = self._decoded(token, now)
            registry = jwt.JWTClaimsRegistry(
                now=int(now),
                leeway=LEEWAY,
                iss={"essential": True, "value": self.settings.issuer},
                aud={"essential": True, "value": self.settings.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            )
            registry.validate(read.claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotBelieved("sso-refused", f"the ID token is not right: {error}") from None
        return dict(read.claims)

    def _decoded(self, token: str, now: float) -> jwt.Token:
        try:
            return jwt.decode(token, self._key_set(now, older_than=FRESH_SECONDS), algorithms=ALGORITHMS)
        except (JoseError, ValueError, KeyError):
            # It may have been signed by a key that is new.
            return jwt.decode(token, self._key_set(now, older_than=AGAIN_SECONDS), algorithms=ALGORITHMS)


def _object(text: str, url: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NotBelieved("sso-unavailable", f"{url} gave no JSON object")
    return found


def providers(all_of: Iterable[ProviderSettings]) -> dict[str, Provider]:
    return {each.id: Provider(each) for each in all_of}
