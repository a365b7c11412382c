"""``voicemail``: what is in the mailboxes. To listen, one dials ``*97``; to take a file elsewhere, its path is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.cli import output
from centralita.cli.options import DataFolder, Tenant, load_settings
from centralita.cli.output import AsJson

if TYPE_CHECKING:
    from pathlib import Path

    from centralita.ports import StoredMessage

User = Annotated[str, typer.Option("--user", "-u", help="Only this user's.", show_default=False)]
NewOnly = Annotated[bool, typer.Option("--new", help="Only those not heard yet.")]


def register(app: typer.Typer) -> None:
    app.command()(voicemail)


def voicemail(
    tenant: Tenant = "",
    user: User = "",
    new: NewOnly = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Voicemail messages, new ones first in each mailbox."""
    folder = load_settings(data).voicemail_folder
    found = [
        (owner, name, message)
        for owner, name, message in _messages(folder)
        if (not tenant or owner == tenant) and (not user or name == user) and not (new and message.heard)
    ]
    if as_json:
        output.print_json(
            [{"tenant": owner, "user": name, "message": message} for owner, name, message in found]
        )
        return
    output.print_table(
        ["tenant", "user", "left", "from", "name", "length", "state", "file"],
        [
            (
                owner,
                name,
                output.clock_time(message.at),
                message.caller,
                message.caller_name,
                output.duration(message.duration),
                "heard" if message.heard else "new",
                str(message.path),
            )
            for owner, name, message in found
        ],
        empty="There is no message.",
    )


def _messages(folder: Path) -> Iterator[tuple[str, str, StoredMessage]]:
    from centralita.pbx.vocabulary import TenantId
    from centralita.store.mailboxes import MailboxStore

    store = MailboxStore(folder, time.time)
    if not folder.is_dir():
        return
    for mailbox in sorted(folder.glob("[a-z0-9]*/[a-z0-9]*")):
        tenant, user = mailbox.parent.name, mailbox.name
        for message in store.messages(TenantId(tenant), user):
            yield tenant, user, message
