"""Prompts recorded by telephone: where takes are kept meanwhile, and how one becomes a version of the configuration.

A publication looks at the whole tenant, and a recording is converted sample by sample: neither is done in the process that
serves the calls. ``python -m centralita.app.prompt_recorder TENANT PROMPT LANGUAGE FILE USER`` does both for one take.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import structlog

from centralita.pbx.callcontrol import PromptKept
from centralita.pbx.model.base import TENANT_ID
from centralita.pbx.vocabulary import TenantId
from centralita.settings import Settings, load

KEEP_SECONDS = 60.0
"""After which a take that could not be kept is given up: its caller has long gone."""
REFUSED = 2
"""Exit code of the process that keeps a take, where it could but must not."""
_GENTLE = 5
"""Niceness: calls go before."""

log = structlog.get_logger("prompts")


class PromptRefused(Exception):
    """The take cannot become what the prompt says; the text says why."""


class PromptRecorder:
    """Implements :class:`centralita.ports.PromptRecorder`. ``DATA/prompts/drafts/TENANT/TOKEN.wav`` holds a take meanwhile."""

    def __init__(self, settings: Settings) -> None:
        self._data = settings.data.absolute()
        self._drafts = settings.prompts_folder.absolute() / "drafts"

    def sweep(self) -> None:
        """Remove the drafts that a killed switch left: nobody has said that they shall be kept. For the start alone."""
        shutil.rmtree(self._drafts, ignore_errors=True)

    def draft(self, tenant: TenantId) -> Path:
        """A path to record to. Raises OSError."""
        folder = self._folder(tenant)
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        return folder / f"{secrets.token_hex(8)}.wav"

    def discard(self, tenant: TenantId, draft: Path) -> None:
        """Raises OSError."""
        if draft.parent != self._folder(tenant):
            raise ValueError(f"{draft} is no draft of {tenant}")
        draft.unlink(missing_ok=True)

    def keep(self, tenant: TenantId, prompt: str, language: str, draft: Path, *, user: str) -> PromptKept:
        """Store a draft as a sound, and put it into the configuration. Blocks, for seconds. Raises OSError."""
        command = [sys.executable, "-m", __name__, tenant, prompt, language, str(draft), user]
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter; every argument is an id or a path of ours
                command,
                capture_output=True,
                text=True,
                timeout=KEEP_SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "CENTRALITA_DATA": str(self._data)},
            )
        except subprocess.TimeoutExpired:
            log.error("a prompt was not stored in time", tenant=tenant, prompt=prompt, seconds=KEEP_SECONDS)
            return PromptKept.FAILED
        finally:
            self.discard(tenant, draft)
        if done.returncode:
            # A refusal is no fault of ours: a take of silence, or a tenant that the checker does not let pass.
            tell = log.warning if done.returncode == REFUSED else log.error
            tell("a prompt was not stored", tenant=tenant, prompt=prompt, reason=done.stderr.strip()[-2000:])
            return PromptKept.FAILED
        return PromptKept(done.stdout.strip())

    def _folder(self, tenant: TenantId) -> Path:
        if not re.fullmatch(TENANT_ID, tenant):
            raise ValueError(f"{tenant!r} names no tenant")
        return self._drafts / tenant


def keep_take(
    settings: Settings, tenant: TenantId, prompt: str, language: str, take: Path, user: str
) -> PromptKept:
    """Make a recording what a prompt says in a language: in force at once, or in the draft where the tenant's changes wait.

    Raises PromptRefused, ConfigurationRefused, and what the store of configurations raises.
    """
    from centralita.jobs.own_prompts import SoundRefused, take_sound
    from centralita.pbx.configuration.entries import Entry
    from centralita.store.configs import ConfigStore, NoDraft
    from centralita.store.database import Database
    from centralita.store.secrets import SecretBox, load_key
    from centralita.store.sounds import OwnSounds

    try:
        digest, pcm = take_sound(take)
    except SoundRefused as error:
        raise PromptRefused(str(error)) from None
    database = Database(settings.database)
    try:
        store = ConfigStore(database, SecretBox(load_key(settings.secret_key_file.absolute())))
        known = [store.objects(tenant)]
        with suppress(NoDraft):
            known.append(store.draft_objects(tenant))
        if not all(("prompt", prompt) in objects for objects in known):
            raise PromptRefused(f"there is no prompt {prompt} any more")
        OwnSounds(settings.prompts_folder).put(tenant, digest, pcm)
        report = store.apply(
            [Entry({"kind": "prompt", "id": prompt, "recording": {language: digest}})],
            tenant=tenant,
            merge=True,
            author=f"user:{user}",
            comment=f"prompt {prompt} recorded by telephone",
        )
    finally:
        database.close()
    if report.published:
        _tell_switch(settings, tenant)
    return PromptKept.WAITS if report.drafted else PromptKept.PUBLISHED


def _tell_switch(settings: Settings, tenant: TenantId) -> None:
    """A switch that is busy finds the version by itself."""
    from centralita.control import ControlClient, RequestRefused, SwitchUnavailable

    with suppress(SwitchUnavailable, RequestRefused):
        ControlClient(settings.switch_socket).reload(tenant)


def main() -> int:
    from centralita.pbx.configuration.problems import ConfigurationRefused
    from centralita.store.database import DatabaseUnavailable
    from centralita.store.secrets import SecretsUnavailable

    tenant, prompt, language, take, user = sys.argv[1:]
    os.nice(_GENTLE)
    try:
        kept = keep_take(load(), TenantId(tenant), prompt, language, Path(take), user)
    except ConfigurationRefused as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return REFUSED
    except PromptRefused as error:
        print(error, file=sys.stderr)
        return REFUSED
    except (DatabaseUnavailable, SecretsUnavailable, LookupError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(kept.value)
    return 0


if __name__ == "__main__":
    sys.exit(main())
