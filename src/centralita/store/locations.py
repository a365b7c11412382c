"""Registrations on disk: an append-only file of bindings, begun anew when most of it is out of date.

A phone that was told 200 believes in its registration until it refreshes it: so the binding is with the kernel before the
answer goes out, and a process killed at any instant loses none. Only a power cut may take the last seconds, for nothing
waits for the disk here. No secret is in the file.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from centralita.ports import Binding, Clock, Timer
from centralita.sip.flow import Flow
from centralita.store.framing import frame, payloads

SUFFIX = ".bindings"
#: A file is begun anew when it is this many times as large as what is in force, and larger than a small one.
_GROWTH = 4
_SMALL = 256 * 1024


class _Saved(msgspec.Struct, frozen=True, array_like=True):
    """All bindings of one device; the last one written counts. An empty device marks the end of a full copy."""

    device: str
    bindings: list[_SavedBinding]


class _SavedBinding(msgspec.Struct, frozen=True, array_like=True):
    contact: str
    transport: str
    host: str
    port: int
    connection: int
    path: tuple[str, ...]
    expires_at: float
    call_id: str
    cseq: int
    instance: str = ""
    user_agent: str = ""
    since: float = 0.0


_END_OF_COPY = _Saved("", [])


class LocationStore:
    """Implements :class:`centralita.ports.Locations`. Used from one thread, by one process at a time."""

    def __init__(self, directory: Path, clock: Clock, flush_seconds: float = 1.0) -> None:
        """Reads what is there and begins a new file. Raises OSError where the folder cannot be used."""
        self._directory = directory
        self._clock = clock
        self._flush_seconds = flush_seconds
        self._encode = msgspec.msgpack.Encoder().encode
        self._pending: dict[str, Sequence[Binding]] = {}
        self._frames: dict[str, bytes] = {}
        """What is in force, by device, as it stands in the file: a new file is these, written out."""
        self._live_bytes = 0
        self._size = 0
        self._fd = -1
        self._spoilt = False
        self._timer: Timer | None = None
        self._loaded: list[Binding] = []
        self.error = ""
        """Why the last write failed, empty when it went well; it is tried again."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o750)
        numbers = self._numbers()
        self._number = numbers[-1] if numbers else 0
        self._read(numbers)
        self._begin_file()

    def load(self) -> Sequence[Binding]:
        """The bindings found at the start that had not expired then."""
        return list(self._loaded)

    def save(self, device: str, bindings: Sequence[Binding]) -> None:
        """Replace the device's bindings, at once; what cannot be written is tried again every ``flush_seconds``."""
        self._pending[device] = bindings
        self.flush()
        if self._pending and self._timer is None:
            self._timer = self._clock.call_at(self._clock.now() + self._flush_seconds, self._on_timer)

    def flush(self) -> None:
        """Write what is queued, now. A failure is in ``error``, and what could not be written stays queued."""
        if not self._pending:
            return
        batch, self._pending = self._pending, {}
        frames = {device: self._frame(device, bindings) for device, bindings in batch.items()}
        try:
            if self._spoilt:
                self._begin_file()
            self._write(b"".join(frames.values()))
        except OSError as error:
            self._pending = batch | self._pending
            self.error = f"{error.strerror} ({self._directory})"
            return
        self.error = ""
        for device, bindings in batch.items():
            self._put(device, frames[device] if bindings else None)
        if self._size > _SMALL and self._size > _GROWTH * self._live_bytes:
            self._begin_file_if_possible()

    def close(self) -> None:
        """Write what is queued and close the file."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.flush()
        os.close(self._fd)

    def _on_timer(self) -> None:
        self._timer = None
        self.flush()
        if self._pending:
            self._timer = self._clock.call_at(self._clock.now() + self._flush_seconds, self._on_timer)

    def _put(self, device: str, data: bytes | None) -> None:
        old = self._frames.pop(device, b"")
        self._live_bytes -= len(old)
        if data is not None:
            self._frames[device] = data
            self._live_bytes += len(data)

    def _frame(self, device: str, bindings: Sequence[Binding]) -> bytes:
        saved = [
            _SavedBinding(
                each.contact,
                *each.flow,
                each.path,
                each.expires_at,
                each.call_id,
                each.cseq,
                each.instance,
                each.user_agent,
                each.since,
            )
            for each in bindings
        ]
        try:
            return frame(self._encode(_Saved(device, saved)))
        except UnicodeEncodeError:
            # Bytes that are no text, in a Contact or a Call-ID: such a phone has to register again after a restart.
            return frame(self._encode(_Saved(device, [])))

    def _write(self, data: bytes) -> None:
        """Append all or nothing. Raises OSError."""
        written = 0
        try:
            while written < len(data):
                written += os.write(self._fd, memoryview(data)[written:])
        except OSError:
            try:
                os.ftruncate(self._fd, self._size)
            except OSError:
                self._spoilt = (
                    True  # nothing after the torn frame would be read: the next batch goes elsewhere
                )
            raise
        self._size += written

    # --- files --------------------------------------------------------------------------------------------------------

    def _numbers(self) -> list[int]:
        stems = [path.stem for path in self._directory.glob(f"*{SUFFIX}")]
        return sorted(int(stem) for stem in stems if stem.isascii() and stem.isdigit())

    def _path(self, number: int) -> Path:
        return self._directory / f"{number:06d}{SUFFIX}"

    def _read(self, numbers: list[int]) -> None:
        """Take the files in order: each begins with a full copy, which replaces all before it once it is complete."""
        decoder = msgspec.msgpack.Decoder(_Saved)
        state: dict[str, _Saved] = {}
        for number in numbers:
            copied: set[str] | None = set()
            for _, _, payload in payloads(self._path(number).read_bytes()):
                try:
                    saved = decoder.decode(payload)
                except msgspec.MsgspecError:
                    continue
                if not saved.device:
                    state = {device: each for device, each in state.items() if device in (copied or ())}
                    copied = None
                    continue
                state[saved.device] = saved
                if copied is not None:
                    copied.add(saved.device)
        now = self._clock.wall()
        for saved in state.values():
            valid = [_binding(saved.device, each) for each in saved.bindings if each.expires_at > now]
            if valid:
                self._loaded.extend(valid)
                self._put(saved.device, self._frame(saved.device, valid))

    def _begin_file_if_possible(self) -> None:
        try:
            self._begin_file()
        except OSError as error:
            self.error = f"{error.strerror} ({self._directory})"  # the old file goes on

    def _begin_file(self) -> None:
        """Write all that is in force to a new file; the old ones go once the new one is safely on the disk."""
        number = self._number + 1
        path = self._path(number)
        data = b"".join([*self._frames.values(), frame(self._encode(_END_OF_COPY))])
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        old_fd, old_size = self._fd, self._size
        self._fd, self._size = fd, 0
        try:
            self._write(data)
        except OSError:
            self._fd, self._size = old_fd, old_size
            os.close(fd)
            path.unlink()
            raise
        self._number = number
        self._spoilt = False
        if old_fd >= 0:
            os.close(old_fd)
        before = [self._path(each) for each in self._numbers() if each < number]
        if before:
            threading.Thread(
                target=_replace_by, args=(path, before), name="bindings-sync", daemon=True
            ).start()


def _replace_by(new: Path, old: list[Path]) -> None:
    """Make a new file durable, then delete the ones that it replaces; where that fails, all are read at the start."""
    try:
        fd = os.open(new, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fdatasync(fd)
        finally:
            os.close(fd)
        for path in old:
            path.unlink(missing_ok=True)
    except OSError:
        return


def _binding(device: str, saved: _SavedBinding) -> Binding:
    return Binding(
        device=device,
        contact=saved.contact,
        flow=Flow(saved.transport, saved.host, saved.port, saved.connection),
        path=saved.path,
        expires_at=saved.expires_at,
        call_id=saved.call_id,
        cseq=saved.cseq,
        instance=saved.instance,
        user_agent=saved.user_agent,
        since=saved.since,
    )
