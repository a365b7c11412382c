"""``/setup``: the first run. Open to all, and of use to nobody once there is an account."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from centralita.web.companies import TenantWanted
from centralita.web.first_run import FirstRun
from centralita.web.slices.accounts import LoginName
from centralita.web.slices.me import PersonName
from centralita.web.slices.session import FromOurPages, Password, SessionBody, hand_over

router = APIRouter(prefix="/setup", tags=["setup"])


class SetupState(BaseModel):
    needed: bool
    """No account exists: the first administrator can be made here."""


class SetupCode(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(min_length=1, max_length=100)]
    """What stands behind ``#code=`` in the link that `centralita up` and `centralita accounts setup-link` print."""


class FirstAdministrator(SetupCode):
    login: LoginName
    name: PersonName = ""
    password: Password
    language: Literal["es", "en"] = "es"
    company: TenantWanted | None = None
    """The first company, made in the same step; null: none yet."""


class SetupDone(SessionBody):
    """The browser has signed in."""

    tenant: str = ""
    """The company that was made; empty: none."""


def _first_run(request: Request, _ours: FromOurPages) -> FirstRun:
    first_run: FirstRun = request.app.state.first_run
    return first_run


AtFirstRun = Annotated[FirstRun, Depends(_first_run)]


@router.get("")
def setup_state(request: Request) -> SetupState:
    """Whether the first administrator has still to be made."""
    first_run: FirstRun = request.app.state.first_run
    return SetupState(needed=first_run.needed())


@router.post("/code", status_code=204)
def look_at_setup_code(request: Request, given: SetupCode, first_run: AtFirstRun) -> None:
    """Whether this is the code; it can still be used afterwards. 403 ``setup-code-wrong``, 409 ``setup-done``."""
    first_run.check_code(request, given.code)


@router.post("", status_code=201)
def set_up(
    request: Request,
    response: Response,
    wanted: FirstAdministrator,
    signing_in: FromOurPages,
    first_run: AtFirstRun,
) -> SetupDone:
    """Make the first administrator, and the first company, and sign in: the cookie is in the answer. Of two at once, one wins."""
    account = first_run.make(
        request,
        wanted.code,
        login=wanted.login,
        name=wanted.name,
        language=wanted.language,
        password=wanted.password,
        company=wanted.company,
    )
    secret, session = signing_in.begin(request, account)
    body = hand_over(request, response, secret, session, account)
    return SetupDone(**dict(body), tenant=wanted.company.id if wanted.company else "")
