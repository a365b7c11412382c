"""``/tenants``: the companies of this installation. What a tenant consists of has slices of its own below ``/tenants/{tenant}``."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from centralita.pbx.model.tenant import Tenant
from centralita.web.access import Action
from centralita.web.companies import TenantWanted, make_company
from centralita.web.desk import AtDesk, AtOwnDesk, Desk, changes_between
from centralita.web.paging import Page, WantedPage, page_of

router = APIRouter(prefix="/tenants", tags=["tenants"])


class TenantBody(BaseModel):
    id: str
    name: str


@router.get("")
def tenants(desk: AtOwnDesk, paging: WantedPage) -> Page[TenantBody]:
    """Those that I belong to: all for a platform administrator, one's own for everybody else."""
    configs = desk.reach(Action.TENANTS_READ).configs
    mine = [
        tenant
        for tenant in configs.tenants()
        if desk.principal.everywhere or tenant == desk.principal.account.tenant
    ]
    page = page_of(mine, lambda tenant: (tenant,), paging)
    return Page(items=[_body(desk.at(tenant)) for tenant in page.items], next=page.next, total=page.total)


@router.post("", status_code=201)
def add_tenant(desk: AtOwnDesk, wanted: TenantWanted) -> TenantBody:
    """A new company, with nothing in it yet but the place that it is told of."""
    configs = desk.reach(Action.TENANTS_WRITE).configs
    make_company(configs, wanted, author=desk.author)
    there = desk.at(wanted.id)
    there.note("tenant.create", f"tenant/{wanted.id}", changes_between(None, {"name": wanted.name}))
    return _body(there)


@router.get("/{tenant}")
def tenant(desk: AtDesk) -> TenantBody:
    """One of them."""
    return _body(desk)


def _body(desk: Desk) -> TenantBody:
    objects = desk.reach(Action.TENANTS_READ).configs.objects(desk.tenant)
    found = objects.get(("tenant", desk.tenant))
    return TenantBody(id=desk.tenant, name=found.name if isinstance(found, Tenant) else "")
