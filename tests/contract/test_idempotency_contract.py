"""Requests that may be sent again, and single objects edited under a condition, on every database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

import postgres
from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.configuration.reports import TenantUnknown
from centralita.pbx.model.device import Device
from centralita.pbx.model.user import User
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.idempotency import KEPT_SECONDS, STUCK_SECONDS, IdempotentRequests
from centralita.store.secrets import SecretBox

OFFICE = [
    {"kind": "tenant", "id": "demo"},
    {"kind": "site", "id": "m"},
    {"kind": "user", "id": "ana", "name": "Ana", "site": "m", "extension": "101"},
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "centralita.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    with postgres.server() as server, postgres.database(server) as url:
        database = Database(url)
        database.migrate()
        database.close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("template"), tmp_path)
        database = Database(f"sqlite:///{copy}")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.write() as connection:
            connection.execute(text("TRUNCATE config_tenants, config_names, idempotent_requests CASCADE"))
    yield database
    database.close()


@pytest.fixture
def requests(database: Database) -> IdempotentRequests:
    return IdempotentRequests(database, SecretBox(b"k" * 32))


@pytest.fixture
def store(database: Database) -> ConfigStore:
    store = ConfigStore(database, SecretBox(b"k" * 32))
    store.apply([Entry(fields) for fields in OFFICE])
    return store


def test_an_answer_is_kept_for_a_day(requests: IdempotentRequests, database: Database) -> None:
    assert requests.begin("demo/a", "k", "digest", 1000.0) is None
    assert requests.begin("demo/a", "k", "digest", 1001.0) == ("digest", None)
    requests.finish("demo/a", "k", "password: xyz")
    assert requests.begin("demo/a", "k", "other", 1002.0) == ("digest", "password: xyz")
    assert requests.begin("demo/b", "k", "digest", 1002.0) is None
    with database.read() as connection:
        assert "xyz" not in str(connection.execute(text("SELECT * FROM idempotent_requests")).all())
    assert requests.begin("demo/a", "k", "digest", 1001.0 + KEPT_SECONDS) is None


def test_what_failed_or_died_may_be_tried_again(requests: IdempotentRequests) -> None:
    assert requests.begin("demo/a", "k", "digest", 0.0) is None
    requests.forget("demo/a", "k")
    assert requests.begin("demo/a", "k", "digest", 1.0) is None
    assert requests.begin("demo/a", "k", "digest", STUCK_SECONDS) == ("digest", None)
    assert requests.begin("demo/a", "k", "digest", STUCK_SECONDS + 2.0) is None


def test_of_requests_at_the_same_instant_one_is_done(requests: IdempotentRequests) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: requests.begin("demo/a", "k", "digest", 5.0), range(4)))
    assert found.count(None) == 1


def test_an_edit_touches_nothing_else(store: ConfigStore) -> None:
    report = store.edit(
        "demo", [Edit(How.PUT, "device", "phone", {"user": "ana"})], author="me", comment="new"
    )
    assert [one.device for one in report.new_credentials] == ["phone"]
    first = store.objects("demo")["device", "phone"]
    store.edit("demo", [Edit(How.PATCH, "device", "phone", {"name": "Desk"})])
    second = store.objects("demo")["device", "phone"]
    assert isinstance(first, Device)
    assert isinstance(second, Device)
    assert second.password == first.password
    assert store.versions("demo")[1].comment == "new"
    store.edit("demo", [Edit(How.REMOVE, "device", "phone", {}), Edit(How.REMOVE, "user", "ana", {})])
    assert {key[0] for key in store.objects("demo")} == {"tenant", "site"}
    with pytest.raises(TenantUnknown):
        store.edit("nobody", [])


def test_what_is_refused_changes_nothing(store: ConfigStore) -> None:
    def refuse(before: Mapping[Key, AnyObject]) -> None:
        assert ("user", "ana") in before
        raise LookupError

    with pytest.raises(LookupError):
        store.edit("demo", [Edit(How.PATCH, "user", "ana", {"name": "B"})], check=refuse)
    store.edit("demo", [Edit(How.PUT, "queue", "q", {"agents": ["ana"]})])
    with pytest.raises(ConfigurationRefused, match="there is no user ana"):
        store.edit("demo", [Edit(How.REMOVE, "user", "ana", {})])
    user = store.objects("demo")["user", "ana"]
    assert isinstance(user, User)
    assert user.name == "Ana"
    assert store.edit("demo", [Edit(How.PATCH, "user", "ana", {"name": "C"})], dry_run=True).changes
    assert len(store.versions("demo")) == 2


def test_of_writers_who_saw_the_same_one_wins(store: ConfigStore) -> None:
    seen = store.objects("demo")["user", "ana"]

    def unchanged(before: Mapping[Key, AnyObject]) -> None:
        if before["user", "ana"] != seen:
            raise LookupError

    def write(number: int) -> bool:
        try:
            store.edit("demo", [Edit(How.PATCH, "user", "ana", {"name": f"Ana {number}"})], check=unchanged)
        except LookupError:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(write, range(4))) == 1
    assert len(store.versions("demo")) == 2
