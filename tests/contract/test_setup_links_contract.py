"""Links by which telephones fetch their settings, on every database: good once, for a while, and for one device."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import postgres
from centralita.pbx.vocabulary import TenantId
from centralita.store.database import Database
from centralita.store.setup_links import ForDevice, SetupLinks

DEMO, OTHER = TenantId("demo"), TenantId("other")


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
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM device_setup_links")
    yield database
    database.close()


@pytest.fixture
def links(database: Database) -> SetupLinks:
    return SetupLinks(database)


def test_a_link_is_good_once(links: SetupLinks) -> None:
    links.add("h1", DEMO, "desk", 1000.0, 1600.0)
    assert links.take("h2", 1001.0) is None
    assert links.take("h1", 1001.0) == ForDevice(DEMO, "desk")
    assert links.take("h1", 1001.0) is None


def test_of_many_at_once_one_takes_it(links: SetupLinks) -> None:
    links.add("h1", DEMO, "desk", 1000.0, 1600.0)
    with ThreadPoolExecutor(8) as crowd:
        taken = list(crowd.map(lambda _: links.take("h1", 1001.0), range(8)))
    assert [one for one in taken if one] == [ForDevice(DEMO, "desk")]


def test_a_link_is_too_old_one_day(links: SetupLinks) -> None:
    links.add("h1", DEMO, "desk", 1000.0, 1600.0)
    assert links.take("h1", 1600.0) is None


def test_who_guesses_waits_for_no_writer_and_keeps_none(links: SetupLinks, database: Database) -> None:
    with database.write(), ThreadPoolExecutor(1) as stranger:
        assert stranger.submit(links.take, "guessed", 1001.0).result(timeout=2) is None


def test_a_new_link_of_a_device_takes_the_place_of_the_old_one_and_of_no_others(links: SetupLinks) -> None:
    links.add("h1", DEMO, "desk", 1000.0, 1600.0)
    links.add("h2", DEMO, "soft", 1000.0, 1600.0)
    links.add("h3", OTHER, "desk", 1000.0, 1600.0)
    links.add("h4", DEMO, "desk", 1100.0, 1700.0)
    assert links.take("h1", 1200.0) is None
    assert [links.take(each, 1200.0) for each in ("h2", "h3", "h4")] == [
        ForDevice(DEMO, "soft"),
        ForDevice(OTHER, "desk"),
        ForDevice(DEMO, "desk"),
    ]
