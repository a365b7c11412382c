"""Questions to the web on behalf of calls: answered in time or not at all, remembered, asked once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import structlog

from centralita import fetch
from centralita.ports import Timer
from centralita.switch import lookup
from centralita.switch.lookup import MAX_OF_ONE_SERVER, MAX_RUNNING, Lookups


class Clock:
    def __init__(self) -> None:
        self.instant = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return self.instant

    def wall(self) -> float:
        return self.instant

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        entry = (when, callback)
        timers = self.timers
        timers.append(entry)

        class Handle:
            def cancel(self) -> None:
                if entry in timers:
                    timers.remove(entry)

        return Handle()

    def pass_time(self, seconds: float) -> None:
        self.instant += seconds
        for entry in [each for each in self.timers if each[0] <= self.instant]:
            self.timers.remove(entry)
            entry[1]()


class Threads:
    """Work waits until it is told to run."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Callable[[Any, BaseException | None], None]]] = []

    def __call__(self, work: Callable[[], Any], done: Callable[[Any, BaseException | None], None]) -> None:
        self.waiting.append((work, done))

    def run(self) -> None:
        work, done = self.waiting.pop(0)
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - as a thread hands over whatever it was
            done(None, error)
        else:
            done(result, None)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> tuple[Lookups, Clock, Threads, list[str]]:
    asked: list[str] = []

    def answer(url: str, **_: object) -> fetch.Fetched:
        asked.append(url)
        if "broken" in url:
            raise fetch.FetchFailed("the server answered 500")
        return fetch.Fetched(200, f"text of {url}", "")

    monkeypatch.setattr(lookup, "fetch", answer)
    clock, threads = Clock(), Threads()
    return Lookups(clock, threads, ()), clock, threads, asked


def test_an_answer_comes_and_is_remembered(world: Any) -> None:
    lookups, clock, threads, asked = world
    told: list[str | None] = []
    lookups.ask("http://crm/1", 3, 60, told.append)
    assert told == []
    threads.run()
    assert told == ["text of http://crm/1"]
    assert not clock.timers
    lookups.ask("http://crm/1", 3, 60, told.append)
    assert len(told) == 2
    clock.pass_time(61)
    lookups.ask("http://crm/1", 3, 60, told.append)
    threads.run()
    assert asked == ["http://crm/1"] * 2
    lookups.ask("http://crm/1", 3, 0, told.append)
    assert len(told) == 3, "who wants no memory is given none"


def test_no_answer_in_time_is_none_and_a_late_one_serves_the_next(world: Any) -> None:
    lookups, clock, threads, _ = world
    told: list[str | None] = []
    lookups.ask("http://crm/1", 3, 60, told.append)
    clock.pass_time(3)
    assert told == [None]
    threads.run()
    assert told == [None]
    lookups.ask("http://crm/1", 3, 60, told.append)
    assert told == [None, "text of http://crm/1"]


def test_many_who_ask_the_same_are_one_question(world: Any) -> None:
    lookups, _, threads, asked = world
    told: list[str | None] = []
    for _ in range(5):
        lookups.ask("http://crm/1", 3, 60, told.append)
    assert len(threads.waiting) == 1
    threads.run()
    assert told == ["text of http://crm/1"] * 5
    assert asked == ["http://crm/1"]


def test_what_fails_is_none_and_not_remembered(world: Any) -> None:
    lookups, _, threads, asked = world
    told: list[str | None] = []
    lookups.ask("http://broken/", 3, 60, told.append)
    threads.run()
    lookups.ask("http://broken/", 3, 60, told.append)
    threads.run()
    assert told == [None, None]
    assert len(asked) == 2


def test_too_many_at_once_are_told_none_at_once(world: Any) -> None:
    lookups, clock, threads, _ = world
    told: list[str | None] = []
    for number in range(MAX_RUNNING + 3):
        lookups.ask(f"http://crm{number}/", 3, 60, told.append)
    assert told == [None] * 3
    assert len(threads.waiting) == MAX_RUNNING
    while threads.waiting:
        threads.run()
    assert len([text for text in told if text]) == MAX_RUNNING
    assert not clock.timers


def test_a_server_that_does_not_answer_keeps_no_other_from_being_asked(world: Any) -> None:
    lookups, _, threads, asked = world
    told: list[str | None] = []
    for number in range(MAX_RUNNING):
        lookups.ask(f"http://slow/{number}?token=secret", 3, 60, told.append)
    assert told == [None] * (MAX_RUNNING - MAX_OF_ONE_SERVER)
    lookups.ask("http://crm/1", 3, 60, told.append)
    while threads.waiting:
        threads.run()
    assert asked[-1] == "http://crm/1"
    assert not lookups._servers


def test_a_failure_is_logged_without_what_may_be_secret(world: Any) -> None:
    lookups, _, threads, _ = world
    with structlog.testing.capture_logs() as logs:
        lookups.ask("http://me:secret@broken.example?token=secret", 3, 60, lambda _: None)
        threads.run()
    assert [line["host"] for line in logs] == ["broken.example"]
    assert "secret" not in str(logs)


def test_memory_is_bounded(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lookups, _, threads, asked = world
    monkeypatch.setattr(lookup, "MAX_REMEMBERED", 3)
    for number in range(5):
        lookups.ask(f"http://crm/{number}", 3, 60, lambda _: None)
        threads.run()
    lookups.ask("http://crm/4", 3, 60, lambda _: None)
    assert not threads.waiting
    lookups.ask("http://crm/0", 3, 60, lambda _: None)
    assert len(threads.waiting) == 1
    assert len(asked) == 5
