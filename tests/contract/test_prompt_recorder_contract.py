"""A take becomes what a prompt says: in force, or in the draft where changes wait; and nothing stays of what is not kept."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita.app.prompt_recorder import PromptRecorder, PromptRefused, keep_take
from centralita.pbx.callcontrol import PromptKept
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.vocabulary import TenantId
from centralita.settings import Settings
from centralita.store.configs import ConfigStore, NoDraft
from centralita.store.database import Database
from centralita.store.secrets import SecretBox, create_key, load_key
from centralita.store.sounds import OwnSounds
from support import audio

ACME = TenantId("acme")
OTHER = TenantId("other")
OLD = "0" * 64
BASE: list[dict[str, object]] = [
    {"kind": "tenant", "id": "acme"},
    {"kind": "site", "id": "hq"},
    {"kind": "user", "id": "ana", "name": "Ana", "site": "hq", "extension": "101"},
    {"kind": "prompt", "id": "flood", "code": "1", "recording": {"en": OLD}, "text": {"es": "Agua"}},
]
WAITING: dict[str, object] = {"kind": "tenant", "id": "acme", "changes": "draft"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    settings = Settings(data=folder)
    create_key(settings.secret_key_file)
    database = Database(settings.database)
    database.migrate()
    database.close()
    return folder


@pytest.fixture
def settings(template: Path, tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    shutil.copytree(template, data)
    return Settings(data=data)


@pytest.fixture
def store(settings: Settings) -> Iterator[ConfigStore]:
    database = Database(settings.database)
    store = ConfigStore(database, SecretBox(load_key(settings.secret_key_file)))
    apply(store, *BASE)
    yield store
    database.close()


@pytest.fixture
def recorder(settings: Settings) -> PromptRecorder:
    return PromptRecorder(settings)


def apply(store: ConfigStore, *fields: dict[str, object], **options: bool) -> None:
    store.apply([Entry(one) for one in fields], tenant="acme", **options)  # type: ignore[arg-type]  # flags alone


def recorded(recorder: PromptRecorder, sound: audio.Sound) -> Path:
    draft = recorder.draft(ACME)
    audio.write(draft, sound)
    return draft


def test_kept_at_once(settings: Settings, store: ConfigStore, recorder: PromptRecorder) -> None:
    """By a process of its own, as in the running switch."""
    spoken = audio.chatter(2, seed=4, dbfs=-30)
    draft = recorded(recorder, audio.silence(0.5) + spoken + audio.silence(1))
    assert recorder.keep(ACME, "flood", "es", draft, user="ana") is PromptKept.PUBLISHED
    assert not draft.exists()
    newest = store.versions("acme")[0]
    assert (newest.number, newest.author, newest.comment) == (
        2,
        "user:ana",
        "prompt flood recorded by telephone",
    )
    prompt = store.snapshot("acme").prompts["flood"]
    assert (prompt.recording["en"], prompt.text, prompt.code) == (OLD, {"es": "Agua"}, "1")
    digest = prompt.recording["es"]
    assert OwnSounds(settings.prompts_folder).seconds(ACME, digest) == pytest.approx(2.2, abs=0.05)
    kept = audio.read(settings.prompts_folder / "tenants" / "acme" / "sounds" / f"{digest}.wav")
    assert audio.find(spoken.part(0.5, 1.5), kept).likeness > 0.99
    assert audio.level(kept.part(0.2, 1.8)) > -20, "brought to the loudness of the other prompts"


def test_in_the_draft_where_changes_wait(
    settings: Settings, store: ConfigStore, recorder: PromptRecorder
) -> None:
    apply(store, WAITING, *BASE[1:])
    before = store.snapshot("acme")
    apply(store, {"kind": "site", "id": "hq", "name": "Madrid"}, merge=True)
    draft = recorded(recorder, audio.chatter(2, seed=5))
    assert keep_take(settings, ACME, "flood", "es", draft, "ana") is PromptKept.WAITS
    assert store.snapshot("acme").version == before.version
    assert "es" not in store.snapshot("acme").prompts["flood"].recording
    waiting = store.draft_snapshot("acme")
    assert set(waiting.prompts["flood"].recording) == {"en", "es"}
    assert waiting.sites["hq"].name == "Madrid", "what waited before waits still"


@pytest.mark.parametrize("where", ["published", "draft"])
def test_a_prompt_that_is_gone_does_not_come_back(
    settings: Settings, store: ConfigStore, recorder: PromptRecorder, where: str
) -> None:
    apply(store, *([WAITING] if where == "draft" else BASE[:1]), *BASE[1:])
    apply(store, *([WAITING] if where == "draft" else BASE[:1]), *BASE[1:-1])
    draft = recorded(recorder, audio.chatter(2, seed=5))
    with pytest.raises(PromptRefused, match="no prompt flood any more"):
        keep_take(settings, ACME, "flood", "es", draft, "ana")


def test_silence_is_refused(settings: Settings, store: ConfigStore, recorder: PromptRecorder) -> None:
    draft = recorded(recorder, audio.silence(3))
    with pytest.raises(PromptRefused, match="nothing to be heard"):
        keep_take(settings, ACME, "flood", "es", draft, "ana")
    with pytest.raises(NoDraft):
        store.draft("acme")
    assert store.versions("acme")[0].number == 1


def test_a_language_that_is_none_is_refused(
    settings: Settings, store: ConfigStore, recorder: PromptRecorder
) -> None:
    draft = recorded(recorder, audio.chatter(1, seed=1))
    with pytest.raises(ConfigurationRefused):
        keep_take(settings, ACME, "flood", "xx", draft, "ana")


def test_what_fails_is_told_and_leaves_nothing(
    settings: Settings, store: ConfigStore, recorder: PromptRecorder
) -> None:
    draft = recorder.draft(ACME)
    draft.write_bytes(b"no sound at all")
    assert recorder.keep(ACME, "flood", "es", draft, user="ana") is PromptKept.FAILED
    assert not draft.exists()
    assert store.versions("acme")[0].number == 1


def test_drafts_are_swept_at_the_start(settings: Settings, recorder: PromptRecorder) -> None:
    left = recorded(recorder, audio.tone(500, seconds=1))
    sound = OwnSounds(settings.prompts_folder)
    sound.put(ACME, OLD, b"\0\1" * 800)
    recorder.sweep()
    recorder.sweep()
    assert not left.exists()
    assert sound.has(ACME, OLD)
    again = recorded(recorder, audio.tone(500, seconds=1))
    with wave.open(str(again)) as file:
        assert file.getnframes() == 8000


def test_a_draft_is_that_of_its_tenant_alone(recorder: PromptRecorder, tmp_path: Path) -> None:
    draft = recorded(recorder, audio.tone(500, seconds=1))
    for path in (draft, tmp_path / "data" / "centralita.db", draft.parent / ".." / "other" / "x.wav"):
        with pytest.raises(ValueError, match="no draft of other"):
            recorder.discard(OTHER, path)
    with pytest.raises(ValueError, match="names no tenant"):
        recorder.draft(TenantId("../acme"))
    recorder.discard(ACME, draft)
    recorder.discard(ACME, draft)
    assert not draft.exists()
