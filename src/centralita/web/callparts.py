"""What the API needs for past calls, recordings, voicemail and prompts, as protocols; the composition root fills them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from centralita.pbx.callrecords import Filters, Page
from centralita.pbx.dayfigures import Tally
from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import TenantId
from centralita.ports import StoredMessage


class Records(Protocol):
    """Records of past calls; implemented by :class:`centralita.store.records.RecordStore`."""

    def list(
        self,
        tenant: TenantId | None,
        filters: Filters | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """Newest first. Raises BadCursor of :mod:`centralita.pbx.callrecords`."""

    def get(self, journey: str, tenant: TenantId | None = None) -> Journey | None: ...


class Overview(Protocol):
    """What the overview of a company asks; implemented by :class:`centralita.store.overview.CallOverview`."""

    def tallies(self, tenant: TenantId, since: float, until: float) -> Sequence[Tally]: ...

    def last_calls_of(self, tenant: TenantId, users: Iterable[str], since: float) -> Mapping[str, float]: ...

    def any_call(self, tenant: TenantId) -> bool: ...


class Mailboxes(Protocol):
    """Voicemail; implemented by :class:`centralita.store.mailboxes.MailboxStore`. Names that are none raise ValueError."""

    def messages(self, tenant: TenantId, user: str) -> Sequence[StoredMessage]: ...

    def find(self, tenant: TenantId, user: str, message: str) -> StoredMessage | None: ...

    def mark_heard(self, tenant: TenantId, user: str, message: str) -> None: ...

    def mark_new(self, tenant: TenantId, user: str, message: str) -> None: ...

    def delete(self, tenant: TenantId, user: str, message: str) -> None: ...

    def greeting(self, tenant: TenantId, user: str) -> Path | None:
        """The mailbox's own greeting; None: callers hear the default one."""

    def put_greeting(self, tenant: TenantId, user: str, pcm: bytes) -> None:
        """Make 16 bit PCM at 8 kHz the greeting."""

    def set_greeting(self, tenant: TenantId, user: str, draft: None) -> None:
        """Go back to the default one."""


class Sounds(Protocol):
    """The sounds of tenants' own prompts; implemented by :class:`centralita.store.sounds.OwnSounds`."""

    def put(self, tenant: TenantId, digest: str, pcm: bytes) -> None: ...

    def seconds(self, tenant: TenantId, digest: str) -> float | None: ...

    def path(self, tenant: TenantId, digest: str) -> Path | None:
        """The file of a sound; None where it is not there."""


class SpeechFailed(Exception):
    """A text could not be spoken; the text says why, in a sentence without its end."""


@dataclass(frozen=True, kw_only=True)
class CallParts:
    """Of one installation."""

    records: Records
    overview: Overview
    mailboxes: Mailboxes
    sounds: Sounds
    take_sound: Callable[[IO[bytes]], tuple[str, bytes]]
    """An uploaded WAV decoded and written anew: its digest, and 16 bit PCM at 8 kHz. Raises ValueError with a sentence."""
    speak: Callable[[str, str], bytes]
    """Language and text → 16 bit PCM at 8 kHz, as it would be spoken to callers. Raises SpeechFailed."""
    data: Path
    """The data folder, which recordings are named from."""
