"""``/tenants/{tenant}/recordings``: calls that were recorded, to be listened to and deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel
from starlette.responses import FileResponse

from centralita.pbx.callrecords import BadCursor
from centralita.pbx.journey import Journey, SoundFile
from centralita.web.access import Action
from centralita.web.audiofiles import WAV, wav
from centralita.web.desk import AtDesk, Desk
from centralita.web.paging import Page, WantedPage
from centralita.web.problems import Problem
from centralita.web.sight import look
from centralita.web.slices.calls import CallName, Wanted, find, instant

router = APIRouter(prefix="/tenants/{tenant}/recordings", tags=["recordings"])

Number = Annotated[int, Path(ge=1, le=1000, description="Which of the call's recordings.")]


class RecordingBody(BaseModel):
    call: str
    number: int
    """Which of the call's recordings, from 1 on."""
    at: datetime
    duration: float
    """Seconds."""
    caller: str
    caller_name: str
    dialled: str
    answered_user: str
    there: bool
    """False: it was deleted, or is older than recordings are kept."""


@router.get("", operation_id="list_recordings")
def recordings(desk: AtDesk, wanted: Wanted, paging: WantedPage) -> Page[RecordingBody]:
    """Newest call first; a supervisor's of their queues. A page has so many calls, of which each may have several."""
    parts = desk.reach(Action.RECORDINGS_READ)
    sight, _ = look(desk, Action.RECORDINGS_READ)
    filters = replace(wanted, has="recording", visible=sight.marks)
    records = parts.calls.records
    try:
        page = records.list(desk.tenant, filters, paging.cursor or None, paging.limit)
    except BadCursor:
        raise Problem.invalid("cursor", "This is no cursor of this list") from None
    items: list[RecordingBody] = []
    for line in page.journeys:
        found = records.get(line.journey, desk.tenant)
        if found is not None:
            items += _bodies(found, line.answered_user, parts.calls.data)
    return Page(items=items, next=page.cursor)


@router.get(
    "/{call}/{number}", operation_id="get_recording_audio", response_class=FileResponse, responses=WAV
)
def audio(desk: AtDesk, call: CallName, number: Number) -> FileResponse:
    """Listen to one; ranges are understood."""
    parts = desk.reach(Action.RECORDINGS_READ)
    file = _one(desk, call, number)
    return wav(parts.calls.data / file.path, _folder(desk, parts.calls.data), f"{call}-{number}.wav")


@router.delete("/{call}/{number}", operation_id="delete_recording", status_code=204)
def delete(desk: AtDesk, call: CallName, number: Number) -> None:
    """Delete what was recorded; the call stays on record. For administrators."""
    desk.require(Action.CONFIG_WRITE)
    parts = desk.reach(Action.RECORDINGS_READ)
    path = parts.calls.data / _one(desk, call, number).path
    if not path.is_file() or not path.resolve().is_relative_to(_folder(desk, parts.calls.data).resolve()):
        raise Problem.not_found("The recording is not there any more", code="sound-gone")
    path.unlink(missing_ok=True)
    desk.note("recording.delete", f"recording/{call}/{number}")


def _one(desk: Desk, call: str, number: int) -> SoundFile:
    files = find(desk, call, Action.RECORDINGS_READ).recordings
    if number > len(files):
        raise Problem.not_found("There is no such recording")
    return files[number - 1]


def _folder(desk: Desk, data: FilePath) -> FilePath:
    return data / "recordings" / desk.tenant


def _bodies(found: Journey, answered_user: str, data: FilePath) -> list[RecordingBody]:
    return [
        RecordingBody(
            call=found.journey,
            number=number,
            at=instant(file.at),
            duration=file.duration,
            caller=found.caller,
            caller_name=found.caller_name,
            dialled=found.dialled,
            answered_user=answered_user,
            there=(data / file.path).is_file(),
        )
        for number, file in enumerate(found.recordings, start=1)
    ]
