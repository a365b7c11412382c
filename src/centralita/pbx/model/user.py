"""A person (or a room) with an extension, and what they may set for themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from centralita.pbx.model.base import (
    ConfigObject,
    Extension,
    Language,
    Name,
    ObjectId,
    OptionalE164,
    OptionalId,
    OptionalMail,
    OptionalTarget,
    Target,
)
from centralita.pbx.model.contacts import CallerEntry
from centralita.pbx.model.queue import AgentProfile
from centralita.pbx.model.schedule import Weekly

PIN = r"^([0-9]{4,10})?$"


class VoicemailOptions(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True
    )

    enabled: bool = True
    pin: Annotated[
        str, StringConstraints(pattern=PIN), Field(repr=False, json_schema_extra={"writeOnly": True})
    ] = ""
    """Asked for by ``*97``; empty: not asked on the user's own devices, and no access from others."""
    mail: bool = True
    """Send each message to the user's mail address, the recording attached."""
    delete_after_mail: bool = False
    max_seconds: Annotated[int, Field(ge=5, le=900)] = 180


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True
    )


class BlockList(_Part):
    """Callers whom a user does not want to hear."""

    numbers: Annotated[tuple[CallerEntry, ...], Field(max_length=500)] = ()
    """Numbers, extensions, or beginnings of numbers like ``+34911*``."""
    anonymous: bool = False
    """Who withholds their number, too."""
    then: Literal["decline", "busy", "voicemail"] = "decline"
    """What they get: refused, busy, or straight to the voicemail."""


class Follower(_Part):
    target: Target
    """An extension of a person, or a number outside, as dialled."""
    after: Annotated[int, Field(ge=0, le=120)] = 15
    """Seconds after which it rings, too."""


class FollowMe(_Part):
    """What else rings for a user whom somebody calls."""

    enabled: bool = True
    """Whether; what is written stays while it is off."""
    targets: Annotated[tuple[Follower, ...], Field(max_length=5)] = ()
    ring_seconds: Annotated[int, Field(ge=5, le=120)] = 20
    """How long each of them rings."""
    confirm: bool = True
    """Whoever answers at a number outside is asked to press 1, so that no mailbox there takes the call."""

    @property
    def on(self) -> bool:
        return self.enabled and bool(self.targets)


class OwnHours(_Part):
    """When a user can be called; outside of it calls go elsewhere at once."""

    enabled: bool = True
    schedule: OptionalId = ""
    """One of the tenant's; empty: the week that is written here."""
    weekly: Weekly = Field(default_factory=dict)
    """In the time zone of the user's site."""
    outside: OptionalTarget = ""
    """Where calls go then: an extension or a number as dialled; empty: the voicemail."""

    @property
    def on(self) -> bool:
        return self.enabled and bool(self.schedule or self.weekly)

    def __hash__(self) -> int:  # a week is a mapping, which has none
        return hash((self.enabled, self.schedule, tuple(self.weekly.items()), self.outside))


class Personal(BaseModel):
    """Personal settings: changed by the user, without a new published version; they survive a rollback.

    Forwarding targets are numbers as dialled, an extension or a number outside; empty: none.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True
    )

    do_not_disturb: bool = False
    ring_seconds: Annotated[int, Field(ge=3, le=180)] = 25
    forward_always: OptionalTarget = ""
    forward_busy: OptionalTarget = ""
    forward_no_answer: OptionalTarget = ""
    forward_unreachable: OptionalTarget = ""
    voicemail: VoicemailOptions = VoicemailOptions()
    block: BlockList = BlockList()
    follow_me: FollowMe = FollowMe()
    hours: OwnHours = OwnHours()


PARTS = ("voicemail", "block", "follow_me", "hours")
"""Fields of :class:`Personal` that have fields of their own: a change of one of these leaves the others."""


class User(ConfigObject):
    kind: Literal["user"] = "user"
    name: Annotated[Name, Field(min_length=1)]
    mail: OptionalMail = ""
    language: Language | None = None
    """None: that of the site."""
    site: ObjectId
    extension: Extension | None = None
    """None: the next free one of the site's range, given when the configuration is applied."""
    number: OptionalE164 = ""
    """Shown on calls to the outside, in E.164; empty: that of the site."""
    record_calls: bool = False
    max_calls: Annotated[int, Field(ge=1, le=100)] = 2
    """Calls at once before the user counts as busy."""
    agent: AgentProfile = AgentProfile()
    """What they are in queues."""
    personal: Personal = Personal()
    """What the personal settings start from."""
