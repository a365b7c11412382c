"""Every kind of configuration through the API: one uniform slice, no lost update, no secret told twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from centralita.accounts import Role
from centralita.pbx.configuration.kinds import KINDS
from centralita.web.slices.objects import PLURALS
from support.web_world import World, web_world

BASE = "/api/v1/tenants/demo"
EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "site": ({"id": "b", "first_extension": "900", "last_extension": "950"}, {"name": "Barcelona"}),
    "user": ({"id": "eva", "name": "Eva", "site": "m"}, {"name": "Eva B"}),
    "device": ({"id": "phone", "user": "ana"}, {"name": "Desk"}),
    "calendar": ({"id": "c", "country": "ES"}, {"region": "ES-CT"}),
    "schedule": ({"id": "office", "weekly": {"mon-fri": ["09:00-14:00"]}}, {"name": "Office"}),
    "override": ({"id": "closed", "code": "1"}, {"name": "Closed"}),
    "contacts": ({"id": "vip"}, {"name": "Important"}),
    "prompt": ({"id": "hello", "text": {"es": "Hola"}}, {"text": {"es": "Buenos días"}}),
    "menu": ({"id": "main", "prompt": "hello"}, {"attempts": 2}),
    "group": ({"id": "g", "members": ["ana"]}, {"strategy": "linear"}),
    "queue": ({"id": "q", "agents": ["ana"]}, {"wrap_up_seconds": 9}),
    "flow": (
        {"id": "f", "start": "v", "nodes": {"v": {"type": "voicemail", "user": "ana"}}},
        {"nodes": {"v": {"label": "Leave word"}}},
    ),
    "trunk": ({"id": "t", "host": "192.0.2.9", "password": "very secret"}, {"max_calls": 3}),
    "permission": ({"id": "p", "pin": "4711"}, {"name": "All"}),
    "outbound-route": ({"id": "r", "trunks": ["t"]}, {"name": "Way out"}),
    "number": ({"id": "n", "number": "+34910000001", "destination": "user:ana"}, {"name_prefix": "N"}),
    "extension": ({"id": "echo", "extension": "600", "purpose": "echo"}, {"extension": "601"}),
    "test": (
        {
            "id": "try",
            "from": "user:luis",
            "to": "101",
            "at": "2026-11-23T10:00:00",
            "expect": "voicemail:ana",
        },
        {"name": "Ana"},
    ),
}
BEFORE = {"menu": ["prompt"], "outbound-route": ["trunk"]}
"""What must be there first."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


@pytest.fixture
def admin(world: World) -> TestClient:
    return world.client(Role.ADMIN)


def _error_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(PLURALS) == set(KINDS) - {"tenant"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """For the kinds, each of which leaves nothing behind."""
    with web_world(tmp_path_factory.mktemp("world")) as world:
        yield world.client(Role.ADMIN)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_kind_is_made_read_changed_and_removed(shared: TestClient, kind: str) -> None:
    for other in BEFORE.get(kind, ()):
        assert shared.post(f"{BASE}/{PLURALS[other]}", json=EXAMPLES[other][0]).status_code == 201
    new, change = EXAMPLES[kind]
    url = f"{BASE}/{PLURALS[kind]}"
    made = shared.post(url, json=new)
    assert made.status_code == 201, made.text
    one = made.headers["location"]
    assert one == f"{url}/{new['id']}"
    read = shared.get(one)
    assert read.json() == made.json()["object"]
    assert read.headers["etag"] == made.headers["etag"]
    assert shared.get(one, headers={"If-None-Match": read.headers["etag"]}).status_code == 304
    changed = shared.patch(one, json=change)
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] != read.headers["etag"]
    assert [each["action"] for each in changed.json()["changes"]] == ["changed"]
    put = shared.put(one, json=read.json())
    assert put.status_code == 200, put.text
    assert put.json()["object"] == read.json()
    assert new["id"] in [item["id"] for item in shared.get(url).json()["items"]]
    gone = shared.delete(one)
    assert gone.status_code == 200, gone.text
    assert shared.get(one).status_code == 404
    versions = shared.get(f"{BASE}/versions").json()
    assert versions["items"][0]["removed"] == 1
    assert versions["items"][0]["author"].startswith("admin-")
    for other in BEFORE.get(kind, ()):
        assert shared.delete(f"{BASE}/{PLURALS[other]}/{EXAMPLES[other][0]['id']}").status_code == 200


def test_what_is_not_mentioned_stays_and_null_puts_back(admin: TestClient) -> None:
    url = f"{BASE}/users/ana"
    assert admin.patch(url, json={"max_calls": 5, "mail": "ana@example.com"}).status_code == 200
    assert admin.patch(url, json={"personal": {"ring_seconds": 40}}).status_code == 200
    after = admin.patch(url, json={"max_calls": None}).json()["object"]
    assert after["mail"] == "ana@example.com"
    assert after["personal"]["ring_seconds"] == 40
    assert after["max_calls"] == 2
    replaced = admin.put(url, json={"name": "Ana", "site": "m"}).json()["object"]
    assert replaced["mail"] == ""
    assert replaced["extension"] == "101"


def test_of_two_writers_the_later_one_is_told(admin: TestClient, world: World) -> None:
    url = f"{BASE}/users/ana"
    other = world.client(Role.ADMIN)
    mine, theirs = admin.get(url).headers["etag"], other.get(url).headers["etag"]
    assert other.patch(url, json={"name": "Theirs"}, headers={"If-Match": theirs}).status_code == 200
    for late in (
        admin.patch(url, json={"name": "Mine"}, headers={"If-Match": mine}),
        admin.put(url, json={"name": "Mine", "site": "m"}, headers={"If-Match": mine}),
        admin.delete(url, headers={"If-Match": mine}),
    ):
        assert _error_of(late) == (412, "changed-meanwhile")
    assert admin.get(url).json()["name"] == "Theirs"


def test_of_writers_at_the_same_instant_one_wins(world: World) -> None:
    url = f"{BASE}/users/ana"
    clients = [world.client(Role.ADMIN) for _ in range(4)]
    tag = clients[0].get(url).headers["etag"]
    statuses: list[int] = []
    start = threading.Barrier(len(clients))

    def write(number: int) -> None:
        start.wait()
        answer = clients[number].patch(url, json={"name": f"Ana {number}"}, headers={"If-Match": tag})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412, 412, 412]


def test_a_password_is_told_once_and_a_pin_never(admin: TestClient) -> None:
    made = admin.post(f"{BASE}/devices", json={"id": "phone", "user": "ana"}).json()
    (credentials,) = made["credentials"]
    assert credentials["username"] == "demo-phone"
    assert len(credentials["password"]) >= 20
    admin.patch(f"{BASE}/users/ana", json={"personal": {"voicemail": {"pin": "271828"}}})
    told = (
        "".join(
            admin.get(f"{BASE}{path}").text
            for path in (
                "/devices",
                "/devices/phone",
                "/users",
                "/users/ana",
                "/export",
                "/diff?before=1&after=3",
            )
        )
        + admin.get("/api/v1/audit").text
    )
    assert credentials["password"] not in told
    assert "271828" not in told
    assert "password" not in made["object"]
    kept = admin.patch(f"{BASE}/devices/phone", json={"name": "Desk"}).json()
    assert kept["credentials"] == []
    (anew,) = admin.patch(f"{BASE}/devices/phone", json={"password": None}).json()["credentials"]
    assert anew["password"] != credentials["password"]


def test_what_is_in_use_is_not_removed_and_its_users_are_named(admin: TestClient) -> None:
    admin.post(f"{BASE}/devices", json={"id": "phone", "user": "ana"})
    refused = admin.delete(f"{BASE}/users/ana")
    assert _error_of(refused) == (409, "in-use")
    named = {(error["kind"], error["id"], error["field"]) for error in refused.json()["errors"]}
    assert named == {("device", "phone", "user"), ("queue", "sales", "agents.0.user")}
    admin.patch(f"{BASE}/queues/sales", json={"agents": []})
    assert admin.delete(f"{BASE}/users/ana").status_code == 409
    assert admin.delete(f"{BASE}/users/ana?with_devices=true").status_code == 200
    assert admin.get(f"{BASE}/devices/phone").status_code == 404


def test_every_problem_names_its_object_and_field(admin: TestClient) -> None:
    refused = admin.post(f"{BASE}/queues", json={"id": "Q!", "agents": ["nobody"], "ring_seconds": 1})
    assert _error_of(refused) == (422, "configuration-refused")
    fields = {(error["kind"], error["field"]) for error in refused.json()["errors"]}
    assert {("queue", "id"), ("queue", "ring_seconds")} <= fields
    missing = admin.post(f"{BASE}/queues", json={"id": "q", "agents": ["anna"]}).json()["errors"]
    assert missing == [
        {
            "kind": "queue",
            "id": "q",
            "field": "agents.0.user",
            "detail": "there is no user anna; did you mean ana?",
            "mend": "",
            "values": {},
        }
    ]
    assert _error_of(admin.post(f"{BASE}/users", json={"id": "ana", "name": "A", "site": "m"})) == (
        409,
        "exists",
    )
    assert _error_of(admin.patch(f"{BASE}/users/ana", json={"id": "luis"})) == (422, "invalid")
    assert _error_of(admin.patch(f"{BASE}/users/nobody", json={"name": "N"})) == (404, "not-found")


def test_a_name_gives_an_id(admin: TestClient) -> None:
    url = f"{BASE}/users"
    first = admin.post(url, json={"name": "José Núñez", "site": "m"})
    second = admin.post(url, json={"name": "José Núñez", "site": "m"})
    assert [one.json()["object"]["id"] for one in (first, second)] == ["jose-nunez", "jose-nunez-2"]


def test_a_request_sent_again_is_answered_and_not_done_again(admin: TestClient, world: World) -> None:
    url = f"{BASE}/devices"
    key = {"Idempotency-Key": "one"}
    first = admin.post(url, json={"user": "ana", "name": "Desk"}, headers=key)
    again = admin.post(url, json={"user": "ana", "name": "Desk"}, headers=key)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert len(admin.get(url).json()["items"]) == 1
    assert _error_of(admin.post(url, json={"user": "luis"}, headers=key)) == (422, "key-used")
    assert world.client(Role.ADMIN).post(url, json={"user": "luis"}, headers=key).status_code == 201
    assert admin.post(url, json={"user": "x"}, headers={"Idempotency-Key": "two"}).status_code == 422
    assert admin.post(url, json={"user": "ana"}, headers={"Idempotency-Key": "two"}).status_code == 201
    world.clock.at += 86_401
    assert world.client(Role.ADMIN).get(url).status_code == 200


def test_a_list_comes_in_pages_that_meet(admin: TestClient) -> None:
    for number in range(7):
        admin.put(f"{BASE}/contacts/list-{number}", json={"name": f"List {7 - number}"})
    seen: list[str] = []
    cursor = ""
    while True:
        page = admin.get(f"{BASE}/contacts?limit=3&sort=-name&cursor={cursor}").json()
        seen += [item["id"] for item in page["items"]]
        assert page["total"] == 7
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"list-{number}" for number in range(7)]
    assert _error_of(admin.get(f"{BASE}/contacts?cursor=nonsense")) == (422, "invalid")
    assert _error_of(admin.get(f"{BASE}/devices?sort=password")) == (422, "invalid")
    assert _error_of(admin.get(f"{BASE}/contacts?limit=201")) == (422, "invalid")


def test_a_list_is_searched_and_filtered(admin: TestClient) -> None:
    admin.patch(f"{BASE}/users/luis", json={"name": "Luís Peña", "mail": "lp@example.com"})

    def found(query: str, kind: str = "users") -> list[str]:
        answer = admin.get(f"{BASE}/{kind}?{query}")
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert found("q=pena") == ["luis"]
    assert found("q=example.com luis") == ["luis"]
    assert found("filter=extension:101") == ["ana"]
    assert found("filter=personal.do_not_disturb:false&filter=mail:") == ["ana"]
    assert found("filter=agents.user:luis", "queues") == ["support"]
    assert found("filter=nothing:x") == []


def test_changes_wait_in_the_draft_where_the_tenant_says_so(admin: TestClient) -> None:
    assert admin.patch(f"{BASE}/settings", json={"changes": "draft"}).json()["published"] is True
    made = admin.patch(f"{BASE}/users/ana", json={"name": "Drafted"}).json()
    assert (made["published"], made["drafted"]) == (False, True)
    assert admin.get(f"{BASE}/users/ana").json()["name"] == "Drafted"
    assert admin.get(f"{BASE}/users/ana?version=published").json()["name"] == "Ana"
    tag = admin.get(f"{BASE}/users/ana").headers["etag"]
    second = admin.patch(f"{BASE}/users/ana", json={"max_calls": 4}, headers={"If-Match": tag})
    assert second.json()["object"]["name"] == "Drafted"
    draft = admin.get(f"{BASE}/draft").json()
    assert [(change["kind"], change["id"]) for change in draft["changes"]] == [("user", "ana")]
    assert draft["refusals"] == []
    assert admin.get(f"{BASE}/diff?before=published&after=draft").json()["changes"] == draft["changes"]
    published = admin.post(f"{BASE}/draft/publish?comment=Now").json()
    assert published["published"] is True
    assert admin.get(f"{BASE}/users/ana?version=published").json()["name"] == "Drafted"
    assert admin.get(f"{BASE}/versions").json()["items"][0]["comment"] == "Now"
    assert _error_of(admin.get(f"{BASE}/draft")) == (404, "no-draft")
    admin.patch(f"{BASE}/users/ana", json={"name": "Again"})
    assert admin.delete(f"{BASE}/draft").status_code == 204
    assert _error_of(admin.post(f"{BASE}/draft/publish")) == (404, "no-draft")


def test_roles_and_tenants_are_kept_apart(world: World) -> None:
    url = f"{BASE}/users"
    for role, reads in (
        (Role.AUDITOR, True),
        (Role.SUPERVISOR, False),
        (Role.USER, False),
    ):
        client = world.client(role)
        assert client.get(url).status_code == (200 if reads else 403)
        assert client.post(url, json={"name": "N", "site": "m"}).status_code == 403
        assert client.patch(f"{url}/ana", json={"name": "N"}).status_code == 403
        assert client.delete(f"{url}/ana").status_code == 403
        assert (
            client.post(
                f"{BASE}/apply", content=b"", headers={"Content-Type": "application/yaml"}
            ).status_code
            == 403
        )
        assert client.post(f"{BASE}/versions/1/rollback").status_code == 403
        assert client.post(f"{BASE}/user-sheet", content=b"id\n").status_code == 403
    stranger = world.client(Role.ADMIN, "other")
    for method, path in (
        ("GET", "/users"),
        ("GET", "/export"),
        ("PATCH", "/users/ana"),
        ("DELETE", "/users/ana"),
        ("POST", "/simulate"),
        ("GET", "/draft"),
    ):
        body = {"json": {}} if method in ("PATCH", "POST") else {}
        answer = stranger.request(method, BASE + path, **body)
        assert answer.status_code in (404, 422), (method, path)
        assert "Ana" not in answer.text
    assert world.stranger().get(url).status_code == 401


def test_the_audit_log_says_who_changed_what(admin: TestClient) -> None:
    admin.patch(f"{BASE}/users/ana", json={"name": "Ana B"})
    (entry,) = [one for one in admin.get("/api/v1/audit").json()["items"] if one["action"] == "config.change"]
    assert entry["object"] == "user/ana"
    assert "Ana B" in str(entry["changes"])


@pytest.mark.parametrize(
    "body",
    [
        b'{"id":"\\ud800","name":"x","site":"m"}',
        b'{"name":"\\ud800","site":"m"}',
        b'{"name":"\\u0000","site":"m"}',
        b'{"id":["x"],"name":{},"site":"m"}',
        b'{"\\ud800":1,"name":"x","site":"m"}',
        b'{"name":"x","site":"m","personal":' + b'{"voicemail":' * 300 + b"1" + b"}" * 301,
        b"[" * 3000 + b"]" * 3000,
        b"null",
        b'"text"',
    ],
)
def test_nonsense_is_a_problem_and_no_fault(shared: TestClient, body: bytes) -> None:
    answer = shared.post(f"{BASE}/users", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
