"""The first page, past calls, what is going on and the wallboard, as who runs a company walks through them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, WebSocketRoute, expect

from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import JourneyId, Outcome, TenantId
from centralita.store.database import Database
from centralita.store.records import RecordStore
from support.browser import Visit, assert_accessible, assert_fits
from support.exchange import Exchange
from support.web_calls import journey

CALL = "/t/office/calls/browsed-1"


def past(name: str, ago: float, **fields: Any) -> Journey:
    """A call of ``ago`` seconds before now, answered after ten."""
    one = journey(name, 0, rung="marta", **fields)
    at = time.time() - ago
    return replace(
        one,
        journey=JourneyId(name),
        tenant=TenantId("office"),
        started_at=at,
        updated_at=at + 50,
        ended_at=at + 50,
        legs=tuple(replace(leg, started_at=at) for leg in one.legs),
        answers=tuple(replace(answer, at=at + 10) for answer in one.answers),
        decisions=tuple(replace(decision, at=at) for decision in one.decisions),
    )


@pytest.fixture(scope="module")
def calls(exchange: Exchange) -> None:
    database = Database(f"sqlite:///{exchange.data / 'centralita.db'}")
    RecordStore(database).save(
        [
            past("browsed-1", 90, caller_name="José García"),
            past("browsed-2", 60, caller="+34600000002", outcome=Outcome.ABANDONED),
        ],
        [],
        "browsed",
        (1, 0),
    )
    database.close()


def board(page: Page) -> list[WebSocketRoute]:
    """One caller who waits, told so by a board of our own: no telephone has to ring for it."""
    now = datetime.now(UTC).isoformat()
    caller = {
        "call": "j1",
        "number": "+34600111222",
        "position": 1,
        "phase": "waiting",
        "since": now,
        "priority": 0,
        "agents": [],
        "callback": "",
        "told": {"at": now, "position": 1, "estimated_wait": 120.0},
    }
    queue = {
        "id": "ventas",
        "name": "Ventas",
        "waiting": 1,
        "longest_since": now,
        "logged_in": 1,
        "free": 0,
        "busy": 1,
        "paused": 0,
        "wrap_up": 0,
        "answered": 8,
        "abandoned": 2,
        "service_level": 0.8,
        "service_level_seconds": 20,
        "callers": [caller],
    }
    call = {
        "id": "j2",
        "direction": "inbound",
        "caller": "+34911234567",
        "caller_name": "José García",
        "user": "",
        "dialled": "+34910000100",
        "state": "talking",
        "since": now,
        "answered_at": now,
        "answered_by": "user:marta",
        "node": "",
        "queue": "ventas",
        "mos": 4.2,
    }
    empty: dict[str, Any] = {"agents": {}, "registrations": {}, "trunks": {}, "switch": {"": {"up": True}}}
    snapshot = {"calls": {"j2": call}, "queues": {"ventas": queue}} | empty
    sockets: list[WebSocketRoute] = []

    def follow(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.send(json.dumps({"type": "snapshot", "serial": 1, "at": now, "board": snapshot}))

    page.route_web_socket("**/api/v1/events*", follow)
    return sockets


@pytest.mark.usefixtures("calls")
def test_a_call_is_found_and_tells_its_way(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open("/t/office/calls")
    page.get_by_role("searchbox", name="Número o nombre").fill("jose")
    expect(page.get_by_role("link", name=re.compile("José García"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(r"\+34600000002"))).to_have_count(0)
    assert "q=jose" in page.url
    page.reload()  # the address keeps what was asked for
    page.get_by_role("link", name=re.compile("José García")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("José García")
    expect(page.get_by_text(re.compile("^Contesta .*hablan 0:40"))).to_be_visible()
    expect(page.get_by_role("table", name="Calidad del sonido")).to_contain_text("Buena")
    page.get_by_role("button", name=re.compile("^Qué se miró")).click()
    expect(page.get_by_role("listitem").filter(has_text=re.compile("^no$"))).to_be_visible()
    page.get_by_role("button", name="Probar la misma llamada ahora").click()
    expect(page.get_by_role("status")).to_contain_text("Terminaría en")


@pytest.mark.usefixtures("calls")
def test_the_board_says_who_waits_and_that_it_lost_its_connection(visit: Callable[..., Visit]) -> None:
    window = visit("supervisor")
    sockets = board(window.page)
    page = window.open("/t/office/live")
    expect(page.get_by_text("Se le ha dicho: es el número 1, unos 2 min")).to_be_visible()
    page.get_by_role("button", name="Colgar la llamada de José García").click()
    expect(page.get_by_role("dialog")).to_contain_text("¿Colgar la llamada de José García?")
    page.get_by_role("button", name="Cancelar").click()
    page.route_web_socket("**/api/v1/events*", lambda socket: socket.close())
    sockets[0].close()
    expect(page.get_by_role("alert")).to_contain_text("Se ha perdido la conexión")
    expect(page.get_by_text("Se le ha dicho")).to_be_visible()  # what was known last stays


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "telephone"])
def test_everybody_can_use_these_pages(visit: Callable[..., Visit], phone: bool) -> None:
    window = visit("admin", phone=phone)
    board(window.page)
    for path, sign in (
        ("/t/office/start", "Llamadas por hora"),
        ("/t/office/calls", "José García"),
        (CALL, "El camino de la llamada"),
        ("/t/office/live", "Se le ha dicho"),
        ("/wallboard/office?queues=ventas", "Ventas"),
    ):
        page = window.open(path)
        expect(page.get_by_text(re.compile(sign)).first).to_be_visible()
        assert_accessible(page)
        assert_fits(page)
