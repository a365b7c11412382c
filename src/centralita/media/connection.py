"""The connection to one worker: its granted ports, its legs, what is queued for it, and whether it lives."""

from __future__ import annotations

import os
import socket
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from centralita.media.clientleg import ClientLeg
from centralita.media.protocol import (
    Close,
    Closed,
    Command,
    Digit,
    Event,
    Figures,
    Grant,
    Hello,
    Open,
    Ping,
    Played,
    Pong,
    Progress,
    ProtocolError,
    Recorded,
    Refused,
    Silent,
    Unframer,
    Welcome,
    events,
    frame,
)
from centralita.ports import Clock, MediaOwner, Timer

_RETRY = 0.05
"""Seconds between attempts to connect."""
_RETRY_WRITE = 0.005
_PATIENT = frozenset((Open, Close))
"""Commands that nobody waits for: a leg is opened for what comes later, and who closed one is done with it."""
_HOLD = 0.05
"""Seconds for which those are kept back at most, to go with others: each write wakes the worker up."""
_MAX_UNSENT = 8 * 1024 * 1024
"""Bytes that a worker may leave unread."""
_MAX_PATH = 107
"""Bytes of the path of a Unix socket (unix(7))."""
_MAX_READS = 16
_READ = 256 * 1024


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """How a worker is reached."""

    name: str
    socket: Path


@dataclass(frozen=True, slots=True)
class MediaSettings:
    silent_after: float = 60.0
    """Seconds without audio or RTCP after which ``on_silent`` is told (``media_timeout``); 0: never."""
    grace: float = 7200.0
    """Seconds that bridged calls go on when the switch is gone."""
    ping_every: float = 1.0
    dead_after: float = 5.0
    """Seconds without an answer after which a worker counts as dead."""
    gap: float = 5.0
    """Seconds after its death in which a worker's ports are still handed out, to be beside their like."""


_VITAL = 8
"""Ports of a worker that are kept for calls for help: two calls for each, and some that still rest."""
_VITAL_SHARE = 64
"""Never more of a worker's ports than one in so many."""


class Connection:
    """See the module. ``up`` from the worker's Welcome on until it dies."""

    def __init__(
        self,
        spec: WorkerSpec,
        clock: Clock,
        token: str,
        settings: MediaSettings,
        add_reader: Callable[[int, Callable[[], None]], object],
        remove_reader: Callable[[int], object],
        log: Callable[..., object],
        on_change: Callable[[Connection], None],
    ) -> None:
        self.spec = spec
        self.up = False
        self.capacity = 0
        self.since = clock.now()
        self._clock = clock
        self._token = token
        self._settings = settings
        self._add_reader = add_reader
        self._remove_reader = remove_reader
        self._log = log
        self._on_change = on_change
        self._socket: socket.socket | None = None
        self._unframer: Unframer[Event] = events()
        self._queue: list[Command] = []
        self._urgent = False
        self._hold_timer: Timer | None = None
        self._unsent = bytearray()
        self._granted: deque[int] = deque()
        self._legs: dict[int, ClientLeg] = {}
        self._closing: set[int] = set()
        self._heard = 0.0
        self._pings = 0
        self._timer: Timer | None = None
        self._write_timer: Timer | None = None
        self._stopped = False
        self._told_silent = False
        if len(os.fsencode(spec.socket)) > _MAX_PATH:
            raise ValueError(f"the path of the socket is longer than {_MAX_PATH} bytes: {spec.socket}")

    def now(self) -> float:
        return self._clock.now()

    # --- legs -------------------------------------------------------------------------------------------------------

    def can_allocate(self, vital: bool) -> bool:
        """Whether there is a port to hand out; for a moment also while the worker is being restarted."""
        if not self._granted or not (self.up or self.now() - self.since < self._settings.gap):
            return False
        return vital or self.capacity - len(self._legs) > min(_VITAL, self.capacity // _VITAL_SHARE)

    def load(self) -> int:
        """Legs that are open or being closed."""
        return len(self._legs)

    def allocate(self, owner: MediaOwner) -> ClientLeg:
        """A leg on the port that was free the longest."""
        port = self._granted.popleft()
        leg = self._legs[port] = ClientLeg(self, port, owner)
        return leg

    def queue(self, command: Command) -> None:
        """Send this with the next flush, or a later one where nobody waits for it; while there is no worker, the leg's state
        is what counts.
        """
        if self._socket is None:
            return
        self._queue.append(command)
        if type(command) not in _PATIENT:
            self._urgent = True
        elif self._hold_timer is None:
            self._hold_timer = self._clock.call_at(self.now() + _HOLD, self._release)

    def _release(self) -> None:
        """What was kept back has waited long enough."""
        self._hold_timer = None
        self._urgent = True
        self.flush()

    def closing(self, leg: ClientLeg) -> None:
        """The leg's Close is queued. Without a worker its end is told at once, but not from within ``close``."""
        self._closing.add(leg.port)
        if self._socket is None:
            self._clock.call_at(self.now(), self._finish_closing)

    def _finish_closing(self) -> None:
        """Tell the end of the legs that nobody else can tell it of any more."""
        if self._socket is not None:
            return
        for port in list(self._closing):
            self._finish(port, None)

    # --- the socket -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect, now or as soon as the worker is there."""
        self._timer = None
        if self._stopped or self._socket is not None:
            return
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            sock.connect(str(self.spec.socket))
        except OSError:
            sock.close()
            self._timer = self._clock.call_at(self.now() + _RETRY, self.start)
            self._tell_silence()
            return
        self._socket = sock
        self._unframer = events()
        self._granted.clear()  # granted anew: what the dead one had granted, this one may not have
        self._unsent.clear()
        self._queue.clear()
        self._heard = self.now()
        self._restore()
        self._add_reader(sock.fileno(), self.readable)
        self._timer = self._clock.call_at(self.now() + self._settings.ping_every, self._ping)
        self._urgent = True
        self.flush()

    def _tell_silence(self) -> None:
        """While there is no worker, nobody else notices that the peers are not heard."""
        patience = self._settings.silent_after
        if self._told_silent or not patience or self.now() - self.since < patience:
            return
        self._told_silent = True
        for leg in list(self._legs.values()):
            self._guarded(leg.silent)

    def _guarded(self, tell: Callable[[], None]) -> None:
        """Call an owner; one owner's fault must not lose the events of all others."""
        try:
            tell()
        except Exception:  # noqa: BLE001  # see above; it is told at length
            self._log("media-owner-failed", worker=self.spec.name, traceback=traceback.format_exc())

    def _restore(self) -> None:
        legs = [leg for port, leg in self._legs.items() if port not in self._closing]
        self._queue.append(
            Hello(self._token, [leg.port for leg in legs], self._settings.silent_after, self._settings.grace)
        )
        now = self.now()
        for leg in legs:
            leg.restore(now)
        for leg in legs:
            leg.restore_bridge()
        for leg in legs:
            leg.restore_sound()

    def _ping(self) -> None:
        now = self.now()
        if self._socket is None or self._stopped:
            return
        if now - self._heard > self._settings.dead_after:
            self._lose("no answer")
            return
        self._pings += 1
        self.queue(Ping(self._pings))
        self._timer = self._clock.call_at(now + self._settings.ping_every, self._ping)
        self.flush()

    def flush(self) -> None:
        """Write what is queued, unless nobody waits for any of it. What the worker does not take now is tried again soon."""
        sock = self._socket
        if sock is None or not (self._unsent or (self._urgent and self._queue)):
            return
        self._urgent = False
        if self._queue:
            data = frame(self._queue)
            self._queue.clear()
            if not self._unsent:
                self._write(sock, data)
                return
            self._unsent += data
        self._write(sock, bytes(self._unsent))

    def _write(self, sock: socket.socket, data: bytes) -> None:
        try:
            sent = sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._lose(str(error))
            return
        if sent == len(data):
            self._unsent.clear()
            return
        self._unsent = bytearray(data[sent:])
        if len(self._unsent) > _MAX_UNSENT:
            self._lose("the worker does not read")
        elif self._write_timer is None:
            self._write_timer = self._clock.call_at(self.now() + _RETRY_WRITE, self._write_again)

    def _write_again(self) -> None:
        self._write_timer = None
        self.flush()

    def readable(self) -> None:
        """Take what the worker tells, and call the owners; the caller flushes afterwards."""
        for _ in range(_MAX_READS):
            sock = self._socket
            if sock is None:
                return
            try:
                data = sock.recv(_READ)
            except BlockingIOError:
                return
            except OSError as error:
                self._lose(str(error))
                return
            if not data:
                self._lose("the worker closed")
                return
            self._heard = self.now()
            try:
                for event in self._unframer.feed(data):
                    self._take(event)
            except ProtocolError as error:
                self._lose(f"protocol: {error}")
                return
            if len(data) < _READ:
                return

    def _lose(self, reason: str) -> None:
        """The worker is dead, or as good as dead. Its legs stay, to be restored with the next one."""
        sock = self._socket
        if sock is None:
            return
        self._log("media-worker-lost", worker=self.spec.name, reason=reason, legs=len(self._legs))
        self._disconnect(sock)
        self._become(up=False)
        self._finish_closing()
        self._timer = self._clock.call_at(self.now() + _RETRY, self.start)

    def _disconnect(self, sock: socket.socket) -> None:
        self._remove_reader(sock.fileno())
        sock.close()
        self._socket = None
        self._queue.clear()
        self._unsent.clear()
        for timer in (self._timer, self._write_timer, self._hold_timer):
            if timer is not None:
                timer.cancel()
        self._timer = self._write_timer = self._hold_timer = None

    def stop(self) -> None:
        """Let go, for good."""
        self._stopped = True
        if self._socket is not None:
            self._urgent = bool(self._queue)
            self.flush()
        if self._socket is not None:
            self._disconnect(self._socket)
        if self._timer is not None:
            self._timer.cancel()

    def _become(self, *, up: bool) -> None:
        if up is not self.up:
            self.up = up
            self.since = self.now()
            self._told_silent = False
            self._on_change(self)

    # --- events -----------------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        match event:
            case Grant(ports):
                self._granted.extend([port for port in ports if port not in self._legs])
            case Welcome(_, capacity):
                self.capacity = capacity
                self._become(up=capacity > 0)
            case Pong():
                return
            case Closed(port, figures):
                if port in self._closing:
                    self._finish(port, figures)
            case _:
                leg = self._legs.get(event.port)
                if leg is not None:
                    self._guarded(partial(self._tell, leg, event))

    @staticmethod
    def _tell(leg: ClientLeg, event: Refused | Digit | Played | Recorded | Silent | Progress) -> None:
        match event:
            case Digit(_, digit):
                leg.digit(digit)
            case Played(_, serial):
                leg.played(serial)
            case Recorded(_, serial, path, duration, reason):
                leg.recorded(serial, path, duration, reason)
            case Silent():
                leg.silent()
            case Progress(_, figures):
                leg.progress(figures)
            case Refused():
                leg.lost()

    def _finish(self, port: int, figures: Figures | None) -> None:
        self._closing.discard(port)
        leg = self._legs.pop(port)
        self._guarded(partial(leg.finish, figures))
