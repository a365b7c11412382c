"""Whatever the events, in whatever number: folding again changes nothing, and the times add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from centralita.pbx.journey import fold, fold_all
from centralita.pbx.spans import merge, overlap, total
from centralita.pbx.vocabulary import (
    Answered,
    CallClosed,
    CallEnded,
    CallEvent,
    CallStarted,
    Decided,
    Direction,
    Held,
    JourneyId,
    LegAlerting,
    LegEnded,
    LegId,
    LegRang,
    MessageLeft,
    Outcome,
    Party,
    QualityReported,
    Recorded,
    Resumed,
    StepEnd,
    StepEnded,
    StepStarted,
    TenantId,
)

J = JourneyId("j")
LEGS = st.sampled_from([LegId("a"), LegId("b1"), LegId("b2")])
STEPS = st.integers(1, 3)
TEXTS = st.sampled_from(["", "x", "y"])
ENDS = st.sampled_from(StepEnd)


def started(at: float) -> CallStarted:
    return CallStarted(
        journey=J,
        at=at,
        tenant=TenantId("demo"),
        direction=Direction.INBOUND,
        caller="1",
        dialled="2",
        via="trunk:t",
        config_version=1,
        sip_call_id="x",
    )


def any_event() -> st.SearchStrategy[CallEvent]:
    journey = st.just(J)
    now = st.just(0.0)
    return st.one_of(
        st.builds(Decided, journey=journey, at=now, rule=TEXTS, target=TEXTS, reason=TEXTS),
        st.builds(StepStarted, journey=journey, at=now, step=STEPS, kind=TEXTS, target=TEXTS),
        st.builds(StepEnded, journey=journey, at=now, step=STEPS, end=ENDS, detail=TEXTS),
        st.builds(LegRang, journey=journey, at=now, leg=LEGS, step=STEPS, target=TEXTS),
        st.builds(LegAlerting, journey=journey, at=now, leg=LEGS, early_media=st.booleans()),
        st.builds(LegEnded, journey=journey, at=now, leg=LEGS, end=ENDS),
        st.builds(Answered, journey=journey, at=now, leg=LEGS, target=TEXTS, service=TEXTS),
        st.builds(Held, journey=journey, at=now, leg=LEGS),
        st.builds(Resumed, journey=journey, at=now, leg=LEGS),
        st.builds(Recorded, journey=journey, at=now, path=TEXTS, duration=st.just(1.0)),
        st.builds(
            MessageLeft,
            journey=journey,
            at=now,
            tenant=st.just(TenantId("demo")),
            user=TEXTS,
            message=TEXTS,
            path=TEXTS,
            duration=st.just(1.0),
            caller=TEXTS,
        ),
        st.builds(QualityReported, journey=journey, at=now, leg=LEGS, packets_in=st.integers(0, 9)),
        st.builds(
            CallEnded,
            journey=journey,
            at=now,
            by=st.sampled_from(Party),
            outcome=st.sampled_from(Outcome),
            sip_status=st.just(200),
            q850=st.just(16),
        ),
        st.builds(CallClosed, journey=journey, at=now),
    )


def history(steps: list[tuple[int, CallEvent]]) -> list[CallEvent]:
    """A journey's events in order, each so many seconds after the one before; several may share an instant."""
    at = 100.0
    events: list[CallEvent] = [started(at)]
    for seconds, event in steps:
        at += seconds
        events.append(replace(event, at=at))
    return events


HISTORIES = st.lists(st.tuples(st.integers(0, 5), any_event()), max_size=25).map(history)


@given(HISTORIES, st.data())
def test_folding_any_stretch_again_changes_nothing(events: list[CallEvent], data: st.DataObject) -> None:
    journey = fold_all(events)
    assert fold_all(events, journey) == journey
    # As after a crash: everything up to some event was folded, and the journal is read again from an earlier one.
    known = data.draw(st.integers(1, len(events)))
    assert fold_all(events, fold_all(events[:known])) == journey


@given(HISTORIES)
def test_the_times_are_parts_of_the_whole(events: list[CallEvent]) -> None:
    journey = fold_all(events)
    assert journey is not None
    assert 0 <= journey.held <= journey.connected + 1e-9
    assert journey.talking >= -1e-9
    assert min(journey.waiting, journey.served, journey.connected) >= -1e-9
    assert journey.waiting + journey.served + journey.connected <= journey.duration + 1e-9


@given(HISTORIES, HISTORIES)
def test_nothing_changes_after_the_end_is_closed(events: list[CallEvent], more: list[CallEvent]) -> None:
    journey = fold_all([*events, CallClosed(journey=J, at=1000.0)])
    assert fold_all(more, journey) == journey


def test_an_event_of_another_journey_is_refused() -> None:
    with pytest.raises(ValueError, match="journey other"):
        fold(fold(None, started(1.0)), CallClosed(journey=JourneyId("other"), at=2.0))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8))
def test_spans_hold_each_instant_once(spans: list[tuple[int, int]]) -> None:
    seconds = {second for start, end in spans for second in range(start, end)}
    merged = merge([(float(start), float(end)) for start, end in spans])
    assert total(merged) == len(seconds)
    assert overlap(merged, [(5.0, 15.0)]) == len(seconds & set(range(5, 15)))
