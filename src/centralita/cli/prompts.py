"""``prompts``: the tenant's own prompts, and how a recording becomes one.

What is spoken from a text is written in the configuration; a recording is added here and becomes a new version of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from centralita.cli import output
from centralita.cli.changes import report_as_json, show_report
from centralita.cli.configuration import (
    Author,
    Comment,
    OneTenant,
    chosen,
    config_store,
    login,
    tell_switch,
)
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.options import DataFolder, load_settings
from centralita.cli.output import AsJson

if TYPE_CHECKING:
    from centralita.pbx.model.prompt import Prompt
    from centralita.store.sounds import OwnSounds

prompts = typer.Typer(
    name="prompts",
    help="The tenant's own prompts: recordings, and texts that are spoken.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    app.add_typer(prompts)


@prompts.callback()
def listing(
    context: typer.Context, tenant: OneTenant = "", as_json: AsJson = False, data: DataFolder = None
) -> None:
    """The tenant's own prompts, what each says, and whether its sound is there."""
    if context.invoked_subcommand is not None:
        return
    from centralita.pbx.model.prompt import Prompt
    from centralita.store.sounds import OwnSounds

    settings = load_settings(data)
    sounds = OwnSounds(settings.prompts_folder)
    with config_store(settings) as store:
        name = chosen(store, tenant)
        found = [item for item in store.objects(name).values() if isinstance(item, Prompt)]
    rows = [row for prompt in found for row in _rows(sounds, name, prompt)]
    if as_json:
        output.print_json(rows)
        return
    output.print_table(
        ["prompt", "language", "from", "length", "says"],
        [
            (
                row["prompt"],
                row["language"],
                row["source"],
                "missing" if row["seconds"] is None else output.duration(row["seconds"]),
                row["text"],
            )
            for row in rows
        ],
        empty="The tenant has no prompts of its own.",
    )


@prompts.command()
def add(
    prompt: Annotated[str, typer.Argument(help="The prompt's id; it is made where there is none.")],
    file: Annotated[Path, typer.Argument(help="A WAV file of plain PCM, of 8 kHz or more.", dir_okay=False)],
    language: Annotated[str, typer.Option("--language", "-l", help="es or en.")] = "es",
    tenant: OneTenant = "",
    comment: Comment = "",
    author: Author = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Make a recording what a prompt says. It is converted to what a telephone carries, and becomes a new version."""
    from centralita.jobs.own_prompts import SoundRefused, take_sound
    from centralita.pbx.configuration.entries import Entry
    from centralita.pbx.vocabulary import TenantId
    from centralita.store.sounds import OwnSounds

    if not file.is_file():
        raise CommandError(f"There is no file {file}", exit_code=ExitCode.NOT_FOUND)
    try:
        digest, pcm = take_sound(file)
    except SoundRefused as error:
        raise CommandError(f"{file} cannot be used: {error}") from None
    settings = load_settings(data)
    with config_store(settings) as store:
        name = chosen(store, tenant)
        OwnSounds(settings.prompts_folder).put(TenantId(name), digest, pcm)
        entry = Entry({"kind": "prompt", "id": prompt, "recording": {language: digest}})
        report = store.apply(
            [entry],
            tenant=name,
            merge=True,
            author=author or login(),
            comment=comment or f"recording of prompt {prompt}",
        )
    tell_switch(settings, report)
    if as_json:
        output.print_json(report_as_json(report))
        return
    show_report(report, dry_run=False)


class _Said(TypedDict):
    prompt: str
    language: str
    source: str
    seconds: float | None
    text: str


def _rows(sounds: OwnSounds, tenant: str, prompt: Prompt) -> list[_Said]:
    from centralita.pbx.speech.own import spoken_digest
    from centralita.pbx.vocabulary import TenantId

    owner: TenantId = TenantId(tenant)
    rows: list[_Said] = []
    for language in sorted({*prompt.recording, *prompt.text}):
        digest = prompt.recording.get(language)
        text = prompt.text.get(language, "")
        rows.append(
            {
                "prompt": prompt.id,
                "language": language,
                "source": "recording" if digest else "text",
                "seconds": sounds.seconds(owner, digest or spoken_digest(language, text)),
                "text": text,
            }
        )
    return rows
