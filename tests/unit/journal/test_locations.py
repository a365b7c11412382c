"""Registrations on disk: the next switch finds what the last one knew, whatever became of it."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from centralita.ports import Binding, Timer
from centralita.sip.flow import Flow
from centralita.store.locations import LocationStore


class Handle:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.timers: list[tuple[float, Callable[[], None], Handle]] = []

    def now(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return 1_700_000_000.0 + self.seconds

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        handle = Handle()
        self.timers.append((when, callback, handle))
        return handle

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        due = [timer for timer in self.timers if timer[0] <= self.seconds]
        self.timers = [timer for timer in self.timers if timer[0] > self.seconds]
        for _, callback, handle in due:
            if not handle.cancelled:
                callback()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def binding(device: str = "ana-desk", number: int = 1, life: float = 3600.0) -> Binding:
    return Binding(
        device=device,
        contact=f"<sip:{device}@192.0.2.{number}:5060;transport=tcp>",
        flow=Flow("TCP", f"192.0.2.{number}", 40000 + number, 17),
        path=("<sip:edge.example;lr>",),
        expires_at=1_700_000_000.0 + life,
        call_id=f"call-{number}",
        cseq=number,
        instance="<urn:uuid:1>",
        user_agent="Yealink",
    )


def found(folder: Path, clock: Clock) -> dict[str, list[Binding]]:
    """What the next switch loads."""
    store = LocationStore(folder, clock)
    result: dict[str, list[Binding]] = {}
    for each in store.load():
        result.setdefault(each.device, []).append(each)
    settle()
    store.close()
    return result


def settle() -> None:
    for thread in threading.enumerate():
        if thread.name == "bindings-sync":
            thread.join(10)


def test_what_was_saved_is_loaded(tmp_path: Path, clock: Clock) -> None:
    store = LocationStore(tmp_path, clock)
    assert store.load() == []
    store.save("ana-desk", [binding(), binding(number=2)])
    store.save("luis", [binding("luis", 3)])
    store.close()
    assert found(tmp_path, clock) == {
        "ana-desk": [binding(), binding(number=2)],
        "luis": [binding("luis", 3)],
    }


def test_it_is_written_at_once_without_a_close(tmp_path: Path, clock: Clock) -> None:
    store = LocationStore(tmp_path, clock)
    for number in range(1, 50):
        store.save("ana-desk", [binding(number=number)])
    assert not clock.timers, "nothing waits"
    assert LocationStore(tmp_path, clock).load() == [binding(number=49)]


def test_the_last_word_counts(tmp_path: Path, clock: Clock) -> None:
    store = LocationStore(tmp_path, clock)
    store.save("ana-desk", [binding()])
    clock.advance(1)
    store.save("ana-desk", [binding(number=2)])
    store.save("luis", [binding("luis")])
    clock.advance(1)
    store.save("luis", [])
    store.close()
    assert found(tmp_path, clock) == {"ana-desk": [binding(number=2)]}
    assert found(tmp_path, clock) == {"ana-desk": [binding(number=2)]}


def test_what_expired_meanwhile_is_not_loaded(tmp_path: Path, clock: Clock) -> None:
    store = LocationStore(tmp_path, clock)
    store.save("ana-desk", [binding(life=100), binding(number=2)])
    store.save("luis", [binding("luis", life=100)])
    store.close()
    clock.seconds = 100.0
    assert found(tmp_path, clock) == {"ana-desk": [binding(number=2)]}


def test_a_tail_torn_at_any_byte_costs_only_the_last_save(tmp_path: Path, clock: Clock) -> None:
    store = LocationStore(tmp_path / "a", clock)
    store.save("ana-desk", [binding()])
    store.flush()
    (path,) = (tmp_path / "a").iterdir()
    whole = path.stat().st_size
    store.save("ana-desk", [binding(number=2)])
    store.close()
    data = path.read_bytes()
    for cut in range(whole, len(data)):
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        (folder / path.name).write_bytes(data[:cut])
        assert found(folder, clock) == {"ana-desk": [binding()]}


def test_a_file_that_grew_is_begun_anew_and_the_old_one_goes(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("centralita.store.locations._SMALL", 2000)
    store = LocationStore(tmp_path, clock)
    for round_ in range(60):
        for device in ("ana-desk", "luis"):
            store.save(device, [binding(device, round_ % 200 + 1)])
        clock.advance(1)
        settle()
    assert len(list(tmp_path.iterdir())) == 1
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 5000
    assert found(tmp_path, clock) == {
        "ana-desk": [binding(number=60)],
        "luis": [binding("luis", 60)],
    }


def test_killed_while_a_file_is_begun_anew_loses_nothing(tmp_path: Path, clock: Clock) -> None:
    """Both files are there; the new one may be torn at any byte."""
    store = LocationStore(tmp_path / "a", clock)
    store.save("ana-desk", [binding()])
    store.save("luis", [binding("luis")])
    store.flush()
    store.save("luis", [])
    store.close()
    (old,) = (tmp_path / "a").iterdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / old.name).write_bytes(old.read_bytes())
    LocationStore(tmp_path / "b", clock).close()
    settle()
    (new,) = (tmp_path / "b").iterdir()
    data = new.read_bytes()
    for cut in range(len(data) + 1):
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        (folder / old.name).write_bytes(old.read_bytes())
        (folder / new.name).write_bytes(data[:cut])
        assert found(folder, clock) == {"ana-desk": [binding()]}


def test_a_device_removed_after_the_new_file_began_does_not_come_back(tmp_path: Path, clock: Clock) -> None:
    store = LocationStore(tmp_path / "a", clock)
    store.save("ana-desk", [binding()])
    store.close()
    (old,) = (tmp_path / "a").iterdir()
    kept = old.read_bytes()
    again = LocationStore(tmp_path / "a", clock)
    settle()
    again.save("ana-desk", [])
    again.close()
    old.write_bytes(kept)  # as if it had not been deleted yet
    assert found(tmp_path / "a", clock) == {}


def test_a_full_disk_is_told_and_made_up_for(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocationStore(tmp_path, clock)
    store.save("ana-desk", [binding()])
    clock.advance(1)
    real = os.write

    def full(fd: int, data: bytes) -> int:
        real(fd, bytes(data)[:7])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("centralita.store.locations.os.write", full)
        store.save("luis", [binding("luis")])
        clock.advance(1)
        assert "No space left" in store.error
        store.save("ana-desk", [binding(number=2)])
        clock.advance(1)
        assert "No space left" in store.error
        patch.setattr("centralita.store.locations.os.ftruncate", lambda fd, size: full(fd, b""))
        clock.advance(1)
    clock.advance(1)
    assert store.error == ""
    settle()
    assert found(tmp_path, clock) == {"ana-desk": [binding(number=2)], "luis": [binding("luis")]}


def test_bytes_that_are_no_text_cost_only_their_device(tmp_path: Path, clock: Clock) -> None:
    store = LocationStore(tmp_path, clock)
    bad = Binding(
        **{**{name: getattr(binding("bad"), name) for name in Binding.__slots__}, "contact": "\udcff"}
    )
    store.save("bad", [bad])
    store.save("ana-desk", [binding()])
    store.close()
    assert found(tmp_path, clock) == {"ana-desk": [binding()]}


def test_only_its_owner_may_read_it(tmp_path: Path, clock: Clock) -> None:
    LocationStore(tmp_path / "bindings", clock).close()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "bindings").iterdir())
