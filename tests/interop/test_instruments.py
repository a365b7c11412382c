"""The instruments prove themselves on each other, without an exchange: what they cannot see here they cannot see there."""

from __future__ import annotations

import pytest

from support import audio


def test_two_phones_hear_each_other(new_phone):
    here, there = audio.chatter(20, seed=1), audio.chatter(20, seed=2)
    ana = new_phone(here, name="ana")
    berta = new_phone(there, name="berta")

    ana.dial(f"sip:berta@127.0.0.1:{berta.sip_port}")
    berta.rings()
    berta.accept()
    ana.answered()
    berta.answered()
    berta.hears(lambda sound: sound.seconds > 2.5, "two seconds")
    ana.hears(lambda sound: sound.seconds > 2.5, "two seconds")
    ana.press("1#")
    berta.wait("CALL_DTMF_START", param="#")
    ana.hang_up()
    berta.ended()

    for reference, heard in ((here, berta.heard()), (there, ana.heard())):
        likeness = [match.likeness for match in audio.matches(reference.part(0, 2), heard)]
        assert min(likeness) > 0.95, likeness
    assert audio.find(here.part(1, 2), ana.heard()).likeness < 0.3, "the check tells one voice from the other"
    assert [e.param for e in berta.events if e.type == "CALL_DTMF_START"] == ["1", "#"]


@pytest.mark.parametrize(
    ("caller", "device"),
    [
        ("caller", "device_answers"),
        ("caller", "device_takes"),
        ("caller_waits", "device_hangs_up"),
        ("caller_cancels", "device_rings"),
        ("caller_refused", "device_busy"),
    ],
)
def test_scenarios_match(run_sipp, ports, caller, device):
    callee = run_sipp(device, local=f"127.0.0.3:{ports.take(4)}", hold=0.1)
    call = run_sipp(
        caller,
        local=f"127.0.0.2:{ports.take(4)}",
        remote=callee.address,
        service="101",
        keys={"caller": "600"},
        hold=0.1,
    )
    assert call.finish().successful == 1
    assert callee.finish().successful == 1
    if caller == "caller_refused":
        assert call.logged() == ["status 486"]


def test_sound_is_measured():
    voice = audio.chatter(3, seed=7)
    heard = audio.silence(0.4) + voice + audio.silence(0.2) + audio.tone(425, seconds=0.5, dbfs=-20)
    match = audio.find(voice.part(1, 2), heard)
    assert match.delay == pytest.approx(1.4)
    assert match.likeness == pytest.approx(1.0, abs=1e-6)
    (beep,) = audio.segments(heard, 425)
    assert (beep.start, beep.end) == pytest.approx((3.6, 4.1), abs=0.051)
    assert audio.level(heard.part(3.65, 4.05)) == pytest.approx(-20, abs=0.1)
    assert audio.dominant(heard.part(3.6, 4.1)) == pytest.approx(425, abs=0.5)
    assert audio.is_silent(heard.part(0, 0.4))
    assert not audio.is_silent(heard.part(0, 0.5))
    assert audio.longest_gap(heard) == pytest.approx(0.2, abs=0.05)


def test_sound_survives_its_file(tmp_path):
    left, right = audio.chatter(0.5, seed=1), audio.tone(1000, 1500, seconds=0.5)
    path = audio.write(tmp_path / "both.wav", left, right)
    for sound, back in zip((left, right), audio.read_channels(path), strict=True):
        assert audio.find(sound, back).likeness > 0.9999
