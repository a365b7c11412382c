"""What every compiled node is: a place in a flow that knows its way on as objects, and tells what it decided.

A deciding node is asked and answers at once; a talking node is awaited, since the caller hears or is asked something.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from centralita.pbx.flow.walk import Walk

FLOW_END = "end"
"""The target in a trace where a way leads nowhere: the flow is at its end."""


class Over(Enum):
    """What a talking node says instead of a way on."""

    CALL = "call"
    """The call is over."""


class Elsewhere(NamedTuple):
    """Out of the flow to a destination (``queue:ID``, ``voicemail:ID`` …)."""

    destination: str


class Node:
    """``key`` is FLOW/NODE, as traces name it."""

    __slots__ = ("key",)

    def __init__(self, key: str) -> None:
        self.key = key

    def link(self, find: Find) -> None:
        """Take hold of the nodes that follow; all of them exist by now."""


class Deciding(Node):
    __slots__ = ()

    def decide(self, walk: Walk) -> Node | None:
        """The node that follows, None: the flow's end. Leaves its decision in the trace."""
        raise AssertionError(f"{type(self).__name__} decides nothing")


class Talking(Node):
    __slots__ = ()

    async def perform(self, walk: Walk) -> Node | Elsewhere | Over | None:
        """Do it, and tell how it goes on; None: the flow's end. Leaves its decision in the trace."""
        raise AssertionError(f"{type(self).__name__} does nothing")


Way = Node | Elsewhere | Over | None
"""How it goes on after a node."""


if TYPE_CHECKING:
    Find = Callable[[str | None], Node | None]
    """Id of a node within the flow → the node; None → None."""


def name_of(node: Node | None) -> str:
    """How a trace names the way on."""
    return FLOW_END if node is None else node.key


class CompiledFlow:
    __slots__ = ("id", "label", "nodes", "start")

    def __init__(self, ident: str, label: str) -> None:
        self.id = ident
        self.label = label
        self.nodes: dict[str, Node] = {}
        self.start: Node | None = None
        """None only while the flow is being compiled."""
