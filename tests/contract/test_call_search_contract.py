"""What is asked of past calls is found on both databases, whether it is rare or frequent, and nobody finds what is not theirs."""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator

import msgspec
import pytest

import postgres
from centralita.pbx.callrecords import Filters, marks, words
from centralita.pbx.journey import Answer, Decision, Journey, LeftMessage, Leg, SoundFile
from centralita.pbx.stays import Stay
from centralita.pbx.vocabulary import Direction, JourneyId, LegId, Outcome, Party, TenantId
from centralita.store import callsearch
from centralita.store.database import Database
from centralita.store.records import RecordStore

DEMO = TenantId("demo")
NAMES = ("José García", "maría", "Taller ÑANDÚ", "", "50% off_")
USERS = ("ana", "luis", "")
QUEUES = ("sales", "support", "")

WAYS = [
    tuple(Decision(at=1000.0, rule=rule, target=target, reason="") for rule, target in way)
    for way in (
        (),
        (("number", "queue:sales"),),
        (("extension", "user:ana"), ("do-not-disturb", "user:ana"), ("forward-busy", "102")),
        (("number", "user:luis"), ("blocked", "user:luis")),
    )
]


def made(rng: random.Random, index: int) -> Journey:
    user, queue, rung = rng.choice(USERS), rng.choice(QUEUES), rng.choice(USERS)
    at = 1000.0 + index // 3
    answered = rng.random() < 0.5
    return Journey(
        journey=JourneyId(f"j{index:04}"),
        tenant=rng.choice((DEMO, DEMO, DEMO, TenantId("other"))),
        direction=rng.choice(list(Direction)),
        caller=f"+349{rng.randrange(10**8):08}",
        caller_name=rng.choice(NAMES),
        dialled=rng.choice(("+34910000100", "101", "*97")),
        via="trunk:main",
        user=user,
        config_version=1,
        started_at=at,
        updated_at=at + 60,
        ended_at=at + 60,
        outcome=rng.choice((Outcome.ANSWERED, Outcome.BUSY, Outcome.NO_ANSWER)),
        ended_by=Party.CALLER,
        closed=True,
        legs=(
            Leg(leg=LegId("a"), target=rng.choice(("trunk:main", "trunk:spare", "device:x"))),
            Leg(leg=LegId("b1"), target="device:desk", step=1, user=rung),
        ),
        answers=(Answer(leg=LegId("b1"), at=at + rng.randrange(50), user=rung),) if answered else (),
        queues=(Stay(queue=queue, at=at),) if queue else (),
        recordings=(SoundFile(at=at, path="x", duration=1.0),) if rng.random() < 0.2 else (),
        messages=(LeftMessage(at=at, user="ana", message="m", path="y", duration=1.0),)
        if rng.random() < 0.2
        else (),
        tags=("vip",) if rng.random() < 0.3 else (),
        decisions=rng.choice(WAYS),
    )


BATCH = [made(random.Random(index), index) for index in range(400)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path_factory.mktemp('search')}/a.db", durable=False)
        made.migrate()
        yield made
        made.close()
        return
    with postgres.server() as server, postgres.database(server) as url:
        made = Database(url)
        made.migrate()
        yield made
        made.close()


@pytest.fixture(scope="module")
def records(database: Database) -> RecordStore:
    store = RecordStore(database)
    store.save(BATCH, [], "main", (1, 0))
    return store


def expected(filters: Filters) -> list[str]:
    """The same by looking at each of them."""

    def fits(one: Journey) -> bool:
        has = marks(one)
        named = (
            ("user", filters.user),
            ("missed", filters.missed),
            ("queue", filters.queue),
            ("trunk", filters.trunk),
            ("tag", filters.tag),
            ("has", filters.has),
        )
        plain = words(one.caller, one.caller_name, one.dialled)
        return (
            one.tenant == DEMO
            and (filters.since is None or one.started_at >= filters.since)
            and (filters.until is None or one.started_at < filters.until)
            and filters.direction in (None, one.direction)
            and filters.outcome in (None, one.outcome)
            and all(f"{kind}:{value}" in has for kind, value in named if value)
            and (filters.number in one.caller or filters.number in one.dialled)
            and words(filters.text, "", "").strip() in plain
            and (filters.min_connected is None or one.connected >= filters.min_connected)
            and (filters.visible is None or bool(has & set(filters.visible)))
        )

    fitting = sorted(
        (one for one in BATCH if fits(one)), key=lambda one: (one.started_at, one.journey), reverse=True
    )
    return [one.journey for one in fitting]


def paged(records: RecordStore, filters: Filters, limit: int) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = records.list(DEMO, filters, cursor, limit)
        found += [one.journey for one in page.journeys]
        cursor = page.cursor
        if cursor is None:
            return found


CASES = [
    Filters(),
    Filters(user="ana"),
    Filters(missed="ana"),
    Filters(missed="luis", visible=("user:luis",)),
    Filters(queue="sales"),
    Filters(trunk="spare"),
    Filters(tag="vip"),
    Filters(has="recording", user="ana"),
    Filters(has="message"),
    Filters(tag="nobody-has-it"),
    Filters(min_connected=30.0),
    Filters(text="JOSE garc"),
    Filters(text="ñandú"),
    Filters(text="nandu"),
    Filters(text="50% off_"),
    Filters(text="%"),
    Filters(text='"'),
    Filters(text="' OR 1=1 --"),
    Filters(text=BATCH[7].caller),
    Filters(number=BATCH[9].caller[-6:]),
    Filters(number="*97"),
    Filters(user="ana", queue="support", outcome=Outcome.BUSY),
    Filters(direction=Direction.OUTBOUND, outcome=Outcome.ANSWERED, min_connected=5.0),
    Filters(text="maria", queue="sales", since=1020.0, until=1100.0),
    Filters(visible=()),
    Filters(visible=("user:luis",)),
    Filters(visible=("queue:sales", "user:ana")),
    Filters(visible=("queue:sales", "queue:support"), user="ana", text="garcia"),
]


@pytest.mark.parametrize("rare", [0, 20, 1000], ids=["walking", "both", "looked up"])
@pytest.mark.parametrize("filters", CASES, ids=repr)
def test_what_is_asked_for_is_found_by_either_way(
    records: RecordStore, filters: Filters, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callsearch, "RARE", rare)
    assert paged(records, filters, 37) == expected(filters)


def test_the_cases_find_something_and_leave_something_out() -> None:
    sizes = [len(expected(filters)) for filters in CASES]
    assert sum(1 for size in sizes if 0 < size < sizes[0]) > 15


def test_saving_again_adds_no_mark_and_no_word(records: RecordStore, database: Database) -> None:
    def counts() -> list[int]:
        tables = ["journey_marks", *(["journey_words"] if database.sqlite else [])]
        with database.read() as connection:
            return [
                connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in tables
            ]

    before = counts()
    records.save(BATCH[:50], [], "main", (1, 0))
    assert counts() == before


def test_calls_from_before_are_found_as_those_since() -> None:
    step = importlib.import_module("centralita.store.migrations.versions.0006_call_search")
    missed = importlib.import_module("centralita.store.migrations.versions.0010_missed_calls")
    for one in BATCH:
        record = msgspec.json.decode(msgspec.json.encode(one))
        assert step._marks(record) | missed._marks(record) == marks(one)
        assert step._words(record) == words(one.caller, one.caller_name, one.dialled)


def test_the_step_fills_what_is_there_already(database: Database, records: RecordStore) -> None:
    step = importlib.import_module("centralita.store.migrations.versions.0006_call_search")
    with database.write() as connection:
        for table in ("journey_marks", *(["journey_words"] if database.sqlite else [])):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("UPDATE journeys SET words = ''")
        step._fill(connection, database.sqlite)
        importlib.import_module("centralita.store.migrations.versions.0010_missed_calls")._fill(connection)
    wanted = Filters(text="garcia", queue="sales")
    assert paged(records, wanted, 50) == expected(wanted)
    assert paged(records, Filters(missed="ana"), 50) == expected(Filters(missed="ana"))
