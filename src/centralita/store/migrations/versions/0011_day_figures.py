"""An index that the figures of a day are counted in, without reading a call's row."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index(
        "journeys_of_day", "journeys", ["tenant", "started_at", "direction", "outcome", "waiting"]
    )
