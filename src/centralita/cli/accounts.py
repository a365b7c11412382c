"""``accounts``: who can sign in to the API and the console. The first administrator is made here; so is help for the last one."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from centralita.accounts import Account, AuditEntry, LoginTaken, Role, new_id
from centralita.cli import output
from centralita.cli.configuration import login as who_am_i
from centralita.cli.errors import CommandError, ExitCode
from centralita.cli.options import DataFolder, Tenant, load_settings, open_database
from centralita.cli.output import AsJson

if TYPE_CHECKING:
    from centralita.settings import Settings
    from centralita.web.parts import WebParts

accounts_app = typer.Typer(no_args_is_help=True)
PAGE = 200

Login = Annotated[str, typer.Argument(help="The mail address that they sign in with.", show_default=False)]
FromStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help="Read the password from stdin, instead of making one and showing it."
    ),
]


def register(app: typer.Typer) -> None:
    app.add_typer(
        accounts_app,
        name="accounts",
        help="Who can sign in; `accounts create` makes the first administrator, as does a browser by `accounts setup-link`.",
    )


@accounts_app.command("list")
def list_accounts(tenant: Tenant = "", as_json: AsJson = False, data: DataFolder = None) -> None:
    """Accounts by login."""
    with _parts(load_settings(data)) as parts:
        found: list[Account] = []
        while page := parts.accounts.page(tenant or None, found[-1].login if found else "", PAGE):
            found += page
    if as_json:
        output.print_json([_as_json(account) for account in found])
        return
    titles = ["login", "name", "role", "tenant", "user", "2nd factor", "last signed in", "state"]
    rows = [
        (
            account.login,
            account.name,
            account.role.value,
            account.tenant or None,
            account.user or None,
            "yes" if account.second_factor else "no",
            output.clock_time(account.signed_in_at),
            "disabled" if account.disabled else "" if account.has_password else "no password",
        )
        for account in found
    ]
    output.print_table(titles, rows, "Nobody can sign in yet: centralita accounts create LOGIN")


@accounts_app.command()
def create(
    login: Login,
    role: Annotated[Role, typer.Option("--role", help="What they may do.")] = Role.PLATFORM,
    name: Annotated[str, typer.Option("--name", help="What they are called.", show_default=False)] = "",
    tenant: Annotated[str, typer.Option("--tenant", "-t", help="Whose they are.", show_default=False)] = "",
    user: Annotated[
        str, typer.Option("--user", help="The tenant's user that they are.", show_default=False)
    ] = "",
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", help="Of a supervisor; may be given again.", show_default=False),
    ] = None,
    language: Annotated[str, typer.Option("--language", help="es or en.")] = "es",
    password_stdin: FromStdin = False,
    data: DataFolder = None,
) -> None:
    """Make an account: a platform administrator, unless --role says otherwise. Its password is shown once."""
    with _parts(load_settings(data)) as parts:
        account = Account(
            id=new_id(),
            login=_mail_address(login),
            name=name,
            role=role,
            tenant=tenant,
            user=user,
            queues=tuple(queue or ()),
            language=_language(language),
            created_at=time.time(),
        )
        from centralita.web.desk import changes_between
        from centralita.web.people import account_fields, check_account

        check_account(parts.configs, account)
        password, shown = _password(account, password_stdin)
        try:
            parts.accounts.add(account)
        except LoginTaken:
            raise CommandError(
                f"{account.login} can sign in already", "`centralita accounts reset` makes a new password"
            ) from None
        _set_password(parts, account, password)
        _note(parts, account, "account.create", changes_between(None, account_fields(account)))
    output.print_line(f"{account.login} can sign in as {role}")
    _show(shown)


@accounts_app.command()
def reset(
    login: Login,
    drop_second_factor: Annotated[
        bool, typer.Option("--drop-second-factor", help="Take it away too: the telephone is lost.")
    ] = False,
    password_stdin: FromStdin = False,
    data: DataFolder = None,
) -> None:
    """Give an account a new password, and have it able to sign in. Its sessions end."""
    with _parts(load_settings(data)) as parts:
        account = parts.accounts.by_login(_mail_address(login))
        if account is None:
            raise CommandError(
                f"There is no account {login}", "See `centralita accounts list`", ExitCode.NOT_FOUND
            )
        password, shown = _password(account, password_stdin)
        if account.disabled:
            account = parts.accounts.change(replace(account, disabled=False))
        if drop_second_factor:
            parts.accounts.set_second_factor(account.id, None)
        _set_password(parts, account, password)
        parts.sessions.end_all(account.id)
        changes = {"second_factor": (True, False)} if drop_second_factor and account.second_factor else {}
        _note(parts, account, "account.password", changes)
    output.print_line(f"{account.login} has a new password")
    _show(shown)


@accounts_app.command("setup-link")
def setup_link(data: DataFolder = None) -> None:
    """Print the link by which a browser makes the first administrator; it is good as long as nobody can sign in."""
    settings = load_settings(data)
    with _parts(settings) as parts:
        from centralita.app.welcome import setup_link as link
        from centralita.store.secrets import load_key

        if parts.accounts.any():
            raise CommandError(
                "There is an account already, so the link is void",
                "`centralita accounts create` makes another, `centralita accounts reset` a new password",
            )
        output.print_line(link(settings, load_key(settings.secret_key_file)))


# --- within -------------------------------------------------------------------------------------------------------


@contextmanager
def _parts(settings: Settings) -> Iterator[WebParts]:
    """What the web process works on. Within, what it refuses becomes a CommandError."""
    from centralita.app.web import web_parts
    from centralita.store.secrets import SecretsUnavailable
    from centralita.web.problems import Problem

    try:
        with open_database(settings):  # the tables are there, and up to date
            yield web_parts(settings)
    except Problem as problem:
        raise CommandError(problem.detail, problem.mend) from None
    except SecretsUnavailable as error:
        raise CommandError(error.message, error.mend) from None


def _mail_address(text: str) -> str:
    name, at, host = text.strip().lower().rpartition("@")
    if not (name and at and host) or not text.isprintable() or set(text) & set(" ,;<>"):
        raise CommandError(f"{text} is no mail address", "Write it as ana@example.com", ExitCode.USAGE)
    return f"{name}@{host}"


def _language(text: str) -> str:
    if text not in ("es", "en"):
        raise CommandError(f"{text} is no language that is known here", "Take es or en", ExitCode.USAGE)
    return text


def _password(account: Account, from_stdin: bool) -> tuple[str, str]:
    """The password, and what of it is to be shown."""
    from centralita.store.secrets import make_password
    from centralita.web.passwords import MAX_LENGTH, check_new

    if not from_stdin:
        password = make_password()
        return password, password
    password = sys.stdin.readline(MAX_LENGTH + 2).rstrip("\r\n")
    check_new(password, field="password", login=account.login, name=account.name)
    return password, ""


def _set_password(parts: WebParts, account: Account, password: str) -> None:
    from centralita.web.passwords import Passwords

    parts.accounts.set_password(account.id, Passwords().hash(password))


def _note(
    parts: WebParts, account: Account, action: str, changes: Mapping[str, tuple[object, object]]
) -> None:
    parts.audit.add(
        AuditEntry(
            at=time.time(),
            tenant=account.tenant,
            account="",
            who=who_am_i(),
            source="",
            via="command",
            action=action,
            target=f"account/{account.login}",
            changes=changes,
        )
    )


def _show(password: str) -> None:
    if password:
        output.note("The password is shown now and never again:")
        output.print_line(password)


def _as_json(account: Account) -> dict[str, object]:
    return asdict(account) | {"role": account.role.value}
