"""``/session``: signing in and out, and passwords set by a one-time link. What is here asks nobody to have signed in before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from centralita.accounts import Account, LinkPurpose, Session
from centralita.pbx.model.base import ONE_LINE
from centralita.web.access import MAY, Principal, Signed
from centralita.web.doorman import Doorman, cookie_name, csrf_token
from centralita.web.myself import AsMyself
from centralita.web.problems import Problem
from centralita.web.signing_in import SigningIn
from centralita.web.slices.me import Me, me_of

router = APIRouter(prefix="/session", tags=["session"])

Login = Annotated[str, Field(min_length=1, max_length=254, pattern=ONE_LINE)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")

    login: Login
    password: Password
    code: Annotated[str, Field(max_length=40)] = ""
    """Of the authenticator, or a recovery code; only where the account has a second factor."""


class SessionBody(BaseModel):
    account: Me
    csrf: str
    """To be sent as ``X-CSRF-Token`` with what changes anything, by clients that say no ``Origin`` and no ``Sec-Fetch-Site``."""
    expires_at: datetime


class ResetWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    login: Login


class LinkGiven(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=200)]


class LinkSeen(BaseModel):
    purpose: LinkPurpose
    login: str
    name: str


class NewPassword(LinkGiven):
    password: Password


def _signing_in(request: Request) -> SigningIn:
    signing_in: SigningIn = request.app.state.signing_in
    doorman: Doorman = request.app.state.doorman
    if doorman.same_origin(request) is False:
        raise Problem(403, "forged", "This request does not come from our own pages")
    return signing_in


FromOurPages = Annotated[SigningIn, Depends(_signing_in)]
"""Signing in somebody else's browser, into one's own account, is forgery too."""


@router.post("")
def sign_in(
    request: Request, response: Response, credentials: Credentials, signing_in: FromOurPages
) -> SessionBody:
    """Begin a session: the cookie is in the answer. 401 ``second-factor-required``: send it again with a ``code``."""
    secret, session, account = signing_in.sign_in(
        request, credentials.login.strip().lower(), credentials.password, credentials.code
    )
    return hand_over(request, response, secret, session, account)


def hand_over(
    request: Request, response: Response, secret: str, session: Session, account: Account
) -> SessionBody:
    """Give the browser a session that has begun, and tell it."""
    doorman: Doorman = request.app.state.doorman
    doorman.give(request, response, secret)
    principal = Principal(account=account, actions=MAY[account.role], source="")
    return SessionBody(
        account=me_of(principal),
        csrf=csrf_token(secret),
        expires_at=datetime.fromtimestamp(session.expires_at, UTC),
    )


@router.get("")
def look(request: Request, principal: Signed) -> SessionBody:
    """Who has signed in here; 401: nobody."""
    session = principal.session
    if session is None:
        raise Problem(403, "session-required", "A token has no session", mend="Ask /me")
    return SessionBody(
        account=me_of(principal),
        csrf=csrf_token(request.cookies[cookie_name(request)]),
        expires_at=datetime.fromtimestamp(session.expires_at, UTC),
    )


@router.delete("", status_code=204)
def sign_out(request: Request, response: Response, myself: AsMyself) -> None:
    """End this session."""
    myself.end_session(myself.session.hash)
    doorman: Doorman = request.app.state.doorman
    doorman.take(request, response)


@router.post("/reset", status_code=202)
def forgot(request: Request, wanted: ResetWanted, signing_in: FromOurPages) -> None:
    """Have a link mailed that sets a new password. The answer is the same whether there is such an account or not."""
    signing_in.ask_for_reset(request, wanted.login.strip().lower())


@router.post("/link")
def look_at_link(given: LinkGiven, signing_in: FromOurPages) -> LinkSeen:
    """Whose link this is; it can still be used afterwards. 404: it was used, or is too old."""
    link, account = signing_in.look_at_link(given.token)
    return LinkSeen(purpose=link.purpose, login=account.login, name=account.name)


@router.post("/password", status_code=204)
def set_password(request: Request, given: NewPassword, signing_in: FromOurPages) -> None:
    """Set a password by a link, which is used up. Every session of the account ends; then sign in."""
    signing_in.set_password(request, given.token, given.password)
