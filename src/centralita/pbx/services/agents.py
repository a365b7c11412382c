"""Agents of queues at their telephones: ``*45`` into all their queues and out again, ``*46`` to pause and to work again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx.speech.phrases import Say

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import CallControl
    from centralita.pbx.model.user import User

BY = "star-code"
"""Who did it, in the facts of the call centre."""


async def agent_log_in(call: CallControl) -> None:
    """Out of all queues where the agent is in any, else into all."""
    user = await _agent(call)
    if user is None:
        return
    floor, now = call.state.floor, call.now().timestamp()
    queues = floor.log_out(user.id, now, by=BY)
    if queues:
        call.decide("agent-logged-out", f"user:{user.id}", f"{user.name} left {', '.join(queues)}")
    else:
        came = floor.log_in(user.id, now, by=BY)
        reason = f"{user.name} entered {', '.join(came)}" if came else f"{user.name} is always logged in"
        call.decide("agent-logged-in", f"user:{user.id}", reason)
    await _confirm(call, Say.AGENT_LOGGED_OUT if queues else Say.AGENT_LOGGED_IN)


async def agent_pause(call: CallControl, reason: str) -> None:
    """Pause in all queues, or work again; with a digit for the reason it is always a pause."""
    user = await _agent(call)
    if user is None:
        return
    floor, now = call.state.floor, call.now().timestamp()
    if not reason and floor.resume(user.id, now, by=BY):
        call.decide("agent-resumed", f"user:{user.id}", f"{user.name} works again")
        await _confirm(call, Say.AGENT_RESUMED)
        return
    floor.pause(user.id, reason, now, by=BY)
    why = f" for reason {reason}" if reason else ""
    call.decide("agent-paused", f"user:{user.id}", f"{user.name} pauses{why}")
    await _confirm(call, Say.AGENT_PAUSED)


async def _agent(call: CallControl) -> User | None:
    """The caller, where they serve a queue; who does not is told so."""
    user = call.caller.user
    if user is None:
        raise AssertionError("star codes are dialled by users")
    if user.id in call.snapshot.plan.agents:
        return user
    call.decide("agent-unknown", f"user:{user.id}", f"{user.name} is not an agent of any queue")
    await _confirm(call, Say.NOT_AN_AGENT)
    return None


async def _confirm(call: CallControl, said: Say) -> None:
    # What is said is true already: the state was changed before the call was answered.
    await call.answer("feature")
    await call.play([said, Say.GOODBYE])
