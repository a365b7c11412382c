"""``/me``: one's own account. What hangs on one's extension (calls, voicemail, forwarding) has slices of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from centralita.accounts import Role
from centralita.pbx.model.base import ONE_LINE
from centralita.web.access import Action, Principal, Signed
from centralita.web.myself import AsMyself

router = APIRouter(prefix="/me", tags=["me"])

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=ONE_LINE)]
SESSION_ID = 16
"""Characters of a session's hash that name it."""


class Me(BaseModel):
    id: str
    login: str
    name: str
    role: Role
    tenant: str
    """Empty: a platform administrator, of all tenants."""
    user: str
    """Whose extension is theirs; empty: none."""
    queues: list[str]
    language: str
    second_factor: bool
    may: list[Action]
    """What this session or token may do."""


def me_of(principal: Principal) -> Me:
    account = principal.account
    return Me(
        id=account.id,
        login=account.login,
        name=account.name,
        role=account.role,
        tenant=account.tenant,
        user=account.user,
        queues=list(account.queues),
        language=account.language,
        second_factor=account.second_factor,
        may=sorted(principal.actions),
    )


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MeChange(_Body):
    """What is not mentioned stays."""

    name: PersonName = ""
    language: Literal["es", "en"] = "es"


class PasswordChange(_Body):
    current: Annotated[str, Field(max_length=1024)]
    new: Annotated[str, Field(max_length=1024)]


class Proof(_Body):
    password: Annotated[str, Field(max_length=1024)]


class Code(_Body):
    code: Annotated[str, Field(min_length=6, max_length=12)]


class SecondFactorBegun(BaseModel):
    secret: str
    uri: str
    """``otpauth://…``: what a QR code for authenticator programs holds."""


class RecoveryCodes(BaseModel):
    codes: list[str]
    """Each stands in for a code of the authenticator once. They are told now and never again."""


class SecondFactorState(BaseModel):
    on: bool
    recovery_codes: int
    """How many are left."""


class OwnSession(BaseModel):
    id: str
    this: bool
    """Whether it is the one that asks."""
    created_at: datetime
    seen_at: datetime
    """To the minute."""
    source: str
    agent: str


@router.get("")
def look(principal: Signed) -> Me:
    """Who I am, and what I may do."""
    return me_of(principal)


@router.patch("")
def change(myself: AsMyself, wanted: MeChange) -> Me:
    """Change my name or language."""
    given = wanted.model_dump(exclude_unset=True)
    account = myself.change(given.get("name"), given.get("language"))
    principal = myself.desk.principal
    return me_of(Principal(account=account, actions=principal.actions, source=principal.source))


@router.put("/password", status_code=204)
def set_password(myself: AsMyself, wanted: PasswordChange) -> None:
    """Change my password. My other sessions end."""
    myself.set_password(wanted.current, wanted.new)


@router.get("/second-factor")
def second_factor(myself: AsMyself) -> SecondFactorState:
    """Whether I have a second factor, and how many recovery codes are left."""
    return SecondFactorState(on=myself.account.second_factor, recovery_codes=myself.recovery_codes())


@router.post("/second-factor")
def begin_second_factor(myself: AsMyself, proof: Proof) -> SecondFactorBegun:
    """Begin a second factor. It asks for nothing until a first code confirms it."""
    secret, uri = myself.begin_second_factor(proof.password)
    return SecondFactorBegun(secret=secret, uri=uri)


@router.post("/second-factor/confirm")
def confirm_second_factor(myself: AsMyself, given: Code) -> RecoveryCodes:
    """Turn the second factor on by its first code. My other sessions end."""
    return RecoveryCodes(codes=myself.confirm_second_factor(given.code))


@router.post("/second-factor/recovery-codes")
def renew_recovery_codes(myself: AsMyself, proof: Proof) -> RecoveryCodes:
    """New recovery codes in place of those before."""
    return RecoveryCodes(codes=myself.renew_recovery_codes(proof.password))


@router.post("/second-factor/remove", status_code=204)
def drop_second_factor(myself: AsMyself, proof: Proof) -> None:
    """Take my second factor away."""
    myself.drop_second_factor(proof.password)


@router.get("/sessions")
def sessions(myself: AsMyself) -> list[OwnSession]:
    """Where I have signed in, the last used first."""
    return [
        OwnSession(
            id=session.hash[:SESSION_ID],
            this=session.hash == myself.session.hash,
            created_at=datetime.fromtimestamp(session.created_at, UTC),
            seen_at=datetime.fromtimestamp(session.seen_at, UTC),
            source=session.source,
            agent=session.agent,
        )
        for session in myself.sessions()
    ]


@router.delete("/sessions", status_code=204)
def end_others(myself: AsMyself) -> None:
    """End all my sessions but this one."""
    myself.end_others()


@router.delete("/sessions/{session}", status_code=204)
def end_session(myself: AsMyself, session: Annotated[str, Field(min_length=SESSION_ID)]) -> None:
    """End one of my sessions."""
    myself.end_session(session)
