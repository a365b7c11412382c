"""Messages to webhooks as they are sent: signed, tried for a day, and no address that is dead holds the others up."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from centralita.fetch import FetchFailed, Sent
from centralita.jobs.deliverer import Deliverer, HookPace
from centralita.store.database import Database
from centralita.store.hook_outbox import HookOutbox
from centralita.store.secrets import SecretBox
from centralita.store.webhooks import WebhookStore
from centralita.webhooks import Delivery, DeliveryState, HookEvent, Notice, Webhook, signed_headers
from support.waiting import until

NOW = 1_790_000_000.0
HOUR = 3600.0
SECRET = "whsec_c2VjcmV0"
SECRETS = SecretBox(bytes(32))


@dataclass
class Receiver:
    """The other side: what it answers, and what it got."""

    answer: int | FetchFailed = 204
    retry_after: str = ""
    got: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    on_post: Callable[[], None] = lambda: None

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Sent:
        self.got.append((url, body, headers))
        self.on_post()
        if isinstance(self.answer, FetchFailed):
            raise self.answer
        return Sent(self.answer, self.retry_after)


class World:
    def __init__(self, database: Database) -> None:
        self.now = NOW
        self.store = WebhookStore(database, SECRETS)
        self.outbox = HookOutbox(database, SECRETS, lambda: self.now)
        self.receiver = Receiver()
        self.done = threading.Event()
        self.deliverer = Deliverer(
            self.outbox,
            pace=HookPace(),
            post=self.receiver,
            wall=lambda: self.now,
            jitter=lambda: 1.0,
            on_done=self.done.set,
        )
        self.add("w1")

    def add(self, ident: str, tenant: str = "demo") -> None:
        url = f"https://{ident}.example/hook"
        hook = Webhook(id=ident, tenant=tenant, url=url, events=(HookEvent.CALL_ENDED,), created_at=NOW)
        self.store.add(hook, SECRET)

    def happen(self, *keys: str, tenant: str = "demo") -> None:
        self.outbox.refresh()
        self.outbox.save(
            [Notice(HookEvent.CALL_ENDED, tenant, key, self.now, f'{{"k":"{key}"}}') for key in keys]
        )

    def log(self, webhook: str = "w1") -> list[Delivery]:
        return sorted(self.store.deliveries(webhook, before=None, limit=99), key=lambda each: each.created_at)

    @property
    def hook(self) -> Webhook:
        found = self.store.get("demo", "w1")
        assert found is not None
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    database.migrate()
    world = World(database)
    yield world
    world.deliverer.close()
    database.close()


def test_a_message_is_signed_and_sent(world: World) -> None:
    world.happen("j1")
    world.deliverer.serve("w1")
    ((url, body, headers),) = world.receiver.got
    (sent,) = world.log()
    assert url == "https://w1.example/hook"
    assert json.loads(body) == {"k": "j1"}
    assert headers["Content-Type"] == "application/json"
    assert signed_headers(sent.id, NOW, body, [SECRET]).items() <= headers.items()
    assert (sent.state, sent.status, sent.attempts, sent.error) == (DeliveryState.DELIVERED, 204, 1, "")
    world.deliverer.serve("w1")
    assert len(world.receiver.got) == 1


def test_an_address_that_answers_with_errors_is_tried_for_a_day_and_then_given_up(world: World) -> None:
    world.receiver.answer = 500
    world.happen("j1")
    tries = []
    while (state := world.log()[0]).state is DeliveryState.WAITING:
        assert state.next_at is not None
        world.now = state.next_at
        world.deliverer.serve("w1")
        tries.append(world.now - NOW)
    assert tries == [0, 5, 305, 2105, 9305, 27305, 63305, 24 * HOUR]
    assert (state.state, state.attempts, state.status) == (DeliveryState.FAILED, 8, 500)
    assert state.error == "given up: the server answered 500"
    assert (world.hook.failing_since, world.deliverer.failed) == (NOW, 1)
    assert len({headers["webhook-id"] for _, _, headers in world.receiver.got}) == 1
    assert len({headers["webhook-timestamp"] for _, _, headers in world.receiver.got}) == 8


def test_one_bad_message_does_not_hold_the_next_up(world: World) -> None:
    world.receiver.answer = 422
    world.happen("j1", "j2")
    world.deliverer.serve("w1")
    assert len(world.receiver.got) == 2


@pytest.mark.parametrize("answer", [FetchFailed("it cannot be reached: timed out"), 503, 429])
def test_an_address_that_cannot_be_reached_is_left_in_peace_longer_each_time(
    world: World, answer: int | FetchFailed
) -> None:
    world.receiver.answer = answer
    world.happen(*(f"j{number}" for number in range(30)))
    rests = []
    for _ in range(4):
        world.deliverer.serve("w1")
        assert world.outbox.due_webhooks(world.now) == []
        before = world.now
        while not world.outbox.due_webhooks(world.now):
            world.now += 1
        rests.append(world.now - before)
    assert len(world.receiver.got) == 4, "one message at a time feels whether it is there again"
    assert rests == [5, 10, 20, 40]
    world.receiver.answer = 200
    for _ in range(3):
        world.deliverer.serve("w1")
    assert {each.state for each in world.log()} == {DeliveryState.DELIVERED}


def test_who_says_when_to_come_back_is_obeyed_within_an_hour(world: World) -> None:
    world.receiver.answer, world.receiver.retry_after = 503, "900"
    world.happen("j1")
    world.deliverer.serve("w1")
    assert world.outbox.due_webhooks(NOW + 899) == []
    assert world.outbox.due_webhooks(NOW + 901) == [("w1", "demo")]
    world.now = NOW + 901
    world.receiver.retry_after = "99999"
    world.deliverer.serve("w1")
    assert world.outbox.due_webhooks(world.now + 3601) == [("w1", "demo")]


def test_a_redirection_is_no_success(world: World) -> None:
    world.receiver.answer = 307
    world.happen("j1")
    world.deliverer.serve("w1")
    (tried,) = world.log()
    assert (tried.state, tried.status) == (DeliveryState.WAITING, 307)
    assert "not followed" in tried.error


def test_who_is_gone_is_asked_no_more(world: World) -> None:
    world.receiver.answer = 410
    world.happen("j1", "j2")
    world.deliverer.serve("w1")
    assert len(world.receiver.got) == 1
    assert not world.hook.enabled
    world.deliverer.serve("w1")
    assert len(world.receiver.got) == 1


def test_our_own_network_is_never_sent_to(world: World) -> None:
    """With the real way out, and an address that became internal after it was written down."""
    real = Deliverer(world.outbox, wall=lambda: world.now, jitter=lambda: 1.0)
    changed = world.store.change(
        world.hook.__class__(**{**_fields(world.hook), "url": "http://127.0.0.1:9/"})
    )
    assert changed is not None
    world.happen("j1")
    real.serve("w1")
    real.close()
    (tried,) = world.log()
    assert tried.error == "127.0.0.1 is within a private network, which is not asked"
    assert tried.status == 0


def _fields(hook: Webhook) -> dict[str, object]:
    return {name: getattr(hook, name) for name in Webhook.__dataclass_fields__}


def test_a_sender_that_is_killed_leaves_the_message_to_the_next_one(world: World) -> None:
    """Between the other side's yes and our note of it: the message comes twice, with the same id."""

    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    world.receiver.on_post = die
    world.happen("j1")
    with pytest.raises(Killed):
        world.deliverer.serve("w1")
    world.receiver.on_post = lambda: None
    world.deliverer.serve("w1")
    assert len(world.receiver.got) == 1, "whoever has claimed it may still be at it"
    world.now += 121
    world.deliverer.serve("w1")
    first, second = world.receiver.got
    assert first[2]["webhook-id"] == second[2]["webhook-id"]
    assert world.log()[0].state is DeliveryState.DELIVERED


def test_a_dead_address_holds_no_other_up(world: World) -> None:
    """One webhook's thread hangs; the other's messages go out meanwhile."""
    world.add("w2")
    hang, there = threading.Event(), threading.Event()
    quick: list[str] = []

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> Sent:
        if "w1" in url:
            there.set()
            hang.wait(20)
        else:
            quick.append(headers["webhook-id"])
        return Sent(200, "")

    deliverer = Deliverer(world.outbox, post=post, wall=lambda: world.now, jitter=lambda: 1.0)
    try:
        world.happen("j1", "j2")
        deliverer.step()
        assert there.wait(10)
        until(lambda: len(quick) == 2, "the other webhook has its messages")
        deliverer.step()
        assert [each.state for each in world.log("w2")] == [DeliveryState.DELIVERED] * 2
        assert [each.attempts for each in world.log("w1")].count(1) == 1, "one thread for one webhook"
    finally:
        hang.set()
        deliverer.close()


def test_a_company_whose_addresses_let_one_wait_leaves_threads_to_the_others(world: World) -> None:
    """Twenty webhooks that each answer as slowly as they may, and another company with one that is quick."""
    for number in range(2, 21):
        world.add(f"w{number}")
    world.add("quick", "other")
    hang = threading.Event()
    slow: list[str] = []
    quick = threading.Event()

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> Sent:
        if "quick" in url:
            quick.set()
        else:
            slow.append(url)
            hang.wait(20)
        return Sent(200, "")

    deliverer = Deliverer(world.outbox, post=post, wall=lambda: world.now, jitter=lambda: 1.0)
    try:
        world.happen("j1")
        world.happen("j2", tenant="other")
        deliverer.step()
        assert quick.wait(10), "the other company waits for nobody"
        until(lambda: len(slow) == 2, "the slow ones have their share of the threads")
        deliverer.step()
        assert len(slow) == 2
    finally:
        hang.set()
        deliverer.close()


def test_who_was_served_longest_ago_comes_first(world: World) -> None:
    """One thread, and a webhook that is always due: the second is served as often."""
    world.add("w2", "other")
    served: list[str] = []
    done = threading.Event()

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> Sent:
        served.append(url[8:10])
        return Sent(200, "")

    pace = HookPace(threads=1, at_once=1)
    deliverer = Deliverer(world.outbox, pace=pace, post=post, wall=lambda: world.now, on_done=done.set)
    world.happen("j1", "j2")
    world.happen("k1", "k2", tenant="other")
    for _ in range(4):
        done.clear()
        deliverer.step()
        assert done.wait(10)
    deliverer.close()
    assert served in (["w1", "w2", "w1", "w2"], ["w2", "w1", "w2", "w1"])


def test_who_answers_slowly_gives_the_turn_away(world: World) -> None:
    def slowly() -> None:
        world.now += 14.0

    world.receiver.on_post = slowly
    world.happen(*(f"j{number}" for number in range(10)))
    world.deliverer.serve("w1")
    assert len(world.receiver.got) == 3, "none is begun after half a minute"


def test_what_nobody_foresaw_ends_the_loop(world: World) -> None:
    def fail() -> None:
        raise ZeroDivisionError("a fault of ours")

    world.receiver.on_post = fail
    world.happen("j1")
    world.deliverer.step()
    assert world.done.wait(10)
    with pytest.raises(ZeroDivisionError):
        world.deliverer.step()


HANGING = """
import threading
from dataclasses import dataclass
from centralita.jobs.deliverer import Deliverer
from centralita.webhooks import Delivery, DeliveryState, HookEvent

there = threading.Event()

@dataclass
class Target:
    id: str = "w"
    tenant: str = "demo"
    url: str = "https://x.example/"
    keys: tuple = ()
    failures: int = 0

class Outbox:
    def tidy(self, now): ...
    def due_webhooks(self, now): return [Target()]
    def target(self, webhook, now): return Target()
    def due(self, webhook, now, limit):
        return [Delivery(id="m", webhook="w", event=HookEvent.TEST, state=DeliveryState.WAITING, attempts=0, created_at=0.0,
                         next_at=0.0, expires_at=1.0, done_at=None, status=0, seconds=None, error="")]
    def claim(self, delivery, now, until): return True

def hang(url, body, headers):
    there.set()
    threading.Event().wait()

deliverer = Deliverer(Outbox(), post=hang)
deliverer.step()
assert there.wait(20)
deliverer.close()
"""


def test_a_process_that_ends_waits_for_no_strangers_server() -> None:
    done = subprocess.run([sys.executable, "-c", HANGING], timeout=30, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
