"""Takes the pictures of the user guide anew, in both languages: ``make pictures`` (ARGS: the names of those wanted).

An exchange of its own with two of the example companies, a past that the simulator made, and callers who wait in a queue just now.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import msgspec
import yaml
from playwright.sync_api import Browser, Page

from centralita.accounts import Role
from centralita.cli.versions import drafted
from centralita.pbx.simulator import Scenario, parse_behaviour, simulate
from centralita.pbx.vocabulary import Outcome
from centralita.store import documents
from centralita.store.database import Database
from centralita.store.records import RecordStore
from support import browser as browsers
from support.browser import PASSWORD, TELEPHONE
from support.exchange import Exchange
from support.past import past
from support.ports import PortSlice
from support.sipp import Sipp
from support.waiting import until

PICTURES = ROOT / "docs" / "guide" / "pictures"
FLOWS = ROOT / "console" / "src" / "features" / "flows"
COMPANIES = ("office", "call-centre")
SCREEN = {"width": 1280, "height": 800}
LARGE = {"width": 1920, "height": 1000}
PROVIDER = "127.0.0.2"
WAITING = 4
"""Callers in the queue when the live board is taken."""


@dataclass(frozen=True)
class Picture:
    name: str
    path: str
    login: str | None
    prepare: Callable[[Page], None] = lambda _: None
    phone: bool = False
    wide: bool = False
    """On a large screen."""


def take(wanted: list[str]) -> None:
    ports = PortSlice()
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="centralita-pictures-") as work, browsers.chromium() as chromium:
        exchange = Exchange(Path(work), ports)
        exchange.prepare()
        exchange.start()
        try:
            until(lambda: exchange.get("/"), "the console is served", seconds=60, every=0.2)
            if not wanted or "setup" in wanted:
                link = exchange.run("accounts", "setup-link").strip()
                for language in ("es", "en"):
                    shoot(
                        chromium,
                        exchange,
                        language,
                        Picture("setup", "/setup" + link.partition("/setup")[2], None, setup),
                    )
            fill(exchange)
            callers = call_in(exchange, ports, Path(work))
            try:
                for picture in pictures(exchange):
                    if not wanted or picture.name in wanted:
                        for language in ("es", "en"):
                            shoot(chromium, exchange, language, picture)
            finally:
                callers.stop()
        finally:
            exchange.stop()
            ports.close()


def pictures(exchange: Exchange) -> list[Picture]:
    call = answered(exchange)
    return [
        Picture("people", "/t/office/people", "admin"),
        Picture("hours", "/t/office/hours", "admin", hours),
        Picture("flow", "/t/office/flows/entrada", "admin", flow, wide=True),
        Picture("live", "/t/call-centre/live", "centre"),
        Picture("start", "/t/office/start", "admin"),
        Picture("call", f"/t/office/calls/{call}", "admin"),
        Picture("portal", "/t/office/me", "user", phone=True),
    ]


# --- the company and its past -------------------------------------------------------------------------------------


def fill(exchange: Exchange) -> None:
    for company in COMPANIES:
        read = [
            document
            for path in sorted((ROOT / "examples" / company).glob("*.yaml"))
            for document in yaml.load_all(path.read_text(), Loader=yaml.BaseLoader)
        ]
        for document in read:
            if document["kind"] == "trunk":
                document["addresses"] = [PROVIDER]
                document["options_seconds"] = "0"
        exchange.apply(read, f"{company}.yaml")
    browsers.account(exchange, Role.ADMIN, "admin@example.com", tenant="office", name="Irene Vidal")
    browsers.account(exchange, Role.ADMIN, "centre@example.com", tenant="call-centre", name="Rosa Marín")
    browsers.account(
        exchange, Role.USER, "user@example.com", tenant="office", user="marta", name="Marta Ruiz"
    )
    remember(exchange)


def remember(exchange: Exchange) -> None:
    """A week of calls of the office, as they would have gone."""
    snapshot = drafted(documents.load([ROOT / "examples" / "office"]), "office", {}, None, merge=False)
    chance = random.Random(7)
    now = datetime.now(UTC)
    journeys = []
    for index in range(160):
        at = now - timedelta(minutes=20 + index * 41 + chance.random() * 20)
        behaviour = parse_behaviour(chance.choice(["6", "9", "14", "answered", "no-answer", "busy"]))
        caller = f"+34{chance.choice(['91', '93', '95', '600', '655'])}{chance.randrange(10**6):06d}"[:12]
        scenario = Scenario(
            snapshot, caller, "+34910000100", at, press=(chance.choice("123"),), others=behaviour, seed=index
        )
        journey = past(simulate(scenario), f"P{index:025d}")
        journeys.append(msgspec.structs.replace(journey, via="trunk:operador", config_version=1))
    database = Database(f"sqlite:///{exchange.data / 'centralita.db'}")
    RecordStore(database).save(journeys, [], "pictures", (1, 1))
    database.close()


def answered(exchange: Exchange) -> str:
    """A call of the office that somebody took."""
    database = Database(f"sqlite:///{exchange.data / 'centralita.db'}")
    found = next(
        one.journey
        for one in RecordStore(database).list("office", limit=200).journeys
        if one.outcome is Outcome.ANSWERED
    )
    database.close()
    return str(found)


def call_in(exchange: Exchange, ports: PortSlice, work: Path) -> Sipp:
    """Callers who wait for the call centre."""
    number = next(
        document["number"]
        for path in sorted((ROOT / "examples" / "call-centre").glob("*.yaml"))
        for document in yaml.load_all(path.read_text(), Loader=yaml.BaseLoader)
        if document["kind"] == "number"
    )
    return Sipp(
        "caller",
        local=f"{PROVIDER}:{ports.take(4)}",
        remote=exchange.sip,
        service=number,
        keys={"caller": "+34655123456"},
        calls=WAITING,
        rate=1,
        hold=300.0,
        seconds=300,
        folder=work / "callers",
    )


# --- what is shown ------------------------------------------------------------------------------------------------


def setup(page: Page) -> None:
    page.locator("form button[type=submit], button").last.click()
    page.locator("input").nth(0).fill("Irene Vidal")
    page.locator("input").nth(1).fill("irene@example.com")
    page.locator("input[type=password]").first.fill("four random words here")
    page.locator("button[type=submit]").click()
    page.locator("input").nth(0).fill("Gestoría Meridiano")


def hours(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Horario de Madrid")).first.click()
    page.wait_for_url("**/hours/**")


def flow(page: Page) -> None:
    """A call from Barcelona on a Monday morning, option 1."""
    words = {one: json.loads((FLOWS / f"{one}.json").read_text("utf-8"))["try"] for one in ("es", "en")}
    said = words["es" if page.locator("html[lang=es]").count() else "en"]
    page.get_by_role("tab", name=said["title"], exact=True).click()
    page.get_by_label(said["number"]).fill("+34 931 234 567")
    page.get_by_label(said["press"]).fill("1")
    page.get_by_role("button", name=said["run"]).click()
    page.wait_for_selector("main [role=alert]")


def shoot(chromium: Browser, exchange: Exchange, language: str, picture: Picture) -> None:
    base = f"http://{exchange.host}:{exchange.http_port}"
    context = chromium.new_context(
        viewport=TELEPHONE if picture.phone else LARGE if picture.wide else SCREEN,  # type: ignore[arg-type]  # width and height
        device_scale_factor=1.5 if picture.phone else 1,
        is_mobile=picture.phone,
        has_touch=picture.phone,
        locale="es-ES" if language == "es" else "en-GB",
        timezone_id="Europe/Madrid",
    )
    if picture.login:
        context.request.post(
            f"{base}/api/v1/session",
            data={"login": f"{picture.login}@example.com", "password": PASSWORD},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    page = context.new_page()
    page.goto(base + picture.path)
    page.wait_for_selector("h1")
    picture.prepare(page)
    page.wait_for_timeout(1500)  # what is drawn comes to rest
    page.screenshot(path=PICTURES / f"{picture.name}-{language}.png")
    print(f"{picture.name}-{language}.png")
    context.close()


if __name__ == "__main__":
    take(sys.argv[1:])
