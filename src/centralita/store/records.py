"""The records of the journeys in the database: saved in batches as they are folded from the journal, listed, looked up.

How a record comes about is :mod:`centralita.pbx.journey`. Saving is idempotent, and the place in the journal up to which all is
saved moves in the same transaction: so nothing is missing or double, whenever the process that folds is killed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from centralita.pbx.callrecords import BadCursor, Filters, JourneySummary, Page, words
from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import Direction, MessageLeft, Outcome, Party, TenantId
from centralita.store.callsearch import CallSearch, MarkWriter, conditions
from centralita.store.calltables import journeys, metadata
from centralita.store.database import Database
from centralita.store.segments import BEGINNING, Position

positions = sa.Table(
    "journal_positions",
    metadata,
    sa.Column("journal", sa.Text, primary_key=True),
    sa.Column("segment", sa.BigInteger),
    sa.Column("byte", sa.BigInteger),
)
outbox = sa.Table(
    "mail_outbox",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("message", sa.Text, primary_key=True),
    sa.Column("journey", sa.Text),
    sa.Column("left_at", sa.Double),
    sa.Column("duration", sa.Double),
    sa.Column("caller", sa.Text),
    sa.Column("caller_name", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("attempts", sa.Integer),
    sa.Column("next_at", sa.Double),
    sa.Column("done_at", sa.Double),
    sa.Column("detail", sa.Text),
)

MAX_PAGE = 1000

__all__ = ["BadCursor", "Filters", "JourneySummary", "Page", "RecordStore"]


class RecordStore:
    """Works on SQLite and PostgreSQL. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert: Any = sqlite.insert if database.sqlite else postgresql.insert
        fresh = insert(journeys)
        # Compiled once, since SQLAlchemy spends as much on the parameters of a row as the database on the row.
        # A record that recovery closed as lost never replaces one that is whole: after a power cut the journal may
        # have forgotten an end that was already saved.
        upsert = fresh.on_conflict_do_update(
            index_elements=["journey"],
            set_={
                column.name: fresh.excluded[column.name]
                for column in journeys.columns
                if not column.primary_key
            },
            where=fresh.excluded.outcome != Outcome.LOST.value,
        ).compile(dialect=database.engine.dialect)
        self._save_journeys = str(upsert)
        self._fixed = upsert.params
        self._ordered = itemgetter(*upsert.positiontup) if upsert.positiontup else None
        place = insert(positions)
        self._save_position = place.on_conflict_do_update(
            index_elements=["journal"],
            set_={"segment": place.excluded.segment, "byte": place.excluded.byte},
        )
        self._save_mails = insert(outbox).on_conflict_do_nothing()
        self._search = CallSearch(database.sqlite)
        self._marks = MarkWriter(database)

    # --- what the projector does --------------------------------------------------------------------------------------

    def position(self, journal: str) -> Position:
        """Up to where a journal is saved: the first event of the oldest journey that was open then."""
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(positions.c.segment, positions.c.byte).where(positions.c.journal == journal)
            ).first()
        return BEGINNING if row is None else Position(*row)

    def save(
        self,
        batch: Sequence[Journey],
        messages: Sequence[MessageLeft],
        journal: str,
        position: tuple[int, int],
    ) -> None:
        """Save closed journeys and the mails that voicemail messages ask for, and move the position: all or nothing."""
        rows: Any = [self._fixed | _row(journey) for journey in batch]
        if self._ordered is not None:
            rows = [self._ordered(row) for row in rows]
        mails = [_mail(message) for message in messages]
        segment, byte = position
        with self._database.write() as connection:
            if rows:
                self._marks.save(connection, batch)
                connection.exec_driver_sql(self._save_journeys, rows)
            if mails:
                connection.execute(self._save_mails, mails)
            connection.execute(self._save_position, {"journal": journal, "segment": segment, "byte": byte})

    # --- what people ask ----------------------------------------------------------------------------------------------

    def get(self, journey: str, tenant: TenantId | None = None) -> Journey | None:
        """The whole record; None where there is none (of that tenant)."""
        query = sa.select(journeys.c.record).where(journeys.c.journey == journey)
        if tenant is not None:
            query = query.where(journeys.c.tenant == tenant)
        with self._database.read() as connection:
            record = connection.execute(query).scalar()
        return None if record is None else msgspec.json.decode(record, type=Journey)

    def list(
        self,
        tenant: TenantId | None,
        filters: Filters | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """A page of records, newest first; ``tenant`` None: of all tenants. Raises BadCursor."""
        limit = max(1, min(limit, MAX_PAGE))
        before = None if cursor is None else _read_cursor(cursor)
        with self._database.read() as connection:
            rows = self._search.newest(connection, tenant, filters or Filters(), before, limit + 1)
        found = [_summary(row) for row in rows]
        more = len(found) > limit
        found = found[:limit]
        return Page(found, _cursor(found[-1]) if more else None)

    def whole(
        self,
        tenant: TenantId,
        since: float,
        until: float | None = None,
        *,
        skip: int = 0,
        take: int | None = None,
        chunk: int = 2000,
    ) -> Iterator[Journey]:
        """Whole records of a tenant, oldest first: started at ``since`` or later, and before ``until``.

        ``skip`` so many, then ``take`` so many. Read in chunks, so that a year of them needs no more memory than a day.
        """
        column = journeys.c
        query = (
            sa.select(column.started_at, column.journey, column.record)
            .where(*conditions(tenant, Filters(since=since, until=until)))
            .order_by(column.started_at, column.journey)
        )
        decode = msgspec.json.Decoder(Journey).decode
        last: tuple[float, str] | None = None
        while take is None or take > 0:
            size = chunk if take is None else min(chunk, take)
            page = query.limit(size).offset(skip if last is None else 0)
            if last is not None:
                place = sa.tuple_(sa.literal(last[0], sa.Double), sa.literal(last[1], sa.Text))
                page = page.where(sa.tuple_(column.started_at, column.journey) > place)
            with self._database.read() as connection:
                rows = connection.execute(page).all()
            for row in rows:
                yield decode(row.record)
            if len(rows) < size:
                return
            last = (rows[-1].started_at, rows[-1].journey)
            take = None if take is None else take - len(rows)

    def count(self, tenant: TenantId | None = None, filters: Filters | None = None) -> int:
        """How many records there are."""
        query = (
            sa.select(sa.func.count()).select_from(journeys).where(*conditions(tenant, filters or Filters()))
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())


def _row(journey: Journey) -> dict[str, Any]:
    answer = journey.answer
    ended_at = journey.end
    outcome = journey.outcome or Outcome.LOST  # closed without an end: nobody can say how it went
    ended_by = journey.ended_by or Party.SYSTEM
    return {
        "journey": journey.journey,
        "tenant": journey.tenant,
        "started_at": journey.started_at,
        "answered_at": None if answer is None else answer.at,
        "ended_at": ended_at,
        "direction": journey.direction.value,
        "caller": _text(journey.caller),
        "caller_name": _text(journey.caller_name),
        "dialled": _text(journey.dialled),
        "caller_user": journey.user,
        "called_user": next((leg.user for leg in journey.legs if leg.user and leg.step), ""),
        "answered_user": "" if answer is None else answer.user,
        "answered_on": "" if answer is None else answer.target,
        "outcome": outcome.value,
        "ended_by": ended_by.value,
        "sip_status": journey.sip_status,
        "q850": journey.q850,
        "waiting": journey.waiting,
        "connected": journey.connected,
        "held": journey.held,
        "mos": min(
            [
                mos
                for leg in journey.legs
                if leg.audio is not None
                for mos in (leg.audio.mos_in, leg.audio.mos_out)
                if mos is not None
            ],
            default=None,
        ),
        "record": msgspec.json.encode(journey).decode(),
        "words": _text(words(journey.caller, journey.caller_name, journey.dialled)),
    }


def _mail(message: MessageLeft) -> dict[str, Any]:
    return {
        "tenant": message.tenant,
        "user_id": message.user,
        "message": message.message,
        "journey": message.journey,
        "left_at": message.at,
        "duration": message.duration,
        "caller": _text(message.caller),
        "caller_name": _text(message.caller_name),
        "state": "waiting",
        "attempts": 0,
        "next_at": message.at,
        "done_at": None,
        "detail": "",
    }


def _text(value: str) -> str:
    """PostgreSQL refuses the zero character, which a stranger may put into a name."""
    return value.replace("\0", "") if "\0" in value else value


def _summary(row: sa.Row[Any]) -> JourneySummary:
    values = dict(row._mapping)
    values["direction"] = Direction(values["direction"])
    values["outcome"] = Outcome(values["outcome"])
    values["ended_by"] = Party(values["ended_by"])
    return JourneySummary(**values)


def _cursor(last: JourneySummary) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([last.started_at, last.journey])).decode()


def _read_cursor(cursor: str) -> tuple[float, str]:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor.encode()), type=tuple[float, str])
    except (msgspec.MsgspecError, binascii.Error, UnicodeEncodeError, UnicodeDecodeError) as error:
        raise BadCursor("this cursor is of no listing") from error
