"""What a routing decision, a publication, a queue event, a simulated call and a replayed call cost. In process, without a switch.

CPU time of this thread, median of several rounds, but for the publication: there one waits for the disk, too.
"""

from __future__ import annotations

import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.news import FloorNews, Offer
from centralita.pbx.callcontrol import Caller
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.kinds import KINDS
from centralita.pbx.flow.node import Deciding, Node
from centralita.pbx.flow.walk import Walk
from centralita.pbx.journey import Journey
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.simulator.run import simulate
from centralita.pbx.simulator.scenario import Scenario
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import Direction, JourneyId, StepEnd, TenantId
from centralita.store import documents
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.records import RecordStore
from centralita.store.secrets import SecretBox
from support.past import past

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NODES = 20
WAITING = AGENTS = 1000
USERS = 5000
REPLAYED = 20_000
CALLER = "+34931112233"
LUNCH = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def decision() -> float:
    """µs of a call's way through a flow of twenty nodes that decide, its trace included."""
    snapshot = _snapshot(_twenty_nodes())
    flow = snapshot.plan.flows["long"]
    call = _Stub(snapshot)

    def one() -> None:
        call.trace.clear()
        walk = Walk(call)  # type: ignore[arg-type]  # as much of a call as deciding nodes ask for
        node: Node | None = flow.start
        while isinstance(node, Deciding):
            node = node.decide(walk)

    one()
    if len(call.trace) != NODES:
        raise RuntimeError(f"{len(call.trace)} decisions instead of {NODES}: {call.trace[-1]}")
    return _cpu(one, 2000) * 1e6


def simulation() -> float:
    """ms of a simulated call through the example office: hours, geography, a menu and a ring group."""
    snapshot = _example("office")
    scenario = Scenario(snapshot, CALLER, "+34910000100", LUNCH, press=("1",))
    if not simulate(scenario).rest.startswith("group:"):
        raise RuntimeError(f"the example ends at {simulate(scenario).rest}")
    return _cpu(lambda: simulate(scenario), 200) * 1e3


def replayed() -> float:
    """Calls a second by ``centralita replay``: 20,000 records of the example office against a draft that closes it an hour earlier.

    As whoever asks for it waits: reading the records included, on as many processes as the command takes.
    """
    with tempfile.TemporaryDirectory(prefix="centralita-bench-") as name:
        folder = Path(name)
        data, draft = folder / "data", folder / "draft"
        shutil.copytree(EXAMPLES / "office", draft)
        hours = draft / "02-hours.yaml"
        hours.write_text(
            hours.read_text(encoding="utf-8").replace("16:00-19:00", "16:00-18:00"), encoding="utf-8"
        )
        _centralita(data, "init")
        _centralita(data, "apply", "-f", str(EXAMPLES / "office"))
        database = Database(f"sqlite:///{data}/centralita.db", durable=False)
        try:
            RecordStore(database).save(_past_calls(), [], "bench", (1, 0))
        finally:
            database.close()
        since = datetime.fromtimestamp(LUNCH.timestamp() - 86_400, UTC).isoformat()
        told = json.loads(_centralita(data, "replay", "--since", since, "-f", str(draft), "--json"))
        if told["calls"] != REPLAYED or not told["changed"]:
            raise RuntimeError(
                f"{told['calls']} calls were played, {told['changed']} would have ended elsewhere"
            )
        return float(told["calls"] / told["seconds"])


def _past_calls() -> list[Journey]:
    """A day of calls to the office, as they would be on record: made by simulation, every hundredth anew."""
    snapshot = _example("office")
    rng = random.Random(1)
    calls: list[Journey] = []
    made: list[Journey] = []
    for index in range(REPLAYED):
        at = datetime.fromtimestamp(LUNCH.timestamp() + (index % 100) * 360 - 7200, UTC)
        if len(made) < 100:
            number = f"+349{rng.choice((10, 31, 28))}{rng.randrange(10**6):06}"
            made.append(
                past(simulate(Scenario(snapshot, number, "+34910000100", at, press=(str(index % 3 + 1),))))
            )
        calls.append(replace(made[index % 100], journey=JourneyId(f"j{index:06}")))
    return calls


def _centralita(data: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("centralita")), *arguments, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr}")
    return done.stdout


def queue_event() -> float:
    """ms of the slowest kind of event in a queue of 1,000 waiting callers and 1,000 agents: the median of each kind is taken."""
    rng = random.Random(1)
    floor = Floor(rng)
    agents = [{"user": f"a{index}", "level": 1 + index % 3} for index in range(AGENTS)]
    queue = Queue.model_validate(
        {"id": "q", "agents": agents, "strategy": "longest-idle", "wrap_up_seconds": 5}
    )
    floor.configure({"q": queue}, 0.0)
    for index in range(AGENTS):
        floor.reachable(f"a{index}", True, 0.0)
        floor.occupied(f"a{index}", 1, 0.0)  # all of them busy with other calls: everybody waits
        floor.log_in(f"a{index}", 0.0)
    for index in range(WAITING):
        floor.join(f"c{index}", "q", 1.0 + index / 1000, priority=index % 3)
    floor.news()
    floor.facts()
    took: dict[str, list[float]] = {
        "free": [],
        "declined": [],
        "accepted": [],
        "ended": [],
        "joined": [],
        "left": [],
    }
    now = 10.0

    def timed(kind: str, event: Callable[..., object], *given: Any) -> list[FloorNews]:
        began = time.thread_time()
        event(*given)
        news = floor.news()
        took[kind].append(time.thread_time() - began)
        floor.facts()
        return news

    for index in range(300):
        now += 0.01
        agent = f"a{index}"
        offers = [each for each in timed("free", floor.occupied, agent, 0, now) if isinstance(each, Offer)]
        if not offers:
            raise RuntimeError("an agent who is free is offered nothing although a thousand wait")
        call = offers[0].call
        if index % 3 == 0:
            timed("declined", floor.declined, call, agent, StepEnd.NO_ANSWER, now)
            continue
        timed("accepted", floor.accepted, call, agent, now)
        timed("ended", floor.conversation_ended, call, agent, now + 0.005)
        timed("joined", floor.join, f"n{index}", "q", now)
        timed("left", floor.leave, f"n{index}", "abandoned", now)
    return max(statistics.median(each) for each in took.values() if each) * 1e3


def publication() -> tuple[float, float]:
    """Seconds to publish one change of a tenant of 5,000 users, and to publish all of it for the first time."""
    with tempfile.TemporaryDirectory(prefix="centralita-bench-") as folder:
        database = Database(f"sqlite:///{folder}/centralita.db")
        database.migrate()
        store = ConfigStore(database, SecretBox(bytes(32)))
        try:
            entries = list(_large_tenant())
            began = time.perf_counter()
            store.apply(entries)
            first = time.perf_counter() - began
            rounds = []
            for turn in range(3):
                entries[10] = Entry({**entries[10].fields, "name": f"Somebody else {turn}"})
                began = time.perf_counter()
                report = store.apply(entries)
                _ = store.snapshot(report.tenant).plan
                rounds.append(time.perf_counter() - began)
                if not report.published:
                    raise RuntimeError("the change was not published")
            return statistics.median(rounds), first
        finally:
            database.close()


# --- what it is measured on -----------------------------------------------------------------------------------------


class _Stub:
    """As much of a call as deciding nodes ask for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.state = TenantState(random.Random(1))
        self.caller = Caller(CALLER, "", None, "es", "ES")
        self.dialled = "+34910000100"
        self.direction = Direction.INBOUND
        self.language = "es"
        self.random = self.state.random
        self.trace: list[tuple[str, str, str, str, tuple[str, ...]]] = []

    def now(self) -> datetime:
        return LUNCH

    def decide(
        self,
        rule: str,
        target: str,
        reason: str,
        *,
        node: str = "",
        passed: tuple[str, ...] = (),
        pressed: str = "",
    ) -> None:
        self.trace.append((rule, target, reason, node, passed))

    def adjust(self, **_: object) -> None: ...


def _twenty_nodes() -> list[dict[str, object]]:
    """Twenty nodes in a row that decide, of every kind, and where the call rests."""
    kinds: list[dict[str, object]] = [
        {"type": "hours", "schedule": "office", "open": "NEXT", "closed": "end"},
        {
            "type": "geography",
            "branches": [{"in": ["ES-CN"], "to": "end"}, {"in": ["ES-CT"], "to": "NEXT"}],
            "unknown": "end",
        },
        {
            "type": "caller",
            "branches": [{"contacts": "vip", "to": "end"}, {"anonymous": True, "to": "end"}],
            "otherwise": "NEXT",
        },
        {"type": "override", "override": "night", "on": "end", "off": "NEXT"},
        {"type": "set", "priority": 5, "tag": "bench", "next": "NEXT"},
    ]
    nodes: dict[str, object] = {"end": {"type": "hang-up"}}
    for index in range(NODES):
        following = f"n{index + 1}" if index + 1 < NODES else "end"
        node: Any = dict(kinds[index % len(kinds)])
        for name, value in node.items():
            if value == "NEXT":
                node[name] = following
            elif name == "branches":
                node[name] = [
                    {**branch, "to": following if branch["to"] == "NEXT" else branch["to"]}
                    for branch in value
                ]
        nodes[f"n{index}"] = node
    return [
        {"kind": "site", "id": "hq"},
        {"kind": "schedule", "id": "office", "weekly": {"mon-fri": "09:00-14:00,16:00-19:00"}},
        {"kind": "override", "id": "night", "code": "1", "schedules": ["office"]},
        {"kind": "contacts", "id": "vip", "numbers": {"+34600000001": "A customer"}},
        {"kind": "flow", "id": "long", "start": "n0", "nodes": nodes},
    ]


def _snapshot(objects: list[dict[str, object]], version: int = 1) -> Snapshot:
    items: Any = [KINDS[str(fields["kind"])].model_validate(fields) for fields in objects]
    return Snapshot(TenantId("bench"), version, items, {})


def _example(name: str) -> Snapshot:
    """An example tenant as it would be published."""
    with tempfile.TemporaryDirectory(prefix="centralita-bench-") as folder:
        database = Database(f"sqlite:///{folder}/centralita.db")
        database.migrate()
        try:
            store = ConfigStore(database, SecretBox(bytes(32)))
            report = store.apply(documents.load([EXAMPLES / name]))
            return store.snapshot(report.tenant)
        finally:
            database.close()


def _large_tenant() -> Iterator[Entry]:
    yield Entry({"kind": "tenant", "id": "large"})
    yield Entry({"kind": "site", "id": "hq", "first_extension": "10000", "last_extension": "19999"})
    for index in range(USERS):
        user = f"u{index}"
        yield Entry(
            {
                "kind": "user",
                "id": user,
                "name": f"User {index}",
                "site": "hq",
                "extension": str(10000 + index),
            }
        )
        yield Entry({"kind": "device", "id": f"d{index}", "user": user, "password": f"a-password-of-{index}"})
    yield Entry({"kind": "schedule", "id": "office", "weekly": {"mon-fri": "09:00-19:00"}})
    yield Entry({"kind": "trunk", "id": "provider", "host": "192.0.2.1"})
    for index in range(50):
        members = [{"user": f"u{index * 100 + member}"} for member in range(20)]
        yield Entry({"kind": "group", "id": f"g{index}", "members": members})
    for index in range(20):
        nodes = {
            "hours": {"type": "hours", "schedule": "office", "open": "ring", "closed": "box"},
            "ring": {"type": "ring", "targets": [f"group:g{index}"], "no_answer": "box"},
            "box": {"type": "voicemail", "user": f"u{index}"},
        }
        yield Entry({"kind": "flow", "id": f"f{index}", "start": "hours", "nodes": nodes})
        yield Entry(
            {
                "kind": "number",
                "id": f"n{index}",
                "number": f"+3491000{index:04}",
                "destination": f"flow:f{index}",
            }
        )


def _cpu(work: Callable[[], object], times: int, rounds: int = 5) -> float:
    """Seconds of CPU for one, the median of the rounds."""
    took = []
    for _ in range(rounds):
        began = time.thread_time()
        for _ in range(times):
            work()
        took.append((time.thread_time() - began) / times)
    return statistics.median(took)
