"""``check`` finds what callers would run into, ``reach`` tells by which ways somebody can be reached."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli import output
from centralita.cli.changes import finding_as_json, show_findings
from centralita.cli.configuration import OneTenant
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.options import DataFolder, load_settings, open_database
from centralita.cli.output import AsJson
from centralita.cli.versions import Files, Merge, VersionNumber, looked_at

if TYPE_CHECKING:
    from centralita.pbx.checker.reaching import Reach
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(check)
    app.command()(reach)


def check(
    version: VersionNumber = None,
    files: Files = None,
    merge: Merge = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 for warnings, too.")] = False,
    tenant: OneTenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """What callers would run into: lost calls, circles, silent prompts, empty teams, hours with holes. Exit code 1 for errors."""
    from centralita.pbx.checker import Severity
    from centralita.pbx.checker import check as run_checks

    settings = load_settings(data)
    snapshot = looked_at(settings, tenant, version, files, merge=merge)
    seen = None if files else _last_seen(settings, snapshot)
    findings = run_checks(snapshot, datetime.now(UTC), registered=seen)
    if as_json:
        output.print_json([finding_as_json(one) for one in findings])
    elif findings:
        show_findings(findings, all_of_them=True)
        output.print_line(_summary([one.severity.value for one in findings]), bold=True)
    else:
        output.print_line("Nothing is wrong", bold=True)
    worst = {one.severity for one in findings}
    if Severity.ERROR in worst or (strict and Severity.WARNING in worst):
        raise typer.Exit(ExitCode.FAILED)


def _summary(severities: list[str]) -> str:
    counted = [(severities.count(name), name) for name in ("error", "warning", "hint")]
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counted if count)


def _last_seen(settings: Settings, snapshot: Snapshot) -> dict[str, float | None] | None:
    """User → when a telephone of theirs was last seen: registered now, else their last call. None: the switch does not run."""
    from centralita.control import ControlClient, RequestRefused, SwitchUnavailable
    from centralita.store.last_seen import last_calls

    try:
        registered = ControlClient(settings.switch_socket).registrations(snapshot.tenant)
    except (SwitchUnavailable, RequestRefused):
        return None
    seen: dict[str, float | None] = {}
    with suppress(CommandError), open_database(settings) as database:
        seen.update(last_calls(database, snapshot.tenant))
    seen.update(dict.fromkeys((one.user for one in registered), time.time()))
    return seen


def reach(
    target: Annotated[
        str,
        typer.Argument(help="An extension, user:ID, voicemail:ID, group:ID, queue:ID, flow:ID or FLOW/NODE."),
    ],
    version: VersionNumber = None,
    files: Files = None,
    merge: Merge = False,
    tenant: OneTenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Who can reach somebody: by which numbers, when, and through what."""
    from centralita.pbx.checker import waytree
    from centralita.pbx.checker.reaching import UnknownTarget, find_target
    from centralita.pbx.checker.reaching import reach as find_ways

    snapshot = looked_at(load_settings(data), tenant, version, files, merge=merge)
    try:
        place = find_target(snapshot, target)
    except UnknownTarget as error:
        text = str(error)
        raise CommandError(
            text[:1].upper() + text[1:], "See `centralita users`", ExitCode.NOT_FOUND
        ) from None
    found = find_ways(snapshot, place)
    if as_json:
        output.print_json(_as_json(found))
        return
    for line in waytree.lines(waytree.tree(found.ways)):
        output.print_line(output.printable(line))
    if found.more:
        output.note(f"… and more: only the first {len(found.ways)} ways are told.")
    if not found.ways:
        output.note(f"No call can reach {place}.")
    for remark in found.remarks:
        output.note(f"{place} {remark}.")


def _as_json(found: Reach) -> dict[str, object]:
    return {
        "target": {"kind": found.target.kind, "id": found.target.id, "node": found.target.node},
        "ways": [
            {
                "from": way.entry.kind,
                "number": way.entry.id,
                "text": str(way),
                "steps": [
                    {
                        "place": {"kind": edge.source.kind, "id": edge.source.id, "node": edge.source.node},
                        "when": edge.when,
                        "rings": edge.rings,
                    }
                    for edge in way.edges
                ],
            }
            for way in found.ways
        ],
        "more": found.more,
        "remarks": list(found.remarks),
    }
