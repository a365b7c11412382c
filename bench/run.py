"""`make bench`: what calls, audio and registrations cost, beside the peers that are found on this machine, in one run.

Everything is on the loopback, bounded in time, and ended by process id. The figures go to the terminal as a table and to a
file as JSON. What is not measured says why.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import structlog

import measure
import paths  # noqa: F401  (before what needs tests/support)
import plan
import report
from plan import Plan
from support import sipp
from systems.asterisk import Asterisk
from systems.base import Site, System
from systems.centralita import Centralita
from systems.kamailio import Kamailio
from systems.rtpengine import Rtpengine

HERE = Path(__file__).resolve().parent
SYSTEMS: dict[str, type[System]] = {each.name: each for each in (Centralita, Asterisk, Kamailio, Rtpengine)}
IDLE_ENOUGH = 0.9


def main() -> int:
    options = _options()
    # What runs in this process says nothing but trouble.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if reason := sipp.missing():
        print(f"Nothing can be measured: {reason}", file=sys.stderr)
        return 1
    notes = []
    idle = measure.idle_share(2.0)
    if idle < IDLE_ENOUGH:
        notes.append(f"the machine was busy with other work before the run: {idle:.0%} idle")
        print(f"Note: {notes[-1]}", file=sys.stderr)
    rows = plan.rows(options.only, options.plan)
    work = Path(tempfile.mkdtemp(prefix="centralita-bench-"))
    for name in options.systems:
        _measure(SYSTEMS[name], rows, options.plan, work / name)
    if "relay" in options.only:
        plan.measure_loopback(rows, options.plan)
    machine = measure.machine()
    table = report.table(rows, options.systems)
    print("\n" + ", ".join(f"{key} {value}" for key, value in machine.items()))
    print(table)
    report.write(options.json, machine, rows, notes)
    print(f"\nEverything that was measured: {options.json}. Logs: {work}")
    over = [row.title for row in rows if row.within_budget is False]
    if over:
        print(f"Over budget: {'; '.join(over)}")
    return 1 if over and options.strict else 0


def _measure(kind: type[System], rows: list[report.Row], what: Plan, work: Path) -> None:
    if reason := kind.missing():
        plan.absent(rows, kind.name, reason)
        return

    def fresh(part: str) -> System:
        return kind(_site(what.devices), work / part)

    print(f"{kind.name}:", file=sys.stderr)
    for measurement in plan.MEASUREMENTS:
        wanted = [row for row in rows if row.group == measurement.group]
        if not wanted or kind.name not in measurement.systems:
            continue
        print(f"  {measurement.group} …", file=sys.stderr, flush=True)
        _one(kind.name, measurement.run, wanted, what, fresh)


def _one(
    name: str,
    run: Callable[[Callable[[str], System], list[report.Row], Plan], None],
    wanted: list[report.Row],
    what: Plan,
    fresh: Callable[[str], System],
) -> None:
    try:
        run(fresh, wanted, what)
    except (RuntimeError, AssertionError, OSError) as error:
        # One system that cannot do one thing must not cost the rest of the run: its row says so.
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        print(f"  {name}: {error}", file=sys.stderr)
        for row in wanted:
            if name not in row.values:
                row.absent[name] = f"{row.group} failed: {first}"


def _site(devices: int) -> Site:
    return Site(
        sip="127.0.0.1:5560",
        trunk="127.0.0.2",
        phones="127.0.0.3",
        audio=(20_000, 29_999),
        http_port=18_080,
        devices=devices,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="seconds instead of minutes: to try, not to publish"
    )
    parser.add_argument("--only", default="", help=f"of {', '.join(plan.GROUPS)}, separated by commas")
    parser.add_argument("--systems", default="", help=f"of {', '.join(SYSTEMS)}, separated by commas")
    parser.add_argument(
        "--json", type=Path, default=HERE / "results/latest.json", help="where the figures go"
    )
    parser.add_argument("--strict", action="store_true", help="exit code 1 where a budget is passed")
    options = parser.parse_args()
    options.only = [part for part in options.only.split(",") if part] or list(plan.GROUPS)
    options.systems = [part for part in options.systems.split(",") if part] or list(SYSTEMS)
    for given, known in ((options.only, plan.GROUPS), (options.systems, SYSTEMS)):
        for part in given:
            if part not in known:
                parser.error(f"{part} is none of {', '.join(known)}")
    options.plan = plan.QUICK if options.quick else plan.FULL
    return options


if __name__ == "__main__":
    sys.exit(main())
