"""What a configuration uses of its tenant's plan, and what of a change would be too much.

Only growth is refused: what is there stays and works, also where a plan is made smaller than that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.permission import Permission
from centralita.pbx.model.service_plan import Function, Limit, ServicePlan
from centralita.pbx.model.site import Site
from centralita.pbx.model.user import User

_KINDS: dict[str, Limit] = {
    "user": Limit.USERS,
    "device": Limit.DEVICES,
    "number": Limit.NUMBERS,
    "trunk": Limit.TRUNKS,
    "queue": Limit.QUEUES,
    "flow": Limit.FLOWS,
}
CONFIGURED = tuple(_KINDS.values())
"""The limits of what is configured; what is left is counted where it happens."""
_ABROAD = "international"


@dataclass(frozen=True, slots=True)
class Excess:
    """One thing that a plan does not allow."""

    plan: ServicePlan
    what: Limit | Function
    used: int
    """There already."""
    wanted: int
    """There would be."""

    @property
    def allowed(self) -> int:
        return self.plan.allows(self.what) or 0

    @property
    def message(self) -> str:
        """A sentence of its own."""
        name = self.plan.name
        if isinstance(self.what, Function):
            return f"The plan {name} does not include {self.what}"
        return f"The plan {name} allows {self.allowed} {self.what}: {self.used} are used, and this would make {self.wanted}"

    @property
    def mend(self) -> str:
        do_without = (
            "Leave it out" if isinstance(self.what, Function) else f"Remove some of the {self.what} first"
        )
        return f"{do_without}, or have whoever runs this installation assign a larger plan"


class OverPlan(ConfigurationRefused):
    """More than the tenant's plan allows; nothing was changed."""

    def __init__(self, excesses: Sequence[Excess]) -> None:
        super().__init__(
            [
                Problem("plan", each.plan.id, each.what.value, f"{each.message}. {each.mend}")
                for each in excesses
            ]
        )
        self.excesses = tuple(excesses)


def counted(objects: Iterable[AnyObject]) -> dict[Limit, int]:
    """What is configured, by what limits it."""
    kinds: Counter[str] = Counter(item.kind for item in objects)
    return {limit: kinds[kind] for kind, limit in _KINDS.items()}


def uses(objects: Iterable[AnyObject]) -> dict[Function, frozenset[Key]]:
    """The objects that use a function of a plan."""
    found: dict[Function, set[Key]] = {}
    for item in objects:
        for function in _functions_of(item):
            found.setdefault(function, set()).add((item.kind, item.id))
    return {function: frozenset(keys) for function, keys in found.items()}


def excesses(
    plan: ServicePlan, before: Mapping[Key, AnyObject], after: Mapping[Key, AnyObject]
) -> list[Excess]:
    """What of a change grows beyond the plan."""
    found: list[Excess] = []
    had, has = counted(before.values()), counted(after.values())
    for limit, wanted in has.items():
        allowed = plan.allows(limit)
        if allowed is not None and wanted > allowed and wanted > had[limit]:
            found.append(Excess(plan, limit, had[limit], wanted))
    used, using = uses(before.values()), uses(after.values())
    for function, keys in using.items():
        known = used.get(function, frozenset())
        if plan.allows(function) == 0 and keys - known:
            found.append(Excess(plan, function, len(known), len(known | keys)))
    return found


def refuse_growth(
    plan: ServicePlan | None, before: Mapping[Key, AnyObject], after: Mapping[Key, AnyObject]
) -> None:
    """Raises OverPlan. Without a plan nothing is limited."""
    if plan is not None and (found := excesses(plan, before, after)):
        raise OverPlan(found)


def _functions_of(item: AnyObject) -> Iterable[Function]:
    match item.kind:
        case "flow":
            yield Function.FLOWS
            if isinstance(item, Flow) and any(getattr(node, "record", None) for node in item.nodes.values()):
                yield Function.RECORDING
        case "menu":
            yield Function.FLOWS
        case "queue":
            yield Function.QUEUES
        case "user":
            if isinstance(item, User) and item.record_calls:
                yield Function.RECORDING
        case "site":
            if isinstance(item, Site) and item.dial_abroad:
                yield Function.ABROAD
        case "permission":
            if isinstance(item, Permission) and _ABROAD in (*item.allow, *item.pin_for):
                yield Function.ABROAD
