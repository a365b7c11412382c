"""The database: made, brought up to date, shared by readers and one writer, and clear about what is wrong with it."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from centralita.store import migrations
from centralita.store.database import Database, DatabaseUnavailable


def at(path: Path) -> Database:
    return Database(f"sqlite:///{path}")


def test_migrating_makes_the_tables_and_again_changes_nothing(tmp_path: Path) -> None:
    database = at(tmp_path / "a.db")
    database.migrate()
    database.migrate()
    with database.read() as connection:
        assert migrations.current(connection) == migrations.newest()
        assert connection.execute(text("SELECT count(*) FROM config_tenants")).scalar() == 0
    database.close()


def test_the_steps_are_one_chain_named_as_their_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    script = ScriptDirectory.from_config(config)
    revisions = [step.revision for step in reversed(list(script.walk_revisions()))]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert script.get_heads() == [migrations.newest()]


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    database = at(tmp_path / "a.db")
    database.migrate()
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="newer version"):
        database.migrate()
    database.close()


def test_two_starts_at_once_migrate_once(tmp_path: Path) -> None:
    errors: list[Exception] = []

    def start() -> None:
        try:
            database = at(tmp_path / "a.db")
            database.migrate()
            database.close()
        except Exception as error:  # noqa: BLE001  (told by the assertion below)
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_what_fails_is_undone(tmp_path: Path) -> None:
    database = at(tmp_path / "a.db")
    database.migrate()

    def fail() -> None:
        with database.write() as connection:
            connection.execute(text("INSERT INTO config_tenants VALUES ('a', 1, 0)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM config_tenants")).scalar() == 0
    database.close()


def test_a_reader_is_not_held_up_by_a_writer_and_sees_the_state_before(tmp_path: Path) -> None:
    database = at(tmp_path / "a.db")
    database.migrate()
    with database.write() as writer:
        writer.execute(text("INSERT INTO config_tenants VALUES ('a', 1, 0)"))
        with database.read() as reader:
            assert reader.execute(text("SELECT count(*) FROM config_tenants")).scalar() == 0
    database.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////nowhere/at/all.db", "unable to open"),
        ("postgresql://centralita:hunter22@127.0.0.1:1/pbx", "Connection refused"),
        ("nonsense", "cannot be read"),
    ],
)
def test_a_database_that_is_not_there_is_told_without_its_password(url: str, message: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=message) as caught, Database(url).read():
        pass
    assert caught.value.mend
    assert "hunter22" not in str(caught.value) + caught.value.mend


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"these are not the bytes of a database" * 100)
    with pytest.raises(DatabaseUnavailable, match="not a database"), at(path).read():
        pass


def test_a_database_that_may_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = at(path)
    database.migrate()
    database.close()
    readonly = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(DatabaseUnavailable, match="readonly"), readonly.write() as connection:
        connection.execute(text("INSERT INTO config_tenants VALUES ('a', 1, 0)"))
    readonly.close()
    assert sqlite3.connect(path).execute("SELECT count(*) FROM config_tenants").fetchone() == (0,)
