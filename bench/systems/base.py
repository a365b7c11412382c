"""What the loads need of a system under test, whichever it is."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support.waiting import until

REALM = "centralita"
NUMBERS = tuple(f"+349100000{index:02d}" for index in range(20))
"""The numbers that the trunk calls in turn; each goes to a user with one registered device, in order."""
CALLS_PER_USER = 100
"""How many of them one user may have at once where there is such a limit."""
PASSWORD = "bench-Passw0rd-4711"
"""Of every device: one of the peers knows only one."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where everything is on the loopback, and how many devices there are."""

    sip: str
    """host:port of the system under test."""
    trunk: str
    """Address that the trunk's calls come from."""
    phones: str
    """Address of the phones."""
    audio: tuple[int, int]
    """Ports for RTP, first and last."""
    http_port: int
    devices: int = 1


def device_name(index: int) -> str:
    """SIP user name of a device; the trunk's number goes to number 0."""
    return f"dev{index:05d}"


class System(ABC):
    """One program that serves calls. ``start`` returns when it does."""

    name: str
    relays = True
    """Whether audio of its calls goes through it."""

    def __init__(self, site: Site, work: Path) -> None:
        self.site = site
        self.work = work
        self.roots: list[subprocess.Popen[bytes]] = []

    @classmethod
    @abstractmethod
    def missing(cls) -> str:
        """Why it cannot be measured here, and how to get it; empty when it can."""

    @abstractmethod
    def start(self) -> None: ...

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self.roots if process.poll() is None]

    def launch(self, command: Sequence[str], **environment: str) -> subprocess.Popen[bytes]:
        """Start a process of this system in a session of its own, its output in a file beside the configuration."""
        self.work.mkdir(parents=True, exist_ok=True)
        log = (self.work / f"{self.name}-{len(self.roots)}.log").open("wb")
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=self.work,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        log.close()
        self.roots.append(process)
        return process

    def answers(self, seconds: float = 60.0) -> None:
        """Wait until OPTIONS is answered, with whatever status."""

        def ask() -> bool:
            for process in self.roots:
                if process.poll() is not None:
                    raise RuntimeError(f"{self.name} ended with {process.returncode}: see {self.work}")
            return options(self.site.sip, 0.1)

        until(ask, f"{self.name} answers on {self.site.sip}", seconds=seconds, every=0.005)

    def stop(self) -> None:
        """End what was started, politely first. The family is taken down by process group."""
        for process in self.roots:
            if process.poll() is None:
                process.terminate()
        for process in self.roots:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.roots.clear()


def options(address: str, seconds: float) -> bool:
    """Whether a SIP server answers OPTIONS within that time."""
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host if host.startswith("127.") else "", 0))
        own_host, own_port = probe.getsockname()
        probe.settimeout(seconds)
        stamp = time.monotonic_ns()
        message = (
            f"OPTIONS sip:{address} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {own_host}:{own_port};branch=z9hG4bK{stamp};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:probe@{own_host}>;tag={stamp}\r\nTo: <sip:{address}>\r\n"
            f"Call-ID: {stamp}@{own_host}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:probe@{own_host}:{own_port}>\r\n"
            "Accept: application/sdp\r\nContent-Length: 0\r\n\r\n"
        )
        try:
            probe.sendto(message.encode(), (host, int(port)))
            return probe.recv(65536).startswith(b"SIP/2.0 ")
        except OSError:
            return False
