"""What boards and supervisors see of the floor: values taken at one instant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue now, and what it did today. Durations are seconds; a mean or share of nothing is None."""

    queue: str
    waiting: int
    """Callers on the line, and those who are to be called back."""
    callbacks: int
    """Those among them who are to be called back."""
    longest_wait: float
    """Of those on the line, since their place counts."""
    logged_in: int
    free: int
    busy: int
    """Agents in a call or being offered one."""
    paused: int
    wrap_up: int
    estimated_wait: float | None
    """For who would come now. None: nobody is there, or no call has been finished yet to learn from."""
    answered: int
    abandoned: int
    abandoned_early: int
    """Among the abandoned, those within the short-abandon threshold."""
    overflowed: int
    """Left by a condition of the queue: wait, size, no agents, estimated wait."""
    exited: int
    """Took an exit by a digit, or were moved."""
    callbacks_requested: int
    callbacks_done: int
    service_level: float | None
    """Of offered: answered within the threshold / (answered + abandoned), from 0 to 1."""
    service_level_seconds: int
    mean_answer: float | None
    """Average speed of answer."""
    mean_talk: float | None
    longest_answer: float
    """The longest wait of an answered caller."""


@dataclass(frozen=True, slots=True)
class AgentView:
    agent: str
    state: str
    """logged-out, unreachable, paused, offered, talking, wrap-up, busy, resting or free."""
    queues: tuple[str, ...]
    """Logged in to."""
    pauses: tuple[tuple[str, str, float], ...]
    """Queue (empty: everywhere), reason, since."""
    calls_now: tuple[str, ...]
    offered: str
    """The call that is being offered."""
    calls: int
    """Answered today."""
    talk: float
    on_shift: float
    misses: int
    """In a row."""
    last_end: float | None
    wrap_up_until: float | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller was told of their wait."""

    at: float
    position: int
    """0: not told."""
    estimated_wait: float | None
    """Seconds; None: not told."""


@dataclass(frozen=True, slots=True)
class CallerView:
    call: str
    queue: str
    number: str
    position: int
    """1: next; 0: talking."""
    priority: int
    since: float
    entered: float
    phase: str
    """waiting, held, offered, talking or retrying."""
    agents: tuple[str, ...]
    callback: str
    """The number to be called; empty: on the line."""
    told: Told | None = None
