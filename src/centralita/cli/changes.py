"""How commands show what changed in a configuration, and what the checker says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from centralita.cli import output

if TYPE_CHECKING:
    from centralita.pbx.checker import Finding
    from centralita.pbx.configuration.difference import Change
    from centralita.store.config_reports import ApplyReport

MAX_CHANGES_SHOWN = 100
MAX_FINDINGS_SHOWN = 20


def report_as_json(report: ApplyReport) -> dict[str, object]:
    """What a change led to, new passwords included."""
    return {
        "tenant": report.tenant,
        "version": report.version,
        "published": report.published,
        "drafted": report.drafted,
        "findings": [finding_as_json(one) for one in report.findings],
        "changes": report.changes,
        "extensions": dict(report.extensions),
        "new_credentials": [
            {
                "device": one.device,
                "user": one.user,
                "extension": one.extension,
                "username": one.username,
                "password": one.password.get_secret_value(),
            }
            for one in report.new_credentials
        ],
    }


def finding_as_json(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "kind": finding.kind,
        "id": finding.id,
        "field": finding.field,
        "message": finding.message,
        "mend": finding.mend,
    }


def show_findings(findings: Sequence[Finding], *, all_of_them: bool = False) -> None:
    """Errors and warnings; hints only with all of them."""
    from centralita.pbx.checker import Severity

    told = [one for one in findings if all_of_them or one.severity is not Severity.HINT]
    shown = told if all_of_them else told[:MAX_FINDINGS_SHOWN]
    for finding in shown:
        output.print_line(f"{finding.severity.value}: {output.printable(str(finding))}")
    if len(told) > len(shown):
        output.print_line(f"… and {len(told) - len(shown)} more; `centralita check` shows all")


def show_report(report: ApplyReport, dry_run: bool) -> None:
    """What changed, what came of it, and new passwords."""
    show_changes(report.changes)
    for user, extension in sorted(report.extensions.items()):
        output.print_line(f"{user} {'would get' if dry_run else 'got'} the extension {extension}")
    show_findings(report.findings)
    if report.drafted and not dry_run:
        output.print_line(
            f"{report.tenant}: this is the draft now; `centralita publish` puts it in force", bold=True
        )
    elif report.published:
        output.print_line(f"{report.tenant}: version {report.version} is published", bold=True)
    elif report.changes:
        output.print_line(f"{report.tenant}: nothing was changed; this was only a trial", bold=True)
    else:
        in_force = f"version {report.version} stays" if report.version else "there is no version yet"
        output.print_line(f"{report.tenant}: nothing to change, {in_force}", bold=True)
    if report.new_credentials:
        output.print_line()
        output.note("New passwords, shown only this once:")
        output.print_table(
            ["extension", "user", "device", "username", "password"],
            [
                (one.extension, one.user, one.device, one.username, one.password.get_secret_value())
                for one in report.new_credentials
            ],
            empty="",
        )


def show_changes(changes: Sequence[Change]) -> None:
    """Object by object, of a changed one field by field."""
    signs = {"added": "+", "changed": "~", "removed": "-"}
    for change in changes[:MAX_CHANGES_SHOWN]:
        output.print_line(f"{signs[change.action.value]} {change.kind} {change.id}")
        if change.action.value == "changed":
            for one in change.fields:
                before, after = _value(one.before), _value(one.after)
                output.print_line(f"    {one.field}: {output.printable(before)} → {output.printable(after)}")
    if len(changes) > MAX_CHANGES_SHOWN:
        output.print_line(f"… and {len(changes) - MAX_CHANGES_SHOWN} more; --json shows all")


def _value(value: object) -> str:
    match value:
        case None | "":
            return "nothing"
        case True:
            return "yes"
        case False:
            return "no"
        case list():
            return ", ".join(_value(item) for item in value) or "nothing"
        case dict():
            return "(" + ", ".join(f"{name} {_value(each)}" for name, each in value.items() if each) + ")"
        case _:
            return str(value)
