"""Following the journal while it grows, changes segment, is shortened, or holds what only a later version knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from centralita.pbx.vocabulary import CallEvent, Decided, JourneyId
from centralita.store.framing import frame, frame_end
from centralita.store.journal import BEGINNING, JournalReader, JournalWriter, Position


def decided(number: int, padding: int = 0) -> Decided:
    return Decided(
        journey=JourneyId("j"), at=float(number), rule=f"rule {number}", target="t", reason="x" * padding
    )


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    made = JournalWriter(tmp_path, lambda: 0.0, segment_bytes=2000, sync_seconds=None)
    yield made
    made.close()


def put(writer: JournalWriter, *events: CallEvent) -> None:
    for event in events:
        writer.append(event)
    writer.flush()


def test_a_journal_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path / "none")
    assert list(reader.read(BEGINNING)) == []
    assert reader.size() == 0


def test_it_goes_on_where_it_was(tmp_path: Path, writer: JournalWriter) -> None:
    reader = JournalReader(tmp_path)
    put(writer, decided(1), decided(2))
    assert [event for _, event in reader.read(BEGINNING)] == [decided(1), decided(2)]
    assert list(reader.read(reader.position)) == []
    put(writer, decided(3))
    assert [event for _, event in reader.read(reader.position)] == [decided(3)]
    assert reader.size() == 0


def test_each_position_leads_to_its_event(tmp_path: Path, writer: JournalWriter) -> None:
    events = [decided(number) for number in range(100)]
    for event in events:
        put(writer, event)
    reader = JournalReader(tmp_path)
    found = list(reader.read(BEGINNING))
    assert [event for _, event in found] == events
    assert found == sorted(found, key=lambda each: each[0])
    for index in (0, 1, 40, 99):
        assert [event for _, event in reader.read(found[index][0])] == events[index:]


def test_following_a_live_journal_across_segments_misses_and_repeats_nothing(
    tmp_path: Path, writer: JournalWriter
) -> None:
    reader = JournalReader(tmp_path)
    position = BEGINNING
    seen: list[CallEvent] = []
    for number in range(300):
        put(writer, decided(number))
        if number % 7 == 0:
            seen += [event for _, event in reader.read(position)]
            position = reader.position
    seen += [event for _, event in reader.read(position)]
    assert seen == [decided(number) for number in range(300)]


def test_a_segment_that_grows_while_it_is_read_is_read_to_its_end(
    tmp_path: Path, writer: JournalWriter
) -> None:
    put(writer, decided(0))
    reader = JournalReader(tmp_path)
    seen = []
    for _, event in reader.read(BEGINNING):
        seen.append(event)
        if (
            len(seen) == 1
        ):  # the reader has read the end of the segment; now it grows, and the next one begins
            for number in range(1, 60):
                put(writer, decided(number))
    seen += [event for _, event in reader.read(reader.position)]
    assert seen == [decided(number) for number in range(60)]


def test_an_unfinished_tail_is_waited_for_at_every_byte(tmp_path: Path, writer: JournalWriter) -> None:
    put(writer, decided(1))
    path = tmp_path / "000001.journal"
    reader = JournalReader(tmp_path)
    assert len(list(reader.read(BEGINNING))) == 1
    position = reader.position
    for byte in frame(msgspec.msgpack.encode(decided(2))):
        assert list(reader.read(position)) == []
        with path.open("ab") as file:
            file.write(bytes((byte,)))
    assert [event for _, event in reader.read(position)] == [decided(2)]
    assert reader.damaged == 0


def test_facts_and_fields_of_a_later_version_are_passed_over_and_counted(
    tmp_path: Path, writer: JournalWriter
) -> None:
    put(writer, decided(1))
    later = {"fact": "teleported", "journey": "j", "at": 1.0}
    wider = {**msgspec.to_builtins(decided(2)), "colour": "blue"}
    with (tmp_path / "000001.journal").open("ab") as file:
        file.write(frame(msgspec.msgpack.encode(later)) + frame(msgspec.msgpack.encode(wider)))
    reader = JournalReader(tmp_path)
    assert [event for _, event in reader.read(BEGINNING)] == [decided(1), decided(2)]
    assert (reader.unknown, reader.damaged) == (1, 0)


def test_an_event_larger_than_a_chunk_is_read(tmp_path: Path, writer: JournalWriter) -> None:
    big = decided(1, padding=1_500_000)
    put(writer, big, decided(2))
    assert [event for _, event in JournalReader(tmp_path).read(BEGINNING)] == [big, decided(2)]


def test_damage_is_passed_over_whatever_it_hits(tmp_path: Path, writer: JournalWriter) -> None:
    put(writer, *[decided(number) for number in range(5)])
    path = tmp_path / "000001.journal"
    data = path.read_bytes()
    ends = [0]
    while (end := frame_end(data, ends[-1])) is not None:
        ends.append(end)
    third = range(ends[3], ends[4])  # the header is the first frame
    for byte in third:
        copy = bytearray(data)
        copy[byte] ^= 0x55
        path.write_bytes(copy)
        reader = JournalReader(tmp_path)
        events = [event for _, event in reader.read(BEGINNING)]
        assert events == [decided(0), decided(1), decided(3), decided(4)]
        assert reader.damaged == len(third)


def test_segments_that_are_gone_are_passed_over(tmp_path: Path, writer: JournalWriter) -> None:
    for number in range(100):
        put(writer, decided(number))
    reader = JournalReader(tmp_path)
    positions = [position for position, _ in reader.read(BEGINNING)]
    (tmp_path / "000001.journal").unlink()
    first_left = next(index for index, position in enumerate(positions) if position.segment == 2)
    assert [event for _, event in reader.read(positions[3])] == [decided(n) for n in range(first_left, 100)]


def test_a_position_beyond_what_a_power_cut_left_goes_on_with_the_next_segment(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=None)
    put(writer, *[decided(number) for number in range(10)])
    writer.close()
    reader = JournalReader(tmp_path)
    assert len(list(reader.read(BEGINNING))) == 10
    path = tmp_path / "000001.journal"
    path.write_bytes(path.read_bytes()[:-300])
    again = JournalWriter(tmp_path, lambda: 0.0, sync_seconds=None)
    put(again, decided(77))
    assert [event for _, event in reader.read(reader.position)] == [decided(77)]
    again.close()


def test_only_old_segments_that_nobody_needs_are_forgotten(tmp_path: Path, writer: JournalWriter) -> None:
    import os

    for number in range(200):
        put(writer, decided(number))
    names = sorted(path.name for path in tmp_path.glob("*.journal"))
    for path in tmp_path.glob("*.journal"):
        os.utime(path, (1000.0, 1000.0))
    os.utime(tmp_path / names[2], (5000.0, 5000.0))
    reader = JournalReader(tmp_path)
    assert reader.forget(Position(2, 0), 2000.0) == 1, "what is not projected yet stays"
    assert reader.forget(Position(99, 0), 2000.0) == 1, "nothing after one that is young is deleted"
    assert reader.forget(Position(99, 0), 9000.0) == len(names) - 3
    assert sorted(path.name for path in tmp_path.glob("*.journal")) == names[-1:], "the last one always stays"


def test_a_position_of_a_newer_journal_than_the_one_restored_begins_anew(
    tmp_path: Path, writer: JournalWriter
) -> None:
    put(writer, decided(1))
    assert [event for _, event in JournalReader(tmp_path).read(Position(9, 400))] == [decided(1)]


def test_a_journal_keeps_its_name_and_another_has_another(tmp_path: Path) -> None:
    names = []
    for folder in (tmp_path / "a", tmp_path / "a", tmp_path / "b"):
        JournalWriter(folder, lambda: 0.0).close()
        names.append(JournalReader(folder).identity())
    assert names[0] == names[1] != names[2]
    assert JournalReader(tmp_path / "c").identity() is None
