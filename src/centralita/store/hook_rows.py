"""The tables of webhooks, and values from their rows."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from centralita.webhooks import Delivery, DeliveryState, HookEvent, Webhook

metadata = sa.MetaData()
webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("events", sa.Text),
    sa.Column("enabled", sa.Boolean),
    sa.Column("secret", sa.Text),
    sa.Column("old_secret", sa.Text),
    sa.Column("old_until", sa.Double),
    sa.Column("created_at", sa.Double),
    sa.Column("revision", sa.Integer),
    sa.Column("failing_since", sa.Double),
    sa.Column("failures", sa.Integer),
    sa.Column("quiet_until", sa.Double),
    sa.Column("error", sa.Text),
    sa.Column("delivered_at", sa.Double),
    sa.Column("dropped", sa.Integer),
)
deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("webhook", sa.Text, sa.ForeignKey("webhooks.id")),
    sa.Column("event", sa.Text),
    sa.Column("body", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("attempts", sa.Integer),
    sa.Column("created_at", sa.Double),
    sa.Column("next_at", sa.Double),
    sa.Column("expires_at", sa.Double),
    sa.Column("done_at", sa.Double),
    sa.Column("status", sa.Integer),
    sa.Column("seconds", sa.Double),
    sa.Column("error", sa.Text),
)
WAITING = DeliveryState.WAITING.value


def events_of(text: str) -> tuple[HookEvent, ...]:
    known = msgspec.json.decode(text, type=set[str])
    return tuple(event for event in HookEvent if event in known)


def webhook_of(row: sa.Row[Any]) -> Webhook:
    values = row._mapping
    return Webhook(
        id=values["id"],
        tenant=values["tenant"],
        name=values["name"],
        url=values["url"],
        events=events_of(values["events"]),
        enabled=values["enabled"],
        created_at=values["created_at"],
        revision=values["revision"],
        failing_since=values["failing_since"],
        error=values["error"],
        delivered_at=values["delivered_at"],
        dropped=values["dropped"],
    )


def delivery_of(row: sa.Row[Any]) -> Delivery:
    values = dict(row._mapping)
    values["event"] = HookEvent(values["event"])
    values["state"] = DeliveryState(values["state"])
    return Delivery(**values)


def place_of(webhook: str) -> str:
    """What a sealed secret is bound to."""
    return f"webhook {webhook} secret"


def message_row(
    ident: str, webhook: str, event: HookEvent, body: str, now: float, expires_at: float
) -> dict[str, Any]:
    return {
        "id": ident,
        "webhook": webhook,
        "event": event.value,
        "body": body,
        "state": WAITING,
        "attempts": 0,
        "created_at": now,
        "next_at": now,
        "expires_at": expires_at,
        "done_at": None,
        "status": 0,
        "seconds": None,
        "error": "",
    }
