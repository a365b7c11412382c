"""RTP load: calls that speak both ways, 50 packets a second each, through the ports of a relay; delay and loss measured.

Each packet carries its call, its direction and the instant of sending. Addresses that several calls share are bound once: an
exchange tells its legs apart by its own ports, and the fewer sockets the generator has the less it costs beside what it
measures. Run as a program it drives a media worker of ours through the MediaClient and prints the cost of a packet.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from struct import Struct
from typing import Protocol

from centralita.media.client import MediaClient, MediaSettings, WorkerSpec
from centralita.ports import MediaLeg, MediaTarget, MediaUnavailable
from centralita.rtp.format import PCMA

Address = tuple[str, int]
_PACKET = Struct("!BBHII4xId")
"""RTP header, then in the payload: four bytes left alone, the stream's number, the instant of sending."""
_STAMP = Struct("!Id")
_STAMP_AT = 16
_SIZE = 172
"""A-law, 20 ms."""
_FRAME = 0.02
_SLOTS = 20
"""Parts of 20 ms over which the calls are spread: no burst is of the generator's making."""
_BUFFER = 4 * 1024 * 1024
_LATE = 0.005


class Path4(Protocol):
    """One call: whence each party's audio comes, and to which port of the relay it goes."""

    @property
    def caller(self) -> Address: ...
    @property
    def caller_sends_to(self) -> Address: ...
    @property
    def callee(self) -> Address: ...
    @property
    def callee_sends_to(self) -> Address: ...


@dataclass(frozen=True, slots=True)
class Result:
    """Delays in milliseconds from the generator's send to its receive, relay and loopback together."""

    calls: int
    seconds: float
    sent: int
    received: int
    strayed: int
    """Packets that came out where they do not belong."""
    loss: float
    """Per cent."""
    delay_median: float
    delay_p99: float
    delay_max: float
    late: float
    """Share of its slots that the generator began more than 5 ms late: above a few per cent it measures itself."""


class Load:
    """The parties of all calls. ``run`` may be called again and again: the streams go on."""

    def __init__(self, paths: Sequence[Path4], payload_type: int = 8) -> None:
        """Binds the parties' addresses. Raises OSError where one is taken."""
        self._sockets: dict[Address, socket.socket] = {}
        self._type = payload_type
        self._calls = len(paths)
        self._next = 0
        self._out = bytearray(b"\xd5" * _SIZE)
        self._in = bytearray(2048)
        self._delays: list[float] = []
        self._strayed = 0
        self._epoll = select.epoll()
        self._by_fd: dict[int, tuple[Callable[[bytearray], int], set[int]]] = {}
        slots = max(1, min(_SLOTS, len(paths)))
        self._slots: list[list[tuple[Callable[[bytearray, Address], int], Address, int]]] = [
            [] for _ in range(slots)
        ]
        for index, path in enumerate(paths):
            caller, callee = self._bind(path.caller), self._bind(path.callee)
            self._by_fd[callee.fileno()][1].add(2 * index)
            self._by_fd[caller.fileno()][1].add(2 * index + 1)
            self._slots[index % slots].append((caller.sendto, path.caller_sends_to, 2 * index))
            self._slots[index % slots].append((callee.sendto, path.callee_sends_to, 2 * index + 1))

    def _bind(self, address: Address) -> socket.socket:
        sock = self._sockets.get(address)
        if sock is None:
            sock = self._sockets[address] = socket.socket(
                socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
            )
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            sock.bind(address)
            self._epoll.register(sock, select.EPOLLIN)
            self._by_fd[sock.fileno()] = (sock.recv_into, set())
        return sock

    def close(self) -> None:
        self._epoll.close()
        for sock in self._sockets.values():
            sock.close()

    def run(self, seconds: float) -> Result:
        """Send for that long, then wait a moment for what is still under way."""
        self._delays.clear()
        self._strayed = 0
        slots, pack, out, clock = self._slots, _PACKET.pack_into, self._out, time.monotonic
        rounds = int(seconds / _FRAME)
        start = clock() + 0.02
        late = 0
        for number in range(rounds * len(slots)):
            due = start + number * _FRAME / len(slots)
            self._receive_until(due)
            late += clock() - due > _LATE
            index = self._next + number // len(slots)
            sequence, timestamp = index & 0xFFFF, 160 * index & 0xFFFFFFFF
            for sendto, address, stream in slots[number % len(slots)]:
                pack(out, 0, 0x80, self._type, sequence, timestamp, stream + 1, stream, clock())
                sendto(out, address)
        self._next += rounds
        self._receive_until(clock() + 0.2)
        sent = 2 * self._calls * rounds
        delays = sorted(self._delays)
        return Result(
            calls=self._calls,
            seconds=seconds,
            sent=sent,
            received=len(delays),
            strayed=self._strayed,
            loss=100 * (sent - len(delays)) / sent if sent else 0.0,
            delay_median=1000 * statistics.median(delays) if delays else 0.0,
            delay_p99=1000 * delays[int(len(delays) * 0.99)] if delays else 0.0,
            delay_max=1000 * delays[-1] if delays else 0.0,
            late=late / max(1, rounds * len(slots)),
        )

    def _receive_until(self, instant: float) -> None:
        buffer, delays, clock, unpack = self._in, self._delays, time.monotonic, _STAMP.unpack_from
        while (left := instant - clock()) > 0:
            for fd, _ in self._epoll.poll(left if left > 0.001 else 0.0, 512):
                take, streams = self._by_fd[fd]
                try:
                    for _ in range(256):
                        if take(buffer) != _SIZE:
                            continue
                        stream, at = unpack(buffer, _STAMP_AT)
                        delays.append(clock() - at)
                        if stream not in streams:
                            self._strayed += 1
                        if len(self._by_fd) > 8:
                            break
                except BlockingIOError:
                    continue


def cpu_seconds(pid: int) -> float:
    """CPU that a process has taken, as the scheduler counts it, in all its threads."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def private_kib(pid: int) -> int:
    """Memory that would be free without this process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


# --- our own worker ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Relayed:
    caller: Address
    caller_sends_to: Address
    callee: Address
    callee_sends_to: Address


class Owner:
    """Counts the ends of legs; nothing else is to happen."""

    closed = 0

    def on_digit(self, digit: str) -> None:
        raise AssertionError(f"nobody dialled {digit}")

    def on_played(self) -> None:
        raise AssertionError("nothing was played")

    def on_recorded(self, recording: object) -> None:
        raise AssertionError(f"nothing was recorded: {recording}")

    def on_quality(self, quality: object) -> None:
        self.closed += 1

    def on_silent(self) -> None:
        raise AssertionError("nobody is silent for so long")


class _Timer:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    """As much of an event loop as the MediaClient needs."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, _Timer, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._poll = select.poll()
        self._readers: dict[int, Callable[[], None]] = {}

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def call_at(self, when: float, callback: Callable[[], None]) -> _Timer:
        timer = _Timer()
        heapq.heappush(self._heap, (when, next(self._numbers), timer, callback))
        return timer

    def add_reader(self, fd: int, callback: Callable[[], None]) -> None:
        self._readers[fd] = callback
        self._poll.register(fd, select.POLLIN)

    def remove_reader(self, fd: int) -> None:
        del self._readers[fd]
        self._poll.unregister(fd)

    def until(self, look: Callable[[], bool], seconds: float = 10.0) -> None:
        """Turn until it is true. Raises TimeoutError."""
        deadline = self.now() + seconds
        while not look():
            if self.now() > deadline:
                raise TimeoutError
            for fd, _ in self._poll.poll(5):
                self._readers[fd]()
            while self._heap and self._heap[0][0] <= self.now():
                _, _, timer, callback = heapq.heappop(self._heap)
                if not timer.cancelled:
                    callback()


class OwnWorker:
    """A media worker of ours with its client, and calls through it."""

    def __init__(self, folder: Path, ports: str) -> None:
        path = folder / "media.sock"
        began = time.monotonic()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "centralita.media.worker"),
                *("--socket", str(path), "--ports", ports, "--bind", "127.0.0.1"),
            ]
        )
        self.pid = self._process.pid
        self._loop = Loop()
        self.client = MediaClient(
            [WorkerSpec("media-1", path)],
            self._loop,
            "bench",
            add_reader=self._loop.add_reader,
            remove_reader=self._loop.remove_reader,
            settings=MediaSettings(silent_after=600),
        )
        self.client.start()
        self._loop.until(lambda: self.client.health()[0].up)
        self.started = time.monotonic() - began
        self._owner = Owner()
        self._legs: list[MediaLeg] = []

    def open(self, count: int, first_port: int, *, shared: bool) -> list[Relayed]:
        """So many calls; their parties have ports of their own from the first one on, or ``shared`` one each side."""
        paths = []
        for index in range(count):
            port = first_port if shared else first_port + 2 * index
            caller, callee = ("127.0.0.1", port), ("127.0.0.2", port)
            left = self._allocate(None)
            right = self._allocate(left)
            for leg, peer in ((left, caller), (right, callee)):
                leg.point(MediaTarget(peer[0], peer[1], peer[0], PCMA, None))
            left.bridge(right)
            self._legs += [left, right]
            paths.append(Relayed(caller, ("127.0.0.1", left.port), callee, ("127.0.0.1", right.port)))
        self.client.flush()
        self.rest(0.3)
        return paths

    def _allocate(self, beside: MediaLeg | None) -> MediaLeg:
        """A leg, waiting for the worker to grant more ports where all are handed out."""
        while True:
            try:
                return self.client.allocate(self._owner, beside)
            except MediaUnavailable:
                self.client.flush()
                self.rest(0.01)

    def rest(self, seconds: float) -> None:
        """Serve the client for so long."""
        end = time.monotonic() + seconds
        self._loop.until(lambda: time.monotonic() >= end, seconds + 5)

    def close_all(self) -> None:
        """Hang up, and wait until all ports are back."""
        wanted = self._owner.closed + len(self._legs)
        for leg in self._legs:
            leg.close()
        self._legs.clear()
        self.client.flush()
        self._loop.until(lambda: self._owner.closed == wanted)

    def stop(self) -> None:
        self.client.stop()
        self._process.terminate()
        self._process.wait(5)


def measure(worker: OwnWorker, calls: int, seconds: float, port: int, *, shared: bool) -> dict[str, object]:
    """The figures of so many calls at once."""
    memory = private_kib(worker.pid)
    opening = cpu_seconds(worker.pid)
    paths = worker.open(calls, port, shared=shared)
    opening = cpu_seconds(worker.pid) - opening
    load = Load(paths)
    load.run(0.5)  # the sources are learnt, the paths are warm
    before, generator = cpu_seconds(worker.pid), time.process_time()
    result = load.run(seconds)
    generator = time.process_time() - generator
    spent = cpu_seconds(worker.pid) - before
    memory = private_kib(worker.pid) - memory
    load.close()
    closing = cpu_seconds(worker.pid)
    worker.close_all()
    closing = cpu_seconds(worker.pid) - closing
    return {
        **asdict(result),
        "us_per_packet": round(1e6 * spent / max(1, result.received), 2),
        "worker_share": round(spent / seconds, 3),
        "generator_share": round(generator / seconds, 3),
        "kib_per_leg": round(memory / (2 * calls), 2),
        "us_per_leg_opened": round(1e6 * opening / (2 * calls), 1),
        "us_per_leg_closed": round(1e6 * closing / (2 * calls), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--calls", type=int, nargs="+", default=[100, 400, 800])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--ports", default="20000-27999", help="of the worker")
    parser.add_argument("--first-port", type=int, default=28000, help="of the parties")
    parser.add_argument(
        "--shared", action="store_true", help="one socket for all callers, one for all callees"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rtp-load-") as folder:
        worker = OwnWorker(Path(folder), options.ports)
        try:
            print(f"worker up after {1000 * worker.started:.0f} ms")
            for calls in options.calls:
                figures = measure(worker, calls, options.seconds, options.first_port, shared=options.shared)
                print(json.dumps(figures))
        finally:
            worker.stop()


if __name__ == "__main__":
    main()
