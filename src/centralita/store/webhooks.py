"""Webhooks and the log of their messages, as people look at them. What sends is :mod:`centralita.store.hook_outbox`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import sqlalchemy as sa

from centralita.accounts import new_id
from centralita.pbx.model.service_plan import Function
from centralita.store import config_rows
from centralita.store.database import Database
from centralita.store.hook_rows import (
    WAITING,
    deliveries,
    delivery_of,
    message_row,
    place_of,
    webhook_of,
    webhooks,
)
from centralita.store.plan_rows import refuse_without
from centralita.store.secrets import SecretBox
from centralita.webhooks import (
    KEPT_SECONDS,
    MAX_WAITING,
    MAX_WEBHOOKS,
    Delivery,
    DeliveryState,
    HookEvent,
    TooMany,
    Webhook,
    message_id,
)


class WebhookStore:
    """Implements ``Webhooks`` of the web. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database, secrets: SecretBox) -> None:
        self._database = database
        self._secrets = secrets

    # --- webhooks -----------------------------------------------------------------------------------------------------

    def of(self, tenant: str) -> list[Webhook]:
        """Oldest first. They are few."""
        query = sa.select(webhooks).where(webhooks.c.tenant == tenant)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(webhooks.c.created_at, webhooks.c.id))
            return [webhook_of(row) for row in rows]

    def get(self, tenant: str, webhook: str) -> Webhook | None:
        query = sa.select(webhooks).where(webhooks.c.tenant == tenant, webhooks.c.id == webhook)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else webhook_of(row)

    def add(self, webhook: Webhook, secret: str) -> None:
        """Raises OverPlan where the tenant's plan includes none, TooMany."""
        count = sa.select(sa.func.count()).where(webhooks.c.tenant == webhook.tenant)
        mine = sa.select(config_rows.tenants.c.id).where(config_rows.tenants.c.id == webhook.tenant)
        with self._database.write() as connection:
            connection.execute(mine.with_for_update())  # of two at once, the second counts the first one's
            used = int(connection.execute(count).scalar_one())
            refuse_without(connection, webhook.tenant, Function.WEBHOOKS, used)
            if used >= MAX_WEBHOOKS:
                raise TooMany
            connection.execute(
                sa.insert(webhooks).values(
                    id=webhook.id,
                    tenant=webhook.tenant,
                    **_written(webhook),
                    secret=self._secrets.seal(secret, place_of(webhook.id)),
                    old_secret="",
                    old_until=0.0,
                    created_at=webhook.created_at,
                    revision=1,
                    failing_since=None,
                    failures=0,
                    quiet_until=0.0,
                    error="",
                    delivered_at=None,
                    dropped=0,
                )
            )

    def change(self, webhook: Webhook) -> Webhook | None:
        """Write it in place of the same revision, and give it with the next one; None: somebody else changed it meanwhile.

        What waits is tried again at once: perhaps the address was what was wrong.
        """
        mine = (webhooks.c.id == webhook.id) & (webhooks.c.revision == webhook.revision)
        statement = sa.update(webhooks).where(mine, webhooks.c.tenant == webhook.tenant)
        values = _written(webhook) | {"revision": webhook.revision + 1, "quiet_until": 0.0, "failures": 0}
        with self._database.write() as connection:
            if connection.execute(statement.values(**values)).rowcount != 1:
                return None
            waiting = sa.update(deliveries).where(
                deliveries.c.webhook == webhook.id, deliveries.c.state == WAITING
            )
            connection.execute(waiting.values(next_at=deliveries.c.created_at))
        return replace(webhook, revision=webhook.revision + 1)

    def renew_secret(self, tenant: str, webhook: str, secret: str, now: float) -> bool:
        """A new secret; the one before signs beside it for a day."""
        mine = (webhooks.c.id == webhook) & (webhooks.c.tenant == tenant)
        values: dict[str, Any] = {
            "secret": self._secrets.seal(secret, place_of(webhook)),
            "old_secret": webhooks.c.secret,
            "old_until": now + KEPT_SECONDS,
            "revision": webhooks.c.revision + 1,
        }
        with self._database.write() as connection:
            return connection.execute(sa.update(webhooks).where(mine).values(**values)).rowcount == 1

    def remove(self, tenant: str, webhook: str) -> bool:
        """With its log, and what waits."""
        statement = sa.delete(webhooks).where(webhooks.c.id == webhook, webhooks.c.tenant == tenant)
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1

    # --- messages -----------------------------------------------------------------------------------------------------

    def deliveries(
        self, webhook: str, *, before: tuple[float, str] | None, limit: int, state: str = ""
    ) -> list[Delivery]:
        """Newest first, without what was sent. ``before``: instant and id of the last one seen."""
        column = deliveries.c
        query = sa.select(*(each for each in deliveries.columns if each.name != "body"))
        query = query.where(column.webhook == webhook)
        if state:
            query = query.where(column.state == state)
        if before is not None:
            at, ident = before
            place = sa.tuple_(sa.literal(at, sa.Double), sa.literal(ident, sa.Text))
            query = query.where(sa.tuple_(column.created_at, column.id) < place)
        query = query.order_by(column.created_at.desc(), column.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [delivery_of(row) for row in connection.execute(query)]

    def delivery(self, webhook: str, delivery: str) -> Delivery | None:
        """With what was sent."""
        query = sa.select(deliveries).where(deliveries.c.webhook == webhook, deliveries.c.id == delivery)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else delivery_of(row)

    def send(self, webhook: str, event: HookEvent, body: str, now: float) -> Delivery:
        """Have a message of ours sent. Raises TooMany."""
        column = deliveries.c
        waiting = sa.select(sa.func.count()).where(column.webhook == webhook, column.state == WAITING)
        ident = message_id(webhook, new_id())
        row = message_row(ident, webhook, event, body, now, now + KEPT_SECONDS)
        with self._database.write() as connection:
            if int(connection.execute(waiting).scalar_one()) >= MAX_WAITING:
                raise TooMany
            connection.execute(sa.insert(deliveries).values(**row))
        return Delivery(**(row | {"event": event, "state": DeliveryState.WAITING}))

    def send_again(self, webhook: str, delivery: str, now: float) -> bool:
        """Try a message once more from now on, for a day, whatever became of it; with the same id."""
        mine = (deliveries.c.webhook == webhook) & (deliveries.c.id == delivery)
        values = {"state": WAITING, "next_at": now, "expires_at": now + KEPT_SECONDS, "done_at": None}
        with self._database.write() as connection:
            if connection.execute(sa.update(deliveries).where(mine).values(**values)).rowcount != 1:
                return False
            loud = sa.update(webhooks).where(webhooks.c.id == webhook).values(quiet_until=0.0)
            connection.execute(loud)
        return True


def _written(webhook: Webhook) -> dict[str, Any]:
    """What people write of a webhook."""
    return {
        "name": webhook.name,
        "url": webhook.url,
        "events": msgspec.json.encode([event.value for event in webhook.events]).decode(),
        "enabled": webhook.enabled,
    }
