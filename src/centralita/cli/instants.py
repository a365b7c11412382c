"""Instants as people type them: ``2h``, ``today``, ``2026-11-23``, ``2026-11-23 09:30``, in the time zone of this machine."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from centralita.cli.errors import CommandError, ExitCode

_AGO = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_instant(text: str, now: datetime) -> float:
    """Seconds since the epoch. ``now`` is aware. Raises CommandError."""
    text = text.strip().lower()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match text:
        case "now":
            return now.timestamp()
        case "today":
            return midnight.timestamp()
        case "yesterday":
            return (midnight - timedelta(days=1)).timestamp()
    try:
        if ago := _AGO.fullmatch(text):
            return (now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).timestamp()
        instant = datetime.fromisoformat(text.upper())
    except (ValueError, OverflowError):
        raise CommandError(
            f"{text!r} is no time",
            "Write 30m, 2h, 7d, today, yesterday, 2026-11-23 or '2026-11-23 09:30'",
            ExitCode.USAGE,
        ) from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=now.tzinfo)).timestamp()
