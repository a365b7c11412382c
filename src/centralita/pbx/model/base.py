"""What every configuration object has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

ObjectId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
"""Names an object within its kind and tenant, in files and references."""

Extension = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,6}$")]
Language = Annotated[str, StringConstraints(pattern=r"^(es|en)$")]


class ConfigObject(BaseModel):
    """A typed document with a kind and an id. Immutable: a change is a new version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ObjectId
