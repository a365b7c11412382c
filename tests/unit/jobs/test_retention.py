"""Retention deletes old days of recordings and old, projected segments of the journal, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from centralita.jobs.retention import Retention, RetentionSettings
from centralita.ports import StoreUnavailable

NOW = 1736942400.0  # 2025-01-15 12:00 UTC


class Segments:
    def __init__(self, name: str | None = "main") -> None:
        self.name = name
        self.asked: list[tuple[tuple[int, int], float]] = []

    def identity(self) -> str | None:
        return self.name

    def forget(self, before: tuple[int, int], older_than: float) -> int:
        self.asked.append((before, older_than))
        return 2


class Positions:
    def position(self, journal: str) -> tuple[int, int]:
        assert journal == "main"
        return (7, 100)


class Away:
    def position(self, journal: str) -> tuple[int, int]:
        raise StoreUnavailable("away")


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def left(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_segments_go_that_are_projected_and_old() -> None:
    segments = Segments()
    retention = Retention(RetentionSettings(journal_days=10), segments, Positions(), lambda: NOW)
    retention.step()
    assert segments.asked == [((7, 100), NOW - 10 * 86400)]
    assert retention.deleted_segments == 2


@pytest.mark.parametrize(
    ("settings", "segments"),
    [(RetentionSettings(journal_days=0), Segments()), (RetentionSettings(), Segments(None))],
)
def test_no_segment_goes_where_none_should(settings: RetentionSettings, segments: Segments) -> None:
    Retention(settings, segments, Positions(), lambda: NOW).step()
    assert segments.asked == []


def test_nothing_goes_while_nobody_can_say_what_is_projected() -> None:
    segments = Segments()
    with pytest.raises(StoreUnavailable):
        Retention(RetentionSettings(), segments, Away(), lambda: NOW).step()
    assert segments.asked == []


def test_recordings_go_by_their_day(tmp_path: Path) -> None:
    put(
        tmp_path,
        "demo/2025/01/15/a.wav",
        "demo/2025/01/08/kept.wav",
        "demo/2025/01/07/old.wav",
        "demo/2024/12/31/old.wav",
        "other/2024/11/02/old.wav",
        "demo/notes/2024.txt",
        "demo/2024/13/45/no-day.wav",
        "demo/2024/12/about.txt",
        "README",
    )
    elsewhere = tmp_path.parent / "elsewhere"
    put(elsewhere, "2020/01/01/precious.wav")
    (tmp_path / "demo" / "2020").symlink_to(elsewhere / "2020")
    retention = Retention(
        RetentionSettings(recordings=tmp_path, recording_days=7), Segments(), Positions(), lambda: NOW
    )
    before = left(tmp_path)
    retention.step()
    assert before - left(tmp_path) == {
        "demo/2025/01/07/old.wav",
        "demo/2024/12/31/old.wav",
        "other/2024/11/02/old.wav",
    }
    assert (elsewhere / "2020/01/01/precious.wav").exists(), "a link leads out of the folder"
    assert not (tmp_path / "other" / "2024").exists(), "empty folders go with their last day"
    assert retention.deleted_days == 3


@pytest.mark.parametrize("days", [0, -1])
def test_recordings_stay_where_no_days_are_set(tmp_path: Path, days: int) -> None:
    put(tmp_path, "demo/1999/01/01/a.wav")
    Retention(
        RetentionSettings(recordings=tmp_path, recording_days=days), Segments(), Positions(), lambda: NOW
    ).step()
    assert left(tmp_path) == {"demo/1999/01/01/a.wav"}
