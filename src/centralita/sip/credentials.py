"""What an outgoing request may prove itself with when it is challenged (RFC 3261 §22)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and password for digest authentication."""

    username: str
    password: str = field(repr=False)
    realm: str | None = None
    """Where set, challenges of any other realm are not answered: a stranger who challenges us learns nothing."""
