"""``/session/providers`` and ``/session/oidc``: signing in at somebody else's, for the sign-in page's buttons.

These are pages that a browser goes to, not requests that a page makes: each answers with where to go on. What went wrong is told the
sign-in page as ``/sign-in?problem=CODE``.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from centralita.web.oidc import Provider
from centralita.web.problems import Problem
from centralita.web.single_sign_on import SingleSignOn

router = APIRouter(prefix="/session", tags=["session"])

ProviderName = Annotated[str, Path(max_length=32)]
_GO_ON: dict[int | str, dict[str, Any]] = {303: {"description": "Where the browser goes on"}}


class ProviderBody(BaseModel):
    id: str
    name: str
    """What the button says."""
    start: str
    """Where the button leads, with ``?onward=`` and the page of ours to be at afterwards."""


@router.get("/providers", operation_id="list_providers")
def list_providers(request: Request) -> list[ProviderBody]:
    """By whom people may have themselves signed in; none: by password only."""
    return [
        ProviderBody(id=name, name=each.settings.name, start=f"/api/v1/session/oidc/{name}/start")
        for name, each in _single_sign_on(request).providers.items()
    ]


@router.get(
    "/oidc/{provider}/start",
    operation_id="begin_single_sign_on",
    status_code=303,
    response_class=Response,
    responses=_GO_ON,
)
def start(
    request: Request, provider: ProviderName, onward: Annotated[str, Query(max_length=500)] = "/"
) -> Response:
    """To the provider."""
    return _single_sign_on(request).begin(request, _found(request, provider), onward)


@router.get(
    "/oidc/{provider}/callback",
    operation_id="finish_single_sign_on",
    status_code=303,
    response_class=Response,
    responses=_GO_ON,
)
def callback(
    request: Request,
    provider: ProviderName,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    error: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Back from the provider: a session begins."""
    return _single_sign_on(request).finish(request, _found(request, provider), state, code, error)


def _single_sign_on(request: Request) -> SingleSignOn:
    found: SingleSignOn = request.app.state.single_sign_on
    return found


def _found(request: Request, provider: str) -> Provider:
    found = _single_sign_on(request).providers.get(provider)
    if found is None:
        raise Problem.not_found("There is no such provider")
    return found
