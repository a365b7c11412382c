"""Finds the pattern of a sentence and tells it in another language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

from centralita.pbx.wording import findings, flows, outbound, people, trying
from centralita.pbx.wording.kinds import KINDS
from centralita.pbx.wording.patterns import Kind, Pattern

Language = Literal["en", "es"]
CATALOGUES = (people.WORDS, flows.WORDS, outbound.WORDS, findings.WORDS, trying.WORDS)
MAX_LENGTH = 2000
"""A longer sentence stays as it is: what strangers send stands in some of them, and is looked at with regular expressions."""
_STEPS = re.compile(r"; (?=[a-z-]+ → )")


def told(sentence: str, language: Language) -> str:
    """The sentence in a language; as it stands where there is no wording of it."""
    if language == "en":
        return sentence
    return _spanish(sentence) or sentence


def patterns_of(sentence: str) -> tuple[str, ...]:
    """The English patterns that a sentence is of; there is to be one."""
    return tuple(pattern.english for pattern, _ in _fitting(sentence))


@lru_cache(maxsize=4096)
def _spanish(sentence: str) -> str | None:
    return next((said for _, said in _fitting(sentence)), None)


def _fitting(sentence: str) -> Iterator[tuple[Pattern, str]]:
    if len(sentence) <= MAX_LENGTH:
        for pattern in _PATTERNS:
            said = pattern.said(sentence)
            if said is not None:
                yield pattern, said


def _kept(text: str) -> str:
    """Where something stands that may be the tenant's own words."""
    return _spanish(text) or text


def _steps(text: str) -> str:
    """Decisions one after the other: ``hours → main/open: reason; ring → user:ana: reason``."""
    said = []
    for step in _STEPS.split(text):
        head, colon, reason = step.partition(": ")
        said.append(head + colon + _kept(reason))
    return "; ".join(said)


_NESTED: Mapping[str, Kind] = {
    "told": Kind(".+?", _spanish),
    "kept": Kind(".+?", _kept),
    "steps": Kind(".+", _steps),
}
_PATTERNS = tuple(
    Pattern(english, spanish, {**KINDS, **_NESTED})
    for catalogue in CATALOGUES
    for english, spanish in catalogue.items()
)
