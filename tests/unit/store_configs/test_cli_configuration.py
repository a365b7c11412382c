"""The commands about the configuration, as a person or a program meets them."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from centralita.cli.errors import ExitCode
from centralita.cli.main import run
from centralita.store.database import Database
from centralita.store.secrets import create_key

EXAMPLE = Path(__file__).parents[3] / "examples" / "demo.yaml"


@pytest.fixture(scope="module")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    create_key(folder / "secret.key")
    database = Database(f"sqlite:///{folder / 'centralita.db'}")
    database.migrate()
    database.close()
    return folder


@pytest.fixture
def data(empty_installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("CENTRALITA_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "data"
    shutil.copytree(empty_installation, folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CENTRALITA_DATA", str(folder))
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the demo's configuration, to be changed."""
    folder = tmp_path / "files"
    folder.mkdir()
    shutil.copy(EXAMPLE, folder / "demo.yaml")
    return folder


def edit(files: Path, before: str, after: str) -> None:
    path = files / "demo.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_demo_from_nothing_and_again(data: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "apply", "-f", str(files / "demo.yaml"))
    assert code == ExitCode.DONE
    assert "demo: version 1 is published" in out
    assert "shown only this once" in err
    rows = [line.split() for line in out.splitlines() if line.startswith("10")]
    assert [row[:4] for row in rows] == [["101", "ana", "ana", "ana"], ["102", "luis", "luis", "luis"]]
    assert all(len(row[4]) >= 20 for row in rows)
    password = rows[0][4]

    code, out, err = call(capsys, "apply", "-f", str(files / "demo.yaml"))
    assert (code, out) == (ExitCode.DONE, "demo: nothing to change, version 1 stays\n")
    for command in (["export"], ["export", "--json"], ["users"], ["users", "--json"], ["versions", "--json"]):
        code, out, err = call(capsys, *command)
        assert code == ExitCode.DONE
        assert password not in out + err
    assert password in call(capsys, "export", "--with-secrets")[1]


def test_an_export_applies_to_the_same(
    data: Path, files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call(capsys, "apply", str(files))
    exported = call(capsys, "export")[1]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(exported.encode())))
    code, out, _ = call(capsys, "apply", "-f", "-")
    assert (code, out) == (ExitCode.DONE, "demo: nothing to change, version 1 stays\n")


def test_what_is_refused_is_told_with_file_line_object_and_field(
    data: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(files, 'extension: "102"', 'extension: "101"')
    edit(files, "destination: user:ana", "destination: user:eva")
    code, out, err = call(capsys, "apply", "-f", str(files / "demo.yaml"))
    lines = (files / "demo.yaml").read_text().splitlines()
    first, second = (number for number, line in enumerate(lines, 1) if line == 'extension: "101"')
    number = lines.index("destination: user:eva") + 1
    file = files / "demo.yaml"
    assert code == ExitCode.FAILED
    assert out == ""
    assert err.splitlines() == [
        f"error: {file}:{second}: user luis: extension: 101 is already taken by user ana ({file}:{first})",
        f"error: {file}:{number}: number main: destination: there is no user eva",
        "error: 2 problems: nothing was changed.",
    ]
    assert call(capsys, "versions")[0] == ExitCode.NOT_FOUND


def test_a_long_list_of_problems_is_cut(data: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    users = "".join(f"---\nkind: user\nid: u{n}\nname: U\nsite: nowhere\n" for n in range(80))
    (files / "demo.yaml").write_text("kind: tenant\nid: demo\n" + users)
    code, _, err = call(capsys, "apply", str(files))
    assert code == ExitCode.FAILED
    assert len(err.splitlines()) == 52
    assert err.splitlines()[-2:] == ["error: … and 30 more", "error: 80 problems: nothing was changed."]


def test_versions_differences_and_the_way_back(
    data: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(capsys, "apply", str(files), "-m", "the beginning", "--author", "eva")
    edit(files, "name: Ana García", "name: Ana García Pérez")
    edit(files, "ring_seconds: 20", "voicemail: {pin: '7788'}")
    code, out, _ = call(capsys, "apply", str(files))
    assert "    name: Ana García → Ana García Pérez\n" in out
    assert "7788" not in out

    code, out, _ = call(capsys, "diff", "1", "2")
    assert code == ExitCode.DONE
    assert out.splitlines() == [
        "~ user ana",
        "    name: Ana García → Ana García Pérez",
        "    personal.ring_seconds: 20 → 25",
        "    personal.voicemail.pin: nothing → (secret)",
    ]
    changes = json.loads(call(capsys, "diff", "1", "2", "--json")[1])
    assert changes[0]["fields"][0] == {"field": "name", "before": "Ana García", "after": "Ana García Pérez"}
    assert call(capsys, "diff", "2", "2")[2] == "Version 2 and version 2 are equal.\n"

    code, out, _ = call(capsys, "rollback", "1")
    assert (code, "demo: version 3 is published" in out) == (ExitCode.DONE, True)
    found = json.loads(call(capsys, "versions", "--json")[1])
    assert [(one["number"], one["restores"]) for one in found] == [(3, 1), (2, None), (1, None)]
    assert (found[2]["author"], found[2]["comment"]) == ("eva", "the beginning")
    assert "rollback to version 1" in call(capsys, "versions")[1]
    assert "Pérez" in call(capsys, "export", "--version", "2")[1]
    assert "Pérez" not in call(capsys, "export")[1]


def test_a_trial_publishes_nothing(data: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "apply", str(files), "--dry-run")
    assert code == ExitCode.DONE
    assert "+ user ana" in out
    assert "this was only a trial" in out
    assert "published" not in out
    assert call(capsys, "versions")[0] == ExitCode.NOT_FOUND


def test_users(data: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "users")[2] == "There is no user.\n"
    edit(files, "ring_seconds: 20", "do_not_disturb: true\n  forward_busy: '102'\n  voicemail: {pin: '7788'}")
    call(capsys, "apply", str(files))
    code, out, _ = call(capsys, "users")
    assert code == ExitCode.DONE
    ana = next(line for line in out.splitlines() if " ana " in line)
    assert "101" in ana
    assert ana.endswith("do not disturb, busy → 102")
    code, out, _ = call(capsys, "users", "--json", "-t", "demo")
    found = json.loads(out)
    assert [(one["id"], one["extension"]) for one in found] == [("ana", "101"), ("luis", "102")]
    assert found[0]["devices"] == [{"id": "ana", "username": "ana"}]
    assert found[0]["personal"]["do_not_disturb"] is True
    assert "7788" not in out


def test_several_tenants_have_to_be_named(
    data: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(capsys, "apply", str(files))
    (files / "demo.yaml").write_text("kind: tenant\nid: other\nname: Other\n")
    call(capsys, "apply", str(files))
    code, _, err = call(capsys, "export")
    assert code == ExitCode.USAGE
    assert err == "error: There are several tenants: demo, other. Name one with --tenant.\n"
    assert "name: Other" in call(capsys, "export", "--tenant", "other")[1]
    code, _, err = call(capsys, "export", "--tenant", "nobody")
    assert (code, err) == (ExitCode.NOT_FOUND, "error: There is no tenant nobody. See `centralita users`.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["apply"], ExitCode.USAGE, "There is no file to apply. Name one with -f."),
        (
            ["apply", "-f", "missing.yaml"],
            ExitCode.NOT_FOUND,
            "missing.yaml: there is no such file or folder.",
        ),
        (["apply", "-f", "."], ExitCode.NOT_FOUND, ". holds no YAML file"),
        (["versions"], ExitCode.NOT_FOUND, "There is no tenant yet."),
        (["rollback", "9", "-t", "demo"], ExitCode.NOT_FOUND, "There is no tenant demo."),
        (["diff", "1", "x", "-t", "demo"], ExitCode.NOT_FOUND, "There is no tenant demo."),
    ],
)
def test_errors_are_one_clear_line(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: ExitCode, message: str
) -> None:
    got, out, err = call(capsys, *arguments)
    assert (got, out) == (code, "")
    assert err.startswith("error: ")
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_version_that_is_not_there(data: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "apply", str(files))
    code, _, err = call(capsys, "rollback", "5")
    assert (code, err) == (
        ExitCode.NOT_FOUND,
        "error: Tenant demo has versions 1 to 1, not 5. See `centralita versions`.\n",
    )


def test_a_folder_that_is_no_installation(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    code, _, err = call(capsys, "users", "--data", str(tmp_path / "elsewhere"))
    assert code == ExitCode.NOT_FOUND
    assert "There is no Centralita in" in err
    assert "`centralita init`" in err
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_key_that_is_not_the_one(data: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "apply", str(files))
    (data / "secret.key").unlink()
    create_key(data / "secret.key")
    code, _, err = call(capsys, "users")
    assert code == ExitCode.FAILED
    assert "cannot be opened with this secret.key" in err
    code, out, _ = call(capsys, "apply", str(files), "--replace-secrets")
    assert code == ExitCode.DONE
    assert len([line for line in out.splitlines() if line.startswith("10")]) == 2
    assert call(capsys, "users")[0] == ExitCode.DONE


def test_a_damaged_database(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "centralita.db").write_bytes(b"no database" * 1000)
    code, _, err = call(capsys, "users")
    assert code == ExitCode.FAILED
    assert "file is not a database. Restore it from a backup." in err
