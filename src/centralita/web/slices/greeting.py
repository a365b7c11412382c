"""``/tenants/{tenant}/users/{id}/greeting``: what callers hear before they leave a message; one's own, or for administrators anybody's.

What is uploaded is decoded and written anew, and never served as it came.
"""

from __future__ import annotations

from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel
from starlette.responses import FileResponse

from centralita.web.access import Action
from centralita.web.audiofiles import WAV, wav
from centralita.web.desk import AtDesk
from centralita.web.own import WRITERS, UserId, reach_of, require_user
from centralita.web.problems import Problem

router = APIRouter(prefix="/tenants/{tenant}/users/{id}/greeting", tags=["voicemail"])

LONGEST = 120.0
"""Seconds: nobody listens longer before they may speak."""
_BYTES_A_SECOND = 16_000


class GreetingBody(BaseModel):
    seconds: float


@router.get("", operation_id="get_greeting", response_class=FileResponse, responses=WAV)
def get_greeting(desk: AtDesk, user: UserId) -> FileResponse:
    """Listen to it; ranges are understood. 404 with ``default-greeting`` where callers hear the default one."""
    parts = reach_of(desk, user, write=False, read_by=Action.VOICEMAIL_READ)
    require_user(parts, desk, user)
    path = parts.calls.mailboxes.greeting(desk.tenant, user)
    if path is None:
        raise Problem.not_found("Callers hear the default greeting", code="default-greeting")
    return wav(path, parts.calls.data / "voicemail" / desk.tenant / user, f"greeting-{user}.wav")


@router.put("", operation_id="put_greeting", dependencies=WRITERS)
def put_greeting(
    desk: AtDesk,
    user: UserId,
    body: Annotated[
        bytes, Body(media_type="audio/wav", description="A WAV file of plain PCM, 8 kHz or more.")
    ],
) -> GreetingBody:
    """Make a recording the greeting."""
    parts = reach_of(desk, user, write=True)
    require_user(parts, desk, user)
    try:
        _, pcm = parts.calls.take_sound(BytesIO(body))
    except ValueError as error:
        raise Problem.invalid("body", f"The file cannot be used: {error}", code="no-sound") from None
    seconds = len(pcm) / _BYTES_A_SECOND
    if seconds > LONGEST:
        raise Problem.invalid("body", f"A greeting lasts {LONGEST:.0f} seconds at most", "Make it shorter")
    parts.calls.mailboxes.put_greeting(desk.tenant, user, pcm)
    desk.note("voicemail.greeting", f"user/{user}", {"seconds": (None, round(seconds, 1))})
    return GreetingBody(seconds=round(seconds, 2))


@router.delete("", operation_id="delete_greeting", status_code=204)
def delete_greeting(desk: AtDesk, user: UserId) -> None:
    """Back to the default one."""
    parts = reach_of(desk, user, write=True)
    require_user(parts, desk, user)
    there = parts.calls.mailboxes.greeting(desk.tenant, user) is not None
    parts.calls.mailboxes.set_greeting(desk.tenant, user, None)
    if there:
        desk.note("voicemail.greeting", f"user/{user}", {"own": (True, False)})
