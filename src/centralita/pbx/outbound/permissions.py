"""Who may dial what: the one permission that applies, and its verdict on a call.

Emergency numbers never come here. What a verdict leads to (a question for the PIN, an announcement) is done in
:mod:`centralita.pbx.outbound.reach`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from centralita.pbx import numbering
from centralita.pbx.outbound.classes import Classified
from centralita.pbx.speech.phrases import Say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from centralita.pbx.model.permission import CallClass, Permission
    from centralita.pbx.model.site import Site
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.user import User
    from centralita.pbx.state import Usage


@dataclass(frozen=True, slots=True)
class Allowed:
    reason: str


@dataclass(frozen=True, slots=True)
class PinNeeded:
    """Allowed to whoever gives the PIN."""

    reason: str
    pin: str


@dataclass(frozen=True, slots=True)
class Denied:
    reason: str
    rule: str
    """``abroad-barred``, ``premium-barred``, ``class-barred``, ``number-barred``, ``pin-impossible``, ``calls-limit`` or
    ``daily-limit``."""
    prompt: Say
    status: int = 403
    """SIP status that says it."""


Verdict = Allowed | PinNeeded | Denied

_PROMPTS: dict[CallClass, tuple[str, Say]] = {
    "international": ("abroad-barred", Say.ABROAD_NOT_ALLOWED),
    "premium": ("premium-barred", Say.PREMIUM_NOT_ALLOWED),
}
_OTHER = ("class-barred", Say.CALL_NOT_ALLOWED)


class Patterns:
    """Numbers, or beginnings of numbers with ``*``. Those without a plus sign are as dialled within the site's country."""

    __slots__ = ("_exact", "_prefixes")

    def __init__(self, written: Iterable[str]) -> None:
        patterns = tuple(written)
        self._exact = frozenset(each for each in patterns if not each.endswith("*"))
        self._prefixes = tuple(each[:-1] for each in patterns if each.endswith("*"))

    def match(self, number: str, country: str) -> str:
        """The pattern that a number in E.164 matches, as it was written; empty where none does."""
        if not self._exact and not self._prefixes:
            return ""
        for form in (number, numbering.present(number, "national", country)):
            if form in self._exact:
                return form
            if form.startswith(self._prefixes):
                return next(prefix for prefix in self._prefixes if form.startswith(prefix)) + "*"
        return ""


class Permissions:
    """All permissions of a tenant, found by user in constant time."""

    __slots__ = ("_all", "_blocks", "_default", "_groups", "_groups_of", "_sites", "_users")

    def __init__(self, snapshot: Snapshot) -> None:
        self._users: dict[str, Permission] = {}
        self._groups: dict[str, Permission] = {}
        self._sites: dict[str, Permission] = {}
        self._all: Permission | None = None
        self._groups_of: Mapping[str, list[str]] = snapshot.groups_of
        self._blocks: dict[str, Patterns] = {}
        for ident in sorted(snapshot.permissions):
            permission = snapshot.permissions[ident]
            self._blocks[ident] = Patterns(permission.block)
            for table, names in (
                (self._users, permission.users),
                (self._groups, permission.groups),
                (self._sites, permission.sites),
            ):
                for name in names:
                    table.setdefault(name, permission)
            if not (permission.users or permission.groups or permission.sites) and self._all is None:
                self._all = permission

    def of(self, user: User | None, site: Site) -> Permission | None:
        """The permission that decides for a user; None where the default does. Without a user: that for all."""
        if user is not None:
            if (own := self._users.get(user.id)) is not None:
                return own
            groups = [
                self._groups[group] for group in self._groups_of.get(user.id, ()) if group in self._groups
            ]
            if groups:
                return min(groups, key=lambda each: each.id)
            if (of_site := self._sites.get(site.id)) is not None:
                return of_site
        return self._all

    def verdict(
        self,
        user: User | None,
        site: Site,
        number: str,
        classified: Classified,
        *,
        forwarding: bool = False,
    ) -> Verdict:
        """Whether a number may be called, whatever has been spent. ``forwarding``: nobody is there to give a PIN."""
        permission = self.of(user, site)
        if permission is None:
            return _default(site, number, classified)
        by = f"permission {permission.id}"
        if (pattern := self._blocks[permission.id].match(number, site.country)) != "":
            return Denied(f"{by} blocks {pattern}", "number-barred", Say.NUMBER_BLOCKED)
        kind = classified.kind
        wanted: tuple[CallClass, ...] = (kind,)
        if classified.abroad and kind != "international":
            wanted = ("international", kind)
        for each in wanted:
            if each not in permission.allow and each not in permission.pin_for:
                return _barred(each, f"{by} does not allow {each} calls, and {number} is {classified}")
        if classified.abroad and permission.countries and classified.country not in permission.countries:
            return _barred(
                "international",
                f"{by} allows calls to {', '.join(permission.countries)}, and {number} is in {classified.place}",
            )
        asked = next((each for each in wanted if each in permission.pin_for), None)
        if asked is None:
            return Allowed(f"{by} allows {kind} calls")
        if forwarding or user is None or kind == "internal" or not permission.pin:
            return Denied(
                f"{by} asks for a PIN for {asked} calls, which {_no_pin(permission, kind)}",
                "pin-impossible",
                Say.CALL_NOT_ALLOWED,
            )
        return PinNeeded(f"{by} allows {asked} calls with its PIN", permission.pin)

    def limits(self, user: User, site: Site, usage: Usage, now: datetime) -> Denied | None:
        """Why a user has spent what they may; None where they have not. ``now``: any zone."""
        permission = self.of(user, site)
        if permission is None:
            return None
        live = usage.live(user.id)
        by = f"permission {permission.id}"
        if permission.max_calls is not None and live >= permission.max_calls:
            return Denied(
                f"{by} allows {permission.max_calls} calls at once, and {user.name} has {live}",
                "calls-limit",
                Say.TOO_MANY_CALLS,
            )
        if permission.daily_calls is None and permission.daily_minutes is None:
            return None
        spent = usage.today(user.id, day_of(site, now))
        if permission.daily_calls is not None and spent.calls + live >= permission.daily_calls:
            return Denied(
                f"{by} allows {permission.daily_calls} calls a day, and {user.name} has made {spent.calls}"
                + (f" and is making {live}" if live else ""),
                "daily-limit",
                Say.DAILY_LIMIT,
            )
        if permission.daily_minutes is not None and spent.seconds >= permission.daily_minutes * 60:
            return Denied(
                f"{by} allows {permission.daily_minutes} minutes a day, and {user.name} has talked {spent.seconds / 60:.0f}",
                "daily-limit",
                Say.DAILY_LIMIT,
            )
        return None

    def seconds_left(self, user: User, site: Site, usage: Usage, now: datetime) -> float | None:
        """How long a call that begins now may last; None: no limit."""
        permission = self.of(user, site)
        if permission is None or permission.daily_minutes is None:
            return None
        spent = usage.today(user.id, day_of(site, now)).seconds
        return max(0.0, permission.daily_minutes * 60 - spent)


def day_of(site: Site, now: datetime) -> str:
    """The day in the site's zone, as usage is counted by."""
    return now.astimezone(ZoneInfo(site.time_zone)).date().isoformat()


def _default(site: Site, number: str, classified: Classified) -> Verdict:
    if classified.kind == "premium":
        return _barred("premium", f"{number} is {classified}, and no permission allows premium calls")
    if classified.abroad and not site.dial_abroad:
        return _barred("international", f"{number} is abroad and dialling abroad is off for site {site.id}")
    return Allowed(f"{classified.kind} calls are allowed where no permission says otherwise")


def _barred(kind: CallClass, reason: str) -> Denied:
    rule, prompt = _PROMPTS.get(kind, _OTHER)
    return Denied(reason, rule, prompt)


def _no_pin(permission: Permission, kind: CallClass) -> str:
    if not permission.pin:
        return "it does not have"
    return (
        "nobody can give for a call within the exchange" if kind == "internal" else "nobody is there to give"
    )
