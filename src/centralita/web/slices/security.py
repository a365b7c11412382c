"""``/security`` and ``/tenants/{tenant}/security``: who has given wrong passwords, as a telephone or as a person, who has to wait, and until when.

An administrator sees what concerns the devices and accounts of their tenant; names that nobody has, and sources as a whole, are the
platform's. Whoever has to wait is let in again by ``/lift``.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator, model_validator

from centralita.control import RequestRefused, SwitchUnavailable
from centralita.web.access import Action
from centralita.web.desk import AtDesk, AtOwnDesk, Desk
from centralita.web.parts import WebParts
from centralita.web.problems import Problem
from centralita.web.signing_in import SigningIn

router = APIRouter(tags=["security"])

LAST = 100
"""Failures that are told, of each kind."""
LOOKED_UP = 200
"""Logins whose account is looked for."""


class Suspect(BaseModel):
    """Failures that are counted together."""

    kind: Literal["sip", "web"]
    scope: Literal["pair", "source", "user"]
    """Of one name from one source; of all from a source; of one name from everywhere."""
    source: str
    """An address, or an IPv6 network; empty: everywhere."""
    user: str
    """The SIP user name, or the login; empty: all."""
    tenant: str
    """Empty: nobody is called so, or it is of no tenant."""
    failures: int
    """Within the window."""
    limit: int
    blocked: bool
    until: datetime | None
    """When the next password is looked at; none: it is now."""


class Attempt(BaseModel):
    kind: Literal["sip", "web"]
    at: datetime
    source: str
    user: str
    tenant: str
    reason: str
    """``password``, ``second factor``…; ``blocked``: it was not even looked at."""


class SecurityBody(BaseModel):
    switch: bool
    """Whether the switch answers; else nothing is known of telephones."""
    suspects: list[Suspect]
    """Who has to wait longest first."""
    attempts: list[Attempt]
    """The last ones, the latest first."""


class Lift(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["sip", "web"]
    source: Annotated[str, StringConstraints(max_length=64, pattern=r"^([0-9a-fA-F.:]+(/64)?)?$")] = ""
    user: Annotated[str, StringConstraints(max_length=254)] = ""

    @field_validator("source")
    @classmethod
    def _is_source(cls, value: str) -> str:
        if value and not value.endswith("/64"):
            from ipaddress import ip_address

            ip_address(value)
        return value

    @model_validator(mode="after")
    def _names_somebody(self) -> Lift:
        if not self.source and not self.user:
            raise ValueError("name a source, a user, or both")
        return self


class Lifted(BaseModel):
    lifted: bool
    """False: they had not to wait."""


def _may_lift(desk: AtDesk) -> None:
    desk.require(Action.CONFIG_WRITE)


def _may_lift_everywhere(desk: AtOwnDesk) -> None:
    desk.require(Action.TENANTS_WRITE)


@router.get("/security", operation_id="get_platform_security")
def everywhere(desk: AtOwnDesk, request: Request) -> SecurityBody:
    """Of the whole installation."""
    return _look(desk.reach(Action.PLATFORM_READ), request, "", desk.now)


@router.get("/tenants/{tenant}/security", operation_id="get_security")
def of_tenant(desk: AtDesk, request: Request) -> SecurityBody:
    """What concerns the tenant's devices and accounts."""
    return _look(desk.reach(Action.AUDIT_READ), request, desk.tenant, desk.now)


@router.post(
    "/security/lift", operation_id="lift_block_anywhere", dependencies=[Depends(_may_lift_everywhere)]
)
def lift_everywhere(desk: AtOwnDesk, request: Request, wanted: Lift) -> Lifted:
    """Let a source, a name, or a name from a source try again."""
    return _lift(desk, desk.reach(Action.TENANTS_WRITE), request, wanted, "")


@router.post("/tenants/{tenant}/security/lift", operation_id="lift_block", dependencies=[Depends(_may_lift)])
def lift_in_tenant(desk: AtDesk, request: Request, wanted: Lift) -> Lifted:
    """Let a device or an account of the tenant try again, from everywhere or from one source."""
    return _lift(desk, desk.reach(Action.CONFIG_WRITE), request, wanted, desk.tenant)


def _look(parts: WebParts, request: Request, tenant: str, now: float) -> SecurityBody:
    suspects, attempts = _people(parts, request, tenant, now)
    answers = False
    with suppress(SwitchUnavailable, RequestRefused):
        told = parts.switch.security(tenant)
        answers = True
        suspects += [
            _suspect(
                "sip",
                each.scope,
                each.source,
                each.user,
                each.tenant,
                each.failures,
                each.limit,
                each.wait,
                now,
            )
            for each in told.guessers
        ]
        attempts += [
            Attempt(
                kind="sip",
                at=_instant(each.at),
                source=each.source,
                user=each.user,
                tenant=each.tenant,
                reason="blocked" if each.blocked else "password",
            )
            for each in told.failures[:LAST]
        ]
    suspects.sort(
        key=lambda each: (each.until.timestamp() if each.until else 0.0, each.failures), reverse=True
    )
    attempts.sort(key=lambda each: each.at, reverse=True)
    return SecurityBody(switch=answers, suspects=suspects, attempts=attempts)


def _people(
    parts: WebParts, request: Request, tenant: str, now: float
) -> tuple[list[Suspect], list[Attempt]]:
    guesses = _signing_in(request).guesses()
    names = list(dict.fromkeys(each.user for each in guesses if each.user))[:LOOKED_UP]
    owners = {name: _tenant_of(parts, name) for name in names}
    suspects = [
        _suspect(
            "web",
            each.scope,
            each.source,
            each.user,
            owners.get(each.user) or "",
            each.failures,
            each.limit,
            each.wait,
            now,
        )
        for each in guesses
        if not tenant or (each.user and owners.get(each.user) == tenant)
    ]
    entries = parts.audit.page(tenant or None, action="session.refused", limit=LAST)
    attempts = [
        Attempt(
            kind="web",
            at=_instant(entry.at),
            source=entry.source,
            user=entry.who,
            tenant=entry.tenant,
            reason=str(entry.changes.get("wrong", ("", "password"))[1]),
        )
        for entry in entries
    ]
    return suspects, attempts


def _lift(desk: Desk, parts: WebParts, request: Request, wanted: Lift, tenant: str) -> Lifted:
    if tenant and not wanted.user:
        raise Problem.invalid("user", "Only the platform lets a whole source try again", "Name the user")
    if wanted.kind == "web":
        if tenant and _tenant_of(parts, wanted.user) != tenant:
            raise Problem.not_found("There is no such account")
        lifted = _signing_in(request).pardon(wanted.source, wanted.user)
    else:
        try:
            lifted = parts.switch.lift_block(wanted.source, wanted.user, tenant)
        except RequestRefused as error:
            raise Problem.not_found(str(error)[:1].upper() + str(error)[1:]) from None
    whom = " from ".join(filter(None, (wanted.user, wanted.source)))
    desk.note("security.lift", f"{wanted.kind}/{whom}", {"blocked": (lifted, False)} if lifted else None)
    return Lifted(lifted=lifted)


def _tenant_of(parts: WebParts, login: str) -> str | None:
    account = parts.accounts.by_login(login)
    return account.tenant if account is not None else None


def _signing_in(request: Request) -> SigningIn:
    found: SigningIn = request.app.state.signing_in
    return found


def _suspect(
    kind: Literal["sip", "web"],
    scope: str,
    source: str,
    user: str,
    tenant: str,
    failures: int,
    limit: int,
    wait: float,
    now: float,
) -> Suspect:
    return Suspect.model_validate(
        {
            "kind": kind,
            "scope": scope,
            "source": source,
            "user": user,
            "tenant": tenant,
            "failures": failures,
            "limit": limit,
            "blocked": wait > 0,
            "until": _instant(now + wait) if wait > 0 else None,
        }
    )


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
