"""Plans, and which tenant has which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("limits", sa.Text, nullable=False),
        sa.Column("functions", sa.Text, nullable=True),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "tenant_plans",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("plan", sa.Text, sa.ForeignKey("plans.id"), nullable=False),
    )
    op.create_index("tenant_plans_by_plan", "tenant_plans", ["plan"])
