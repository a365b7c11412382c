"""The tables of plans, and a tenant's plan as whoever enforces it reads it within their own transaction."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from centralita.pbx.configuration.allowance import Excess, OverPlan
from centralita.pbx.model.service_plan import Function, Limit, ServicePlan

metadata = sa.MetaData()
plans = sa.Table(
    "plans",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("limits", sa.Text),
    sa.Column("functions", sa.Text),
    sa.Column("revision", sa.Integer),
)
tenant_plans = sa.Table(
    "tenant_plans",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("plan", sa.Text, sa.ForeignKey("plans.id")),
)


def plan_of(connection: sa.Connection, tenant: str) -> ServicePlan | None:
    """The tenant's plan; None: nothing is limited."""
    query = sa.select(plans).join(tenant_plans, tenant_plans.c.plan == plans.c.id)
    row = connection.execute(query.where(tenant_plans.c.tenant == tenant)).one_or_none()
    return None if row is None else plan_from(row)


def refuse_without(connection: sa.Connection, tenant: str, function: Function, used: int = 0) -> None:
    """Raises OverPlan where the tenant's plan does not include a function; ``used``: how many use it already."""
    plan = plan_of(connection, tenant) if tenant else None
    if plan is not None and plan.allows(function) == 0:
        raise OverPlan([Excess(plan, function, used, used + 1)])


def plan_from(row: sa.Row[Any]) -> ServicePlan:
    values = row._mapping
    limits = msgspec.json.decode(values["limits"], type=dict[str, int])
    functions = values["functions"]
    return ServicePlan(
        id=values["id"],
        name=values["name"],
        limits={limit: limits[limit] for limit in Limit if limit in limits},
        functions=None
        if functions is None
        else frozenset(each for each in Function if each in msgspec.json.decode(functions, type=set[str])),
        revision=values["revision"],
    )


def values_of(plan: ServicePlan) -> dict[str, Any]:
    limits = {limit.value: plan.limits[limit] for limit in Limit if limit in plan.limits}
    functions = None if plan.functions is None else sorted(each.value for each in plan.functions)
    return {
        "name": plan.name,
        "limits": msgspec.json.encode(limits).decode(),
        "functions": None if functions is None else msgspec.json.encode(functions).decode(),
    }
