"""Registrations with digest: each is two REGISTER, one that is challenged and one with credentials."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import measure
from support.sipp import Sipp
from systems.base import PASSWORD, System, device_name

SCENARIO = Path(__file__).parent.parent / "scenarios/register.xml"


@dataclass(frozen=True, slots=True)
class Registrations:
    done: int
    failed: int
    retransmissions: int
    cpu_ms: float
    """CPU of the system under test for one registration, the challenge included."""
    seconds: float

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def register_devices(
    system: System,
    work: Path,
    count: int,
    *,
    times: int = 1,
    rate: float = 500.0,
    first: int = 0,
    step: int = 1,
    port: int = 14_990,
) -> Registrations:
    """Register devices ``first``, ``first + step`` … below ``count`` from one port, one after the other, ``times`` over."""
    work.mkdir(parents=True, exist_ok=True)
    injected = work / "devices.csv"
    lines = [
        f"{device_name(index)};[authentication username={device_name(index)} password={PASSWORD}];{port}"
        for index in range(first, count, step)
    ]
    injected.write_text("SEQUENTIAL\n" + "\n".join(lines) + "\n")
    before = measure.cpu_seconds(system.pids)
    began = time.monotonic()
    run = Sipp(
        str(SCENARIO),
        local=f"{system.site.phones}:{port}",
        remote=system.site.sip,
        calls=len(lines) * times,
        rate=rate,
        limit=1000,
        csv_file=injected,
        seconds=len(lines) * times / rate + 30,
        messages=False,
        folder=work / "sipp",
    )
    run.wait()
    took = time.monotonic() - began
    cpu = measure.cpu_seconds(system.pids) - before
    result = run.counters()
    failed = len(lines) * times - result.successful
    if failed and times == 1:
        raise RuntimeError(f"{system.name}: {failed} of {len(lines)} devices could not register: see {work}")
    return Registrations(
        result.successful, failed, result.retransmissions, 1000 * cpu / max(1, result.successful), took
    )
