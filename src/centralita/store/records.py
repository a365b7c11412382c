"""The records of the journeys in the database: saved in batches as they are folded from the journal, listed, looked up.

How a record comes about is :mod:`centralita.pbx.journey`. Saving is idempotent, and the place in the journal up to which all is
saved moves in the same transaction: so nothing is missing or double, whenever the process that folds is killed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import Direction, JourneyId, MessageLeft, Outcome, Party, TenantId
from centralita.store.database import Database
from centralita.store.segments import BEGINNING, Position

metadata = sa.MetaData()

journeys = sa.Table(
    "journeys",
    metadata,
    sa.Column("journey", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Text),
    sa.Column("started_at", sa.Double),
    sa.Column("answered_at", sa.Double),
    sa.Column("ended_at", sa.Double),
    sa.Column("direction", sa.Text),
    sa.Column("caller", sa.Text),
    sa.Column("caller_name", sa.Text),
    sa.Column("dialled", sa.Text),
    sa.Column("caller_user", sa.Text),
    sa.Column("called_user", sa.Text),
    sa.Column("answered_user", sa.Text),
    sa.Column("answered_on", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("ended_by", sa.Text),
    sa.Column("sip_status", sa.Integer),
    sa.Column("q850", sa.Integer),
    sa.Column("waiting", sa.Double),
    sa.Column("connected", sa.Double),
    sa.Column("held", sa.Double),
    sa.Column("mos", sa.Double),
    sa.Column("record", sa.Text),
)
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


@dataclass(frozen=True, slots=True)
class Filters:
    """Which journeys to list; what is None or empty does not narrow. Instants are seconds since the epoch."""

    since: float | None = None
    """Started at this instant or later."""
    until: float | None = None
    """Started before this instant."""
    direction: Direction | None = None
    outcome: Outcome | None = None
    user: str = ""
    """A user who called, was called first, or answered."""
    number: str = ""
    """A part of the caller's number or of what was dialled."""


@dataclass(frozen=True, slots=True)
class JourneySummary:
    """One line of a listing. Durations are seconds; what they count is defined in :class:`Journey`."""

    journey: JourneyId
    tenant: TenantId
    started_at: float
    answered_at: float | None
    ended_at: float
    direction: Direction
    caller: str
    caller_name: str
    dialled: str
    caller_user: str
    called_user: str
    answered_user: str
    answered_on: str
    """``device:ID`` or ``trunk:ID``, empty where nobody answered."""
    outcome: Outcome
    ended_by: Party
    sip_status: int
    q850: int
    waiting: float
    connected: float
    held: float
    mos: float | None
    """The worst of all legs and directions; None where none was measured."""


@dataclass(frozen=True, slots=True)
class Page:
    journeys: list[JourneySummary]
    """Newest first."""
    cursor: str | None
    """Gives the next page; None: this is the last one."""


class BadCursor(ValueError):
    """Not a cursor that a page of ours gave."""


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
        columns = [column for column in journeys.columns if column.name != "record"]
        query = (
            sa.select(*columns)
            .where(*_conditions(tenant, filters or Filters()))
            .order_by(journeys.c.started_at.desc(), journeys.c.journey.desc())
            .limit(limit + 1)
        )
        if cursor is not None:
            started_at, journey = _read_cursor(cursor)
            query = query.where(
                sa.tuple_(journeys.c.started_at, journeys.c.journey)
                < sa.tuple_(sa.literal(started_at, sa.Double), sa.literal(journey, sa.Text))
            )
        with self._database.read() as connection:
            found = [_summary(row) for row in connection.execute(query)]
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
            .where(*_conditions(tenant, Filters(since=since, until=until)))
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
            sa.select(sa.func.count()).select_from(journeys).where(*_conditions(tenant, filters or Filters()))
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


def _conditions(tenant: TenantId | None, filters: Filters) -> list[sa.ColumnElement[bool]]:
    column = journeys.c
    found: list[sa.ColumnElement[bool]] = []
    if tenant is not None:
        found.append(column.tenant == tenant)
    if filters.since is not None:
        found.append(column.started_at >= filters.since)
    if filters.until is not None:
        found.append(column.started_at < filters.until)
    if filters.direction is not None:
        found.append(column.direction == filters.direction.value)
    if filters.outcome is not None:
        found.append(column.outcome == filters.outcome.value)
    if filters.user:
        found.append(
            sa.or_(
                column.caller_user == filters.user,
                column.called_user == filters.user,
                column.answered_user == filters.user,
            )
        )
    if filters.number:
        found.append(
            sa.or_(
                column.caller.contains(filters.number, autoescape=True),
                column.dialled.contains(filters.number, autoescape=True),
            )
        )
    return found


def _cursor(last: JourneySummary) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([last.started_at, last.journey])).decode()


def _read_cursor(cursor: str) -> tuple[float, str]:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor.encode()), type=tuple[float, str])
    except (msgspec.MsgspecError, binascii.Error, UnicodeEncodeError, UnicodeDecodeError) as error:
        raise BadCursor("this cursor is of no listing") from error
