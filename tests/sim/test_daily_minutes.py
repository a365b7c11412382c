"""A call that lasts longer than its caller may talk a day is cut off, for both, and nothing of it is left."""

from __future__ import annotations

import sys
from pathlib import Path

from centralita.pbx.journey import fold_all
from centralita.pbx.model.permission import Permission
from centralita.pbx.vocabulary import CallStarted, Outcome, Party

sys.path.insert(0, str(Path(__file__).parent))

from world import World, tenant


def test_who_has_talked_enough_is_cut_off() -> None:
    world = World(1, snapshot=tenant(1, more=[Permission(id="all", allow=("national",), daily_minutes=1)]))
    phone = world.phones[0]
    phone.register()
    for party in (phone, world.provider):
        party.talk_for = 600
        party.answer_after = 1
    world.run(2)
    phone.call("912345678")
    world.settle()
    (start,) = [event for event in world.disk.journal if isinstance(event, CallStarted)]
    record = fold_all(event for event in world.disk.journal if event.journey == start.journey)
    assert record is not None
    assert (record.outcome, record.ended_by) == (Outcome.ANSWERED, Party.SYSTEM)
    assert record.decisions[-1].rule == "daily-limit"
    assert not world.exchange.calls
    assert world.media.in_use() == 0
    busy = world.exchange.endpoint.busy()
    assert (busy.sessions, busy.transactions) == (0, 0)
