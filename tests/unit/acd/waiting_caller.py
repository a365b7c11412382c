"""A caller in a queue who follows a script: what the queue says, what they press, who answers. No engine, no media, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from centralita.pbx.acd.news import News, Pressed
from centralita.pbx.callcontrol import Caller, CallerGone, Playable, RingResult
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import StepEnd, TenantId


def office(*, dial_abroad: bool = False) -> Snapshot:
    return Snapshot(
        TenantId("office"),
        1,
        [
            Site(id="hq", number="+34910000000", dial_abroad=dial_abroad),
            User(id="ana", name="Ana", site="hq", extension="101"),
            User(id="luis", name="Luis", site="hq", extension="102"),
            Prompt(id="patience", text={"es": "Un momento."}),
        ],
        {},
    )


@dataclass
class ScriptedPlace:
    """Says what the script says, then has the caller hang up."""

    caller: WaitingCaller
    script: deque[News]
    told: list[tuple[str, ...]] = field(default_factory=list)

    async def news(self) -> News:
        if not self.script:
            raise CallerGone
        return self.script.popleft()

    def peek(self) -> bool:
        return bool(self.script)

    def accepted(self, agent: str) -> None:
        self.told.append(("accepted", agent))

    def declined(self, agent: str, end: StepEnd) -> None:
        self.told.append(("declined", agent, end.value))

    def ended(self, agent: str) -> None:
        self.told.append(("ended", agent))

    def leave(self, reason: str) -> None:
        self.told.append(("leave", reason))

    def want_callback(self, number: str) -> None:
        self.told.append(("callback", number))


class WaitingCaller:
    """As much of CallControl as a queue needs."""

    def __init__(
        self,
        *news: News,
        rings: Sequence[RingResult] = (),
        keys: Sequence[str] = (),
        collects: Sequence[str] = (),
        number: str = "+34600000001",
        language: str = "es",
        answered: bool = False,
        ring_takes: float = 5.0,
    ) -> None:
        self.snapshot = office()
        self.language = language
        self.caller = Caller(number, "", None, language, "ES")
        self.place = ScriptedPlace(self, deque(news))
        self.rings = deque(rings)
        self.keys = deque(keys)
        self.collects = deque(collects)
        self.answered = answered
        self.ring_takes = ring_takes
        self.clock = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
        self.heard: list[list[str]] = []
        self.done: list[tuple[Any, ...]] = []

    def now(self) -> datetime:
        return self.clock

    def is_answered(self) -> bool:
        return self.answered

    async def answer(self, service: str) -> None:
        self.answered = True
        self.done.append(("answer", service))

    def music(self, name: str = "") -> None:
        self.done.append(("music", name))

    def decide(self, rule: str, target: str, reason: str, **more: object) -> None:
        self.done.append(("decide", rule, target))

    def enter_queue(
        self, queue: Queue, *, priority: int, skills: Mapping[str, int], last_agent: str = ""
    ) -> ScriptedPlace:
        self.done.append(("enter", queue.id, priority, dict(skills), last_agent))
        return self.place

    async def play(
        self, sounds: Sequence[Playable], *, language: str = "", until: ScriptedPlace | None = None
    ) -> str:
        assert language == self.language
        self.heard.append([str(sound) for sound in sounds])
        self.clock += timedelta(seconds=2)
        if self.keys:
            key = self.keys.popleft()
            if until is None:
                return key
            if key:
                until.script.appendleft(Pressed(key))
        return ""

    async def collect(self, sounds: Sequence[Playable], *, digits: int, seconds: float, **more: Any) -> str:
        self.heard.append([str(sound) for sound in sounds])
        return self.collects.popleft()

    async def ring(
        self, users: Sequence[User], seconds: float, *, until: ScriptedPlace | None = None, **more: Any
    ) -> RingResult:
        assert until is self.place
        self.done.append(("ring", tuple(user.id for user in users), seconds))
        self.clock += timedelta(seconds=self.ring_takes)
        return self.rings.popleft()

    async def talk(self) -> None:
        self.done.append(("talk",))

    def what(self, verb: str) -> list[tuple[Any, ...]]:
        return [each[1:] for each in self.done if each[0] == verb]
