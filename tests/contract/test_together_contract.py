"""A change and its note in the audit log are one transaction, on every database: both are there, or neither."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import exc, text

import postgres
from centralita.accounts import AuditEntry
from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.configuration.entries import Entry
from centralita.store.audit import AuditStore
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.secrets import SecretBox

OFFICE = [
    {"kind": "tenant", "id": "demo"},
    {"kind": "site", "id": "m"},
    {"kind": "user", "id": "ana", "name": "Ana", "site": "m", "extension": "101"},
]
ENTRY = AuditEntry(
    at=1000.0,
    tenant="demo",
    account="",
    who="ana@example.com",
    source="192.0.2.1",
    via="session",
    action="config.change",
)


class Broken(Exception):
    """Something went wrong in between."""


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    with postgres.server() as server, postgres.database(server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/centralita.db", durable=False)
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
    database.migrate()
    if not database.sqlite:
        with database.write() as connection:
            connection.execute(text("TRUNCATE config_tenants, config_names, audit_log CASCADE"))
    yield database
    database.close()


@pytest.fixture
def configs(database: Database) -> ConfigStore:
    store = ConfigStore(database, SecretBox(bytes(32)))
    store.apply([Entry(each) for each in OFFICE], tenant="demo")
    return store


def rename(configs: ConfigStore, name: str) -> None:
    configs.edit("demo", [Edit(How.PATCH, "user", "ana", {"name": name})])


def name_of(configs: ConfigStore) -> str:
    return configs.snapshot("demo").users["ana"].name


def test_both_are_there(database: Database, configs: ConfigStore) -> None:
    audit = AuditStore(database)
    with database.together():
        rename(configs, "Anna")
        assert name_of(configs) == "Anna"  # who reads within sees what was written within
        audit.add(ENTRY)
        with ThreadPoolExecutor(1) as elsewhere:
            assert elsewhere.submit(name_of, configs).result() == "Ana"  # and nobody else does yet
    assert name_of(configs) == "Anna"
    assert [each.action for each in audit.page("demo")] == ["config.change"]


@pytest.mark.parametrize("first", ["change", "note"])
def test_or_neither(database: Database, configs: ConfigStore, first: str) -> None:
    audit = AuditStore(database)

    def broken() -> None:
        with database.together():
            if first == "change":
                rename(configs, "Anna")
            else:
                audit.add(ENTRY)
            raise Broken

    with pytest.raises(Broken):
        broken()
    assert name_of(configs) == "Ana"
    assert audit.page("demo") == []
    rename(configs, "Anna")  # the thread is free again
    assert name_of(configs) == "Anna"


def test_what_fails_within_can_be_tried_again(database: Database, configs: ConfigStore) -> None:
    audit = AuditStore(database)
    with database.together():
        with pytest.raises(exc.IntegrityError), database.write() as connection:
            connection.execute(text("INSERT INTO tenant_plans (tenant, plan) VALUES (NULL, NULL)"))
        rename(configs, "Anna")
        audit.add(ENTRY)
    assert name_of(configs) == "Anna"
    assert len(audit.page("demo")) == 1


def test_within_another_it_is_the_same_one(database: Database, configs: ConfigStore) -> None:
    def broken() -> None:
        with database.together():
            with database.together():
                rename(configs, "Anna")
            raise Broken

    with pytest.raises(Broken):
        broken()
    assert name_of(configs) == "Ana"
