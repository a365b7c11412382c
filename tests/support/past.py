"""Records of past calls, made from simulations: what the journal would have kept of them."""

from __future__ import annotations

from centralita.pbx.journey import Answer, Decision, Journey, LeftMessage, Leg
from centralita.pbx.simulator import Simulation
from centralita.pbx.vocabulary import JourneyId, LegId, Outcome, StepEnd, TenantId


def past(simulation: Simulation, name: str = "j1", *, user: str = "") -> Journey:
    """The record of a simulated call; ``user``: who called, of a call from inside."""
    start = simulation.at.timestamp()
    legs: list[Leg] = [Leg(leg=LegId("a"), target="trunk:provider", started_at=start)]
    answers: list[Answer] = []
    for number, rang in enumerate(simulation.rang, 1):
        kind, _, who = rang.target.partition(":")
        began, ended = start + rang.after, start + rang.after + rang.seconds
        answered = rang.end is StepEnd.ANSWERED
        leg = LegId(f"b{number}")
        legs.append(
            Leg(
                leg=leg,
                target=f"trunk:{rang.trunk}" if rang.trunk else f"device:{who}",
                step=number,
                user=who if kind == "user" else "",
                number="" if kind == "user" else who,
                started_at=began,
                answered_at=ended if answered else None,
                ended_at=start + simulation.duration if answered else ended,
                end=None if answered else rang.end,
                sip_status=0 if answered else rang.sip_status,
            )
        )
        if answered:
            answers.append(Answer(leg=leg, at=ended, user=who if kind == "user" else "", step=number))
    messages: tuple[LeftMessage, ...] = ()
    if simulation.outcome is Outcome.VOICEMAIL and any(
        "is kept" in event.text for event in simulation.events
    ):
        mailbox = simulation.rest.removeprefix("voicemail:")
        messages = (LeftMessage(at=start, user=mailbox, message="m", path="m.wav", duration=8.0),)
    return Journey(
        journey=JourneyId(name),
        tenant=TenantId(simulation.tenant),
        direction=simulation.direction,
        caller=simulation.caller,
        dialled=simulation.dialled,
        via=f"device:{user}" if user else "trunk:provider",
        user=user,
        config_version=simulation.version,
        started_at=start,
        updated_at=start + simulation.duration,
        ended_at=start + simulation.duration,
        outcome=simulation.outcome,
        sip_status=simulation.sip_status,
        closed=True,
        legs=tuple(legs),
        answers=tuple(answers),
        messages=messages,
        decisions=tuple(
            Decision(
                at=start + step.after,
                rule=step.rule,
                target=step.target,
                reason=step.reason,
                node=step.node,
                passed=step.passed,
                pressed=step.pressed,
            )
            for step in simulation.steps
        ),
    )
