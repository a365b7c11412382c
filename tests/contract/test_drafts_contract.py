"""Changes that wait, and what must pass before anything is in force, on every database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import postgres
from centralita.pbx.checker import Severity
from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.model.user import User
from centralita.store.configs import ApplyReport, ConfigStore, NoDraft
from centralita.store.database import Database
from centralita.store.secrets import SecretBox

Fields = dict[str, object]
TENANT: Fields = {"kind": "tenant", "id": "demo"}
SITE: Fields = {"kind": "site", "id": "m"}
ANA: Fields = {"kind": "user", "id": "ana", "name": "Ana", "site": "m", "extension": "101"}
LUIS: Fields = {"kind": "user", "id": "luis", "name": "Luis", "site": "m", "extension": "102"}
PHONE: Fields = {"kind": "device", "id": "phone", "user": "ana"}
SCHEDULE: Fields = {"kind": "schedule", "id": "office", "weekly": {"mon-fri": "09:00-14:00"}}
BASE = [TENANT, SITE, ANA, LUIS]
LOST: Fields = {
    "kind": "flow",
    "id": "main",
    "extension": "500",
    "start": "hours",
    "nodes": {
        "hours": {"type": "hours", "schedule": "office", "open": "ring"},
        "ring": {"type": "voicemail", "user": "ana"},
    },
}
"""A flow that callers fall off at night."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "centralita.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    with postgres.server() as server, postgres.database(server) as url:
        database = Database(url)
        database.migrate()
        database.close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("template"), tmp_path)
        database = Database(f"sqlite:///{copy}")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.write() as connection:
            connection.execute(text("TRUNCATE config_tenants, config_names CASCADE"))
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> ConfigStore:
    return ConfigStore(database, SecretBox(b"k" * 32))


def apply(store: ConfigStore, *fields: Fields, **options: object) -> ApplyReport:
    return store.apply([Entry(one) for one in fields], **options)  # type: ignore[arg-type]  # a test passes what it names


def ana(store: ConfigStore) -> User:
    return store.snapshot("demo").users["ana"]


RENAMED: Fields = {**ANA, "name": "Ana María"}


def test_a_draft_waits_until_it_is_published(store: ConfigStore, database: Database) -> None:
    apply(store, *BASE)
    report = apply(store, TENANT, SITE, RENAMED, PHONE, as_draft=True, author="eva", comment="a wedding")
    assert (report.published, report.drafted, report.version, len(report.changes)) == (False, True, 1, 3)
    (given,) = report.new_credentials
    other = ConfigStore(database, SecretBox(b"k" * 32))
    assert ana(other).name == "Ana"
    state = other.draft("demo")
    assert (state.base, state.current, state.author, state.comment, state.refusals) == (
        1,
        1,
        "eva",
        "a wedding",
        (),
    )
    assert [(change.id, change.action.value) for change in state.changes] == [
        ("ana", "changed"),
        ("luis", "removed"),
        ("phone", "added"),
    ]
    assert other.drafts() == ["demo"]
    assert other.draft_snapshot("demo").users["ana"].name == "Ana María"

    published = other.publish_draft("demo")
    assert (published.published, published.version) == (True, 2)
    assert ana(store).name == "Ana María"
    password = store.snapshot("demo").devices["phone"].password
    assert password == given.password
    newest = store.versions("demo")[0]
    assert (newest.author, newest.comment, newest.added, newest.changed, newest.removed) == (
        "eva",
        "a wedding",
        1,
        1,
        1,
    )
    with pytest.raises(NoDraft):
        store.draft("demo")


def test_the_secrets_of_a_draft_are_sealed(store: ConfigStore, database: Database) -> None:
    apply(store, *BASE)
    (given,) = apply(store, *BASE, PHONE, as_draft=True).new_credentials
    with database.read() as connection:
        rows = str(connection.execute(text("SELECT * FROM config_draft_objects")).all())
    assert given.password.get_secret_value() not in rows
    assert "sealed:1:" in rows


def test_the_setting_of_the_tenant_decides(store: ConfigStore) -> None:
    apply(store, {**TENANT, "changes": "draft"}, *BASE[1:])
    assert store.versions("demo")[0].number == 1, (
        "the first version is in force at once: there was no setting before"
    )
    assert apply(store, {**TENANT, "changes": "publish"}, SITE, RENAMED, LUIS).drafted
    assert ana(store).name == "Ana"
    store.publish_draft("demo")
    assert apply(store, *BASE).published


def test_drafts_add_up_with_merge_and_are_replaced_without(store: ConfigStore) -> None:
    apply(store, *BASE)
    (given,) = apply(store, PHONE, tenant="demo", merge=True, as_draft=True).new_credentials
    apply(store, {"kind": "user", "id": "ana", "name": "Ana B"}, tenant="demo", merge=True, as_draft=True)
    assert {change.id for change in store.draft("demo").changes} == {"phone", "ana"}
    # The same telephone again keeps the password that was already told.
    assert apply(store, *BASE, PHONE, as_draft=True).new_credentials == ()
    assert {change.id for change in store.draft("demo").changes} == {"phone"}
    store.publish_draft("demo")
    assert store.snapshot("demo").devices["phone"].password == given.password


def test_a_draft_that_changes_nothing_is_none(store: ConfigStore) -> None:
    apply(store, *BASE)
    apply(store, TENANT, SITE, RENAMED, LUIS, as_draft=True)
    assert not apply(store, *BASE, as_draft=True).drafted
    assert store.drafts() == []


def test_a_draft_can_be_tried_and_thrown_away(store: ConfigStore) -> None:
    apply(store, *BASE)
    assert apply(store, TENANT, SITE, RENAMED, LUIS, as_draft=True, dry_run=True).drafted
    assert store.drafts() == []
    apply(store, TENANT, SITE, RENAMED, LUIS, as_draft=True)
    store.discard_draft("demo")
    for ask in (
        store.discard_draft,
        store.draft,
        store.publish_draft,
        store.draft_snapshot,
        store.draft_objects,
    ):
        with pytest.raises(NoDraft):
            ask("demo")
    assert ana(store).name == "Ana"


def test_what_is_invalid_does_not_even_become_a_draft(store: ConfigStore) -> None:
    apply(store, *BASE)
    with pytest.raises(ConfigurationRefused, match="no site nowhere"):
        apply(store, TENANT, SITE, {**ANA, "site": "nowhere"}, as_draft=True)
    assert store.drafts() == []


def test_a_new_tenant_may_begin_as_a_draft(store: ConfigStore) -> None:
    apply(store, *BASE, as_draft=True)
    assert (store.tenants(), store.drafts()) == ([], ["demo"])
    assert store.draft("demo").base == 0
    assert store.publish_draft("demo").version == 1


def test_a_draft_that_was_overtaken_is_put_on_top_of_the_other_version(store: ConfigStore) -> None:
    apply(store, *BASE)
    apply(store, TENANT, SITE, {**ANA, "mail": "ana@example.com"}, LUIS, PHONE, as_draft=True)
    apply(store, TENANT, SITE, RENAMED, as_draft=False)
    with pytest.raises(
        ConfigurationRefused, match=r"version 2 was published since .* begun on version 1.*--rebase"
    ):
        store.publish_draft("demo")
    report = store.publish_draft("demo", rebase=True)
    assert report.version == 3
    user = ana(store)
    assert (user.name, user.mail) == ("Ana María", "ana@example.com")
    assert "luis" not in store.snapshot("demo").users, "who was removed by the other version stays removed"
    assert "phone" in store.snapshot("demo").devices


def test_where_the_two_disagree_it_is_told_and_nothing_changes(store: ConfigStore) -> None:
    apply(store, *BASE)
    apply(store, TENANT, SITE, {**ANA, "name": "Anita"}, as_draft=True)
    apply(store, TENANT, SITE, RENAMED, {**LUIS, "name": "Lucho"}, as_draft=False)
    with pytest.raises(ConfigurationRefused) as caught:
        store.publish_draft("demo", rebase=True)
    assert [(problem.id, problem.field) for problem in caught.value.problems] == [
        ("ana", "name"), ("luis", ""), ("demo", ""),
    ]  # fmt: skip
    assert ana(store).name == "Ana María"
    assert store.drafts() == ["demo"]


# --- what stands before a publication ----------------------------------------------------------------------------------


def test_errors_of_the_checker_refuse_and_change_nothing(store: ConfigStore) -> None:
    apply(store, *BASE)
    for trial in (False, True):
        with pytest.raises(ConfigurationRefused, match=r"nodes\.hours\.closed: is missing"):
            apply(store, *BASE, SCHEDULE, LOST, dry_run=trial)
    assert len(store.versions("demo")) == 1
    report = apply(store, *BASE, SCHEDULE, LOST, as_draft=True)
    assert report.findings[0].severity is Severity.ERROR
    assert len(store.draft("demo").refusals) == 1
    with pytest.raises(ConfigurationRefused, match="closed"):
        store.publish_draft("demo")
    assert store.drafts() == ["demo"]
    closed = {"hours": {"type": "hours", "schedule": "office", "open": "ring", "closed": "ring"}}
    mended = {"kind": "flow", "id": "main", "nodes": closed}
    apply(store, mended, tenant="demo", merge=True, as_draft=True)
    assert store.publish_draft("demo").published


def test_warnings_are_told_and_do_not_refuse(store: ConfigStore) -> None:
    report = apply(
        store, *BASE, {"kind": "number", "id": "n", "number": "+34910000001", "destination": "user:luis"}
    )
    assert report.published
    assert "user-without-device" in {finding.rule for finding in report.findings}


def test_a_rollback_is_possible_though_the_checker_finds_errors(
    store: ConfigStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("centralita.pbx.checker.check", lambda *_args, **_more: [])
        patched.setattr("centralita.pbx.checker.gate.check", lambda *_args, **_more: [])
        apply(store, *BASE, SCHEDULE, LOST)  # as a version of before that check was invented
    apply(store, *BASE)
    report = store.rollback("demo", 1)
    assert report.published
    assert report.findings[0].severity is Severity.ERROR


def test_a_version_of_any_age_as_a_snapshot(store: ConfigStore) -> None:
    apply(store, *BASE)
    apply(store, TENANT, SITE, RENAMED)
    assert store.snapshot("demo", 1).users["ana"].name == "Ana"
    assert store.snapshot("demo").version == 2
    assert store.drafted_snapshot([Entry(SITE), Entry(LUIS)], "demo").users.keys() == {"luis"}
    assert len(store.versions("demo")) == 2


def test_whether_a_draft_waits_is_told_for_each_tenant(store: ConfigStore) -> None:
    apply(store, *BASE)
    apply(store, {"kind": "tenant", "id": "other"}, SITE, as_draft=True)
    assert (store.has_draft("demo"), store.has_draft("other"), store.has_draft("nobody")) == (
        False,
        True,
        False,
    )
    apply(store, TENANT, SITE, RENAMED, LUIS, as_draft=True)
    assert store.has_draft("demo")
    store.publish_draft("demo")
    assert not store.has_draft("demo")
    store.discard_draft("other")
    assert not store.has_draft("other")


def test_edits_are_tried_on_top_of_any_version_and_nothing_is_stored(
    store: ConfigStore, database: Database
) -> None:
    apply(store, *BASE, CALENDAR)
    apply(store, TENANT, SITE, RENAMED, LUIS, PHONE, CALENDAR)
    apply(store, TENANT, SITE, RENAMED, CALENDAR, as_draft=True)
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO calendar_feeds (tenant, calendar, url, text, fetched_at, tried_at, error)"
                " VALUES ('demo', 'town', 'https://town.example/feed.ics', 'fetched', 1.0, 1.0, '')"
            )
        )
    eva = Edit(How.PUT, "user", "eva", {"name": "Eva", "site": "m", "extension": "103"})
    on_first = store.edited_snapshot("demo", store.objects("demo", 1), [eva])
    assert (on_first.version, on_first.tenant) == (0, "demo")
    assert {one.id: one.name for one in on_first.users.values()} == {
        "ana": "Ana",
        "luis": "Luis",
        "eva": "Eva",
    }
    assert on_first.feeds == {"town": "fetched"}, "what was fetched belongs to it as to what is in force"
    on_draft = store.edited_snapshot(
        "demo",
        store.draft_objects("demo"),
        [eva, Edit(How.PATCH, "user", "ana", {"mail": "ana@example.com"})],
    )
    assert on_draft.users.keys() == {"ana", "eva"}
    assert (on_draft.users["ana"].name, on_draft.users["ana"].mail) == ("Ana María", "ana@example.com")
    without = store.edited_snapshot("demo", store.objects("demo"), [Edit(How.REMOVE, "device", "phone", {})])
    assert without.devices == {}

    assert [one.number for one in store.versions("demo")] == [2, 1]
    assert (store.snapshot("demo").users.keys(), store.snapshot("demo").devices.keys()) == (
        {"ana", "luis"},
        {"phone"},
    )
    assert "eva" not in store.draft_snapshot("demo").users


def test_edits_that_do_not_fit_are_refused_with_their_place(store: ConfigStore) -> None:
    apply(store, *BASE)
    lost = Edit(How.PATCH, "user", "ana", {"site": "nowhere"})
    with pytest.raises(ConfigurationRefused) as caught:
        store.edited_snapshot("demo", store.objects("demo"), [lost])
    assert [(one.kind, one.id, one.field) for one in caught.value.problems] == [("user", "ana", "site")]
    assert ana(store).site == "m"


CALENDAR: Fields = {"kind": "calendar", "id": "town", "url": "https://town.example/feed.ics"}


def test_a_fetched_calendar_is_part_of_the_snapshot_and_news_for_whoever_polls(
    store: ConfigStore, database: Database
) -> None:
    apply(store, *BASE, CALENDAR)
    before = store.current_versions()
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO calendar_feeds (tenant, calendar, url, text, fetched_at, tried_at, error)"
                " VALUES ('demo', 'town', 'https://town.example/feed.ics', 'please log in', 1.0, 1.0, '')"
            )
        )
    from centralita.store.config_rows import touch

    with database.write() as connection:
        touch(connection, "demo")
    assert store.current_versions() != before
    assert store.snapshot("demo").feeds == {"town": "please log in"}
    (loaded,) = store.snapshots()
    assert loaded.plan.holidays("town").days(2026) == [], "what is no calendar keeps nobody from their calls"
    apply(store, *BASE, {**CALENDAR, "url": "https://town.example/other.ics"})
    assert store.snapshot("demo").feeds == {}, "what was fetched from elsewhere is not this calendar"
