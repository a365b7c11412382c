"""``calls``: those that are up, those that are past, and the story of one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli import output
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.instants import parse_instant
from centralita.cli.options import DataFolder, Tenant, load_settings, open_records
from centralita.cli.output import AsJson

if TYPE_CHECKING:
    from centralita.control import LiveCall
    from centralita.pbx.journey import Journey
    from centralita.settings import Settings
    from centralita.store.records import JourneySummary

LAST = "last"

calls_app = typer.Typer(invoke_without_command=True)

Since = Annotated[
    str, typer.Option(help="Begun at this time or later: 2h, today, 2026-11-23.", show_default=False)
]
Until = Annotated[str, typer.Option(help="Begun before this time.", show_default=False)]
Number = Annotated[
    str,
    typer.Option(
        "--number", "-n", help="A part of the caller's number, or of what was dialled.", show_default=False
    ),
]
OutcomeName = Annotated[
    str,
    typer.Option("--outcome", help="answered, voicemail, no-answer, busy, abandoned, …", show_default=False),
]
Limit = Annotated[int, typer.Option("--limit", "-l", min=1, max=1000, help="At most so many past calls.")]
LiveOnly = Annotated[bool, typer.Option("--live", help="Only those that are up.")]


def register(app: typer.Typer) -> None:
    app.add_typer(calls_app, name="calls", help="Calls, live and past; `calls show ID` tells one.")


@calls_app.callback()
def calls(
    context: typer.Context,
    tenant: Tenant = "",
    since: Since = "",
    until: Until = "",
    number: Number = "",
    outcome: OutcomeName = "",
    limit: Limit = 20,
    live: LiveOnly = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Calls, live and past."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings(data)
    narrowed = bool(since or until or number or outcome)
    up = _live(settings, tenant, required=live) if live or not narrowed else []
    past = [] if live else _past(settings, tenant, since, until, number, outcome, limit)
    if as_json:
        output.print_json({"live": up, "past": past})
        return
    if up or live:
        _print_live(up)
    if up and past:
        output.print_line()
    if not live:
        _print_past(past)


def _live(settings: Settings, tenant: str, *, required: bool) -> list[LiveCall]:
    """Calls that are up; none where the switch is not running and that is not all that was asked."""
    from centralita.cli.options import running_switch

    try:
        with running_switch(settings) as switch:
            return switch.calls(tenant)
    except CommandError as error:
        if required or error.exit_code != ExitCode.NOT_RUNNING:
            raise
        return []


def _past(
    settings: Settings, tenant: str, since: str, until: str, number: str, outcome: str, limit: int
) -> list[JourneySummary]:
    from centralita.pbx.vocabulary import Outcome, TenantId
    from centralita.store.records import Filters

    now = datetime.now().astimezone()
    try:
        wanted = Outcome(outcome) if outcome else None
    except ValueError:
        names = ", ".join(one.value for one in Outcome)
        raise CommandError(f"{outcome!r} is no outcome", f"It is one of {names}", ExitCode.USAGE) from None
    filters = Filters(
        since=parse_instant(since, now) if since else None,
        until=parse_instant(until, now) if until else None,
        outcome=wanted,
        number="".join(number.split()),
    )
    with open_records(settings) as records:
        return records.list(TenantId(tenant) if tenant else None, filters, limit=limit).journeys


def _print_live(calls_up: list[LiveCall]) -> None:
    output.print_table(
        ["id", "tenant", "direction", "from", "to", "state", "where", "with", "for"],
        [
            (
                call.journey,
                call.tenant,
                call.direction,
                call.caller,
                call.dialled,
                call.state,
                call.queue or call.node,
                call.answered_by,
                output.duration(call.seconds),
            )
            for call in calls_up
        ],
        empty="No call is up.",
    )


def _print_past(found: list[JourneySummary]) -> None:
    output.print_table(
        [
            "id",
            "begun",
            "tenant",
            "direction",
            "from",
            "to",
            "outcome",
            "answered by",
            "waited",
            "talked",
            "mos",
        ],
        [
            (
                one.journey,
                output.clock_time(one.started_at),
                one.tenant,
                one.direction.value,
                one.caller,
                one.dialled,
                one.outcome.value,
                one.answered_user or one.answered_on,
                output.duration(one.waiting),
                output.duration(one.connected),
                one.mos,
            )
            for one in found
        ],
        empty="No call is on record.",
    )


@calls_app.command("show")
def show(
    journey: Annotated[
        str, typer.Argument(metavar="ID", help="As `calls` lists it; `last` is the last one.")
    ],
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """One call, step by step, with its quality."""
    from centralita.cli import story

    found = _find(load_settings(data), journey)
    if as_json:
        output.print_json(story.as_json(found))
        return
    for line in story.headline(found):
        output.print_line(line, bold=not line.startswith(" "))
    output.print_line()
    for line in story.story(found):
        output.print_line(line)
    output.print_line()
    output.print_table(story.QUALITY_TITLES, story.quality(found), empty="No audio was measured.")


def _find(settings: Settings, journey: str) -> Journey:
    with open_records(settings) as records:
        if journey == LAST:
            newest = records.list(None, limit=1).journeys
            if not newest:
                raise CommandError("No call is on record", exit_code=ExitCode.NOT_FOUND)
            journey = newest[0].journey
        found = records.get(journey)
    found = found or _from_journal(settings, journey)
    if found is None:
        raise CommandError(f"There is no call {journey}", "`centralita calls` lists them", ExitCode.NOT_FOUND)
    return found


def _from_journal(settings: Settings, journey: str) -> Journey | None:
    """A call that is up, or has just ended: what the journal knows of it, from the newest segment back to its beginning."""
    from centralita.pbx.journey import fold_all
    from centralita.store.journal import JournalReader
    from centralita.store.segments import BEGINNING

    reader = JournalReader(settings.journal_folder)
    return fold_all(event for _, event in reader.read(BEGINNING) if event.journey == journey)
