"""Finds fifty calls out of a million quickly, whatever they are asked for by.

Either something asked for is rare: then the calls that have it are looked up, and put in order. Or all of it is frequent:
then a walk back through time meets enough calls soon. Which of the two it is, is counted first, up to a limit, in the indices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from centralita.pbx.callrecords import Filters, fold, marks, words
from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import TenantId
from centralita.store.calltables import journey_marks, journeys
from centralita.store.database import Database

RARE = 1000
"""So many calls are looked up one by one rather than met on the way through time."""
_FEW = 50
"""So few need no comparison with what else is asked for."""
_INDEXED = 3
"""Characters of text that the index of words knows."""
_PROBED = 8
"""Characters of a text that the index is asked for, the last ones: they tell numbers apart better than the country does."""

_summary = [column for column in journeys.columns if column.name not in ("record", "words")]
Place = tuple[float, str]
"""Start and id of the last call of a page."""


class CallSearch:
    """The newest calls that fit, on either database."""

    def __init__(self, sqlite: bool) -> None:
        self._sqlite = sqlite

    def newest(
        self,
        connection: sa.Connection,
        tenant: TenantId | None,
        filters: Filters,
        before: Place | None,
        limit: int,
    ) -> Sequence[sa.Row[Any]]:
        """At most so many rows of ``journeys``, newest first, without record and words; ``before``: older than this call."""
        visible = filters.visible
        if visible is None:
            return self._with_mark(connection, tenant, filters, None, before, limit)
        found: dict[str, sa.Row[Any]] = {}
        for mark in visible:
            for row in self._with_mark(connection, tenant, filters, mark, before, limit):
                found[row.journey] = row
        rows = sorted(found.values(), key=lambda row: (row.started_at, row.journey), reverse=True)
        return rows[:limit]

    def _with_mark(
        self,
        connection: sa.Connection,
        tenant: TenantId | None,
        filters: Filters,
        mark: str | None,
        before: Place | None,
        limit: int,
    ) -> Sequence[sa.Row[Any]]:
        wanted = [*([mark] if mark else []), *_marks_of(filters)]
        rare = self._rare(connection, tenant, filters, wanted) if tenant is not None else None
        if rare is not None:
            return _looked_up(connection, tenant, filters, wanted, rare, before, limit)
        return connection.execute(_walk(tenant, filters, wanted, before).limit(limit)).all()

    def _rare(
        self, connection: sa.Connection, tenant: TenantId, filters: Filters, wanted: Sequence[str]
    ) -> Sequence[str] | None:
        """The calls that have what fewest have, where those are few; None where all that is asked for is frequent."""
        fewest: Sequence[str] | None = None
        for query in self._probes(tenant, filters, wanted):
            found = [row[0] for row in connection.execute(query.limit(RARE + 1))]
            if len(found) <= RARE and (fewest is None or len(found) < len(fewest)):
                fewest = found
                if len(fewest) <= _FEW:
                    break
        return fewest

    def _probes(self, tenant: TenantId, filters: Filters, wanted: Sequence[str]) -> list[sa.Select[Any]]:
        """One question to an index for each thing that is asked for: which calls have it."""
        column = journeys.c
        probes: list[sa.Select[Any]] = []
        for text in (filters.number, filters.text):
            probe = fold(text)[-_PROBED:].strip()
            if self._sqlite and len(probe) >= _INDEXED:
                phrase = '"' + probe.replace('"', '""') + '"'
                matches = sa.text("SELECT journey FROM journey_words WHERE journey_words MATCH :phrase")
                found = matches.bindparams(phrase=phrase).columns(journey=sa.Text).subquery()
                probes.append(sa.select(found.c.journey))
        for mark in wanted:
            table = journey_marks.c
            within = _within(table.started_at, filters)
            probes.append(sa.select(table.journey).where(table.tenant == tenant, table.mark == mark, *within))
        of_tenant = [column.tenant == tenant]
        within = _within(column.started_at, filters)
        if filters.outcome is not None:
            outcome = column.outcome == filters.outcome.value
            probes.append(sa.select(column.journey).where(*of_tenant, outcome, *within))
        if filters.direction is not None:
            direction = column.direction == filters.direction.value
            probes.append(sa.select(column.journey).where(*of_tenant, direction, *within))
        if filters.min_connected is not None:
            longer = column.connected >= filters.min_connected
            probes.append(sa.select(column.journey).where(*of_tenant, longer))
        return probes


class MarkWriter:
    """Writes what calls are found by, with their records and before them."""

    def __init__(self, database: Database) -> None:
        self._sqlite = database.sqlite
        self._mark = _MARK if database.sqlite else _MARK.replace("?", "%s")

    def save(self, connection: sa.Connection, batch: Sequence[Journey]) -> None:
        rows: Any = [
            (journey.tenant, mark.replace("\0", ""), journey.started_at, journey.journey)
            for journey in batch
            for mark in marks(journey)
        ]
        if rows:
            connection.exec_driver_sql(self._mark, rows)
        if self._sqlite:
            texts: Any = [
                (
                    words(journey.caller, journey.caller_name, journey.dialled),
                    journey.journey,
                    journey.journey,
                )
                for journey in batch
            ]
            connection.exec_driver_sql(_WORDS, texts)


_MARK = (
    "INSERT INTO journey_marks (tenant, mark, started_at, journey) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_WORDS = (
    "INSERT INTO journey_words (words, journey) SELECT ?, ? "
    "WHERE NOT EXISTS (SELECT 1 FROM journeys WHERE journey = ?)"
)


def conditions(tenant: TenantId | None, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What a row of ``journeys`` must fulfil."""
    found = [] if tenant is None else [journeys.c.tenant == tenant]
    found += [*_own_conditions(filters), *map(_has, _marks_of(filters))]
    if filters.visible is not None:
        found.append(sa.or_(sa.false(), *map(_has, filters.visible)))
    return found


def _own_conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Without the tenant and the marks."""
    column = journeys.c
    found = _within(column.started_at, filters)
    if filters.direction is not None:
        found.append(column.direction == filters.direction.value)
    if filters.outcome is not None:
        found.append(column.outcome == filters.outcome.value)
    if filters.min_connected is not None:
        # Not a range of the index by length, all of which would be put in order: it is for the probes.
        found.append(column.connected + 0.0 >= filters.min_connected)
    for text in (filters.number, filters.text):
        if text:
            found.append(column.words.contains(fold(text), autoescape=True))
    if filters.number:
        found.append(
            sa.or_(
                column.caller.contains(filters.number, autoescape=True),
                column.dialled.contains(filters.number, autoescape=True),
            )
        )
    return found


def _marks_of(filters: Filters) -> list[str]:
    named = (
        ("user", filters.user),
        ("missed", filters.missed),
        ("queue", filters.queue),
        ("trunk", filters.trunk),
        ("tag", filters.tag),
        ("has", filters.has),
    )
    return [f"{kind}:{value}" for kind, value in named if value]


def _within(started_at: sa.ColumnElement[float], filters: Filters) -> list[sa.ColumnElement[bool]]:
    found = []
    if filters.since is not None:
        found.append(started_at >= filters.since)
    if filters.until is not None:
        found.append(started_at < filters.until)
    return found


def _has(mark: str, along: sa.FromClause = journeys) -> sa.ColumnElement[bool]:
    """``along``: the table that is walked along, so that what lacks a mark is passed over without its row being read."""
    table = journey_marks.alias().c
    return sa.exists().where(
        table.tenant == along.c.tenant,
        table.mark == mark,
        table.started_at == along.c.started_at,
        table.journey == along.c.journey,
    )


def _before(
    started_at: sa.ColumnElement[float], journey: sa.ColumnElement[str], place: Place | None
) -> list[sa.ColumnElement[bool]]:
    if place is None:
        return []
    last = sa.tuple_(sa.literal(place[0], sa.Double), sa.literal(place[1], sa.Text))
    return [sa.tuple_(started_at, journey) < last]


def _walk(
    tenant: TenantId | None, filters: Filters, wanted: Sequence[str], before: Place | None
) -> sa.Select[Any]:
    """Back through time: along the first mark where there is one, else along all calls."""
    column = journeys.c
    if not wanted or tenant is None:
        of_tenant = [] if tenant is None else [column.tenant == tenant]
        return (
            sa.select(*_summary)
            .where(*of_tenant, *_own_conditions(filters), *map(_has, wanted))
            .where(*_before(column.started_at, column.journey, before))
            .order_by(column.started_at.desc(), column.journey.desc())
        )
    table = journey_marks.c
    return (
        sa.select(*_summary)
        .select_from(journey_marks.join(journeys, column.journey == table.journey))
        .where(table.tenant == tenant, table.mark == wanted[0], *_within(table.started_at, filters))
        .where(*(_has(mark, journey_marks) for mark in wanted[1:]), *_own_conditions(filters))
        .where(*_before(table.started_at, table.journey, before))
        .order_by(table.started_at.desc(), table.journey.desc())
    )


def _looked_up(
    connection: sa.Connection,
    tenant: TenantId | None,
    filters: Filters,
    wanted: Sequence[str],
    journey_ids: Sequence[str],
    before: Place | None,
    limit: int,
) -> Sequence[sa.Row[Any]]:
    column = journeys.c
    query = (
        sa.select(*_summary)
        # Not by the tenant's index, which holds a million: each of these few has its own place in the primary key.
        .where(column.tenant.concat("") == tenant, column.journey.in_(journey_ids))
        .where(*_own_conditions(filters), *map(_has, wanted))
        .where(*_before(column.started_at, column.journey, before))
    )
    rows = connection.execute(query).all()
    return sorted(rows, key=lambda row: (row.started_at, row.journey), reverse=True)[:limit]
