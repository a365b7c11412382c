"""Plans through the API: made and given by the platform, looked at by the company, and met by whatever would grow beyond them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from centralita import control
from centralita.accounts import Role
from support.switch_double import SwitchDouble, switch_double
from support.web_world import World, web_world

PLANS = "/api/v1/plans"
BASE = "/api/v1/tenants/demo"
BASIC = {"id": "basic", "name": "Basic", "limits": {"users": 2, "calls": 4}, "functions": ["queues"]}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


@pytest.fixture
def switch(world: World) -> Iterator[SwitchDouble]:
    with switch_double(world.settings.switch_socket) as switch:
        yield switch


@pytest.fixture
def platform(world: World) -> TestClient:
    return world.client(Role.PLATFORM)


@pytest.fixture
def admin(world: World, platform: TestClient) -> TestClient:
    """Of the company that has the basic plan."""
    assert platform.post(PLANS, json=BASIC).status_code == 201
    assert platform.put(f"{BASE}/plan", json={"plan": "basic"}).status_code == 200
    return world.client(Role.ADMIN)


def live_call(journey: str) -> control.LiveCall:
    return control.LiveCall(
        journey=journey,
        tenant="demo",
        direction="inbound",
        caller="+34911234567",
        caller_name="",
        user="",
        dialled="+34910000100",
        state="talking",
        since=1.0,
        answered_at=2.0,
        answered_by="user:ana",
        seconds=9.0,
    )


def limits(body: dict[str, Any]) -> dict[str, tuple[int | None, int | None, bool]]:
    return {each["limit"]: (each["allowed"], each["used"], each["over"]) for each in body["limits"]}


def test_a_plan_is_made_changed_and_removed(platform: TestClient) -> None:
    made = platform.post(PLANS, json=BASIC)
    assert made.status_code == 201
    assert made.json()["limits"] == {
        "users": 2, "devices": None, "numbers": None, "trunks": None, "queues": None, "flows": None, "calls": 4,
    }  # fmt: skip
    assert platform.post(PLANS, json=BASIC).json()["code"] == "exists"
    tag = made.headers["etag"]
    changed = platform.patch(f"{PLANS}/basic", json={"limits": {"users": 3}}, headers={"If-Match": tag})
    assert (changed.json()["limits"]["users"], changed.json()["limits"]["calls"]) == (3, 4)
    assert changed.json()["functions"] == ["queues"]
    late = platform.patch(f"{PLANS}/basic", json={"name": "X"}, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    opened = platform.patch(f"{PLANS}/basic", json={"limits": {"users": None}, "functions": None}).json()
    assert (opened["limits"]["users"], opened["functions"]) == (None, None)
    assert [plan["id"] for plan in platform.get(PLANS).json()] == ["basic"]
    assert platform.delete(f"{PLANS}/basic").status_code == 204
    assert platform.get(f"{PLANS}/basic").status_code == 404


def test_a_plan_that_a_company_has_is_not_removed(platform: TestClient, admin: TestClient) -> None:
    refused = platform.delete(f"{PLANS}/basic")
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    assert "demo" in refused.json()["detail"]
    assert platform.get(PLANS).json()[0]["tenants"] == ["demo"]


def test_the_company_sees_its_plan_and_what_it_uses(admin: TestClient, switch: SwitchDouble) -> None:
    switch.replies["calls"] = control.CallList([live_call("j1"), live_call("j2")])
    body = admin.get(f"{BASE}/plan").json()
    assert (body["id"], body["name"]) == ("basic", "Basic")
    assert limits(body)["users"] == (2, 2, False)
    assert limits(body)["calls"] == (4, 2, False)
    assert limits(body)["queues"] == (None, 2, False)
    functions = {each["function"]: (each["included"], each["used"]) for each in body["functions"]}
    assert functions["queues"] == (True, 2)
    assert functions["flows"] == (False, 0)


def test_without_the_switch_the_calls_cannot_be_told(admin: TestClient) -> None:
    assert limits(admin.get(f"{BASE}/plan").json())["calls"] == (4, None, False)


def test_without_a_plan_nothing_is_limited(world: World) -> None:
    body = world.client(Role.ADMIN).get(f"{BASE}/plan").json()
    assert body["id"] is None
    assert {allowed for allowed, _, _ in limits(body).values()} == {None}
    assert all(each["included"] for each in body["functions"])


def test_what_is_too_much_is_refused_and_says_how_much_and_what_to_do(admin: TestClient) -> None:
    refused = admin.post(f"{BASE}/users", json={"name": "Eva", "site": "m"})
    assert refused.status_code == 409
    body = refused.json()
    assert body["code"] == "over-plan"
    assert body["detail"] == "The plan Basic allows 2 users: 2 are used, and this would make 3"
    assert body["mend"].startswith("Remove some of the users first")
    (error,) = body["errors"]
    assert (error["field"], error["kind"], error["id"]) == ("users", "plan", "basic")
    assert error["values"] == {"plan": "basic", "name": "Basic", "allowed": 2, "used": 2, "wanted": 3}


def test_every_other_way_in_is_refused_alike(admin: TestClient) -> None:
    sheet = b"id,name,site\neva,Eva,m\n"
    document = "kind: user\nid: eva\nname: Eva\nsite: m\n"
    yaml = {"Content-Type": "application/yaml"}
    for refused in (
        admin.post(f"{BASE}/user-sheet?preview=false", content=sheet),
        admin.post(f"{BASE}/apply?merge=true", content=document, headers=yaml),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "over-plan"), refused.text
    preview = admin.post(f"{BASE}/user-sheet", content=sheet).json()
    assert [(one["kind"], one["field"]) for one in preview["problems"]] == [("plan", "users")]
    flow = {"id": "f", "start": "v", "nodes": {"v": {"type": "voicemail", "user": "ana"}}}
    assert admin.post(f"{BASE}/flows", json=flow).json()["detail"] == "The plan Basic does not include flows"
    token = admin.post("/api/v1/tokens", json={"name": "n", "scopes": ["calls.read"]})
    assert (token.status_code, token.json()["code"]) == (409, "over-plan")


def test_a_draft_says_that_it_is_too_much(admin: TestClient) -> None:
    drafted = admin.post(f"{BASE}/users?draft=true", json={"name": "Eva", "site": "m"})
    assert drafted.status_code == 201
    (refusal,) = admin.get(f"{BASE}/draft").json()["refusals"]
    assert (refusal["kind"], refusal["field"]) == ("plan", "users")
    assert admin.post(f"{BASE}/draft/publish").json()["code"] == "over-plan"


def test_a_smaller_plan_takes_nothing_away(admin: TestClient, platform: TestClient) -> None:
    platform.patch(f"{PLANS}/basic", json={"limits": {"users": 1}, "functions": []})
    assert limits(admin.get(f"{BASE}/plan").json())["users"] == (1, 2, True)
    assert admin.patch(f"{BASE}/users/ana", json={"name": "Ana B"}).status_code == 200
    version = admin.get(f"{BASE}/versions").json()["items"][-1]["number"]
    assert admin.post(f"{BASE}/versions/{version}/rollback").status_code == 200


def test_the_switch_is_told_and_the_audit_log(
    admin: TestClient, platform: TestClient, switch: SwitchDouble, world: World
) -> None:
    tag = platform.get(f"{BASE}/plan").headers["etag"]
    assert platform.put(f"{BASE}/plan", json={"plan": None}, headers={"If-Match": tag}).json()["id"] is None
    assert any(isinstance(asked, control.AskReload) for asked in switch.asked)
    late = platform.put(f"{BASE}/plan", json={"plan": "basic"}, headers={"If-Match": tag})
    assert late.status_code == 412
    unknown = platform.put(f"{BASE}/plan", json={"plan": "gold"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-reference")
    noted = [(entry.action, dict(entry.changes)) for entry in world.parts.audit.page("demo")]
    assert noted[0] == ("plan.assign", {"plan": ("basic", None)})
