"""One installation, one data folder: a lock that the kernel gives back when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

_FILE = ".lock"


class FolderInUse(Exception):
    """Another instance runs on this data folder. ``pid`` is 0 where it did not say."""

    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(f"{folder} is in use by another instance")
        self.folder = folder
        self.pid = pid


def is_held(folder: Path) -> bool:
    """Whether an instance runs on this data folder now."""
    try:
        file = os.open(folder / _FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


class FolderLock:
    """Holds the data folder from ``__enter__`` to ``__exit__``, or until the process is gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: int | None = None

    def __enter__(self) -> FolderLock:
        """Raises FolderInUse, OSError."""
        self._file = os.open(self.folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
            self._release()
            raise FolderInUse(self.folder, int(holder) if holder.isdigit() else 0) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
