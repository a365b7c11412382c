"""Agents of queues at their telephones: ``*45`` into all their queues and out again, ``*46`` to pause and to work again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx.acd.records import FloorError
from centralita.pbx.speech.phrases import Say

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import CallControl, Playable
    from centralita.pbx.model.user import User

BY = "star-code"
"""Who did it, in the facts of the call centre."""


async def agent_log_in(call: CallControl) -> None:
    """Out of all queues where the agent is in any, else into all."""
    user = _user(call)
    floor, now = call.state.floor, call.now().timestamp()
    said: Playable
    try:
        queues = floor.log_out(user.id, now, by=BY)
        if queues:
            call.decide("agent-logged-out", f"user:{user.id}", f"{user.name} left {', '.join(queues)}")
            said = Say.AGENT_LOGGED_OUT
        else:
            queues = floor.log_in(user.id, now, by=BY)
            reason = (
                f"{user.name} entered {', '.join(queues)}" if queues else f"{user.name} is always logged in"
            )
            call.decide("agent-logged-in", f"user:{user.id}", reason)
            said = Say.AGENT_LOGGED_IN
    except FloorError:
        said = _no_agent(call, user)
    await _confirm(call, said)


async def agent_pause(call: CallControl, reason: str) -> None:
    """Pause in all queues, or work again; with a digit for the reason it is always a pause."""
    user = _user(call)
    floor, now = call.state.floor, call.now().timestamp()
    said: Playable
    try:
        if not reason and floor.resume(user.id, now, by=BY):
            call.decide("agent-resumed", f"user:{user.id}", f"{user.name} works again")
            said = Say.AGENT_RESUMED
        else:
            floor.pause(user.id, reason, now, by=BY)
            call.decide(
                "agent-paused",
                f"user:{user.id}",
                f"{user.name} pauses" + (f" for reason {reason}" if reason else ""),
            )
            said = Say.AGENT_PAUSED
    except FloorError:
        said = _no_agent(call, user)
    await _confirm(call, said)


def _user(call: CallControl) -> User:
    if call.caller.user is None:
        raise AssertionError("star codes are dialled by users")
    return call.caller.user


def _no_agent(call: CallControl, user: User) -> Playable:
    call.decide("agent-unknown", f"user:{user.id}", f"{user.name} is not an agent of any queue")
    return Say.NOT_AN_AGENT


async def _confirm(call: CallControl, said: Playable) -> None:
    # What is said is true already: the state was changed before the call was answered.
    await call.answer("feature")
    await call.play([said, Say.GOODBYE])
