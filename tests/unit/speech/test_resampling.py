"""Sound for telephones: what is in the band stays as it is, what is above is gone, levels and lengths are right."""

from __future__ import annotations

import math
from array import array

import numpy as np
import pytest

from centralita.jobs.resampling import CEILING, LOUDNESS, UNITY, resample, to_telephone, trim


def tone(frequency: float, rate: int, seconds: float = 0.5, amplitude: int = 10_000) -> array[int]:
    return array(
        "h",
        (
            round(amplitude * math.sin(2 * math.pi * frequency * n / rate))
            for n in range(round(seconds * rate))
        ),
    )


def level(sound: np.ndarray) -> float:
    """dB of the root mean square."""
    return 10 * math.log10(max(float(np.mean(np.square(sound.astype(float)))), 1e-18))


def middle(frequency: float, rate: int) -> np.ndarray:
    """A tone after resampling, in the units of the samples, without its ends."""
    return np.array(resample(tone(frequency, rate), rate)[400:-400]) / UNITY


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("frequency", [300, 1000, 3000])
def test_a_tone_in_the_band_stays_what_it_was(rate: int, frequency: int) -> None:
    sound = middle(frequency, rate)
    assert level(sound) == pytest.approx(level(np.array(tone(frequency, rate))), abs=0.7)
    at = 2 * np.pi * frequency * np.arange(len(sound)) / 8000
    both = np.stack([np.sin(at), np.cos(at)], axis=1)
    rest = sound - both @ np.linalg.lstsq(both, sound, rcond=None)[0]
    assert level(rest) < level(sound) - 25


@pytest.mark.parametrize("rate", [22_050, 48_000])
@pytest.mark.parametrize("frequency", [4500, 5000, 7000, 9000])
def test_what_a_telephone_cannot_carry_is_not_folded_back(rate: int, frequency: int) -> None:
    assert level(middle(frequency, rate)) < level(np.array(tone(frequency, rate))) - 40


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050])
@pytest.mark.parametrize("seconds", [0.001, 0.1, 1.0])
def test_the_duration_stays(rate: int, seconds: float) -> None:
    assert len(resample(tone(440, rate, seconds), rate)) == pytest.approx(8000 * seconds, abs=2)


def test_extreme_samples_do_not_overflow_the_filter() -> None:
    square = array("h", [32767 if n // 30 % 2 else -32768 for n in range(5000)])
    sound = np.array(resample(square, 22_050)) / UNITY
    assert np.abs(sound).max() < 32768 * 1.3
    assert level(sound) == pytest.approx(level(np.array(square)), abs=1)


def test_less_than_a_telephone_carries_is_refused() -> None:
    with pytest.raises(ValueError, match="4000 Hz"):
        resample(tone(440, 4000), 4000)


@pytest.mark.parametrize("amplitude", [300, 10_000, 32_000])
def test_loudness_does_not_depend_on_the_source(amplitude: int) -> None:
    pcm = np.frombuffer(to_telephone(tone(440, 22_050, amplitude=amplitude), 22_050, tail=0), "<i2") / 32768
    assert level(pcm) == pytest.approx(LOUDNESS, abs=0.5)


def test_pauses_do_not_count_as_loudness() -> None:
    broken = tone(440, 22_050) + array("h", bytes(2 * 22_050)) + tone(440, 22_050)
    pcm = np.frombuffer(to_telephone(broken, 22_050, tail=0), "<i2") / 32768
    assert level(pcm[:3900]) == pytest.approx(LOUDNESS, abs=0.5)


def test_peaks_are_not_clipped() -> None:
    sparse = array("h", [30_000 if n % 200 < 4 else 0 for n in range(22_050)])
    pcm = np.frombuffer(to_telephone(sparse, 22_050, tail=0), "<i2") / 32768
    assert np.abs(pcm).max() == pytest.approx(10 ** (CEILING / 20), abs=0.01)


def test_silence_around_speech_is_cut_and_the_tail_added() -> None:
    silence = array("h", bytes(2 * 22_050))
    pcm = np.frombuffer(to_telephone(silence + tone(440, 22_050) + silence, 22_050, tail=0.2), "<i2")
    assert len(pcm) / 8000 == pytest.approx(0.5 + 0.2, abs=0.04)
    assert not pcm[-1600:].any()


def test_silence_gives_nothing() -> None:
    assert to_telephone(array("h", bytes(4000)), 22_050, tail=1.0) == b""
    assert to_telephone(array("h"), 22_050, tail=1.0) == b""
    assert len(trim(array("h"), 22_050)) == 0
