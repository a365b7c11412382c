"""What holds for all tests: in CI a skipped test is a failure, and tests of whole systems never run beside one another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent
WHOLE_SYSTEMS = {"interop": "telephones", "e2e": "telephones", "browser": "browser"}
"""Folders whose tests start processes, and the group that they are in: those of one group run one after the other, on one worker."""
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


# A property is right or wrong; how long an example takes on a busy machine says nothing about it.
settings.register_profile("centralita", deadline=None)
if not IN_CI:
    settings.load_profile("centralita")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def group(item: pytest.Item) -> str:
        within = item.path.relative_to(ROOT).parts[0] if item.path.is_relative_to(ROOT) else ""
        return WHOLE_SYSTEMS.get(within, "")

    for item in items:
        if name := group(item):
            item.add_marker(pytest.mark.xdist_group(name))
    items.sort(key=lambda item: not group(item))  # the longest work first; the sort keeps the order within


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """What is skipped because a program is missing here must not be missing in CI."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """The same for a file that is skipped as a whole."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {report.longrepr}"
    return report
