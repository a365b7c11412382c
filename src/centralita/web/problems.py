"""Errors as ``application/problem+json`` (RFC 9457): one form for everything that goes wrong, whoever notices it.

``code`` is stable, for programs and for a console that says it in the reader's language; ``detail`` is an English sentence
that may change. ``type`` is the code as a URN. ``errors`` names each field that is wrong, and ``mend`` says what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from centralita.control import RequestRefused, SwitchUnavailable
from centralita.pbx.configuration.allowance import OverPlan
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.wording import Language, told
from centralita.ports import StoreUnavailable
from centralita.web.tongue import language_of

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


class FieldError(BaseModel):
    field: str
    """Dotted path within what was sent: ``members.1.user``; of an object of a configuration, within that."""
    detail: str
    mend: str = ""
    kind: str = ""
    """With ``id``: the object of a configuration that it is about; empty: what was sent itself."""
    id: str = ""
    values: dict[str, str | int] = {}
    """What a translation of ``detail`` needs: of ``over-plan`` the plan's ``plan`` and ``name``, and ``allowed``, ``used``, ``wanted``."""


class ProblemBody(BaseModel):
    """What a client gets."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    mend: str = ""
    errors: list[FieldError] = []


class Problem(Exception):
    """Raise it anywhere below a route: the client gets it as problem+json.

    ``field`` names the one field that is wrong; ``errors`` is for several.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str = "",
        mend: str = "",
        errors: Sequence[FieldError] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.mend = mend
        self.errors = list(errors) or ([FieldError(field=field, detail=detail, mend=mend)] if field else [])
        self.headers = dict(headers or {})
        if status == 401:
            self.headers.setdefault("WWW-Authenticate", "Bearer")  # RFC 9110 §11.6.1

    @classmethod
    def not_found(cls, detail: str = "There is no such thing", code: str = "not-found") -> Problem:
        return cls(404, code, detail)

    @classmethod
    def invalid(cls, field: str, detail: str, mend: str = "", code: str = "invalid") -> Problem:
        """422: a value that cannot be taken."""
        return cls(422, code, detail, field=field, mend=mend)

    @classmethod
    def conflict(cls, code: str, detail: str, *, field: str = "", mend: str = "") -> Problem:
        """409: what is there already stands against it."""
        return cls(409, code, detail, field=field, mend=mend)

    def body(self, language: Language = "en") -> ProblemBody:
        """What the checker refuses is said as it is elsewhere; of the rest the code is what a translation goes by."""
        return ProblemBody(
            type=f"urn:centralita:problem:{self.code}",
            code=self.code,
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            mend=self.mend,
            errors=[one.model_copy(update={"detail": told(one.detail, language)}) for one in self.errors],
        )

    def response(self, language: Language = "en") -> Response:
        body = self.body(language).model_dump(mode="json")
        return JSONResponse(body, self.status, self.headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """What leaves a route as an exception becomes a problem; what nobody foresaw is the shield's affair."""
    for kind, translate in _TRANSLATIONS.items():
        app.add_exception_handler(kind, _handler(translate))


def _schema() -> dict[str, object]:
    """With everything in it: what stands beside a schema in the OpenAPI document can be referred to by no name of ours."""
    schema = ProblemBody.model_json_schema()
    (inner,) = schema.pop("$defs").values()
    schema["properties"]["errors"]["items"] = inner
    return schema


RESPONSES: dict[int | str, dict[str, object]] = {
    "4XX": {"description": "A problem", "content": {MEDIA_TYPE: {"schema": _schema()}}},
    "5XX": {"description": "A problem of ours", "content": {MEDIA_TYPE: {"schema": _schema()}}},
}
"""Of every route, so that the OpenAPI document tells of problems."""


def _handler(
    translate: Callable[[Exception], Problem],
) -> Callable[[HTTPConnection, Exception], Awaitable[Response]]:
    async def handle(connection: HTTPConnection, error: Exception) -> Response:
        problem = translate(error)
        if problem.status >= 500:
            log.error("%s %s: %s", connection.scope.get("method", "WebSocket"), connection.url.path, error)
        response = problem.response(language_of(connection))
        if isinstance(connection, WebSocket):
            await connection.send_denial_response(response)
        return response

    return handle


def _as_it_is(error: Exception) -> Problem:
    assert isinstance(error, Problem)
    return error


def _invalid(error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
    errors = []
    for detail in error.errors():
        place, *path = (str(part) for part in detail["loc"])
        field = ".".join(path) or place
        message = detail["msg"].removeprefix("Value error, ")
        if detail["type"] == "json_invalid":
            return Problem(400, "not-json", "The body is not JSON", mend="Send application/json")
        errors.append(FieldError(field=field, detail=message))
    return Problem(422, "invalid", "Some values cannot be taken", errors=errors)


_CODES = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    503: "busy",
}

_SENTENCES = {404: "There is no such thing", 405: "This cannot be done here"}


def _http(error: Exception) -> Problem:
    """What Starlette raises by itself: no such path, no such method."""
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "http-error")
    detail = _SENTENCES.get(error.status_code, str(error.detail))
    return Problem(error.status_code, code, detail, headers=dict(error.headers or {}))


def _refused_configuration(error: Exception) -> Problem:
    assert isinstance(error, ConfigurationRefused)
    errors = [
        FieldError(field=problem.field, detail=problem.message, kind=problem.kind, id=problem.id)
        for problem in error.problems
    ]
    return Problem(422, "configuration-refused", "The configuration would not be valid", errors=errors)


def _over_plan(error: Exception) -> Problem:
    assert isinstance(error, OverPlan)
    first = error.excesses[0]
    errors = [
        FieldError(
            field=each.what.value,
            detail=each.message,
            mend=each.mend,
            kind="plan",
            id=each.plan.id,
            values={
                "plan": each.plan.id,
                "name": each.plan.name,
                "allowed": each.allowed,
                "used": each.used,
                "wanted": each.wanted,
            },
        )
        for each in error.excesses
    ]
    return Problem(409, "over-plan", first.message, mend=first.mend, errors=errors)


def _store_down(_error: Exception) -> Problem:
    return Problem(503, "store-unavailable", "The database does not answer", mend="Try again in a minute")


def _switch_down(_error: Exception) -> Problem:
    return Problem(503, "switch-unavailable", "The switch does not answer", mend="Try again in a minute")


def _switch_refused(error: Exception) -> Problem:
    return Problem(409, "switch-refused", str(error))


_TRANSLATIONS: dict[type[Exception], Callable[[Exception], Problem]] = {
    Problem: _as_it_is,
    RequestValidationError: _invalid,
    WebSocketRequestValidationError: _invalid,
    HTTPException: _http,
    ConfigurationRefused: _refused_configuration,
    OverPlan: _over_plan,
    StoreUnavailable: _store_down,
    SwitchUnavailable: _switch_down,
    RequestRefused: _switch_refused,
}
