"""Who can reach somebody: every way from a number or an extension through flows, with its conditions in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from centralita.pbx.checker.graph import Graph
from centralita.pbx.checker.places import Edge, Pace, Place
from centralita.pbx.model.flow import MenuNode
from centralita.pbx.model.snapshot import Snapshot

MAX_WAYS = 200
MAX_STEPS = 200_000
"""Steps of the search: a flow of hundreds of nodes may have more ways than anybody wants to read."""


@dataclass(frozen=True, slots=True)
class Way:
    """From where calls come in to the one who is reached."""

    entry: Place
    edges: tuple[Edge, ...]
    parts: tuple[str, ...]
    """The places and conditions in order, as people read them."""

    def __str__(self) -> str:
        return " → ".join(self.parts)


@dataclass(frozen=True, slots=True)
class Reach:
    target: Place
    ways: tuple[Way, ...]
    more: bool
    """There are more ways than are told."""
    remarks: tuple[str, ...]
    """What else decides whether the target is reached."""


class UnknownTarget(LookupError):
    """There is nobody and nothing of that name."""


def find_target(snapshot: Snapshot, text: str) -> Place:
    """An extension, ``kind:ID``, or ``FLOW/NODE``. Raises UnknownTarget."""
    holder = snapshot.by_extension.get(text)
    if holder is not None:
        return Place(holder.kind, holder.id)
    flow, slash, node = text.partition("/")
    flow = flow.removeprefix("flow:")
    if slash:
        if flow not in snapshot.flows or node not in snapshot.flows[flow].nodes:
            raise UnknownTarget(f"there is no node {text}")
        return Place("flow", flow, node)
    kind, colon, ident = text.partition(":")
    tables: dict[str, Mapping[str, object]] = {
        "user": snapshot.users,
        "voicemail": snapshot.users,
        "group": snapshot.groups,
        "queue": snapshot.queues,
        "flow": snapshot.flows,
        "extension": snapshot.services,
    }
    if not colon:
        found = [Place(kind, text) for kind, table in tables.items() if kind != "voicemail" and text in table]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{place.kind}:{place.id}" for place in found)
            raise UnknownTarget(f"{text} may be {names}")
        raise UnknownTarget(f"nobody has the extension {text}, and nothing is called so")
    if kind == "external":
        return Place(kind, ident)
    if kind == "extension" and ident in snapshot.by_extension:
        holder = snapshot.by_extension[ident]
        return Place(holder.kind, holder.id)
    if kind not in tables:
        raise UnknownTarget(f"{kind!r} is none of {', '.join(tables)}")
    if ident not in tables[kind]:
        raise UnknownTarget(f"there is no {'user' if kind == 'voicemail' else kind} {ident}")
    return Place(kind, ident)


def reach(snapshot: Snapshot, target: Place) -> Reach:
    """Every way to the target, the shortest first."""
    search = _Search(Graph(snapshot), target)
    ways = sorted(search.ways(), key=lambda way: (way.entry.kind != "number", len(way.edges), str(way)))
    return Reach(
        target, tuple(ways[:MAX_WAYS]), search.more or len(ways) > MAX_WAYS, _remarks(snapshot, target)
    )


class _Search:
    """Backwards from the target, so that nothing is looked at that does not lead there."""

    def __init__(self, graph: Graph, target: Place) -> None:
        self._graph = graph
        self._target = target
        self._dialled_in = list(_dialling_menus(graph.snapshot))
        self._entered = graph.reached_from([*graph.entries()])
        self._extensions = {
            Place(holder.kind, holder.id): extension
            for extension, holder in graph.snapshot.by_extension.items()
        }
        self.more = False

    def ways(self) -> Iterator[Way]:
        # Each item is what was found to come before: the edges from there to the target, latest first.
        way: list[Edge] = []
        passed = {self._target}
        branches = [iter(self._before(self._target, None))]
        steps = found = 0
        while branches:
            edge = next(branches[-1], None)
            if edge is None:
                branches.pop()
                if way:
                    passed.discard(way.pop().source)
                continue
            steps += 1
            if steps > MAX_STEPS or found > MAX_WAYS:
                self.more = True
                return
            if edge.source in passed:
                continue
            way.append(edge)
            passed.add(edge.source)
            if edge.source.kind in ("number", "dialled"):
                found += 1
                yield self._way(tuple(reversed(way)))
            branches.append(iter(self._before(edge.source, edge)))

    def _before(self, place: Place, onward: Edge | None) -> Iterator[Edge]:
        """Ways into a place from which a call can go on as it did."""
        for edge in self._graph.ways_into(place):
            if edge.rings and onward is not None and not onward.rings:
                continue  # it is only rung, and its own ways on do not count
            if edge.source in self._entered or edge.source.kind == "user":
                yield edge
        if place.node or (onward is not None and onward.source.kind == "number"):
            return
        holder = self._holder(place)
        for menu in self._dialled_in if holder else ():
            when = f"menu {self._menu_of(menu)} dial {holder}"
            yield Edge(menu, place, ("nodes", menu.node, "menu"), when, Pace.BY_CALLER)

    def _holder(self, place: Place) -> str:
        return self._extensions.get(place, "")

    def _menu_of(self, place: Place) -> str:
        node = self._graph.snapshot.flows[place.id].nodes[place.node]
        return node.menu if isinstance(node, MenuNode) else place.node

    def _way(self, edges: tuple[Edge, ...]) -> Way:
        entry = edges[0].source
        parts = [self._entry(entry)]
        for edge in edges:
            if edge.when:
                parts.append(edge.when)
            target = edge.target
            if target is not None and not target.node:
                parts.append(self._entry(target) if target.kind == "number" else str(target))
        if self._target.node:
            parts.append(str(self._target))
        return Way(entry, edges, tuple(parts))

    def _entry(self, place: Place) -> str:
        if place.kind == "dialled":
            return f"{place.id} from inside"
        number = self._graph.snapshot.numbers[place.id]
        trunk = f" (from trunk {number.trunk})" if number.trunk else ""
        return number.number + trunk


def _dialling_menus(snapshot: Snapshot) -> Iterator[Place]:
    for flow in snapshot.flows.values():
        for ident, node in flow.nodes.items():
            if isinstance(node, MenuNode):
                menu = snapshot.menus.get(node.menu)
                if menu is not None and menu.dial_extensions:
                    yield Place("flow", flow.id, ident)


def _remarks(snapshot: Snapshot, target: Place) -> tuple[str, ...]:
    if target.kind != "user":
        return ()
    personal = snapshot.personal[target.id]
    said = []
    if personal.forward_always:
        said.append(f"forwards every call to {personal.forward_always}: calls to the user itself do not ring")
    if personal.do_not_disturb:
        said.append("does not want to be disturbed now")
    if not snapshot.devices_of[target.id]:
        said.append("has no telephone")
    return tuple(said)
