"""The page about the configuration names every kind, every field, every node and every star code that there is."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from centralita.pbx.configuration.kinds import KINDS
from centralita.pbx.features import FEATURE_CODES
from centralita.pbx.model.flow import AnyNode

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


def parts_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a list, a mapping or an optional field is made of."""
    for inner in typing.get_args(annotation):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield inner
        else:
            yield from parts_of(inner)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"flow"}))
def test_every_field_of_the_parts_is_explained_with_its_field(kind: str) -> None:
    section = PAGE.split(f"### {kind}\n")[1].split("\n#")[0]
    for name, field in KINDS[kind].model_fields.items():
        for part in parts_of(field.annotation):
            (row,) = [
                line
                for line in section.splitlines()
                if line.startswith("| `") and f"`{name}`" in line.split("|")[1]
            ]
            assert {inner.alias or inner_name for inner_name, inner in part.model_fields.items()} <= set(
                re.findall(r"`([a-z_]+)`", row)
            )


NODES = {
    typing.get_args(node.model_fields["type"].annotation)[0]: node
    for node in typing.get_args(typing.get_args(AnyNode)[0])
}


@pytest.mark.parametrize("node", NODES)
def test_every_node_and_every_field_of_it_is_explained(node: str) -> None:
    section = PAGE.split("\n## Nodes\n")[1].split("\n#")[0]
    (row,) = [line.split("|") for line in section.splitlines() if line.startswith(f"| `{node}` |")]
    wanted = {
        name
        for model in (
            NODES[node],
            *(p for f in NODES[node].model_fields.values() for p in parts_of(f.annotation)),
        )
        for name in (field.alias or own for own, field in model.model_fields.items())
    }
    assert set(re.findall(r"`([a-z_]+)`", row[2])) == wanted - {"type", "label"}


@pytest.mark.parametrize("code", FEATURE_CODES)
def test_every_star_code_is_explained(code: str) -> None:
    assert re.search(rf"`{re.escape(code)}(TARGET)?`", PAGE)
