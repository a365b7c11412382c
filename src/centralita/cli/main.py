"""The command ``centralita``: its list of commands, and how any of them ends.

A command imports what it needs when it is run, so that ``centralita --help`` and the start of the switch stay quick.
"""

from __future__ import annotations

import errno
import os
import sys

import typer

from centralita.cli import (
    accounts,
    calls,
    checks,
    configuration,
    doctor,
    drafts,
    live,
    plans,
    prompts,
    queues,
    replay,
    simulate,
    starting,
    voicemail,
)
from centralita.cli.errors import CommandError, ExitCode

app = typer.Typer(
    name="centralita",
    help="A self-hosted, multi-tenant virtual PBX.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    starting,
    configuration,
    drafts,
    checks,
    simulate,
    replay,
    live,
    queues,
    calls,
    voicemail,
    prompts,
    accounts,
    plans,
    doctor,
):
    module.register(app)


@app.command()
def version() -> None:
    """Print the version."""
    from centralita import __version__

    typer.echo(__version__)


def main() -> None:
    """Run the command line; the process ends with one of :class:`ExitCode`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command. Errors are told in one line each, on stderr."""
    command = typer.main.get_command(app)
    try:
        code = command.main(args=arguments, prog_name="centralita", standalone_mode=False)
    except CommandError as error:
        fail(str(error))
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has seen enough
        return int(ExitCode.DONE)
    except OSError as error:
        fail(str(explain_os_error(error)))
        return int(ExitCode.FAILED)
    except Exception as error:
        usage = getattr(error, "exit_code", None)
        if hasattr(error, "format_message"):  # click's own: a wrong option, a missing argument
            context = getattr(error, "ctx", None)
            fail(f"{error.format_message()} Try: {context.command_path if context else 'centralita'} --help")
            return int(usage or ExitCode.USAGE)
        if os.environ.get("CENTRALITA_LOG_LEVEL") == "debug":
            raise
        fail(
            f"{type(error).__name__}: {error}. This is a fault of Centralita; CENTRALITA_LOG_LEVEL=debug shows where."
        )
        return int(ExitCode.FAILED)
    return code if isinstance(code, int) else int(ExitCode.DONE)


def fail(text: str) -> None:
    for line in text.splitlines():
        typer.secho("error: ", fg=typer.colors.RED, err=True, nl=False)
        typer.secho(line, err=True)


def explain_os_error(error: OSError) -> CommandError:
    """What the system refused, in our words."""
    where = f"{error.filename}: " if error.filename else ""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return CommandError(
                f"{where}the disk is full", "Make room, or move the data folder; nothing was lost"
            )
        case errno.EACCES | errno.EPERM:
            return CommandError(
                f"{where}this user may not", "Run as the user whom the data folder belongs to"
            )
        case errno.EROFS:
            return CommandError(
                f"{where}the file system is read-only", "Mount it for writing, or set CENTRALITA_DATA"
            )
        case errno.ENOENT:
            return CommandError(f"{where}there is no such file or folder", exit_code=ExitCode.NOT_FOUND)
        case _:
            return CommandError(f"{where}{error.strerror or error}")
