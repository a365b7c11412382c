"""Ringing: several devices at once, or a trunk; the first answer wins and the others are cancelled (RFC 3261 §16.7 in spirit)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx.callcontrol import RingResult
from centralita.pbx.causes import step_end_of
from centralita.pbx.model.device import Device
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import LegAlerting, LegRang, StepEnd
from centralita.ports import MediaUnavailable, Timer
from centralita.rtp.format import PCMA, PCMU, TELEPHONE_EVENT
from centralita.sdp.negotiate import relayable
from centralita.sip.errors import ParseError
from centralita.sip.flow import Flow, Target
from centralita.sip.message import Response
from centralita.sip.registrar import ContactBinding
from centralita.sip.uri import Uri
from centralita.switch.identity import CallerIdentity
from centralita.switch.leg import Leg, LegState
from centralita.switch.strand import Signal

if TYPE_CHECKING:
    from centralita.switch.call import Call

#: When every leg has failed, the way it ended that tells the caller most (RFC 3261 §16.7 step 6 in our words).
_PRECEDENCE = (
    StepEnd.REJECTED,
    StepEnd.BUSY,
    StepEnd.NO_ANSWER,
    StepEnd.UNREACHABLE,
    StepEnd.FAILED,
)


class Dial:
    """One round of ringing. ``result`` is set exactly once, unless it is cancelled because the caller has gone."""

    __slots__ = ("_alerted", "_ends", "_open", "_status", "_step", "_timer", "call", "result")

    def __init__(self, call: Call, step: int) -> None:
        self.call = call
        self.result: Signal[RingResult] = Signal()
        self._step = step
        self._open: list[Leg] = []
        self._ends: list[StepEnd] = []
        self._status = 0
        self._alerted = False
        self._timer: Timer | None = None

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
            to_=f"<sip:{user.extension}@{self.call.exchange.advertise}>",
            route=binding.path,
            number=user.extension or "",
            address=":".join(map(str, binding.flow[:3])),
        )

    def ring_trunk(self, trunk: Trunk, number: str, to: Flow | Target, identity: CallerIdentity) -> None:
        suffix = "" if trunk.port == 5060 else f":{trunk.port}"
        transport = ";transport=tcp" if trunk.transport == "TCP" else ""
        uri = f"sip:{number}@{trunk.host}{suffix}{transport}"
        self._invite(
            self.call.new_leg(f"trunk:{trunk.id}", None, self),
            uri=uri,
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
        offered = call.a.offered
        formats = [PCMA, PCMU, TELEPHONE_EVENT] if offered is None else relayable(offered, codecs)
        self._open.append(leg)
        if not formats:
            self._leg_failed(leg, StepEnd.FAILED, 488)
            return
        try:
            call.a.open_media()
            leg.open_media(beside=call.a)
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

    def wait(self, seconds: float) -> None:
        """Give up after so long; to be called once, when everybody is being rung."""
        if not self.result.is_set:
            clock = self.call.exchange.clock
            self._timer = clock.call_at(clock.now() + seconds, self._timed_out)
            if not self._open:
                self._conclude()

    # --- what the legs say ----------------------------------------------------------------------------------------

    def on_progress(self, leg: Leg, response: Response) -> None:
        """A provisional response: the caller hears ringing, or what the trunk lets be heard."""
        if self.result.is_set or response.status == 100:
            return
        early = bool(response.body) and leg.target.startswith("trunk:")
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
        if not leg.hear(response.body) or not self._join(leg):
            exchange.endpoint.hang_up(leg.session, exchange.clock.now())
            self._leg_failed(leg, StepEnd.FAILED, 488)
            return
        self._open.remove(leg)
        self._stop(StepEnd.ELSEWHERE)
        if call.answered_at is None and call.a.session is not None:
            exchange.endpoint.answer(call.a.session, call.a.our_answer(None), exchange.clock.now())
            call.a.state = LegState.TALKING
        call.b = leg
        call.answered(leg)
        call.end_step(self._step, StepEnd.ANSWERED, leg.target)
        call.start_recording()
        self._set(RingResult(StepEnd.ANSWERED, 200))

    def _join(self, leg: Leg) -> bool:
        """Agree with the caller on what the callee chose, and let the two hear each other."""
        caller = self.call.a
        assert leg.peer is not None
        chosen = caller.choose(leg.peer.format)
        if chosen is None:
            return False
        caller.our_answer(chosen)
        caller.point()
        leg.point()
        if caller.media is not None and leg.media is not None:
            caller.media.bridge(leg.media)
        return True

    def on_failed(self, leg: Leg, status: int, response: Response | None) -> None:
        if leg not in self._open:
            return
        if 300 <= status < 400 and response is not None and (target := _redirect(response)):
            self._open.remove(leg)
            self.call.close_leg(leg, StepEnd.FORWARDED, status)
            self._stop(StepEnd.ELSEWHERE)
            self.call.end_step(self._step, StepEnd.FORWARDED, target)
            self._set(RingResult(StepEnd.FORWARDED, status, target))
            return
        self._leg_failed(leg, step_end_of(status), status)
        if 600 <= status < 700:
            self._stop(StepEnd.ELSEWHERE)
        if not self._open and not self.result.is_set and self._timer is not None:
            self._conclude()

    def _leg_failed(self, leg: Leg, end: StepEnd, status: int) -> None:
        if leg in self._open:
            self._open.remove(leg)
        self._ends.append(end)
        if end in _PRECEDENCE and min(map(_rank, self._ends)) == _rank(end):
            self._status = status
        self.call.close_leg(leg, end, status)

    # --- how it ends ----------------------------------------------------------------------------------------------

    def _timed_out(self) -> None:
        if self.result.is_set:
            return
        alerting = any(leg.state is LegState.ALERTING for leg in self._open)
        end = StepEnd.NO_ANSWER if alerting or self._alerted else StepEnd.UNREACHABLE
        self._stop(end)
        self._ends.append(end)
        self._status = 480
        self._conclude()

    def _conclude(self) -> None:
        end = min(self._ends, key=_rank, default=StepEnd.UNREACHABLE)
        self.call.end_step(self._step, end)
        self._set(RingResult(end, self._status))

    def cancel(self) -> None:
        """The caller has gone: everybody stops ringing, and there is no result."""
        if self.result.is_set:
            return
        self._stop(StepEnd.CALLER_GONE)
        self.call.end_step(self._step, StepEnd.CALLER_GONE)
        self.result.is_set = True
        self._cancel_timer()

    def _stop(self, end: StepEnd) -> None:
        endpoint, now = self.call.exchange.endpoint, self.call.exchange.clock.now()
        legs, self._open = self._open, []
        for leg in legs:
            if leg.session is not None:
                endpoint.hang_up(leg.session, now)
            self.call.close_leg(leg, end)

    def _set(self, result: RingResult) -> None:
        self._cancel_timer()
        self.call.dial = None
        self.result.set(result)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def next_hop(binding: ContactBinding) -> Flow:
    """Where a device's requests go: back to where its REGISTER came from, the way through a NAT.

    A contact on that very host has no NAT before it, so its own port counts (a phone with more than one socket).
    """
    flow = binding.flow
    if flow.transport != "UDP" or binding.path:
        return flow
    contact = Uri.parse(binding.contact)
    if contact.host != flow.host or contact.port is None or contact.port == flow.port:
        return flow
    return Flow("UDP", flow.host, contact.port)


def _rank(end: StepEnd) -> int:
    return _PRECEDENCE.index(end) if end in _PRECEDENCE else len(_PRECEDENCE)


def _redirect(response: Response) -> str:
    """The user part of the first Contact of a 3xx: whom the phone forwards to."""
    for value in response.headers.values("contact"):
        text = value[value.find("<") + 1 : value.rfind(">")] if "<" in value else value
        try:
            return Uri.parse(text.strip()).user or ""
        except ParseError:
            continue
    return ""
