"""Plays tracks one after the other, a frame for each tick; knows neither sockets nor clocks."""

from __future__ import annotations

from collections.abc import Sequence

from centralita.media.sounds import Track
from centralita.rtp.g711 import Law


class Player:
    """A playlist and the place in it."""

    __slots__ = ("_index", "_repeat", "_track", "_tracks", "law", "serial")

    def __init__(self, tracks: Sequence[Track], law: Law, *, repeat: bool = False, serial: int = 0) -> None:
        """``law`` is that of the tracks; ``serial`` is told after the last frame, 0: nobody wants to know."""
        self.law = law
        self._tracks = tuple(tracks)
        self._repeat = repeat
        self._track = 0
        self._index = 0
        self.serial = serial

    def next_frame(self) -> bytes | None:
        """The next 20 ms; None when all was played, or when there is nothing to repeat."""
        tracks = self._tracks
        for _ in range(len(tracks) + 1):
            if self._track >= len(tracks):
                if not self._repeat:
                    return None
                self._track = 0
            frame = tracks[self._track].frame(self._index) if tracks else None
            if frame is not None:
                self._index += 1
                return frame
            self._track += 1
            self._index = 0
        return None
