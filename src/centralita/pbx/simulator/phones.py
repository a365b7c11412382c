"""How ringing ends in a scenario: who answers first, and what became of the others.

Follows what the switch does with real legs: the first answer wins, and where nobody answers the end that says most counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from centralita.pbx.callcontrol import Attempt, RingResult
from centralita.pbx.simulator.scenario import Behaviour
from centralita.pbx.simulator.simulation import Rang
from centralita.pbx.vocabulary import StepEnd

CONFIRM_SECONDS = 3.0
"""To hear the question and press 1."""
_PRECEDENCE = (
    StepEnd.REJECTED,
    StepEnd.BUSY,
    StepEnd.DO_NOT_DISTURB,
    StepEnd.NO_ANSWER,
    StepEnd.UNREACHABLE,
    StepEnd.FAILED,
)
_STATUS = {
    StepEnd.BUSY: 486,
    StepEnd.DO_NOT_DISTURB: 486,
    StepEnd.REJECTED: 603,
    StepEnd.NO_ANSWER: 480,
    StepEnd.UNREACHABLE: 480,
    StepEnd.FAILED: 503,
}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody to be rung."""

    target: str
    behaviour: Behaviour
    user: str = ""
    attempt: Attempt | None = None
    after: float = 0.0
    """Seconds after which it begins to ring."""
    confirm: bool = False
    """Whether whoever answers there has to press 1, where not all have to."""


@dataclass(frozen=True, slots=True)
class Ringing:
    """How a round of ringing ended, ``seconds`` after it began."""

    result: RingResult
    seconds: float
    winner: Party | None
    parties: tuple[Rang, ...]


def ring(
    parties: Sequence[Party],
    seconds: float,
    at: float,
    *,
    confirm: bool = False,
    withdrawn: float | None = None,
    story: bool = True,
) -> Ringing:
    """``at``: when it begins, for the story. ``withdrawn``: after how many seconds whoever had it rung takes it back.

    ``story`` False: what became of each party is not told.
    """
    ends = _ends(parties, seconds, confirm)
    stop, chosen = _first(ends, seconds)
    if withdrawn is not None and (stop if stop is not None else seconds) > withdrawn:
        over = max([took for _, _, took in ends], default=0.0)
        if stop is not None or over > withdrawn:
            told = tuple(_story(party, at, *_cut(end, took, withdrawn)) for party, end, took in ends)
            return Ringing(RingResult(StepEnd.WITHDRAWN), withdrawn, None, told)
    if stop is None:
        return _nobody(ends, at, story)
    party, end, _ = ends[chosen]
    told = ()
    if story:
        told = tuple(
            _story(each, at, how, took) if each is party else _story(each, at, *_cut(how, took, stop))
            for each, how, took in ends
        )
    if end is StepEnd.FORWARDED:
        result = RingResult(end, 302, party.behaviour.redirect, party.user)
        return Ringing(result, stop, None, told)
    others = _by_user(ends, party, stop)
    number = party.attempt.number if party.attempt is not None else ""
    result = RingResult(StepEnd.ANSWERED, 200, "", party.user, others, number=number)
    return Ringing(result, stop, party, told)


def _ends(parties: Sequence[Party], seconds: float, confirm: bool) -> list[tuple[Party, StepEnd, float]]:
    """How each that begins to ring takes the call if nobody else does, and when; who rings later, as the switch has it."""
    ends: list[tuple[Party, StepEnd, float]] = []
    for party in sorted(parties, key=lambda each: each.after) if any(p.after for p in parties) else parties:
        start = party.after
        if start and all(end not in (StepEnd.ANSWERED, StepEnd.FORWARDED) for _, end, _ in ends):
            over = max((took for _, _, took in ends), default=0.0)
            if over < start:
                if any(end in _REFUSALS for _, end, _ in ends):
                    break
                start = over
        elif start and any(
            took <= start and end in (StepEnd.ANSWERED, StepEnd.FORWARDED) for _, end, took in ends
        ):
            break
        if start and start >= seconds:
            break
        end, took = _alone(party.behaviour, seconds - start, confirm or party.confirm)
        ends.append((replace(party, after=start) if start != party.after else party, end, start + took))
    return ends


def _first(ends: list[tuple[Party, StepEnd, float]], seconds: float) -> tuple[float | None, int]:
    """When and by whom the ringing is brought to an end: an answer, or a telephone that sends the caller elsewhere."""
    stop: float | None = None
    chosen = -1
    for index, (_, end, took) in enumerate(ends):
        decides = end is StepEnd.ANSWERED or (end is StepEnd.FORWARDED and took < seconds)
        if decides and (stop is None or took < stop):
            stop, chosen = took, index
    return stop, chosen


def _alone(behaviour: Behaviour, seconds: float, confirm: bool) -> tuple[StepEnd, float]:
    """How a party takes the call if nobody else does, and when."""
    if not behaviour.registered:
        return StepEnd.UNREACHABLE, 0.0
    if behaviour.redirect:
        return StepEnd.FORWARDED, min(behaviour.after, seconds)
    end = behaviour.end
    if end is StepEnd.NO_ANSWER:
        return end, seconds
    after = behaviour.after
    if end is StepEnd.ANSWERED and confirm:
        if not behaviour.confirms:
            return StepEnd.NO_ANSWER, seconds
        after += CONFIRM_SECONDS
    if after >= seconds:
        return StepEnd.NO_ANSWER, seconds
    return end, after


_REFUSALS = (StepEnd.REJECTED, StepEnd.BUSY)


def _cut(end: StepEnd, took: float, stop: float) -> tuple[StepEnd, float]:
    return (StepEnd.ELSEWHERE, stop) if took >= stop else (end, took)


def _nobody(ends: list[tuple[Party, StepEnd, float]], at: float, story: bool) -> Ringing:
    end = min((end for _, end, _ in ends), key=_rank, default=StepEnd.UNREACHABLE)
    took = max((took for _, _, took in ends), default=0.0)
    status = next((_status(party.behaviour, end) for party, each, _ in ends if each is end), 480)
    told = tuple(_story(party, at, each, seconds) for party, each, seconds in ends) if story else ()
    return Ringing(RingResult(end, status, "", "", _by_user(ends, None, took)), took, None, told)


def _by_user(
    ends: list[tuple[Party, StepEnd, float]], winner: Party | None, stop: float
) -> tuple[tuple[str, StepEnd], ...]:
    return tuple(
        (party.user, end if party is winner or winner is None else _cut(end, took, stop)[0])
        for party, end, took in ends
        if party.user
    )


def _rank(end: StepEnd) -> int:
    return _PRECEDENCE.index(end) if end in _PRECEDENCE else len(_PRECEDENCE)


def _status(behaviour: Behaviour, end: StepEnd) -> int:
    return behaviour.sip_status if behaviour.end is end and behaviour.sip_status else _STATUS.get(end, 480)


def _story(party: Party, at: float, end: StepEnd, seconds: float) -> Rang:
    status = 200 if end is StepEnd.ANSWERED else 0
    if end in _STATUS:
        status = _status(party.behaviour, end)
    attempt = party.attempt
    at, seconds = at + party.after, max(0.0, seconds - party.after)
    if attempt is None:
        return Rang(at, party.target, end, seconds, status)
    return Rang(at, party.target, end, seconds, status, attempt.trunk.id, attempt.written, attempt.shown)
