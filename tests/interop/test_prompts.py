"""A company's own sounds on real telephones: a prompt that is recorded with one, and the music of those who wait."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from support import audio, office
from support.exchange import Exchange
from support.sip import Peer

BEEP = 1000.0
VOICE_OF_ANA = audio.chatter(60, seed=71)
VOICE_OF_BERTA = audio.chatter(60, seed=72)
TUNE = audio.chatter(1.7, seed=73, dbfs=-24)
COMPANY = [
    {"kind": "prompt", "id": "flood", "name": "Flood", "code": "1", "users": ["ana"]},
    {"kind": "prompt", "id": "tune", "code": "2"},
    {
        "kind": "flow",
        "id": "notice",
        "extension": "310",
        "start": "say",
        "nodes": {"say": {"type": "announce", "prompt": "flood", "next": "end"}, "end": {"type": "hang-up"}},
    },
    {"kind": "queue", "id": "desk", "extension": "210", "agents": [{"user": "fermin", "always": True}]},
]


@pytest.fixture(scope="module")
def company(tmp_path_factory, ports, prepared, trunk_address):
    folder = tmp_path_factory.mktemp("company")
    exchange = Exchange(folder, ports, audio=1)
    exchange.prepare(prepared)
    documents = office.documents(int(trunk_address.rpartition(":")[2]))
    documents[1] = {**documents[1], "music": "tune"}
    exchange.apply([*documents, *COMPANY])
    audio.write(folder / "tune.wav", audio.silence(0.3) + TUNE + audio.silence(0.5))
    exchange.run("prompts", "add", "tune", str(folder / "tune.wav"), "--language", "en")
    exchange.start()
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


def test_a_prompt_is_recorded_by_telephone(exchange, phone_of):
    ana = phone_of("ana", VOICE_OF_ANA)
    ana.dial("*771")
    ana.answered()
    ana.hears(lambda heard: audio.segments(heard, BEEP, shortest=0.15), "the beep", seconds=25)
    began = ana.said().seconds
    ana.hears(lambda _: ana.said().seconds > began + 4, "four seconds of one's own")
    ana.press("#")
    sample = VOICE_OF_ANA.part(began + 1, began + 2.5)
    ana.hears(lambda heard: audio.find(sample, heard).likeness > 0.9, "what was recorded", seconds=10)
    mark = ana.mark()
    ana.press("1")
    ana.ended(after=mark, seconds=30)
    newest = exchange.json("versions")[0]
    assert (newest["author"], newest["comment"]) == ("user:ana", "prompt flood recorded by telephone")
    assert not list((exchange.data / "prompts" / "drafts").rglob("*.wav"))

    david = phone_of("david", audio.silence(30))
    david.dial("310")
    david.ended(seconds=20)
    heard = david.heard()
    assert audio.find(sample, heard).likeness > 0.9
    assert -26 < audio.level(heard.part(1, 3)) < -10, "as loud as everything else that is said"
    assert any(decision.rule == "prompt-recorded" for decision in exchange.records(2)[0].decisions)


def test_who_waits_hears_the_music_of_the_company(exchange, phone_of):
    """On hold, and in a queue: over and over, without a gap where it begins anew."""
    ana, berta = phone_of("ana", VOICE_OF_ANA), phone_of("berta", VOICE_OF_BERTA, answers=True)
    ana.dial("102")
    ana.answered()
    berta.hears(lambda heard: heard.seconds > 1, "Ana")
    ana.hold()
    held_from = berta.heard().seconds
    berta.hears(lambda heard: heard.seconds > held_from + 5.5, "five seconds of something")
    is_tune(berta.heard().part(held_from + 0.5, held_from + 5.3))
    ana.resume()
    berta.hears(lambda heard: audio.find(heard.part(-1.2), VOICE_OF_ANA).likeness > 0.9, "Ana again")
    ana.hang_up()
    berta.ended()

    david = phone_of("david", audio.silence(30))
    david.dial("210")
    david.answered()
    david.hears(lambda heard: heard.seconds > 6, "six seconds of something")
    is_tune(david.heard().part(0.7, 5.5))
    david.hang_up()
    exchange.records(2)


def is_tune(heard):
    assert -26 < audio.level(heard) < -10
    assert audio.longest_gap(heard) < 0.03
    part = TUNE.part(0.3, 1.3)
    found = [audio.find(part, heard.part(at, at + 2.8)).likeness for at in (0.0, 1.9)]
    assert min(found) > 0.9, found
