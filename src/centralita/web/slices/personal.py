"""What users set for themselves: do not disturb, forwarding, voicemail, whom they block, who rings along, their hours. A user reaches their own settings only; administrators everybody's.

Such a change makes no version and waits in no draft: it is in force at once.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from centralita.control import RequestRefused, SwitchUnavailable
from centralita.pbx.model.base import OptionalId, OptionalTarget
from centralita.pbx.model.contacts import CallerEntry
from centralita.pbx.model.schedule import Weekly
from centralita.pbx.model.user import PARTS, BlockList, Follower, FollowMe, OwnHours
from centralita.web import etags
from centralita.web.desk import AtDesk, Desk, changes_between
from centralita.web.own import UserId, reach_of
from centralita.web.problems import Problem

if TYPE_CHECKING:
    from centralita.pbx.model.user import Personal
    from centralita.web.parts import WebParts

router = APIRouter(prefix="/tenants/{tenant}/users/{id}/personal", tags=["users"])


class VoicemailSettings(BaseModel):
    enabled: bool
    mail: bool
    delete_after_mail: bool
    max_seconds: int
    has_pin: bool
    """The PIN itself is never told."""


class PersonalSettings(BaseModel):
    """As they are in force."""

    do_not_disturb: bool
    ring_seconds: int
    forward_always: str
    forward_busy: str
    forward_no_answer: str
    forward_unreachable: str
    voicemail: VoicemailSettings
    block: BlockList
    follow_me: FollowMe
    hours: OwnHours


class VoicemailChange(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    enabled: bool | None = None
    pin: Annotated[str, Field(pattern=r"^([0-9]{4,10})?$", json_schema_extra={"writeOnly": True})] | None = (
        None
    )
    mail: bool | None = None
    delete_after_mail: bool | None = None
    max_seconds: Annotated[int, Field(ge=5, le=900)] | None = None


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class BlockChange(_Change):
    numbers: Annotated[list[CallerEntry], Field(max_length=500)] | None = None
    """All of them."""
    anonymous: bool | None = None
    then: Literal["decline", "busy", "voicemail"] | None = None


class FollowMeChange(_Change):
    enabled: bool | None = None
    targets: Annotated[list[Follower], Field(max_length=5)] | None = None
    """All of them."""
    ring_seconds: Annotated[int, Field(ge=5, le=120)] | None = None
    confirm: bool | None = None


class HoursChange(_Change):
    enabled: bool | None = None
    schedule: OptionalId | None = None
    weekly: Weekly | None = None
    """The whole week."""
    outside: OptionalTarget | None = None


class PersonalChange(_Change):
    """What is not mentioned stays; null goes back to what the administrator set."""

    do_not_disturb: bool | None = None
    ring_seconds: Annotated[int, Field(ge=3, le=180)] | None = None
    forward_always: OptionalTarget | None = None
    forward_busy: OptionalTarget | None = None
    forward_no_answer: OptionalTarget | None = None
    forward_unreachable: OptionalTarget | None = None
    voicemail: VoicemailChange | None = None
    block: BlockChange | None = None
    follow_me: FollowMeChange | None = None
    hours: HoursChange | None = None


@router.get("", operation_id="get_personal", response_model=PersonalSettings)
def get_personal(desk: AtDesk, user: UserId, if_none_match: etags.IfNoneMatch = None) -> Response:
    """The settings in force: what the configuration says, and over it what the user set."""
    parts = reach_of(desk, user, write=False)
    return _answer(parts, _settings(parts, desk, user), if_none_match)


@router.patch("", operation_id="change_personal", response_model=PersonalSettings)
def change_personal(
    desk: AtDesk, user: UserId, body: PersonalChange, if_match: etags.IfMatch = None
) -> Response:
    """Change what is sent; in force at once."""
    parts = reach_of(desk, user, write=True)
    fields = body.model_dump(exclude_unset=True)
    with desk.together():
        before = _settings(parts, desk, user)
        try:
            parts.configs.set_personal(
                desk.tenant, user, fields, check=lambda current: etags.check(if_match, _tag(parts, current))
            )
        except ValueError as error:
            name, _, message = str(error).partition(": ")
            raise Problem.invalid(name, message) from None
        after = _settings(parts, desk, user)
        changes = changes_between(_flat(before), _flat(after))
        if changes:
            desk.note("personal.change", f"user/{user}", changes)
    if changes:
        with suppress(SwitchUnavailable, RequestRefused):  # it finds it by itself, a little later
            parts.switch.reload(desk.tenant)
    return _answer(parts, after)


def _settings(parts: WebParts, desk: Desk, user: str) -> Personal:
    found = parts.configs.personal(desk.tenant, user)
    if found is None:
        raise Problem.not_found(f"There is no user {user}")
    return found


def _tag(parts: WebParts, personal: Personal) -> str:
    return etags.etag_of(personal.model_dump(mode="json"), parts.tag_key)


def _answer(parts: WebParts, personal: Personal, if_none_match: str | None = None) -> Response:
    headers = {"ETag": _tag(parts, personal)}
    if etags.known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    fields = personal.model_dump(mode="json")
    pin = fields["voicemail"].pop("pin")
    fields["voicemail"]["has_pin"] = bool(pin)
    return JSONResponse(fields, headers=headers)


def _flat(personal: Personal) -> dict[str, Any]:
    fields = personal.model_dump(mode="json")
    flat = fields.pop("voicemail")
    for part in PARTS[1:]:
        flat |= {f"{part}.{name}": value for name, value in fields.pop(part).items()}
    return {**flat, **fields}
