"""Forces a growing file to the disk from a thread of its own, so that the loop that writes it never waits for a disk.

It syncs at most every so many seconds, and only when something was written since. After a failure the writer is told to
go on in another file, because a kernel reports a lost page once and then forgets it.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path


class Syncer:
    """``dirty`` and ``follow`` are called by the writer; the file that was followed is closed by the thread."""

    def __init__(self, seconds: float | None) -> None:
        """``seconds``: sync at most so often; None: never, and no thread."""
        self._seconds = seconds
        self._fd = -1
        self._dirty = False
        self._retired: list[int] = []
        self._new_in: Path | None = None
        self.failed = False
        """The last sync failed."""
        self.abandon = False
        """The file followed now must be left for another one: what it lost would not be reported again."""
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        if seconds is not None:
            self._thread = threading.Thread(
                target=self._run, args=(seconds,), name="journal-sync", daemon=True
            )
            self._thread.start()

    def dirty(self) -> None:
        """Something was written to the file that is followed."""
        if not self._dirty:
            self._dirty = True
            self._wake.set()

    def follow(self, fd: int, directory: Path) -> None:
        """A new file in ``directory`` takes the place of the one followed so far, which is synced and closed."""
        old, self._fd = self._fd, fd
        self._new_in = directory
        self.abandon = False
        if self._thread is None:
            if old >= 0:
                os.close(old)
            return
        if old >= 0:
            self._retired.append(old)
        self._dirty = True
        self._wake.set()

    def close(self) -> None:
        """Sync and close what is followed, and end the thread."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._sync()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _run(self, seconds: float) -> None:
        while True:
            self._wake.wait()
            if self._stopping.wait(seconds):
                return
            self._wake.clear()
            self._sync()

    def _sync(self) -> None:
        self._dirty = False
        current = self._fd
        failed = False
        while self._retired:
            old = self._retired.pop()
            failed |= not _sync(old)
            os.close(old)
        directory, self._new_in = self._new_in, None
        if directory is not None:
            failed |= not _sync_directory(directory)
        if current >= 0 and not _sync(current):
            failed = self.abandon = True
        self.failed = failed


def _sync(fd: int) -> bool:
    try:
        os.fdatasync(fd)
    except OSError:
        return False
    return True


def _sync_directory(directory: Path) -> bool:
    try:
        fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.fsync(fd)
    except OSError:
        return False
    finally:
        os.close(fd)
    return True
