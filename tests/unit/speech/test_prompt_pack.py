"""The default pack: real speech in the right form, made once, mended where damaged, and clear when it cannot be made."""

from __future__ import annotations

import os
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from centralita.jobs import prompt_pack, synthesiser
from centralita.jobs.prompt_pack import MANIFEST, PackReport, main, make_default_pack
from centralita.jobs.synthesiser import Library, Program, SpeechUnavailable, Synthesiser
from centralita.pbx.speech.numbers import PAUSE
from centralita.pbx.speech.phrase import Phrase
from centralita.pbx.speech.phrases import CATALOGUE, Say

FEW = (Say.GOODBYE, "number/100", "ordinal/3", PAUSE)


class Buzzer:
    """Speaks any text as a short buzz, and remembers what it was given."""

    name = "buzzer"

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def say(self, language: str, text: str) -> tuple[array[int], int]:
        self.said.append((language, text))
        return array("h", [20_000 if n % 50 < 25 else -20_000 for n in range(2000)]), 8000


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> dict[str, Phrase]:
    """A catalogue of a few keys, in place of the whole one."""
    few = {key: CATALOGUE[key] for key in FEW}
    monkeypatch.setattr(prompt_pack, "CATALOGUE", few)
    return few


def sound(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def test_real_prompts_hold_speech(tmp_path: Path, catalogue: dict[str, Phrase]) -> None:
    report = make_default_pack(tmp_path)
    assert report == PackReport(made=6, kept=0, removed=0, engine=report.engine)
    assert "eSpeak NG" in report.engine
    for name, shortest, longest in (
        ("es/goodbye", 0.5, 2),
        ("en/goodbye", 0.4, 2),
        ("es/number/100", 0.25, 1),
    ):
        speech = sound(tmp_path / f"{name}.wav")
        assert shortest < len(speech) / 8000 < longest
        assert np.abs(speech).max() <= 0.9
        frames = np.sqrt(np.mean(np.square(speech[: len(speech) // 80 * 80].reshape(-1, 80)), axis=1))
        active = frames[frames > frames.max() / 30]
        assert -22 < 20 * np.log10(np.sqrt(np.mean(np.square(active)))) < -15
        # Speech, not a tone or noise: energy below 1 kHz, and some above 1.5 kHz.
        spectrum = np.square(np.abs(np.fft.rfft(speech)))
        share = spectrum / spectrum.sum()
        bins = np.fft.rfftfreq(len(speech), 1 / 8000)
        assert share[bins < 1000].sum() > 0.3
        assert share[bins > 1500].sum() > 0.005
        assert frames.min() < frames.max() / 10
    assert len(sound(tmp_path / "es/pause.wav")) == 2000
    assert not sound(tmp_path / "en/pause.wav").any()
    assert not (tmp_path / "es/ordinal/3.wav").exists()  # Spanish has no use for it


def test_parts_of_sentences_are_spoken_as_such(tmp_path: Path, catalogue: dict[str, Phrase]) -> None:
    buzzer = Buzzer()
    make_default_pack(tmp_path, find=lambda: buzzer)
    assert buzzer.said == [("es", "Hasta pronto."), ("es", "cien,"), ("en", "Goodbye."), ("en", "third,")]
    # A sentence ends in silence, so that the next does not run into it.
    assert len(sound(tmp_path / "es/goodbye.wav")) > len(sound(tmp_path / "es/number/100.wav")) + 1000


def test_the_second_time_there_is_nothing_to_do(tmp_path: Path, catalogue: dict[str, Phrase]) -> None:
    make_default_pack(tmp_path, find=Buzzer)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert make_default_pack(tmp_path, find=no_speech) == PackReport(made=0, kept=6, removed=0, engine="")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_only_what_is_missing_damaged_or_changed_is_made(
    tmp_path: Path, catalogue: dict[str, Phrase]
) -> None:
    make_default_pack(tmp_path, find=Buzzer)
    (tmp_path / "es/goodbye.wav").unlink()
    os.truncate(tmp_path / "en/goodbye.wav", 60)
    catalogue["ordinal/3"] = catalogue["ordinal/3"]._replace(en="tertiary")
    buzzer = Buzzer()
    report = make_default_pack(tmp_path, find=lambda: buzzer)
    assert (report.made, report.kept) == (3, 3)
    assert buzzer.said == [("es", "Hasta pronto."), ("en", "Goodbye."), ("en", "tertiary,")]


def test_what_is_no_longer_said_is_removed_and_own_files_stay(
    tmp_path: Path, catalogue: dict[str, Phrase]
) -> None:
    make_default_pack(tmp_path, find=Buzzer)
    own = tmp_path / "tenants/acme/es/goodbye.wav"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"ours")
    del catalogue["number/100"]
    assert make_default_pack(tmp_path, find=no_speech).removed == 1
    assert not (tmp_path / "es/number/100.wav").exists()
    assert own.read_bytes() == b"ours"


def test_a_damaged_manifest_costs_only_time(tmp_path: Path, catalogue: dict[str, Phrase]) -> None:
    make_default_pack(tmp_path, find=Buzzer)
    for damage in (b"", b"[]", b'{"es/goodbye": 3}', b"\xff"):
        (tmp_path / MANIFEST).write_bytes(damage)
        assert make_default_pack(tmp_path, find=Buzzer).made == 6


def test_what_was_made_before_a_failure_is_kept(tmp_path: Path, catalogue: dict[str, Phrase]) -> None:
    class Hoarse(Buzzer):
        def say(self, language: str, text: str) -> tuple[array[int], int]:
            if len(self.said) == 2:
                raise SpeechUnavailable("hoarse")
            return super().say(language, text)

    with pytest.raises(SpeechUnavailable, match="hoarse"):
        make_default_pack(tmp_path, find=Hoarse)
    buzzer = Buzzer()
    make_default_pack(tmp_path, find=lambda: buzzer)
    assert buzzer.said == [("en", "Goodbye."), ("en", "third,")]
    assert not list(tmp_path.rglob("*.part"))


def test_progress_is_told(tmp_path: Path, catalogue: dict[str, Phrase]) -> None:
    told: list[tuple[int, int]] = []
    make_default_pack(tmp_path, lambda done, total: told.append((done, total)), find=Buzzer)
    assert told == [(done, 6) for done in range(7)]


def test_a_silent_synthesiser_is_an_error(tmp_path: Path, catalogue: dict[str, Phrase]) -> None:
    class Mute(Buzzer):
        def say(self, language: str, text: str) -> tuple[array[int], int]:
            return array("h", bytes(4000)), 8000

    with pytest.raises(SpeechUnavailable, match="silent"):
        make_default_pack(tmp_path, find=Mute)


def no_speech() -> Synthesiser:
    raise SpeechUnavailable("there is nobody to speak")


def test_without_any_synthesiser_there_is_one_error_with_the_mend() -> None:
    with pytest.raises(SpeechUnavailable) as raised:
        synthesiser.find((no_speech, no_speech))
    assert str(raised.value).count("apt-get install espeak-ng") == 1
    assert "\n" not in str(raised.value)


def test_the_program_is_used_where_the_library_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    makers: tuple[Callable[[], Synthesiser], ...] = (no_speech, Buzzer)
    assert synthesiser.find(makers).name == "buzzer"
    monkeypatch.setattr(
        synthesiser.ctypes, "CDLL", lambda path: (_ for _ in ()).throw(OSError("no such library"))
    )
    with pytest.raises(SpeechUnavailable, match="no such library"):
        Library()


def test_the_program_is_given_voice_and_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the program: its WAV header promises, as on a pipe, more than comes."""
    program = tmp_path / "espeak-ng"
    program.write_text(
        "#!/bin/sh\n"
        f'echo "$@" > {tmp_path}/arguments\ncat > {tmp_path}/text\n'
        r"printf 'RIFF\044\360\377\177WAVEfmt \020\000\000\000\001\000\001\000\042\126\000\000\104\254\000\000\002\000\020\000'"
        "\n"
        r"printf 'data\000\360\377\177\001\000\002\000\003\000'"
        "\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    samples, rate = Program().say("en", "Mañana; $(rm -rf /)")
    assert (list(samples), rate) == ([1, 2, 3], 22_050)
    assert (tmp_path / "text").read_text() == "Mañana; $(rm -rf /)"
    assert "-v en-us" in (tmp_path / "arguments").read_text()


def test_a_program_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpeechUnavailable, match="cannot speak"):
        Program().say("es", "hola")
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(SpeechUnavailable, match="no program"):
        Program()


def test_from_the_command_line(
    tmp_path: Path, catalogue: dict[str, Phrase], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
    (tmp_path / "file").write_bytes(b"")
    assert main([str(tmp_path / "file" / "prompts")]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("The default prompts cannot be made")
    assert captured.err.count("\n") == 1
    assert main([str(tmp_path / "prompts")]) == 0
    assert (tmp_path / "prompts/en/goodbye.wav").exists()
