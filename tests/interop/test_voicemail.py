"""Voicemail from phone to phone: what was said after the beep is what its owner hears, and the keys do what the menu says."""

from __future__ import annotations

from centralita.pbx.vocabulary import Outcome
from support import audio
from support.waiting import until

BEEP = 1000.0
"""Hz; nothing that is spoken is a pure tone."""


def test_message_left_and_heard(exchange, phone_of):
    """Ana's message is a voice that is known to the sample; Berta, who was away, hears it by *97 and deletes it."""
    message = audio.chatter(60, seed=31)
    ana = phone_of("ana", message)
    ana.dial("102")  # Berta's phone is not registered
    ana.answered()
    ana.hears(lambda heard: audio.segments(heard, BEEP, shortest=0.15), "the beep", seconds=25)
    spoken_from = ana.said().seconds
    until(lambda: ana.said().seconds > spoken_from + 4, "four seconds after the beep")
    ana.hang_up()
    record = exchange.record()
    assert record.outcome is Outcome.VOICEMAIL
    (left,) = record.messages
    assert left.user == "berta"
    assert 3.5 < left.duration < 8
    stored = audio.read(exchange.data / left.path)
    assert audio.find(message.part(spoken_from + 1, spoken_from + 2), stored).likeness > 0.95

    exchange.forget()
    berta = phone_of("berta", audio.tone(300, seconds=60, dbfs=-60))
    berta.dial("*97")
    berta.answered()
    berta.hears(lambda heard: not audio.is_silent(heard), "the menu")
    berta.press("1")
    sample = message.part(spoken_from + 1, spoken_from + 2)
    berta.hears(lambda heard: audio.find(sample, heard).likeness > 0.9, "Ana's message", seconds=30)
    after = berta.heard().seconds
    berta.hears(lambda heard: heard.seconds > after + left.duration, "the end of it", seconds=15)
    berta.press("3")
    after = berta.heard().seconds
    berta.hears(lambda heard: heard.seconds > after + 1.5, "that it is deleted")
    berta.hang_up()
    assert exchange.record().outcome is Outcome.SERVICE
    assert not (exchange.data / left.path).exists()
