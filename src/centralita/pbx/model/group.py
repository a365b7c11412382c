"""A ring group: people who are rung for a call together, or one after the other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from centralita.pbx.model.base import ConfigObject, Destination, Extension, Name, ObjectId

Strategy = Literal[
    "all", "linear", "round-robin", "fewest-calls", "longest-idle", "weighted-random", "even-volume"
]
"""Who rings next; each is defined in :mod:`centralita.pbx.distribution`."""


class GroupMember(BaseModel):
    """Somebody in the group; a bare name in a document is a user with a weight of 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    user: ObjectId
    weight: Annotated[int, Field(ge=1, le=1000)] = 1

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: object) -> object:
        return {"user": value} if isinstance(value, str) else value


class Group(ConfigObject):
    kind: Literal["group"] = "group"
    name: Name = ""
    extension: Extension | None = None
    """Dialled from inside; None: the group is reached by numbers and flows only."""
    members: Annotated[tuple[GroupMember, ...], Field(max_length=500)] = ()
    strategy: Strategy = "all"
    ring_seconds: Annotated[int, Field(ge=3, le=180)] = 20
    """For each attempt: everybody at once, or one member."""
    total_seconds: Annotated[int, Field(ge=3, le=900)] = 60
    """All attempts together."""
    skip_busy: bool = True
    """Do not ring a member who is in a call."""
    confirm: bool = False
    """Whoever answers is asked to press 1 first, so that a mobile's voicemail does not take the call."""
    otherwise: Destination | None = None
    """Where a call goes that nobody took, where no flow says so; None: it ends."""
