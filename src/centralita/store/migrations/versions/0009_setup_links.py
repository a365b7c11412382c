"""Links by which telephones fetch their settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "device_setup_links",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
    )
