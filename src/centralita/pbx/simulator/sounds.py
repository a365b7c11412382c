"""What prompts say, and about how long they take: from the catalogue, or from the tenant's own texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from centralita.pbx.callcontrol import BEEP, Playable
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.speech.own import PREFIX
from centralita.pbx.speech.phrases import CATALOGUE

CHARACTERS_A_SECOND = 15.0
"""Of speech, about."""
RECORDING_SECONDS = 5.0
"""Of a sound whose text is not known."""


def text_of(snapshot: Snapshot, sounds: Iterable[Playable], language: str) -> str:
    """What is said, sounds that are no speech in brackets."""
    return " ".join(filter(None, (_text(snapshot, sound, language) for sound in sounds)))


def seconds_of(snapshot: Snapshot, sounds: Sequence[Playable], language: str) -> float:
    """About how long it takes to hear all of it."""
    keys = tuple(sounds)
    known = _known_seconds(keys, language)
    if known is not None:
        return known
    return sum(_seconds(snapshot, sound, language) for sound in keys)


@lru_cache(maxsize=16384)
def _known_seconds(keys: tuple[Playable, ...], language: str) -> float | None:
    """Of what is said in the exchange's own words alone; None where something of a tenant's is among it."""
    total = 0.0
    for key in keys:
        phrase = CATALOGUE.get(key) if isinstance(key, str) else None
        if phrase is None:
            return None
        total += len(phrase.text(language)) / CHARACTERS_A_SECOND
    return total


def _text(snapshot: Snapshot, sound: Playable, language: str) -> str:
    if isinstance(sound, Path):
        return f"[recording {sound.name}]"
    if sound == BEEP:
        return "[beep]"
    phrase = CATALOGUE.get(sound)
    if phrase is not None:
        return phrase.text(language)
    prompt = snapshot.prompts.get(_own(sound))
    if prompt is None:
        return f"[no prompt {sound}]"
    texts = prompt.text
    if language in prompt.recording and language not in texts:
        return f"[recording of {prompt.name or prompt.id}]"
    return texts.get(language) or next(iter(texts.values()), f"[recording of {prompt.name or prompt.id}]")


def _seconds(snapshot: Snapshot, sound: Playable, language: str) -> float:
    if isinstance(sound, Path):
        return RECORDING_SECONDS
    if sound == BEEP:
        return 0.5
    phrase = CATALOGUE.get(sound)
    if phrase is not None:
        return len(phrase.text(language)) / CHARACTERS_A_SECOND
    prompt = snapshot.prompts.get(_own(sound))
    if prompt is None:
        return 0.0
    text = prompt.text.get(language) or next(iter(prompt.text.values()), "")
    return len(text) / CHARACTERS_A_SECOND if text else RECORDING_SECONDS


def _own(sound: str) -> str:
    return sound.removeprefix(PREFIX)
