"""How a command fails: one clear line with the mend, and an exit code that means something. Never a traceback."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees. Part of the interface: documented in docs/operations.md, never renumbered."""

    DONE = 0
    FAILED = 1
    """The command ran and what it was asked about is wrong: a file does not validate, ``doctor`` found something."""
    USAGE = 2
    """The command line itself is wrong."""
    NOT_FOUND = 3
    """What was named does not exist: a call, a version, a tenant, a file."""
    NOT_RUNNING = 4
    """The switch does not answer."""
    SETTINGS = 5
    """A setting cannot be used."""
    OCCUPIED = 6
    """A port or the data folder is in use by another program."""
    INTERRUPTED = 130


class CommandError(Exception):
    """Ends a command. ``message`` says what is wrong, ``mend`` what to do about it, each one sentence without a full stop."""

    def __init__(self, message: str, mend: str = "", exit_code: int = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.exit_code = int(exit_code)

    def __str__(self) -> str:
        text = self.message.rstrip(".") + "."
        return f"{text} {self.mend.rstrip('.')}." if self.mend else text
