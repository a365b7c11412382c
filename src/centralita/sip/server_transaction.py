"""The server transactions: a request of a peer, and our responses to it (RFC 3261 §17.2, RFC 6026 §7).

Repeating a 2xx until its ACK is not theirs but the session's (RFC 6026 §7.1); so is what a request means.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from centralita.sip.flow import Flow
from centralita.sip.message import Request
from centralita.sip.transaction import ImpossibleInput, Input, State, compile_table

if TYPE_CHECKING:
    from centralita.sip.layer import TransactionLayer
    from centralita.sip.timers import Timer


class ServerUser(Protocol):
    """Who answers a request."""

    def on_ack(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        """An ACK to our 2xx that carries the branch of the INVITE (RFC 6026 §7.1)."""

    def on_cancel(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        """A CANCEL of a request not yet answered; the CANCEL itself was answered."""

    def on_lost(self, transaction: ServerTransaction, now: float) -> None:
        """The connection is gone before we answered; the transaction is over."""


class ServerTransaction:
    """A request of a peer, and our responses to it.

    The request itself is not kept: what a response copies from it is text in ``head``, ``to`` and ``tail``.
    """

    __slots__ = (
        "flow",
        "head",
        "interval",
        "key",
        "last",
        "layer",
        "limit",
        "merge_key",
        "owner",
        "retry",
        "state",
        "subject",
        "table",
        "tag",
        "tail",
        "to",
        "user",
    )

    def __init__(self, layer: TransactionLayer, key: str, invite: bool, flow: Flow) -> None:
        self.layer = layer
        self.key = key
        self.flow = flow
        self.owner: object = None
        """Free for the application."""
        self.user: ServerUser | None = None
        self.subject: Any = None
        self.state = State.PROCEEDING if invite else State.TRYING
        self.table = INVITE_SERVER if invite else NON_INVITE_SERVER
        self.head = self.to = self.tail = ""
        self.tag = ""
        """Our tag in the To of the responses; empty where the request brought it."""
        self.last = b""
        """The last response sent, for retransmissions."""
        self.merge_key = ""
        self.interval = layer.times.t1
        self.retry: Timer | None = None
        """Timer G."""
        self.limit: Timer | None = None
        """The timer that ends the present state."""

    @property
    def answered(self) -> bool:
        """Whether a final response was sent (or can be sent no more)."""
        return self.state >= State.COMPLETED

    def give_up_later(self, now: float) -> None:
        """Bound the wait for an answer of a non-INVITE request to 64*T1, when its client gives up as well."""
        self.limit = self.layer.heap.start(now + self.layer.lifetime, _on_j, self)

    def step(self, what: Input, now: float, message: bytes | Request | None = None) -> None:
        cell = self.table[self.state][what]
        if cell is None:
            raise ImpossibleInput(f"{what.name} in {self.state.name}: {self.key}")
        self.state, actions = cell
        for action in actions:
            action(self, now, message)


# --- actions -------------------------------------------------------------------------------------------------

ServerMessage = bytes | Request | None
ServerAction = Callable[[ServerTransaction, float, ServerMessage], None]


def _send(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    assert isinstance(message, bytes)
    transaction.last = message
    transaction.layer.transmit(transaction.flow, message)


def _repeat(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    if transaction.last:
        transaction.layer.transmit(transaction.flow, transaction.last)


def _start_g(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    if not transaction.flow.reliable:
        layer = transaction.layer
        transaction.retry = layer.heap.start(now + transaction.interval, _on_g, transaction)


def _double_g(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    transaction.interval = min(transaction.interval * 2, transaction.layer.times.t2)
    _start_g(transaction, now, message)


def _start_h(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    layer = transaction.layer
    transaction.limit = layer.heap.start(now + layer.lifetime, _on_h, transaction)


def _start_i(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    if transaction.flow.reliable:
        transaction.step(Input.TIMER_I, now)
    else:
        layer = transaction.layer
        transaction.limit = layer.heap.start(now + layer.times.t4, _on_i, transaction)


def _start_j(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    layer = transaction.layer
    layer.heap.stop(transaction.limit)
    transaction.limit = None
    if transaction.flow.reliable:
        transaction.step(Input.TIMER_J, now)
    else:
        transaction.limit = layer.heap.start(now + layer.lifetime, _on_j, transaction)


def _start_l(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    layer = transaction.layer
    transaction.limit = layer.heap.start(now + layer.lifetime, _on_l, transaction)


def _stop(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    stop = transaction.layer.heap.stop
    stop(transaction.retry)
    stop(transaction.limit)
    transaction.retry = transaction.limit = None


def _trim(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    """After the final response nothing more is composed: keep only what retransmissions need."""
    transaction.head = transaction.to = transaction.tail = ""


def _pass_ack(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    assert isinstance(message, Request)
    if transaction.user is not None:
        transaction.user.on_ack(transaction, message, now)


def _report_lost(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    if transaction.user is not None:
        transaction.user.on_lost(transaction, now)


def _finish(transaction: ServerTransaction, now: float, message: ServerMessage) -> None:
    _stop(transaction, now, message)
    transaction.layer.forget_server(transaction)
    transaction.user = transaction.subject = transaction.owner = None


def _server_timer(what: Input) -> Callable[[ServerTransaction, float], None]:
    def fire(transaction: ServerTransaction, now: float) -> None:
        transaction.step(what, now)

    return fire


_on_g = _server_timer(Input.TIMER_G)
_on_h = _server_timer(Input.TIMER_H)
_on_i = _server_timer(Input.TIMER_I)
_on_j = _server_timer(Input.TIMER_J)
_on_l = _server_timer(Input.TIMER_L)


# --- tables --------------------------------------------------------------------------------------------------

#: RFC 3261 §17.2.1 figure 7, with Accepted of RFC 6026 §7.1.
INVITE_SERVER_TABLE: dict[tuple[State, Input], tuple[State, tuple[ServerAction, ...]]] = {
    (State.PROCEEDING, Input.REQUEST): (State.PROCEEDING, (_repeat,)),
    (State.PROCEEDING, Input.ACK): (State.PROCEEDING, ()),
    (State.PROCEEDING, Input.PROVISIONAL): (State.PROCEEDING, (_send,)),
    (State.PROCEEDING, Input.SUCCESS): (State.ACCEPTED, (_send, _trim, _start_l)),
    (State.PROCEEDING, Input.FAILURE): (State.COMPLETED, (_send, _trim, _start_g, _start_h)),
    (State.PROCEEDING, Input.LOST): (State.TERMINATED, (_report_lost, _finish)),
    # RFC 6026: the INVITE coming again is absorbed, since its user repeats the 2xx by itself.
    (State.ACCEPTED, Input.REQUEST): (State.ACCEPTED, ()),
    (State.ACCEPTED, Input.ACK): (State.ACCEPTED, (_pass_ack,)),
    (State.ACCEPTED, Input.SUCCESS): (State.ACCEPTED, (_repeat,)),
    (State.ACCEPTED, Input.LOST): (State.ACCEPTED, ()),
    (State.ACCEPTED, Input.TIMER_L): (State.TERMINATED, (_finish,)),
    (State.COMPLETED, Input.REQUEST): (State.COMPLETED, (_repeat,)),
    (State.COMPLETED, Input.ACK): (State.CONFIRMED, (_stop, _start_i)),
    (State.COMPLETED, Input.TIMER_G): (State.COMPLETED, (_repeat, _double_g)),
    (State.COMPLETED, Input.TIMER_H): (State.TERMINATED, (_finish,)),
    (State.COMPLETED, Input.LOST): (State.TERMINATED, (_finish,)),
    (State.CONFIRMED, Input.REQUEST): (State.CONFIRMED, ()),
    (State.CONFIRMED, Input.ACK): (State.CONFIRMED, ()),
    (State.CONFIRMED, Input.LOST): (State.TERMINATED, (_finish,)),
    (State.CONFIRMED, Input.TIMER_I): (State.TERMINATED, (_finish,)),
}

#: RFC 3261 §17.2.2 figure 8.
NON_INVITE_SERVER_TABLE: dict[tuple[State, Input], tuple[State, tuple[ServerAction, ...]]] = {
    (State.TRYING, Input.REQUEST): (State.TRYING, ()),
    (State.TRYING, Input.PROVISIONAL): (State.PROCEEDING, (_send,)),
    (State.TRYING, Input.SUCCESS): (State.COMPLETED, (_send, _trim, _start_j)),
    (State.TRYING, Input.FAILURE): (State.COMPLETED, (_send, _trim, _start_j)),
    (State.TRYING, Input.LOST): (State.TERMINATED, (_report_lost, _finish)),
    # Nobody answered within 64*T1: the client has given up, and a 408 would only do harm (RFC 4320 §4.2).
    (State.TRYING, Input.TIMER_J): (State.TERMINATED, (_finish,)),
    (State.PROCEEDING, Input.REQUEST): (State.PROCEEDING, (_repeat,)),
    (State.PROCEEDING, Input.PROVISIONAL): (State.PROCEEDING, (_send,)),
    (State.PROCEEDING, Input.SUCCESS): (State.COMPLETED, (_send, _trim, _start_j)),
    (State.PROCEEDING, Input.FAILURE): (State.COMPLETED, (_send, _trim, _start_j)),
    (State.PROCEEDING, Input.LOST): (State.TERMINATED, (_report_lost, _finish)),
    (State.PROCEEDING, Input.TIMER_J): (State.TERMINATED, (_finish,)),
    (State.COMPLETED, Input.REQUEST): (State.COMPLETED, (_repeat,)),
    (State.COMPLETED, Input.LOST): (State.TERMINATED, (_finish,)),
    (State.COMPLETED, Input.TIMER_J): (State.TERMINATED, (_finish,)),
}

INVITE_SERVER = compile_table(INVITE_SERVER_TABLE)
NON_INVITE_SERVER = compile_table(NON_INVITE_SERVER_TABLE)
