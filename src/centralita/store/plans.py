"""Plans in the database, and which tenant has which. What a plan says is enforced by those who keep what it limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from centralita.pbx.configuration.reports import PlanInUse, PlanOutdated, PlanTaken, PlanUnknown
from centralita.pbx.model.service_plan import Function, ServicePlan
from centralita.store import config_rows
from centralita.store.account_rows import accounts
from centralita.store.database import Database
from centralita.store.hook_rows import webhooks
from centralita.store.plan_rows import plan_from, plan_of, plans, tenant_plans, values_of
from centralita.store.tokens import tokens


class PlanStore:
    """Implements ``Plans`` of the web. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ServicePlan]:
        """By id. They are few: somebody writes each of them."""
        with self._database.read() as connection:
            return [plan_from(row) for row in connection.execute(sa.select(plans).order_by(plans.c.id))]

    def tenants(self) -> Mapping[str, str]:
        """Tenant → its plan, of those that have one."""
        with self._database.read() as connection:
            return {row.tenant: row.plan for row in connection.execute(sa.select(tenant_plans))}

    def get(self, plan: str) -> ServicePlan | None:
        with self._database.read() as connection:
            return self._get(connection, plan)

    def of(self, tenant: str) -> ServicePlan | None:
        """The tenant's plan; None: nothing is limited."""
        with self._database.read() as connection:
            return plan_of(connection, tenant)

    def used_elsewhere(self, tenant: str) -> Mapping[Function, int]:
        """How many things that are in no configuration use a function."""
        found = {Function.API_TOKENS: _tokens_of(tenant), Function.WEBHOOKS: _webhooks_of(tenant)}
        with self._database.read() as connection:
            return {
                function: int(connection.execute(query).scalar_one()) for function, query in found.items()
            }

    def add(self, plan: ServicePlan) -> None:
        """Raises PlanTaken."""
        try:
            with self._database.write() as connection:
                connection.execute(sa.insert(plans).values(id=plan.id, revision=1, **values_of(plan)))
        except exc.IntegrityError:
            raise PlanTaken(plan.id) from None

    def change(self, plan: ServicePlan) -> ServicePlan:
        """Write it in place of the same revision, and give it with the next one. Raises PlanOutdated.

        What its tenants have stays, whatever it says now; the switch learns of it as of a new version.
        """
        statement = (
            sa.update(plans)
            .where(plans.c.id == plan.id, plans.c.revision == plan.revision)
            .values(**values_of(plan), revision=plan.revision + 1)
        )
        with self._database.write() as connection:
            if connection.execute(statement).rowcount != 1:
                raise PlanOutdated(plan.id)
            for tenant in self._tenants_of(connection, plan.id):
                config_rows.touch(connection, tenant)
        return replace(plan, revision=plan.revision + 1)

    def remove(self, plan: str) -> bool:
        """Raises PlanInUse, with the tenants that have it."""
        with self._database.write() as connection:
            if tenants := self._tenants_of(connection, plan):
                raise PlanInUse(plan, tenants)
            try:
                return connection.execute(sa.delete(plans).where(plans.c.id == plan)).rowcount == 1
            except exc.IntegrityError:  # assigned since we looked
                raise PlanInUse(plan, ()) from None

    def assign(self, tenant: str, plan: str | None) -> ServicePlan | None:
        """Give a tenant that exists a plan, or none; the one that it had before. Raises PlanUnknown."""
        mine: Any = tenant_plans.c.tenant == tenant
        try:
            with self._database.write() as connection:
                config_rows.touch(connection, tenant)  # first: whoever else gives it one waits for us
                before = plan_of(connection, tenant)
                connection.execute(sa.delete(tenant_plans).where(mine))
                if plan is not None:
                    connection.execute(sa.insert(tenant_plans).values(tenant=tenant, plan=plan))
        except exc.IntegrityError:
            raise PlanUnknown(plan) from None
        return before

    def _get(self, connection: sa.Connection, plan: str) -> ServicePlan | None:
        row = connection.execute(sa.select(plans).where(plans.c.id == plan)).one_or_none()
        return None if row is None else plan_from(row)

    def _tenants_of(self, connection: sa.Connection, plan: str) -> tuple[str, ...]:
        query = sa.select(tenant_plans.c.tenant).where(tenant_plans.c.plan == plan)
        return tuple(connection.execute(query.order_by(tenant_plans.c.tenant)).scalars())


def _tokens_of(tenant: str) -> sa.Select[int]:
    query = sa.select(sa.func.count()).select_from(tokens.join(accounts, accounts.c.id == tokens.c.account))
    return query.where(accounts.c.tenant == tenant)


def _webhooks_of(tenant: str) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(webhooks).where(webhooks.c.tenant == tenant)
