"""The first run as a browser meets it: one administrator, one company, by who can read the machine, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from centralita.accounts import Role
from centralita.store.secrets import load_key, setup_code
from support.web_world import PASSWORD, World

SETUP = "/api/v1/setup"
SITE = {
    "time_zone": "Atlantic/Canary",
    "first_extension": "200",
    "last_extension": "299",
    "name": "Las Palmas",
}
COMPANY = {"id": "panaderia", "name": "Panadería Sol, S.L.", "site": SITE}


@pytest.fixture
def code(world: World) -> str:
    return setup_code(load_key(world.settings.secret_key_file))


def wanted(code: str, **fields: Any) -> dict[str, Any]:
    return {"code": code, "login": "Ana@Example.com", "name": "Ana", "password": PASSWORD} | fields


def problem(response: Any) -> tuple[int, str, list[str]]:
    body = response.json()
    return response.status_code, body["code"], [error["field"] for error in body["errors"]]


def is_needed(browser: TestClient) -> bool:
    return bool(browser.get(SETUP).json()["needed"])


def test_the_first_administrator_and_company_and_a_browser_that_has_signed_in(
    world: World, code: str
) -> None:
    browser = world.stranger()
    assert is_needed(browser)
    assert browser.post(f"{SETUP}/code", json={"code": code}).status_code == 204
    response = browser.post(SETUP, json=wanted(code, language="en", company=COMPANY))
    assert response.status_code == 201, response.text
    body = response.json()
    assert (body["account"]["login"], body["account"]["role"], body["tenant"]) == (
        "ana@example.com",
        "platform",
        "panaderia",
    )
    assert "HttpOnly" in response.headers["set-cookie"]
    assert not is_needed(browser)
    # the company stands beside those that were there, and people can be added at once
    tenants = browser.get("/api/v1/tenants").json()["items"]
    assert {"id": "panaderia", "name": "Panadería Sol, S.L."} in tenants
    assert len(tenants) == 3
    (site,) = browser.get("/api/v1/tenants/panaderia/sites").json()["items"]
    assert (site["id"], site["time_zone"], site["country"]) == ("main", "Atlantic/Canary", "ES")
    made = browser.post("/api/v1/tenants/panaderia/users", json={"name": "Luz", "site": "main"})
    assert (made.status_code, made.json()["object"]["extension"]) == (201, "200")
    again = world.stranger()
    signed = again.post("/api/v1/session", json={"login": "ana@example.com", "password": PASSWORD})
    assert (signed.status_code, signed.json()["account"]["language"]) == (200, "en")


def test_it_is_written_into_the_audit_log_without_the_code(world: World, code: str) -> None:
    world.stranger().post(SETUP, json=wanted(code, company=COMPANY))
    entries = world.parts.audit.page(None)
    assert {(entry.action, entry.via, entry.target) for entry in entries} == {
        ("account.create", "setup", "account/ana@example.com"),
        ("tenant.create", "setup", "tenant/panaderia"),
        ("session.begin", "session", "account/ana@example.com"),
    }
    assert code not in repr(entries)
    assert PASSWORD not in repr(entries)


def test_without_a_company(world: World, code: str) -> None:
    body = world.stranger().post(SETUP, json=wanted(code)).json()
    assert body["tenant"] == ""
    assert world.parts.accounts.any()


def test_afterwards_the_code_is_void(world: World, code: str) -> None:
    world.account(Role.USER)
    browser = world.stranger()
    assert not is_needed(browser)
    assert problem(browser.post(f"{SETUP}/code", json={"code": code})) == (409, "setup-done", [])
    assert problem(browser.post(SETUP, json=wanted(code, company=COMPANY))) == (409, "setup-done", [])
    assert world.parts.accounts.by_login("ana@example.com") is None
    assert "panaderia" not in world.parts.configs.tenants()


def test_who_does_not_know_the_code_gets_nowhere_and_keeps_nobody_out(world: World, code: str) -> None:
    stranger = world.stranger()
    for _ in range(10):
        assert problem(stranger.post(SETUP, json=wanted("guess"))) == (403, "setup-code-wrong", ["code"])
    refused = stranger.post(SETUP, json=wanted(code))
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 60
    assert is_needed(stranger)
    owner = TestClient(world.app, headers={"Sec-Fetch-Site": "same-origin"}, client=("192.0.2.99", 1))
    assert owner.post(SETUP, json=wanted(code)).status_code == 201


def test_another_site_cannot_send_a_browser(world: World, code: str) -> None:
    forged = world.stranger(**{"Sec-Fetch-Site": "cross-site"})
    assert problem(forged.post(SETUP, json=wanted(code)))[:2] == (403, "forged")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"password": "short"}, (422, "weak", ["password"])),
        ({"login": "ana"}, (422, "invalid", ["login"])),
        ({"company": COMPANY | {"id": "demo"}}, (409, "tenant-taken", ["company.id"])),
        (
            {"company": COMPANY | {"site": SITE | {"time_zone": "Mars/Olympus"}}},
            (422, "configuration-refused", ["company.site.time_zone"]),
        ),
        (
            {"company": COMPANY | {"site": SITE | {"last_extension": "99"}}},
            (422, "configuration-refused", ["company.site.last_extension"]),
        ),
    ],
)
def test_what_cannot_be_taken_makes_nothing(
    world: World, code: str, fields: dict[str, Any], expected: tuple[int, str, list[str]]
) -> None:
    browser = world.stranger()
    assert problem(browser.post(SETUP, json=wanted(code, **fields))) == expected
    assert is_needed(browser)
    assert "panaderia" not in world.parts.configs.tenants()
    assert browser.post(SETUP, json=wanted(code, company=COMPANY)).status_code == 201


def test_a_company_that_fails_at_the_last_moment_leaves_no_administrator(
    world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = world.parts.configs.apply

    def fail(*arguments: Any, dry_run: bool = False, **more: Any) -> Any:
        if not dry_run:
            raise RuntimeError("the disk is gone")
        return apply(*arguments, dry_run=dry_run, **more)

    monkeypatch.setattr(world.parts.configs, "apply", fail)
    browser = world.stranger()
    assert browser.post(SETUP, json=wanted(code, company=COMPANY)).status_code == 500
    assert is_needed(browser)
    monkeypatch.undo()
    assert browser.post(SETUP, json=wanted(code, company=COMPANY)).status_code == 201


def test_of_two_at_once_one_wins(world: World, code: str) -> None:
    logins = [f"a{number}@example.com" for number in range(6)]
    browsers = [world.stranger() for _ in logins]
    with ThreadPoolExecutor(len(logins)) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post(SETUP, json=wanted(code, login=pair[1])),
                zip(browsers, logins, strict=True),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert len(world.parts.accounts.page(None, "", 10)) == 1


def test_a_platform_administrator_makes_further_companies_with_their_place(world: World) -> None:
    browser = world.client(Role.PLATFORM)
    assert browser.post("/api/v1/tenants", json=COMPANY).status_code == 201
    assert len(browser.get("/api/v1/tenants/panaderia/sites").json()["items"]) == 1
    bad = COMPANY | {"id": "b", "site": SITE | {"time_zone": "x"}}
    assert problem(browser.post("/api/v1/tenants", json=bad))[2] == ["site.time_zone"]
