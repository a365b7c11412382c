"""ITU-T G.711: A-law and µ-law to linear PCM and back, and from one law to the other, by table.

Linear samples are signed 16 bit, little endian, full scale (G.711's 13 and 14 bit values shifted to the left). The
tables are made when first used: a process that only relays never pays for them.
"""

from __future__ import annotations

from enum import Enum
from functools import cache


class Law(Enum):
    """A companding law, by the encoding name of its payload format (RFC 3551 §4.5.14)."""

    A = "PCMA"
    MU = "PCMU"

    @property
    def silence(self) -> int:
        """The code of the smallest positive value: what silence is filled with."""
        return 0xD5 if self is Law.A else 0xFF

    @classmethod
    def of(cls, encoding_name: str) -> Law | None:
        """The law of an encoding name, whatever its case; None for what is not G.711."""
        return _LAWS.get(encoding_name.upper())


_LAWS = {law.value: law for law in Law}
_BIAS = 0x84
"""Added before µ-law's logarithm so that every segment is twice as wide as the one before."""


def _magnitude(law: Law, step: int) -> tuple[int, int]:
    """The decoded magnitude of the 0..127 step of a law, and the smallest magnitude that is encoded to it."""
    segment, mantissa = step >> 4, step & 0x0F
    if law is Law.MU:
        value = (((mantissa << 3) + _BIAS) << segment) - _BIAS
        return value, max(0, value - (4 << segment))
    if segment == 0:
        return (mantissa << 4) + 8, mantissa << 4
    half = 8 << (segment - 1)
    value = ((mantissa << 4) + 0x108) << (segment - 1)
    return value, value - half


def _code(law: Law, step: int, negative: bool) -> int:
    """The byte on the wire: sign, segment and mantissa, with the inversions of G.711 §3."""
    if law is Law.MU:
        return (0x7F if negative else 0xFF) - step
    return (step if negative else step | 0x80) ^ 0x55


@cache
def decoded(law: Law) -> tuple[int, ...]:
    """The linear value of each of the 256 codes."""
    values = [0] * 256
    for step in range(128):
        magnitude, _ = _magnitude(law, step)
        values[_code(law, step, negative=False)] = magnitude
        values[_code(law, step, negative=True)] = -magnitude
    return tuple(values)


@cache
def encoder(law: Law) -> bytes:
    """The code of each linear sample, indexed by the sample as an unsigned 16 bit number.

    Negative samples are taken in one's complement, as the ITU's reference (G.191) does, so the table's second half is
    the first one mirrored, with the sign changed.
    """
    lows = [_magnitude(law, step)[1] for step in range(128)] + [32768]
    runs = [lows[step + 1] - lows[step] for step in range(128)]
    positive = b"".join(bytes([_code(law, step, negative=False)]) * run for step, run in enumerate(runs))
    negative = b"".join(
        bytes([_code(law, step, negative=True)]) * run for step, run in reversed(list(enumerate(runs)))
    )
    return positive + negative


@cache
def _bytes_of(law: Law) -> tuple[bytes, bytes]:
    """Translation tables: a code to the low and to the high byte of its linear value."""
    values = [value & 0xFFFF for value in decoded(law)]
    return bytes(value & 0xFF for value in values), bytes(value >> 8 for value in values)


def decode_into(payload: bytes, law: Law, samples: bytearray, at: int, stride: int) -> None:
    """Write the samples of a payload into a buffer of interleaved PCM, from byte ``at``, ``stride`` bytes apart."""
    low, high = _bytes_of(law)
    end = at + stride * len(payload)
    samples[at:end:stride] = payload.translate(low)
    samples[at + 1 : end : stride] = payload.translate(high)


def decode(payload: bytes, law: Law) -> bytes:
    """G.711 to PCM, two bytes for each one."""
    samples = bytearray(2 * len(payload))
    decode_into(payload, law, samples, 0, 2)
    return bytes(samples)


def encode(samples: bytes, law: Law) -> bytes:
    """PCM (an even number of bytes) to G.711."""
    low_first = memoryview(samples).cast("H")
    return bytes(map(encoder(law).__getitem__, low_first))


@cache
def translation(source: Law, destination: Law) -> bytes:
    """The table for ``bytes.translate`` from one law to another, each value to the nearest one."""
    table = encoder(destination)
    return bytes(table[value & 0xFFFF] for value in decoded(source))


@cache
def loudness(law: Law) -> bytes:
    """Translation table: a code to its magnitude in steps of 128 (0..251), for a cheap measure of level."""
    return bytes(abs(value) >> 7 for value in decoded(law))
