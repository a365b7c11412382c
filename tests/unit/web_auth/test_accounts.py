"""Accounts, invitations, tokens and the audit log as administrators and their people meet them."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient

from centralita.accounts import Account, LinkPurpose, Role, SecondFactor
from support.web_world import PASSWORD, World

ACCOUNTS = "/api/v1/accounts"
SESSION = "/api/v1/session"
EVA = {"login": "eva@example.com", "name": "Eva", "role": "user", "user": "ana"}


@pytest.fixture
def boss(world: World) -> Account:
    return world.account(Role.ADMIN, login="boss@example.com")


@pytest.fixture
def admin(world: World, boss: Account) -> TestClient:
    return world.signed_in(boss)


def sign_in(world: World, login: str, password: str = PASSWORD) -> int:
    return world.stranger().post(SESSION, json={"login": login, "password": password}).status_code


# --- invitations and links --------------------------------------------------------------------------------------------


def test_who_is_invited_chooses_a_password_by_mail_once(world: World, admin: TestClient) -> None:
    response = admin.post(ACCOUNTS, json=EVA)
    assert response.status_code == 201
    made = response.json()
    assert made["invited"] is True
    assert made["link"]["mailed"] is True
    assert made["link"]["url"] is None
    ((address, subject, text),) = world.letters.sent
    assert (address, subject) == ("eva@example.com", "Tu acceso a la centralita")
    (url,) = [line for line in text.splitlines() if line.startswith("https://")]
    assert url.startswith("https://pbx.example.com/password#")
    secret = url.partition("#")[2]

    eva = world.stranger()
    assert eva.post(f"{SESSION}/link", json={"token": secret}).json() == {
        "purpose": "invite", "login": "eva@example.com", "name": "Eva"
    }  # fmt: skip
    weak = eva.post(f"{SESSION}/password", json={"token": secret, "password": "short"})
    assert weak.json()["code"] == "weak"
    chosen = {"token": secret, "password": "my own long words"}
    assert eva.post(f"{SESSION}/password", json=chosen).status_code == 204
    assert eva.post(f"{SESSION}/password", json=chosen).json()["code"] == "link-invalid"
    assert sign_in(world, "eva@example.com", "my own long words") == 200
    assert admin.get(f"{ACCOUNTS}/{made['id']}").json()["invited"] is False


@pytest.mark.parametrize("reason", ["no mail server", "refused"])
def test_a_link_that_cannot_be_mailed_is_shown_once(world: World, admin: TestClient, reason: str) -> None:
    world.letters.there = reason != "no mail server"
    world.letters.works = reason != "refused"
    link = admin.post(ACCOUNTS, json=EVA).json()["link"]
    assert link["mailed"] is False
    secret = link["url"].partition("#")[2]
    assert world.stranger().post(f"{SESSION}/link", json={"token": secret}).status_code == 200
    assert secret not in repr(world.parts.audit.page(None))


def test_a_link_is_too_old_after_its_time(world: World, admin: TestClient, boss: Account) -> None:
    world.letters.there = False
    url = admin.post(f"{ACCOUNTS}/{boss.id}/link", json={"purpose": "reset"}).json()["url"]
    world.clock.at += 3601
    response = world.stranger().post(
        f"{SESSION}/password", json={"token": url.partition("#")[2], "password": "my own long words"}
    )
    assert response.status_code == 404


def test_a_reset_asked_for_is_answered_alike_and_mailed_to_who_exists(world: World, boss: Account) -> None:
    answers = [
        world.stranger().post(f"{SESSION}/reset", json={"login": login})
        for login in (boss.login, "nobody@example.com")
    ]
    assert [(answer.status_code, answer.text) for answer in answers] == [(202, "null")] * 2
    world.app.state.signing_in.close()
    ((address, _, text),) = world.letters.sent
    assert address == boss.login
    assert "una hora" in text


def test_nobodys_mailbox_is_flooded(world: World, boss: Account) -> None:
    statuses = [
        world.stranger().post(f"{SESSION}/reset", json={"login": boss.login}).status_code for _ in range(5)
    ]
    assert statuses == [202] * 3 + [429] * 2


def test_a_reset_ends_every_session(world: World, boss: Account, admin: TestClient) -> None:
    secret = world.app.state.signing_in.make_link(boss, LinkPurpose.RESET)
    new = {"token": secret, "password": "my own long words"}
    assert world.stranger().post(f"{SESSION}/password", json=new).status_code == 204
    assert admin.get("/api/v1/me").status_code == 401
    assert sign_in(world, boss.login) == 401


# --- accounts -----------------------------------------------------------------------------------------------------


def test_pages_of_accounts_are_of_one_tenant(world: World, admin: TestClient) -> None:
    world.account(Role.ADMIN, "other", login="far@example.com")
    root = world.client(Role.PLATFORM, login="root@example.com")
    for number in range(3):
        world.account(Role.USER, login=f"u{number}@example.com")
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = admin.get(ACCOUNTS, params={"limit": 2, "cursor": cursor}).json()
        seen += [item["login"] for item in page["items"]]
        cursor = page["next"]
    assert seen == ["boss@example.com", "u0@example.com", "u1@example.com", "u2@example.com"]
    everybody = [item["login"] for item in root.get(ACCOUNTS).json()["items"]]
    assert everybody == [*seen[:1], "far@example.com", "root@example.com", *seen[1:]]
    assert len(root.get(ACCOUNTS, params={"tenant": "other"}).json()["items"]) == 1
    assert admin.get(ACCOUNTS, params={"tenant": "other"}).status_code == 404


def test_another_tenants_account_is_none(world: World, admin: TestClient) -> None:
    theirs = world.account(Role.USER, "other")
    path = f"{ACCOUNTS}/{theirs.id}"
    for method, body in (
        ("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None), ("POST", {"purpose": "reset"})
    ):  # fmt: skip
        response = admin.request(method, path + ("/link" if method == "POST" else ""), json=body)
        assert (response.status_code, response.json()["code"]) == (404, "not-found")
    assert world.parts.accounts.get(theirs.id) == theirs


def test_a_change_keeps_what_it_does_not_mention_and_is_in_the_log(world: World, admin: TestClient) -> None:
    made = admin.post(ACCOUNTS, json=EVA).json()
    path = f"{ACCOUNTS}/{made['id']}"
    changed = admin.patch(path, json={"role": "supervisor", "queues": ["sales"]})
    assert changed.status_code == 200
    assert changed.json() == admin.get(path).json()
    assert changed.json()["user"] == "ana"
    entry = world.parts.audit.page("demo", action="account.change")[0]
    assert entry.target == "account/eva@example.com"
    assert dict(entry.changes) == {"role": ("user", "supervisor"), "queues": (None, ["sales"])}
    assert (entry.who, entry.source, entry.via) == ("boss@example.com", "192.0.2.7", "session")


def test_a_change_of_what_another_changed_is_refused(admin: TestClient) -> None:
    path = f"{ACCOUNTS}/{admin.post(ACCOUNTS, json=EVA).json()['id']}"
    tag = admin.get(path).headers["ETag"]
    assert admin.patch(path, json={"name": "Eve"}, headers={"If-Match": tag}).status_code == 200
    late = admin.patch(path, json={"name": "Evita"}, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    assert admin.delete(path, headers={"If-Match": tag}).status_code == 412
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (EVA | {"login": "eva"}, 422, "login"),
        (EVA | {"login": "boss@example.com"}, 409, "login"),
        (EVA | {"user": "nobody"}, 422, "user"),
        (EVA | {"role": "platform", "user": ""}, 403, "role"),
        (EVA | {"tenant": "other"}, 422, "tenant"),
        (EVA | {"queues": ["sales"]}, 422, "queues"),
        (EVA | {"role": "supervisor", "queues": ["sales", "none"]}, 422, "queues.1"),
        (EVA | {"name": "a\nb"}, 422, "name"),
        (EVA | {"password": "x"}, 422, "password"),
        ({"login": "eva@example.com"}, 422, "name"),
    ],
)
def test_what_cannot_be_names_its_field(
    admin: TestClient, body: dict[str, Any], status: int, field: str
) -> None:
    response = admin.post(ACCOUNTS, json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in response.json()["errors"]]


def test_nobody_takes_their_own_rights_away(admin: TestClient, boss: Account) -> None:
    path = f"{ACCOUNTS}/{boss.id}"
    for body in ({"role": "user"}, {"disabled": True}):
        assert admin.patch(path, json=body).json()["code"] == "yourself"
    assert admin.delete(path).json()["code"] == "yourself"
    assert admin.patch(path, json={"name": "Chief"}).status_code == 200


def test_nobody_becomes_a_platform_administrator(world: World, admin: TestClient, boss: Account) -> None:
    user = world.account(Role.USER)
    for account in (user, boss):
        assert admin.patch(f"{ACCOUNTS}/{account.id}", json={"role": "platform"}).status_code in (409, 422)
    root = world.client(Role.PLATFORM)
    assert root.patch(f"{ACCOUNTS}/{user.id}", json={"role": "platform"}).json()["code"] == "role-of-tenant"


def test_a_role_that_is_taken_away_is_gone_at_once(world: World, admin: TestClient) -> None:
    other = world.account(Role.ADMIN)
    browser = world.signed_in(other)
    assert browser.get(ACCOUNTS).status_code == 200
    assert admin.patch(f"{ACCOUNTS}/{other.id}", json={"role": "user"}).status_code == 200
    assert browser.get(ACCOUNTS).status_code == 403
    assert admin.patch(f"{ACCOUNTS}/{other.id}", json={"disabled": True}).status_code == 200
    assert browser.get("/api/v1/me").status_code == 401


def test_an_administrator_helps_who_lost_the_telephone(world: World, admin: TestClient) -> None:
    user = world.account(Role.USER, login="lost@example.com")
    world.parts.accounts.set_second_factor(user.id, SecondFactor(secret="JBSWY3DPEHPK3PXP", confirmed=True))
    assert sign_in(world, user.login) == 401
    assert admin.delete(f"{ACCOUNTS}/{user.id}/second-factor").status_code == 204
    assert sign_in(world, user.login) == 200
    assert admin.delete(f"{ACCOUNTS}/{user.id}/second-factor").status_code == 409
    browser = world.signed_in(user)
    assert admin.delete(f"{ACCOUNTS}/{user.id}/sessions").status_code == 204
    assert browser.get("/api/v1/me").status_code == 401


# --- tokens -------------------------------------------------------------------------------------------------------


def token(browser: TestClient, **wanted: Any) -> dict[str, Any]:
    response = browser.post("/api/v1/tokens", json={"name": "robot", "scopes": ["accounts.read"]} | wanted)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def bearer(world: World, secret: str) -> TestClient:
    client = world.stranger(Authorization=f"Bearer {secret}")
    del client.headers["Sec-Fetch-Site"]
    return client


def test_a_token_may_what_its_scopes_name(world: World, admin: TestClient) -> None:
    made = token(admin)
    assert made["token"].startswith("ctl_")
    robot = bearer(world, made["token"])
    assert robot.get(ACCOUNTS).status_code == 200
    assert robot.get("/api/v1/me").json()["may"] == ["accounts.read"]
    refused = robot.get("/api/v1/audit")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
    (listed,) = admin.get("/api/v1/tokens").json()
    assert "token" not in listed
    assert listed["used_at"] is not None
    assert made["token"] not in repr(world.parts.tokens.of(admin.get("/api/v1/me").json()["id"]))


def test_a_token_needs_no_origin_and_is_noted_by_its_name(world: World, admin: TestClient) -> None:
    robot = bearer(world, token(admin, scopes=["accounts.write", "accounts.read"])["token"])
    assert robot.post(ACCOUNTS, json=EVA).status_code == 201
    assert world.parts.audit.page("demo")[0].via == "token:robot"


def test_a_token_never_exceeds_its_role(world: World, admin: TestClient) -> None:
    refused = admin.post("/api/v1/tokens", json={"name": "x", "scopes": ["platform.read", "calls.read"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "scope-beyond-role")
    other = world.account(Role.ADMIN)
    robot = bearer(world, token(world.signed_in(other))["token"])
    admin.patch(f"{ACCOUNTS}/{other.id}", json={"role": "user"})
    assert robot.get(ACCOUNTS).status_code == 403


def test_a_token_manages_neither_tokens_nor_passwords(world: World, admin: TestClient) -> None:
    robot = bearer(world, token(admin, scopes=["accounts.read", "accounts.write"])["token"])
    for method, path, body in (
        ("GET", "/tokens", None),
        ("POST", "/tokens", {"name": "x", "scopes": ["calls.read"]}),
        ("PUT", "/me/password", {"current": PASSWORD, "new": "my own long words"}),
        ("POST", "/me/second-factor", {"password": PASSWORD}),
        ("GET", "/me/sessions", None),
        ("GET", "/session", None),
    ):
        response = robot.request(method, f"/api/v1{path}", json=body)
        assert (response.status_code, response.json()["code"]) == (403, "session-required"), path


def test_a_token_is_over_when_it_expires_or_is_removed(world: World, admin: TestClient) -> None:
    made = token(admin, expires_at="2100-01-01T00:00:00Z")
    robot = bearer(world, made["token"])
    world.clock.at = 4_102_444_799.0
    assert robot.get("/api/v1/me").status_code == 200
    world.clock.at += 1
    expired = robot.get("/api/v1/me")
    assert (expired.status_code, expired.headers["WWW-Authenticate"]) == (401, "Bearer")
    fresh = world.client(Role.ADMIN)
    kept = token(fresh)
    robot = bearer(world, kept["token"])
    assert robot.get("/api/v1/me").status_code == 200
    assert fresh.delete(f"/api/v1/tokens/{kept['id']}").status_code == 204
    assert robot.get("/api/v1/me").status_code == 401
    assert (
        fresh.post(
            "/api/v1/tokens",
            json={"name": "x", "scopes": ["calls.read"], "expires_at": "2020-01-01T00:00:00Z"},
        ).status_code
        == 422
    )


def test_nobody_removes_anothers_token(world: World, admin: TestClient) -> None:
    made = token(admin)
    assert world.client(Role.PLATFORM).delete(f"/api/v1/tokens/{made['id']}").status_code == 404
    assert len(admin.get("/api/v1/tokens").json()) == 1


@pytest.mark.parametrize("secret", ["", "ctl_", "ctl_guess", "x" * 5000])
def test_what_is_no_token_is_refused(world: World, secret: str) -> None:
    assert bearer(world, secret).get("/api/v1/me").status_code == 401


# --- tenants and the audit log ------------------------------------------------------------------------------------------


def test_a_platform_administrator_makes_a_company(world: World) -> None:
    root = world.client(Role.PLATFORM)
    made = root.post("/api/v1/tenants", json={"id": "acme", "name": "Acme"})
    assert (made.status_code, made.json()) == (201, {"id": "acme", "name": "Acme"})
    assert root.post("/api/v1/tenants", json={"id": "acme", "name": "A"}).json()["code"] == "tenant-taken"
    listed = root.get("/api/v1/tenants").json()
    assert [item["id"] for item in listed["items"]] == ["acme", "demo", "other"]
    invited = root.post(
        ACCOUNTS, json={"login": "a@acme.example", "name": "A", "role": "admin", "tenant": "acme"}
    )
    assert invited.status_code == 201
    assert [entry.action for entry in world.parts.audit.page("acme")][-1] == "tenant.create"


def test_the_log_is_read_by_page_and_only_ones_own(world: World, admin: TestClient) -> None:
    for name in ("a", "b", "c"):
        assert admin.patch("/api/v1/me", json={"name": name}).status_code == 200
    world.client(Role.ADMIN, "other").patch("/api/v1/me", json={"name": "theirs"})
    first = admin.get("/api/v1/audit", params={"limit": 2}).json()
    second = admin.get("/api/v1/audit", params={"limit": 2, "cursor": first["next"]}).json()
    names = [entry["changes"][0]["after"] for entry in first["items"] + second["items"]]
    assert names == ["c", "b", "a"]
    assert second["next"] is None
    assert admin.get("/api/v1/audit", params={"tenant": "other"}).status_code == 404
    assert admin.get("/api/v1/audit", params={"cursor": "WyJ4Il0"}).status_code == 422
    assert admin.get("/api/v1/audit", params={"action": "account.x"}).json()["items"] == []
    root = world.client(Role.PLATFORM)
    assert len(root.get("/api/v1/audit", params={"action": "account.change"}).json()["items"]) == 4


def test_no_secret_is_in_a_log(world: World, admin: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world.letters.there = False
    made = token(admin)["token"]
    url = admin.post(ACCOUNTS, json=EVA).json()["link"]["url"]
    admin.put("/api/v1/me/password", json={"current": PASSWORD, "new": "my own long words"})
    written = repr(world.parts.audit.page(None)) + caplog.text
    for secret in (made, url.partition("#")[2], PASSWORD, "my own long words", admin.cookies["centralita"]):
        assert secret not in written
