"""SIPp for tests and benchmarks: runs scenarios, always bounded, and reads what it counted.

The scenarios are ours (tests/interop/scenarios). Every run has a folder with the messages that it sent and got, its
errors and its counters.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.children import die_with_parent
from support.waiting import until

SCENARIOS = Path(__file__).parent.parent / "interop" / "scenarios"


def missing() -> str:
    """Why SIPp cannot be run on this machine, or nothing."""
    return "" if shutil.which("sipp") else "SIPp is not installed (apt-get install sip-tester)"


@dataclass(frozen=True, slots=True)
class Counters:
    """The last line of SIPp's statistics."""

    created: int
    successful: int
    failed: int
    retransmissions: int
    seconds: float
    """From the first to the last call."""
    row: Mapping[str, str]


class Sipp:
    """One SIPp process. ``local`` and ``remote`` are host:port; a scenario that waits needs no remote."""

    def __init__(
        self,
        scenario: str | Path,
        *,
        local: str,
        remote: str = "",
        calls: int = 1,
        seconds: float = 20,
        service: str = "",
        credentials: tuple[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
        hold: float = 0.0,
        rate: float | None = None,
        limit: int | None = None,
        transport: str = "u1",
        media: str = "",
        csv_file: Path | None = None,
        messages: bool = True,
        extra: Sequence[str] = (),
        folder: Path | None = None,
    ) -> None:
        """``hold`` are the seconds that a pause of the scenario takes; ``media`` is host:port for the SDP.

        After ``seconds`` SIPp ends by itself as failed, whatever the scenario waits for.
        """
        path = Path(scenario) if "/" in str(scenario) else SCENARIOS / f"{scenario}.xml"
        self.name = path.stem
        self.folder = folder or Path(tempfile.mkdtemp(prefix=f"sipp-{self.name}-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.host, _, port = local.rpartition(":")
        self.port = int(port)
        self._limit = seconds
        self._tcp = transport.startswith("t")
        media_host, _, media_port = (media or f"{self.host}:{self.port + 2}").rpartition(":")
        command = ["sipp", *([remote] if remote else []), "-sf", str(path), "-m", str(calls), "-t", transport]
        command += ["-i", self.host, "-p", port, "-bind_local"]
        command += ["-nostdin", "-timeout", f"{seconds:g}s", "-timeout_error", "-d", str(round(hold * 1000))]
        command += ["-trace_stat", "-stf", str(self.folder / "stat.csv"), "-fd", "1"]
        command += ["-trace_err", "-error_file", str(self.folder / "errors.log")]
        command += ["-trace_logs", "-log_file", str(self.folder / "logs.log")]
        if messages:
            command += ["-trace_msg", "-message_file", str(self.folder / "messages.log")]
        if service:
            command += ["-s", service]
        if credentials:
            command += ["-au", credentials[0], "-ap", credentials[1]]
        if rate is not None:
            command += ["-r", f"{rate:g}"]
        if limit is not None:
            command += ["-l", str(limit)]
        if csv_file is not None:
            command += ["-inf", str(csv_file)]
        # [media_port] would make SIPp bind the port, which is for whoever sends the audio.
        audio = {"audio_host": media_host, "audio_port": media_port}
        for key, value in {**audio, **(keys or {})}.items():
            command += ["-key", key, value]
        command += extra
        self._output = (self.folder / "screen.log").open("wb")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env={**os.environ, "TERM": "dumb"},
            preexec_fn=die_with_parent,
        )
        until(self._ready, f"{self.name} listens", every=0.01, seen=self.report)

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def finish(self) -> Counters:
        """Wait until all calls are done. AssertionError with SIPp's own words when one failed."""
        self.wait()
        assert self.process.returncode == 0, self.report()
        return self.counters()

    def fails(self) -> str:
        """Wait for the end of a scenario that must not succeed; gives its errors."""
        self.wait()
        assert self.process.returncode == 1, self.report()
        return self._text("errors.log")

    def wait(self) -> int:
        """Wait for the end, whatever it is; gives the exit code."""
        try:
            self.process.wait(self._limit + 10)
        except subprocess.TimeoutExpired:
            self.stop()
        self._output.close()
        return self.process.returncode

    def stop(self) -> None:
        """End it now."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._output.close()

    def finish_calls(self) -> None:
        """Ask it to begin no further calls and to end when those under way are over."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)

    def messages(self) -> str:
        """What it sent and got so far."""
        return self._text("messages.log")

    def logged(self) -> list[str]:
        """Lines that the scenario wrote by ``<log>``."""
        return self._text("logs.log").splitlines()

    def audio_port(self) -> int:
        """The port in the first session description that it got; 0 while there is none."""
        for message in self.messages().split("-" * 47):
            if "message received" in message and (
                found := re.search(r"^m=audio (\d+) ", message, re.MULTILINE)
            ):
                return int(found[1])
        return 0

    def counters(self) -> Counters:
        with (self.folder / "stat.csv").open(newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        assert rows, f"{self.name} left no statistics"
        row = rows[-1]
        return Counters(
            created=int(row["TotalCallCreated"]),
            successful=int(row["SuccessfulCall(C)"]),
            failed=int(row["FailedCall(C)"]),
            retransmissions=int(row["Retransmissions(C)"]),
            seconds=_clock(row["ElapsedTime(C)"]),
            row=row,
        )

    def cpu_seconds(self) -> float:
        """CPU that it has taken so far; only while it runs."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def report(self) -> str:
        """What to print when something went wrong."""
        parts = [f"{self.name} ended with {self.process.poll()}", self._text("errors.log")[-3000:]]
        return "\n".join([*parts, self.messages()[-6000:] or self._text("screen.log")[-2000:]])

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def _ready(self) -> bool:
        return self.process.poll() is not None or listens(self.host, self.port, tcp=self._tcp)


def listens(host: str, port: int, *, tcp: bool = False) -> bool:
    """Whether a socket of this machine is bound to this IPv4 address."""
    wanted = "".join(f"{int(part):02X}" for part in reversed(host.split("."))) + f":{port:04X}"
    table = Path("/proc/net/tcp" if tcp else "/proc/net/udp").read_text()
    return any(line.split()[1] == wanted for line in table.splitlines()[1:])


def _clock(text: str) -> float:
    """``HH:MM:SS:microseconds`` (or without the last part) as seconds."""
    hours, minutes, seconds, *rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds) + (float(rest[0]) / 1e6 if rest else 0.0)
