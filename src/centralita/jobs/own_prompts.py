"""The sounds of tenants' own prompts: texts are spoken, uploaded files are converted to what a telephone carries.

A text is spoken when its configuration is published, and again here whenever a sound is missing. Uploaded files are never
served as they came: they are decoded, and written anew.
"""

from __future__ import annotations

import hashlib
import sys
import wave
from array import array
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Protocol

from centralita.jobs import synthesiser
from centralita.jobs.prompt_pack import speak
from centralita.jobs.resampling import TELEPHONE_RATE, to_telephone
from centralita.jobs.synthesiser import Synthesiser
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.speech.own import spoken_digest, texts
from centralita.pbx.vocabulary import TenantId

MAX_SECONDS = 600
"""Of an uploaded sound."""
MAX_RATE = 192_000
_TAIL = 0.2


class SoundRefused(ValueError):
    """An uploaded file that is no sound we can use; the text says why, and what would do."""


class Sounds(Protocol):
    """Where the sounds are kept; fulfilled by :class:`centralita.store.sounds.OwnSounds`."""

    def has(self, tenant: TenantId, digest: str) -> bool: ...

    def put(self, tenant: TenantId, digest: str, pcm: bytes) -> None: ...


class OwnPrompts:
    """Speaks what is to be spoken. The synthesiser is looked for when the first text needs it."""

    def __init__(self, sounds: Sounds, find: Callable[[], Synthesiser] = synthesiser.find) -> None:
        self._sounds = sounds
        self._find = find
        self._speaker: Synthesiser | None = None

    def make(self, tenant: TenantId, prompts: Iterable[Prompt]) -> int:
        """Make the sounds that are missing; how many. Raises SpeechUnavailable, OSError."""
        made = 0
        for prompt in prompts:
            for language, text in texts(prompt).items():
                digest = spoken_digest(language, text)
                if self._sounds.has(tenant, digest):
                    continue
                self._speaker = self._speaker or self._find()
                self._sounds.put(tenant, digest, speak(self._speaker, language, text))
                made += 1
        return made


def take_sound(source: Path | IO[bytes]) -> tuple[str, bytes]:
    """An uploaded WAV file as 16 bit PCM at 8 kHz, mono, at the loudness of the other prompts, and its digest.

    Raises SoundRefused.
    """
    try:
        with wave.open(str(source) if isinstance(source, Path) else source, "rb") as sound:
            rate, width, channels = sound.getframerate(), sound.getsampwidth(), sound.getnchannels()
            if not TELEPHONE_RATE <= rate <= MAX_RATE or width not in (1, 2, 3, 4) or not 1 <= channels <= 8:
                raise SoundRefused(
                    f"it has {channels} channels of {8 * width} bits at {rate} Hz; 16 bits at 8 to 48 kHz will do"
                )
            if sound.getnframes() > MAX_SECONDS * rate:
                raise SoundRefused(f"it is longer than {MAX_SECONDS // 60} minutes")
            data = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise SoundRefused(f"it is no WAV file of plain PCM ({error}); convert it first") from None
    pcm = to_telephone(_mono(data, width, channels), rate, tail=_TAIL)
    if not pcm:
        raise SoundRefused("there is nothing to be heard in it")
    return hashlib.sha256(pcm).hexdigest(), pcm


def _mono(data: bytes, width: int, channels: int) -> array[int]:
    """Samples of 16 bits: the mean of the channels, whatever the width was."""
    frame = width * channels
    data = data[: len(data) // frame * frame]
    if width == 1:  # unsigned, as the format has it
        samples = array("h", ((byte - 128) << 8 for byte in data))
    else:
        # The two upper bytes of each little-endian sample.
        upper = bytearray(len(data) // width * 2)
        upper[0::2], upper[1::2] = data[width - 2 :: width], data[width - 1 :: width]
        samples = array("h", bytes(upper))
        if sys.byteorder == "big":
            samples.byteswap()
    if channels == 1:
        return samples
    return array(
        "h", (sum(samples[at : at + channels]) // channels for at in range(0, len(samples), channels))
    )
