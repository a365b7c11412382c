"""What tenants' calls have in common survives a process killed at any instant."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import pytest

from centralita.pbx.vocabulary import TenantId
from centralita.store.tenant_states import TenantStateStore

ACME, OTHER = TenantId("acme"), TenantId("other")


def test_what_was_saved_is_there_again(tmp_path: Path) -> None:
    store = TenantStateStore(tmp_path / "states.db")
    store.save(ACME, {"overrides": {"night": [1.0, None, "user:ana"]}, "usage": {}})
    store.save(
        ACME, {}, {"callers": {"+34600000001": [5.0, 1, "", 0.0, {}], "+34600000002": [6.0, 2, "", 0.0, {}]}}
    )
    store.save(OTHER, {"usage": {"eva": ["2026-01-01", 3, 60.0]}})
    store.close()

    again = TenantStateStore(tmp_path / "states.db")
    assert again.load() == {
        ACME: {
            "overrides": {"night": [1.0, None, "user:ana"]},
            "usage": {},
            "callers": {"+34600000001": [5.0, 1, "", 0.0, {}], "+34600000002": [6.0, 2, "", 0.0, {}]},
        },
        OTHER: {"usage": {"eva": ["2026-01-01", 3, 60.0]}},
    }
    again.save(ACME, {"overrides": {}}, {"callers": {"+34600000001": None}})
    assert again.load()[ACME]["overrides"] == {}
    assert list(again.load()[ACME]["callers"]) == ["+34600000002"]
    again.close()


def test_a_killed_process_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "states.db"
    told, tells = os.pipe()
    child = os.fork()
    if not child:
        store = TenantStateStore(path)
        for number in range(100):
            store.save(ACME, {"count": number})
            os.write(tells, bytes([number]))
        signal.pause()
    last = -1
    while last < 99:
        last = os.read(told, 4096)[-1]
        if last > 40:
            break
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.set_blocking(told, False)
    with contextlib.suppress(BlockingIOError):
        last = os.read(told, 4096)[-1]
    os.close(told)
    os.close(tells)
    kept = TenantStateStore(path)
    assert kept.load()[ACME]["count"] >= last
    kept.close()


def test_a_file_that_is_no_database_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "states.db"
    path.write_bytes(b"this is no database at all, but long enough to look like one" * 50)
    store = TenantStateStore(path)
    assert store.load() == {}
    store.save(ACME, {"usage": {}})
    store.close()
    assert path.with_suffix(".damaged").exists()


def test_a_file_that_is_damaged_in_the_middle_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "states.db"
    store = TenantStateStore(path)
    store.save(ACME, {"blob": "x" * 200_000})
    store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    store = TenantStateStore(path)
    assert store.load() == {}
    store.save(ACME, {"usage": {}})
    assert store.load() == {ACME: {"usage": {}}}
    store.close()
    assert path.with_suffix(".damaged").exists()


def test_the_log_is_folded_in(tmp_path: Path) -> None:
    store = TenantStateStore(tmp_path / "states.db")
    for number in range(800):
        store.save(ACME, {"blob": "x" * 4000 + str(number)})
    log = tmp_path / "states.db-wal"
    before = log.stat().st_size
    store.tidy()
    for number in range(100):
        store.save(ACME, {"blob": "y" * 4000 + str(number)})
    assert log.stat().st_size <= before
    assert store.load()[ACME]["blob"].startswith("y")
    store.close()


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        TenantStateStore(tmp_path / "file" / "states.db")
