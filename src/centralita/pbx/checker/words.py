"""Conditions in words: when a schedule is open, what a branch asks of the caller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from centralita.pbx.model.flow import CallerBranch

if TYPE_CHECKING:
    from centralita.pbx.model.schedule import Schedule, Weekly
    from centralita.pbx.model.snapshot import Snapshot

MAX_LISTED = 6
"""Areas, members and the like that are named before the rest is only counted."""


def opening(schedule: Schedule) -> str:
    """``Mon-Fri 09:00-14:00, 16:00-19:00; Sat 10:00-14:00``, and that there are exceptions."""
    text = week(schedule.weekly) or "never in the week"
    further = [
        *(f"{season.name}: {week(season.weekly) or 'closed'}" for season in schedule.seasons[:MAX_LISTED]),
        *(["exceptions"] if schedule.exceptions else []),
        *(["not on holidays"] if schedule.calendars else []),
    ]
    return "; ".join([text, *further])


def week(weekly: Weekly) -> str:
    return "; ".join(
        f"{_capital(days)} {', '.join('all day' if span == '00:00-24:00' else span for span in spans)}"
        for days, spans in weekly.items()
        if spans
    )


def _capital(days: str) -> str:
    return ",".join("-".join(day.capitalize() for day in part.split("-")) for part in days.split(","))


def listed(names: Sequence[str]) -> str:
    shown = list(names[:MAX_LISTED])
    if len(names) > len(shown):
        shown.append(f"{len(names) - len(shown)} more")
    return ", ".join(shown)


def caller(branch: CallerBranch, snapshot: Snapshot) -> str:
    """What a branch asks, as one condition."""
    asked: list[str] = []
    if branch.contacts is not None:
        contacts = snapshot.contacts.get(branch.contacts)
        asked.append(f"is on the list {(contacts.name if contacts else '') or branch.contacts}")
    if branch.anonymous is not None:
        asked.append("withholds the number" if branch.anonymous else "shows a number")
    if branch.internal is not None:
        asked.append("calls from inside" if branch.internal else "calls from outside")
    if branch.seen_within_days is not None:
        asked.append(f"was here within {branch.seen_within_days} days")
    if branch.last_agent_within_days is not None:
        asked.append(f"spoke with one of us within {branch.last_agent_within_days} days")
    if branch.tag:
        asked.append(f"has the tag {branch.tag}")
    return "caller " + (" and ".join(asked) or "is anybody")
