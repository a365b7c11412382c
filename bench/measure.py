"""What the operating system counts for a program and all its children: CPU-seconds and memory, from /proc.

CPU is user and system time of every process that belongs to the system under test, those that ended in between included
as long as their parent lives. Memory is the proportional set size (PSS): shared pages are counted once, not once a process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from centralita import interpreter

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes."""

    pss: int
    rss: int


def family(roots: Iterable[int]) -> list[int]:
    """The processes given and all that descend from them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found and _stat(pid):
            found.append(pid)
            waiting.extend(children.get(pid, ()))
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU taken so far by the family; differences of two readings are what counts (resolution 10 ms)."""
    ticks = 0
    for pid in family(roots):
        if fields := _stat(pid):
            ticks += sum(int(value) for value in fields[11:15])
    return ticks / _TICK


def memory(roots: Iterable[int]) -> Memory:
    pss = rss = 0
    for pid in family(roots):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (OSError, ProcessLookupError):
            continue
        values = {line.split()[0]: int(line.split()[1]) for line in lines[1:] if line.endswith("kB")}
        pss += values["Pss:"] * 1024
        rss += values["Rss:"] * 1024
    return Memory(pss, rss)


def machine() -> dict[str, str | int]:
    """What it was measured on."""
    info = Path("/proc/cpuinfo").read_text()
    model = next(
        (line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), "?"
    )
    kib = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "processor": model,
        "cores": os.cpu_count() or 0,
        "memory_mib": kib // 1024,
        "kernel": os.uname().release,
        "python": interpreter.describe().removeprefix("Python "),
    }


def idle_share(seconds: float = 1.0) -> float:
    """Share of all cores that nobody uses now: a measurement beside other work is worth less, and must say so."""
    before = _totals()
    time.sleep(seconds)
    after = _totals()
    return (after[1] - before[1]) / max(1, after[0] - before[0])


def settled(reading: Callable[[], int], *, seconds: float = 10.0, tolerance: int = 65536) -> int:
    """A reading that has stopped moving: two in a row, half a second apart, that differ by no more than that."""
    deadline = time.monotonic() + seconds
    last = reading()
    while time.monotonic() < deadline:
        time.sleep(0.5)
        now = reading()
        if abs(now - last) <= tolerance:
            return now
        last = now
    return last


def _totals() -> tuple[int, int]:
    fields = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return sum(fields[:8]), fields[3] + fields[4]


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on, or None if there is no such process (any more)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ProcessLookupError):
        return None
