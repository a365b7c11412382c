"""API tokens in the database, by their hash."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from centralita.accounts import Account, ApiToken
from centralita.pbx.model.service_plan import Function
from centralita.store.account_rows import account_columns, account_of, accounts, metadata
from centralita.store.database import Database
from centralita.store.plan_rows import refuse_without

tokens = sa.Table(
    "api_tokens",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text),
    sa.Column("account", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("scopes", sa.Text),
    sa.Column("created_at", sa.Double),
    sa.Column("expires_at", sa.Double),
    sa.Column("used_at", sa.Double),
)


class TokenStore:
    """Implements ``Tokens`` of the web. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, token: ApiToken) -> None:
        """Raises OverPlan where the plan of the account's tenant includes none."""
        values = {column.name: getattr(token, column.name) for column in tokens.columns}
        values["scopes"] = msgspec.json.encode(token.scopes).decode()
        with self._database.write() as connection:
            owner = sa.select(accounts.c.tenant).where(accounts.c.id == token.account)
            refuse_without(connection, connection.execute(owner).scalar() or "", Function.API_TOKENS)
            connection.execute(sa.insert(tokens).values(**values))

    def find(self, code: str, now: float) -> tuple[ApiToken, Account] | None:
        """The token of this hash that has not expired, of an account that is not disabled."""
        column = tokens.c
        query = (
            sa.select(*tokens.columns, *account_columns())
            .join(accounts, accounts.c.id == column.account)
            .where(
                column.hash == code,
                accounts.c.disabled.is_(False),
                sa.or_(column.expires_at.is_(None), column.expires_at > now),
            )
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (_token(row), account_of(row))

    def touch(self, token: str, at: float) -> None:
        with self._database.write() as connection:
            connection.execute(sa.update(tokens).where(tokens.c.id == token).values(used_at=at))

    def of(self, account: str) -> list[ApiToken]:
        """Newest first, those that have expired too."""
        query = (
            sa.select(tokens)
            .where(tokens.c.account == account)
            .order_by(tokens.c.created_at.desc(), tokens.c.id)
        )
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(query)]

    def remove(self, account: str, token: str) -> bool:
        statement = sa.delete(tokens).where(tokens.c.account == account, tokens.c.id == token)
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1


def _token(row: sa.Row[tuple[object, ...]]) -> ApiToken:
    values = {column.name: row._mapping[column.name] for column in tokens.columns}
    values["scopes"] = msgspec.json.decode(values["scopes"], type=tuple[str, ...])
    return ApiToken(**values)
