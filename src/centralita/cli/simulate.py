"""``simulate`` and ``test``: where a call would go and why, on any version or on files that are not yet applied."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli import output
from centralita.cli.configuration import OneTenant
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.options import DataFolder, load_settings
from centralita.cli.output import AsJson
from centralita.cli.versions import Files, Merge, VersionNumber, looked_at

if TYPE_CHECKING:
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.simulator import Behaviour, Scenario
    from centralita.pbx.simulator.cases import TestResult


def register(app: typer.Typer) -> None:
    app.command()(simulate)
    app.command("test")(run_saved_tests)


def simulate(
    to: Annotated[
        str,
        typer.Option(
            "--to", help="What is dialled: a number, an extension, a star code.", show_default=False
        ),
    ],
    caller: Annotated[
        str,
        typer.Option(
            "--from",
            help="Who calls: a number, a user's extension or user:ID for a call from inside, or anonymous.",
            show_default=False,
        ),
    ] = "anonymous",
    at: Annotated[
        str,
        typer.Option(
            help="When, in the time of the tenant's first site: '2026-11-28 20:00'.", show_default="now"
        ),
    ] = "",
    press: Annotated[
        str,
        typer.Option(
            help="What the caller presses at each question in turn: 1,2 or 1,,2 for nothing at the second.",
            show_default=False,
        ),
    ] = "",
    answer: Annotated[
        list[str] | None,
        typer.Option(
            help="How users' telephones behave: ana=busy,luis=10 (answers after 10 s); no-answer, rejected, unreachable, "
            "do-not-disturb, offline. Others answer after 5 s.",
            show_default=False,
        ),
    ] = None,
    outside: Annotated[
        list[str] | None,
        typer.Option(
            help="The same of numbers outside and of trunks: +34600000000=busy, trunk:provider=down, full, or a SIP status.",
            show_default=False,
        ),
    ] = None,
    agents: Annotated[
        str | None,
        typer.Option(
            help="Who is logged in to the queues: ana,luis; empty: nobody, but those who always are.",
            show_default="everybody",
        ),
    ] = None,
    waiting: Annotated[
        list[str] | None,
        typer.Option(help="Callers who wait before this one: support=3.", show_default=False),
    ] = None,
    override: Annotated[
        list[str] | None, typer.Option(help="An override that is on.", show_default=False)
    ] = None,
    lookup: Annotated[
        list[str] | None,
        typer.Option(help="What is found at a web address: https://crm.example/=vip.", show_default=False),
    ] = None,
    patience: Annotated[
        float | None,
        typer.Option(
            min=0.0, help="Seconds after which the caller hangs up, if nobody answers.", show_default=False
        ),
    ] = None,
    ip_country: Annotated[
        str,
        typer.Option("--ip-country", help="Of a caller over the internet: ES, FR, …", show_default=False),
    ] = "",
    trunk: Annotated[
        str, typer.Option(help="The trunk by which the call comes in.", show_default=False)
    ] = "",
    version: VersionNumber = None,
    files: Files = None,
    merge: Merge = False,
    tenant: OneTenant = "",
    as_json: AsJson = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Print the way as a Mermaid flowchart.")] = False,
    data: DataFolder = None,
) -> None:
    """Try a call without making it: each rule that matched, each that did not and why, until the call rests."""
    from centralita.pbx.model.base import without_separators
    from centralita.pbx.simulator import Scenario, render_mermaid, render_text
    from centralita.pbx.simulator import simulate as play
    from centralita.pbx.simulator.scenario import pairs
    from centralita.pbx.vocabulary import Direction

    snapshot = looked_at(load_settings(data), tenant, version, files, merge=merge)
    try:
        scenario = Scenario(
            snapshot,
            caller if ":" in caller else str(without_separators(caller)),
            str(without_separators(to)),
            _instant(at, snapshot),
            press=tuple(part.strip() for part in press.split(",")) if press else (),
            answer=_behaviours(answer, outside=False),
            outside=_behaviours(outside, outside=True),
            agents=None
            if agents is None
            else tuple(name.strip() for name in agents.split(",") if name.strip()),
            waiting={name: _count(text) for name, text in pairs(waiting or [], "like support=3")},
            overrides=tuple(override or ()),
            lookups=dict(pairs(lookup or [], "like https://crm.example/=vip")),
            patience=patience,
            trunk=trunk,
            ip_country=ip_country.upper(),
        )
        check_forms(scenario)
        check_names(scenario)
        result = play(scenario)
    except ValueError as error:
        text = str(error)
        raise CommandError(text[:1].upper() + text[1:], exit_code=ExitCode.USAGE) from None
    if as_json:
        output.print_json(result)
    elif mermaid:
        typer.echo(render_mermaid(result, snapshot), nl=False)
    else:
        typer.echo(render_text(result), nl=False)
        if scenario.dialled in snapshot.by_extension and result.direction is Direction.INBOUND:
            output.note(f"{scenario.dialled} is dialled from inside: say who calls with --from user:ID.")


def _instant(text: str, snapshot: Snapshot) -> datetime:
    from zoneinfo import ZoneInfo

    from centralita.cli.instants import parse_instant

    zone = ZoneInfo(snapshot.first_site.time_zone)
    now = datetime.now(zone)
    return datetime.fromtimestamp(parse_instant(text or "now", now), zone)


def _behaviours(texts: list[str] | None, *, outside: bool) -> dict[str, Behaviour]:
    from centralita.pbx.simulator.scenario import pairs, parse_behaviour

    example = "like +34600000000=busy" if outside else "like ana=busy"
    return {name: parse_behaviour(text, outside=outside) for name, text in pairs(texts or [], example)}


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text!r} must be how many, like support=3")
    return int(text)


def check_forms(scenario: Scenario) -> None:
    """What cannot be a number or a key must not look like one that leads nowhere. Raises ValueError."""
    from centralita.pbx.model import routing_test as model
    from centralita.pbx.model.base import COUNTRY

    if scenario.caller and not re.fullmatch(model.CALLER, scenario.caller):
        raise ValueError(f"{scenario.caller!r} is no caller: a number, an extension, user:ID or anonymous")
    if not re.fullmatch(model.DIALLED, scenario.dialled):
        raise ValueError(f"{scenario.dialled!r} cannot be dialled")
    for keys in scenario.press:
        if not re.fullmatch(model.KEYS, keys):
            raise ValueError(f"{keys!r} cannot be pressed: 0 to 9, * and #")
    for name in scenario.outside:
        if not re.fullmatch(model.OUTSIDE_PARTY, name):
            raise ValueError(f"{name!r} is no number outside, and no trunk:ID")
    if scenario.ip_country and not re.fullmatch(COUNTRY, scenario.ip_country):
        raise ValueError(f"{scenario.ip_country!r} is no country of two letters, like ES")


def check_names(scenario: Scenario) -> None:
    """A misspelt name must not look like a result. Raises ValueError."""
    snapshot = scenario.snapshot
    trunks = [name.removeprefix("trunk:") for name in scenario.outside if name.startswith("trunk:")]
    if scenario.trunk:
        trunks.append(scenario.trunk)
    for kind, named, known in (
        ("user", [*scenario.answer, *(scenario.agents or ())], snapshot.users),
        ("override", scenario.overrides, snapshot.overrides),
        ("queue", scenario.waiting, snapshot.queues),
        ("trunk", trunks, snapshot.trunks),
    ):
        for name in named:
            if name not in known:
                raise ValueError(f"there is no {kind} {name}")


def run_saved_tests(
    version: VersionNumber = None,
    files: Files = None,
    merge: Merge = False,
    tenant: OneTenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Run the routing tests that are kept with the configuration; exit code 1 when one fails."""
    from centralita.pbx.simulator.cases import run_tests

    snapshot = looked_at(load_settings(data), tenant, version, files, merge=merge)
    results = run_tests(snapshot)
    if as_json:
        output.print_json(results)
    else:
        _show_results(results)
    if not all(result.passed for result in results):
        raise typer.Exit(ExitCode.FAILED)


def _show_results(results: list[TestResult]) -> None:
    from centralita.pbx.simulator import render_text

    for result in results:
        sign = "✓" if result.passed else "✗"
        name = f" {result.test.name}" if result.test.name else ""
        output.print_line(f"{sign} {result.test.id}{name}: {result.got}")
        if not result.passed:
            for line in result.difference:
                output.print_line(f"    {line}")
            if result.simulation is not None:
                for line in render_text(result.simulation).splitlines():
                    output.print_line(f"    {line}")
    failed = sum(not result.passed for result in results)
    if not results:
        output.note("There is no routing test; write one as `kind: test`.")
    elif failed:
        output.print_line(f"{failed} of {len(results)} tests fail", bold=True)
    else:
        output.print_line(f"All {len(results)} tests pass", bold=True)
