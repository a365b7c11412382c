"""The legs of one worker and what the client may ask of them: commands in, events out, whoever carries them.

Legs belong to the client under whose token they were opened. Those of a client that is gone are orphans: bridged ones
are relayed for a grace, so that calls outlive a switch that was killed; the others end when another client comes.
"""

from __future__ import annotations

import os
from time import monotonic

from centralita.media.context import Context
from centralita.media.leg import Leg
from centralita.media.player import Player
from centralita.media.pool import PortPool
from centralita.media.protocol import (
    Bridge,
    Close,
    Closed,
    Command,
    Echo,
    Figures,
    FileSound,
    Grant,
    Hello,
    Music,
    Open,
    Ping,
    Play,
    Point,
    Pong,
    Record,
    Refused,
    Stop,
    StopRecording,
    ToneSound,
    Unbridge,
    Welcome,
    WireSound,
)
from centralita.media.sounds import Silence, Track
from centralita.rtp.g711 import Law

_GRACE = 7200.0
_FOR_EVER = 1e9


class Studio:
    """Made once for a worker. The server tells it when clients come and go."""

    def __init__(self, context: Context, pool: PortPool, ahead: int) -> None:
        """``ahead``: ports granted to the client and not yet opened."""
        self._context = context
        self._pool = pool
        self._ahead = ahead
        self._token = ""
        self._grace = _GRACE
        self._claimed: set[int] = set()
        self._legs: dict[int, Leg] = {}
        self._orphans: dict[int, float] = {}
        """Port → when its grace ends."""
        self._connected = False
        self._capacity = 0
        """As the client was told."""

    # --- clients come and go ------------------------------------------------------------------------------------

    def connected(self) -> None:
        """A client's connection; it counts as there when it has said Hello."""
        self._pool.revoke()

    def disconnected(self) -> None:
        """The client is gone, or its connection. All goes on; if nobody comes, for the grace."""
        self._connected = False
        self._pool.revoke()
        until = monotonic() + self._grace
        for port in self._legs:
            self._orphans.setdefault(port, until)

    def _greet(self, hello: Hello, now: float) -> None:
        same = hello.token == self._token
        self._token = hello.token
        self._grace = hello.grace
        self._context.silent_after = hello.silent_after or _FOR_EVER
        self._connected = True
        claims = set(hello.claims)
        self._claimed = claims - self._legs.keys()
        for port, leg in list(self._legs.items()):
            if same and port in claims:
                self._orphans.pop(port, None)
            elif same or leg.other is None:
                self._release(port, now)
            else:
                self._orphans[port] = now + self._grace
        self.grant()
        self._tell_capacity()

    def _tell_capacity(self) -> None:
        """0 while somebody else has all our ports: then the client looks for another worker."""
        self._capacity = self._pool.capacity if self._pool.usable else 0
        self._context.emit(Welcome(os.getpid(), self._capacity))

    def housekeep(self, now: float) -> None:
        """Once a second: free the ports that have rested, let go the orphans that nobody speaks on."""
        self._pool.wake(now)
        if self._orphans:
            for port, until in list(self._orphans.items()):
                leg = self._legs[port]
                other = leg.other
                mute = leg.silent and (other is None or other.silent or other.port not in self._orphans)
                gone = self._connected and other is None
                if now >= until or mute or gone:
                    self._release(port, now)
        self.grant()
        if self._connected and not self._capacity and self._pool.usable:
            self._context.log("ports can be bound now")
            self._tell_capacity()

    def _release(self, port: int, now: float) -> Figures:
        """Close a leg and let its ports rest."""
        self._orphans.pop(port, None)
        leg = self._legs.pop(port)
        figures = leg.close(now)
        self._pool.give_back(leg.pair, now)
        return figures

    def grant(self) -> None:
        """Give the client ports ahead of its need."""
        if self._connected and self._pool.granted <= self._ahead * 3 // 4:
            ports = self._pool.grant(self._ahead, self._claimed)
            if ports:
                self._context.emit(Grant(ports))

    @property
    def legs(self) -> int:
        return len(self._legs)

    @property
    def bridged(self) -> int:
        """Legs with which somebody may be talking."""
        return sum(1 for leg in self._legs.values() if leg.other is not None)

    def close(self) -> None:
        """The worker ends: complete what is recorded."""
        now = monotonic()
        for port in list(self._legs):
            self._release(port, now)

    # --- commands -----------------------------------------------------------------------------------------------

    def obey(self, command: Command) -> None:
        """Carry out one command. What names a leg that is not there is left: the client learns it from Closed."""
        now = monotonic()
        match command:
            case Open(port):
                self._open(port)
            case Close(port):
                self._claimed.discard(port)
                figures = self._release(port, now) if self._is_clients(port) else Figures()
                self._context.emit(Closed(port, figures))
            case Hello():
                self._greet(command, now)
            case Ping(number):
                self._context.emit(Pong(number))
            case _:
                if self._is_clients(command.port):
                    self._do(self._legs[command.port], command, now)

    def _is_clients(self, port: int) -> bool:
        return port in self._legs and port not in self._orphans

    def _open(self, port: int) -> None:
        self._claimed.discard(port)
        if port in self._legs:
            if port in self._orphans:
                self._context.emit(Refused(port))
            return  # the client is back after its connection broke; the leg has gone on
        pair = self._pool.take(port)
        if pair is None:
            self._context.emit(Refused(port))
            return
        self._legs[port] = Leg(self._context, pair)
        self.grant()

    def _do(self, leg: Leg, command: Command, now: float) -> None:
        match command:
            case Point():
                leg.point(command, now)
            case Bridge(_, other):
                if other != leg.port and self._is_clients(other):
                    leg.bridge(self._legs[other])
            case Unbridge():
                leg.unbridge()
            case Play(_, _, [FileSound(path)], True):
                law = leg.law or Law.A
                loop = self._context.library.file(path, law, loop=True)
                leg.play(Player([loop] if loop is not None else [], law, repeat=True), now)
            case Play(_, serial, sounds, repeat):
                law = leg.law or Law.A
                tracks = [track for sound in sounds if (track := self._track(sound, law)) is not None]
                leg.play(Player(tracks, law, repeat=repeat, serial=serial), now)
            case Music():
                law = leg.law or Law.A
                leg.play(Player([self._context.library.music(law)], law, repeat=True), now)
            case Stop():
                leg.stop()
            case Echo():
                leg.echo()
            case Record():
                leg.record(command, now)
            case StopRecording():
                leg.stop_recording(now)

    def _track(self, sound: WireSound, law: Law) -> Track | None:
        """A sound ready to be played; None where it cannot be."""
        library = self._context.library
        if isinstance(sound, ToneSound):
            return library.tone(sound.name, sound.country, law)
        if isinstance(sound, FileSound):
            return library.file(sound.path, law)
        return Silence(sound.seconds, law)
