"""Who has given wrong passwords to the switch, and who has to wait for it: what administrators see and may lift.

A tenant's administrator is told of devices of the tenant only; names that nobody has, and sources as a whole, are the platform's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.control import Guesser, LiftBlock, SecurityReport, WrongPassword
from centralita.switch.gate import LONGEST_NAME

if TYPE_CHECKING:
    from centralita.switch.gate import Gate


class NotTheirs(Exception):
    """There is no such device of the tenant."""


def report(gate: Gate, tenant: str, now: float) -> SecurityReport:
    """``tenant`` empty: all that there is."""
    guesses = gate.throttle.guesses(now)
    theirs = {each.source for each in guesses if each.user and _tenant_of(gate, each.user) == tenant}
    found = []
    for each in guesses:
        owner = _tenant_of(gate, each.user)
        # That all of a source has to wait concerns whoever has a telephone there; how often others failed does not.
        if tenant and owner != tenant and (each.user or each.source not in theirs or not each.wait):
            continue
        hidden = bool(tenant) and not each.user
        found.append(
            Guesser(
                scope=each.scope,
                source=each.source,
                user=_told(each.user),
                tenant=owner,
                failures=0 if hidden else each.failures,
                limit=each.limit,
                wait=round(each.wait, 1),
            )
        )
    failures = [
        WrongPassword(at=at, source=source, user=_told(user), tenant=_tenant_of(gate, user), blocked=blocked)
        for at, source, user, blocked in reversed(gate.failures)
        if not tenant or _tenant_of(gate, user) == tenant
    ]
    return SecurityReport(guessers=found, failures=failures)


def lift(gate: Gate, request: LiftBlock) -> bool:
    """Whether there was anything to forget. Raises NotTheirs."""
    if request.tenant and (not request.user or _tenant_of(gate, request.user) != request.tenant):
        raise NotTheirs(f"there is no device {request.user or 'without a name'}")
    return gate.throttle.pardon(request.source, request.user)


def _tenant_of(gate: Gate, username: str) -> str:
    known = gate.device(username) if username else None
    return known[0].tenant if known is not None else ""


def _told(name: str) -> str:
    """What a stranger gave as their name, as text of a bearable length."""
    return name[:LONGEST_NAME].encode("utf-8", "replace").decode()
