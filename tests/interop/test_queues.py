"""A call centre with real telephones: callers who hear music and then an agent, agents at their phones, supervisors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from centralita.pbx.vocabulary import Direction, Outcome
from support import audio, office
from support.exchange import Exchange
from support.sip import Peer
from support.waiting import until

VOICE_OF_DAVID = audio.chatter(60, seed=21)
VOICE_OF_BERTA = audio.chatter(60, seed=22)
VOICE_OF_CARLA = audio.chatter(60, seed=23)

CENTRE = [
    {
        "kind": "queue",
        "id": "sales",
        "extension": "200",
        "strategy": "linear",
        "agents": [{"user": "berta"}, {"user": "carla"}],
        "ring_seconds": 4,
        "retry_seconds": 8,
        "wrap_up_seconds": 2,
        "no_answer_pause": 0,
        "exits": {"2": "mail"},
        "callback": {"digit": "5", "retry_seconds": 10},
    },
    {
        "kind": "queue",
        "id": "late",
        "extension": "201",
        "agents": [{"user": "fermin"}],
        "overflow": {"wait": {"seconds": 2, "to": "voicemail:ana"}},
    },
    {
        "kind": "flow",
        "id": "front",
        "extension": "300",
        "start": "wait",
        "nodes": {
            "wait": {"type": "queue", "queue": "sales", "exits": {"mail": "mail"}},
            "mail": {"type": "voicemail", "user": "ana"},
        },
    },
    {
        "kind": "flow",
        "id": "confirmed",
        "extension": "301",
        "start": "ring",
        "nodes": {
            "ring": {
                "type": "ring",
                "targets": ["user:berta", "user:carla"],
                "seconds": 15,
                "confirm": True,
            }
        },
    },
    {
        "kind": "flow",
        "id": "recorded",
        "extension": "302",
        "start": "mark",
        "nodes": {
            "mark": {"type": "set", "record": True, "tag": "kept", "next": "ring"},
            "ring": {"type": "ring", "targets": ["user:berta"], "seconds": 15},
        },
    },
    {"kind": "override", "id": "night", "code": "1"},
]


@pytest.fixture(scope="module")
def centre(tmp_path_factory, ports, prepared, trunk_address):
    exchange = Exchange(tmp_path_factory.mktemp("centre"), ports, audio=1)
    exchange.prepare(prepared)
    exchange.apply([*office.documents(int(trunk_address.rpartition(":")[2])), *CENTRE])
    exchange.start()
    yield exchange
    exchange.stop()
    assert not exchange.complaints()


@pytest.fixture
def exchange(centre):
    """The call centre, with nobody logged in and nothing left behind."""
    centre.forget()
    yield centre
    for agent in centre.control.agents():
        centre.run("agents", "resume", agent.user)
        centre.run("agents", "logout", agent.user)
    for device in {each.device for each in centre.control.registrations()}:
        peer = Peer("127.0.0.1", centre.sip)
        peer.register(device, office.password(device), "Contact: *", "Expires: 0")
        peer.close()
    centre.assert_no_leak()


def state_of(exchange, user):
    return next(agent.state for agent in exchange.control.agents() if agent.user == user)


def becomes(exchange, user, state, seconds=10.0):
    until(
        lambda: state_of(exchange, user) == state,
        f"{user} is {state}",
        seconds=seconds,
        seen=exchange.control.agents,
    )


def log_in(exchange, *users):
    for user in users:
        exchange.run("agents", "login", user)
        becomes(exchange, user, "free")


def waiting(exchange):
    return [caller for queue in exchange.control.queues() for caller in queue.callers]


def voice_of(voice):
    return lambda heard: heard.seconds > 2 and audio.find(heard.part(-1.5), voice).likeness > 0.9


def is_music(heard):
    """Something that moves and does not stop, and is nobody's voice."""
    pitches = {round(audio.dominant(heard.part(at, at + 0.25)) / 20) for at in (0.0, 0.5, 1.0, 1.5, 2.0)}
    return -40 < audio.level(heard) < -10 and audio.longest_gap(heard) < 0.4 and len(pitches) > 1


def test_a_caller_hears_music_and_then_an_agent(exchange, phone_of):
    david = phone_of("david", VOICE_OF_DAVID)
    berta = phone_of("berta", VOICE_OF_BERTA)
    mark = berta.mark()
    berta.dial("*45")
    berta.ended(after=mark, seconds=20)
    becomes(exchange, "berta", "free")

    mark = berta.mark()
    david.dial("200")
    david.answered()
    berta.rings(after=mark)
    live = next(call for call in exchange.live() if call.caller == "104")
    assert (live.state, live.queue) == ("queue", "sales")
    david.hears(lambda heard: heard.seconds > 2.6, "some seconds of something")
    assert is_music(david.heard().part(0.3, 2.5))
    berta.accept()
    becomes(exchange, "berta", "talking")
    david.hears(voice_of(VOICE_OF_BERTA), "Berta")
    berta.hears(voice_of(VOICE_OF_DAVID), "David")
    berta.hang_up()
    david.ended()
    becomes(exchange, "berta", "wrap-up")
    becomes(exchange, "berta", "free")

    record = exchange.records(2)[1]
    assert record.outcome is Outcome.ANSWERED
    (stay,) = record.queues
    assert (stay.queue, stay.agent, stay.position, stay.reason) == ("sales", "berta", 1, "answered")
    assert 2 < stay.waited < 6
    (figures,) = [queue for queue in exchange.control.queues() if queue.queue == "sales"]
    assert figures.answered >= 1
    lines = until(
        lambda: (
            exchange.run("queue-log", "--since", "10m").splitlines()
            if "COMPLETEAGENT" in exchange.run("queue-log", "--since", "10m")
            else None
        ),
        "the queue log",
    )
    events = [line.split("|")[4] for line in lines if "|sales|" in line]
    assert events[-3:] == ["ENTERQUEUE", "CONNECT", "COMPLETEAGENT"]


def test_no_answer_moves_on_to_the_next_agent(exchange, phone_of):
    david = phone_of("david", VOICE_OF_DAVID)
    berta, carla = phone_of("berta"), phone_of("carla-desk", VOICE_OF_CARLA)
    log_in(exchange, "berta", "carla")
    david.dial("200")
    berta.rings()
    berta.ended(seconds=8)
    carla.rings(seconds=8)
    carla.accept()
    david.hears(voice_of(VOICE_OF_CARLA), "Carla")
    david.hang_up()
    carla.ended()
    record = exchange.record()
    assert [missed.agent for missed in record.queues[0].missed] == ["berta"]
    assert record.queues[0].agent == "carla"
    assert record.ended_by.value == "caller"


def test_a_caller_gives_up(exchange, phone_of):
    david, berta = phone_of("david"), phone_of("berta")
    log_in(exchange, "berta")
    david.dial("200")
    berta.rings()
    david.hang_up()
    berta.ended()
    becomes(exchange, "berta", "free")
    record = exchange.record()
    assert record.outcome is Outcome.ABANDONED
    assert record.queues[0].reason == "abandoned"
    assert not waiting(exchange)


def test_a_digit_leads_out_of_the_queue(exchange, phone_of):
    david = phone_of("david")
    david.dial("300")
    david.answered()
    until(lambda: waiting(exchange), "the caller waits")
    (live,) = exchange.live()
    assert (live.state, live.node) == ("queue", "front/wait")
    david.press("2")
    until(lambda: exchange.live()[0].state == "voicemail", "the voicemail", seen=exchange.live)
    david.hang_up()
    record = exchange.record()
    assert [step.kind for step in record.steps] == ["queue", "voicemail"]
    assert record.queues[0].key == "2"


def test_who_has_waited_too_long_goes_on_to_the_voicemail(exchange, phone_of):
    david = phone_of("david")
    david.dial("201")
    david.answered()
    until(lambda: exchange.live()[0].state == "voicemail", "the voicemail", seen=exchange.live)
    david.hang_up()
    record = exchange.record()
    assert [step.kind for step in record.steps] == ["queue", "voicemail"]
    assert record.queues[0].target == "voicemail:ana"
    assert 1.5 < record.queues[0].waited < 3.5


def test_a_supervisor_moves_a_caller_and_gives_them_to_an_agent(exchange, phone_of):
    david, carla = phone_of("david", VOICE_OF_DAVID), phone_of("carla-desk", VOICE_OF_CARLA)
    david.dial("201")
    david.answered()
    (caller,) = until(lambda: waiting(exchange), "the caller waits")
    exchange.run("queues", "move", caller.journey, "sales")
    (caller,) = waiting(exchange)
    (queue,) = [queue.queue for queue in exchange.control.queues() if queue.callers]
    assert queue == "sales"
    exchange.run("queues", "take", caller.journey, "carla")
    carla.rings()
    carla.accept()
    david.hears(voice_of(VOICE_OF_CARLA), "Carla")
    refused = exchange.run("queues", "take", caller.journey, "berta", code=None)
    assert "is not waiting" in refused
    david.hang_up()
    carla.ended()
    assert [stay.queue for stay in exchange.record().queues] == ["late", "sales"]


def test_a_caller_is_called_back(exchange, phone_of):
    david, berta = phone_of("david", VOICE_OF_DAVID), phone_of("berta", VOICE_OF_BERTA)
    david.dial("200")
    david.answered()
    until(lambda: waiting(exchange), "the caller waits")
    mark = david.mark()
    david.press("5")
    david.hears(lambda heard: heard.seconds > 3, "the question")
    david.press("1")
    david.ended(after=mark, seconds=20)
    (caller,) = waiting(exchange)
    assert caller.callback == "104"
    mark, again = berta.mark(), david.mark()
    log_in_while_wanted(exchange, "berta")
    berta.rings(after=mark)
    berta.accept()
    david.rings(after=again, seconds=10)
    david.accept()
    berta.hears(voice_of(VOICE_OF_DAVID), "David")
    david.hears(voice_of(VOICE_OF_BERTA), "Berta")
    david.hang_up()
    berta.ended(after=mark)
    first, second = exchange.records(2)
    assert first.outcome is Outcome.CALLBACK
    assert (second.direction, second.user, second.dialled) == (Direction.OUTBOUND, "berta", "104")
    assert second.outcome is Outcome.ANSWERED
    assert second.decisions[0].rule == "callback"
    assert not waiting(exchange)


def log_in_while_wanted(exchange, user):
    """An agent for whom somebody waits is offered that call at once."""
    exchange.run("agents", "login", user)


def test_whoever_answers_presses_one_before_they_are_bridged(exchange, phone_of):
    david, berta = phone_of("david", VOICE_OF_DAVID), phone_of("berta", VOICE_OF_BERTA)
    carla = phone_of("carla-desk", VOICE_OF_CARLA)
    david.dial("301")
    berta.rings()
    carla.rings()
    berta.accept()
    berta.answered()
    berta.hears(
        lambda heard: heard.seconds > 1.5 and not audio.is_silent(heard.part(0.2, 1.5)), "the question"
    )
    assert not [event for event in carla.events if event.type == "CALL_CLOSED"], "the others go on ringing"
    assert not [event for event in david.events if event.type == "CALL_ESTABLISHED"]
    carla.accept()
    carla.hears(lambda heard: heard.seconds > 1, "the question")
    carla.press("1")
    david.answered()
    berta.ended()
    carla.hears(voice_of(VOICE_OF_DAVID), "David")
    david.hears(voice_of(VOICE_OF_CARLA), "Carla")
    david.hang_up()
    carla.ended()
    assert exchange.record().answer.user == "carla"


def test_a_flow_has_the_call_recorded(exchange, phone_of):
    david, berta = phone_of("david", VOICE_OF_DAVID), phone_of("berta", VOICE_OF_BERTA, answers=True)
    david.dial("302")
    berta.hears(voice_of(VOICE_OF_DAVID), "David")
    david.hang_up()
    record = exchange.record()
    assert record.tags == ("kept",)
    (recording,) = record.recordings
    assert (exchange.data / recording.path).exists()
    assert recording.duration > 1


def test_log_ins_and_overrides_survive_the_death_of_the_switch(exchange, phone_of):
    phone_of("berta")
    phone_of("carla-desk")
    log_in(exchange, "berta", "carla")
    exchange.run("agents", "pause", "carla", "--reason", "lunch")
    exchange.run("override", "night", "on")
    exchange.kill("switch")
    agents = {agent.user: agent for agent in exchange.control.agents()}
    assert agents["berta"].state == "free"
    assert agents["carla"].state == "paused"
    assert agents["carla"].pauses[0].reason == "lunch"
    assert [(each["override"], each["on"]) for each in exchange.json("override")] == [("night", True)]
    exchange.run("override", "night", "off")
    assert [each["on"] for each in exchange.json("override")] == [False]
