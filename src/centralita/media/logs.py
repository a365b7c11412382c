"""What a worker logs: one line on standard error for each event, as the other processes write theirs.

The logging library of the house is left out, since a worker has to be there before the switch asks for ports.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from enum import Enum

import msgspec

Log = Callable[..., None]
"""``log(event, level="info", **fields)``."""


class LogFormat(Enum):
    AUTO = "auto"
    """For people on a terminal, else JSON."""
    CONSOLE = "console"
    JSON = "json"


def make_log(form: LogFormat) -> Log:
    """The function that all of a worker logs with."""
    return _write_text if form is LogFormat.CONSOLE or _is_terminal(form) else _write_json


def _is_terminal(form: LogFormat) -> bool:
    return form is LogFormat.AUTO and sys.stderr.isatty()


def _write_text(event: str, level: str = "info", **fields: object) -> None:
    told = " ".join(f"{name}={_quoted(value)}" for name, value in fields.items())
    stamp = time.strftime("%H:%M:%S")
    sys.stderr.write(f"{stamp} [{level:<9}] {event:<30} [media] {told}".rstrip() + "\n")
    sys.stderr.flush()


def _quoted(value: object) -> str:
    text = str(value)
    return repr(text) if " " in text or "\n" in text else text


def _write_json(event: str, level: str = "info", **fields: object) -> None:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + "Z"
    line = {"event": event, "process": "media", "level": level, "timestamp": stamp, **fields}
    sys.stderr.write(msgspec.json.encode(line, enc_hook=str).decode() + "\n")
    sys.stderr.flush()
