"""One leg: a pair of ports, the peer behind it, and what happens to its audio.

Packets that need no thought take the short way of :mod:`centralita.media.relay`; whatever is out of the ordinary comes to
``_accept``. Which of the two serves the port is decided by ``_route``, each time that something changed.
"""

from __future__ import annotations

from time import monotonic

from centralita.media.context import Context, is_ours
from centralita.media.control import Control
from centralita.media.learning import Address, Learner, destination
from centralita.media.outgoing import Outgoing
from centralita.media.player import Player
from centralita.media.pool import Pair
from centralita.media.protocol import Digit, Figures, Played, Point, Record
from centralita.media.recording import Recording
from centralita.media.relay import BUFFER, LARGEST, VIEWS, Relay
from centralita.media.sounds import FRAME
from centralita.rtp.dtmf import DigitReceiver
from centralita.rtp.g711 import Law, translation
from centralita.rtp.packet import HEADER, HEADER_SIZE, MARKER, VERSION_2, is_rtcp, payload_bounds
from centralita.rtp.reports import Sent

_COMFORT_NOISE = 13
_MAX_QUEUED = 512
"""Packets taken from the queue when a source is locked."""
_unpack = HEADER.unpack_from


class Leg:
    """See the module. ``now`` is seconds of the monotonic clock."""

    __slots__ = (
        "_context",
        "_detector",
        "_expected",
        "_learner",
        "_listener",
        "_locked",
        "_mark",
        "_target",
        "control",
        "digits",
        "echoing",
        "law",
        "number",
        "other",
        "out",
        "pair",
        "player",
        "port",
        "recording",
        "relay",
    )

    def __init__(self, context: Context, pair: Pair) -> None:
        self._context = context
        self.pair = pair
        self.port = pair.port
        # The peer.
        self._target: Point | None = None
        self._expected: Address | None = None
        self._locked: Address | None = None
        self._learner: Learner | None = None
        self.control: Control | None = None
        # What it sends.
        self.relay = Relay(pair, self._accept)
        self._detector = DigitReceiver()
        self.number = -1
        self.digits = -1
        self.law: Law | None = None
        self._listener: Leg | None = None
        # What it hears.
        self.out = Outgoing()
        self.other: Leg | None = None
        self.player: Player | None = None
        self.echoing = False
        self.recording: Recording | None = None
        self._mark = False

    # --- what the client wants --------------------------------------------------------------------------------------

    def point(self, target: Point, now: float) -> None:
        """Take a target; a lock is kept while the address that the peer tells stays the same."""
        before = self._target
        self._target = target
        self.law = Law.of(target.codec)
        self.number = target.number
        self.digits = target.digits
        self.relay.set_rate(target.clock_rate)
        self.out.clock_rate = target.clock_rate
        if self.control is None:
            self.pair.drain()
            self.control = Control(self._context, self.pair, self.relay, self.out, self._sent, now)
            self._context.watch(self.pair.rtp_fd, self._learn)
        if before is None or _address_of(before) != _address_of(target):
            self._unlock(target)
        self.control.revive(now, expects_audio=target.receive)
        self._refresh()

    def _unlock(self, target: Point) -> None:
        self._locked = None
        self._expected = destination(target.host, target.rtp_port, target.signalling_host, is_ours)
        self._learner = Learner(self._expected, target.signalling_host)
        try:
            self.pair.disconnect()
        except OSError as error:
            self._context.log("unlock-failed", port=self.port, error=str(error))
        if self.control is not None:
            self.control.remote = self._expected

    def bridge(self, other: Leg) -> None:
        """Relay between the two, in place of all that either did."""
        for leg in (self, other):
            if leg.other is not None and leg.other not in (self, other):
                leg.unbridge()
            leg._cease()
        self.other, other.other = other, self
        self._refresh()
        other._refresh()

    def unbridge(self) -> None:
        other = self.other
        if other is not None:
            self.other = other.other = None
            self._refresh()
            other._refresh()

    def play(self, player: Player, now: float) -> None:
        """Play in place of what is played now; a bridge is not heard meanwhile."""
        self._cease()
        self.player = player
        self._refresh()  # nobody else feeds the stream from here on
        self.out.begin(now)
        self._mark = True
        self._context.ticker.add(self, now)

    def echo(self) -> None:
        self._cease()
        self.echoing = True
        self._refresh()

    def stop(self) -> None:
        """End playing or echo; a bridge is heard again."""
        self._cease()
        self._refresh()

    def _cease(self) -> None:
        if self.player is not None:
            self.player = None
            self._context.ticker.remove(self)
        self.echoing = False

    def record(self, order: Record, now: float) -> None:
        """Record, in place of a recording that is under way."""
        if self.recording is not None:
            self.recording.stop(now)
        self.recording = Recording(self._context, order, now)
        self._refresh()

    def stop_recording(self, now: float) -> None:
        if self.recording is not None:
            self.recording.stop(now)
            self.recording = None
            self._refresh()

    def close(self, now: float) -> Figures:
        """Stop everything; the pair can be given back then. Returns the final figures, of all that has come."""
        if self._locked is not None:
            self._take_queued(self._locked)
        if self.recording is not None:
            self.recording.stop(now, tell=False)
            self.recording = None
        self.unbridge()
        self._cease()
        self._target = None
        self._refresh()
        if self.control is None:
            return Figures()
        self._context.unwatch(self.pair.rtp_fd)
        figures = self.control.close(now)
        self.control = None
        return figures

    # --- routing ----------------------------------------------------------------------------------------------------

    @property
    def hears(self) -> bool:
        """Whether the peer wants audio."""
        return self._target is not None and self._target.send

    @property
    def silent(self) -> bool:
        """Whether the peer should speak and has given no sign of life for the time-out."""
        return self.control is None or self.control.silent

    def _refresh(self) -> None:
        """Something changed here: decide anew how packets go, from here and to here."""
        self._route()
        if self.other is not None:
            self.other._route()

    def _route(self) -> None:
        """Decide who hears the peer, and whether its packets can take the short way."""
        listener = self if self.echoing else self.other
        if listener is not None:
            taken = listener.player is not None or (listener.echoing and listener is not self)
            if taken or not listener.hears:
                listener = None
        if listener is not self._listener:
            self.relay.part()
            self._listener = listener
        if self.control is None:
            return
        fd = self.pair.rtp_fd
        if self._locked is None:
            self._context.handlers[fd] = self._learn
        elif listener is not None and self._is_plain(listener):
            self.relay.take(self.number, listener.pair.rtp.send)
            self._context.handlers[fd] = self.relay.run
        else:
            self._context.handlers[fd] = self.relay.accept

    def _is_plain(self, listener: Leg) -> bool:
        """Whether nothing but the numbers of the header has to change on the way to the listener."""
        here, there = self._target, listener._target
        return (
            here is not None
            and there is not None
            and here.receive
            and listener._locked is not None
            and self.recording is None
            and listener.recording is None
            and here.number == there.number
            and here.codec.upper() == there.codec.upper()
        )

    # --- receiving --------------------------------------------------------------------------------------------------

    def _learn(self) -> None:
        """From anybody, while no source is locked."""
        try:
            size, source = self.pair.rtp.recvfrom_into(BUFFER)
        except OSError:
            return  # nothing there, or an ICMP error that some host sent
        if not HEADER_SIZE < size < LARGEST or BUFFER[0] & 0xC0 != VERSION_2 or is_rtcp(BUFFER[1]):
            return
        _, _, sequence, _, ssrc = _unpack(BUFFER)
        if self._learner is not None and self._learner.accept(source[:2], ssrc, sequence):
            packet = bytes(VIEWS[size])
            if self._lock(source[:2]):
                BUFFER[:size] = packet
                self._accept(size, monotonic())
                self._take_queued(source[:2])

    def _lock(self, source: Address) -> bool:
        try:
            self.pair.connect(source)
        except OSError as error:
            self._context.log("lock-failed", port=self.port, error=str(error))
            return False
        self._locked = source
        self._learner = None
        if self.control is not None:
            self.control.remote = source
        self._refresh()
        return True

    def _take_queued(self, source: Address) -> None:
        """Others' packets that were queued before the kernel knew whom to drop are dropped here."""
        for _ in range(_MAX_QUEUED):
            try:
                size, other = self.pair.rtp.recvfrom_into(BUFFER)
            except OSError:
                return
            if other[:2] == source:
                self._accept(size, monotonic())

    def _accept(self, size: int, now: float) -> None:
        """A packet from the locked peer, in the buffer: count it, and do with it what is wanted."""
        self.relay.fold()
        self._count_and_use(size, now)
        self.relay.skip(size)

    def _count_and_use(self, size: int, now: float) -> None:
        if not HEADER_SIZE <= size < LARGEST or BUFFER[0] & 0xC0 != VERSION_2:
            return
        _, second, sequence, timestamp, ssrc = _unpack(BUFFER)
        control, target = self.control, self._target
        if control is None or target is None:
            return
        if is_rtcp(second):
            control.take_shared(VIEWS[size], now)
            return
        if ssrc != control.source:
            self.relay.part()
            self.relay.restart()
            self._detector = DigitReceiver()
            control.source = ssrc
        number = second & 0x7F
        if number == self.digits:
            self.relay.count(sequence, timestamp, now)
            if target.receive:
                self._accept_digit(size, timestamp)
        else:
            self.relay.note(sequence, timestamp, now)
        if not target.receive:
            return
        if self.recording is not None and number != self.digits:
            self._record_said(size, number, timestamp, now)
        if self._listener is not None:
            self._hand_on(self._listener, size, now)

    def _accept_digit(self, size: int, timestamp: int) -> None:
        bounds = payload_bounds(VIEWS[size])
        if bounds is not None:
            digit = self._detector.receive(bytes(BUFFER[bounds[0] : bounds[1]]), timestamp)
            if digit is not None:
                self._context.emit(Digit(self.port, digit))

    def _law_of(self, number: int) -> Law | None:
        """The law of a packet: G.711 has static numbers (RFC 3551 §6), and either is understood."""
        if number == self.number:
            return self.law
        return {0: Law.MU, 8: Law.A}.get(number)

    def _record_said(self, size: int, number: int, timestamp: int, now: float) -> None:
        recording, law, bounds = self.recording, self._law_of(number), payload_bounds(VIEWS[size])
        if recording is None or law is None or bounds is None:
            return
        recording.said(bytes(BUFFER[bounds[0] : bounds[1]]), law, timestamp, now)
        if recording.over:
            self.recording = None
            self._refresh()

    # --- sending ----------------------------------------------------------------------------------------------------

    def _hand_on(self, listener: Leg, size: int, now: float) -> None:
        """Send the packet in the buffer on to the listener, changed as far as its formats demand."""
        _, second, sequence, timestamp, ssrc = _unpack(BUFFER)
        number = self._number_for(listener, second & 0x7F, size)
        if number < 0:
            return
        marker = second & MARKER
        if not self.relay.joined(ssrc):
            self.relay.join(listener.out, ssrc, sequence, timestamp, now, adopt=listener is not self)
            marker = MARKER
        sequence, timestamp = self.relay.renumber(sequence, timestamp)
        HEADER.pack_into(BUFFER, 0, BUFFER[0], number | marker, sequence, timestamp, listener.out.ssrc)
        listener._transmit(VIEWS[size])
        if listener.recording is not None and number == listener.number and listener.law is not None:
            bounds = payload_bounds(VIEWS[size])
            if bounds is not None:
                payload = bytes(BUFFER[bounds[0] : bounds[1]])
                listener.recording.heard(payload, listener.law, timestamp, now)

    def _number_for(self, listener: Leg, number: int, size: int) -> int:
        """The payload type under which the listener understands this packet, its payload translated; -1: it cannot."""
        here, there = self._target, listener._target
        if here is None or there is None:
            return -1
        if number == self.digits:
            return listener.digits
        law = self._law_of(number)
        if law is not None and listener.law is not None:
            bounds = payload_bounds(VIEWS[size])
            if bounds is None:
                return -1
            if law is not listener.law:
                start, end = bounds
                BUFFER[start:end] = BUFFER[start:end].translate(translation(law, listener.law))
            return listener.number
        if number == here.number and here.codec.upper() == there.codec.upper():
            return listener.number
        return _COMFORT_NOISE if number == _COMFORT_NOISE else -1

    def tick(self, now: float) -> None:
        """The next 20 ms of what is played."""
        player = self.player
        if player is None:
            return
        frame = player.next_frame()
        if frame is None:
            self._cease()
            self._refresh()
            if player.serial:
                self._context.emit(Played(self.port, player.serial))
            return
        law, out = self.law, self.out
        address = self._locked or self._expected
        if law is None or not self.hears or address is None:
            out.advance(out.clock_rate // 50, now, sent=False)
            self._mark = True
            return
        if law is not player.law:
            frame = frame.translate(translation(player.law, law))  # the codec changed while it played
        out.advance(FRAME, now, sent=True)
        second = self.number | MARKER if self._mark else self.number
        self._mark = False
        header = HEADER.pack(VERSION_2, second, out.sequence, out.timestamp, out.ssrc)
        self._transmit(header + frame)
        if self.recording is not None:
            self.recording.heard(frame, law, out.timestamp, now)

    def _transmit(self, packet: bytes | memoryview) -> None:
        out = self.out
        try:
            if self._locked is not None:
                self.pair.rtp.send(packet)
            elif self._expected is not None:
                self.pair.rtp.sendto(packet, self._expected)
            else:
                return
        except OSError:
            out.failed += 1
            return
        out.packets += 1
        out.octets += len(packet) - HEADER_SIZE

    def _sent(self, now: float) -> Sent:
        """What the peer was sent, for its reports."""
        out = self.out
        source = self if self.echoing else self.other
        if source is not None and source.relay.feeds(out):
            source.relay.fold()
            timestamp, holes = source.relay.outgoing_timestamp(now), out.holes(source.relay.span())
        else:
            timestamp, holes = out.now_timestamp(now), out.holes(0)
        return Sent(out.ssrc, out.packets, out.octets, timestamp, holes)


def _address_of(target: Point) -> tuple[str, int, str]:
    return target.host, target.rtp_port, target.signalling_host
