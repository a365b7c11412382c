"""What happened in queues and to agents, fact by fact, as folded from the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "queue_events",
        sa.Column("journal", sa.Text, primary_key=True),
        sa.Column("segment", sa.BigInteger, primary_key=True),
        sa.Column("byte", sa.BigInteger, primary_key=True),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("fact", sa.Text, nullable=False),
        sa.Column("journey", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("queue_events_by_time", "queue_events", ["tenant", "at"])
