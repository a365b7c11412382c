"""What must hold on a floor after every event, told as one check; for tests of any kind."""

from __future__ import annotations

from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.line import fits
from centralita.pbx.acd.records import Phase


def check_floor(floor: Floor) -> None:
    """Looks behind the floor's door on purpose: the indices have to agree with a plain look at everybody."""
    matching = floor._matching
    reserved: dict[str, str] = {}
    talking: dict[str, list[str]] = {}
    for call, entry in matching.entries.items():
        assert entry.call == call
        in_line = [one for one in entry.desk.line if one is entry]
        match entry.phase:
            case Phase.TALKING:
                assert not in_line
                assert len(entry.agents) == 1
                talking.setdefault(entry.agents[0], []).append(call)
            case Phase.RETRYING:
                assert entry.callback
                assert not in_line
            case Phase.OFFERED:
                assert in_line
                assert entry.agents
                assert not entry.is_ready
                for name in entry.agents:
                    assert name not in reserved, f"{name} is offered {reserved[name]} and {call}"
                    reserved[name] = call
            case Phase.HELD:
                assert in_line
                assert not entry.is_ready
            case Phase.WAITING:
                assert in_line
                assert entry.is_ready
        if entry.phase is not Phase.TALKING:
            assert entry.desk is matching.desks[entry.desk.name]
    for name, agent in matching.agents.items():
        assert agent.reserved == reserved.get(name, "")
        assert sorted(agent.talking) == sorted(talking.get(name, []))
        assert len(agent.talking) + bool(agent.reserved) <= agent.max_calls
        for queue, membership in agent.memberships.items():
            desk = matching.desks[queue]
            active = agent.in_queue(queue) and not agent.paused_in(queue)
            assert (name in desk.logged_in) is agent.in_queue(queue)
            assert (name in desk.active) is active
            assert (name in desk.pool) is (active and agent.idle())
            if name in desk.pool:
                for entry in desk.line:
                    assert not (entry.is_ready and fits(membership.skills, entry.wishes)), (
                        f"{name} is free and {entry.call} waits in {queue}"
                    )
                    assert not (entry.phase is Phase.HELD and entry.last_agent == name)
    for desk in matching.desks.values():
        line = list(desk.line)
        assert [entry.key for entry in line] == sorted(entry.key for entry in line)
        assert desk.callers == sum(not entry.callback for entry in line)
        for position, entry in enumerate(line, 1):
            assert desk.line.position(entry) == position
            assert matching.entries[entry.call] is entry
    assert not matching.stirred
    assert not matching.overdue
