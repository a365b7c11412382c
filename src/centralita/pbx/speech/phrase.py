"""One entry of the catalogue of what the exchange can say: a key, its text in each language, and who recorded it.

A key names one sound file of a prompt pack (``es/vm/goodbye.wav``). A sentence with a gap is a list of keys.
"""

from __future__ import annotations

from typing import NamedTuple

LANGUAGES = ("es", "en")


class Phrase(NamedTuple):
    """A text that ends without a full stop is part of a sentence, and is spoken so that another part can follow."""

    key: str
    """``group/name``: lower case letters, digits and hyphens."""
    es: str
    """What is said in Spanish; empty where Spanish has no use for it."""
    en: str
    recorded_es: str = ""
    """The sound of Asterisk's core sounds, Spanish, that says the same; empty where none does."""
    recorded_en: str = ""

    def text(self, language: str) -> str:
        return self.es if is_spanish(language) else self.en

    def recorded(self, language: str) -> str:
        return self.recorded_es if is_spanish(language) else self.recorded_en


def is_spanish(language: str) -> bool:
    """Raises ValueError for a language that the exchange does not speak."""
    if language not in LANGUAGES:
        raise ValueError(f"the exchange does not speak {language!r}: it is one of {', '.join(LANGUAGES)}")
    return language == "es"
