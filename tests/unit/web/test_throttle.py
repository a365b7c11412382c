"""Sliding windows and the throttle: guessers wait, and offices do not."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.throttle import SlidingWindow, Throttle, ThrottleLimits

OFFICE = "192.0.2.7"
NOW = 1_000_000.0


def test_window_slides() -> None:
    window = SlidingWindow(3, 60)
    for second in (0, 20, 40):
        assert window.wait("a", NOW + second) == 0
        window.add("a", NOW + second)
    assert window.wait("b", NOW + 40) == 0
    assert 0 < window.wait("a", NOW + 40) <= 30
    assert window.wait("a", NOW + 59) > 0
    assert window.wait("a", NOW + 70) == 0
    assert window.count("a", NOW + 200) == 0
    assert len(window) == 0


@given(
    st.lists(st.floats(0, 300), max_size=60).map(sorted),
    st.integers(1, 5),
    st.floats(300, 700),
)
def test_window_holds_its_limit(times: list[float], limit: int, later: float) -> None:
    """Never more than ``limit`` events that were let through within the window, and the wait told is the right one."""
    window = SlidingWindow(limit, 60)
    let_through: list[float] = []
    for now in times:
        wait = window.wait("k", now)
        recent = sum(1 for event in let_through if event > now - 60)
        if recent >= limit:
            assert wait > 0
        if wait == 0:
            window.add("k", now)
            let_through.append(now)
        else:
            assert wait <= 70.1
            assert window.count("k", now) >= limit
            assert deepcopy(window).wait("k", now + wait + 0.01) == 0
    assert window.count("k", later + 71) == 0


def test_window_memory_is_bounded() -> None:
    window = SlidingWindow(5, 60, max_keys=100)
    for number in range(1000):
        window.add(f"k{number}", NOW)
        window.add("busy", NOW)
    assert len(window) == 100
    assert window.wait("busy", NOW) > 0, "who goes on is not forgotten for those who came once"
    for number in range(1000):
        window.add("busy", NOW + number / 10)
    assert len(window._counts["busy"]) <= 8


def test_a_wrong_phone_waits_and_its_office_does_not() -> None:
    throttle = Throttle()
    failures = 0
    for second in range(0, 86_400, 30):
        now = NOW + second
        if not throttle.blocked(OFFICE, "wrong", now):
            throttle.failed(OFFICE, "wrong", now)
            failures += 1
        assert throttle.blocked(OFFICE, f"phone{second % 50}", now) == 0
    assert failures < 86_400 / 300 * 10
    assert throttle.blocked(OFFICE, "wrong", NOW + 90_000) == 0


def test_ten_wrong_phones_do_not_lock_out_an_office() -> None:
    throttle = Throttle()
    for second in range(3600):
        for phone in range(10):
            if not throttle.blocked(OFFICE, f"wrong{phone}", NOW + second):
                throttle.failed(OFFICE, f"wrong{phone}", NOW + second)
        assert throttle.blocked(OFFICE, "right", NOW + second) == 0


def test_guessing_at_many_users_from_one_source() -> None:
    limits = ThrottleLimits()
    throttle = Throttle(limits)
    throttle.succeeded(OFFICE, "known", NOW)
    tries = 0
    for number in range(5000):
        if not throttle.blocked(OFFICE, f"user{number}", NOW):
            throttle.failed(OFFICE, f"user{number}", NOW)
            tries += 1
    assert tries == limits.source
    assert throttle.blocked(OFFICE, "stranger", NOW) > 0
    assert throttle.blocked(OFFICE, "known", NOW) == 0, "who proved the password from there is let through"
    assert throttle.blocked("192.0.2.8", "stranger", NOW) == 0


def test_guessing_at_one_user_from_many_sources() -> None:
    limits = ThrottleLimits()
    throttle = Throttle(limits)
    throttle.succeeded(OFFICE, "101", NOW)
    tries = 0
    for number in range(1000):
        source = f"198.51.{number // 250}.{number % 250}"
        if not throttle.blocked(source, "101", NOW):
            throttle.failed(source, "101", NOW)
            tries += 1
    assert tries == limits.user
    assert throttle.blocked(OFFICE, "101", NOW) == 0, "the user is not locked out by strangers"


def test_one_ipv6_network_is_one_source() -> None:
    throttle = Throttle()
    for number in range(10):
        throttle.failed(f"2001:db8::{number:x}", "101", NOW)
    assert throttle.blocked("2001:db8::ffff", "101", NOW) > 0
    assert throttle.blocked("2001:db8:0:1::1", "101", NOW) == 0
    for _ in range(10):
        throttle.failed("::ffff:192.0.2.9", "102", NOW)
    assert throttle.blocked("192.0.2.9", "102", NOW) > 0


def test_a_right_password_forgives() -> None:
    throttle = Throttle()
    for _ in range(9):
        throttle.failed(OFFICE, "101", NOW)
    throttle.succeeded(OFFICE, "101", NOW)
    for _ in range(9):
        throttle.failed(OFFICE, "101", NOW)
    assert throttle.blocked(OFFICE, "101", NOW) == 0


def test_even_the_proven_are_limited() -> None:
    limits = ThrottleLimits()
    throttle = Throttle(limits)
    throttle.succeeded(OFFICE, "101", NOW)
    for _ in range(limits.pair * limits.proven):
        assert throttle.blocked(OFFICE, "101", NOW) == 0
        throttle.failed(OFFICE, "101", NOW)
    assert throttle.blocked(OFFICE, "101", NOW) > 0


def test_nameless_failures_count_for_their_source() -> None:
    throttle = Throttle(ThrottleLimits(source=5))
    for _ in range(5):
        throttle.failed(OFFICE, None, NOW)
    assert throttle.blocked(OFFICE, "101", NOW) > 0


@pytest.mark.parametrize("outcome", ["failed", "succeeded"])
def test_memory_is_bounded(outcome: str) -> None:
    throttle = Throttle(ThrottleLimits(max_keys=50))
    for number in range(1000):
        getattr(throttle, outcome)(f"10.0.{number // 250}.{number % 250}", f"u{number}", NOW)
    assert throttle.keys() <= 200


def test_who_has_failed_is_told_and_let_in_again() -> None:
    throttle = Throttle(ThrottleLimits(seconds=300, pair=3, user=50, source=5))
    for _ in range(3):
        throttle.failed("192.0.2.1", "ana", 1000.0)
    throttle.failed("2001:db8::7", "luis", 1000.0)
    told = throttle.guesses(1001.0)
    assert (told[0].scope, told[0].source, told[0].user, told[0].failures) == ("pair", "192.0.2.1", "ana", 3)
    assert told[0].wait == throttle.blocked("192.0.2.1", "ana", 1001.0) > 0
    assert {(each.scope, each.source, each.user) for each in told} == {
        ("pair", "192.0.2.1", "ana"),
        ("source", "192.0.2.1", ""),
        ("user", "", "ana"),
        ("pair", "20010db800000000::/64", "luis"),
        ("source", "20010db800000000::/64", ""),
        ("user", "", "luis"),
    }
    assert throttle.pardon("192.0.2.1", "ana")
    assert not throttle.pardon("192.0.2.1", "ana")
    assert throttle.blocked("192.0.2.1", "ana", 1001.0) == 0
    assert throttle.guesses(1001.0 + 400) == []


def test_a_source_or_a_name_is_pardoned_as_a_whole() -> None:
    limits = ThrottleLimits(seconds=300, pair=2, user=4, source=4)
    throttle = Throttle(limits)
    for user in ("ana", "ana", "luis", "luis"):
        throttle.failed("192.0.2.1", user, 1000.0)
    assert throttle.blocked("192.0.2.1", "eva", 1000.0) > 0
    # One name is not enough where all of the source has to wait.
    throttle.pardon("192.0.2.1", "ana")
    assert throttle.blocked("192.0.2.1", "ana", 1000.0) > 0
    assert throttle.pardon("192.0.2.1", "")
    assert [throttle.blocked("192.0.2.1", user, 1000.0) for user in ("ana", "luis", "eva")] == [0, 0, 0]
    for source in ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"):
        throttle.failed(source, "ana", 1000.0)
    assert throttle.blocked("192.0.2.9", "ana", 1000.0) > 0
    assert throttle.pardon("", "ana")
    assert throttle.blocked("192.0.2.9", "ana", 1000.0) == 0
    network = throttle.guesses(1000.0)
    assert {each.user for each in network if each.scope == "pair"} == set()
