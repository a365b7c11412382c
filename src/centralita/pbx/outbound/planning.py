"""One call to the outside, planned: its class, whether it is allowed, its route, and each attempt ready to be sent.

The same for a live call, the simulator and the preview of an administrator. No trunk is asked here whether it is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from centralita.pbx import numbering
from centralita.pbx.callcontrol import Attempt
from centralita.pbx.outbound.classes import INTERNAL, Classified, classify
from centralita.pbx.outbound.permissions import Allowed, Denied, PinNeeded, Verdict
from centralita.pbx.outbound.routes import Chosen, IsOpen, Way
from centralita.pbx.outbound.shown import Shown, callback_number, shown_number

if TYPE_CHECKING:
    from datetime import datetime

    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.user import User
    from centralita.pbx.state import Overrides, TenantState


@dataclass(frozen=True, slots=True)
class Planned:
    """A route with everything that its attempts have in common."""

    chosen: Chosen
    shown: Shown
    attempts: tuple[Attempt, ...]
    """One for each way of the route, in its order."""


def verdict(snapshot: Snapshot, user: User | None, number: str, *, forwarding: bool = False) -> Verdict:
    """Whether a number in E.164 (or an extension) may be called by a user, or by a stranger for the tenant (None)."""
    site = snapshot.site_of(user) if user is not None else snapshot.first_site
    classified = classify(number, site.country, site.number)
    permissions = snapshot.plan.outbound.permissions
    return permissions.verdict(user, site, number, classified, forwarding=forwarding)


def limits(snapshot: Snapshot, state: TenantState, user: User, now: datetime) -> Denied | None:
    """Why a user may make no further call at present; None where they may."""
    site = snapshot.site_of(user)
    return snapshot.plan.outbound.permissions.limits(user, site, state.usage, now)


def seconds_left(snapshot: Snapshot, state: TenantState, user: User, now: datetime) -> float | None:
    """How long a call of a user's that begins now may last; None: no limit."""
    site = snapshot.site_of(user)
    return snapshot.plan.outbound.permissions.seconds_left(user, site, state.usage, now)


def plan(
    snapshot: Snapshot,
    user: User | None,
    number: str,
    now: datetime,
    *,
    emergency: bool = False,
    on_behalf_of: User | None = None,
    called: str = "",
    wanted: str = "",
    stranger: str = "",
    overrides: Overrides | None = None,
) -> Planned:
    """The way of a call that is allowed. ``user``: who calls, or whose forwarding it is; None: no user's call.

    ``called``, ``wanted``: as in :func:`shown_number`. ``stranger``: the number of the caller whose call is forwarded, in
    E.164, shown where a trunk passes it on. ``now``: any zone.
    """
    table = snapshot.plan.outbound
    if emergency:
        chosen = table.emergency(number, user)
        shown = callback_number(snapshot, user)
    else:
        site = snapshot.site_of(user) if user is not None else snapshot.first_site
        classified = classify(number, site.country, site.number)
        chosen = table.choose(number, classified, user, opening(snapshot, now, overrides))
        shown = shown_number(snapshot, user, chosen.route, called=called, wanted=wanted)
    attempts = tuple(
        Attempt(
            way.trunk,
            number,
            way.written,
            stranger if stranger and way.trunk.forward_caller and not emergency else shown.number,
            emergency,
            on_behalf_of,
        )
        for way in chosen.ways
    )
    return Planned(chosen, shown, attempts)


def opening(snapshot: Snapshot, now: datetime, overrides: Overrides | None = None) -> IsOpen:
    """Whether schedules are open at an instant, overrides that are turned included: the one that was turned last holds."""

    def is_open(schedule: str) -> tuple[bool, str]:
        turned = [
            (found.since, override)
            for override in snapshot.plan.overrides_of.get(schedule, ())
            if overrides is not None and (found := overrides.turned(override.id, now.timestamp())) is not None
        ]
        if turned:
            forced = max(turned, key=lambda each: each[0])[1]
            return forced.forces == "open", f"override {forced.name or forced.id} is on"
        hours = snapshot.plan.hours(schedule).at(now)
        return hours.open, hours.reason

    return is_open


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of a call to the outside, for people to look at before it is made."""

    dialled: str
    number: str
    """E.164, or the emergency number; empty where what was dialled is no number outside."""
    emergency: bool
    classified: Classified
    allowed: bool
    pin: bool
    """Whether it is allowed only to whoever gives the PIN."""
    permission: str
    """Why it is allowed, or why not: one sentence."""
    route: str
    """``outbound-route:ID``; ``trunks`` where every trunk is tried; empty where it is not allowed."""
    reason: str
    passed: tuple[str, ...]
    ways: tuple[Way, ...]
    """Trunks in the order of trying, with the number before and after the route's own changes, and the cost."""
    shown: Shown


def preview(
    snapshot: Snapshot,
    user: User | None,
    dialled: str,
    now: datetime,
    *,
    state: TenantState | None = None,
    on_behalf_of: User | None = None,
) -> Preview:
    """What dialling this would do. ``state``: with the switches turned and the limits spent there; None: with none."""
    payer = on_behalf_of or user
    site = snapshot.site_of(payer) if payer is not None else snapshot.first_site
    nothing = Shown("", "")
    if numbering.is_emergency(dialled, site.country):
        planned = plan(snapshot, payer, dialled, now, emergency=True)
        return Preview(
            dialled, dialled, True, INTERNAL, True, False, "emergency numbers are always allowed",
            planned.chosen.name, planned.chosen.reason, (), planned.chosen.ways, planned.shown,
        )  # fmt: skip
    number = numbering.normalise(dialled, site.country) if numbering.is_dialable(dialled) else None
    if number is None or dialled in snapshot.by_extension or number in snapshot.numbers_by_e164:
        return Preview(
            dialled,
            "",
            False,
            INTERNAL,
            True,
            False,
            f"{dialled} is no number outside",
            "",
            "",
            (),
            (),
            nothing,
        )
    classified = classify(number, site.country, site.number)
    said: Verdict = verdict(snapshot, payer, number, forwarding=on_behalf_of is not None)
    if state is not None and payer is not None and isinstance(said, Allowed | PinNeeded):
        said = limits(snapshot, state, payer, now) or said
    if isinstance(said, Denied):
        return Preview(dialled, number, False, classified, False, False, said.reason, "", "", (), (), nothing)
    overrides = state.overrides if state is not None else None
    planned = plan(snapshot, payer, number, now, on_behalf_of=on_behalf_of, overrides=overrides)
    chosen = planned.chosen
    return Preview(
        dialled, number, False, classified, True, isinstance(said, PinNeeded), said.reason,
        chosen.name, chosen.reason, chosen.passed, chosen.ways, planned.shown,
    )  # fmt: skip
