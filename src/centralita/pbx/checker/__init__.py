"""Static analysis of a whole tenant: what callers would run into, found before they do.

Pure: the instant and what is known of registrations are passed in. What cannot be written at all is refused before, by
:mod:`centralita.pbx.configuration.validation`; here are the things that are possible, and wrong or unwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from centralita.pbx.checker import flows, hours, outside, people, prompts, unused
from centralita.pbx.checker.findings import Finding, Severity, in_order
from centralita.pbx.checker.work import Work
from centralita.pbx.configuration.kinds import KINDS
from centralita.pbx.model.snapshot import Snapshot

__all__ = ["Finding", "Severity", "check"]

STALE_DAYS = 30


def check(
    snapshot: Snapshot,
    now: datetime,
    *,
    registered: Mapping[str, float | None] | None = None,
    stale_days: int = STALE_DAYS,
) -> list[Finding]:
    """Everything that looks wrong, the worst first.

    ``now`` is aware. ``registered``: user → when a telephone of theirs was last seen, seconds since the epoch, None or
    missing for never; None where nothing is known of registrations. ``stale_days``: unseen for longer is told of.
    """
    work = Work(snapshot, now, registered, stale_days)
    for rules in (flows, people, hours, prompts, outside, unused):
        rules.check(work)
    return in_order(work.findings, {kind: rank for rank, kind in enumerate(KINDS)})
