"""A connection to the outside: a provider that is known by its address, or that we register with."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from centralita.pbx.model.base import COUNTRY_OR_NONE, Codecs, ConfigObject, Name, Word


def _canonical_address(text: str) -> str:
    """An address or network in the one way that addresses are compared."""
    try:
        if "/" in text:
            return str(ipaddress.ip_network(text.strip(), strict=False))
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise ValueError(f"{text!r} is no IP address and no network (192.0.2.10, 192.0.2.0/24)") from None


Address = Annotated[str, AfterValidator(_canonical_address)]


class Trunk(ConfigObject):
    kind: Literal["trunk"] = "trunk"
    name: Name = ""
    host: Annotated[Word, Field(min_length=1)]
    """Name or address of the provider's SIP server."""
    port: Annotated[int, Field(ge=1, le=65535)] = 5060
    transport: Literal["UDP", "TCP"] = "UDP"
    register_with_provider: bool = Field(default=False, alias="register")
    username: Word = ""
    password: SecretStr | None = None
    addresses: Annotated[tuple[Address, ...], Field(max_length=256)] = ()
    """Addresses or networks (CIDR) that its calls come from, besides what ``host`` resolves to."""
    expires: Annotated[int, Field(ge=60, le=7200)] = 600
    options_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """Between two OPTIONS health checks; 0: none."""
    country: Annotated[str, StringConstraints(pattern=COUNTRY_OR_NONE)] = ""
    """How numbers without a prefix are read, ISO 3166-1; empty: that of the tenant's first site (by id)."""
    number_format: Literal["e164", "plus", "national"] = "plus"
    """How numbers are written to the provider: 34910000000, +34910000000 or 910000000."""
    forward_caller: bool = False
    """Whether the provider takes forwarded calls that show the number of whoever calls, a stranger's; else one of the tenant's own
    is shown."""
    codecs: Codecs = ("PCMA", "PCMU")
    max_calls: Annotated[int, Field(ge=1, le=100_000)] = 1000
