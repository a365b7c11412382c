"""Past calls against a draft: the same calls on the same version end alike, and what a draft changes is told."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.cli.versions import drafted
from centralita.pbx.journey import Journey
from centralita.pbx.model.number import Number
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.simulator import Scenario, Simulation, parse_behaviour, simulate
from centralita.pbx.simulator.replay import Replay, replay, scenario_of
from centralita.pbx.vocabulary import Outcome
from centralita.store import documents
from support.past import past

EXAMPLES = Path(__file__).parents[3] / "examples"
MONDAY = datetime(2026, 11, 23, 10, 0)
MAIN = "+34910000100"


def load(name: str = "office", version: int = 1) -> Snapshot:
    snapshot = drafted(documents.load([EXAMPLES / name]), name, {}, None, merge=False)
    snapshot.version = version
    return snapshot


OFFICE = load()


def changed(**numbers: str) -> Snapshot:
    """The office as version 2, with numbers that lead elsewhere."""
    snapshot = load(version=2)
    for ident, destination in numbers.items():
        number = snapshot.numbers[ident].model_copy(update={"destination": destination})
        snapshot.numbers[ident] = snapshot.numbers_by_e164[number.number] = number
    return snapshot


def call(caller: str = "+34931234567", dialled: str = MAIN, at: datetime = MONDAY, **more: Any) -> Simulation:
    answer = {user: parse_behaviour(text) for user, text in more.pop("answer", {}).items()}
    return simulate(Scenario(OFFICE, caller, dialled, at, answer=answer, **more))


def again(journeys: list[Journey], draft: Snapshot) -> Replay:
    return replay(journeys, {1: OFFICE}.get, draft)


behaviours = st.sampled_from(
    ["answered", "no-answer", "busy", "rejected", "offline", "do-not-disturb", "9", "14"]
)


@settings(max_examples=60, deadline=None)
@given(
    caller=st.sampled_from(
        ["+34931234567", "+34928111222", "+34600111222", "+34934440000", "anonymous", "user:marta"]
    ),
    dialled=st.sampled_from([MAIN, "+34928000100", "+34910000105"]),
    hours=st.integers(0, 24 * 7),
    press=st.sampled_from([(), ("1",), ("2",), ("9",), ("104",), ("7", "1")]),
    answer=st.dictionaries(st.sampled_from(sorted(OFFICE.users)), behaviours, max_size=5),
    patience=st.sampled_from([None, 4.0, 30.0]),
)
def test_a_record_tells_enough_to_play_its_call_again(
    caller: str,
    dialled: str,
    hours: int,
    press: tuple[str, ...],
    answer: dict[str, str],
    patience: float | None,
) -> None:
    done = call(
        caller, dialled, MONDAY + timedelta(hours=hours), press=press, answer=answer, patience=patience
    )
    user = caller.partition(":")[2]
    once_more = simulate(scenario_of(past(done, user=user), OFFICE))
    assert (once_more.rest, once_more.outcome) == (done.rest, done.outcome)


def test_the_same_version_changes_nothing() -> None:
    rng = random.Random(5)
    journeys = [
        past(
            call(at=MONDAY + timedelta(minutes=rng.randrange(6000)), press=(rng.choice("129"),)), f"j{index}"
        )
        for index in range(50)
    ]
    done = again(journeys, load(version=2))
    assert (done.calls, done.unchanged, done.changes, done.left_out) == (50, 50, (), 0)


def test_what_would_have_ended_elsewhere_is_told_most_first() -> None:
    to_sales = [past(call(press=("1",)), f"sales{index}") for index in range(7)]
    at_night = [past(call(at=MONDAY.replace(hour=23)), f"night{index}") for index in range(2)]
    untouched = [past(call(dialled="+34910000105"), "direct")]
    done = again([*to_sales, *at_night, *untouched], changed(principal="user:irene"))
    assert (done.calls, done.unchanged) == (10, 1)
    assert [(each.before, each.after, each.calls) for each in done.changes] == [
        ("group:ventas", "user:irene", 7),
        ("voicemail:ventas", "user:irene", 2),
    ]
    assert [example.journey for example in done.changes[0].examples] == [
        f"sales{index}" for index in range(5)
    ]


def test_who_did_not_answer_then_does_not_answer_now() -> None:
    done = again(
        [past(call(dialled="+34910000105", answer={"irene": "no-answer"}))], changed(principal="user:irene")
    )
    assert done.unchanged == 1
    moved = again(
        [past(call("user:marta", "105", answer={"irene": "no-answer"}), user="marta")], load(version=2)
    )
    assert moved.unchanged == 1


def test_overrides_that_were_on_are_on() -> None:
    night = call(overrides=("noche",), press=("1",))
    assert night.rest == "voicemail:ventas"
    assert scenario_of(past(night), OFFICE).overrides == ("noche",)
    day = past(call(press=("1",)), "day")
    # What one call found on is off again for the next one.
    assert again([past(night), day], load(version=2)).unchanged == 2


def test_digits_that_no_record_holds_are_as_many_others() -> None:
    journey = past(call(press=("1",)))
    hidden = [
        msgspec.structs.replace(each, pressed="····" if each.pressed else "") for each in journey.decisions
    ]
    assert scenario_of(msgspec.structs.replace(journey, decisions=tuple(hidden)), OFFICE).press == ("0000",)


def test_an_abandoned_call_keeps_its_patience() -> None:
    gone = call(press=("1",), answer={"alvaro": "14"}, patience=10.0)
    assert gone.outcome is Outcome.ABANDONED
    assert scenario_of(past(gone), OFFICE).patience == 10.0


def test_agents_who_were_not_rung_were_not_there() -> None:
    clinic = load("clinic")
    done = simulate(Scenario(clinic, "+34976112233", "+34976000300", MONDAY, press=("1",), agents=("pablo",)))
    assert (done.rest, done.by) == ("queue:citas", "nuria")  # who is always there is there

    centre = load("call-centre")
    done = simulate(Scenario(centre, "+34961112233", "+34960000401", MONDAY, agents=("amparo", "fuensanta")))
    assert (done.rest, done.by) == ("queue:ventas", "amparo")
    agents = scenario_of(past(done), centre).agents
    assert agents is not None
    assert "jordi" not in agents
    assert "fuensanta" in agents  # nothing is known of the agents of other queues


@pytest.mark.parametrize("outcome", [Outcome.LOST, None])
def test_calls_that_were_cut_off_are_left_out(outcome: Outcome | None) -> None:
    from msgspec.structs import replace as with_

    done = again([with_(past(call()), outcome=outcome)], load(version=2))
    assert (done.calls, done.left_out) == (0, 1)


def test_calls_of_versions_and_people_that_are_no_more_are_left_out() -> None:
    from msgspec.structs import replace as with_

    gone = past(call("user:marta", "105"), user="marta")
    draft = load(version=2)
    del draft.users["marta"]
    old = with_(past(call()), config_version=77)
    done = again([gone, old], draft)
    assert (done.calls, done.left_out) == (0, 2)


def test_shares_go_on_from_call_to_call() -> None:
    centre = load("call-centre")
    done = simulate(Scenario(centre, "+34961112233", "+34960000400", MONDAY, press=("1",)))
    journeys = [past(replace(done, caller=f"+3496111{number:04}"), f"j{number}") for number in range(9)]
    draft = load("call-centre", version=2)
    result = replay(journeys, {1: centre}.get, draft)
    assert result.unchanged == 9
    moved = load("call-centre", version=2)
    number = Number(id="general", number="+34960000400", destination="queue:ventas")
    moved.numbers["general"] = moved.numbers_by_e164[number.number] = number
    result = replay(journeys, {1: centre}.get, moved)
    # One in three went to Murcia.
    assert [(each.before, each.after, each.calls) for each in result.changes] == [
        ("queue:ventas-murcia", "queue:ventas", 3)
    ]
