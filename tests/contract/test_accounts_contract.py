"""Accounts, sessions, tokens and the audit log, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection, insert, text

import postgres
from centralita.accounts import (
    Account,
    ApiToken,
    AuditEntry,
    Link,
    LinkPurpose,
    LoginTaken,
    Outdated,
    Role,
    SecondFactor,
    Session,
    secret_hash,
)
from centralita.store.account_rows import accounts as account_table
from centralita.store.accounts import AccountStore, _new
from centralita.store.audit import AuditStore
from centralita.store.database import Database
from centralita.store.secrets import SecretBox
from centralita.store.sessions import SessionStore
from centralita.store.tokens import TokenStore
from centralita.web import parts
from support.waiting import until

NOW = 1_790_000_000.0
IDLE = 3600.0
ANA = Account(
    id="a1",
    login="ana@example.com",
    name="Ana",
    role=Role.SUPERVISOR,
    tenant="demo",
    queues=("sales",),
    created_at=NOW,
)
LUIS = Account(
    id="a2",
    login="luis@example.com",
    name="Luis",
    role=Role.USER,
    tenant="other",
    user="luis",
    created_at=NOW,
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('accounts') / 'centralita.db'}")
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
        for table in ("accounts", "audit_log"):
            connection.execute(text(f"DELETE FROM {table}"))  # what hangs on an account goes with it
    return migrated


def test_of_many_first_accounts_one_is_made(database: Database) -> None:
    store = AccountStore(database, SecretBox(bytes(32)))
    assert not store.any()
    firsts = [
        Account(id=f"p{n}", login=f"p{n}@example.com", name="P", role=Role.PLATFORM, created_at=NOW)
        for n in range(4)
    ]
    with ThreadPoolExecutor(len(firsts)) as pool:
        made = list(pool.map(lambda account: store.add_first(account, "hash"), firsts))
    assert sorted(made) == [False, False, False, True]
    (only,) = store.page(None, "", 10)
    assert only.id == firsts[made.index(True)].id
    assert only.has_password
    assert store.password(only.id) == "hash"
    assert store.any()


def test_a_first_account_waits_for_one_that_is_being_made(database: Database) -> None:
    """By a command, say: which does not ask whether it is the first."""
    store = AccountStore(database, SecretBox(bytes(32)))
    first = Account(id="p", login="p@example.com", name="P", role=Role.PLATFORM, created_at=NOW)
    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            connection.execute(insert(account_table).values(**_new(ANA)))
            waiting = pool.submit(store.add_first, first, "hash")
            if not database.sqlite:
                until(lambda: _waits(connection), "the second waits for the first")
        assert waiting.result(15) is False


def _waits(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


@pytest.fixture
def accounts(database: Database) -> AccountStore:
    store = AccountStore(database, SecretBox(bytes(32)))
    store.add(ANA)
    return store


def test_they_are_what_the_web_asks_for(database: Database) -> None:
    wanted: tuple[parts.Accounts, parts.Sessions, parts.Tokens, parts.Audit] = (
        AccountStore(database, SecretBox(bytes(32))),
        SessionStore(database),
        TokenStore(database),
        AuditStore(database),
    )
    assert wanted[0].get("nobody") is None


# --- accounts -----------------------------------------------------------------------------------------------------


def test_an_account_is_what_was_added(accounts: AccountStore) -> None:
    assert accounts.get("a1") == accounts.by_login(ANA.login) == ANA
    assert accounts.by_login("nobody@example.com") is None


def test_a_login_is_taken_once(accounts: AccountStore) -> None:
    with pytest.raises(LoginTaken):
        accounts.add(replace(LUIS, login=ANA.login))
    accounts.add(LUIS)
    with pytest.raises(LoginTaken):
        accounts.change(replace(LUIS, login=ANA.login))
    assert accounts.get("a2") == LUIS


def test_a_change_of_what_another_changed_is_refused(accounts: AccountStore) -> None:
    first = accounts.change(replace(ANA, name="Ana María"))
    assert first == accounts.get("a1") == replace(ANA, name="Ana María", revision=2)
    with pytest.raises(Outdated):
        accounts.change(replace(ANA, name="Anita"))
    assert accounts.remove("a1")
    with pytest.raises(Outdated):
        accounts.change(first)


def test_pages_go_by_login_and_stay_within_the_tenant(accounts: AccountStore) -> None:
    accounts.add(LUIS)
    bea = replace(ANA, id="a3", login="bea@example.com")
    accounts.add(bea)
    assert accounts.page(None, "", 2) == [ANA, bea]
    assert accounts.page(None, bea.login, 2) == [LUIS]
    assert accounts.page("demo", "", 9) == [ANA, bea]


def test_a_password_uses_up_the_links(accounts: AccountStore) -> None:
    link = Link(hash="h", account="a1", purpose=LinkPurpose.INVITE, made_at=NOW, expires_at=NOW + 60)
    accounts.add_link(link)
    assert accounts.password("a1") == ""
    accounts.set_password("a1", "$argon2id$…")
    assert accounts.password("a1") == "$argon2id$…"
    assert accounts.link("h", NOW) is None
    found = accounts.get("a1")
    assert found == replace(ANA, has_password=True)
    accounts.signed_in("a1", NOW + 5)
    assert accounts.get("a1") == replace(ANA, has_password=True, signed_in_at=NOW + 5)


def test_a_link_is_used_once_and_in_time(accounts: AccountStore) -> None:
    link = Link(hash="h", account="a1", purpose=LinkPurpose.RESET, made_at=NOW, expires_at=NOW + 60)
    accounts.add_link(link)
    assert accounts.link("h", NOW) == link
    assert accounts.link("h", NOW + 60) is None
    assert not accounts.use_link("h", LinkPurpose.RESET, NOW + 60)
    assert not accounts.use_link("h", LinkPurpose.INVITE, NOW)
    assert accounts.use_link("h", LinkPurpose.RESET, NOW)
    assert not accounts.use_link("h", LinkPurpose.RESET, NOW)


def test_a_new_link_replaces_the_one_before(accounts: AccountStore) -> None:
    for code in ("first", "second"):
        accounts.add_link(
            Link(hash=code, account="a1", purpose=LinkPurpose.RESET, made_at=NOW, expires_at=NOW + 60)
        )
    assert accounts.link("first", NOW) is None
    assert accounts.link("second", NOW) is not None


def test_a_second_factor_counts_once_it_is_confirmed_and_is_sealed(
    accounts: AccountStore, database: Database
) -> None:
    factor = SecondFactor(secret="JBSWY3DPEHPK3PXP", confirmed=False)
    accounts.set_second_factor("a1", factor)
    assert accounts.second_factor("a1") == factor
    assert accounts.get("a1") == ANA
    accounts.set_second_factor("a1", replace(factor, confirmed=True, last_step=7), ["x", "y"])
    assert accounts.get("a1") == replace(ANA, second_factor=True)
    assert accounts.page(None, "", 1) == [replace(ANA, second_factor=True)]
    with database.read() as connection:
        row = connection.execute(text("SELECT secret FROM account_second_factors")).scalar_one()
    assert factor.secret not in row
    accounts.set_second_factor("a1", None)
    assert accounts.second_factor("a1") is None
    assert accounts.recovery_codes("a1") == 0


def test_no_code_is_taken_twice(accounts: AccountStore) -> None:
    accounts.set_second_factor("a1", SecondFactor(secret="S", confirmed=True, last_step=7), ["x", "y"])
    assert not accounts.use_step("a1", 7)
    assert accounts.use_step("a1", 8)
    assert not accounts.use_step("a1", 8)
    assert not accounts.use_step("a1", 6)
    assert accounts.use_recovery_code("a1", "x")
    assert not accounts.use_recovery_code("a1", "x")
    assert not accounts.use_recovery_code("a2", "y")
    assert accounts.recovery_codes("a1") == 1


# --- sessions and tokens --------------------------------------------------------------------------------------------


def session(code: str, **fields: float) -> Session:
    given = {"created_at": NOW, "seen_at": NOW, "expires_at": NOW + 10 * IDLE} | fields
    return Session(hash=secret_hash(code), account="a1", source="192.0.2.1", agent="Firefox", **given)


def test_a_session_lasts_until_it_is_idle_or_over(accounts: AccountStore, database: Database) -> None:
    store = SessionStore(database)
    mine = session("s")
    store.add(mine)
    assert store.find(mine.hash, NOW, IDLE) == (mine, ANA)
    assert store.find("s", NOW, IDLE) is None
    assert store.find(mine.hash, NOW + IDLE, IDLE) is None
    store.touch(mine.hash, NOW + IDLE)
    found = store.find(mine.hash, NOW + IDLE, IDLE)
    assert found is not None
    assert found[0].seen_at == NOW + IDLE
    store.touch(mine.hash, NOW + 10 * IDLE)
    assert store.find(mine.hash, NOW + 10 * IDLE, IDLE) is None


def test_who_is_disabled_or_removed_has_no_session_and_no_token(
    accounts: AccountStore, database: Database
) -> None:
    sessions, tokens = SessionStore(database), TokenStore(database)
    sessions.add(session("s"))
    tokens.add(ApiToken(id="t", hash="h", account="a1", name="robot", scopes=("calls.read",), created_at=NOW))
    disabled = accounts.change(replace(ANA, disabled=True))
    assert sessions.find(secret_hash("s"), NOW, IDLE) is None
    assert tokens.find("h", NOW) is None
    accounts.change(replace(disabled, disabled=False))
    assert tokens.find("h", NOW) is not None
    accounts.remove("a1")
    assert sessions.find(secret_hash("s"), NOW, IDLE) is None
    assert tokens.find("h", NOW) is None
    assert tokens.of("a1") == []


def test_sessions_are_ended_one_by_one_all_together_and_when_they_are_over(
    accounts: AccountStore, database: Database
) -> None:
    store = SessionStore(database)
    for code in ("one", "two", "three"):
        store.add(session(code))
    store.add(session("old", seen_at=NOW - 2 * IDLE))
    store.add(session("over", expires_at=NOW))
    assert len(store.of("a1", NOW, IDLE)) == 3
    assert store.end(secret_hash("one"))
    assert not store.end(secret_hash("one"))
    assert store.sweep(NOW, IDLE) == 2
    assert store.end_all("a1", but=secret_hash("two")) == 1
    assert [one.hash for one in store.of("a1", NOW, IDLE)] == [secret_hash("two")]


def test_a_token_lasts_until_it_expires(accounts: AccountStore, database: Database) -> None:
    store = TokenStore(database)
    token = ApiToken(
        id="t",
        hash="h",
        account="a1",
        name="robot",
        scopes=("calls.read", "live.read"),
        created_at=NOW,
        expires_at=NOW + 9,
    )
    store.add(token)
    assert store.find("h", NOW) == (token, ANA)
    assert store.find("h", NOW + 9) is None
    store.touch("t", NOW + 1)
    assert store.of("a1") == [replace(token, used_at=NOW + 1)]
    assert not store.remove("a2", "t")
    assert store.remove("a1", "t")
    assert store.find("h", NOW) is None


# --- the audit log --------------------------------------------------------------------------------------------------


def entry(action: str, at: float, **fields: str) -> AuditEntry:
    given = {
        "tenant": "demo",
        "account": "a1",
        "who": ANA.login,
        "source": "192.0.2.1",
        "via": "session",
    } | fields
    return AuditEntry(at=at, action=action, **given)


def test_the_log_is_read_newest_first_by_tenant_and_what_is_asked(database: Database) -> None:
    log = AuditStore(database)
    log.add(
        replace(
            entry("account.create", NOW), target="account/x", changes={"name": (None, "X"), "n": (1, [2])}
        )
    )
    log.add(entry("session.begin", NOW + 1, tenant="other", account="a2"))
    log.add(entry("account_change", NOW + 2))
    actions = [found.action for found in log.page(None)]
    assert actions == ["account_change", "session.begin", "account.create"]
    newest = log.page(None, limit=1)[0]
    assert [found.action for found in log.page(None, before=newest.id)] == actions[1:]
    assert [found.action for found in log.page("demo")] == ["account_change", "account.create"]
    assert [found.action for found in log.page(None, account="a2")] == ["session.begin"]
    assert [found.action for found in log.page(None, since=NOW + 1, until=NOW + 2)] == ["session.begin"]
    (created,) = log.page("demo", action="account.")
    assert created.changes == {"name": (None, "X"), "n": (1, [2])}
    assert created.target == "account/x"
    assert log.page("demo", action="account%") == []


def test_what_no_database_takes_as_text_is_left_out(database: Database) -> None:
    log = AuditStore(database)
    log.add(replace(entry("session.refused", NOW, who="a\0b"), changes={"x": (None, "c\0d")}))
    (found,) = log.page(None)
    assert found.who == "ab"
    assert found.changes == {"x": (None, "cd")}
