"""What is measured, for how long, on which systems, and in which row of the table it goes."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from loads import api, calls, console, footprint, registers, relay, routing, switch
from report import Row
from systems.base import System
from systems.centralita import Centralita

Fresh = Callable[[str], System]
"""Makes a system, not yet started, with a folder of its own."""

GROUPS = ("calls", "switch", "rate", "relay", "registers", "memory", "start", "routing", "api", "console")
ALL = ("centralita", "asterisk", "kamailio", "rtpengine")
SIGNALLING = ("centralita", "asterisk", "kamailio")
AUDIO = ("centralita", "asterisk", "rtpengine")


@dataclass(frozen=True, slots=True)
class Plan:
    call_rates: tuple[int, ...]
    call_seconds: float
    rate_seconds: float
    first_rate: dict[str, float]
    """Where the search for the highest rate begins."""
    relay_calls: tuple[int, ...]
    relay_seconds: float
    registrations: int
    devices: int
    calls_up: int
    starts: int
    repeat: int
    past_calls: int
    """Among which lists of fifty are asked for."""
    boards: int
    board_seconds: float


FULL = Plan(
    call_rates=(100, 300, 600),
    call_seconds=15,
    rate_seconds=60,
    first_rate={"centralita": 400, "asterisk": 100, "kamailio": 600},
    relay_calls=(100, 400, 800),
    relay_seconds=10,
    registrations=4000,
    devices=2000,
    calls_up=400,
    starts=3,
    repeat=3,
    past_calls=1_000_000,
    boards=500,
    board_seconds=15,
)
QUICK = Plan(
    call_rates=(100, 300),
    call_seconds=4,
    rate_seconds=5,
    first_rate={"centralita": 400, "asterisk": 100, "kamailio": 600},
    relay_calls=(100,),
    relay_seconds=3,
    registrations=1000,
    devices=300,
    calls_up=100,
    starts=1,
    repeat=1,
    past_calls=50_000,
    boards=500,
    board_seconds=5,
)

ASTERISK_TOP_RATE = 300
"""Above, it begins to queue on two cores beside its load; its cost is the same there."""


def rows(groups: Sequence[str], plan: Plan = FULL) -> list[Row]:
    made = [
        *(
            Row("calls", f"call_cpu_{rate}", f"CPU per call, {rate} calls/s", "ms", 0.55)
            for rate in plan.call_rates
        ),
        Row("switch", "switch_call", "the switch's part of a call, alone in a process", "ms"),
        Row("rate", "rate", "calls/s held for a minute, none failed", "1/s", more_is_better=True),
        *(
            row
            for count in plan.relay_calls
            for row in (
                Row("relay", f"packet_cpu_{count}", f"CPU per RTP packet, {count} calls", "µs", 7.0),
                Row("relay", f"delay_median_{count}", f"delay, median, {count} calls", "ms"),
                Row("relay", f"delay_p99_{count}", f"delay, 99 %, {count} calls", "ms"),
                Row("relay", f"loss_{count}", f"packets lost, {count} calls", "%", 0.0),
            )
        ),
        Row("registers", "register_cpu", "CPU per REGISTER with digest", "ms", 0.25),
        Row("registers", "registration_cpu", "CPU per registration (401 and 200)", "ms"),
        Row("memory", "device_memory", "memory per further registered device", "KB", 4.0),
        Row("memory", "call_memory", "memory per call", "KB", 60.0),
        Row("start", "cold_start", "cold start to the first answer", "s", 2.0),
        Row("routing", "decision", "decision through a flow of twenty nodes", "µs", 50.0),
        Row("routing", "queue_event", "event in a queue of 1,000 callers and 1,000 agents", "ms", 1.0),
        Row("routing", "simulation", "one simulated call", "ms", 50.0),
        Row(
            "routing",
            "replay",
            "calls replayed against a draft, records read",
            "1/s",
            5000.0,
            more_is_better=True,
        ),
        Row("routing", "publication", "publishing a change in a tenant of 5,000 users", "s", 1.0),
        Row("routing", "first_publication", "publishing that tenant for the first time", "s"),
        Row("api", "list", f"the slowest list of 50 out of {plan.past_calls:,} calls", "ms", 50.0),
        Row("api", "boards", f"{plan.boards} live boards at 20 calls/s, share of a core", "%", 10.0),
        Row("console", "first_page", "the console's first page, in a browser that has nothing yet", "s", 1.0),
        Row("console", "script", "JavaScript of that page, compressed", "KB", 300.0),
    ]
    return [row for row in made if row.group in groups]


def absent(rows: Sequence[Row], system: str, reason: str) -> None:
    for row in rows:
        if any(system in each.systems for each in MEASUREMENTS if each.group == row.group):
            row.absent[system] = reason


def measure_loopback(rows: Sequence[Row], plan: Plan) -> None:
    """The generator without any relay: what of the delay is not the relay's."""
    for count in plan.relay_calls:
        result = relay.loopback("127.0.0.1", count, min(5.0, plan.relay_seconds))
        for row in rows:
            if row.key == f"delay_median_{count}":
                row.details["loopback alone"] = result


# --- one measurement each -------------------------------------------------------------------------------------------


def _calls(fresh: Fresh, rows: Sequence[Row], plan: Plan) -> None:
    with _running(fresh("calls")) as system:
        for row, rate in zip(rows, plan.call_rates, strict=False):
            if system.name == "asterisk" and rate > ASTERISK_TOP_RATE:
                row.absent[system.name] = (
                    f"more than {ASTERISK_TOP_RATE} calls/s are too many for it on two cores"
                )
                continue
            runs = [
                calls.place_calls(
                    system, system.work / f"{rate}-{turn}", rate=rate, seconds=plan.call_seconds, pairs=2
                )
                for turn in range(plan.repeat)
            ]
            row.details[system.name] = [run.as_dict() for run in runs]
            if failed := sum(run.failed for run in runs):
                row.absent[system.name] = f"{failed} calls failed at {rate} calls/s"
                continue
            row.values[system.name] = statistics.median(run.cpu_ms for run in runs)


def _switch(_fresh: Fresh, rows: Sequence[Row], _plan: Plan) -> None:
    (row,) = rows
    row.values["centralita"] = switch.call()


def _rate(fresh: Fresh, rows: Sequence[Row], plan: Plan) -> None:
    (row,) = rows
    name = fresh("rate").name
    first = plan.first_rate[name]
    best, runs = calls.highest_rate(
        lambda part: _running(fresh(f"rate-{part}")), start=first, seconds=plan.rate_seconds
    )
    row.details[name] = [run.as_dict() for run in runs]
    if best is None:
        row.absent[name] = f"no rate held, from {first:.0f} calls/s down"
    else:
        row.values[name] = best.calls / plan.rate_seconds


def _relay(fresh: Fresh, rows: Sequence[Row], plan: Plan) -> None:
    by_key = {row.key: row for row in rows}
    with _running(fresh("relay")) as system:
        for count in plan.relay_calls:
            if f"packet_cpu_{count}" not in by_key:
                continue
            try:
                run = relay.relay(system, system.work / f"relay-{count}", count, plan.relay_seconds)
            except (RuntimeError, AssertionError) as error:
                for name in ("packet_cpu", "delay_median", "delay_p99", "loss"):
                    by_key[f"{name}_{count}"].absent[system.name] = str(error).splitlines()[0]
                continue
            by_key[f"packet_cpu_{count}"].details[system.name] = run.as_dict()
            for name, value in (
                ("packet_cpu", run.cpu_us),
                ("delay_median", run.result.delay_median),
                ("delay_p99", run.result.delay_p99),
                ("loss", run.result.loss),
            ):
                by_key[f"{name}_{count}"].values[system.name] = value


def _registers(fresh: Fresh, rows: Sequence[Row], plan: Plan) -> None:
    one, pair = rows
    with _running(fresh("registers")) as system:
        runs = []
        for turn in range(plan.repeat):
            count = min(200, plan.devices)
            run = registers.register_devices(
                system, system.work / f"registers-{turn}", count, times=plan.registrations // count
            )
            if run.failed:
                raise RuntimeError(f"{run.failed} of {plan.registrations} registrations failed")
            runs.append(run)
        pair.values[system.name] = statistics.median(run.cpu_ms for run in runs)
        one.values[system.name] = pair.values[system.name] / 2
        pair.details[system.name] = [run.as_dict() for run in runs]


def _memory(fresh: Fresh, rows: Sequence[Row], plan: Plan) -> None:
    device, call = rows
    with _running(fresh("memory-devices")) as system:
        found = footprint.of_devices(system, system.work / "devices", plan.devices)
        device.values[system.name] = found.pss / 1024
        device.details[system.name] = found.as_dict()
    with _running(fresh("memory-calls")) as system:
        found = footprint.of_calls(system, system.work / "calls", plan.calls_up)
        call.values[system.name] = found.pss / 1024
        call.details[system.name] = found.as_dict()


def _start(fresh: Fresh, rows: Sequence[Row], plan: Plan) -> None:
    (row,) = rows
    took = []
    for turn in range(plan.starts):
        system = fresh(f"start-{turn}")
        if isinstance(system, Centralita):
            system.prepare()
        try:
            took.append(footprint.cold_start(system))
        finally:
            system.stop()
        row.values[system.name] = statistics.median(took)
        row.details[system.name] = took


def _routing(_fresh: Fresh, rows: Sequence[Row], _plan: Plan) -> None:
    name = "centralita"
    change, whole = routing.publication()
    found = {
        "decision": routing.decision(),
        "queue_event": routing.queue_event(),
        "simulation": routing.simulation(),
        "replay": routing.replayed(),
        "publication": change,
        "first_publication": whole,
    }
    for row in rows:
        row.values[name] = found[row.key]


def _api(fresh: Fresh, rows: Sequence[Row], plan: Plan) -> None:
    listed, watched = rows
    system = fresh("api")
    lists = api.lists(system.work / "lists", plan.past_calls)
    listed.values[system.name] = lists.worst
    listed.details[system.name] = asdict(lists)
    boards = api.boards(system.work / "boards", plan.boards, plan.board_seconds)
    watched.values[system.name] = boards.cpu_percent
    watched.details[system.name] = asdict(boards)


def _console(fresh: Fresh, rows: Sequence[Row], _plan: Plan) -> None:
    page, script = rows
    system = fresh("console")
    if reason := console.missing():
        for row in rows:
            row.absent[system.name] = reason
        return
    found = console.first_page(system.work / "first-page")
    page.values[system.name] = found.seconds
    page.details[system.name] = found.took
    script.values[system.name] = found.script_kb


@contextlib.contextmanager
def _running(system: System) -> Iterator[System]:
    try:
        system.start()
        if isinstance(system, Centralita):
            system.settle()
        yield system
    finally:
        system.stop()


@dataclass(frozen=True, slots=True)
class Measurement:
    group: str
    systems: tuple[str, ...]
    run: Callable[[Fresh, list[Row], Plan], None]


MEASUREMENTS = (
    Measurement("calls", SIGNALLING, _calls),
    Measurement("switch", ("centralita",), _switch),
    Measurement("rate", SIGNALLING, _rate),
    Measurement("relay", AUDIO, _relay),
    Measurement("registers", SIGNALLING, _registers),
    Measurement("memory", SIGNALLING, _memory),
    Measurement("start", ALL, _start),
    Measurement("routing", ("centralita",), _routing),
    Measurement("api", ("centralita",), _api),
    Measurement("console", ("centralita",), _console),
)
