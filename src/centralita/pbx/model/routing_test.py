"""A saved case: who calls what and when, and where the call must end. Kept with the configuration, and run before it is published."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from centralita.pbx.model.base import ConfigObject, Name, ObjectId

CALLER = r"^(\+?[0-9]{2,31}|anonymous|user:[a-z0-9][a-z0-9_.-]{0,62})$"
DIALLED = r"^[+*#0-9]{2,32}$"
KEYS = r"^[0-9*#]{0,32}$"
RESULT = r"^(answered|no-answer|busy|rejected|unreachable|do-not-disturb|offline|unconfirmed|[0-9]{1,3})$"
OUTSIDE_PARTY = r"^(\+?[0-9]{2,31}|trunk:[a-z0-9][a-z0-9_.-]{0,62})$"
OUTSIDE_RESULT = r"^(answered|no-answer|busy|rejected|unreachable|unconfirmed|down|full|[0-9]{1,3})$"


class RoutingTest(ConfigObject):
    kind: Literal["test"] = "test"
    name: Name = ""
    caller: Annotated[str, StringConstraints(pattern=CALLER)] = Field(alias="from")
    """A number, ``anonymous``, or ``user:ID`` for a call from inside."""
    to: Annotated[str, StringConstraints(pattern=DIALLED)]
    """As dialled."""
    at: datetime
    """Without a zone: in that of the tenant's first site."""
    press: Annotated[tuple[Annotated[str, StringConstraints(pattern=KEYS)], ...], Field(max_length=50)] = ()
    """What the caller presses at each question in turn; empty text: nothing. After the last: nothing."""
    answer: Annotated[
        dict[ObjectId, Annotated[str, StringConstraints(pattern=RESULT)]], Field(max_length=1000)
    ] = Field(default_factory=dict)
    """How each user's telephones behave, by user; those not named answer after 5 s. A number from 1 to 399 is the seconds to the
    answer, one from 400 a SIP status."""
    outside: Annotated[
        dict[
            Annotated[str, StringConstraints(pattern=OUTSIDE_PARTY)],
            Annotated[str, StringConstraints(pattern=OUTSIDE_RESULT)],
        ],
        Field(max_length=1000),
    ] = Field(default_factory=dict)
    """The same of numbers outside, and of trunks (``trunk:ID``), which may also be ``down`` or ``full``."""
    agents: Annotated[tuple[ObjectId, ...], Field(max_length=1000)] | None = None
    """Agents who are logged in; None: all of them."""
    waiting: Annotated[dict[ObjectId, Annotated[int, Field(ge=0, le=1000)]], Field(max_length=100)] = Field(
        default_factory=dict
    )
    """Queue → callers who wait there before this one."""
    overrides: Annotated[tuple[ObjectId, ...], Field(max_length=100)] = ()
    """Overrides that are on."""
    lookups: Annotated[
        dict[Annotated[str, Field(max_length=2000)], Annotated[str, Field(max_length=10_000)]],
        Field(max_length=100),
    ] = Field(default_factory=dict)
    """Beginning of a web address → what is found there; nothing is found elsewhere."""
    patience: Annotated[int, Field(ge=1, le=86_400)] | None = None
    """Seconds after which the caller hangs up, if nobody answers; None: the caller waits."""
    expect: Annotated[str, Field(min_length=1, max_length=200)]
    """Where the call rests. A place with or without who has it there:

    - ``user:ana``: ana talks to the caller, by whatever way; ``external:+34…``: somebody outside does.
    - ``group:sales``, ``queue:support``: a member or agent answered, or the caller gave up waiting there; ``group:sales/ana``,
      ``queue:support/ana``: that one.
    - ``voicemail:ana``, ``callback:support`` (to be called back), ``echo``, ``voicemail-menu``, ``feature`` (a star code).
    - ``hang-up:CAUSE`` as a hang-up node names causes, also ``hang-up:no-answer``; ``hang-up:abandoned``: the caller lost patience.

    A kind alone (``hang-up``, ``voicemail``, ``group`` …) stands for any of its kind."""
    through: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=100)
    ] = ()
    """Nodes (``FLOW/NODE``) or objects (``group:sales``) that it must pass on its way, in this order, others between them."""
