"""What the browser's tests share: one exchange with the example office in it, people of every role, and windows that complain."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from playwright.sync_api import Browser, expect

from centralita.accounts import Role
from support import browser as browsers
from support.browser import PASSWORD, TELEPHONE, WIDE, Visit
from support.exchange import Exchange
from support.ports import PortSlice
from support.waiting import until

EXAMPLES = Path(__file__).parents[2] / "examples"
TENANT = "office"
PATIENCE = 15_000
"""Milliseconds: a machine that does much else shows a page later, not another one."""


@pytest.fixture(scope="session")
def ports() -> Iterator[PortSlice]:
    ports = PortSlice()
    yield ports
    ports.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, ports: PortSlice) -> Path:
    """A data folder with no company and no account, to copy: nothing has run in it."""
    template = Exchange(tmp_path_factory.mktemp("prepared"), ports)
    template.prepare()
    return template.data


@pytest.fixture(scope="session")
def exchange(
    tmp_path_factory: pytest.TempPathFactory, ports: PortSlice, prepared: Path
) -> Iterator[Exchange]:
    """An exchange with the example office, and an account of every role: ``ROLE@example.com``, ``PASSWORD``.

    The user's and the supervisor's extension is Marta's; the supervisor has all queues of the office.
    """
    exchange = Exchange(tmp_path_factory.mktemp("exchange"), ports)
    exchange.prepare(prepared)
    documents = [
        document
        for path in sorted((EXAMPLES / "office").glob("*.yaml"))
        for document in yaml.load_all(path.read_text(), Loader=yaml.BaseLoader)
    ]
    exchange.apply(documents)
    browsers.account(exchange, Role.PLATFORM, "platform@example.com")
    for role in (Role.ADMIN, Role.SUPERVISOR, Role.USER, Role.AUDITOR):
        own = {"user": "marta"} if role in (Role.SUPERVISOR, Role.USER) else {}
        queues = (
            tuple(one["id"] for one in documents if one["kind"] == "queue") if role is Role.SUPERVISOR else ()
        )
        browsers.account(exchange, role, f"{role}@example.com", tenant=TENANT, queues=queues, **own)
    exchange.start()
    until(lambda: exchange.get("/"), "the console is served", seconds=40, every=0.1, seen=exchange.log)
    yield exchange
    exchange.stop()
    assert not exchange.complaints()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """No longer than a file's tests: as long as it runs, its event loop is that of the thread, and other tests want their own."""
    if reason := browsers.missing():
        pytest.skip(reason)
    with browsers.chromium("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as browser:
        yield browser


@pytest.fixture
def visit(chromium: Browser, exchange: Exchange) -> Iterator[Callable[..., Visit]]:
    """Open a window, signed in or not: ``visit("admin")``, ``visit(None, language="en", phone=True)``.

    When the test is over, whatever the pages complained of fails it.
    """
    visits: list[Visit] = []

    def open_window(role: str | None, *, language: str = "es", phone: bool = False, base: str = "") -> Visit:
        base = base or f"http://{exchange.host}:{exchange.http_port}"
        context = chromium.new_context(
            viewport=TELEPHONE if phone else WIDE,  # type: ignore[arg-type]  # width and height
            is_mobile=phone,
            has_touch=phone,
            locale="es-ES" if language == "es" else "en-GB",
            timezone_id="Europe/Madrid",
            permissions=["microphone", "clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        if role is not None:
            answer = context.request.post(
                f"{base}/api/v1/session",
                data={"login": f"{role}@example.com", "password": PASSWORD},
                headers={"Sec-Fetch-Site": "same-origin"},
            )
            assert answer.ok, answer.text()
        made = Visit(context.new_page(), base)
        made.watch()
        visits.append(made)
        return made

    yield open_window
    for each in visits:
        each.page.context.close()
    for each in visits:
        each.check()
