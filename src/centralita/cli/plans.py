"""``plans``: what companies may have, how much of it they use, and which company has which plan."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli import output
from centralita.cli.configuration import login as who_am_i
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.options import DataFolder, Tenant, load_settings, open_database
from centralita.cli.output import AsJson
from centralita.pbx.model.service_plan import Function, Limit, ServicePlan

if TYPE_CHECKING:
    from pathlib import Path

    from centralita.store.audit import AuditStore
    from centralita.store.configs import ConfigStore
    from centralita.store.plans import PlanStore

plans_app = typer.Typer(no_args_is_help=True)

PlanId = Annotated[str, typer.Argument(metavar="PLAN", help="The plan's id.", show_default=False)]
Name = Annotated[str, typer.Option("--name", help="What it is called.", show_default=False)]
Limits = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        "-l",
        help=f"users=10, calls=none; may be given again. Of {', '.join(Limit)}.",
        show_default=False,
    ),
]
Functions = Annotated[
    list[Function] | None,
    typer.Option("--function", "-f", help="Only these are included; may be given again.", show_default=False),
]


def register(app: typer.Typer) -> None:
    app.add_typer(plans_app, name="plans", help="What each company may have, and how much of it is used.")


@plans_app.command("list")
def list_plans(as_json: AsJson = False, data: DataFolder = None) -> None:
    """All plans, and who has them."""
    with _open(data) as stores:
        plans, assigned = stores.plans.all(), stores.plans.tenants()
    if as_json:
        output.print_json([_as_json(plan, assigned) for plan in plans])
        return
    rows = [
        (
            plan.id,
            plan.name,
            *(plan.limits.get(limit) for limit in Limit),
            "all" if plan.functions is None else ", ".join(sorted(plan.functions)) or "none",
            ", ".join(sorted(tenant for tenant, has in assigned.items() if has == plan.id)),
        )
        for plan in plans
    ]
    output.print_table(
        ["plan", "name", *Limit, "functions", "tenants"],
        rows,
        "There is no plan, so nothing is limited: centralita plans create PLAN --limit users=10",
    )


@plans_app.command()
def create(
    plan: PlanId,
    name: Name = "",
    limit: Limits = None,
    function: Functions = None,
    data: DataFolder = None,
) -> None:
    """Make a plan. What is not limited is unlimited; without --function it includes all."""
    from centralita.pbx.configuration.reports import PlanTaken

    functions = None if function is None else frozenset(function)
    made = ServicePlan(id=_ident(plan), name=name or plan, limits=_limits({}, limit), functions=functions)
    with _open(data) as stores:
        try:
            stores.plans.add(made)
        except PlanTaken:
            raise CommandError(
                f"There is a plan {plan} already", "`centralita plans change` changes it"
            ) from None
        stores.note("plan.create", f"plan/{plan}", None, made)
    output.print_line(f"plan {plan} is made; `centralita plans assign TENANT {plan}` gives it to a company")


@plans_app.command()
def change(
    plan: PlanId,
    name: Name = "",
    limit: Limits = None,
    function: Functions = None,
    all_functions: Annotated[
        bool, typer.Option("--all-functions", help="Include everything, and what is to come.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Change what is named, for all who have the plan. What they have beyond it stays; they add nothing more."""
    from centralita.pbx.configuration.reports import PlanOutdated

    with _open(data) as stores:
        before = stores.known(plan)
        after = replace(before, name=name or before.name, limits=_limits(before.limits, limit))
        if all_functions or function is not None:
            after = replace(after, functions=None if all_functions else frozenset(function or ()))
        if after == before:
            output.note("Nothing changes.")
            return
        try:
            stores.plans.change(after)
        except PlanOutdated:
            raise CommandError(f"Somebody else changed the plan {plan} just now", "Try again") from None
        stores.note("plan.change", f"plan/{plan}", before, after)
    output.print_line(f"plan {plan} is changed")


@plans_app.command()
def remove(plan: PlanId, data: DataFolder = None) -> None:
    """Remove a plan that nobody has."""
    from centralita.pbx.configuration.reports import PlanInUse

    with _open(data) as stores:
        before = stores.known(plan)
        try:
            stores.plans.remove(plan)
        except PlanInUse as error:
            raise CommandError(
                f"These companies have the plan {plan}: {', '.join(error.tenants)}",
                "`centralita plans assign` gives them another",
            ) from None
        stores.note("plan.remove", f"plan/{plan}", before, None)
    output.print_line(f"plan {plan} is removed")


@plans_app.command()
def assign(
    tenant: Annotated[str, typer.Argument(help="The company.", show_default=False)],
    plan: Annotated[str, typer.Argument(help="The plan's id, or none.", show_default=False)],
    data: DataFolder = None,
) -> None:
    """Give a company a plan. What it has beyond it stays and works; it adds nothing more."""
    with _open(data) as stores:
        if tenant not in stores.configs.tenants():
            raise CommandError(f"There is no tenant {tenant}", "See `centralita users`", ExitCode.NOT_FOUND)
        chosen = None if plan == "none" else stores.known(plan).id
        before = stores.plans.assign(tenant, chosen)
        had = None if before is None else before.id
        if had != chosen:
            stores.write("plan.assign", f"tenant/{tenant}", {"plan": (had, chosen)}, tenant)
    output.print_line(
        f"{tenant} has the plan {plan}" if chosen else f"{tenant} has no plan: nothing is limited"
    )


@plans_app.command()
def usage(tenant: Tenant = "", as_json: AsJson = False, data: DataFolder = None) -> None:
    """How much of its plan each company uses."""
    from centralita.pbx.configuration.allowance import CONFIGURED, counted

    with _open(data) as stores:
        found = [name for name in stores.configs.tenants() if tenant in ("", name)]
        if tenant and not found:
            raise CommandError(f"There is no tenant {tenant}", "See `centralita users`", ExitCode.NOT_FOUND)
        rows = []
        for name in found:
            plan = stores.plans.of(name)
            used = counted(stores.configs.objects(name).values())
            for limit in CONFIGURED:
                allowed = None if plan is None else plan.allows(limit)
                over = allowed is not None and used[limit] > allowed
                rows.append(
                    (
                        name,
                        plan.id if plan else None,
                        limit.value,
                        used[limit],
                        allowed,
                        "over" if over else "",
                    )
                )
    titles = ["tenant", "plan", "what", "used", "allowed", "state"]
    if as_json:
        output.print_json([dict(zip(titles, row, strict=True)) for row in rows])
        return
    output.print_table(titles, rows, "There is no tenant.")


# --- within -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stores:
    plans: PlanStore
    configs: ConfigStore
    audit: AuditStore

    def known(self, plan: str) -> ServicePlan:
        found = self.plans.get(plan)
        if found is None:
            raise CommandError(f"There is no plan {plan}", "See `centralita plans list`", ExitCode.NOT_FOUND)
        return found

    def note(self, action: str, target: str, before: ServicePlan | None, after: ServicePlan | None) -> None:
        from centralita.web.desk import changes_between
        from centralita.web.slices.plans import plan_fields

        old = None if before is None else plan_fields(before)
        self.write(action, target, changes_between(old, None if after is None else plan_fields(after)))

    def write(
        self, action: str, target: str, changes: Mapping[str, tuple[object, object]], tenant: str = ""
    ) -> None:
        from centralita.accounts import AuditEntry

        self.audit.add(
            AuditEntry(
                at=time.time(),
                tenant=tenant,
                account="",
                who=who_am_i(),
                source="",
                via="command",
                action=action,
                target=target,
                changes=changes,
            )
        )


@contextmanager
def _open(data: Path | None) -> Iterator[_Stores]:
    from centralita.store.audit import AuditStore
    from centralita.store.configs import ConfigStore
    from centralita.store.plans import PlanStore
    from centralita.store.secrets import SecretBox, SecretsUnavailable, load_key

    settings = load_settings(data)
    try:
        with open_database(settings) as database:
            secrets = SecretBox(load_key(settings.secret_key_file))
            yield _Stores(PlanStore(database), ConfigStore(database, secrets), AuditStore(database))
    except SecretsUnavailable as error:
        raise CommandError(error.message, error.mend) from None


def _ident(text: str) -> str:
    import re

    from centralita.pbx.model.base import OBJECT_ID

    if not re.fullmatch(OBJECT_ID, text):
        raise CommandError(
            f"{text!r} is no id", "It is 1 to 63 of a-z, 0-9, '_', '.' and '-'", ExitCode.USAGE
        )
    return text


def _limits(before: Mapping[Limit, int], given: list[str] | None) -> dict[Limit, int]:
    limits = dict(before)
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or name not in list(Limit) or not (value == "none" or value.isdecimal()):
            mend = f"Write it like users=10 or calls=none; there are {', '.join(Limit)}"
            raise CommandError(f"{text!r} is no limit", mend, ExitCode.USAGE)
        if value == "none":
            limits.pop(Limit(name), None)
        else:
            limits[Limit(name)] = min(int(value), 1_000_000)
    return limits


def _as_json(plan: ServicePlan, assigned: Mapping[str, str]) -> dict[str, object]:
    return {
        "id": plan.id,
        "name": plan.name,
        "limits": {limit.value: plan.limits.get(limit) for limit in Limit},
        "functions": None if plan.functions is None else sorted(plan.functions),
        "tenants": sorted(tenant for tenant, has in assigned.items() if has == plan.id),
    }
