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
from centralita.cli.changes import report_as_json, show_changes, show_report
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.options import DataFolder, load_settings, open_database
from centralita.cli.output import AsJson

if TYPE_CHECKING:
    from centralita.pbx.configuration.entries import Entry
    from centralita.pbx.configuration.kinds import AnyObject, Key
    from centralita.pbx.model.user import Personal
    from centralita.settings import Settings
    from centralita.store.configs import ApplyReport, ConfigStore

MAX_PROBLEMS_SHOWN = 50

OneTenant = Annotated[
    str,
    typer.Option(
        "--tenant", "-t", help="The tenant; not needed where there is only one.", show_default=False
    ),
]
Comment = Annotated[
    str, typer.Option("--comment", "-m", help="Why, for the list of versions.", show_default=False)
]
SkipTests = Annotated[
    bool,
    typer.Option(
        "--skip-tests",
        help="In need: publish though routing tests do not pass; the list of versions says so.",
    ),
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
    as_draft: Annotated[
        bool,
        typer.Option(
            "--draft",
            help="Put it into the draft, to be published later; as the tenant's setting `changes: draft` does.",
        ),
    ] = False,
    skip_tests: SkipTests = False,
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
            author=author or login(),
            comment=comment,
            dry_run=dry_run,
            replace_secrets=replace_secrets,
            as_draft=True if as_draft else None,
            skip_tests=skip_tests,
        )
    tell_switch(settings, report)
    if as_json:
        output.print_json(report_as_json(report))
        return
    show_report(report, dry_run)


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
    before: Annotated[str, typer.Argument(metavar="A", help="A version, or `draft`.")],
    after: Annotated[
        str,
        typer.Argument(
            metavar="[B]", help="Another version; the published one by default.", show_default=False
        ),
    ] = "",
    tenant: OneTenant = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """What changed from version A to version B, field by field. `diff draft`: what the draft would change."""
    from centralita.pbx.configuration.difference import difference

    if before == "draft" and not after:
        before, after = "", "draft"
    with config_store(load_settings(data)) as store:
        name = chosen(store, tenant)
        changes = difference(_objects(store, name, before), _objects(store, name, after))
    if as_json:
        output.print_json(changes)
        return
    if not changes:
        output.note(f"{_called(before)} and {_called(after)} are equal.".capitalize())
    show_changes(changes)


def _objects(store: ConfigStore, tenant: str, version: str) -> dict[Key, AnyObject]:
    """Of a version by its number, of the draft, or of the published version where nothing is named."""
    if version == "draft":
        return store.draft_objects(tenant)
    if version and not version.isdigit():
        raise CommandError(f"{version!r} is no version", "Write a number, or draft", ExitCode.USAGE)
    return store.objects(tenant, int(version) if version else None)


def _called(version: str) -> str:
    return f"version {version}" if version.isdigit() else f"the {version or 'published version'}"


def rollback(
    number: Annotated[int, typer.Argument(metavar="N", help="The version to go back to.")],
    tenant: OneTenant = "",
    comment: Comment = "",
    author: Author = "",
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Publish a new version that is equal to version N. Personal settings (do not disturb, forwarding…) stay.

    It is always possible: neither the checker nor routing tests are asked.
    """
    settings = load_settings(data)
    with config_store(settings) as store:
        report = store.rollback(chosen(store, tenant), number, author=author or login(), comment=comment)
    tell_switch(settings, report)
    if as_json:
        output.print_json(report_as_json(report))
        return
    show_report(report, dry_run=False)


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
            _reached(snapshot.personal[user.id]),
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
    from centralita.store.configs import ConfigStore, NoDraft, TenantUnknown, VersionUnknown
    from centralita.store.secrets import SecretBox, SecretsUnavailable, load_key

    try:
        with refusals(), open_database(settings) as database:
            yield ConfigStore(database, SecretBox(load_key(settings.secret_key_file)))
    except TenantUnknown as error:
        raise CommandError(
            f"There is no tenant {error}", "See `centralita users`", ExitCode.NOT_FOUND
        ) from None
    except NoDraft as error:
        raise CommandError(
            f"There is no draft of tenant {error}", "`centralita apply --draft` makes one", ExitCode.NOT_FOUND
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


def login() -> str:
    """Who gives the command, for the list of versions."""
    with suppress(OSError, KeyError):
        return os.environ.get("SUDO_USER") or getpass.getuser()
    return f"uid {os.getuid()}"


def tell_switch(settings: Settings, report: ApplyReport) -> None:
    """A running switch takes the version now; one that is busy, or that starts later, finds it by itself.

    Texts of the tenant's prompts are spoken before, so that no call finds a prompt without its sound.
    """
    from centralita.control import ControlClient, RequestRefused, SwitchUnavailable

    if any(change.kind == "prompt" for change in report.changes) and report.published:
        _speak_prompts(settings, report)
    if report.published:
        with suppress(SwitchUnavailable, RequestRefused):
            ControlClient(settings.switch_socket).reload(report.tenant)


def _speak_prompts(settings: Settings, report: ApplyReport) -> None:
    from centralita.jobs.own_prompts import OwnPrompts
    from centralita.jobs.synthesiser import SpeechUnavailable
    from centralita.pbx.model.prompt import Prompt
    from centralita.store.sounds import OwnSounds

    with config_store(settings) as store:
        prompts = [item for item in store.objects(report.tenant).values() if isinstance(item, Prompt)]
    try:
        OwnPrompts(OwnSounds(settings.prompts_folder)).make(report.tenant, prompts)
    except SpeechUnavailable as error:
        output.note(f"The prompts are published and mute for now: {error}")


def _reached(personal: Personal) -> str:
    """What is set that a caller would notice, in a few words."""
    said = ["do not disturb"] if personal.do_not_disturb else []
    forwards = {
        name: getattr(personal, f"forward_{name}") for name in ("always", "busy", "no_answer", "unreachable")
    }
    said += [f"{name.replace('_', ' ')} → {target}" for name, target in forwards.items() if target]
    if personal.follow_me.on:
        said.append("along: " + " ".join(each.target for each in personal.follow_me.targets))
    if personal.hours.on:
        said.append(f"hours: {personal.hours.schedule or 'own'} → {personal.hours.outside or 'voicemail'}")
    if blocked := len(personal.block.numbers) + personal.block.anonymous:
        said.append(f"blocks {blocked}")
    return ", ".join(said)
