"""A tenant as it is now, as plain values that are sent as JSON: what of it somebody sees, and what has changed since.

One shape for whoever asks once (``/live``) and for whoever follows (``/events``). Nothing in it changes by the mere passing of
time: instants instead of durations, so that a quiet company costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from centralita.control import (
    AgentStatus,
    ControlClient,
    LiveCall,
    OverrideStatus,
    QueueStatus,
    Registration,
    SwitchUnavailable,
    TrunkStatus,
    WaitingCaller,
)
from centralita.web.sight import Sight

Item = dict[str, Any]
Board = dict[str, dict[str, Item]]
"""Kind → id → item."""
Change = dict[str, Any]
"""``kind``, ``id`` and ``item``; without an item (null): it is gone."""

KINDS = ("calls", "queues", "agents", "registrations", "trunks", "switch")
STEADY = 5.0
"""Seconds by which the end of a registration may differ and still be the same one: it is told as what is left of it."""
MINUTE = 60


def iso(at: float | None) -> str | None:
    """An instant as the rest of the API writes it."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def read(switch: ControlClient, tenant: str, now: float, before: Board) -> Board:
    """Ask the switch. ``before``: the board of the last time, of which what has not changed is taken over."""
    try:
        lines = switch.registrations(tenant)
        board: Board = {
            "calls": {call.journey: call_item(call) for call in switch.calls(tenant)},
            "queues": {status.queue: queue_item(status) for status in switch.queues(tenant)},
            "agents": {status.user: agent_item(status) for status in switch.agents(tenant)},
            "registrations": {},
            "trunks": {status.id: trunk_item(status) for status in switch.trunks(tenant)},
            "switch": {"": {"up": True}},
        }
    except SwitchUnavailable:
        return {**{kind: {} for kind in KINDS}, "switch": {"": {"up": False}}}
    known = before.get("registrations", {})
    for line in lines:
        name = f"{line.device} {line.contact}"
        board["registrations"][name] = registration_item(line, now, known.get(name))
    return board


def seen(board: Board, sight: Sight) -> Board:
    """What of it somebody sees: a supervisor their queues with calls, agents and their phones; a user what is their own."""
    if sight.everything:
        return board
    mine = f"user:{sight.user}" if sight.user else None
    agents = {
        user: item
        for user, item in board["agents"].items()
        if user == sight.user or not sight.queues.isdisjoint(item["member_of"])
    }
    return {
        "calls": {
            name: item
            for name, item in board["calls"].items()
            if item["queue"] in sight.queues
            or (mine is not None and (item["user"] == sight.user or item["answered_by"] == mine))
        },
        "queues": {name: item for name, item in board["queues"].items() if name in sight.queues},
        "agents": agents,
        "registrations": {
            name: item
            for name, item in board["registrations"].items()
            if item["user"] == sight.user or item["user"] in agents
        },
        "trunks": board["trunks"] if sight.queues else {},
        "switch": board["switch"],
    }


def differences(old: Board, new: Board) -> list[Change]:
    """What makes the new one of the old one, by :func:`apply`."""
    changes: list[Change] = []
    for kind in KINDS:
        was, now = old.get(kind, {}), new.get(kind, {})
        if was is now:
            continue
        changes += [{"kind": kind, "id": name, "item": None} for name in was if name not in now]
        changes += [
            {"kind": kind, "id": name, "item": item} for name, item in now.items() if was.get(name) != item
        ]
    return changes


def apply(board: Mapping[str, Mapping[str, Item]], changes: Iterable[Change]) -> Board:
    """What a client does with changes."""
    made: Board = {kind: dict(board.get(kind, {})) for kind in KINDS}
    for change in changes:
        if change["item"] is None:
            made[change["kind"]].pop(change["id"], None)
        else:
            made[change["kind"]][change["id"]] = change["item"]
    return made


# --- one item each --------------------------------------------------------------------------------------------------


def call_item(call: LiveCall) -> Item:
    return {
        "id": call.journey,
        "direction": call.direction,
        "caller": call.caller,
        "caller_name": call.caller_name,
        "user": call.user,
        "dialled": call.dialled,
        "state": call.state,
        "since": iso(call.since),
        "answered_at": iso(call.answered_at),
        "answered_by": call.answered_by,
        "node": call.node,
        "queue": call.queue,
        "mos": None if call.mos is None else round(call.mos, 1),
    }


def queue_item(status: QueueStatus) -> Item:
    on_the_line = [caller.since for caller in status.callers if not caller.callback and caller.position]
    estimated = status.estimated_wait
    return {
        "id": status.queue,
        "name": status.name,
        "waiting": status.waiting,
        "callbacks": status.callbacks,
        "longest_since": iso(min(on_the_line, default=None)),
        "logged_in": status.logged_in,
        "free": status.free,
        "busy": status.busy,
        "paused": status.paused,
        "wrap_up": status.wrap_up,
        "estimated_wait": None if estimated is None else round(estimated, -1),
        "answered": status.answered,
        "abandoned": status.abandoned,
        "abandoned_early": status.abandoned_early,
        "overflowed": status.overflowed,
        "exited": status.exited,
        "callbacks_requested": status.callbacks_requested,
        "callbacks_done": status.callbacks_done,
        "service_level": status.service_level,
        "service_level_seconds": status.service_level_seconds,
        "mean_answer": status.mean_answer,
        "mean_talk": status.mean_talk,
        "longest_answer": status.longest_answer,
        "callers": [_caller_item(caller) for caller in status.callers],
    }


def _caller_item(caller: WaitingCaller) -> Item:
    return {
        "call": caller.journey,
        "number": caller.number,
        "position": caller.position,
        "phase": caller.phase,
        "since": iso(caller.since),
        "priority": caller.priority,
        "agents": list(caller.agents),
        "callback": caller.callback,
        "told": None if caller.told_at is None else _told_item(caller),
    }


def _told_item(caller: WaitingCaller) -> Item:
    wait = caller.told_wait
    return {
        "at": iso(caller.told_at),
        "position": caller.told_position,
        "estimated_wait": None if wait is None else round(wait, -1),
    }


def agent_item(status: AgentStatus) -> Item:
    return {
        "user": status.user,
        "name": status.name,
        "state": status.state,
        "queues": list(status.queues),
        "member_of": list(status.member_of),
        "pauses": [
            {"queue": pause.queue, "reason": pause.reason, "since": iso(pause.since)}
            for pause in status.pauses
        ],
        "calls_now": list(status.calls_now),
        "offered": status.offered,
        "calls": status.calls,
        "talk_minutes": int(status.talk // MINUTE),
        "shift_minutes": int(status.on_shift // MINUTE),
        "misses": status.misses,
        "wrap_up_until": iso(status.wrap_up_until),
    }


def registration_item(line: Registration, now: float, known: Item | None = None) -> Item:
    expires_at = round(now + line.expires_in)
    if known is not None:
        before = datetime.fromisoformat(known["expires_at"]).timestamp()
        expires_at = round(before) if abs(before - expires_at) < STEADY else expires_at
    return {
        "device": line.device,
        "user": line.user,
        "contact": line.contact,
        "address": line.address,
        "user_agent": line.user_agent,
        "expires_at": iso(expires_at),
        "since": iso(line.since or None),
    }


def trunk_item(status: TrunkStatus) -> Item:
    return {
        "id": status.id,
        "state": status.state,
        "detail": status.detail,
        "since": iso(status.since),
        "calls": status.calls,
    }


def override_item(status: OverrideStatus) -> Item:
    return {
        "id": status.override,
        "name": status.name,
        "code": status.code,
        "on": status.on,
        "since": iso(status.since),
        "until": iso(status.until),
        "by": status.by,
    }
