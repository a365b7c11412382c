"""One record per caller's journey: a fold over the call events, without I/O or clock.

Folding is idempotent: an event that a record already holds changes nothing, so a journal may be read again from any place
before the journey began. How the events came about is the switch's business, where the records are kept the store's.
The times that a record tells are derived, in :class:`Journey`, from the instants it holds; none is added up on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from centralita.pbx.acd.facts import CallerFact
from centralita.pbx.events import JournalEvent
from centralita.pbx.spans import Span, merge, overlap, total
from centralita.pbx.stays import CALLER_FACTS, Stay, fold_stay
from centralita.pbx.vocabulary import (
    Answered,
    CallClosed,
    CallEnded,
    CallStarted,
    Decided,
    Direction,
    Held,
    JourneyId,
    LegAlerting,
    LegEnded,
    LegId,
    LegRang,
    MessageLeft,
    Outcome,
    Party,
    QualityReported,
    Recorded,
    Resumed,
    StepEnd,
    StepEnded,
    StepStarted,
    Tagged,
    TenantId,
)

CALLER = LegId("a")


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the parts of a record share: they are values, and a field that says nothing is not written."""


class Decision(Part, frozen=True, gc=False):
    """Why the call went on as it did: one line of the trace."""

    at: float
    rule: str
    target: str
    reason: str
    node: str = ""
    passed: tuple[str, ...] = ()
    pressed: str = ""


class Step(Part, frozen=True, gc=False):
    """One stage of the way: a ringing, a voicemail, a trunk … Which legs it rang, the legs say."""

    step: int
    kind: str
    target: str
    started_at: float
    ended_at: float | None = None
    end: StepEnd | None = None
    detail: str = ""


class Audio(Part, frozen=True, gc=False):
    """Quality of one leg; the fields and their units are those of QualityReported."""

    at: float
    codec: str = ""
    packets_in: int = 0
    packets_out: int = 0
    loss_in: float = 0.0
    jitter_in: float = 0.0
    mos_in: float | None = None
    loss_out: float | None = None
    jitter_out: float | None = None
    mos_out: float | None = None
    round_trip: float | None = None


class Hold(Part, frozen=True, gc=False):
    at: float
    until: float | None = None


class Leg(Part, frozen=True, gc=False):
    """One party: the caller (leg ``a``, step 0), or a device or trunk that was rung."""

    leg: LegId
    target: str = ""
    """``device:ID`` or ``trunk:ID``."""
    step: int = 0
    user: str = ""
    number: str = ""
    address: str = ""
    started_at: float | None = None
    """When it was rung; of the caller, when the call came in."""
    alerting_at: float | None = None
    early_media: bool = False
    answered_at: float | None = None
    ended_at: float | None = None
    end: StepEnd | None = None
    sip_status: int = 0
    codec: str = ""
    holds: tuple[Hold, ...] = ()
    audio: Audio | None = None


class Answer(Part, frozen=True, gc=False):
    """Somebody answered the caller: a person on a device (or a party behind a trunk), or the exchange itself."""

    leg: LegId
    at: float
    until: float | None = None
    """When this party left, or the service ended; None: it stayed to the end of the call."""
    target: str = ""
    user: str = ""
    codec: str = ""
    service: str = ""
    step: int = 0
    """The step that was under way."""


class SoundFile(Part, frozen=True, gc=False):
    """A recording of the call; ``path`` is relative to the data folder."""

    at: float
    path: str
    duration: float


class LeftMessage(Part, frozen=True, gc=False):
    """A voicemail message left on the journey."""

    at: float
    user: str
    message: str
    path: str
    duration: float


class Journey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One caller's way through the exchange. Instants are seconds since the epoch, UTC; durations are seconds.

    Each instant between ``started_at`` and ``ended_at`` is one of: *connected*, while the caller has a person (or a
    party behind a trunk) on the line; *served*, while a service of the exchange itself has answered and no person is
    connected; else the caller waits. Of an unfinished journey, the times run to the last event.
    """

    journey: JourneyId
    tenant: TenantId
    direction: Direction
    caller: str
    dialled: str
    via: str
    config_version: int
    started_at: float
    updated_at: float
    """The latest event's instant."""
    sip_call_id: str = ""
    caller_name: str = ""
    user: str = ""
    ended_at: float | None = None
    outcome: Outcome | None = None
    ended_by: Party | None = None
    sip_status: int = 0
    q850: int = 0
    detail: str = ""
    closed: bool = False
    steps: tuple[Step, ...] = ()
    legs: tuple[Leg, ...] = ()
    answers: tuple[Answer, ...] = ()
    decisions: tuple[Decision, ...] = ()
    recordings: tuple[SoundFile, ...] = ()
    messages: tuple[LeftMessage, ...] = ()
    tags: tuple[str, ...] = ()
    queues: tuple[Stay, ...] = ()
    """Stays in queues, in order."""

    @property
    def end(self) -> float:
        """Where the times are counted to: ``ended_at``, or the last event while there is none."""
        return self.updated_at if self.ended_at is None else self.ended_at

    @property
    def duration(self) -> float:
        """From the first INVITE to the end."""
        return max(0.0, self.end - self.started_at)

    @property
    def answer(self) -> Answer | None:
        """The first answer by a person, not by the exchange itself."""
        for answer in self.answers:
            if not answer.service:
                return answer
        return None

    @property
    def answered_at(self) -> float | None:
        """When the first person answered; None where nobody did, a voicemail or an announcement notwithstanding."""
        return None if self.answer is None else self.answer.at

    @property
    def waiting(self) -> float:
        """From the start to the first answer by a person, or to the end where there was none; without the time in
        which a service of the exchange served the caller (listening to a greeting and speaking is no waiting)."""
        until = self.end if self.answered_at is None else min(self.answered_at, self.end)
        return max(0.0, until - self.started_at) - overlap(self._served(), [(self.started_at, until)])

    @property
    def connected(self) -> float:
        """While at least one person had answered and had not left: what a bill counts. Holding is included."""
        return total(self._connected())

    @property
    def held(self) -> float:
        """That part of ``connected`` in which a party had put the call on hold."""
        end = self.end
        holds = merge(
            [(hold.at, end if hold.until is None else hold.until) for leg in self.legs for hold in leg.holds]
        )
        return overlap(holds, self._connected())

    @property
    def talking(self) -> float:
        """``connected`` without ``held``."""
        return self.connected - self.held

    @property
    def served(self) -> float:
        """While a service of the exchange (voicemail, echo, an announcement …) had answered and no person was
        connected."""
        served = self._served()
        return total(served) - overlap(served, self._connected())

    def leg(self, leg: LegId) -> Leg | None:
        for each in self.legs:  # a plain loop: this is asked at every event of a leg
            if each.leg == leg:
                return each
        return None

    def rung(self, step: int) -> tuple[Leg, ...]:
        """The legs that a step rang."""
        return tuple(leg for leg in self.legs if leg.step == step and leg.leg != CALLER)

    def _connected(self) -> list[Span]:
        return self._answered(service=False)

    def _served(self) -> list[Span]:
        return self._answered(service=True)

    def _answered(self, *, service: bool) -> list[Span]:
        end = self.end
        return merge(
            [
                (answer.at, end if answer.until is None else min(end, answer.until))
                for answer in self.answers
                if bool(answer.service) is service
            ]
        )


def fold(state: Journey | None, event: JournalEvent) -> Journey | None:
    """The record after one more event of its journey; ``state`` is None before the first.

    None comes back while CallStarted has not been seen: what is left of a journey whose beginning was read before is no
    record. After CallClosed nothing changes any more. Raises ValueError for an event of another journey.
    """
    if state is None:
        return _begin(event) if isinstance(event, CallStarted) else None
    if event.journey != state.journey:
        raise ValueError(f"event of journey {event.journey} folded into {state.journey}")
    if state.closed:
        return state
    changes = _FOLDS[type(event)](state, event)
    if event.at > state.updated_at:
        changes["updated_at"] = event.at
    return replace(state, **changes) if changes else state


def fold_all(events: Iterable[JournalEvent], state: Journey | None = None) -> Journey | None:
    """The record after all these events of one journey."""
    for event in events:
        state = fold(state, event)
    return state


# --- one function an event: what it changes, nothing where the record has it already ----------------------------------

Changes = dict[str, Any]
"""Fields of the record and their new values: keyword arguments of ``replace``, which checks the names."""
PartT = TypeVar("PartT", bound=Part)


def _begin(event: CallStarted) -> Journey:
    return Journey(
        journey=event.journey,
        tenant=event.tenant,
        direction=event.direction,
        caller=event.caller,
        caller_name=event.caller_name,
        dialled=event.dialled,
        via=event.via,
        user=event.user,
        config_version=event.config_version,
        sip_call_id=event.sip_call_id,
        started_at=event.at,
        updated_at=event.at,
        legs=(Leg(leg=CALLER, target=event.via, user=event.user, started_at=event.at, codec=event.codec),),
    )


def _started(state: Journey, event: CallStarted) -> Changes:
    return {}


def _decided(state: Journey, event: Decided) -> Changes:
    decision = Decision(
        at=event.at,
        rule=event.rule,
        target=event.target,
        reason=event.reason,
        node=event.node,
        passed=event.passed,
        pressed=event.pressed,
    )
    return {} if decision in state.decisions else {"decisions": (*state.decisions, decision)}


def _tagged(state: Journey, event: Tagged) -> Changes:
    return {} if event.name in state.tags else {"tags": (*state.tags, event.name)}


def _queued(state: Journey, event: CallerFact) -> Changes:
    queues = fold_stay(state.queues, event)
    return {} if queues is state.queues else {"queues": queues}


def _step_started(state: Journey, event: StepStarted) -> Changes:
    for known in state.steps:
        if known.step == event.step:
            return {}
    step = Step(step=event.step, kind=event.kind, target=event.target, started_at=event.at)
    return {"steps": (*state.steps, step)}


def _step_ended(state: Journey, event: StepEnded) -> Changes:
    step = next((each for each in state.steps if each.step == event.step), None)
    if step is None:
        unknown = Step(step=event.step, kind="", target="", started_at=event.at)
        return _step_ended(replace(state, steps=(*state.steps, unknown)), event)
    if step.end is not None:
        return {}
    ended = replace(step, ended_at=event.at, end=event.end, detail=event.detail)
    changes: Changes = {"steps": _put(state.steps, step, ended)}
    # A service ends with the step in which it answered.
    answers = [
        each for each in state.answers if each.service and each.step == event.step and each.until is None
    ]
    return _leave(state, event.at, answers, changes)


def _leg_rang(state: Journey, event: LegRang) -> Changes:
    known = state.leg(event.leg)
    if known is not None and known.started_at is not None:
        return {}
    leg = replace(
        known or Leg(leg=event.leg),
        target=event.target,
        step=event.step,
        user=event.user,
        number=event.number,
        address=event.address,
        started_at=event.at,
    )
    return _with_leg(state, leg)


def _leg_alerting(state: Journey, event: LegAlerting) -> Changes:
    leg = _leg_of(state, event.leg)
    if leg.alerting_at is not None and (leg.early_media or not event.early_media):
        return {}
    at = event.at if leg.alerting_at is None else leg.alerting_at
    return _with_leg(state, replace(leg, alerting_at=at, early_media=leg.early_media or event.early_media))


def _leg_ended(state: Journey, event: LegEnded) -> Changes:
    leg = _leg_of(state, event.leg)
    if leg.ended_at is not None:
        return {}
    ended = replace(leg, ended_at=event.at, end=event.end, sip_status=event.sip_status)
    answers = [each for each in state.answers if each.leg == event.leg and each.until is None]
    return _leave(state, event.at, answers, _with_leg(state, ended))


def _answered(state: Journey, event: Answered) -> Changes:
    for known in state.answers:
        if known.leg == event.leg and known.at == event.at:
            return {}
    leg = _leg_of(state, event.leg)
    answer = Answer(
        leg=event.leg,
        at=event.at,
        target=event.target,
        user=event.user,
        codec=event.codec,
        service=event.service,
        step=leg.step or max([step.step for step in state.steps if step.end is None], default=0),
    )
    at = event.at if leg.answered_at is None else leg.answered_at
    changes = _with_leg(state, replace(leg, answered_at=at, codec=event.codec or leg.codec))
    changes["answers"] = (*state.answers, answer)
    return changes


def _held(state: Journey, event: Held) -> Changes:
    leg = _leg_of(state, event.leg)
    last = leg.holds[-1] if leg.holds else None
    # Events of a leg come in order, so one that is not after the last hold is one read again.
    if last is not None and (last.until is None or event.at < last.until):
        return {}
    return _with_leg(state, replace(leg, holds=(*leg.holds, Hold(at=event.at))))


def _resumed(state: Journey, event: Resumed) -> Changes:
    leg = _leg_of(state, event.leg)
    last = leg.holds[-1] if leg.holds else None
    if last is None or last.until is not None or event.at <= last.at:
        return {}
    return _with_leg(state, replace(leg, holds=(*leg.holds[:-1], Hold(at=last.at, until=event.at))))


def _recorded(state: Journey, event: Recorded) -> Changes:
    if any(each.path == event.path for each in state.recordings):
        return {}
    file = SoundFile(at=event.at, path=event.path, duration=event.duration)
    return {"recordings": (*state.recordings, file)}


def _message_left(state: Journey, event: MessageLeft) -> Changes:
    if any(each.message == event.message and each.user == event.user for each in state.messages):
        return {}
    message = LeftMessage(
        at=event.at, user=event.user, message=event.message, path=event.path, duration=event.duration
    )
    return {"messages": (*state.messages, message)}


def _quality_reported(state: Journey, event: QualityReported) -> Changes:
    leg = _leg_of(state, event.leg)
    if leg.audio is not None and event.at <= leg.audio.at:
        return {}
    audio = Audio(
        at=event.at,
        codec=event.codec,
        packets_in=event.packets_in,
        packets_out=event.packets_out,
        loss_in=event.loss_in,
        jitter_in=event.jitter_in,
        mos_in=event.mos_in,
        loss_out=event.loss_out,
        jitter_out=event.jitter_out,
        mos_out=event.mos_out,
        round_trip=event.round_trip,
    )
    return _with_leg(state, replace(leg, audio=audio, codec=event.codec or leg.codec))


def _call_ended(state: Journey, event: CallEnded) -> Changes:
    if state.ended_at is not None:
        return {}
    return {
        "ended_at": event.at,
        "outcome": event.outcome,
        "ended_by": event.by,
        "sip_status": event.sip_status,
        "q850": event.q850,
        "detail": event.detail,
    }


def _call_closed(state: Journey, event: CallClosed) -> Changes:
    return {"closed": True}


def _leg_of(state: Journey, leg: LegId) -> Leg:
    """The leg as known, or one of which nothing is known yet but its name."""
    return state.leg(leg) or Leg(leg=leg)


def _with_leg(state: Journey, leg: Leg) -> Changes:
    known = state.leg(leg.leg)
    return {"legs": (*state.legs, leg) if known is None else _put(state.legs, known, leg)}


def _put(parts: tuple[PartT, ...], old: PartT, new: PartT) -> tuple[PartT, ...]:
    return tuple([new if part is old else part for part in parts])


def _leave(state: Journey, at: float, leaving: list[Answer], changes: Changes) -> Changes:
    """Add to the changes that these answers end."""
    answers = state.answers
    for answer in leaving:
        answers = _put(answers, answer, replace(answer, until=max(at, answer.at)))
    if leaving:
        changes["answers"] = answers
    return changes


_FOLDS: dict[type[Any], Callable[[Journey, Any], Changes]] = {
    CallStarted: _started,
    Decided: _decided,
    Tagged: _tagged,
    StepStarted: _step_started,
    StepEnded: _step_ended,
    LegRang: _leg_rang,
    LegAlerting: _leg_alerting,
    LegEnded: _leg_ended,
    Answered: _answered,
    Held: _held,
    Resumed: _resumed,
    Recorded: _recorded,
    MessageLeft: _message_left,
    QualityReported: _quality_reported,
    CallEnded: _call_ended,
    CallClosed: _call_closed,
    **dict.fromkeys(CALLER_FACTS, _queued),
}
