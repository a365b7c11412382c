"""One queue at work: its configuration, its callers in line, its free agents, and its figures of the day.

Estimated wait: of the handle times (conversation and wrap-up) an exponentially weighted mean H is kept; with n agents at
work, f of them free, who is in position p waits about ``H · max(0, p − f) / n``: n agents finish a call every H/n seconds.
Agents who serve other queues too make it longer than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from centralita.pbx.acd.line import Line
from centralita.pbx.acd.pool import Pool
from centralita.pbx.acd.records import Agent, Entry, Wishes
from centralita.pbx.acd.views import QueueFigures
from centralita.pbx.model.queue import Queue

HANDLE_TIME_WEIGHT = 0.1
"""Of the latest call in the mean handle time: some twenty calls make up most of it."""


@dataclass(slots=True)
class Day:
    """Counters that begin anew every day."""

    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    abandoned_early: int = 0
    overflowed: int = 0
    exited: int = 0
    callbacks_requested: int = 0
    callbacks_done: int = 0
    waited: float = 0.0
    """Of the answered, all together."""
    longest: float = 0.0
    talked: float = 0.0
    conversations: int = 0


class Desk:
    __slots__ = (
        "active",
        "callers",
        "config",
        "day",
        "deserted_since",
        "handle_time",
        "line",
        "logged_in",
        "name",
        "pool",
    )

    def __init__(self, config: Queue) -> None:
        self.config = config
        self.name = config.id
        self.line = Line()
        self.pool = Pool(config.id, config.strategy, config.even_volume_by)
        self.pool.configure(config.agents)
        self.callers = 0
        """In line and on the telephone: who are to be called back are not among them."""
        self.logged_in: set[str] = set()
        """Agents who are there, paused or not."""
        self.active: set[str] = set()
        """Agents who are there and not paused."""
        self.deserted_since: float | None = None
        self.handle_time: float | None = None
        self.day = Day()

    def reconfigure(self, config: Queue) -> None:
        """Everything that is known stays; free agents have to be put into the pool again."""
        self.config = config
        turns = self.pool.turns
        self.pool = Pool(config.id, config.strategy, config.even_volume_by)
        self.pool.configure(config.agents)
        self.pool.turns = turns

    # --- waiting ----------------------------------------------------------------------------------------------------

    def wishes_of(self, entry: Entry, now: float) -> tuple[Wishes, float | None]:
        """What a caller asks for now, and when that will next give way."""
        wanted = dict(entry.asked or self.config.skills)
        following: float | None = None
        for relaxation in sorted(self.config.relax, key=lambda each: each.after_seconds):
            # Compared as the timer will be: by subtraction, rounding could find it not yet due for ever.
            due = entry.entered + relaxation.after_seconds
            if due > now:
                following = due
                break
            for skill in relaxation.drop:
                wanted.pop(skill, None)
            wanted = {
                skill: level - relaxation.lower_by
                for skill, level in wanted.items()
                if level > relaxation.lower_by
            }
        return tuple(sorted(wanted.items())), following if wanted else None

    def estimate(self, position: int) -> float | None:
        """Seconds until the caller in this position is answered. None: nobody is there, or nothing is known."""
        if not self.active or self.handle_time is None:
            return None
        return self.handle_time * max(0, position - len(self.pool)) / len(self.active)

    def handled(self, seconds: float) -> None:
        """A call took an agent so long, wrap-up included."""
        known = self.handle_time
        self.handle_time = seconds if known is None else known + HANDLE_TIME_WEIGHT * (seconds - known)

    def is_deserted(self) -> bool:
        condition = self.config.overflow.no_agents
        there = self.active if condition is not None and condition.paused_are_absent else self.logged_in
        return not there

    # --- figures ----------------------------------------------------------------------------------------------------

    def count_answer(self, waited: float) -> None:
        day = self.day
        day.answered += 1
        day.in_time += waited <= self.config.service_level_seconds
        day.waited += waited
        day.longest = max(day.longest, waited)

    def count_abandon(self, waited: float) -> None:
        self.day.abandoned += 1
        self.day.abandoned_early += waited < self.config.short_abandon_seconds

    def figures(self, agents: Mapping[str, Agent], now: float) -> QueueFigures:
        day = self.day
        busy = paused = wrap_up = 0
        for name in self.logged_in:
            agent = agents[name]
            if agent.talking or agent.occupied or agent.reserved:
                busy += 1
            elif agent.wrap_up is not None:
                wrap_up += 1
            elif agent.paused_in(self.name):
                paused += 1
        oldest = min((entry.since for entry in self.line if not entry.callback), default=now)
        offered = day.answered + day.abandoned
        return QueueFigures(
            queue=self.name,
            waiting=len(self.line),
            callbacks=len(self.line) - self.callers,
            longest_wait=max(0.0, now - oldest),
            logged_in=len(self.logged_in),
            free=len(self.pool),
            busy=busy,
            paused=paused,
            wrap_up=wrap_up,
            estimated_wait=self.estimate(len(self.line) + 1),
            answered=day.answered,
            abandoned=day.abandoned,
            abandoned_early=day.abandoned_early,
            overflowed=day.overflowed,
            exited=day.exited,
            callbacks_requested=day.callbacks_requested,
            callbacks_done=day.callbacks_done,
            service_level=day.in_time / offered if offered else None,
            service_level_seconds=self.config.service_level_seconds,
            mean_answer=day.waited / day.answered if day.answered else None,
            mean_talk=day.talked / day.conversations if day.conversations else None,
            longest_answer=day.longest,
        )

    def to_state(self) -> dict[str, Any]:
        return {"day": asdict(self.day), "handle_time": self.handle_time, "turns": dict(self.pool.turns)}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.day = Day(**state["day"])
        self.handle_time = state["handle_time"]
        self.pool.turns = {int(level): agent for level, agent in state["turns"].items()}
