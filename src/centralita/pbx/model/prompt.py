"""A sound of the tenant's own: uploaded, recorded by telephone, or spoken from a text."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from centralita.pbx.model.base import ConfigObject, Language, Name, ObjectId


class Prompt(ConfigObject):
    """Played by its id. Each language has a text or a recording; a recording is preferred."""

    kind: Literal["prompt"] = "prompt"
    name: Name = ""
    text: Annotated[dict[Language, Annotated[str, Field(max_length=4000)]], Field(max_length=2)] = Field(
        default_factory=dict
    )
    """What is spoken, by language, where there is no recording."""
    recording: Annotated[
        dict[Language, Annotated[str, Field(pattern=r"^[a-f0-9]{64}$")]], Field(max_length=2)
    ] = Field(default_factory=dict)
    """SHA-256 of a sound that was uploaded or recorded, by language; the sound itself is kept by the prompt store."""
    code: Annotated[str, StringConstraints(pattern=r"^([0-9]{1,3})?$")] = ""
    """Dialled after ``*77`` to record it by telephone; empty: that cannot be done."""
    users: Annotated[tuple[ObjectId, ...], Field(max_length=1000)] = ()
    """Who may record it by telephone; empty: every user."""
