"""Past calls over HTTP: who sees which, what they are found by, what one tells, and that no cell of a table begins a formula."""

from __future__ import annotations

import csv
import io

import pytest
from fastapi.testclient import TestClient

from centralita.accounts import Role
from support.web_world import World

LIST = "/api/v1/tenants/demo/calls"


def ids(client: TestClient, query: str = "") -> list[str]:
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200, response.text
    return [each["id"] for each in response.json()["items"]]


def test_everybody_sees_what_is_theirs(world: World) -> None:
    assert ids(world.client(Role.ADMIN)) == ["c5", "c4", "c3", "c2", "c1"]
    assert ids(world.client(Role.PLATFORM)) == ["c5", "c4", "c3", "c2", "c1"]
    assert ids(world.client(Role.AUDITOR)) == ["c5", "c4", "c3", "c2", "c1"]
    assert ids(world.client(Role.SUPERVISOR, queues=("sales",))) == ["c5", "c1"]
    assert ids(world.client(Role.SUPERVISOR, queues=("sales",), user="ana")) == ["c5", "c4", "c3", "c1"]
    assert ids(world.client(Role.SUPERVISOR)) == []
    assert ids(world.client(Role.USER, user="ana")) == ["c4", "c3", "c1"]
    assert (
        world.client(Role.USER).get(LIST).status_code == 404
    )  # without an extension there is nothing of theirs
    assert world.client(Role.ADMIN, tenant="other").get(LIST).status_code == 404
    assert world.stranger().get(LIST).status_code == 401


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=jose", ["c1"]),
        ("?q=911 23-45", ["c5", "c4", "c2", "c1"]),
        ("?queue=sales&outcome=busy", ["c5"]),
        ("?user=luis", ["c5", "c4", "c2"]),
        ("?direction=outbound", ["c3"]),
        ("?from=2023-11-14T22:17:20Z", ["c5", "c4"]),
        ("?to=2023-11-14T22:15:20Z", ["c1"]),
        ("?has=recording", ["c5", "c2"]),
        ("?min_seconds=40", ["c3", "c2", "c1"]),
        ("?min_seconds=41", []),
        ("?tag=none", []),
    ],
)
def test_calls_are_found(world: World, query: str, expected: list[str]) -> None:
    assert ids(world.client(Role.ADMIN), query) == expected


@pytest.mark.parametrize(
    "query",
    ["?outcome=what", "?from=yesterday", "?from=2023-11-14T22:17:20", "?min_seconds=-1", "?cursor=no"],
)
def test_what_is_no_question_is_told_so(world: World, query: str) -> None:
    response = world.client(Role.ADMIN).get(f"{LIST}{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] in ("outcome", "from", "min_seconds", "cursor")


def test_pages_go_on_where_the_last_one_ended(world: World) -> None:
    client = world.client(Role.ADMIN)
    first = client.get(f"{LIST}?limit=2").json()
    second = client.get(LIST, params={"limit": 2, "cursor": first["next"]}).json()
    third = client.get(LIST, params={"limit": 2, "cursor": second["next"]}).json()
    assert [len(page["items"]) for page in (first, second, third)] == [2, 2, 1]
    assert third["next"] is None


def test_one_call_is_told(world: World) -> None:
    body = world.client(Role.ADMIN).get(f"{LIST}/c1").json()
    assert body["outcome"] == "answered"
    assert (body["waiting"], body["connected"]) == (10.0, 40.0)
    assert body["started_at"] == "2023-11-14T22:14:20Z"
    assert body["story"][0]["text"] == "the call comes in"
    assert any("decided by number: flow:main" in line["text"] for line in body["story"])
    assert body["trace"][0]["passed"] == ["no"]
    assert body["quality"][0]["mos"] == 4.25
    assert body["journey"]["legs"][1]["address"] == "UDP:10.1.2.3:5060"


def test_a_user_learns_no_address_and_nothing_of_others(world: World) -> None:
    client = world.client(Role.USER, user="ana")
    response = client.get(f"{LIST}/c4")
    assert response.status_code == 200
    assert "10.1.2.3" not in response.text
    assert response.json()["messages"] == []
    assert client.get(f"{LIST}/c2").status_code == 404
    assert client.get(f"{LIST}/theirs").status_code == 404
    assert world.client(Role.ADMIN).get(f"{LIST}/theirs").status_code == 404


def table(client: TestClient, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/api/v1/tenants/demo/calls.csv{query}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith('attachment; filename="calls-demo-')
    assert response.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))


def test_a_table_has_all_and_no_formula(world: World) -> None:
    rows = table(world.client(Role.ADMIN))
    assert [row["id"] for row in rows] == ["c5", "c4", "c3", "c2", "c1"]
    assert rows[1]["caller_name"] == '\'=HYPERLINK("http://x")'
    assert rows[4]["caller"] == "'+34911234567"
    assert rows[4]["connected"] == "40.0"
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_a_table_as_other_tools_read_it(world: World) -> None:
    rows = table(world.client(Role.ADMIN), "?columns=asterisk&q=jose")
    assert rows == [
        {
            "calldate": "2023-11-14 22:14:20",
            "clid": '"José García" <+34911234567>',
            "src": "'+34911234567",
            "dst": "'+34910000100",
            "dcontext": "from-trunk",
            "channel": "'+34911234567",
            "dstchannel": "device:desk",
            "lastapp": "Dial",
            "lastdata": "ana",
            "duration": "50",
            "billsec": "40",
            "disposition": "ANSWERED",
            "amaflags": "3",
            "accountcode": "demo",
            "uniqueid": "c1",
            "userfield": "answered",
            "linkedid": "c1",
        }
    ]


def test_a_table_holds_what_its_reader_may_see(world: World) -> None:
    assert [row["id"] for row in table(world.client(Role.USER, user="ana"))] == ["c4", "c3", "c1"]
    assert [row["id"] for row in table(world.client(Role.SUPERVISOR, queues=("support",)))] == ["c2"]
