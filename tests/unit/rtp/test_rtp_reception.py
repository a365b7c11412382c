"""Loss and jitter against a plain reading of RFC 3550, over streams that lose, double, reorder and begin anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.rtp.reception import Reception


def play(reception: Reception, sequences: list[int], spacing: float = 0.02) -> None:
    for index, sequence in enumerate(sequences):
        reception.note(sequence & 0xFFFF, 160 * sequence & 0xFFFFFFFF, 100 + index * spacing)


def test_a_whole_stream_across_the_wrap() -> None:
    reception = Reception()
    play(reception, list(range(65000, 65000 + 140_000)))
    assert (reception.packets, reception.expected, reception.lost) == (140_000, 140_000, 0)
    assert reception.highest == 65000 + 140_000 - 1


def test_the_first_sequence_number_is_the_last_there_is() -> None:
    reception = Reception()
    play(reception, [65535, 65536, 65537])
    assert (reception.packets, reception.lost, reception.highest) == (3, 0, 65537)


@pytest.mark.parametrize(
    ("sequences", "packets", "lost"),
    [
        ([1, 2, 4, 5], 4, 1),
        ([1, 2, 4, 3, 5], 5, 0),
        ([1, 2, 2, 3], 4, -1),
        ([65534, 65535, 65538, 65537, 65539], 5, 1),
        ([10, 9, 11], 3, -1),
        ([5], 1, 0),
        ([], 0, 0),
    ],
    ids=["lost", "reordered", "doubled", "at-the-wrap", "before-the-first", "one", "none"],
)
def test_what_is_missing_is_counted(sequences: list[int], packets: int, lost: int) -> None:
    reception = Reception()
    play(reception, sequences)
    assert (reception.packets, reception.lost) == (packets, lost)


@given(
    st.integers(0, 65535),
    st.lists(st.booleans(), min_size=1, max_size=400),
    st.lists(st.integers(0, 400), max_size=20),
)
def test_any_loss_is_counted_to_the_packet(first: int, arrives: list[bool], swaps: list[int]) -> None:
    sent = [first + index for index, comes in enumerate([True, *arrives]) if comes]
    # Neighbours change places: late by one packet at most, whatever is lost around them; the first stays first.
    for at in swaps:
        if 1 <= at < len(sent) - 1 and sent[at + 1] - sent[at] < 50:
            sent[at], sent[at + 1] = sent[at + 1], sent[at]
    expected = max(sent) - first + 1
    reception = Reception()
    play(reception, sent)
    # A packet may be swapped more than once, but not so far that it seems to belong to another stream.
    if all(abs(sequence - (sent[index - 1] if index else first)) < 90 for index, sequence in enumerate(sent)):
        assert reception.packets == len(sent)
        assert reception.expected == expected


def test_a_sender_that_begins_anew_is_believed_at_the_second_packet() -> None:
    reception = Reception()
    play(reception, list(range(100)))
    play(reception, [30_000])
    assert (reception.packets, reception.lost) == (100, 0)
    play(reception, list(range(30_001, 30_050)))
    assert (reception.packets, reception.lost) == (149, 0)


def test_a_new_source_goes_on_counting() -> None:
    reception = Reception()
    play(reception, [1, 2, 4])
    reception.restart()
    play(reception, [60_000, 60_001, 60_004])
    assert (reception.packets, reception.expected, reception.lost) == (6, 9, 3)
    assert reception.source_lost == 2


def test_jitter_is_that_of_the_rfc() -> None:
    """A.8: J += (|D| − J)/16, D in timestamp units."""
    arrivals = [0.0, 0.025, 0.039, 0.060, 0.095, 0.1]
    reception, expected = Reception(), 0.0
    for index, arrival in enumerate(arrivals):
        reception.note(index, 160 * index, 50 + arrival)
        if index:
            deviation = abs((arrival - arrivals[index - 1]) * 8000 - 160)
            expected += (deviation - expected) / 16
    assert reception.jitter == pytest.approx(expected, abs=1e-3)


def test_a_wrapping_timestamp_is_no_jitter() -> None:
    reception = Reception()
    for index in range(100):
        reception.note(index, (0xFFFFFFFF - 160 * 50 + 160 * index) & 0xFFFFFFFF, 7 + 0.02 * index)
    assert reception.jitter < 0.01


def test_digits_are_packets_but_no_jitter() -> None:
    reception = Reception()
    for index in range(10):
        reception.note(index, 160 * index, 3 + 0.02 * index)
    for index in range(10, 20):
        reception.count(index, 1600, 3 + 0.02 * index)
    assert reception.packets == 20
    assert reception.jitter < 0.01


def test_the_timestamp_of_an_instant() -> None:
    reception = Reception()
    reception.note(1, 0xFFFFFF00, 10.0)
    assert reception.timestamp_at(10.5) == (0xFFFFFF00 + 4000) & 0xFFFFFFFF
    assert Reception().timestamp_at(10.5) == 0
