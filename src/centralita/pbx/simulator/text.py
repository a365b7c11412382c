"""A simulation as a story for people: what was decided and why, what was looked at and passed, who rang, what was heard."""

from __future__ import annotations

from collections.abc import Iterator

from centralita.pbx.simulator.simulation import Rang, Simulation, Step
from centralita.pbx.vocabulary import StepEnd

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENDS = {
    StepEnd.ANSWERED: "answers",
    StepEnd.BUSY: "is busy",
    StepEnd.NO_ANSWER: "does not answer",
    StepEnd.REJECTED: "rejects the call",
    StepEnd.UNREACHABLE: "is not reachable",
    StepEnd.DO_NOT_DISTURB: "does not want to be disturbed",
    StepEnd.FORWARDED: "sends the call elsewhere",
    StepEnd.FAILED: "fails",
    StepEnd.ELSEWHERE: "stops ringing: answered elsewhere",
    StepEnd.CALLER_GONE: "stops ringing: the caller hung up",
    StepEnd.WITHDRAWN: "stops ringing: taken back",
}
_INDENT = " " * 10

Moment = tuple[float, int, list[str]]
"""When, the place in the story, and its lines."""


def render_text(simulation: Simulation) -> str:
    """Lines for a terminal, without colours."""
    return "\n".join(_lines(simulation)) + "\n"


def _lines(simulation: Simulation) -> Iterator[str]:
    yield headline(simulation)
    yield ""
    for _, _, lines in sorted(_moments(simulation), key=lambda moment: moment[:2]):
        yield from lines
    yield ""
    yield ending(simulation)


def headline(simulation: Simulation) -> str:
    """Who calls whom, when, on which version."""
    at = simulation.at
    caller = simulation.caller or "somebody anonymous"
    when = f"{_DAYS[at.weekday()]} {at:%Y-%m-%d %H:%M:%S} {at.tzname() or ''}".rstrip()
    version = f"version {simulation.version}" if simulation.version else "files not yet applied"
    return f"{caller} calls {simulation.dialled} on {when} (tenant {simulation.tenant}, {version})"


def ending(simulation: Simulation) -> str:
    """Where the call rests, and what the record would say."""
    who = (
        f" with {simulation.by}"
        if simulation.by and not simulation.rest.endswith(f":{simulation.by}")
        else ""
    )
    detail = f", {simulation.detail}" if simulation.detail else ""
    length = clock(simulation.duration)
    return f"→ {simulation.rest}{who}: {simulation.outcome.value} after {length} (SIP {simulation.sip_status}{detail})"


def clock(seconds: float) -> str:
    """``0:05``, ``1:00:00``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _moments(simulation: Simulation) -> Iterator[Moment]:
    for step in simulation.steps:
        yield step.after, step.nth, _decision(step)
    for rang in simulation.rang:
        yield rang.after, rang.nth, _rang(rang)
        if rang.end is StepEnd.ANSWERED:
            answered = rang.after + rang.seconds
            yield answered, rang.nth, [_at(answered) + f"{rang.target} answers"]
    for heard in simulation.heard:
        pressed = f"  — presses {heard.pressed}" if heard.pressed else ""
        yield heard.after, heard.nth, [_at(heard.after) + f"♪ {heard.text}{pressed}"]
    for event in simulation.events:
        yield event.after, event.nth, [_at(event.after) + event.text]


def _decision(step: Step) -> list[str]:
    node = f"{step.node}  " if step.node else ""
    target = f" → {step.target}" if step.target else ""
    pressed = f" (pressed {step.pressed})" if step.pressed else ""
    lines = [_at(step.after) + f"✓ {node}{step.rule}{target}{pressed}: {step.reason}"]
    return lines + [f"{_INDENT}· {passed}" for passed in step.passed]


def _rang(rang: Rang) -> list[str]:
    how = f" by {rang.trunk} as {rang.written}" if rang.trunk else ""
    shown = f", showing {rang.shown or 'no number'}" if rang.trunk else ""
    text = f"{rang.target} rings{how}{shown}"
    if not rang.seconds and rang.end is not StepEnd.ANSWERED:
        text = f"{rang.target} {_ENDS[rang.end]}"
    elif rang.end is not StepEnd.ANSWERED:
        text += f" for {clock(rang.seconds)} and {_ENDS[rang.end]}"
    return [_at(rang.after) + text]


def _at(after: float) -> str:
    return f"{clock(after):>8}  "
