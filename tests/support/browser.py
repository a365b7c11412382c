"""A real browser on the console: the system's Chromium, driven by Playwright. What a page complains of fails the test.

The pages are those that ``make console`` built. Everything goes to the loopback; Chromium asks nobody else.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from centralita.accounts import Account, Role, new_id
from centralita.store.accounts import AccountStore
from centralita.store.database import Database
from centralita.store.secrets import SecretBox, load_key
from centralita.web.console import FOLDER, PAGE
from centralita.web.passwords import Cost, Passwords
from support.exchange import Exchange

PASSWORD = "four random words"
CHEAP = Passwords(Cost(memory_kib=8, passes=1))
AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
WIDE = {"width": 1440, "height": 900}
TELEPHONE = {"width": 390, "height": 844}
STANDS_STILL = """() => Promise.all(
    document.getAnimations()
        .filter((each) => each.effect?.getComputedTiming().iterations !== Infinity)
        .map((each) => each.finished.catch(() => undefined)))"""
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing() -> str:
    """Why no browser can be driven on this machine, or nothing."""
    if not shutil.which("chromium"):
        return "Chromium is not installed (apt-get install chromium)"
    if not (FOLDER / PAGE).exists():
        return "the console is not built (make console)"
    return ""


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*_QUIET, *flags])
        yield browser
        browser.close()


def account(exchange: Exchange, role: Role, login: str, **fields: Any) -> Account:
    """Somebody who can sign in with ``PASSWORD``, made as the commands make them but for the cost of the hash."""
    database = Database(f"sqlite:///{exchange.data / 'centralita.db'}")
    store = AccountStore(database, SecretBox(load_key(exchange.data / "secret.key")))
    made = Account(
        id=new_id(), login=login, name=fields.pop("name", login.split("@")[0].title()), role=role, **fields
    )
    store.add(made)
    store.set_password(made.id, CHEAP.hash(PASSWORD))
    database.close()
    return made


@dataclass
class Visit:
    """One browser window, and what its pages complained of."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Parts of complaints that the test means to cause: a refusal shows up as a failed request, too."""

    def watch(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not (
            "401" in message.text and message.location.get("url", "").endswith("/api/v1/session")
        ):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def check(self) -> None:
        """AssertionError with everything that the pages complained of and the test did not mean to cause."""
        left = [one for one in self.complaints if not any(part in one for part in self.expected)]
        assert not left, left


def find_barriers(page: Page, without: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page as it is (WCAG 2.2 A and AA, and good practice), a line each. ``without``: rules left out, with a reason at the caller."""
    page.evaluate(AXE.read_text("utf-8"))
    # What moves is looked at when it stands still: a colour halfway to another is nobody's fault.
    page.evaluate(STANDS_STILL)
    found = page.evaluate(
        "rules => axe.run(document, {rules})", {rule: {"enabled": False} for rule in without}
    )
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def assert_accessible(page: Page, without: Sequence[str] = ()) -> None:
    """axe finds nothing, in light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
        barriers = find_barriers(page, without)
        assert not barriers, "\n".join([f"{page.url} ({scheme})", *barriers])
    page.emulate_media(color_scheme="light")


def assert_fits(page: Page) -> None:
    """Nothing sticks out at the side: nobody has to scroll a telephone sideways to read."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
