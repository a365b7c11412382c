"""Saved routing tests, played: what was expected, what came, and the difference in words.

``expect`` and ``through`` are defined with :class:`centralita.pbx.model.routing_test.RoutingTest`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from centralita.pbx import numbering
from centralita.pbx.model.routing_test import RoutingTest
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.simulator.run import fresh_state, simulate
from centralita.pbx.simulator.scenario import Scenario, parse_behaviour
from centralita.pbx.simulator.simulation import Simulation
from centralita.pbx.state import TenantState

StateFactory = Callable[[], TenantState]


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test and what came of it."""

    __test__ = False  # not one of pytest's

    test: RoutingTest
    passed: bool
    expected: str
    got: str
    difference: tuple[str, ...]
    """In sentences; empty where it passed."""
    simulation: Simulation | None
    """None: it could not be played, and the difference says why."""


def run_tests(snapshot: Snapshot, state_factory: StateFactory = fresh_state) -> list[TestResult]:
    """Play all tests of a version, by id, each with a state of its own."""
    return [run_test(snapshot, test, state_factory()) for _, test in sorted(snapshot.tests.items())]


def run_test(snapshot: Snapshot, test: RoutingTest, state: TenantState | None = None) -> TestResult:
    """Play one test."""
    missing = _missing(snapshot, test)
    if missing:
        return TestResult(test, False, test.expect, "not played", tuple(missing), None)
    simulation = simulate(scenario_of(snapshot, test, state))
    difference: list[str] = []
    got = rest_of(simulation)
    if not matches(test.expect, simulation, snapshot):
        difference.append(f"expected {test.expect}, got {got}: {_why(simulation)}")
    way = simulation.way
    missed = _first_missed(test.through, way)
    if missed:
        difference.append(f"did not pass {missed} in that order; its way was {' → '.join(way)}")
    return TestResult(test, not difference, test.expect, got, tuple(difference), simulation)


def scenario_of(snapshot: Snapshot, test: RoutingTest, state: TenantState | None = None) -> Scenario:
    """The scenario that a test describes."""
    return Scenario(
        snapshot,
        test.caller,
        test.to,
        test.at,
        press=test.press,
        answer={user: parse_behaviour(text) for user, text in test.answer.items()},
        outside={name: parse_behaviour(text, outside=True) for name, text in test.outside.items()},
        agents=test.agents,
        waiting=test.waiting,
        overrides=test.overrides,
        lookups=test.lookups,
        patience=test.patience,
        state=state,
    )


def rest_of(simulation: Simulation) -> str:
    """Where a call rests, with who has it there where a place alone does not say it: ``group:sales/ana``."""
    if simulation.by and simulation.rest != f"user:{simulation.by}":
        return f"{simulation.rest}/{simulation.by}"
    return simulation.rest


def matches(expect: str, simulation: Simulation, snapshot: Snapshot) -> bool:
    """Whether a call rests where it was expected to."""
    expect = expect.strip()
    place, slash, who = expect.partition("/")
    if slash:
        return place == simulation.rest and who == simulation.by
    if expect == simulation.rest:
        return True
    kind, _, name = expect.partition(":")
    match kind:
        case "user":
            return bool(name) and name == simulation.by
        case "hang-up" | "callback" | "voicemail" | "group" | "queue" | "external" if not name:
            return simulation.rest.partition(":")[0] == kind
        case "external":
            number = numbering.normalise(name, snapshot.first_site.country) or name
            return simulation.rest == f"external:{number}"
        case _:
            return False


def _first_missed(through: Sequence[str], way: Sequence[str]) -> str:
    """The first of ``through`` that the way does not pass after those before it; empty where it passes all."""
    left = iter(way)
    for name in through:
        if not any(passed == name for passed in left):
            return name
    return ""


def _why(simulation: Simulation) -> str:
    """The last decisions, which say most."""
    return "; ".join(f"{step.rule} → {step.target}: {step.reason}" for step in simulation.steps[-2:])


def _missing(snapshot: Snapshot, test: RoutingTest) -> list[str]:
    """What a test names and the version does not have: a test that tries nothing must not pass."""
    named = [("user", name) for name in (*test.answer, *(test.agents or ()))]
    named += [("override", name) for name in test.overrides]
    named += [("queue", name) for name in test.waiting]
    named += [("trunk", name[6:]) for name in test.outside if name.startswith("trunk:")]
    if test.caller.startswith("user:"):
        named.append(("user", test.caller[5:]))
    known: dict[str, Mapping[str, object]] = {
        "user": snapshot.users,
        "override": snapshot.overrides,
        "queue": snapshot.queues,
        "trunk": snapshot.trunks,
    }
    return [f"there is no {kind} {name}" for kind, name in named if name not in known[kind]]
