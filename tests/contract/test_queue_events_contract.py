"""Facts of queues and agents hold on both databases: each once, in the order of time, however often they are saved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

import postgres
from centralita.pbx.acd.facts import AgentPaused, QueueJoined, QueueLeft
from centralita.pbx.vocabulary import JourneyId, TenantId
from centralita.store.database import Database
from centralita.store.queue_events import QueueEventStore

DEMO, OTHER = TenantId("demo"), TenantId("other")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path_factory.mktemp('facts')}/a.db", durable=False)
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
def events(database: Database) -> QueueEventStore:
    with database.write() as connection:
        connection.execute(text("DELETE FROM queue_events"))
    return QueueEventStore(database)


def joined(number: int, tenant: TenantId = DEMO, caller: str = "") -> QueueJoined:
    journey = JourneyId(f"j{number}")
    return QueueJoined(
        tenant=tenant, journey=journey, at=float(number), queue="sales", position=1, caller=caller
    )


def test_each_is_kept_once_and_in_the_order_of_time(events: QueueEventStore) -> None:
    facts = [joined(number) for number in range(5)]
    events.save([((1, 10 - index), fact) for index, fact in enumerate(facts)], "main")
    events.save([((1, 10 - index), fact) for index, fact in enumerate(facts)][2:], "main")
    assert list(events.list(DEMO)) == facts
    events.save([((1, 10), joined(9))], "another")
    assert len(list(events.list(DEMO))) == 6


def test_narrowed_by_tenant_time_and_queue(events: QueueEventStore) -> None:
    paused = AgentPaused(tenant=DEMO, at=3.5, agent="ana", reason="lunch")
    left = QueueLeft(
        tenant=DEMO, journey=JourneyId("j1"), at=4.0, queue="other", reason="abandoned", waited=1, position=1
    )
    for index, fact in enumerate([joined(1), joined(2, OTHER), paused, left]):
        events.save([((1, index), fact)], "main")
    assert [fact.at for fact in events.list(None)] == [1.0, 2.0, 3.5, 4.0]
    assert [fact.at for fact in events.list(DEMO, since=2.0, until=4.0)] == [3.5]
    assert [fact.at for fact in events.list(DEMO, queue="sales")] == [1.0, 3.5], "pauses are of every queue"


def test_more_than_a_page(events: QueueEventStore) -> None:
    events.save([((1, number), joined(number // 10)) for number in range(4500)], "main")
    assert len(list(events.list(DEMO))) == 4500


def test_a_strangers_characters_break_nothing(events: QueueEventStore) -> None:
    events.save([((1, 1), joined(1, caller="a\0b|c"))], "main")
    (fact,) = events.list(DEMO)
    assert isinstance(fact, QueueJoined)
    assert fact.caller == "ab|c"
