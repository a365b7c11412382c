"""A telephone: the credentials by which it is known, and what it speaks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from centralita.pbx.model.base import ConfigObject, ObjectId


class Device(ConfigObject):
    kind: Literal["device"] = "device"
    user: ObjectId
    name: str = ""
    username: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{2,62}$")] | None = None
    """SIP user name, unique in the whole installation; None: made from tenant and id when applied."""
    password: SecretStr | None = None
    """None: a strong one is made when applied. Stored encrypted, shown once."""
    codecs: tuple[str, ...] = ("PCMA", "PCMU")
    """In order of preference; others than PCMA and PCMU are only passed through between phones that share them."""
    max_contacts: Annotated[int, Field(ge=1, le=20)] = 5
