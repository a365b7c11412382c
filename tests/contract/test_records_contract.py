"""Records, positions and the outbox hold on both databases: what is saved is found, once, and all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

import postgres
from centralita.pbx.journey import Journey, fold_all
from centralita.pbx.vocabulary import (
    Answered,
    CallClosed,
    CallEnded,
    CallEvent,
    CallStarted,
    Direction,
    Held,
    JourneyId,
    LegId,
    LegRang,
    MessageLeft,
    Outcome,
    Party,
    QualityReported,
    TenantId,
)
from centralita.ports import StoreUnavailable, WaitingMail
from centralita.store.database import Database
from centralita.store.outbox import MailOutbox
from centralita.store.records import BadCursor, Filters, RecordStore

DEMO = TenantId("demo")
OTHER = TenantId("other")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path_factory.mktemp('records')}/a.db", durable=False)
        made.migrate()
        yield made
        made.close()
        return
    with postgres.server() as server, postgres.database(server) as url:
        made = Database(url)
        made.migrate()
        yield made
        made.close()


@pytest.fixture
def records(database: Database) -> RecordStore:
    with database.write() as connection:
        words = ("journey_words",) if database.sqlite else ()
        for table in ("journeys", "journey_marks", "journal_positions", "mail_outbox", *words):
            connection.execute(text(f"DELETE FROM {table}"))
    return RecordStore(database)


@pytest.fixture
def outbox(records: RecordStore, database: Database) -> MailOutbox:
    return MailOutbox(database)


def journey(
    name: str,
    at: float = 100.0,
    *,
    tenant: TenantId = DEMO,
    caller: str = "+34911234567",
    caller_name: str = "",
    dialled: str = "101",
    outcome: Outcome = Outcome.ANSWERED,
    direction: Direction = Direction.INBOUND,
    user: str = "",
    answered: bool = True,
) -> Journey:
    number = JourneyId(name)
    events: list[CallEvent] = [
        CallStarted(
            journey=number,
            at=at,
            tenant=tenant,
            direction=direction,
            caller=caller,
            caller_name=caller_name,
            dialled=dialled,
            via="trunk:main",
            config_version=3,
            sip_call_id="x",
            user=user,
        ),
        LegRang(journey=number, at=at, leg=LegId("b1"), step=1, target="device:desk", user="ana"),
        *(
            [
                Answered(journey=number, at=at + 4, leg=LegId("b1"), target="device:desk", user="ana"),
                Held(journey=number, at=at + 10, leg=LegId("a")),
            ]
            if answered
            else []
        ),
        CallEnded(journey=number, at=at + 30, by=Party.CALLEE, outcome=outcome, sip_status=200, q850=16),
        QualityReported(journey=number, at=at + 31, leg=LegId("a"), mos_in=4.25, mos_out=3.5),
        CallClosed(journey=number, at=at + 31),
    ]
    made = fold_all(events)
    assert made is not None
    return made


def message(name: str, at: float = 50.0) -> MessageLeft:
    return MessageLeft(
        journey=JourneyId("j"),
        at=at,
        tenant=DEMO,
        user="ana",
        message=name,
        path=f"voicemail/demo/ana/new/{name}/message.wav",
        duration=12.5,
        caller="+34911234567",
        caller_name="Pérez, José",
    )


def names(records: RecordStore, tenant: TenantId | None = DEMO, filters: Filters | None = None) -> list[str]:
    return [each.journey for each in records.list(tenant, filters).journeys]


# --- records ------------------------------------------------------------------------------------------------------


def test_a_record_comes_back_whole(records: RecordStore) -> None:
    saved = journey("j1", caller_name='José "<b>" 🎧\0\u202e')
    records.save([saved], [], "main", (1, 20))
    assert records.get("j1") == saved
    assert records.get("j1", DEMO) == saved
    assert records.get("j1", OTHER) is None
    assert records.get("j2") is None


def test_a_listing_shows_what_matters(records: RecordStore) -> None:
    records.save([journey("j1", user="luis")], [], "main", (1, 20))
    (line,) = records.list(DEMO).journeys
    assert (line.started_at, line.answered_at, line.ended_at) == (100.0, 104.0, 130.0)
    assert (line.caller, line.dialled, line.direction) == ("+34911234567", "101", Direction.INBOUND)
    assert (line.caller_user, line.called_user, line.answered_user, line.answered_on) == (
        "luis",
        "ana",
        "ana",
        "device:desk",
    )
    assert (line.outcome, line.ended_by, line.sip_status, line.q850) == (
        Outcome.ANSWERED,
        Party.CALLEE,
        200,
        16,
    )
    assert (line.waiting, line.connected, line.held, line.mos) == (4.0, 26.0, 20.0, 3.5)


def test_saving_again_changes_nothing(records: RecordStore) -> None:
    batch = [journey(f"j{number}") for number in range(5)]
    records.save(batch, [message("m1")], "main", (1, 20))
    before = records.list(DEMO)
    records.save(batch, [message("m1")], "main", (1, 20))
    assert records.list(DEMO) == before
    assert len(before.journeys) == 5


def test_a_later_version_of_a_record_replaces_it(records: RecordStore) -> None:
    records.save([journey("j1", answered=False)], [], "main", (1, 20))
    records.save([journey("j1")], [], "main", (1, 20))
    assert records.get("j1") == journey("j1")
    assert records.list(DEMO).journeys[0].answered_on == "device:desk"


def test_a_lost_end_never_replaces_a_known_one(records: RecordStore) -> None:
    records.save([journey("j1")], [], "main", (1, 20))
    records.save([journey("j1", outcome=Outcome.LOST)], [], "main", (1, 30))
    assert records.get("j1") == journey("j1")
    assert records.list(DEMO).journeys[0].outcome is Outcome.ANSWERED
    records.save([journey("j2", outcome=Outcome.LOST)], [], "main", (1, 30))
    records.save([journey("j2")], [], "main", (1, 30))
    assert records.list(DEMO).journeys[0].outcome is Outcome.ANSWERED


def test_a_large_batch_is_one_transaction(records: RecordStore) -> None:
    records.save([journey(f"j{number:04}", 100.0 + number) for number in range(700)], [], "main", (4, 2**40))
    assert records.count(DEMO) == 700
    assert records.position("main") == (4, 2**40)


def test_positions_are_of_a_journal_and_begin_at_the_beginning(records: RecordStore) -> None:
    assert records.position("main") == (0, 0)
    records.save([], [], "main", (1, 20))
    records.save([], [], "other", (7, 0))
    records.save([], [], "main", (2, 10))
    assert records.position("main") == (2, 10)
    assert records.position("other") == (7, 0)


def test_nothing_is_saved_of_a_batch_that_fails(records: RecordStore, database: Database) -> None:
    records.save([], [], "main", (1, 20))
    with database.write() as connection:
        connection.execute(text("ALTER TABLE mail_outbox RENAME TO mail_outbox_away"))
    try:
        with pytest.raises(Exception, match="mail_outbox"):
            records.save([journey("j1")], [message("m1")], "main", (9, 9))
    finally:
        with database.write() as connection:
            connection.execute(text("ALTER TABLE mail_outbox_away RENAME TO mail_outbox"))
    assert records.position("main") == (1, 20)
    assert records.get("j1") is None


# --- listing ------------------------------------------------------------------------------------------------------


def test_pages_show_each_record_once_newest_first(records: RecordStore) -> None:
    # Several share an instant, so that the order within it matters.
    records.save([journey(f"j{number:02}", 100.0 + number // 4) for number in range(25)], [], "main", (1, 0))
    found: list[str] = []
    cursor = None
    for _ in range(10):
        page = records.list(DEMO, cursor=cursor, limit=7)
        assert len(page.journeys) <= 7
        found += [each.journey for each in page.journeys]
        cursor = page.cursor
        if cursor is None:
            break
        # What comes in between moves nothing on the following pages.
        records.save([journey(f"new{len(found)}", 500.0)], [], "main", (1, 0))
    assert found == [f"j{number:02}" for number in range(24, -1, -1)]


def test_whole_records_are_told_oldest_first_whatever_the_chunk(records: RecordStore) -> None:
    batch = [journey(f"j{number}", 100.0 + number // 3) for number in range(10)]
    records.save([*reversed(batch), journey("theirs", tenant=OTHER)], [], "main", (1, 1))
    for chunk in (1, 3, 10, 100):
        told = list(records.whole(DEMO, 100.0, chunk=chunk))
        assert told == batch
        assert list(records.whole(DEMO, 100.0, skip=3, take=5, chunk=chunk)) == batch[3:8]
        assert list(records.whole(DEMO, 100.0, skip=8, chunk=chunk)) == batch[8:]
    assert [one.journey for one in records.whole(DEMO, 101.0, 103.0)] == ["j3", "j4", "j5", "j6", "j7", "j8"]


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "WyJhIl0=", "é", '["a"]'])
def test_a_cursor_that_is_none_is_refused(records: RecordStore, cursor: str) -> None:
    with pytest.raises(BadCursor):
        records.list(DEMO, cursor=cursor)


def test_tenants_do_not_see_each_other(records: RecordStore) -> None:
    records.save([journey("j1"), journey("j2", tenant=OTHER)], [], "main", (1, 0))
    assert names(records, DEMO) == ["j1"]
    assert names(records, OTHER) == ["j2"]
    assert sorted(names(records, None)) == ["j1", "j2"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["j4", "j3", "j2", "j1"]),
        (Filters(since=200.0), ["j4", "j3", "j2"]),
        (Filters(until=200.0), ["j1"]),
        (Filters(since=200.0, until=301.0), ["j3", "j2"]),
        (Filters(direction=Direction.OUTBOUND), ["j2"]),
        (Filters(outcome=Outcome.BUSY), ["j3"]),
        (Filters(user="luis"), ["j2"]),
        (Filters(user="ana"), ["j4", "j3", "j2", "j1"]),
        (Filters(number="6000"), ["j2"]),
        (Filters(number="+34911"), ["j3", "j1"]),
        (Filters(number="%"), ["j4"]),
        (Filters(number="_"), []),
        (Filters(number="' OR 1=1 --"), []),
    ],
)
def test_filters_narrow(records: RecordStore, filters: Filters, expected: list[str]) -> None:
    batch = [
        journey("j1", 100.0),
        journey("j2", 200.0, direction=Direction.OUTBOUND, caller="102", dialled="+34600000000", user="luis"),
        journey("j3", 300.0, outcome=Outcome.BUSY),
        journey("j4", 400.0, caller="50%"),
    ]
    records.save(batch, [], "main", (1, 0))
    assert names(records, DEMO, filters) == expected
    assert records.count(DEMO, filters) == len(expected)


# --- mail ---------------------------------------------------------------------------------------------------------


def only(mails: object) -> WaitingMail:
    (mail,) = mails  # type: ignore[misc]  # a sequence of one, else the test fails here
    return mail  # type: ignore[no-any-return]


def test_a_message_asks_for_one_mail_however_often_it_is_folded(
    records: RecordStore, outbox: MailOutbox
) -> None:
    records.save([], [message("m1")], "main", (1, 0))
    mail = only(outbox.due(60.0))
    assert (mail.user, mail.message, mail.caller_name, mail.attempts) == ("ana", "m1", "Pérez, José", 0)
    assert outbox.claim(mail, 60.0, 600.0)
    outbox.finish(mail, 61.0, "sent")
    records.save([], [message("m1")], "main", (1, 0))
    assert outbox.due(1e9) == []
    assert outbox.next_at() is None


def test_only_one_claims_a_mail(records: RecordStore, outbox: MailOutbox) -> None:
    records.save([], [message("m1")], "main", (1, 0))
    mail = only(outbox.due(60.0))
    assert [outbox.claim(mail, 60.0, 600.0), outbox.claim(mail, 60.0, 600.0)] == [True, False]
    assert outbox.due(60.0) == []
    assert outbox.waiting() == 1


def test_a_claim_that_is_never_finished_comes_back(records: RecordStore, outbox: MailOutbox) -> None:
    records.save([], [message("m1")], "main", (1, 0))
    first = only(outbox.due(60.0))
    assert outbox.claim(first, 60.0, 600.0)
    assert outbox.next_at() == 600.0
    second = only(outbox.due(600.0))
    assert second.attempts == 1
    assert outbox.claim(second, 600.0, 1200.0)
    outbox.finish(first, 601.0, "sent")  # from the dead: it is no longer the first one's to finish
    assert outbox.waiting() == 1
    outbox.retry(second, 5000.0, "later")
    assert outbox.due(4999.0) == []
    assert only(outbox.due(5000.0)).attempts == 2


def test_those_that_wait_longest_come_first(records: RecordStore, outbox: MailOutbox) -> None:
    records.save([], [message(f"m{number}", at=50.0 - number) for number in range(5)], "main", (1, 0))
    assert [mail.message for mail in outbox.due(60.0, limit=3)] == ["m4", "m3", "m2"]


# --- a database that is away --------------------------------------------------------------------------------------


def test_a_database_that_is_away_says_so(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/no/such/folder/a.db", "postgresql://nobody@127.0.0.1:1/none"):
        away = RecordStore(Database(url))
        with pytest.raises(StoreUnavailable):
            away.save([journey("j1")], [], "main", (1, 0))
        with pytest.raises(StoreUnavailable):
            away.position("main")


def test_the_record_is_plain_json(records: RecordStore, database: Database) -> None:
    records.save([journey("j1")], [], "main", (1, 0))
    with database.read() as connection:
        stored = connection.execute(text("SELECT record FROM journeys")).scalar()
    assert isinstance(stored, str)
    assert msgspec.json.decode(stored)["dialled"] == "101"
