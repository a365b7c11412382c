"""What whoever keeps configurations answers: versions, what a change led to, drafts, and what does not exist.

Implemented by :mod:`centralita.store.configs`; the commands and the API show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from centralita.pbx.configuration.difference import Change
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.vocabulary import TenantId

if TYPE_CHECKING:  # the checker is not needed to read what was published
    from centralita.pbx.checker import Finding


class TenantUnknown(LookupError):
    """There is no tenant of that name."""


class VersionUnknown(LookupError):
    """The tenant has no version of that number."""


class NoDraft(LookupError):
    """The tenant has no draft."""


class PlanTaken(Exception):
    """There is a plan of that id."""


class PlanUnknown(LookupError):
    """There is no plan of that id."""


class PlanOutdated(Exception):
    """Somebody else changed the plan meanwhile, or removed it."""


class PlanInUse(Exception):
    """The plan cannot be removed: tenants have it."""

    def __init__(self, plan: str, tenants: Sequence[str]) -> None:
        super().__init__(plan)
        self.tenants = tuple(tenants)


@dataclass(frozen=True, slots=True)
class ConfigVersion:
    tenant: TenantId
    number: int
    """Counts up from 1."""
    at: float
    """Seconds since the epoch: when it was published."""
    author: str
    comment: str
    added: int
    """Objects added, changed and removed against the version before."""
    changed: int
    removed: int
    restores: int | None
    """The version that this one went back to."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to type into a phone. Known to the report that gives it, and to nobody afterwards."""

    device: str
    user: str
    extension: str
    username: str
    password: SecretStr


@dataclass(frozen=True, slots=True)
class ApplyReport:
    tenant: TenantId
    version: int
    """The version in force afterwards; 0: none yet."""
    published: bool
    """False where nothing changed, where it was only tried, and where it became a draft."""
    changes: tuple[Change, ...]
    """Against the version in force before."""
    new_credentials: tuple[Credentials, ...]
    """Of the devices that were given a password now."""
    extensions: Mapping[str, str]
    """User → extension that was given now."""
    drafted: bool = False
    """It waits as a draft until it is published; or would, where it was only tried."""
    findings: tuple[Finding, ...] = ()
    """What the checker says of the result, the worst first."""


@dataclass(frozen=True, slots=True)
class DraftState:
    """A tenant's draft, and what would come of it."""

    tenant: TenantId
    base: int
    """The version that it was begun on; 0: none."""
    current: int
    """The version in force. Where it is another, publishing needs a rebase."""
    at: float
    """Seconds since the epoch: when it was last changed."""
    author: str
    comment: str
    changes: tuple[Change, ...]
    """Against its base."""
    findings: tuple[Finding, ...]
    refusals: tuple[Problem, ...]
    """Why it cannot be published as it is; empty: it can."""
