"""One end of an RTP stream in the test's own hands: it sends sound at the pace of a clock and keeps what comes in, with the
time and the sender of each packet. For what a phone does not show: who sent, when, and what got lost.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass

import numpy as np

from support.audio import Sound, from_alaw

PCMA = 8
FRAME = 160


@dataclass(frozen=True, slots=True)
class Packet:
    at: float
    """Monotonic seconds."""
    source: tuple[str, int]
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


class RtpEnd:
    """A bound UDP port. ``send`` begins to send; packets are received from the start."""

    def __init__(self, host: str, port: int = 0, ssrc: int = 0x1234) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self._socket.settimeout(0.1)
        self.host, self.port = self._socket.getsockname()
        self.ssrc = ssrc
        self.packets: list[Packet] = []
        self.sent = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._receive, daemon=True)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def send(self, sound: Sound, to: tuple[str, int]) -> None:
        """Send the sound once, 20 ms a packet, in the background."""
        thread = threading.Thread(target=self._send, args=(to_alaw(sound), to), daemon=True)
        self._threads.append(thread)
        thread.start()

    def heard(self, payload_type: int = PCMA) -> Sound:
        """The audio received so far, in order of sequence; what got lost is silence."""
        packets = [p for p in self.packets if p.payload_type == payload_type]
        if not packets:
            return Sound(np.zeros(0))
        # Streams follow one another when a sender begins anew: each is laid out by its own sequence numbers.
        streams: dict[int, list[Packet]] = {}
        for packet in packets:
            streams.setdefault(packet.ssrc, []).append(packet)
        return Sound(np.concatenate([_lay_out(stream) for stream in streams.values()]))

    def sources(self) -> set[tuple[str, int]]:
        return {packet.source for packet in self.packets}

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2)
        self._socket.close()

    def _send(self, data: bytes, to: tuple[str, int]) -> None:
        begun = time.monotonic()
        for index in range(len(data) // FRAME):
            if self._stop.wait(max(0.0, begun + index * 0.02 - time.monotonic())):
                return
            header = struct.pack(
                "!BBHII", 0x80, PCMA, self.sent & 0xFFFF, self.sent * FRAME & 0xFFFFFFFF, self.ssrc
            )
            with contextlib.suppress(ConnectionRefusedError):  # nobody listens there any more
                self._socket.sendto(header + data[index * FRAME : (index + 1) * FRAME], to)
            self.sent += 1

    def _receive(self) -> None:
        while not self._stop.is_set():
            try:
                data, source = self._socket.recvfrom(2048)
            except TimeoutError:
                continue
            except OSError:
                continue
            if len(data) >= 12 and data[0] >> 6 == 2:
                _, kind, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", data)
                self.packets.append(
                    Packet(time.monotonic(), source, kind & 0x7F, sequence, timestamp, ssrc, data[12:])
                )


def _lay_out(packets: list[Packet]) -> np.ndarray:
    first = packets[0].sequence
    placed = {(p.sequence - first + 0x8000 & 0xFFFF) - 0x8000: p.payload for p in packets}
    low, high = min(placed), max(placed)
    silence = b"\xd5" * FRAME
    return from_alaw(b"".join(placed.get(index, silence) for index in range(low, high + 1)))


def to_alaw(sound: Sound) -> bytes:
    """ITU-T G.711 A-law of samples between -1 and 1."""
    value = np.clip(np.round(sound.samples * 32767), -32768, 32767).astype(np.int32)
    magnitude = np.minimum(np.where(value >= 0, value, -value - 1), 32767)
    exponent = np.maximum(np.int32(np.floor(np.log2(np.maximum(magnitude, 256)))) - 7, 0)
    mantissa = np.where(exponent == 0, magnitude >> 4, magnitude >> (exponent + 3)) & 15
    code = (exponent << 4 | mantissa) | np.where(value >= 0, 0x80, 0)
    return (code ^ 0x55).astype(np.uint8).tobytes()
