"""The tenant's own sounds on the way of a call: the file that says a prompt, and the music that a waiting party hears."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.speech.own import PREFIX, sound_keys
from centralita.ports import File, MediaLeg

if TYPE_CHECKING:
    from centralita.switch.exchange import Exchange


def find_sound(exchange: Exchange, snapshot: Snapshot, key: str, language: str) -> Path | None:
    """The file that says it: of a prompt of the tenant's own, the best that there is."""
    find, tenant = exchange.prompts.find, snapshot.tenant
    if not key.startswith(PREFIX):
        return find(tenant, language, key)
    own = snapshot.prompts.get(key.removeprefix(PREFIX))
    keys = sound_keys(own, language) if own is not None else ()
    return next((path for each in keys if (path := find(tenant, language, each)) is not None), None)


def play_music(exchange: Exchange, snapshot: Snapshot, media: MediaLeg, prompt: str, language: str) -> None:
    """Music on hold: the prompt again and again, or the exchange's own where it names none, or nothing that can be played."""
    own = find_sound(exchange, snapshot, PREFIX + prompt, language) if prompt else None
    if own is None:
        media.music()
    else:
        media.play([File(own)], repeat=True)
