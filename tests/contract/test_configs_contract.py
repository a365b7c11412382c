"""What the store of configurations promises, on every database that it runs on."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import postgres
from centralita.pbx.configuration.difference import Action
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.user import User
from centralita.ports import Configs
from centralita.store import config_reader as reader
from centralita.store.configs import ConfigStore, TenantUnknown, VersionUnknown
from centralita.store.database import Database
from centralita.store.secrets import SecretBox, SecretsUnavailable

KEY = b"k" * 32
Fields = dict[str, object]
TENANT: Fields = {"kind": "tenant", "id": "demo", "name": "Demo S.L."}
SITE: Fields = {"kind": "site", "id": "m"}
ANA: Fields = {"kind": "user", "id": "ana", "name": "Ana", "site": "m", "extension": "101"}
LUIS: Fields = {"kind": "user", "id": "luis", "name": "Luis", "site": "m", "extension": "102"}
PHONE: Fields = {"kind": "device", "id": "phone", "user": "ana"}
DEMO = [TENANT, SITE, ANA, LUIS, PHONE]


def migrated(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.migrate()
    database.close()


@pytest.fixture(scope="module")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "centralita.db"
    migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    with postgres.server() as server, postgres.database(server) as url:
        migrated(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path)
        database = Database(f"sqlite:///{path}")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.write() as connection:
            connection.execute(text("TRUNCATE config_tenants, config_names CASCADE"))
    yield database
    database.close()


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        self.time += 1
        return self.time


@pytest.fixture
def store(database: Database) -> ConfigStore:
    return ConfigStore(database, SecretBox(KEY), Clock())


def entries(*fields: Fields) -> list[Entry]:
    return [Entry(one) for one in fields]


def another(database: Database) -> ConfigStore:
    """The same database as another process sees it."""
    return ConfigStore(database, SecretBox(KEY))


def test_it_is_what_the_switch_asks_for(store: ConfigStore) -> None:
    configs: Configs = store
    assert list(configs.snapshots()) == []


def test_applying_publishes_a_version(store: ConfigStore, database: Database) -> None:
    report = store.apply(entries(*DEMO), author="eva", comment="the beginning")
    assert (report.tenant, report.version, report.published) == ("demo", 1, True)
    assert {change.action for change in report.changes} == {Action.ADDED}
    (version,) = store.versions("demo")
    assert (version.number, version.at, version.author, version.comment) == (
        1,
        1001.0,
        "eva",
        "the beginning",
    )
    assert (version.added, version.changed, version.removed, version.restores) == (5, 0, 0, None)
    (snapshot,) = another(database).snapshots()
    assert (snapshot.tenant, snapshot.version, snapshot.name) == ("demo", 1, "Demo S.L.")
    assert snapshot.users_by_extension["102"].id == "luis"
    assert snapshot.devices_of["ana"][0].username == "demo-phone"


def test_applying_again_changes_nothing(store: ConfigStore) -> None:
    store.apply(entries(*DEMO))
    report = store.apply(entries(*reversed(DEMO)))
    assert (report.version, report.published, report.changes, report.new_credentials) == (1, False, (), ())
    assert len(store.versions("demo")) == 1


def test_a_new_password_is_told_once_and_sealed_at_rest(store: ConfigStore, database: Database) -> None:
    (given,) = store.apply(entries(*DEMO)).new_credentials
    password = given.password.get_secret_value()
    assert (given.device, given.user, given.extension, given.username) == (
        "phone",
        "ana",
        "101",
        "demo-phone",
    )
    assert len(password) >= 20
    assert password not in repr(given)
    assert store.apply(entries(*DEMO, {**SITE, "id": "n"})).new_credentials == ()
    stored = another(database).snapshot("demo").devices["phone"].password
    assert stored is not None
    assert stored.get_secret_value() == password
    with database.read() as connection:
        rows = str(connection.execute(text("SELECT * FROM config_objects")).all())
    assert password not in rows
    assert "sealed:1:" in rows


def test_pins_are_sealed_wherever_they_are(store: ConfigStore, database: Database) -> None:
    ana = {**ANA, "personal": {"voicemail": {"pin": "73519246"}}}
    store.apply(entries(TENANT, SITE, ana, LUIS))
    store.set_personal("demo", "luis", {"voicemail": {"pin": "64291537"}})
    with database.read() as connection:
        rows = str(connection.execute(text("SELECT body FROM config_objects")).all())
        rows += str(connection.execute(text("SELECT body FROM personal_settings")).all())
    assert "73519246" not in rows
    assert "64291537" not in rows
    personal = another(database).snapshot("demo").personal
    assert (personal["ana"].voicemail.pin, personal["luis"].voicemail.pin) == ("73519246", "64291537")


def test_another_key_opens_nothing_and_can_be_lived_with(store: ConfigStore, database: Database) -> None:
    (given,) = store.apply(entries(*DEMO)).new_credentials
    store.set_personal("demo", "ana", {"do_not_disturb": True, "voicemail": {"pin": "1234"}})
    other = ConfigStore(database, SecretBox(b"x" * 32))
    with pytest.raises(SecretsUnavailable, match="phone"):
        other.snapshots()
    with pytest.raises(SecretsUnavailable):
        other.apply(entries(*DEMO))
    tried = other.apply(entries(*DEMO), replace_secrets=True, dry_run=True)
    assert [change.id for change in tried.changes] == ["phone"]
    (replaced,) = other.apply(entries(*DEMO), replace_secrets=True).new_credentials
    assert replaced.password != given.password
    (snapshot,) = other.snapshots()
    assert snapshot.personal["ana"].do_not_disturb
    assert snapshot.personal["ana"].voicemail.pin == ""


def test_what_is_refused_changes_nothing(store: ConfigStore) -> None:
    store.apply(entries(*DEMO))
    with pytest.raises(ConfigurationRefused) as caught:
        store.apply(entries(TENANT, SITE, ANA, {**LUIS, "extension": "101"}, {**PHONE, "user": "eva"}))
    assert [(problem.kind, problem.id, problem.field) for problem in caught.value.problems] == [
        ("user", "luis", "extension"),
        ("device", "phone", "user"),
    ]
    assert len(store.versions("demo")) == 1
    with pytest.raises(ConfigurationRefused):
        store.apply(entries({**TENANT, "id": "new"}, {**ANA, "site": "nowhere"}))
    assert store.tenants() == ["demo"]


def test_a_trial_changes_nothing(store: ConfigStore) -> None:
    tried = store.apply(entries(*DEMO), dry_run=True)
    assert (tried.version, tried.published, len(tried.changes), tried.new_credentials) == (0, False, 5, ())
    assert store.tenants() == []
    store.apply(entries(*DEMO))
    assert not store.apply(entries(SITE, ANA), dry_run=True).published
    assert len(store.versions("demo")) == 1


def test_whose_configuration_it_is(store: ConfigStore) -> None:
    with pytest.raises(ConfigurationRefused, match="whose configuration"):
        store.apply(entries(SITE))
    with pytest.raises(ConfigurationRefused, match="must be 1 to 32"):
        store.apply(entries(SITE), tenant="../etc")
    with pytest.raises(ConfigurationRefused, match="are of tenant demo, not of other"):
        store.apply(entries(*DEMO), tenant="other")
    with pytest.raises(ConfigurationRefused, match="one tenant at a time"):
        store.apply(entries(TENANT, {**TENANT, "id": "other"}))
    assert store.apply(entries(SITE), tenant="one").tenant == "one"
    assert store.apply(entries(SITE, ANA)).tenant == "one"
    store.apply(entries({**TENANT, "id": "two"}))
    with pytest.raises(ConfigurationRefused, match="whose configuration"):
        store.apply(entries(SITE))


def test_an_unknown_tenant_or_version(store: ConfigStore) -> None:
    for ask in (store.versions, store.objects, store.snapshot):
        with pytest.raises(TenantUnknown):
            ask("nobody")
    with pytest.raises(TenantUnknown):
        store.rollback("nobody", 1)
    store.apply(entries(*DEMO))
    for number in (0, 2, -1):
        with pytest.raises(VersionUnknown, match="versions 1 to 1"):
            store.objects("demo", number)
        with pytest.raises(VersionUnknown):
            store.rollback("demo", number)


def test_every_version_can_be_read_compared_and_restored(store: ConfigStore, database: Database) -> None:
    store.apply(entries(*DEMO))
    store.apply(entries(TENANT, SITE, {**ANA, "name": "Ana María"}, LUIS))
    store.apply(entries(TENANT, SITE, {**ANA, "name": "Ana María"}))
    assert ("device", "phone") in store.objects("demo", 1)
    assert ("device", "phone") not in store.objects("demo", 2)
    changes = store.diff("demo", 1, 2)
    assert [(change.kind, change.id, change.action) for change in changes] == [
        ("user", "ana", Action.CHANGED),
        ("device", "phone", Action.REMOVED),
    ]
    assert [(one.field, one.before, one.after) for one in changes[0].fields] == [("name", "Ana", "Ana María")]

    report = store.rollback("demo", 1, author="eva")
    assert (report.version, report.published) == (4, True)
    assert another(database).objects("demo") == store.objects("demo", 1)
    assert store.diff("demo", 1, 4) == []
    newest = store.versions("demo")[0]
    assert (newest.number, newest.restores, newest.comment, newest.author) == (
        4,
        1,
        "rollback to version 1",
        "eva",
    )
    assert store.rollback("demo", 1).published is False
    assert store.rollback("demo", 3).version == 5
    assert [version.number for version in store.versions("demo")] == [5, 4, 3, 2, 1]
    assert store.apply(entries(*DEMO)).version == 6
    assert set(store.objects("demo", 4)) == set(store.objects("demo", 1))


def test_a_rollback_brings_back_the_passwords_of_then(store: ConfigStore) -> None:
    (given,) = store.apply(entries(*DEMO)).new_credentials
    store.apply(entries(TENANT, SITE, ANA, LUIS))
    store.rollback("demo", 1)
    assert store.snapshot("demo").devices["phone"].password == given.password


def test_merging_adds_and_changes_and_removes_nothing(store: ConfigStore) -> None:
    store.apply(entries(*DEMO))
    eva = {"kind": "user", "id": "eva", "name": "Eva", "site": "m"}
    report = store.apply(entries(eva, {"kind": "user", "id": "ana", "mail": "a@example.com"}), merge=True)
    assert report.extensions == {"eva": "100"}
    users = store.snapshot("demo").users
    assert sorted(users) == ["ana", "eva", "luis"]
    assert (users["ana"].mail, users["ana"].name) == ("a@example.com", "Ana")


def test_extensions_are_given_once(store: ConfigStore) -> None:
    people: list[Fields] = [
        {"kind": "user", "id": name, "name": name, "site": "m"} for name in ("ana", "luis", "eva")
    ]
    given = store.apply(entries(TENANT, SITE, *people)).extensions
    assert given == {"ana": "100", "luis": "101", "eva": "102"}
    report = store.apply(entries(TENANT, SITE, *people[1:]))
    assert report.extensions == {}
    assert store.snapshot("demo").users["eva"].extension == "102"
    exported = store.objects("demo")["user", "eva"]
    assert isinstance(exported, User)
    assert exported.extension == "102"


def test_names_are_one_of_a_kind_in_the_installation(store: ConfigStore) -> None:
    number: Fields = {"kind": "number", "id": "n", "number": "+34910000000", "destination": "user:ana"}
    own = {**PHONE, "username": "reception"}
    store.apply(entries(TENANT, SITE, ANA, own, number))
    other = {**TENANT, "id": "other"}
    with pytest.raises(ConfigurationRefused) as caught:
        store.apply(entries(other, SITE, ANA, own, number))
    assert [(problem.kind, problem.field) for problem in caught.value.problems] == [
        ("device", "username"),
        ("number", "number"),
    ]
    store.apply(entries(TENANT, SITE, ANA))
    assert store.apply(entries(other, SITE, ANA, own, number)).published
    with pytest.raises(ConfigurationRefused, match="another tenant"):
        store.rollback("demo", 1)


def test_tenants_see_nothing_of_each_other(store: ConfigStore) -> None:
    store.apply(entries(*DEMO))
    store.apply(entries({**TENANT, "id": "other", "name": "Other"}, SITE, {**ANA, "name": "Another Ana"}))
    store.set_personal("other", "ana", {"do_not_disturb": True})
    demo, other = store.snapshots()
    assert (demo.tenant, demo.users["ana"].name, demo.personal["ana"].do_not_disturb) == (
        "demo",
        "Ana",
        False,
    )
    assert (other.tenant, other.users["ana"].name, other.personal["ana"].do_not_disturb) == (
        "other",
        "Another Ana",
        True,
    )
    assert store.current_versions() == {"demo": (1, 0), "other": (1, 1)}


def test_personal_settings_change_without_a_version(store: ConfigStore, database: Database) -> None:
    store.apply(entries(TENANT, SITE, {**ANA, "personal": {"ring_seconds": "40"}}, LUIS))
    before = store.current_versions()["demo"]
    store.set_personal("demo", "ana", {"do_not_disturb": True})
    store.set_personal("demo", "ana", {"forward_busy": "102", "voicemail": {"mail": False}})
    store.set_personal("demo", "ana", {"voicemail": {"max_seconds": 60}})
    assert len(store.versions("demo")) == 1
    after = store.current_versions()["demo"]
    assert after == (before[0], before[1] + 3)
    personal = another(database).snapshot("demo").personal["ana"]
    assert (personal.do_not_disturb, personal.forward_busy, personal.ring_seconds) == (True, "102", 40)
    assert (personal.voicemail.mail, personal.voicemail.max_seconds) == (False, 60)
    assert not another(database).snapshot("demo").personal["luis"].do_not_disturb


def test_whom_one_blocks_and_who_rings_along_survive_a_rollback(
    store: ConfigStore, database: Database
) -> None:
    schedule = {"kind": "schedule", "id": "office", "weekly": {"mon-fri": "09:00-18:00"}}
    based = {**ANA, "personal": {"block": {"anonymous": True}, "hours": {"schedule": "office"}}}
    store.apply(entries(TENANT, SITE, based, LUIS, schedule))
    store.set_personal("demo", "ana", {"block": {"numbers": ["+34 911*"], "then": "busy"}})
    along = [{"target": "102", "after": 5}, {"target": "600 12 31 23"}]
    store.set_personal("demo", "ana", {"follow_me": {"targets": along}})
    store.set_personal("demo", "ana", {"follow_me": {"confirm": False}})
    store.set_personal("demo", "ana", {"hours": {"schedule": "", "weekly": {"monday": "09:00-14:00"}}})
    store.rollback("demo", 1)
    personal = another(database).snapshot("demo").personal["ana"]
    assert personal.block.model_dump() == {"numbers": ("+34911*",), "anonymous": True, "then": "busy"}
    assert [(each.target, each.after) for each in personal.follow_me.targets] == [
        ("102", 5),
        ("600123123", 15),
    ]
    assert not personal.follow_me.confirm
    assert (personal.hours.schedule, personal.hours.weekly) == ("", {"mon": ("09:00-14:00",)})
    # The week is one value; what is taken out goes back to what the configuration says.
    store.set_personal("demo", "ana", {"hours": {"weekly": {"tue": "10:00-11:00"}}, "block": None})
    store.set_personal("demo", "ana", {"follow_me": {"targets": None}})
    personal = another(database).snapshot("demo").personal["ana"]
    assert personal.hours.weekly == {"tue": ("10:00-11:00",)}
    assert personal.block.model_dump() == {"numbers": (), "anonymous": True, "then": "decline"}
    assert personal.follow_me.targets == ()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"follow_me": {"targets": [{"target": "101"}]}}, "follow_me.targets.0.target: 101 is ana's own"),
        ({"follow_me": {"targets": [{"target": "112"}]}}, "emergency"),
        ({"follow_me": {"targets": [{"target": "999999"}]}}, "no extension"),
        ({"follow_me": {"targets": [{"target": "102"}] * 6}}, "follow_me.targets"),
        ({"hours": {"schedule": "nothing"}}, "hours.schedule: there is no schedule nothing"),
        ({"hours": {"weekly": {"mon": "25:00-26:00"}}}, "hours.weekly"),
        ({"hours": {"outside": "101"}}, "hours.outside: 101 is ana's own"),
        ({"block": {"numbers": ["everybody"]}}, "block.numbers.0"),
        ({"block": {"numbers": ["+34911*"] * 501}}, "block.numbers"),
    ],
)
def test_what_makes_no_sense_is_refused(store: ConfigStore, changes: dict[str, object], why: str) -> None:
    store.apply(entries(*DEMO))
    with pytest.raises(ValueError, match=re.escape(why)):
        store.set_personal("demo", "ana", changes)
    assert store.current_versions()["demo"] == (1, 0)


def test_no_change_of_personal_settings_is_no_change(store: ConfigStore) -> None:
    store.apply(entries(*DEMO))
    store.set_personal("demo", "ana", {"forward_busy": "600 12 31 23"})
    store.set_personal("demo", "ana", {"forward_busy": "600123123"})
    store.set_personal("demo", "ana", {})
    assert store.current_versions()["demo"] == (1, 1)
    assert store.snapshot("demo").personal["ana"].forward_busy == "600123123"


def test_none_goes_back_to_what_the_configuration_says(store: ConfigStore) -> None:
    store.apply(entries(TENANT, SITE, {**ANA, "personal": {"ring_seconds": "40"}}))
    store.set_personal("demo", "ana", {"ring_seconds": 10, "voicemail": {"mail": False}})
    store.set_personal("demo", "ana", {"ring_seconds": None, "voicemail": {"mail": None}})
    personal = store.snapshot("demo").personal["ana"]
    assert (personal.ring_seconds, personal.voicemail.mail) == (40, True)
    store.apply(entries(TENANT, SITE, {**ANA, "personal": {"ring_seconds": "50"}}))
    assert store.snapshot("demo").personal["ana"].ring_seconds == 50


def test_personal_settings_survive_new_versions_and_rollbacks(store: ConfigStore, database: Database) -> None:
    store.apply(entries(*DEMO))
    store.set_personal("demo", "luis", {"do_not_disturb": True})
    store.apply(entries(TENANT, SITE, ANA))
    assert "luis" not in store.snapshot("demo").personal
    store.rollback("demo", 1)
    assert another(database).snapshot("demo").personal["luis"].do_not_disturb


@pytest.mark.parametrize(
    ("user", "changes", "message"),
    [
        ("eva", {"do_not_disturb": True}, "no user eva"),
        ("ana", {"do_not_disturb": "perhaps"}, "do_not_disturb: must be true or false"),
        ("ana", {"ring_seconds": 1}, "ring_seconds: must be at least 3"),
        ("ana", {"colour": "red"}, "colour: is not a field here"),
        ("ana", {"voicemail": {"pin": "secret"}}, "voicemail.pin: must be 4 to 10 digits"),
        ("ana", {"voicemail": True}, "voicemail: must hold fields"),
        ("ana", {"forward_always": "101"}, "own extension"),
        ("ana", {"forward_always": "109"}, "no extension of this tenant"),
        ("ana", {"forward_busy": "112"}, "emergency number"),
        ("ana", {"forward_busy": "600\r\nVia: x"}, "must be an extension or a telephone number"),
    ],
)
def test_personal_settings_that_are_refused(
    store: ConfigStore, user: str, changes: dict[str, object], message: str
) -> None:
    store.apply(entries(*DEMO))
    with pytest.raises(ValueError, match=message) as caught:
        store.set_personal("demo", user, changes)
    assert "secret" not in str(caught.value)
    assert store.current_versions()["demo"] == (1, 0)


def test_writers_at_once_take_turns(store: ConfigStore, database: Database) -> None:
    store.apply(entries(*DEMO))
    errors: list[Exception] = []

    def change(name: str) -> None:
        try:
            mine = another(database)
            mine.apply(
                entries({"kind": "user", "id": name, "name": name, "site": "m"}), tenant="demo", merge=True
            )
            mine.set_personal("demo", "ana", {"ring_seconds": 10 + int(name[1:])})
        except Exception as error:  # noqa: BLE001  (told by the assertion below)
            errors.append(error)

    threads = [threading.Thread(target=change, args=(f"u{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    snapshot = another(database).snapshot("demo")
    assert snapshot.version == 5
    extensions = [user.extension for user in snapshot.users.values()]
    assert len(set(extensions)) == len(extensions) == 6
    assert store.current_versions()["demo"] == (5, 4)


def test_two_tenants_that_reach_for_one_name_at_once(database: Database) -> None:
    reports: list[bool] = []

    def take(tenant: str) -> None:
        device = {**PHONE, "username": "reception"}
        try:
            report = another(database).apply(entries({**TENANT, "id": tenant}, SITE, ANA, device))
            reports.append(report.published)
        except ConfigurationRefused:
            reports.append(False)

    threads = [threading.Thread(target=take, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reports) == [False, False, True]
    assert len(another(database).tenants()) == 1


def test_the_tenant_is_an_object_too(store: ConfigStore) -> None:
    store.apply(entries(*DEMO))
    store.apply(entries({**TENANT, "name": "Demo Renamed"}), merge=True)
    assert store.objects("demo")["tenant", "demo"] == Tenant(id="demo", name="Demo Renamed")
    assert store.snapshot("demo").name == "Demo Renamed"


def test_a_version_that_a_later_rule_would_refuse_can_still_be_gone_back_to(
    store: ConfigStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.apply(entries(*DEMO))
    store.apply(entries(TENANT, SITE, ANA, LUIS))
    written = reader.validate

    def stricter(objects: Any, tenant: str, **given: Any) -> list[Problem]:
        return [
            *written(objects, tenant, **given),
            Problem("user", "ana", "name", "is too short by a new rule"),
        ]

    monkeypatch.setattr(reader, "validate", stricter)
    with pytest.raises(ConfigurationRefused, match="new rule"):
        store.apply(entries(*DEMO))
    assert store.rollback("demo", 1).published


def test_a_number_that_another_tenant_has_now_cannot_be_gone_back_to(store: ConfigStore) -> None:
    number = {"kind": "number", "id": "main", "number": "+34910000001", "destination": "user:ana"}
    store.apply(entries(TENANT, SITE, ANA, LUIS, number))
    store.apply(entries(TENANT, SITE, ANA, LUIS))
    store.apply(entries({"kind": "tenant", "id": "other"}, SITE, ANA, LUIS, number))
    with pytest.raises(ConfigurationRefused, match="another tenant"):
        store.rollback("demo", 1)
