"""A connection to the outside: a provider that is known by its address, or that we register with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from centralita.pbx.model.base import ConfigObject


class Trunk(ConfigObject):
    kind: Literal["trunk"] = "trunk"
    name: str = ""
    host: str
    """Name or address of the provider's SIP server."""
    port: Annotated[int, Field(ge=1, le=65535)] = 5060
    transport: Literal["UDP", "TCP"] = "UDP"
    register_with_provider: bool = Field(default=False, alias="register")
    username: str = ""
    password: SecretStr | None = None
    addresses: tuple[str, ...] = ()
    """Addresses or networks (CIDR) that its calls come from, besides what ``host`` resolves to."""
    expires: Annotated[int, Field(ge=60, le=7200)] = 600
    options_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """Between two OPTIONS health checks; 0: none."""
    country: str = ""
    """How numbers without a prefix are read, ISO 3166-1; empty: that of the tenant's first site."""
    number_format: Literal["e164", "plus", "national"] = "plus"
    """How numbers are written to the provider: 34910000000, +34910000000 or 910000000."""
    codecs: tuple[str, ...] = ("PCMA", "PCMU")
    max_calls: Annotated[int, Field(ge=1, le=100_000)] = 1000
