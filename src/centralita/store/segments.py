"""The files that the journal consists of: their names, their order, the record each begins with, and how to read one.

Writing them is :class:`centralita.store.journal.JournalWriter`'s, following them while they grow
:class:`centralita.store.journal.JournalReader`'s.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from centralita.pbx.events import JournalEvent
from centralita.pbx.vocabulary import (
    CallClosed,
    CallEnded,
    CallStarted,
    JourneyId,
    Outcome,
    Party,
)
from centralita.store.framing import HEADER_SIZE, frame_end, payloads

SUFFIX = ".journal"
#: Every payload begins with the tag of its fact, so this is found in front of each: it leads past damaged bytes.
_TAG_KEY = b"\xa4fact"


class Position(NamedTuple):
    """A place in the journal: a segment and a byte in it. Positions are ordered as the events are."""

    segment: int
    offset: int


#: Before the first event of whatever journal there is.
BEGINNING = Position(0, 0)


class OpenJourney(msgspec.Struct, frozen=True, array_like=True):
    """A journey that has started and is not closed: what has to be known to close it after a crash."""

    journey: JourneyId
    started_at: float
    ended: bool = False
    """CallEnded is written; only CallClosed is missing."""
    last_seen: float = 0.0
    """The latest instant that the journal tells of: till then, at least, the switch was alive."""

    def closing(self, now: float | None = None) -> tuple[CallEnded | CallClosed, ...]:
        """The events that close it: CallEnded (LOST) where it is missing, and CallClosed.

        They bear the latest instant at which the switch was certainly alive, and none after ``now``.
        """
        at = max(self.started_at, self.last_seen)
        if now is not None:
            at = min(at, now)
        closed = CallClosed(journey=self.journey, at=at)
        if self.ended:
            return (closed,)
        lost = CallEnded(
            journey=self.journey,
            at=at,
            by=Party.SYSTEM,
            outcome=Outcome.LOST,
            sip_status=500,
            q850=41,  # temporary failure (ITU-T Q.850)
            detail="the switch stopped while the call was up",
        )
        return (lost, closed)


class SegmentOpened(msgspec.Struct, frozen=True, kw_only=True, tag_field="fact", tag="segment-opened"):
    """The first record of every segment: which journeys were open when it began."""

    number: int
    at: float
    open: list[OpenJourney]
    version: int = 1


_decoder: msgspec.msgpack.Decoder[JournalEvent | SegmentOpened] = msgspec.msgpack.Decoder(
    JournalEvent | SegmentOpened
)
#: Decoding without the vocabulary: to tell an event of a later version from nonsense.
_any_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder()


class UnknownFact(Exception):
    """A sound record that this version cannot read: a fact, a value or a field type of a later one."""


def decode(payload: bytes) -> JournalEvent | SegmentOpened:
    """The record in a payload. Raises UnknownFact."""
    try:
        return _decoder.decode(payload)
    except msgspec.MsgspecError as error:
        raise UnknownFact(str(error)) from error


def is_record(payload: bytes) -> bool:
    """Whether a payload is a record of some version: the second check, after its CRC, when searching past damage."""
    try:
        value = _any_decoder.decode(payload)
    except msgspec.MsgspecError:
        return False
    return isinstance(value, dict) and "fact" in value


def segment_path(directory: Path, number: int) -> Path:
    return directory / f"{number:06d}{SUFFIX}"


def segment_numbers(directory: Path) -> list[int]:
    """The segments that exist, in order."""
    numbers = []
    with os.scandir(directory) as entries:
        for entry in entries:
            stem, dot, suffix = entry.name.partition(".")
            if dot + suffix == SUFFIX and stem.isascii() and stem.isdigit():
                numbers.append(int(stem))
    return sorted(numbers)


def find_frame(data: bytes, offset: int) -> int | None:
    """The next sound record at or after ``offset``, or None: the way past damaged bytes."""
    search = offset
    while (found := data.find(_TAG_KEY, search)) >= 0:
        search = found + 1
        # A msgpack map of up to 15 fields begins with one byte, a longer one with three.
        for lead in (1, 3):
            start = found - lead - HEADER_SIZE
            if (
                start >= offset
                and (end := frame_end(data, start))
                and is_record(data[start + HEADER_SIZE : end])
            ):
                return start
    return None


class SegmentScan:
    """All of one segment, read at once: the payloads of its records, and where it soundly ends."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self.size = len(self._data)
        self.end = 0
        """After the last sound record. What follows is a torn tail."""

    @property
    def header(self) -> SegmentOpened | None:
        """The record that it begins with; None where the crash came before that was whole."""
        end = frame_end(self._data, 0)
        try:
            record = None if end is None else decode(self._data[HEADER_SIZE:end])
        except UnknownFact:
            return None
        return record if isinstance(record, SegmentOpened) else None

    def __iter__(self) -> Iterator[bytes]:
        data = self._data
        while True:
            for _, end, payload in payloads(data, self.end):
                self.end = end
                yield payload
            following = find_frame(data, self.end)
            if following is None:
                return
            self.end = following


def _head(fact: type[msgspec.Struct]) -> bytes:
    tag = str(fact.__struct_config__.tag).encode()
    return _TAG_KEY + bytes((0xA0 + len(tag),)) + tag


class OpenJourneys:
    """Which journeys are open after a run of records: the fold that recovery needs.

    It decodes only the facts that matter to it, since a start must not take long.
    """

    _HEADS = (_head(CallStarted), _head(CallEnded), _head(CallClosed), _head(SegmentOpened))

    def __init__(self) -> None:
        self._last_seen = 0.0
        self._open: dict[JourneyId, OpenJourney] = {}

    def read(self, scan: SegmentScan) -> None:
        """Take all records of a segment."""
        last = b""
        for payload in scan:
            last = payload
            # The tag stands first in a map of up to 15 fields, which is one byte; others are decoded to be sure.
            if payload.startswith(self._HEADS, 1) or payload[0] & 0xF0 != 0x80:
                self._take(payload)
        if last:
            self._take(last)

    def found(self) -> list[OpenJourney]:
        """Those still open, oldest first."""
        return [msgspec.structs.replace(each, last_seen=self._last_seen) for each in self._open.values()]

    def _take(self, payload: bytes) -> None:
        try:
            record = decode(payload)
        except UnknownFact:
            return
        if isinstance(record, SegmentOpened):
            self._open = {each.journey: each for each in record.open}
            # Not the header's own time: a switch that starts writes one before it closes what its predecessor left.
            self._last_seen = max((each.last_seen for each in record.open), default=self._last_seen)
            return
        self._last_seen = max(self._last_seen, record.at)
        known = self._open.get(record.journey)
        if isinstance(record, CallStarted):
            if known is None:
                self._open[record.journey] = OpenJourney(record.journey, record.at)
        elif isinstance(record, CallEnded):
            if known is not None:
                self._open[record.journey] = msgspec.structs.replace(known, ended=True)
        elif isinstance(record, CallClosed):
            self._open.pop(record.journey, None)
