"""Calls that are up, so that audio can be sent through them: SIPp signals, the RTP generator owns the ports in the SDP.

A relayed call is four addresses: where the caller's audio comes from, the port of ours that it goes to, and the same for
the callee.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loads.calls import CALLER
from loads.registers import register_devices
from support.sipp import Sipp
from support.waiting import until
from systems.base import NUMBERS, System
from systems.rtpengine import Rtpengine

SCENARIOS = Path(__file__).parent.parent / "scenarios"

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Relay:
    """One call's audio, both ways: what ``caller`` sends to ``caller_sends_to`` must come out at ``callee``."""

    caller: Address
    caller_sends_to: Address
    callee: Address
    callee_sends_to: Address


@contextmanager
def relays(system: System, work: Path, callers: Sequence[int], callees: Sequence[int], seconds: float) -> Iterator[list[Relay]]:
    """As many calls as there are ports, up for that long at least from the moment that they are given; the ports are
    bound by whoever sends the audio, at the trunk's and the phones' address."""
    if isinstance(system, Rtpengine):
        yield _asked(system, callers, callees)
        return
    count = len(callers)
    rate = 80.0
    ramp = count / rate
    register_devices(system, work / "registration", 1, contact_port=lambda _: 15_000)
    device = Sipp(
        str(SCENARIOS / "device_media.xml"),
        local=f"{system.site.phones}:15000",
        calls=count,
        csv_file=_ports_file(work / "callees.csv", callees),
        seconds=ramp * 2 + seconds + 60,
        messages=False,
        folder=work / "device",
    )
    caller = Sipp(
        str(SCENARIOS / "caller_media.xml"),
        local=f"{system.site.trunk}:16000",
        remote=system.site.sip,
        service=NUMBERS[0],
        keys={"caller": CALLER},
        calls=count,
        rate=rate,
        limit=count,
        csv_file=_ports_file(work / "callers.csv", callers),
        hold=ramp + seconds + 5,
        seconds=ramp * 2 + seconds + 40,
        messages=False,
        folder=work / "caller",
    )
    try:
        until(
            lambda: len(caller.logged()) >= count or caller.process.poll() is not None,
            f"{count} calls are up",
            seconds=ramp + 20,
            every=0.2,
            seen=caller.report,
        )
        yield _joined(system, caller.logged(), device.logged())
        caller.wait()
        failed = count - caller.counters().successful
        if failed:
            raise RuntimeError(f"{system.name}: {failed} of {count} calls failed: see {work}")
    finally:
        caller.stop()
        device.stop()
        time.sleep(0.2)


def _asked(system: Rtpengine, callers: Sequence[int], callees: Sequence[int]) -> list[Relay]:
    own = system.site.sip.rpartition(":")[0]
    made = []
    for index, (near, far) in enumerate(zip(callers, callees, strict=True)):
        caller, callee = (system.site.trunk, near), (system.site.phones, far)
        caller_to, callee_to = system.relay(index, caller, callee)
        made.append(Relay(caller, (own, caller_to), callee, (own, callee_to)))
    return made


def _joined(system: System, caller_lines: Sequence[str], device_lines: Sequence[str]) -> list[Relay]:
    """Pair the two sides. Which call is which cannot be told from the ports: audio that goes in at one side is what
    tells, so the pairs here are by side only, and the generator must find out who hears whom (or needs it not)."""
    own = system.site.sip.rpartition(":")[0]
    near = [tuple(int(part) for part in line.split()) for line in caller_lines]
    far = [tuple(int(part) for part in line.split()) for line in device_lines]
    return [
        Relay((system.site.trunk, a), (own, a_to), (system.site.phones, b), (own, b_to))
        for (a, a_to), (b, b_to) in zip(near, far, strict=True)
    ]


def _ports_file(path: Path, ports: Sequence[int]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("SEQUENTIAL\n" + "".join(f"{port}\n" for port in ports))
    return path
