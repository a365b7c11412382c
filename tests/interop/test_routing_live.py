"""Flows with real telephones: menus, announcements, lookups over HTTP, overrides by star code, a new version in mid-call."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from centralita.pbx.vocabulary import Outcome
from support import audio, office
from support.exchange import Exchange
from support.sip import Peer
from support.waiting import until

VOICE_OF_BERTA = audio.chatter(60, seed=32)
VOICE_OF_DAVID = audio.chatter(60, seed=33)


class Crm(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = b'{"customer": {"class": "gold"}}' if "104" in self.path else b"{}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def crm():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Crm)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def documents(crm, prompt="Welcome to the company of the tests. Press one for Berta."):
    return [
        {"kind": "prompt", "id": "welcome", "text": {"en": prompt}},
        {
            "kind": "menu",
            "id": "main",
            "prompt": "welcome",
            "seconds": 4,
            "attempts": 2,
            "dial_extensions": True,
        },
        {
            "kind": "flow",
            "id": "front",
            "extension": "300",
            "start": "menu",
            "nodes": {
                "menu": {"type": "menu", "menu": "main", "choices": {"1": "berta"}, "otherwise": "sorry"},
                "berta": {"type": "ring", "targets": ["user:berta"], "seconds": 15},
                "sorry": {"type": "hang-up", "cause": "busy"},
            },
        },
        {
            "kind": "flow",
            "id": "crm",
            "extension": "301",
            "start": "ask",
            "nodes": {
                "ask": {
                    "type": "lookup",
                    "url": f"{crm}/who?n={{caller}}",
                    "path": "customer.class",
                    "branches": [{"equals": "gold", "to": "berta"}],
                    "otherwise": "sorry",
                    "failed": "sorry",
                },
                "berta": {"type": "ring", "targets": ["user:berta"], "seconds": 15},
                "sorry": {"type": "hang-up", "cause": "rejected"},
            },
        },
        {
            "kind": "flow",
            "id": "told",
            "extension": "302",
            "start": "say",
            "nodes": {
                "say": {"type": "announce", "prompt": "welcome", "answer": False, "next": "ring"},
                "ring": {"type": "ring", "targets": ["user:berta"], "seconds": 15},
            },
        },
        {
            "kind": "flow",
            "id": "night",
            "extension": "303",
            "start": "night",
            "nodes": {
                "night": {"type": "override", "override": "night", "on": "mail", "off": "ring"},
                "mail": {"type": "voicemail", "user": "ana"},
                "ring": {"type": "ring", "targets": ["user:berta"], "seconds": 15},
            },
        },
        {"kind": "override", "id": "night", "code": "1"},
    ]


@pytest.fixture(scope="module")
def company(tmp_path_factory, ports, prepared, trunk_address, crm):
    exchange = Exchange(tmp_path_factory.mktemp("company"), ports, audio=1, lookup_allow="127.0.0.0/8")
    exchange.prepare(prepared)
    exchange.apply([*office.documents(int(trunk_address.rpartition(":")[2])), *documents(crm)])
    exchange.start()
    until(
        lambda: list(exchange.data.glob("prompts/tenants/*/sounds/*.wav")),
        "the prompts are spoken",
        seconds=30,
    )
    yield exchange
    exchange.stop()
    assert not exchange.complaints()


@pytest.fixture
def exchange(company):
    company.forget()
    yield company
    for device in {each.device for each in company.control.registrations()}:
        peer = Peer("127.0.0.1", company.sip)
        peer.register(device, office.password(device), "Contact: *", "Expires: 0")
        peer.close()
    company.assert_no_leak()


def voice_of(voice):
    return lambda heard: heard.seconds > 2 and audio.find(heard.part(-1.5), voice).likeness > 0.9


def test_a_menu_leads_to_a_person(exchange, phone_of):
    david, berta = phone_of("david", VOICE_OF_DAVID), phone_of("berta", VOICE_OF_BERTA)
    david.dial("300")
    david.answered()
    david.hears(lambda heard: heard.seconds > 1.5 and not audio.is_silent(heard), "the welcome")
    david.press("1")
    berta.rings()
    ringing = david.heard().seconds
    david.hears(lambda heard: heard.seconds > ringing + 1.6, "it rings in the line")
    assert not audio.is_silent(david.heard().part(ringing))
    berta.accept()
    david.hears(voice_of(VOICE_OF_BERTA), "Berta")
    berta.hears(voice_of(VOICE_OF_DAVID), "David")
    berta.hang_up()
    david.ended()
    record = exchange.record()
    assert record.outcome is Outcome.ANSWERED
    decided = {decision.node: decision for decision in record.decisions if decision.node}
    assert decided["front/menu"].pressed == "1"


def test_a_caller_whom_the_menu_answered_talks_to_a_phone_of_another_codec(exchange, phone_of):
    david = phone_of("david", VOICE_OF_DAVID, codecs="PCMA/8000/1")
    berta = phone_of("berta", VOICE_OF_BERTA, codecs="PCMU/8000/1", answers=True)
    david.dial("300")
    david.answered()
    david.press("1")
    david.hears(voice_of(VOICE_OF_BERTA), "Berta")
    berta.hears(voice_of(VOICE_OF_DAVID), "David")
    david.hang_up()
    berta.ended()
    assert {leg.leg: leg.codec for leg in exchange.record().legs} == {"a": "PCMA", "b1": "PCMU"}


def test_who_knows_an_extension_dials_it(exchange, phone_of):
    david, berta = phone_of("david"), phone_of("berta", answers=True)
    david.dial("300")
    david.answered()
    david.press("102")
    berta.answered()
    david.hang_up()
    assert exchange.record().answer.user == "berta"


def test_nothing_pressed_ends_as_the_flow_says(exchange, phone_of):
    david = phone_of("david")
    david.dial("300")
    david.answered()
    david.ended(seconds=40)
    record = exchange.record()
    assert record.decisions[-1].node.startswith("front/")
    assert record.ended_by.value == "system"


def test_a_web_service_says_who_is_important(exchange, phone_of):
    david, berta = phone_of("david"), phone_of("berta", answers=True)
    ana = phone_of("ana")
    david.dial("301")
    berta.answered()
    david.hang_up()
    mark = ana.mark()
    ana.dial("301")
    assert "603" in ana.ended(after=mark).param or "Decline" in ana.ended(after=mark).param
    assert sorted(Crm.asked) == ["/who?n=101", "/who?n=104"]
    first, second = exchange.records(2)
    assert (first.outcome, second.outcome) == (Outcome.ANSWERED, Outcome.REJECTED)


def test_an_announcement_before_the_answer(exchange, phone_of):
    david, berta = phone_of("david", VOICE_OF_DAVID), phone_of("berta", VOICE_OF_BERTA)
    david.dial("302")
    berta.rings(seconds=20)
    assert not [event for event in david.events if event.type == "CALL_ESTABLISHED"]
    berta.accept()
    david.answered()
    david.hears(voice_of(VOICE_OF_BERTA), "Berta")
    berta.hears(voice_of(VOICE_OF_DAVID), "David")
    david.hang_up()
    record = exchange.record()
    assert [step.kind for step in record.steps] == ["announce", "ring"]
    assert record.served == 0


def test_an_override_by_star_code(exchange, phone_of):
    david, berta = phone_of("david"), phone_of("berta", answers=True)
    mark = david.mark()
    david.dial("*281")
    david.ended(after=mark, seconds=20)
    mark = david.mark()
    david.dial("303")
    until(
        lambda: [call for call in exchange.live() if call.state == "voicemail"],
        "the voicemail",
        seen=exchange.live,
    )
    david.hang_up()
    david.ended(after=mark)
    exchange.run("override", "night", "off")
    david.dial("303")
    berta.answered()
    berta.hang_up()


def test_a_new_version_changes_nothing_for_who_is_in_the_menu(exchange, phone_of, crm, trunk_address):
    david, berta = phone_of("david"), phone_of("berta", answers=True)
    david.dial("300")
    david.answered()
    changed = documents(crm)
    changed[2]["nodes"]["menu"]["choices"] = {"1": "sorry"}
    exchange.apply([*office.documents(int(trunk_address.rpartition(":")[2])), *changed])
    before = exchange.control.health().tenants[office.TENANT]
    exchange.control.reload()
    assert exchange.control.health().tenants[office.TENANT] >= before
    david.press("1")
    berta.answered()
    david.hang_up()
    record = exchange.record()
    assert record.config_version < exchange.control.health().tenants[office.TENANT]
