"""The scenarios of this folder in the simulator; tests/interop/test_scenarios_live.py plays them with real telephones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from centralita.pbx.simulator.cases import rest_of
from support import scenarios
from support.scenarios import Case

CASES = [case for file in scenarios.files() for case in scenarios.cases(file)]
VERSIONS = {file: scenarios.snapshot(file) for file in scenarios.files()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_call_rests_where_it_should(case: Case) -> None:
    done = scenarios.played(case, VERSIONS[case.file])
    assert rest_of(done) == case.rest
    assert tuple(step.rule for step in done.steps) == case.rules
    assert done.outcome.value == case.outcome
