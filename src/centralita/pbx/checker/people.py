"""People and teams: whom nobody can reach, who has no telephone, queues that callers wait in for ever."""

from __future__ import annotations

from datetime import UTC, datetime

from centralita.pbx.checker import words
from centralita.pbx.checker.places import Edge, Place
from centralita.pbx.checker.work import Work
from centralita.pbx.configuration.explaining import Path
from centralita.pbx.model.flow import QueueNode, RingNode, SetNode, VoicemailNode
from centralita.pbx.model.queue import Queue

_DAY = 86_400.0
_MEND_DEVICE = "Give them a device, or a forwarding"


def check(work: Work) -> None:
    mute = {user for user in work.snapshot.users if not work.snapshot.devices_of[user]}
    _users(work, mute)
    for group in work.snapshot.groups.values():
        members = [member.user for member in group.members]
        _team(work, "group", group.id, "members", members, mute)
    for queue in work.snapshot.queues.values():
        _team(work, "queue", queue.id, "agents", [agent.user for agent in queue.agents], mute)
        _queue(work, queue)
    for flow in work.snapshot.flows.values():
        for ident, node in flow.nodes.items():
            if isinstance(node, RingNode):
                _ring(work, flow.id, ident, node, mute)
            elif isinstance(node, VoicemailNode):
                _voicemail(work, "flow", flow.id, ("nodes", ident, "user"), node.user)
    for number in work.snapshot.numbers.values():
        kind, _, ident = number.destination.partition(":")
        if kind == "voicemail":
            _voicemail(work, "number", number.id, ("destination",), ident)
    _skills(work)


def _users(work: Work, mute: set[str]) -> None:
    """Users to whom calls are sent, and who cannot take any."""
    now = work.now.timestamp()
    for user in work.snapshot.users.values():
        personal = work.snapshot.personal[user.id]
        sent = [
            edge for edge in work.graph.ways_into(Place("user", user.id)) if edge.source.kind != "dialled"
        ]
        if personal.forward_always or not sent:
            continue
        by = _by(sent)
        if user.id in mute:
            elsewhere = personal.voicemail.enabled or personal.forward_unreachable
            message = f"has no telephone, and calls are sent there by {by}"
            if elsewhere or all(edge.rings for edge in sent):
                work.warn("user-without-device", "user", user.id, message, _MEND_DEVICE)
            else:
                message += "; without voicemail or forwarding they end"
                work.warn("user-unreachable", "user", user.id, message, _MEND_DEVICE)
        elif work.registered is not None:
            _last_seen(work, user.id, work.registered.get(user.id), now, by)


def _last_seen(work: Work, user: str, seen: float | None, now: float, by: str) -> None:
    mend = "See to the telephone, or take the user out"
    if seen is None:
        message = f"has never been seen with a telephone, and calls are sent there by {by}"
        work.warn("never-registered", "user", user, message, mend)
    elif now - seen > work.stale_days * _DAY:
        day = datetime.fromtimestamp(seen, UTC).date().isoformat()
        days = int((now - seen) / _DAY)
        message = (
            f"was last seen with a telephone on {day}, {days} days ago, and calls are sent there by {by}"
        )
        work.warn("not-registered", "user", user, message, mend)


def _by(edges: list[Edge]) -> str:
    return words.listed(list(dict.fromkeys(str(edge.source) for edge in edges)))


def _team(work: Work, kind: str, ident: str, field: str, members: list[str], mute: set[str]) -> None:
    place = Place(kind, ident)
    used = place in work.reached
    if not members:
        what = "callers wait for nobody" if kind == "queue" else "nobody rings"
        message = f"is empty: {what}"
        mend = f"Name {field}, or take it out"
        if not used:
            work.hint(f"empty-{kind}", kind, ident, message, mend, path=(field,))
        elif _has_way_on(work, place):
            work.warn(f"empty-{kind}", kind, ident, message, mend, path=(field,))
        else:
            work.error(f"empty-{kind}", kind, ident, f"{message}, and calls go there", mend, path=(field,))
    elif used and mute.issuperset(members):
        message = f"none of them has a telephone: {words.listed(members)}"
        work.warn(f"mute-{kind}", kind, ident, message, _MEND_DEVICE, path=(field,))


def _has_way_on(work: Work, place: Place) -> bool:
    """Whether calls go on from an empty team: by its own overflow, or because every flow that uses it goes on."""
    if any(not edge.rings for edge in work.graph.ways_from(place)):
        return True
    return all(edge.source.kind == "flow" and edge.source.node for edge in work.graph.ways_into(place))


def _ring(work: Work, flow: str, ident: str, node: RingNode, mute: set[str]) -> None:
    users = {target.partition(":")[2] for target in node.targets if target.startswith("user:")}
    only_users = len(users) == len(node.targets)
    if only_users and mute.issuperset(users):
        message = f"rings nobody: no telephone of {words.listed(sorted(users))}"
        work.warn("mute-ring", "flow", flow, message, _MEND_DEVICE, path=("nodes", ident, "targets"))


def _voicemail(work: Work, kind: str, ident: str, path: Path, user: str) -> None:
    if user in work.snapshot.personal and not work.snapshot.personal[user].voicemail.enabled:
        message = f"sends callers to the voicemail of {user}, which is off"
        work.error("voicemail-off", kind, ident, message, "Turn it on, or name another", path=path)


# --- queues --------------------------------------------------------------------------------------------------------


def _queue(work: Work, queue: Queue) -> None:
    if Place("queue", queue.id) not in work.reached:
        return
    overflow = queue.overflow
    bounded = (
        queue.max_wait_seconds
        or overflow.wait is not None
        or (overflow.no_agents is not None and overflow.no_agents.while_waiting)
    )
    if not bounded and not queue.exits and not queue.callback.digit:
        message = "has no end and no exit: callers wait until somebody answers or they give up"
        mend = "Set max_wait_seconds or overflow.wait, or give callers a digit in exits"
        work.warn("endless-wait", "queue", queue.id, message, mend)
    elif overflow.no_agents is None and not bounded:
        message = "is not set: who waits when the last agent has gone, waits on"
        work.hint("no-agents-unset", "queue", queue.id, message, path=("overflow", "no_agents"))
    direct = [edge for edge in work.graph.ways_into(Place("queue", queue.id)) if not edge.source.node]
    for name in ("wait", "size", "no_agents", "estimated_wait") if direct else ():
        condition = getattr(overflow, name)
        if condition is not None and not condition.to:
            message = f"names nobody to go to, and {_by(direct)} leads here without a flow that could: those callers hear an apology"
            mend = "Name a destination, or send calls through a flow with a queue node"
            work.warn("overflow-to-nobody", "queue", queue.id, message, mend, path=("overflow", name, "to"))
    if queue.exits:
        used = [
            node
            for flow in work.snapshot.flows.values()
            for node in flow.nodes.values()
            if isinstance(node, QueueNode) and node.queue == queue.id
        ]
        if direct and not used:
            message = f"lead nowhere: {_by(direct)} leads here without a flow that could say where"
            mend = "Send calls through a flow with a queue node"
            work.warn("exits-without-flow", "queue", queue.id, message, mend, path=("exits",))


def _skills(work: Work) -> None:
    """Skills that are asked for, and that nobody has."""
    known = {
        skill for queue in work.snapshot.queues.values() for agent in queue.agents for skill in agent.skills
    }
    for queue in work.snapshot.queues.values():
        own = {skill for agent in queue.agents for skill in agent.skills}
        for skill in queue.skills:
            if skill not in own:
                message = "is asked for, and no agent of the queue has it"
                work.warn("unknown-skill", "queue", queue.id, message, path=("skills", skill))
    for flow in work.snapshot.flows.values():
        for ident, node in flow.nodes.items():
            for skill in node.skills if isinstance(node, SetNode) else ():
                if skill not in known:
                    message = "is asked for, and no agent of any queue has it"
                    path = ("nodes", ident, "skills", skill)
                    work.warn("unknown-skill", "flow", flow.id, message, path=path)
