"""What is sent and answered where a configuration is tried: scenarios, what came of them, results of tests, ways to somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from centralita.pbx.configuration.kinds import KINDS
from centralita.pbx.model import routing_test as forms
from centralita.pbx.model.base import COUNTRY_OR_NONE, Name, ObjectId

MAX_NAMED = 1000
Kind = Annotated[
    str, StringConstraints(pattern="^(" + "|".join(kind for kind in KINDS if kind != "tenant") + ")$")
]
_Result = Annotated[str, StringConstraints(pattern=forms.RESULT)]
_OutsideParty = Annotated[str, StringConstraints(pattern=forms.OUTSIDE_PARTY)]
_OutsideResult = Annotated[str, StringConstraints(pattern=forms.OUTSIDE_RESULT)]


class TriedObject(BaseModel):
    """An object as it would be."""

    model_config = ConfigDict(extra="allow")

    kind: Kind
    id: ObjectId


Tried = Annotated[tuple[TriedObject, ...], Field(max_length=200)]
"""Objects in place of those of the version, or besides them. Nothing is kept."""


class CheckBody(BaseModel):
    """What is to be looked at, though it is not saved."""

    model_config = ConfigDict(extra="forbid")

    objects: Tried = ()


class ScenarioBody(BaseModel):
    """A call to be tried: who calls what and when, and how the world around it behaves."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    caller: Annotated[str, StringConstraints(pattern=forms.CALLER), Field(alias="from")]
    """A number, ``anonymous``, or ``user:ID`` for a call from inside."""
    to: Annotated[str, StringConstraints(pattern=forms.DIALLED)]
    at: datetime | None = None
    """Without a zone: in that of the tenant's first site. None: now."""
    press: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=forms.KEYS)], ...], Field(max_length=50)
    ] = ()
    """What the caller presses at each question in turn."""
    answer: Annotated[dict[ObjectId, _Result], Field(max_length=MAX_NAMED)] = {}
    """How users' telephones behave; those not named answer after 5 s."""
    outside: Annotated[dict[_OutsideParty, _OutsideResult], Field(max_length=MAX_NAMED)] = {}
    """The same of numbers outside, and of trunks (``trunk:ID``)."""
    agents: Annotated[tuple[ObjectId, ...], Field(max_length=MAX_NAMED)] | None = None
    """Who is logged in to the queues; None: all agents."""
    paused: Annotated[tuple[ObjectId, ...], Field(max_length=MAX_NAMED)] = ()
    waiting: Annotated[dict[ObjectId, Annotated[int, Field(ge=0, le=1000)]], Field(max_length=100)] = {}
    """Queue → callers who wait there before this one."""
    overrides: Annotated[tuple[ObjectId, ...], Field(max_length=100)] = ()
    lookups: Annotated[
        dict[Annotated[str, Field(max_length=2000)], Annotated[str, Field(max_length=10_000)]],
        Field(max_length=100),
    ] = {}
    """Beginning of a web address → what is found there. Nothing is fetched."""
    patience: Annotated[int, Field(ge=1, le=86_400)] | None = None
    """Seconds after which the caller hangs up, if nobody answers."""
    trunk: ObjectId | None = None
    caller_name: Name = ""
    ip_country: Annotated[str, StringConstraints(pattern=COUNTRY_OR_NONE)] = ""
    objects: Tried = ()


class StepBody(BaseModel):
    """One decision."""

    after: float
    """Seconds since the call began; so everywhere here."""
    nth: int
    """Place in the whole story, among what was rung, heard and happened."""
    rule: str
    target: str
    reason: str
    node: str
    """``FLOW/NODE``, where a flow decided."""
    passed: list[str]
    """What was looked at and did not match, each with its reason."""
    pressed: str


class RangBody(BaseModel):
    after: float
    nth: int
    target: str
    end: str
    seconds: float
    sip_status: int
    trunk: str
    written: str
    shown: str


class HeardBody(BaseModel):
    after: float
    nth: int
    sounds: list[str]
    text: str
    pressed: str


class EventBody(BaseModel):
    after: float
    nth: int
    text: str


class SimulationBody(BaseModel):
    version: int
    """0: a draft."""
    at: datetime
    caller: str
    dialled: str
    direction: str
    steps: list[StepBody]
    rang: list[RangBody]
    heard: list[HeardBody]
    events: list[EventBody]
    way: list[str]
    """Nodes and objects that the call passed, in order, for the graph."""
    rest: str
    """Where the call rests: ``user:ana``, ``queue:support``, ``voicemail:ana``, ``hang-up:busy`` …"""
    by: str
    outcome: str
    sip_status: int
    detail: str
    duration: float
    answered_after: float | None
    language: str
    name_shown: str
    tags: list[str]
    recorded: bool | None
    text: str
    """The story for people, in lines."""
    mermaid: str
    """The way as a flowchart in the language of Mermaid."""


class TestResultBody(BaseModel):
    __test__ = False  # not one of pytest's

    id: str
    name: str
    passed: bool
    expected: str
    got: str
    difference: list[str]
    way: list[str]


class TestResults(BaseModel):
    __test__ = False

    passed: int
    failed: int
    results: list[TestResultBody]


class WayBody(BaseModel):
    origin: str
    """number, or dialled: an extension from inside."""
    number: str
    parts: list[str]
    """Places and conditions in order, as people read them."""


class ReachBody(BaseModel):
    kind: str
    id: str
    node: str
    ways: list[WayBody]
    more: bool
    remarks: list[str]


class NextExtension(BaseModel):
    extension: str | None
    """None: the site has none left."""
