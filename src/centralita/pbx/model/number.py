"""A number of the company in the public network (DID), and where calls to it go."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from centralita.pbx.model.base import ConfigObject, E164Number, Name, ObjectId

DESTINATION = r"^(user|extension|voicemail):[a-z0-9][a-z0-9_.-]{0,62}$"


class Number(ConfigObject):
    """``id`` is free; ``number`` is what the provider presents."""

    kind: Literal["number"] = "number"
    number: E164Number
    """E.164 with its plus sign."""
    trunk: ObjectId | None = None
    """Taken only from this trunk; None: from any of the tenant's."""
    destination: Annotated[str, StringConstraints(pattern=DESTINATION)]
    """``user:ID``, ``voicemail:ID`` (of a user), or ``extension:NUMBER``, whoever or whatever has that extension."""
    name_prefix: Name = ""
    """Put before the caller's name on the phones, to tell by which number the call came."""
