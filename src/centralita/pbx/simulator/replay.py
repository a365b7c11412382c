"""Past calls played again: on the version they were made with and on a draft, to tell which would have ended elsewhere.

A record says how the telephones behaved that were rung then, what the caller pressed and which overrides were on; whatever it
does not say (a telephone that was never rung) is taken to go as usual: it answers. So both versions are simulated, and what is
compared is simulation with simulation, in the order of the calls and with a memory of their own each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from centralita.pbx.callcontrol import HIDDEN_DIGIT
from centralita.pbx.journey import CALLER, Journey, Leg
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.simulator.run import NoSuchCaller, fresh_state, simulate
from centralita.pbx.simulator.scenario import ANSWERS_AFTER, SPEAKS, TALKS, Behaviour, Scenario
from centralita.pbx.simulator.touched import Touched
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import Outcome, StepEnd

EXAMPLES = 5
"""Calls that are named for each change."""

#: Decisions by which a record tells of telephones that were not even rung.
_KNOWN_BEFORE = {
    "unreachable": Behaviour(StepEnd.UNREACHABLE, 0.0, 480, registered=False),
    "busy": Behaviour(StepEnd.BUSY, 0.5, 486, engaged=True),
    "do-not-disturb": Behaviour(StepEnd.DO_NOT_DISTURB, 0.5, 486, do_not_disturb=True),
}
#: The same where several are rung, and each who is not is told in one sentence (:mod:`centralita.pbx.forwarding`).
_PASSED = (
    (re.compile(r"no device of (.+) is registered"), _KNOWN_BEFORE["unreachable"]),
    (re.compile(r"(.+) is in (?:a call|[0-9]+ calls of at most [0-9]+)"), _KNOWN_BEFORE["busy"]),
    (re.compile(r"(.+) does not want to be disturbed"), _KNOWN_BEFORE["do-not-disturb"]),
)
#: Ends of ringing that say nothing about what the telephone would have done a moment later.
_CUT_SHORT = frozenset({StepEnd.ELSEWHERE, StepEnd.CALLER_GONE, StepEnd.WITHDRAWN, None})


@dataclass(frozen=True, slots=True)
class Example:
    journey: str
    started_at: float
    caller: str
    dialled: str


@dataclass(slots=True)
class Change:
    """Calls that would rest somewhere else."""

    before: str
    after: str
    calls: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of playing past calls again."""

    calls: int
    unchanged: int
    changes: tuple[Change, ...]
    """Most calls first."""
    left_out: int
    """Calls that cannot be played: cut off by a failure, of a user who is no more, or of a version that is gone."""
    unlike: int
    """Calls, of those that were played, whose record ends otherwise than their simulation on the version they were made with: agents, shares and the
    state of that hour are not all on record."""


def replay(
    journeys: Iterable[Journey],
    made_with: Callable[[int], Snapshot | None],
    draft: Snapshot,
    *,
    every: bool = False,
) -> Replay:
    """Play calls, oldest first. ``made_with``: version number → snapshot, None where it is gone.

    Calls that cannot reach anything that the draft changes are counted as unchanged without being played, unless ``every``.
    """
    before, after = fresh_state(), fresh_state()
    touched: dict[int, Touched] = {}
    changes: dict[tuple[str, str], Change] = {}
    calls = unchanged = left_out = unlike = 0
    for journey in journeys:
        base = made_with(journey.config_version)
        if base is None or journey.outcome in (None, Outcome.LOST):
            left_out += 1
            continue
        if not every and not journey.user:
            told = touched.get(journey.config_version)
            if told is None:
                told = touched[journey.config_version] = Touched(base, draft)
            if not told.number(journey.dialled):
                calls += 1
                unchanged += 1
                continue
        scenario = scenario_of(journey, base, before)
        try:
            was = simulate(scenario, story=False)
            would_be = simulate(_on(draft, scenario, journey, after), story=False)
        except NoSuchCaller:
            left_out += 1
            continue
        calls += 1
        unlike += was.outcome is not journey.outcome
        if was.rest == would_be.rest:
            unchanged += 1
            continue
        change = changes.get((was.rest, would_be.rest))
        if change is None:
            change = changes[was.rest, would_be.rest] = Change(was.rest, would_be.rest)
        change.calls += 1
        if len(change.examples) < EXAMPLES:
            change.examples.append(
                Example(journey.journey, journey.started_at, journey.caller, journey.dialled)
            )
    return Replay(calls, unchanged, _most_first(changes.values()), left_out, unlike)


def merged(parts: Sequence[Replay]) -> Replay:
    """One result of several, of calls one after the other."""
    changes: dict[tuple[str, str], Change] = {}
    for part in parts:
        for each in part.changes:
            change = changes.setdefault((each.before, each.after), Change(each.before, each.after))
            change.calls += each.calls
            change.examples += each.examples[: EXAMPLES - len(change.examples)]
    return Replay(
        sum(part.calls for part in parts),
        sum(part.unchanged for part in parts),
        _most_first(changes.values()),
        sum(part.left_out for part in parts),
        sum(part.unlike for part in parts),
    )


def _most_first(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda each: (-each.calls, each.before, each.after)))


def scenario_of(journey: Journey, snapshot: Snapshot, state: TenantState | None = None) -> Scenario:
    """The scenario that a record tells of, on the version that the call was made with."""
    answer, outside = _behaviours(journey, snapshot)
    abandoned = journey.outcome is Outcome.ABANDONED
    return Scenario(
        snapshot,
        f"user:{journey.user}" if journey.user else journey.caller or "anonymous",
        journey.dialled,
        datetime.fromtimestamp(journey.started_at, UTC),
        press=tuple(_pressed(journey)),
        answer=answer,
        outside=outside,
        agents=_agents(journey, snapshot, answer),
        overrides=_overrides(journey, snapshot),
        state=state,
        patience=journey.duration if abandoned else None,
        speaks=_spoken(journey),
        trunk=journey.via.removeprefix("trunk:") if journey.via.startswith("trunk:") else "",
        caller_name=journey.caller_name,
    )


def _on(draft: Snapshot, scenario: Scenario, journey: Journey, state: TenantState) -> Scenario:
    """The same on another version."""
    return replace(
        scenario,
        snapshot=draft,
        agents=_agents(journey, draft, scenario.answer),
        overrides=tuple(name for name in scenario.overrides if name in draft.overrides),
        state=state,
        trunk=scenario.trunk if scenario.trunk in draft.trunks else "",
    )


def _pressed(journey: Journey) -> Iterator[str]:
    """What the caller gave to each question; answers that no record holds become as many digits."""
    for decision in journey.decisions:
        if decision.pressed:
            yield decision.pressed.replace(HIDDEN_DIGIT, "0")


def _spoken(journey: Journey) -> float:
    if journey.messages:
        return journey.messages[-1].duration
    return 0.0 if journey.outcome is Outcome.VOICEMAIL else SPEAKS


def _behaviours(journey: Journey, snapshot: Snapshot) -> tuple[dict[str, Behaviour], dict[str, Behaviour]]:
    """How users' telephones and parties outside took the call; of several attempts, the first that says something."""
    users: dict[str, Behaviour] = {}
    outside: dict[str, Behaviour] = {}
    for decision in journey.decisions:
        known = _KNOWN_BEFORE.get(decision.rule)
        if known is not None and decision.target.startswith("user:"):
            users.setdefault(decision.target[5:], known)
        for passed in decision.passed:
            _passed_over(passed, snapshot, users)
    ends = {answer.leg: answer.until for answer in journey.answers}
    for leg in journey.legs:
        if leg.leg == CALLER or leg.started_at is None:
            continue
        until = ends.get(leg.leg)
        behaviour = _of_leg(leg, until if until is not None else journey.end)
        if leg.user:
            known = users.get(leg.user)
            if known is None or behaviour.end is StepEnd.ANSWERED:
                users[leg.user] = behaviour
        elif leg.target.startswith("trunk:"):
            refused = 500 <= leg.sip_status < 600
            outside[leg.target if refused else leg.number] = behaviour
    return users, outside


def _passed_over(passed: str, snapshot: Snapshot, users: dict[str, Behaviour]) -> None:
    """Note who was not rung, if that is what a line of the trace tells."""
    for pattern, behaviour in _PASSED:
        told = pattern.fullmatch(passed)
        if told is not None:
            for user in snapshot.users.values():
                if user.name == told[1]:
                    users.setdefault(user.id, behaviour)
            return


def _of_leg(leg: Leg, until: float) -> Behaviour:
    assert leg.started_at is not None
    if leg.answered_at is not None:
        return Behaviour(after=leg.answered_at - leg.started_at, talk=max(0.0, until - leg.answered_at))
    rang = (leg.ended_at if leg.ended_at is not None else until) - leg.started_at
    if leg.end is None or leg.end in _CUT_SHORT:
        # It rang so long without an answer; what would have come then nobody knows.
        return Behaviour(after=rang + ANSWERS_AFTER, talk=TALKS)
    return Behaviour(leg.end, rang, leg.sip_status)


def _agents(journey: Journey, snapshot: Snapshot, rung: Mapping[str, Behaviour]) -> tuple[str, ...] | None:
    """Who was there: of the agents of a queue that the call was in, only those who were rung; of others nothing is known."""
    visited = {decision.target[6:] for decision in journey.decisions if decision.target.startswith("queue:")}
    if not visited:
        return None
    away = {
        agent.user
        for name in visited
        if name in snapshot.queues
        for agent in snapshot.queues[name].agents
        if agent.user not in rung
    }
    return tuple(user for user in snapshot.users if user not in away)


def _overrides(journey: Journey, snapshot: Snapshot) -> tuple[str, ...]:
    """Overrides that the call found on, as its decisions tell."""
    reasons = [decision.reason for decision in journey.decisions if decision.rule == "override"]
    if not reasons:
        return ()
    return tuple(
        override.id
        for override in snapshot.overrides.values()
        if any(f"override {override.name or override.id} is on" in reason for reason in reasons)
    )
