"""What the supervisor says about its processes: one small file that it replaces whole, and that anybody may read.

``DATA/run/processes.json``. The supervisor writes it; the health page, the metrics and ``centralita doctor`` read it.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

FILE_NAME = "processes.json"


class ProcessStatus(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """``switch``, ``media-1`` …, ``web``, ``jobs``."""
    pid: int
    """0 while it is down."""
    since: float
    """Seconds since the epoch: when it last started or died."""
    restarts: int = 0
    detail: str = ""
    """How it ended, while it is down: ``killed by SIGKILL``, ``exit code 1``."""

    @property
    def up(self) -> bool:
        return self.pid > 0

    @property
    def done(self) -> bool:
        """Whether it has come to a good end, as tasks do that run once: who watches processes need not see it."""
        return not self.up and self.detail == "exit code 0"


class Processes(msgspec.Struct, frozen=True, kw_only=True):
    supervisor: int
    """Process id of ``centralita up``."""
    processes: list[ProcessStatus]


def write(folder: Path, status: Processes) -> None:
    """Replace the file in ``folder``. Raises OSError."""
    path = folder / FILE_NAME
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(status))
    os.replace(draft, path)


def read(folder: Path) -> Processes | None:
    """What the supervisor wrote last; None where there is nothing, or where that supervisor is gone."""
    try:
        status = msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=Processes)
        os.kill(status.supervisor, 0)
    except PermissionError:
        return status  # it runs, as another user
    except (OSError, msgspec.DecodeError):
        return None
    return status
