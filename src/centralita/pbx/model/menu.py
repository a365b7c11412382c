"""A menu: what callers hear, how they choose, and how patient it is. Where a choice leads, the flow that uses it says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from centralita.pbx.model.base import ConfigObject, Name, ObjectId


class Menu(ConfigObject):
    kind: Literal["menu"] = "menu"
    name: Name = ""
    prompt: ObjectId
    invalid_prompt: ObjectId | None = None
    """None: the exchange's own words."""
    silence_prompt: ObjectId | None = None
    """Played where nothing was pressed in time; None: the menu is simply repeated."""
    digits: Annotated[int, Field(ge=1, le=8)] = 1
    """Of the longest choice; extensions may be longer."""
    seconds: Annotated[float, Field(ge=1, le=60)] = 5.0
    """Patience for the first digit."""
    digit_seconds: Annotated[float, Field(ge=0.5, le=20)] = 2.5
    """Patience between two digits."""
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    dial_extensions: bool = False
    """Whoever knows an extension may dial it."""
