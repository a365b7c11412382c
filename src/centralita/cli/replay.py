"""``replay``: past calls against a draft, to see before publishing which would have ended elsewhere."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
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
    from multiprocessing.connection import Connection

    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.simulator.replay import Replay
    from centralita.settings import Settings
    from centralita.store.configs import ConfigStore

WORTH_A_PROCESS = 3000
"""Calls."""

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
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Processes that share the work.", show_default="one a core, for many calls"
        ),
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Play past calls on a version or on files that are not yet applied: which would have ended elsewhere.

    Each is played twice, on the version it was made with and on the other one, with telephones that do what they did then.
    """
    from centralita.pbx.simulator.replay import merged

    if version is None and not files:
        raise CommandError(
            "Name what the calls are to be played on", "With --version N or --file FILE", ExitCode.USAGE
        )
    settings = load_settings(data)
    now = datetime.now().astimezone()
    draft = looked_at(settings, tenant, version, files, merge=merge)
    begin, end = parse_instant(since, now), parse_instant(until, now) if until else None
    name, calls = _counted(settings, tenant or draft.tenant, begin, end)
    if jobs is None:
        jobs = min(os.cpu_count() or 1, 1 + calls // WORTH_A_PROCESS)
    size = -(-calls // jobs) or 1
    shares = [(start, size) for start in range(0, calls, size)]
    started = time.perf_counter()
    done = merged(
        _in_processes(lambda skip, take: _play(settings, name, draft, begin, end, skip, take), shares)
    )
    took = time.perf_counter() - started
    if as_json:
        output.print_json(_as_json(done, draft, took))
    else:
        _show(done, draft, took)


def _counted(settings: Settings, tenant: str, begin: float, end: float | None) -> tuple[str, int]:
    """The tenant, and how many calls it has on record in that time."""
    from centralita.cli.configuration import chosen, config_store
    from centralita.pbx.vocabulary import TenantId
    from centralita.store.records import Filters

    with config_store(settings) as store, open_records(settings) as records:
        name = chosen(store, tenant)
        return name, records.count(TenantId(name), Filters(since=begin, until=end))


def _play(
    settings: Settings, tenant: str, draft: Snapshot, begin: float, end: float | None, skip: int, take: int
) -> Replay:
    """One share of the calls. Each process opens the database for itself: a connection survives no fork."""
    from centralita.cli.configuration import config_store
    from centralita.pbx.simulator.replay import replay as play
    from centralita.pbx.vocabulary import TenantId

    with config_store(settings) as store, open_records(settings) as records:
        versions = _versions(store, tenant)
        # What is loaded by now stays: looking through it again and again would cost a quarter of the time.
        gc.freeze()
        return play(records.whole(TenantId(tenant), begin, end, skip=skip, take=take), versions, draft)


def _in_processes(work: Callable[[int, int], Replay], shares: Sequence[tuple[int, int]]) -> list[Replay]:
    """The work done for each share, the first one here and the others in processes of their own."""
    context = multiprocessing.get_context("fork")  # so that the draft needs not be read again
    others = []
    for share in shares[1:]:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_send, args=(theirs, work, share), daemon=True)
        process.start()
        theirs.close()
        others.append((process, ours))
    done = [work(*share) for share in shares[:1]]
    for process, pipe in others:
        try:
            answer = pipe.recv()
        except EOFError:
            answer = f"a process ended with {process.exitcode}"
        process.join()
        if isinstance(answer, str):
            raise CommandError(f"The calls could not be played: {answer}")
        done.append(answer)
    return done


def _send(pipe: Connection, work: Callable[[int, int], Replay], share: tuple[int, int]) -> None:
    """In a process of its own: send what came of a share, or in words why nothing did."""
    try:
        pipe.send(work(*share))
    except CommandError as error:
        pipe.send(str(error))


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
    what = f"version {draft.version}" if draft.version else "what is not yet published"
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
