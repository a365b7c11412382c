"""Which configuration a command looks at: the published one, an older version, the draft, or files that are not yet applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from centralita.pbx.configuration.kinds import AnyObject, Key
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.user import Personal
    from centralita.settings import Settings
    from centralita.store.configs import ConfigStore

VersionNumber = Annotated[
    str | None,
    typer.Option(
        "--version",
        metavar="N",
        help="A version, or `draft`, in place of the published one.",
        show_default=False,
    ),
]
Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--file",
        "-f",
        help="YAML files or folders, as if they had been applied. Needs no installation.",
        show_default=False,
    ),
]
Merge = Annotated[
    bool, typer.Option("--merge", help="The files only add and change, as with `apply --merge`.")
]


def looked_at(
    settings: Settings, tenant: str, version: str | None, files: Sequence[Path] | None, *, merge: bool = False
) -> Snapshot:
    """The snapshot that a command is about. Raises CommandError."""
    from centralita.cli.configuration import chosen, config_store

    if files:
        if version is not None:
            raise CommandError("Name either --version or --file", exit_code=ExitCode.USAGE)
        return _of_files(settings, tenant, files, merge)
    with config_store(settings) as store:
        if version == "draft":
            drafts = store.drafts()
            only = drafts[0] if not tenant and len(drafts) == 1 else ""
            return store.draft_snapshot(only or chosen(store, tenant))
        if version is not None and not version.isdigit():
            raise CommandError(f"{version!r} is no version", "Write a number, or draft", ExitCode.USAGE)
        return store.snapshot(chosen(store, tenant), None if version is None else int(version))


def _of_files(settings: Settings, tenant: str, files: Sequence[Path], merge: bool) -> Snapshot:
    from centralita.cli.configuration import config_store, read_files, refusals
    from centralita.pbx.configuration.draft import tenant_of

    with refusals():
        entries = read_files(files)
        name = tenant_of(entries) or tenant
        if tenant and name != tenant:
            raise CommandError(f"The files are of tenant {name}, not of {tenant}", exit_code=ExitCode.USAGE)
        if not _installed(settings):
            return drafted(entries, name or "files", {}, None, merge=merge)
        with config_store(settings) as store:
            return store.drafted_snapshot(entries, name or _only(store), merge=merge)


def _installed(settings: Settings) -> bool:
    return settings.database_url is not None or (settings.data / "centralita.db").exists()


def _only(store: ConfigStore) -> str:
    known = store.tenants()
    if len(known) == 1:
        return known[0]
    return "files" if not known else _which(known)


def _which(known: Sequence[str]) -> str:
    names = ", ".join(known[:20])
    raise CommandError(f"There are several tenants: {names}", "Name one with --tenant", ExitCode.USAGE)


def drafted(
    entries: Iterable[object],
    tenant: str,
    before: Mapping[Key, AnyObject],
    published: Snapshot | None,
    *,
    merge: bool,
) -> Snapshot:
    """The configuration that files would make, as version 0. Raises ConfigurationRefused with every problem."""
    from centralita.pbx.configuration.draft import draft
    from centralita.pbx.configuration.entries import Entry
    from centralita.pbx.configuration.problems import ConfigurationRefused
    from centralita.pbx.configuration.validation import validate

    given = [entry for entry in entries if isinstance(entry, Entry)]
    made = draft(given, before, tenant, merge=merge, make_password=lambda: "not-yet-applied")
    problems = [
        *made.problems,
        *validate(made.objects.values(), tenant, where=made.where, unreadable=made.unreadable),
    ]
    if problems:
        raise ConfigurationRefused(problems)
    return make_snapshot(tenant, 0, made.objects, published)


def make_snapshot(
    tenant: str, version: int, objects: Mapping[Key, AnyObject], published: Snapshot | None
) -> Snapshot:
    """Objects as a snapshot; what users have set for themselves is taken from the published version."""
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.tenant import Tenant
    from centralita.pbx.vocabulary import TenantId

    personal: dict[str, Personal] = {}
    feeds: Mapping[str, str] = {}
    if published is not None:
        feeds = published.feeds
        for user in published.users.values():
            own = published.personal[user.id]
            if own != user.personal:
                personal[user.id] = own
    kinds = [item for item in objects.values() if not isinstance(item, Tenant)]
    name = next((item.name for item in objects.values() if isinstance(item, Tenant)), "")
    return Snapshot(TenantId(tenant), version, kinds, personal, name, feeds)
