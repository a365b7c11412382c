"""The messages to webhooks, as rows that the projector writes and the deliverer works off.

A message is claimed by a conditional update, which moves the instant of its next try beyond the time that a try takes: so two
processes never send the same one at once, and one that is killed while it sends leaves it to be tried again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from centralita.store.database import Database
from centralita.store.hook_rows import (
    WAITING,
    deliveries,
    delivery_of,
    events_of,
    message_row,
    place_of,
    webhooks,
)
from centralita.store.secrets import SecretBox
from centralita.webhooks import (
    KEPT_SECONDS,
    LOG_ROWS,
    LOG_SECONDS,
    MAX_WAITING,
    Delivery,
    DeliveryState,
    HookEvent,
    Notice,
    message_id,
)


@dataclass(frozen=True, slots=True)
class HookTarget:
    """Where a webhook's messages go, for who sends them."""

    url: str
    keys: tuple[str, ...]
    """Secrets that sign: the one in force, and the one before for a day."""
    failures: int
    """In a row, of not being reached."""


class DueWebhook(NamedTuple):
    id: str
    tenant: str


class HookOutbox:
    """Instants are seconds since the epoch. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database, secrets: SecretBox, wall: Callable[[], float]) -> None:
        self._database = database
        self._secrets = secrets
        self._wall = wall
        insert: Any = sqlite.insert if database.sqlite else postgresql.insert
        self._insert = insert(deliveries).on_conflict_do_nothing()
        self._wanted: dict[str, dict[HookEvent, tuple[str, ...]]] = {}

    # --- what the projector does --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """See who wants to be told of what."""
        query = sa.select(webhooks.c.id, webhooks.c.tenant, webhooks.c.events)
        wanted: dict[str, dict[HookEvent, tuple[str, ...]]] = {}
        with self._database.read() as connection:
            for ident, tenant, events in connection.execute(query.where(webhooks.c.enabled)):
                mine = wanted.setdefault(tenant, {})
                for event in events_of(events):
                    mine[event] = (*mine.get(event, ()), ident)
        self._wanted = wanted

    def wants(self, tenant: str, event: HookEvent) -> bool:
        return event in self._wanted.get(tenant, ())

    def save(self, notices: Sequence[Notice]) -> None:
        """A message for each webhook that wants one. Saving a notice twice changes nothing; what is no news any more is left out."""
        now = self._wall()
        rows = [
            message_row(
                message_id(webhook, notice.key), webhook, notice.event, notice.body, now, now + KEPT_SECONDS
            )
            for notice in notices
            if notice.at > now - KEPT_SECONDS
            for webhook in self._wanted.get(notice.tenant, {}).get(notice.event, ())
        ]
        if not rows:
            return
        concerned = {row["webhook"] for row in rows}
        column = deliveries.c
        waiting = (
            sa.select(column.webhook, sa.func.count())
            .where(column.state == WAITING, column.webhook.in_(concerned))
            .group_by(column.webhook)
        )
        with self._database.write() as connection:
            there = sa.select(webhooks.c.id).where(webhooks.c.id.in_(concerned))
            # Held, so that none is removed before its messages are there.
            held = connection.execute(there.with_for_update(read=True, key_share=True)).scalars()
            room = dict.fromkeys(held, MAX_WAITING)
            for webhook, count in connection.execute(waiting):
                room[webhook] = MAX_WAITING - count
            taken, dropped = _fitting(rows, room)
            if taken:
                connection.execute(self._insert, taken)
            for webhook, count in dropped.items():
                more = sa.update(webhooks).where(webhooks.c.id == webhook)
                connection.execute(more.values(dropped=webhooks.c.dropped + count))

    # --- what the deliverer does ----------------------------------------------------------------------------------------

    def due_webhooks(self, now: float) -> list[DueWebhook]:
        """Those with something to send, which are not to be left in peace."""
        query = sa.select(webhooks.c.id, webhooks.c.tenant).where(
            webhooks.c.enabled,
            webhooks.c.quiet_until <= now,
            sa.exists().where(
                deliveries.c.state == WAITING,
                deliveries.c.webhook == webhooks.c.id,
                deliveries.c.next_at <= now,
            ),
        )
        with self._database.read() as connection:
            return [DueWebhook(row.id, row.tenant) for row in connection.execute(query)]

    def target(self, webhook: str, now: float) -> HookTarget | None:
        """None: it is gone, or disabled. Raises SecretsUnavailable."""
        query = sa.select(webhooks).where(webhooks.c.id == webhook, webhooks.c.enabled)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        sealed = [row.secret, *([row.old_secret] if row.old_secret and row.old_until > now else [])]
        keys = tuple(self._secrets.open(each, place_of(webhook)) for each in sealed)
        return HookTarget(row.url, keys, row.failures)

    def due(self, webhook: str, now: float, limit: int) -> list[Delivery]:
        """Its messages to be tried now, those that wait longest first."""
        column = deliveries.c
        query = (
            sa.select(deliveries)
            .where(column.state == WAITING, column.webhook == webhook, column.next_at <= now)
            .order_by(column.next_at, column.created_at, column.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [delivery_of(row) for row in connection.execute(query)]

    def claim(self, delivery: Delivery, now: float, until: float) -> bool:
        """Take a message to send it; it is given to nobody else before ``until``. False: another was quicker."""
        column = deliveries.c
        statement = sa.update(deliveries).where(
            column.id == delivery.id,
            column.state == WAITING,
            column.attempts == delivery.attempts,
            column.next_at <= now,
        )
        with self._database.write() as connection:
            values = {"attempts": delivery.attempts + 1, "next_at": until}
            return connection.execute(statement.values(**values)).rowcount == 1

    def delivered(self, delivery: Delivery, at: float, status: int, seconds: float) -> None:
        """A claimed message was taken: the webhook works."""
        done = {"state": DeliveryState.DELIVERED.value, "next_at": None, "done_at": at, "error": ""}
        well = {"failing_since": None, "failures": 0, "quiet_until": 0.0, "error": "", "delivered_at": at}
        mine = webhooks.c.id == delivery.webhook
        column = deliveries.c
        others = sa.update(deliveries).where(
            column.state == WAITING, column.webhook == delivery.webhook, column.next_at > at
        )
        with self._database.write() as connection:
            self._end_try(connection, delivery, done | {"status": status, "seconds": seconds})
            if connection.execute(sa.select(webhooks.c.failures).where(mine)).scalar():
                # It can be reached again: what came to nothing meanwhile need not wait for hours.
                connection.execute(others.values(next_at=at))
            connection.execute(sa.update(webhooks).where(mine).values(**well))

    def failed(
        self,
        delivery: Delivery,
        at: float,
        error: str,
        *,
        next_at: float | None,
        status: int = 0,
        seconds: float | None = None,
        quiet_until: float = 0.0,
        disable: bool = False,
    ) -> None:
        """A try of a claimed message came to nothing. ``next_at`` None: it is given up. ``quiet_until``: nothing is sent there before."""
        values: dict[str, Any] = {"error": error, "status": status, "seconds": seconds, "next_at": next_at}
        if next_at is None:
            values |= {"state": DeliveryState.FAILED.value, "done_at": at}
        ill: dict[str, Any] = {
            "error": error,
            "failing_since": sa.func.coalesce(webhooks.c.failing_since, at),
        }
        if quiet_until:
            ill |= {"quiet_until": quiet_until, "failures": webhooks.c.failures + 1}
        if disable:
            ill |= {"enabled": False, "revision": webhooks.c.revision + 1}
        with self._database.write() as connection:
            self._end_try(connection, delivery, values)
            connection.execute(sa.update(webhooks).where(webhooks.c.id == delivery.webhook).values(**ill))

    def tidy(self, now: float) -> None:
        """Give up what is too old to be tried, and forget what the log need not keep."""
        column = deliveries.c
        late = sa.update(deliveries).where(
            column.state == WAITING, column.expires_at < now - KEPT_SECONDS / 24
        )
        old = sa.delete(deliveries).where(column.state != WAITING, column.created_at < now - LOG_SECONDS)
        with self._database.write() as connection:
            why = sa.case(
                (column.error == "", "given up: it was never sent"), else_="given up: " + column.error
            )
            given_up = {"state": DeliveryState.FAILED.value, "next_at": None, "done_at": now, "error": why}
            connection.execute(late.values(**given_up))
            connection.execute(old)
            for webhook in list(connection.execute(sa.select(webhooks.c.id)).scalars()):
                newest = sa.select(column.created_at).where(column.webhook == webhook)
                newest = newest.order_by(column.created_at.desc()).offset(LOG_ROWS).limit(1)
                oldest_kept = connection.execute(newest).scalar()
                if oldest_kept is not None:
                    surplus = sa.delete(deliveries).where(column.webhook == webhook, column.state != WAITING)
                    connection.execute(surplus.where(column.created_at <= oldest_kept))

    def _end_try(self, connection: sa.Connection, delivery: Delivery, values: dict[str, Any]) -> None:
        column = deliveries.c
        mine = (
            (column.id == delivery.id)
            & (column.state == WAITING)
            & (column.attempts == delivery.attempts + 1)
        )
        connection.execute(sa.update(deliveries).where(mine).values(**values))


def _fitting(
    rows: Sequence[dict[str, Any]], room: dict[str, int]
) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The messages that there is room for, and how many there is none for, by webhook."""
    taken: list[dict[str, Any]] = []
    dropped: Counter[str] = Counter()
    for row in rows:
        webhook = row["webhook"]
        if webhook not in room:
            continue  # removed meanwhile
        if room[webhook] > 0:
            room[webhook] -= 1
            taken.append(row)
        else:
            dropped[webhook] += 1
    return taken, dropped
