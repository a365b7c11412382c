"""A media worker and its client for tests, with an event loop of a few lines, and telephones that speak bare RTP."""

from __future__ import annotations

import heapq
import itertools
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from centralita.media.client import MediaClient, MediaSettings, WorkerSpec
from centralita.ports import Media, MediaTarget, Quality, Recording
from centralita.rtp import packet
from centralita.rtp.format import PCMA, PayloadFormat
from centralita.rtp.g711 import Law, decode, encode
from support.audio import Sound
from support.ports import PortSlice

HOST = "127.0.0.1"


class _Timer:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Pump:
    """Readers and timers, as the switch's loop has them: a clock (``ports.Clock``) and a ``poll``."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._readers: dict[int, Callable[[], None]] = {}
        self._heap: list[tuple[float, int, _Timer, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self.after_turn: list[Callable[[], None]] = []

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

    def turn(self, at_most: float) -> None:
        for flush in self.after_turn:
            flush()
        if self._heap:
            at_most = min(at_most, max(0.0, self._heap[0][0] - self.now()))
        for fd, _ in self._poll.poll(at_most * 1000):
            if fd in self._readers:
                self._readers[fd]()
        while self._heap and self._heap[0][0] <= self.now():
            _, _, timer, callback = heapq.heappop(self._heap)
            if not timer.cancelled:
                callback()
        for flush in self.after_turn:
            flush()

    def until(self, look: Callable[[], object], what: str, seconds: float = 5.0) -> None:
        """Turn until it is true. AssertionError when it does not come true in time."""
        deadline = self.now() + seconds
        while not look():
            if self.now() > deadline:
                raise AssertionError(f"not within {seconds:g} s: {what}")
            self.turn(0.005)

    def run(self, seconds: float) -> None:
        """Let this much time pass: for what must not happen, and for audio, which takes its time."""
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            self.turn(min(left, 0.005))


@dataclass
class Owner:
    """Remembers what it is told."""

    digits: str = ""
    played: int = 0
    recordings: list[Recording] = field(default_factory=list)
    qualities: list[Quality] = field(default_factory=list)
    silent: int = 0

    def on_digit(self, digit: str) -> None:
        self.digits += digit

    def on_played(self) -> None:
        self.played += 1

    def on_recorded(self, recording: Recording) -> None:
        self.recordings.append(recording)

    def on_quality(self, quality: Quality) -> None:
        self.qualities.append(quality)

    def on_silent(self) -> None:
        self.silent += 1


class Phone:
    """The audio end of a telephone: sends and hears RTP on a port of its own, RTCP on the next one."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        codec: PayloadFormat = PCMA,
        ssrc: int | None = None,
        port: int | None = None,
    ) -> None:
        self.host = host
        self.codec = codec
        self.ssrc = int.from_bytes(os.urandom(4), "big") if ssrc is None else ssrc
        self.sequence = int.from_bytes(os.urandom(2), "big")
        self.timestamp = int.from_bytes(os.urandom(4), "big")
        self.heard: list[packet.Packet] = []
        self.arrivals: list[float] = []
        self.sources: set[tuple[str, int]] = set()
        self.rtp, self.rtcp = self._bind(port)
        self.port = self.rtp.getsockname()[1]

    def _bind(self, wanted: int | None) -> tuple[socket.socket, socket.socket]:
        for _ in range(100):
            rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            try:
                rtp.bind((self.host, wanted or 0))
                rtcp.bind((self.host, rtp.getsockname()[1] + 1))
            except OSError:
                rtp.close()
                rtcp.close()
                continue
            return rtp, rtcp
        raise RuntimeError("no two ports beside each other")

    def close(self) -> None:
        self.rtp.close()
        self.rtcp.close()

    def target(self, **changes: object) -> MediaTarget:
        """What the phone's SDP tells."""
        wanted: dict[str, object] = {
            "host": self.host,
            "port": self.port,
            "signalling_host": self.host,
            "format": self.codec,
            "digits": 101,
            **changes,
        }
        return MediaTarget(**wanted)  # type: ignore[arg-type]  # a test names the fields that it changes

    @property
    def law(self) -> Law:
        return Law(self.codec.name)

    def send(
        self,
        to: int,
        payload: bytes | None = None,
        *,
        payload_type: int | None = None,
        marker: bool = False,
        host: str = HOST,
    ) -> None:
        """One packet of 20 ms; without a payload, silence."""
        payload = bytes([self.law.silence]) * 160 if payload is None else payload
        number = self.codec.number if payload_type is None else payload_type
        data = packet.build(number, self.sequence, self.timestamp, self.ssrc, payload, marker)
        self.rtp.sendto(data, (host, to))
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + len(payload)) & 0xFFFFFFFF

    def event(self, to: int, payload: bytes) -> None:
        """One packet of a digit: its timestamp stands still (RFC 4733)."""
        data = packet.build(101, self.sequence, self.timestamp, self.ssrc, payload)
        self.rtp.sendto(data, (HOST, to))
        self.sequence = (self.sequence + 1) & 0xFFFF

    def listen(self) -> list[packet.Packet]:
        """Take what has come; gives what is new."""
        new = []
        while True:
            try:
                data, source = self.rtp.recvfrom(2048)
            except BlockingIOError:
                break
            parsed = packet.parse(data)
            if parsed is not None:
                new.append(parsed)
                self.arrivals.append(time.monotonic())
                self.sources.add(source)
        self.heard += new
        return new

    def sound(self) -> Sound:
        """What was heard, packets in their order."""
        pcm = b"".join(decode(one.payload, self.law) for one in self.heard if one.payload_type in (0, 8))
        return Sound(np.frombuffer(pcm, "<i2").astype(np.float64) / 32768)


def frames_of(sound: Sound, law: Law) -> list[bytes]:
    """A sound as payloads of 20 ms."""
    pcm = np.round(sound.samples * 32767).astype("<i2").tobytes()
    coded = encode(pcm, law)
    return [coded[at : at + 160] for at in range(0, len(coded) - 159, 160)]


class World:
    """A medium to test, its event loop, and phones that are closed at the end."""

    def __init__(self, pump: Pump, media: Media) -> None:
        self.pump = pump
        self.media = media
        self.phones: list[Phone] = []

    def phone(self, **options: object) -> Phone:
        phone = Phone(**options)  # type: ignore[arg-type]  # as above
        self.phones.append(phone)
        return phone

    def settle(self) -> None:
        """Wait until the medium has done all that it was told: orders are carried out one after the other."""
        owner = Owner()
        self.media.allocate(owner).close()
        self.pump.until(lambda: owner.qualities, "the medium has done what it was told")

    def talk(self, sending: list[tuple[Phone, int, list[bytes]]], *, listening: list[Phone]) -> None:
        """Send payloads at the pace of speech, 50 a second, while all listen."""
        start = time.monotonic()
        longest = max(len(payloads) for _, _, payloads in sending)
        for index in range(longest):
            for phone, to, payloads in sending:
                if index < len(payloads):
                    phone.send(to, payloads[index])
            self.listen_until(start + 0.02 * (index + 1), listening)

    def listen_until(self, instant: float, listening: list[Phone]) -> None:
        while time.monotonic() < instant:
            self.pump.turn(min(0.002, max(0.0, instant - time.monotonic())))
            for phone in listening:
                phone.listen()

    def hear(self, phone: Phone, packets: int, seconds: float = 5.0) -> None:
        """Wait until the phone has heard this many packets."""

        def enough() -> bool:
            phone.listen()
            return len(phone.heard) >= packets

        self.pump.until(enough, f"{packets} packets heard", seconds)


class WorkerProcess:
    """A real worker in a process of its own, that can be killed and started again."""

    def __init__(self, ports: tuple[int, int], *options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="media-"))
        self.socket = self.folder / "media.sock"
        self._command = [
            *(sys.executable, "-m", "centralita.media.worker"),
            *("--socket", str(self.socket), "--ports", f"{ports[0]}-{ports[1]}", "--bind", HOST),
            *options,
        ]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self._command, stderr=log)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(5)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


@cache
def _slice() -> PortSlice:
    """Of this test process, as long as it lives."""
    return PortSlice()


def range_of(count: int) -> tuple[int, int]:
    """First and last of so many ports that nobody uses."""
    first = _slice().take(count)
    return first, first + count - 1


def connect(pump: Pump, worker: WorkerProcess, token: str, settings: MediaSettings) -> MediaClient:
    """A client of this worker, as soon as it is up."""
    client = MediaClient(
        [WorkerSpec("media-1", worker.socket)],
        pump,
        token,
        add_reader=pump.add_reader,
        remove_reader=pump.remove_reader,
        settings=settings,
    )
    pump.after_turn.append(client.flush)
    client.start()
    pump.until(lambda: client.health()[0].up, "the worker is up")
    return client


@contextmanager
def worker_process(*options: str) -> Iterator[WorkerProcess]:
    worker = WorkerProcess(range_of(200), *options)
    worker.start()
    try:
        yield worker
        assert "fault" not in worker.log, worker.log
    finally:
        worker.remove()
