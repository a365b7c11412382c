"""Versions, the whole as YAML, calls tried, and what users set for themselves, through the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from centralita.accounts import Role
from support.web_world import World, web_world

BASE = "/api/v1/tenants/demo"
YAML = {"Content-Type": "application/yaml"}
LOST = {
    "id": "main",
    "extension": "500",
    "start": "hours",
    "nodes": {
        "hours": {"type": "hours", "schedule": "office", "open": "v"},
        "v": {"type": "voicemail", "user": "ana"},
    },
}
"""A flow that callers fall off at night."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


@pytest.fixture
def admin(world: World) -> TestClient:
    return world.client(Role.ADMIN)


def test_versions_are_listed_compared_and_gone_back_to(admin: TestClient) -> None:
    for number in range(3):
        admin.patch(f"{BASE}/users/ana?comment=Change {number}", json={"name": f"Ana {number}"})
    first = admin.get(f"{BASE}/versions?limit=3").json()
    assert [one["number"] for one in first["items"]] == [4, 3, 2]
    rest = admin.get(f"{BASE}/versions?limit=3&cursor={first['next']}").json()
    assert [one["number"] for one in rest["items"]] == [1]
    assert admin.get(f"{BASE}/versions/3").json()["comment"] == "Change 1"
    assert admin.get(f"{BASE}/versions/9").status_code == 404
    (change,) = admin.get(f"{BASE}/diff?before=2&after=4").json()["changes"]
    assert change["fields"] == [{"field": "name", "before": "Ana 0", "after": "Ana 2"}]
    back = admin.post(f"{BASE}/versions/1/rollback", headers={"X-Comment": "Enough"}).json()
    assert (back["version"], back["published"]) == (5, True)
    assert admin.get(f"{BASE}/users/ana").json()["name"] == "Ana"
    newest = admin.get(f"{BASE}/versions/5").json()
    assert (newest["restores"], newest["comment"]) == (1, "Enough")
    assert admin.post(f"{BASE}/versions/77/rollback").status_code == 404


def test_what_is_exported_is_applied_again_without_a_change(admin: TestClient) -> None:
    exported = admin.get(f"{BASE}/export")
    assert exported.headers["content-type"].startswith("application/yaml")
    assert "attachment" in exported.headers["content-disposition"]
    again = admin.post(f"{BASE}/apply", content=exported.content, headers=YAML).json()
    assert (again["published"], again["changes"]) == (False, [])
    text = exported.text.replace("name: Ana", "name: Ana B")
    tried = admin.post(f"{BASE}/apply?dry_run=true", content=text, headers=YAML).json()
    assert [change["id"] for change in tried["changes"]] == ["ana"]
    assert admin.get(f"{BASE}/users/ana").json()["name"] == "Ana"
    done = admin.post(f"{BASE}/apply", content=text, headers=YAML | {"If-Match": exported.headers["etag"]})
    assert done.json()["published"] is True
    late = admin.post(f"{BASE}/apply", content=text, headers=YAML | {"If-Match": exported.headers["etag"]})
    assert late.status_code == 412


@pytest.mark.parametrize(
    "text",
    [
        b"kind: user\nid: [",
        b"&a [*a, *a]",
        b"\xff\xfe",
        b"kind: tenant\nid: other\n",
        b"- 1",
        b"kind: spaceship\nid: x",
    ],
)
def test_a_text_that_is_no_configuration_of_ours_is_refused(admin: TestClient, text: bytes) -> None:
    refused = admin.post(f"{BASE}/apply?merge=true", content=text, headers=YAML)
    assert refused.status_code == 422, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"]
    assert len(admin.get(f"{BASE}/versions").json()["items"]) == 1


def test_the_checker_keeps_what_loses_callers_from_being_published(admin: TestClient) -> None:
    admin.post(f"{BASE}/schedules", json={"id": "office", "weekly": {"mon-fri": ["09:00-14:00"]}})
    refused = admin.post(f"{BASE}/flows", json=LOST)
    assert refused.status_code == 422
    assert {(error["kind"], error["id"]) for error in refused.json()["errors"]} == {("flow", "main")}
    assert admin.get(f"{BASE}/draft/pending").json() == {"pending": False}
    drafted = admin.post(f"{BASE}/flows?draft=true", json=LOST)
    assert drafted.status_code == 201
    assert admin.get(f"{BASE}/draft/pending").json() == {"pending": True}
    assert admin.get(f"{BASE}/draft").json()["refusals"][0]["id"] == "main"
    assert admin.post(f"{BASE}/draft/publish").status_code == 422
    findings = admin.get(f"{BASE}/check?version=draft").json()
    assert "error" in {one["severity"] for one in findings}
    assert "error" not in {one["severity"] for one in admin.get(f"{BASE}/check?version=published").json()}


def test_a_call_is_tried_and_tells_its_way(admin: TestClient) -> None:
    admin.post(f"{BASE}/devices", json={"id": "phone", "user": "ana"})
    told = admin.post(
        f"{BASE}/simulate", json={"from": "user:luis", "to": "101", "at": "2026-11-23T10:00:00"}
    )
    body = told.json()
    assert (body["rest"], body["by"], body["outcome"]) == ("user:ana", "ana", "answered")
    assert body["steps"][0]["reason"] == "101 is Ana"
    assert body["rang"][0]["target"] == "user:ana"
    assert body["mermaid"].startswith("flowchart")
    busy = {"from": "user:luis", "to": "101", "answer": {"ana": "busy"}}
    assert admin.post(f"{BASE}/simulate", json=busy).json()["rest"] == "voicemail:ana"
    misspelt = admin.post(f"{BASE}/simulate", json=busy | {"answer": {"anna": "busy"}})
    assert misspelt.json()["errors"][0]["field"] == "answer"
    assert admin.post(f"{BASE}/simulate", json={"from": "x", "to": "101"}).status_code == 422
    assert admin.post(f"{BASE}/simulate?version=77", json=busy).status_code == 404


def test_what_is_not_saved_is_checked_and_tried_as_if_it_were(admin: TestClient) -> None:
    admin.post(f"{BASE}/schedules", json={"id": "office", "weekly": {"mon-fri": ["09:00-14:00"]}})
    before = admin.get(f"{BASE}/versions").json()["total"]
    findings = admin.post(f"{BASE}/check", json={"objects": [LOST | {"kind": "flow"}]}).json()
    assert "error" in {one["severity"] for one in findings if (one["kind"], one["id"]) == ("flow", "main")}
    whole = {
        "kind": "flow",
        "id": "main",
        "extension": "500",
        "start": "ana",
        "nodes": {
            "ana": {"type": "ring", "targets": ["user:ana"], "no_answer": "away"},
            "away": {"type": "hang-up"},
        },
    }
    call = {"from": "user:luis", "to": "500", "answer": {"ana": "no-answer"}, "objects": [whole]}
    told = admin.post(f"{BASE}/simulate", json=call).json()
    assert told["rest"] == "hang-up:normal"
    assert "main/away" in told["way"]
    assert admin.post(f"{BASE}/simulate", json=call | {"objects": []}).json()["rest"] != "hang-up:normal"
    impossible = whole | {"nodes": {"ana": {"type": "ring", "targets": ["user:nobody"]}}}
    refused = admin.post(f"{BASE}/check", json={"objects": [impossible]})
    assert refused.status_code == 422
    assert {(one["kind"], one["id"]) for one in refused.json()["errors"]} == {("flow", "main")}
    assert (
        admin.post(f"{BASE}/check", json={"objects": [{"kind": "tenant", "id": "other"}]}).status_code == 422
    )
    assert admin.get(f"{BASE}/flows/main").status_code == 404
    assert admin.get(f"{BASE}/versions").json()["total"] == before


def test_reasons_are_told_in_the_language_that_is_asked_for(admin: TestClient) -> None:
    spanish = {"Accept-Language": "fr, es-ES;q=0.9, en;q=0.8"}
    admin.post(f"{BASE}/devices", json={"id": "phone", "user": "ana"})
    admin.post(f"{BASE}/schedules", json={"id": "office", "weekly": {"mon-fri": ["09:00-14:00"]}})
    call = {"from": "user:luis", "to": "101", "answer": {"ana": "no-answer"}}
    told = admin.post(f"{BASE}/simulate", json=call, headers=spanish).json()
    assert told["steps"][0]["reason"] == "101 es Ana"
    assert "sin respuesta: el buzón de Ana recoge la llamada" in [step["reason"] for step in told["steps"]]
    for language in ("en, es", "de", ""):
        english = admin.post(f"{BASE}/simulate", json=call, headers={"Accept-Language": language}).json()
        assert english["steps"][0]["reason"] == "101 is Ana"

    objects = {"objects": [LOST | {"kind": "flow"}]}
    found = admin.post(f"{BASE}/check", json=objects, headers=spanish).json()
    assert (
        "falta: la llamada se cae del flujo mientras office está cerrado, y termina sin más",
        "Di a qué paso va; uno de colgar, si debe terminar ahí",
    ) in [(one["message"], one["mend"]) for one in found]
    refused = admin.post(f"{BASE}/flows", json=LOST, headers=spanish).json()
    assert refused["errors"][0]["detail"].startswith(
        "falta: la llamada se cae del flujo mientras office está"
    )
    drafted = admin.post(f"{BASE}/flows?draft=true", json=LOST, headers=spanish).json()
    assert any(one["message"].startswith("falta: ") for one in drafted["findings"])
    draft = admin.get(f"{BASE}/draft", headers=spanish).json()
    assert draft["refusals"][0]["detail"].startswith("falta: ")
    admin.delete(f"{BASE}/draft")

    test = {"from": "user:luis", "to": "101", "at": "2026-11-23T10:00:00", "expect": "hang-up"}
    admin.put(f"{BASE}/tests/first?skip_tests=true", json=test)
    (result,) = admin.get(f"{BASE}/test-results", headers=spanish).json()["results"]
    assert result["difference"][0].startswith("se esperaba hang-up, y fue ")
    (hours,) = admin.get(f"{BASE}/hours", headers=spanish).json()
    assert hours["reason"].split()[0] == "el"


def test_saved_tests_are_run(admin: TestClient) -> None:
    test = {"from": "user:luis", "to": "101", "at": "2026-11-23T10:00:00", "expect": "voicemail:ana"}
    admin.put(f"{BASE}/tests/first", json=test)
    assert admin.get(f"{BASE}/test-results").json()["passed"] == 1
    refused = admin.put(f"{BASE}/tests/second", json=test | {"expect": "hang-up"})
    assert refused.status_code == 422
    assert (
        admin.put(f"{BASE}/tests/second?skip_tests=true", json=test | {"expect": "hang-up"}).status_code
        == 201
    )
    results = admin.get(f"{BASE}/test-results").json()
    assert (results["passed"], results["failed"]) == (1, 1)
    assert "expected hang-up" in results["results"][1]["difference"][0]


def test_who_reaches_whom_and_which_extension_is_next(admin: TestClient) -> None:
    found = admin.get(f"{BASE}/reach?target=101").json()
    assert (found["kind"], found["id"]) == ("user", "ana")
    assert found["ways"][0]["origin"] == "dialled"
    assert admin.get(f"{BASE}/reach?target=nobody").status_code == 404
    assert admin.get(f"{BASE}/next-extension?site=m").json() == {"extension": "100"}
    admin.post(f"{BASE}/users", json={"name": "New", "site": "m"})
    assert admin.get(f"{BASE}/next-extension?site=m").json() == {"extension": "103"}
    assert admin.get(f"{BASE}/next-extension?site=moon").status_code == 422


def test_users_set_their_own_and_nobody_elses(world: World) -> None:
    ana = world.client(Role.USER, user="ana")
    mine = f"{BASE}/users/ana/personal"
    before = ana.get(mine)
    assert before.json()["voicemail"]["has_pin"] is False
    changed = ana.patch(mine, json={"forward_busy": "102", "voicemail": {"pin": "31415"}})
    assert changed.json()["forward_busy"] == "102"
    assert changed.json()["voicemail"]["has_pin"] is True
    assert "31415" not in changed.text
    late = ana.patch(mine, json={"forward_busy": None}, headers={"If-Match": before.headers["etag"]})
    assert late.status_code == 412
    assert ana.patch(mine, json={"forward_busy": None}).json()["forward_busy"] == ""
    assert ana.patch(mine, json={"forward_always": "112"}).json()["errors"][0]["field"] == "forward_always"
    assert ana.patch(mine, json={"voicemail": {"pin": "12"}}).status_code == 422
    for theirs in (f"{BASE}/users/luis/personal", f"{BASE}/users/nobody/personal"):
        assert ana.get(theirs).status_code == 403
        assert ana.patch(theirs, json={"do_not_disturb": True}).status_code == 403
    assert world.client(Role.USER, "other", user="ana").get(mine).status_code == 404
    admin = world.client(Role.ADMIN)
    assert admin.patch(mine, json={"do_not_disturb": True}).status_code == 200
    assert world.client(Role.AUDITOR).get(mine).json()["do_not_disturb"] is True
    assert world.client(Role.AUDITOR).patch(mine, json={"do_not_disturb": False}).status_code == 403
    assert len(admin.get(f"{BASE}/versions").json()["items"]) == 1
    noted = [one for one in admin.get("/api/v1/audit").json()["items"] if one["action"] == "personal.change"]
    assert "31415" not in str(noted)
    assert len(noted) == 3


def test_a_device_may_not_be_known_by_its_etag(world: World, admin: TestClient, tmp_path: Path) -> None:
    """The tag changes with the PIN, and yet whoever knows all but the PIN cannot try PINs against it."""
    from centralita.pbx.configuration.kinds import to_fields
    from centralita.web.etags import etag_of

    admin.patch(f"{BASE}/users/ana", json={"personal": {"voicemail": {"pin": "1234"}}})
    one = admin.get(f"{BASE}/users/ana").headers["etag"]
    fields = to_fields(world.parts.configs.objects("demo")["user", "ana"])
    admin.patch(f"{BASE}/users/ana", json={"personal": {"voicemail": {"pin": "1235"}}})
    assert admin.get(f"{BASE}/users/ana").headers["etag"] != one
    assert etag_of(fields, world.parts.tag_key) == one
    assert etag_of(fields) != one
