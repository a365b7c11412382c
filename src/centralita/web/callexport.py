"""Past calls as rows of a table: with our columns, or with those of Asterisk's call records for the tools that read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from centralita.pbx.callrecords import Filters, JourneySummary
from centralita.pbx.vocabulary import Direction, Outcome, TenantId
from centralita.web.callparts import Records
from centralita.web.cells import Cell

CHUNK = 500
"""Calls read at a time: a year of them needs no more memory than a day."""
Table = Mapping[str, Callable[[JourneySummary], Cell]]


def table(records: Records, tenant: TenantId, filters: Filters, columns: Table) -> Iterator[list[Cell]]:
    """The cells of all calls that fit, newest first."""
    cursor: str | None = None
    cells = list(columns.values())
    while True:
        page = records.list(tenant, filters, cursor, CHUNK)
        for one in page.journeys:
            yield [cell(one) for cell in cells]
        cursor = page.cursor
        if cursor is None:
            return


def _iso(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


OURS: Table = MappingProxyType(
    {
        "id": lambda one: one.journey,
        "started_at": lambda one: _iso(one.started_at),
        "answered_at": lambda one: _iso(one.answered_at),
        "ended_at": lambda one: _iso(one.ended_at),
        "direction": lambda one: one.direction.value,
        "caller": lambda one: one.caller,
        "caller_name": lambda one: one.caller_name,
        "dialled": lambda one: one.dialled,
        "caller_user": lambda one: one.caller_user,
        "called_user": lambda one: one.called_user,
        "answered_user": lambda one: one.answered_user,
        "answered_on": lambda one: one.answered_on,
        "outcome": lambda one: one.outcome.value,
        "ended_by": lambda one: one.ended_by.value,
        "sip_status": lambda one: one.sip_status,
        "q850": lambda one: one.q850,
        "waiting": lambda one: round(one.waiting, 3),
        "connected": lambda one: round(one.connected, 3),
        "held": lambda one: round(one.held, 3),
        "mos": lambda one: one.mos,
    }
)
"""Instants in UTC (ISO 8601), durations in seconds."""


def _disposition(one: JourneySummary) -> str:
    """Asterisk knows four. A voicemail or an announcement that answered is an answer to it, too."""
    if one.outcome in (Outcome.ANSWERED, Outcome.VOICEMAIL, Outcome.SERVICE):
        return "ANSWERED"
    if one.outcome is Outcome.BUSY:
        return "BUSY"
    return "FAILED" if one.outcome in (Outcome.FAILED, Outcome.LOST, Outcome.UNREACHABLE) else "NO ANSWER"


def _application(one: JourneySummary) -> str:
    return {Outcome.VOICEMAIL: "VoiceMail", Outcome.SERVICE: "Playback"}.get(one.outcome, "Dial")


def _clid(one: JourneySummary) -> str:
    name = one.caller_name.replace('"', "'")
    return f'"{name}" <{one.caller}>' if name else one.caller


ASTERISK: Table = MappingProxyType(
    {
        "calldate": lambda one: f"{datetime.fromtimestamp(one.started_at, UTC):%Y-%m-%d %H:%M:%S}",
        "clid": _clid,
        "src": lambda one: one.caller,
        "dst": lambda one: one.dialled,
        "dcontext": lambda one: "from-trunk" if one.direction is Direction.INBOUND else "from-internal",
        "channel": lambda one: one.caller_user or one.caller,
        "dstchannel": lambda one: one.answered_on,
        "lastapp": _application,
        "lastdata": lambda one: one.answered_user,
        "duration": lambda one: round(max(0.0, one.ended_at - one.started_at)),
        "billsec": lambda one: round(one.connected),
        "disposition": _disposition,
        "amaflags": lambda one: 3,
        "accountcode": lambda one: one.tenant,
        "uniqueid": lambda one: one.journey,
        "userfield": lambda one: one.outcome.value,
        "linkedid": lambda one: one.journey,
    }
)
"""``calldate`` in UTC; ``amaflags`` 3: documentation. ``userfield`` has our outcome, which says more than ``disposition``."""
