"""A number of the company in the public network (DID), and where calls to it go."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from centralita.pbx.model.base import ConfigObject, ObjectId


class Number(ConfigObject):
    """``id`` is free; ``number`` is what the provider presents."""

    kind: Literal["number"] = "number"
    number: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{4,14}$")]
    """E.164 with its plus sign."""
    trunk: ObjectId | None = None
    """Taken only from this trunk; None: from any of the tenant's."""
    destination: Annotated[
        str, StringConstraints(pattern=r"^(user|extension|voicemail):[a-z0-9][a-z0-9_.-]{0,62}$")
    ]
    """``user:ID``, ``extension:ID`` or ``voicemail:ID`` (of a user)."""
    name_prefix: str = ""
    """Put before the caller's name on the phones, to tell by which number the call came."""
