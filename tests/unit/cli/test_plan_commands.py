"""``centralita plans`` as a person meets it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from centralita.app.prepare import prepare
from centralita.app.web import web_parts
from centralita.cli.errors import ExitCode
from centralita.cli.main import run
from centralita.settings import Settings


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "run").mkdir()
    prepare(Settings(data=folder), demo=True)
    return folder


@pytest.fixture
def data(installation: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(installation, tmp_path / "data"))


def plans(data: Path, *arguments: str) -> int:
    return run(["plans", *arguments, "--data", str(data)])


def test_a_plan_from_beginning_to_end(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plans(data, "list") == 0
    assert "plans create" in capsys.readouterr().err
    assert (
        plans(data, "create", "small", "--name", "Small", "-l", "users=2", "-l", "calls=4", "-f", "queues")
        == 0
    )
    assert plans(data, "assign", "demo", "small") == 0
    capsys.readouterr()
    assert plans(data, "list", "--json") == 0
    (plan,) = json.loads(capsys.readouterr().out)
    assert (plan["limits"]["users"], plan["limits"]["calls"], plan["limits"]["queues"]) == (2, 4, None)
    assert (plan["functions"], plan["tenants"]) == (["queues"], ["demo"])
    assert plans(data, "usage", "--json") == 0
    users = next(row for row in json.loads(capsys.readouterr().out) if row["what"] == "users")
    assert (users["plan"], users["used"], users["allowed"], users["state"]) == ("small", 2, 2, "")
    assert plans(data, "change", "small", "-l", "users=1", "-l", "calls=none", "--all-functions") == 0
    capsys.readouterr()
    assert plans(data, "usage") == 0
    assert "over" in capsys.readouterr().out
    assert plans(data, "remove", "small") == ExitCode.FAILED
    assert "demo" in capsys.readouterr().err
    assert plans(data, "assign", "demo", "none") == 0
    assert plans(data, "remove", "small") == 0
    actions = [entry.action for entry in web_parts(Settings(data=data)).audit.page(None)]
    assert actions == ["plan.remove", "plan.assign", "plan.change", "plan.assign", "plan.create"]


def test_what_is_applied_meets_the_plan(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plans(data, "create", "small", "-l", "users=2") == 0
    assert plans(data, "assign", "demo", "small") == 0
    file = tmp_path / "more.yaml"
    file.write_text("kind: user\nid: eva\nname: Eva\nsite: madrid\n")
    assert (
        run(["apply", "-f", str(file), "--merge", "--tenant", "demo", "--data", str(data)]) == ExitCode.FAILED
    )
    said = capsys.readouterr().err
    assert "The plan small allows 2 users: 2 are used, and this would make 3" in said
    assert "assign a larger plan" in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", "Bad Id"), ExitCode.USAGE, "is no id"),
        (("create", "x", "-l", "users=many"), ExitCode.USAGE, "users=10"),
        (("create", "x", "-l", "chairs=4"), ExitCode.USAGE, "users, devices"),
        (("change", "nobody"), ExitCode.NOT_FOUND, "plans list"),
        (("assign", "demo", "nobody"), ExitCode.NOT_FOUND, "no plan nobody"),
        (("assign", "nobody", "none"), ExitCode.NOT_FOUND, "no tenant nobody"),
        (("usage", "--tenant", "nobody"), ExitCode.NOT_FOUND, "no tenant nobody"),
    ],
)
def test_what_is_wrong_is_said(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: ExitCode, said: str
) -> None:
    assert plans(data, *arguments) == code
    assert said in capsys.readouterr().err
