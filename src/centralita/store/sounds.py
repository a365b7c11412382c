"""The sounds of tenants' own prompts on disk: one file each, named by what it is, complete or not there at all.

Which sound belongs to which prompt the configuration says (:mod:`centralita.pbx.speech.own`).
"""

from __future__ import annotations

import os
import re
import wave
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from centralita.pbx.vocabulary import TenantId

RATE = 8000
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def sound_path(prompts: Path, tenant: str, digest: str) -> Path | None:
    """Where a sound is kept, None for names that are none: nothing in them may lead out of the folder."""
    if not _TENANT.fullmatch(tenant) or not _DIGEST.fullmatch(digest):
        return None
    return prompts / "tenants" / tenant / "sounds" / f"{digest}.wav"


class OwnSounds:
    """Keeps the sounds of all tenants below the prompts folder."""

    def __init__(self, prompts: Path) -> None:
        self._prompts = prompts

    def has(self, tenant: TenantId, digest: str) -> bool:
        path = sound_path(self._prompts, tenant, digest)
        return path is not None and path.is_file()

    def path(self, tenant: TenantId, digest: str) -> Path | None:
        """The file of a sound; None where it is not there."""
        path = sound_path(self._prompts, tenant, digest)
        return path if path is not None and path.is_file() else None

    def put(self, tenant: TenantId, digest: str, pcm: bytes) -> None:
        """Keep little-endian 16 bit PCM at 8 kHz under its name. Raises OSError, and ValueError for a name that is none."""
        path = sound_path(self._prompts, tenant, digest)
        if path is None:
            raise ValueError(f"{tenant}/{digest} names no sound")
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
            try:
                with wave.open(file, "wb") as sound:
                    sound.setnchannels(1)
                    sound.setsampwidth(2)
                    sound.setframerate(RATE)
                    sound.writeframes(pcm)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o640)
                os.replace(file.name, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(file.name)
                raise

    def seconds(self, tenant: TenantId, digest: str) -> float | None:
        """How long a sound lasts; None where it is not there."""
        path = sound_path(self._prompts, tenant, digest)
        try:
            with wave.open(str(path), "rb") as sound:
                return sound.getnframes() / sound.getframerate()
        except (OSError, EOFError, wave.Error):
            return None

    def digests(self, tenant: TenantId) -> Iterator[str]:
        """All sounds that are kept of a tenant."""
        for path in sorted((self._prompts / "tenants" / tenant / "sounds").glob("*.wav")):
            yield path.stem
