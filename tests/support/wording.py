"""Listens to what the exchange says in English while tests run, to see that each sentence has its Spanish wording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from centralita.pbx.checker.findings import Finding
from centralita.pbx.simulator.simulation import Simulation
from centralita.pbx.wording.telling import patterns_of


@contextmanager
def overheard() -> Iterator[set[str]]:
    """Every sentence of findings and of tried calls that are made within."""
    heard: set[str] = set()
    finding, simulation = Finding.__init__, Simulation.__init__

    def find(self: Finding, *args: Any, **named: Any) -> None:
        finding(self, *args, **named)
        heard.update(text for text in (self.message, self.mend) if text)

    def simulated(self: Simulation, *args: Any, **named: Any) -> None:
        simulation(self, *args, **named)
        heard.update(sentences(self))

    with patch.object(Finding, "__init__", find), patch.object(Simulation, "__init__", simulated):
        yield heard


def sentences(done: Simulation) -> Iterator[str]:
    for step in done.steps:
        yield step.reason
        yield from step.passed
    yield from (event.text for event in done.events)


def unclear(heard: set[str]) -> dict[str, tuple[str, ...]]:
    """Sentences that have no wording, or more than one, each with the patterns that it fits."""
    fitting = {text: patterns_of(text) for text in sorted(heard)}
    return {text: patterns for text, patterns in fitting.items() if len(patterns) != 1}
