"""What surrounds every request: headers that browsers obey, a limit on what may be sent, and no exception that leaves as it is."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from centralita.web.problems import Problem

MAX_JSON = 4 * 1024 * 1024
"""Bytes of a body of JSON, which is read into memory. Security limit."""
MAX_UPLOAD = 32 * 1024 * 1024
"""Bytes of any other body: audio, spreadsheets. Security limit."""

MAX_HELD = 512 * 1024 * 1024
"""Bytes of all bodies that are being read or answered at once. Security limit: strangers' too are read before it is known who they are."""
MAX_HELD_SOURCE = 128 * 1024 * 1024
"""Of those from one address: whoever sends a lot leaves room to the others."""

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # component libraries place what floats by inline styles
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
log = logging.getLogger(__name__)


class Shield:
    """ASGI middleware, the outermost one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._held: Counter[str] = Counter()
        """Bytes by source; what is over is not in it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _protect(MutableHeaders(scope=message), scope)
            await send(message)

        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope.get("query_string", b""):
            # No name and no text here holds a zero character, and PostgreSQL would fail on it.
            await Problem(400, "bad-request", "This URL holds a zero character").response()(
                scope, receive, send_guarded
            )
            return
        limit = _limit(Headers(scope=scope))
        source = scope["client"][0] if scope.get("client") else ""
        taken = 0

        def take(count: int) -> None:
            nonlocal taken
            if not count:
                return
            taken += count
            self._held[source] += count
            if taken > limit:
                raise HTTPException(413, _too_large(limit).detail)
            if self._held[source] > MAX_HELD_SOURCE or self._held.total() > MAX_HELD:
                raise HTTPException(503, "Too much is being sent at once", {"Retry-After": "5"})

        try:
            declared = _declared(Headers(scope=scope))
            if declared is not None and declared > limit:
                await _too_large(limit).response()(scope, receive, send_guarded)
                return
            await self._app(scope, _bounded(receive, take), send_guarded)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise  # half an answer is out: the connection has to break, or it would be taken for whole
            problem = Problem(500, "fault", "This is a fault of Centralita", mend="Its log says more")
            await problem.response()(scope, receive, send_guarded)
        finally:
            if taken:
                self._held[source] -= taken
                if not self._held[source]:
                    del self._held[source]


def _bounded(receive: Receive, take: Callable[[int], None]) -> Receive:
    async def bounded() -> Message:
        message = await receive()
        if message["type"] == "http.request":
            take(len(message.get("body", b"")))
        return message

    return bounded


def _limit(headers: Headers) -> int:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return MAX_JSON if kind in ("", "application/json") or kind.endswith("+json") else MAX_UPLOAD


def _declared(headers: Headers) -> int | None:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None


def _too_large(limit: int) -> Problem:
    return Problem(413, "too-large", f"At most {limit} bytes can be sent here")


def _protect(headers: MutableHeaders, scope: Scope) -> None:
    path: str = scope["path"]
    of_programs = path.startswith("/api/") or path == "/metrics"
    headers.setdefault("Content-Security-Policy", API_POLICY if of_programs else PAGE_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
    if of_programs:
        # What has a tag may be kept if it is asked for again each time; nothing else is left on a disk.
        headers.setdefault("Cache-Control", "private, no-cache" if "etag" in headers else "no-store")
    if scope["scheme"] == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
