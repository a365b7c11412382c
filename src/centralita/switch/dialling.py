"""Ringing: devices and outside parties at once; the first answer wins and the others are cancelled (RFC 3261 §16.7 in spirit).

Whoever answers may have to hear something first, or to press 1 before being bridged; until then the others go on ringing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from centralita.pbx.callcontrol import Attempt, RingResult
from centralita.pbx.causes import step_end_of
from centralita.pbx.model.device import Device
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import LegAlerting, LegId, LegRang, StepEnd
from centralita.ports import MediaUnavailable, Silence, Sound, Timer, Tone
from centralita.sip.flow import Flow, Target
from centralita.sip.message import Response
from centralita.sip.registrar import ContactBinding
from centralita.switch.identity import CallerIdentity
from centralita.switch.inviting import goes_with, next_hop, offerable, redirect_target
from centralita.switch.later import Later
from centralita.switch.leg import Leg, LegState
from centralita.switch.strand import Signal

if TYPE_CHECKING:
    from centralita.switch.call import Call

RESPONSE_SECONDS = 5.0
"""A trunk that has said nothing until then is not there: long before the transaction gives up after 32 s (RFC 3261 Timer B)."""
CONFIRM_SECONDS = 20.0
"""How long somebody who answered has for pressing 1."""
CONFIRM_PAUSE = 2.0
"""Seconds of silence before the question is asked again."""

#: When every leg has failed, the way it ended that tells the caller most (RFC 3261 §16.7 step 6 in our words).
_RANKS = {
    end: rank
    for rank, end in enumerate(
        (
            StepEnd.ANSWERED,
            StepEnd.REJECTED,
            StepEnd.BUSY,
            StepEnd.NO_ANSWER,
            StepEnd.UNREACHABLE,
            StepEnd.FAILED,
        )
    )
}
_LAST = len(_RANKS)
_REFUSALS = (StepEnd.REJECTED, StepEnd.BUSY)
"""After which nobody else begins to ring who was to ring later."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What somebody who answers hears before they are bridged with the caller."""

    sounds: Sequence[Sound]
    confirm: bool
    """Whether they must press 1; else it is only said."""
    outside_only: bool = False
    """Only who answers at a number outside hears it."""

    def holds_for(self, leg: Leg) -> bool:
        return bool(self.sounds) and not (self.outside_only and leg.user is not None)


class Dial:
    """One round of ringing. ``result`` is set exactly once, unless it is cancelled because the caller has gone."""

    __slots__ = (
        "_alerted",
        "_asking",
        "_ends",
        "_heard",
        "_later",
        "_open",
        "_outside",
        "_rang",
        "_reception",
        "_response_timer",
        "_ringback",
        "_single",
        "_status",
        "_step",
        "_timer",
        "_users",
        "call",
        "result",
    )

    def __init__(
        self, call: Call, step: int, users: Sequence[User] = (), reception: Reception | None = None
    ) -> None:
        self.call = call
        self.result: Signal[RingResult] = Signal()
        self._step = step
        self._users = users
        self._reception = reception
        self._open: list[Leg] = []
        self._later = Later(call.exchange.clock)
        self._asking: dict[Leg, Timer] = {}
        """Who answered and hears the reception, each with the end of our patience."""
        self._ends: list[tuple[str, StepEnd]] = []
        self._outside: dict[LegId, Attempt] = {}
        self._status = 0
        self._alerted = False
        self._heard = False
        """Whether any response came from anybody."""
        self._rang = False
        """Whether anybody said that it rings (180)."""
        self._response_timer: Timer | None = None
        self._ringback = False
        self._single = True
        """Whether one party alone is rung, whose early media the caller may hear."""
        self._timer: Timer | None = None

    def later(self, seconds: float, start: Callable[[], None]) -> None:
        """``start`` is to ring somebody more after so long, or as soon as nobody else rings; before ``wait`` is called."""

        def begin() -> None:
            start()
            self._conclude_if_over()

        self._single = False
        self._later.add(seconds, begin)

    # --- who is rung ----------------------------------------------------------------------------------------------

    def ring_device(
        self, user: User, device: Device, binding: ContactBinding, identity: CallerIdentity
    ) -> None:
        self._invite(
            self.call.new_leg(f"device:{device.id}", user, self),
            uri=binding.contact,
            to=next_hop(binding),
            codecs=device.codecs,
            identity=identity,
            to_=f"<sip:{user.extension or user.id}@{self.call.exchange.advertise}>",
            route=binding.path,
            number=user.extension or "",
            address=":".join(map(str, binding.flow[:3])),
        )

    def ring_outside(self, attempt: Attempt, to: Flow | Target, identity: CallerIdentity) -> None:
        trunk, number = attempt.trunk, attempt.written
        suffix = "" if trunk.port == 5060 else f":{trunk.port}"
        transport = ";transport=tcp" if trunk.transport == "TCP" else ""
        leg = self.call.new_leg(f"trunk:{trunk.id}", None, self)
        self._outside[leg.id] = attempt
        self._invite(
            leg,
            uri=f"sip:{number}@{trunk.host}{suffix}{transport}",
            to=to,
            codecs=trunk.codecs,
            identity=identity,
            to_=f"<sip:{number}@{trunk.host}>",
            number=number,
            address=f"{trunk.transport}:{trunk.host}:{trunk.port}",
        )

    def _invite(
        self,
        leg: Leg,
        *,
        uri: str,
        to: Flow | Target,
        codecs: tuple[str, ...],
        identity: CallerIdentity,
        to_: str,
        number: str,
        address: str,
        route: tuple[str, ...] = (),
    ) -> None:
        call = self.call
        exchange = call.exchange
        self._single = self._single and not self._open
        formats = offerable(call.a, codecs, digits=self._reception is not None)
        self._open.append(leg)
        if not formats:
            self._leg_failed(leg, StepEnd.FAILED, 488)
            return
        try:
            self._open_media(leg)
        except MediaUnavailable:
            self._leg_failed(leg, StepEnd.FAILED, 503)
            return
        call.write(
            LegRang(
                journey=call.id,
                at=exchange.clock.wall(),
                leg=leg.id,
                step=self._step,
                target=leg.target,
                user=leg.user.id if leg.user else "",
                number=number,
                address=address,
            )
        )
        leg.session = exchange.endpoint.invite(
            uri,
            to,
            exchange.clock.now(),
            from_=identity.from_,
            to_=to_,
            headers=identity.headers,
            body=leg.our_offer(formats),
            route=route,
            credentials=identity.credentials,
            contact_user=identity.contact_user,
            owner=leg,
        )

    def _open_media(self, leg: Leg) -> None:
        """Ports for both. Raises MediaUnavailable."""
        self.call.a.open_media()
        leg.open_media(beside=self.call.a)

    def wait(self, seconds: float) -> None:
        """Give up after so long; to be called once, when everybody is being rung."""
        if self.result.is_set:
            return
        clock = self.call.exchange.clock
        self._timer = clock.call_at(clock.now() + seconds, self._timed_out)
        self._conclude_if_over()
        if self.result.is_set:
            return
        if self._outside and self._single:
            self._response_timer = clock.call_at(clock.now() + RESPONSE_SECONDS, self._no_response)
        a = self.call.a
        if self.call.hears_us() and not self.call.music_on and a.media is not None:
            self._ringback = True
            a.media.play([Tone("ringback", self.call.caller.country)], repeat=True)

    # --- what the legs say ----------------------------------------------------------------------------------------

    def on_progress(self, leg: Leg, response: Response) -> None:
        """A provisional response: the caller hears ringing, or what the trunk lets be heard."""
        self._heard = True
        if self.result.is_set or response.status == 100:
            return
        self._rang = self._rang or response.status == 180
        early = bool(response.body) and self._single and leg.user is None
        if leg.state is LegState.CALLING and (response.status in (180, 183)):
            leg.state = LegState.ALERTING
            self.call.write(
                LegAlerting(
                    journey=self.call.id, at=self.call.exchange.clock.wall(), leg=leg.id, early_media=early
                )
            )
        if early:
            self._early_media(leg, response)
        elif response.status in (180, 183) and not self._alerted:
            self._alerted = True
            self._tell_caller(180)

    def _early_media(self, leg: Leg, response: Response) -> None:
        call = self.call
        first = leg.peer is None
        if first and not (leg.hear(response.body) and self._join(leg)):
            return
        if first or response.status == 180:
            self._alerted = True
            call.early = True
            self._tell_caller(183, call.a.our_answer(None) if call.answered_at is None else b"")

    def _tell_caller(self, status: int, body: bytes = b"") -> None:
        session = self.call.a.session
        if session is not None and self.call.answered_at is None:
            self.call.exchange.endpoint.ring(session, status, self.call.exchange.clock.now(), body=body)

    def on_answer(self, leg: Leg, response: Response) -> None:
        call = self.call
        exchange = call.exchange
        if self.result.is_set or leg.session is None:
            return
        if not leg.hear(response.body) or goes_with(self.call.a, leg) is None:
            exchange.endpoint.hang_up(leg.session, exchange.clock.now())
            self._leg_failed(leg, StepEnd.FAILED, 488)
            self._conclude_if_over()
            return
        self._open.remove(leg)
        if self._reception is not None and self._reception.holds_for(leg):
            self._receive(leg, self._reception)
        else:
            self._connect(leg)

    def _connect(self, leg: Leg) -> None:
        """The caller and this party talk."""
        call = self.call
        self._stop(StepEnd.ELSEWHERE)
        self._join(leg)
        if call.answered_at is None and call.a.session is not None:
            call.exchange.endpoint.answer(call.a.session, call.a.our_answer(None), call.exchange.clock.now())
            call.a.state = LegState.TALKING
        call.bridged(leg)
        call.end_step(self._step, StepEnd.ANSWERED, leg.target)
        call.start_recording()
        self._ends.append((self._whose(leg), StepEnd.ANSWERED))
        user = leg.user.id if leg.user is not None else self._behalf(leg)
        outside = self._outside.get(leg.id)
        number = outside.number if outside is not None else ""
        self._set(RingResult(StepEnd.ANSWERED, 200, user=user, ends=self._summary(), number=number))

    def _join(self, leg: Leg) -> bool:
        """Agree with the caller on what the callee chose, and let the two hear each other."""
        caller = self.call.a
        chosen = goes_with(self.call.a, leg)
        if chosen is None:
            return False
        caller.our_answer(chosen)
        caller.point()
        leg.point()
        self._ringback = False
        self.call.music_on = ""
        if caller.media is not None and leg.media is not None:
            caller.media.bridge(leg.media)
        return True

    def on_failed(self, leg: Leg, status: int, response: Response | None) -> None:
        if leg not in self._open:
            return
        self._heard = self._heard or response is not None
        target = redirect_target(response) if 300 <= status < 400 and response is not None else ""
        if target and len(self._users) <= 1:
            self._open.remove(leg)
            self.call.close_leg(leg, StepEnd.FORWARDED, status)
            self._stop(StepEnd.ELSEWHERE)
            self.call.end_step(self._step, StepEnd.FORWARDED, target)
            user = leg.user.id if leg.user is not None else ""
            self._set(RingResult(StepEnd.FORWARDED, status, target, user, ((user, StepEnd.FORWARDED),)))
            return
        self._leg_failed(leg, StepEnd.FORWARDED if target else step_end_of(status), status)
        if 600 <= status < 700:
            self._stop_others_of(leg)
        self._conclude_if_over()

    def _stop_others_of(self, leg: Leg) -> None:
        """A 6xx speaks for all devices of whoever sends it (RFC 3261 §21.6)."""
        others = [other for other in self._open if other.user is leg.user]
        self._open = [other for other in self._open if other.user is not leg.user]
        self._hang_up(others, StepEnd.ELSEWHERE)

    def _leg_failed(self, leg: Leg, end: StepEnd, status: int) -> None:
        if leg in self._open:
            self._open.remove(leg)
        self._ends.append((self._whose(leg), end))
        if end in _RANKS and min(_rank(each) for _, each in self._ends) == _rank(end):
            self._status = status
        self.call.close_leg(leg, end, status)

    # --- before they are bridged ------------------------------------------------------------------------------------

    def _receive(self, leg: Leg, reception: Reception) -> None:
        leg.state = LegState.TALKING
        leg.point()
        clock = self.call.exchange.clock
        self._asking[leg] = clock.call_at(clock.now() + CONFIRM_SECONDS, lambda: self._not_taken(leg))
        if not reception.confirm:
            self._hang_up_open(StepEnd.ELSEWHERE)
        if leg.media is not None:
            sounds = [*reception.sounds, Silence(CONFIRM_PAUSE)] if reception.confirm else reception.sounds
            leg.media.play(sounds, repeat=reception.confirm)

    def on_digit(self, leg: Leg, digit: str) -> None:
        """Somebody who answered presses a digit: 1 takes the call, another refuses it."""
        if leg not in self._asking or self._reception is None:
            return
        if digit == "1" or not self._reception.confirm:
            self._taken(leg)
        else:
            self._not_taken(leg, StepEnd.REJECTED)

    def on_played(self, leg: Leg) -> None:
        if leg in self._asking and self._reception is not None and not self._reception.confirm:
            self._taken(leg)

    def on_hung_up(self, leg: Leg) -> None:
        """Somebody who answered hangs up before they are bridged."""
        if leg in self._asking:
            self._not_taken(leg, StepEnd.REJECTED)
        else:
            self.call.close_leg(leg)

    def _taken(self, leg: Leg) -> None:
        self._asking.pop(leg).cancel()
        if leg.media is not None:
            leg.media.stop()
        self._connect(leg)

    def _not_taken(self, leg: Leg, end: StepEnd = StepEnd.NO_ANSWER) -> None:
        self._asking.pop(leg).cancel()
        exchange = self.call.exchange
        if leg.session is not None:
            exchange.endpoint.hang_up(leg.session, exchange.clock.now())
        self._leg_failed(leg, end, 480)
        self._conclude_if_over()

    # --- how it ends ----------------------------------------------------------------------------------------------

    def _timed_out(self) -> None:
        if self.result.is_set:
            return
        self._status = 480
        self._later.cancel()
        for leg in self._open:
            alerting = leg.state is LegState.ALERTING or (self._alerted and self._single)
            self._ends.append((self._whose(leg), StepEnd.NO_ANSWER if alerting else StepEnd.UNREACHABLE))
        legs, self._open = self._open, []
        for leg in legs:
            self._hang_up([leg], StepEnd.NO_ANSWER if leg.state is LegState.ALERTING else StepEnd.UNREACHABLE)
        self._conclude_if_over()

    def _no_response(self) -> None:
        """A provider that is there says 100 or more within a fraction of a second (RFC 3261 §17.2.1)."""
        if self._heard or self.result.is_set or len(self._open) != 1:
            return
        leg = self._open[0]
        if leg.session is not None:
            if leg.session.is_trying:
                self._heard = True
                return
            self.call.exchange.endpoint.hang_up(leg.session, self.call.exchange.clock.now())
        self._leg_failed(leg, StepEnd.UNREACHABLE, 408)
        self._conclude_if_over()

    def _conclude_if_over(self) -> None:
        if self._timer is None:
            return  # more are being rung
        while not self._open and not self._asking and not self.result.is_set:
            refused = any(end in _REFUSALS for _, end in self._ends)
            if not self._later or refused:
                self._conclude()
            else:
                self._later.start_next()

    def _conclude(self) -> None:
        end = min((each for _, each in self._ends), key=_rank, default=StepEnd.UNREACHABLE)
        self.call.end_step(self._step, end)
        silent = self._single and not self._heard
        self._set(RingResult(end, self._status, ends=self._summary(), alerted=self._rang, silent=silent))

    def withdraw(self) -> None:
        """Whoever asked for it wants it no more: everybody stops ringing."""
        if self.result.is_set:
            return
        self._stop(StepEnd.WITHDRAWN)
        self.call.end_step(self._step, StepEnd.WITHDRAWN)
        self._set(RingResult(StepEnd.WITHDRAWN, ends=self._summary()))

    def cancel(self) -> None:
        """The caller has gone: everybody stops ringing, and there is no result."""
        if self.result.is_set:
            return
        self._stop(StepEnd.CALLER_GONE)
        self.call.end_step(self._step, StepEnd.CALLER_GONE)
        self.result.is_set = True
        self._later.cancel()
        self._cancel_timer()
        self.call.dial = None

    def _stop(self, end: StepEnd) -> None:
        """Nobody rings any more, nobody is asked any more."""
        self._hang_up_open(end)
        asking, self._asking = self._asking, {}
        for timer in asking.values():
            timer.cancel()
        self._ends += [(self._whose(leg), end) for leg in asking]
        self._hang_up(list(asking), end)

    def _hang_up_open(self, end: StepEnd) -> None:
        legs, self._open = self._open, []
        self._ends += [(self._whose(leg), end) for leg in legs]
        self._hang_up(legs, end)

    def _hang_up(self, legs: Sequence[Leg], end: StepEnd) -> None:
        endpoint, now = self.call.exchange.endpoint, self.call.exchange.clock.now()
        for leg in legs:
            if leg.session is not None:
                endpoint.hang_up(leg.session, now)
            self.call.close_leg(leg, end)

    def _set(self, result: RingResult) -> None:
        self._later.cancel()
        self._cancel_timer()
        self.call.dial = None
        if self._ringback and self.call.a.media is not None:
            self.call.a.media.stop()
        self.result.set(result)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._response_timer is not None:
            self._response_timer.cancel()
            self._response_timer = None

    def _whose(self, leg: Leg) -> str:
        """Who is counted for this leg: its user, or whoever an outside attempt is for, or the number."""
        if leg.user is not None:
            return leg.user.id
        return self._behalf(leg) or self._outside[leg.id].number

    def _behalf(self, leg: Leg) -> str:
        attempt = self._outside.get(leg.id)
        return attempt.on_behalf_of.id if attempt is not None and attempt.on_behalf_of is not None else ""

    def _summary(self) -> tuple[tuple[str, StepEnd], ...]:
        """How it ended for each that was rung: the way that tells most where one has several devices."""
        best = {user.id: StepEnd.UNREACHABLE for user in self._users}
        told: set[str] = set()
        for whose, end in self._ends:
            if whose not in told or _rank(end) < _rank(best[whose]):
                best[whose] = end
            told.add(whose)
        return tuple(best.items())


def _rank(end: StepEnd) -> int:
    return _RANKS.get(end, _LAST)
