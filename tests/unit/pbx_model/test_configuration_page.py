"""The page about the configuration names every kind, every field and every star code that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from centralita.pbx.configuration.kinds import KINDS
from centralita.pbx.features import FEATURE_CODES

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text()


def fields_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from fields_of(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + (field.alias or name)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_and_no_other_is_explained(kind: str) -> None:
    section = PAGE.split(f"### {kind}\n")[1].split("\n#")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    explained = {name for row in rows for name in re.findall(r"`([a-z_.0-9]+)`", row)}
    assert explained | {"id"} == set(fields_of(KINDS[kind])) - {"kind"} | {"id"}


@pytest.mark.parametrize("code", FEATURE_CODES)
def test_every_star_code_is_explained(code: str) -> None:
    assert re.search(rf"`{re.escape(code)}(TARGET)?`", PAGE)
