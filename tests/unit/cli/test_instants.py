"""Times as people type them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from centralita.cli.errors import CommandError
from centralita.cli.instants import parse_instant

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=ZoneInfo("Europe/Madrid"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("today", NOW.replace(hour=0, minute=0)),
        ("yesterday", NOW.replace(day=22, hour=0, minute=0)),
        ("2h", NOW - timedelta(hours=2)),
        ("7d", NOW - timedelta(days=7)),
        (" 30 m ", NOW - timedelta(minutes=30)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=NOW.tzinfo)),
        ("2026-11-20 09:30", datetime(2026, 11, 20, 9, 30, tzinfo=NOW.tzinfo)),
        ("2026-07-01", datetime(2026, 7, 1, tzinfo=NOW.tzinfo)),
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 10, 30, tzinfo=NOW.tzinfo)),
    ],
)
def test_an_instant(text: str, expected: datetime) -> None:
    assert parse_instant(text, NOW) == expected.timestamp()


@pytest.mark.parametrize("text", ["", "soon", "2x", "2026-13-01", "-1h", "999999d", "99999999d"])
def test_no_instant(text: str) -> None:
    with pytest.raises(CommandError, match="is no time"):
        parse_instant(text, NOW)


def test_summer_time_is_that_of_the_day_meant() -> None:
    """In July Madrid is two hours from UTC, although it is one hour now."""
    assert parse_instant("2026-07-01", NOW) == datetime(2026, 6, 30, 22, tzinfo=ZoneInfo("UTC")).timestamp()
