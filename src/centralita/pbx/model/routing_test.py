"""A saved case: who calls what and when, and where the call must end. Kept with the configuration, and run before it is published."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from centralita.pbx.model.base import ConfigObject, Name, ObjectId

RESULT = r"^(answered|no-answer|busy|unreachable|do-not-disturb|offline)$"


class RoutingTest(ConfigObject):
    kind: Literal["test"] = "test"
    name: Name = ""
    caller: Annotated[
        str, StringConstraints(pattern=r"^(\+?[0-9]{2,31}|anonymous|user:[a-z0-9][a-z0-9_.-]{0,62})$")
    ] = Field(alias="from")
    """A number, ``anonymous``, or ``user:ID`` for a call from inside."""
    to: Annotated[str, StringConstraints(pattern=r"^[+*#0-9]{2,32}$")]
    """As dialled."""
    at: datetime
    """Without a zone: in that of the tenant's first site."""
    press: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[0-9*#]{0,32}$")], ...], Field(max_length=50)
    ] = ()
    """What the caller presses at each question in turn; empty text: nothing. After the last: nothing."""
    answer: Annotated[
        dict[ObjectId, Annotated[str, StringConstraints(pattern=RESULT)]], Field(max_length=1000)
    ] = Field(default_factory=dict)
    """How each user's telephones behave, by user; those not named answer."""
    agents: Annotated[tuple[ObjectId, ...], Field(max_length=1000)] | None = None
    """Agents who are logged in; None: all of them."""
    overrides: Annotated[tuple[ObjectId, ...], Field(max_length=100)] = ()
    """Overrides that are on."""
    expect: Annotated[str, Field(min_length=1, max_length=200)]
    """Where the call rests: ``user:ana``, ``voicemail:ana``, ``group:sales``, ``queue:support``, ``external:+34…``,
    ``hang-up``, ``hang-up:busy``, ``echo`` …; see :mod:`centralita.pbx.simulator`."""
    through: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=100)
    ] = ()
    """Nodes (``FLOW/NODE``) or objects that it must pass on its way, in this order, others between them."""
