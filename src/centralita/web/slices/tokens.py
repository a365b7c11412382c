"""``/tokens``: one's own API tokens, for programs. A token may do what its account may, and of that what its scopes name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from centralita.accounts import ApiToken
from centralita.pbx.model.base import ONE_LINE
from centralita.web.access import Action
from centralita.web.myself import AsMyself

router = APIRouter(prefix="/tokens", tags=["tokens"])


class TokenWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=ONE_LINE)
    ]
    scopes: Annotated[frozenset[Action], Field(min_length=1)]
    expires_at: AwareDatetime | None = None
    """None: never."""


class TokenBody(BaseModel):
    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    """To the minute; None: never."""


class TokenMade(TokenBody):
    token: str
    """``ctl_…``, to be sent as ``Authorization: Bearer``. It is told now and never again."""


@router.get("")
def tokens(myself: AsMyself) -> list[TokenBody]:
    """My tokens, newest first, those that have expired too."""
    return [TokenBody(**_fields(token)) for token in myself.tokens()]


@router.post("", status_code=201)
def make_token(myself: AsMyself, wanted: TokenWanted) -> TokenMade:
    """Make a token."""
    expires_at = wanted.expires_at.timestamp() if wanted.expires_at else None
    token, secret = myself.make_token(wanted.name, wanted.scopes, expires_at)
    return TokenMade(**_fields(token), token=secret)


@router.delete("/{token}", status_code=204)
def remove_token(myself: AsMyself, token: str) -> None:
    """It is refused from now on."""
    myself.remove_token(token)


def _fields(token: ApiToken) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "created_at": _instant(token.created_at),
        "expires_at": _instant(token.expires_at),
        "used_at": _instant(token.used_at),
    }


def _instant(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
