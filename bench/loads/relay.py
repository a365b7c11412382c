"""What relaying a packet costs, and how much later it comes out: audio of N calls, both ways, through the system under test.

SIPp signals the calls; the audio comes from two sockets of the generator (:mod:`rtp_load`), one for all callers and one for
all callees. The loopback alone is measured too: what it takes is no delay of a relay.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import measure
from loads.calls import SCENARIOS, device_port, numbers_file, register_called
from rtp_load import Address, Load, Result
from support.sipp import Sipp
from support.waiting import until
from systems.base import NUMBERS, System
from systems.rtpengine import Rtpengine

_WARM_UP = 1.0
_CALLER_AUDIO, _CALLEE_AUDIO = 17_000, 17_002
_SIGNALLING = 80.0
"""Calls a second while they are set up: what the slowest peer does without loss."""


@dataclass(frozen=True, slots=True)
class Relayed:
    result: Result
    cpu_us: float
    """CPU of the system under test for one packet."""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Path4:
    """One call's audio: whence each party's comes, and where it goes."""

    caller: Address
    caller_sends_to: Address
    callee: Address
    callee_sends_to: Address


def relay(system: System, work: Path, calls: int, seconds: float) -> Relayed:
    """Audio through so many calls for so many seconds."""
    with _up(system, work, calls, _WARM_UP + seconds) as paths:
        load = Load(paths)
        try:
            load.run(_WARM_UP)  # every leg has learnt its peer
            before = measure.cpu_seconds(system.pids)
            result = load.run(seconds)
            cpu = measure.cpu_seconds(system.pids) - before
        finally:
            load.close()
    return Relayed(result, 1e6 * cpu / max(1, result.sent))


def loopback(host: str, calls: int, seconds: float) -> Result:
    """The same audio from socket to socket: what the generator and the kernel take by themselves."""
    one, other = (host, _CALLER_AUDIO), (host, _CALLEE_AUDIO)
    load = Load([Path4(one, other, other, one)] * calls)
    try:
        return load.run(seconds)
    finally:
        load.close()


@contextmanager
def _up(system: System, work: Path, calls: int, seconds: float) -> Iterator[list[Path4]]:
    """As many calls, up for that long at least. All callers' audio comes from one address, all callees' from another:
    which of them hears which is all the same."""
    caller_audio, callee_audio = (system.site.trunk, _CALLER_AUDIO), (system.site.phones, _CALLEE_AUDIO)
    if isinstance(system, Rtpengine):
        ways = [system.relay(call, caller_audio, callee_audio) for call in range(calls)]
        yield [Path4(caller_audio, near, callee_audio, far) for near, far in ways]
        return
    own = system.site.sip.rpartition(":")[0]
    ramp = calls / _SIGNALLING
    register_called(system, work)
    device = Sipp(
        str(SCENARIOS / "device_media.xml"),
        local=f"{system.site.phones}:{device_port(0)}",
        media="{}:{}".format(*callee_audio),
        calls=calls,
        seconds=ramp * 2 + seconds + 60,
        messages=False,
        folder=work / "device",
    )
    caller = Sipp(
        str(SCENARIOS / "caller_media.xml"),
        local=f"{system.site.trunk}:16000",
        remote=system.site.sip,
        media="{}:{}".format(*caller_audio),
        calls=calls,
        rate=_SIGNALLING,
        limit=calls,
        csv_file=numbers_file(work / "numbers.csv", NUMBERS),
        hold=ramp + seconds + 8,
        seconds=ramp * 2 + seconds + 60,
        messages=False,
        folder=work / "caller",
    )
    try:
        until(
            lambda: len(caller.logged()) >= calls or caller.process.poll() is not None,
            f"{calls} calls are up",
            seconds=ramp + 20,
            every=0.2,
            seen=caller.report,
        )
        near, far = ([(own, int(line)) for line in run.logged()] for run in (caller, device))
        yield [Path4(caller_audio, one, callee_audio, other) for one, other in zip(near, far, strict=True)]
        caller.wait()
        failed = calls - caller.counters().successful
        if failed:
            raise RuntimeError(f"{system.name}: {failed} of {calls} calls failed: see {work}")
    finally:
        caller.stop()
        device.stop()
        time.sleep(0.2)
