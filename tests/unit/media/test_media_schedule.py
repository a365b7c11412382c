"""Timers, and ticks that do not drift."""

from __future__ import annotations

import pytest

from centralita.media.schedule import Schedule, Ticker


def test_timers_come_in_their_order_and_once() -> None:
    schedule, seen = Schedule(), []
    for when in (3.0, 1.0, 2.0, 1.0):
        schedule.at(when, lambda now, when=when: seen.append((when, now)))
    schedule.run(0.5)
    assert seen == []
    assert schedule.due == 1.0
    schedule.run(2.5)
    schedule.run(2.5)
    assert seen == [(1.0, 2.5), (1.0, 2.5), (2.0, 2.5)]
    assert schedule.armed == 1


def test_a_cancelled_timer_does_nothing_and_holds_nothing() -> None:
    schedule, seen = Schedule(), []
    timer = schedule.at(1.0, seen.append)
    timer.cancel()
    assert schedule.armed == 0
    schedule.run(5.0)
    assert seen == []


def test_a_timer_may_set_another() -> None:
    schedule, seen = Schedule(), []
    schedule.at(1.0, lambda now: (seen.append(now), schedule.at(now + 1, seen.append)))
    schedule.run(1.0)
    assert schedule.due == 2.0
    schedule.run(2.0)
    assert seen == [1.0, 2.0]


class Member:
    def __init__(self) -> None:
        self.ticks: list[float] = []

    def tick(self, now: float) -> None:
        self.ticks.append(now)


def run(ticker: Ticker, start: float, seconds: float, late: float = 0.003) -> None:
    end = start + seconds
    while ticker.due < end:
        ticker.run(ticker.due + late)


def test_fifty_ticks_a_second_however_late_each_wake_up_is() -> None:
    ticker, member = Ticker(), Member()
    ticker.add(member, 100.0)
    run(ticker, 100.0, 10.0)
    assert len(member.ticks) == pytest.approx(500, abs=1)


def test_ticks_that_were_missed_are_made_up_for_but_not_after_a_long_stop() -> None:
    ticker, member = Ticker(), Member()
    ticker.add(member, 100.0)
    ticker.run(100.1)
    assert len(member.ticks) == 6
    ticker.run(130.0)
    assert len(member.ticks) == 7


def test_many_members_are_spread() -> None:
    ticker, members = Ticker(), [Member() for _ in range(400)]
    for index, member in enumerate(members):
        ticker.add(member, 100.0 + index * 0.0001)
    assert len(ticker) == 400
    run(ticker, 100.04, 1.0, late=0.0)
    phases = {round(member.ticks[-1] * 1000) % 20 for member in members}
    assert len(phases) == 4
    assert all(48 <= len(member.ticks) <= 54 for member in members)


def test_a_member_may_leave_while_it_ticks() -> None:
    ticker, other = Ticker(), Member()

    class Leaver(Member):
        def tick(self, now: float) -> None:
            super().tick(now)
            ticker.remove(self)

    leaver = Leaver()
    ticker.add(leaver, 1.0)
    ticker.add(other, 1.0)
    ticker.run(1.05)
    assert len(leaver.ticks) == 1
    assert len(other.ticks) == 3
    ticker.remove(other)
    assert ticker.due > 1e9
