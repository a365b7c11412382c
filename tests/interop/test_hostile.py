"""Strangers and broken messages on a running exchange: the right refusal or silence, nobody harmed, nothing in the log."""

from __future__ import annotations

import contextlib
import random
import socket
import time

import pytest

from support import audio, office
from support.sip import Peer, answer, status
from support.waiting import until

INVITE_BODY = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.9\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\nm=audio 9000 RTP/AVP 8\r\n"
)


@pytest.fixture
def stranger(exchange):
    peer = Peer("127.0.0.9", exchange.sip)
    yield peer
    peer.close()


@pytest.fixture
def unharmed(exchange):
    """After whatever the test did, OPTIONS is answered within 100 ms and no fault is in the log."""
    complaints = exchange.complaints()
    yield
    peer = Peer("127.0.0.1", exchange.sip)
    asked = time.monotonic()
    assert status(peer.ask("OPTIONS", f"sip:{exchange.sip}")) == 200
    assert time.monotonic() - asked < 0.1
    peer.close()
    assert exchange.complaints() == complaints


def test_options_is_answered(stranger, exchange):
    answered = stranger.ask("OPTIONS", f"sip:{exchange.sip}")
    assert status(answered) == 200
    assert "INVITE" in answered


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        pytest.param(lambda text: text.replace("CSeq: ", "CSeq: 99999999999"), {400}, id="cseq too large"),
        pytest.param(
            lambda text: text.replace("Max-Forwards: 70", "Max-Forwards: 0"), {200, 483}, id="no hops left"
        ),
        pytest.param(lambda text: text.replace("From: <sip:", "From: <sip"), {400}, id="From without scheme"),
        pytest.param(
            lambda text: text.replace("Content-Length: 0", "Content-Length: 9999"),
            {400},
            id="longer than it is",
        ),
        pytest.param(
            lambda text: text.replace("Content-Length: 0", "Content-Length: -5"), {400}, id="negative length"
        ),
        pytest.param(lambda text: text.replace("SIP/2.0\n", "SIP/7.0\n", 1), {0, 400, 505}, id="version 7"),
        pytest.param(
            lambda text: text.replace("Max-Forwards", "Require: nothing-here\nMax-Forwards"),
            {420},
            id="Require",
        ),
        pytest.param(lambda text: text.replace("OPTIONS", "FROBNICATE"), {405, 501}, id="unknown method"),
    ],
)
def test_broken_requests_get_the_right_refusal(stranger, exchange, unharmed, breaks, expected):
    stranger.send(breaks(stranger.request("OPTIONS", f"sip:{exchange.sip}")))
    assert status(stranger.final(1.0)) in expected


def test_noise_gets_silence(stranger, unharmed):
    generator = random.Random(7)
    noise = [
        b"",
        b"\r\n\r\n",
        b"\0" * 400,
        generator.randbytes(1400),
        b"SIP/2.0 200 OK\r\n\r\n",
        b"INVITE sip:x SIP/2.0\r\n\r\n",
        b"\x80\x08" + generator.randbytes(170),
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"ACK sip:101@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9\r\n\r\n",
    ]
    for data in noise:
        stranger.send(data)
    assert status(stranger.receive(0.5)) == 0


def test_hostile_streams_are_closed(exchange, unharmed):
    """Over TCP: a length of four thousand million, a header without end, half a message and silence."""
    host, _, port = exchange.sip.rpartition(":")
    for data in (
        b"OPTIONS sip:x SIP/2.0\r\nContent-Length: 4294967295\r\n\r\n",
        b"OPTIONS sip:x SIP/2.0\r\nX: " + b"a" * 300_000,
    ):
        with socket.create_connection((host, int(port)), 2) as stream:
            stream.settimeout(3)
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                stream.sendall(data)
                while stream.recv(65536):
                    pass
    with socket.create_connection((host, int(port)), 2) as stream:
        stream.sendall(b"INVITE sip:101@x SIP/2.0\r\nVia: ")
    until(lambda: exchange.occupancy().connections == 0, "no connection is left", seconds=5)


def test_known_and_unknown_users_look_the_same(stranger, exchange):
    """Who registers with a wrong password learns nothing about who exists."""

    def shape(user):
        uri = f"sip:{exchange.sip}"
        first = stranger.ask("REGISTER", uri, "Expires: 60", user=user)
        second = stranger.ask(
            "REGISTER", uri, "Expires: 60", answer(first, "REGISTER", uri, user, "wrong"), user=user
        )
        return [
            (status(message), sorted(line.split(":")[0] for line in message.splitlines()[1:] if ":" in line))
            for message in (first, second)
        ]

    assert shape("eva") == shape("nobody-of-that-name")


def test_replayed_credentials_are_refused(stranger, exchange):
    uri = f"sip:{exchange.sip}"
    challenged = stranger.ask("REGISTER", uri, "Expires: 60", user="eva")
    credentials = answer(challenged, "REGISTER", uri, "eva", office.password("eva"))
    assert status(stranger.ask("REGISTER", uri, "Expires: 60", credentials, user="eva")) == 200
    assert status(stranger.ask("REGISTER", uri, "Expires: 60", credentials, user="eva")) == 401


@pytest.mark.parametrize("dialled", ["101&102", "101%0d%0aX: y", "*72|900", "0034;ext", "(101)", "101%00"])
def test_hostile_numbers_reach_nobody(exchange, sipp_device, stranger, unharmed, dialled):
    sipp_device("berta")
    peer = Peer("127.0.0.3", exchange.sip)
    uri = f"sip:{dialled}@{exchange.sip}"
    asked = ("Content-Type: application/sdp",)
    challenged = peer.ask("INVITE", uri, *asked, user="ana", body=INVITE_BODY)
    code = status(challenged)
    if code == 401:
        credentials = answer(challenged, "INVITE", uri, "ana", office.password("ana"))
        code = status(peer.ask("INVITE", uri, *asked, credentials, user="ana", body=INVITE_BODY))
    assert 400 <= code < 500
    peer.close()


def test_stranger_can_neither_steal_nor_inject_audio(exchange, sipp_device, trunk_calls, run_sipp, rtp_end):
    """RTP bleed: a third party that finds the ports hears nothing and is not heard."""
    device_audio, trunk_audio = rtp_end("127.0.0.3"), rtp_end("127.0.0.2", ssrc=0x77)
    thief = rtp_end("127.0.0.66", ssrc=0x666)
    device = run_sipp("device_answers", local=sipp_device("ana"), media=device_audio.address)
    call = trunk_calls("ana", hold=3.0, media=trunk_audio.address)
    until(lambda: call.audio_port() and device.audio_port(), "the answer")
    voice, other, noise = (audio.chatter(3, seed=seed) for seed in (51, 52, 53))
    trunk_audio.send(voice, ("127.0.0.1", call.audio_port()))
    device_audio.send(other, ("127.0.0.1", device.audio_port()))
    until(lambda: len(device_audio.packets) > 20 and len(trunk_audio.packets) > 20, "audio both ways")
    for run in (call, device):
        thief.send(noise, ("127.0.0.1", run.audio_port()))
    call.finish()
    device.finish()

    assert thief.sent > 100
    assert thief.packets == []
    for heard, voice_heard in ((device_audio.heard(), voice), (trunk_audio.heard(), other)):
        assert audio.find(voice_heard.part(1.0, 2.0), heard).likeness > 0.98
        assert audio.find(noise.part(0.5, 1.0), heard).likeness < 0.3
