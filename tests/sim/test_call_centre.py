"""A day of a call centre on a virtual clock: thousands of calls, people with habits, new configurations, kills. A failure names its seed."""

from __future__ import annotations

import heapq
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from centralita.pbx.acd import facts
from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.news import CallBack, Moved, Offer, Reason, Release, Withdrawn
from centralita.pbx.acd.queue_log import queue_log
from centralita.pbx.model.queue import Queue, Strategy
from centralita.pbx.vocabulary import Party, StepEnd, TenantId
from unit.acd.floor_invariants import check_floor

OPENS, CLOSES = 9 * 3600.0, 19 * 3600.0
AGENTS = [f"agent{n}" for n in range(30)]
HABITS = ("coffee", "lunch", "meeting")


def queues_of(version: int) -> dict[str, Queue]:
    """Three queues; the versions of the day differ in strategy, members and limits."""
    team = [
        {"user": name, "level": 1 + n % 2, "weight": 1 + n % 3, "skills": {"english": 1 + n % 10}}
        for n, name in enumerate(AGENTS)
    ]
    strategies: list[Strategy] = [
        "longest-idle",
        "even-volume",
        "round-robin",
        "fewest-calls",
        "weighted-random",
    ]
    return {
        "sales": Queue(
            id="sales",
            agents=team[:14],
            strategy=strategies[version % 5],
            wrap_up_seconds=20,
            ring_seconds=15,
            announce={"position": True, "wait": True, "every_seconds": 45},
            callback={"digit": "1", "retry_seconds": 120, "attempts": 2},
            overflow={"wait": {"seconds": 240, "to": "queue:help"}, "no_agents": {"to": "voicemail:boss"}},
        ),
        "support": Queue(
            id="support",
            agents=team[10 + version % 3 : 24],
            strategy="skills",
            wrap_up_seconds=30,
            skills={"english": 4},
            relax=[{"after_seconds": 60, "lower_by": 2}, {"after_seconds": 150, "drop": ["english"]}],
            max_wait_seconds=600,
            last_agent={"enabled": True, "wait_seconds": 20},
            periodic={"prompts": ["patience", "web"], "every_seconds": 50},
        ),
        "help": Queue(
            id="help",
            agents=[*team[20:], {**team[0], "always": True}],
            strategy=strategies[(version + 2) % 5],
            priority=1,
            overflow={"size": {"callers": 25, "to": "external:+34910000000"}},
        ),
    }


@dataclass
class Visit:
    """What the world knows of one call."""

    offer: tuple[str, ...] = ()
    talks_to: str = ""
    callback: bool = False
    end: str = ""
    """How it ended for the caller; empty: it has not."""


@dataclass
class Day:
    seed: int
    calls: int
    now: float = OPENS
    agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    visits: dict[str, Visit] = field(default_factory=dict)
    journal: list[facts.AcdFact] = field(default_factory=list)
    events: int = 0
    kills: int = 0
    version: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.floor = Floor(random.Random(self.seed), TenantId("acme"))
        self.count = 0

    # --- the clock --------------------------------------------------------------------------------------------------

    def at(self, when: float, do: Callable[[], None]) -> None:
        self.count += 1
        heapq.heappush(self.agenda, (when, self.count, do))

    def run(self) -> None:
        self.floor.configure(queues_of(0), self.now)
        self.floor.begin_day("2026-03-02", self.now)
        for name in AGENTS:
            self.floor.reachable(name, True, self.now)
            self.at(self.now + self.rng.uniform(0, 900), lambda name=name: self.arrive(name))
        for n in range(self.calls):
            call = f"call{n}"
            self.at(self.rng.uniform(OPENS + 60, CLOSES - 1800), lambda call=call: self.ring_in(call))
        for hour in (11, 13, 16):
            self.at(hour * 3600.0, self.publish)
            self.at(hour * 3600.0 + 1234.5, self.kill)
        for name in AGENTS:
            self.at(CLOSES + self.rng.uniform(0, 60), lambda name=name: self.floor.log_out(name, self.now))
        while True:
            due = self.floor.timer()
            if self.agenda and (due is None or self.agenda[0][0] <= due):
                self.now, _, do = heapq.heappop(self.agenda)
                do()
            elif due is not None:
                assert due >= self.now - 1e-9, f"seed {self.seed}: a timer in the past"
                self.now = max(self.now, due)
                self.floor.handle_timer(self.now)
            else:
                break
            self.listen()
            self.events += 1
            if self.events % 10 == 0:
                check_floor(self.floor)
        check_floor(self.floor)

    # --- news -------------------------------------------------------------------------------------------------------

    def listen(self) -> None:
        for news in self.floor.news():
            visit = self.visits[news.call]
            assert not visit.end, f"seed {self.seed}: {news} after {visit.end}"
            match news:
                case Offer() | CallBack():
                    assert not visit.offer
                    assert visit.callback is isinstance(news, CallBack)
                    visit.offer = news.agents
                    self.in_turn(news.call)
                    self.phones(news.call, news.agents, news.seconds)
                case Withdrawn():
                    visit.offer = ()
                case Release(reason=reason):
                    visit.end = reason.value
                case Moved():
                    assert not visit.offer
        for fact in self.floor.facts():
            self.journal.append(fact)
            if isinstance(fact, facts.QueueLeft) and (visit := self.visits[fact.journey]).callback:
                visit.end = visit.end or fact.reason

    def in_turn(self, call: str) -> None:
        """Nobody who asks for the same is waiting before them, but for whom their own agent is there."""
        entry = self.floor._matching.entries[call]
        if entry.agents == (entry.last_agent,):
            return
        for other in entry.desk.line:
            if other.is_ready and other.wishes == entry.wishes:
                assert other.key > entry.key, f"seed {self.seed}: {call} before {other.call}"

    def phones(self, call: str, agents: tuple[str, ...], seconds: float) -> None:
        agent = self.rng.choice(agents)
        if self.rng.random() < 0.93:
            self.at(
                self.now + self.rng.uniform(1, min(12, seconds)), lambda: self.pick_up(call, agents, agent)
            )
        else:
            end = self.rng.choice([StepEnd.NO_ANSWER, StepEnd.REJECTED, StepEnd.UNREACHABLE])
            self.at(self.now + seconds, lambda: self.ring_out(call, agents, end))

    # --- callers ----------------------------------------------------------------------------------------------------

    def ring_in(self, call: str) -> None:
        self.visits[call] = Visit()
        queue = self.rng.choices(["sales", "support", "help"], [5, 4, 1])[0]
        skills = {"english": self.rng.randint(1, 9)} if self.rng.random() < 0.3 else {}
        priority = 5 if self.rng.random() < 0.05 else None
        last = self.rng.choice(AGENTS) if self.rng.random() < 0.2 else ""
        self.floor.join(call, queue, self.now, skills=skills, priority=priority, last_agent=last)
        self.at(self.now + self.rng.expovariate(1 / 300), lambda: self.lose_patience(call))
        if self.rng.random() < 0.1:
            self.at(self.now + self.rng.uniform(10, 60), lambda: self.want_callback(call))
        if self.rng.random() < 0.02:
            self.at(self.now + 30, lambda: self.supervise(call))

    def waiting(self, call: str) -> Visit | None:
        visit = self.visits[call]
        return None if visit.end or visit.talks_to or visit.callback else visit

    def lose_patience(self, call: str) -> None:
        if (visit := self.waiting(call)) is not None:
            visit.end, visit.offer = "abandoned", ()
            self.floor.leave(call, Reason.ABANDONED, self.now)

    def want_callback(self, call: str) -> None:
        if (visit := self.waiting(call)) is not None:
            visit.callback, visit.offer = True, ()
            self.floor.want_callback(call, "+34600000001", self.now)
            self.floor.leave(call, Reason.ABANDONED, self.now)  # hangs up

    def supervise(self, call: str) -> None:
        if self.waiting(call) is not None:
            self.floor.move(call, "support", self.now)

    # --- agents -----------------------------------------------------------------------------------------------------

    def arrive(self, name: str) -> None:
        self.floor.log_in(name, self.now)
        self.at(self.now + self.rng.expovariate(1 / 5400), lambda: self.take_a_break(name))

    def take_a_break(self, name: str) -> None:
        if self.now > CLOSES:
            return
        back = self.now + self.rng.uniform(120, 1800)
        if self.rng.random() < 0.8:
            self.floor.pause(name, self.rng.choice(HABITS), self.now)
            self.at(back, lambda: self.come_back(name))
        else:
            self.floor.log_out(name, self.now)
            self.at(back, lambda: self.arrive(name))

    def come_back(self, name: str) -> None:
        self.floor.resume(name, self.now)
        self.at(self.now + self.rng.expovariate(1 / 5400), lambda: self.take_a_break(name))

    def pick_up(self, call: str, agents: tuple[str, ...], agent: str) -> None:
        visit = self.visits[call]
        if visit.offer != agents or visit.end:
            return
        visit.offer, visit.talks_to = (), agent
        self.floor.accepted(call, agent, self.now)
        kills = self.kills
        talk = self.rng.lognormvariate(5.0, 0.6)
        if not visit.callback:
            self.at(self.now + talk, lambda: self.hang_up(call, kills))
        elif self.rng.random() < 0.7:
            self.at(self.now + 10, lambda: self.reached(call, talk, kills))
        else:
            self.at(self.now + 30, lambda: self.not_reached(call, kills))

    def ring_out(self, call: str, agents: tuple[str, ...], end: StepEnd) -> None:
        visit = self.visits[call]
        if visit.offer == agents and not visit.end:
            visit.offer = ()
            for agent in agents:
                self.floor.declined(call, agent, end, self.now)
            if self.rng.random() < 0.5:  # people notice, some time, that they were paused
                self.at(self.now + 600, lambda: self.floor.resume(agents[0], self.now))

    def hang_up(self, call: str, kills: int) -> None:
        visit = self.visits[call]
        if kills == self.kills and not visit.end:
            by = self.rng.choice([Party.CALLER, Party.CALLEE])
            visit.end = "answered"
            self.floor.conversation_ended(call, visit.talks_to, self.now, by=by)

    def reached(self, call: str, talk: float, kills: int) -> None:
        if kills == self.kills:
            self.floor.callback_connected(call, self.now)
            self.at(self.now + talk, lambda: self.hang_up(call, kills))

    def not_reached(self, call: str, kills: int) -> None:
        if kills == self.kills:
            self.visits[call].talks_to = ""
            self.floor.callback_failed(call, StepEnd.NO_ANSWER, self.now)

    # --- the house --------------------------------------------------------------------------------------------------

    def publish(self) -> None:
        self.version += 1
        self.floor.configure(queues_of(self.version), self.now)

    def kill(self) -> None:
        """The lines are gone, what was agreed is kept."""
        self.kills += 1
        before = {view.agent: (view.calls, view.pauses) for view in self.floor.agents(self.now)}
        state = json.loads(json.dumps(self.floor.to_state()))
        self.floor = Floor.from_state(
            random.Random(self.seed + self.kills),
            state,
            queues_of(self.version),
            self.now,
            tenant=TenantId("acme"),
        )
        for visit in self.visits.values():
            visit.offer = ()
            if not visit.end and not visit.callback:  # a callback under way is called again
                visit.end = "killed"
            visit.talks_to = ""
        for name in AGENTS:
            self.floor.reachable(name, True, self.now)
        assert {view.agent: (view.calls, view.pauses) for view in self.floor.agents(self.now)} == before


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_day_of_a_call_centre(seed: int) -> None:
    day = Day(seed, calls=2000)
    day.run()
    assert len(day.visits) == 2000
    ends = Counter(visit.end for visit in day.visits.values())
    assert ends[""] == 0, f"seed {seed}: {[c for c, v in day.visits.items() if not v.end][:5]} were lost"
    assert ends["answered"] > 1200, ends
    assert day.floor.callers() == []
    # The journal alone tells the same: each visit to a queue came to exactly one end.
    open_visits: Counter[str] = Counter()
    for fact in day.journal:
        match fact:
            case facts.QueueJoined():
                open_visits[fact.journey] += 1
                assert open_visits[fact.journey] == 1
            case facts.QueueLeft() | facts.QueueCallEnded():
                open_visits[fact.journey] -= 1
                assert open_visits[fact.journey] == 0
    still_open = {call for call, count in open_visits.items() if count}
    assert still_open == {call for call, visit in day.visits.items() if visit.end == "killed"} & still_open
    lines = [line for fact in day.journal for line in queue_log(fact)]
    assert len(lines) > 4000
    assert all(line.count("|") >= 5 for line in lines)


def test_the_same_seed_is_the_same_day() -> None:
    days = [Day(9, calls=300), Day(9, calls=300)]
    for day in days:
        day.run()
    assert days[0].journal == days[1].journal


@pytest.mark.parametrize("strategy", ["even-volume", "round-robin", "fewest-calls", "longest-idle"])
def test_the_volume_is_even_within_one_call_among_agents_who_are_always_free(strategy: Strategy) -> None:
    names = [f"a{n}" for n in range(7)]
    floor, now = Floor(random.Random(1)), 0.0
    queue = Queue(id="q", strategy=strategy, agents=[{"user": name, "always": True} for name in names])
    floor.configure({"q": queue}, now)
    for name in names:
        floor.reachable(name, True, now)
    rng = random.Random(5)
    for n in range(400):
        now += rng.uniform(1, 60)
        floor.join(f"c{n}", "q", now)
        (offer,) = floor.news()
        assert isinstance(offer, Offer)
        (agent,) = offer.agents
        floor.accepted(offer.call, agent, now)
        now += rng.uniform(1, 300)
        floor.conversation_ended(offer.call, agent, now)
        counts = [view.calls for view in floor.agents(now)]
        assert max(counts) - min(counts) <= 1


def test_even_volume_follows_the_time_at_work() -> None:
    """Who works half the day gets half the calls, whenever they come."""
    floor, now = Floor(random.Random(1)), 0.0
    queue = Queue(
        id="q", strategy="even-volume", agents=[{"user": name} for name in ("full", "half", "late")]
    )
    floor.configure({"q": queue}, now)
    for name in ("full", "half", "late"):
        floor.reachable(name, True, now)
    floor.log_in("full", now)
    floor.log_in("half", now)
    for n in range(720):
        now = 40.0 * n
        if n == 360:
            floor.pause("half", "home", now)
            floor.log_in("late", now)
        floor.join(f"c{n}", "q", now)
        (offer,) = floor.news()
        assert isinstance(offer, Offer)
        floor.accepted(offer.call, offer.agents[0], now)
        floor.conversation_ended(offer.call, offer.agents[0], now + 20)
    calls = {view.agent: view.calls for view in floor.agents(now)}
    assert calls["full"] == pytest.approx(360, abs=2)
    assert calls["half"] == pytest.approx(180, abs=2)
    assert calls["late"] == pytest.approx(180, abs=2)
