"""Where calls can go from where: numbers, extensions, users, groups, queues and the nodes of flows, and the ways between them.

A picture of the whole configuration that is the same for the checks and for what explains who reaches whom. It holds what can
happen, not what does: conditions are words, and how soon a way is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from centralita.pbx import numbering
from centralita.pbx.checker import ways
from centralita.pbx.checker.places import Edge, Pace, Place
from centralita.pbx.configuration.forwarding import FORWARDS
from centralita.pbx.model.snapshot import Dialable, Snapshot
from centralita.pbx.model.user import Personal


class Graph:
    """Of one snapshot. Building it costs one look at every object."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._from: dict[Place, tuple[Edge, ...]] = {}
        self._into: dict[Place, list[Edge]] = {}
        for place in self._places():
            edges = tuple(self._ways(place))
            if edges:
                self._from[place] = edges
            for edge in edges:
                if edge.target is not None:
                    self._into.setdefault(edge.target, []).append(edge)

    def ways_from(self, place: Place) -> tuple[Edge, ...]:
        return self._from.get(place, ())

    def ways_into(self, place: Place) -> list[Edge]:
        return self._into.get(place, [])

    def places(self) -> Iterator[Place]:
        """Whatever a call can leave again."""
        yield from self._from

    def entries(self) -> Iterator[Place]:
        """Where calls come in: numbers, and extensions that are dialled from inside."""
        for number in self.snapshot.numbers:
            yield Place("number", number)
        for extension in self.snapshot.by_extension:
            yield Place("dialled", extension)

    def reached_from(self, start: list[Place]) -> set[Place]:
        """Everything that calls which begin there can come to."""
        found = set(start)
        waiting = list(start)
        while waiting:
            for edge in self.ways_from(waiting.pop()):
                if edge.target is None or edge.target in found:
                    continue
                found.add(edge.target)
                if not edge.rings or edge.target.kind == "group":
                    waiting.append(edge.target)
        return found

    # --- building ---------------------------------------------------------------------------------------------------

    def _places(self) -> Iterator[Place]:
        snapshot = self.snapshot
        yield from self.entries()
        for user in snapshot.users:
            yield Place("user", user)
        for group in snapshot.groups:
            yield Place("group", group)
        for queue in snapshot.queues:
            yield Place("queue", queue)
        for flow in snapshot.flows.values():
            yield Place("flow", flow.id)
            for node in flow.nodes:
                yield Place("flow", flow.id, node)

    def _ways(self, place: Place) -> Iterator[Edge]:
        snapshot = self.snapshot
        match place.kind:
            case "number":
                number = snapshot.numbers[place.id]
                yield Edge(place, self.place_of(number.destination), ("destination",))
            case "dialled":
                yield Edge(place, place_of_holder(snapshot.by_extension[place.id]), ("extension",))
            case "user":
                yield from self._user(place)
            case "group":
                yield from self._group(place)
            case "queue":
                yield from self._queue(place)
            case "flow" if place.node:
                yield from ways.of_node(self, place, snapshot.flows[place.id].nodes[place.node])
            case "flow":
                start = snapshot.flows[place.id].start
                yield Edge(place, Place("flow", place.id, start), ("start",))

    def _user(self, place: Place) -> Iterator[Edge]:
        personal = self.snapshot.personal[place.id]
        always = bool(personal.forward_always)
        words = {
            "forward_always": ("", Pace.AT_ONCE),
            "forward_busy": ("busy", Pace.AT_ONCE),
            "forward_no_answer": ("no answer", Pace.IN_TIME),
            "forward_unreachable": ("no telephone registered", Pace.AT_ONCE),
        }
        for name in FORWARDS:
            target = getattr(personal, name)
            if target and (name == "forward_always" or not always):
                when, pace = words[name]
                yield Edge(place, self.place_dialled(place.id, target), ("personal", name), when, pace)
        if not always:
            yield from self._wishes(place, personal)
        if personal.voicemail.enabled and not always:
            unanswered = "not answered"
            yield Edge(
                place, Place("voicemail", place.id), ("personal", "voicemail"), unanswered, Pace.IN_TIME
            )

    def _wishes(self, place: Place, personal: Personal) -> Iterator[Edge]:
        """Who rings along, and where calls go outside of a user's own hours."""
        for index, follower in enumerate(personal.follow_me.targets if personal.follow_me.on else ()):
            target = self.place_dialled(place.id, follower.target)
            path = ("personal", "follow_me", "targets", index)
            yield Edge(place, target, path, f"after {follower.after} s", Pace.IN_TIME, rings=True)
        if personal.hours.on and personal.hours.outside:
            target = self.place_dialled(place.id, personal.hours.outside)
            yield Edge(place, target, ("personal", "hours", "outside"), "outside their hours", Pace.AT_ONCE)

    def _group(self, place: Place) -> Iterator[Edge]:
        group = self.snapshot.groups[place.id]
        for index, member in enumerate(group.members):
            yield Edge(place, Place("user", member.user), ("members", index), rings=True)
        if group.otherwise:
            target = self.place_of(group.otherwise)
            yield Edge(place, target, ("otherwise",), "nobody answers", Pace.IN_TIME)

    def _queue(self, place: Place) -> Iterator[Edge]:
        queue = self.snapshot.queues[place.id]
        for index, agent in enumerate(queue.agents):
            yield Edge(place, Place("user", agent.user), ("agents", index, "user"), rings=True)
        for name, when, pace in ways.overflows(queue):
            to = getattr(queue.overflow, name).to
            if to:
                yield Edge(place, self.place_of(to), ("overflow", name, "to"), when, pace)

    # --- what texts mean --------------------------------------------------------------------------------------------

    def place_of(self, destination: str) -> Place:
        """Of a ``kind:ID`` as configuration writes it."""
        kind, _, ident = destination.partition(":")
        if kind == "extension":
            holder = self.snapshot.by_extension.get(ident)
            return Place("extension", ident) if holder is None else place_of_holder(holder)
        return Place(kind, ident)

    def place_dialled(self, user: str, dialled: str) -> Place:
        """Of what a user forwards to."""
        holder = self.snapshot.by_extension.get(dialled)
        if holder is not None:
            return place_of_holder(holder)
        country = self.snapshot.site_of(self.snapshot.users[user]).country
        number = numbering.normalise(dialled, country) or dialled
        own = self.snapshot.numbers_by_e164.get(number)
        return Place("external", number) if own is None else Place("number", own.id)


def place_of_holder(holder: Dialable) -> Place:
    return Place(holder.kind, holder.id)
