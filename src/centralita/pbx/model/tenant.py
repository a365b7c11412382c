"""A tenant: a company with a configuration of its own, that sees nothing of the others."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from centralita.pbx.model.base import TENANT_ID, ConfigObject, Name


class Tenant(ConfigObject):
    """``id`` names the tenant in the whole installation."""

    kind: Literal["tenant"] = "tenant"
    id: Annotated[str, StringConstraints(pattern=TENANT_ID)]
    name: Name = ""
    changes: Literal["publish", "draft"] = "publish"
    """Whether what is applied is in force at once, or waits as a draft until it is published."""
