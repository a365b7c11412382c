"""Datagrams that come close behind one another are taken together; one that comes alone is taken at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from functools import partial

import uvloop

from centralita.sip.flow import Flow
from centralita.switch.net import DATAGRAMS_AT_ONCE, GATHER_SECONDS, Sockets

HOST = "127.0.0.1"


class Listener:
    """Sockets of a switch that only counts."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.got: list[bytes] = []
        self.turns: list[int] = []
        """How many datagrams had come at each turn."""
        self._changed = asyncio.Event()
        self.sockets = Sockets(
            loop,
            self._received,
            lambda wanted, flow: None,
            lambda flow: None,
            self._turn,
            max_connections=1,
            max_per_address=1,
        )

    def _received(self, data: bytes, flow: Flow) -> None:
        self.got.append(data)

    def _turn(self) -> None:
        self.turns.append(len(self.got))
        self._changed.set()

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not done():
                self._changed.clear()
                await self._changed.wait()


def _has(listener: Listener, count: int) -> bool:
    return len(listener.got) == count


def run(test: Callable[[Listener, Callable[[int], None]], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind((HOST, 0))
            port: int = free.getsockname()[1]
        listener = Listener(asyncio.get_running_loop())
        await listener.sockets.listen(HOST, port)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

            def send(count: int) -> None:
                for number in range(count):
                    sender.sendto(b"%d" % number, (HOST, port))

            try:
                await test(listener, send)
            finally:
                await listener.sockets.shut()

    uvloop.run(main())


def test_what_comes_right_behind_is_taken_together() -> None:
    async def test(listener: Listener, send: Callable[[int], None]) -> None:
        send(1)
        await listener.until(lambda: len(listener.got) == 1)
        for _ in range(10):
            send(3)
            await asyncio.sleep(0)
        await listener.until(lambda: len(listener.got) == 31)
        assert len(listener.turns) <= 4

    run(test)


def test_after_a_pause_the_next_one_is_taken_at_once() -> None:
    async def test(listener: Listener, send: Callable[[int], None]) -> None:
        for count in (1, 2, 3):
            send(1)
            await listener.until(partial(_has, listener, count))
            await asyncio.sleep(2 * GATHER_SECONDS)
        assert listener.turns == [1, 2, 3]

    run(test)


def test_more_than_fit_in_a_row_are_read_without_a_pause_and_none_is_lost() -> None:
    async def test(listener: Listener, send: Callable[[int], None]) -> None:
        loop = asyncio.get_running_loop()
        send(4 * DATAGRAMS_AT_ONCE + 1)
        await listener.until(lambda: len(listener.got) == 4 * DATAGRAMS_AT_ONCE + 1)
        assert listener.got == [b"%d" % number for number in range(4 * DATAGRAMS_AT_ONCE + 1)]
        assert listener.turns[:4] == [DATAGRAMS_AT_ONCE * times for times in (1, 2, 3, 4)]
        before = len(listener.turns)
        await asyncio.sleep(3 * GATHER_SECONDS)
        assert len(listener.turns) <= before + 1, "it does not go on looking where nothing comes"
        send(1)
        sent = loop.time()
        await listener.until(lambda: len(listener.got) == 4 * DATAGRAMS_AT_ONCE + 2)
        assert loop.time() - sent < 5

    run(test)
