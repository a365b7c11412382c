"""``/accounts``: who can sign in, with which role; invitations; and what an administrator does for who has lost something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request

from centralita.accounts import Account, LinkPurpose, Role
from centralita.pbx.model.base import OBJECT_ID
from centralita.web.desk import AtOwnDesk
from centralita.web.etags import IfMatch, check
from centralita.web.paging import Page, WantedPage, encode_cursor
from centralita.web.people import People
from centralita.web.slices.me import PersonName

router = APIRouter(prefix="/accounts", tags=["accounts"])

LoginName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^\p{Cc}\s@<>,;]+@[^\p{Cc}\s@<>,;]+$"
    ),
]
"""An address of mail: where invitations go."""
ObjectName = Annotated[str, StringConstraints(pattern=OBJECT_ID)]
MaybeObjectName = Annotated[str, StringConstraints(pattern=rf"^$|{OBJECT_ID}")]


class AccountBody(BaseModel):
    id: str
    login: str
    name: str
    role: Role
    tenant: str
    user: str
    queues: list[str]
    language: str
    disabled: bool
    invited: bool
    """They have not chosen a password yet."""
    second_factor: bool
    created_at: datetime
    signed_in_at: datetime | None


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AccountWanted(_Wanted):
    login: LoginName
    name: PersonName
    role: Role
    tenant: Annotated[str, StringConstraints(max_length=32)] = ""
    """Empty: one's own; for a platform administrator's, none."""
    user: MaybeObjectName = ""
    queues: list[ObjectName] = []
    language: Literal["es", "en"] = "es"


class AccountChange(_Wanted):
    """What is not mentioned stays."""

    login: LoginName = ""
    name: PersonName = ""
    role: Role = Role.USER
    user: MaybeObjectName = ""
    queues: list[ObjectName] = []
    language: Literal["es", "en"] = "es"
    disabled: bool = False


class LinkWanted(_Wanted):
    purpose: LinkPurpose


class LinkMade(BaseModel):
    mailed: bool
    """Whether it was handed to the mail server."""
    url: str | None = None
    """Where it could not be mailed: to be handed on to its owner. It is told now and never again."""
    expires_at: datetime


class Invited(AccountBody):
    link: LinkMade


def _people(request: Request, desk: AtOwnDesk) -> People:
    return People(desk, request.app.state.signing_in)


AtPeople = Annotated[People, Depends(_people)]


@router.get("")
def accounts(
    people: AtPeople,
    paging: WantedPage,
    tenant: Annotated[str, Query(max_length=32, description="Of this tenant only.")] = "",
) -> Page[AccountBody]:
    """By login."""
    key = paging.after(1)
    found = people.page(tenant, str(key[0]) if key else "", paging.limit + 1)
    shown = found[: paging.limit]
    more = len(found) > paging.limit
    return Page(items=[_body(item) for item in shown], next=encode_cursor(shown[-1].login) if more else None)


@router.post("", status_code=201)
def add_account(people: AtPeople, wanted: AccountWanted) -> Invited:
    """Make an account, and invite its owner: they choose their password by a link."""
    account = people.add(
        login=wanted.login,
        name=wanted.name,
        role=wanted.role,
        tenant=wanted.tenant,
        user=wanted.user,
        queues=tuple(wanted.queues),
        language=wanted.language,
    )
    return Invited(**_body(account).model_dump(), link=_link(people, account, LinkPurpose.INVITE))


@router.get("/{account}")
def account(people: AtPeople, account: str, response: Response) -> AccountBody:
    """One account."""
    return _tagged(response, people.get(account))


@router.patch("/{account}")
def change_account(
    people: AtPeople, account: str, wanted: AccountChange, response: Response, if_match: IfMatch = None
) -> AccountBody:
    """Change it. What its sessions may do changes with it, at once."""
    before = people.get(account, write=True)
    check(if_match, _tag(before))
    given = wanted.model_dump(exclude_unset=True)
    if "queues" in given:
        given["queues"] = tuple(given["queues"])
    return _tagged(response, people.change(before, replace(before, **given)))


@router.delete("/{account}", status_code=204)
def remove_account(people: AtPeople, account: str, if_match: IfMatch = None) -> None:
    """With its sessions and tokens. What it did stays in the audit log."""
    before = people.get(account, write=True)
    check(if_match, _tag(before))
    people.remove(before)


@router.post("/{account}/link", status_code=201)
def make_link(people: AtPeople, account: str, wanted: LinkWanted) -> LinkMade:
    """A new link to choose a password by, in place of those made before."""
    return _link(people, people.get(account, write=True), wanted.purpose)


@router.delete("/{account}/second-factor", status_code=204)
def drop_second_factor(people: AtPeople, account: str) -> None:
    """For who has lost their telephone and their recovery codes."""
    people.drop_second_factor(people.get(account, write=True))


@router.delete("/{account}/sessions", status_code=204)
def end_sessions(people: AtPeople, account: str) -> None:
    """Sign them out everywhere."""
    people.end_sessions(people.get(account, write=True))


def _link(people: People, account: Account, purpose: LinkPurpose) -> LinkMade:
    mailed, url, expires_at = people.make_link(account, purpose)
    return LinkMade(
        mailed=mailed, url=None if mailed else url, expires_at=datetime.fromtimestamp(expires_at, UTC)
    )


def _tag(account: Account) -> str:
    return f'"{account.revision}"'


def _tagged(response: Response, account: Account) -> AccountBody:
    response.headers["ETag"] = _tag(account)
    return _body(account)


def _body(account: Account) -> AccountBody:
    return AccountBody(
        id=account.id,
        login=account.login,
        name=account.name,
        role=account.role,
        tenant=account.tenant,
        user=account.user,
        queues=list(account.queues),
        language=account.language,
        disabled=account.disabled,
        invited=not account.has_password,
        second_factor=account.second_factor,
        created_at=datetime.fromtimestamp(account.created_at, UTC),
        signed_in_at=datetime.fromtimestamp(account.signed_in_at, UTC) if account.signed_in_at else None,
    )
