"""The journal of call events on disk: one writer, any number of readers, in other processes too.

The writer queues events and writes them with one system call before anything that depends on them is sent; it finds
and cuts what a crash tore, and tells which journeys were open. Readers follow the files while they grow. What the
events mean is the business of :mod:`centralita.pbx.journey`.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import msgspec

from centralita.pbx.events import JournalEvent
from centralita.pbx.vocabulary import CallClosed, CallEnded, CallStarted, JourneyId
from centralita.ports import JournalUnavailable
from centralita.store.framing import HEADER, frame, payloads, whole_frames
from centralita.store.segments import (
    BEGINNING,
    OpenJourney,
    OpenJourneys,
    Position,
    SegmentOpened,
    SegmentScan,
    UnknownFact,
    decode,
    find_frame,
    segment_numbers,
    segment_path,
)
from centralita.store.syncer import Syncer

__all__ = [
    "BEGINNING",
    "JournalInUse",
    "JournalReader",
    "JournalWriter",
    "OpenJourney",
    "Position",
]

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
#: What a reader takes from a file at once, in bytes.
_CHUNK = 512 * 1024
_IDENTITY = "identity"


class JournalInUse(JournalUnavailable):
    """Another process writes this journal."""


class JournalWriter:
    """Implements :class:`centralita.ports.Journal`. Not for use from several threads.

    Opening it is recovery: a torn tail is cut, the journeys left open are found, and a new segment begins. Raises
    JournalInUse where another process writes here, JournalUnavailable where the folder cannot be written.
    """

    def __init__(
        self,
        directory: Path,
        clock_wall: Callable[[], float],
        segment_bytes: int = 16 * 1024 * 1024,
        sync_seconds: float | None = 0.5,
    ) -> None:
        """``segment_bytes``: a segment is followed by the next one from this size on; a start reads one, some 0.2 s for the
        default. ``sync_seconds``: events are forced to the disk in the background at most so often; 0: by each ``flush``, which
        then waits for the disk; None leaves it to the operating system. A killed process loses nothing in any of the
        three, only a power cut does."""
        self._directory = directory
        self._wall = clock_wall
        self._segment_bytes = segment_bytes
        self._encode = msgspec.msgpack.Encoder().encode
        self._buffer = bytearray()
        self._open: dict[JourneyId, OpenJourney] = {}
        self._fd = -1
        self._number = 0
        self._size = 0
        self._mend_to: int | None = None
        self._leave_segment = False
        self.error = ""
        """Why the last write failed, empty when the last one went well."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(directory / "lock")
        except OSError as error:
            raise JournalUnavailable(f"the journal folder {directory} cannot be used: {error}") from error
        self._sync_each = sync_seconds == 0
        self._syncer = Syncer(sync_seconds or None)
        try:
            self.cut_bytes = 0
            """Bytes of a torn tail that were cut at the start."""
            self._recovered = self._recover()
            self._open = {each.journey: each for each in self._recovered}
            _identify(directory)
            self._begin_segment(self._number + 1, self._recovered)
        except OSError as error:
            self._release()
            raise JournalUnavailable(f"the journal in {directory} cannot be written: {error}") from error

    # --- on the way of a call -------------------------------------------------------------------------------------

    def append(self, event: JournalEvent) -> None:
        """Queue an event; it is on disk after the next ``flush``."""
        try:
            payload = self._encode(event)
        except UnicodeEncodeError:  # a phone sent bytes that are not UTF-8
            payload = self._encode(_readable(event))
        buffer = self._buffer
        buffer += HEADER.pack(len(payload), crc32(payload))
        buffer += payload
        kind = type(event)
        if kind is CallStarted:
            self._open[event.journey] = OpenJourney(event.journey, event.at)
        elif kind is CallClosed:
            self._open.pop(event.journey, None)
        elif kind is CallEnded and (known := self._open.get(event.journey)) is not None:
            self._open[event.journey] = OpenJourney(event.journey, known.started_at, True)

    def flush(self) -> None:
        """Write what is queued, with one system call but for a change of segment.

        Raises JournalUnavailable, and keeps what is queued and not wholly written for the next try.
        """
        buffer = self._buffer
        if not buffer:
            return
        try:
            self._mend()
            written = os.write(self._fd, buffer)
            self._size += written
            if written != len(buffer):
                self._write_rest(written)
            if self._sync_each:
                self._sync_now()
        except OSError as error:
            self.error = f"{os.strerror(error.errno or errno.EIO)} ({self._directory})"
            raise JournalUnavailable(f"the journal cannot be written: {self.error}") from error
        buffer.clear()
        self.error = ""
        self._syncer.dirty()
        if self._size >= self._segment_bytes or self._syncer.abandon:
            try:
                self._rotate()
            except OSError as error:  # nothing is lost: the old segment goes on growing until this succeeds
                self.error = f"no new segment: {os.strerror(error.errno or errno.EIO)} ({self._directory})"

    @property
    def healthy(self) -> bool:
        """Whether the last write went well, and the last forcing to disk."""
        return not self.error and not self._syncer.failed

    @property
    def queued_bytes(self) -> int:
        """Bytes that wait for the next ``flush``: more than zero after one that failed."""
        return len(self._buffer)

    def recover(self) -> list[OpenJourney]:
        """The journeys that a killed switch left open, oldest first. Append what each one's ``closing()`` gives."""
        return list(self._recovered)

    def close(self) -> None:
        """Write what is queued and give the journal back. Raises JournalUnavailable where that cannot be written."""
        try:
            self.flush()
        finally:
            self._release()

    def _release(self) -> None:
        self._syncer.close()
        os.close(self._lock)

    # --- a write that went wrong ----------------------------------------------------------------------------------

    def _write_rest(self, written: int) -> None:
        """A short write: try the rest once, and where that fails too keep exactly the frames that are not there."""
        buffer = self._buffer
        try:
            while written < len(buffer):
                done = os.write(self._fd, buffer[written:])
                if not done:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                written += done
                self._size += done
        except OSError:
            # Readers may have read the whole frames already, so those stay; only the torn one goes.
            whole = whole_frames(buffer, written)
            self._mend_to = self._size - (written - whole)
            del buffer[:whole]
            with contextlib.suppress(OSError):  # remembered, and tried again before the next write
                self._mend()
            raise

    def _sync_now(self) -> None:
        try:
            os.fdatasync(self._fd)
        except OSError:
            # What the kernel dropped it will not report again, so the queue is written once more, elsewhere; events
            # that are in the journal twice are folded once.
            self._leave_segment = True
            raise

    def _mend(self) -> None:
        """Cut the torn frame of an earlier write; where that is impossible, leave the segment for good."""
        if self._leave_segment:
            self._rotate()
            self._leave_segment = False
            self._mend_to = None
        if self._mend_to is not None:
            try:
                os.ftruncate(self._fd, self._mend_to)
                self._size = self._mend_to
            except OSError:
                self._rotate()
            self._mend_to = None

    # --- segments -------------------------------------------------------------------------------------------------

    def _rotate(self) -> None:
        now = self._wall()
        listed = {
            each.journey: OpenJourney(each.journey, each.started_at, each.ended, now)
            for each in self._open.values()
        }
        # Events may still be queued, where the old segment could not be mended. Until they are written, a journey
        # that they close is open.
        for _, _, payload in payloads(bytes(self._buffer)):
            record = decode(payload)
            if isinstance(record, CallEnded | CallClosed):
                listed[record.journey] = OpenJourney(record.journey, record.at, False, now)
        self._begin_segment(self._number + 1, list(listed.values()))

    def _begin_segment(self, number: int, open_journeys: list[OpenJourney]) -> None:
        path = segment_path(self._directory, number)
        header = frame(self._encode(SegmentOpened(number=number, at=self._wall(), open=open_journeys)))
        fd = os.open(path, _FLAGS | os.O_EXCL, 0o640)
        try:
            if os.write(fd, header) != len(header):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            os.close(fd)
            path.unlink()
            raise
        self._fd, self._number, self._size = fd, number, len(header)
        self._syncer.follow(fd, self._directory)

    def _recover(self) -> list[OpenJourney]:
        """Cut the last segment's torn tail; read from the last good segment header on."""
        numbers = segment_numbers(self._directory)
        self._number = numbers[-1] if numbers else 0
        scans: list[SegmentScan] = []
        for number in reversed(numbers):
            scans.insert(0, SegmentScan(segment_path(self._directory, number)))
            if scans[0].header is not None:
                break
        journeys = OpenJourneys()
        for scan in scans:
            journeys.read(scan)
        if scans and scans[-1].end < scans[-1].size:
            os.truncate(segment_path(self._directory, self._number), scans[-1].end)
            self.cut_bytes = scans[-1].size - scans[-1].end
        return journeys.found()


def _readable(event: JournalEvent) -> JournalEvent:
    """The event with what is not Unicode in its texts replaced, so that it can be written."""
    texts = {
        name: value.encode("utf-8", "replace").decode()
        for name in event.__struct_fields__
        if isinstance(value := getattr(event, name), str)
    }
    return msgspec.structs.replace(event, **texts)


def _identify(directory: Path) -> None:
    """Give a new journal its name, by which a place in it is told from one in a journal that it took the place of."""
    path = directory / _IDENTITY
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.write_text(secrets.token_hex(8))
        draft.replace(path)


def _lock(path: Path) -> int:
    """Take the writer's lock, held as long as the process lives. Raises JournalInUse."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(fd)
        raise JournalInUse(
            f"the journal in {path.parent} is written by process {holder}: stop it first"
        ) from error
    os.ftruncate(fd, 0)
    os.pwrite(fd, b"%d\n" % os.getpid(), 0)
    return fd


class JournalReader:
    """Reads the journal from a position on, while it grows. Needs no lock and changes nothing."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._segment, self._offset = BEGINNING
        self.unknown = 0
        """Sound records of a later version, passed over."""
        self.damaged = 0
        """Bytes that are no records, passed over."""
        self.listing: tuple[Position, frozenset[JourneyId]] | None = None
        """The last segment's beginning that was read, and the journeys that were open there."""

    @property
    def position(self) -> Position:
        """Where the next ``read`` should go on: after the event last given."""
        return Position(self._segment, self._offset)

    def identity(self) -> str | None:
        """The journal's own name, made with it; None while there is no journal yet. Raises OSError."""
        try:
            return (self._directory / _IDENTITY).read_text(encoding="ascii")
        except FileNotFoundError:
            return None

    def read(self, position: tuple[int, int]) -> Iterator[tuple[Position, JournalEvent]]:
        """Every event from ``position`` on with the position it begins at, up to the end of what is written now.

        A position in a segment that is gone, or beyond the end of one that a power cut shortened, goes on with the
        next; one in a segment that is not there yet (the journal was restored from a backup) begins at the beginning.
        A journal that does not exist yet is an empty one.
        """
        self._segment, self._offset = position
        numbers = self._numbers()
        if numbers and self._segment > numbers[-1]:
            self._segment, self._offset = BEGINNING
        while self._find_segment():
            number = self._segment
            # Asked before reading: what is written to this segment afterwards is read before the next one is begun.
            final = not any(other > number for other in self._numbers())
            try:
                fd = os.open(segment_path(self._directory, number), os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:  # retention took it away just now
                self._segment, self._offset = number + 1, 0
                continue
            try:
                yield from self._read_segment(fd, number, final)
            finally:
                os.close(fd)
            if final:
                return
            self._segment, self._offset = number + 1, 0

    def size(self) -> int:
        """Bytes in the journal after ``position``: how far behind the reader is."""
        total = 0
        for number in self._numbers():
            if number >= self._segment:
                with contextlib.suppress(FileNotFoundError):
                    total += segment_path(self._directory, number).stat().st_size
        return max(0, total - self._offset)

    def forget(self, before: tuple[int, int], older_than: float) -> int:
        """Delete the segments wholly before a position that were last written before an instant; their count.

        The last segment always stays: recovery reads it.
        """
        removed = 0
        for number in self._numbers()[:-1]:
            path = segment_path(self._directory, number)
            if number >= before[0] or path.stat().st_mtime >= older_than:
                break
            path.unlink()
            removed += 1
        return removed

    def _numbers(self) -> list[int]:
        try:
            return segment_numbers(self._directory)
        except FileNotFoundError:
            return []

    def _find_segment(self) -> bool:
        """Whether there is anything to read; moves to the next segment where the position's own is gone."""
        number = min((each for each in self._numbers() if each >= self._segment), default=None)
        if number is None:
            return False
        if number != self._segment:
            self._segment, self._offset = number, 0
        return True

    def _read_segment(self, fd: int, number: int, final: bool) -> Iterator[tuple[Position, JournalEvent]]:
        offset = self._offset
        size = _CHUNK
        while data := os.pread(fd, size, offset):
            index = 0
            for start, end, payload in payloads(data):
                index = end
                self._offset = offset + end
                try:
                    event = decode(payload)
                except UnknownFact:
                    self.unknown += 1
                    continue
                if isinstance(event, SegmentOpened):
                    self.listing = Position(number, 0), frozenset(each.journey for each in event.open)
                else:
                    yield Position(number, offset + start), event
            if index:
                offset += index
                size = _CHUNK
            elif len(data) == size:
                size *= 4  # a frame larger than the chunk, or a great deal of damage
            else:
                # Nothing sound begins here although all there is was read: damage, or a write that is under way.
                following = find_frame(data, 1)
                if following is None and final:
                    return
                passed = len(data) if following is None else following
                self.damaged += passed
                offset += passed
                self._offset = offset
