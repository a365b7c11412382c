"""Any history of a call centre: callers, agents, supervisors, new configurations and restarts in whatever order."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from centralita.pbx.acd.facts import QueueLeft
from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.news import CallBack, Moved, Offer, Release, Withdrawn
from centralita.pbx.acd.records import FloorError
from centralita.pbx.model.queue import AgentProfile, Queue
from centralita.pbx.vocabulary import StepEnd
from unit.acd.floor_invariants import check_floor

AGENTS = ["ana", "luis", "eva", "paco"]
QUEUES = ["sales", "support"]
STRATEGIES = [
    "all",
    "linear",
    "round-robin",
    "fewest-calls",
    "longest-idle",
    "weighted-random",
    "even-volume",
    "skills",
]

memberships = st.lists(
    st.fixed_dictionaries(
        {
            "user": st.sampled_from(AGENTS),
            "level": st.integers(1, 2),
            "weight": st.integers(1, 5),
            "always": st.booleans(),
            "skills": st.dictionaries(st.just("english"), st.integers(1, 3), max_size=1),
        }
    ),
    unique_by=lambda member: member["user"],
    max_size=4,
)
targets = st.sampled_from(["", "queue:sales", "queue:support", "queue:nowhere", "voicemail:ana"])
overflows = st.fixed_dictionaries(
    {},
    optional={
        "wait": st.fixed_dictionaries({"seconds": st.integers(1, 100), "to": targets}),
        "size": st.fixed_dictionaries({"callers": st.integers(1, 4), "to": targets}),
        "no_agents": st.fixed_dictionaries(
            {
                "to": targets,
                "paused_are_absent": st.booleans(),
                "while_waiting": st.booleans(),
                "after_seconds": st.sampled_from([0, 20]),
            }
        ),
        "estimated_wait": st.fixed_dictionaries({"seconds": st.integers(1, 50), "to": targets}),
    },
)


def queues() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "strategy": st.sampled_from(STRATEGIES),
            "agents": memberships,
            "ring_seconds": st.integers(3, 20),
            "retry_seconds": st.sampled_from([0, 5]),
            "wrap_up_seconds": st.sampled_from([0, 10]),
            "no_answer_pause": st.sampled_from([0, 2]),
            "max_waiting": st.sampled_from([0, 5]),
            "max_wait_seconds": st.sampled_from([0, 60]),
            "announce": st.just({"position": True, "wait": True, "first_after_seconds": 5}),
            "callback": st.just({"digit": "1", "attempts": 2, "retry_seconds": 10, "keep_seconds": 300}),
            "last_agent": st.fixed_dictionaries(
                {"enabled": st.booleans(), "wait_seconds": st.sampled_from([0, 15])}
            ),
            "overflow": overflows,
            "skills": st.dictionaries(st.just("english"), st.integers(1, 3), max_size=1),
            "relax": st.sampled_from(
                [[], [{"after_seconds": 10, "lower_by": 1}], [{"after_seconds": 20, "drop": ["english"]}]]
            ),
        }
    )


@dataclass
class Caller:
    """What a caller's coroutine knows: it only ever hears news."""

    offered: tuple[str, ...] = ()
    talks_to: str = ""
    callback: bool = False
    released: bool = field(default=False)


class CallCentre(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.floor = Floor(random.Random(1))
        self.configs: dict[str, Queue] = {}
        self.callers: dict[str, Caller] = {}
        self.arrivals = 0

    @initialize(configs=st.fixed_dictionaries({"sales": queues(), "support": queues()}))
    def opens(self, configs: dict[str, dict[str, Any]]) -> None:
        self.configure(configs)
        for agent in AGENTS:
            self.floor.reachable(agent, True, self.now)
            self.floor.log_in(agent, self.now)
        self.listen()

    def configure(self, configs: dict[str, dict[str, Any]]) -> None:
        self.configs = {name: Queue(id=name, **config) for name, config in configs.items()}
        self.floor.configure(self.configs, self.now, {"ana": AgentProfile(max_calls=2)})

    def listen(self) -> None:
        for news in self.floor.news():
            caller = self.callers.get(news.call)
            assert caller is not None, f"news for somebody who has left: {news}"
            assert not caller.released
            match news:
                case Offer(agents=agents):
                    assert not caller.callback
                    assert not caller.offered, f"offered twice: {news}"
                    assert agents
                    caller.offered = agents
                case CallBack(agents=agents):
                    assert caller.callback
                    assert not caller.offered
                    caller.offered = agents
                case Withdrawn():
                    caller.offered = ()
                case Release():
                    caller.released = True
                    del self.callers[news.call]
                case Moved(queue=queue):
                    assert queue == self.configs[queue.id]
        for fact in self.floor.facts():
            if isinstance(fact, QueueLeft) and fact.reason in (
                "callback-failed",
                "callback-expired",
                "cancelled",
                "queue-removed",
            ):
                caller = self.callers.get(fact.journey)
                if caller is not None and caller.callback:
                    del self.callers[fact.journey]

    def someone(self, data: st.DataObject, condition: Any) -> str | None:
        names = sorted(name for name, caller in self.callers.items() if condition(caller))
        return data.draw(st.sampled_from(names)) if names else None

    # --- callers ----------------------------------------------------------------------------------------------------

    @rule(
        queue=st.sampled_from(QUEUES),
        priority=st.sampled_from([None, 0, 5]),
        skills=st.dictionaries(st.just("english"), st.integers(1, 3), max_size=1),
        last=st.sampled_from(["", "ana", "luis"]),
        earlier=st.sampled_from([0.0, 50.0]),
    )
    def joins(
        self, queue: str, priority: int | None, skills: dict[str, int], last: str, earlier: float
    ) -> None:
        if queue not in self.configs:
            return
        self.arrivals += 1
        call = f"c{self.arrivals}"
        self.callers[call] = Caller()
        self.floor.join(
            call, queue, self.now, priority=priority, skills=skills, since=self.now - earlier, last_agent=last
        )
        self.listen()

    @rule(data=st.data())
    def hangs_up(self, data: st.DataObject) -> None:
        call = self.someone(data, lambda caller: not caller.callback)
        if call is not None:
            del self.callers[call]
            self.floor.leave(call, "abandoned", self.now)
            self.listen()

    @rule(data=st.data())
    def wants_callback(self, data: st.DataObject) -> None:
        call = self.someone(data, lambda caller: not caller.callback and not caller.talks_to)
        if call is not None:
            caller = self.callers[call]
            caller.callback, caller.offered = True, ()
            self.floor.want_callback(call, f"+34600{call}", self.now)
            self.floor.leave(call, "abandoned", self.now)
            self.listen()

    @rule(data=st.data())
    def cancels(self, data: st.DataObject) -> None:
        call = self.someone(data, lambda caller: caller.callback and not caller.talks_to)
        if call is not None:
            self.floor.cancel_callback(call, self.now)
            self.listen()
            assert call not in self.callers

    # --- phones -----------------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def answers(self, data: st.DataObject) -> None:
        call = self.someone(data, lambda caller: caller.offered)
        if call is not None:
            caller = self.callers[call]
            agent = data.draw(st.sampled_from(caller.offered))
            caller.offered, caller.talks_to = (), agent
            self.floor.accepted(call, agent, self.now)
            self.listen()

    @rule(data=st.data(), end=st.sampled_from([StepEnd.NO_ANSWER, StepEnd.REJECTED, StepEnd.UNREACHABLE]))
    def nobody_answers(self, data: st.DataObject, end: StepEnd) -> None:
        call = self.someone(data, lambda caller: caller.offered)
        if call is not None:
            agents, self.callers[call].offered = self.callers[call].offered, ()
            for agent in agents:
                self.floor.declined(call, agent, end, self.now)
            self.listen()

    @rule(data=st.data())
    def conversation_ends(self, data: st.DataObject) -> None:
        call = self.someone(data, lambda caller: caller.talks_to and not caller.callback)
        if call is not None:
            agent = self.callers.pop(call).talks_to
            self.floor.conversation_ended(call, agent, self.now)
            self.floor.leave(call, "answered", self.now)
            self.listen()

    @rule(data=st.data(), reached=st.booleans())
    def calls_back(self, data: st.DataObject, reached: bool) -> None:
        call = self.someone(data, lambda caller: caller.talks_to and caller.callback)
        if call is None:
            return
        caller = self.callers[call]
        if reached:
            self.floor.callback_connected(call, self.now)
            self.now += 30
            del self.callers[call]
            self.floor.conversation_ended(call, caller.talks_to, self.now)
        else:
            caller.talks_to = ""
            self.floor.callback_failed(call, StepEnd.NO_ANSWER, self.now)
        self.listen()

    # --- agents -----------------------------------------------------------------------------------------------------

    @rule(agent=st.sampled_from(AGENTS), queue=st.sampled_from([None, "sales", "support"]))
    def logs_in(self, agent: str, queue: str | None) -> None:
        self.floor.log_in(agent, self.now, None if queue is None else [queue])
        self.listen()

    @rule(agent=st.sampled_from(AGENTS), queue=st.sampled_from([None, "sales", "support"]))
    def logs_out(self, agent: str, queue: str | None) -> None:
        self.floor.log_out(agent, self.now, None if queue is None else [queue])
        self.listen()

    @rule(agent=st.sampled_from(AGENTS), queue=st.sampled_from([None, "sales", "support"]))
    def pauses(self, agent: str, queue: str | None) -> None:
        self.floor.pause(agent, "coffee", self.now, None if queue is None else [queue])
        self.listen()

    @rule(agent=st.sampled_from(AGENTS), queue=st.sampled_from([None, "sales", "support"]))
    def resumes(self, agent: str, queue: str | None) -> None:
        self.floor.resume(agent, self.now, None if queue is None else [queue])
        self.listen()

    @rule(agent=st.sampled_from(AGENTS), yes=st.booleans())
    def phone(self, agent: str, yes: bool) -> None:
        self.floor.reachable(agent, yes, self.now)
        self.listen()

    @rule(agent=st.sampled_from(AGENTS), calls=st.integers(0, 1))
    def other_calls(self, agent: str, calls: int) -> None:
        view = self.floor.agent(agent, self.now)
        if calls and (view.calls_now or view.offered):
            return  # a person takes one call at a time; what the floor then does is another test's matter
        self.floor.occupied(agent, calls, self.now)
        self.listen()

    @rule(agent=st.sampled_from(AGENTS))
    def is_ready(self, agent: str) -> None:
        self.floor.ready(agent, self.now)
        self.listen()

    # --- supervisors and the house ------------------------------------------------------------------------------------

    @rule(data=st.data(), agent=st.sampled_from(AGENTS))
    def takes(self, data: st.DataObject, agent: str) -> None:
        call = self.someone(data, lambda caller: not caller.talks_to)
        if call is None:
            return
        with suppress(FloorError):
            self.floor.take(call, agent, self.now)
        self.listen()

    @rule(data=st.data(), queue=st.sampled_from(QUEUES))
    def moves(self, data: st.DataObject, queue: str) -> None:
        call = self.someone(data, lambda caller: not caller.talks_to)
        if call is None or queue not in self.configs:
            return
        try:
            self.floor.move(call, queue, self.now)
        except FloorError:
            assert self.callers[call].callback
        self.listen()

    @rule(configs=st.dictionaries(st.sampled_from(QUEUES), queues()))
    def publishes(self, configs: dict[str, dict[str, Any]]) -> None:
        self.configure(configs)
        self.listen()

    @rule(seconds=st.floats(0.5, 40))
    def time_passes(self, seconds: float) -> None:
        until = self.now + seconds
        while (due := self.floor.timer()) is not None and due <= until:
            assert due >= self.now - 1e-6
            self.now = max(self.now, due)
            self.floor.handle_timer(self.now)
            self.listen()
            check_floor(self.floor)
        self.now = until

    @rule()
    def midnight(self) -> None:
        self.floor.begin_day(f"day {self.now}", self.now)
        self.listen()

    @rule()
    def killed(self) -> None:
        """Log-ins, pauses and callbacks are taken up; whose line is gone joins again."""
        before = {view.agent: (view.pauses, view.calls) for view in self.floor.agents(self.now)}
        kept = json.loads(json.dumps(self.floor.to_state()))
        self.floor = Floor.from_state(
            random.Random(2), kept, self.configs, self.now, profiles={"ana": AgentProfile(max_calls=2)}
        )
        self.callers = {
            call: Caller(callback=True) for call, caller in self.callers.items() if caller.callback
        }
        self.listen()
        for agent in AGENTS:
            self.floor.reachable(agent, True, self.now)
        self.listen()
        for view in self.floor.agents(self.now):
            assert (view.pauses, view.calls) == before.get(view.agent, ((), 0))

    # --- what holds -------------------------------------------------------------------------------------------------

    @invariant()
    def nobody_is_lost(self) -> None:
        check_floor(self.floor)
        views = {view.call: view for view in self.floor.callers()}
        assert views.keys() == self.callers.keys()
        for call, caller in self.callers.items():
            view = views[call]
            assert bool(view.callback) is caller.callback
            if caller.talks_to:
                assert (view.phase, view.agents) == ("talking", (caller.talks_to,))
            else:
                assert view.phase != "talking"
                assert set(view.agents) == set(caller.offered)
        for queue in self.configs:
            figures = self.floor.figures(queue, self.now)
            assert figures.free <= figures.logged_in
            assert figures.service_level is None or 0 <= figures.service_level <= 1


CallCentre.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_any_history = CallCentre.TestCase
