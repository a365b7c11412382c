"""Ringing several people for one call: everybody at once or one after the other, by the strategies of the field.

Used by ring groups and by the ring nodes of flows. Whom a user's own forwarding leads to is decided in
:mod:`centralita.pbx.forwarding`; where a call goes that nobody took, by whoever asked for the ringing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from centralita.pbx import forwarding
from centralita.pbx.callcontrol import RingResult
from centralita.pbx.flow.walk import converse
from centralita.pbx.forwarding import Party, Standing
from centralita.pbx.outbound.permissions import day_of
from centralita.pbx.outbound.reach import MIN_CHARGED, outward, talk_within
from centralita.pbx.vocabulary import StepEnd

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import Attempt
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model.group import Group, Strategy
    from centralita.pbx.plan import Plan

SHORTEST_RING = 1.0
"""Seconds; nobody picks up in less."""
TOLD = 8
"""Names that a trace tells one by one."""
MAX_ROUNDS = 100
"""Times that a group is gone through for one call."""

_WORDS: dict[StepEnd, str] = {
    StepEnd.NO_ANSWER: "did not answer",
    StepEnd.BUSY: "was busy",
    StepEnd.REJECTED: "rejected the call",
    StepEnd.DO_NOT_DISTURB: "does not want to be disturbed",
    StepEnd.BLOCKED: "does not want to hear this caller",
    StepEnd.OUT_OF_HOURS: "is not called at this hour",
    StepEnd.UNREACHABLE: "could not be reached",
    StepEnd.FAILED: "could not be called",
    StepEnd.FORWARDED: "sends calls elsewhere",
}
_DECLINED = (
    StepEnd.BUSY,
    StepEnd.REJECTED,
    StepEnd.DO_NOT_DISTURB,
    StepEnd.BLOCKED,
    StepEnd.OUT_OF_HOURS,
    StepEnd.FORWARDED,
)


@dataclass(frozen=True, slots=True)
class Team:
    """Whom to ring, and how."""

    memory: str
    """Where the tenant's state remembers whose turn it is: ``group:ID`` or ``FLOW/NODE``."""
    parties: tuple[Party, ...]
    strategy: Strategy
    seconds: float
    """Each attempt."""
    total: float | None
    """All attempts together: whoever is still there is rung again until then; None: everybody once."""
    skip_busy: bool
    confirm: bool
    forward: bool = False
    """People's own forwardings lead the call on."""
    after: Mapping[str, float] = field(default_factory=dict)
    """Party → seconds after which it rings, too; who is not named rings from the beginning."""
    confirm_outside: bool = False
    """Only who answers at a number outside is asked to press 1."""


def team_of(plan: Plan, group: Group) -> Team:
    """A ring group, by its own strategy and times."""
    return Team(
        f"group:{group.id}",
        tuple(Party.of_user(user, weight) for user, weight in plan.groups[group.id]),
        group.strategy,
        group.ring_seconds,
        group.total_seconds,
        group.skip_busy,
        group.confirm,
    )


@dataclass(frozen=True, slots=True)
class Rung:
    """How it ended. With ANSWERED the conversation has been held and is over."""

    end: StepEnd
    """ANSWERED; NO_ANSWER: some were rung in vain; BUSY: nobody wanted or could; UNREACHABLE: no telephone is there."""
    by: str = ""
    """Who answered: user id, or ``external:NUMBER``."""
    talk: float = 0.0
    """Seconds of conversation."""
    reason: str = ""
    """In one sentence, where nobody answered."""
    passed: tuple[str, ...] = ()
    """Each party with why it did not take the call."""
    last: RingResult = field(default_factory=lambda: RingResult(StepEnd.NO_ANSWER))
    """How the last ringing ended, with its SIP status and redirection."""


async def ring_team(
    walk: Walk, team: Team, *, target: str, node: str = "", first: str = "", diverted_by: str = ""
) -> Rung:
    """Ring until somebody answers, and wait for the end of the conversation.

    ``target``: what the trace calls them all. ``first``: the user who is rung before the others, if among them.
    """
    return await _Ringing(walk, team, diverted_by).run(target, node, first)


class _Ringing:
    """One call's way through a team."""

    def __init__(self, walk: Walk, team: Team, diverted_by: str) -> None:
        self._walk = walk
        self._call = walk.call
        self._team = team
        self._diverted_by = diverted_by
        self._tally = walk.call.state.tally(team.memory)
        self._left = team.total
        self._by_id = {party.id: party for party in team.parties}
        self._members = [(party.id, party.weight) for party in team.parties]
        self._why: dict[str, tuple[StepEnd, str]] = {}
        """Party → how it ended with them, so far."""
        self._rung: dict[str, Party] = {}
        """Party → who was rung for it last."""
        self._last = RingResult(StepEnd.UNREACHABLE, 480)

    async def run(self, target: str, node: str, first: str) -> Rung:
        standing = self._standing(self._by_id.values())
        if not standing:
            return self._nobody()
        waves = self._waves(standing, first)
        self._call.decide(
            "ring",
            target,
            self._announced(waves, standing),
            node=node,
            passed=tuple(reason for _, reason in self._why.values()),
        )
        for _ in range(MAX_ROUNDS):
            for wave in waves:
                answered = await self._wave(wave)
                if answered is not None:
                    return answered
            again = [self._by_id[name] for name, (end, _) in self._why.items() if _worth_again(end)]
            rung_in_vain = any(end is StepEnd.NO_ANSWER for end, _ in self._why.values())
            if self._left is None or self._left < SHORTEST_RING or not rung_in_vain:
                break
            waves = self._waves(self._standing(again), "")
        return await self._followed() or self._nobody()

    async def _followed(self) -> Rung | None:
        """Where somebody was rung alone and did not take it, their own forwarding for that leads the call on."""
        if not self._team.forward or len(self._by_id) != 1:
            return None
        visited: set[str] = set()
        for name, (end, _) in list(self._why.items()):
            rung = self._rung.get(name)
            while rung is not None and rung.user is not None and rung.hops < forwarding.MAX_FORWARDS:
                visited.add(rung.user.id)
                target = forwarding.forward_target(self._call.snapshot.personal[rung.user.id], end)
                onward = forwarding.onward(self._walk, rung, target, end) if target else None
                if onward is None or (onward.user is not None and onward.user.id in visited):
                    return None
                self._by_id[name] = onward
                answered = await self._wave((name,))
                if answered is not None:
                    return answered
                rung, end = self._rung.get(name), self._why[name][0]
        return None

    def _standing(self, parties: Iterable[Party]) -> dict[str, Party]:
        """Who can be rung now: party → who is rung for it. The others are remembered with their reason."""
        found: dict[str, Party] = {}
        for party in parties:
            standing: Standing = forwarding.settle(
                self._walk, party, skip_busy=self._team.skip_busy, forward=self._team.forward
            )
            if standing.party is not None:
                found[party.id] = self._rung[party.id] = standing.party
            elif self._why.get(party.id, (None,))[0] is not StepEnd.NO_ANSWER:
                self._why[party.id] = (standing.end, standing.reason)
        return found

    def _waves(self, standing: dict[str, Party], first: str) -> list[tuple[str, ...]]:
        waves = self._tally.waves(
            self._team.strategy,
            self._members,
            standing,
            day=self._walk.today,
            rng=self._call.random,
        )
        if first and first in standing:
            rest = [tuple(name for name in wave if name != first) for wave in waves]
            waves = [(first,), *filter(None, rest)]
        return waves

    def _announced(self, waves: list[tuple[str, ...]], standing: dict[str, Party]) -> str:
        groups = [
            _listed([self._named(name, standing[name]) for name in wave[:TOLD]], len(wave), " and ")
            for wave in waves[:TOLD]
        ]
        each = " each" if len(waves) > 1 else ""
        reason = f"rings {_listed(groups, len(waves), ', then ')} for {self._team.seconds:g} s{each}"
        if self._team.total is not None:
            reason += f", {self._team.total:g} s in all"
        return f"{reason} ({self._team.strategy})"

    def _named(self, name: str, party: Party) -> str:
        after = self._team.after.get(name)
        return party.label if after is None else f"{party.label} after {after:g} s"

    async def _wave(self, names: tuple[str, ...]) -> Rung | None:
        """Ring these at once. None: nobody of them took the call."""
        waiting = names
        seconds = self._team.seconds if self._left is None else min(self._team.seconds, self._left)
        while seconds >= SHORTEST_RING:
            standing = self._standing(self._by_id[name] for name in waiting)
            if not standing:
                return None
            if self._team.strategy != "all":
                for name in standing:
                    self._tally.tried(name)
            begun = self._walk.now()
            result = await self._ring(standing, seconds)
            self._walk.time_passed()
            self._last = result
            spent = max(0.0, (self._walk.now() - begun).total_seconds())
            if result.end is StepEnd.ANSWERED:
                return await self._answered(standing, result)
            if result.end is StepEnd.NO_ANSWER:
                spent = max(spent, seconds)
            seconds -= spent
            if self._left is not None:
                self._left -= spent
            self._note(standing, result)
            if result.end is not StepEnd.FORWARDED:
                return None
            # A telephone that sends the caller elsewhere takes the ringing from all the others: they go on.
            sender = next((name for name, party in standing.items() if _is(party, result.user)), "")
            onward = self._redirected(standing[sender], result) if sender and self._team.forward else None
            if onward is not None:
                self._by_id[sender] = onward
            else:
                waiting = tuple(name for name in standing if name != sender) if sender else ()
        return None

    async def _ring(self, standing: dict[str, Party], seconds: float) -> RingResult:
        parties = list(standing.values())
        users = list({party.user.id: party.user for party in parties if party.user is not None}.values())
        diverted_by = next((party.diverted_by for party in parties if party.diverted_by), self._diverted_by)
        usage = self._call.state.usage
        payers: list[str] = []
        with ExitStack() as on_the_way:
            try:
                ways: list[Attempt] = []
                for party in parties:
                    attempt = forwarding.attempt(self._walk, party) if party.user is None else None
                    if attempt is None or not on_the_way.enter_context(outward(self._call, party.number)):
                        continue
                    ways.append(attempt)
                    if party.payer is not None:
                        # Whoever forwards to the outside pays for it, as for any call of theirs: from now on, so that the next
                        # party's limits see it; who answered is settled after the talk.
                        usage.begin(party.payer.id)
                        payers.append(party.payer.id)
                if not users and not ways:
                    return RingResult(StepEnd.FAILED, 503)
                result = await self._call.ring(
                    users,
                    seconds,
                    outside=ways,
                    diverted_by=diverted_by,
                    confirm=self._team.confirm,
                    confirm_outside=self._team.confirm_outside,
                    after={
                        party.number or party.id: self._team.after[name]
                        for name, party in standing.items()
                        if name in self._team.after
                    },
                )
                if result.end is StepEnd.ANSWERED:
                    taker = standing[_answerer(standing, result)].payer
                    if taker is not None and taker.id in payers:
                        payers.remove(taker.id)
                return result
            finally:
                for payer in payers:
                    usage.end(payer, self._walk.today, 0.0)

    def _redirected(self, sender: Party, result: RingResult) -> Party | None:
        if not result.redirect or sender.user is None or sender.hops >= forwarding.MAX_FORWARDS:
            return None
        return forwarding.onward(self._walk, sender, result.redirect, StepEnd.FORWARDED)

    def _note(self, standing: dict[str, Party], result: RingResult) -> None:
        ends = dict(result.ends)
        for name, party in standing.items():
            end = next((ends[key] for key in party.keys if key in ends), result.end)
            if result.end is StepEnd.FORWARDED:
                if not _is(party, result.user):
                    continue
                end = StepEnd.FORWARDED
            self._why[name] = (end, f"{party.label}: {_WORDS.get(end, end.value)}")

    async def _answered(self, standing: dict[str, Party], result: RingResult) -> Rung:
        name = _answerer(standing, result)
        party = standing[name]
        self._tally.answered(name, day=self._walk.today)
        talk = 0.0
        try:
            talk = await converse(self._walk, result, lambda: talk_within(self._call, party.payer))
        finally:
            now = self._call.now()
            self._tally.ended(name, talk, now.timestamp(), day=self._walk.day_of(now))
            if (payer := party.payer) is not None:
                site = self._call.snapshot.site_of(payer)
                self._call.state.usage.end(payer.id, day_of(site, now), max(talk, MIN_CHARGED))
        return Rung(StepEnd.ANSWERED, party.id, talk, last=result)

    def _nobody(self) -> Rung:
        ends = {end for end, _ in self._why.values()}
        if StepEnd.NO_ANSWER in ends:
            end, reason = StepEnd.NO_ANSWER, "nobody answered"
        elif ends & set(_DECLINED):
            end, reason = StepEnd.BUSY, "everybody was busy or did not want to be disturbed"
        elif self._by_id:
            end, reason = StepEnd.UNREACHABLE, "no telephone of anybody could be reached"
        else:
            end, reason = StepEnd.UNREACHABLE, "there is nobody to ring"
        return Rung(end, "", 0.0, reason, tuple(why for _, why in self._why.values()), self._last)


def _listed(names: list[str], count: int, between: str) -> str:
    """The first names of ``count``, and how many more there are."""
    more = f"{between}{count - len(names)} more" if count > len(names) else ""
    return between.join(names) + more


def _answerer(standing: dict[str, Party], result: RingResult) -> str:
    """Whose telephone it was that took the call."""
    for name, party in standing.items():
        if (
            party.number == result.number
            if party.user is None
            else not result.number and _is(party, result.user)
        ):
            return name
    return next(iter(standing))


def _is(party: Party, user: str) -> bool:
    return party.user is not None and party.user.id == user


def _worth_again(end: StepEnd) -> bool:
    """Whoever did not hear it, or was in another call, may take it now; whoever said no has said no."""
    return end in (StepEnd.NO_ANSWER, StepEnd.BUSY, StepEnd.UNREACHABLE)
