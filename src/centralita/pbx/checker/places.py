"""The words of the graph: where a call can be, and a way from one place to another."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from centralita.pbx.configuration.explaining import Path


class Pace(IntEnum):
    """What has to happen before a way is taken."""

    AT_ONCE = 0
    """Nothing: it is decided."""
    IN_TIME = 1
    """Time passes: something is played, or nobody answers."""
    BY_CALLER = 2
    """The caller does something."""


class Place(NamedTuple):
    """Somewhere a call can be. Of a flow, ``node`` is empty where it begins."""

    kind: str
    """``number``, ``flow``, ``user``, ``voicemail``, ``group``, ``queue``, ``extension`` (of a service), ``dialled`` (an extension,
    from inside), ``external``, ``hang-up``, ``menu-repeat``."""
    id: str = ""
    node: str = ""

    def __str__(self) -> str:
        if self.node:
            return f"{self.id}/{self.node}"
        return f"{self.kind} {self.id}".strip()


class Edge(NamedTuple):
    source: Place
    target: Place | None
    """None: the flow is at its end, and the call ends or goes back to the flow that called."""
    path: Path
    """The field that says so, within the object of the source."""
    when: str = ""
    """The condition in words; empty: always."""
    pace: Pace = Pace.AT_ONCE
    rings: bool = False
    """The telephones of the target are rung, and it goes on from the source: the target's own ways on do not count."""
