"""Which recording of a prompt is played: the tenant's own, the recorded pack's, the default pack's."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from centralita.pbx.speech.phrases import CATALOGUE, Say
from centralita.pbx.vocabulary import TenantId
from centralita.store.prompts import PromptStore

ACME = TenantId("acme")


class House:
    """A data folder and a folder of recorded sounds, with one prompt in the default pack."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data"
        self.recorded = root / "sounds"
        self.store = PromptStore(self.data, self.recorded)
        self.default = self.put(self.data / "prompts/es/goodbye.wav")

    def put(self, path: Path, tag: int = 1, rate: int = 8000, bits: int = 16, channels: int = 1) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        audio = bytes(160)
        form = struct.pack("<HHIIHH", tag, channels, rate, rate * bits // 8, bits // 8, bits)
        if tag == 0xFFFE:
            form += struct.pack("<HHIH", 22, bits, 0, 1) + bytes(14)
        path.write_bytes(
            b"RIFF"
            + struct.pack("<I", 28 + len(form) + len(audio))
            + b"WAVEfmt "
            + struct.pack("<I", len(form))
            + form
            + b"data"
            + struct.pack("<I", len(audio))
            + audio
        )
        return path

    def found(self, key: str = Say.GOODBYE, language: str = "es", tenant: TenantId = ACME) -> Path | None:
        return self.store.find(tenant, language, key)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_order_of_preference(house: House) -> None:
    assert house.found() == house.default
    recorded = house.put(house.recorded / "es_MX_f_Allison/vm-goodbye.wav")
    assert house.found() == recorded
    preferred = house.put(house.recorded / "es/vm-goodbye.wav")
    assert house.found() == preferred
    own = house.put(house.data / "prompts/tenants/acme/es/goodbye.wav")
    assert house.found() == own
    assert house.found(tenant=TenantId("other")) == preferred
    assert house.found(language="en") is None


def test_files_that_change_are_seen_at_once(house: House) -> None:
    own = house.put(house.data / "prompts/tenants/acme/es/goodbye.wav")
    assert house.found() == own
    own.write_bytes(b"no longer a sound")
    assert house.found() == house.default
    house.put(own, tag=8)  # whatever that is
    os.utime(own, ns=(1, 1))
    assert house.found() == house.default
    house.put(own)
    assert house.found() == own
    own.unlink()
    assert house.found() == house.default
    house.default.unlink()
    assert house.found() is None


@pytest.mark.parametrize(
    ("tag", "rate", "bits", "channels", "playable"),
    [
        (1, 8000, 16, 1, True),
        (6, 8000, 8, 1, True),
        (7, 8000, 8, 1, True),
        (0xFFFE, 8000, 16, 1, True),
        (1, 16000, 16, 1, False),
        (1, 8000, 8, 1, False),
        (1, 8000, 16, 2, False),
        (49, 8000, 0, 1, False),
    ],
)
def test_only_what_can_be_played(
    house: House, tag: int, rate: int, bits: int, channels: int, *, playable: bool
) -> None:
    own = house.put(house.data / "prompts/tenants/acme/es/goodbye.wav", tag, rate, bits, channels)
    assert house.found() == (own if playable else house.default)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd"])
def test_what_is_no_sound_is_passed_over(house: House, content: bytes) -> None:
    own = house.data / "prompts/tenants/acme/es/goodbye.wav"
    own.parent.mkdir(parents=True)
    own.write_bytes(content)
    assert house.found() == house.default
    own.unlink()
    own.mkdir()
    assert house.found() == house.default


@pytest.mark.parametrize(
    "key",
    [
        "../goodbye",
        "/etc/passwd",
        "a/b/c",
        "",
        ".",
        "..",
        "voicemail/../goodbye",
        "goodbye\n",
        "goodbye\0",
        "Goodbye",
        "ñ",
    ],
)
def test_a_key_cannot_leave_the_folder(house: House, key: str) -> None:
    house.put(house.data / "prompts/goodbye.wav")
    assert house.found(key) is None


@pytest.mark.parametrize("tenant", ["..", "../acme", "", "acme/../acme", "/acme", "acme\n"])
def test_a_tenant_cannot_be_another_folder(house: House, tenant: str) -> None:
    house.put(house.data / "prompts/tenants/acme/es/goodbye.wav")
    assert house.found(tenant=TenantId(tenant)) == house.default


def test_languages_that_are_not_spoken(house: House) -> None:
    for language in ("fr", "", "..", "../es", "ES"):
        assert house.found(language=language) is None


def test_a_prompt_of_the_tenant_alone(house: House) -> None:
    own = house.put(house.data / "prompts/tenants/acme/es/christmas.wav")
    assert house.found("christmas") == own


def test_survey(house: House) -> None:
    house.put(house.recorded / "en_US_f_Allison/vm-goodbye.wav")
    house.put(house.recorded / "es_MX_f_Allison/vm-goodbye.wav", tag=49, bits=0)  # as the gsm package has it
    spanish, english = house.store.survey()
    assert (spanish.language, spanish.default, spanish.recorded) == ("es", 1, 0)
    assert spanish.advice.endswith("cannot be played; install asterisk-core-sounds-es-wav")
    assert len(spanish.missing) == spanish.wanted - 1
    assert "goodbye" not in spanish.missing
    assert (english.language, english.default, english.recorded, english.advice) == ("en", 0, 1, "")
    assert "goodbye" not in english.missing
    assert english.wanted == 1 + sum(bool(phrase.en) for phrase in CATALOGUE.values())


def test_survey_of_nothing(tmp_path: Path) -> None:
    for survey in PromptStore(tmp_path, tmp_path / "sounds").survey():
        assert len(survey.missing) == survey.wanted > 100
        assert survey.advice.startswith("Install asterisk-core-sounds-")
