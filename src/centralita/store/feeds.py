"""The texts of calendars that live at an address, as they were last fetched.

The rows are read with every snapshot (:mod:`.configs`); here they are written, and looked at for what is due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, and_, insert, select, update

from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.vocabulary import TenantId
from centralita.ports import Feed
from centralita.store import config_rows
from centralita.store.database import Database

rows = config_rows.feeds


class Published(Protocol):
    """What the published configurations are; fulfilled by :class:`centralita.store.configs.ConfigStore`."""

    def tenants(self) -> list[TenantId]: ...

    def objects(self, tenant: str) -> Mapping[Key, AnyObject]: ...


def texts(connection: Connection, tenant: str, urls: Mapping[str, str]) -> dict[str, str]:
    """Calendar → its text as last fetched, of the calendars given with their addresses; an older address does not count."""
    found = connection.execute(
        select(rows.c.calendar, rows.c.url, rows.c.text).where(rows.c.tenant == tenant)
    )
    return {calendar: text for calendar, url, text in found if text and urls.get(calendar) == url}


class FeedStore:
    """Fulfils what :mod:`centralita.jobs.calendar_feeds` asks for. Raises DatabaseUnavailable."""

    def __init__(self, database: Database, configs: Published) -> None:
        self._database = database
        self._configs = configs

    def feeds(self) -> Sequence[Feed]:
        """Of the published versions of all tenants."""
        with self._database.read() as connection:
            known = {
                (row.tenant, row.calendar): row
                for row in connection.execute(
                    select(
                        rows.c.tenant,
                        rows.c.calendar,
                        rows.c.url,
                        rows.c.fetched_at,
                        rows.c.tried_at,
                        rows.c.error,
                    )
                )
            }
        found = []
        for tenant in self._configs.tenants():
            for item in self._configs.objects(tenant).values():
                if not isinstance(item, Calendar) or not item.url:
                    continue
                row = known.get((tenant, item.id))
                if row is None or row.url != item.url:
                    found.append(Feed(tenant, item.id, item.url, None, None, ""))
                else:
                    found.append(Feed(tenant, item.id, item.url, row.fetched_at, row.tried_at, row.error))
        return found

    def save(self, feed: Feed, text: str, at: float) -> None:
        """A text was fetched. Where it is another than before, the switch is made to take up the tenant anew."""
        self._write(
            feed, {"url": feed.url, "text": text, "fetched_at": at, "tried_at": at, "error": ""}, text
        )

    def save_error(self, feed: Feed, error: str, at: float) -> None:
        """A fetch failed; the text of the same address stays."""
        values: dict[str, Any] = {"url": feed.url, "tried_at": at, "error": error}
        if feed.fetched_at is None:
            values |= {"text": "", "fetched_at": None}
        self._write(feed, values)

    def _write(self, feed: Feed, values: dict[str, Any], text: str | None = None) -> None:
        mine = and_(rows.c.tenant == feed.tenant, rows.c.calendar == feed.calendar)
        tenants = config_rows.tenants
        with self._database.write() as connection:
            before = connection.execute(select(rows.c.text).where(mine)).scalar()
            if before is None:
                connection.execute(
                    insert(rows).values(tenant=feed.tenant, calendar=feed.calendar, **{"text": "", **values})
                )
            else:
                connection.execute(update(rows).where(mine).values(**values))
            if text is not None and text != before:
                revision = tenants.c.personal_revision + 1
                connection.execute(
                    update(tenants).where(tenants.c.id == feed.tenant).values(personal_revision=revision)
                )
