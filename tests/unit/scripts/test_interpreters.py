"""Which Python the virtual environment is made with: machines of several fake ones, and the real one asked how it was built."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "scripts"))

from interpreters import Interpreter, choose, examine, found  # noqa: E402

from centralita import interpreter  # noqa: E402

LAST = Interpreter("/last", (3, 11, 2), optimised=False, venv=False)


def fake(folder: Path, name: str, **said: object) -> Path:
    """A program that answers as a Python with such a build does."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    answer = {
        "executable": str(path),
        "version": [3, 11, 2],
        "optimised": True,
        "venv": True,
        **said,
    }
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answer)}\nEND\n")
    path.chmod(0o755)
    return path


def never(one: Interpreter) -> Interpreter | None:
    raise AssertionError(f"nothing was to be installed for {one}")


def choice(candidates: list[Interpreter], complete: object = never) -> str:
    return choose(candidates, complete, LAST).path  # type: ignore[arg-type]


def test_an_optimised_one_behind_a_version_manager_is_found_and_preferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = fake(tmp_path / "shims", "python3.12", version=[3, 12, 1], optimised=False)
    system = fake(tmp_path / "usr", "python3.11")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:/bin")
    candidates = found((str(tmp_path / "usr"),))
    assert [one.path for one in candidates if one.path.startswith(str(tmp_path))] == [
        str(manager),
        str(system),
    ]
    assert choice([one for one in candidates if one.path.startswith(str(tmp_path))]) == str(system)


def test_among_equals_the_first_is_taken() -> None:
    first, second = replace(LAST, path="/1", venv=True), replace(LAST, path="/2", venv=True)
    assert choice([first, second]) == "/1"
    assert choice([replace(first, optimised=True), replace(second, optimised=True)]) == "/1"


def test_what_an_optimised_one_lacks_is_installed() -> None:
    bare = replace(LAST, path="/usr/bin/python3.11", optimised=True)
    plain = replace(LAST, path="/shims/python3.11", venv=True)
    assert choice([plain, bare], lambda one: replace(one, venv=True)) == "/usr/bin/python3.11"


def test_where_it_cannot_be_installed_the_next_is_taken_as_before() -> None:
    bare = replace(LAST, path="/usr/bin/python3.11", optimised=True)
    plain = replace(LAST, path="/shims/python3.11", venv=True)
    asked: list[str] = []

    def complete(one: Interpreter) -> None:
        asked.append(one.path)

    assert choice([bare, plain], complete) == "/shims/python3.11"
    assert asked == ["/usr/bin/python3.11"]


def test_nothing_is_installed_for_one_that_is_no_better() -> None:
    assert choice([replace(LAST, path="/1"), replace(LAST, path="/2", venv=True)]) == "/2"


def test_where_none_can_make_environments_it_is_the_one_that_asks() -> None:
    assert choice([replace(LAST, path="/1", optimised=True)], lambda _one: None) == "/last"
    assert choice([]) == "/last"


@pytest.mark.parametrize(
    "said", [{"version": [3, 10, 13]}, {"version": "new"}, {"optimised": None, "version": []}]
)
def test_one_that_is_too_old_or_talks_nonsense_is_none(tmp_path: Path, said: dict[str, object]) -> None:
    assert examine(fake(tmp_path, "python3", **said)) is None


def test_what_does_not_run_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho 'pyenv: python3: command not found' >&2\nexit 127\n")
    broken.chmod(0o755)
    assert examine(broken) is None
    assert examine(tmp_path / "nothing") is None


def test_the_real_one_says_how_it_was_built() -> None:
    one = examine(sys.executable)
    assert one is not None
    assert one.version == sys.version_info[:3]
    assert one.optimised is interpreter.optimised()
    assert Path(one.path).resolve() == Path(sys.executable).resolve()
    assert ".venv" not in one.path, "an environment is not made of another one"


@pytest.mark.parametrize(
    ("arguments", "home", "expected"),
    [
        ("'--enable-shared' '--enable-optimizations' '--with-lto'", "/opt/python", True),
        ("'--prefix=/root/.pyenv/versions/3.11.7' '--enable-shared'", "/root/.pyenv/versions/3.11.7", False),
        ("'--enable-shared' '--prefix=/usr' '--with-dtrace'", "/usr", True),
        ("'CFLAGS=-O3 -fprofile-use'", "/opt/python", True),
        (None, "/opt/python", False),
    ],
)
def test_how_a_build_is_told(
    monkeypatch: pytest.MonkeyPatch, arguments: str | None, home: str, expected: bool
) -> None:
    monkeypatch.setattr(interpreter.sysconfig, "get_config_var", lambda _name: arguments)
    monkeypatch.setattr(interpreter.sys, "base_prefix", home)
    assert interpreter.optimised() is expected
    assert ("not an optimised build" in interpreter.describe()) is not expected


def test_setup_runs_by_itself() -> None:
    """Its helpers are found whatever folder it is called from; it is no package."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/setup.py"), "--help"], capture_output=True, text=True, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    assert "--this-python" in done.stdout
