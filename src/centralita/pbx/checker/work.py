"""What one check has at hand: the snapshot, the graph of where calls can go, the instant, and the findings so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property

from centralita.pbx.checker.findings import Finding, Severity
from centralita.pbx.checker.graph import Graph
from centralita.pbx.checker.places import Place
from centralita.pbx.configuration.explaining import Path
from centralita.pbx.model.snapshot import Snapshot


class Work:
    def __init__(
        self,
        snapshot: Snapshot,
        now: datetime,
        registered: Mapping[str, float | None] | None,
        stale_days: int,
    ) -> None:
        self.snapshot = snapshot
        self.graph = Graph(snapshot)
        self.now = now
        self.registered = registered
        self.stale_days = stale_days
        self.findings: list[Finding] = []

    def error(
        self, rule: str, kind: str, ident: str, message: str, mend: str = "", *, path: Path = ()
    ) -> None:
        self.findings.append(Finding(Severity.ERROR, rule, kind, ident, path, message, mend))

    def warn(
        self, rule: str, kind: str, ident: str, message: str, mend: str = "", *, path: Path = ()
    ) -> None:
        self.findings.append(Finding(Severity.WARNING, rule, kind, ident, path, message, mend))

    def hint(
        self, rule: str, kind: str, ident: str, message: str, mend: str = "", *, path: Path = ()
    ) -> None:
        self.findings.append(Finding(Severity.HINT, rule, kind, ident, path, message, mend))

    def today(self, site: str | None = None) -> date:
        """In the zone of the site, or of the tenant's first."""
        return self.now.astimezone(self.snapshot.plan.zone_of(site)).date()

    @cached_property
    def reached(self) -> set[Place]:
        """Everything that some call can come to: from numbers and extensions, and by what people forward to."""
        places = list(self.graph.entries())
        users = [Place("user", user) for user in self.snapshot.users]
        return self.graph.reached_from([*places, *users])

    @cached_property
    def called_flows(self) -> set[str]:
        """Flows that are entered other than from another flow, so that their end is the end of the call."""
        return {
            place.id
            for place in self.reached
            if place.kind == "flow"
            and not place.node
            and any(
                edge.source in self.reached and not (edge.source.kind == "flow" and edge.source.node)
                for edge in self.graph.ways_into(place)
            )
        }
