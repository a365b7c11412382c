"""Caller, switch and callee over a network that loses, doubles and reorders: whatever happens, every call comes to its end.

The seed decides everything; hypothesis looks for the seed and the weather that break an invariant.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sip_net import ANSWER, HELD, HOLD, OFFER, Net, Phone

from centralita.sip.events import (
    CallAnswered,
    CallCancelled,
    CallConfirmed,
    CallFailed,
    CallProgressed,
    CallReceived,
    EndCause,
    Event,
    OfferReceived,
    SessionEnded,
)
from centralita.sip.session import Session, SessionState


class Ledger:
    """What each session was told, to be checked at the end."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.sessions: list[tuple[Phone, Session]] = []
        self.told: dict[int, Counter[type[Event]]] = {}
        self.hung_up: set[int] = set()

    def add(self, phone: Phone, session: Session) -> None:
        self.sessions.append((phone, session))
        self.told[id(session)] = Counter()

    def note(self, phone: Phone, event: Event) -> None:
        if isinstance(event, CallReceived):
            self.add(phone, event.session)
        session = getattr(event, "session", None)
        if session is not None and id(session) in self.told:
            self.told[id(session)][type(event)] += 1

    def hang_up(self, phone: Phone, session: Session) -> None:
        if session.state is not SessionState.ENDED:
            self.hung_up.add(id(session))
            phone.endpoint.hang_up(session, self.net.now)

    def check(self) -> None:
        for phone, session in self.sessions:
            told = self.told[id(session)]
            assert session.state is SessionState.ENDED, (phone.host, session.state, told)
            assert max(told[SessionEnded], told[CallConfirmed], told[CallCancelled], told[CallAnswered]) <= 1
            if session.incoming:
                assert told[CallCancelled] + told[SessionEnded] <= 1
                assert not told[CallCancelled] or not told[CallConfirmed]
            else:
                assert told[CallAnswered] + told[CallFailed] == 1, (phone.host, told)
                assert not told[SessionEnded] or told[CallAnswered]


class Exchange:
    """Three endpoints: ``a`` calls, ``m`` bridges each call to ``b``, ``b`` does as it likes."""

    def __init__(self, seed: int, transport: str) -> None:
        self.net = Net(seed)
        self.random = random.Random(seed)
        self.transport = transport
        self.a, self.m, self.b = (self.net.phone(name) for name in "amb")
        self.ledger = Ledger(self.net)
        self.a.react = self.at_the_caller
        self.m.react = self.at_the_switch
        self.b.react = self.at_the_callee

    def way(self, phone: Phone) -> object:
        return phone.tcp if self.transport == "TCP" else phone.udp

    def call(self) -> Session:
        session = self.a.call(self.m, to=self.way(self.m))
        self.ledger.add(self.a, session)
        return session

    def at_the_caller(self, phone: Phone, event: Event) -> None:
        self.ledger.note(phone, event)
        if isinstance(event, OfferReceived):
            phone.endpoint.accept_offer(event.session, HELD, self.net.now)

    def at_the_switch(self, phone: Phone, event: Event) -> None:
        self.ledger.note(phone, event)
        endpoint, now = phone.endpoint, self.net.now
        session = getattr(event, "session", None)
        if not isinstance(session, Session):
            return
        other = session.owner
        if isinstance(event, CallReceived):
            leg = phone.call(self.b, to=self.way(self.b), owner=session)
            self.ledger.add(phone, leg)
            session.owner = leg
        elif not isinstance(other, Session):
            return
        elif isinstance(event, CallProgressed):
            endpoint.ring(other, 180, now)
        elif isinstance(event, CallAnswered):
            endpoint.answer(other, ANSWER, now)
        elif isinstance(event, CallFailed):
            if other.state < SessionState.ANSWERED:
                endpoint.reject(other, event.status, now)
        elif isinstance(event, CallCancelled | SessionEnded):
            self.ledger.hang_up(phone, other)
        elif isinstance(event, OfferReceived):
            endpoint.accept_offer(session, ANSWER, now)
            endpoint.offer(other, event.request.body or OFFER, now)

    def at_the_callee(self, phone: Phone, event: Event) -> None:
        self.ledger.note(phone, event)
        endpoint, now = phone.endpoint, self.net.now
        if isinstance(event, CallReceived):
            whim = self.random.random()
            if whim < 0.8:
                endpoint.ring(event.session, 180, now)
            if 0.3 < whim < 0.9:
                self.net._at(lambda: self._answer(event.session), self.random.random() * 3)
            elif whim > 0.9:
                endpoint.reject(event.session, 486, now)
        elif isinstance(event, OfferReceived):
            if self.random.random() < 0.2:
                endpoint.refuse_offer(event.session, 488, now)
            else:
                endpoint.accept_offer(event.session, HELD, now)

    def _answer(self, session: Session) -> None:
        if session.state < SessionState.ANSWERED:
            self.b.endpoint.answer(session, ANSWER, self.net.now)

    def do_something(self) -> None:
        phone, session = self.random.choice(self.ledger.sessions)
        if self.random.random() < 0.4:
            self.ledger.hang_up(phone, session)
        else:
            phone.endpoint.offer(session, self.random.choice([OFFER, HOLD, HELD]), self.net.now)

    def finish(self) -> None:
        for phone, session in self.ledger.sessions:
            self.ledger.hang_up(phone, session)
        self.net.settle()
        self.ledger.check()


def storm(seed: int, loss: float, double: float, jitter: float, transport: str, calls: int = 4) -> Exchange:
    exchange = Exchange(seed, transport)
    net = exchange.net
    net.loss, net.double, net.jitter = loss, double, jitter
    for _ in range(calls):
        exchange.call()
        net.run(exchange.random.random() * 2)
        for _ in range(3):
            exchange.do_something()
            net.run(exchange.random.random() * 3)
    exchange.finish()
    return exchange


@pytest.mark.parametrize("seed", range(25))
def test_bad_weather(seed: int) -> None:
    """A third of all datagrams is lost, a third doubled, and they overtake each other by up to a second."""
    storm(seed, 0.33, 0.33, 1.0, "UDP")


@pytest.mark.parametrize("seed", range(10))
def test_connections_that_break(seed: int) -> None:
    exchange = Exchange(seed, "TCP")
    net = exchange.net
    for _ in range(6):
        exchange.call()
        net.run(exchange.random.random() * 2)
        exchange.do_something()
        if exchange.random.random() < 0.5 and net._connections:
            net.close(exchange.random.choice(sorted(net._connections)))
        net.run(exchange.random.random() * 2)
    exchange.finish()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.floats(0, 0.6),
    st.floats(0, 0.6),
    st.floats(0, 3),
    st.sampled_from(["UDP", "TCP"]),
)
def test_any_weather(seed: int, loss: float, double: float, jitter: float, transport: str) -> None:
    storm(seed, loss, double, jitter, transport, calls=2)


def test_moderate_loss_does_not_keep_calls_from_being_answered() -> None:
    """With one datagram in ten lost the retransmissions bring every call through."""
    answered = 0
    for seed in range(20):
        net = Net(seed)
        net.loss, net.jitter = 0.1, 0.2
        a, b = net.phone("a"), net.phone("b")
        session = a.call(b)
        net.run(10)
        b.endpoint.answer(b.take(CallReceived).session, ANSWER, net.now)
        net.run(20)
        answered += a.take(CallAnswered).session is session
        b.take(CallConfirmed)
        a.endpoint.hang_up(session, net.now)
        net.run(20)
        assert b.take(SessionEnded).cause is EndCause.BYE
        net.settle()
    assert answered == 20
