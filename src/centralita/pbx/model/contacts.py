"""A list of callers: VIPs, blocked numbers, customers of a branch."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from centralita.pbx.model.base import ConfigObject, Name, without_separators

_ENTRY = re.compile(r"\+?[0-9]{2,15}\*?")


def _entry(text: object) -> object:
    plain = without_separators(text)
    if not isinstance(plain, str) or not _ENTRY.fullmatch(plain):
        raise ValueError(
            f"{plain!r} must be a number like +34910000000, or the beginning of numbers like +3491*"
        )
    return plain


CallerEntry = Annotated[str, BeforeValidator(_entry)]
"""A caller's number, or the beginning of numbers with ``*``."""


class Contacts(ConfigObject):
    kind: Literal["contacts"] = "contacts"
    name: Name = ""
    purpose: Literal["list", "vip", "block"] = "list"
    """``block``: these callers are refused before any rule; ``vip`` and ``list`` are asked for by flows."""
    numbers: Annotated[dict[CallerEntry, Name], Field(max_length=100_000)] = Field(default_factory=dict)
    """Number, or beginning of numbers with ``*``, → name. A name is shown where the caller brings none."""
