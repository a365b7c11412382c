"""What the commands share: the option for the data folder, the settings, and the door to the running switch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from centralita.control import ControlClient
    from centralita.settings import Settings
    from centralita.store.database import Database
    from centralita.store.records import RecordStore

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data", help="The data folder, in place of the setting.", show_default=False, file_okay=False
    ),
]
"""The option that every command has which needs an installation."""

Tenant = Annotated[str, typer.Option("--tenant", "-t", help="Only this tenant.", show_default=False)]


def load_settings(data: Path | None) -> Settings:
    """The settings in force. Raises CommandError, one line for each bad value."""
    from centralita import settings

    try:
        return settings.load(data=data)
    except settings.SettingsError as error:
        lines = [str(CommandError(problem.message, problem.mend)) for problem in error.problems]
        raise CommandError("\n".join(lines), exit_code=ExitCode.SETTINGS) from None


@contextmanager
def running_switch(settings: Settings) -> Iterator[ControlClient]:
    """The client of the switch of this data folder. Within, its failures become CommandErrors."""
    from centralita.control import ControlClient, RequestRefused, SwitchUnavailable

    try:
        yield ControlClient(settings.switch_socket)
    except SwitchUnavailable:
        raise CommandError(
            f"The switch of {settings.data.absolute()} is not running",
            "Start it with `centralita up`, or name another data folder with --data",
            ExitCode.NOT_RUNNING,
        ) from None
    except RequestRefused as error:
        raise CommandError(f"The switch refused: {error}") from None


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database of the installation. Within, its failures become CommandErrors."""
    from centralita.store.database import Database, DatabaseUnavailable

    if settings.database_url is None and not (settings.data / "centralita.db").exists():
        raise CommandError(
            f"There is no Centralita in {settings.data.absolute()}",
            "`centralita init` or `centralita up` makes one; --data names another folder",
            ExitCode.NOT_FOUND,
        )
    try:
        database = Database(settings.database)
        database.migrate()
        try:
            yield database
        finally:
            database.close()
    except DatabaseUnavailable as error:
        raise CommandError(error.message, error.mend) from None


@contextmanager
def open_records(settings: Settings) -> Iterator[RecordStore]:
    """The call records. Within, their failures become CommandErrors."""
    from centralita.store.records import RecordStore

    with open_database(settings) as database:
        yield RecordStore(database)
