"""Who has given wrong passwords: told to whom it concerns, and let in again, which is noted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from centralita import control
from centralita.accounts import Role
from support.switch_double import SwitchDouble, switch_double
from support.web_world import World

HERE = "/api/v1/tenants/demo/security"
ALL = "/api/v1/security"


@pytest.fixture
def switch(world: World) -> Iterator[SwitchDouble]:
    with switch_double(world.settings.switch_socket) as double:
        double.replies["security"] = control.SecurityReport(
            [
                control.Guesser(
                    scope="pair",
                    source="198.51.100.7",
                    user="demo-ana",
                    tenant="demo",
                    failures=10,
                    limit=10,
                    wait=120.0,
                )
            ],
            [
                control.WrongPassword(
                    at=world.clock() - 5, source="198.51.100.7", user="demo-ana", tenant="demo"
                )
            ],
        )
        double.replies["lift-block"] = control.Lifted(True)
        yield double


def guess(world: World, login: str, times: int) -> int:
    status = 0
    for _ in range(times):
        status = (
            world.stranger().post("/api/v1/session", json={"login": login, "password": "wrong"}).status_code
        )
    return status


def test_administrators_see_who_tries_to_come_in(world: World, switch: SwitchDouble) -> None:
    account = world.account(Role.USER, user="ana")
    elsewhere = world.account(Role.USER, tenant="other", user="eva")
    assert guess(world, account.login, 6) == 429
    guess(world, elsewhere.login, 1)
    guess(world, "nobody@example.com", 1)
    told = world.client(Role.ADMIN).get(HERE).json()
    assert told["switch"] is True
    blocked = [one for one in told["suspects"] if one["blocked"]]
    assert [(one["kind"], one["user"]) for one in blocked] == [("web", account.login), ("sip", "demo-ana")]
    assert blocked[0]["until"] > blocked[1]["until"]
    assert (blocked[0]["source"], blocked[0]["failures"], blocked[0]["limit"]) == ("192.0.2.7", 5, 5)
    assert {(one["kind"], one["user"]) for one in told["attempts"]} == {
        ("web", account.login),
        ("sip", "demo-ana"),
    }
    assert elsewhere.login not in str(told)
    assert "nobody" not in str(told)
    assert switch.asked[-1] == control.AskSecurity(tenant="demo")
    whole = world.client(Role.PLATFORM).get(ALL).json()
    users = {one["user"] for one in whole["suspects"]}
    assert {account.login, elsewhere.login, "nobody@example.com", "demo-ana", ""} == users
    assert switch.asked[-1] == control.AskSecurity()


def test_a_block_is_lifted_and_it_is_noted(world: World, switch: SwitchDouble) -> None:
    account = world.account(Role.USER, user="ana")
    assert guess(world, account.login, 6) == 429
    admin = world.client(Role.ADMIN)
    lift = {"kind": "web", "user": account.login, "source": "192.0.2.7"}
    assert admin.post(f"{HERE}/lift", json=lift).json() == {"lifted": True}
    assert admin.post(f"{HERE}/lift", json=lift).json() == {"lifted": False}
    assert guess(world, account.login, 1) == 401
    assert admin.post(f"{HERE}/lift", json={"kind": "sip", "user": "demo-ana"}).json() == {"lifted": True}
    assert switch.asked[-1] == control.LiftBlock(user="demo-ana", tenant="demo")
    noted = [(entry.action, entry.target) for entry in world.parts.audit.page("demo", action="security.")]
    assert noted == [
        ("security.lift", "sip/demo-ana"),
        *[("security.lift", f"web/{account.login} from 192.0.2.7")] * 2,
    ]


def test_nobody_lifts_what_is_not_theirs(world: World, switch: SwitchDouble) -> None:
    elsewhere = world.account(Role.USER, tenant="other", user="eva")
    admin = world.client(Role.ADMIN)
    refused = admin.post(f"{HERE}/lift", json={"kind": "web", "user": elsewhere.login})
    assert refused.status_code == 404
    assert admin.post(f"{HERE}/lift", json={"kind": "web", "user": "nobody@example.com"}).status_code == 404
    whole = admin.post(f"{HERE}/lift", json={"kind": "sip", "source": "198.51.100.7"})
    assert (whole.status_code, whole.json()["errors"][0]["field"]) == (422, "user")
    switch.replies["lift-block"] = control.Refusal("there is no device other-eva")
    assert admin.post(f"{HERE}/lift", json={"kind": "sip", "user": "other-eva"}).status_code == 404
    for body in ({"kind": "sip"}, {"kind": "sip", "source": "300.1.1.1"}, {"kind": "x", "user": "a"}):
        assert admin.post(f"{HERE}/lift", json=body).status_code == 422
    platform = world.client(Role.PLATFORM)
    switch.replies["lift-block"] = control.Lifted(True)
    assert platform.post(f"{ALL}/lift", json={"kind": "sip", "source": "198.51.100.7"}).json() == {
        "lifted": True
    }


def test_without_the_switch_what_is_known_of_people_is_told(world: World) -> None:
    account = world.account(Role.USER, user="ana")
    guess(world, account.login, 1)
    told = world.client(Role.ADMIN).get(HERE).json()
    assert told["switch"] is False
    assert {one["kind"] for one in told["attempts"]} == {"web"}
