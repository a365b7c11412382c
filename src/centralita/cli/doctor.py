"""``doctor``: what is wrong, and how to mend it."""

from __future__ import annotations

import typer

from centralita.cli import output
from centralita.cli.errors import ExitCode
from centralita.cli.options import DataFolder, load_settings
from centralita.cli.output import AsJson


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(as_json: AsJson = False, data: DataFolder = None) -> int:
    """Look for what is wrong with this installation. Exit code 1 if something is."""
    settings = load_settings(data)
    from centralita.app.doctor import Level, examine

    findings = examine(settings)
    wrong = sum(finding.level is Level.WRONG for finding in findings)
    if as_json:
        output.print_json(findings)
    else:
        colours = {
            Level.GOOD: typer.colors.GREEN,
            Level.NOTE: typer.colors.YELLOW,
            Level.WRONG: typer.colors.RED,
        }
        width = max(len(finding.check) for finding in findings)
        for finding in findings:
            typer.secho(f"{finding.level.value:5}", fg=colours[finding.level], nl=False)
            typer.echo(f"  {finding.check:{width}}  {output.printable(finding.message)}")
            if finding.mend:
                typer.echo(f"{'':7}{'':{width}}  → {output.printable(finding.mend)}")
        output.note(f"\n{wrong} wrong." if wrong else "\nNothing is wrong.")
    return ExitCode.FAILED if wrong else ExitCode.DONE
