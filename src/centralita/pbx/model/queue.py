"""A call queue (ACD): who serves it, how callers are shared out, what they hear, and where they go if nobody comes.

Durations are whole seconds. Prompts, music, users and destinations are named by plain ids: whether they exist is checked
with the whole tenant in hand. What happens with all this is :mod:`centralita.pbx.acd`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from centralita.pbx.model.base import ConfigObject, Extension, Name, ObjectId, Word

Strategy = Literal[
    "all",
    "linear",
    "round-robin",
    "fewest-calls",
    "longest-idle",
    "weighted-random",
    "even-volume",
    "skills",
]
"""Who rings next; defined in :mod:`centralita.pbx.distribution`."""

#: Where a caller can be sent: an object by kind and id, a number outside, or nowhere.
QUEUE_TARGET = (
    r"^((user|group|queue|flow|voicemail|extension):[a-z0-9][a-z0-9_.-]{0,62}"
    r"|external:\+?[0-9]{2,31}|hang-up)?$"
)
Target = Annotated[str, StringConstraints(pattern=QUEUE_TARGET)]
"""``queue:ID``, ``voicemail:USER``, ``user:ID``, ``group:ID``, ``flow:ID``, ``external:+34…`` or ``hang-up``. Empty:
out of the queue, and the flow goes on with its own branch for that reason."""

KEY = r"^[0-9*#]$"
Key = Annotated[str, StringConstraints(pattern=KEY)]
Seconds = Annotated[int, Field(ge=0, le=86_400)]
SkillLevel = Annotated[int, Field(ge=1, le=10)]
Skills = Annotated[dict[ObjectId, SkillLevel], Field(max_length=50)]
"""Skill → level, 1 (a little) to 10 (nobody better)."""
PromptId = Word
"""Empty: none."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True
    )


class QueueAgent(_Part):
    """A user's membership in one queue; a bare name in a document is a user with nothing more to say."""

    user: ObjectId
    level: Annotated[int, Field(ge=1, le=100)] = 1
    """Lower ones are offered calls first; higher ones only while no lower one is free."""
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    """For the strategy weighted-random."""
    skills: Skills = Field(default_factory=dict)
    always: bool = False
    """Logged in whenever a phone of theirs is reachable, without logging in."""

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: object) -> object:
        return {"user": value} if isinstance(value, str) else value


class Relaxation(_Part):
    """How the skills asked for give way once a caller has waited. Several add up."""

    after_seconds: Annotated[int, Field(ge=1, le=86_400)]
    lower_by: Annotated[int, Field(ge=0, le=10)] = 0
    """Each level asked for is so much lower; what falls below 1 is asked for no more."""
    drop: tuple[ObjectId, ...] = ()
    """Skills asked for no more."""


class PositionAnnouncement(_Part):
    """Telling callers where they stand. Neither position nor wait: nothing is said."""

    position: bool = False
    wait: bool = False
    """The estimated wait, in whole minutes; left out while there is no estimate."""
    first_after_seconds: Seconds = 30
    every_seconds: Seconds = 60
    """0: only once."""


class PeriodicAnnouncement(_Part):
    """Prompts said in turn while the caller waits."""

    prompts: Annotated[tuple[PromptId, ...], Field(max_length=50)] = ()
    every_seconds: Annotated[int, Field(ge=5, le=86_400)] = 60


class WaitOverflow(_Part):
    """Callers who have waited so long in this queue. Also for the estimated wait, which is looked at on joining."""

    seconds: Annotated[int, Field(ge=1, le=86_400)]
    to: Target = ""


class SizeOverflow(_Part):
    """Callers who find so many waiting already."""

    callers: Annotated[int, Field(ge=1, le=100_000)]
    to: Target = ""


class AgentsOverflow(_Part):
    """Nobody is there to answer."""

    to: Target = ""
    paused_are_absent: bool = False
    """Agents who are logged in and paused do not count as there."""
    while_waiting: bool = True
    """Also callers who are waiting when the last agent goes; else only those who come after."""
    after_seconds: Seconds = 0
    """Nobody has been there for so long."""


class Overflow(_Part):
    """Conditions on which callers leave the queue by themselves; None: not looked at."""

    wait: WaitOverflow | None = None
    size: SizeOverflow | None = None
    no_agents: AgentsOverflow | None = None
    estimated_wait: WaitOverflow | None = None


class CallbackOptions(_Part):
    """Callers may hang up and be called when it is their turn: the place is kept."""

    digit: Annotated[str, StringConstraints(pattern=r"^[0-9*#]?$")] = ""
    """What a waiting caller presses; empty: no callbacks."""
    after_seconds: Seconds = 60
    """When the caller is told of it; the digit works from the beginning."""
    every_seconds: Seconds = 0
    """Told again and again; 0: once."""
    other_number: bool = True
    """The caller may name another number than the one they call from."""
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """Calls to the customer before it is given up."""
    retry_seconds: Annotated[int, Field(ge=10, le=86_400)] = 300
    """Between two attempts."""
    ring_seconds: Annotated[int, Field(ge=5, le=180)] = 30
    """How long the customer's phone rings."""
    keep_seconds: Annotated[int, Field(ge=60, le=604_800)] = 28_800
    """A callback that nobody has taken after so long is given up."""


class LastAgentOptions(_Part):
    """Callers go to the agent they talked to last, if that one is at work in this queue."""

    enabled: bool = False
    wait_seconds: Seconds = 30
    """How long the caller is kept for that agent while they are busy; 0: only if they are free at once."""
    within_seconds: Annotated[int, Field(ge=60, le=31_536_000)] = 604_800
    """How long ago the last conversation may be."""


class Queue(ConfigObject):
    kind: Literal["queue"] = "queue"
    name: Name = ""
    extension: Extension | None = None
    """Dialled from inside to reach the queue; None: only by flows and numbers."""
    strategy: Strategy = "longest-idle"
    agents: Annotated[tuple[QueueAgent, ...], Field(max_length=5000)] = ()
    """In the order that ``linear`` and ``round-robin`` go by."""

    ring_seconds: Annotated[int, Field(ge=3, le=180)] = 20
    retry_seconds: Annotated[int, Field(ge=0, le=600)] = 5
    """How long agents who did not take an offer are left in peace before their next one. The caller keeps the place, and
    is offered to others meanwhile."""
    wrap_up_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    """After each conversation, for notes; the agent may end it early."""
    no_answer_pause: Annotated[int, Field(ge=0, le=100)] = 3
    """After so many offers in a row that an agent did not take, they are paused; 0: never."""

    max_waiting: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Callers at once; who comes then leaves with the reason ``size``. 0: no limit."""
    max_wait_seconds: Seconds = 0
    """Who has waited so long leaves with the reason ``wait``. 0: no limit."""
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    """Of callers who bring none: higher ones are served first, also before those of other queues of the same agent."""

    answer: bool = True
    """Answer the caller before they wait. If not, they hear it ring until an agent answers, and no announcements."""
    welcome: PromptId = ""
    music: PromptId = ""
    """Empty: that of the tenant's first site."""
    announce: PositionAnnouncement = PositionAnnouncement()
    periodic: PeriodicAnnouncement = PeriodicAnnouncement()
    report_to_agent: PromptId = ""
    """Played to the agent alone before the two are connected; empty: nothing."""

    exits: dict[Key, ObjectId] = Field(default_factory=dict)
    """Digit → name of the flow's exit that a waiting caller takes with it."""
    overflow: Overflow = Overflow()
    callback: CallbackOptions = CallbackOptions()
    last_agent: LastAgentOptions = LastAgentOptions()

    even_volume_by: Literal["calls", "talk-time"] = "calls"
    """What the strategy even-volume spreads evenly."""
    skills: Skills = Field(default_factory=dict)
    """Asked of agents where the call itself asks for nothing."""
    relax: Annotated[tuple[Relaxation, ...], Field(max_length=20)] = ()

    service_level_seconds: Annotated[int, Field(ge=1, le=3600)] = 20
    short_abandon_seconds: Annotated[int, Field(ge=0, le=600)] = 5
    """Who hangs up before that is told apart from those who were kept waiting."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        users = [agent.user for agent in self.agents]
        if len(set(users)) != len(users):
            twice = sorted({user for user in users if users.count(user) > 1})
            raise ValueError(f"holds an agent twice: {', '.join(twice)}")
        if self.callback.digit and self.callback.digit in self.exits:
            raise ValueError(f"uses the digit {self.callback.digit} both for callbacks and as an exit")
        return self


class AgentProfile(_Part):
    """What a user is as an agent, in whatever queue."""

    max_calls: Annotated[int, Field(ge=1, le=20)] = 1
    """Calls at once, other calls of theirs included, up to which queues offer them more."""
