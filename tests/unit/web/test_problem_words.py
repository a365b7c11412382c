"""Every code of a problem that the API can answer with has words in both languages of the console."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita import web

CONSOLE = Path(__file__).parents[3] / "console" / "src" / "i18n"
OF_CODE = {"Problem": 1, "conflict": 0, "NotBelieved": 0}
"""Function → which of its arguments is the code, where it is given without its name."""


def codes() -> Iterator[str]:
    for path in Path(web.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                place = OF_CODE.get(name)
                if place is not None and len(node.args) > place:
                    given.append(node.args[place])
                yield from (
                    one.value
                    for one in given
                    if isinstance(one, ast.Constant)
                    and isinstance(one.value, str)
                    and one.value.replace("-", "").isalpha()
                )


def test_there_are_codes() -> None:
    assert {"in-use", "second-factor-required", "forbidden"} <= set(codes())


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_problem_has_words(language: str) -> None:
    words = json.loads((CONSOLE / f"problems.{language}.json").read_text("utf-8"))
    assert set(codes()) - set(words) == set()
