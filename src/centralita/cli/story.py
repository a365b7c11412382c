"""A journey told in order, as one would tell a colleague what happened to that call. Pure: a record in, lines of text out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from centralita.cli.output import Row, clock_time, duration, printable
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
    StepEnd.FORWARDED: "forwarded",
    StepEnd.FAILED: "failed",
    StepEnd.ELSEWHERE: "answered elsewhere",
    StepEnd.CALLER_GONE: "the caller hung up",
    StepEnd.WITHDRAWN: "withdrawn",
    StepEnd.DONE: "done",
}
_WHO = {Party.CALLER: "the caller", Party.CALLEE: "the other side", Party.SYSTEM: "the exchange"}

Moment = tuple[float, int, str]
"""When, the order within one instant, and what happened."""


def headline(journey: Journey) -> list[str]:
    """Who called whom, when, and how it ended."""
    caller = f"{journey.caller} ({journey.caller_name})" if journey.caller_name else journey.caller
    lines = [
        f"Call {journey.journey}",
        f"  {journey.direction.value}, tenant {journey.tenant}, configuration version {journey.config_version}",
        f"  from {caller} to {journey.dialled}, by {journey.via}",
        f"  {clock_time(journey.started_at)}, {_length(journey)}",
    ]
    if journey.outcome is not None:
        lines.append(f"  {_ending(journey)}")
    return [printable(line) for line in lines]


def _length(journey: Journey) -> str:
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


def _ending(journey: Journey) -> str:
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


def story(journey: Journey) -> list[str]:
    """What happened, each line with its time and the seconds since the call began."""
    moments = sorted(_moments(journey), key=lambda moment: moment[:2])
    return [
        printable(f"{clock_time(at, date=False)}  {at - journey.started_at:+9.3f}  {text}")
        for at, _order, text in moments
    ]


def _moments(journey: Journey) -> Iterator[Moment]:
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
        yield journey.ended_at, 8, _ending(journey)


def _decision(decision: Decision) -> Iterator[Moment]:
    where = f" at {decision.node}" if decision.node else ""
    pressed = f", pressed {decision.pressed}" if decision.pressed else ""
    text = f"decided by {decision.rule}{where}{pressed}: {decision.target} ({decision.reason})"
    yield decision.at, 1, text
    for passed in decision.passed:
        yield decision.at, 1, f"    not {passed}"


def _stay(stay: Stay) -> Iterator[Moment]:
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


def _step(step: Step) -> Iterator[Moment]:
    yield step.started_at, 2, f"step {step.step}: {step.kind} {step.target}".rstrip()
    if step.ended_at is not None and step.end is not None:
        detail = f" ({step.detail})" if step.detail else ""
        took = duration(step.ended_at - step.started_at)
        yield step.ended_at, 7, f"step {step.step} ends after {took}: {_ENDS[step.end]}{detail}"


def _leg(leg: Leg) -> Iterator[Moment]:
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


def _answer(answer: Answer) -> Iterator[Moment]:
    codec = f", {answer.codec}" if answer.codec else ""
    if answer.service:
        yield answer.at, 5, f"  the exchange answers: {answer.service}{codec}"
    else:
        who = f"{answer.user} answers on {answer.target}" if answer.user else f"{answer.target} answers"
        yield answer.at, 5, f"  {answer.leg} {who}{codec}"


QUALITY_TITLES = ["leg", "direction", "codec", "packets", "loss %", "jitter ms", "MOS", "round trip ms"]


def quality(journey: Journey) -> list[Row]:
    """Two rows a leg: what came from the party, as measured here, and what it says it heard."""
    rows: list[Row] = []
    for leg in journey.legs:
        if leg.audio is not None:
            rows += _quality_of(leg, leg.audio)
    return rows


def _quality_of(leg: Leg, audio: Audio) -> list[Row]:
    codec = audio.codec or leg.codec
    name = f"{leg.leg} {leg.target}"
    return [
        (
            name,
            "from",
            codec,
            audio.packets_in,
            audio.loss_in,
            audio.jitter_in,
            audio.mos_in,
            audio.round_trip,
        ),
        (
            name,
            "to",
            codec,
            audio.packets_out,
            audio.loss_out,
            audio.jitter_out,
            audio.mos_out,
            audio.round_trip,
        ),
    ]
