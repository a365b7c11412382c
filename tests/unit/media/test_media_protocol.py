"""The protocol between client and worker: every message, byte at a time, and what is no message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.media import protocol
from centralita.media.figures import add, summarise
from centralita.media.protocol import (
    Close,
    Closed,
    Command,
    Digit,
    Figures,
    FileSound,
    Grant,
    Hello,
    Play,
    Point,
    ProtocolError,
    Record,
    SilenceSound,
    ToneSound,
    commands,
    events,
    frame,
)

COMMANDS: list[Command] = [
    Hello("token", [20000, 20002], 60.0, 7200.0),
    Point(20000, "198.51.100.7", 4000, "198.51.100.7", "PCMA", 8, 8000, 101, True, False),
    Play(20000, 3, [FileSound("/a b.wav"), ToneSound("busy", "ES"), SilenceSound(0.5)], True),
    Record(20000, 4, "/ñ.wav", True, 180.0, None, False),
    Close(20000),
]


def test_byte_at_a_time() -> None:
    unframer = commands()
    data = frame(COMMANDS) + frame(COMMANDS[:1])
    got = [message for at in range(len(data)) for message in unframer.feed(data[at : at + 1])]
    assert got == COMMANDS + COMMANDS[:1]


def test_many_frames_at_once() -> None:
    figures = Figures(1, 2, 3.5, 4)
    told = [Grant([20000, 20002]), Digit(20000, "#"), Closed(20000, figures)]
    assert list(events().feed(frame(told) * 3)) == told * 3


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\1\xc1",
        b"\0\0\0\2\x91\x01",
        frame([Digit(1, "5")]),
        b"\0\0\0\4\x91\x92\x63\x01",
    ],
    ids=["huge", "no-msgpack", "no-message", "an-event", "unknown-tag"],
)
def test_what_is_no_command_is_an_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(commands().feed(data))


@given(st.binary(max_size=100))
def test_nothing_else_is_raised(data: bytes) -> None:
    unframer = commands()
    try:
        list(unframer.feed(data))
    except ProtocolError:
        return


def test_figures_of_two_workers_are_added() -> None:
    one = Figures(100, 110, 20.0, 2, 90, 9, 3, 30.0, 100.0, 2)
    total = summarise(add(one, one), "PCMA")
    alone = summarise(one, "PCMA")
    assert (total.packets_in, total.packets_out) == (200, 180)
    assert total[2:] == pytest.approx(alone[2:])
    assert alone.loss_in == pytest.approx(100 / 11)
    assert (alone.jitter_in, alone.loss_out, alone.jitter_out, alone.round_trip) == (10.0, 10.0, 10.0, 50.0)


def test_of_nothing_nothing_is_said() -> None:
    assert summarise(Figures(), "PCMA") == (0, 0, 0.0, 0.0, None, None, None, None, None)


def test_unions_hold_every_message() -> None:
    for union in (protocol.Command, protocol.Event):
        tags = [one.__struct_config__.tag for one in union.__args__]
        assert len(set(tags)) == len(tags)
