"""Which number is shown to those who are called.

Always one that belongs to the tenant: providers refuse or replace others, and a number that cannot be called back at the tenant
is what swindlers show. The one exception is a call from outside that is forwarded through a trunk with ``forward_caller``: there
the original caller's number is shown, beside the tenant's own in P-Asserted-Identity and Diversion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from centralita.pbx.model.outbound_route import OutboundRoute
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.user import User


class Shown(NamedTuple):
    """``number`` in E.164, empty where the tenant has none; ``rule`` says whose it is."""

    number: str
    rule: str


def shown_number(
    snapshot: Snapshot,
    user: User | None,
    route: OutboundRoute | None = None,
    *,
    called: str = "",
    wanted: str = "",
) -> Shown:
    """The number wanted, else the route's, else the user's, else that of their site, else the one that was called, else the tenant's first.

    ``wanted``: where the configuration names one for this very call. ``user``: who calls, or whose forwarding it is; None: no
    user's call. ``called``: by which number a call from outside came in. A number that does not belong to the tenant is
    passed over.
    """
    owned = snapshot.plan.outbound.owned
    candidates = [Shown(wanted, "number of this step of the flow")]
    if route is not None:
        candidates.append(Shown(route.caller_number, f"caller number of route {route.id}"))
    if user is not None:
        site = snapshot.site_of(user)
        candidates += [
            Shown(user.number, f"number of user {user.id}"),
            Shown(site.number, f"number of site {site.id}"),
        ]
    candidates.append(Shown(called, "number that was called"))
    if user is None:
        candidates.append(Shown(snapshot.first_site.number, f"number of site {snapshot.first_site.id}"))
    for each in candidates:
        if each.number in owned:
            return each
    return _first(snapshot)


def callback_number(snapshot: Snapshot, user: User | None) -> Shown:
    """The number at which whoever calls for help is called back: the site's, or the caller's own where it has none."""
    site = snapshot.site_of(user) if user is not None else snapshot.first_site
    for each in (
        Shown(site.emergency_callback, f"emergency callback number of site {site.id}"),
        Shown(site.number, f"number of site {site.id}"),
        Shown(user.number if user is not None else "", f"number of user {user.id if user else ''}"),
    ):
        if each.number:
            return each
    return _first(snapshot)


def _first(snapshot: Snapshot) -> Shown:
    first = next(iter(snapshot.numbers_by_e164), "")
    return Shown(first, "first number of the tenant" if first else "the tenant has no number")
