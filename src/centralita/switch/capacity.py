"""How many calls each tenant has going on, and whether its plan allows another: counted in memory, asked of no database."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from centralita.pbx.model.service_plan import Limit
from centralita.pbx.routing import Decision, Outside, Refusal, Route
from centralita.pbx.vocabulary import Outcome, TenantId

if TYPE_CHECKING:
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.switch.call import Call

RULE = "plan-calls"
TOO_MANY = Refusal("lines-busy", 486, Outcome.REJECTED)
"""Busy, and not 503: a provider takes that for a fault of the whole exchange, and sends the next call elsewhere."""


class Capacity:
    """Of all tenants of this exchange. A call counts from its first message to its end, and one that is refused never."""

    __slots__ = ("_going",)

    def __init__(self) -> None:
        self._going: Counter[TenantId] = Counter()

    def going(self, tenant: TenantId) -> int:
        return self._going[tenant]

    def full(self, snapshot: Snapshot) -> str:
        """Why the tenant's plan allows no further call, a sentence; empty where it does."""
        plan = snapshot.service_plan
        allowed = None if plan is None else plan.allows(Limit.CALLS)
        if plan is None or allowed is None or self._going[snapshot.tenant] < allowed:
            return ""
        return f"the plan {plan.name} allows {allowed} calls at once, and {self._going[snapshot.tenant]} are going on"

    def admit(self, call: Call, route: Route) -> Route:
        """The call's way, or a refusal where there are too many. Nobody is kept from calling for help, and that call counts too."""
        emergency = isinstance(route.destination, Outside) and route.destination.emergency
        if not emergency and (reason := self.full(call.snapshot)):
            return Route(TOO_MANY, Decision(RULE, "", reason))
        self.enter(call)
        return route

    def enter(self, call: Call) -> None:
        """Count a call whatever the plan says: one that we promised, a callback."""
        call.counted = True
        self._going[call.snapshot.tenant] += 1

    def leave(self, call: Call) -> None:
        if call.counted:
            call.counted = False
            tenant = call.snapshot.tenant
            self._going[tenant] -= 1
            if not self._going[tenant]:
                del self._going[tenant]
