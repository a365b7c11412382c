"""A call flow: a graph of named nodes, each of one type, that a call walks through until it rests.

A field that names where the call goes on holds the id of another node of the flow. Where it is left out (None), the flow is
at its end there: a sub-flow goes back to the flow that called it, any other call is ended with a word of apology.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from centralita.pbx.model.base import ConfigObject, Extension, Language, Name, ObjectId, OptionalE164
from centralita.pbx.model.group import Strategy

NodeId = ObjectId
Next = NodeId | None
"""The node that follows, or the end of the flow."""
AREA = r"^([A-Z]{2}|[A-Z]{2}-[A-Z0-9]{1,3}|EU)$"
VARIABLE = r"^[a-z][a-z0-9_]{0,31}$"
RING_TARGET = r"^((user|group):[a-z0-9][a-z0-9_.-]{0,62}|external:\+?[0-9]{2,31})$"
Keys = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,8}|[*#])$")]
Variable = Annotated[str, StringConstraints(pattern=VARIABLE)]
Seconds = Annotated[int, Field(ge=1, le=900)]


class Part(BaseModel):
    """What nodes and their parts share: frozen, and nothing that is not known."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True
    )


class Node(Part):
    label: Name = ""
    """What people call it."""


# --- where the call goes, by what is known of it ----------------------------------------------------------------------


class HoursNode(Node):
    """By opening hours; an override that names the schedule counts."""

    type: Literal["hours"]
    schedule: ObjectId
    open: Next = None
    closed: Next = None
    holiday: Next = None
    """Closed because of a holiday; None: as ``closed``."""


class HolidayNode(Node):
    """By calendar: whether today, in the calendar's zone, is a holiday of any of these."""

    type: Literal["holiday"]
    calendars: Annotated[tuple[ObjectId, ...], Field(min_length=1, max_length=50)]
    holiday: Next = None
    otherwise: Next = None


class OverrideNode(Node):
    type: Literal["override"]
    override: ObjectId
    on: Next = None
    off: Next = None


class AreaBranch(Part):
    areas: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=AREA)], ...],
        Field(min_length=1, max_length=300, alias="in"),
    ]
    """Countries (ES), regions, Spanish communities (ES-CT) and provinces (ES-B) by ISO 3166, or EU."""
    to: Next = None


class GeographyNode(Node):
    """By where the caller is: from the number, or for callers over the internet from the address where a database is given.

    Branches are looked at in order. A caller of whom the areas asked about cannot be told (withheld, or a mobile among
    provinces) is unknown, never elsewhere.
    """

    type: Literal["geography"]
    branches: Annotated[tuple[AreaBranch, ...], Field(min_length=1, max_length=100)]
    unknown: Next = None
    otherwise: Next = None


class CallerBranch(Part):
    """All that is given must be true."""

    contacts: ObjectId | None = None
    """A list that the caller is on."""
    anonymous: bool | None = None
    seen_within_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Has called before (or was called), within so many days."""
    last_agent_within_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Somebody who is still here spoke with this caller; a ring or queue node that follows may prefer them."""
    internal: bool | None = None
    tag: Name = ""
    """A tag that a set node gave this call."""
    to: Next = None


class CallerNode(Node):
    type: Literal["caller"]
    branches: Annotated[tuple[CallerBranch, ...], Field(min_length=1, max_length=100)]
    otherwise: Next = None


class ShareTarget(Part):
    """A way; a bare name in a document is a node with a weight of 1."""

    to: NodeId
    weight: Annotated[int, Field(ge=1, le=1000)] = 1

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: object) -> object:
        return {"to": value} if isinstance(value, str) else value


class ShareNode(Node):
    """The volume spread among targets: by weight of calls, evenly by calls or by talk time, or to the least loaded now."""

    type: Literal["share"]
    by: Literal["weight", "calls", "talk-time", "least-loaded"] = "weight"
    targets: Annotated[tuple[ShareTarget, ...], Field(min_length=1, max_length=100)]
    sticky_days: Annotated[int, Field(ge=0, le=3650)] = 0
    """A caller goes where they went last time within so many days; 0: no."""


# --- what the caller hears and says -----------------------------------------------------------------------------------


class MenuNode(Node):
    type: Literal["menu"]
    menu: ObjectId
    choices: Annotated[dict[Keys, Next], Field(max_length=200)] = Field(default_factory=dict)
    languages: Annotated[dict[Keys, Language], Field(max_length=10)] = Field(default_factory=dict)
    """Choices that change the language of the call before they go on: digits → language."""
    otherwise: Next = None
    """Nothing was pressed, or nothing that leads anywhere, in every attempt."""


class AnnounceNode(Node):
    type: Literal["announce"]
    prompt: ObjectId
    answer: bool = True
    """False: played as early media, before the call is answered and costs anything."""
    skip: bool = True
    """A digit ends it, and counts for the menu that follows."""
    next: Next = None


class CollectNode(Node):
    """Ask for digits (a customer number, an order) and keep them in a variable."""

    type: Literal["collect"]
    prompt: ObjectId
    variable: Variable
    min_digits: Annotated[int, Field(ge=1, le=32)] = 1
    max_digits: Annotated[int, Field(ge=1, le=32)] = 16
    seconds: Annotated[float, Field(ge=1, le=60)] = 5.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    next: Next = None
    failed: Next = None


class LookupBranch(Part):
    equals: Annotated[str, Field(max_length=200)]
    to: Next = None


class LookupNode(Node):
    """Ask a web service of the company. Variables go into the address as ``{name}``; also ``{caller}`` and ``{dialled}``."""

    type: Literal["lookup"]
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00-\x1f\x7f-\x9f]+$", max_length=2000)]
    variable: Variable = "result"
    """Gets the answer: its text, or the value at ``path`` where it is JSON."""
    path: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)?$")] = ""
    seconds: Annotated[float, Field(gt=0, le=15)] = 2.0
    cache_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60
    branches: Annotated[tuple[LookupBranch, ...], Field(max_length=100)] = ()
    otherwise: Next = None
    failed: Next = None
    """No answer in time, an error, or nothing at the path."""


class SetNode(Node):
    type: Literal["set"]
    name_prefix: Name | None = None
    language: Language | None = None
    priority: Annotated[int, Field(ge=0, le=100)] | None = None
    """For queues: more is sooner."""
    tag: Name | None = None
    record: bool | None = None
    skills: Annotated[dict[ObjectId, Annotated[int, Field(ge=1, le=10)]], Field(max_length=20)] = Field(
        default_factory=dict
    )
    """What an agent must know, for queues with skills."""
    next: Next = None


# --- where the call may rest ------------------------------------------------------------------------------------------


class RingNode(Node):
    type: Literal["ring"]
    targets: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=RING_TARGET)], ...],
        Field(min_length=1, max_length=100),
    ]
    """``user:ID``, ``group:ID`` (its members) or ``external:NUMBER``."""
    strategy: Strategy = "all"
    seconds: Seconds = 25
    """Each attempt; a group named alone rings by its own strategy and times."""
    skip_busy: bool = True
    confirm: bool = False
    last_agent_first: bool = False
    forward: bool = False
    """Whether people's own forwardings and do-not-disturb lead the call on; False: they only keep them from being rung."""
    no_answer: Next = None
    busy: Next = None
    """Everybody was busy or did not want to be disturbed; None: as ``no_answer``."""
    unreachable: Next = None
    """No telephone of anybody is registered; None: as ``no_answer``."""


class QueueNode(Node):
    type: Literal["queue"]
    queue: ObjectId
    priority: Annotated[int, Field(ge=0, le=100)] | None = None
    """None: what a set node said, else the queue's own."""
    exits: Annotated[dict[ObjectId, Next], Field(max_length=50)] = Field(default_factory=dict)
    """Reason → node: ``wait``, ``size``, ``no-agents``, ``estimated-wait``, ``callback``, or the name of a digit's exit.
    A reason that is not named here goes where the queue says, else to ``otherwise``."""
    otherwise: Next = None


class VoicemailNode(Node):
    type: Literal["voicemail"]
    user: ObjectId


class CallbackNode(Node):
    """Offer to call back: the caller confirms a number, hangs up, and is called when it is their turn in the queue."""

    type: Literal["callback"]
    queue: ObjectId
    next: Next = None
    """The caller did not want that."""


class ExternalNode(Node):
    type: Literal["external"]
    number: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{2,31}$")]
    seconds: Seconds = 45
    show: Literal["caller", "own"] = "caller"
    """Which number is shown to those called; ``caller`` where the trunk allows it."""
    caller_number: OptionalE164 = ""
    confirm: bool = False
    no_answer: Next = None
    busy: Next = None
    failed: Next = None


class SubFlowNode(Node):
    type: Literal["flow"]
    flow: ObjectId
    next: Next = None
    """Where the sub-flow comes to its end without the call resting."""


class HangUpNode(Node):
    type: Literal["hang-up"]
    cause: Literal["normal", "busy", "rejected", "not-found", "unavailable", "congestion"] = "normal"
    prompt: ObjectId | None = None


AnyNode = Annotated[
    HoursNode
    | HolidayNode
    | OverrideNode
    | GeographyNode
    | CallerNode
    | ShareNode
    | MenuNode
    | AnnounceNode
    | CollectNode
    | LookupNode
    | SetNode
    | RingNode
    | QueueNode
    | VoicemailNode
    | CallbackNode
    | ExternalNode
    | SubFlowNode
    | HangUpNode,
    Field(discriminator="type"),
]


class Flow(ConfigObject):
    kind: Literal["flow"] = "flow"
    name: Name = ""
    extension: Extension | None = None
    start: NodeId
    nodes: Annotated[dict[NodeId, AnyNode], Field(min_length=1, max_length=1000)]


_WAYS = (
    "open", "closed", "holiday", "on", "off", "unknown", "next", "otherwise", "failed", "no_answer", "busy", "unreachable",
)  # fmt: skip


def exits(node: Any) -> list[tuple[tuple[str | int, ...], NodeId | None]]:
    """Every way out of a node: the field's path within the node, and the node it leads to (None: the flow's end)."""
    fields = type(node).model_fields
    found: list[tuple[tuple[str | int, ...], NodeId | None]] = [
        ((name,), getattr(node, name)) for name in _WAYS if name in fields
    ]
    for name in ("branches", "targets"):
        for index, branch in enumerate(getattr(node, name, ())):
            if isinstance(branch, Part):
                found.append(((name, index, "to"), getattr(branch, "to")))  # noqa: B009 - of every kind of branch
    for name in ("choices", "exits"):
        found += [((name, key), target) for key, target in getattr(node, name, {}).items()]
    return found
