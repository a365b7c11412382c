"""Voicemail on disk: a message is there whole or not at all, and nothing of a caller's is lost with the switch."""

from __future__ import annotations

import os
import struct
import wave
from pathlib import Path

import pytest

from centralita.pbx.vocabulary import TenantId
from centralita.ports import StoredMessage
from centralita.store.mailboxes import (
    DROPPED_SECONDS,
    SETTLED_SECONDS,
    UNTOLD_SECONDS,
    Counts,
    MailboxStore,
)
from centralita.store.wavfile import NotPlayable, duration, mend

DEMO = TenantId("demo")


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> MailboxStore:
    return MailboxStore(tmp_path / "voicemail", clock)


def record(path: Path, seconds: float = 2.0) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\1\2" * int(8000 * seconds))


def cut_short(path: Path, seconds: float = 2.0) -> None:
    """A recording whose writer was killed: its audio is there, the sizes in its header are not."""
    record(path, seconds)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 4, 0)
    struct.pack_into("<I", data, data.index(b"data") + 4, 0)
    path.write_bytes(data)


def leave(store: MailboxStore, clock: Clock, caller: str = "101", user: str = "ana") -> StoredMessage:
    draft = store.draft(DEMO, user)
    record(draft)
    clock.now += 1
    return store.keep(
        DEMO, user, draft, at=clock.now, duration=2.0, caller=caller, caller_name=f"Name of {caller}"
    )


def later(tmp_path: Path, clock: Clock) -> MailboxStore:
    """The store of the next switch, some time after this one was killed."""
    clock.now += SETTLED_SECONDS + 1
    for path in (tmp_path / "voicemail").rglob("*"):
        os.utime(path, (clock.now - SETTLED_SECONDS - 1,) * 2)
    return MailboxStore(tmp_path / "voicemail", clock)


# --- messages -----------------------------------------------------------------------------------------------------


def test_a_draft_is_no_message_until_it_is_kept(store: MailboxStore, clock: Clock) -> None:
    draft = store.draft(DEMO, "ana")
    assert draft.parent.is_dir()
    record(draft)
    assert store.messages(DEMO, "ana") == []
    kept = store.keep(DEMO, "ana", draft, at=clock.now, duration=2.0, caller="101", caller_name="Luis")
    assert store.messages(DEMO, "ana") == [kept]
    assert (kept.caller, kept.caller_name, kept.duration, kept.at, kept.heard) == (
        "101",
        "Luis",
        2.0,
        clock.now,
        False,
    )
    assert duration(kept.path) == 2.0
    assert not draft.exists()


def test_new_ones_come_first_and_the_oldest_first_within_each(store: MailboxStore, clock: Clock) -> None:
    ids = [leave(store, clock, str(number)).id for number in range(6)]
    assert ids == sorted(ids)
    for index in (4, 1):
        store.mark_heard(DEMO, "ana", ids[index])
    assert [(each.caller, each.heard) for each in store.messages(DEMO, "ana")] == [
        ("0", False),
        ("2", False),
        ("3", False),
        ("5", False),
        ("1", True),
        ("4", True),
    ]
    assert store.counts(DEMO, "ana") == Counts(new=4, old=2)


def test_two_messages_of_one_instant_are_two(store: MailboxStore, clock: Clock) -> None:
    ids = set()
    for _ in range(5):
        clock.now -= 1
        ids.add(leave(store, clock).id)
    assert len(ids) == len(store.messages(DEMO, "ana")) == 5


def test_a_message_is_found_wherever_it_is(store: MailboxStore, clock: Clock) -> None:
    kept = leave(store, clock)
    assert store.find(DEMO, "ana", kept.id) == kept
    store.mark_heard(DEMO, "ana", kept.id)
    heard = store.find(DEMO, "ana", kept.id)
    assert heard is not None
    assert heard.heard
    assert heard.path.exists()
    store.mark_heard(DEMO, "ana", kept.id)
    assert store.find(DEMO, "ana", kept.id) == heard
    store.delete(DEMO, "ana", kept.id)
    assert store.find(DEMO, "ana", kept.id) is None
    assert store.messages(DEMO, "ana") == []


def test_what_is_gone_stays_gone_and_hurts_nobody(store: MailboxStore, clock: Clock) -> None:
    kept = leave(store, clock)
    store.delete(DEMO, "ana", kept.id)
    store.delete(DEMO, "ana", kept.id)
    store.mark_heard(DEMO, "ana", kept.id)
    assert store.counts(DEMO, "ana") == Counts(0, 0)


def test_mailboxes_are_apart(store: MailboxStore, clock: Clock) -> None:
    kept = leave(store, clock)
    assert store.messages(DEMO, "luis") == []
    assert store.messages(TenantId("other"), "ana") == []
    assert store.find(TenantId("other"), "ana", kept.id) is None


def test_names_that_are_no_unicode_are_kept_readably(store: MailboxStore, clock: Clock) -> None:
    draft = store.draft(DEMO, "ana", caller="\udcff", caller_name="\udcfe")
    record(draft)
    store.keep(DEMO, "ana", draft, at=clock.now, duration=2.0, caller="1", caller_name="A\udcff")
    assert store.messages(DEMO, "ana")[0].caller_name == "A?"


def test_a_message_whose_note_is_lost_is_still_a_message(store: MailboxStore, clock: Clock) -> None:
    kept = leave(store, clock)
    (kept.path.parent / "message.json").write_text("{")
    (message,) = store.messages(DEMO, "ana")
    assert (message.at, message.duration, message.caller) == (clock.now, 2.0, "")


@pytest.mark.parametrize(
    "name", ["..", ".", "", "../demo", "a/b", "/etc", "a\0b", "-x", ".hidden", "a" * 64, "ñ"]
)
def test_no_name_leads_out_of_the_folder(store: MailboxStore, clock: Clock, name: str) -> None:
    leave(store, clock)
    for attempt in (
        lambda: store.messages(TenantId(name), "ana"),
        lambda: store.draft(DEMO, name),
        lambda: store.find(DEMO, "ana", name),
        lambda: store.delete(DEMO, "ana", name),
        lambda: store.mark_heard(DEMO, "ana", name),
        lambda: store.greeting(DEMO, name),
    ):
        with pytest.raises(ValueError, match="cannot name"):
            attempt()
    assert len(store.messages(DEMO, "ana")) == 1


def test_only_a_draft_of_that_mailbox_can_be_kept(store: MailboxStore, clock: Clock, tmp_path: Path) -> None:
    other = store.draft(DEMO, "luis")
    record(other)
    precious = tmp_path / "message.wav"
    record(precious)
    kept = leave(store, clock)
    for path in (
        other,
        precious,
        kept.path,
        other.parent / ".." / "x",
        other.parent.parent / ".." / "message.wav",
    ):
        with pytest.raises(ValueError, match="no draft"):
            store.keep(DEMO, "ana", path, at=1.0, duration=1.0, caller="", caller_name="")
        with pytest.raises(ValueError, match="no draft"):
            store.set_greeting(DEMO, "ana", path)
    assert precious.exists()


# --- the greeting -------------------------------------------------------------------------------------------------


def test_a_greeting_is_set_replaced_and_dropped(store: MailboxStore) -> None:
    assert store.greeting(DEMO, "ana") is None
    for seconds in (1.0, 3.0):
        draft = store.draft(DEMO, "ana")
        record(draft, seconds)
        store.set_greeting(DEMO, "ana", draft)
        greeting = store.greeting(DEMO, "ana")
        assert greeting is not None
        assert duration(greeting) == seconds
    assert store.messages(DEMO, "ana") == []
    store.set_greeting(DEMO, "ana", None)
    store.set_greeting(DEMO, "ana", None)
    assert store.greeting(DEMO, "ana") is None


# --- after a crash ------------------------------------------------------------------------------------------------


def test_what_a_killed_switch_was_recording_becomes_a_message(
    tmp_path: Path, store: MailboxStore, clock: Clock
) -> None:
    draft = store.draft(DEMO, "ana", caller="+34911234567", caller_name="José", journey="j1")
    began = clock.now
    cut_short(draft, 3.5)
    next_store = later(tmp_path, clock)
    (salvaged,) = next_store.recover()
    assert (salvaged.tenant, salvaged.user, salvaged.journey) == (DEMO, "ana", "j1")
    assert (salvaged.message.caller, salvaged.message.caller_name) == ("+34911234567", "José")
    assert (salvaged.message.at, salvaged.message.duration) == (began, 3.5)
    assert next_store.messages(DEMO, "ana") == [salvaged.message]
    with wave.open(str(salvaged.message.path)) as file:
        assert file.getnframes() == 28000, "any player can read it again"
    assert next_store.recover() == []


def test_a_message_kept_just_before_the_kill_is_told_of_once_more(
    tmp_path: Path, store: MailboxStore, clock: Clock
) -> None:
    drafts = {
        name: store.draft(DEMO, "ana", caller="101", journey=name) for name in ("heard", "untold", "old")
    }
    at = {"heard": clock.now, "untold": clock.now, "old": clock.now - UNTOLD_SECONDS - 60}
    kept = {}
    for name, draft in drafts.items():
        record(draft)
        kept[name] = store.keep(DEMO, "ana", draft, at=at[name], duration=2.0, caller="101", caller_name="")
    store.mark_heard(DEMO, "ana", kept["heard"].id)
    next_store = later(tmp_path, clock)
    leave(next_store, clock)
    assert [(each.journey, each.message) for each in next_store.recover()] == [("untold", kept["untold"])]
    assert next_store.recover() == []


@pytest.mark.parametrize("what", ["greeting", "nothing recorded", "short", "no sound file"])
def test_what_is_not_worth_it_is_swept(tmp_path: Path, store: MailboxStore, clock: Clock, what: str) -> None:
    draft = store.draft(DEMO, "ana", caller=None if what == "greeting" else "101")
    if what == "no sound file":
        draft.write_bytes(b"nonsense" * 10_000)
    elif what != "nothing recorded":
        cut_short(draft, 0.5 if what == "short" else 5.0)
    assert later(tmp_path, clock).recover() == []
    assert not draft.parent.exists()


def test_a_deletion_that_was_cut_short_is_finished_and_not_salvaged(
    tmp_path: Path, store: MailboxStore, clock: Clock
) -> None:
    kept = leave(store, clock)
    rubbish = kept.path.parent.parent.parent / "tmp" / f"deleted-{kept.id}"
    kept.path.parent.rename(rubbish)
    assert later(tmp_path, clock).recover() == []
    assert not rubbish.exists()


def test_a_recording_that_a_worker_may_still_be_writing_is_left_for_later(
    tmp_path: Path, store: MailboxStore, clock: Clock
) -> None:
    draft = store.draft(DEMO, "ana", caller="101")
    cut_short(draft)
    clock.now = draft.stat().st_mtime + 1
    next_store = MailboxStore(tmp_path / "voicemail", clock)
    assert next_store.recover() == []
    assert draft.exists()
    clock.now += SETTLED_SECONDS
    assert len(next_store.recover()) == 1


def test_drafts_of_this_switch_are_left_alone(tmp_path: Path, store: MailboxStore, clock: Clock) -> None:
    draft = store.draft(DEMO, "ana", caller="101")
    record(draft)
    later(tmp_path, clock)
    assert store.recover() == []
    assert draft.exists()


def test_a_draft_that_was_dropped_is_swept_in_time(tmp_path: Path, store: MailboxStore, clock: Clock) -> None:
    draft = store.draft(DEMO, "ana", caller="101")
    record(draft)
    draft.unlink()
    clock.now += DROPPED_SECONDS
    later(tmp_path, clock)
    assert store.recover() == []
    assert not draft.parent.exists()


def test_a_draft_that_is_discarded_is_gone(store: MailboxStore) -> None:
    draft = store.draft(DEMO, "ana", caller="101")
    record(draft)
    store.discard(DEMO, "ana", draft)
    assert not draft.parent.exists()


def test_a_kill_at_any_step_of_keeping_leaves_one_whole_message(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies at its first, second, third … file operation; the next one finds the message, once."""

    class Killed(BaseException):
        pass

    operations = ("os.fsync", "pathlib.Path.replace", "pathlib.Path.rename", "pathlib.Path.mkdir")
    for step in range(12):
        folder = tmp_path / str(step)
        store = MailboxStore(folder / "voicemail", clock)
        draft = store.draft(DEMO, "ana", caller="101", journey="j")
        record(draft)
        left = step

        def counted(real: object) -> object:
            def call(*arguments: object, **more: object) -> object:
                nonlocal left
                if left == 0:
                    raise Killed
                left -= 1
                return real(*arguments, **more)  # type: ignore[operator]  # whatever it stands for

            return call

        finished = False
        with monkeypatch.context() as patch:
            for name in operations:
                module, _, attribute = name.rpartition(".")
                owner = os if module == "os" else Path
                patch.setattr(owner, attribute, counted(getattr(owner, attribute)))
            try:
                store.keep(DEMO, "ana", draft, at=5.0, duration=2.0, caller="101", caller_name="")
                finished = True
            except Killed:
                pass
        next_store = later(folder, clock)
        salvaged = next_store.recover()
        (message,) = next_store.messages(DEMO, "ana")
        assert duration(message.path) == message.duration == 2.0
        assert message.caller == "101"
        assert len(salvaged) <= 1
        assert not list((folder / "voicemail/demo/ana/tmp").iterdir())
    assert finished, "the last round is not killed, so every step was"


# --- sound files --------------------------------------------------------------------------------------------------


def test_a_sound_file_is_mended_from_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    record(path, 2.0)
    whole = path.read_bytes()
    assert mend(path) == duration(path) == 2.0
    assert path.read_bytes() == whole, "one that is whole stays as it is"
    with path.open("ab") as file:  # the header was corrected for the last time before the end
        file.write(b"\1\2" * 4000)
    assert mend(path) == 2.5
    with wave.open(str(path)) as sound:
        assert sound.getnframes() == 20000
    path.write_bytes(whole[:-8001])  # half a sample is gone, too
    assert duration(path) == 1.499875
    assert mend(path) == duration(path) == pytest.approx(1.499875)
    with wave.open(str(path)) as sound:
        assert sound.getnframes() == 11999


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEdata\4\0\0\0xxxx", b"x" * 99]
)
def test_what_is_no_sound_file_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    for look in (mend, duration):
        with pytest.raises(NotPlayable):
            look(path)
    assert path.read_bytes() == data
