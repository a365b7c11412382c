"""A number of the company in the public network (DID), and where calls to it go."""

from __future__ import annotations

from typing import Literal

from centralita.pbx.model.base import ConfigObject, Destination, E164Number, Name, ObjectId


class Number(ConfigObject):
    """``id`` is free; ``number`` is what the provider presents."""

    kind: Literal["number"] = "number"
    number: E164Number
    """E.164 with its plus sign."""
    trunk: ObjectId | None = None
    """Taken only from this trunk; None: from any of the tenant's."""
    destination: Destination
    name_prefix: Name = ""
    """Put before the caller's name on the phones, to tell by which number the call came."""
