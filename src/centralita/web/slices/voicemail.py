"""``/tenants/{tenant}/voicemail``: messages, one's own or, for administrators, of everybody: listen, mark, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import FileResponse

from centralita.pbx.model.user import User
from centralita.ports import StoredMessage
from centralita.web.access import Action
from centralita.web.audiofiles import WAV, wav
from centralita.web.callparts import CallParts
from centralita.web.desk import AtDesk, Desk
from centralita.web.paging import Page, WantedPage, page_of
from centralita.web.problems import Problem
from centralita.web.slices.calls import instant

router = APIRouter(prefix="/tenants/{tenant}/voicemail", tags=["voicemail"])

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"
UserName = Annotated[str, Path(pattern=_NAME, description="Whose mailbox.")]
MessageName = Annotated[str, Path(pattern=_NAME)]


class MessageBody(BaseModel):
    user: str
    id: str
    at: datetime
    duration: float
    """Seconds."""
    caller: str
    """Empty: withheld."""
    caller_name: str
    heard: bool


class MessagePatch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    heard: bool | None = None
    """False: it waits to be heard again."""


@router.get("", operation_id="list_messages")
def messages(
    desk: AtDesk,
    paging: WantedPage,
    user: Annotated[
        str, Query(max_length=63, description="Of this mailbox; empty: of all that I may see.")
    ] = "",
    heard: Annotated[bool | None, Query(description="Only those heard, or only those not.")] = None,
) -> Page[MessageBody]:
    """Newest first."""
    found = [
        _body(mailbox, message)
        for mailbox in _mailboxes(desk, user)
        for message in _parts(desk, mailbox).mailboxes.messages(desk.tenant, mailbox)
        if heard is None or message.heard is heard
    ]
    return page_of(
        found, lambda one: (f"{one.at.timestamp():020.6f}", one.user, one.id), paging, descending=True
    )


@router.get("/{user}/{message}", operation_id="get_message")
def message(desk: AtDesk, user: UserName, message: MessageName) -> MessageBody:
    """One message."""
    return _body(user, _find(desk, user, message))


@router.get(
    "/{user}/{message}/audio", operation_id="get_message_audio", response_class=FileResponse, responses=WAV
)
def audio(desk: AtDesk, user: UserName, message: MessageName) -> FileResponse:
    """Listen to one; ranges are understood. It does not count as heard by that."""
    found = _find(desk, user, message)
    return wav(found.path, found.path.parent, f"{user}-{found.id}.wav")


@router.patch("/{user}/{message}", operation_id="mark_message")
def mark(desk: AtDesk, user: UserName, message: MessageName, patch: MessagePatch) -> MessageBody:
    """Mark one as heard, or as new."""
    found = _find(desk, user, message, write=True)
    if patch.heard is not None and patch.heard is not found.heard:
        mailboxes = _parts(desk, user, write=True).mailboxes
        if patch.heard:
            mailboxes.mark_heard(desk.tenant, user, message)
        else:
            mailboxes.mark_new(desk.tenant, user, message)
        found = _find(desk, user, message, write=True)
    return _body(user, found)


@router.delete("/{user}/{message}", operation_id="delete_message", status_code=204)
def delete(desk: AtDesk, user: UserName, message: MessageName) -> None:
    """Delete one, for good."""
    _find(desk, user, message, write=True)
    _parts(desk, user).mailboxes.delete(desk.tenant, user, message)
    if not _is_own(desk, user):
        desk.note("voicemail.delete", f"voicemail/{user}/{message}")


def _is_own(desk: Desk, user: str) -> bool:
    account = desk.principal.account
    return account.tenant == desk.tenant and account.user == user


def _parts(desk: Desk, user: str, *, write: bool = False) -> CallParts:
    """Raises Problem, 403, where the mailbox is not theirs to open."""
    if _is_own(desk, user):
        own = Action.OWN_WRITE if write else Action.OWN_READ
        if own in desk.principal.actions:
            return desk.reach(own).calls
    if write:
        desk.require(Action.CONFIG_WRITE)
    return desk.reach(Action.VOICEMAIL_READ).calls


def _mailboxes(desk: Desk, user: str) -> list[str]:
    """Those that are asked for."""
    everybody = Action.VOICEMAIL_READ in desk.principal.actions
    if not user and not everybody:
        return [desk.user]
    if user and _is_own(desk, user):
        return [user]
    objects = desk.reach(Action.VOICEMAIL_READ).configs.objects(desk.tenant)
    users = [each.id for each in objects.values() if isinstance(each, User)]
    if not user:
        return users
    if user not in users:
        raise Problem.not_found("There is no such user")
    return [user]


def _find(desk: Desk, user: str, message: str, *, write: bool = False) -> StoredMessage:
    found = _parts(desk, user, write=write).mailboxes.find(desk.tenant, user, message)
    if found is None:
        raise Problem.not_found("There is no such message")
    return found


def _body(user: str, message: StoredMessage) -> MessageBody:
    return MessageBody(
        user=user,
        id=message.id,
        at=instant(message.at),
        duration=message.duration,
        caller=message.caller,
        caller_name=message.caller_name,
        heard=message.heard,
    )
