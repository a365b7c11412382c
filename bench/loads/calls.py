"""Calls from a trunk through a number to a user with one registered device: what one costs, and how many a second hold.

One SIPp saturates somewhere above a thousand calls a second, and that looks just like loss of the system under test. So the
load is spread over as many pairs of SIPp as needed, each with numbers and devices of its own, and the CPU that the
busiest SIPp took is part of the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

import measure
from loads.registers import register_devices
from support.sipp import Sipp
from systems.base import NUMBERS, System

SCENARIOS = Path(__file__).parent.parent / "scenarios"
_MOST_PROOFS = 6
SIPP_SATURATED = 0.85
"""Share of a core above which SIPp itself may be what is measured."""


@dataclass(frozen=True, slots=True)
class Calls:
    """One run."""

    rate: float
    """Calls a second asked for."""
    calls: int
    failed: int
    retransmissions: int
    """Of the callers: late answers."""
    cpu_ms: float
    """CPU of the system under test for one call."""
    seconds: float
    sipp_busiest: float
    """CPU share of the busiest SIPp."""

    @property
    def clean(self) -> bool:
        return not self.failed and self.calls > 0

    @property
    def trustworthy(self) -> bool:
        return self.sipp_busiest < SIPP_SATURATED

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def place_calls(
    system: System, work: Path, *, rate: float, seconds: float, pairs: int = 1, talk: float = 0.5
) -> Calls:
    """Place calls at a steady rate for so many seconds and wait until the last one is over."""
    register_called(system, work, pairs)
    numbers = [numbers_file(work / f"numbers-{pair}.csv", NUMBERS[pair::pairs]) for pair in range(pairs)]
    each = max(1, round(rate * seconds / pairs))
    devices = [
        Sipp(
            "device_answers",
            local=f"{system.site.phones}:{device_port(pair)}",
            calls=each,
            seconds=seconds + 60,
            messages=False,
            folder=work / f"device-{pair}",
            extra=("-rtcheck", "loose"),
        )
        for pair in range(pairs)
    ]
    callers: list[Sipp] = []
    try:
        before = measure.cpu_seconds(system.pids)
        began = time.monotonic()
        callers = [
            Sipp(
                str(SCENARIOS / "caller.xml"),
                local=f"{system.site.trunk}:{16_000 + 10 * pair}",
                remote=system.site.sip,
                csv_file=numbers[pair],
                calls=each,
                rate=rate / pairs,
                limit=8_000,
                hold=talk,
                seconds=seconds + 40,
                messages=False,
                folder=work / f"caller-{pair}",
            )
            for pair in range(pairs)
        ]
        busiest = _watch([*devices, *callers], callers)
        for caller in callers:
            caller.wait()
        took = time.monotonic() - began
        cpu = measure.cpu_seconds(system.pids) - before
    finally:
        for run in [*callers, *devices]:
            run.stop()
    results = [caller.counters() for caller in callers]
    placed = sum(result.successful for result in results)
    return Calls(
        rate=rate,
        calls=placed,
        failed=each * pairs - placed,
        retransmissions=sum(result.retransmissions for result in results),
        cpu_ms=1000 * cpu / max(1, placed),
        seconds=took,
        sipp_busiest=busiest,
    )


def highest_rate(
    running: Callable[[str], AbstractContextManager[System]],
    *,
    start: float,
    seconds: float,
    growth: float = 1.25,
    pairs: int = 2,
) -> tuple[Calls | None, list[Calls]]:
    """The highest rate of a geometric series that holds for so many seconds without a failed call, found by short runs
    and proven by a long one on a system that was not overloaded before; and all runs made. None where none holds."""
    runs: list[Calls] = []
    rate = start
    probe = min(8.0, seconds)
    with running("probe") as system:
        while True:
            run = place_calls(
                system, system.work / f"probe-{rate:.0f}", rate=rate, seconds=probe, pairs=pairs
            )
            runs.append(run)
            if not run.clean or run.seconds > probe + 3:
                break
            rate *= growth
    for _ in range(_MOST_PROOFS):
        rate /= growth
        with running(f"proof-{rate:.0f}") as system:
            run = place_calls(system, system.work / "proof", rate=rate, seconds=seconds, pairs=pairs)
        runs.append(run)
        if run.clean and run.seconds <= seconds + 5:
            return run, runs
    return None, runs


def device_port(pair: int) -> int:
    return 15_000 + 10 * pair


def register_called(system: System, work: Path, pairs: int = 1) -> None:
    """Register the devices that the numbers lead to, each where the SIPp of its pair will answer."""
    for pair in range(pairs):
        folder = work / f"registration-{pair}"
        register_devices(system, folder, len(NUMBERS), first=pair, step=pairs, port=device_port(pair))


def numbers_file(path: Path, numbers: Sequence[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("SEQUENTIAL\n" + "\n".join(numbers) + "\n")
    return path


def _watch(all_runs: Sequence[Sipp], callers: Sequence[Sipp]) -> float:
    """Highest CPU share of any SIPp over a second, until the callers are done."""
    busiest = 0.0
    last = {run: run.cpu_seconds() for run in all_runs}
    stamp = time.monotonic()
    while any(caller.process.poll() is None for caller in callers):
        time.sleep(min(1.0, max(0.1, 1.0 - (time.monotonic() - stamp))))
        now = time.monotonic()
        for run in all_runs:
            if run.process.poll() is None:
                cpu = run.cpu_seconds()
                busiest = max(busiest, (cpu - last[run]) / (now - stamp))
                last[run] = cpu
        stamp = now
    return busiest
