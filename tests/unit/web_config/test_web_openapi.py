"""The OpenAPI document tells the truth: Schemathesis asks the application what the document says it may be asked, and reads the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from centralita.accounts import TOKEN_PREFIX, ApiToken, Role, new_id, new_secret, secret_hash
from centralita.pbx.configuration.kinds import KINDS
from centralita.web.slices.objects import PLURALS
from support.web_world import World, web_world

EXAMPLES = 3
"""Of each operation: what a machine that is shared has time for."""
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OURS = (
    "users", "devices", "queues", "trunks", "numbers", "versions", "draft", "diff", "check", "reach", "simulate",
    "settings", "next-extension", "test-results", "plan", "webhooks",
)  # fmt: skip
"""Parts of a tenant's address: some kinds stand for all, which are made by the same code."""


@schemathesis.serializer("audio/wav")
def _as_it_is(_context: Any, value: Any) -> bytes:
    """Of bodies that are files: whatever there is."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with web_world(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture(scope="module")
def document(world: World) -> dict[str, Any]:
    return world.app.openapi()


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    names = Counter(operation["operationId"] for _, _, operation in _operations(document))
    assert [name for name, count in names.items() if count > 1] == []
    assert [
        path
        for _, path, operation in _operations(document)
        if not operation.get("tags") and "health" not in path
    ] == []


@pytest.mark.parametrize("kind", PLURALS)
def test_every_kind_has_a_schema_that_names_its_fields(document: dict[str, Any], kind: str) -> None:
    name = KINDS[kind].__name__
    schemas = document["components"]["schemas"]
    fields = {entry.alias or name for name, entry in KINDS[kind].model_fields.items()}
    assert set(schemas[name]["properties"]) == fields
    assert "id" in schemas[name]["required"]
    assert "id" not in schemas[f"{name}New"].get("required", ())
    assert "required" not in schemas[f"{name}Patch"]
    listed = document["paths"][f"/api/v1/tenants/{{tenant}}/{PLURALS[kind]}"]["get"]
    page = listed["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert schemas[page]["properties"]["items"]["items"] == {"$ref": f"#/components/schemas/{name}"}


def test_secrets_are_marked_as_written_only(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, field in (
        ("Device", "password"),
        ("Trunk", "password"),
        ("Permission", "pin"),
        ("VoicemailOptions", "pin"),
    ):
        assert "'writeOnly': True" in str(schemas[name]["properties"][field]), name


@pytest.fixture(scope="module")
def token(world: World) -> str:
    """Of an administrator, for everything that concerns the configuration."""
    account = world.account(Role.ADMIN)
    secret = new_secret(TOKEN_PREFIX)
    token = ApiToken(
        id=new_id(),
        hash=secret_hash(secret),
        account=account.id,
        name="schemathesis",
        scopes=("config.read", "config.write", "calls.read", "tenants.read"),
        created_at=world.clock(),
    )
    world.parts.tokens.add(token)
    return secret


@pytest.fixture(scope="module")
def schema(world: World) -> Any:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", world.app)


def _try(operation: Any, ask: Callable[[schemathesis.Case], None]) -> None:
    @BOUNDED
    @given(operation.as_strategy())
    def examples(case: schemathesis.Case) -> None:
        ask(case)

    examples()


@pytest.mark.parametrize("part", OURS)
def test_the_application_answers_as_the_document_says(schema: Any, token: str, part: str) -> None:
    tried: Counter[str] = Counter()

    def ask(case: schemathesis.Case) -> None:
        case.path_parameters = {**(case.path_parameters or {}), "tenant": "demo"}
        response = case.call(headers={"Authorization": f"Bearer {token}"})
        tried[f"{response.status_code // 100}xx"] += 1
        case.validate_response(response, checks=CHECKS)

    for found in schema.include(
        path_regex=rf"^/api/v1/tenants/\{{tenant\}}/{part}(/|$)"
    ).get_all_operations():
        _try(found.ok(), ask)
    assert tried["2xx"] + tried["4xx"] >= EXAMPLES
