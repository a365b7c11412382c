"""``/tenants/{tenant}/live/queues`` and ``…/agents``: the call centre now, and what is done about callers and agents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, StringConstraints

from centralita.control import AgentStatus, DirectAgent, DirectCaller
from centralita.web.access import Action
from centralita.web.board import agent_item, queue_item
from centralita.web.desk import AtDesk, Desk
from centralita.web.parts import WebParts
from centralita.web.problems import Problem
from centralita.web.sight import look
from centralita.web.slices.calls import CallName
from centralita.web.slices.live import DoneBody

router = APIRouter(prefix="/tenants/{tenant}/live", tags=["live"])

Name = Annotated[str, StringConstraints(min_length=1, max_length=63)]
UserName = Annotated[str, Path(max_length=63)]


class ToldBody(BaseModel):
    """What a caller was last told of their wait."""

    at: datetime
    position: int
    """0: not told."""
    estimated_wait: float | None
    """Seconds, to ten; null: not told."""


class WaitingBody(BaseModel):
    call: str
    number: str
    position: int
    """1: next; 0: talking."""
    phase: str
    """waiting, held (for their last agent), offered, talking or retrying."""
    since: datetime
    priority: int
    agents: list[str]
    callback: str
    """The number that they are to be called at; empty: they are on the line."""
    told: ToldBody | None
    """Null: nothing yet."""


class QueueBody(BaseModel):
    """A queue now, and what it did today. Durations are seconds; a mean or share of nothing is null."""

    id: str
    name: str
    waiting: int
    callbacks: int
    longest_since: datetime | None
    """Since when the one waits who has waited longest on the line."""
    logged_in: int
    free: int
    busy: int
    paused: int
    wrap_up: int
    estimated_wait: float | None
    """To ten seconds."""
    answered: int
    abandoned: int
    abandoned_early: int
    overflowed: int
    exited: int
    callbacks_requested: int
    callbacks_done: int
    service_level: float | None
    """Of offered: answered within the threshold / (answered + abandoned), from 0 to 1."""
    service_level_seconds: int
    mean_answer: float | None
    mean_talk: float | None
    longest_answer: float
    callers: list[WaitingBody]


class PauseBody(BaseModel):
    queue: str
    """Empty: everywhere."""
    reason: str
    since: datetime


class AgentBody(BaseModel):
    user: str
    name: str
    state: str
    """logged-out, unreachable, paused, offered, talking, wrap-up, busy, resting or free."""
    queues: list[str]
    """Logged in to."""
    member_of: list[str]
    pauses: list[PauseBody]
    calls_now: list[str]
    offered: str
    calls: int
    """Answered today."""
    talk_minutes: int
    shift_minutes: int
    misses: int
    """In a row."""
    wrap_up_until: datetime | None


class AgentAction(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action: Literal["login", "logout", "pause", "resume", "ready"]
    """``ready`` ends wrap-up."""
    queues: list[Name] = []
    """None: all of theirs."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


class TakeWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    user: Name


class MoveWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    queue: Name


@router.get("/queues", operation_id="list_live_queues")
def queues(desk: AtDesk) -> list[QueueBody]:
    """With those who wait in them; a supervisor's own."""
    parts = desk.reach(Action.LIVE_READ)
    return [
        QueueBody.model_validate(queue_item(status))
        for status in parts.switch.queues(desk.tenant)
        if desk.queues is None or status.queue in desk.queues
    ]


@router.get("/agents", operation_id="list_live_agents")
def agents(desk: AtDesk) -> list[AgentBody]:
    """And what each of them is doing; a supervisor's of their queues, for a user themselves."""
    sight, parts = look(desk, Action.LIVE_READ)
    return [
        AgentBody.model_validate(agent_item(status))
        for status in parts.switch.agents(desk.tenant)
        if sight.everything or status.user == sight.user or not sight.queues.isdisjoint(status.member_of)
    ]


@router.post("/agents/{user}", operation_id="direct_agent")
def direct_agent(desk: AtDesk, user: UserName, wanted: AgentAction) -> DoneBody:
    """Log in or out, pause, resume, end wrap-up: by the agent, or by who supervises them."""
    parts, queues = _agents_queues(desk, user, wanted)
    request = DirectAgent(
        action=wanted.action,
        user=user,
        tenant=desk.tenant,
        queues=tuple(queues),
        reason=wanted.reason,
        by=desk.author,
    )
    text = parts.switch.direct(request)
    desk.note(f"agent.{wanted.action}", f"user/{user}", {"queues": (None, queues)})
    return DoneBody(text=text)


@router.post("/calls/{call}/take", operation_id="take_caller")
def take(desk: AtDesk, call: CallName, wanted: TakeWanted) -> DoneBody:
    """Offer a waiting caller to this agent now, whoever is before them."""
    parts = desk.reach(Action.LIVE_DIRECT)
    _require_waiting(desk, parts, call)
    agent = next((each for each in parts.switch.agents(desk.tenant) if each.user == wanted.user), None)
    if agent is None or not _supervises(desk, agent):
        raise Problem.invalid("user", f"{wanted.user} is no agent of a queue that you direct")
    return _direct(desk, parts, DirectCaller(action="take", journey=call, to=wanted.user, tenant=desk.tenant))


@router.post("/calls/{call}/move", operation_id="move_caller")
def move(desk: AtDesk, call: CallName, wanted: MoveWanted) -> DoneBody:
    """Move a waiting caller into another queue; their place in time is kept."""
    parts = desk.reach(Action.LIVE_DIRECT)
    _require_waiting(desk, parts, call)
    if desk.queues is not None and wanted.queue not in desk.queues:
        raise Problem.invalid("queue", "This queue is none of those that you direct")
    return _direct(
        desk, parts, DirectCaller(action="move", journey=call, to=wanted.queue, tenant=desk.tenant)
    )


@router.delete("/callbacks/{call}", operation_id="cancel_callback")
def cancel_callback(desk: AtDesk, call: CallName) -> DoneBody:
    """Forget that somebody is to be called back."""
    parts = desk.reach(Action.LIVE_DIRECT)
    _require_waiting(desk, parts, call)
    return _direct(desk, parts, DirectCaller(action="cancel-callback", journey=call, tenant=desk.tenant))


def _direct(desk: Desk, parts: WebParts, request: DirectCaller) -> DoneBody:
    text = parts.switch.direct(request)
    desk.note(f"caller.{request.action}", f"call/{request.journey}", {"to": (None, request.to)})
    return DoneBody(text=text)


def _require_waiting(desk: Desk, parts: WebParts, call: str) -> None:
    """Raises Problem, 404, where the call waits in no queue of theirs."""
    for status in parts.switch.queues(desk.tenant):
        if (desk.queues is None or status.queue in desk.queues) and any(
            caller.journey == call for caller in status.callers
        ):
            return
    raise Problem.not_found("This call waits in no queue")


def _supervises(desk: Desk, agent: AgentStatus) -> bool:
    return desk.queues is None or not desk.queues.isdisjoint(agent.member_of)


def _agents_queues(desk: Desk, user: str, wanted: AgentAction) -> tuple[WebParts, list[str]]:
    """The parts, and the queues it is about; empty: all. A supervisor reaches no further than their own queues."""
    account = desk.principal.account
    if account.user == user and account.tenant == desk.tenant and Action.OWN_WRITE in desk.principal.actions:
        return desk.reach(Action.OWN_WRITE), wanted.queues
    parts = desk.reach(Action.LIVE_DIRECT)
    if desk.queues is None:
        return parts, wanted.queues
    agent = next((each for each in parts.switch.agents(desk.tenant) if each.user == user), None)
    if agent is None or not _supervises(desk, agent):
        raise Problem.not_found("There is no such agent in your queues")
    theirs = desk.queues.intersection(agent.member_of)
    foreign = [queue for queue in wanted.queues if queue not in theirs]
    if foreign:
        raise Problem.invalid("queues", f"{foreign[0]} is no queue of theirs that you direct")
    return parts, wanted.queues or sorted(theirs)
