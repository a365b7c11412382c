"""What a registered device and a call take in memory, and how long a cold start takes."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import measure
from loads.calls import SCENARIOS, device_port, numbers_file, register_called
from loads.registers import register_devices
from support.sipp import Sipp
from support.waiting import until
from systems.base import NUMBERS, System


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes more, for each one more."""

    count: int
    pss: float
    rss: float

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def of_devices(system: System, work: Path, count: int) -> Footprint:
    """Memory of one further registered device. The first ones are registered before, so that what is made once for
    all is not counted."""
    first = min(100, count // 10)
    register_devices(system, work / "first", first)
    before = _settled(system)
    register_devices(system, work / "all", count)
    after = _settled(system)
    more = count - first
    return Footprint(more, (after.pss - before.pss) / more, (after.rss - before.rss) / more)


def of_calls(system: System, work: Path, count: int) -> Footprint:
    """Memory of one call that is up, from none to that many at once: what is made for the first of them counts too."""
    register_called(system, work)
    before = _settled(system)
    device = Sipp(
        "device_answers",
        local=f"{system.site.phones}:{device_port(0)}",
        calls=count,
        seconds=120,
        messages=False,
        folder=work / "device",
    )
    caller = Sipp(
        str(SCENARIOS / "caller.xml"),
        local=f"{system.site.trunk}:16000",
        remote=system.site.sip,
        csv_file=numbers_file(work / "numbers.csv", NUMBERS),
        calls=count,
        rate=50,
        limit=count,
        hold=count / 50 + 8,
        seconds=100,
        messages=False,
        folder=work / "caller",
    )
    try:
        # Every caller is in its pause when the last call was answered.
        until(
            lambda: caller.process.poll() is not None or _answered(device) >= count,
            f"{count} calls are up",
            seconds=count / 50 + 20,
            every=0.25,
            seen=device.report,
        )
        during = measure.memory(system.pids)
        caller.wait()
        failed = count - caller.counters().successful
        if failed:
            raise RuntimeError(f"{system.name}: {failed} of {count} calls failed: see {work}")
    finally:
        caller.stop()
        device.stop()
    return Footprint(count, (during.pss - before.pss) / count, (during.rss - before.rss) / count)


def cold_start(system: System) -> float:
    """Seconds from the command to the first answer to OPTIONS. Starts the system; leaves it running."""
    began = time.monotonic()
    system.start()
    return time.monotonic() - began


def _answered(device: Sipp) -> int:
    try:
        return device.counters().created
    except (AssertionError, OSError, KeyError):
        return 0  # the first line of statistics comes after a second


def _settled(system: System) -> measure.Memory:
    measure.settled(lambda: measure.memory(system.pids).pss)
    return measure.memory(system.pids)
