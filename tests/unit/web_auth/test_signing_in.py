"""Signing in as a browser meets it: passwords, cookies, forgery, guessing, the second factor."""

from __future__ import annotations

import re

import pyotp
import pytest
from fastapi.testclient import TestClient

from centralita.accounts import Account, Role
from support.web_world import PASSWORD, World

SESSION = "/api/v1/session"


@pytest.fixture
def ana(world: World) -> Account:
    return world.account(Role.ADMIN, login="ana@example.com", name="Ana")


def sign_in(
    client: TestClient,
    login: str = "ana@example.com",
    password: str = PASSWORD,
    code: str = "",
    **headers: str,
) -> tuple[int, dict[str, object]]:
    body = {"login": login, "password": password} | ({"code": code} if code else {})
    response = client.post(SESSION, json=body, headers=headers)
    return response.status_code, response.json()


# --- coming in ------------------------------------------------------------------------------------------------------


def test_who_signs_in_has_a_cookie_that_no_script_reads(world: World, ana: Account) -> None:
    browser = world.stranger()
    response = browser.post(SESSION, json={"login": " ANA@example.com ", "password": PASSWORD})
    assert response.status_code == 200
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("centralita=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert response.json()["account"]["login"] == ana.login
    assert "config.write" in response.json()["account"]["may"]
    assert browser.get("/api/v1/me").json()["name"] == "Ana"
    secret = browser.cookies["centralita"]
    stored = world.parts.sessions.of(ana.id, world.clock(), 60)
    assert secret not in repr(stored)


def test_over_tls_the_cookie_is_for_tls_alone(world: World, ana: Account) -> None:
    browser = TestClient(world.app, base_url="https://pbx.example.com", client=("192.0.2.7", 1))
    response = browser.post(SESSION, json={"login": ana.login, "password": PASSWORD})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-centralita=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Strict-Transport-Security" in response.headers
    assert browser.get("/api/v1/me").status_code == 200


def test_signing_out_ends_the_session_for_whoever_has_its_cookie(world: World, ana: Account) -> None:
    browser = world.signed_in(ana)
    thief = world.stranger()
    thief.cookies.set("centralita", browser.cookies["centralita"])
    assert thief.get("/api/v1/me").status_code == 200
    assert browser.delete(SESSION).status_code == 204
    assert thief.get("/api/v1/me").status_code == 401


def test_a_session_ends_by_itself(world: World, ana: Account) -> None:
    idle, used = world.signed_in(ana), world.signed_in(ana)
    for _ in range(2):
        world.clock.at += 5 * 3600
        assert used.get("/api/v1/me").status_code == 200
    assert idle.get("/api/v1/me").status_code == 401
    for _ in range(40):
        world.clock.at += 4 * 3600
        used.get("/api/v1/me")
    assert used.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("login", "password"),
    [("ana@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("ana@example.com", "\0")],
)
def test_a_wrong_password_and_a_wrong_login_are_told_alike(
    world: World, ana: Account, login: str, password: str
) -> None:
    status, body = sign_in(world.stranger(), login, password)
    assert status == 401
    assert body["code"] == "wrong-password"
    assert body["detail"] == "This login and password are not known together"


def test_an_unknown_login_costs_the_same_hash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    hasher = world.app.state.signing_in.passwords._hasher
    monkeypatch.setattr(
        type(hasher), "verify", lambda self, known, password: seen.append(known) or False, raising=True
    )
    sign_in(world.stranger(), "nobody@example.com")
    assert len(seen) == 1
    assert seen[0].startswith("$argon2id$")


def test_who_is_disabled_comes_in_no_more(world: World) -> None:
    world.account(Role.USER, login="old@example.com", disabled=True)
    assert sign_in(world.stranger(), "old@example.com")[0] == 401


def test_a_hash_of_another_cost_is_made_again(world: World, ana: Account) -> None:
    from centralita.web.passwords import Cost, Passwords

    world.parts.accounts.set_password(ana.id, Passwords(Cost(memory_kib=16, passes=1)).hash(PASSWORD))
    assert sign_in(world.stranger())[0] == 200
    assert "m=8," in world.parts.accounts.password(ana.id)
    assert sign_in(world.stranger())[0] == 200


# --- guessing -------------------------------------------------------------------------------------------------------


def test_who_guesses_has_to_wait_and_nobody_else(world: World, ana: Account) -> None:
    guesser = world.stranger()
    for _ in range(5):
        assert sign_in(guesser, password="guess")[0] == 401
    response = guesser.post(SESSION, json={"login": ana.login, "password": PASSWORD})
    assert response.status_code == 429
    assert response.json()["code"] == "too-many-attempts"
    assert 0 < int(response.headers["Retry-After"]) <= 1100
    elsewhere = TestClient(world.app, client=("198.51.100.1", 1))
    assert sign_in(elsewhere)[0] == 200
    world.clock.at += 1100
    assert sign_in(guesser)[0] == 200


def test_a_crowd_that_signs_in_does_not_take_every_thread() -> None:
    from centralita.web.passwords import Cost, Passwords
    from centralita.web.problems import Problem

    passwords = Passwords(Cost(memory_kib=8, passes=1, at_once=1, waiting=0))
    known = passwords.hash(PASSWORD)
    with passwords._turn(), pytest.raises(Problem, match="at once"):
        passwords.verify(known, PASSWORD)
    assert passwords.verify(known, PASSWORD)


def test_attempts_are_in_the_audit_log(world: World, ana: Account) -> None:
    sign_in(world.stranger(), password="guess of mine")
    sign_in(world.stranger(), "nobody@example.com", "guess of mine")
    sign_in(world.stranger())
    begun, unknown, wrong = world.parts.audit.page(None)
    assert (begun.action, begun.who, begun.tenant, begun.source) == (
        "session.begin",
        ana.login,
        "demo",
        "192.0.2.7",
    )
    assert (wrong.action, wrong.who, wrong.tenant) == ("session.refused", ana.login, "demo")
    assert (unknown.action, unknown.who, unknown.tenant) == ("session.refused", "nobody@example.com", "")
    assert "guess of mine" not in repr(world.parts.audit.page(None))


# --- forgery --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://pbx.example.com"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "https://evil.example.com"}, 403),
        ({"Origin": "https://pbx.example.com.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
        ({"X-CSRF-Token": "00"}, 403),
        ({"X-CSRF-Token": "é"}, 403),
    ],
)
def test_a_change_comes_from_our_own_pages(
    world: World, ana: Account, headers: dict[str, str], status: int
) -> None:
    browser = world.signed_in(ana)
    del browser.headers["Sec-Fetch-Site"]
    raw = {name: value.encode() for name, value in headers.items()}
    response = browser.patch("/api/v1/me", json={"name": "Changed"}, headers=raw)
    assert response.status_code == status
    after = world.parts.accounts.get(ana.id)
    assert after is not None
    assert after.name == ("Changed" if status == 200 else "Ana")
    assert browser.get("/api/v1/me", headers=raw).status_code == 200


def test_a_client_that_is_no_browser_sends_the_token_of_its_session(world: World, ana: Account) -> None:
    client = world.stranger()
    del client.headers["Sec-Fetch-Site"]
    csrf = client.post(SESSION, json={"login": ana.login, "password": PASSWORD}).json()["csrf"]
    assert client.get(SESSION).json()["csrf"] == csrf
    assert client.patch("/api/v1/me", json={"name": "A"}, headers={"X-CSRF-Token": csrf}).status_code == 200
    other = world.signed_in(ana)
    del other.headers["Sec-Fetch-Site"]
    assert other.patch("/api/v1/me", json={"name": "B"}, headers={"X-CSRF-Token": csrf}).status_code == 403


def test_another_site_signs_nobody_in(world: World, ana: Account) -> None:
    status, body = sign_in(world.stranger(), **{"Sec-Fetch-Site": "cross-site"})
    assert (status, body["code"]) == (403, "forged")


# --- the second factor ----------------------------------------------------------------------------------------------


def with_second_factor(world: World, account: Account) -> tuple[TestClient, pyotp.TOTP, list[str]]:
    browser = world.signed_in(account)
    begun = browser.post("/api/v1/me/second-factor", json={"password": PASSWORD}).json()
    assert begun["uri"].startswith("otpauth://totp/Centralita:ana%40example.com?secret=")
    totp = pyotp.TOTP(begun["secret"])
    code = totp.at(world.clock())
    response = browser.post("/api/v1/me/second-factor/confirm", json={"code": code})
    assert response.status_code == 200
    return browser, totp, response.json()["codes"]


def test_a_second_factor_is_asked_for_once_it_is_confirmed(world: World, ana: Account) -> None:
    other = world.signed_in(ana)
    browser, totp, _ = with_second_factor(world, ana)
    assert other.get("/api/v1/me").status_code == 401, "the sessions before are over"
    assert browser.get("/api/v1/me").json()["second_factor"] is True
    status, body = sign_in(world.stranger())
    assert (status, body["code"]) == (401, "second-factor-required")
    status, body = sign_in(world.stranger(), code=totp.at(world.clock()))
    assert (status, body["code"]) == (401, "wrong-code"), "the code that confirmed it is used up"
    world.clock.at += 30
    code = totp.at(world.clock())
    assert sign_in(world.stranger(), code=f"{code[:3]} {code[3:]}")[0] == 200
    assert sign_in(world.stranger(), code=code)[0] == 401


def test_a_wrong_password_does_not_tell_that_there_is_a_second_factor(world: World, ana: Account) -> None:
    with_second_factor(world, ana)
    assert sign_in(world.stranger(), password="guess")[1]["code"] == "wrong-password"


def test_codes_are_not_guessed(world: World, ana: Account) -> None:
    _, totp, _ = with_second_factor(world, ana)
    world.clock.at += 300
    wrong = f"{(int(totp.at(world.clock())) + 500_000) % 1_000_000:06}"
    statuses = [sign_in(world.stranger(), code=wrong)[0] for _ in range(7)]
    assert statuses[:5] == [401] * 5
    assert statuses[5:] == [429] * 2


def test_a_recovery_code_works_once(world: World, ana: Account) -> None:
    browser, _, codes = with_second_factor(world, ana)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", code) for code in codes)
    assert sign_in(world.stranger(), code=codes[0].upper().replace("-", " "))[0] == 200
    assert sign_in(world.stranger(), code=codes[0])[0] == 401
    assert browser.get("/api/v1/me/second-factor").json() == {"on": True, "recovery_codes": 9}
    renewed = browser.post("/api/v1/me/second-factor/recovery-codes", json={"password": PASSWORD}).json()[
        "codes"
    ]
    assert sign_in(world.stranger(), code=codes[1])[0] == 401
    assert sign_in(world.stranger(), code=renewed[1])[0] == 200


def test_taking_it_away_needs_the_password(world: World, ana: Account) -> None:
    browser, _, _ = with_second_factor(world, ana)
    remove = "/api/v1/me/second-factor/remove"
    assert browser.post(remove, json={"password": "guess"}).json()["code"] == "wrong-password"
    assert browser.post(remove, json={"password": PASSWORD}).status_code == 204
    assert sign_in(world.stranger())[0] == 200
    assert browser.post(remove, json={"password": PASSWORD}).json()["code"] == "no-second-factor"


def test_a_second_factor_that_stands_is_not_replaced(world: World, ana: Account) -> None:
    browser, _, _ = with_second_factor(world, ana)
    for path, body in (("", {"password": PASSWORD}), ("/confirm", {"code": "000000"})):
        response = browser.post(f"/api/v1/me/second-factor{path}", json=body)
        assert (response.status_code, response.json()["code"]) == (409, "second-factor-set")


# --- one's own account ----------------------------------------------------------------------------------------------


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(world: World, ana: Account) -> None:
    browser, other = world.signed_in(ana), world.signed_in(ana)
    change = "/api/v1/me/password"
    refused = browser.put(change, json={"current": "guess", "new": "another long one"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (403, "current")
    assert browser.put(change, json={"current": PASSWORD, "new": "another long one"}).status_code == 204
    assert browser.get("/api/v1/me").status_code == 200
    assert other.get("/api/v1/me").status_code == 401
    assert sign_in(world.stranger())[0] == 401
    assert sign_in(world.stranger(), password="another long one")[0] == 200


@pytest.mark.parametrize(
    "weak",
    ["short", "aaaaaaaaaaaa", "1234567890", "ana@example.com", "Ana2024!!!!!", "qwertyuiop", "x" * 129],
)
def test_a_weak_password_is_refused(world: World, ana: Account, weak: str) -> None:
    response = world.signed_in(ana).put("/api/v1/me/password", json={"current": PASSWORD, "new": weak})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "new"


def test_sessions_are_seen_and_ended(world: World, ana: Account) -> None:
    browser, other = world.signed_in(ana), world.signed_in(ana)
    listed = browser.get("/api/v1/me/sessions").json()
    assert sorted(one["this"] for one in listed) == [False, True]
    assert browser.delete("/api/v1/me/sessions/0000000000000000").status_code == 404
    (theirs,) = [one["id"] for one in listed if not one["this"]]
    assert browser.delete(f"/api/v1/me/sessions/{theirs}").status_code == 204
    assert other.get("/api/v1/me").status_code == 401
    third = world.signed_in(ana)
    assert browser.delete("/api/v1/me/sessions").status_code == 204
    assert third.get("/api/v1/me").status_code == 401
    assert browser.get("/api/v1/me").status_code == 200


def test_a_change_keeps_what_it_does_not_mention(world: World, ana: Account) -> None:
    browser = world.signed_in(ana)
    assert browser.patch("/api/v1/me", json={"language": "en"}).json()["name"] == "Ana"
    after = browser.patch("/api/v1/me", json={"name": "Ana María"}).json()
    assert (after["name"], after["language"]) == ("Ana María", "en")
    assert browser.patch("/api/v1/me", json={"role": "platform"}).status_code == 422
    named = next(entry for entry in world.parts.audit.page("demo") if "name" in entry.changes)
    assert dict(named.changes) == {"name": ("Ana", "Ana María")}
