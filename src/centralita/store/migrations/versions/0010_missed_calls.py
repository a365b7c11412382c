"""Calls are found by whom they were for and did not find."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_BATCH = 1000


def upgrade() -> None:
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """The calls that are there already, in batches: a million of them takes a few minutes, once."""
    last = ""
    read = sa.text("SELECT journey, record FROM journeys WHERE journey > :last ORDER BY journey LIMIT :batch")
    write = sa.text(
        "INSERT INTO journey_marks (tenant, mark, started_at, journey) VALUES (:tenant, :mark, :at, :journey) "
        "ON CONFLICT DO NOTHING"
    )
    while rows := connection.execute(read, {"last": last, "batch": _BATCH}).all():
        last = rows[-1].journey
        marks: list[dict[str, Any]] = []
        for row in rows:
            record = json.loads(row.record)
            shared = {"tenant": record["tenant"], "at": record["started_at"], "journey": row.journey}
            marks += [{**shared, "mark": mark} for mark in _marks(record)]
        if marks:
            connection.execute(write, marks)


# As these were when this step was written, whatever the program makes of them later.

_MISSED = {"voicemail", "no-answer", "busy", "abandoned", "rejected", "unreachable", "overflow"}
_FOR_A_USER = {
    "extension",
    "number",
    "do-not-disturb",
    "busy",
    "unreachable",
    "out-of-hours",
    "blocked",
    "voicemail",
}


def _marks(record: dict[str, Any]) -> set[str]:
    decisions = [(each.get("rule", ""), each.get("target", "")) for each in record.get("decisions", ())]
    users = {message["user"] for message in record.get("messages", ())}
    users |= {target[5:] for rule, target in decisions if rule in _FOR_A_USER and target.startswith("user:")}
    concerned = users | {leg.get("user", "") for leg in record.get("legs", ())}
    concerned |= {answer.get("user", "") for answer in record.get("answers", ())}
    knew = {"", record.get("user", ""), *(target[5:] for rule, target in decisions if rule == "blocked")}
    missed = concerned - knew if record.get("outcome") in _MISSED else set()
    found = {f"user:{user}" for user in users} | {f"missed:{user}" for user in missed}
    return {mark.replace("\0", "") for mark in found}
