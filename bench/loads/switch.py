"""What a call costs the switch alone: the real one, with its real journal, on a virtual clock in this process.

The messages that a provider and a telephone send are recorded once from the tests' simulated world, then given to fresh switches
with the same randomness, which therefore do the same. Sockets, audio and the kernel have no part in it. The cheapest of many
short pieces counts: what other work on the machine adds to the rest is not the switch's, so figures can be compared over days.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import time
from pathlib import Path

from centralita.pbx.model.device import Device
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.sip.flow import Flow
from centralita.store.journal import JournalWriter

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests/sim"))

from world import World, WorldIds, tenant

CALLS = 200
APART = 0.02
"""Seconds of the virtual clock between two calls, so that some thirty are up at once."""
PIECE = 10
"""Calls measured together: some milliseconds, which other work seldom interrupts all of."""
WARM = 6
"""Pieces at first that count for nothing: calls begin and none ends yet."""
ROUNDS = 5
TIMER_GRAIN = 0.02
"""As the service has it."""

Datagram = tuple[float, bytes, Flow]


def call() -> float:
    """ms of CPU a call: trunk → number → user with one device → 180 → answer → half a second → BYE, and its events on record."""
    seen = _Recording(seed=1)
    seen.place(CALLS)
    return min(_round(seen) for _ in range(ROUNDS))


def _round(seen: _Recording) -> float:
    with tempfile.TemporaryDirectory(prefix="centralita-bench-switch-") as folder:
        world = _Replaying(seed=1)
        for datagram in seen.registration:
            world.take(datagram)
        world.exchange.journal = JournalWriter(Path(folder), lambda: world.time.instant, sync_seconds=60)
        gc.collect()
        gc.freeze()  # as the service does
        try:
            cheapest = _cheapest(world, seen.came)
        finally:
            gc.unfreeze()
            world.exchange.journal.close()
    if world.sent != seen.sent:
        raise RuntimeError(f"the switch alone sent {world.sent} messages, in its world {seen.sent}")
    return cheapest


def _cheapest(world: _Replaying, datagrams: list[Datagram]) -> float:
    took = []
    size = PIECE * (len(datagrams) // CALLS)
    for start in range(0, len(datagrams), size):
        began = time.thread_time()
        for datagram in datagrams[start : start + size]:
            world.take(datagram)
        took.append(1000 * (time.thread_time() - began) / PIECE)
    # At both ends of the row fewer calls are up than in between.
    return min(took[WARM:-WARM])


def _tenant() -> Snapshot:
    """The tests' one, with a user who may have many calls at once."""
    user = User(id="u1", name="User 1", site="hq", extension="101", max_calls=100)
    device = {"id": "d1", "user": "u1", "username": "phone1", "password": "secret-of-1"}
    return tenant(0, more=[user, Device.model_validate(device)])


class _Steady(World):
    """Its switch has randomness of its own, so that it does the same whoever is around it; and it sets timers as the service does."""

    def __init__(self, seed: int) -> None:
        self.sent = 0
        super().__init__(seed, snapshot=_tenant())

    def start_switch(self) -> None:
        shared = self.random, self.ids
        self.random = random.Random(2)
        self.ids = WorldIds(random.Random(3))
        super().start_switch()
        self.random, self.ids = shared

    def turn(self) -> None:
        self.exchange.turn()
        when, now = self.exchange.endpoint.timer(), self.time.instant
        if when is not None and (self._armed is None or not now < self._armed_at <= when + 0.001):
            if self._armed is not None:
                self._armed.cancel()
            self._armed_at = when
            self._armed = self.time.at(when + TIMER_GRAIN, self._timer)

    def send(self, data: bytes, flow: Flow) -> None:
        self.sent += 1


class _Recording(_Steady):
    """The whole world, once, to see what comes to the switch."""

    def __init__(self, seed: int) -> None:
        self.came: list[Datagram] = []
        self.registration: list[Datagram] = []
        super().__init__(seed)

    def place(self, calls: int) -> None:
        phone = self.phones[0]
        phone.answer_after = 0.1
        self.provider.talk_for = 0.5
        phone.register()
        self.run(2)
        self.registration, self.came = self.came, []
        for _ in range(calls):
            self.provider.call("+34910000001", from_user="+34600000001")
            self.run(APART)
        self.run(3)

    def send(self, data: bytes, flow: Flow) -> None:
        super().send(data, flow)
        World.send(self, data, flow)

    def _receive(self, data: bytes, flow: Flow) -> None:
        self.came.append((self.time.instant, data, flow))
        super()._receive(data, flow)


class _Replaying(_Steady):
    """The switch alone: what it sends goes nowhere."""

    def take(self, datagram: Datagram) -> None:
        when, data, flow = datagram
        self.time.run(when)
        self._receive(data, flow)
