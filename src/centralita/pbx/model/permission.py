"""Who may dial what, and how much of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from centralita.pbx.model.base import ConfigObject, CountryCode, Name, ObjectId

CallClass = Literal[
    "internal", "local", "national", "mobile", "toll-free", "shared-cost", "premium", "international"
]
"""``local``: the province of the site; ``shared-cost``: 90x and 80x numbers that the caller pays in part."""


class Permission(ConfigObject):
    """The one that fits best decides, alone: named for the user, else for a group of theirs, else for their site, else for all.

    Among several that fit equally well, the first by id decides. Without any, users may dial everything but premium numbers,
    and abroad as the site's ``dial_abroad`` says. Emergency numbers are always allowed.
    """

    kind: Literal["permission"] = "permission"
    name: Name = ""
    users: Annotated[tuple[ObjectId, ...], Field(max_length=10_000)] = ()
    groups: Annotated[tuple[ObjectId, ...], Field(max_length=1000)] = ()
    sites: Annotated[tuple[ObjectId, ...], Field(max_length=1000)] = ()
    """With neither users, groups nor sites it is for all."""
    allow: Annotated[tuple[CallClass, ...], Field(max_length=20)] = (
        "internal",
        "local",
        "national",
        "mobile",
        "toll-free",
    )
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=250)] = ()
    """Where ``international`` may go; empty with ``international`` allowed: anywhere."""
    pin_for: Annotated[tuple[CallClass, ...], Field(max_length=20)] = ()
    """Classes that are allowed to whoever gives the PIN."""
    pin: Annotated[
        str,
        StringConstraints(pattern=r"^([0-9]{4,10})?$"),
        Field(repr=False, json_schema_extra={"writeOnly": True}),
    ] = ""
    block: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{2,15}\*?$")], ...], Field(max_length=1000)
    ] = ()
    """Numbers, or beginnings of numbers with ``*``, that are refused whatever is allowed."""
    max_calls: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Calls to the outside at once, of each user; None: no limit."""
    daily_calls: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Of each user, from midnight in the site's zone."""
    daily_minutes: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """Of each user; a call is cut off when they are spent. Calls that go on at the same time each have all that was left."""
