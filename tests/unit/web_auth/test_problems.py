"""Whatever goes wrong is told in one form, and every answer has the headers that browsers obey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from centralita.accounts import Role
from centralita.control import RequestRefused, SwitchUnavailable
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem
from centralita.ports import StoreUnavailable
from centralita.web.application import create
from support.web_world import CHEAP, World

ME = "/api/v1/me"


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (lambda client: client.get("/api/v1/nothing"), 404, "not-found"),
        (lambda client: client.get("/metrics/nothing"), 404, "not-found"),
        (lambda client: client.put(ME, json={}), 405, "method-not-allowed"),
        (lambda client: client.patch(ME, content="{", headers={"Content-Type": "application/json"}), 400, "not-json"),
        (lambda client: client.patch(ME, content="name=x", headers={"Content-Type": "text/plain"}), 422, "invalid"),
        (lambda client: client.patch(ME, json={"name": "x" * 81}), 422, "invalid"),
        (lambda client: client.patch(ME, json=[1]), 422, "invalid"),
        (lambda client: client.get("/api/v1/audit?limit=0"), 422, "invalid"),
        (lambda client: client.get("/api/v1/audit?account=%00"), 400, "bad-request"),
        (lambda client: client.get("/api/v1/accounts?cursor=WyJcdTAwMDAiXQ"), 422, "invalid"),
        (lambda client: client.get("/api/v1/accounts/%00"), 400, "bad-request"),
        (lambda client: client.patch(ME, content=b" " * 4_194_305), 413, "too-large"),
        (lambda client: client.patch(ME, content=(b" " * 1_000_000 for _ in range(5))), 413, "too-large"),
    ],
)  # fmt: skip
def test_every_error_is_a_problem(
    world: World, ask: Callable[[TestClient], object], status: int, code: str
) -> None:
    response = ask(world.client(Role.ADMIN))
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:centralita:problem:{code}"
    assert body["detail"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_405_says_what_can_be_done(world: World) -> None:
    assert "GET" in world.stranger().put("/api/v1/audit").headers["allow"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StoreUnavailable("host=db.internal"), 503, "store-unavailable"),
        (SwitchUnavailable("/run/switch.sock"), 503, "switch-unavailable"),
        (RequestRefused("there is no such call"), 409, "switch-refused"),
        (
            ConfigurationRefused([Problem("user", "ana", "extension", "is taken")]),
            422,
            "configuration-refused",
        ),
        (RuntimeError("host=db.internal"), 500, "fault"),
    ],
)
def test_what_fails_below_is_told_without_what_is_ours(
    world: World, error: Exception, status: int, code: str
) -> None:
    class Broken:
        def find(self, *_: object) -> None:
            raise error

    app = create(world.settings, replace(world.parts, sessions=Broken()), passwords=CHEAP)
    client = TestClient(app, raise_server_exceptions=False, cookies={"centralita": "x"})
    response = client.get(ME)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert "db.internal" not in response.text
    assert "switch.sock" not in response.text
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    app.state.signing_in.close()


def test_a_refused_configuration_names_its_fields(world: World) -> None:
    class Refusing:
        def find(self, *_: object) -> None:
            raise ConfigurationRefused(
                [Problem("user", "ana", "extension", "is taken"), Problem("", "", "", "no")]
            )

    app = create(world.settings, replace(world.parts, sessions=Refusing()), passwords=CHEAP)
    body = TestClient(app, cookies={"centralita": "x"}).get(ME).json()
    assert [(error["kind"], error["id"], error["field"], error["detail"]) for error in body["errors"]] == [
        ("user", "ana", "extension", "is taken"),
        ("", "", "", "no"),
    ]
    app.state.signing_in.close()


@pytest.mark.parametrize("path", [ME, "/api/v1/nothing", "/metrics", "/", "/api/v1/health"])
def test_headers_that_browsers_obey(world: World, path: str) -> None:
    headers = world.stranger().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    if path != "/":
        assert policy.startswith("default-src 'none'")
        assert headers["Cache-Control"] == "no-store"


def test_what_has_a_tag_is_asked_for_again_each_time(world: World) -> None:
    admin = world.client(Role.ADMIN)
    account = admin.get(ME).json()["id"]
    assert admin.get(f"/api/v1/accounts/{account}").headers["Cache-Control"] == "private, no-cache"


def test_the_openapi_document_tells_of_problems_and_resolves(world: World) -> None:
    document = world.stranger().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    problem = document["paths"][ME]["get"]["responses"]["4XX"]["content"]["application/problem+json"][
        "schema"
    ]
    assert {"type", "code", "status", "detail", "errors"} <= set(problem["properties"])
    text = repr(document)
    assert "#/$defs" not in text
    assert "HTTPValidationError" not in text
