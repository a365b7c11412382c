"""The control side of one leg: RTCP with the peer, and whether the peer gives a sign of life.

The RTCP port is not connected: reports are few, and a peer behind a NAT sends them from a port that only they tell.
A report is believed when it comes from the audio's IP address, and from the port beside it or about the audio's SSRC.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic

from centralita.media.context import Context
from centralita.media.learning import Address
from centralita.media.outgoing import Outgoing
from centralita.media.pool import Pair
from centralita.media.protocol import Figures, Progress, Silent
from centralita.media.schedule import Timer
from centralita.rtp.reception import Reception
from centralita.rtp.reports import ReportExchange, Sent

_INTERVAL = 5.0
"""Seconds between reports on average (RFC 3550 §6.2), spread evenly over half to one and a half of it."""
_PROGRESS_EVERY = 4
"""Reports from one word to the client about the figures to the next."""
_MAX_DATAGRAMS = 8
"""Taken at one wake-up."""


class _Spread:
    """Intervals that keep legs from reporting in step: golden-ratio steps are even whatever their number."""

    def __init__(self) -> None:
        self._place = os.urandom(1)[0] / 256

    def next(self) -> float:
        self._place = (self._place + 0.618034) % 1.0
        return _INTERVAL * (0.5 + self._place)


_spread = _Spread()


class Control:
    """Begins with the leg's first target, ends with the leg."""

    __slots__ = (
        "_alive",
        "_context",
        "_heard",
        "_out",
        "_pair",
        "_peer",
        "_reception",
        "_report_due",
        "_reports",
        "_rounds",
        "_sent",
        "_shared",
        "_timer",
        "_told_silent",
        "expects_audio",
        "remote",
        "source",
    )

    def __init__(
        self,
        context: Context,
        pair: Pair,
        reception: Reception,
        out: Outgoing,
        sent: Callable[[float], Sent],
        now: float,
    ) -> None:
        """``sent`` tells what was sent to the peer on ``out`` up to an instant."""
        self._context = context
        self._pair = pair
        self._reception = reception
        self._out = out
        self._sent = sent
        self._reports = ReportExchange()
        self._peer: Address | None = None
        self._shared = False
        self._rounds = 0
        self._alive = now
        self._heard = 0
        self._told_silent = False
        self._report_due = now + _spread.next() / 2
        self.remote: Address | None = None
        """Of the peer's audio, locked or expected."""
        self.source = 0
        """SSRC of the peer's audio."""
        self.expects_audio = False
        self._timer: Timer = context.schedule.at(now + self._pause(), self._on_timer)
        context.watch(pair.rtcp_fd, self._readable)

    def _pause(self) -> float:
        return min(self._report_due - self._alive, self._context.silent_after / 4, _INTERVAL)

    def revive(self, now: float, *, expects_audio: bool) -> None:
        """The target changed: the wait for a sign of life begins anew."""
        self.expects_audio = expects_audio
        self._alive = now
        self._told_silent = False

    # --- receiving --------------------------------------------------------------------------------------------------

    def _readable(self) -> None:
        for _ in range(_MAX_DATAGRAMS):
            try:
                data, source = self._pair.rtcp.recvfrom(2048)
            except BlockingIOError:
                return
            except OSError:
                continue  # an ICMP error: the peer has no RTCP port open
            self._take(memoryview(data), source[:2])

    def _take(self, data: memoryview, source: Address) -> None:
        remote = self.remote
        if remote is None or source[0] != remote[0] or len(data) < 8:
            return
        beside = source[1] == remote[1] + 1
        if not beside and int.from_bytes(data[4:8], "big") != self.source:
            return
        now = monotonic()
        if self._reports.receive(data, self._sent(now), self._context.wall(now)):
            self._peer = source
            self._shared = False

    def take_shared(self, data: memoryview, now: float) -> None:
        """RTCP that came on the audio port, from the locked source (RFC 5761): answered there too."""
        if self._reports.receive(data, self._sent(now), self._context.wall(now)):
            self._shared = True

    # --- sending ----------------------------------------------------------------------------------------------------

    def _on_timer(self, now: float) -> None:
        heard = self._reception.packets + self._reports.reports_received
        if heard != self._heard or not self.expects_audio:
            self._heard = heard
            self._alive = now
            self._told_silent = False
        elif not self._told_silent and now - self._alive >= self._context.silent_after:
            self._told_silent = True
            self._context.emit(Silent(self._pair.port))
        if now >= self._report_due:
            self._report_due = now + _spread.next()
            self._report(now)
        pause = max(0.01, min(self._report_due - now, self._context.silent_after / 4))
        self._timer = self._context.schedule.at(now + pause, self._on_timer)

    def _report(self, now: float) -> None:
        context = self._context
        self._out.identity()
        data = self._reports.compose(
            self._sent(now), self._reception, self.source, context.wall(now), context.cname
        )
        self._send(data)
        self._rounds += 1
        if self._rounds % _PROGRESS_EVERY == 0:
            context.emit(Progress(self._pair.port, self.figures(now)))

    def _send(self, data: bytes) -> None:
        remote = self.remote
        if remote is None:
            return
        try:
            if self._shared and self._pair.connected:
                self._pair.rtp.send(data)
            else:
                self._pair.rtcp.sendto(data, self._peer or (remote[0], remote[1] + 1))
        except (OSError, OverflowError):
            return  # unreachable now: the next report is due in seconds

    # --- the end ----------------------------------------------------------------------------------------------------

    @property
    def silent(self) -> bool:
        """Whether the peer should speak and has given no sign of life for the time-out."""
        return self._told_silent

    def figures(self, now: float) -> Figures:
        """What was counted so far."""
        reception, reports = self._reception, self._reports
        to_ms = 1000 / reception.clock_rate
        jitter, samples = reports.jitter_in_sum, reports.jitter_in_count
        if not samples and reception.packets:
            jitter, samples = reception.jitter, 1
        return Figures(
            packets_in=reception.packets,
            expected_in=max(reception.expected, reception.packets),
            jitter_in=jitter * to_ms,
            jitter_in_samples=samples,
            packets_out=self._sent(now).packets,
            lost_out=reports.lost_out or 0,
            reports=reports.jitter_out_count,
            jitter_out=reports.jitter_out_sum * to_ms,
            round_trip=1000 * reports.round_trip_sum,
            round_trip_samples=reports.round_trip_count,
        )

    def close(self, now: float) -> Figures:
        """Say good-bye where we have reported before, and stop. Returns the final figures."""
        figures = self.figures(now)
        if self._reports.reported:
            self._send(self._reports.goodbye(self._sent(now).ssrc, self._context.cname))
        self._timer.cancel()
        self._context.unwatch(self._pair.rtcp_fd)
        return figures
