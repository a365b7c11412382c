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
    OptionalMail,
    OptionalTarget,
)
from centralita.pbx.model.queue import AgentProfile

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
