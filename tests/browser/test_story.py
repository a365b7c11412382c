"""The quarter of an hour: somebody who has never seen a PBX opens the link that the machine printed, and at the end a real call
lands where the editor said that it would. In both languages, by the words that stand on the screen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from centralita.pbx.vocabulary import Outcome
from support import sipp
from support.browser import Visit
from support.exchange import Exchange
from support.ports import PortSlice
from support.sipp import Sipp
from support.waiting import until

FEATURES = Path(__file__).parents[2] / "console" / "src" / "features"
PROVIDER, DESK = "127.0.0.2", "127.0.0.3"
NUMBER = "+34910000200"
CALLER = "+34600123123"
COMPANY, TENANT = "Talleres Rueda", "talleres-rueda"
PEOPLE = ("Ana Ruiz", "Luis Gil")


class Words:
    """What stands on the screen, by feature and key."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._kept: dict[str, Any] = {}

    def __call__(self, feature: str, key: str, **values: object) -> str:
        if feature not in self._kept:
            self._kept[feature] = json.loads(
                (FEATURES / feature / f"{self._language}.json").read_text("utf-8")
            )
        text: Any = self._kept[feature]
        for part in key.split("."):
            text = text[part]
        for name, value in values.items():
            text = text.replace(f"{{{{{name}}}}}", str(value))
        return str(text)


@dataclass(frozen=True)
class Telephone:
    user: str
    password: str


@pytest.fixture
def new_exchange(tmp_path: Path, ports: PortSlice, prepared: Path) -> Iterator[Exchange]:
    """Nothing in it: no company, no account."""
    exchange = Exchange(tmp_path / "exchange", ports, audio=1)
    exchange.prepare(prepared)
    exchange.start()
    until(lambda: exchange.get("/"), "the console is served", seconds=60, every=0.1, seen=exchange.log)
    exchange.forget()
    yield exchange
    exchange.stop()
    assert not exchange.complaints()


def wizard(page: Page, words: Words) -> dict[str, Telephone]:
    """From the language to a company whose calls are answered by a menu; who was given which telephone."""

    def said(key: str, **values: object) -> str:
        return words("setup", key, **values)

    def on(label: str = "next") -> None:
        page.get_by_role("button", name=said(label)).click()

    def title(key: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(said(key))

    title("welcome")
    on()
    title("you")
    page.get_by_label(said("yourName")).fill(PEOPLE[0])
    page.get_by_label(said("mail")).fill("ana@example.com")
    page.get_by_label(said("password")).first.fill("four random words here")
    on()
    title("company")
    page.get_by_label(said("companyName")).fill(COMPANY)
    on("makeCompany")
    title("people")
    for number, name in enumerate(PEOPLE, 1):
        row = page.get_by_role("group", name=said("person", number=number))
        if not row.count():
            on("addPerson")
        row.get_by_label(said("personName")).fill(name)
    on()
    title("hours")
    page.get_by_label(said("always")).check(force=True)
    on()
    title("outside")
    page.get_by_role("radio", name=said("outsideNow")).click()
    page.get_by_label(said("number")).fill(NUMBER)
    page.get_by_label(said("host")).fill(PROVIDER)
    page.get_by_text(said("authAddress")).click()
    on()
    title("calls")
    page.get_by_role("radio", name=said("template.menu.name")).click()
    second = page.get_by_role("group", name=said("choice", digit=2))
    second.get_by_label(said("choiceTo")).click()
    page.get_by_role("option", name=PEOPLE[1]).click()
    on("makeAll")
    title("done")
    given = {}
    for name in PEOPLE:
        card = page.get_by_role("group", name=name)
        given[name] = Telephone(
            card.get_by_label(said("phoneUser"), exact=True).input_value(),
            card.get_by_label(said("phonePassword"), exact=True).input_value(),
        )
    return given


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_company_in_a_quarter_of_an_hour(
    visit: Callable[..., Visit], new_exchange: Exchange, ports: PortSlice, tmp_path: Path, language: str
) -> None:
    if reason := sipp.missing():
        pytest.skip(reason)
    words = Words(language)
    link = new_exchange.run("accounts", "setup-link").strip()
    window = visit(None, language=language, base=f"http://{new_exchange.host}:{new_exchange.http_port}")
    page = window.open("/setup" + link.partition("/setup")[2])
    phones = wizard(page, words)

    until(
        lambda: list(new_exchange.data.glob("prompts/tenants/*/sounds/*.wav")),
        "the menu is spoken",
        seconds=60,
    )
    # Luis types his account into his telephone, which rings a moment later and is answered.
    luis = phones[PEOPLE[1]]
    desk = f"{DESK}:{ports.take(4)}"
    register(new_exchange, luis, desk, tmp_path / "register")
    try_it(window, words)
    answers = Sipp("device_answers", local=desk, hold=0.2, folder=tmp_path / "desk")
    try:
        caller = Sipp(
            "caller_presses",
            local=f"{PROVIDER}:{ports.take(4)}",
            remote=new_exchange.sip,
            service=NUMBER,
            keys={"caller": CALLER, "digit": "2"},
            hold=2.0,
            folder=tmp_path / "caller",
        )
        caller.finish()
        answers.finish()
    finally:
        answers.stop()
    record = new_exchange.record()
    assert record.outcome is Outcome.ANSWERED
    assert [one.user for one in record.answers if one.user] == ["luis-gil"]  # the menu answered before him
    look_back(window)


def try_it(window: Visit, words: Words) -> None:
    """The editor says where such a call would go: to Luis."""
    page = window.open(f"/t/{TENANT}/flows")
    page.get_by_role("link", name=words("setup", "name.flow", company=COMPANY)).click()
    page.get_by_role("tab", name=words("flows", "try.title"), exact=True).click()
    page.get_by_label(words("flows", "try.number")).fill(CALLER)
    page.get_by_label(words("flows", "try.press")).fill("2")
    page.get_by_role("button", name=words("flows", "try.run")).click()
    expect(page.get_by_role("alert").filter(has_text=PEOPLE[1])).to_be_visible()
    page.get_by_role("button", name=words("flows", "try.keep")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(words("flows", "try.keepName")).fill("Tecla 2")
    dialog.get_by_role("button", name=words("flows", "save")).click()
    expect(dialog).to_be_hidden()


def look_back(window: Visit) -> None:
    """The past calls have it, with who answered."""
    page = window.open(f"/t/{TENANT}/calls")
    page.get_by_role("link", name=re.compile(re.escape(CALLER))).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NUMBER)
    expect(page.get_by_role("main")).to_contain_text(PEOPLE[1])


def register(exchange: Exchange, telephone: Telephone, address: str, folder: Path) -> None:
    Sipp(
        "register",
        local=address,
        remote=exchange.sip,
        service=telephone.user,
        credentials=(telephone.user, telephone.password),
        keys={"expires": "120"},
        folder=folder,
    ).finish()
