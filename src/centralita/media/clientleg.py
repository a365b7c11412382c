"""One leg as the switch holds it: commands to its worker, and what is wanted of it, for the case that the worker dies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from centralita.media.figures import add, summarise
from centralita.media.protocol import (
    Bridge,
    Close,
    Command,
    Echo,
    Figures,
    FileSound,
    Music,
    Open,
    Play,
    Point,
    Record,
    SilenceSound,
    Stop,
    StopRecording,
    ToneSound,
    Unbridge,
    WireSound,
)
from centralita.ports import File, MediaLeg, MediaOwner, MediaTarget, Quality, Recording, Silence, Sound, Tone

if TYPE_CHECKING:
    from centralita.media.connection import Connection

_NOTHING = Figures()


def _wire(sound: Sound) -> WireSound:
    match sound:
        case File(path):
            return FileSound(str(path))
        case Tone(name, country):
            return ToneSound(name, country)
        case Silence(seconds):
            return SilenceSound(seconds)


class ClientLeg:
    """Implements :class:`centralita.ports.MediaLeg`."""

    __slots__ = (
        "_activity",
        "_bridged",
        "_closed",
        "_codec",
        "_earlier",
        "_known",
        "_owner",
        "_point",
        "_record",
        "_recording_since",
        "_serial",
        "_silent",
        "_stop_recording",
        "connection",
        "port",
    )

    def __init__(self, connection: Connection, port: int, owner: MediaOwner) -> None:
        self.connection = connection
        self.port = port
        self._owner = owner
        self._closed = False
        self._codec = ""
        self._serial = 0
        """Of the last order whose end is told."""
        # What is wanted.
        self._point: Point | None = None
        self._bridged: ClientLeg | None = None
        self._activity: Play | Music | Echo | None = None
        self._record: Record | None = None
        self._recording_since = 0.0
        self._stop_recording = False
        # What is known.
        self._silent = False
        """Whether the owner was told so for its present target."""
        self._earlier = _NOTHING
        """Of workers that died."""
        self._known = _NOTHING
        """Of the present one, when it last told."""
        self._queue(Open(port))

    def _queue(self, command: Command) -> None:
        if not self._closed:
            self.connection.queue(command)

    # --- what the switch wants --------------------------------------------------------------------------------------

    def point(self, target: MediaTarget) -> None:
        self._codec = target.format.name
        self._silent = False
        self._point = Point(
            self.port,
            target.host,
            target.port,
            target.signalling_host,
            target.format.name,
            target.format.number,
            target.format.clock_rate,
            -1 if target.digits is None else target.digits,
            target.send,
            target.receive,
        )
        self._queue(self._point)

    def bridge(self, other: MediaLeg) -> None:
        """Raises ValueError for a leg that was not allocated beside this one: no worker has both."""
        if not isinstance(other, ClientLeg) or other.connection is not self.connection or other is self:
            raise ValueError("only legs that were allocated beside one another can be bridged")
        if self._closed or other._closed:
            return
        for leg in (self, other):
            if leg._bridged is not None and leg._bridged not in (self, other):
                leg._part()
            leg._activity = None
        self._bridged, other._bridged = other, self
        self._queue(Bridge(self.port, other.port))

    def unbridge(self) -> None:
        self._part()
        self._queue(Unbridge(self.port))

    def _part(self) -> None:
        if self._bridged is not None:
            self._bridged._bridged = None
            self._bridged = None

    def play(self, sounds: Sequence[Sound], *, repeat: bool = False) -> None:
        self._serial += 1
        self._do(Play(self.port, self._serial, [_wire(sound) for sound in sounds], repeat))

    def music(self) -> None:
        self._do(Music(self.port))

    def echo(self) -> None:
        self._do(Echo(self.port))

    def _do(self, activity: Play | Music | Echo) -> None:
        self._activity = activity
        self._queue(activity)

    def stop(self) -> None:
        self._activity = None
        self._queue(Stop(self.port))

    def record(
        self,
        path: Path,
        *,
        both: bool,
        limit: float,
        silence: float | None = None,
        append: bool = False,
    ) -> None:
        self._serial += 1
        self._record = Record(self.port, self._serial, str(path), both, limit, silence, append)
        self._recording_since = self.connection.now()
        self._stop_recording = False
        self._queue(self._record)

    def stop_recording(self) -> None:
        self._stop_recording = True
        self._queue(StopRecording(self.port))

    def close(self) -> None:
        if self._closed:
            return
        self._part()
        self._activity = self._record = None
        self._queue(Close(self.port))
        self._closed = True
        self.connection.closing(self)

    # --- what its connection tells ----------------------------------------------------------------------------------

    def restore(self, now: float) -> None:
        """The worker is another one: order again what is wanted. Bridges are ordered by one of the two."""
        self._earlier = add(self._earlier, self._known)
        self._known = _NOTHING
        self._queue(Open(self.port))
        if self._point is not None:
            self._queue(self._point)
        if self._record is not None:
            wanted = self._record
            limit = max(0.0, wanted.limit - (now - self._recording_since))
            self._queue(
                Record(self.port, wanted.serial, wanted.path, wanted.both, limit, wanted.silence, True)
            )
            if self._stop_recording:
                self._queue(StopRecording(self.port))

    def restore_bridge(self) -> None:
        """After all legs are open again."""
        if self._bridged is not None and self._bridged.port > self.port:
            self._queue(Bridge(self.port, self._bridged.port))

    def restore_sound(self) -> None:
        """After all bridges, since a bridge ends what is played."""
        if self._activity is not None:
            self._queue(self._activity)

    def lost(self) -> None:
        """There is no worker any more that could have this port: tell the owner what will never come."""
        record = self._record
        self._record = None
        if self._closed:
            return
        if record is not None:
            self._owner.on_recorded(Recording(Path(record.path), 0.0, "lost"))
        if not self._silent:
            self.silent()

    def silent(self) -> None:
        """The peer sends nothing."""
        self._silent = True
        if not self._closed:
            self._owner.on_silent()

    def digit(self, digit: str) -> None:
        if not self._closed:
            self._owner.on_digit(digit)

    def played(self, serial: int) -> None:
        """Told only where nothing else was wanted since."""
        activity = self._activity
        if isinstance(activity, Play) and activity.serial == serial and not self._closed:
            self._activity = None
            self._owner.on_played()

    def recorded(self, serial: int, path: str, duration: float, reason: str) -> None:
        if self._record is not None and self._record.serial == serial:
            self._record = None
        if not self._closed:
            self._owner.on_recorded(Recording(Path(path), duration, reason))

    def progress(self, figures: Figures) -> None:
        self._known = figures

    def heard(self) -> Quality | None:
        total = self._known if self._earlier is _NOTHING else add(self._earlier, self._known)
        if total is _NOTHING:
            return None
        return Quality(*summarise(total, self._codec))

    def finish(self, figures: Figures | None) -> None:
        """The leg is closed, or its worker is dead (None): tell the quality, once."""
        last = self._known if figures is None else figures
        total = last if self._earlier is _NOTHING else add(self._earlier, last)
        self._owner.on_quality(Quality(*summarise(total, self._codec)))
