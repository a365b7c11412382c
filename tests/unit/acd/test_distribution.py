"""Who rings next: each strategy against its definition, with bounds for what is exact and chi-square for what is chance."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.pbx.acd.pool import Pool
from centralita.pbx.acd.records import Agent
from centralita.pbx.distribution import Candidate, Tally, in_order
from centralita.pbx.model.queue import QueueAgent, Strategy
from centralita.pbx.shares import Share, ShareBy, ShareCounters

#: χ² at p = 0.001 by degrees of freedom.
CRITICAL = {2: 13.816, 3: 16.266, 4: 18.467}


def order(
    strategy: Strategy, *candidates: Candidate, seed: int = 1, **options: object
) -> list[tuple[str, ...]]:
    return in_order(strategy, candidates, rng=random.Random(seed), **options)  # type: ignore[arg-type]  # by name


def test_all_ring_at_once_level_by_level() -> None:
    people = [Candidate("a", 0, 2), Candidate("b", 1), Candidate("c", 2)]
    assert order("all", *people) == [("b", "c"), ("a",)]


def test_linear_is_always_from_the_first() -> None:
    people = [Candidate("c", 2, last_end=1), Candidate("a", 0, calls=9), Candidate("b", 1)]
    assert order("linear", *people) == [("a",), ("b",), ("c",)]


def test_round_robin_goes_on_after_the_one_tried_last() -> None:
    people = [Candidate("a", 0), Candidate("b", 1), Candidate("c", 2), Candidate("d", 0, level=2)]
    assert order("round-robin", *people, turns={1: 1, 2: 0}) == [("c",), ("a",), ("b",), ("d",)]


def test_fewest_calls_then_longest_idle() -> None:
    people = [
        Candidate("a", 0, calls=2, last_end=5),
        Candidate("b", 1, calls=1, last_end=90),
        Candidate("c", 2, calls=1, last_end=80),
        Candidate("d", 3, calls=1),
    ]
    assert order("fewest-calls", *people) == [("d",), ("c",), ("b",), ("a",)]


@pytest.mark.parametrize("strategy", ["longest-idle", "skills"])
def test_longest_idle_with_those_who_never_talked_first(strategy: Strategy) -> None:
    people = [Candidate("a", 0, last_end=50), Candidate("b", 1), Candidate("c", 2, last_end=40)]
    assert order(strategy, *people) == [("b",), ("c",), ("a",)]


def test_skills_take_the_lowest_level_that_is_free() -> None:
    people = [Candidate("a", 0, level=3), Candidate("b", 1, level=2, last_end=99), Candidate("c", 2, level=2)]
    assert order("skills", *people) == [("c",), ("b",), ("a",)]


def test_even_volume_is_by_time_at_work() -> None:
    """Ten calls in eight hours are fewer than two in half an hour."""
    early = Candidate("early", 0, calls=10, talk=600, on_shift=8 * 3600)
    late = Candidate("late", 1, calls=2, talk=30, on_shift=1800)
    fresh = Candidate("fresh", 2, on_shift=0)
    assert order("even-volume", early, late, fresh) == [("fresh",), ("early",), ("late",)]
    assert order("even-volume", early, late, fresh, even_by="talk-time") == [
        ("fresh",),
        ("late",),
        ("early",),
    ]


def test_weighted_random_draws_by_weight() -> None:
    weights = {"a": 1, "b": 2, "c": 3, "d": 4}
    people = [Candidate(name, n, weight=weight) for n, (name, weight) in enumerate(weights.items())]
    rng = random.Random(7)
    first = Counter(in_order("weighted-random", people, rng=rng)[0][0] for _ in range(10_000))
    expected = {name: 1000 * weight for name, weight in weights.items()}
    assert sum((first[name] - expected[name]) ** 2 / expected[name] for name in weights) < CRITICAL[3]
    assert sorted(order("weighted-random", *people)) == [("a",), ("b",), ("c",), ("d",)]


# --- the queue's index has the same definitions -------------------------------------------------------------------------

candidates = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(1, 3),
        st.integers(0, 3),
        st.integers(0, 300),
        st.integers(0, 900),
        st.none() | st.integers(0, 50),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=200)
@given(
    candidates,
    st.sampled_from(
        ["all", "linear", "round-robin", "fewest-calls", "longest-idle", "skills", "even-volume"]
    ),
    st.sampled_from(["calls", "talk-time"]),
    st.integers(0, 7),
    st.data(),
)
def test_the_pool_picks_whom_the_definition_names(figures, strategy, even_by, last_tried, data) -> None:
    now = 1000.0
    members, agents, people = [], [], []
    for position, (level, weight, calls, talk, shift, last_end) in enumerate(figures):
        name = f"a{position}"
        members.append(QueueAgent(user=name, level=level, weight=weight))
        agent = Agent(name, calls=calls, talk=talk, last_end=last_end, shift_since=now - shift)
        agents.append(agent)
        people.append(Candidate(name, position, level, weight, calls, talk, float(shift), last_end))
    pool = Pool("q", strategy, even_by)
    pool.configure(members)
    away = data.draw(st.sets(st.integers(0, len(agents) - 1)))
    for agent in data.draw(st.permutations(agents)):
        pool.put(agent)
    for position in away:
        pool.discard(agents[position])
    turns = {}
    if last_tried < len(members):
        pool.turn(f"a{last_tried}")
        turns = {members[last_tried].level: last_tried}
    there = [one for one in people if one.position not in away]
    waves = in_order(strategy, there, rng=random.Random(1), turns=turns, even_by=even_by)
    picked = pool.pick((), set(), now, random.Random(1))
    assert picked == (waves[0] if waves else ())
    if len(waves) > 1:  # and whom it names next, once the first have been tried
        assert pool.pick((), set(waves[0]), now, random.Random(1)) == waves[1]


def test_the_pool_draws_by_weight_too() -> None:
    pool = Pool("q", "weighted-random", "calls")
    pool.configure(
        [QueueAgent(user="a", weight=1), QueueAgent(user="b", weight=3), QueueAgent(user="c", weight=6)]
    )
    for name in "abc":
        pool.put(Agent(name))
    rng = random.Random(3)
    got = Counter(pool.pick((), set(), 0.0, rng)[0] for _ in range(5000))
    expected = {"a": 500, "b": 1500, "c": 3000}
    assert sum((got[name] - each) ** 2 / each for name, each in expected.items()) < CRITICAL[2]


# --- ring groups --------------------------------------------------------------------------------------------------------


def test_a_groups_counts_differ_by_at_most_one_while_all_are_free() -> None:
    members = [("a", 1), ("b", 1), ("c", 1), ("d", 1)]
    for strategy in ("round-robin", "fewest-calls", "longest-idle", "even-volume"):
        tally, rng = Tally(), random.Random(1)
        for call in range(50):
            (first,), *_ = tally.waves(strategy, members, ["d", "c", "b", "a"], day="monday", rng=rng)
            tally.tried(first)
            tally.answered(first, day="monday")
            tally.ended(first, 10.0, call + 0.5, day="monday")
            counts = [tally.calls(name) for name, _ in members]
            assert max(counts) - min(counts) <= 1, strategy


def test_a_group_remembers_over_a_restart_and_forgets_its_counts_at_midnight() -> None:
    members = [("a", 1), ("b", 1)]
    tally, rng = Tally(), random.Random(1)
    tally.answered("a", day="monday")
    tally.tried("a")
    tally = Tally.from_state(json.loads(json.dumps(tally.to_state())))
    assert tally.waves("fewest-calls", members, ["a", "b"], day="monday", rng=rng) == [("b",), ("a",)]
    assert tally.waves("fewest-calls", members, ["a", "b"], day="tuesday", rng=rng) == [("a",), ("b",)]
    assert tally.waves("round-robin", members, ["a", "b"], day="tuesday", rng=rng) == [("b",), ("a",)]
    assert tally.waves("linear", members, ["b"], day="tuesday", rng=rng) == [("b",)]


# --- shares -------------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.lists(st.integers(1, 1000), min_size=1, max_size=10), st.integers(1, 250))
def test_every_target_is_within_one_call_of_its_share_at_any_time(weights: list[int], calls: int) -> None:
    shares = [Share(f"t{n}", weight) for n, weight in enumerate(weights)]
    counters = ShareCounters()
    given_out: Counter[str] = Counter()
    for count in range(1, calls + 1):
        if count == calls // 2:
            counters = ShareCounters.from_state(json.loads(json.dumps(counters.to_state())))
        day = "monday" if count < 100 else "tuesday"  # a share goes on over midnight
        given_out[counters.choose("flow/share", shares, by="weight", day=day).target] += 1
        for share in shares:
            assert abs(given_out[share.target] - share.weight * count / sum(weights)) < 1


def test_a_choice_says_why() -> None:
    counters = ShareCounters()
    shares = [Share("north", 3), Share("south", 1)]
    choice = counters.choose("n", shares, by="weight", day="d")
    assert choice.target == "north"
    assert choice.reason == "north is furthest behind its share: 0 of 0 calls, a share of 3/4"
    assert choice.passed == ("south: 0 of 0 calls, a share of 1/4",)
    again = counters.choose("n", shares, by="weight", day="d", before="north")
    assert (again.target, again.reason) == ("north", "the caller went there before")
    assert again.passed == ("south: the caller went elsewhere before",)


@pytest.mark.parametrize("by", ["calls", "talk-time", "least-loaded"])
def test_even_shares_differ_by_at_most_one_call(by: ShareBy) -> None:
    counters, shares = ShareCounters(), [Share("a"), Share("b"), Share("c")]
    for count in range(1, 40):
        target = counters.choose("n", shares, by=by, day="d", loads={}).target
        counters.talked("n", target, 60.0, day="d")
        calls = [counters.today("n", "d").get(name, (0, 0.0))[0] for name in "abc"]
        assert sum(calls) == count
        assert max(calls) - min(calls) <= 1
    assert counters.today("n", "tomorrow") == {}


def test_by_talk_time_and_by_load() -> None:
    counters, shares = ShareCounters(), [Share("a"), Share("b")]
    counters.talked("n", "a", 600.0, day="d")
    assert {counters.choose("n", shares, by="talk-time", day="d").target for _ in range(5)} == {"b"}
    loads = {"a": 3.0, "b": 4.0}
    assert counters.choose("n", shares, by="least-loaded", day="d", loads=loads).target == "a"
    twice = [Share("a", 1), Share("b", 2)]  # twice as many people in b: 4 calls are fewer there than 3 in a
    assert counters.choose("n", twice, by="least-loaded", day="d", loads=loads).target == "b"


def test_a_target_that_is_left_out_makes_a_round_of_its_own() -> None:
    counters = ShareCounters()
    both, one = [Share("a"), Share("b")], [Share("a")]
    for _ in range(10):
        assert counters.choose("n", one, by="weight", day="d").target == "a"
    got = Counter(counters.choose("n", both, by="weight", day="d").target for _ in range(4))
    assert got == {"a": 2, "b": 2}  # b is not flooded with what it missed
    counters.keep_only(["other"])
    assert counters.to_state() == {}
