"""The default prompts: every text of the catalogue spoken by eSpeak NG, as WAV files at 8 kHz.

Run at set-up and whenever texts may have changed (``python -m centralita.jobs.prompt_pack DIR``): only what is missing or
different is made. Own and recorded prompts stand above these (:mod:`centralita.store.prompts`) and are not touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from centralita.jobs import synthesiser
from centralita.jobs.resampling import TELEPHONE_RATE, to_telephone
from centralita.jobs.synthesiser import SpeechUnavailable, Synthesiser
from centralita.pbx.speech.numbers import PAUSE
from centralita.pbx.speech.phrase import LANGUAGES, Phrase
from centralita.pbx.speech.phrases import CATALOGUE

MANIFEST = "manifest.json"
"""Beside the languages: what was made of each key, ``{"es/goodbye": [recipe, bytes of the file]}``."""

PAUSE_SECONDS = 0.25
_SENTENCE_TAIL = 0.20
"""Seconds after a full stop, so that two sentences do not run into one another."""
_WORD_TAIL = 0.03

_RECIPE = "1"
"""To be counted up when the same text shall sound different: every file is made again."""


@dataclass(frozen=True, slots=True)
class PackReport:
    """What was done."""

    made: int
    kept: int
    removed: int
    """Files of keys that are no longer said."""
    engine: str
    """What made the speech; empty where nothing had to be made."""


def make_default_pack(
    directory: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    find: Callable[[], Synthesiser] = synthesiser.find,
) -> PackReport:
    """Bring ``directory/{es,en}`` up to date. ``progress``: how many of how many are made.

    Raises SpeechUnavailable where something has to be made and no synthesiser works, OSError where a file cannot be
    written; what is made until then is complete and is kept.
    """
    directory.mkdir(parents=True, exist_ok=True)
    manifest = _read_manifest(directory)
    wanted = {
        f"{language}/{key}": _recipe(language, phrase)
        for language in LANGUAGES
        for key, phrase in CATALOGUE.items()
        if phrase.text(language) or key == PAUSE
    }
    stale = [
        name for name, recipe in wanted.items() if not _is_made(directory, name, recipe, manifest.get(name))
    ]
    retired = sorted(manifest.keys() - wanted.keys())
    speaker: Synthesiser | None = None
    try:
        for done, name in enumerate(stale):
            progress(done, len(stale))
            language, _, key = name.partition("/")
            pcm = _silence()
            if key != PAUSE:
                speaker = speaker or find()
                pcm = speak(speaker, language, CATALOGUE[key].text(language))
            manifest[name] = (wanted[name], _write_wav(_file(directory, name), pcm))
        for name in retired:
            _file(directory, name).unlink(missing_ok=True)
            del manifest[name]
    finally:
        if stale or retired:
            _write_manifest(directory, manifest)
    progress(len(stale), len(stale))
    return PackReport(len(stale), len(wanted) - len(stale), len(retired), speaker.name if speaker else "")


def _file(directory: Path, name: str) -> Path:
    return directory / f"{name}.wav"


def _recipe(language: str, phrase: Phrase) -> str:
    """Changes whenever the sound would."""
    spoken = (_RECIPE, synthesiser.VOICES[language], synthesiser.WORDS_A_MINUTE, phrase.text(language))
    return hashlib.sha256(repr(spoken).encode()).hexdigest()[:16]


def _is_made(directory: Path, name: str, recipe: str, entry: tuple[str, int] | None) -> bool:
    if entry is None or entry[0] != recipe:
        return False
    try:
        return (
            _file(directory, name).stat().st_size == entry[1]
        )  # a file cut by a power failure has another size
    except OSError:
        return False


def speak(speaker: Synthesiser, language: str, text: str) -> bytes:
    """A text as 16 bit PCM at 8 kHz. Raises SpeechUnavailable."""
    sentence = text[-1] in ".?!"
    # A comma keeps the voice up at the end of what is only a part of a sentence.
    samples, rate = speaker.say(language, text if sentence else f"{text},")
    pcm = to_telephone(samples, rate, tail=_SENTENCE_TAIL if sentence else _WORD_TAIL)
    if not pcm:
        raise SpeechUnavailable(f"{speaker.name} is silent about {text!r}; {synthesiser.MEND}")
    return pcm


def _silence() -> bytes:
    return bytes(2 * round(PAUSE_SECONDS * TELEPHONE_RATE))


def _write_wav(path: Path, pcm: bytes) -> int:
    """The size of the file. Complete or not there at all, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(path) as file:
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(TELEPHONE_RATE)
            sound.writeframes(pcm)
        return file.tell()


def _read_manifest(directory: Path) -> dict[str, tuple[str, int]]:
    """What is known to be made; nothing where that cannot be read, for then everything is made again."""
    try:
        entries = json.loads((directory / MANIFEST).read_bytes())
        return {str(name): (str(recipe), int(size)) for name, (recipe, size) in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_manifest(directory: Path, manifest: dict[str, tuple[str, int]]) -> None:
    with _replacing(directory / MANIFEST) as file:
        file.write(json.dumps(dict(sorted(manifest.items())), indent=0).encode())


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``path`` when it is complete."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.replace(file.name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(file.name)
            raise


def main(arguments: list[str]) -> int:
    """``DIR``: make the pack there. Exit codes: 0 made, 1 could not be made, 2 called wrongly."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m centralita.jobs.prompt_pack DIR", file=sys.stderr)
        return 2
    try:
        report = make_default_pack(Path(arguments[0]))
    except (SpeechUnavailable, OSError) as error:
        print(f"The default prompts cannot be made: {error}.", file=sys.stderr)
        return 1
    print(f"{report.made} prompts made, {report.kept} were up to date, {report.removed} removed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
