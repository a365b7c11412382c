"""kill -9 of every process while calls are up: audio goes on, the next call works, and each call has exactly one record."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from collections import Counter

import pytest

from centralita.pbx.vocabulary import Outcome
from support import audio, office
from support.sip import Peer, status
from support.sipp import Sipp
from support.waiting import until


@pytest.fixture
def talking(own_exchange, trunk_address, ports, run_sipp, rtp_end):
    """A call from the provider to Ana's device, with audio both ways in the test's hands. Gives the two ends, and how to
    make the same call again."""

    class Talking:
        device_address = f"127.0.0.3:{ports.take(4)}"

        def register(self):
            run_sipp(
                "register",
                local=self.device_address,
                remote=own_exchange.sip,
                service="ana",
                credentials=("ana", office.password("ana")),
                keys={"expires": "300"},
            ).finish()

        def call(self, hold, seconds=20.0):
            self.near, self.far = rtp_end("127.0.0.2", ssrc=0x77), rtp_end("127.0.0.3", ssrc=0x78)
            device = run_sipp("device_answers", local=self.device_address, media=self.far.address, seconds=30)
            caller = run_sipp(
                "caller",
                local=trunk_address,
                remote=own_exchange.sip,
                service=office.NUMBERS["ana"],
                keys={"caller": "+34600123123"},
                hold=hold,
                media=self.near.address,
                seconds=30,
            )
            until(lambda: caller.audio_port() and device.audio_port(), "the answer", seen=caller.report)
            self.voice, self.other = audio.chatter(seconds, seed=61), audio.chatter(seconds, seed=62)
            self.near.send(self.voice, ("127.0.0.1", caller.audio_port()))
            self.far.send(self.other, ("127.0.0.1", device.audio_port()))
            until(lambda: len(self.near.packets) > 25 and len(self.far.packets) > 25, "audio both ways")
            return caller, device

        def still_heard(self, seconds=1.0, within=6.0):
            """Audio that was sent after now arrives on both sides."""
            for end in (self.near, self.far):
                count = len(end.packets)
                until(
                    lambda end=end, count=count: len(end.packets) > count + 50 * seconds,
                    "audio",
                    seconds=within,
                )
            for voice, end in ((self.voice, self.far), (self.other, self.near)):
                assert audio.find(end.heard().part(-seconds * 0.8), voice).likeness > 0.9

    talking = Talking()
    talking.register()
    return talking


def test_switch_dies_in_a_call(own_exchange, talking, run_sipp):
    caller, device = talking.call(hold=60)
    own_exchange.slay("switch")
    talking.still_heard()
    until(own_exchange.is_healthy, "health again", seconds=15)
    caller.stop()
    device.stop()
    lost = own_exchange.record()
    assert lost.outcome is Outcome.LOST
    assert lost.answer.user == "ana"
    # No phone registers again, and yet it rings.
    caller, device = talking.call(hold=1.5)
    caller.finish()
    device.finish()
    records = own_exchange.records(2)
    assert [record.outcome for record in records] == [Outcome.LOST, Outcome.ANSWERED]
    own_exchange.assert_no_leak(15)


def test_media_dies_in_a_call(own_exchange, talking):
    caller, device = talking.call(hold=5.0)
    own_exchange.kill("media-1")
    talking.still_heard(within=8.0)
    caller.finish()
    device.finish()
    record = own_exchange.record()
    assert record.outcome is Outcome.ANSWERED
    own_exchange.assert_no_leak(10)


def test_jobs_die_and_catch_up(own_exchange, talking):
    own_exchange.slay("jobs")
    caller, device = talking.call(hold=1.5)
    caller.finish()
    device.finish()
    own_exchange.kill("jobs")
    assert own_exchange.record(15).outcome is Outcome.ANSWERED
    own_exchange.kill("web")
    until(lambda: own_exchange.get("/api/v1/health"), "the health page again", seconds=15)
    caller, device = talking.call(hold=1.5)
    caller.finish()
    device.finish()
    assert len(own_exchange.records(2, 15)) == 2


def test_everything_dies_at_once(own_exchange, talking):
    caller, device = talking.call(hold=60)
    family = [own_exchange.process.pid, *own_exchange.pids()]
    for pid in family:
        os.kill(pid, signal.SIGKILL)
    own_exchange.process.wait()
    caller.stop()
    device.stop()
    own_exchange.start()
    assert own_exchange.record(15).outcome is Outcome.LOST
    caller, device = talking.call(hold=1.5)
    caller.finish()
    device.finish()
    assert len(own_exchange.records(2, 15)) == 2


def test_killed_again_and_again_under_load(own_exchange, ports, trunk_address, tmp_path, run_sipp):
    """Calls come in all the time while processes are killed at any instant: what was answered is on record, and nothing
    twice."""
    device_address = f"127.0.0.3:{ports.take(4)}"
    run_sipp(
        "register",
        local=device_address,
        remote=own_exchange.sip,
        service="ana",
        credentials=("ana", office.password("ana")),
        keys={"expires": "300"},
    ).finish()
    device = run_sipp("device_takes", local=device_address, calls=400, seconds=60)
    callers = Sipp(
        "caller",
        local=trunk_address,
        remote=own_exchange.sip,
        service=office.NUMBERS["ana"],
        keys={"caller": "+34600123123"},
        calls=120,
        rate=12,
        hold=0.1,
        seconds=40,
        folder=tmp_path / "load",
    )
    chance = random.Random(20261123)
    try:
        for name in ("switch", "jobs", "media-1", "switch"):
            seen = len(callers.messages())
            more = chance.randint(5_000, 40_000)
            until(
                lambda seen=seen, more=more: (
                    len(callers.messages()) > seen + more or callers.process.poll() is not None
                ),
                "some calls",
                seconds=20,
            )
            own_exchange.kill(name)
        callers.wait()
    finally:
        callers.stop()
        device.stop()
    answered = {
        line.split(": ", 1)[1].strip()
        for message in callers.messages().split("-" * 47)
        if "SIP/2.0 200" in message and "INVITE" in message and "received" in message
        for line in message.splitlines()
        if line.startswith("Call-ID")
    }
    assert len(answered) > 30
    database = sqlite3.connect(f"file:{own_exchange.data / 'centralita.db'}?mode=ro", uri=True)

    def recorded():
        return Counter(
            row[0] for row in database.execute("select json_extract(record, '$.sip_call_id') from journeys")
        )

    until(lambda: answered <= set(recorded()), "every answered call on record", seconds=20)
    assert max(recorded().values()) == 1
    database.close()
    peer = Peer("127.0.0.1", own_exchange.sip)
    assert status(peer.ask("OPTIONS", f"sip:{own_exchange.sip}")) == 200
    peer.close()
