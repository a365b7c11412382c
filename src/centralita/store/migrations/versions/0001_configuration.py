"""Versions of the configuration, and the personal settings on top of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "config_tenants",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("personal_revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "config_versions",
        sa.Column("tenant", sa.Text, sa.ForeignKey("config_tenants.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
        sa.Column("restores", sa.Integer, nullable=True),
    )
    op.create_table(
        "config_objects",
        sa.Column("tenant", sa.Text, sa.ForeignKey("config_tenants.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("since", sa.Integer, primary_key=True),
        sa.Column("until", sa.Integer, nullable=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("config_objects_until", "config_objects", ["tenant", "until"])
    op.create_table(
        "config_names",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("tenant", sa.Text, sa.ForeignKey("config_tenants.id"), nullable=False),
    )
    op.create_index("config_names_tenant", "config_names", ["tenant"])
    op.create_table(
        "personal_settings",
        sa.Column("tenant", sa.Text, sa.ForeignKey("config_tenants.id"), primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
