"""``/tenants/{tenant}/calls``: past calls, found by anything, and what happened in each. As a table: ``calls.csv``."""

from __future__ import annotations

import re
from dataclasses import replace as narrowed
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from msgspec.structs import replace
from pydantic import AwareDatetime, BaseModel
from starlette.responses import StreamingResponse

from centralita.pbx import story
from centralita.pbx.callrecords import BadCursor, Filters, JourneySummary, marks
from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import Direction, Outcome
from centralita.pbx.wording import told
from centralita.web.access import Action
from centralita.web.callexport import ASTERISK, OURS, table
from centralita.web.cells import lines
from centralita.web.desk import AtDesk, Desk
from centralita.web.paging import Page, WantedPage
from centralita.web.problems import Problem
from centralita.web.sight import look

router = APIRouter(prefix="/tenants/{tenant}", tags=["calls"])

_NUMBER = re.compile(r"[0-9+*#()./\s-]+", re.ASCII)
_BETWEEN = re.compile(r"[()./\s-]", re.ASCII)
Name = Annotated[str, Query(max_length=64)]
CallName = Annotated[str, Path(max_length=64, pattern=r"^[0-9A-Za-z_-]+$", description="The call's id.")]


class CallBody(BaseModel):
    """A past call in a list. Durations are seconds."""

    id: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    direction: Direction
    caller: str
    """E.164 from outside, the extension from inside; empty: withheld."""
    caller_name: str
    dialled: str
    caller_user: str
    called_user: str
    answered_user: str
    answered_on: str
    """``device:ID`` or ``trunk:ID``; empty: nobody answered."""
    outcome: Outcome
    ended_by: str
    """caller, callee or system."""
    sip_status: int
    q850: int
    duration: float
    waiting: float
    connected: float
    held: float
    mos: float | None
    """The worst of all parties and directions; none where none was measured."""


class StoryLine(BaseModel):
    at: datetime
    seconds: float
    """Since the call began."""
    text: str


class TraceLine(BaseModel):
    """Why the call went on as it did."""

    at: datetime
    rule: str
    target: str
    reason: str
    node: str
    """``FLOW/NODE``; empty: not by a flow."""
    passed: list[str]
    """What was looked at and did not match, each with its reason."""
    pressed: str


class QualityLine(BaseModel):
    leg: str
    direction: str
    """``from`` the party, or ``to`` it."""
    codec: str
    packets: int
    loss: float | None
    """Per cent."""
    jitter: float | None
    """Milliseconds."""
    mos: float | None
    round_trip: float | None
    """Milliseconds."""


class RecordingOfCall(BaseModel):
    number: int
    """From 1 on, as ``/recordings/{call}/{number}`` has it."""
    at: datetime
    duration: float


class MessageOfCall(BaseModel):
    user: str
    message: str
    at: datetime
    duration: float


class CallDetail(BaseModel):
    """All that is known of a past call. Durations are seconds."""

    id: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    direction: Direction
    caller: str
    caller_name: str
    dialled: str
    via: str
    outcome: Outcome | None
    ended_by: str
    detail: str
    duration: float
    waiting: float
    connected: float
    talking: float
    held: float
    served: float
    version: int
    """Of the configuration that it was routed by."""
    tags: list[str]
    story: list[StoryLine]
    trace: list[TraceLine]
    quality: list[QualityLine]
    recordings: list[RecordingOfCall]
    messages: list[MessageOfCall]
    journey: dict[str, Any]
    """Its steps, legs, answers and stays in queues, as the record has them; instants are seconds since the epoch."""


class Columns(StrEnum):
    OURS = "ours"
    ASTERISK = "asterisk"


class Kept(StrEnum):
    RECORDING = "recording"
    MESSAGE = "message"


def _filters(
    desk: AtDesk,
    from_: Annotated[AwareDatetime | None, Query(alias="from", description="Begun then or later.")] = None,
    to: Annotated[AwareDatetime | None, Query(description="Begun before.")] = None,
    direction: Direction | None = None,
    outcome: Outcome | None = None,
    q: Annotated[str, Query(max_length=64, description="A part of a number, or of the caller's name.")] = "",
    user: Annotated[str, Query(max_length=64, description="Who called, was rung or answered.")] = "",
    queue: Name = "",
    trunk: Name = "",
    tag: Name = "",
    has: Annotated[Kept | None, Query(description="Of which this was kept.")] = None,
    missed: Annotated[
        bool, Query(description="Of `user`, or of one's own: calls that were for them and did not find them.")
    ] = False,
    min_seconds: Annotated[
        float | None, Query(ge=0, le=1e7, description="Connected for so long, or longer.")
    ] = None,
) -> Filters:
    return Filters(
        since=from_.timestamp() if from_ else None,
        until=to.timestamp() if to else None,
        direction=direction,
        outcome=outcome,
        text=_BETWEEN.sub("", q) if _NUMBER.fullmatch(q) else q.strip(),
        user=user,
        missed=(user or desk.user) if missed else "",
        queue=queue,
        trunk=trunk,
        tag=tag,
        has=has.value if has else "",
        min_connected=min_seconds,
    )


Wanted = Annotated[Filters, Depends(_filters)]


@router.get("/calls", operation_id="list_calls")
def calls(desk: AtDesk, wanted: Wanted, paging: WantedPage) -> Page[CallBody]:
    """Newest first: all of them, a supervisor's of their queues, a user's own."""
    sight, parts = look(desk, Action.CALLS_READ)
    filters = _seen(wanted, sight.marks)
    try:
        page = parts.calls.records.list(desk.tenant, filters, paging.cursor or None, paging.limit)
    except BadCursor:
        raise Problem.invalid(
            "cursor", "This is no cursor of this list", "Take `next` of the page before, as it is"
        ) from None
    return Page(items=[_body(one) for one in page.journeys], next=page.cursor)


@router.get(
    "/calls.csv",
    operation_id="export_calls",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A table"}},
)
def exported(desk: AtDesk, wanted: Wanted, columns: Columns = Columns.OURS) -> StreamingResponse:
    """The same list, all of it. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    sight, parts = look(desk, Action.CALLS_READ)
    titles = ASTERISK if columns is Columns.ASTERISK else OURS
    rows = table(parts.calls.records, desk.tenant, _seen(wanted, sight.marks), titles)
    name = f"calls-{desk.tenant}-{datetime.fromtimestamp(desk.now, UTC):%Y%m%d-%H%M%S}.csv"
    return StreamingResponse(
        lines(list(titles), rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/calls/{call}", operation_id="get_call")
def call(desk: AtDesk, call: CallName) -> CallDetail:
    """One call: its way, why it went so, its quality, and what was recorded of it."""
    return _detail(find(desk, call), desk)


def find(desk: Desk, call: str, action: Action = Action.CALLS_READ) -> Journey:
    """The record of a call that the principal sees by this action, or that is their own. Raises Problem, 404."""
    sight, parts = look(desk, action)
    found = parts.calls.records.get(call, desk.tenant)
    if found is None or not (sight.everything or marks(found) & frozenset(sight.marks or ())):
        raise Problem.not_found("There is no such call")
    if action not in desk.principal.actions:
        # Where others' telephones are, and what others were told, is not theirs to know.
        legs = tuple(replace(leg, address="") for leg in found.legs)
        messages = tuple(message for message in found.messages if message.user == sight.user)
        found = replace(found, legs=legs, messages=messages)
    return found


def _seen(filters: Filters, visible: tuple[str, ...] | None) -> Filters:
    return narrowed(filters, visible=visible)


def instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _maybe(at: float | None) -> datetime | None:
    return None if at is None else instant(at)


def _body(one: JourneySummary) -> CallBody:
    return CallBody(
        id=one.journey,
        started_at=instant(one.started_at),
        answered_at=_maybe(one.answered_at),
        ended_at=instant(one.ended_at),
        direction=one.direction,
        caller=one.caller,
        caller_name=one.caller_name,
        dialled=one.dialled,
        caller_user=one.caller_user,
        called_user=one.called_user,
        answered_user=one.answered_user,
        answered_on=one.answered_on,
        outcome=one.outcome,
        ended_by=one.ended_by.value,
        sip_status=one.sip_status,
        q850=one.q850,
        duration=round(max(0.0, one.ended_at - one.started_at), 3),
        waiting=one.waiting,
        connected=one.connected,
        held=one.held,
        mos=one.mos,
    )


def _detail(found: Journey, desk: Desk) -> CallDetail:
    plain = story.as_json(found)
    may_listen = Action.RECORDINGS_READ in desk.principal.actions
    return CallDetail(
        id=found.journey,
        started_at=instant(found.started_at),
        answered_at=_maybe(found.answered_at),
        ended_at=instant(found.end),
        direction=found.direction,
        caller=found.caller,
        caller_name=found.caller_name,
        dialled=found.dialled,
        via=found.via,
        outcome=found.outcome,
        ended_by=found.ended_by.value if found.ended_by else "",
        detail=found.detail,
        duration=found.duration,
        waiting=found.waiting,
        connected=found.connected,
        talking=found.talking,
        held=found.held,
        served=found.served,
        version=found.config_version,
        tags=list(found.tags),
        story=[
            StoryLine(at=instant(each.at), seconds=round(each.at - found.started_at, 3), text=each.text)
            for each in story.moments(found)
        ],
        trace=[
            TraceLine(
                at=instant(each.at),
                rule=each.rule,
                target=each.target,
                reason=told(each.reason, desk.language),
                node=each.node,
                passed=[told(one, desk.language) for one in each.passed],
                pressed=each.pressed,
            )
            for each in found.decisions
        ],
        quality=[QualityLine(**each._asdict()) for each in story.quality(found)],
        recordings=[
            RecordingOfCall(number=number, at=instant(each.at), duration=each.duration)
            for number, each in enumerate(found.recordings, start=1)
            if may_listen
        ],
        messages=[
            MessageOfCall(user=each.user, message=each.message, at=instant(each.at), duration=each.duration)
            for each in found.messages
        ],
        journey={name: plain.get(name, []) for name in ("steps", "legs", "answers", "queues")},
    )
