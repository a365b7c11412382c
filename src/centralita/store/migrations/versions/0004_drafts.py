"""Drafts of configurations, as what they change of the version that they began with; and calendars fetched from elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "config_drafts",
        sa.Column("tenant", sa.Text, sa.ForeignKey("config_tenants.id"), primary_key=True),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
    )
    op.create_table(
        "config_draft_objects",
        sa.Column("tenant", sa.Text, sa.ForeignKey("config_tenants.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=True),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("tenant", sa.Text, sa.ForeignKey("config_tenants.id"), primary_key=True),
        sa.Column("calendar", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fetched_at", sa.Double, nullable=True),
        sa.Column("tried_at", sa.Double, nullable=True),
        sa.Column("error", sa.Text, nullable=False),
    )
