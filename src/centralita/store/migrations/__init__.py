"""How the tables became what they are: one file in ``versions`` for each step, run by Alembic when a program starts.

Revisions are named by four digits that count up, as their files are (``0002_records.py`` is revision ``0002``): so what is newest can be
told without Alembic, and a start with nothing to do costs one look at the database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

FOLDER = Path(__file__).parent


def newest() -> str:
    """The revision that this version of the program works with."""
    return max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def current(connection: Connection) -> str | None:
    """The revision that the tables are at; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if revision is None else str(revision)


def upgrade(connection: Connection) -> None:
    """Run the missing steps within the connection's transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)  # as Alembic's own upgrade command does

    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=None, transactional_ddl=False)
        environment.run_migrations()
