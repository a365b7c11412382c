"""``Idempotency-Key``: a request that is sent again, because its answer was lost, is answered and not done again, for a day.

Another request under a key that was used is refused (422), and one that is being done meanwhile (409). What failed may be tried again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import Header
from starlette.responses import Response

from centralita.web.problems import Problem

if TYPE_CHECKING:
    from centralita.web.desk import Desk
    from centralita.web.parts import WebParts

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="The same request with the same key within a day is answered as before, and not done again.",
    ),
]
KEPT_HEADERS = ("location", "etag", "content-type")


def once(
    desk: Desk, parts: WebParts, key: str | None, request: object, do: Callable[[], Response]
) -> Response:
    """The answer to a request: of doing it, or of when it was done before. ``request`` is all that it asks for, as plain values."""
    if key is None:
        return do()
    text = json.dumps(request, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    scope = f"{desk.tenant}/{desk.principal.account.id}"
    found = parts.idempotency.begin(scope, key, digest, desk.now)
    if found is not None:
        return _again(found, digest)
    try:
        response = do()
    except BaseException:
        parts.idempotency.forget(scope, key)
        raise
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    answer = {"status": response.status_code, "headers": headers, "body": bytes(response.body).decode()}
    parts.idempotency.finish(scope, key, json.dumps(answer))
    return response


def _again(found: tuple[str, str | None], digest: str) -> Response:
    used, answer = found
    if used != digest:
        raise Problem(
            422, "key-used", "This idempotency key was used for another request", mend="Take a new one"
        )
    if answer is None:
        raise Problem.conflict(
            "in-progress", "The same request is being done", mend="Send it again in a few seconds"
        )
    kept = json.loads(answer)
    return Response(kept["body"], kept["status"], {**kept["headers"], "Idempotent-Replayed": "true"})
