"""Changes that wait: ``draft`` shows what is drafted and what would come of it, ``publish`` puts it in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli import output
from centralita.cli.changes import (
    finding_as_json,
    report_as_json,
    show_changes,
    show_findings,
    show_report,
)
from centralita.cli.configuration import (
    Author,
    Comment,
    OneTenant,
    SkipTests,
    chosen,
    config_store,
    login,
    tell_switch,
)
from centralita.cli.errors import ExitCode
from centralita.cli.options import DataFolder, load_settings
from centralita.cli.output import AsJson

if TYPE_CHECKING:
    from centralita.store.config_reports import DraftState
    from centralita.store.configs import ConfigStore


def register(app: typer.Typer) -> None:
    drafts = typer.Typer(invoke_without_command=True)
    drafts.callback()(draft)
    drafts.command()(discard)
    app.add_typer(drafts, name="draft")
    app.command()(publish)


def draft(
    context: typer.Context, tenant: OneTenant = "", as_json: AsJson = False, data: DataFolder = None
) -> None:
    """The draft of a tenant: whose it is, what it changes, and whether it could be published. Exit code 1 when it could not."""
    if context.invoked_subcommand is not None:
        return
    with config_store(load_settings(data)) as store:
        state = store.draft(_meant(store, tenant))
    if as_json:
        output.print_json(_as_json(state))
    else:
        _show(state)
    if state.refusals:
        raise typer.Exit(ExitCode.FAILED)


def discard(tenant: OneTenant = "", as_json: AsJson = False, data: DataFolder = None) -> None:
    """Throw the draft away; what is published stays."""
    with config_store(load_settings(data)) as store:
        name = _meant(store, tenant)
        store.discard_draft(name)
    if as_json:
        output.print_json({"tenant": name, "discarded": True})
    else:
        output.print_line(f"{name}: the draft is gone")


def publish(
    rebase: Annotated[
        bool,
        typer.Option(
            "--rebase", help="Put the draft on top of a version that was published since it was begun."
        ),
    ] = False,
    skip_tests: SkipTests = False,
    tenant: OneTenant = "",
    comment: Comment = "",
    author: Author = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Put the draft in force. Refused where the checker finds errors or a routing test does not pass."""
    settings = load_settings(data)
    with config_store(settings) as store:
        report = store.publish_draft(
            _meant(store, tenant),
            author=author or login(),
            comment=comment,
            rebase=rebase,
            skip_tests=skip_tests,
        )
    tell_switch(settings, report)
    if as_json:
        output.print_json(report_as_json(report))
        return
    show_report(report, dry_run=False)


def _meant(store: ConfigStore, tenant: str) -> str:
    """The tenant named; else the only one with a draft, or the only one that there is."""
    drafts = store.drafts()
    return drafts[0] if not tenant and len(drafts) == 1 else chosen(store, tenant)


def _as_json(state: DraftState) -> dict[str, object]:
    return {
        "tenant": state.tenant,
        "base": state.base,
        "current": state.current,
        "at": state.at,
        "author": state.author,
        "comment": state.comment,
        "changes": state.changes,
        "findings": [finding_as_json(one) for one in state.findings],
        "refusals": [str(one) for one in state.refusals],
    }


def _show(state: DraftState) -> None:
    on = f"version {state.base}" if state.base else "nothing"
    comment = f": {output.printable(state.comment)}" if state.comment else ""
    output.print_line(
        f"{state.tenant}: a draft by {output.printable(state.author)} of {output.clock_time(state.at)}, on {on}{comment}",
        bold=True,
    )
    show_changes(state.changes)
    output.print_line()
    show_findings(state.findings)
    for problem in state.refusals:
        text = output.printable(str(problem))
        if not any(one.severity.value == "error" and one.id == problem.id for one in state.findings):
            output.print_line(f"error: {text}")
    if state.base != state.current:
        output.warn(
            f"Version {state.current} was published since: `centralita publish --rebase` puts the draft on top of it."
        )
    if state.refusals:
        output.warn("It cannot be published as it is.")
