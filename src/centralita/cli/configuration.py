"""The configuration from the command line: ``apply``, ``export``, ``versions``, ``diff``, ``rollback`` and ``users``.

They work on the database, whether the switch runs or not; a running switch is told and takes the new version at once.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli import output
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.options import DataFolder, load_settings, open_database
from centralita.cli.output import AsJson

if TYPE_CHECKING:
    from centralita.pbx.configuration.difference import Change
    from centralita.pbx.configuration.entries import Entry
    from centralita.settings import Settings
    from centralita.store.configs import ApplyReport, ConfigStore

MAX_PROBLEMS_SHOWN = 50
MAX_CHANGES_SHOWN = 100

OneTenant = Annotated[
    str,
    typer.Option(
        "--tenant", "-t", help="The tenant; not needed where there is only one.", show_default=False
    ),
]
Comment = Annotated[
    str, typer.Option("--comment", "-m", help="Why, for the list of versions.", show_default=False)
]
Author = Annotated[
    str, typer.Option("--author", help="Who, for the list of versions; you, by default.", show_default=False)
]


def register(app: typer.Typer) -> None:
    for command in (apply, export, versions, diff, rollback, users):
        app.command()(command)


# --- commands -----------------------------------------------------------------------------------------------------


def apply(
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="More files.", show_default=False)
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--file", "-f", help="A YAML file, a folder of them, or - for stdin.", show_default=False
        ),
    ] = None,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="Only add and change; do not remove what the files do not mention."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    replace_secrets: Annotated[
        bool,
        typer.Option(
            "--replace-secrets", help="After secret.key was lost: new passwords in place of the lost ones."
        ),
    ] = False,
    tenant: OneTenant = "",
    comment: Comment = "",
    author: Author = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Make files the configuration of a tenant, all of it: what they do not mention is removed. Again changes nothing.

    New device passwords are shown once, here.
    """
    given = [*(files or []), *(more or [])]
    if not given:
        raise CommandError("There is no file to apply", "Name one with -f", ExitCode.USAGE)
    settings = load_settings(data)
    with config_store(settings) as store:
        report = store.apply(
            read_files(given),
            tenant=tenant,
            merge=merge,
            author=author or _login(),
            comment=comment,
            dry_run=dry_run,
            replace_secrets=replace_secrets,
        )
    _tell_switch(settings, report)
    if as_json:
        output.print_json(_report(report))
        return
    _show_report(report, dry_run)


def export(
    tenant: OneTenant = "",
    version: Annotated[
        int | None, typer.Option("--version", help="An older version.", show_default=False)
    ] = None,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="With passwords and PINs in clear: keep the result safe.")
    ] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Print the configuration of a tenant as YAML, for `apply`. Passwords are left out; applying it again keeps them."""
    from centralita.store import documents

    with config_store(load_settings(data)) as store:
        name = chosen(store, tenant)
        number = store.snapshot(name).version if version is None else version
        objects = store.objects(name, number).values()
    if as_json:
        output.print_json(documents.plain(objects, with_secrets=with_secrets))
        return
    heading = [f"Configuration of tenant {name}, version {number}."]
    if not with_secrets:
        heading.append("Passwords and PINs are left out: they stay as they are where this is applied again.")
    sys.stdout.write(documents.dump(objects, with_secrets=with_secrets, heading=heading))


def versions(tenant: OneTenant = "", as_json: AsJson = False, data: DataFolder = None) -> None:
    """The versions of a tenant's configuration, newest first."""
    with config_store(load_settings(data)) as store:
        found = store.versions(chosen(store, tenant))
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ["version", "published", "author", "added", "changed", "removed", "comment"],
        [
            (
                one.number,
                output.clock_time(one.at),
                one.author,
                one.added,
                one.changed,
                one.removed,
                one.comment,
            )
            for one in found
        ],
        empty="There is no version.",
    )


def diff(
    before: Annotated[int, typer.Argument(metavar="A", help="A version.")],
    after: Annotated[int, typer.Argument(metavar="B", help="Another version.")],
    tenant: OneTenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """What changed from version A to version B, field by field."""
    with config_store(load_settings(data)) as store:
        changes = store.diff(chosen(store, tenant), before, after)
    if as_json:
        output.print_json(changes)
        return
    if not changes:
        output.note(f"Versions {before} and {after} are equal.")
    _show_changes(changes)


def rollback(
    number: Annotated[int, typer.Argument(metavar="N", help="The version to go back to.")],
    tenant: OneTenant = "",
    comment: Comment = "",
    author: Author = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Publish a new version that is equal to version N. Personal settings (do not disturb, forwarding…) stay."""
    settings = load_settings(data)
    with config_store(settings) as store:
        report = store.rollback(chosen(store, tenant), number, author=author or _login(), comment=comment)
    _tell_switch(settings, report)
    if as_json:
        output.print_json(_report(report))
        return
    _show_report(report, dry_run=False)


def users(tenant: OneTenant = "", as_json: AsJson = False, data: DataFolder = None) -> None:
    """Who has which extension and which devices, and how they want to be reached. Of every tenant, unless one is named."""
    with config_store(load_settings(data)) as store:
        snapshots = [store.snapshot(chosen(store, tenant))] if tenant else store.snapshots()
    found = [
        {
            "tenant": snapshot.tenant,
            "id": user.id,
            "name": user.name,
            "extension": user.extension,
            "mail": user.mail,
            "site": user.site,
            "language": snapshot.language_of(user),
            "number": user.number or snapshot.site_of(user).number,
            "devices": [
                {"id": device.id, "username": device.username} for device in snapshot.devices_of[user.id]
            ],
            "personal": snapshot.personal[user.id].model_dump(mode="json", exclude={"voicemail": {"pin"}}),
        }
        for snapshot in snapshots
        for user in sorted(
            snapshot.users.values(), key=lambda user: (len(user.extension or ""), user.extension or "")
        )
    ]
    if as_json:
        output.print_json(found)
        return
    shown = [
        (
            snapshot.tenant,
            user.extension,
            user.id,
            user.name,
            user.site,
            " ".join(device.username or "" for device in snapshot.devices_of[user.id]),
            _reached(snapshot.personal[user.id].model_dump()),
        )
        for snapshot in snapshots
        for user in sorted(
            snapshot.users.values(), key=lambda user: (len(user.extension or ""), user.extension or "")
        )
    ]
    output.print_table(
        ["tenant", "extension", "user", "name", "site", "devices", "settings"],
        shown,
        empty="There is no user.",
    )


# --- opening, and what can be wrong ----------------------------------------------------------------------------------


@contextmanager
def refusals() -> Iterator[None]:
    """Within, a configuration that is refused becomes a CommandError with a line for each problem."""
    from centralita.pbx.configuration.problems import ConfigurationRefused

    try:
        yield
    except ConfigurationRefused as error:
        raise CommandError("\n".join(_problem_lines([str(one) for one in error.problems]))) from None


@contextmanager
def config_store(settings: Settings) -> Iterator[ConfigStore]:
    """The configurations of this installation. Within, what the store refuses becomes a CommandError."""
    from centralita.store.configs import ConfigStore, TenantUnknown, VersionUnknown
    from centralita.store.secrets import SecretBox, SecretsUnavailable, load_key

    try:
        with refusals(), open_database(settings) as database:
            yield ConfigStore(database, SecretBox(load_key(settings.secret_key_file)))
    except TenantUnknown as error:
        raise CommandError(
            f"There is no tenant {error}", "See `centralita users`", ExitCode.NOT_FOUND
        ) from None
    except VersionUnknown as error:
        raise CommandError(f"{error}".capitalize(), "See `centralita versions`", ExitCode.NOT_FOUND) from None
    except SecretsUnavailable as error:
        raise CommandError(error.message, error.mend) from None


def _problem_lines(problems: Sequence[str]) -> list[str]:
    shown = list(problems[:MAX_PROBLEMS_SHOWN])
    if len(problems) > len(shown):
        shown.append(f"… and {len(problems) - len(shown)} more")
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return [*shown, f"{count}: nothing was changed"]


def read_files(paths: Iterable[Path]) -> list[Entry]:
    """The objects in files and folders, ``-`` for stdin. Raises CommandError, ConfigurationRefused."""
    from centralita.store import documents

    texts: list[tuple[str, bytes]] = []
    for path in paths:
        if str(path) == "-":
            texts.append(("stdin", sys.stdin.buffer.read(documents.MAX_BYTES + 1)))
        else:
            try:
                found = documents.read(path)
            except FileNotFoundError:
                raise CommandError(
                    f"{path}: there is no such file or folder", exit_code=ExitCode.NOT_FOUND
                ) from None
            if not found:
                raise CommandError(
                    f"{path} holds no YAML file", "Name a file that ends in .yaml", ExitCode.NOT_FOUND
                )
            texts += found
    return documents.parse(texts)


def chosen(store: ConfigStore, tenant: str) -> str:
    """The tenant that is meant: the one named, or the only one. Raises CommandError."""
    if tenant:
        return tenant
    known = store.tenants()
    if len(known) == 1:
        return known[0]
    if not known:
        raise CommandError(
            "There is no tenant yet", "Bring one with `centralita apply -f FILE`", ExitCode.NOT_FOUND
        )
    names = ", ".join(known[:20])
    raise CommandError(f"There are several tenants: {names}", "Name one with --tenant", ExitCode.USAGE)


def _login() -> str:
    with suppress(OSError, KeyError):
        return os.environ.get("SUDO_USER") or getpass.getuser()
    return f"uid {os.getuid()}"


def _tell_switch(settings: Settings, report: ApplyReport) -> None:
    """A running switch takes the version now; one that is busy, or that starts later, finds it by itself."""
    from centralita.control import ControlClient, RequestRefused, SwitchUnavailable

    if report.published:
        with suppress(SwitchUnavailable, RequestRefused):
            ControlClient(settings.switch_socket).reload(report.tenant)


# --- showing ------------------------------------------------------------------------------------------------------


def _report(report: ApplyReport) -> dict[str, object]:
    return {
        "tenant": report.tenant,
        "version": report.version,
        "published": report.published,
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


def _show_report(report: ApplyReport, dry_run: bool) -> None:
    _show_changes(report.changes)
    for user, extension in sorted(report.extensions.items()):
        output.print_line(f"{user} {'would get' if dry_run else 'got'} the extension {extension}")
    if report.published:
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


def _show_changes(changes: Sequence[Change]) -> None:
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
            return ", ".join(str(item) for item in value) or "nothing"
        case _:
            return str(value)


def _reached(personal: dict[str, object]) -> str:
    """What is set that a caller would notice, in a few words."""
    forwards = [
        f"{name.replace('_', ' ')} → {personal[f'forward_{name}']}"
        for name in ("always", "busy", "no_answer", "unreachable")
        if personal[f"forward_{name}"]
    ]
    return ", ".join([*(["do not disturb"] if personal["do_not_disturb"] else []), *forwards])
