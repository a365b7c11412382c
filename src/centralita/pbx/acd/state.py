"""What of a floor survives a restart, as plain values for JSON, and how it is taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from centralita.pbx.acd.facts import QueueLeft
from centralita.pbx.acd.matching import Matching
from centralita.pbx.acd.news import Reason
from centralita.pbx.acd.records import Agent, Entry, Pause, Phase
from centralita.pbx.acd.timers import Due
from centralita.pbx.vocabulary import JourneyId


def floor_state(matching: Matching, day: str) -> dict[str, Any]:
    return {
        "day": day,
        "agents": {name: _agent_state(agent) for name, agent in matching.agents.items() if _is_worth(agent)},
        "queues": {name: desk.to_state() for name, desk in matching.desks.items()},
        "callbacks": [_callback_state(entry) for entry in matching.entries.values() if entry.callback],
    }


def restore_floor(matching: Matching, state: Mapping[str, Any], now: float) -> int:
    """Into tables that are configured and empty. The highest number of arrival among the callers."""
    for name, kept in state.get("queues", {}).items():
        if (desk := matching.desks.get(name)) is not None:
            desk.restore(kept)
    for name, kept in state.get("agents", {}).items():
        agent = matching.agent(name)
        agent.logged_in = set(kept["logged_in"]) & agent.memberships.keys()
        agent.pauses = {
            queue: Pause(reason, since)
            for queue, (reason, since) in kept["pauses"].items()
            if not queue or queue in agent.memberships
        }
        agent.misses, agent.calls, agent.talk = kept["misses"], kept["calls"], kept["talk"]
        agent.last_end = kept["last_end"]
        agent.shift_before, agent.shift_since = kept["shift_before"], kept["shift_since"]
        matching.refresh(agent, now)
    arrivals = 0
    for kept in state.get("callbacks", ()):
        arrivals = max(arrivals, kept["key"][2])
        _restore_callback(matching, kept, now)
    return arrivals


def _is_worth(agent: Agent) -> bool:
    return bool(
        agent.logged_in
        or agent.pauses
        or agent.calls
        or agent.shift_before
        or agent.shift_since is not None
        or agent.last_end is not None
    )


def _agent_state(agent: Agent) -> dict[str, Any]:
    return {
        "logged_in": sorted(agent.logged_in),
        "pauses": {queue: [pause.reason, pause.since] for queue, pause in agent.pauses.items()},
        "misses": agent.misses,
        "calls": agent.calls,
        "talk": agent.talk,
        "last_end": agent.last_end,
        "shift_before": agent.shift_before,
        "shift_since": agent.shift_since,
    }


def _callback_state(entry: Entry) -> dict[str, Any]:
    return {
        "call": entry.call,
        "queue": entry.desk.name,
        "key": list(entry.key),
        "entered": entry.entered,
        "number": entry.number,
        "asked": dict(entry.asked),
        "callback": entry.callback,
        "attempt": entry.attempt,
        "expires": entry.expires,
        "position": entry.joined_position,
    }


def _restore_callback(matching: Matching, kept: Mapping[str, Any], now: float) -> None:
    """Back in line at its place. One that was being called is called again: better twice than not at all."""
    desk = matching.desks.get(kept["queue"])
    if desk is None:
        matching.facts.append(
            QueueLeft(
                journey=JourneyId(kept["call"]),
                at=now,
                queue=kept["queue"],
                reason=Reason.REMOVED,
                waited=now - kept["entered"],
                position=kept["position"],
                joined_position=kept["position"],
            )
        )
        return
    rank, since, arrival = kept["key"]
    entry = Entry(
        kept["call"], desk, (rank, since, arrival), kept["entered"], kept["number"], dict(kept["asked"])
    )
    entry.callback, entry.attempt, entry.expires = kept["callback"], kept["attempt"], kept["expires"]
    entry.joined_position, entry.phase = kept["position"], Phase.WAITING
    matching.entries[entry.call] = entry
    desk.line.add(entry)
    matching.wish(entry, now)
    matching.timers.set(Due.EXPIRY, entry.call, entry.expires)
    matching.look_for_agent(entry)
