"""A journey told on a terminal: the moments of :mod:`centralita.pbx.story`, in the time zone of this machine."""

from __future__ import annotations

from centralita.cli.output import Row, clock_time, printable
from centralita.pbx import story as told
from centralita.pbx.journey import Journey
from centralita.pbx.story import as_json

__all__ = ["QUALITY_TITLES", "as_json", "headline", "quality", "story"]

QUALITY_TITLES = ["leg", "direction", "codec", "packets", "loss %", "jitter ms", "MOS", "round trip ms"]


def headline(journey: Journey) -> list[str]:
    """Who called whom, when, and how it ended."""
    caller = f"{journey.caller} ({journey.caller_name})" if journey.caller_name else journey.caller
    lines = [
        f"Call {journey.journey}",
        f"  {journey.direction.value}, tenant {journey.tenant}, configuration version {journey.config_version}",
        f"  from {caller} to {journey.dialled}, by {journey.via}",
        f"  {clock_time(journey.started_at)}, {told.length(journey)}",
    ]
    if journey.outcome is not None:
        lines.append(f"  {told.ending(journey)}")
    return [printable(line) for line in lines]


def story(journey: Journey) -> list[str]:
    """What happened, each line with its time and the seconds since the call began."""
    return [
        printable(
            f"{clock_time(moment.at, date=False)}  {moment.at - journey.started_at:+9.3f}  {moment.text}"
        )
        for moment in told.moments(journey)
    ]


def quality(journey: Journey) -> list[Row]:
    """Two rows a leg."""
    return [*told.quality(journey)]
