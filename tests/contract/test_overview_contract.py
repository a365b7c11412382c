"""What the overview counts is what is in the records, on both databases; and it is counted in an index."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

import postgres
from centralita.pbx.journey import Answer, Journey, Leg
from centralita.pbx.vocabulary import Direction, JourneyId, LegId, Outcome, Party, TenantId
from centralita.store.database import Database
from centralita.store.overview import CallOverview
from centralita.store.records import RecordStore

DEMO = TenantId("demo")
BEGINS = 1_700_000_000.0
ENDS = BEGINS + 86_400


def made(rng: random.Random, index: int) -> Journey:
    at = BEGINS - 3600 + rng.randrange(86_400 + 7200) + rng.random()
    outcome = rng.choice(list(Outcome))
    answered = outcome is Outcome.ANSWERED
    return Journey(
        journey=JourneyId(f"j{index:04}"),
        tenant=rng.choice((DEMO, DEMO, TenantId("other"))),
        direction=rng.choice(list(Direction)),
        caller="+34600000001",
        dialled="+34910000100",
        via="trunk:main",
        config_version=1,
        started_at=at,
        updated_at=at + 60,
        ended_at=at + 60,
        outcome=outcome,
        ended_by=Party.CALLER,
        closed=True,
        legs=(Leg(leg=LegId("b1"), target="device:desk", step=1, user=rng.choice(("ana", "luis", ""))),),
        answers=(Answer(leg=LegId("b1"), at=at + rng.randrange(50)),) if answered else (),
    )


CALLS = [made(random.Random(index), index) for index in range(500)]
# On the very edges: the first belongs to the day, the last to the next.
EDGES = [
    replace(CALLS[0], journey=JourneyId(f"e{number}"), tenant=DEMO, started_at=at, answers=())
    for number, at in enumerate((BEGINS, ENDS))
]
BATCH = CALLS + EDGES


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path_factory.mktemp('overview')}/a.db", durable=False)
        made.migrate()
        RecordStore(made).save(BATCH, [], "main", (1, 0))
        yield made
        made.close()
        return
    with postgres.server() as server, postgres.database(server) as url:
        made = Database(url)
        made.migrate()
        RecordStore(made).save(BATCH, [], "main", (1, 0))
        yield made
        made.close()


def test_the_calls_of_a_day_are_counted_each_once(database: Database) -> None:
    expected: dict[tuple[int, Direction, Outcome], list[float]] = {}
    for one in BATCH:
        if one.tenant == DEMO and BEGINS <= one.started_at < ENDS and one.outcome is not None:
            hour = int((one.started_at - BEGINS) // 3600)
            expected.setdefault((hour, one.direction, one.outcome), []).append(one.waiting)
    found = CallOverview(database).tallies(DEMO, BEGINS, ENDS)
    assert {(hour, direction, outcome): calls for hour, direction, outcome, calls, _, _ in found} == {
        key: len(waits) for key, waits in expected.items()
    }
    for tally in found:
        waits = expected[tally[:3]]
        assert tally.waited == pytest.approx(sum(waits))
        assert tally.longest == pytest.approx(max(waits))
    assert sum(tally.calls for tally in found) > 200


def test_a_day_without_calls_has_no_tallies(database: Database) -> None:
    overview = CallOverview(database)
    assert overview.tallies(DEMO, 0.0, 86_400.0) == []
    assert overview.tallies(TenantId("nobody"), BEGINS, ENDS) == []


def test_who_called_lately_is_known_and_who_did_not_is_not(database: Database) -> None:
    overview = CallOverview(database)
    latest = {
        user: max(
            one.started_at
            for one in BATCH
            if one.tenant == DEMO and any(leg.user == user for leg in one.legs)
        )
        for user in ("ana", "luis")
    }
    assert overview.last_calls_of(DEMO, ["ana", "luis", "eva"], 0.0) == pytest.approx(latest)
    assert overview.last_calls_of(DEMO, ["ana", "luis"], max(latest.values()) + 1) == {}
    assert overview.last_calls_of(TenantId("nobody"), ["ana"], 0.0) == {}


def test_whether_there_has_ever_been_a_call(database: Database) -> None:
    overview = CallOverview(database)
    assert overview.any_call(DEMO)
    assert not overview.any_call(TenantId("nobody"))


def test_a_day_is_counted_in_its_index(database: Database) -> None:
    """On SQLite, whose plan does not depend on how much there is."""
    if not database.sqlite:
        with database.read() as connection:
            names = {one["name"] for one in sa.inspect(connection).get_indexes("journeys")}
        assert "journeys_of_day" in names
        return
    with database.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT direction, outcome, count(*), sum(waiting) FROM journeys "
            "WHERE tenant = 'demo' AND started_at >= 1 AND started_at < 2 GROUP BY direction, outcome"
        ).all()
    assert any("COVERING INDEX journeys_of_day" in row[-1] for row in plan)
