"""Golden tables: a list of call events in, the record out; one file a case in ``golden/``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from centralita.pbx.journey import Journey, fold, fold_all
from centralita.pbx.vocabulary import CallEvent

CASES = sorted((Path(__file__).parent / "golden").glob("*.yaml"))


def load(path: Path) -> tuple[list[CallEvent], dict[str, Any], dict[str, Any]]:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    return msgspec.convert(case["events"], list[CallEvent]), case["record"], case["figures"]


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> tuple[list[CallEvent], dict[str, Any], dict[str, Any]]:
    return load(request.param)


def test_there_are_cases() -> None:
    assert len(CASES) >= 8


def test_the_record_is_as_the_table_says(
    case: tuple[list[CallEvent], dict[str, Any], dict[str, Any]],
) -> None:
    events, record, figures = case
    journey = fold_all(events)
    assert journey is not None
    assert msgspec.json.decode(msgspec.json.encode(journey)) == record
    assert {name: getattr(journey, name) for name in figures} == figures
    assert journey.waiting + journey.connected + journey.served <= journey.duration


def test_folding_any_part_again_changes_nothing(
    case: tuple[list[CallEvent], dict[str, Any], dict[str, Any]],
) -> None:
    events, _, _ = case
    journey = fold_all(events)
    for start in range(len(events)):
        assert fold_all(events[start:], journey) == journey
    state: Journey | None = None
    for index, event in enumerate(events):
        state = fold(state, event)
        assert fold_all(events[: index + 1], state) == state, event
    assert state == journey


def test_it_survives_its_json(case: tuple[list[CallEvent], dict[str, Any], dict[str, Any]]) -> None:
    events, _, _ = case
    journey = fold_all(events)
    assert msgspec.json.decode(msgspec.json.encode(journey), type=Journey) == journey


def test_what_is_left_of_a_journey_whose_beginning_is_not_there_is_no_record(
    case: tuple[list[CallEvent], dict[str, Any], dict[str, Any]],
) -> None:
    events, _, _ = case
    assert fold_all(events[1:]) is None
