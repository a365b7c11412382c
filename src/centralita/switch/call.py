"""One journey: a caller, the flow that serves them, and whoever is brought to them.

The call owns its legs and its strand, writes its facts to the journal, and sees that everything it took is given back.
What a flow may do with it is in :mod:`centralita.switch.callcontrol`; ringing is in :mod:`centralita.switch.dialling`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import structlog

from centralita.pbx.callcontrol import Caller, CallerGone, CallRefused
from centralita.pbx.causes import NORMAL_CLEARING, q850_of
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.reach import reach
from centralita.pbx.routing import RingUser, Route
from centralita.pbx.vocabulary import (
    Answered,
    CallClosed,
    CallEnded,
    CallEvent,
    Decided,
    Direction,
    JourneyId,
    LegEnded,
    LegId,
    Outcome,
    Party,
    Recorded,
    StepEnd,
    StepEnded,
    StepStarted,
)
from centralita.ports import Quality, Recording
from centralita.sip.message import Request
from centralita.sip.session import Session
from centralita.switch import telling
from centralita.switch.callcontrol import LiveCallControl
from centralita.switch.leg import Leg, LegState
from centralita.switch.strand import Signal, Strand

if TYPE_CHECKING:
    from centralita.switch.dialling import Dial
    from centralita.switch.exchange import Exchange
    from centralita.switch.queues import LivePlace

log = structlog.get_logger("call")

RECORDING_GRACE = 3.0
"""Seconds that a finished call waits for the media worker to complete its recording."""
LONGEST_RECORDING = 4 * 3600.0
_ON_THE_WAY = frozenset(("announce", "menu", "queue"))
"""Services by which a caller is led on: whoever hangs up there was not served."""


class Call:
    """A journey that is going on. ``a`` is the caller; ``b`` is whom they talk to now."""

    __slots__ = (
        "_closing",
        "_end_by",
        "_end_detail",
        "_end_status",
        "_legs_open",
        "_next_leg",
        "_recording_file",
        "_reported_end",
        "_step",
        "a",
        "announcing",
        "answered_at",
        "answered_by",
        "b",
        "by_floor",
        "caller",
        "counted",
        "dial",
        "dialled",
        "digit_waiter",
        "digits",
        "direction",
        "early",
        "exchange",
        "gone",
        "id",
        "invite",
        "music_on",
        "node",
        "on_bridged",
        "outcome",
        "over",
        "place",
        "playing",
        "record_wanted",
        "recording",
        "service",
        "service_step",
        "snapshot",
        "spoke_with",
        "started_at",
        "strand",
        "trunk",
        "vital",
    )

    def __init__(
        self,
        exchange: Exchange,
        journey: JourneyId,
        snapshot: Snapshot,
        direction: Direction,
        caller: Caller,
        dialled: str,
        via: str,
        invite: Request | None,
    ) -> None:
        """``invite``: what the caller sent; None: a call that the exchange itself begins."""
        self.exchange = exchange
        self.id = journey
        self.snapshot = snapshot
        self.direction = direction
        self.caller = caller
        self.dialled = dialled
        self.invite = invite
        self.started_at = exchange.clock.wall()
        self.answered_at: float | None = None
        self.answered_by = ""
        self.trunk = via.removeprefix("trunk:") if via.startswith("trunk:") else ""
        self.a = Leg(self, LegId("a"), via, caller.user if invite is not None else None)
        self.b: Leg | None = None
        self.dial: Dial | None = None
        self.service = ""
        self.service_step = 0
        """The step in which the exchange itself serves the caller; 0: none."""
        self.outcome: Outcome | None = None
        self.gone = False
        """Whether the caller has hung up."""
        self.over: Signal[None] = Signal()
        """Set when one of two bridged parties hangs up."""
        self.by_floor = False
        """Whether all of it is a queue's doing (a callback): the queue engine knows of its agent's telephone itself."""
        self.counted = False
        """Whether it is one of the calls that the tenant's plan limits."""
        self.on_bridged: Callable[[Leg], None] | None = None
        self.early = False
        """Whether the caller hears us, or a trunk, before anybody has answered."""
        self.music_on = ""
        """Which music the caller hears from us, empty: none."""
        self.node = ""
        """``FLOW/NODE`` of the flow's latest decision."""
        self.spoke_with = ""
        """The user of ours whom the caller spoke with last."""
        self.place: LivePlace | None = None
        """Where the caller waits in a queue."""
        self.record_wanted: bool | None = None
        self.vital = False
        """A call for help."""
        """What the flow says about recording; None: what the users' own settings say."""
        self.digits: deque[str] = deque(maxlen=64)
        """Pressed and not yet asked for: people type ahead."""
        self.digit_waiter: Signal[str] | None = None
        self.playing: Signal[str] | None = None
        self.announcing = False
        """What is being played is to be heard to its end: digits are nothing to us."""
        self.recording: Signal[Recording] | None = None
        self.strand: Strand | None = None
        self._step = 0
        self._next_leg = 0
        self._legs_open = 1
        self._end_by = Party.SYSTEM
        self._end_status = 0
        self._end_detail = ""
        self._reported_end = False
        self._closing = False
        self._recording_file: str | None = None
        exchange.enter(self, self.a)

    # --- the journal ----------------------------------------------------------------------------------------------

    def write(self, event: CallEvent) -> None:
        self.exchange.journal.append(event)

    def begin(self, session: Session, via: str, route: Route) -> None:
        """Write the start, and let the flow run, if the tenant may have another call."""
        route = self.exchange.capacity.admit(self, route)
        decision = route.decision
        self.write(telling.start(self, via, session.call_id))
        self.decide(decision.rule, decision.target, decision.reason)
        prefix = route.destination.name_prefix if isinstance(route.destination, RingUser) else ""
        self.strand = Strand(reach(LiveCallControl(self, prefix), route.destination), self._on_strand_end)
        self.strand.start()

    def begin_ours(self, rule: str, reason: str, run: Callable[[Call], Coroutine[Any, Any, None]]) -> None:
        """Begin a call that nobody made: ``run`` finds somebody to be its caller."""
        self.exchange.capacity.enter(self)
        self.write(telling.start(self, self.a.target, ""))
        self.decide(rule, self.dialled, reason)
        self.strand = Strand(run(self), self._on_strand_end)
        self.strand.start()

    def decide(
        self,
        rule: str,
        target: str,
        reason: str,
        *,
        node: str = "",
        passed: tuple[str, ...] = (),
        pressed: str = "",
    ) -> None:
        self.node = node or self.node
        self.write(
            Decided(
                journey=self.id,
                at=self.exchange.clock.wall(),
                rule=rule,
                target=target,
                reason=reason,
                node=node,
                passed=passed,
                pressed=pressed,
            )
        )

    def start_step(self, kind: str, target: str) -> int:
        self._step += 1
        self.write(
            StepStarted(
                journey=self.id, at=self.exchange.clock.wall(), step=self._step, kind=kind, target=target
            )
        )
        return self._step

    def end_step(self, step: int, end: StepEnd, detail: str = "") -> None:
        self.write(
            StepEnded(journey=self.id, at=self.exchange.clock.wall(), step=step, end=end, detail=detail)
        )

    # --- legs -----------------------------------------------------------------------------------------------------

    def new_leg(self, target: str, user: User | None, dial: Dial) -> Leg:
        self._next_leg += 1
        leg = Leg(self, LegId(f"b{self._next_leg}"), target, user, dial)
        self._legs_open += 1
        self.exchange.enter(self, leg)
        return leg

    def answered(self, leg: Leg, service: str = "") -> None:
        """Note who answered: a party's leg, or ``a`` itself with the service that did."""
        now = self.exchange.clock.wall()
        leg.state = LegState.TALKING
        if self.answered_at is None or not service:
            self.answered_at = now
        self.service = service
        if not service:
            self.outcome = Outcome.ANSWERED
        elif self.outcome is not Outcome.ANSWERED:
            self.outcome = Outcome.VOICEMAIL if service == "voicemail" else Outcome.SERVICE
        self.answered_by = service or leg.target
        self.write(
            Answered(
                journey=self.id,
                at=now,
                leg=leg.id,
                target="" if service else leg.target,
                user=leg.user.id if leg.user and not (service and leg.id == "a") else "",
                codec=leg.peer.format.name if leg.peer else "",
                service=service,
            )
        )

    def bridged(self, leg: Leg) -> None:
        """The caller talks to this party from now on."""
        self.end_service()
        self.b = leg
        self.over = Signal()
        if leg.user is not None:
            self.spoke_with = leg.user.id
        self.answered(leg)
        if self.on_bridged is not None:
            self.on_bridged(leg)

    def adopt(self, leg: Leg, service: str) -> None:
        """The party that was summoned becomes the caller of this call, which had none."""
        nobody, self.a = self.a, leg
        leg.dial = None
        user = leg.user
        if user is not None:
            self.caller = Caller(
                user.extension or "",
                user.name,
                user,
                self.snapshot.language_of(user),
                self.snapshot.site_of(user).country,
            )
        self.served(service)
        self.close_leg(nobody)

    def served(self, service: str) -> None:
        """The exchange itself serves the caller from now on."""
        self.end_service()
        self.answered(self.a, service)
        if service != "queue":  # whose step begins when the caller has a place in it
            self.service_step = self.start_step(service, service)

    def end_service(self, end: StepEnd = StepEnd.DONE) -> None:
        if self.service_step:
            self.end_step(self.service_step, end)
            self.service_step = 0

    def hears_us(self) -> bool:
        """Whether what we play reaches the caller: before the answer only once early media was agreed."""
        return self.early or self.answered_at is not None

    def close_leg(self, leg: Leg, end: StepEnd | None = None, status: int = 0) -> None:
        """Let go of a leg whose session is over or being ended: its port goes back, its quality comes."""
        if leg.state is LegState.ENDED:
            return
        leg.state = LegState.ENDED
        if end is not None:
            self.write(
                LegEnded(
                    journey=self.id, at=self.exchange.clock.wall(), leg=leg.id, end=end, sip_status=status
                )
            )
        self.exchange.leave(self, leg)
        if leg is self.b:
            self.b = None
        if leg.media is not None:
            leg.media.close()
        else:
            self._leg_closed(leg)

    def on_quality(self, leg: Leg, quality: Quality) -> None:
        if quality.packets_in or quality.packets_out:
            self.write(telling.quality(self, leg, quality))
        leg.media = None
        self._leg_closed(leg)

    def _leg_closed(self, leg: Leg) -> None:
        leg.release()
        self._legs_open -= 1
        if not self._legs_open and self._reported_end:
            self.write(CallClosed(journey=self.id, at=self.exchange.clock.wall()))
            self.exchange.forget(self)
            # A call and its caller's leg know each other: parted here, both are freed now and not by a search for cycles.
            del self.a

    def hops_left(self) -> int:
        """Max-Forwards for what we send on behalf of this call: one less than it came with (RFC 3261 §16.6)."""
        text = (self.invite.headers.get("max-forwards") if self.invite is not None else None) or "70"
        return max(0, int(text) - 1) if text.isdigit() else 69

    # --- what the parties do --------------------------------------------------------------------------------------

    def caller_gone(self, status: int = 487, detail: str = "") -> None:
        """The caller cancelled or hung up."""
        if self.gone or self.strand is None:
            return
        self.gone = True
        self._end_by, self._end_status, self._end_detail = Party.CALLER, status, detail
        if self.recording is not None and self.a.media is not None:
            # What was said is said: the flow goes on when the recording is whole.
            self.a.media.stop_recording()
            return
        self.strand.interrupt(CallerGone())

    def party_ended(self, leg: Leg, detail: str) -> None:
        """An answered party hung up, or was lost."""
        if leg is self.a:
            self.caller_gone(200, detail)
        elif leg is self.b:
            self._end_by, self._end_status, self._end_detail = Party.CALLEE, 200, detail
            self.close_leg(leg)
            self.over.set(None)
        elif leg.dial is not None:
            leg.dial.on_hung_up(leg)
        else:
            self.close_leg(leg)

    def end(self, outcome: Outcome | None, status: int, detail: str) -> None:
        """The flow's own wish to end; carried out when it returns."""
        if not self.gone:
            self._end_by, self._end_status, self._end_detail = Party.SYSTEM, status, detail
        if outcome is not None and self.outcome in (None, Outcome.SERVICE):
            self.outcome = outcome

    def on_digit(self, leg: Leg, digit: str) -> None:
        if leg is not self.a:
            if leg.dial is not None:
                leg.dial.on_digit(leg, digit)
            return
        if self.b is not None or self.announcing:
            return
        if self.recording is not None and leg.media is not None:
            leg.media.stop_recording()
        elif self.playing is not None and (self.place is None or not self.place.watched):
            if leg.media is not None:
                leg.media.stop()
            self.playing.set(digit)
        elif self.digit_waiter is not None:
            self.digit_waiter.set(digit)
        elif self.place is not None:
            self.place.press(digit)
        else:
            self.digits.append(digit)

    def on_played(self, leg: Leg) -> None:
        if leg is not self.a:
            if leg.dial is not None:
                leg.dial.on_played(leg)
        elif self.playing is not None:
            self.playing.set("")

    def on_recorded(self, leg: Leg, recording: Recording) -> None:
        if self.recording is not None:
            self.recording.set(recording)
            return
        if self._recording_file is not None:
            path, self._recording_file = self._recording_file, None
            if recording.duration > 0:
                self.write(
                    Recorded(
                        journey=self.id, at=self.exchange.clock.wall(), path=path, duration=recording.duration
                    )
                )
            if self._closing:
                self._close_legs()

    def on_silent(self, leg: Leg) -> None:
        """A party that sends nothing for so long has gone without a word: end the call as if it had hung up."""
        if leg.held or leg.session is None or leg.state is not LegState.TALKING:
            return
        log.info("no audio, call ended", journey=self.id, leg=leg.id)
        self.exchange.endpoint.hang_up(leg.session, self.exchange.clock.now())
        self.party_ended(leg, "no audio from the party")

    def start_recording(self) -> None:
        """Record both sides of the conversation, where the flow or one of the two wants that."""
        wanted = self.record_wanted
        if wanted is None:
            users = (self.a.user, self.b.user if self.b else None)
            wanted = any(user and user.record_calls for user in users)
        if self._recording_file is not None or not wanted:
            return
        path = self.exchange.recording_path(self.snapshot.tenant, self.id)
        if path is None or self.a.media is None:
            return
        self._recording_file = self.exchange.relative(path)
        self.a.media.record(path, both=True, limit=LONGEST_RECORDING)

    def hang_up(self, by: str) -> bool:
        """Somebody in charge ends the call, as from our side; False where it is ending already."""
        if self.gone or self.strand is None or self.strand.ended:
            return False
        self._end_by, self._end_status, self._end_detail = Party.SYSTEM, 480, f"hung up by {by}"
        self.outcome = self.outcome or Outcome.REJECTED
        self.strand.interrupt(CallRefused())
        return True

    def shut_down(self) -> None:
        """The exchange stops: end the call as from our side, and its flow with it."""
        self._end_by, self._end_status, self._end_detail = Party.SYSTEM, 503, "the exchange was stopped"
        if self.strand is not None:
            self.strand.interrupt(CallRefused())

    # --- the end --------------------------------------------------------------------------------------------------

    def _on_strand_end(self, failure: BaseException | None) -> None:
        if failure is not None and not isinstance(failure, CallerGone | CallRefused):
            log.error("a call flow failed", journey=self.id, exc_info=failure)
            self.outcome = self.outcome or Outcome.FAILED
            self._end_status, self._end_detail = 500, type(failure).__name__
        self._finish()

    def _finish(self) -> None:
        now = self.exchange.clock.now()
        self.exchange.capacity.leave(self)
        if self.dial is not None:
            self.dial.cancel()
        if self.place is not None:
            self.place.gone()
        self.end_service(StepEnd.CALLER_GONE if self.gone else StepEnd.DONE)
        outcome = self.outcome or (Outcome.ABANDONED if self.gone else Outcome.FAILED)
        if self.gone and outcome is Outcome.SERVICE and self.service in _ON_THE_WAY:
            outcome = Outcome.ABANDONED
        answered = self.answered_at is not None
        status = 200 if answered else (self._end_status or 480)
        session = self.a.session
        if session is not None and not self.gone:
            if answered:
                self.exchange.endpoint.hang_up(session, now)
            else:
                cause = q850_of(status)
                self.exchange.endpoint.reject(
                    session, status, now, headers=(("reason", f"Q.850;cause={cause}"),)
                )
        if self.b is not None and self.b.session is not None:
            self.exchange.endpoint.hang_up(self.b.session, now)
        self.write(
            CallEnded(
                journey=self.id,
                at=self.exchange.clock.wall(),
                by=self._end_by,
                outcome=outcome,
                sip_status=status,
                q850=NORMAL_CLEARING if answered else q850_of(status),
                detail=self._end_detail,
            )
        )
        telling.remember(self)
        self._reported_end = True
        self.exchange.count(self.direction, outcome)
        self._closing = True
        if self._recording_file is not None and self.a.media is not None:
            # The file is complete when the worker says so; its port is kept until then.
            self.a.media.stop_recording()
            self.exchange.clock.call_at(now + RECORDING_GRACE, self._close_legs)
        else:
            self._close_legs()

    def _close_legs(self) -> None:
        if not self._legs_open:
            return
        for leg in (self.b, self.a):
            if leg is not None:
                self.close_leg(leg)
