"""``simulate``, ``test`` and ``replay`` on the command line: on files, on versions, and what they print and exit with."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from centralita.cli.errors import ExitCode
from centralita.cli.main import run
from centralita.cli.versions import drafted
from centralita.pbx.simulator import Scenario, simulate
from centralita.pbx.vocabulary import TenantId
from centralita.store import documents
from centralita.store.database import Database
from centralita.store.records import RecordStore
from centralita.store.secrets import create_key
from support.past import past

OFFICE = Path(__file__).parents[3] / "examples" / "office"
MORNING = "2026-11-23 10:00"


@pytest.fixture(scope="module")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    create_key(folder / "secret.key")
    database = Database(f"sqlite:///{folder / 'centralita.db'}", durable=False)
    database.migrate()
    database.close()
    return folder


@pytest.fixture
def data(empty_installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with nothing in it."""
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
    """The office, to be changed."""
    folder = tmp_path / "office"
    shutil.copytree(OFFICE, folder)
    return folder


def edit(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_files_are_tried_without_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTRALITA_DATA", str(tmp_path / "nowhere"))
    code, out, _ = command(
        capsys, "simulate", "-f", str(OFFICE), "--from", "+34931234567", "--to", "+34910000100", "--at", MORNING,
        "--press", "1", "--answer", "alvaro=no-answer,lucia=7",
    )  # fmt: skip
    assert code == ExitCode.DONE
    assert "Monday 2026-11-23 10:00:00 CET" in out
    assert "✓ entrada/menu  menu → entrada/ventas (pressed 1)" in out
    assert "· override Modo noche: it is off" in out
    assert "→ group:ventas with lucia: answered" in out
    assert not (tmp_path / "nowhere").exists()


def test_the_other_forms(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    what = ("simulate", "-f", str(OFFICE), "--from", "+34928111222", "--to", "+34910000100", "--at", MORNING)
    _, out, _ = command(capsys, *what, "--json")
    told = json.loads(out)
    assert (told["rest"], told["outcome"]) == ("group:canarias", "answered")
    assert [step["node"] for step in told["steps"]][:3] == ["", "entrada/quien", "entrada/horario"]
    _, out, _ = command(capsys, *what, "--mermaid")
    assert out.startswith("flowchart TD\n")
    assert "==>" in out
    assert '-.->|"closed"|' in out


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--answer", "nobody=busy"), "no user nobody"),
        (("--answer", "ana"), "must be like"),
        (("--answer", "marta=perhaps"), "is none of answered"),
        (("--override", "noone"), "no override noone"),
        (("--agents", "marta,x"), "no user x"),
        (("--outside", "trunk:x=down"), "no trunk x"),
        (("--at", "some day"), "is no time"),
        (("--from", "user:x"), "no user:x"),
        (("--from", "hola"), "'hola' is no caller"),
        (("--to", "abc"), "'abc' cannot be dialled"),
        (("--press", "1,x"), "'x' cannot be pressed"),
        (("--waiting", "citas=many"), "'many' must be how many"),
        (("--outside", "operador=down"), "'operador' is no number outside, and no trunk:ID"),
        (("--ip-country", "spain"), "is no country of two letters"),
        (("--version", "3"), "either --version or --file"),
    ],
)
def test_what_is_misspelt_is_no_result(
    data: Path, capsys: pytest.CaptureFixture[str], wrong: tuple[str, ...], message: str
) -> None:
    code, out, err = command(capsys, "simulate", "-f", str(OFFICE), "--to", "+34910000100", *wrong)
    assert (code, out) == (ExitCode.USAGE, "")
    assert message in err


def test_an_extension_is_dialled_from_inside(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = command(
        capsys, "simulate", "-f", str(OFFICE), "--from", "+34 931 234 567", "--to", "101"
    )
    assert (code, err) == (0, "101 is dialled from inside: say who calls with --from user:ID.\n")
    assert out.startswith("+34931234567 calls 101 on")


def test_tests_pass_and_fail(data: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = command(capsys, "test", "-f", str(files))
    assert code == ExitCode.DONE
    assert "All 18 tests pass" in out
    edit(files, "02-hours.yaml", "09:00-14:00, 16:00-19:00", "11:00-14:00")
    code, out, _ = command(capsys, "test", "-f", str(files))
    assert code == ExitCode.FAILED
    assert "✗ contratar" in out
    assert "expected group:ventas, got voicemail:ventas" in out
    code, out, _ = command(capsys, "test", "-f", str(files), "--json")
    assert code == ExitCode.FAILED
    failed = [result for result in json.loads(out) if not result["passed"]]
    assert {"contratar", "canario-tarde", "palmas-cerrado"} <= {result["test"]["id"] for result in failed}
    assert all(result["difference"] for result in failed)


def test_files_that_are_wrong_are_refused_with_their_lines(
    data: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(files, "03-calls.yaml", "menu: principal\n    choices", "menu: principle\n    choices")
    code, _, err = command(capsys, "simulate", "-f", str(files), "--to", "+34910000100")
    assert code == ExitCode.FAILED
    assert "03-calls.yaml:" in err


def test_versions_and_files_on_top_of_what_is_there(
    data: Path, files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(capsys, "apply", "-f", str(files))[0] == ExitCode.DONE
    edit(files, "03-calls.yaml", "destination: flow:entrada\n", "destination: user:irene\n")
    rest = ("--from", "+34931234567", "--to", "+34910000100", "--at", MORNING, "--press", "1", "--json")
    edit(files, "05-tests.yaml", "kind: test\nid: contratar", "kind: test\nid: contratar-antes")
    for path in files.glob("05-*"):
        path.unlink()  # what the tests say is no longer so
    assert command(capsys, "apply", "-f", str(files))[0] == ExitCode.DONE
    assert json.loads(command(capsys, "simulate", *rest)[1])["rest"] == "user:irene"
    told = json.loads(command(capsys, "simulate", "--version", "1", *rest)[1])
    assert (told["rest"], told["version"]) == ("group:ventas", 1)
    patch = tmp_path / "patch.yaml"
    patch.write_text("{kind: number, id: principal, number: '+34910000100', destination: 'user:marta'}")
    told = json.loads(command(capsys, "simulate", "--merge", "-f", str(patch), *rest)[1])
    assert (told["rest"], told["version"]) == ("user:marta", 0)
    code, _, err = command(capsys, "simulate", "--version", "9", *rest)
    assert code == ExitCode.NOT_FOUND
    assert "versions 1 to 2" in err


def test_replay(data: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(capsys, "apply", "-f", str(files))[0] == ExitCode.DONE
    version = drafted(documents.load([OFFICE]), "office", {}, None, merge=False)
    version.version = 1
    at = datetime.now(UTC).replace(microsecond=0)
    calls = [
        past(simulate(Scenario(version, f"+3493{number:07}", "+34910000105", at)), f"j{number}")
        for number in range(20)
    ]
    calls.append(past(simulate(Scenario(version, "+34931234567", "+34999999999", at)), "other"))
    database = Database(f"sqlite:///{data / 'centralita.db'}")
    RecordStore(database).save(calls, [], "main", (1, 0))
    assert next(RecordStore(database).whole(TenantId("office"), 0.0)).journey == "j0"
    database.close()

    code, out, _ = command(capsys, "replay", "--since", "yesterday", "--version", "1")
    assert code == ExitCode.DONE
    assert "0 of 21 calls would have ended elsewhere with version 1" in out
    edit(files, "03-calls.yaml", "destination: user:irene", "destination: user:marta")
    code, out, _ = command(capsys, "replay", "-f", str(files))
    assert "    20  user:irene → user:marta" in out
    assert "+34930000001 → +34910000105  (j1)" in out
    assert "20 of 21 calls would have ended elsewhere with what is not yet published" in out
    told = json.loads(command(capsys, "replay", "-f", str(files), "--json")[1])
    assert (told["calls"], told["changed"], told["left_out"]) == (21, 20, 0)
    assert told["changes"][0]["calls"] == 20
    assert len(told["changes"][0]["examples"]) == 5
    apart = command(capsys, "replay", "-f", str(files), "--json", "--jobs", "3")
    assert json.loads(apart[1])["changes"][0]["calls"] == 20
    never = ("--since", "2019-01-01", "--until", "2020-01-01")
    assert "No call is on record" in command(capsys, "replay", *never, "-f", str(files))[2]
    assert command(capsys, "replay")[0] == ExitCode.USAGE
