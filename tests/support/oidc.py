"""A small OpenID Connect provider on the loopback: it signs in whom a test says, honestly or not."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT = "centralita"
SECRET = "a secret of the provider's: +&/"


@dataclass
class OidcProvider:
    issuer: str = ""
    key: RSAKey | ECKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    )
    clock: Callable[[], float] = time.time
    claims: dict[str, Any] = field(default_factory=dict)
    """What the next ID token says besides, or instead; None takes a claim out."""
    signed_by: RSAKey | ECKey | OctKey | None = None
    """By which key, if not by the provider's own."""
    algorithm: str = "RS256"
    status: int = 200
    """Of the token endpoint."""
    description: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Paths that were asked for."""
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self, url: str, mail: str, **claims: Any) -> dict[str, str]:
        """What a person does at the authorization endpoint; the query with which their browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        self.claims = {"email": mail, "email_verified": True, "name": "Ana García", **claims}
        return {"code": code, "state": asked["state"]}

    def told(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.description,
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(
            b"="
        )
        pair = base64.b64encode(b"centralita:a%20secret%20of%20the%20provider%27s%3A%20%2B%26%2F").decode()
        known = authorization == f"Basic {pair}" or form.get("client_secret") == SECRET
        if (
            self.status != 200
            or not known
            or asked is None
            or challenge.decode() != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return (self.status if self.status != 200 else 400), {"error": "invalid_grant"}
        now = int(self.clock())
        claims = {
            "iss": self.issuer,
            "sub": "4711",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        signer = self.signed_by or self.key
        if self.algorithm == "none":
            parts = [
                base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode()
                for each in (header, claims)
            ]
            return 200, {"id_token": ".".join([*parts, ""])}
        return 200, {"id_token": jwt.encode(header, claims, signer, algorithms=[self.algorithm])}


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """Serves until the block ends."""
    provider = OidcProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if self.path == "/.well-known/openid-configuration":
                self._answer(200, provider.told())
            elif self.path == "/keys":
                self._answer(200, provider.keys())
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("authorization", "")))

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
