"""``centralita accounts`` as a person meets it: the first administrator, and who has forgotten everything."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from centralita.accounts import SecondFactor, secret_hash
from centralita.app.prepare import prepare
from centralita.app.web import web_parts
from centralita.app.welcome import facts, origin
from centralita.cli.errors import ExitCode
from centralita.cli.main import run
from centralita.settings import Settings
from centralita.web.passwords import Passwords

ANA = "ana@example.com"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "run").mkdir()
    prepare(Settings(data=folder), demo=True)
    return folder


@pytest.fixture
def data(installation: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(installation, tmp_path / "data"))


def accounts(data: Path, *arguments: str) -> int:
    return run(["accounts", *arguments, "--data", str(data)])


def test_the_first_administrator(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert accounts(data, "list") == 0
    assert "accounts create" in capsys.readouterr().err
    assert accounts(data, "create", "Ana@Example.com", "--name", "Ana") == 0
    password = capsys.readouterr().out.splitlines()[-1]
    assert accounts(data, "list", "--json") == 0
    (account,) = json.loads(capsys.readouterr().out)
    assert (account["login"], account["role"], account["tenant"]) == (ANA, "platform", "")
    parts = web_parts(Settings(data=data))
    known = parts.accounts.password(account["id"])
    assert known.startswith("$argon2id$")
    assert Passwords().verify(known, password)
    (entry,) = parts.audit.page(None)
    assert (entry.action, entry.via, entry.target) == ("account.create", "command", f"account/{ANA}")
    assert password not in repr(entry)


def test_a_password_from_stdin_is_not_shown(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("four random words\n"))
    assert accounts(data, "create", ANA, "--password-stdin") == 0
    shown = capsys.readouterr()
    assert "random" not in shown.out + shown.err


def test_a_weak_password_is_refused(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert accounts(data, "create", ANA, "--password-stdin") == ExitCode.FAILED
    assert "10 characters" in capsys.readouterr().err
    assert accounts(data, "list") == 0
    assert ANA not in capsys.readouterr().out


def test_who_lost_everything_comes_in_again(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accounts(data, "create", ANA)
    store = web_parts(Settings(data=data)).accounts
    account = store.by_login(ANA)
    assert account is not None
    store.set_second_factor(account.id, SecondFactor(secret="A" * 32, confirmed=True))
    before = store.password(account.id)
    assert accounts(data, "reset", ANA, "--drop-second-factor") == 0
    after = store.by_login(ANA)
    assert after is not None
    assert not after.second_factor
    assert store.password(account.id) != before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", "nobody"), ExitCode.USAGE, "no mail address"),
        (("create", ANA, "--role", "admin"), ExitCode.FAILED, "of a tenant"),
        (("create", ANA, "--role", "admin", "--tenant", "nowhere"), ExitCode.FAILED, "no such tenant"),
        (("create", ANA, "--role", "user", "--tenant", "demo", "--user", "x"), ExitCode.FAILED, "no user x"),
        (("create", ANA, "--role", "king"), ExitCode.USAGE, "king"),
        (("reset", ANA), ExitCode.NOT_FOUND, "no account"),
    ],
)
def test_what_cannot_be_is_said(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert accounts(data, *arguments) == code
    assert said in capsys.readouterr().err


def test_a_login_is_taken_once(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accounts(data, "create", ANA)
    assert accounts(data, "create", ANA) == ExitCode.FAILED
    assert "accounts reset" in capsys.readouterr().err


def test_the_link_of_the_first_run_is_good_until_there_is_an_account(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data=data)
    assert accounts(data, "setup-link") == 0
    link = capsys.readouterr().out.strip()
    assert link == facts(settings, demo=True).setup
    address, _, code = link.partition("#code=")
    assert address == f"http://{settings.advertised_host}:{settings.http_port}/setup"
    assert secret_hash(code) == web_parts(settings).setup_code
    assert origin(Settings(data=data, public_url="https://pbx.example.com")) == "https://pbx.example.com"
    assert origin(Settings(data=data, advertise="2001:db8::5")) == "http://[2001:db8::5]:8080"
    assert accounts(data, "create", ANA) == 0
    capsys.readouterr()
    assert accounts(data, "setup-link") == ExitCode.FAILED
    assert "void" in capsys.readouterr().err
    assert facts(settings, demo=True).setup == ""
