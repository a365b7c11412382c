"""Everything that can be played, by its content: tones, music, files."""

from __future__ import annotations

import os
from pathlib import Path
from struct import pack

import numpy as np
import pytest

from centralita.media import music, tones, wav
from centralita.media.player import Player
from centralita.media.sounds import Frames, Library, Silence, Track
from centralita.rtp.g711 import Law, decode, encode
from support import audio
from support.audio import Sound


class Log(list[tuple[str, dict[str, object]]]):
    def __call__(self, event: str, **fields: object) -> None:
        self.append((event, fields))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def library(log: Log) -> Library:
    return Library(log)


def sound_of(track: Track, law: Law, frames: int = 10**6) -> Sound:
    coded = []
    while len(coded) < frames and (frame := track.frame(len(coded))) is not None:
        assert len(frame) == 160
        coded.append(frame)
    return Sound(np.frombuffer(decode(b"".join(coded), law), "<i2").astype(np.float64) / 32768)


def test_every_country_has_every_tone() -> None:
    for country, plan in tones.PLANS.items():
        assert set(plan) == {"ringback", "busy", "congestion", "dial"}, country
        for name, cadence in plan.items():
            for milliseconds, frequencies in cadence.parts:
                assert milliseconds % 20 == 0, (country, name)
                assert all(300 <= frequency <= 700 for frequency in frequencies)


@pytest.mark.parametrize("law", list(Law))
def test_ringback_of_spain(library: Library, law: Law) -> None:
    """ITU-T E.180 Supplement 2: 425 Hz, 1.5 s on, 3 s off."""
    track = library.tone("ringback", "ES", law)
    assert track is not None
    heard = sound_of(track, law, 450)
    found = audio.segments(heard, 425)
    assert [(round(one.start, 1), round(one.end, 1)) for one in found] == [(0.0, 1.5), (4.5, 6.0)]
    assert audio.level(heard.part(0.1, 1.4)) == pytest.approx(-15, abs=0.5)
    assert audio.is_silent(heard.part(1.6, 4.4))


def test_two_frequencies_are_both_there(library: Library) -> None:
    track = library.tone("dial", "GB", Law.A)
    assert track is not None
    heard = sound_of(track, Law.A, 150)
    assert audio.share(heard, 350) == pytest.approx(0.5, abs=0.02)
    assert audio.share(heard, 450) == pytest.approx(0.5, abs=0.02)
    step = np.max(np.abs(np.diff(heard.samples)))
    assert step < 0.2, "no click where it is repeated"


def test_a_beep_is_heard_once(library: Library) -> None:
    track = library.tone("beep", "MX", Law.A)
    assert track is not None
    heard = sound_of(track, Law.A)
    assert heard.seconds < 0.5
    assert abs(audio.dominant(heard.part(0, 0.2)) - 1000) < 5


def test_an_unknown_country_sounds_as_spain_does(library: Library) -> None:
    assert tones.find("busy", "XX") == tones.find("busy", "es") == tones.PLANS["ES"]["busy"]


def test_an_unknown_tone_is_told_once(library: Library, log: Log) -> None:
    assert library.tone("fanfare", "ES", Law.A) is None
    assert library.tone("fanfare", "ES", Law.A) is None
    assert len(log) == 1


def test_music_is_pleasant_to_measure(library: Library) -> None:
    """Not silent, not clipped, without gaps or clicks, and different from one second to the next."""
    heard = sound_of(library.music(Law.A), Law.A, 50 * 36)
    assert heard.seconds == 36.0
    assert np.max(np.abs(heard.samples)) < 0.7
    levels = audio.levels(heard, 0.5)
    assert min(levels) > -32
    assert max(levels) < -14
    assert len({round(audio.dominant(heard.part(second, second + 1))) for second in range(17)}) > 4
    length = 17.92
    match = audio.find(heard.part(0, 3), heard.part(length - 0.5))
    assert match.delay == pytest.approx(0.5, abs=0.001)
    assert match.likeness > 0.99
    seam = heard.part(length - 0.1, length + 0.1).samples
    assert np.max(np.abs(np.diff(seam))) < 0.3


def test_music_is_encoded_once_for_all(library: Library) -> None:
    assert library.music(Law.A) is library.music(Law.A)
    assert library.music(Law.A).frame(3) is library.music(Law.A).frame(3)


def test_a_slice_of_music_is_made_quickly() -> None:
    """The first listener must not stop the others for longer than a packet may wait: slices are short."""
    assert all(len(piece) <= 2 * 1120 for piece in music.compose())


def test_music_from_a_file(tmp_path: Path, log: Log) -> None:
    path = audio.write(tmp_path / "m.wav", audio.tone(600, seconds=0.5))
    heard = sound_of(Library(log, path).music(Law.MU), Law.MU, 100)
    assert heard.seconds == 2.0
    assert abs(audio.dominant(heard) - 600) < 2


def test_a_loop_has_neither_a_gap_nor_a_click(tmp_path: Path, log: Log) -> None:
    """A second and a bit of a tone that does not close in it, with silence at both ends."""
    rest = audio.silence(0.2)
    path = audio.write(tmp_path / "m.wav", rest + audio.tone(441.7, seconds=1.234) + rest)
    library = Library(log)
    track = library.file(str(path), Law.A, loop=True)
    assert track is not None
    heard = sound_of(track, Law.A, 50 * 6)
    assert heard.seconds == 6.0
    assert audio.longest_gap(heard) == 0.0
    levels = audio.levels(heard, 0.02)
    assert max(levels) - min(levels) < 6, (
        "at a seam two ends of a tone may be out of step, but are never silent"
    )
    steps = np.abs(np.diff(heard.samples))
    assert np.max(steps) < 1.3 * 2 * np.pi * 441.7 / 8000 * np.max(np.abs(heard.samples)), (
        "no step that the tone itself lacks"
    )
    length = next(n for n in range(1, 100) if track.frame(n + 2) is track.frame(2))
    assert 1.1 < length / 50 < 1.234
    plain = library.file(str(path), Law.A)
    assert plain is not track
    assert audio.longest_gap(sound_of(plain, Law.A, 100)) == 0.0, "played once, it is as it was"


def test_a_loop_of_noise_keeps_its_level_at_the_seam(tmp_path: Path, log: Log) -> None:
    path = audio.write(tmp_path / "m.wav", audio.chatter(2.0, seed=5))
    track = Library(log).file(str(path), Law.MU, loop=True)
    assert track is not None
    heard = sound_of(track, Law.MU, 50 * 8)
    once = audio.read(path)
    assert audio.level(heard) == pytest.approx(audio.level(once), abs=1.0)
    for turn in (1.96, 3.92, 5.88):
        assert audio.find(once.part(0.5, 1.0), heard.part(turn, turn + 1.2)).likeness > 0.98


def test_what_is_too_short_for_a_seam_is_repeated_as_it_is(tmp_path: Path, log: Log) -> None:
    path = audio.write(tmp_path / "m.wav", audio.tone(600, seconds=0.1))
    track = Library(log).file(str(path), Law.A, loop=True)
    assert track is not None
    assert abs(audio.dominant(sound_of(track, Law.A, 50)) - 600) < 5


def test_music_from_a_file_that_is_not_there_is_our_own(tmp_path: Path, log: Log) -> None:
    track = Library(log, tmp_path / "missing.wav").music(Law.A)
    assert audio.level(sound_of(track, Law.A, 100)) > -40
    assert log[0][0] == "sound-unplayable"


@pytest.mark.parametrize("law", list(Law))
def test_a_pcm_file_is_played_as_it_is(tmp_path: Path, library: Library, law: Law) -> None:
    said = audio.chatter(1.03, seed=3)
    track = library.file(str(audio.write(tmp_path / "a.wav", said)), law)
    assert track is not None
    heard = sound_of(track, law)
    assert heard.seconds == pytest.approx(1.04)
    match = audio.find(said, heard)
    assert match.delay == 0
    assert match.likeness > 0.995
    assert audio.level(heard) == pytest.approx(audio.level(said), abs=0.2)


def g711_file(path: Path, law: Law, payload: bytes) -> Path:
    kind = 6 if law is Law.A else 7
    form = b"fmt " + pack("<IHHIIHHH", 18, kind, 1, 8000, 8000, 1, 8, 0)
    extra = b"LIST" + pack("<I", 3) + b"abc\0"
    data = b"data" + pack("<I", len(payload)) + payload
    path.write_bytes(b"RIFF" + pack("<I", 4 + len(form + extra + data)) + b"WAVE" + form + extra + data)
    return path


@pytest.mark.parametrize("law", list(Law))
@pytest.mark.parametrize("wanted", list(Law))
def test_a_g711_file_is_played_in_either_law(tmp_path: Path, library: Library, law: Law, wanted: Law) -> None:
    said = audio.tone(700, seconds=0.5)
    payload = encode(np.round(said.samples * 32767).astype("<i2").tobytes(), law)
    track = library.file(str(g711_file(tmp_path / "a.wav", law, payload)), wanted)
    assert track is not None
    heard = sound_of(track, wanted)
    assert abs(audio.dominant(heard) - 700) < 2
    assert audio.level(heard) == pytest.approx(-12, abs=0.2)


def test_of_two_channels_the_first_is_heard(tmp_path: Path, library: Library) -> None:
    path = audio.write(tmp_path / "a.wav", audio.tone(500, seconds=0.4), audio.tone(900, seconds=0.4))
    track = library.file(str(path), Law.A)
    assert track is not None
    assert abs(audio.dominant(sound_of(track, Law.A)) - 500) < 3


def test_a_file_is_read_once_until_it_changes(tmp_path: Path, library: Library) -> None:
    path = audio.write(tmp_path / "a.wav", audio.tone(500, seconds=0.4))
    first = library.file(str(path), Law.A)
    assert library.file(str(path), Law.A) is first
    audio.write(path, audio.tone(900, seconds=0.4))
    os.utime(path, ns=(1, 1))
    second = library.file(str(path), Law.A)
    assert second is not None
    assert abs(audio.dominant(sound_of(second, Law.A)) - 900) < 3


def test_what_cannot_be_played_is_told_once(tmp_path: Path, library: Library, log: Log) -> None:
    (tmp_path / "text.wav").write_text("not a sound")
    audio.write(tmp_path / "fast.wav", audio.tone(500, seconds=0.1, rate=16000))
    for name in ("missing.wav", "text.wav", "fast.wav", "text.wav", ""):
        assert library.file(str(tmp_path / name), Law.A) is None
    assert [event for event, _ in log] == ["sound-unplayable"] * 4


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd",
        b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\x7f",
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + pack("<HHIIHH", 1, 0, 8000, 0, 0, 16) + b"data\4\0\0\0abcd",
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + pack("<HHIIHH", 3, 1, 8000, 0, 0, 32) + b"data\4\0\0\0abcd",
    ],
)
def test_a_broken_file_is_refused(content: bytes) -> None:
    with pytest.raises(wav.WavError):
        wav.read(content)


def test_a_file_that_is_cut_is_played_as_far_as_it_goes() -> None:
    whole = wav.header(1, 16_000) + bytes(1001)
    assert len(wav.read(whole).data) == 1000


def test_what_was_encoded_is_bounded(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("centralita.media.sounds._CACHE_BYTES", 20_000)
    paths = [str(audio.write(tmp_path / f"{n}.wav", audio.tone(500, seconds=1))) for n in range(5)]
    tracks = [library.file(path, Law.A) for path in paths]
    assert library.file(paths[4], Law.A) is tracks[4]
    assert library.file(paths[0], Law.A) is not tracks[0]


def played(player: Player) -> int:
    count = 0
    while player.next_frame() is not None:
        count += 1
    return count


def test_tracks_follow_one_another() -> None:
    tracks: list[Track] = [Silence(0.1, Law.A), Frames(iter([b"\x22" * 400]), Law.A), Silence(0, Law.A)]
    assert played(Player(tracks, Law.A)) == 5 + 3


def test_a_repeated_list_without_sound_ends() -> None:
    assert played(Player([], Law.A, repeat=True)) == 0
    assert played(Player([Silence(0, Law.A)], Law.A, repeat=True)) == 0


def test_a_repeated_list_goes_on() -> None:
    player = Player([Silence(0.04, Law.A)], Law.A, repeat=True)
    assert all(player.next_frame() is not None for _ in range(100))
