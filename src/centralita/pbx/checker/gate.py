"""What stands between a configuration and its publication: the errors of the checker, and routing tests that do not pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from centralita.pbx.checker import Finding, Severity, check
from centralita.pbx.configuration.explaining import Path
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Verdict:
    findings: tuple[Finding, ...]
    """Errors, warnings and hints."""
    refusals: tuple[Problem, ...]
    """Why it must not be published; empty: it may."""


def examine(
    snapshot: Snapshot,
    now: datetime,
    *,
    where: Callable[[str, str, Path], str] = lambda _kind, _id, _path: "",
    skip_tests: bool = False,
) -> Verdict:
    """Look at a version that is about to be published. ``where`` tells the place of a field in files."""
    findings = check(snapshot, now)
    refusals = [_problem(finding, where) for finding in findings if finding.severity is Severity.ERROR]
    if not refusals and not skip_tests:  # of a configuration that is wrong, tests say nothing new
        refusals = broken_tests(snapshot, where)
    return Verdict(tuple(findings), tuple(refusals))


def _problem(finding: Finding, where: Callable[[str, str, Path], str]) -> Problem:
    message = f"{finding.message}. {finding.mend}" if finding.mend else finding.message
    place = where(finding.kind, finding.id, finding.path)
    return Problem(finding.kind, finding.id, finding.field, message, place)


def broken_tests(
    snapshot: Snapshot, where: Callable[[str, str, Path], str] = lambda _kind, _id, _path: ""
) -> list[Problem]:
    """The tests of a version that do not pass, each with its difference."""
    if not snapshot.tests:
        return []
    from centralita.pbx.simulator.cases import run_tests

    return [
        Problem("test", result.test.id, "", difference, where("test", result.test.id, ()))
        for result in run_tests(snapshot)
        for difference in result.difference
    ]
