"""The worker's end of the Unix socket: one client at a time, the last one to come.

Events that are queued while a wake-up is handled leave in one write, and those that nobody waits for wait for others: each
write wakes the switch up. A client that does not read is cut off before its events fill the memory.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from time import monotonic

from centralita.media.context import Context
from centralita.media.protocol import (
    Closed,
    Command,
    Event,
    Grant,
    Pong,
    Progress,
    ProtocolError,
    Unframer,
    commands,
    frame,
)
from centralita.media.studio import Studio

_MAX_UNSENT = 8 * 1024 * 1024
"""Bytes."""
_READ = 256 * 1024
_PATIENT = frozenset((Closed, Grant, Pong, Progress))
"""Events that nobody waits for."""
_HOLD = 0.05
"""Seconds for which those may be kept back."""


class Server:
    """Listens from the beginning. Raises OSError where it cannot."""

    def __init__(self, path: str, context: Context) -> None:
        self._path = path
        self._context = context
        self.studio: Studio | None = None
        """Set before the loop runs."""
        self._client: socket.socket | None = None
        self._unframer: Unframer[Command] = commands()
        self.urgent = False
        """Something is queued that somebody waits for: the loop flushes after this wake-up."""
        self._events: list[Event] = []
        self._held = False
        self._unsent = bytearray()
        self._waiting = False
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)  # of a worker that was killed
        before = os.umask(0o177)
        try:
            self._listener.bind(path)
        finally:
            os.umask(before)
        self._inode = os.stat(path).st_ino
        self._listener.listen(4)
        context.watch(self._listener.fileno(), self._on_connect)

    def emit(self, event: Event) -> None:
        """Queue an event for the client; dropped where there is none."""
        if self._client is None:
            return
        self._events.append(event)
        if type(event) not in _PATIENT:
            self.urgent = True
        elif not self._held:
            self._held = True
            self._context.schedule.at(monotonic() + _HOLD, self._release)

    def _release(self, _now: float) -> None:
        """What was kept back has waited long enough."""
        self._held = False
        self.flush()

    def _on_connect(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return  # gone again
        self._drop("another client came")
        client.setblocking(False)
        self._client = client
        self._unframer = commands()
        self._waiting = False
        if self.studio is not None:
            self.studio.connected()
        self._context.watch(client.fileno(), self._on_readable)

    def _on_readable(self) -> None:
        client, studio = self._client, self.studio
        if client is None or studio is None:
            return
        try:
            data = client.recv(_READ)
        except BlockingIOError:
            data = None
        except OSError as error:
            self._drop(str(error))
            return
        if data == b"":
            self._drop("the client closed")
            return
        if data:
            try:
                for command in self._unframer.feed(data):
                    studio.obey(command)
            except ProtocolError as error:
                self._drop(f"protocol: {error}")

    def _on_ready(self) -> None:
        """The client reads again, or has something to say, or both."""
        self.flush()
        self._on_readable()

    def flush(self) -> None:
        """Write what is queued, as far as the client takes it."""
        client = self._client
        self.urgent = False
        if client is None or not (self._events or self._unsent):
            return
        if self._events:
            self._unsent += frame(self._events)
            self._events.clear()
        try:
            sent = client.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._drop(str(error))
            return
        del self._unsent[:sent]
        waiting = bool(self._unsent)
        if len(self._unsent) > _MAX_UNSENT:
            self._drop("the client does not read")
            return
        wanted = select.EPOLLIN | select.EPOLLOUT if waiting else select.EPOLLIN
        if waiting is not self._waiting:
            self._waiting = waiting
            self._context.epoll.modify(client.fileno(), wanted)
            self._context.handlers[client.fileno()] = self._on_ready if waiting else self._on_readable

    def _drop(self, reason: str) -> None:
        """Part with the client, if there is one; its legs go on."""
        client = self._client
        if client is None:
            return
        self._context.log("client-gone", reason=reason)
        self._context.unwatch(client.fileno())
        client.close()
        self._client = None
        self._events.clear()
        self._unsent.clear()
        if self.studio is not None:
            self.studio.disconnected()

    @property
    def has_client(self) -> bool:
        return self._client is not None

    def close(self) -> None:
        self._drop("the worker ends")
        self._listener.close()
        with contextlib.suppress(FileNotFoundError):
            if os.stat(self._path).st_ino == self._inode:  # else it is our successor's
                os.unlink(self._path)
