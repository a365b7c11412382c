"""What each tenant's calls have in common, kept across reloads: the routing state."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import TenantId
from centralita.switch.queues import LivePlace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from centralita.pbx.callcontrol import Place
    from centralita.pbx.model.queue import Queue
    from centralita.switch.call import Call
    from centralita.switch.exchange import Exchange


class Tenants:
    """The state of every tenant that this exchange serves."""

    def __init__(self, exchange: Exchange, rng: random.Random) -> None:
        self._exchange = exchange
        self._random = rng
        self._states: dict[TenantId, TenantState] = {}

    def state(self, tenant: TenantId) -> TenantState:
        state = self._states.get(tenant)
        if state is None:
            rng = random.Random(self._random.getrandbits(64))  # noqa: S311 - shares calls out, guards nothing
            state = self._states[tenant] = TenantState(rng)
        return state

    def enter_queue(
        self, call: Call, queue: Queue, *, priority: int, skills: Mapping[str, int], last_agent: str
    ) -> Place:
        """Give the caller a place in a queue."""
        return LivePlace(call, queue)
