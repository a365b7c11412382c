"""The live WebSocket: a snapshot and the changes after it always make the board of now; who may not, gets nothing; who is slow, comes again."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from centralita import control
from centralita.accounts import Role
from centralita.web import events
from centralita.web.board import Board, apply, differences, read, seen
from centralita.web.events import BEHIND, BROKEN, CHANGED, SLOW, Listener, TenantFeed
from centralita.web.sight import Sight
from support.switch_double import SwitchDouble, switch_double
from support.web_world import World

NAMES = st.sampled_from(("a", "b", "c"))
QUEUES = st.sampled_from(("", "sales", "support"))
MEMBERS = st.lists(st.sampled_from(("sales", "support")), unique=True)
USERS = st.sampled_from(("", "ana", "luis"))


def items(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    return st.dictionaries(NAMES, st.fixed_dictionaries(fields), max_size=3)


BOARDS: st.SearchStrategy[Board] = st.fixed_dictionaries(
    {
        "calls": items(queue=QUEUES, user=USERS, answered_by=USERS.map("user:{}".format), state=NAMES),
        "queues": st.dictionaries(QUEUES, st.fixed_dictionaries({"waiting": st.integers(0, 3)}), max_size=3),
        "agents": st.dictionaries(
            USERS, st.fixed_dictionaries({"member_of": MEMBERS, "state": NAMES}), max_size=3
        ),
        "registrations": items(user=USERS, address=NAMES),
        "trunks": items(state=NAMES),
        "switch": st.fixed_dictionaries({"": st.fixed_dictionaries({"up": st.booleans()})}),
    }
)
SIGHTS = st.sampled_from(
    (
        Sight(everything=True),
        Sight(queues=frozenset({"sales"})),
        Sight(queues=frozenset({"sales", "support"}), user="ana"),
        Sight(user="luis"),
        Sight(),
    )
)


@given(BOARDS, BOARDS)
@settings(max_examples=60, deadline=None)
def test_what_differs_makes_the_new_of_the_old(old: Board, new: Board) -> None:
    assert apply(old, differences(old, new)) == new
    assert differences(new, new) == []


@given(st.lists(st.one_of(BOARDS, SIGHTS), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_snapshot_and_all_changes_since_are_a_new_snapshot(history: list[Board | Sight]) -> None:
    """Boards come, and somebody joins at any time: each has, after every step, what they would get if they joined then."""

    async def follow() -> None:
        feed = TenantFeed(lambda before: before, lambda: 0.0)
        now: Board = {kind: {} for kind in ("calls", "queues", "agents", "registrations", "trunks", "switch")}
        feed.show(now)
        listening: list[tuple[Listener, Sight, Board, int]] = []
        for step in history:
            if isinstance(step, Sight):
                joined = Listener(lambda: True)
                feed.join(step, joined)
                listening.append((joined, step, {}, -1))
            else:
                now = step
                feed.show(now)
            listening = [heard(listener, sight, board, last) for listener, sight, board, last in listening]
            for listener, sight, board, last in listening:
                fresh = Listener(lambda: True)
                feed.join(sight, fresh)
                _, _, snapshot, serial = heard(fresh, sight, {}, -1)
                feed.leave(sight, fresh)
                assert board == snapshot == {**{kind: {} for kind in board}, **seen(now, sight)}
                assert last == serial
                assert listener.messages.empty()

    asyncio.run(follow())


def heard(listener: Listener, sight: Sight, board: Board, last: int) -> tuple[Listener, Sight, Board, int]:
    """What a client makes of the messages that came."""
    while not listener.messages.empty():
        message = json.loads(str(listener.messages.get_nowait()))
        if message["type"] == "snapshot":
            board = apply(message["board"], [])
        else:
            assert message["serial"] == last + 1, "none is missing"
            board = apply(board, message["changes"])
        last = message["serial"]
    return listener, sight, board, last


def test_those_who_see_the_same_share_one_message() -> None:
    async def follow() -> None:
        feed = TenantFeed(lambda before: before, lambda: 0.0)
        feed.show({"trunks": {}})
        both = [Listener(lambda: True), Listener(lambda: True)]
        for listener in both:
            feed.join(Sight(everything=True), listener)
        feed.show({"trunks": {"main": {"state": "up"}}})
        sent = [[listener.messages.get_nowait() for _ in range(2)] for listener in both]
        assert all(one is other for one, other in zip(*sent, strict=True))

    asyncio.run(follow())


def test_who_reads_too_slowly_is_told_to_come_again_and_holds_up_nobody() -> None:
    async def follow() -> None:
        feed = TenantFeed(lambda before: before, lambda: 0.0)
        feed.show({})
        slow, quick = Listener(lambda: True), Listener(lambda: True)
        for listener in (slow, quick):
            feed.join(Sight(everything=True), listener)
        for turn in range(BEHIND + 5):
            feed.show({"trunks": {"main": {"calls": turn}}})
            while not quick.messages.empty():
                assert isinstance(quick.messages.get_nowait(), str)
        assert slow.messages.get_nowait() == SLOW
        assert slow.messages.empty()
        assert feed.groups[Sight(everything=True)].listeners == {quick}
        feed.leave(Sight(everything=True), slow)
        feed.leave(Sight(everything=True), quick)
        assert feed.groups == {}

    asyncio.run(follow())


def test_nobody_is_left_with_what_is_no_longer_so() -> None:
    async def follow() -> None:
        def broken(_before: Board) -> Board:
            raise ZeroDivisionError

        feed = TenantFeed(broken, lambda: 0.0)
        feed.show({})
        listener = Listener(lambda: True)
        feed.join(Sight(everything=True), listener)
        with pytest.raises(ZeroDivisionError):
            await feed.run()
        assert listener.messages.get_nowait() == BROKEN

    asyncio.run(follow())


# --- over the wire ----------------------------------------------------------------------------------------------------


def call(name: str, seconds: float, queue: str = "", state: str = "ringing") -> control.LiveCall:
    return control.LiveCall(
        journey=name,
        tenant="demo",
        direction="inbound",
        caller="1",
        dialled="2",
        state=state,
        since=1.0,
        seconds=seconds,
        queue=queue,
    )


def phone(expires_in: float) -> control.Registration:
    return control.Registration(
        device="d", user="ana", tenant="demo", contact="sip:x", address="UDP:1", expires_in=expires_in
    )


@pytest.fixture
def switch(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[SwitchDouble]:
    monkeypatch.setattr(events, "INTERVAL", 0.02)
    with switch_double(world.settings.switch_socket) as double:
        double.replies |= {
            "calls": control.CallList([call("l1", 1.0, "sales"), call("l2", 1.0)]),
            "queues": control.QueueList([]),
            "agents": control.AgentList([]),
        }
        yield double


def test_time_that_passes_changes_nothing(switch: SwitchDouble, world: World) -> None:
    switch.replies["registrations"] = control.RegistrationList([phone(100.4)])
    before = read(world.parts.switch, "demo", 1000.0, {})
    switch.replies["calls"] = control.CallList([call("l1", 7.0, "sales"), call("l2", 7.0)])
    switch.replies["registrations"] = control.RegistrationList([phone(94.0)])
    after = read(world.parts.switch, "demo", 1006.0, before)
    assert differences(before, after) == []
    switch.replies["registrations"] = control.RegistrationList([phone(120.0)])
    later = read(world.parts.switch, "demo", 1060.0, after)
    assert [change["kind"] for change in differences(after, later)] == ["registrations"]


def test_a_board_follows_what_is_going_on(world: World, switch: SwitchDouble) -> None:
    with world.client(Role.ADMIN).websocket_connect("/api/v1/events", headers=OURS) as board:
        first = board.receive_json()
        assert (first["type"], sorted(first["board"]["calls"])) == ("snapshot", ["l1", "l2"])
        assert first["board"]["switch"][""] == {"up": True}
        switch.replies["calls"] = control.CallList([call("l1", 2.0, "sales", state="talking")])
        second = board.receive_json()
        assert (second["type"], second["serial"]) == ("changes", first["serial"] + 1)
        assert [(each["id"], each["item"] and each["item"]["state"]) for each in second["changes"]] == [
            ("l2", None),
            ("l1", "talking"),
        ]


def test_a_switch_that_goes_is_told(world: World, switch: SwitchDouble) -> None:
    with world.client(Role.ADMIN).websocket_connect("/api/v1/events", headers=OURS) as board:
        board.receive_json()
        world.settings.switch_socket.unlink()
        now = apply({}, board.receive_json()["changes"])
        assert now["switch"] == {"": {"up": False}}
        assert now["calls"] == {}


def test_a_supervisor_follows_their_queues(world: World, switch: SwitchDouble) -> None:
    client = world.client(Role.SUPERVISOR, queues=("sales",))
    with client.websocket_connect("/api/v1/events", headers=OURS) as board:
        assert list(board.receive_json()["board"]["calls"]) == ["l1"]


OURS = {"Origin": "http://testserver"}


@pytest.mark.parametrize(
    ("role", "fields", "query", "headers", "status"),
    [
        (None, {}, "", OURS, 401),
        (Role.ADMIN, {}, "", {"Origin": "http://evil.example"}, 403),
        (Role.ADMIN, {}, "", {}, 403),
        (Role.ADMIN, {"tenant": "other"}, "?tenant=demo", OURS, 404),
        (Role.PLATFORM, {}, "", OURS, 422),
        (Role.PLATFORM, {}, "?tenant=nothing", OURS, 404),
        (Role.USER, {}, "", OURS, 404),
    ],
)
def test_who_may_not_gets_nothing(
    world: World,
    switch: SwitchDouble,
    role: Role | None,
    fields: dict[str, Any],
    query: str,
    headers: dict[str, str],
    status: int,
) -> None:
    client = world.client(role, **fields) if role else world.stranger()
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(f"/api/v1/events{query}", headers=headers),
    ):
        pass
    assert refused.value.status_code == status
    assert switch.asked == []


def test_who_signs_out_is_shown_no_more(
    world: World, switch: SwitchDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "CHECK_SECONDS", 0.05)
    account = world.account(Role.ADMIN)
    with world.signed_in(account).websocket_connect("/api/v1/events", headers=OURS) as board:
        board.receive_json()
        world.parts.sessions.end_all(account.id)
        with pytest.raises(WebSocketDisconnect) as closed:
            board.receive_json()
        assert closed.value.code == CHANGED


def test_the_switch_is_left_alone_when_nobody_watches(world: World, switch: SwitchDouble) -> None:
    client = world.client(Role.ADMIN)
    with client, client.websocket_connect("/api/v1/events", headers=OURS) as board:
        board.receive_json()
        assert world.app.state.feed._watched
        board.close()
        done = threading.Event()
        for _ in range(200):
            if not world.app.state.feed._watched:
                done.set()
                break
            done.wait(0.02)
        assert done.is_set()


def test_messages_are_json_as_the_rest_of_the_api_writes_it(world: World, switch: SwitchDouble) -> None:
    with world.client(Role.ADMIN).websocket_connect("/api/v1/events", headers=OURS) as board:
        first = msgspec.json.decode(board.receive_text())
    assert (
        first["board"]["calls"]["l1"]
        == world.client(Role.ADMIN).get("/api/v1/tenants/demo/live/calls").json()[0]
    )
