"""A tenant's own prompts: which sound says one in a language, best first.

Sounds are named by what they are (the SHA-256 of a recording, or of a text and how it is spoken), so a call that began
with an older version of the configuration hears that version's prompts, and nothing has to be made twice.
"""

from __future__ import annotations

import hashlib

from centralita.pbx.model.prompt import Prompt
from centralita.pbx.speech.phrase import LANGUAGES

PREFIX = "prompt:"
"""``prompt:ID`` in a list of things to play is the tenant's own prompt of that id."""

_RECIPE = "1"
"""To be counted up when the same text shall sound different."""


def sound_keys(prompt: Prompt, language: str) -> tuple[str, ...]:
    """Keys ``sound/DIGEST`` in the order in which they are to be looked for; another language is better than silence."""
    others = [other for other in LANGUAGES if other != language]
    return tuple(
        f"sound/{digest}"
        for each in (language, *others)
        for digest in (prompt.recording.get(each), _spoken(prompt, each))
        if digest
    )


def spoken_digest(language: str, text: str) -> str:
    """Names the sound of a text that is spoken by the exchange: 64 hexadecimal digits."""
    return hashlib.sha256("\0".join(("spoken", _RECIPE, language, text.strip())).encode()).hexdigest()


def texts(prompt: Prompt) -> dict[str, str]:
    """What has to be spoken: language → text, where there is no recording in that language."""
    return {
        language: text.strip()
        for language, text in prompt.text.items()
        if text.strip() and language not in prompt.recording
    }


def _spoken(prompt: Prompt, language: str) -> str:
    text = prompt.text.get(language, "").strip()
    return spoken_digest(language, text) if text else ""
