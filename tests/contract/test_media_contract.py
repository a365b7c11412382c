"""What every adapter of ``ports.Media`` must do, tried with telephones that speak RTP over the loopback.

The adapter comes from the fixture ``world``; to try another one, add it there.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita.media.client import MediaSettings
from centralita.ports import File, MediaLeg, Silence, Tone
from centralita.rtp import rtcp
from centralita.rtp.dtmf import event_payload
from centralita.rtp.format import PCMA, PCMU, PayloadFormat
from support import audio
from support.media_world import Owner, Phone, Pump, WorkerProcess, World, connect, frames_of, worker_process


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerProcess]:
    with worker_process() as process:
        yield process


@pytest.fixture(params=["worker"])
def world(request: pytest.FixtureRequest, worker: WorkerProcess) -> Iterator[World]:
    """A medium with a silence time-out of 0.4 s. Afterwards nothing is left of the test's legs."""
    pump = Pump()
    client = connect(pump, worker, request.node.name, MediaSettings(silent_after=0.4))
    world = World(pump, client)
    yield world
    pump.until(lambda: client.in_use() == 0, "all ports are back")
    client.stop()
    for phone in world.phones:
        phone.close()


class Call:
    """Two phones and their legs, bridged."""

    def __init__(self, world: World, left: Phone, right: Phone) -> None:
        self.world = world
        self.left, self.right = left, right
        self.left_owner, self.right_owner = Owner(), Owner()
        self.left_leg = world.media.allocate(self.left_owner)
        self.right_leg = world.media.allocate(self.right_owner, beside=self.left_leg)
        self.left_leg.point(left.target())
        self.right_leg.point(right.target())
        self.left_leg.bridge(self.right_leg)
        world.settle()

    def say(self, left: list[bytes], right: list[bytes]) -> None:
        sending = [(self.left, self.left_leg.port, left), (self.right, self.right_leg.port, right)]
        self.world.talk(sending, listening=[self.left, self.right])
        self.world.pump.run(0.03)
        self.left.listen()
        self.right.listen()

    def close(self) -> None:
        self.left_leg.close()
        self.right_leg.close()
        owners = (self.left_owner, self.right_owner)
        self.world.pump.until(lambda: all(len(owner.qualities) == 1 for owner in owners), "quality is told")


def leg_of(world: World, phone: Phone, owner: Owner) -> MediaLeg:
    """A leg that its worker knows when this returns."""
    leg = world.media.allocate(owner)
    leg.point(phone.target())
    world.settle()
    return leg


def test_both_hear_each_other(world: World) -> None:
    call = Call(world, world.phone(host="127.0.0.2"), world.phone(host="127.0.0.3"))
    low, high = audio.tone(440, seconds=0.6), audio.tone(1000, seconds=0.6)
    call.say(frames_of(low, call.left.law), frames_of(high, call.right.law))
    for heard, frequency in ((call.right.sound(), 440), (call.left.sound(), 1000)):
        assert heard.seconds >= 0.5
        assert abs(audio.dominant(heard) - frequency) < 3
        assert abs(audio.level(heard) - -12.0) < 0.3
    call.close()
    quality = call.left_owner.qualities[0]
    assert quality.packets_in == 30
    assert quality.packets_out == len(call.left.heard)
    assert quality.loss_in == 0
    assert quality.mos_in is not None
    assert quality.mos_in > 4.3


def test_the_two_laws_are_translated(world: World) -> None:
    call = Call(world, world.phone(codec=PCMA), world.phone(codec=PCMU))
    low, high = audio.tone(440, seconds=0.4), audio.tone(1000, seconds=0.4)
    call.say(frames_of(low, call.left.law), frames_of(high, call.right.law))
    assert {one.payload_type for one in call.right.heard} == {0}
    assert {one.payload_type for one in call.left.heard} == {8}
    assert abs(audio.dominant(call.right.sound()) - 440) < 3
    assert abs(audio.level(call.right.sound()) - -12.0) < 0.3
    assert abs(audio.dominant(call.left.sound()) - 1000) < 3
    call.close()


def test_what_is_no_g711_passes_untouched_under_the_number_of_each_side(world: World) -> None:
    left = world.phone(codec=PayloadFormat(96, "opus", 48000, 2))
    right = world.phone(codec=PayloadFormat(111, "OPUS", 48000, 2))
    call = Call(world, left, right)
    payloads = [bytes([index]) * (20 + index) for index in range(10)]
    for payload in payloads:
        left.send(call.left_leg.port, payload)
        right.send(call.right_leg.port, payload)
        world.pump.run(0.005)
    for phone, number in ((left, 96), (right, 111)):
        phone.listen()
        assert {one.payload_type for one in phone.heard} == {number}
    # One of the two was known to the worker before the other: all that follows its first packet arrives.
    heard = [one.payload for one in left.heard]
    assert heard == payloads[-len(heard) :]
    assert len(heard) >= 9
    call.close()


def test_a_stranger_neither_steals_nor_injects_before_the_peer_speaks(world: World) -> None:
    phone, other = world.phone(host="127.0.0.2"), world.phone(host="127.0.0.3")
    stranger = world.phone(host="127.0.0.66")
    call = Call(world, phone, other)
    for _ in range(40):
        stranger.send(call.left_leg.port, b"\x11" * 160)
        world.pump.run(0.001)
    call.say([b"\x22" * 160] * 10, [b"\x33" * 160] * 10)
    stranger.listen()
    assert stranger.heard == []
    assert {one.payload for one in other.heard} == {b"\x22" * 160}
    assert {one.payload for one in phone.heard} == {b"\x33" * 160}
    call.close()


@pytest.mark.parametrize("host", ["127.0.0.66", "127.0.0.2"], ids=["another-address", "another-port"])
def test_a_stranger_neither_steals_nor_injects_afterwards(world: World, host: str) -> None:
    phone, other = world.phone(host="127.0.0.2"), world.phone(host="127.0.0.3")
    call = Call(world, phone, other)
    call.say([b"\x22" * 160] * 5, [b"\x33" * 160] * 5)
    # The best-informed stranger: knows the stream's SSRC, sequence and timestamps.
    stranger = world.phone(host=host, ssrc=phone.ssrc)
    for _ in range(40):
        stranger.sequence, stranger.timestamp = phone.sequence, phone.timestamp
        stranger.send(call.left_leg.port, b"\x11" * 160)
        world.pump.run(0.001)
    call.say([b"\x22" * 160] * 10, [b"\x33" * 160] * 10)
    stranger.listen()
    assert stranger.heard == []
    assert {one.payload for one in other.heard} == {b"\x22" * 160}
    call.close()


def test_a_phone_behind_a_nat_is_learnt_from_its_signalling_address(world: World) -> None:
    phone, other = world.phone(host="127.0.0.2"), world.phone(host="127.0.0.3")
    owner = Owner()
    leg = world.media.allocate(owner)
    leg.point(phone.target(host="192.168.44.55", port=40000))
    far = world.media.allocate(Owner(), beside=leg)
    far.point(other.target())
    leg.bridge(far)
    world.talk(
        [(phone, leg.port, [b"\x22" * 160] * 15), (other, far.port, [b"\x33" * 160] * 15)], listening=[]
    )
    world.hear(phone, 5)
    world.hear(other, 10)
    leg.close()
    far.close()


def test_audio_never_goes_to_an_address_of_ours_that_a_stranger_names(world: World) -> None:
    """An SDP that names the loopback, of a peer that signals from elsewhere: it would be us who are hit."""
    victim = world.phone(host="127.0.0.5")
    leg = world.media.allocate(Owner())
    leg.point(victim.target(signalling_host="192.0.2.77"))
    leg.play([Tone("dial")])
    world.pump.run(0.15)
    assert victim.listen() == []
    leg.close()


def test_no_audio_to_a_peer_that_wants_none(world: World) -> None:
    phone = world.phone()
    leg = world.media.allocate(Owner())
    leg.point(phone.target(send=False))
    leg.play([Tone("dial")])
    world.pump.run(0.1)
    leg.point(phone.target(host="0.0.0.0"))
    world.pump.run(0.1)
    assert phone.listen() == []
    leg.point(phone.target())
    world.hear(phone, 3)
    leg.close()


def test_a_new_address_is_followed_and_the_same_one_keeps_the_lock(world: World) -> None:
    first, second, other = (world.phone(host=f"127.0.0.{n}") for n in (2, 4, 3))
    call = Call(world, first, other)
    call.say([b"\x22" * 160] * 5, [b"\x33" * 160] * 5)
    call.left_leg.point(first.target(digits=None))
    call.left = second
    call.left_leg.point(second.target())
    world.settle()
    before = len(other.heard)
    for _ in range(5):
        first.send(call.left_leg.port, b"\x11" * 160)
    call.say([b"\x44" * 160] * 10, [b"\x33" * 160] * 10)
    assert {one.payload for one in other.heard[before:]} == {b"\x44" * 160}
    assert len(second.heard) >= 9
    call.close()


def test_a_digit_is_told_once_and_passed_on(world: World) -> None:
    call = Call(world, world.phone(), world.phone())
    call.right_leg.point(call.right.target(digits=96))
    call.say([b"\x22" * 160] * 3, [b"\x33" * 160] * 3)
    for digit in "4#":
        for duration in (160, 320, 480):
            call.left.event(call.left_leg.port, event_payload(digit, duration))
        for _ in range(3):
            call.left.event(call.left_leg.port, event_payload(digit, 480, end=True))
        call.left.timestamp = (call.left.timestamp + 800) & 0xFFFFFFFF
        call.left.send(call.left_leg.port)
    world.pump.until(lambda: call.left_owner.digits == "4#", "both digits are told")
    world.pump.run(0.03)
    assert call.left_owner.digits == "4#"
    assert call.right_owner.digits == ""
    call.right.listen()
    events = [one for one in call.right.heard if one.payload_type == 96]
    assert len(events) == 12
    assert len({one.timestamp for one in events}) == 2
    call.close()


def test_sounds_are_played_in_order_at_the_pace_of_speech(world: World, tmp_path: Path) -> None:
    phone, owner = world.phone(), Owner()
    leg = leg_of(world, phone, owner)
    path = audio.write(tmp_path / "a.wav", audio.tone(700, seconds=0.3))
    started = time.monotonic()
    leg.play([File(path), Silence(0.1), Tone("beep")])
    world.pump.until(lambda: phone.listen() is not None and owner.played, "the end is told")
    assert 0.5 < time.monotonic() - started < 0.9
    phone.listen()
    heard = phone.sound()
    assert abs(audio.dominant(heard.part(0, 0.3)) - 700) < 3
    assert abs(audio.level(heard.part(0, 0.3)) - -12.0) < 0.3
    assert audio.is_silent(heard.part(0.31, 0.39))
    assert abs(audio.dominant(heard.part(0.4, 0.6)) - 1000) < 5
    sequences = [one.sequence for one in phone.heard]
    assert sequences == [(sequences[0] + n) & 0xFFFF for n in range(len(sequences))]
    assert phone.heard[0].marker
    assert not any(one.marker for one in phone.heard[1:])
    assert owner.played == 1
    leg.close()


def test_the_end_is_not_told_after_stop_or_another_play(world: World) -> None:
    phone, owner = world.phone(), Owner()
    leg = leg_of(world, phone, owner)
    leg.play([Silence(0.05)])
    leg.play([Tone("busy")])
    world.pump.run(0.12)
    leg.play([Silence(0.05)])
    leg.stop()
    world.pump.run(0.12)
    assert owner.played == 0
    leg.close()


def test_what_cannot_be_played_is_left_out(world: World, tmp_path: Path) -> None:
    owner = Owner()
    leg = leg_of(world, world.phone(), owner)
    leg.play([File(tmp_path / "missing.wav"), Tone("no-such-tone")])
    world.pump.until(lambda: owner.played == 1, "the end is told")
    leg.close()


def test_music_plays_until_the_bridge(world: World) -> None:
    call = Call(world, world.phone(), world.phone())
    call.say([b"\x22" * 160] * 3, [b"\x33" * 160] * 3)
    call.left_leg.unbridge()
    call.left_leg.music()
    before = len(call.left.heard)
    world.hear(call.left, before + 40)
    music = audio.Sound(call.left.sound().samples[160 * before :])
    assert audio.level(music) > -35
    call.left_leg.bridge(call.right_leg)
    world.pump.run(0.03)
    call.left.listen()
    before = len(call.left.heard)
    call.say([b"\x22" * 160] * 5, [b"\x44" * 160] * 5)
    assert {one.payload for one in call.left.heard[before:]} == {b"\x44" * 160}
    call.close()


def test_the_peer_hears_one_stream_whatever_feeds_it(world: World) -> None:
    call = Call(world, world.phone(), world.phone())
    call.say([b"\x22" * 160] * 5, [b"\x33" * 160] * 5)
    call.left_leg.play([Silence(0.1)])
    world.pump.until(lambda: call.left_owner.played == 1, "the end is told")
    call.say([b"\x22" * 160] * 5, [b"\x33" * 160] * 5)
    call.left_leg.echo()
    call.say([b"\x55" * 160] * 5, [])
    call.left.listen()
    heard = call.left.heard
    assert len(heard) >= 19
    assert len({one.ssrc for one in heard}) == 1
    sequences = [one.sequence for one in heard]
    assert sequences == [(sequences[0] + n) & 0xFFFF for n in range(len(sequences))]
    steps = [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in itertools.pairwise(heard)]
    assert all(160 <= step < 8000 for step in steps)
    call.close()


def test_echo_sends_back_what_was_said(world: World) -> None:
    phone = world.phone()
    leg = leg_of(world, phone, Owner())
    leg.echo()
    said = audio.chatter(0.6, seed=7)
    world.talk([(phone, leg.port, frames_of(said, phone.law))], listening=[phone])
    match = audio.find(said.part(0.1, 0.4), phone.sound())
    assert match.likeness > 0.95
    leg.stop()
    world.settle()
    phone.listen()
    before = len(phone.heard)
    world.talk([(phone, leg.port, [b"\x22" * 160] * 5)], listening=[phone])
    assert len(phone.heard) == before
    leg.close()


def test_both_sides_are_recorded_in_step(world: World, tmp_path: Path) -> None:
    call = Call(world, world.phone(), world.phone())
    call.say([b"\xd5" * 160] * 2, [b"\xd5" * 160] * 2)
    path = tmp_path / "deep" / "call.wav"
    call.left_leg.record(path, both=True, limit=60)
    left, right = audio.chatter(1.0, seed=1), audio.chatter(1.0, seed=2)
    call.say(frames_of(left, call.left.law), frames_of(right, call.right.law))
    call.left_leg.stop_recording()
    world.pump.until(lambda: call.left_owner.recordings, "the recording is told")
    recording = call.left_owner.recordings[0]
    assert (recording.path, recording.reason) == (path, "stopped")
    tracks = audio.read_channels(path)
    assert len(tracks) == 2
    assert abs(recording.duration - tracks[0].seconds) < 1e-6
    found = [
        audio.find(said.part(0.1, 0.9), track) for said, track in zip((left, right), tracks, strict=True)
    ]
    assert all(match.likeness > 0.95 for match in found)
    assert abs(found[0].delay - found[1].delay) < 0.03
    call.close()
    assert len(call.left_owner.recordings) == 1


def test_a_recording_ends_by_silence_and_by_limit(world: World, tmp_path: Path) -> None:
    phone, owner = world.phone(), Owner()
    leg = leg_of(world, phone, owner)
    loud = frames_of(audio.tone(500, seconds=0.3), phone.law)
    leg.record(tmp_path / "silence.wav", both=False, limit=60, silence=0.4)
    world.talk([(phone, leg.port, loud)], listening=[])
    world.pump.until(lambda: owner.recordings, "silence ends it")
    assert owner.recordings[0].reason == "silence"
    assert 0.6 < owner.recordings[0].duration < 1.2
    leg.record(tmp_path / "limit.wav", both=False, limit=0.3)
    world.talk([(phone, leg.port, loud)], listening=[])
    world.pump.until(lambda: len(owner.recordings) == 2, "the limit ends it")
    assert owner.recordings[1].reason == "limit"
    assert abs(owner.recordings[1].duration - 0.3) < 0.001
    sound = audio.read(tmp_path / "limit.wav")
    assert abs(audio.dominant(sound.part(0.05, 0.25)) - 500) < 4
    assert abs(audio.level(sound.part(0.05, 0.25)) - -12.0) < 0.3
    leg.close()


def test_a_recording_goes_on_where_it_ended(world: World, tmp_path: Path) -> None:
    phone, owner = world.phone(), Owner()
    leg = leg_of(world, phone, owner)
    path = tmp_path / "message.wav"
    for index, frequency in enumerate((500, 900)):
        leg.record(path, both=False, limit=0.4, append=True)
        payloads = frames_of(audio.tone(frequency, seconds=0.4), phone.law)
        world.talk([(phone, leg.port, payloads)], listening=[])
        world.pump.until(lambda done=index + 1: len(owner.recordings) == done, "the limit ends it")
    assert abs(owner.recordings[1].duration - 0.8) < 0.001
    sound = audio.read(path)
    assert abs(audio.dominant(sound.part(0.1, 0.3)) - 500) < 5
    assert abs(audio.dominant(sound.part(0.5, 0.7)) - 900) < 5
    leg.close()


def test_a_recording_that_cannot_be_written_ends_and_says_so(world: World) -> None:
    owner = Owner()
    leg = leg_of(world, world.phone(), owner)
    leg.record(Path("/dev/full"), both=False, limit=60)
    world.pump.until(lambda: owner.recordings, "the end is told")
    assert owner.recordings[0].reason == "full"
    leg.record(Path("/proc/nowhere/x.wav"), both=False, limit=60)
    world.pump.until(lambda: len(owner.recordings) == 2, "the end is told")
    assert owner.recordings[1].reason == "full"
    leg.close()


def test_a_peer_that_falls_silent_is_told_once(world: World) -> None:
    phone, owner = world.phone(), Owner()
    leg = leg_of(world, phone, owner)
    world.talk([(phone, leg.port, [b"\x22" * 160] * 3)], listening=[])
    world.pump.until(lambda: owner.silent, "silence is told", 2.0)
    world.pump.run(0.6)
    assert owner.silent == 1
    leg.point(phone.target(receive=False))
    world.pump.run(0.6)
    assert owner.silent == 1, "a peer on hold may be silent"
    leg.close()


def test_loss_and_jitter_are_measured(world: World) -> None:
    phone, owner = world.phone(), Owner()
    leg = leg_of(world, phone, owner)
    for index in range(40):
        phone.send(leg.port)
        if index % 10 == 5:
            phone.sequence += 1
            phone.timestamp += 160
        world.pump.run(0.002)
    leg.close()
    world.pump.until(lambda: owner.qualities, "quality is told")
    quality = owner.qualities[0]
    assert quality.packets_in == 40
    assert abs(quality.loss_in - 100 * 4 / 44) < 0.01
    # Packets of 20 ms that come every 2 ms: J nears |D| = 18 ms (RFC 3550 §6.4.1).
    assert 12 < quality.jitter_in < 20
    assert quality.mos_in is not None
    assert quality.mos_in < 4.0
    assert (quality.loss_out, quality.mos_out, quality.round_trip) == (None, None, None)


def test_quality_is_told_once_and_nothing_else_after_close(world: World) -> None:
    phone, owner = world.phone(), Owner()
    leg = leg_of(world, phone, owner)
    leg.play([Silence(0.02)])
    leg.record(Path("/dev/full"), both=False, limit=0.01)
    leg.close()
    leg.close()
    world.pump.until(lambda: owner.qualities, "quality is told")
    phone.send(leg.port)
    world.pump.run(0.1)
    assert (owner.played, owner.recordings, owner.silent, owner.digits) == (0, [], 0, "")
    assert len(owner.qualities) == 1


def test_a_port_is_counted_until_it_is_back(world: World) -> None:
    legs = [world.media.allocate(Owner()) for _ in range(20)]
    assert world.media.in_use() == 20
    assert len({leg.port for leg in legs}) == 20
    assert all(leg.port % 2 == 0 for leg in legs)
    for leg in legs:
        leg.close()
    world.pump.until(lambda: world.media.in_use() == 0, "all are back")


def test_garbage_is_borne(world: World) -> None:
    call = Call(world, world.phone(host="127.0.0.2"), world.phone(host="127.0.0.3"))
    call.say([b"\x22" * 160] * 3, [b"\x33" * 160] * 3)
    port = call.left_leg.port
    rubbish = [b"", b"\x80", b"\x80\xc8\xff\xff", bytes(12), b"\x9f" + bytes(20), b"\xb0\x08" + b"\xff" * 14]
    rubbish += [
        b"\x80\xc9\x00\xff" + bytes(40),
        b"\xa0\x08" + bytes(20),
        b"\x80\x65" + bytes(11),
        b"\xff" * 1500,
    ]
    rubbish += [b"\x80\x08" + bytes(2100), b"\xbf\xe5" + b"\xff" * 60]
    for data in rubbish:
        call.left.rtp.sendto(data, ("127.0.0.1", port))
        call.left.rtcp.sendto(data, ("127.0.0.1", port + 1))
    world.pump.run(0.05)
    before = len(call.right.heard)
    call.say([b"\x22" * 160] * 5, [b"\x33" * 160] * 5)
    assert len([one for one in call.right.heard[before:] if one.payload == b"\x22" * 160]) == 5
    call.close()


def test_reports_are_exchanged_and_tell_the_quality_of_both_directions(world: World) -> None:
    phone, owner = world.phone(), Owner()
    leg = leg_of(world, phone, owner)
    leg.play([Silence(10)])
    reports: list[tuple[rtcp.Report, float]] = []

    def reported() -> bool:
        phone.send(leg.port)
        with contextlib.suppress(BlockingIOError):
            data = phone.rtcp.recv(2048)
            reports.append((rtcp.parse(data)[0], time.monotonic()))  # type: ignore[arg-type]  # a report comes first
        return bool(reports)

    world.pump.until(reported, "a report", 6.0)
    report, at = reports[0]
    phone.listen()
    assert report.sender is not None
    assert abs(report.sender.packets - len(phone.heard)) <= 25
    assert report.ssrc == phone.heard[0].ssrc
    # Half a second of tolerance: frames may have followed the report before we looked.
    assert (report.sender.timestamp - phone.heard[-1].timestamp + 4000) & 0xFFFFFFFF < 8000
    assert [block.ssrc for block in report.blocks] == [phone.ssrc]
    world.pump.run(0.1)
    # The answer leaves 100 ms later and owns up to 60 of them: a round trip of 40 ms. Five packets did not come.
    owned = int((time.monotonic() - at - 0.04) * 65536)
    last = rtcp.middle(report.sender.ntp)
    block = rtcp.ReportBlock(report.ssrc, 0, 5, phone.heard[-1].sequence, 80, last, owned)
    answer = rtcp.build_report(rtcp.Report(phone.ssrc, None, (block,)))
    stranger = world.phone(host="127.0.0.66", ssrc=phone.ssrc)
    lie = rtcp.build_report(rtcp.Report(phone.ssrc, None, (block._replace(lost=4000),)))
    phone.rtcp.sendto(answer, ("127.0.0.1", leg.port + 1))
    stranger.rtcp.sendto(lie, ("127.0.0.1", leg.port + 1))
    world.pump.run(0.05)
    assert leg.heard() is None  # the first word of it comes with a later report
    leg.close()
    world.pump.until(lambda: owner.qualities, "quality is told")
    quality = owner.qualities[0]
    assert leg.heard() in (None, quality)
    assert quality.loss_out == pytest.approx(500 / quality.packets_out)
    assert quality.jitter_out == pytest.approx(10.0)
    assert quality.round_trip == pytest.approx(40, abs=15)
    assert quality.mos_out is not None
    assert 3.0 < quality.mos_out < 4.4

    def good_bye() -> bool:
        with contextlib.suppress(BlockingIOError):
            return rtcp.Goodbye(report.ssrc) in rtcp.parse(phone.rtcp.recv(2048))
        return False

    world.pump.until(good_bye, "a good-bye")
