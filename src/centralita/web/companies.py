"""A new company as it is asked for: the tenant, and the place where it is, so that people and telephones can be added at once."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.model.base import (
    ONE_LINE,
    TENANT_ID,
    CountryCode,
    Extension,
    Language,
    Name,
    ObjectId,
    OptionalE164,
)
from centralita.web.parts import Configs
from centralita.web.problems import FieldError, Problem


class FirstSite(BaseModel):
    """Where the company is; more places can be added later, and this one changed."""

    model_config = ConfigDict(extra="forbid")

    id: ObjectId = "main"
    name: Name = ""
    time_zone: Annotated[str, Field(max_length=64)] = "Europe/Madrid"
    """IANA name."""
    country: CountryCode = "ES"
    """ISO 3166-1 alpha-2: how numbers are read, which tones are played, which numbers are emergencies."""
    language: Language = "es"
    first_extension: Extension = "100"
    last_extension: Extension = "899"
    number: OptionalE164 = ""
    """Shown to those called from here, in E.164."""
    location: Name = ""
    """Where help is to be sent: the postal address that goes with emergency calls."""


class TenantWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, StringConstraints(pattern=TENANT_ID)]
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=ONE_LINE)
    ]
    site: FirstSite | None = None


def make_company(
    configs: Configs, wanted: TenantWanted, *, author: str, dry_run: bool = False, field: str = ""
) -> None:
    """Publish its first version. ``field``: where in what was sent the company stands. Raises Problem: 409, 422."""
    if wanted.id in configs.tenants():
        raise Problem.conflict("tenant-taken", "There is a tenant of this name", field=f"{field}id")
    entries = [Entry({"kind": "tenant", "id": wanted.id, "name": wanted.name})]
    if wanted.site is not None:
        entries.append(Entry({"kind": "site"} | wanted.site.model_dump()))
    try:
        configs.apply(entries, tenant=wanted.id, author=author, dry_run=dry_run)
    except ConfigurationRefused as error:
        errors = [
            FieldError(
                field=f"{field}{'site.' if each.kind == 'site' else ''}{each.field}", detail=each.message
            )
            for each in error.problems
        ]
        raise Problem(
            422, "configuration-refused", "The configuration would not be valid", errors=errors
        ) from None
