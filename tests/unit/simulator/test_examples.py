"""The worked examples are valid, the checker finds nothing in them, and their own routing tests pass."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from centralita.cli.versions import drafted
from centralita.pbx.checker import Severity, check
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.simulator.cases import run_tests
from centralita.store import documents

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = ("office", "clinic", "call-centre")


@pytest.fixture(scope="module", params=NAMES)
def example(request: pytest.FixtureRequest) -> Snapshot:
    return load(request.param)


def load(name: str) -> Snapshot:
    return drafted(documents.load([EXAMPLES / name]), name, {}, None, merge=False)


def test_its_tests_pass(example: Snapshot) -> None:
    results = run_tests(example)
    assert len(results) >= 8
    assert [(result.test.id, result.difference) for result in results if not result.passed] == []


def test_the_checker_finds_nothing_wrong(example: Snapshot) -> None:
    found = check(example, datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert [str(finding) for finding in found if finding.severity is not Severity.HINT] == []


def test_every_folder_is_looked_at() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == set(NAMES)


def test_what_is_broken_is_noticed() -> None:
    """A test of the tests: each flow node type that the office has is in the way of one of them."""
    snapshot = load("office")
    passed = {
        step.node for result in run_tests(snapshot) if result.simulation for step in result.simulation.steps
    }
    nodes = {f"{flow.id}/{node}" for flow in snapshot.flows.values() for node in flow.nodes}
    assert nodes - passed == {"entrada-palmas/oficina"}
