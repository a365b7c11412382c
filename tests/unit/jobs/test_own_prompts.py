"""A tenant's own prompts: spoken once, uploaded in whatever form people have, found by what they are."""

from __future__ import annotations

import io
import math
import struct
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from centralita.jobs.own_prompts import OwnPrompts, SoundRefused, take_sound
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.speech.own import sound_keys, spoken_digest
from centralita.pbx.vocabulary import TenantId
from centralita.store.prompts import PromptStore
from centralita.store.sounds import OwnSounds

TENANT = TenantId("clinic")


class Speaker:
    name = "a speaker"

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def say(self, language: str, text: str) -> tuple[array[int], int]:
        self.said.append((language, text))
        return array("h", (round(9000 * math.sin(n / 5)) for n in range(8000))), 16000


def wav(
    rate: int = 8000, width: int = 2, channels: int = 1, seconds: float = 1.0, amplitude: float = 0.5
) -> io.BytesIO:
    """440 Hz in every channel."""
    frames = bytearray()
    for n in range(round(rate * seconds)):
        value = amplitude * math.sin(2 * math.pi * 440 * n / rate)
        one = (
            bytes([round(127 * value) + 128])
            if width == 1
            else struct.pack("<i", round(value * (2**31 - 1)))[4 - width :]
        )
        frames += one * channels
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(bytes(frames))
    file.seek(0)
    return file


def crossings(pcm: bytes) -> float:
    """The frequency of a tone in 8 kHz PCM, from where it changes its sign."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    loud = [index for index, sample in enumerate(samples) if abs(sample) > 100]
    body = samples[loud[0] : loud[-1]]
    changes = sum(1 for a, b in pairwise(body) if (a < 0) != (b < 0))
    return changes / 2 / (len(body) / 8000)


def test_a_text_is_spoken_once_and_then_found(tmp_path: Path) -> None:
    speaker = Speaker()
    prompt = Prompt(id="welcome", text={"es": "Bienvenido.", "en": "Welcome."})
    own = OwnPrompts(OwnSounds(tmp_path / "prompts"), lambda: speaker)
    assert own.make(TENANT, [prompt]) == 2
    assert own.make(TENANT, [prompt]) == 0
    assert speaker.said == [("es", "Bienvenido."), ("en", "Welcome.")]
    store = PromptStore(tmp_path)
    first, second = sound_keys(prompt, "en")
    found = store.find(TENANT, "en", first)
    assert found is not None
    assert first == f"sound/{spoken_digest('en', 'Welcome.')}"
    assert second == f"sound/{spoken_digest('es', 'Bienvenido.')}"
    assert store.find(TenantId("other"), "en", first) is None


def test_a_recording_stands_above_the_text_and_nothing_is_spoken_for_it(tmp_path: Path) -> None:
    speaker = Speaker()
    digest, pcm = take_sound(wav())
    sounds = OwnSounds(tmp_path / "prompts")
    sounds.put(TENANT, digest, pcm)
    prompt = Prompt(id="welcome", text={"es": "Bienvenido."}, recording={"es": digest})
    assert OwnPrompts(sounds, lambda: speaker).make(TENANT, [prompt]) == 0
    assert sound_keys(prompt, "es")[0] == f"sound/{digest}"
    assert sounds.seconds(TENANT, digest) == pytest.approx(1.2, abs=0.05)


def test_a_changed_text_is_another_sound() -> None:
    assert spoken_digest("es", "Abierto") != spoken_digest("es", "Cerrado") != spoken_digest("en", "Cerrado")


@pytest.mark.parametrize(
    ("rate", "width", "channels"),
    [(8000, 2, 1), (8000, 1, 1), (16000, 2, 2), (44100, 2, 2), (48000, 3, 1), (48000, 4, 6)],
)
def test_any_plain_wav_becomes_what_a_telephone_carries(rate: int, width: int, channels: int) -> None:
    _, pcm = take_sound(wav(rate, width, channels))
    assert crossings(pcm) == pytest.approx(440, rel=0.02)
    assert len(pcm) / 16000 == pytest.approx(1.2, abs=0.06)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (io.BytesIO(b"ID3 an mp3"), "no WAV file"),
        (io.BytesIO(b""), "no WAV file"),
        (wav(4000), "4000 Hz"),
        (wav(amplitude=0), "nothing to be heard"),
        (wav(channels=9, seconds=0.1), "9 channels"),
    ],
)
def test_what_is_no_sound_is_refused_with_what_would_do(file: io.BytesIO, why: str) -> None:
    with pytest.raises(SoundRefused, match=why):
        take_sound(file)


@pytest.mark.parametrize(
    "key", ["sound/../../../etc/passwd", "sound/", "sound/" + "g" * 64, "sound/" + "a" * 63]
)
def test_a_name_that_is_none_leads_nowhere(tmp_path: Path, key: str) -> None:
    assert PromptStore(tmp_path).find(TENANT, "es", key) is None
