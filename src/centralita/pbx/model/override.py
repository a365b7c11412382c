"""A switch that people turn by hand: night mode, "open today until 18:00". Its state is no configuration and survives a rollback."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from centralita.pbx.model.base import ConfigObject, Name, ObjectId


class Override(ConfigObject):
    """Turned by ``*28CODE`` from a telephone of the tenant, by command or from the console."""

    kind: Literal["override"] = "override"
    name: Name = ""
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}$")]
    """Dialled after ``*28``: turns it on, or off again. With an hour after a star, ``*28CODE*1800``: on until then."""
    forces: Literal["open", "closed"] = "closed"
    """What the schedules named are while it is on."""
    schedules: Annotated[tuple[ObjectId, ...], Field(max_length=100)] = ()
    users: Annotated[tuple[ObjectId, ...], Field(max_length=1000)] = ()
    """Who may turn it from a telephone; empty: every user."""
