"""One call against a virtual clock: what flows ask for is done at once, as the scenario says it would happen.

Every awaited command moves the clock and returns without waiting, so that one ``send(None)`` drives a flow from its
beginning to its end. What the commands mean is :mod:`centralita.pbx.callcontrol`; the switch does the same with real legs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from centralita.pbx import numbering
from centralita.pbx.callcontrol import (
    NOTHING,
    Attempt,
    Caller,
    CallerGone,
    Mailbox,
    Place,
    Playable,
    PromptTakes,
    Reachability,
    RingResult,
    Take,
)
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User
from centralita.pbx.simulator import phones
from centralita.pbx.simulator.floor import SimulatedFloor
from centralita.pbx.simulator.mailbox import SimulatedMailbox
from centralita.pbx.simulator.phones import Party
from centralita.pbx.simulator.place import SimulatedPlace
from centralita.pbx.simulator.prompts import SimulatedPromptTakes
from centralita.pbx.simulator.scenario import Behaviour, Scenario
from centralita.pbx.simulator.simulation import Event, Heard, Rang, Step, hang_up_cause
from centralita.pbx.simulator.sounds import seconds_of, text_of
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd

ECHO_SECONDS = 30.0
LOOKUP_SECONDS = 0.2
PRESSES_AFTER = 1.0
"""Seconds into a question: callers who know what they want do not hear it out."""
DIGIT_SECONDS = 0.5
"""Between two digits."""
_ANSWERED_OUTSIDE = Behaviour()
#: What the exchange answers as, and is where a call rests.
_ON_THE_WAY = frozenset({"announce", "menu", "queue"})
"""Services by which a caller is led on: whoever hangs up there was not served."""
_SERVICES = frozenset({"echo", "voicemail-menu", "feature"})


class SimulatedCall:
    """Fulfils :class:`centralita.pbx.callcontrol.CallControl`. ``story`` False leaves out all that is only told."""

    __slots__ = (
        "_answered", "_at", "_floor", "_group", "_mailbox_of", "_nth", "_outside", "_patience", "_place", "_presses", "_service",
        "_start", "_story", "_talk", "_zone", "answered_after", "by", "caller", "detail", "dialled", "direction", "events",
        "gone", "heard", "language", "name_prefix", "outcome", "random", "rang", "recorded", "rest", "script", "sip_status",
        "snapshot", "state", "steps", "tags",
    )  # fmt: skip

    def __init__(
        self,
        script: Scenario,
        snapshot: Snapshot,
        state: TenantState,
        caller: Caller,
        dialled: str,
        direction: Direction,
        zone: ZoneInfo,
        *,
        story: bool = True,
    ) -> None:
        self.script = script
        self.snapshot = snapshot
        self.state = state
        self.caller = caller
        self.dialled = dialled
        self.direction = direction
        self.language = caller.language
        self.random: Random = state.random
        self._zone = zone
        self._start = script.at.timestamp()
        self._at = 0.0
        self._story = story
        self._presses = list(reversed(script.press))
        self._patience = script.patience
        self._outside = _normalised(script.outside, caller.country)
        self._answered = False
        self._talk = 0.0
        self._nth = 0
        self._group = ""
        self._mailbox_of = ""
        self._service = ""
        self._place: SimulatedPlace | None = None
        self._floor: SimulatedFloor | None = None
        self.steps: list[Step] = []
        self.rang: list[Rang] = []
        self.heard: list[Heard] = []
        self.events: list[Event] = []
        self.tags: list[str] = []
        self.name_prefix = ""
        self.recorded: bool | None = None
        self.rest = ""
        self.by = ""
        self.outcome: Outcome | None = None
        self.sip_status = 0
        self.detail = ""
        self.answered_after: float | None = None
        self.gone = False

    # --- time -----------------------------------------------------------------------------------------------------

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self._at

    @property
    def epoch(self) -> float:
        """The instant, in seconds since the epoch."""
        return self._start + self._at

    @property
    def answered(self) -> bool:
        return self._answered

    @property
    def final_outcome(self) -> Outcome:
        """What the record would say."""
        if self.outcome is Outcome.SERVICE and self.gone and self._service in _ON_THE_WAY:
            return Outcome.ABANDONED
        return self.outcome or (Outcome.ABANDONED if self.gone else Outcome.FAILED)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._start + self._at, self._zone)

    def advance(self, seconds: float) -> None:
        """Let time pass. Raises CallerGone where the caller's patience ends before."""
        if self._patience is not None and self._at + seconds >= self._patience:
            self._at = max(self._at, self._patience)
            self.hung_up("the caller's patience is at its end")
        self._at += seconds

    def _within_patience(self, seconds: float) -> float:
        return seconds if self._patience is None else max(0.0, min(seconds, self._patience - self._at))

    def hung_up(self, why: str) -> None:
        """The caller hangs up. Raises CallerGone, always."""
        if not self.gone:
            self.gone = True
            self.tell(f"the caller hangs up: {why}")
        raise CallerGone

    def tell(self, text: str) -> None:
        if self._story:
            self.events.append(Event(self._at, text, self._next()))

    def _next(self) -> int:
        """The place of what comes now in the story."""
        self._nth += 1
        return self._nth

    # --- what the flow decides ------------------------------------------------------------------------------------

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
        if self._story:
            self.steps.append(Step(self._at, rule, target, reason, node, passed, pressed, self._next()))
        if rule == "ring":
            self._group = target[6:] if target.startswith("group:") else ""

    def adjust(
        self, *, name_prefix: str | None = None, tag: str | None = None, record: bool | None = None
    ) -> None:
        if name_prefix is not None:
            self.name_prefix = name_prefix
        if tag is not None:
            self.tags.append(tag)
        if record is not None:
            self.recorded = record

    def is_answered(self) -> bool:
        return self._answered

    # --- ringing --------------------------------------------------------------------------------------------------

    def behaviour(self, user: str) -> Behaviour:
        return self.script.answer.get(user, self.script.others)

    def reachability(self, user: User) -> Reachability:
        behaviour = self.behaviour(user.id)
        contacts = len(self.snapshot.devices_of[user.id]) if behaviour.registered else 0
        return Reachability(contacts, user.max_calls if behaviour.engaged else 0)

    def trunk_trouble(self, trunk: Trunk) -> str:
        behaviour = self._outside.get(f"trunk:{trunk.id}", _ANSWERED_OUTSIDE)
        if not behaviour.registered:
            return f"{trunk.id} is down"
        return f"{trunk.id} has no free line" if behaviour.engaged else ""

    async def ring(
        self,
        users: Sequence[User],
        seconds: float,
        *,
        outside: Sequence[Attempt] = (),
        diverted_by: str = "",
        confirm: bool = False,
        until: Place | None = None,
        after: Mapping[str, float] = NOTHING,
        confirm_outside: bool = False,
    ) -> RingResult:
        self._present()
        parties = [
            Party(f"user:{user.id}", self._phones_of(user), user.id, after=after.get(user.id, 0.0))
            for user in users
        ]
        for attempt in outside:
            begins = after.get(attempt.number, 0.0)
            parties.append(replace(self._party_outside(attempt), after=begins, confirm=confirm_outside))
        place = until if isinstance(until, SimulatedPlace) else None
        return self._ring(parties, seconds, confirm, place)

    async def dial(self, attempt: Attempt, seconds: float) -> RingResult:
        self._present()
        return self._ring([self._party_outside(attempt)], seconds, confirm=False, place=None)

    def _phones_of(self, user: User) -> Behaviour:
        behaviour = self.behaviour(user.id)
        if behaviour.registered and not self.snapshot.devices_of[user.id]:
            return Behaviour(StepEnd.UNREACHABLE, 0.0, 480, registered=False)
        return behaviour

    def _party_outside(self, attempt: Attempt) -> Party:
        trunk = self._outside.get(f"trunk:{attempt.trunk.id}")
        behaviour = trunk or self._outside.get(attempt.number, _ANSWERED_OUTSIDE)
        return Party(f"external:{attempt.number}", behaviour, "", attempt)

    def _ring(
        self,
        parties: Sequence[Party],
        seconds: float,
        confirm: bool,
        place: SimulatedPlace | None,
    ) -> RingResult:
        ringing = phones.ring(parties, seconds, self._at, confirm=confirm, story=self._story)
        if place is not None:
            withdrawn = place.until_news(self._within_patience(ringing.seconds), ringing=True)
            if withdrawn is not None and withdrawn < ringing.seconds:
                ringing = phones.ring(parties, seconds, self._at, confirm=confirm, withdrawn=withdrawn)
        if self._patience is not None and self._at + ringing.seconds >= self._patience:
            # Cut short by the caller: nobody answered, and the phones ring no more.
            left = max(0.0, self._patience - self._at)
            self.rang += [
                Rang(each.after, each.target, StepEnd.CALLER_GONE, min(each.seconds, left), nth=self._next())
                for each in ringing.parties
            ]
        else:
            self.rang += [replace(each, nth=self._next()) for each in ringing.parties]
        self.advance(ringing.seconds)
        if ringing.winner is not None:
            self._picked_up(ringing.winner, place)
        return ringing.result

    def _picked_up(self, winner: Party, place: SimulatedPlace | None) -> None:
        self._answered = True
        self._talk = winner.behaviour.talk
        self.outcome = Outcome.ANSWERED
        if self.answered_after is None:
            self.answered_after = self._at
        self.by = winner.user
        if place is not None:
            self.rest = f"queue:{place.queue.id}"
        elif winner.user and self._group and winner.user in self._members(self._group):
            self.rest = f"group:{self._group}"
        else:
            self.rest = winner.target

    def _members(self, group: str) -> set[str]:
        found = self.snapshot.groups.get(group)
        return {member.user for member in found.members} if found is not None else set()

    async def talk(self, limit: float | None = None) -> None:
        # Whoever talks has all the patience in the world.
        self._present()
        self._patience = None
        self._at += self._talk if limit is None else min(self._talk, limit)

    # --- the exchange itself answers ------------------------------------------------------------------------------

    async def answer(self, service: str) -> None:
        self._present()
        self._answered = True
        self._service = service
        if self.outcome is not Outcome.ANSWERED:
            self.outcome = Outcome.VOICEMAIL if service == "voicemail" else Outcome.SERVICE
        if service == "voicemail":
            self.rest, self.by = f"voicemail:{self._mailbox_of}", ""
        elif service in _SERVICES:
            self.rest, self.by = service, ""

    async def play(
        self, sounds: Sequence[Playable], *, language: str = "", until: Place | None = None
    ) -> str:
        self._present()
        place = until if isinstance(until, SimulatedPlace) else None
        pressed = place.question() if place is not None else ""
        seconds = self._hear(sounds, language, pressed)
        if place is not None:
            news = place.until_news(self._within_patience(seconds), ringing=False)
            seconds = seconds if news is None else news
        self.advance(seconds)
        return ""

    async def announce(self, sounds: Sequence[Playable]) -> None:
        self._present()
        self.advance(self._hear(sounds, ""))

    def music(self, name: str = "") -> None:
        """Nobody listens."""

    async def collect(
        self,
        sounds: Sequence[Playable],
        *,
        digits: int,
        seconds: float,
        between: float | None = None,
        ends: str = "#",
        enough: Callable[[str], bool] | None = None,
        language: str = "",
    ) -> str:
        self._present()
        typed = self.next_press()
        took = self._hear(sounds, language, typed)
        if not typed:
            self.advance(took + seconds)
            return ""
        pressed, rest, done = _taken(typed, digits, ends, enough)
        if rest:
            self._presses.append(rest)  # typed ahead, for the next question
        waits = 0.0 if done else seconds if between is None else between
        self.advance(min(took, PRESSES_AFTER) + DIGIT_SECONDS * len(pressed) + waits)
        return pressed

    def next_press(self) -> str:
        """What the caller presses at this question."""
        return self._presses.pop() if self._presses else ""

    async def record(self, path: Path, *, limit: float, silence: float | None) -> Take | None:
        if self.gone:
            return None
        if not self.script.speaks:
            self._at += silence or 0.0
            self.tell("the caller says nothing")
            return None
        seconds = min(limit, self.script.speaks)
        self._at += seconds
        self.tell(f"{seconds:g} s are recorded")
        return Take(path, seconds)

    async def echo(self) -> None:
        self._present()
        self._patience = None
        self._at += ECHO_SECONDS
        self.hung_up("the echo test is enough")

    async def wait(self, seconds: float) -> None:
        self._present()
        self.advance(seconds)

    def _hear(self, sounds: Sequence[Playable], language: str, pressed: str = "") -> float:
        if self._story and sounds:
            text = text_of(self.snapshot, sounds, language or self.language)
            self.heard.append(
                Heard(self._at, tuple(str(sound) for sound in sounds), text, pressed, self._next())
            )
        return seconds_of(self.snapshot, sounds, language or self.language)

    # --- the queue, and what is asked of others -------------------------------------------------------------------

    def enter_queue(
        self, queue: Queue, *, priority: int, skills: Mapping[str, int], last_agent: str = ""
    ) -> Place:
        self._present()
        self.tell(f"the caller waits in the queue {queue.name or queue.id}")
        self.rest, self.by = f"queue:{queue.id}", ""
        if self._floor is None:
            self._floor = SimulatedFloor(self, queue)
        self._place = SimulatedPlace(
            self, self._floor, queue, priority=priority, skills=skills, last_agent=last_agent
        )
        return self._place

    def moved_to(self, queue: Queue) -> None:
        """The caller waits in another queue now."""
        self.rest = f"queue:{queue.id}"
        self.tell(f"the caller goes on to the queue {queue.name or queue.id}, with the place in time")

    def called_back(self, queue: Queue, number: str) -> None:
        """The caller gives up the line and is called when it is their turn."""
        self.rest, self.by = f"callback:{queue.id}", ""
        self.tell(f"the caller keeps the place in {queue.name or queue.id} and will be called at {number}")

    async def lookup(self, url: str, seconds: float, cache_seconds: int) -> str | None:
        self._present()
        for beginning, text in self.script.lookups.items():
            if url.startswith(beginning):
                self.advance(LOOKUP_SECONDS)
                return text
        self.advance(seconds)
        return None

    async def announce_and_refuse(
        self, sounds: Sequence[Playable], status: int, outcome: Outcome, detail: str = ""
    ) -> None:
        self._present()
        if self.caller.user is not None or self._answered:
            self.advance(self._hear(sounds, ""))
        self._end(outcome, status, detail)

    def hang_up(self, outcome: Outcome | None = None, detail: str = "") -> None:
        self._end(outcome, 480, detail)

    def _end(self, outcome: Outcome | None, status: int, detail: str) -> None:
        self.sip_status, self.detail = status, detail
        served = self.rest in _SERVICES and outcome in (None, Outcome.SERVICE)
        rests = served or self.rest.startswith("callback:")
        if self.outcome not in (Outcome.ANSWERED, Outcome.VOICEMAIL) and not rests:
            self.rest, self.by = f"hang-up:{hang_up_cause(status, outcome, detail)}", ""
        if outcome is not None and self.outcome in (None, Outcome.SERVICE):
            self.outcome = outcome

    def mailbox(self, user: User) -> Mailbox:
        self._mailbox_of = user.id
        return SimulatedMailbox(self, user)

    def prompt_takes(self, prompt: Prompt) -> PromptTakes:
        return SimulatedPromptTakes(self, prompt)

    async def set_personal(self, user: User, changes: dict[str, object]) -> bool:
        told = ", ".join(f"{name} = {value}" for name, value in changes.items())
        self.tell(f"{user.name} sets {told}")
        return True

    def _present(self) -> None:
        if self.gone:
            raise CallerGone

    def leave_queue(self) -> None:
        """What the exchange sees to when the call is over, however that came about."""
        if self._place is not None:
            self._place.abandon()


def _taken(typed: str, digits: int, ends: str, enough: Callable[[str], bool] | None) -> tuple[str, str, bool]:
    """What a question takes of what was typed, what is left for the next one, and whether it waits for no more."""
    for index, digit in enumerate(typed):
        if digit in ends:
            return typed[:index], typed[index + 1 :], True
        pressed = typed[: index + 1]
        if len(pressed) >= digits or (enough is not None and enough(pressed)):
            return pressed, typed[index + 1 :], True
    return typed, "", False


def _normalised(outside: Mapping[str, Behaviour], country: str) -> Mapping[str, Behaviour]:
    """By the numbers as attempts have them."""
    if not outside:
        return outside
    return {
        name if name.startswith("trunk:") else numbering.normalise(name, country) or name: behaviour
        for name, behaviour in outside.items()
    }
