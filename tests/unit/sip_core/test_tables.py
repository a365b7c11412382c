"""The transaction tables: complete for whatever the network may bring, and everything in them can happen."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.sip.client_transaction import (
    INVITE_CLIENT_TABLE,
    NON_INVITE_CLIENT_TABLE,
    ClientTransaction,
)
from centralita.sip.compose import Draft
from centralita.sip.connections import Connections
from centralita.sip.flow import Flow
from centralita.sip.layer import TransactionLayer
from centralita.sip.message import Headers, Request, Response
from centralita.sip.parser import Limits
from centralita.sip.server_transaction import (
    INVITE_SERVER_TABLE,
    NON_INVITE_SERVER_TABLE,
    ServerTransaction,
)
from centralita.sip.timers import TimerHeap, Timers
from centralita.sip.transaction import ImpossibleInput, Input, State

UDP = Flow("UDP", "192.0.2.1", 5060)
TCP = Flow("TCP", "192.0.2.1", 5060, 1)
TABLES = {
    "invite-client": INVITE_CLIENT_TABLE,
    "client": NON_INVITE_CLIENT_TABLE,
    "invite-server": INVITE_SERVER_TABLE,
    "server": NON_INVITE_SERVER_TABLE,
}
#: What a peer or the network can do at any time.
ANY_TIME = {
    "invite-client": {Input.PROVISIONAL, Input.SUCCESS, Input.FAILURE, Input.LOST},
    "client": {Input.PROVISIONAL, Input.SUCCESS, Input.FAILURE, Input.LOST},
    "invite-server": {Input.REQUEST, Input.ACK, Input.LOST},
    "server": {Input.REQUEST, Input.LOST},
}
#: ACK to a 1xx or to nothing at all is not in the figures of RFC 3261; it is dropped where no final response was sent.


@pytest.mark.parametrize("name", TABLES)
def test_what_a_peer_may_do_at_any_time_is_in_the_table(name: str) -> None:
    table = TABLES[name]
    states = {state for state, _ in table}
    for state in states:
        missing = ANY_TIME[name] - {what for other, what in table if other is state}
        assert not missing, f"{state.name} lacks {missing}"


@pytest.mark.parametrize("name", TABLES)
def test_every_state_is_reached_and_left(name: str) -> None:
    table = TABLES[name]
    first = next(iter(table))[0]
    reached, added = {first}, True
    while added:
        more = {target for (state, _), (target, _) in table.items() if state in reached} - reached
        reached |= more
        added = bool(more)
    assert reached == {state for state, _ in table} | {State.TERMINATED}
    assert all(state is not State.TERMINATED for state, _ in table)


class User:
    """Notes what the transactions report."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_response(self, transaction: ClientTransaction, response: Response, now: float) -> None:
        self.heard.append(f"{response.status // 100}xx")

    def on_timeout(self, transaction: ClientTransaction, now: float) -> None:
        self.heard.append("timeout")

    def on_overdue(self, transaction: ClientTransaction, now: float) -> None:
        self.heard.append("overdue")

    def on_lost(self, transaction: ClientTransaction | ServerTransaction, now: float) -> None:
        self.heard.append("lost")

    def on_ack(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        self.heard.append("ack")

    def on_cancel(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        self.heard.append("cancel")


def make_layer() -> TransactionLayer:
    numbers = random.Random(1)
    connections = Connections(Limits())
    connections.opened(TCP._replace(connection=0), TCP)
    return TransactionLayer(
        Timers(), TimerHeap(), connections, ("192.0.2.9", 5060), lambda: f"{numbers.getrandbits(64):x}"
    )


def response(status: int) -> Response:
    return Response(status, "", Headers({"to": ["<sip:b>;tag=1"], "cseq": ["1 X"]}))


steps = st.lists(
    st.one_of(st.sampled_from([100, 180, 200, 202, 302, 486, 603]), st.floats(0, 40)), max_size=25
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["INVITE", "BYE"]), st.sampled_from([UDP, TCP]), steps, st.booleans())
def test_a_client_transaction_survives_everything_and_ends(
    method: str, flow: Flow, history: list[int | float], lost: bool
) -> None:
    layer, user, now = make_layer(), User(), 0.0
    transaction = layer.start(Draft(method, "sip:b", "<sip:a>", "<sip:b>", "c", 1, ""), flow, user, None, now)
    for step in history:
        if isinstance(step, float):
            now += step
            layer.heap.fire(now)
        elif transaction.state is not State.TERMINATED:
            what = Input.PROVISIONAL if step < 200 else Input.SUCCESS if step < 300 else Input.FAILURE
            transaction.step(what, now, response(step))
    if lost:
        layer.lost(flow, now)
    now += 32.0
    layer.heap.fire(now)
    if method == "INVITE" and transaction.state is State.PROCEEDING:
        assert "overdue" not in user.heard or not transaction.limit
        transaction.expire(now)
    layer.heap.fire(now + 400)
    assert transaction.state in (State.TERMINATED, State.PROCEEDING)
    if transaction.state is State.PROCEEDING:
        transaction.expire(now + 400)
        layer.heap.fire(now + 440)
    assert transaction.state is State.TERMINATED
    assert len(layer) == len(layer.heap) == 0
    assert transaction.user is transaction.subject is None
    # Exactly one end is told, but for the 2xx of an INVITE, every one of which is.
    ends = [what for what in user.heard if what not in ("1xx", "overdue")]
    if ends and ends[0] == "2xx" and method == "INVITE":
        assert set(ends) == {"2xx"}
    else:
        assert len(ends) == 1


server_steps = st.lists(
    st.one_of(st.sampled_from(["request", "ack", 180, 200, 486]), st.floats(0, 40)), max_size=25
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["INVITE", "REGISTER"]), st.sampled_from([UDP, TCP]), server_steps)
def test_a_server_transaction_survives_everything_and_ends(
    method: str, flow: Flow, history: list[str | int | float]
) -> None:
    layer, user, now = make_layer(), User(), 0.0
    fields = {
        "via": ["SIP/2.0/UDP h;branch=z9hG4bK1"],
        "from": ["<sip:a>;tag=1"],
        "to": ["<sip:b>"],
        "call-id": ["c"],
        "cseq": [f"1 {method}"],
    }
    request = Request(method, "sip:b", Headers(fields))
    transaction = layer.accept(request, layer.key_of(request), flow)
    transaction.user = user
    if method != "INVITE":
        transaction.give_up_later(now)
    for step in history:
        if transaction.state is State.TERMINATED:
            break
        if isinstance(step, float):
            now += step
            layer.heap.fire(now)
        elif step == "request":
            transaction.step(Input.REQUEST, now)
        elif step == "ack":
            if method == "INVITE":
                transaction.step(Input.ACK, now, request)
        elif not transaction.answered:
            layer.respond(transaction, int(step), now)
    if not transaction.answered:
        layer.respond(transaction, 500, now)
    layer.heap.fire(now + 33)
    assert transaction.state is State.TERMINATED or transaction.state is State.CONFIRMED
    layer.heap.fire(now + 70)
    assert transaction.state is State.TERMINATED
    assert len(layer) == len(layer.heap) == 0


def test_what_is_not_in_the_table_is_an_error() -> None:
    layer = make_layer()
    transaction = layer.start(Draft("BYE", "sip:b", "<sip:a>", "<sip:b>", "c", 1, ""), UDP, User(), None, 0.0)
    with pytest.raises(ImpossibleInput, match="TIMER_K in TRYING"):
        transaction.step(Input.TIMER_K, 0.0)


@pytest.mark.parametrize(
    ("method", "flow", "expected"),
    [
        ("INVITE", UDP, [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]),
        ("BYE", UDP, [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]),
        ("INVITE", TCP, []),
        ("BYE", TCP, []),
    ],
)
def test_when_a_request_is_repeated(method: str, flow: Flow, expected: list[float]) -> None:
    """§17.1.1.2: A doubles on and on; §17.1.2.2: E doubles up to T2. Over streams nothing is sent twice."""
    connections = Connections(Limits())
    connections.opened(TCP._replace(connection=0), TCP)
    layer = TransactionLayer(Timers(), TimerHeap(), connections, ("192.0.2.9", 5060), lambda: "1")
    layer.start(Draft(method, "sip:b", "<sip:a>", "<sip:b>", "c", 1, ""), flow, User(), None, 0.0)
    connections.outputs.clear()
    sent = []
    while (when := layer.heap.next()) is not None:
        layer.heap.fire(when)
        sent += [when] * len(connections.outputs)
        connections.outputs.clear()
    assert sent == expected


class TestTimerHeap:
    def test_order_and_stopping(self) -> None:
        heap, fired = TimerHeap(), []
        timers = [
            heap.start(when, lambda name, now: fired.append((name, now)), name)
            for name, when in (("b", 2.0), ("a", 1.0), ("c", 2.0))
        ]
        assert heap.next() == 1.0
        heap.stop(timers[1])
        heap.stop(timers[1])
        heap.stop(None)
        assert (len(heap), heap.next()) == (2, 2.0)
        heap.fire(1.9)
        assert not fired
        heap.fire(5.0)
        assert fired == [("b", 5.0), ("c", 5.0)]
        heap.stop(timers[0])
        assert (len(heap), heap.next()) == (0, None)

    def test_what_a_timer_starts_fires_in_the_same_call_if_due(self) -> None:
        heap, fired = TimerHeap(), []

        def again(count: int, now: float) -> None:
            fired.append(count)
            if count < 3:
                heap.start(now, again, count + 1)

        heap.start(1.0, again, 1)
        heap.fire(1.0)
        assert fired == [1, 2, 3]

    def test_stopped_timers_do_not_pile_up(self) -> None:
        """Session timers are long, and most are stopped."""
        heap = TimerHeap()
        for number in range(20_000):
            heap.stop(heap.start(900.0 + number, lambda subject, now: None, None))
        keep = heap.start(5000.0, lambda subject, now: None, None)
        assert len(heap) == 1
        assert len(heap._heap) < 2000
        heap.stop(keep)
