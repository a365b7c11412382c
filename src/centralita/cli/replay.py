"""``replay``: past calls against a draft, to see before publishing which would have ended elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from centralita.cli import output
from centralita.cli.configuration import OneTenant
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.instants import parse_instant
from centralita.cli.options import DataFolder, load_settings, open_records
from centralita.cli.output import AsJson
from centralita.cli.versions import Files, Merge, VersionNumber, looked_at, make_snapshot

if TYPE_CHECKING:
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.simulator.replay import Replay
    from centralita.store.configs import ConfigStore

Since = Annotated[str, typer.Option(help="Calls begun at this time or later: yesterday, 7d, 2026-11-23.")]
Until = Annotated[str, typer.Option(help="Calls begun before this time.", show_default=False)]


def register(app: typer.Typer) -> None:
    app.command()(replay)


def replay(
    since: Since = "yesterday",
    until: Until = "",
    version: VersionNumber = None,
    files: Files = None,
    merge: Merge = False,
    tenant: OneTenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Play past calls on a version or on files that are not yet applied: which would have ended elsewhere.

    Each is played twice, on the version it was made with and on the other one, with telephones that do what they did then.
    """
    from centralita.cli.configuration import chosen, config_store
    from centralita.pbx.simulator.replay import replay as play
    from centralita.pbx.vocabulary import TenantId

    if version is None and not files:
        raise CommandError(
            "Name what the calls are to be played on", "With --version N or --file FILE", ExitCode.USAGE
        )
    settings = load_settings(data)
    now = datetime.now().astimezone()
    draft = looked_at(settings, tenant, version, files, merge=merge)
    begin, end = parse_instant(since, now), parse_instant(until, now) if until else None
    with config_store(settings) as store, open_records(settings) as records:
        name = chosen(store, tenant or draft.tenant)
        started = time.perf_counter()
        done = play(records.whole(TenantId(name), begin, end), _versions(store, name), draft)
        took = time.perf_counter() - started
    if as_json:
        output.print_json(_as_json(done, draft, took))
    else:
        _show(done, draft, took)


def _versions(store: ConfigStore, tenant: str) -> Callable[[int], Snapshot | None]:
    """Versions that calls were made with, each read once."""
    from centralita.store.configs import VersionUnknown

    published = store.snapshot(tenant)
    known: dict[int, Snapshot | None] = {published.version: published}

    def version(number: int) -> Snapshot | None:
        if number not in known:
            try:
                known[number] = make_snapshot(tenant, number, store.objects(tenant, number), published)
            except VersionUnknown:
                known[number] = None
        return known[number]

    return version


def _as_json(done: Replay, draft: Snapshot, took: float) -> dict[str, Any]:
    return {
        "tenant": draft.tenant,
        "version": draft.version or None,
        "calls": done.calls,
        "unchanged": done.unchanged,
        "changed": done.calls - done.unchanged,
        "left_out": done.left_out,
        "unlike": done.unlike,
        "seconds": round(took, 3),
        "changes": done.changes,
    }


def _show(done: Replay, draft: Snapshot, took: float) -> None:
    if not done.calls:
        output.note("No call is on record in that time.")
        return
    changed = done.calls - done.unchanged
    for change in done.changes:
        output.print_line(f"{change.calls:>6}  {change.before} → {change.after}", bold=True)
        for example in change.examples:
            output.print_line(
                f"          {output.clock_time(example.started_at)}  "
                f"{output.printable(example.caller or 'anonymous')} → {output.printable(example.dialled)}"
                f"  ({example.journey})"
            )
    what = f"version {draft.version}" if draft.version else "the files"
    output.print_line(
        f"{changed} of {done.calls} calls would have ended elsewhere with {what}"
        f" ({done.calls / max(took, 1e-9):.0f} calls a second)",
        bold=True,
    )
    if done.left_out:
        output.note(f"{done.left_out} calls were left out: cut off by a failure, or of what is no more.")
    if done.unlike:
        output.note(
            f"{done.unlike} calls ended otherwise than a simulation can tell from their records, on either side of the comparison."
        )
