"""The tables of accounts and of what hangs on them, and an account from its row."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from centralita.accounts import Account, Role

metadata = sa.MetaData()

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("role", sa.Text),
    sa.Column("tenant", sa.Text),
    sa.Column("user_id", sa.Text),
    sa.Column("queues", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("disabled", sa.Boolean),
    sa.Column("password", sa.Text),
    sa.Column("created_at", sa.Double),
    sa.Column("signed_in_at", sa.Double),
    sa.Column("revision", sa.Integer),
)
second_factors = sa.Table(
    "account_second_factors",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("secret", sa.Text),
    sa.Column("confirmed", sa.Boolean),
    sa.Column("last_step", sa.BigInteger),
)
recovery_codes = sa.Table(
    "account_recovery_codes",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, primary_key=True),
)
links = sa.Table(
    "account_links",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("account", sa.Text),
    sa.Column("purpose", sa.Text),
    sa.Column("made_at", sa.Double),
    sa.Column("expires_at", sa.Double),
)

_has_factor = sa.exists().where(
    second_factors.c.account == accounts.c.id, second_factors.c.confirmed.is_(True)
)


def account_columns() -> list[sa.ColumnElement[Any]]:
    """What :func:`account_of` needs, under names that a joined table has not."""
    return [
        *(column.label(f"account_{column.name}") for column in accounts.columns if column.name != "password"),
        (accounts.c.password != "").label("account_has_password"),
        _has_factor.label("account_second_factor"),
    ]


def account_of(row: sa.Row[Any]) -> Account:
    values = row._mapping
    return Account(
        id=values["account_id"],
        login=values["account_login"],
        name=values["account_name"],
        role=Role(values["account_role"]),
        tenant=values["account_tenant"],
        user=values["account_user_id"],
        queues=msgspec.json.decode(values["account_queues"], type=tuple[str, ...]),
        language=values["account_language"],
        disabled=values["account_disabled"],
        has_password=bool(values["account_has_password"]),
        second_factor=bool(values["account_second_factor"]),
        created_at=values["account_created_at"],
        signed_in_at=values["account_signed_in_at"],
        revision=values["account_revision"],
    )


def values_of(account: Account) -> dict[str, Any]:
    """What of an account is written by who changes it; the rest has methods of its own."""
    return {
        "login": account.login,
        "name": account.name,
        "role": account.role.value,
        "tenant": account.tenant,
        "user_id": account.user,
        "queues": msgspec.json.encode(account.queues).decode(),
        "language": account.language,
        "disabled": account.disabled,
    }
