"""G.711 against the recommendation's properties, and against the definition of its decoders written another way."""

from __future__ import annotations

import numpy as np
import pytest

from centralita.rtp.g711 import Law, decode, decode_into, decoded, encode, encoder, loudness, translation
from support.audio import from_alaw, from_ulaw

LAWS = list(Law)


@pytest.mark.parametrize("law", LAWS)
def test_each_code_means_what_the_recommendation_says(law: Law) -> None:
    codes = bytes(range(256))
    reference = from_alaw(codes) if law is Law.A else from_ulaw(codes)
    assert list(reference * 32768) == list(decoded(law))
    assert list(np.frombuffer(decode(codes, law), "<i2")) == list(decoded(law))


@pytest.mark.parametrize("law", LAWS)
def test_each_code_is_what_its_value_is_encoded_to(law: Law) -> None:
    for code, value in enumerate(decoded(law)):
        again = encoder(law)[value & 0xFFFF]
        assert again == code or (law is Law.MU and code == 0x7F and again == 0xFF), "µ-law has two zeros"


@pytest.mark.parametrize("law", LAWS)
def test_every_sample_keeps_its_place_and_its_value_within_half_a_step(law: Law) -> None:
    """A step is a sixteenth of its segment, and the segments double: half of one is at most 1/32 of the magnitude."""
    samples = np.arange(-32768, 32768)
    coded = np.frombuffer(encode(samples.astype("<i2").tobytes(), law), np.uint8)
    values = np.array(decoded(law))[coded]
    assert np.all(np.diff(values) >= 0)
    assert np.all(np.abs(values - samples) <= np.maximum(9, (np.abs(samples) + 132) / 32 + 1))


def test_silence_is_the_smallest_value() -> None:
    assert decoded(Law.A)[Law.A.silence] == 8
    assert decoded(Law.MU)[Law.MU.silence] == 0


def test_names_are_found_in_any_case() -> None:
    assert Law.of("pcma") is Law.A
    assert Law.of("PCMU") is Law.MU
    assert Law.of("G722") is None


@pytest.mark.parametrize(("source", "destination"), [(Law.A, Law.MU), (Law.MU, Law.A)])
def test_translation_keeps_the_value_as_near_as_the_other_law_can(source: Law, destination: Law) -> None:
    table = translation(source, destination)
    for code, value in enumerate(decoded(source)):
        translated = decoded(destination)[table[code]]
        assert abs(translated - value) <= max(8, abs(value) // 16)


def test_samples_are_written_between_those_of_another_channel() -> None:
    samples = bytearray(b"\x01" * 12)
    decode_into(b"\xd5\x55\x80", Law.A, samples, 2, 4)
    pairs = np.frombuffer(bytes(samples), "<i2").reshape(3, 2)
    assert list(pairs[:, 0]) == [0x0101] * 3
    assert list(pairs[:, 1]) == [decoded(Law.A)[code] for code in (0xD5, 0x55, 0x80)]


@pytest.mark.parametrize("law", LAWS)
def test_loudness_grows_with_the_magnitude(law: Law) -> None:
    table = loudness(law)
    assert [table[code] for code in range(256)] == [abs(value) // 128 for value in decoded(law)]
