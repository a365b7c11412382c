"""The API: lists of fifty out of many calls, and many live boards at once."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
from websockets.asyncio.client import connect

import measure
from centralita import control
from centralita.accounts import Role
from centralita.pbx.journey import Answer, Decision, Journey, Leg
from centralita.pbx.stays import Stay
from centralita.pbx.vocabulary import Direction, JourneyId, LegId, Outcome, Party, TenantId
from centralita.settings import Settings
from centralita.store.database import Database
from centralita.store.records import RecordStore
from support.ports import PortSlice
from support.switch_double import SwitchDouble, switch_double
from support.web_world import World, web_world

TENANT = TenantId("demo")
EPOCH = 1_700_000_000.0
EVERY = 30.0
"""Seconds between two calls: a million of them is a year."""
HOLD = 60.0
"""Seconds that a live call lasts."""
CALLS_PER_SECOND = 20


# --- lists ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lists:
    calls: int
    median_ms: dict[str, float] = field(default_factory=dict)
    """By what was asked for."""

    @property
    def worst(self) -> float:
        return max(self.median_ms.values())


def lists(work: Path, calls: int, turns: int = 5) -> Lists:
    """ms of a whole request for the newest fifty of so many calls, by what they are asked for."""
    with web_world(work) as world:
        _fill(world, calls)
        client = world.client(Role.ADMIN)
        sample = client.get(f"/api/v1/tenants/{TENANT}/calls?to={_instant(0.4 * calls)}&limit=1").json()
        caller = sample["items"][0]["caller"]
        questions = {
            "everything": "",
            "a week": f"from={_instant(0.6 * calls)}&to={_instant(0.6 * calls + 20_000)}",
            "an outcome": "outcome=busy",
            "a direction that nobody took": "direction=internal",
            "a user": "user=u7",
            "a queue": "queue=q3",
            "a trunk": "trunk=provider",
            "a tag": "tag=vip",
            "a whole number": f"q=%2B{caller[1:]}",
            "its last six digits": f"q={caller[-6:]}",
            "its last four digits": f"q={caller[-4:]}",
            "an area": "q=34911",
            "a name": "q=jos%C3%A9",
            "nobody's name": "q=zzzzqq",
            "the longest": "min_seconds=3000",
            "a minute or more": "min_seconds=60",
            "user, queue and outcome": "user=u7&queue=q3&outcome=busy",
            "name, tag and outcome": "q=perez&tag=vip&outcome=abandoned",
            "number, queue and length": "q=911&queue=q3&min_seconds=120",
        }
        found = {}
        for name, question in questions.items():
            took = []
            for _ in range(turns):
                began = time.perf_counter()
                response = client.get(f"/api/v1/tenants/{TENANT}/calls?{question}")
                took.append((time.perf_counter() - began) * 1e3)
                response.raise_for_status()
            found[name] = statistics.median(took)
        return Lists(calls, found)


def _instant(index: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(EPOCH + index * EVERY))


def _fill(world: World, calls: int) -> None:
    rng = random.Random(1)
    database = Database(world.settings.database, durable=False)
    records = RecordStore(database)
    for begin in range(0, calls, 1000):
        batch = [_journey(index, rng) for index in range(begin, min(calls, begin + 1000))]
        records.save(batch, [], "bench", (1, begin))
    database.close()


def _journey(index: int, rng: random.Random) -> Journey:
    at = EPOCH + index * EVERY
    answered = rng.random() < 0.7
    user = f"u{rng.randrange(200)}"
    talk = rng.expovariate(1 / 180) + 5.0
    end = at + 10 + talk
    return Journey(
        journey=JourneyId(f"01J{index:020}"),
        tenant=TENANT,
        direction=rng.choice((Direction.INBOUND, Direction.INBOUND, Direction.OUTBOUND)),
        caller=f"+34{rng.choice((600, 911, 934, 955))}{rng.randrange(10**6):06}",
        caller_name=rng.choice(("", "Ana López", "Taller Pérez", "José Ruiz")),
        dialled=f"+3491000{rng.randrange(50):04}",
        via="trunk:provider",
        config_version=3,
        started_at=at,
        updated_at=end,
        ended_at=end,
        outcome=Outcome.ANSWERED
        if answered
        else rng.choice((Outcome.BUSY, Outcome.NO_ANSWER, Outcome.ABANDONED)),
        ended_by=Party.CALLER,
        closed=True,
        decisions=tuple(
            Decision(at=at, rule="number", target="flow:main", reason="the number is of the flow main")
            for _ in range(3)
        ),
        legs=(
            Leg(leg=LegId("a"), target="trunk:provider", started_at=at, codec="PCMA"),
            Leg(leg=LegId("b1"), target="device:d1", step=1, user=user, started_at=at),
        ),
        answers=(Answer(leg=LegId("b1"), at=at + 10, user=user, target="device:d1"),) if answered else (),
        queues=(Stay(queue=f"q{rng.randrange(8)}", at=at),) if rng.random() < 0.3 else (),
        tags=("vip",) if rng.random() < 0.01 else (),
    )


# --- boards -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Boards:
    boards: int
    live_calls: int
    messages_per_second: float
    """To all of them together."""
    cpu_percent: float
    """Of one core, in the web process."""


def boards(work: Path, count: int, seconds: float) -> Boards:
    """CPU of the web process while so many boards follow calls that come at 20 a second and last a minute."""
    with (
        web_world(work, http_port=PortSlice().take(), bind="127.0.0.1") as world,
        _calls(world.settings) as live,
    ):
        account = world.account(Role.ADMIN)
        secret = world.signed_in(account).cookies["centralita"]
        with web(world.settings) as pid:
            url = f"ws://127.0.0.1:{world.settings.http_port}/api/v1/events"
            ours, theirs = multiprocessing.Pipe()
            audience = multiprocessing.get_context("spawn").Process(
                target=_audience, args=(url, secret, count, theirs)
            )
            audience.start()
            try:
                if ours.recv() != count:
                    raise RuntimeError("not all boards could be opened")
                time.sleep(2.0)
                ours.send("count")
                before = ours.recv()
                cpu, began = measure.cpu_seconds([pid]), time.monotonic()
                time.sleep(seconds)
                took = time.monotonic() - began
                share = (measure.cpu_seconds([pid]) - cpu) / took
                ours.send("count")
                return Boards(count, len(live), (ours.recv() - before) / took, share * 100)
            finally:
                ours.send("end")
                audience.join(20)


@contextlib.contextmanager
def _calls(settings: Settings) -> Iterator[deque[control.LiveCall]]:
    """A switch whose calls come and go."""
    live: deque[control.LiveCall] = deque()
    done = threading.Event()

    def churn(double: SwitchDouble) -> None:
        index = 0
        while not done.wait(0.25):
            now = time.time()
            while live and live[0].since < now - HOLD:
                live.popleft()
            while not live or live[-1].since < now - 1 / CALLS_PER_SECOND:
                index += 1
                since = live[-1].since + 1 / CALLS_PER_SECOND if live else now - HOLD
                live.append(_live(index, since))
            talking = [_aged(call, now) for call in live]
            double.replies["calls"] = control.encode(control.CallList(talking))

    with switch_double(settings.switch_socket) as double:
        double.replies |= {"queues": control.QueueList([]), "agents": control.AgentList([])}
        thread = threading.Thread(target=churn, args=(double,))
        thread.start()
        try:
            yield live
        finally:
            done.set()
            thread.join()


def _live(index: int, since: float) -> control.LiveCall:
    return control.LiveCall(
        journey=f"01J{index:020}",
        tenant=TENANT,
        direction="inbound",
        caller=f"+34911{index % 10**6:06}",
        caller_name="José Ruiz",
        dialled="+34910000100",
        state="ringing",
        since=since,
        seconds=0.0,
        node="main/menu",
    )


def _aged(call: control.LiveCall, now: float) -> control.LiveCall:
    """Answered after five seconds: so each call is told three times."""
    answered = call.since + 5 if now > call.since + 5 else None
    return msgspec.structs.replace(
        call,
        seconds=round(now - call.since, 3),
        state="talking" if answered else "ringing",
        answered_at=answered,
        answered_by="user:u1" if answered else "",
    )


@contextlib.contextmanager
def web(settings: Settings) -> Iterator[int]:
    """The web process as it runs, on this data folder."""
    environment = {
        **os.environ,
        "CENTRALITA_DATA": str(settings.data),
        "CENTRALITA_BIND": settings.bind,
        "CENTRALITA_HTTP_PORT": str(settings.http_port),
    }
    process = subprocess.Popen([sys.executable, "-m", "centralita.app.web"], env=environment)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _audience(url: str, secret: str, count: int, pipe: Connection) -> None:
    """Another process: so many boards that read all they are told."""
    asyncio.run(_watch(url, secret, count, pipe))


async def _watch(url: str, secret: str, count: int, pipe: Connection) -> None:
    heard = opened = 0
    ready = asyncio.Event()
    headers = {"Cookie": f"centralita={secret}"}
    origin = url.replace("ws://", "http://").removesuffix("/api/v1/events")

    async def one() -> None:
        nonlocal heard, opened
        async with connect(
            url, additional_headers=headers, origin=origin, max_size=None, compression=None
        ) as board:
            await board.recv()
            opened += 1
            if opened == count:
                ready.set()
            async for _ in board:
                heard += 1

    await _until_it_answers(url)
    watching = []
    for _ in range(count):
        watching.append(asyncio.create_task(one()))
        await asyncio.sleep(0.01)
    await asyncio.wait_for(ready.wait(), 60)
    pipe.send(count)
    while await asyncio.to_thread(pipe.recv) == "count":
        pipe.send(heard)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)


async def _until_it_answers(url: str) -> None:
    host, port = url.removeprefix("ws://").partition("/")[0].split(":")
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError("the web process does not answer")
