"""Webhooks and the messages to them, on every database."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

import postgres
from centralita.jobs.worker import Hooks
from centralita.pbx.configuration.allowance import OverPlan
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.model.service_plan import Function, ServicePlan
from centralita.store import hook_outbox, webhooks
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.hook_outbox import HookOutbox
from centralita.store.plans import PlanStore
from centralita.store.secrets import SecretBox
from centralita.store.webhooks import WebhookStore
from centralita.web import parts
from centralita.webhooks import DeliveryState, HookEvent, Notice, TooMany, Webhook

NOW = 1_790_000_000.0
DAY = 86_400.0
SECRETS = SecretBox(bytes(32))
ENDED, MISSED = HookEvent.CALL_ENDED, HookEvent.CALL_MISSED
CRM = Webhook(
    id="w1",
    tenant="demo",
    url="https://crm.example/hook",
    events=(ENDED, MISSED),
    name="CRM ñ",
    created_at=NOW,
)


@dataclass
class Clock:
    at: float = NOW

    def __call__(self) -> float:
        return self.at


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('hooks') / 'centralita.db'}")
        database.migrate()
        yield database
        database.close()
        return
    with postgres.server() as server, postgres.database(server) as url:
        database = Database(url)
        database.migrate()
        yield database
        database.close()


@pytest.fixture
def database(migrated: Database) -> Database:
    with migrated.write() as connection:
        for table in ("webhooks", "tenant_plans", "plans"):
            connection.execute(text(f"DELETE FROM {table}"))  # messages go with their webhook
    return migrated


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database) -> WebhookStore:
    store = WebhookStore(database, SECRETS)
    store.add(CRM, "whsec_c2VjcmV0")
    return store


@pytest.fixture
def outbox(database: Database, clock: Clock) -> HookOutbox:
    return HookOutbox(database, SECRETS, clock)


def notice(key: str, event: HookEvent = ENDED, tenant: str = "demo", at: float = NOW) -> Notice:
    return Notice(event, tenant, key, at, f'{{"key":"{key}"}}')


def tell(outbox: HookOutbox, *notices: Notice) -> None:
    outbox.refresh()
    outbox.save(notices)


def test_they_are_what_is_asked_for(store: WebhookStore, outbox: HookOutbox) -> None:
    web: parts.Webhooks = store
    jobs: Hooks = outbox
    assert (web.of("other"), jobs.due_webhooks(NOW)) == ([], [])


# --- webhooks ---------------------------------------------------------------------------------------------------------


def test_a_webhook_comes_back_as_it_went_in_and_belongs_to_its_tenant(store: WebhookStore) -> None:
    assert store.of("demo") == [CRM]
    assert store.get("demo", "w1") == CRM
    assert store.get("other", "w1") is None
    assert not store.remove("other", "w1")
    assert not store.renew_secret("other", "w1", "whsec_eA==", NOW)
    assert store.change(replace(CRM, tenant="other", name="taken")) is None


def test_a_secret_is_sealed_and_an_older_one_signs_for_a_day(
    store: WebhookStore, outbox: HookOutbox, database: Database
) -> None:
    with database.read() as connection:
        rows = str(connection.execute(text("SELECT * FROM webhooks")).all())
    assert "whsec_c2VjcmV0" not in rows
    assert "sealed:1:" in rows
    store.renew_secret("demo", "w1", "whsec_bmV3", NOW)
    target = outbox.target("w1", NOW + 1)
    assert target is not None
    assert target.keys == ("whsec_bmV3", "whsec_c2VjcmV0")
    later = outbox.target("w1", NOW + DAY + 1)
    assert later is not None
    assert later.keys == ("whsec_bmV3",)


def test_a_change_of_an_older_one_is_refused(store: WebhookStore) -> None:
    changed = store.change(replace(CRM, name="New"))
    assert changed == replace(CRM, name="New", revision=2)
    assert store.change(replace(CRM, name="Late")) is None
    assert store.get("demo", "w1") == changed


def test_a_plan_that_includes_none_refuses_another(store: WebhookStore, database: Database) -> None:
    ConfigStore(database, SECRETS)
    plans = PlanStore(database)
    plans.add(ServicePlan(id="p", name="P", functions=frozenset()))
    plans.assign("demo", "p")
    with pytest.raises(OverPlan, match="does not include webhooks"):
        store.add(replace(CRM, id="w2"), "whsec_eA==")
    assert store.change(replace(CRM, name="still there")) is not None
    assert plans.used_elsewhere("demo")[Function.WEBHOOKS] == 1


# --- messages ---------------------------------------------------------------------------------------------------------


def test_a_message_is_made_for_who_wants_it_and_only_once(
    store: WebhookStore, outbox: HookOutbox, clock: Clock
) -> None:
    store.add(replace(CRM, id="w2", events=(MISSED,)), "whsec_eA==")
    store.add(replace(CRM, id="w3", enabled=False), "whsec_eA==")
    store.add(replace(CRM, id="w4", tenant="other"), "whsec_eA==")
    outbox.refresh()
    assert outbox.wants("demo", ENDED)
    assert not outbox.wants("demo", HookEvent.CALL_STARTED)
    assert not outbox.wants("nobody", ENDED)
    for _ in range(2):
        tell(outbox, notice("j1/ended"), notice("j1/missed", MISSED), notice("j2/ended"))
    made = {
        hook: [each.event for each in store.deliveries(hook, before=None, limit=9)]
        for hook in ("w1", "w2", "w3", "w4")
    }
    assert sorted(made["w1"]) == [ENDED, ENDED, MISSED]
    assert (made["w2"], made["w3"], made["w4"]) == ([MISSED], [], [])
    assert sorted(outbox.due_webhooks(NOW)) == [("w1", "demo"), ("w2", "demo")]


def test_what_is_no_news_any_more_is_told_to_nobody(store: WebhookStore, outbox: HookOutbox) -> None:
    tell(outbox, notice("old", at=NOW - DAY - 1), notice("new", at=NOW - DAY + 60))
    (only,) = store.deliveries("w1", before=None, limit=9)
    found = store.delivery("w1", only.id)
    assert found is not None
    assert found.body == '{"key":"new"}'


def test_a_webhook_that_was_removed_meanwhile_stops_nobody(store: WebhookStore, outbox: HookOutbox) -> None:
    outbox.refresh()
    store.remove("demo", "w1")
    outbox.save([notice("j1/ended")])
    assert store.deliveries("w1", before=None, limit=9) == []


def test_no_more_wait_than_there_is_room_for(
    store: WebhookStore, outbox: HookOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_outbox, "MAX_WAITING", 3)
    tell(outbox, *(notice(f"j{number}") for number in range(5)))
    tell(outbox, notice("j9"))
    assert len(store.deliveries("w1", before=None, limit=9)) == 3
    found = store.get("demo", "w1")
    assert found is not None
    assert found.dropped == 3


def test_a_message_is_claimed_once_and_comes_again_when_its_sender_dies(
    store: WebhookStore, outbox: HookOutbox
) -> None:
    tell(outbox, notice("j1"))
    (first,) = outbox.due("w1", NOW, 5)
    start, claims = threading.Barrier(4), []

    def claim() -> None:
        start.wait(10)
        claims.append(outbox.claim(first, NOW, NOW + 120))

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == [False, False, False, True]
    assert outbox.due("w1", NOW + 100, 5) == []
    assert outbox.due_webhooks(NOW + 100) == []
    (again,) = outbox.due("w1", NOW + 120, 5)
    assert (again.id, again.attempts) == (first.id, 1)


def test_a_success_is_written_down_and_heals_the_webhook(store: WebhookStore, outbox: HookOutbox) -> None:
    tell(outbox, notice("j1"), notice("j2"))
    first, second = outbox.due("w1", NOW, 5)
    outbox.claim(first, NOW, NOW + 120)
    outbox.failed(first, NOW + 1, "no", next_at=NOW + 9999, quiet_until=NOW + 60)
    ill = store.get("demo", "w1")
    assert ill is not None
    assert (ill.failing_since, ill.error) == (NOW + 1, "no")
    assert outbox.due_webhooks(NOW + 2) == [], "it is left in peace"
    assert outbox.due_webhooks(NOW + 61) == [("w1", "demo")]
    outbox.claim(second, NOW + 61, NOW + 200)
    outbox.delivered(second, NOW + 62, 204, 0.5)
    well = store.get("demo", "w1")
    assert well is not None
    assert (well.failing_since, well.error, well.delivered_at) == (None, "", NOW + 62)
    done = store.delivery("w1", second.id)
    assert done is not None
    assert (done.state, done.status, done.seconds, done.done_at) == (
        DeliveryState.DELIVERED, 204, 0.5, NOW + 62,
    )  # fmt: skip
    (waiting,) = outbox.due("w1", NOW + 62, 5)
    assert waiting.id == first.id, "now that it can be reached, nothing waits for hours"


def test_a_message_that_is_given_up_can_be_sent_again_under_its_own_id(
    store: WebhookStore, outbox: HookOutbox
) -> None:
    tell(outbox, notice("j1"))
    (first,) = outbox.due("w1", NOW, 5)
    outbox.claim(first, NOW, NOW + 120)
    outbox.failed(first, NOW + DAY, "given up: no", next_at=None, status=500)
    given_up = store.delivery("w1", first.id)
    assert given_up is not None
    assert (given_up.state, given_up.next_at, given_up.status) == (DeliveryState.FAILED, None, 500)
    assert not store.send_again("w2", first.id, NOW)
    assert store.send_again("w1", first.id, NOW + 2 * DAY)
    (again,) = outbox.due("w1", NOW + 2 * DAY, 5)
    assert (again.id, again.expires_at) == (first.id, NOW + 3 * DAY)


def test_a_webhook_that_is_gone_is_disabled(store: WebhookStore, outbox: HookOutbox) -> None:
    tell(outbox, notice("j1"))
    (first,) = outbox.due("w1", NOW, 5)
    outbox.claim(first, NOW, NOW + 120)
    outbox.failed(first, NOW, "410", next_at=None, disable=True)
    found = store.get("demo", "w1")
    assert found is not None
    assert not found.enabled
    assert outbox.target("w1", NOW) is None


def test_the_log_is_bounded_and_pages_go_back_in_time(
    store: WebhookStore, outbox: HookOutbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        clock.at = NOW + number
        tell(outbox, notice(f"j{number}"))
    seen: list[str] = []
    before: tuple[float, str] | None = None
    while page := store.deliveries("w1", before=before, limit=4):
        seen += [each.id for each in page]
        before = (page[-1].created_at, page[-1].id)
    assert len(seen) == len(set(seen)) == 6
    for delivery in outbox.due("w1", NOW + 9, 9)[:5]:
        outbox.claim(delivery, NOW + 9, NOW + 99)
        outbox.delivered(delivery, NOW + 9, 200, 0.1)
    monkeypatch.setattr(hook_outbox, "LOG_ROWS", 2)
    outbox.tidy(NOW + 10)
    left = store.deliveries("w1", before=None, limit=9)
    assert [each.created_at for each in left] == [NOW + 5, NOW + 4]
    assert left[0].state is DeliveryState.WAITING, "what is still to be sent is not forgotten"
    outbox.tidy(NOW + 5 + 2 * DAY)
    (given_up,) = store.deliveries("w1", before=None, limit=9, state="failed")
    assert given_up.error == "given up: it was never sent"
    outbox.tidy(NOW + 8 * DAY)
    assert store.deliveries("w1", before=None, limit=9) == []


def test_a_test_message_and_its_text(store: WebhookStore, outbox: HookOutbox) -> None:
    made = store.send("w1", HookEvent.TEST, '{"n":1}', NOW)
    (due,) = outbox.due("w1", NOW, 5)
    assert due == made
    store.remove("demo", "w1")
    assert outbox.due("w1", NOW, 5) == []


def test_messages_that_are_asked_for_wait_in_the_same_room(
    store: WebhookStore, outbox: HookOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for tests again and again fills no table."""
    monkeypatch.setattr(webhooks, "MAX_WAITING", 3)
    for _ in range(3):
        store.send("w1", HookEvent.TEST, "{}", NOW)
    with pytest.raises(TooMany):
        store.send("w1", HookEvent.TEST, "{}", NOW)
    assert len(outbox.due("w1", NOW, 9)) == 3


def test_of_many_at_once_no_more_are_made_than_there_may_be(
    store: WebhookStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MAX_WEBHOOKS", 3)
    configs = ConfigStore(database, SECRETS)
    if "demo" not in configs.tenants():
        configs.apply([Entry({"kind": "site", "id": "m", "name": "Madrid"})], tenant="demo")

    def make(number: int) -> bool:
        try:
            store.add(replace(CRM, id=f"more{number}"), "whsec_eA==")
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as crowd:
        made = list(crowd.map(make, range(16)))
    assert sum(made) == 2
    assert len(store.of("demo")) == 3


def test_whatever_a_stranger_calls_himself_is_told_as_it_is(store: WebhookStore, outbox: HookOutbox) -> None:
    body = json.dumps({"caller": "a\0b", "name": "\\u0000", "ñ": "\U0001f4de"})
    tell(outbox, replace(notice("j1"), body=body))
    (due,) = outbox.due("w1", NOW, 5)
    assert due.body == body
