"""``/tenants/{tenant}/live/calls``: calls as they are now; to begin one by a click, and to hang one up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from centralita.control import HangUp
from centralita.web.access import Action
from centralita.web.board import call_item
from centralita.web.desk import AtDesk, Desk
from centralita.web.problems import Problem
from centralita.web.sight import Sight, look
from centralita.web.slices.calls import CallName

router = APIRouter(prefix="/tenants/{tenant}/live/calls", tags=["live"])


class LiveCallBody(BaseModel):
    id: str
    direction: str
    """inbound, outbound or internal."""
    caller: str
    caller_name: str
    user: str
    """The caller, where they are a user of the tenant."""
    dialled: str
    state: str
    """routing, ringing, queue, talking, held, voicemail, service or ending."""
    since: datetime
    answered_at: datetime | None
    answered_by: str
    """``user:ID``, ``trunk:ID`` or the name of a service."""
    node: str
    """``FLOW/NODE`` of the flow's latest decision."""
    queue: str
    """Where the caller waits, or waited before they were answered."""
    mos: float | None
    """Of the party and direction that sound worst up to now, to a tenth; null: nothing was measured yet."""


class CallWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    """As one would dial it."""
    user: Annotated[str, StringConstraints(max_length=63)] = ""
    """Whose telephones ring first; empty: one's own."""


class CallStartedBody(BaseModel):
    id: str


class DoneBody(BaseModel):
    """What was asked for is so now."""

    text: str


@router.get("", operation_id="list_live_calls")
def calls(desk: AtDesk) -> list[LiveCallBody]:
    """Oldest first: all of them, a supervisor's of their queues, a user's own."""
    sight, parts = look(desk, Action.LIVE_READ)
    items = [call_item(call) for call in parts.switch.calls(desk.tenant)]
    return [LiveCallBody.model_validate(item) for item in items if _sees(sight, item)]


@router.post("", operation_id="start_call", status_code=201)
def start(desk: AtDesk, wanted: CallWanted) -> CallStartedBody:
    """Click-to-call: my telephones ring, and whoever answers is connected with the number."""
    own = desk.principal.account.user if desk.principal.account.tenant == desk.tenant else ""
    user = wanted.user or desk.user
    if user == own:
        parts = desk.reach(Action.OWN_WRITE)
    else:
        # A call goes out in somebody's name and with their rights: not for who has only some queues.
        desk.require(Action.CONFIG_WRITE)
        parts = desk.reach(Action.LIVE_DIRECT)
    call = parts.switch.start_call(user, "".join(wanted.number.split()), desk.tenant)
    desk.note("call.start", f"call/{call}", {"user": (None, user), "number": (None, wanted.number)})
    return CallStartedBody(id=call)


@router.delete("/{call}", operation_id="hang_up_call")
def hang_up(desk: AtDesk, call: CallName) -> DoneBody:
    """End it for both, as from our side; its record says who did."""
    found = find(desk, call, Action.LIVE_DIRECT)
    if Action.LIVE_DIRECT in desk.principal.actions:
        parts = desk.reach(Action.LIVE_DIRECT)
    else:
        parts = desk.reach(Action.OWN_WRITE)  # what one finds without it is one's own
    text = parts.switch.direct(HangUp(journey=call, tenant=desk.tenant, by=desk.author))
    desk.note("call.hang-up", f"call/{call}", {"caller": (found["caller"], None)})
    return DoneBody(text=text)


def find(desk: Desk, call: str, action: Action = Action.LIVE_READ) -> dict[str, object]:
    """A call that is up and that the principal sees by this action, or that is their own. Raises Problem, 404."""
    sight, parts = look(desk, action)
    for live in parts.switch.calls(desk.tenant):
        if live.journey == call and _sees(sight, item := call_item(live)):
            return item
    raise Problem.not_found("There is no such call now")


def _sees(sight: Sight, item: dict[str, object]) -> bool:
    if sight.everything or item["queue"] in sight.queues:
        return True
    return bool(sight.user) and (item["user"] == sight.user or item["answered_by"] == f"user:{sight.user}")
