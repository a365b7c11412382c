"""The console as a browser gets it for the first time: how long until its first page stands, and how much JavaScript that is."""

from __future__ import annotations

import statistics
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from centralita.accounts import Role, Session, new_secret, secret_hash
from loads.api import web
from support import browser
from support.ports import PortSlice
from support.switch_double import switch_double
from support.waiting import until
from support.web_world import World, web_world

TURNS = 5
SCRIPTS = """() => performance.getEntriesByType('resource')
    .filter((each) => /\\.js(\\?|$)/.test(each.name))
    .reduce((sum, each) => sum + each.encodedBodySize, 0)"""


@dataclass(frozen=True, slots=True)
class FirstPage:
    seconds: float
    """Median over browsers that have nothing of ours yet, from the address typed to the page's heading and content."""
    took: list[float]
    script_kb: float
    """Thousands of bytes of JavaScript over the wire, compressed."""


def missing() -> str:
    return browser.missing()


def first_page(work: Path) -> FirstPage:
    ports = PortSlice()
    took: list[float] = []
    script = 0.0
    try:
        with (
            web_world(work, bind="127.0.0.1", http_port=ports.take()) as world,
            switch_double(world.settings.switch_socket),
            web(world.settings),
            browser.chromium() as chromium,
        ):
            address = f"http://127.0.0.1:{world.settings.http_port}"
            secret = _signed_in(world)
            until(lambda: _answers(address), "the console is served", seconds=30)
            for _ in range(TURNS):
                with chromium.new_context() as context:
                    context.add_cookies([{"name": "centralita", "value": secret, "url": address}])
                    page = context.new_page()
                    began = time.perf_counter()
                    page.goto(f"{address}/", wait_until="commit")
                    page.wait_for_selector("h1")
                    page.wait_for_selector("[aria-busy=true]", state="detached")
                    took.append(time.perf_counter() - began)
                    script = page.evaluate(SCRIPTS) / 1000
    finally:
        ports.close()
    return FirstPage(statistics.median(took), took, script)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _signed_in(world: World) -> str:
    """The cookie of an administrator's browser."""
    account, secret, now = world.account(Role.ADMIN), new_secret(), world.clock()
    world.parts.sessions.add(
        Session(
            hash=secret_hash(secret),
            account=account.id,
            created_at=now,
            seen_at=now,
            expires_at=now + 86400,
            source="127.0.0.1",
        )
    )
    return secret
