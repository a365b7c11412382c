"""Text to speech with eSpeak NG: its library where that loads, else its program.

What comes out is raw speech at the rate of the voice; :mod:`centralita.jobs.resampling` makes it fit a telephone.
"""

from __future__ import annotations

import ctypes
import io
import shutil
import subprocess
import wave
from array import array
from collections.abc import Callable
from typing import Protocol

VOICES = {"es": "es", "en": "en-us"}
"""Language → voice of eSpeak NG."""
WORDS_A_MINUTE = 155
"""A little slower than its default, for people who have to press a key in time."""

MEND = "install it with `sudo apt-get install espeak-ng`, or set up Centralita again so that its Python packages are complete"

# From speak_lib.h.
_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_RATE = 1
_AT_CHARACTER = 1
_UTF8 = 1
_OK = 0

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class SpeechUnavailable(Exception):
    """No way to make speech works on this machine; the text says which were tried, and the mend."""


class Synthesiser(Protocol):
    name: str
    """What makes the speech, for people."""

    def say(self, language: str, text: str) -> tuple[array[int], int]:
        """16 bit samples and their rate. Raises SpeechUnavailable where the text cannot be spoken."""


class Library:
    """eSpeak NG in this process. Its state is global: one at a time."""

    def __init__(self) -> None:
        """Raises SpeechUnavailable."""
        try:
            import espeakng_loader

            self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path()
        except (ImportError, OSError, RuntimeError) as error:
            raise SpeechUnavailable(f"its library does not load ({error})") from error
        lib = self._lib
        self._rate = int(lib.espeak_Initialize(_SYNCHRONOUS, 0, str(data).encode(), _DO_NOT_EXIT))
        if self._rate <= 0:
            raise SpeechUnavailable(f"its library finds no voices in {data}")
        self._spoken = bytearray()
        # Kept here, for the library keeps only a pointer to it.
        self._callback = _Callback(self._take)
        lib.espeak_SetSynthCallback(self._callback)
        lib.espeak_Info.restype = ctypes.c_char_p
        version = lib.espeak_Info(None) or b""
        self.name = f"eSpeak NG {version.decode(errors='replace')} (library)"
        self._language = ""

    def say(self, language: str, text: str) -> tuple[array[int], int]:
        lib = self._lib
        if language != self._language:
            if lib.espeak_SetVoiceByName(VOICES[language].encode()) != _OK:
                raise SpeechUnavailable(f"eSpeak NG has no voice {VOICES[language]}")
            lib.espeak_SetParameter(_RATE, WORDS_A_MINUTE, 0)
            self._language = language
        self._spoken.clear()
        data = text.encode() + b"\0"
        if lib.espeak_Synth(data, len(data), 0, _AT_CHARACTER, 0, _UTF8, None, None) != _OK:
            raise SpeechUnavailable(f"eSpeak NG cannot speak {text!r}")
        return array("h", bytes(self._spoken)), self._rate

    def _take(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._spoken += ctypes.string_at(samples, 2 * count)
        return 0


class Program:
    """The command ``espeak-ng``, run once for each text: slower by the start of a process."""

    def __init__(self) -> None:
        """Raises SpeechUnavailable."""
        path = shutil.which("espeak-ng")
        if path is None:
            raise SpeechUnavailable("there is no program espeak-ng")
        self._path = path
        self.name = f"eSpeak NG ({path})"

    def say(self, language: str, text: str) -> tuple[array[int], int]:
        command = [
            self._path,
            "-v",
            VOICES[language],
            "-s",
            str(WORDS_A_MINUTE),
            "-b",
            "1",
            "--stdin",
            "--stdout",
        ]
        try:
            run = subprocess.run(command, input=text.encode(), capture_output=True, timeout=30, check=True)  # noqa: S603 - our own arguments
            with wave.open(io.BytesIO(run.stdout)) as sound:
                rate, width, channels = sound.getframerate(), sound.getsampwidth(), sound.getnchannels()
                # On a pipe the header cannot tell the length: it says as much as there could ever be.
                data = sound.readframes(sound.getnframes())
        except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
            raise SpeechUnavailable(f"{self._path} cannot speak {text!r} ({error})") from error
        if (width, channels) != (2, 1):
            raise SpeechUnavailable(f"{self._path} speaks in {channels} channels of {8 * width} bits")
        return array("h", data[: len(data) // 2 * 2]), rate


def find(makers: tuple[Callable[[], Synthesiser], ...] = (Library, Program)) -> Synthesiser:
    """The first that works. Raises SpeechUnavailable, with the mend, where none does."""
    reasons = []
    for make in makers:
        try:
            return make()
        except SpeechUnavailable as error:
            reasons.append(str(error))
    raise SpeechUnavailable(f"eSpeak NG is missing: {', and '.join(reasons)}; {MEND}")
