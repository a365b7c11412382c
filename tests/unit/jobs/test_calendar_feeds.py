"""Calendars from an address: fetched when due, kept when the address fails, and never replaced by what is no calendar."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from centralita.app.jobs import calendar_problem
from centralita.jobs.calendar_feeds import FRESH_SECONDS, MAX_A_STEP, RETRY_SECONDS, CalendarFeeds
from centralita.pbx.vocabulary import TenantId
from centralita.ports import Feed

CALENDAR = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261224\r\nSUMMARY:Nochebuena\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


class Shelf:
    def __init__(self, url: str) -> None:
        self.feed = Feed(TenantId("t"), "holidays", url, None, None, "")
        self.text = ""

    def feeds(self) -> list[Feed]:
        return [self.feed]

    def save(self, feed: Feed, text: str, at: float) -> None:
        self.text = text
        self.feed = replace(feed, fetched_at=at, tried_at=at, error="")

    def save_error(self, feed: Feed, error: str, at: float) -> None:
        self.feed = replace(feed, tried_at=at, error=error)


class Site:
    """A web server whose answer a test may change."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = (200, CALENDAR)
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                status, body = outer.answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/holidays.ics"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def feeds(shelf: Shelf, clock: list[float]) -> CalendarFeeds:
    return CalendarFeeds(shelf, calendar_problem, lambda: clock[0], (ipaddress.ip_network("127.0.0.0/8"),))


def test_a_calendar_is_fetched_and_then_left_alone_while_it_is_fresh(site: Site) -> None:
    shelf, clock = Shelf(site.url), [1000.0]
    work = feeds(shelf, clock)
    assert work.step() == 1
    assert shelf.text.encode() == CALENDAR
    clock[0] += FRESH_SECONDS - 1
    assert work.step() == 0
    clock[0] += 1
    assert work.step() == 1
    assert site.asked == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [((500, b""), "answered 500"), ((200, b"<html>please log in</html>"), "BEGIN:VCALENDAR")],
)
def test_what_was_there_stays_when_the_address_fails(site: Site, answer: tuple[int, bytes], why: str) -> None:
    shelf, clock = Shelf(site.url), [1000.0]
    work = feeds(shelf, clock)
    work.step()
    site.answer = answer
    clock[0] += FRESH_SECONDS
    assert work.step() == 1
    assert why in shelf.feed.error
    assert shelf.text.encode() == CALENDAR
    assert work.step() == 0, "it is left in peace for a while"
    clock[0] += RETRY_SECONDS
    site.answer = (200, CALENDAR)
    assert work.step() == 1
    assert shelf.feed.error == ""


def test_a_calendar_in_our_own_network_is_not_asked_unless_it_is_allowed(site: Site) -> None:
    shelf = Shelf(site.url)
    CalendarFeeds(shelf, calendar_problem, lambda: 1.0).step()
    assert "private network" in shelf.feed.error
    assert site.asked == 0


def test_one_tenant_with_many_dead_addresses_keeps_no_other_waiting(site: Site) -> None:
    asked: list[str] = []

    class Shelves(Shelf):
        def feeds(self) -> list[Feed]:
            dead = [
                Feed(TenantId("many"), f"c{n}", "http://127.0.0.1:1/", None, None, "") for n in range(100)
            ]
            return [*dead, self.feed]

        def save(self, feed: Feed, text: str, at: float) -> None:
            asked.append(feed.tenant)

        def save_error(self, feed: Feed, error: str, at: float) -> None:
            asked.append(feed.tenant)

    feeds = CalendarFeeds(
        Shelves(site.url), calendar_problem, lambda: 0.0, (ipaddress.ip_network("127.0.0.0/8"),)
    )
    assert feeds.step() == MAX_A_STEP
    assert asked[:2] == ["many", "t"]
