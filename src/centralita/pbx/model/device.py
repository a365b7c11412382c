"""A telephone: the credentials by which it is known, and what it speaks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from centralita.pbx.model.base import Codecs, ConfigObject, Name, ObjectId

USERNAME = r"^[a-z0-9][a-z0-9_.-]{2,62}$"


class Device(ConfigObject):
    kind: Literal["device"] = "device"
    user: ObjectId
    name: Name = ""
    username: Annotated[str, StringConstraints(pattern=USERNAME)] | None = None
    """SIP user name, unique in the whole installation; None: made from tenant and id when applied."""
    password: SecretStr | None = None
    """None: a strong one is made when applied. Stored encrypted, shown once."""
    codecs: Codecs = ("PCMA", "PCMU")
    """In order of preference; others than PCMA and PCMU are only passed through between phones that share them."""
    max_contacts: Annotated[int, Field(ge=1, le=20)] = 5
