"""What the jobs process says of itself: one small file that it replaces whole, and that anybody may read.

``DATA/run/jobs.json``. The jobs process writes it; the health page, the metrics and ``centralita doctor`` read it.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

FILE_NAME = "jobs.json"


class JobsStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Instants are seconds since the epoch."""

    pid: int
    at: float
    """When this was written: every ten seconds at least, while the process lives."""
    ok: bool
    """Records are being saved and mail can be sent."""
    records_error: str = ""
    """Why records cannot be saved now; they are, from the journal, as soon as it is mended."""
    records_error_since: float | None = None
    behind_bytes: int = 0
    """How much of the journal is not folded into records yet."""
    open_journeys: int = 0
    saved_journeys: int = 0
    """Since the process started."""
    unknown_events: int = 0
    """Passed over: written by a later version."""
    damaged_bytes: int = 0
    """Passed over in the journal: no events."""
    mail_error: str = ""
    """Why mail cannot be sent now; it is tried again."""
    mails_sent: int = 0
    """Since the process started."""
    mails_waiting: int = 0
    webhook_messages_sent: int = 0
    """Since the process started."""
    webhook_messages_failed: int = 0
    """Given up, since the process started."""


def write(folder: Path, status: JobsStatus) -> None:
    """Replace the file in ``folder``. Raises OSError."""
    path = folder / FILE_NAME
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(status))
    os.replace(draft, path)


def read(folder: Path) -> JobsStatus | None:
    """What the jobs process wrote last; None where it runs no more, or never did."""
    try:
        status = msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=JobsStatus)
        os.kill(status.pid, 0)
    except PermissionError:
        return status  # it runs, as another user
    except (OSError, msgspec.DecodeError):
        return None
    return status
