"""The client transactions: a request of ours until its final response (RFC 3261 §17.1, RFC 6026 §8).

Which transaction a response belongs to is found by :mod:`centralita.sip.layer`; trying again elsewhere or
with credentials is left to :mod:`centralita.sip.sender`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from centralita.sip.flow import Flow
from centralita.sip.message import Response
from centralita.sip.transaction import ImpossibleInput, Input, State, compile_table

if TYPE_CHECKING:
    from centralita.sip.compose import Draft
    from centralita.sip.layer import TransactionLayer
    from centralita.sip.timers import Timer


class ClientUser(Protocol):
    """Who sent a request, told what becomes of it."""

    def on_response(self, transaction: ClientTransaction, response: Response, now: float) -> None:
        """Every provisional response, the final one, and every 2xx to an INVITE (several, and repeated ones)."""

    def on_timeout(self, transaction: ClientTransaction, now: float) -> None:
        """No final response came in time; the transaction is over."""

    def on_overdue(self, transaction: ClientTransaction, now: float) -> None:
        """Timer C: an INVITE has had provisional responses only, for too long. The transaction goes on."""

    def on_lost(self, transaction: ClientTransaction, now: float) -> None:
        """The connection is gone before a final response; the transaction is over."""


class ClientTransaction:
    """A request of ours: what was sent, and who waits for the response in ``user`` and ``subject``."""

    __slots__ = (
        "data",
        "draft",
        "expiring",
        "flow",
        "interval",
        "key",
        "layer",
        "limit",
        "retry",
        "state",
        "subject",
        "table",
        "user",
        "via",
    )

    def __init__(
        self,
        layer: TransactionLayer,
        draft: Draft,
        branch: str,
        flow: Flow,
        user: ClientUser,
        subject: object,
    ) -> None:
        invite = draft.method == "INVITE"
        self.layer = layer
        self.draft = draft
        self.key = f"{branch}|{draft.method}"
        self.via = layer.via(flow.transport, branch)
        self.data = draft.encode(self.via)
        self.flow = flow
        self.user: ClientUser | None = user
        self.subject: Any = subject
        self.state = State.CALLING if invite else State.TRYING
        self.table = INVITE_CLIENT if invite else NON_INVITE_CLIENT
        self.interval = layer.times.t1
        self.expiring = False
        """Cancelled: timer B runs again, and C no more."""
        self.retry: Timer | None = None
        """Timer A or E."""
        self.limit: Timer | None = None
        """The timer that ends the present state."""

    def begin(self, now: float) -> None:
        """Send the request for the first time and start its timers (A only where nobody else retransmits)."""
        layer = self.layer
        invite = self.state is State.CALLING
        if not self.flow.reliable:
            self.retry = layer.heap.start(now + self.interval, _on_a if invite else _on_e, self)
        self.limit = layer.heap.start(now + layer.lifetime, _on_b if invite else _on_f, self)

    def expire(self, now: float) -> None:
        """Give a cancelled INVITE 64*T1 for its final response (RFC 3261 §9.1)."""
        if self.state is State.PROCEEDING:
            self.expiring = True
            self.layer.heap.stop(self.limit)
            self.limit = self.layer.heap.start(now + self.layer.lifetime, _on_b, self)

    def step(self, what: Input, now: float, response: Response | None = None) -> None:
        cell = self.table[self.state][what]
        if cell is None:
            raise ImpossibleInput(f"{what.name} in {self.state.name}: {self.key}")
        self.state, actions = cell
        for action in actions:
            action(self, now, response)


# --- actions -------------------------------------------------------------------------------------------------

ClientAction = Callable[[ClientTransaction, float, Response | None], None]


def _resend(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    transaction.layer.transmit(transaction.flow, transaction.data)


def _double_a(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    transaction.interval *= 2
    transaction.retry = transaction.layer.heap.start(now + transaction.interval, _on_a, transaction)


def _double_e(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    transaction.interval = min(transaction.interval * 2, transaction.layer.times.t2)
    transaction.retry = transaction.layer.heap.start(now + transaction.interval, _on_e, transaction)


def _slow_e(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    """§17.1.2.2: in Proceeding the request is repeated every T2."""
    transaction.retry = transaction.layer.heap.start(now + transaction.layer.times.t2, _on_e, transaction)


def _stop(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    stop = transaction.layer.heap.stop
    stop(transaction.retry)
    stop(transaction.limit)
    transaction.retry = transaction.limit = None


def _start_c(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    """Every provisional response begins it anew (§16.7 step 2)."""
    if transaction.expiring:
        return
    layer = transaction.layer
    layer.heap.stop(transaction.limit)
    transaction.limit = layer.heap.start(now + layer.times.c, _on_c, transaction)


def _start_d(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    """More than 32 s over UDP, none over a stream (§17.1.1.2)."""
    if transaction.flow.reliable:
        transaction.step(Input.TIMER_D, now)
    else:
        layer = transaction.layer
        transaction.limit = layer.heap.start(now + layer.lifetime, _on_d, transaction)


def _start_k(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    if transaction.flow.reliable:
        transaction.step(Input.TIMER_K, now)
    else:
        layer = transaction.layer
        transaction.limit = layer.heap.start(now + layer.times.t4, _on_k, transaction)


def _start_m(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    layer = transaction.layer
    transaction.limit = layer.heap.start(now + layer.lifetime, _on_m, transaction)


def _acknowledge(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    """§17.1.1.3: the ACK to a response other than 2xx belongs to the transaction."""
    assert response is not None
    data = transaction.draft.ack(transaction.via, response.headers.fields["to"][0])
    transaction.layer.transmit(transaction.flow, data)


def _report(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    assert response is not None
    if transaction.user is not None:
        transaction.user.on_response(transaction, response, now)


def _report_timeout(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    if transaction.user is not None:
        transaction.user.on_timeout(transaction, now)


def _report_overdue(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    transaction.limit = None
    if transaction.user is not None:
        transaction.user.on_overdue(transaction, now)


def _report_lost(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    if transaction.user is not None:
        transaction.user.on_lost(transaction, now)


def _finish(transaction: ClientTransaction, now: float, response: Response | None) -> None:
    _stop(transaction, now, response)
    transaction.layer.forget_client(transaction)
    transaction.user = transaction.subject = None


def _client_timer(what: Input) -> Callable[[ClientTransaction, float], None]:
    def fire(transaction: ClientTransaction, now: float) -> None:
        transaction.step(what, now)

    return fire


_on_a = _client_timer(Input.TIMER_A)
_on_b = _client_timer(Input.TIMER_B)
_on_c = _client_timer(Input.TIMER_C)
_on_d = _client_timer(Input.TIMER_D)
_on_e = _client_timer(Input.TIMER_E)
_on_f = _client_timer(Input.TIMER_F)
_on_k = _client_timer(Input.TIMER_K)
_on_m = _client_timer(Input.TIMER_M)


# --- tables --------------------------------------------------------------------------------------------------

#: RFC 3261 §17.1.1 figure 5, with Accepted of RFC 6026 §8.4.
INVITE_CLIENT_TABLE: dict[tuple[State, Input], tuple[State, tuple[ClientAction, ...]]] = {
    (State.CALLING, Input.TIMER_A): (State.CALLING, (_resend, _double_a)),
    (State.CALLING, Input.TIMER_B): (State.TERMINATED, (_report_timeout, _finish)),
    (State.CALLING, Input.PROVISIONAL): (State.PROCEEDING, (_stop, _start_c, _report)),
    (State.CALLING, Input.SUCCESS): (State.ACCEPTED, (_stop, _start_m, _report)),
    (State.CALLING, Input.FAILURE): (State.COMPLETED, (_stop, _acknowledge, _report, _start_d)),
    (State.CALLING, Input.LOST): (State.TERMINATED, (_report_lost, _finish)),
    (State.PROCEEDING, Input.PROVISIONAL): (State.PROCEEDING, (_start_c, _report)),
    (State.PROCEEDING, Input.SUCCESS): (State.ACCEPTED, (_stop, _start_m, _report)),
    (State.PROCEEDING, Input.FAILURE): (State.COMPLETED, (_stop, _acknowledge, _report, _start_d)),
    # Over a connection that is gone no final response can come; RFC 3261 leaves it to timer C.
    (State.PROCEEDING, Input.LOST): (State.TERMINATED, (_report_lost, _finish)),
    # Timer B runs again once we have cancelled (§9.1: 64*T1 after CANCEL it counts as cancelled).
    (State.PROCEEDING, Input.TIMER_B): (State.TERMINATED, (_report_timeout, _finish)),
    (State.PROCEEDING, Input.TIMER_C): (State.PROCEEDING, (_report_overdue,)),
    (State.COMPLETED, Input.FAILURE): (State.COMPLETED, (_acknowledge,)),
    (State.COMPLETED, Input.PROVISIONAL): (State.COMPLETED, ()),
    (State.COMPLETED, Input.SUCCESS): (State.COMPLETED, ()),
    # The user has its final response already: no second one is told, although figure 5 does.
    (State.COMPLETED, Input.LOST): (State.TERMINATED, (_finish,)),
    (State.COMPLETED, Input.TIMER_D): (State.TERMINATED, (_finish,)),
    # Every 2xx goes up: repeated ones want an ACK again, those of other branches are dialogs of their own.
    (State.ACCEPTED, Input.SUCCESS): (State.ACCEPTED, (_report,)),
    (State.ACCEPTED, Input.PROVISIONAL): (State.ACCEPTED, ()),
    (State.ACCEPTED, Input.FAILURE): (State.ACCEPTED, ()),
    (State.ACCEPTED, Input.LOST): (State.ACCEPTED, ()),
    (State.ACCEPTED, Input.TIMER_M): (State.TERMINATED, (_finish,)),
}

#: RFC 3261 §17.1.2 figure 6.
NON_INVITE_CLIENT_TABLE: dict[tuple[State, Input], tuple[State, tuple[ClientAction, ...]]] = {
    (State.TRYING, Input.TIMER_E): (State.TRYING, (_resend, _double_e)),
    (State.TRYING, Input.TIMER_F): (State.TERMINATED, (_report_timeout, _finish)),
    (State.TRYING, Input.PROVISIONAL): (State.PROCEEDING, (_report,)),
    (State.TRYING, Input.SUCCESS): (State.COMPLETED, (_stop, _report, _start_k)),
    (State.TRYING, Input.FAILURE): (State.COMPLETED, (_stop, _report, _start_k)),
    (State.TRYING, Input.LOST): (State.TERMINATED, (_report_lost, _finish)),
    (State.PROCEEDING, Input.TIMER_E): (State.PROCEEDING, (_resend, _slow_e)),
    (State.PROCEEDING, Input.TIMER_F): (State.TERMINATED, (_report_timeout, _finish)),
    (State.PROCEEDING, Input.PROVISIONAL): (State.PROCEEDING, (_report,)),
    (State.PROCEEDING, Input.SUCCESS): (State.COMPLETED, (_stop, _report, _start_k)),
    (State.PROCEEDING, Input.FAILURE): (State.COMPLETED, (_stop, _report, _start_k)),
    (State.PROCEEDING, Input.LOST): (State.TERMINATED, (_report_lost, _finish)),
    (State.COMPLETED, Input.PROVISIONAL): (State.COMPLETED, ()),
    (State.COMPLETED, Input.SUCCESS): (State.COMPLETED, ()),
    (State.COMPLETED, Input.FAILURE): (State.COMPLETED, ()),
    (State.COMPLETED, Input.LOST): (State.TERMINATED, (_finish,)),
    (State.COMPLETED, Input.TIMER_K): (State.TERMINATED, (_finish,)),
}

INVITE_CLIENT = compile_table(INVITE_CLIENT_TABLE)
NON_INVITE_CLIENT = compile_table(NON_INVITE_CLIENT_TABLE)
