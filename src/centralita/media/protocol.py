"""What the client in the switch and a media worker say to each other over their Unix socket.

Frames of a 32 bit length and a msgpack list: one frame holds all that was queued since the last one. A leg is known by
its RTP port, which is granted again only after it was closed and told so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import msgspec

_MAX_FRAME = 16 * 1024 * 1024
"""Bytes; a peer that announces more has lost its place in the stream."""
_LENGTH = 4


class _Struct(msgspec.Struct, frozen=True, array_like=True, gc=False):
    pass


class FileSound(_Struct, frozen=True, tag=1):
    path: str


class ToneSound(_Struct, frozen=True, tag=2):
    name: str
    country: str


class SilenceSound(_Struct, frozen=True, tag=3):
    seconds: float


WireSound = FileSound | ToneSound | SilenceSound


# --- from the client to the worker ----------------------------------------------------------------------------------


class Hello(_Struct, frozen=True, tag=1):
    """First on every connection."""

    token: str
    """Of this client process: legs of another one are orphans."""
    claims: list[int]
    """Ports of the legs that this client has open, whether or not the worker still knows them."""
    silent_after: float
    """Seconds without a packet after which a peer that should speak is reported; 0: never."""
    grace: float
    """Seconds that bridged legs without a client are relayed."""


class Open(_Struct, frozen=True, tag=2):
    port: int


class Point(_Struct, frozen=True, tag=3):
    port: int
    host: str
    rtp_port: int
    signalling_host: str
    codec: str
    """Encoding name."""
    number: int
    """Payload type."""
    clock_rate: int
    digits: int
    """Payload type of telephone-event, -1: none."""
    send: bool
    receive: bool


class Bridge(_Struct, frozen=True, tag=4):
    port: int
    other: int


class Unbridge(_Struct, frozen=True, tag=5):
    port: int


class Play(_Struct, frozen=True, tag=6):
    port: int
    serial: int
    """Comes back in ``Played``, so that a late one is known for what it is."""
    sounds: list[WireSound]
    repeat: bool


class Music(_Struct, frozen=True, tag=7):
    port: int


class Stop(_Struct, frozen=True, tag=8):
    port: int


class Echo(_Struct, frozen=True, tag=9):
    port: int


class Record(_Struct, frozen=True, tag=10):
    port: int
    serial: int
    path: str
    both: bool
    limit: float
    silence: float | None
    append: bool


class StopRecording(_Struct, frozen=True, tag=11):
    port: int


class Close(_Struct, frozen=True, tag=12):
    port: int


class Ping(_Struct, frozen=True, tag=13):
    number: int


Command = (
    Hello
    | Open
    | Point
    | Bridge
    | Unbridge
    | Play
    | Music
    | Stop
    | Echo
    | Record
    | StopRecording
    | Close
    | Ping
)


# --- from the worker to the client ----------------------------------------------------------------------------------


class Figures(_Struct, frozen=True):
    """What was counted of a leg, as sums, so that figures of a worker that died can be added to those of the next."""

    packets_in: int = 0
    expected_in: int = 0
    jitter_in: float = 0.0
    """Sum of ``jitter_in_samples`` samples in ms."""
    jitter_in_samples: int = 0
    packets_out: int = 0
    lost_out: int = 0
    reports: int = 0
    """Report blocks of the peer about us: 0 where ``lost_out`` is not known."""
    jitter_out: float = 0.0
    """Sum of ``reports`` samples in ms."""
    round_trip: float = 0.0
    """Sum of ``round_trip_samples`` samples in ms."""
    round_trip_samples: int = 0


class Welcome(_Struct, frozen=True, tag=1):
    """The answer to Hello; told again when a worker that had no ports has got some."""

    pid: int
    capacity: int
    """Legs that the worker's ports suffice for; 0 where it cannot have any of them."""


class Grant(_Struct, frozen=True, tag=2):
    """Ports that the client may open without asking."""

    ports: list[int]


class Refused(_Struct, frozen=True, tag=3):
    """A port that the client claimed cannot be had: the leg has no audio any more."""

    port: int


class Digit(_Struct, frozen=True, tag=4):
    port: int
    digit: str


class Played(_Struct, frozen=True, tag=5):
    port: int
    serial: int


class Recorded(_Struct, frozen=True, tag=6):
    port: int
    serial: int
    path: str
    duration: float
    reason: str


class Silent(_Struct, frozen=True, tag=7):
    port: int


class Progress(_Struct, frozen=True, tag=8):
    """The figures so far, told now and then, in case the worker dies."""

    port: int
    figures: Figures


class Closed(_Struct, frozen=True, tag=9):
    port: int
    figures: Figures


class Pong(_Struct, frozen=True, tag=10):
    number: int


Event = Welcome | Grant | Refused | Digit | Played | Recorded | Silent | Progress | Closed | Pong


class ProtocolError(Exception):
    """The peer does not speak this protocol; the connection is of no use any more."""


_encoder = msgspec.msgpack.Encoder()


def frame(messages: Sequence[Command] | Sequence[Event]) -> bytes:
    """One frame with these messages."""
    buffer = bytearray(_LENGTH)
    _encoder.encode_into(messages, buffer, _LENGTH)
    buffer[:_LENGTH] = (len(buffer) - _LENGTH).to_bytes(_LENGTH, "big")
    return bytes(buffer)


T = TypeVar("T")


class Unframer(Generic[T]):
    """Puts frames together again from what a stream delivers."""

    __slots__ = ("_buffer", "_decoder")

    def __init__(self, decoder: msgspec.msgpack.Decoder[list[T]]) -> None:
        self._decoder = decoder
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[T]:
        """The messages that are complete now. Raises ProtocolError."""
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= _LENGTH:
                size = int.from_bytes(buffer[start : start + _LENGTH], "big")
                if size > _MAX_FRAME:
                    raise ProtocolError(f"a frame of {size} bytes")
                end = start + _LENGTH + size
                if len(buffer) < end:
                    break
                messages = self._decoder.decode(bytes(buffer[start + _LENGTH : end]))
                start = end
                yield from messages
        except msgspec.MsgspecError as error:
            raise ProtocolError(str(error)) from error
        finally:
            del buffer[:start]


def commands() -> Unframer[Command]:
    return Unframer(msgspec.msgpack.Decoder(list[Command]))


def events() -> Unframer[Event]:
    return Unframer(msgspec.msgpack.Decoder(list[Event]))
