"""Voicemail on disk: a folder per message, made whole in ``tmp/`` and moved to ``new/`` and ``cur/`` by one rename.

So a message is complete or absent at every instant. A draft that a killed switch left is found at the next start, and
made a message where it says whose it is and can be played. What a caller hears and presses is the switch's business.

``ROOT/TENANT/USER/{tmp,new,cur}/ID/{message.wav,message.json}`` and ``ROOT/TENANT/USER/greeting.wav``.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from centralita.pbx.vocabulary import JourneyId, TenantId
from centralita.ports import Salvaged, StoredMessage
from centralita.store.wavfile import NotPlayable, duration, mend

AUDIO = "message.wav"
RATE = 8000
_NOTE = "message.json"
_GREETING = "greeting.wav"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", re.ASCII)
#: Shorter drafts are not salvaged: the caller had not begun to speak.
SALVAGE_SECONDS = 1.0
#: A draft written to later than this many seconds ago may still be recorded by a media worker that lives on.
SETTLED_SECONDS = 10.0
#: A draft without audio after this many seconds was dropped, or never recorded to.
DROPPED_SECONDS = 3600.0
#: How long before the start a message may have begun that a killed switch had kept but not told of: the longest message,
#: and the time that a machine takes to come up again.
UNTOLD_SECONDS = 1800.0


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a message besides its audio: the file ``message.json``."""

    at: float
    duration: float = 0.0
    caller: str = ""
    caller_name: str = ""
    journey: str = ""


class Counts(NamedTuple):
    """Messages of a mailbox."""

    new: int
    old: int


class MailboxStore:
    """Implements :class:`centralita.ports.Mailboxes`. Names that could lead out of the folder raise ValueError."""

    def __init__(self, root: Path, clock_wall: Callable[[], float]) -> None:
        self._root = root
        self._wall = clock_wall
        self._drafts: set[Path] = set()
        self._began: float | None = clock_wall()
        """When this process began; None once it has looked for what its predecessor may not have told."""

    # --- a new message ------------------------------------------------------------------------------------------------

    def draft(
        self,
        tenant: TenantId,
        user: str,
        *,
        caller: str | None = None,
        caller_name: str = "",
        journey: str = "",
    ) -> Path:
        """A path to record a new message or greeting to; not a message until ``keep``.

        With ``caller`` (which may be empty: withheld) the draft is noted as a message of theirs, so that ``recover``
        can save it if this process is killed before ``keep``. Raises OSError.
        """
        now = self._wall()
        folder = self._mailbox(tenant, user) / "tmp" / _new_id(now)
        folder.mkdir(parents=True, mode=0o750)
        if caller is not None:
            note = Note(at=now, caller=caller, caller_name=caller_name, journey=journey)
            _write_note(
                folder, note, durable=False
            )  # it is to survive a killed process, and must not wait for a disk
        self._drafts.add(folder)
        return folder / AUDIO

    def keep(
        self,
        tenant: TenantId,
        user: str,
        draft: Path,
        *,
        at: float,
        duration: float,
        caller: str,
        caller_name: str,
    ) -> StoredMessage:
        """Make a recorded draft a message. On disk, and whole, when this returns. Raises OSError."""
        folder = self._draft_folder(tenant, user, draft)
        journey = _read_note(folder).journey
        note = Note(at=at, duration=duration, caller=caller, caller_name=caller_name, journey=journey)
        return self._keep(self._mailbox(tenant, user), folder, note)

    def discard(self, tenant: TenantId, user: str, draft: Path) -> None:
        """Remove a draft that is not wanted. Raises OSError."""
        folder = self._draft_folder(tenant, user, draft)
        shutil.rmtree(folder, ignore_errors=True)
        self._drafts.discard(folder)

    def _keep(self, mailbox: Path, folder: Path, note: Note) -> StoredMessage:
        _write_note(folder, note, durable=True)
        _sync(folder / AUDIO)
        _sync(folder)
        new = mailbox / "new"
        new.mkdir(exist_ok=True, mode=0o750)
        identifier = _new_id(note.at)
        folder.rename(new / identifier)
        _sync(new)
        self._drafts.discard(folder)
        return _message(new / identifier, note, heard=False)

    # --- what there is ------------------------------------------------------------------------------------------------

    def messages(self, tenant: TenantId, user: str) -> Sequence[StoredMessage]:
        """New ones first, oldest first within each."""
        mailbox = self._mailbox(tenant, user)
        return [
            _message(folder, _read_note(folder), heard)
            for heard in (False, True)
            for folder in sorted(_folders(mailbox / _box(heard)))
        ]

    def find(self, tenant: TenantId, user: str, message: str) -> StoredMessage | None:
        """One message, heard or not; None where it was deleted."""
        located = self._locate(tenant, user, message)
        if located is None:
            return None
        return _message(located, _read_note(located), located.parent.name == _box(True))

    def counts(self, tenant: TenantId, user: str) -> Counts:
        """How many there are, without reading them."""
        mailbox = self._mailbox(tenant, user)
        return Counts(
            new=sum(1 for _ in _folders(mailbox / _box(False))),
            old=sum(1 for _ in _folders(mailbox / _box(True))),
        )

    def mark_heard(self, tenant: TenantId, user: str, message: str) -> None:
        """One that is heard already stays so, and one that is gone (deleted from another phone) stays gone."""
        self._mark(tenant, user, message, heard=True)

    def mark_new(self, tenant: TenantId, user: str, message: str) -> None:
        """Back among those that wait to be heard; otherwise as :meth:`mark_heard`."""
        self._mark(tenant, user, message, heard=False)

    def _mark(self, tenant: TenantId, user: str, message: str, *, heard: bool) -> None:
        located = self._locate(tenant, user, message)
        if located is not None and located.parent.name != _box(heard):
            box = located.parent.parent / _box(heard)
            box.mkdir(exist_ok=True, mode=0o750)
            located.rename(box / located.name)

    def delete(self, tenant: TenantId, user: str, message: str) -> None:
        """One that is gone already stays gone."""
        located = self._locate(tenant, user, message)
        if located is None:
            return
        # Out of sight by one rename first, so that no half-deleted message is ever there to be heard.
        rubbish = located.parent.parent / "tmp" / f"deleted-{located.name}"
        rubbish.parent.mkdir(exist_ok=True, mode=0o750)
        located.rename(rubbish)
        shutil.rmtree(rubbish, ignore_errors=True)  # what stays is swept at the next start

    # --- the greeting -------------------------------------------------------------------------------------------------

    def greeting(self, tenant: TenantId, user: str) -> Path | None:
        """The mailbox's own greeting, or None."""
        path = self._mailbox(tenant, user) / _GREETING
        return path if path.is_file() else None

    def set_greeting(self, tenant: TenantId, user: str, draft: Path | None) -> None:
        """Make a draft the greeting; None goes back to the default one. Raises OSError."""
        mailbox = self._mailbox(tenant, user)
        if draft is None:
            (mailbox / _GREETING).unlink(missing_ok=True)
            return
        folder = self._draft_folder(tenant, user, draft)
        _sync(draft)
        draft.replace(mailbox / _GREETING)
        _sync(mailbox)
        shutil.rmtree(folder, ignore_errors=True)
        self._drafts.discard(folder)

    def put_greeting(self, tenant: TenantId, user: str, pcm: bytes) -> None:
        """Make a sound the greeting: little-endian 16 bit PCM at 8 kHz. Raises OSError."""
        draft = self.draft(tenant, user)
        try:
            with wave.open(str(draft), "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(RATE)
                sound.writeframes(pcm)
            self.set_greeting(tenant, user, draft)
        except OSError:
            self.discard(tenant, user, draft)
            raise

    # --- after a crash ------------------------------------------------------------------------------------------------

    def recover(self) -> list[Salvaged]:
        """Sweep the drafts that a killed switch left, and make messages of those that are worth it.

        For the start, and from time to time after it: a draft that was written to in the last seconds is left for the
        next time, because the media worker may still be recording it. The first time it also gives the messages that
        were kept shortly before the start, and not heard: the switch may have been killed before it could tell anybody
        of them, and telling twice is harmless, since a message is known by its id.
        """
        salvaged = self._untold()
        for mailbox in self._mailboxes():
            for folder in sorted(_folders(mailbox / "tmp", everything=True)):
                if self._in_use(folder) or self._settling(folder):
                    continue
                message = None if folder.name.startswith("deleted-") else self._salvage(mailbox, folder)
                if message is None:
                    shutil.rmtree(folder, ignore_errors=True)
                else:
                    salvaged.append(message)
        return salvaged

    def _untold(self) -> list[Salvaged]:
        began, self._began = self._began, None
        if began is None:
            return []
        found = []
        for mailbox in self._mailboxes():
            for folder in sorted(_folders(mailbox / _box(False))):
                if not began - UNTOLD_SECONDS <= _made_at(folder) < began:
                    continue
                note = _read_note(folder)
                if note.journey:
                    found.append(_salvaged(mailbox, note, _message(folder, note, heard=False)))
        return found

    def _salvage(self, mailbox: Path, folder: Path) -> Salvaged | None:
        try:
            note = msgspec.json.decode((folder / _NOTE).read_bytes(), type=Note)
            seconds = mend(folder / AUDIO)
        except (OSError, msgspec.DecodeError, NotPlayable):
            return None
        if seconds < SALVAGE_SECONDS:
            return None
        message = self._keep(mailbox, folder, msgspec.structs.replace(note, duration=round(seconds, 2)))
        return _salvaged(mailbox, note, message)

    def _in_use(self, folder: Path) -> bool:
        """Whether it is a draft of this process, not yet kept nor dropped (by removing its audio)."""
        if folder not in self._drafts:
            return False
        if (folder / AUDIO).exists() or self._wall() - _made_at(folder) < DROPPED_SECONDS:
            return True
        self._drafts.discard(folder)
        return False

    def _settling(self, folder: Path) -> bool:
        try:
            written = max(
                (entry.stat().st_mtime for entry in os.scandir(folder)), default=folder.stat().st_mtime
            )
        except FileNotFoundError:
            return True
        return self._wall() - written < SETTLED_SECONDS

    # --- where things are ---------------------------------------------------------------------------------------------

    def _mailbox(self, tenant: str, user: str) -> Path:
        return self._root / _checked(tenant) / _checked(user)

    def _mailboxes(self) -> Iterator[Path]:
        for tenant in sorted(_folders(self._root)):
            yield from sorted(_folders(tenant))

    def _locate(self, tenant: TenantId, user: str, message: str) -> Path | None:
        mailbox = self._mailbox(tenant, user)
        for heard in (False, True):
            folder = mailbox / _box(heard) / _checked(message)
            if folder.is_dir():
                return folder
        return None

    def _draft_folder(self, tenant: TenantId, user: str, draft: Path) -> Path:
        folder = draft.parent
        if draft.name != AUDIO or folder.parent != self._mailbox(tenant, user) / "tmp" or folder.name == "..":
            raise ValueError(f"{draft} is no draft of {tenant}/{user}")
        return folder


def _box(heard: bool) -> str:
    return "cur" if heard else "new"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a tenant, a mailbox or a message")
    return name


def _new_id(at: float) -> str:
    """Sorts by time: milliseconds in 13 digits, and a token that sets two of the same instant apart."""
    return f"{int(at * 1000):013d}-{secrets.token_hex(4)}"


def _made_at(folder: Path) -> float:
    """The instant in a folder's name; 0 where a hand gave it another one."""
    stamp = folder.name.partition("-")[0]
    return int(stamp) / 1000 if stamp.isascii() and stamp.isdigit() else 0.0


def _salvaged(mailbox: Path, note: Note, message: StoredMessage) -> Salvaged:
    return Salvaged(TenantId(mailbox.parent.name), mailbox.name, JourneyId(note.journey), message)


def _folders(parent: Path, everything: bool = False) -> Iterator[Path]:
    """The folders within one that have names of ours; none where it does not exist."""
    try:
        with os.scandir(parent) as entries:
            for entry in entries:
                if (everything or _NAME.fullmatch(entry.name)) and entry.is_dir(follow_symlinks=False):
                    yield parent / entry.name
    except FileNotFoundError:
        return


def _message(folder: Path, note: Note, heard: bool) -> StoredMessage:
    return StoredMessage(
        id=folder.name,
        at=note.at,
        duration=note.duration,
        caller=note.caller,
        caller_name=note.caller_name,
        path=folder / AUDIO,
        heard=heard,
    )


def _read_note(folder: Path) -> Note:
    """What is noted of a message; where that was lost (a full disk, a hand), what its audio and name still tell."""
    try:
        return msgspec.json.decode((folder / _NOTE).read_bytes(), type=Note)
    except (OSError, msgspec.DecodeError):
        pass
    at = _made_at(folder)
    try:
        return Note(at=at, duration=duration(folder / AUDIO))
    except (OSError, NotPlayable):
        return Note(at=at)


def _write_note(folder: Path, note: Note, *, durable: bool) -> None:
    path = folder / _NOTE
    readable = {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in msgspec.structs.asdict(note).items()
    }
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(readable))
    if durable:
        _sync(part)
    part.replace(path)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
