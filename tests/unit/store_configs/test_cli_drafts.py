"""Drafts, checks and who reaches whom, as a person or a program meets them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from centralita.cli.errors import ExitCode
from centralita.cli.main import run
from centralita.store.database import Database
from centralita.store.secrets import create_key

OFFICE = """kind: tenant
id: acme
---
{kind: site, id: m, number: "+34910000001", location: Calle Mayor 1}
---
{kind: user, id: ana, name: Ana, site: m, extension: "101"}
---
{kind: device, id: ana, user: ana}
---
{kind: trunk, id: a, host: a.example}
---
{kind: number, id: main, number: "+34910000001", destination: "flow:main"}
---
{kind: schedule, id: office, weekly: {mon-fri: "09:00-18:00"}}
---
kind: flow
id: main
start: hours
nodes:
  hours:
    type: hours
    schedule: office
    open: ring
    closed: box
  ring: {type: ring, targets: ["user:ana"], no_answer: box}
  box: {type: voicemail, user: ana}
---
{kind: test, id: night, from: "+34600000000", to: "+34910000001", at: 2026-11-28 20:00, expect: "voicemail:ana"}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The office as a file, beside an empty installation."""
    for name in list(os.environ):
        if name.startswith("CENTRALITA_"):
            monkeypatch.delenv(name)
    data = tmp_path / "data"
    data.mkdir()
    create_key(data / "secret.key")
    database = Database(f"sqlite:///{data / 'centralita.db'}")
    database.migrate()
    database.close()
    monkeypatch.setenv("CENTRALITA_DATA", str(data))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "office.yaml"
    path.write_text(OFFICE)
    return Path("office.yaml")


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def call(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = run([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_from_a_draft_to_its_publication_and_back(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "apply", file)[0] == ExitCode.DONE
    edit(file, "name: Ana,", "name: Ana García,")
    code, out, _ = call(capsys, "apply", "--draft", file, "-m", "her whole name", "--author", "eva")
    assert code == ExitCode.DONE
    assert "acme: this is the draft now; `centralita publish` puts it in force" in out

    code, out, err = call(capsys, "draft")
    assert (code, err) == (ExitCode.DONE, "")
    assert out.startswith("acme: a draft by eva of ")
    assert ", on version 1: her whole name\n~ user ana\n    name: Ana → Ana García\n" in out
    assert json.loads(call(capsys, "draft", "--json")[1])["refusals"] == []
    assert call(capsys, "diff", "draft")[1] == "~ user ana\n    name: Ana → Ana García\n"
    assert call(capsys, "diff", "draft", "1")[1] == "~ user ana\n    name: Ana García → Ana\n"

    code, out, _ = call(capsys, "publish")
    assert (code, "acme: version 2 is published" in out) == (ExitCode.DONE, True)
    assert "her whole name" in call(capsys, "versions")[1]
    for command in (["draft"], ["publish"], ["draft", "discard"], ["diff", "draft"]):
        code, _, err = call(capsys, *command)
        assert (code, err) == (
            ExitCode.NOT_FOUND,
            "error: There is no draft of tenant acme. `centralita apply --draft` makes one.\n",
        )
    assert call(capsys, "rollback", "1")[0] == ExitCode.DONE


def test_a_draft_is_thrown_away(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "apply", file)
    edit(file, "name: Ana,", "name: Eva,")
    call(capsys, "apply", "--draft", file)
    assert call(capsys, "draft", "discard") == (ExitCode.DONE, "acme: the draft is gone\n", "")
    assert call(capsys, "draft")[0] == ExitCode.NOT_FOUND
    call(capsys, "apply", "--draft", file)
    code, out, _ = call(capsys, "draft", "discard", "--json")
    assert (code, json.loads(out)) == (ExitCode.DONE, {"tenant": "acme", "discarded": True})


def test_an_error_of_the_checker_names_file_and_line_and_the_mend(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(file, "    closed: box\n", "")
    code, out, err = call(capsys, "apply", file)
    assert (code, out) == (ExitCode.FAILED, "")
    assert err.splitlines() == [
        "error: office.yaml:20: flow main: nodes.hours.closed: is missing: a call falls off the flow while office is closed, and just"
        " ends. Name the node that it goes to; one of type hang-up where it shall end",
        "error: 1 problem: nothing was changed.",
    ]


def test_a_broken_test_refuses_unless_it_is_skipped_and_said_so(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(capsys, "apply", file)
    edit(file, "    closed: box\n", "    closed: ring\n")
    for arguments in (["apply", file], ["apply", "--dry-run", file]):
        code, _, err = call(capsys, *arguments)
        assert code == ExitCode.FAILED
        assert "test night: expected voicemail:ana, got user:ana" in err
    assert call(capsys, "apply", "--draft", file)[0] == ExitCode.DONE
    code, out, err = call(capsys, "draft")
    assert code == ExitCode.FAILED
    assert "error: test night: expected voicemail:ana" in out
    assert "It cannot be published as it is." in err
    assert call(capsys, "test")[0] == ExitCode.DONE
    assert call(capsys, "test", "--version", "draft")[0] == ExitCode.FAILED
    assert call(capsys, "check", "--version", "draft")[0] == ExitCode.DONE
    assert call(capsys, "check", "--version", "new")[0] == ExitCode.USAGE
    assert call(capsys, "publish")[0] == ExitCode.FAILED
    assert call(capsys, "publish", "--skip-tests", "-m", "in need")[0] == ExitCode.DONE
    assert "in need (routing tests skipped)" in call(capsys, "versions")[1]


def test_check_tells_the_worst_first_and_ends_by_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "apply", file)
    assert call(capsys, "check") == (ExitCode.DONE, "Nothing is wrong\n", "")
    edit(file, "{kind: device, id: ana, user: ana}\n---\n", "")
    edit(file, "    closed: box\n", "")
    code, out, _ = call(capsys, "check", "-f", file)
    assert code == ExitCode.FAILED
    lines = out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == ["error", "warning", "warning"]
    assert lines[-1] == "1 error, 2 warnings"
    edit(file, "    open: ring\n", "    open: ring\n    closed: box\n")
    assert call(capsys, "check", "-f", file)[0] == ExitCode.DONE
    assert call(capsys, "check", "--strict", "-f", file)[0] == ExitCode.FAILED
    found = json.loads(call(capsys, "check", "-f", file, "--json")[1])
    assert {one["rule"] for one in found} == {"user-without-device", "mute-ring"}
    assert found[0].keys() == {"severity", "rule", "kind", "id", "field", "message", "mend"}
    assert call(capsys, "check", "--version", "1")[0] == ExitCode.DONE


def test_reach(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "apply", file)
    code, out, err = call(capsys, "reach", "101")
    assert (code, err) == (ExitCode.DONE, "")
    assert out.splitlines() == [
        "+34910000001 → flow main → hours office open (Mon-Fri 09:00-18:00) → user ana",
        "101 from inside → user ana",
    ]
    found = json.loads(call(capsys, "reach", "voicemail:ana", "--json")[1])
    assert found["target"] == {"kind": "voicemail", "id": "ana", "node": ""}
    assert [way["number"] for way in found["ways"]] == ["main", "main", "101"]
    assert found["ways"][0]["steps"][2]["when"] == "hours office closed"
    code, _, err = call(capsys, "reach", "199")
    assert code == ExitCode.NOT_FOUND
    assert err.startswith("error: Nobody has the extension 199, and nothing is called so.")


def test_a_tenant_whose_changes_wait(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(file, "id: acme\n", "id: acme\nchanges: draft\n")
    assert "version 1 is published" in call(capsys, "apply", file)[1]
    edit(file, "name: Ana,", "name: Eva,")
    assert "this is the draft now" in call(capsys, "apply", file)[1]
    report = json.loads(call(capsys, "apply", file, "--json")[1])
    assert (report["published"], report["drafted"], report["version"]) == (False, True, 1)
