"""Plans, and what they keep from growing, on every database: whoever changes a configuration meets them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

import postgres
from centralita.accounts import Account, ApiToken, Role
from centralita.pbx.configuration.allowance import OverPlan
from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.reports import PlanInUse, PlanOutdated, PlanTaken, PlanUnknown
from centralita.pbx.model.service_plan import Function, Limit, ServicePlan
from centralita.store.accounts import AccountStore
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.plans import PlanStore
from centralita.store.secrets import SecretBox
from centralita.store.tokens import TokenStore
from centralita.web import parts

SECRETS = SecretBox(b"k" * 32)
SMALL = ServicePlan(
    id="small",
    name="Small",
    limits={Limit.USERS: 2, Limit.CALLS: 3},
    functions=frozenset({Function.QUEUES}),
)
Fields = dict[str, object]
TENANT: Fields = {"kind": "tenant", "id": "demo", "name": "Demo"}
SITE: Fields = {"kind": "site", "id": "m"}
QUEUE: Fields = {"kind": "queue", "id": "sales", "agents": []}
FLOW: Fields = {
    "kind": "flow",
    "id": "f",
    "start": "v",
    "nodes": {"v": {"type": "voicemail", "user": "u1"}},
}


def user(number: int, **more: object) -> Fields:
    return {"kind": "user", "id": f"u{number}", "name": f"U {number}", "site": "m"} | more


@pytest.fixture(scope="module")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "centralita.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    with postgres.server() as server, postgres.database(server) as url:
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path)
        database = Database(f"sqlite:///{path}")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.write() as connection:
            connection.execute(
                text("TRUNCATE config_tenants, config_names, plans, tenant_plans, accounts CASCADE")
            )
    yield database
    database.close()


@pytest.fixture
def configs(database: Database) -> ConfigStore:
    return ConfigStore(database, SECRETS)


@pytest.fixture
def plans(database: Database) -> PlanStore:
    return PlanStore(database)


@pytest.fixture
def limited(configs: ConfigStore, plans: PlanStore) -> ConfigStore:
    """A tenant with one user and a queue, on the small plan."""
    apply(configs, TENANT, SITE, user(1), QUEUE)
    plans.add(SMALL)
    plans.assign("demo", "small")
    return configs


def apply(store: ConfigStore, *fields: Fields, **more: bool | None) -> int:
    return store.apply([Entry(each) for each in fields], tenant="demo", **more).version


def refused(store: ConfigStore, *fields: Fields, **more: bool | None) -> list[tuple[str, int, int, int]]:
    with pytest.raises(OverPlan) as caught:
        apply(store, *fields, **more)
    return [(each.what, each.allowed, each.used, each.wanted) for each in caught.value.excesses]


# --- plans themselves -------------------------------------------------------------------------------------------------


def test_they_are_what_the_web_asks_for(plans: PlanStore) -> None:
    wanted: parts.Plans = plans
    assert wanted.all() == []


def test_a_plan_comes_back_as_it_went_in(plans: PlanStore) -> None:
    everything = ServicePlan(id="all", name="Todo, más ñ")
    plans.add(SMALL)
    plans.add(everything)
    assert plans.all() == [everything, SMALL]
    assert plans.get("small") == SMALL
    assert plans.get("nobody") is None
    with pytest.raises(PlanTaken):
        plans.add(SMALL)


def test_a_change_of_an_older_one_is_refused(plans: PlanStore) -> None:
    plans.add(SMALL)
    changed = plans.change(replace(SMALL, name="Little"))
    assert plans.get("small") == changed
    with pytest.raises(PlanOutdated):
        plans.change(replace(SMALL, name="Tiny"))
    assert changed.name == "Little"


def test_a_plan_that_a_tenant_has_stays(limited: ConfigStore, plans: PlanStore) -> None:
    with pytest.raises(PlanInUse) as caught:
        plans.remove("small")
    assert caught.value.tenants == ("demo",)
    assert plans.tenants() == {"demo": "small"}
    assert plans.assign("demo", None) == SMALL
    assert plans.of("demo") is None
    assert plans.remove("small")
    assert not plans.remove("small")
    with pytest.raises(PlanUnknown):
        plans.assign("demo", "small")


def test_several_who_give_a_plan_at_once_do_not_meet(limited: ConfigStore, plans: PlanStore) -> None:
    ids = [f"p{number}" for number in range(6)]
    for ident in ids:
        plans.add(replace(SMALL, id=ident))
    with ThreadPoolExecutor(len(ids)) as pool:
        list(pool.map(lambda ident: plans.assign("demo", ident), ids))
    found = plans.of("demo")
    assert found is not None
    assert found.id in ids
    with pytest.raises(PlanUnknown):
        plans.assign("demo", "nobody")
    assert plans.of("demo") == found, "and one that there is not changes nothing"


def test_who_polls_for_versions_learns_of_a_plan(limited: ConfigStore, plans: PlanStore) -> None:
    seen = [limited.current_versions()]
    plans.change(replace(SMALL, limits={Limit.CALLS: 9}))
    seen.append(limited.current_versions())
    plans.assign("demo", None)
    seen.append(limited.current_versions())
    assert len({str(each) for each in seen}) == 3
    assert limited.snapshot("demo").service_plan is None
    plans.assign("demo", "small")
    (snapshot,) = limited.snapshots()
    assert snapshot.service_plan is not None
    assert snapshot.service_plan.allows(Limit.CALLS) == 9


# --- what grows beyond them -------------------------------------------------------------------------------------------


def test_without_a_plan_nothing_is_limited(configs: ConfigStore) -> None:
    assert apply(configs, TENANT, SITE, *(user(number) for number in range(1, 6)), FLOW, QUEUE) == 1


def test_growth_beyond_the_plan_is_refused_by_every_way_in(limited: ConfigStore) -> None:
    assert apply(limited, user(2), merge=True) == 2
    assert refused(limited, user(3), merge=True) == [("users", 2, 2, 3)]
    assert refused(limited, user(3), merge=True, dry_run=True) == [("users", 2, 2, 3)]
    with pytest.raises(OverPlan, match="The plan Small allows 2 users: 2 are used, and this would make 3"):
        limited.edit("demo", [Edit(How.PUT, "user", "u3", {"name": "U 3", "site": "m"})])
    assert len(limited.versions("demo")) == 2


def test_a_draft_may_hold_it_and_is_not_published(limited: ConfigStore, plans: PlanStore) -> None:
    apply(limited, user(2), user(3), merge=True, as_draft=True)
    (problem,) = limited.draft("demo").refusals
    assert (problem.kind, problem.id, problem.field) == ("plan", "small", "users")
    assert "assign a larger plan" in problem.message
    with pytest.raises(OverPlan):
        limited.publish_draft("demo")
    plans.change(replace(SMALL, limits={Limit.USERS: 3}))
    assert limited.draft("demo").refusals == ()
    assert limited.publish_draft("demo").published


def test_what_is_there_stays_and_works_under_a_smaller_plan(limited: ConfigStore, plans: PlanStore) -> None:
    apply(limited, user(2), merge=True)
    plans.change(replace(SMALL, limits={Limit.USERS: 1}, functions=frozenset()))
    assert apply(limited, user(2, name="Renamed"), merge=True) == 3, "a change of what is there is no growth"
    assert apply(limited, TENANT, SITE, user(2), user(4), QUEUE) == 4, "neither is one in place of another"
    assert refused(limited, user(5), merge=True) == [("users", 1, 2, 3)]
    assert refused(limited, QUEUE | {"id": "other"}, merge=True) == [("queues", 0, 1, 2)]
    assert apply(limited, TENANT, SITE, user(2)) == 5, "and to have less is always allowed"


def test_a_rollback_is_never_refused(limited: ConfigStore, plans: PlanStore) -> None:
    apply(limited, user(2), merge=True)
    apply(limited, TENANT, SITE)
    plans.change(replace(SMALL, limits={Limit.USERS: 0}, functions=frozenset()))
    assert limited.rollback("demo", 2).published
    assert ("user", "u2") in limited.objects("demo")


@pytest.mark.parametrize(
    ("fields", "function"),
    [
        (FLOW, Function.FLOWS),
        ({"kind": "user", "id": "u1", "record_calls": True}, Function.RECORDING),
        ({"kind": "site", "id": "m", "dial_abroad": True}, Function.ABROAD),
        ({"kind": "permission", "id": "p", "allow": ["international"]}, Function.ABROAD),
        ({"kind": "permission", "id": "p", "pin_for": ["international"], "pin": "4711"}, Function.ABROAD),
    ],
)
def test_a_function_that_is_not_included_is_refused(
    limited: ConfigStore, plans: PlanStore, fields: Fields, function: Function
) -> None:
    edit = Edit(
        How.PATCH if fields["id"] in ("u1", "m") else How.PUT, str(fields["kind"]), str(fields["id"]), fields
    )
    with pytest.raises(OverPlan) as caught:
        limited.edit("demo", [edit])
    (excess,) = caught.value.excesses
    assert excess.what is function
    assert excess.message == f"The plan Small does not include {function}"
    plans.change(replace(SMALL, functions=frozenset({function})))
    assert limited.edit("demo", [edit]).published


def test_tokens_for_programs_are_a_function(
    limited: ConfigStore, plans: PlanStore, database: Database
) -> None:
    accounts, tokens = AccountStore(database, SECRETS), TokenStore(database)
    ana = Account(id="a", login="a@example.com", name="A", role=Role.ADMIN, tenant="demo")
    boss = Account(id="b", login="b@example.com", name="B", role=Role.PLATFORM)
    for each in (ana, boss):
        accounts.add(each)
    mine = ApiToken(id="t1", hash="h1", account="a", name="n", scopes=(), created_at=1.0)
    with pytest.raises(OverPlan, match="does not include api-tokens"):
        tokens.add(mine)
    assert tokens.of("a") == []
    tokens.add(replace(mine, id="t2", hash="h2", account="b"))
    plans.assign("demo", None)
    tokens.add(mine)
    assert plans.used_elsewhere("demo")[Function.API_TOKENS] == 1
    plans.assign("demo", "small")
    assert tokens.find("h1", 2.0) is not None, "what is there goes on working"
