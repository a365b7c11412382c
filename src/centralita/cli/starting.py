"""``init`` and ``up``: the data folder, and everything running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from centralita.cli import output
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.options import DataFolder, load_settings

Demo = Annotated[
    bool, typer.Option("--demo", help="With the demo tenant: two phones, ready to call each other.")
]


def register(app: typer.Typer) -> None:
    app.command()(init)
    app.command()(up)


def init(demo: Demo = False, data: DataFolder = None) -> None:
    """Make the data folder with its key, database and prompts. `up` does this by itself; again changes nothing."""
    settings = load_settings(data)
    with start_errors():
        from centralita.app.prepare import initialise

        initialise(settings, demo=demo, say=output.note)
    output.note(f"{settings.data.absolute()} is ready. Next: centralita up")


def up(
    demo: Demo = False,
    data: DataFolder = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not print what to do next.")] = False,
) -> int:
    """Start everything, and keep it running until Ctrl-C."""
    settings = load_settings(data)
    with start_errors():
        from centralita.app.up import up as start

        return start(settings, demo=demo, welcome=not quiet)


@contextmanager
def start_errors() -> Iterator[None]:
    """What cannot be started becomes a CommandError."""
    from centralita.app.errors import StartError

    try:
        yield
    except StartError as error:
        code = ExitCode.OCCUPIED if error.occupied else ExitCode.FAILED
        raise CommandError(error.message, error.mend, code) from None
