"""Where the sound of a prompt is: the tenant's own recording, else the recorded pack's, else the default pack's.

Fulfils :class:`centralita.ports.Prompts`. The recorded packs are Debian's ``asterisk-core-sounds-{es,en}-wav``; what the
media worker could not play (another rate, a compressed format, a damaged file) is passed over, so that the next in the
order speaks instead.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from centralita.pbx.speech.numbers import PAUSE
from centralita.pbx.speech.phrase import LANGUAGES
from centralita.pbx.speech.phrases import CATALOGUE
from centralita.pbx.vocabulary import TenantId
from centralita.store.sounds import sound_path

RECORDED = Path("/usr/share/asterisk/sounds")
"""Where Debian's packages put their sounds."""

RECORDED_FOLDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    # The first is the link by which Debian's alternatives tell which voice the administrator prefers.
    {"es": ("es", "es_MX_f_Allison"), "en": ("en", "en_US_f_Allison")}
)

# Names come from configuration and from callers' languages: nothing in them may lead out of the folder.
_TENANT = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}(/[a-z0-9][a-z0-9-]{0,62})?", re.ASCII)

_OWN = "sound/"
"""Before the digest of a tenant's own sound."""

_MAX_HEADER = 4096
"""Bytes read of a file, to see what it is."""
_MAX_KNOWN = 20_000
"""Files whose format is remembered."""

_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_EXTENSIBLE = 0xFFFE
"""The format tag of files that tell their format further on."""
_PLAYABLE = frozenset(((1, 1, 8000, 16), (6, 1, 8000, 8), (7, 1, 8000, 8)))
"""Format tag, channels, rate, bits: PCM, A-law and μ-law, as telephones carry them."""


@dataclass(frozen=True, slots=True)
class LanguageSurvey:
    """What there is to say in one language, of all that the exchange may want to say."""

    language: str
    wanted: int
    default: int
    """Prompts of the default pack."""
    recorded: int
    """Prompts that a recorded pack says instead."""
    missing: tuple[str, ...]
    """Keys that neither says."""
    advice: str
    """What would make it better, a sentence; empty where nothing would."""


class PromptStore:
    """Looks prompts up. One for the process; every look-up sees files that were added, changed or removed since."""

    def __init__(self, data: Path, recorded: Path = RECORDED) -> None:
        """``data``: the data folder, with its ``prompts``."""
        self._prompts = data / "prompts"
        self._recorded = recorded
        self._known: dict[str, tuple[int, int, bool]] = {}

    def find(self, tenant: TenantId, language: str, key: str) -> Path | None:
        """The best file that can be played, or None. A name that is none finds nothing."""
        for path in _candidates(self._prompts, self._recorded, tenant, language, key):
            if self._is_playable(path):
                return path
        return None

    def survey(self) -> list[LanguageSurvey]:
        """Count what is there, for ``doctor``. Reads every header once."""
        return [self._survey(language) for language in LANGUAGES]

    def _survey(self, language: str) -> LanguageSurvey:
        default = recorded = wanted = 0
        missing = []
        for key, phrase in CATALOGUE.items():
            if not phrase.text(language) and key != PAUSE:
                continue
            wanted += 1
            *voices, made = _candidates(self._prompts, self._recorded, "", language, key)
            is_made = self._is_playable(made)
            is_recorded = any(map(self._is_playable, voices))
            default += is_made
            recorded += is_recorded
            if not is_made and not is_recorded:
                missing.append(key)
        return LanguageSurvey(
            language, wanted, default, recorded, tuple(missing), self._advice(language, recorded)
        )

    def _advice(self, language: str, recorded: int) -> str:
        if recorded:
            return ""
        package = f"asterisk-core-sounds-{language}-wav"
        for folder in RECORDED_FOLDERS[language]:
            if (self._recorded / folder).is_dir():
                return (
                    f"The recorded prompts in {self._recorded / folder} cannot be played; install {package}"
                )
        return f"Install {package} for prompts in a human voice"

    def _is_playable(self, path: Path) -> bool:
        """Whether the media worker can read the file; its header is read again only when the file has changed."""
        name = str(path)
        try:
            status = os.stat(name)
        except OSError:
            return False
        known = self._known.get(name)
        if known is not None and known[:2] == (status.st_mtime_ns, status.st_size):
            return known[2]
        playable = _read_playable(path)
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[name] = (status.st_mtime_ns, status.st_size, playable)
        return playable


@lru_cache(8192)
def _candidates(prompts: Path, recorded: Path, tenant: str, language: str, key: str) -> tuple[Path, ...]:
    """The files that could hold a prompt, best first, the default pack's last. ``tenant`` may be empty: none's own."""
    if key.startswith(_OWN):
        own = sound_path(prompts, tenant, key.removeprefix(_OWN))
        return () if own is None else (own,)
    if language not in LANGUAGES or not _KEY.fullmatch(key):
        return ()
    paths = []
    if _TENANT.fullmatch(tenant):
        paths.append(prompts / "tenants" / tenant / language / f"{key}.wav")
    phrase = CATALOGUE.get(key)
    if phrase is not None and (sound := phrase.recorded(language)):
        paths += [recorded / folder / f"{sound}.wav" for folder in RECORDED_FOLDERS[language]]
    paths.append(prompts / language / f"{key}.wav")
    return tuple(paths)


def _read_playable(path: Path) -> bool:
    """Whether a file is a WAV in one of the formats of telephones, with audio in it."""
    try:
        with path.open("rb") as file:
            head = file.read(_MAX_HEADER)
    except OSError:
        return False
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return False
    offset = 12
    is_telephone = False
    while offset + _CHUNK.size <= len(head):
        name, size = _CHUNK.unpack_from(head, offset)
        offset += _CHUNK.size
        if name == b"data":
            return is_telephone and len(head) > offset
        if name == b"fmt " and offset + _FORMAT.size <= len(head):
            tag, channels, rate, _, _, bits = _FORMAT.unpack_from(head, offset)
            if tag == _EXTENSIBLE:
                tag = int.from_bytes(head[offset + 24 : offset + 26], "little")
            is_telephone = (tag, channels, rate, bits) in _PLAYABLE
        offset += size + size % 2
    return False
