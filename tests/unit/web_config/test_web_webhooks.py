"""Webhooks through the API: the secret is told once, nothing leads into our own network, and the log tells how it went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from centralita.accounts import Role
from centralita.store.database import Database
from centralita.store.hook_outbox import HookOutbox
from centralita.store.secrets import SecretBox, load_key
from centralita.webhooks import HookEvent, Notice
from support.web_world import World, web_world

HOOKS = "/api/v1/tenants/demo/webhooks"
CRM = {"url": "https://crm.example/hook?k=1", "events": ["call.ended", "call.missed"], "name": "CRM"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


@pytest.fixture
def admin(world: World) -> TestClient:
    return world.client(Role.ADMIN)


@pytest.fixture
def outbox(world: World) -> Iterator[HookOutbox]:
    database = Database(world.settings.database)
    yield HookOutbox(database, SecretBox(load_key(world.settings.secret_key_file)), world.clock)
    database.close()


def make(admin: TestClient, **fields: Any) -> dict[str, Any]:
    response = admin.post(HOOKS, json=CRM | fields)
    assert response.status_code == 201, response.text
    return dict(response.json())


def test_the_secret_is_told_once(world: World, admin: TestClient) -> None:
    made = make(admin)
    assert made["secret"].startswith("whsec_")
    assert (made["state"], made["events"], made["enabled"]) == ("ok", CRM["events"], True)
    for later in (
        admin.get(HOOKS).text,
        admin.get(f"{HOOKS}/{made['id']}").text,
        repr(world.parts.audit.page("demo")),
    ):
        assert made["secret"] not in later
        assert CRM["url"] in later
    renewed = admin.post(f"{HOOKS}/{made['id']}/secret").json()["secret"]
    assert renewed.startswith("whsec_")
    assert renewed != made["secret"]


def test_a_change_keeps_what_it_does_not_mention_and_meets_no_other(admin: TestClient) -> None:
    made = make(admin)
    address = f"{HOOKS}/{made['id']}"
    tag = admin.get(address).headers["etag"]
    changed = admin.patch(address, json={"enabled": False}, headers={"If-Match": tag})
    assert (changed.json()["state"], changed.json()["url"]) == ("disabled", CRM["url"])
    late = admin.patch(address, json={"name": "X"}, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    assert admin.post(f"{address}/test").json()["code"] == "webhook-disabled"
    assert admin.delete(address).status_code == 204
    assert admin.get(address).status_code == 404


def test_the_same_request_with_the_same_key_makes_one(admin: TestClient) -> None:
    key = {"Idempotency-Key": "k1"}
    first = admin.post(HOOKS, json=CRM, headers=key).json()
    again = admin.post(HOOKS, json=CRM, headers=key)
    assert again.json() == first
    assert len(admin.get(HOOKS).json()) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/x", "internal-address"),
        ("http://localhost:8080/x", "internal-address"),
        ("https://10.1.2.3/", "internal-address"),
        ("https://[::1]/", "internal-address"),
        ("https://[::ffff:10.0.0.1]/", "internal-address"),
        ("http://169.254.169.254/latest", "internal-address"),
        ("ftp://x.example/", "invalid"),
        ("https://user:password@x.example/", "invalid"),
        ("https://x.example:port/", "invalid"),
        ("crm", "invalid"),
    ],
)
def test_an_address_that_must_not_be_sent_to_is_refused(admin: TestClient, url: str, code: str) -> None:
    refused = admin.post(HOOKS, json=CRM | {"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [error["field"] for error in refused.json()["errors"]] == ["url"]
    made = make(admin)
    assert admin.patch(f"{HOOKS}/{made['id']}", json={"url": url}).json()["code"] == code


def test_a_network_that_the_installation_allows_may_be_sent_to(tmp_path: Path) -> None:
    with web_world(tmp_path, lookup_allow=(ip_network("10.1.0.0/16"),)) as world:
        admin = world.client(Role.ADMIN)
        assert admin.post(HOOKS, json=CRM | {"url": "http://10.1.2.3/x"}).status_code == 201
        assert admin.post(HOOKS, json=CRM | {"url": "http://10.2.2.3/x"}).status_code == 422


@pytest.mark.parametrize("fields", [{"events": []}, {"events": ["webhook.test"]}, {"events": ["call.sung"]}])
def test_only_what_there_is_can_be_chosen(admin: TestClient, fields: dict[str, Any]) -> None:
    assert admin.post(HOOKS, json=CRM | fields).status_code == 422


def test_the_log_tells_how_it_went_and_a_message_can_be_sent_again(
    world: World, admin: TestClient, outbox: HookOutbox
) -> None:
    address = f"{HOOKS}/{make(admin)['id']}"
    tried = admin.post(f"{address}/test")
    assert (tried.status_code, tried.json()["state"], tried.json()["event"]) == (
        202,
        "waiting",
        "webhook.test",
    )
    outbox.refresh()
    for number in range(3):
        world.clock.at += 1
        body = json.dumps({"type": "call.ended", "data": {"call": {"id": f"j{number}"}}})
        outbox.save([Notice(HookEvent.CALL_ENDED, "demo", f"j{number}", world.clock(), body)])
    first = admin.get(f"{address}/deliveries?limit=3").json()
    assert [each["event"] for each in first["items"]] == ["call.ended"] * 3
    rest = admin.get(f"{address}/deliveries", params={"cursor": first["next"]}).json()
    assert [each["id"] for each in rest["items"]] == [tried.json()["id"]]
    assert rest["next"] is None
    newest = first["items"][0]["id"]
    detail = admin.get(f"{address}/deliveries/{newest}").json()
    assert json.loads(detail["body"])["data"]["call"]["id"] == "j2"
    (due, *_) = [
        each for each in outbox.due(address.rpartition("/")[2], world.clock(), 9) if each.id == newest
    ]
    outbox.claim(due, world.clock(), world.clock() + 60)
    outbox.failed(due, world.clock(), "given up: it answered 500", next_at=None, status=500, seconds=0.2)
    failed = admin.get(f"{address}/deliveries?state=failed").json()["items"]
    assert [(each["id"], each["status"], each["attempts"]) for each in failed] == [(newest, 500, 1)]
    assert admin.get(address).json()["state"] == "failing"
    again = admin.post(f"{address}/deliveries/{newest}/redeliver")
    assert (again.status_code, again.json()["id"], again.json()["state"]) == (202, newest, "waiting")
    assert admin.post(f"{address}/deliveries/msg_0/redeliver").status_code == 404


def test_another_companys_webhook_is_not_there(world: World, admin: TestClient) -> None:
    made = make(admin)
    stranger = world.client(Role.ADMIN, "other")
    mine = f"/api/v1/tenants/other/webhooks/{made['id']}"
    for answer in (
        stranger.get(mine),
        stranger.patch(mine, json={"name": "X"}),
        stranger.delete(mine),
        stranger.post(f"{mine}/test"),
        stranger.post(f"{mine}/secret"),
        stranger.get(f"{mine}/deliveries"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert len(admin.get(HOOKS).json()) == 1


def test_a_token_that_may_not_read_calls_hands_none_on(world: World, admin: TestClient) -> None:
    wanted = {"name": "n", "scopes": ["config.read", "config.write"]}
    token = admin.post("/api/v1/tokens", json=wanted).json()["token"]
    program = world.stranger(Authorization=f"Bearer {token}")
    refused = program.post(HOOKS, json=CRM)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
    made = make(admin)
    assert program.get(f"{HOOKS}/{made['id']}").status_code == 200
    assert program.patch(f"{HOOKS}/{made['id']}", json={"name": "X"}).status_code == 403
    assert program.get(f"{HOOKS}/{made['id']}/deliveries/msg_0").status_code == 403


def test_a_company_has_so_many_at_most(admin: TestClient) -> None:
    for _ in range(20):
        make(admin)
    refused = admin.post(HOOKS, json=CRM)
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many")
