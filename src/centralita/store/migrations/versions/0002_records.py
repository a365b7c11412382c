"""Records of the journeys, how far the journal is folded into them, and the mail that they ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "journeys",
        sa.Column("journey", sa.Text, primary_key=True),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("answered_at", sa.Double, nullable=True),
        sa.Column("ended_at", sa.Double, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("caller_name", sa.Text, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("caller_user", sa.Text, nullable=False),
        sa.Column("called_user", sa.Text, nullable=False),
        sa.Column("answered_user", sa.Text, nullable=False),
        sa.Column("answered_on", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("ended_by", sa.Text, nullable=False),
        sa.Column("sip_status", sa.Integer, nullable=False),
        sa.Column("q850", sa.Integer, nullable=False),
        sa.Column("waiting", sa.Double, nullable=False),
        sa.Column("connected", sa.Double, nullable=False),
        sa.Column("held", sa.Double, nullable=False),
        sa.Column("mos", sa.Double, nullable=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("journeys_by_time", "journeys", ["tenant", "started_at", "journey"])
    op.create_table(
        "journal_positions",
        sa.Column("journal", sa.Text, primary_key=True),
        sa.Column("segment", sa.BigInteger, nullable=False),
        sa.Column("byte", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "mail_outbox",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("message", sa.Text, primary_key=True),
        sa.Column("journey", sa.Text, nullable=False),
        sa.Column("left_at", sa.Double, nullable=False),
        sa.Column("duration", sa.Double, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("caller_name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Double, nullable=False),
        sa.Column("done_at", sa.Double, nullable=True),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("mail_outbox_due", "mail_outbox", ["state", "next_at"])
