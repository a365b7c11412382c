"""A journey told in order, as one would tell a colleague what happened to that call. Pure: a record in, moments and rows out.

Words and times are the reader's affair: who shows a moment writes its instant in the reader's time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from centralita.pbx.journey import Answer, Audio, Decision, Journey, Leg, Step
from centralita.pbx.stays import Stay
from centralita.pbx.vocabulary import Party, StepEnd

_ENDS = {
    StepEnd.ANSWERED: "answered",
    StepEnd.BUSY: "busy",
    StepEnd.NO_ANSWER: "no answer",
    StepEnd.REJECTED: "rejected",
    StepEnd.UNREACHABLE: "not reachable",
    StepEnd.DO_NOT_DISTURB: "do not disturb",
    StepEnd.BLOCKED: "caller blocked",
    StepEnd.OUT_OF_HOURS: "outside their hours",
    StepEnd.FORWARDED: "forwarded",
    StepEnd.FAILED: "failed",
    StepEnd.ELSEWHERE: "answered elsewhere",
    StepEnd.CALLER_GONE: "the caller hung up",
    StepEnd.WITHDRAWN: "withdrawn",
    StepEnd.DONE: "done",
}
_WHO = {Party.CALLER: "the caller", Party.CALLEE: "the other side", Party.SYSTEM: "the exchange"}


class Moment(NamedTuple):
    at: float
    """Seconds since the epoch."""
    order: int
    """Within one instant."""
    text: str


class QualityRow(NamedTuple):
    """The audio of one leg in one direction; the units are those of :class:`Audio`."""

    leg: str
    """``b1 device:desk``."""
    direction: str
    """``from`` the party, as measured here; ``to`` it, as it says it heard."""
    codec: str
    packets: int
    loss: float | None
    jitter: float | None
    mos: float | None
    round_trip: float | None


def duration(seconds: float) -> str:
    """``1:05:09``, ``5:09``, ``0:09``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length(journey: Journey) -> str:
    """How long it took in all, waiting, talking, on hold."""
    parts = [f"{duration(journey.duration)} in all", f"{duration(journey.waiting)} waiting"]
    if journey.answered_at is not None:
        parts.append(f"{duration(journey.talking)} talking")
    if journey.held:
        parts.append(f"{duration(journey.held)} on hold")
    if journey.served:
        parts.append(f"{duration(journey.served)} with the exchange itself")
    if journey.ended_at is None:
        parts.append("not ended yet")
    return ", ".join(parts)


def ending(journey: Journey) -> str:
    """How it ended, by whom and why."""
    assert journey.outcome is not None
    who = f", ended by {_WHO[journey.ended_by]}" if journey.ended_by else ""
    detail = f": {journey.detail}" if journey.detail else ""
    return f"{journey.outcome.value}{who} (SIP {journey.sip_status}, Q.850 {journey.q850}){detail}"


def as_json(journey: Journey) -> dict[str, Any]:
    """The record as it is kept, with the times that follow from it, in seconds."""
    derived = {
        "answered_at": journey.answered_at,
        "duration": journey.duration,
        "waiting": journey.waiting,
        "connected": journey.connected,
        "talking": journey.talking,
        "held": journey.held,
        "served": journey.served,
    }
    return {**msgspec.to_builtins(journey), **derived}


def moments(journey: Journey) -> list[Moment]:
    """What happened, in order."""
    return sorted(map(Moment._make, _moments(journey)), key=lambda moment: moment[:2])


def _moments(journey: Journey) -> Iterator[tuple[float, int, str]]:
    yield journey.started_at, 0, "the call comes in"
    for decision in journey.decisions:
        yield from _decision(decision)
    for step in journey.steps:
        yield from _step(step)
    for stay in journey.queues:
        yield from _stay(stay)
    for leg in journey.legs:
        yield from _leg(leg)
    for answer in journey.answers:
        yield from _answer(answer)
    for recording in journey.recordings:
        yield recording.at, 6, f"recorded: {recording.path} ({duration(recording.duration)})"
    for message in journey.messages:
        yield message.at, 6, f"message for {message.user}: {message.message} ({duration(message.duration)})"
    if journey.ended_at is not None and journey.outcome is not None:
        yield journey.ended_at, 8, ending(journey)


def _decision(decision: Decision) -> Iterator[tuple[float, int, str]]:
    where = f" at {decision.node}" if decision.node else ""
    pressed = f", pressed {decision.pressed}" if decision.pressed else ""
    text = f"decided by {decision.rule}{where}{pressed}: {decision.target} ({decision.reason})"
    yield decision.at, 1, text
    for passed in decision.passed:
        yield decision.at, 1, f"    not {passed}"


def _stay(stay: Stay) -> Iterator[tuple[float, int, str]]:
    who = f"  queue {stay.queue}"
    if not stay.position:
        yield stay.at, 3, f"{who} turns the caller away: {stay.reason}"
        return
    yield stay.at, 3, f"{who}: number {stay.position} in line"
    for missed in stay.missed:
        yield missed.at, 4, f"{who}: {missed.agent} was rung for {duration(missed.rang)}: {_ENDS[missed.end]}"
    if stay.answered_at is not None:
        yield stay.answered_at, 4, f"{who}: {stay.agent} answers after {duration(stay.waited)}"
    if stay.left_at is not None:
        key = f" {stay.key}" if stay.key else ""
        onward = f", on to {stay.target}" if stay.target else ""
        number = f" at {stay.callback}" if stay.callback else ""
        yield stay.left_at, 6, f"{who} is left: {stay.reason}{key}{number}{onward}"


def _step(step: Step) -> Iterator[tuple[float, int, str]]:
    yield step.started_at, 2, f"step {step.step}: {step.kind} {step.target}".rstrip()
    if step.ended_at is not None and step.end is not None:
        detail = f" ({step.detail})" if step.detail else ""
        took = duration(step.ended_at - step.started_at)
        yield step.ended_at, 7, f"step {step.step} ends after {took}: {_ENDS[step.end]}{detail}"


def _leg(leg: Leg) -> Iterator[tuple[float, int, str]]:
    who = f"  {leg.leg} {leg.target}"
    if leg.step and leg.started_at is not None:
        where = f" at {leg.address}" if leg.address else ""
        number = f", {leg.number}" if leg.number else ""
        yield leg.started_at, 3, f"{who} is rung{where}{number}"
    if leg.alerting_at is not None:
        yield leg.alerting_at, 4, f"{who} {'sends sound' if leg.early_media else 'rings'}"
    for hold in leg.holds:
        yield hold.at, 5, f"{who} puts the call on hold"
        if hold.until is not None:
            yield hold.until, 5, f"{who} is back after {duration(hold.until - hold.at)}"
    if leg.ended_at is not None and leg.end is not None:
        status = f" (SIP {leg.sip_status})" if leg.sip_status else ""
        yield leg.ended_at, 6, f"{who}: {_ENDS[leg.end]}{status}"


def _answer(answer: Answer) -> Iterator[tuple[float, int, str]]:
    codec = f", {answer.codec}" if answer.codec else ""
    if answer.service:
        yield answer.at, 5, f"  the exchange answers: {answer.service}{codec}"
    else:
        who = f"{answer.user} answers on {answer.target}" if answer.user else f"{answer.target} answers"
        yield answer.at, 5, f"  {answer.leg} {who}{codec}"


def quality(journey: Journey) -> list[QualityRow]:
    """Two rows a leg: what came from the party, as measured here, and what it says it heard."""
    rows: list[QualityRow] = []
    for leg in journey.legs:
        if leg.audio is not None:
            rows += _quality_of(leg, leg.audio)
    return rows


def _quality_of(leg: Leg, audio: Audio) -> list[QualityRow]:
    codec = audio.codec or leg.codec
    name = f"{leg.leg} {leg.target}"
    heard = (audio.packets_in, audio.loss_in, audio.jitter_in, audio.mos_in)
    sent = (audio.packets_out, audio.loss_out, audio.jitter_out, audio.mos_out)
    return [
        QualityRow(name, "from", codec, *heard, audio.round_trip),
        QualityRow(name, "to", codec, *sent, audio.round_trip),
    ]
