"""Every role against every endpoint: what is asked of whom stands in one table here, apart from the code that enforces it.

An endpoint that is in no line of the table fails the test, as does a line without an endpoint. Whoever adds one decides here who may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse

from centralita import control
from centralita.accounts import Account, Role
from centralita.pbx.configuration.kinds import KINDS
from support.switch_double import switch_double
from support.web_world import World, web_world

LETTERS = {"P": Role.PLATFORM, "A": Role.ADMIN, "S": Role.SUPERVISOR, "U": Role.USER, "R": Role.AUDITOR}
OPEN = "open"
"""Without signing in."""

EXPECTED = {
    # what is one's own
    "GET POST /setup": OPEN,
    "POST /setup/code": OPEN,
    "GET POST /session": OPEN,
    "GET /session/providers": OPEN,
    "GET /session/oidc/{provider}/start": OPEN,
    "GET /session/oidc/{provider}/callback": OPEN,
    "POST /session/reset": OPEN,
    "POST /session/link": OPEN,
    "POST /session/password": OPEN,
    "DELETE /session": "PASUR",
    "GET PATCH /me": "PASUR",
    "PUT /me/password": "PASUR",
    "GET POST /me/second-factor": "PASUR",
    "POST /me/second-factor/confirm": "PASUR",
    "POST /me/second-factor/recovery-codes": "PASUR",
    "POST /me/second-factor/remove": "PASUR",
    "GET DELETE /me/sessions": "PASUR",
    "DELETE /me/sessions/{session}": "PASUR",
    "GET POST /tokens": "PASUR",
    "DELETE /tokens/{token}": "PASUR",
    # people
    "GET /accounts": "PAR",
    "POST /accounts": "PA",
    "GET /accounts/{account}": "PAR",
    "PATCH DELETE /accounts/{account}": "PA",
    "POST /accounts/{account}/link": "PA",
    "DELETE /accounts/{account}/second-factor": "PA",
    "DELETE /accounts/{account}/sessions": "PA",
    "GET /audit": "PAR",
    "GET /security": "P",
    "POST /security/lift": "P",
    "GET /tenants/{tenant}/security": "PAR",
    "POST /tenants/{tenant}/security/lift": "PA",
    "GET /health": OPEN,
    # companies
    "GET /tenants": "PASUR",
    "POST /tenants": "P",
    "GET /tenants/{tenant}": "PASUR",
    "GET POST /plans": "P",
    "GET PATCH DELETE /plans/{plan}": "P",
    "GET /tenants/{tenant}/plan": "PAR",
    "PUT /tenants/{tenant}/plan": "P",
    "GET /tenants/{tenant}/webhooks": "PAR",
    "POST /tenants/{tenant}/webhooks": "PA",
    "GET /tenants/{tenant}/webhooks/{webhook}": "PAR",
    "PATCH DELETE /tenants/{tenant}/webhooks/{webhook}": "PA",
    "POST /tenants/{tenant}/webhooks/{webhook}/secret": "PA",
    "POST /tenants/{tenant}/webhooks/{webhook}/test": "PA",
    "GET /tenants/{tenant}/webhooks/{webhook}/deliveries": "PAR",
    "GET /tenants/{tenant}/webhooks/{webhook}/deliveries/{delivery}": "PAR",
    "POST /tenants/{tenant}/webhooks/{webhook}/deliveries/{delivery}/redeliver": "PA",
    # their configuration; and each kind of object, below
    "GET /tenants/{tenant}/settings": "PAR",
    "PATCH /tenants/{tenant}/settings": "PA",
    "GET /tenants/{tenant}/users/{id}/personal": "PAR",
    "PATCH /tenants/{tenant}/users/{id}/personal": "PA",
    "GET /tenants/{tenant}/users/{id}/greeting": "PA",
    "PUT DELETE /tenants/{tenant}/users/{id}/greeting": "PA",
    "GET /tenants/{tenant}/users/{id}/devices": "PAR",
    "POST /tenants/{tenant}/users/{id}/devices/{device}/password": "PA",
    "POST /tenants/{tenant}/users/{id}/devices/{device}/setup": "PA",
    "GET /provisioning/{code}": OPEN,
    "GET /tenants/{tenant}/directory": "PASUR",
    "GET /tenants/{tenant}/user-sheet": "PAR",
    "POST /tenants/{tenant}/user-sheet": "PA",
    "GET /tenants/{tenant}/prompts/{prompt}/sounds": "PAR",
    "GET /tenants/{tenant}/prompts/{prompt}/sounds/{language}": "PAR",
    "PUT /tenants/{tenant}/prompts/{prompt}/sounds/{language}": "PA",
    "POST /tenants/{tenant}/speech": "PA",
    "GET /tenants/{tenant}/hours": "PAR",
    "POST /tenants/{tenant}/calendar-year": "PAR",
    "GET /tenants/{tenant}/holiday-countries": "PAR",
    "GET /tenants/{tenant}/versions": "PAR",
    "GET /tenants/{tenant}/versions/{number}": "PAR",
    "POST /tenants/{tenant}/versions/{number}/rollback": "PA",
    "GET /tenants/{tenant}/diff": "PAR",
    "GET /tenants/{tenant}/export": "PAR",
    "POST /tenants/{tenant}/apply": "PA",
    "GET /tenants/{tenant}/draft": "PAR",
    "GET /tenants/{tenant}/draft/pending": "PAR",
    "DELETE /tenants/{tenant}/draft": "PA",
    "POST /tenants/{tenant}/draft/publish": "PA",
    "GET /tenants/{tenant}/check": "PAR",
    "POST /tenants/{tenant}/check": "PAR",
    "GET /tenants/{tenant}/test-results": "PAR",
    "POST /tenants/{tenant}/simulate": "PAR",
    "GET /tenants/{tenant}/reach": "PAR",
    "GET /tenants/{tenant}/next-extension": "PAR",
    "GET /tenants/{tenant}/overview": "PAR",
    # their calls: a supervisor's are those of their queues, a user's their own
    "GET /tenants/{tenant}/calls": "PASUR",
    "GET /tenants/{tenant}/calls.csv": "PASUR",
    "GET /tenants/{tenant}/calls/{call}": "PASUR",
    "GET /tenants/{tenant}/recordings": "PAS",
    "GET /tenants/{tenant}/recordings/{call}/{number}": "PAS",
    "DELETE /tenants/{tenant}/recordings/{call}/{number}": "PA",
    "GET /tenants/{tenant}/voicemail": "PASU",
    "GET PATCH DELETE /tenants/{tenant}/voicemail/{user}/{message}": "PA",
    "GET /tenants/{tenant}/voicemail/{user}/{message}/audio": "PA",
    # as it is now: a supervisor's queues, a user's own calls, telephones and log-in
    "GET /tenants/{tenant}/live/calls": "PASUR",
    "POST /tenants/{tenant}/live/calls": "PASU",
    "DELETE /tenants/{tenant}/live/calls/{call}": "PASU",
    "POST /tenants/{tenant}/live/calls/{call}/move": "PAS",
    "POST /tenants/{tenant}/live/calls/{call}/take": "PAS",
    "DELETE /tenants/{tenant}/live/callbacks/{call}": "PAS",
    "GET /tenants/{tenant}/live/queues": "PASR",
    "GET /tenants/{tenant}/live/agents": "PASUR",
    "POST /tenants/{tenant}/live/agents/{user}": "PAS",
    "GET /tenants/{tenant}/live/overrides": "PASR",
    "PUT /tenants/{tenant}/live/overrides/{override}": "PAS",
    "GET /tenants/{tenant}/live/registrations": "PASUR",
    "GET /tenants/{tenant}/live/trunks": "PASR",
}
"""Who may, of what others have too; what is allowed to one's own things alone (one's voicemail) is tested with those things."""
for _kind in KINDS:
    if _kind != "tenant":
        _plural = _kind if _kind == "contacts" else f"{_kind}s"
        EXPECTED[f"GET /tenants/{{tenant}}/{_plural}"] = "PAR"
        EXPECTED[f"POST /tenants/{{tenant}}/{_plural}"] = "PA"
        EXPECTED[f"GET /tenants/{{tenant}}/{_plural}/{{id}}"] = "PAR"
        EXPECTED[f"PUT PATCH DELETE /tenants/{{tenant}}/{_plural}/{{id}}"] = "PA"

SOCKETS = {"/api/v1/events"}
"""WebSockets, which are for everybody who has signed in; what each is told is tested with them."""

QUERIES = {
    "GET /tenants/{tenant}/reach": "?target=user:ana",
    "GET /tenants/{tenant}/next-extension": "?site=m",
    "POST /tenants/{tenant}/calendar-year": "?year=2026",
    "GET /tenants/{tenant}/diff": "?before=1&after=1",
}
BODIES: dict[str, Any] = {
    "POST /accounts": {"login": "x@example.com", "name": "X", "role": "user"},
    "POST /accounts/{account}/link": {"purpose": "reset"},
    "POST /tenants/{tenant}/live/calls": {"number": "102"},
    "POST /tenants/{tenant}/live/calls/{call}/move": {"queue": "sales"},
    "POST /tenants/{tenant}/live/calls/{call}/take": {"user": "ana"},
    "POST /tenants/{tenant}/live/agents/{user}": {"action": "login"},
    "PUT /tenants/{tenant}/live/overrides/{override}": {"on": True},
    "POST /tenants": {"id": "new", "name": "New"},
    "POST /plans": {"id": "basic", "name": "Basic"},
    "PUT /tenants/{tenant}/plan": {"plan": None},
    "POST /tenants/{tenant}/webhooks": {"url": "https://crm.example/", "events": ["call.ended"]},
}
"""Where what is sent is looked at before who sends it; elsewhere an empty object is sent."""


class Endpoint(NamedTuple):
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def url(self, tenant: str) -> str:
        """With names of what is not there, but for the tenant and its user."""
        path = (
            self.path.replace("{tenant}", tenant)
            .replace("{user}", "luis")
            .replace("{number}", "1")
            .replace("{language}", "es")
        )
        return "/api/v1" + re.sub(r"\{\w+\}", "0000000000000000", path) + QUERIES.get(str(self), "")


def _listed() -> dict[Endpoint, str]:
    return {
        Endpoint(method, line.split()[-1]): roles
        for line, roles in EXPECTED.items()
        for method in line.split()[:-1]
    }


TABLE = _listed()


def _found(world: World) -> set[Endpoint]:
    found = set()
    for context in iter_route_contexts(world.app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            path = getattr(context, "path", route.path)
            found |= {Endpoint(method, path.removeprefix("/api/v1")) for method in route.methods}
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        web_world(tmp_path_factory.mktemp("roles")) as world,
        switch_double(world.settings.switch_socket) as switch,
    ):
        done = control.Done("done")
        switch.replies |= {
            "queues": control.QueueList([]),
            "agents": control.AgentList([]),
            "overrides": control.OverrideList([]),
            "originate": control.Started("j1"),
            "security": control.SecurityReport([], []),
            "lift-block": control.Lifted(False),
            "agent": done,
            "caller": done,
            "override": done,
        }
        yield world


@pytest.fixture(scope="module")
def people(world: World) -> dict[Role, Account]:
    """One of each role, of the tenant ``demo``."""
    more: dict[Role, dict[str, Any]] = {
        Role.ADMIN: {"user": "ana"},
        Role.SUPERVISOR: {"user": "ana", "queues": ("sales",)},
        Role.USER: {"user": "ana"},
        Role.AUDITOR: {"user": "ana"},
    }
    return {role: world.account(role, **more.get(role, {})) for role in Role}


class Asking:
    """One connection for all, since each of its own would cost more than what it asks."""

    def __init__(self, world: World, people: dict[Role, Account], client: TestClient) -> None:
        self._world = world
        self._people = people
        self._client = client
        self._cookies: dict[Role, str] = {}

    def __call__(
        self, role: Role | None, endpoint: Endpoint, tenant: str = "demo", token: str = ""
    ) -> tuple[int, str]:
        """Status, and the code of the problem. ``role`` None: a stranger, or who has this token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if role is not None:
            headers["Cookie"] = f"centralita={self._session(role)}"
        sends = endpoint.method in ("POST", "PUT", "PATCH")
        body = {"json": BODIES.get(str(endpoint), {})} if sends else {}
        response = self._client.request(endpoint.method, endpoint.url(tenant), headers=headers, **body)
        self._client.cookies.clear()
        if role is not None and endpoint.path.startswith(("/session", "/me")):
            del self._cookies[role]  # it may have ended
        is_problem = response.headers.get("content-type") == "application/problem+json"
        return response.status_code, response.json()["code"] if is_problem else ""

    def _session(self, role: Role) -> str:
        if role not in self._cookies:
            browser = self._world.signed_in(self._people[role])
            self._cookies[role] = browser.cookies["centralita"]
        return self._cookies[role]


@pytest.fixture(scope="module")
def ask(world: World, people: dict[Role, Account]) -> Iterator[Asking]:
    with world.stranger() as client:
        yield Asking(world, people, client)


def test_the_table_has_every_endpoint_and_no_other(world: World) -> None:
    assert {str(endpoint) for endpoint in _found(world)} == {str(endpoint) for endpoint in TABLE}


@pytest.mark.parametrize("endpoint", TABLE, ids=str)
def test_who_may_and_who_may_not(ask: Asking, endpoint: Endpoint) -> None:
    expected = TABLE[endpoint]
    status, code = ask(None, endpoint)
    if expected == OPEN:
        assert code in ("invalid", "not-signed-in", "link-invalid", "not-found", "")
        return
    assert (status, code) == (401, "not-signed-in")
    for letter, role in LETTERS.items():
        status, code = ask(role, endpoint)
        if letter in expected:
            assert status not in (401, 403, 405, 500), f"{role}: {status} {code}"
        else:
            assert (status, code) == (403, "forbidden"), f"{role}: {status} {code}"


@pytest.mark.parametrize("endpoint", [one for one in TABLE if "{tenant}" in one.path], ids=str)
def test_another_tenant_is_not_there(ask: Asking, endpoint: Endpoint) -> None:
    for role in (Role.ADMIN, Role.USER):
        assert ask(role, endpoint, "other") == (404, "tenant-unknown")
    for role in (Role.ADMIN, Role.PLATFORM):
        assert ask(role, endpoint, "nobody") == (404, "tenant-unknown")


@pytest.mark.parametrize(
    "endpoint", [one for one, roles in TABLE.items() if roles not in (OPEN, "PASUR")], ids=str
)
def test_a_token_without_the_scope_is_refused(
    ask: Asking, tokens: dict[Role, str], endpoint: Endpoint
) -> None:
    owner = Role.ADMIN if "A" in TABLE[endpoint] else Role.PLATFORM
    assert ask(None, endpoint, token=tokens[owner]) == (403, "scope-missing")


@pytest.fixture(scope="module")
def tokens(world: World, people: dict[Role, Account]) -> dict[Role, str]:
    """With the least of scopes."""
    wanted = {"name": "narrow", "scopes": ["tenants.read"]}
    return {
        role: world.signed_in(people[role]).post("/api/v1/tokens", json=wanted).json()["token"]
        for role in (Role.ADMIN, Role.PLATFORM)
    }


def test_no_websocket_is_open_to_strangers(world: World) -> None:
    paths = set()
    for context in iter_route_contexts(world.app.routes):
        route = context.original_route
        if isinstance(route, APIWebSocketRoute):
            paths.add(getattr(context, "path", route.path))
    assert paths == SOCKETS
    for path in paths:
        with pytest.raises(WebSocketDenialResponse) as refused, world.stranger().websocket_connect(path):
            pytest.fail("it let a stranger in")
        assert refused.value.status_code == 401
