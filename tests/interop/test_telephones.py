"""Two ordinary telephones through the exchange: what one says is what the other hears, and it is all on record."""

from __future__ import annotations

import pytest

from centralita.pbx.vocabulary import Outcome, Party
from support import audio

VOICE_OF_ANA = audio.chatter(40, seed=1)
VOICE_OF_BERTA = audio.chatter(40, seed=2)


def hears_voice(voice, least=0.9, seconds=1.5):
    """A check: within what was heard there is this voice, wherever in it."""

    def check(heard):
        if heard.seconds < seconds + 0.3:
            return False
        return audio.find(heard.part(-seconds), voice).likeness > least

    return check


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_two_phones_talk(exchange, phone_of, transport):
    ana = phone_of("ana", VOICE_OF_ANA, transport=transport)
    berta = phone_of("berta", VOICE_OF_BERTA, transport=transport)

    ana.dial("102")
    ringing = berta.rings()
    assert "101" in ringing.peer
    berta.accept()
    ana.answered()
    berta.hears(hears_voice(VOICE_OF_ANA), "Ana")
    ana.hears(hears_voice(VOICE_OF_BERTA), "Berta")
    (live,) = exchange.live()
    assert (live.caller, live.dialled, live.state) == ("101", "102", "talking")
    assert "berta" in live.answered_by
    berta.hears(lambda heard: heard.seconds > 4, "four seconds")
    ana.hang_up()
    berta.ended()

    for voice, heard in ((VOICE_OF_ANA, berta.heard()), (VOICE_OF_BERTA, ana.heard())):
        likeness = [match.likeness for match in audio.matches(voice.part(0.5, 3.5), heard)]
        assert min(likeness) > 0.95, likeness
        assert audio.level(heard.part(1, 3)) == pytest.approx(audio.level(voice.part(1, 3)), abs=1.5)
    record = exchange.record()
    assert record.outcome is Outcome.ANSWERED
    assert record.ended_by is Party.CALLER
    assert record.answer.user == "berta"
    assert record.answer.target == "device:berta"
    assert 3.5 < record.talking < 8
    for leg in record.legs:
        assert leg.codec == "PCMA"
        assert leg.audio.packets_in > 150
        assert leg.audio.loss_in == 0
        assert leg.audio.mos_in > 4.2


def test_who_is_called_hangs_up(exchange, phone_of):
    ana, berta = phone_of("ana"), phone_of("berta", answers=True)
    ana.dial("102")
    ana.answered()
    berta.answered()
    berta.hang_up()
    ana.ended()
    assert exchange.record().ended_by is Party.CALLEE


def test_music_while_on_hold(exchange, phone_of):
    ana, berta = phone_of("ana", VOICE_OF_ANA), phone_of("berta", VOICE_OF_BERTA, answers=True)
    ana.dial("102")
    ana.answered()
    berta.hears(hears_voice(VOICE_OF_ANA), "Ana")

    ana.hold()
    held_from = berta.heard().seconds
    berta.hears(lambda heard: heard.seconds > held_from + 3.5, "three seconds of something")
    music = berta.heard().part(held_from + 0.5, held_from + 3.4)
    assert -40 < audio.level(music) < -10
    assert audio.longest_gap(music) < 0.3
    assert audio.find(music.part(0.5, 1.5), VOICE_OF_ANA).likeness < 0.3, "not Ana's voice"
    pitches = {round(audio.dominant(music.part(at, at + 0.25)) / 20) for at in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5)}
    assert len(pitches) > 1, "music moves: it is no single tone"
    (live,) = exchange.live()
    assert live.state == "held"

    ana.resume()
    berta.hears(hears_voice(VOICE_OF_ANA), "Ana again")
    berta.hang_up()
    ana.ended()
    record = exchange.record()
    (hold,) = record.leg("a").holds
    assert 3 < hold.until - hold.at < 8
    assert record.talking == pytest.approx(record.connected - record.held, abs=0.01)


def test_echo(exchange, phone_of):
    ana = phone_of("ana", VOICE_OF_ANA)
    ana.dial("*43")
    ana.answered()
    # First a sentence is spoken, then comes back what is said: with a constant delay, at its own level.
    ana.hears(hears_voice(VOICE_OF_ANA), "herself", seconds=20)
    ana.hears(hears_voice(VOICE_OF_ANA, seconds=2.5), "herself", seconds=20)
    heard = ana.heard()
    tail = heard.part(-2)
    match = audio.find(tail, VOICE_OF_ANA)
    # Playing and recording begin together, so the difference of places is the way there and back.
    delay = heard.seconds - 2 - match.delay
    assert abs(delay) < 0.3
    assert audio.level(tail) == pytest.approx(
        audio.level(VOICE_OF_ANA.part(match.delay, match.delay + 2)), abs=1.5
    )
    assert not audio.is_silent(heard.part(0.2, 2)), "a sentence says what this is"
    ana.hang_up()
    assert exchange.record().outcome is Outcome.SERVICE


def test_all_devices_ring_and_the_first_takes_it(exchange, phone_of):
    ana = phone_of("ana", VOICE_OF_ANA)
    desk = phone_of("carla-desk", VOICE_OF_BERTA)
    mobile = phone_of("carla-mobile", audio.chatter(40, seed=9))
    ana.dial("103")
    desk.rings()
    mobile.rings()
    desk.accept()
    ana.answered()
    mobile.ended()
    ana.hears(hears_voice(VOICE_OF_BERTA), "the desk phone")
    ana.hang_up()
    desk.ended()
    record = exchange.record()
    assert record.answer.target == "device:carla-desk"
    ends = {leg.target: leg.end.value for leg in record.legs if leg.end and leg.target}
    assert ends["device:carla-mobile"] == "answered-elsewhere"


def test_refused_call_goes_to_voicemail(exchange, phone_of):
    ana, berta = phone_of("ana"), phone_of("berta")
    ana.dial("102")
    berta.rings()
    berta.hang_up()
    ana.answered()
    ana.hears(lambda heard: not audio.is_silent(heard), "a greeting")
    ana.hang_up()
    record = exchange.record()
    assert [step.kind for step in record.steps] == ["ring", "voicemail"]
    assert record.steps[0].end.value in ("busy", "rejected")


def test_caller_gives_up(exchange, phone_of):
    ana, berta = phone_of("ana"), phone_of("berta")
    ana.dial("102")
    berta.rings()
    ana.hang_up()
    berta.ended()
    record = exchange.record()
    assert record.outcome is Outcome.ABANDONED
    assert record.ended_by is Party.CALLER


def test_do_not_disturb_by_star_code(exchange, phone_of):
    ana, david = phone_of("ana"), phone_of("david")

    def set_by(code):
        mark = david.mark()
        david.dial(code)
        david.answered(after=mark)
        david.ended(after=mark, seconds=20)  # the exchange confirms by voice and hangs up
        confirmation = david.heard()
        assert len(audio.loud(confirmation)) >= 1
        assert audio.level(confirmation) > -40

    set_by("*78")
    try:
        mark = ana.mark()
        ana.dial("104")
        assert "486" in ana.ended(after=mark, seconds=15).param
        assert not [event for event in david.events if event.type == "CALL_INCOMING"]
    finally:
        set_by("*79")
    mark = ana.mark()
    ana.dial("104")
    david.rings()
    ana.hang_up()
    david.ended(after=david.mark() - 1)
    records = exchange.records(4)
    assert [record.outcome for record in records] == [
        Outcome.SERVICE,
        Outcome.BUSY,
        Outcome.SERVICE,
        Outcome.ABANDONED,
    ]
