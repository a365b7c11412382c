"""How calls to the outside leave: which trunks, in what order, with which number shown and how written."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from centralita.pbx.model.base import ConfigObject, Name, ObjectId, OptionalE164
from centralita.pbx.model.permission import CallClass

PATTERN = r"^\+?[0-9]{0,15}[*]?$"


class RouteTrunk(BaseModel):
    """One way of a route; a bare name in a document is a trunk with nothing to say about it."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    trunk: ObjectId
    cost: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=6)] = Decimal(0)
    """For a minute, in the tenant's currency; counts where the route chooses by cost."""
    strip: Annotated[int, Field(ge=0, le=15)] = 0
    """Digits taken from the beginning of the number as the trunk's format writes it, the plus sign not counted."""
    prepend: Annotated[str, StringConstraints(pattern=r"^\+?[0-9*#]{0,15}$")] = ""
    """Put before it then."""

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: object) -> object:
        return {"trunk": value} if isinstance(value, str) else value


class OutboundRoute(ConfigObject):
    """Routes are tried by ``order``, then by id; the first that matches in everything is taken.

    Without any, every trunk of the tenant is tried in the order of their ids. Emergency numbers take the routes with
    ``emergency`` first, then every other trunk.
    """

    kind: Literal["outbound-route"] = "outbound-route"
    name: Name = ""
    order: Annotated[int, Field(ge=0, le=100_000)] = 100
    patterns: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=PATTERN)], ...], Field(max_length=10_000)
    ] = ()
    """Numbers in E.164 with their plus sign, or beginnings of them with ``*``; empty: any."""
    classes: Annotated[tuple[CallClass, ...], Field(max_length=20)] = ()
    """Empty: any."""
    schedule: ObjectId | None = None
    """Only while it is open."""
    users: Annotated[tuple[ObjectId, ...], Field(max_length=10_000)] = ()
    groups: Annotated[tuple[ObjectId, ...], Field(max_length=1000)] = ()
    sites: Annotated[tuple[ObjectId, ...], Field(max_length=1000)] = ()
    """Callers; with neither users, groups nor sites: all."""
    emergency: bool = False
    """For emergency numbers, and for nothing else."""
    trunks: Annotated[tuple[RouteTrunk, ...], Field(min_length=1, max_length=50)]
    choose: Literal["order", "cost"] = "order"
    fail_over: Annotated[tuple[Annotated[int, Field(ge=400, le=699)], ...], Field(max_length=50)] = (
        408, 480, 500, 502, 503, 504, 580,
    )  # fmt: skip
    """SIP statuses after which the next trunk is tried; a trunk that is down, full or does not answer is always passed over."""
    caller_number: OptionalE164 = ""
    """Shown to those called, one of the tenant's own; empty: that of the user, else of the site."""
    max_cost: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=6)] | None = None
    """Trunks that cost more a minute are left out."""
