"""Sockets: SIP over UDP and TCP, with limits on what strangers may open. Bytes go in and out, nothing is understood here."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

import structlog

from centralita.sip.flow import Flow, Target

log = structlog.get_logger("net")

DATAGRAMS_AT_ONCE = 64
"""Read in a row before what they caused is sent: one write of the journal serves them all."""
GATHER_SECONDS = 0.02
"""Between two looks at the socket while datagrams come faster than that: waking up costs more than most of them. Nobody
hears it, since it is what one packet of audio lasts, and SIP repeats after half a second."""
RECEIVE_BUFFER = 4 * 1024 * 1024
"""Bytes that the kernel may hold for us while we are busy."""
WRITE_LIMIT = 1024 * 1024
"""Bytes queued towards a stream peer that does not read, before its connection is closed."""
MAPPED = "::ffff:"
"""How an IPv4 peer looks on an IPv6 socket (RFC 4291 §2.5.5.2)."""


class Sockets:
    """Fulfils ports.Network. ``received`` gets bytes, ``turn`` is called once after those that came together."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        received: Callable[[bytes, Flow], None],
        opened: Callable[[Flow, Flow], None],
        closed: Callable[[Flow], None],
        turn: Callable[[], None],
        *,
        max_connections: int,
        max_per_address: int,
    ) -> None:
        self._loop = loop
        self._received = received
        self._opened = opened
        self._closed = closed
        self._turn = turn
        self._max_connections = max_connections
        self._max_per_address = max_per_address
        self._udp: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._next_connection = 1
        self._connections: dict[int, Connection] = {}
        self._from: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._mapped = False
        self._looked = 0.0
        self._gathering: asyncio.TimerHandle | None = None

    async def listen(self, bind: str, port: int) -> None:
        """Open the UDP and TCP port. Raises OSError."""
        family = socket.AF_INET6 if ":" in bind else socket.AF_INET
        udp = socket.socket(family, socket.SOCK_DGRAM)
        udp.setblocking(False)
        if family == socket.AF_INET6:
            udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            self._mapped = True
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            udp.bind((bind, port))
        except OSError:
            udp.close()
            raise
        self._udp = udp
        self._server = await self._loop.create_server(
            lambda: Connection(self), bind, port, family=family, backlog=1024, reuse_address=True
        )
        self._loop.add_reader(udp.fileno(), self._readable)

    @property
    def connections(self) -> int:
        return len(self._connections)

    def _readable(self) -> None:
        """The first datagram after a while is taken at once; those that come right behind it gather for a moment."""
        early = self._looked + GATHER_SECONDS - self._loop.time()
        if early > 0.0:
            self._loop.remove_reader(cast(socket.socket, self._udp).fileno())
            self._gathering = self._loop.call_later(early, self._gathered)
        else:
            self._take()

    def _gathered(self) -> None:
        """Take what has gathered, and let more gather as long as it is worth it."""
        count = self._take()
        if count > 1:
            pause = 0.0 if count == DATAGRAMS_AT_ONCE else GATHER_SECONDS
            self._gathering = self._loop.call_later(pause, self._gathered)
        else:
            self._gathering = None
            self._loop.add_reader(cast(socket.socket, self._udp).fileno(), self._readable)

    def _take(self) -> int:
        """Read what there is, as far as it may be read in a row, and let the switch act on it. How many datagrams it was."""
        self._looked = self._loop.time()
        count = self._read_burst()
        self._turn()
        return count

    def _read_burst(self) -> int:
        udp = cast(socket.socket, self._udp)
        receive, received = udp.recvfrom, self._received
        for count in range(DATAGRAMS_AT_ONCE):
            try:
                data, address = receive(65535)
            except (BlockingIOError, InterruptedError):
                return count
            except ConnectionError:
                continue  # an ICMP error of something sent before
            host = address[0]
            if self._mapped and host.startswith(MAPPED):
                host = host[7:]
            received(data, Flow("UDP", host, address[1]))
        return DATAGRAMS_AT_ONCE

    # --- ports.Network --------------------------------------------------------------------------------------------

    def send(self, data: bytes, flow: Flow) -> None:
        if flow.transport == "UDP":
            host = flow.host
            if self._mapped and ":" not in host:
                host = MAPPED + host
            try:
                cast(socket.socket, self._udp).sendto(data, (host, flow.port))
            except OSError as error:
                # Lost like any datagram; the transaction layer sends it again.
                log.debug("not sent", to=flow.host, error=str(error))
            return
        connection = self._connections.get(flow.connection)
        if connection is not None:
            connection.write(data)

    def open(self, flow: Flow) -> None:
        task = self._loop.create_task(self._connect(flow))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self, flow: Flow) -> None:
        connection = self._connections.get(flow.connection)
        if connection is not None:
            connection.abort()

    async def _connect(self, flow: Flow) -> None:
        connection = Connection(self, wanted=flow)
        try:
            async with asyncio.timeout(10):
                await self._loop.create_connection(lambda: connection, flow.host, flow.port)
        except (OSError, TimeoutError) as error:
            log.info("no connection", to=f"{flow.host}:{flow.port}", error=str(error))
            self._closed(flow)
            self._turn()

    async def shut(self) -> None:
        """Close everything."""
        if self._gathering is not None:
            self._gathering.cancel()
        if self._udp is not None:
            self._loop.remove_reader(self._udp.fileno())
            self._udp.close()
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections.values()):
            connection.abort()
        for task in list(self._tasks):
            task.cancel()

    # --- connections tell -----------------------------------------------------------------------------------------

    def register(self, connection: Connection, host: str, port: int) -> Flow | None:
        """A number for a connection that is up; None if this address has too many."""
        outgoing = connection.wanted is not None
        if not outgoing and (
            len(self._connections) >= self._max_connections or self._from[host] >= self._max_per_address
        ):
            log.warning("too many connections", source=host)
            return None
        flow = Flow("TCP", host, port, self._next_connection)
        self._next_connection += 1
        self._connections[flow.connection] = connection
        self._from[host] += 1
        if connection.wanted is not None:
            self._opened(connection.wanted, flow)
            self._turn()
        return flow

    def data(self, data: bytes, flow: Flow) -> None:
        self._received(data, flow)
        self._turn()

    def lost(self, flow: Flow) -> None:
        del self._connections[flow.connection]
        self._from[flow.host] -= 1
        if not self._from[flow.host]:
            del self._from[flow.host]
        self._closed(flow)
        self._turn()


class Connection(asyncio.Protocol):
    """One TCP connection."""

    def __init__(self, sockets: Sockets, wanted: Flow | None = None) -> None:
        self._sockets = sockets
        self.wanted = wanted
        self._transport: asyncio.Transport | None = None
        self._flow: Flow | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._flow = self._sockets.register(self, peer[0].removeprefix(MAPPED), peer[1]) if peer else None
        if self._flow is None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._flow is not None:
            self._sockets.data(data, self._flow)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._flow is not None:
            self._sockets.lost(self._flow)

    def write(self, data: bytes) -> None:
        transport = cast(asyncio.Transport, self._transport)
        if transport.get_write_buffer_size() > WRITE_LIMIT:
            transport.abort()
            return
        transport.write(data)

    def abort(self) -> None:
        cast(asyncio.Transport, self._transport).abort()


class LoopResolver:
    """Fulfils ports.Resolver by the system's resolver, in the loop's threads."""

    def __init__(self, loop: asyncio.AbstractEventLoop, turn: Callable[[], None]) -> None:
        self._loop = loop
        self._turn = turn
        self._tasks: set[asyncio.Task[None]] = set()

    def resolve(self, target: Target, done: Callable[[Sequence[Flow]], None]) -> None:
        task = self._loop.create_task(self._resolve(target, done))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _resolve(self, target: Target, done: Callable[[Sequence[Flow]], None]) -> None:
        try:
            async with asyncio.timeout(10):
                found = await self._loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError, UnicodeError) as error:
            log.warning("name not resolved", name=target.host, error=str(error) or "no answer in time")
            found = []
        done([Flow(target.transport, str(info[4][0]), target.port) for info in found])
        self._turn()
