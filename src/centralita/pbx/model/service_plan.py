"""A plan: how much of everything a tenant may have, and which functions. Made by those who run the installation, not by the tenant.

What a configuration uses of it, and what is too much, is :mod:`centralita.pbx.configuration.allowance`. Not to be confused with
:mod:`centralita.pbx.plan`, which is what routing makes ready.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Limit(StrEnum):
    """What is counted."""

    USERS = "users"
    """Seats."""
    DEVICES = "devices"
    NUMBERS = "numbers"
    TRUNKS = "trunks"
    QUEUES = "queues"
    FLOWS = "flows"
    CALLS = "calls"
    """At once: journeys that are going on, whatever their direction. Emergency calls always pass."""


class Function(StrEnum):
    """What a plan includes, or does not."""

    FLOWS = "flows"
    """Call flows and menus."""
    QUEUES = "queues"
    RECORDING = "recording"
    """Of conversations: by user, or by a flow."""
    ABROAD = "abroad"
    """Calls to other countries, by a site's ``dial_abroad`` or by a permission."""
    API_TOKENS = "api-tokens"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    id: str
    name: str
    limits: Mapping[Limit, int] = field(default_factory=dict)
    """What is not named is not limited."""
    functions: frozenset[Function] | None = None
    """None: all of them, and those to come."""
    revision: int = 1
    """Counts up with each change."""

    def allows(self, what: Limit | Function) -> int | None:
        """How many; None: no limit. Of a function that is not included, none."""
        if isinstance(what, Limit):
            return self.limits.get(what)
        return None if self.functions is None or what in self.functions else 0
