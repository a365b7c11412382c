"""``/plans``: what is offered to companies, made by platform administrators; and each company's own plan, with what it uses of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from centralita.control import RequestRefused, SwitchUnavailable
from centralita.pbx.configuration.allowance import counted, uses
from centralita.pbx.configuration.reports import PlanInUse, PlanOutdated, PlanTaken, PlanUnknown
from centralita.pbx.model.base import OBJECT_ID, ONE_LINE
from centralita.pbx.model.service_plan import Function, Limit, ServicePlan
from centralita.web import etags
from centralita.web.access import Action
from centralita.web.desk import AtDesk, AtOwnDesk, Desk, changes_between
from centralita.web.parts import WebParts
from centralita.web.problems import Problem

router = APIRouter(prefix="/plans", tags=["plans"])
tenant_router = APIRouter(prefix="/tenants/{tenant}/plan", tags=["plans"])

PlanId = Annotated[str, StringConstraints(pattern=OBJECT_ID)]
PlanName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=ONE_LINE)
]
Most = Annotated[int, Field(ge=0, le=1_000_000)] | None


class Limits(BaseModel):
    """null: no limit."""

    model_config = ConfigDict(extra="forbid")

    users: Most = None
    """Seats."""
    devices: Most = None
    numbers: Most = None
    trunks: Most = None
    queues: Most = None
    flows: Most = None
    calls: Most = None
    """At once. Emergency calls always pass."""


class PlanBody(BaseModel):
    id: str
    name: str
    limits: Limits
    functions: list[Function] | None
    """Those that are included; null: all, and those to come."""
    tenants: list[str]
    """Who has it."""


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlanWanted(_Wanted):
    id: PlanId
    name: PlanName
    limits: Limits = Limits()
    functions: Annotated[list[Function], Field(max_length=20)] | None = None


class PlanChange(_Wanted):
    """What is not mentioned stays, of the limits too."""

    name: PlanName = ""
    limits: Limits = Limits()
    functions: Annotated[list[Function], Field(max_length=20)] | None = None


class LimitUse(BaseModel):
    limit: Limit
    allowed: int | None
    """null: no limit."""
    used: int | None
    """null: it cannot be told now; of ``calls``, where the switch does not answer."""
    over: bool
    """More than is allowed, since the plan became smaller: what is there stays, and nothing is added."""


class FunctionUse(BaseModel):
    function: Function
    included: bool
    used: int
    """Objects of the configuration that use it, API tokens, webhooks."""


class TenantPlan(BaseModel):
    id: str | None
    """The plan's; null: there is none, and nothing is limited."""
    name: str
    limits: list[LimitUse]
    functions: list[FunctionUse]


class PlanChosen(_Wanted):
    plan: PlanId | None
    """null: none, and nothing is limited."""


# --- plans ------------------------------------------------------------------------------------------------------------


@router.get("")
def plans(desk: AtOwnDesk) -> list[PlanBody]:
    """All of them, by id."""
    store = _platform(desk).plans
    assigned = store.tenants()
    return [_body(plan, assigned) for plan in store.all()]


@router.post("", status_code=201)
def add_plan(desk: AtOwnDesk, response: Response, wanted: PlanWanted) -> PlanBody:
    """Make a plan. Nobody has it yet."""
    store = _platform(desk).plans
    plan = ServicePlan(
        id=wanted.id,
        name=wanted.name,
        limits=_limits(wanted.limits.model_dump()),
        functions=None if wanted.functions is None else frozenset(wanted.functions),
    )
    try:
        store.add(plan)
    except PlanTaken:
        raise Problem.conflict(
            "exists", f"There is a plan {plan.id} already", field="id", mend="Take another id"
        ) from None
    desk.note("plan.create", f"plan/{plan.id}", changes_between(None, plan_fields(plan)))
    response.headers["ETag"] = _tag(plan)
    response.headers["Location"] = f"/api/v1/plans/{plan.id}"
    return _body(plan, {})


@router.get("/{plan}")
def plan(desk: AtOwnDesk, response: Response, plan: str) -> PlanBody:
    """One of them."""
    store = _platform(desk).plans
    found = _found(store.get(plan))
    response.headers["ETag"] = _tag(found)
    return _body(found, store.tenants())


@router.patch("/{plan}")
def change_plan(
    desk: AtOwnDesk, response: Response, plan: str, change: PlanChange, if_match: etags.IfMatch = None
) -> PlanBody:
    """Change what is sent, for all who have it. What they have beyond it stays and works; they add nothing more."""
    store = _platform(desk).plans
    before = _found(store.get(plan))
    etags.check(if_match, _tag(before))
    sent = change.model_fields_set
    after = before
    if "name" in sent and change.name:
        after = replace(after, name=change.name)
    if "limits" in sent:
        merged = {limit.value: most for limit, most in before.limits.items()}
        after = replace(after, limits=_limits(merged | change.limits.model_dump(exclude_unset=True)))
    if "functions" in sent:
        after = replace(after, functions=None if change.functions is None else frozenset(change.functions))
    if after != before:
        try:
            after = store.change(after)
        except PlanOutdated:
            raise etags.outdated() from None
        changes = changes_between(plan_fields(before), plan_fields(after))
        desk.note("plan.change", f"plan/{plan}", changes)
        _tell_switch(desk)
    response.headers["ETag"] = _tag(after)
    return _body(after, store.tenants())


@router.delete("/{plan}", status_code=204)
def remove_plan(desk: AtOwnDesk, plan: str, if_match: etags.IfMatch = None) -> None:
    """Remove a plan that nobody has."""
    store = _platform(desk).plans
    before = _found(store.get(plan))
    etags.check(if_match, _tag(before))
    try:
        removed = store.remove(plan)
    except PlanInUse as error:
        named = f": {', '.join(error.tenants[:5])}" if error.tenants else ""
        raise Problem.conflict(
            "in-use", f"Tenants have this plan{named}", mend="Give them another plan first"
        ) from None
    if not removed:
        raise Problem.not_found("There is no such plan")
    desk.note("plan.remove", f"plan/{plan}", changes_between(plan_fields(before), None))


# --- a tenant's plan --------------------------------------------------------------------------------------------------


@tenant_router.get("")
def tenant_plan(desk: AtDesk, response: Response) -> TenantPlan:
    """The company's plan, and what it uses of it. Without a plan nothing is limited."""
    parts = desk.reach(Action.CONFIG_READ)
    found = parts.plans.of(desk.tenant)
    response.headers["ETag"] = etags.etag_of(None if found is None else found.id)
    return _usage(desk, parts, found)


@tenant_router.put("")
def assign_plan(
    desk: AtDesk, response: Response, chosen: PlanChosen, if_match: etags.IfMatch = None
) -> TenantPlan:
    """Give the company a plan. What it has beyond it stays and works; it adds nothing more."""
    parts = desk.reach(Action.TENANTS_WRITE)
    if if_match is not None:
        now = parts.plans.of(desk.tenant)
        etags.check(if_match, etags.etag_of(None if now is None else now.id))
    try:
        before = parts.plans.assign(desk.tenant, chosen.plan)
    except PlanUnknown:
        raise Problem.invalid("plan", f"There is no plan {chosen.plan}", code="unknown-reference") from None
    had = None if before is None else before.id
    if had != chosen.plan:
        desk.note("plan.assign", f"tenant/{desk.tenant}", {"plan": (had, chosen.plan)})
        _tell_switch(desk)
    response.headers["ETag"] = etags.etag_of(chosen.plan)
    return _usage(desk, parts, parts.plans.of(desk.tenant))


# --- within -----------------------------------------------------------------------------------------------------------


def plan_fields(plan: ServicePlan) -> dict[str, object]:
    """What the audit log says of a plan."""
    return {
        "name": plan.name,
        **{limit.value: most for limit, most in plan.limits.items()},
        "functions": None if plan.functions is None else sorted(each.value for each in plan.functions),
    }


def _platform(desk: Desk) -> WebParts:
    return desk.reach(Action.TENANTS_WRITE)


def _found(plan: ServicePlan | None) -> ServicePlan:
    if plan is None:
        raise Problem.not_found("There is no such plan")
    return plan


def _limits(values: Mapping[str, int | None]) -> dict[Limit, int]:
    return {Limit(name): most for name, most in values.items() if most is not None}


def _tag(plan: ServicePlan) -> str:
    return etags.etag_of([plan.id, plan.revision, plan_fields(plan)])


def _body(plan: ServicePlan, assigned: Mapping[str, str]) -> PlanBody:
    return PlanBody(
        id=plan.id,
        name=plan.name,
        limits=Limits(**{limit.value: most for limit, most in plan.limits.items()}),
        functions=None if plan.functions is None else sorted(plan.functions),
        tenants=sorted(tenant for tenant, has in assigned.items() if has == plan.id),
    )


def _usage(desk: Desk, parts: WebParts, plan: ServicePlan | None) -> TenantPlan:
    objects = parts.configs.objects(desk.tenant).values()
    used: dict[Limit, int | None] = {**counted(objects), Limit.CALLS: _calls(desk, parts)}
    using = {function: len(keys) for function, keys in uses(objects).items()}
    using |= parts.plans.used_elsewhere(desk.tenant)
    limits = []
    for limit in Limit:
        allowed = None if plan is None else plan.allows(limit)
        count = used[limit]
        over = allowed is not None and count is not None and count > allowed
        limits.append(LimitUse(limit=limit, allowed=allowed, used=count, over=over))
    return TenantPlan(
        id=None if plan is None else plan.id,
        name="" if plan is None else plan.name,
        limits=limits,
        functions=[
            FunctionUse(
                function=function,
                included=plan is None or plan.allows(function) is None,
                used=using.get(function, 0),
            )
            for function in Function
        ],
    )


def _calls(desk: Desk, parts: WebParts) -> int | None:
    try:
        return len(parts.switch.calls(desk.tenant))
    except (SwitchUnavailable, RequestRefused):
        return None


def _tell_switch(desk: Desk) -> None:
    with suppress(SwitchUnavailable, RequestRefused):  # it finds out by itself, a little later
        desk.reach(Action.TENANTS_WRITE).switch.reload(desk.tenant)
