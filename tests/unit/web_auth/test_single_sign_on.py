"""Single sign-on against a provider of our own: who comes in by it, and everything by which nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey, OctKey, RSAKey

from centralita.accounts import Account, Role
from centralita.settings import Settings, load
from support.oidc import CLIENT, SECRET, OidcProvider, oidc_provider
from support.web_world import World, web_world

START = "/api/v1/session/oidc/main/start"
BACK = "/api/v1/session/oidc/main/callback"
MAIL = "ana@example.com"


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as provider:
        yield provider


@pytest.fixture
def world(provider: OidcProvider, tmp_path: Path) -> Iterator[World]:
    with web_world(
        tmp_path,
        public_url="https://pbx.example.com",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="Example Ltd",
        oidc_users="staff.example.com=demo,lost.example.com=nobody",
        lookup_allow="127.0.0.0/8",
    ) as world:
        provider.clock = world.clock
        yield world


@pytest.fixture
def ana(world: World) -> Account:
    return world.account(Role.USER, login=MAIL, user="ana")


def begun(world: World, browser: TestClient, onward: str = "/t/demo") -> str:
    sent = browser.get(START, params={"onward": onward}, follow_redirects=False)
    assert sent.status_code == 303
    return sent.headers["location"]


def back(browser: TestClient, query: dict[str, str]) -> str:
    """Where a browser that comes back is sent."""
    sent = browser.get(BACK, params=query, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
    assert sent.status_code == 303
    return sent.headers["location"]


def problem(location: str) -> str:
    parts = urlsplit(location)
    assert parts.path == "/sign-in"
    return parse_qs(parts.query)["problem"][0]


def who(browser: TestClient) -> str | None:
    found = browser.get("/api/v1/session")
    return found.json()["account"]["login"] if found.status_code == 200 else None


def test_somebody_whom_we_know_comes_in(world: World, provider: OidcProvider, ana: Account) -> None:
    browser = world.stranger()
    assert browser.get("/api/v1/session/providers").json() == [
        {"id": "main", "name": "Example Ltd", "start": START}
    ]
    url = begun(world, browser)
    asked = parse_qs(urlsplit(url).query)
    assert asked["redirect_uri"] == ["https://pbx.example.com" + BACK]
    assert back(browser, provider.sign_in(url, "Ana@Example.com")) == "/t/demo"
    assert who(browser) == MAIL
    assert (entry := world.parts.audit.page("demo")[0]).action == "session.begin"
    assert entry.via == "oidc:main"
    assert "centralita-sso" not in browser.cookies
    # Its settings and keys are asked for once an hour.
    again = world.stranger()
    assert back(again, provider.sign_in(begun(world, again), MAIL)) == "/t/demo"
    assert provider.asked.count("/keys") == 1
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_the_providers_second_factor_counts(world: World, provider: OidcProvider, ana: Account) -> None:
    from centralita.accounts import SecondFactor

    world.parts.accounts.set_second_factor(ana.id, SecondFactor(secret="JBSWY3DPEHPK3PXP", confirmed=True))
    browser = world.stranger()
    assert back(browser, provider.sign_in(begun(world, browser), MAIL)) == "/t/demo"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "another"}, "sso-refused"),
        ({"nonce": None}, "sso-refused"),
        ({"aud": "somebody-else"}, "sso-refused"),
        ({"aud": None}, "sso-refused"),
        ({"aud": [CLIENT, "somebody-else"]}, "sso-refused"),
        ({"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}, "sso-refused"),
        ({"iss": "https://evil.example.com"}, "sso-refused"),
        ({"exp": 1_000_000_000}, "sso-refused"),
        ({"exp": None}, "sso-refused"),
        ({"iat": 4_000_000_000}, "sso-refused"),
        ({"sub": None}, "sso-refused"),
        ({"email_verified": False}, "sso-mail-unverified"),
        ({"email_verified": "false"}, "sso-mail-unverified"),
        ({"email_verified": None}, "sso-mail-unverified"),
        ({"email": None}, "sso-no-mail"),
        ({"email": "ana@example.com@evil.example.com"}, "sso-no-mail"),
        ({"email": ["ana@example.com"]}, "sso-no-mail"),
        ({"email": "who@example.com"}, "sso-unknown"),
    ],
)
def test_what_is_not_believed(
    world: World, provider: OidcProvider, ana: Account, claims: dict[str, Any], code: str
) -> None:
    browser = world.stranger()
    url = begun(world, browser)
    assert problem(back(browser, provider.sign_in(url, MAIL, **claims))) == code
    assert who(browser) is None
    assert [entry.action for entry in world.parts.audit.page(None)] == ["session.refused"]


@pytest.mark.parametrize("how", ["another key", "our secret", "none"])
def test_a_token_that_the_provider_did_not_sign(
    world: World, provider: OidcProvider, ana: Account, how: str
) -> None:
    if how == "another key":
        provider.signed_by = RSAKey.generate_key(2048, {"kid": "one"})
    elif how == "our secret":
        provider.signed_by, provider.algorithm = OctKey.import_key(SECRET), "HS256"
    else:
        provider.algorithm = "none"
    browser = world.stranger()
    assert problem(back(browser, provider.sign_in(begun(world, browser), MAIL))) == "sso-refused"
    assert who(browser) is None


def test_a_new_key_is_looked_for(world: World, provider: OidcProvider, ana: Account) -> None:
    first = world.stranger()
    back(first, provider.sign_in(begun(world, first), MAIL))
    provider.key, provider.algorithm = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"}), "ES256"
    world.clock.at += 120
    browser = world.stranger()
    # Its header still names the key of before: any of the set that fits is tried.
    provider.key = ECKey.import_key({**provider.key.as_dict(private=True), "kid": "one"})
    assert back(browser, provider.sign_in(begun(world, browser), MAIL)) == "/t/demo"


def test_a_state_comes_back_once_and_to_the_browser_that_began(
    world: World, provider: OidcProvider, ana: Account
) -> None:
    browser = world.stranger()
    url = begun(world, browser)
    kept = dict(browser.cookies)
    query = provider.sign_in(url, MAIL)
    stranger = world.stranger()
    assert problem(back(stranger, query)) == "sso-outdated"
    assert back(browser, query) == "/t/demo"
    # A copy of the cookie, with a code that is good.
    copied = world.stranger()
    for name, value in kept.items():
        copied.cookies.set(name, value)
    assert problem(back(copied, {**provider.sign_in(url, MAIL), "state": query["state"]})) == "sso-outdated"
    # A browser that began, with the state of another.
    other = world.stranger()
    mine = provider.sign_in(begun(world, other), MAIL)
    assert problem(back(other, {**mine, "state": query["state"]})) == "sso-outdated"
    assert who(other) is None


def test_a_cookie_that_was_changed_or_is_too_old(world: World, provider: OidcProvider, ana: Account) -> None:
    browser = world.stranger()
    query = provider.sign_in(begun(world, browser), MAIL)
    name, value = next(iter(browser.cookies.items()))
    for text in ("", "x", value[:-1] + ("0" if value[-1] != "0" else "1"), "e30=." + value.partition(".")[2]):
        forged = world.stranger()
        forged.cookies.set(name, text)
        assert problem(back(forged, query)) == "sso-outdated"
    world.clock.at += 601
    assert problem(back(browser, query)) == "sso-outdated"


def test_a_code_that_the_provider_does_not_take(world: World, provider: OidcProvider, ana: Account) -> None:
    browser = world.stranger()
    query = provider.sign_in(begun(world, browser), MAIL)
    assert problem(back(browser, {**query, "code": "guessed"})) == "sso-refused"
    denied = world.stranger()
    state = parse_qs(urlsplit(begun(world, denied)).query)["state"][0]
    assert problem(back(denied, {"state": state, "error": "access_denied"})) == "sso-refused"
    provider.status = 500
    down = world.stranger()
    assert problem(back(down, provider.sign_in(begun(world, down), MAIL))) == "sso-refused"


def test_a_disabled_account_stays_out(world: World, provider: OidcProvider) -> None:
    world.account(Role.USER, login=MAIL, disabled=True)
    browser = world.stranger()
    assert problem(back(browser, provider.sign_in(begun(world, browser), MAIL))) == "account-disabled"


def test_accounts_are_made_for_the_domains_that_are_named_and_are_plain_users(
    world: World, provider: OidcProvider
) -> None:
    from centralita.pbx.configuration.entries import Entry

    person = {"kind": "user", "id": "luis", "name": "Luis", "site": "m", "mail": "Luis@staff.example.com"}
    world.parts.configs.apply([Entry(person)], tenant="demo", merge=True)
    browser = world.stranger()
    claims = {"roles": ["admin"], "role": "platform", "name": "Luis\n<b>"}
    location = back(browser, provider.sign_in(begun(world, browser), "luis@staff.example.com", **claims))
    assert location == "/t/demo"
    made = world.parts.accounts.by_login("luis@staff.example.com")
    assert made is not None
    assert (made.role, made.tenant, made.user, made.name) == (Role.USER, "demo", "luis", "Luis<b>")
    assert [entry.action for entry in world.parts.audit.page("demo")] == ["session.begin", "account.create"]
    for mail in ("x@lost.example.com", "x@evil-staff.example.com", "x@sub.staff.example.com"):
        other = world.stranger()
        assert problem(back(other, provider.sign_in(begun(world, other), mail))) == "sso-unknown"


def test_where_a_browser_is_sent_afterwards_is_a_page_of_ours(
    world: World, provider: OidcProvider, ana: Account
) -> None:
    for onward in (
        "//evil.example.com",
        "https://evil.example.com",
        "/\\evil.example.com",
        "/a\\b",
        "x",
        "/a\nb",
    ):
        browser = world.stranger()
        assert back(browser, provider.sign_in(begun(world, browser, onward), MAIL)) == "/"


def test_a_provider_that_is_not_to_be_trusted_is_not_asked_on(
    world: World, provider: OidcProvider, ana: Account
) -> None:
    provider.description = {"issuer": "https://evil.example.com"}
    assert problem(begun(world, world.stranger())) == "sso-unavailable"
    provider.description = {"authorization_endpoint": "http://elsewhere.example.com/authorize"}
    assert problem(begun(world, world.stranger())) == "sso-unavailable"
    provider.description = {"token_endpoint": "file:///etc/passwd"}
    world.clock.at += 3601
    browser = world.stranger()
    assert problem(back(browser, provider.sign_in(begun(world, browser), MAIL))) == "sso-unavailable"


def test_a_client_that_only_knows_post(world: World, provider: OidcProvider, ana: Account) -> None:
    provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    browser = world.stranger()
    assert back(browser, provider.sign_in(begun(world, browser), MAIL)) == "/t/demo"


def test_nobody_has_the_provider_asked_without_end(world: World, provider: OidcProvider) -> None:
    browser = world.stranger()
    locations = [begun(world, browser) for _ in range(62)]
    assert problem(locations[-1]) == "too-many-attempts"
    assert not locations[0].startswith("/sign-in")


def test_who_comes_back_without_having_begun_fills_no_table(world: World, provider: OidcProvider) -> None:
    for number in range(3):
        query = {"state": f"s{number}", "code": "x", "error": "no\nline of ours"}
        assert problem(back(world.stranger(), query)) == "sso-outdated"
    assert world.parts.audit.page(None) == []


def test_what_the_provider_says_is_one_line(world: World, provider: OidcProvider) -> None:
    browser = world.stranger()
    state = parse_qs(urlsplit(begun(world, browser)).query)["state"][0]
    assert problem(back(browser, {"state": state, "error": "denied\nsign-in of root"})) == "sso-refused"
    (entry,) = world.parts.audit.page(None)
    assert entry.changes["wrong"][1] == "the provider says deniedsign-in of root"


def test_a_provider_within_a_private_network_is_not_asked(provider: OidcProvider, tmp_path: Path) -> None:
    with web_world(tmp_path, oidc_issuer=provider.issuer, oidc_client_id=CLIENT) as world:
        sent = world.stranger().get(START, follow_redirects=False)
        assert problem(sent.headers["location"]) == "sso-unavailable"
    assert provider.asked == []


def test_without_a_provider_there_is_none(tmp_path: Path) -> None:
    with web_world(tmp_path) as world:
        browser = world.stranger()
        assert browser.get("/api/v1/session/providers").json() == []
        assert browser.get(START, follow_redirects=False).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"oidc_issuer": "http://accounts.example.com", "oidc_client_id": "x"},
        {"oidc_issuer": "https://accounts.example.com"},
        {"oidc_client_id": "x"},
        {"oidc_issuer": "https://accounts.example.com?x=1", "oidc_client_id": "x"},
        {"oidc_users": "example.com"},
    ],
)
def test_settings_that_make_no_sense(given: dict[str, str]) -> None:
    from centralita.settings import SettingsError

    with pytest.raises(SettingsError):
        load(**given)
    assert Settings(oidc_users="A.example.com = acme, b.example.com=other").oidc_users == {
        "a.example.com": "acme",
        "b.example.com": "other",
    }
