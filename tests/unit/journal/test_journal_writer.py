"""The journal's writer and its recovery: what a crash, a full disk or a second writer must not be able to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from centralita.pbx.vocabulary import (
    CallClosed,
    CallEnded,
    CallEvent,
    CallStarted,
    Decided,
    Direction,
    JourneyId,
    Outcome,
    Party,
    TenantId,
)
from centralita.ports import JournalUnavailable
from centralita.store.journal import BEGINNING, JournalInUse, JournalReader, JournalWriter

Write = Callable[[int, bytes], int]


def started(name: str, at: float = 100.0) -> CallStarted:
    return CallStarted(
        journey=JourneyId(name),
        at=at,
        tenant=TenantId("demo"),
        direction=Direction.INBOUND,
        caller="+34911234567",
        dialled="+34910000000",
        via="trunk:main",
        config_version=1,
        sip_call_id="x",
    )


def ended(name: str, at: float = 110.0) -> CallEnded:
    return CallEnded(
        journey=JourneyId(name), at=at, by=Party.CALLER, outcome=Outcome.ANSWERED, sip_status=200, q850=16
    )


def closed(name: str, at: float = 111.0) -> CallClosed:
    return CallClosed(journey=JourneyId(name), at=at)


def decided(name: str, text: str = "why", at: float = 101.0) -> Decided:
    return Decided(journey=JourneyId(name), at=at, rule="number:main", target="user:ana", reason=text)


def read(directory: Path) -> list[CallEvent]:
    return [event for _, event in JournalReader(directory).read(BEGINNING)]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    made = JournalWriter(tmp_path, lambda: 1000.0)
    yield made
    made.close()


def test_what_was_flushed_is_read_back_in_order(tmp_path: Path, writer: JournalWriter) -> None:
    events: list[CallEvent] = [started("1"), decided("1"), ended("1"), closed("1")]
    for event in events:
        writer.append(event)
    assert read(tmp_path) == []
    writer.flush()
    assert read(tmp_path) == events
    assert writer.healthy


def test_text_that_is_not_unicode_is_written_readably(tmp_path: Path, writer: JournalWriter) -> None:
    writer.append(decided("1", "caller \udcff\udc80 said so"))
    writer.flush()
    (event,) = read(tmp_path)
    assert isinstance(event, Decided)
    assert event.reason == "caller ?? said so"


def test_a_second_writer_is_refused_and_told_by_whom(tmp_path: Path, writer: JournalWriter) -> None:
    with pytest.raises(JournalInUse, match=f"process {os.getpid()}"):
        JournalWriter(tmp_path, lambda: 1000.0)


def test_the_journal_can_be_taken_over_after_a_close(tmp_path: Path) -> None:
    JournalWriter(tmp_path, lambda: 0.0).close()
    JournalWriter(tmp_path, lambda: 0.0).close()


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalUnavailable, match="cannot be used"):
        JournalWriter(tmp_path / "file" / "journal", lambda: 0.0)


# --- recovery -----------------------------------------------------------------------------------------------------


def test_open_journeys_are_found_with_what_closes_them(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0)
    for event in (started("talks"), started("ends"), ended("ends", 120.0), started("done"), ended("done")):
        writer.append(event)
    for event in (closed("done"), decided("talks", at=130.0)):
        writer.append(event)
    writer.close()

    after = JournalWriter(tmp_path, lambda: 500.0)
    found = {each.journey: each for each in after.recover()}
    assert set(found) == {"talks", "ends"}
    lost, last = found[JourneyId("talks")].closing()
    assert isinstance(lost, CallEnded)
    assert (lost.outcome, lost.at) == (Outcome.LOST, 130.0), "ended when the switch was last heard of"
    assert isinstance(last, CallClosed)
    assert [type(event) for event in found[JourneyId("ends")].closing()] == [CallClosed]
    for journey in found.values():
        for event in journey.closing():
            after.append(event)
    after.close()

    last_start = JournalWriter(tmp_path, lambda: 600.0)
    assert last_start.recover() == []
    last_start.close()


def test_killed_again_before_anything_was_closed_finds_the_same(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0)
    writer.append(started("1", 100.0))
    writer.append(decided("1", at=107.0))
    writer.close()
    first = JournalWriter(tmp_path, lambda: 900.0)
    first.close()
    second = JournalWriter(tmp_path, lambda: 950.0)
    assert second.recover() == first.recover()
    assert second.recover()[0].closing()[0].at == 107.0
    second.close()


def test_a_tail_torn_at_any_byte_is_cut_and_the_rest_kept(tmp_path: Path) -> None:
    source = tmp_path / "source"
    writer = JournalWriter(source, lambda: 0.0)
    events: list[CallEvent] = [started("1"), decided("1"), ended("1")]
    sizes = []
    for event in events:
        sizes.append((source / "000001.journal").stat().st_size)
        writer.append(event)
        writer.flush()
    writer.close()
    data = (source / "000001.journal").read_bytes()
    for cut in range(sizes[0], len(data)):
        copy = tmp_path / f"cut-{cut}"
        copy.mkdir()
        (copy / "000001.journal").write_bytes(data[:cut])
        whole = sum(1 for size in [*sizes[1:], len(data)] if size <= cut)
        after = JournalWriter(copy, lambda: 0.0, sync_seconds=None)
        assert after.cut_bytes == cut - [*sizes, len(data)][whole]
        assert [each.journey for each in after.recover()] == (["1"] if whole else [])
        after.append(decided("2"))
        after.close()
        assert read(copy) == [*events[:whole], decided("2")]


def test_zeros_at_the_end_as_a_power_cut_leaves_them_are_cut(tmp_path: Path) -> None:
    JournalWriter(tmp_path, lambda: 0.0).close()
    with (tmp_path / "000001.journal").open("ab") as file:
        file.write(bytes(4096))
    after = JournalWriter(tmp_path, lambda: 0.0)
    assert after.cut_bytes == 4096
    after.close()


def test_a_segment_whose_header_is_torn_sends_recovery_to_the_one_before(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0)
    writer.append(started("1"))
    writer.close()
    (tmp_path / "000002.journal").write_bytes(b"\x40\x00")
    after = JournalWriter(tmp_path, lambda: 0.0)
    assert [each.journey for each in after.recover()] == ["1"]
    after.close()


def test_damage_in_the_middle_costs_only_what_it_hit(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0)
    for event in (started("1"), decided("1"), ended("1")):
        writer.append(event)
    writer.close()
    path = tmp_path / "000001.journal"
    data = bytearray(path.read_bytes())
    data[data.index(b"user:ana")] ^= 0xFF
    path.write_bytes(data)
    after = JournalWriter(tmp_path, lambda: 0.0)
    assert after.cut_bytes == 0
    assert [(each.journey, each.ended) for each in after.recover()] == [("1", True)]
    after.close()
    reader = JournalReader(tmp_path)
    assert [event for _, event in reader.read(BEGINNING)] == [started("1"), ended("1")]
    assert reader.damaged > 0


# --- segments -----------------------------------------------------------------------------------------------------


def test_a_new_segment_names_the_open_journeys_so_that_only_it_is_read(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, lambda: 300.0, segment_bytes=1000)
    writer.append(started("old"))
    writer.flush()
    for number in range(40):
        for event in (started(f"n{number}"), ended(f"n{number}"), closed(f"n{number}")):
            writer.append(event)
        writer.flush()
    writer.close()
    segments = sorted(path.name for path in tmp_path.glob("*.journal"))
    assert len(segments) > 5
    for name in segments[:-1]:
        (tmp_path / name).unlink()
    after = JournalWriter(tmp_path, lambda: 400.0)
    assert [each.journey for each in after.recover()] == ["old"]
    after.close()


def test_all_events_are_read_across_segments(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0, segment_bytes=500)
    events: list[CallEvent] = [decided("1", f"reason {number}") for number in range(60)]
    for event in events:
        writer.append(event)
        writer.flush()
    writer.close()
    assert len(list(tmp_path.glob("*.journal"))) > 3
    assert read(tmp_path) == events


# --- a disk that fails --------------------------------------------------------------------------------------------


class FailingDisk:
    """Stands in for ``os.write``: writes so many bytes, then has no space, until it is mended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._write: Write = os.write
        self.left: int | None = None
        monkeypatch.setattr("centralita.store.journal.os.write", self.write)

    def write(self, fd: int, data: bytes) -> int:
        if self.left is None:
            return self._write(fd, data)
        if self.left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._write(fd, bytes(data)[: self.left])
        self.left -= written
        return written


@pytest.mark.parametrize("space", range(0, 330, 7))
def test_a_full_disk_loses_nothing_and_tears_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, space: int
) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=None)
    events: list[CallEvent] = [started("1"), decided("1"), decided("1", "again"), ended("1"), closed("1")]
    for event in events:
        writer.append(event)
    disk = FailingDisk(monkeypatch)
    disk.left = space
    for _ in range(2):
        with pytest.raises(JournalUnavailable, match="No space left"):
            writer.flush()
        disk.left = 0
    assert not writer.healthy
    half_way = read(tmp_path)
    assert half_way == events[: len(half_way)]
    disk.left = None
    writer.flush()
    assert writer.healthy
    assert read(tmp_path) == events
    writer.close()
    after = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=None)
    assert (after.cut_bytes, after.recover()) == (0, [])
    after.close()


def test_a_torn_frame_that_cannot_be_cut_is_left_behind_in_its_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=None)
    writer.append(started("1"))
    writer.flush()
    disk = FailingDisk(monkeypatch)
    disk.left = 20

    def refuse(fd: int, size: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    writer.append(ended("1"))
    writer.append(closed("1"))
    with monkeypatch.context() as patch:
        patch.setattr("centralita.store.journal.os.ftruncate", refuse)
        with pytest.raises(JournalUnavailable):
            writer.flush()
        # Killed with only the new segment's header written: the journey is still found.
        patch.setattr(
            "centralita.store.journal.os.write",
            lambda fd, data: os.pwrite(fd, data, 0) if b"segment-opened" in data else _no_space(),
        )
        with pytest.raises(JournalUnavailable):
            writer.flush()
    disk.left = None
    assert len(list(tmp_path.glob("*.journal"))) == 2
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "000002.journal").write_bytes((tmp_path / "000002.journal").read_bytes())
    killed = JournalWriter(copy, lambda: 0.0, sync_seconds=None)
    assert [each.journey for each in killed.recover()] == ["1"]
    killed.close()

    writer.flush()
    assert read(tmp_path) == [started("1"), ended("1"), closed("1")]
    writer.close()


def _no_space() -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_no_room_for_a_new_segment_is_no_reason_to_refuse_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0, segment_bytes=10, sync_seconds=None)
    real_open = os.open

    def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith(".journal"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real_open(path, flags, mode)

    with monkeypatch.context() as patch:
        patch.setattr("centralita.store.journal.os.open", refuse)
        writer.append(started("1"))
        writer.flush()
        assert not writer.healthy
    assert read(tmp_path) == [started("1")]
    writer.append(decided("1"))
    writer.flush()
    assert writer.healthy
    assert read(tmp_path) == [started("1"), decided("1")]
    writer.close()


def test_a_sync_at_each_write_that_fails_writes_the_events_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=0)
    with monkeypatch.context() as patch:
        patch.setattr("centralita.store.journal.os.fdatasync", lambda fd: _no_space())
        writer.append(started("1"))
        with pytest.raises(JournalUnavailable):
            writer.flush()
    (tmp_path / "000001.journal").unlink()  # what the kernel dropped
    writer.flush()
    writer.close()
    assert read(tmp_path) == [started("1")]


def test_a_background_sync_that_fails_is_told_and_begins_a_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    tried = threading.Event()

    def fail(fd: int) -> None:
        tried.set()
        _no_space()

    writer = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=0.001)
    monkeypatch.setattr("centralita.store.syncer.os.fdatasync", fail)
    writer.append(started("1"))
    writer.flush()
    assert tried.wait(10)
    monkeypatch.undo()
    while writer.healthy:
        os.sched_yield()  # the thread has tried; it is about to say so
    writer.append(decided("1"))
    writer.flush()
    assert len(list(tmp_path.glob("*.journal"))) >= 2
    writer.close()
    assert read(tmp_path) == [started("1"), decided("1")]
