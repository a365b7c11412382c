"""Accounts in the database, with their passwords (hashes), second factors (sealed), recovery codes and one-time links (hashes)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from centralita.accounts import Account, Link, LinkPurpose, LoginTaken, Outdated, SecondFactor
from centralita.store.account_rows import (
    account_columns,
    account_of,
    accounts,
    links,
    recovery_codes,
    second_factors,
    values_of,
)
from centralita.store.database import Database
from centralita.store.secrets import SecretBox


class AccountStore:
    """Implements ``Accounts`` of the web. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database, secrets: SecretBox) -> None:
        self._database = database
        self._secrets = secrets

    # --- accounts ---------------------------------------------------------------------------------------------------

    def get(self, account: str) -> Account | None:
        return self._one(accounts.c.id == account)

    def by_login(self, login: str) -> Account | None:
        return self._one(accounts.c.login == login)

    def page(self, tenant: str | None, after: str, limit: int) -> list[Account]:
        """By login, those after this one; ``tenant`` None: of all tenants and of none."""
        query = (
            sa.select(*account_columns())
            .where(accounts.c.login > after)
            .order_by(accounts.c.login)
            .limit(limit)
        )
        if tenant is not None:
            query = query.where(accounts.c.tenant == tenant)
        with self._database.read() as connection:
            return [account_of(row) for row in connection.execute(query)]

    def add(self, account: Account) -> None:
        """Raises LoginTaken."""
        try:
            with self._database.write() as connection:
                connection.execute(sa.insert(accounts).values(**_new(account)))
        except exc.IntegrityError:
            raise LoginTaken(account.login) from None

    def any(self) -> bool:
        """Whether anybody can sign in, or could."""
        with self._database.read() as connection:
            return connection.execute(sa.select(accounts.c.id).limit(1)).first() is not None

    def add_first(self, account: Account, password: str) -> bool:
        """The very first account, with its password (a hash); False, and nothing done, where there is another already."""
        values = _new(account) | {"password": password}
        with self._database.write() as connection:
            if (
                not self._database.sqlite
            ):  # SQLite has one writer anyway; no look helps against an insert that is under way
                connection.execute(sa.text("LOCK TABLE accounts IN EXCLUSIVE MODE"))
            if connection.execute(sa.select(accounts.c.id).limit(1)).first() is not None:
                return False
            connection.execute(sa.insert(accounts).values(**values))
        return True

    def change(self, account: Account) -> Account:
        """Write it in place of the same revision, and give it with the next one. Raises LoginTaken, Outdated."""
        statement = (
            sa.update(accounts)
            .where(accounts.c.id == account.id, accounts.c.revision == account.revision)
            .values(**values_of(account), revision=account.revision + 1)
        )
        try:
            with self._database.write() as connection:
                if connection.execute(statement).rowcount != 1:
                    raise Outdated(account.id)
        except exc.IntegrityError:
            raise LoginTaken(account.login) from None
        return replace(account, revision=account.revision + 1)

    def remove(self, account: str) -> bool:
        return self._write(sa.delete(accounts).where(accounts.c.id == account)) == 1

    def signed_in(self, account: str, at: float) -> None:
        self._write(sa.update(accounts).where(accounts.c.id == account).values(signed_in_at=at))

    # --- passwords --------------------------------------------------------------------------------------------------

    def password(self, account: str) -> str:
        """Its hash; empty where none is set."""
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(accounts.c.password).where(accounts.c.id == account)
            ).scalar()
        return found or ""

    def set_password(self, account: str, password: str) -> None:
        """``password`` is a hash. Links that were made for the account are used up with it."""
        with self._database.write() as connection:
            connection.execute(sa.update(accounts).where(accounts.c.id == account).values(password=password))
            connection.execute(sa.delete(links).where(links.c.account == account))

    # --- the second factor ------------------------------------------------------------------------------------------

    def second_factor(self, account: str) -> SecondFactor | None:
        """Raises SecretsUnavailable."""
        query = sa.select(second_factors).where(second_factors.c.account == account)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        secret = self._secrets.open(row.secret, _place(account))
        return SecondFactor(secret=secret, confirmed=row.confirmed, last_step=row.last_step)

    def set_second_factor(
        self, account: str, factor: SecondFactor | None, recovery: Iterable[str] = ()
    ) -> None:
        """None takes it away. ``recovery``: hashes of recovery codes, in place of those before."""
        codes = [{"account": account, "hash": code} for code in recovery]
        with self._database.write() as connection:
            for table in (second_factors, recovery_codes):
                connection.execute(sa.delete(table).where(table.c.account == account))
            if factor is not None:
                connection.execute(
                    sa.insert(second_factors).values(
                        account=account,
                        secret=self._secrets.seal(factor.secret, _place(account)),
                        confirmed=factor.confirmed,
                        last_step=factor.last_step,
                    )
                )
            if codes:
                connection.execute(sa.insert(recovery_codes), codes)

    def use_step(self, account: str, step: int) -> bool:
        """Take a time step of the second factor; False where it, or a later one, was taken before."""
        column = second_factors.c
        return (
            self._write(
                sa.update(second_factors)
                .where(column.account == account, column.last_step < step)
                .values(last_step=step)
            )
            == 1
        )

    def use_recovery_code(self, account: str, code: str) -> bool:
        """Take a recovery code (its hash); False where there is none such any more."""
        column = recovery_codes.c
        return (
            self._write(sa.delete(recovery_codes).where(column.account == account, column.hash == code)) == 1
        )

    def recovery_codes(self, account: str) -> int:
        """How many are left."""
        query = (
            sa.select(sa.func.count()).select_from(recovery_codes).where(recovery_codes.c.account == account)
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    # --- one-time links ---------------------------------------------------------------------------------------------

    def add_link(self, link: Link) -> None:
        """In place of those of the same purpose, which nobody can use any more."""
        with self._database.write() as connection:
            connection.execute(
                sa.delete(links).where(links.c.account == link.account, links.c.purpose == link.purpose.value)
            )
            connection.execute(
                sa.insert(links).values(
                    hash=link.hash,
                    account=link.account,
                    purpose=link.purpose.value,
                    made_at=link.made_at,
                    expires_at=link.expires_at,
                )
            )

    def link(self, code: str, now: float) -> Link | None:
        """The link of this hash, where it can still be used."""
        query = sa.select(links).where(links.c.hash == code, links.c.expires_at > now)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Link(
            hash=row.hash,
            account=row.account,
            purpose=LinkPurpose(row.purpose),
            made_at=row.made_at,
            expires_at=row.expires_at,
        )

    def use_link(self, code: str, purpose: LinkPurpose, now: float) -> bool:
        """Take a link; False where it was used, or is too old."""
        column = links.c
        return (
            self._write(
                sa.delete(links).where(
                    column.hash == code, column.purpose == purpose.value, column.expires_at > now
                )
            )
            == 1
        )

    # --- within -----------------------------------------------------------------------------------------------------

    def _one(self, condition: sa.ColumnElement[bool]) -> Account | None:
        with self._database.read() as connection:
            row = connection.execute(sa.select(*account_columns()).where(condition)).one_or_none()
        return None if row is None else account_of(row)

    def _write(self, statement: Any) -> int:
        with self._database.write() as connection:
            return int(connection.execute(statement).rowcount)


def _new(account: Account) -> dict[str, Any]:
    """The row of an account that is made now, and has no password yet."""
    return values_of(account) | {
        "id": account.id,
        "password": "",
        "created_at": account.created_at,
        "signed_in_at": None,
        "revision": account.revision,
    }


def _place(account: str) -> str:
    """What a sealed second factor is bound to."""
    return f"account {account} second factor"
