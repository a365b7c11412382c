"""Digits in RTP (RFC 4733): told once, whatever is repeated, lost or reordered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.rtp.dtmf import DIGITS, DigitReceiver, event_payload


def told(packets: list[tuple[bytes, int]]) -> str:
    receiver = DigitReceiver()
    return "".join(receiver.receive(payload, timestamp) or "" for payload, timestamp in packets)


def press(digit: str, timestamp: int, packets: int = 5) -> list[tuple[bytes, int]]:
    steps = [event_payload(digit, 160 * (n + 1)) for n in range(packets)]
    return [
        (payload, timestamp) for payload in [*steps, *[event_payload(digit, 160 * packets, end=True)] * 3]
    ]


@given(st.text(DIGITS, min_size=1, max_size=8), st.integers(0, 0xFFFFFFFF), st.data())
def test_each_digit_is_told_once_if_any_of_its_packets_comes(
    digits: str, start: int, data: st.DataObject
) -> None:
    packets = []
    for index, digit in enumerate(digits):
        all_of_it = press(digit, (start + 4000 * index) & 0xFFFFFFFF)
        kept = data.draw(st.lists(st.booleans(), min_size=len(all_of_it), max_size=len(all_of_it)))
        packets += [one for one, keep in zip(all_of_it, kept, strict=True) if keep] or all_of_it[-1:]
    assert told(packets) == digits


def test_the_same_digit_twice_is_two() -> None:
    assert told(press("5", 1000) + press("5", 5000)) == "55"


def test_a_packet_of_an_earlier_digit_that_comes_late_is_not_a_new_one() -> None:
    first, second = press("1", 1000), press("2", 5000)
    assert told(first[:5] + second[:3] + first[5:] + second[3:]) == "12"


def test_a_key_held_for_long_is_one_digit() -> None:
    """§2.5.1.3: segments that follow each other exactly."""
    begin = [(event_payload("7", 0xFFFF), 1000)]
    onwards = [(event_payload("7", 400), 1000 + 0xFFFF), (event_payload("7", 400, end=True), 1000 + 0xFFFF)]
    assert told(begin + onwards) == "7"


def test_a_new_press_after_an_end_is_no_segment() -> None:
    begin = [(event_payload("7", 0xFFFF, end=True), 1000)]
    assert told([*begin, (event_payload("7", 400), 1000 + 0xFFFF)]) == "77"


@pytest.mark.parametrize("payload", [b"", b"\x01\x00", b"\x10\x0a\x00\xa0", b"\xff\xff\xff\xff"])
def test_what_is_no_digit_is_not_told(payload: bytes) -> None:
    assert told([(payload, 1000)]) == ""
