"""What past calls are found by: their words, their marks, and the indices to walk along."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_BATCH = 1000


def upgrade() -> None:
    op.add_column("journeys", sa.Column("words", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "journey_marks",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("mark", sa.Text, primary_key=True),
        sa.Column("started_at", sa.Double, primary_key=True),
        sa.Column("journey", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE journey_words USING fts5(words, journey UNINDEXED, tokenize='trigram')"
        )
    _fill(connection, sqlite)
    op.drop_index("journeys_by_time", "journeys")
    # Whoever walks along one of these reads the row of no call that does not fit.
    covered = ["started_at", "journey", "words", "connected"]
    op.create_index("journeys_by_time", "journeys", ["tenant", *covered])
    op.create_index("journeys_by_outcome", "journeys", ["tenant", "outcome", *covered])
    op.create_index("journeys_by_direction", "journeys", ["tenant", "direction", *covered])
    op.create_index("journeys_by_length", "journeys", ["tenant", "connected", "journey"])


def _fill(connection: sa.Connection, sqlite: bool) -> None:
    """The calls that are there already, in batches: a million of them takes a few minutes, once."""
    last = ""
    read = sa.text("SELECT journey, record FROM journeys WHERE journey > :last ORDER BY journey LIMIT :batch")
    while rows := connection.execute(read, {"last": last, "batch": _BATCH}).all():
        last = rows[-1].journey
        words: list[dict[str, Any]] = []
        marks: list[dict[str, Any]] = []
        for row in rows:
            record = json.loads(row.record)
            words.append({"words": _words(record), "journey": row.journey})
            shared = {"tenant": record["tenant"], "at": record["started_at"], "journey": row.journey}
            marks += [{**shared, "mark": mark} for mark in _marks(record)]
        connection.execute(sa.text("UPDATE journeys SET words = :words WHERE journey = :journey"), words)
        if marks:
            connection.execute(
                sa.text(
                    "INSERT INTO journey_marks (tenant, mark, started_at, journey) VALUES (:tenant, :mark, :at, :journey)"
                ),
                marks,
            )
        if sqlite:
            connection.execute(
                sa.text("INSERT INTO journey_words (words, journey) VALUES (:words, :journey)"), words
            )


# As these were when this step was written, whatever the program makes of them later.


def _words(record: dict[str, Any]) -> str:
    text = f"{record['caller']} {record['dialled']} {record.get('caller_name', '')}"
    plain = re.sub("[\u0300-\u036f]+", "", unicodedata.normalize("NFKD", text.casefold()))
    return "".join(char for char in plain if char.isprintable())[:300]


def _marks(record: dict[str, Any]) -> set[str]:
    legs = record.get("legs", ())
    users = [record.get("user"), *(leg.get("user") for leg in legs)]
    users += [answer.get("user") for answer in record.get("answers", ())]
    found = {f"user:{user}" for user in users if user}
    found |= {leg["target"] for leg in legs if leg.get("target", "").startswith("trunk:")}
    found |= {f"queue:{stay['queue']}" for stay in record.get("queues", ())}
    found |= {f"tag:{tag}" for tag in record.get("tags", ())}
    found |= {f"has:{kind}" for kind in ("recording", "message") if record.get(f"{kind}s")}
    return {mark.replace("\0", "") for mark in found}
