"""The recorder alone, with a clock of the test's own: time line, silence, limits, files that survive."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from centralita.media.recorder import Reason, Recorder
from centralita.media.wav import header
from centralita.rtp.g711 import Law
from support import audio
from support.media_world import frames_of

TONE = frames_of(audio.tone(500, seconds=2), Law.A)
SILENT = bytes([Law.A.silence]) * 160


def recorder(path: Path, **options: object) -> Recorder:
    wanted: dict[str, object] = {"both": False, "limit": 60.0, "silence": None, "append": False, "now": 0.0}
    return Recorder(str(path), **{**wanted, **options})  # type: ignore[arg-type]  # a test names what it changes


def test_frames_lie_where_their_timestamps_say_however_they_arrive(tmp_path: Path) -> None:
    rec = recorder(tmp_path / "a.wav")
    order = [0, 1, 3, 2, 4, 5, 8, 7, 6, 9]
    for index, frame in enumerate(order):
        rec.said(TONE[frame], Law.A, 1000 + 160 * frame, 0.02 * (index + 1))
    assert rec.close(0.2)
    sound = audio.read(tmp_path / "a.wav")
    assert sound.seconds == pytest.approx(0.2)
    expected = audio.from_alaw(b"".join(TONE[:10]))
    assert np.array_equal(sound.samples, expected)


def test_what_never_came_is_silence(tmp_path: Path) -> None:
    rec = recorder(tmp_path / "a.wav")
    for index in (*range(10), *range(20, 30)):
        rec.said(TONE[index], Law.A, 160 * index, 0.02 * (index + 1))
    rec.close(0.8)
    sound = audio.read(tmp_path / "a.wav")
    assert sound.seconds == pytest.approx(0.8)
    assert audio.level(sound.part(0.2, 0.4)) == -120
    assert audio.level(sound.part(0.6, 0.8)) == -120
    assert audio.level(sound.part(0.4, 0.6)) == pytest.approx(-12, abs=0.3)


def test_a_clock_that_begins_anew_is_set_by_arrival(tmp_path: Path) -> None:
    rec = recorder(tmp_path / "a.wav")
    rec.said(TONE[0], Law.A, 4_000_000_000, 0.02)
    rec.said(TONE[1], Law.A, 17, 0.5)
    rec.close(1.0)
    sound = audio.read(tmp_path / "a.wav")
    assert [(round(one.start, 2), round(one.end, 2)) for one in audio.loud(sound, shortest=0.02)] == [
        (0.0, 0.02),
        (0.48, 0.5),
    ]


def test_both_sides_have_a_channel_each(tmp_path: Path) -> None:
    rec = recorder(tmp_path / "a.wav", both=True)
    high = frames_of(audio.tone(1500, seconds=1), Law.MU)
    for index in range(25):
        rec.said(TONE[index], Law.A, 160 * index, 0.02 * (index + 1))
        rec.heard(high[index], Law.MU, 99_999 + 160 * index, 0.02 * (index + 1))
    rec.close(0.5)
    left, right = audio.read_channels(tmp_path / "a.wav")
    assert abs(audio.dominant(left) - 500) < 3
    assert abs(audio.dominant(right) - 1500) < 3


def test_what_is_heard_is_no_part_of_a_recording_of_one_side(tmp_path: Path) -> None:
    rec = recorder(tmp_path / "a.wav")
    rec.heard(TONE[0], Law.A, 0, 0.02)
    rec.close(0.1)
    assert audio.level(audio.read(tmp_path / "a.wav")) == -120


def test_it_ends_by_silence_after_speech_and_without_any(tmp_path: Path) -> None:
    rec = recorder(tmp_path / "a.wav", silence=2.0)
    rec.said(TONE[0], Law.A, 0, 1.5)
    rec.said(SILENT, Law.A, 160, 1.52)
    assert rec.timer(3.4) is None
    assert rec.next_timer(3.4) == pytest.approx(3.5)
    assert rec.timer(3.5) is Reason.SILENCE
    rec.close(3.5)
    assert recorder(tmp_path / "b.wav", silence=2.0).timer(2.0) is Reason.SILENCE


def test_it_ends_at_its_limit_to_the_sample(tmp_path: Path) -> None:
    rec = recorder(tmp_path / "a.wav", limit=1.0)
    for index in range(75):
        rec.said(TONE[index], Law.A, 160 * index, 0.02 * (index + 1))
    assert rec.timer(1.51) is Reason.LIMIT
    rec.close(1.51)
    assert audio.read(tmp_path / "a.wav").seconds == rec.duration == 1.0


def test_the_file_can_be_played_at_any_instant(tmp_path: Path) -> None:
    """A worker that is killed closes nothing."""
    rec = recorder(tmp_path / "a.wav")
    assert audio.read(tmp_path / "a.wav").seconds == 0
    for index in range(100):
        now = 0.02 * (index + 1)
        rec.said(TONE[index], Law.A, 160 * index, now)
        if index % 25 == 24:
            assert rec.timer(now) is None
            content = (tmp_path / "a.wav").read_bytes()
            assert content[:44] == header(1, len(content) - 44)
    sound = audio.read(tmp_path / "a.wav")
    assert 1.5 < sound.seconds < 2.0
    assert audio.level(sound) == pytest.approx(-12, abs=0.3)
    rec.close(2.0)


def test_it_goes_on_after_a_worker_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(header(1, 3200) + bytes(8000) + b"\x01")
    rec = recorder(path, append=True)
    rec.said(TONE[0], Law.A, 0, 0.02)
    rec.close(0.02)
    assert rec.duration == pytest.approx(0.5 + 0.02), "what was written and not told by the header counts"
    assert audio.read(path).seconds == pytest.approx(0.52)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 10])
def test_what_is_no_recording_is_written_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    rec = recorder(tmp_path / "a.wav", append=True)
    rec.close(0.5)
    assert audio.read(tmp_path / "a.wav").seconds == 0.5


def test_channels_of_the_file_are_kept(tmp_path: Path) -> None:
    recorder(tmp_path / "a.wav", both=True).close(0.5)
    rec = recorder(tmp_path / "a.wav", both=False, append=True)
    rec.close(0.5)
    assert [sound.seconds for sound in audio.read_channels(tmp_path / "a.wav")] == [1.0, 1.0]


def test_a_full_disk_ends_it_and_leaves_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rec = recorder(tmp_path / "a.wav")
    for index in range(50):
        rec.said(TONE[index], Law.A, 160 * index, 0.02 * (index + 1))
    assert rec.timer(1.0) is None
    written = rec.duration
    pwrite = os.pwrite

    def full(file: int, data: bytes, offset: int) -> int:
        if offset == 0:
            return pwrite(file, data, offset)
        return pwrite(file, data[:100], offset)

    monkeypatch.setattr(os, "pwrite", full)
    assert rec.timer(2.0) is Reason.FULL
    monkeypatch.undo()
    rec.close(2.0)
    assert audio.read(tmp_path / "a.wav").seconds >= written


def test_a_stranger_clock_cannot_fill_the_memory(tmp_path: Path) -> None:
    rec = recorder(tmp_path / "a.wav")
    for index in range(1000):
        rec.said(TONE[0], Law.A, index * 1_000_003, 1.0)
    assert len(rec._pending) < 100_000
    rec.close(1.0)
