"""A recorder at work on a leg: its timer, and the word about its end."""

from __future__ import annotations

from centralita.media.context import Context
from centralita.media.protocol import Record, Recorded
from centralita.media.recorder import Reason, Recorder
from centralita.media.schedule import Timer
from centralita.rtp.g711 import Law


class Recording:
    """Runs until ``stop``, or ends by itself: then it has told so, and ``over`` is set."""

    __slots__ = ("_context", "_order", "_recorder", "_timer", "over")

    def __init__(self, context: Context, order: Record, now: float) -> None:
        """A file that cannot be opened ends it at once, as a full disk does."""
        self._context = context
        self._order = order
        self._recorder: Recorder | None = None
        self._timer: Timer | None = None
        self.over = False
        try:
            self._recorder = Recorder(
                order.path,
                both=order.both,
                limit=order.limit,
                silence=order.silence,
                append=order.append,
                now=now,
            )
        except OSError as error:
            context.log("recording-failed", path=order.path, error=str(error))
            self._end(0.0, Reason.FULL.value)
        else:
            self._timer = context.schedule.at(self._recorder.next_timer(now), self._on_timer)

    def said(self, payload: bytes, law: Law, timestamp: int, now: float) -> None:
        """A frame that the peer sent."""
        if self._recorder is not None:
            self._recorder.said(payload, law, timestamp, now)

    def heard(self, payload: bytes, law: Law, timestamp: int, now: float) -> None:
        """A frame that was sent to the peer."""
        if self._recorder is not None:
            self._recorder.heard(payload, law, timestamp, now)

    def _on_timer(self, now: float) -> None:
        recorder = self._recorder
        if recorder is None:
            return
        reason = recorder.timer(now)
        if reason is None:
            self._timer = self._context.schedule.at(recorder.next_timer(now), self._on_timer)
            return
        if reason is Reason.FULL:
            self._context.log("recording-failed", path=recorder.path, error="the disk takes no more")
        self._finish(now, reason.value, tell=True)

    def stop(self, now: float, *, tell: bool = True) -> None:
        """End it and complete the file; ``tell`` whoever wanted it."""
        if not self.over:
            self._finish(now, "stopped", tell=tell)

    def _finish(self, now: float, reason: str, *, tell: bool) -> None:
        recorder = self._recorder
        self._recorder = None
        if self._timer is not None:
            self._timer.cancel()
        if recorder is None:
            return
        if not recorder.close(now):
            reason = Reason.FULL.value
        if tell:
            self._end(recorder.duration, reason)
        self.over = True

    def _end(self, duration: float, reason: str) -> None:
        self.over = True
        self._context.emit(Recorded(self._order.port, self._order.serial, self._order.path, duration, reason))
