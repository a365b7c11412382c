"""A call whose caller and phones follow a script: flows are tried without SIP, media or a clock."""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from centralita.pbx.acd.news import News
from centralita.pbx.callcontrol import (
    NOTHING,
    Attempt,
    Caller,
    CallerGone,
    MailboxMessage,
    Place,
    Playable,
    Reachability,
    RingResult,
    Take,
)
from centralita.pbx.model.device import Device
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.number import Number
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd, TenantId

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def office(**personal: Personal) -> Snapshot:
    """Ana 101, Luis 102, Eva 103; the echo test at 700; a number for Ana and one for Eva's voicemail."""
    return Snapshot(
        TenantId("office"),
        3,
        [
            Site(id="hq", number="+34910000000"),
            User(id="ana", name="Ana", site="hq", extension="101"),
            User(id="luis", name="Luis", site="hq", extension="102"),
            User(id="eva", name="Eva", site="hq", extension="103", language="en"),
            Device(id="ana-desk", user="ana", username="office-ana"),
            ServiceExtension(id="echo", extension="700", purpose="echo"),
            Trunk(id="provider", host="192.0.2.1"),
            Number(id="main", number="+34910000001", destination="user:ana", name_prefix="Main"),
            Number(id="box", number="+34910000002", destination="voicemail:eva"),
            Number(id="other", number="+34910000003", destination="extension:700", trunk="provider"),
        ],
        personal,
    )


@dataclass
class ScriptedMailbox:
    kept: list[MailboxMessage] = field(default_factory=list)
    own_greeting: Path | None = None
    failures: int = 0

    def message_draft(self) -> Path:
        return Path("/draft.wav")

    greeting_draft = message_draft

    def discard(self, take: Take) -> None: ...

    async def keep_message(self, take: Take) -> bool:
        self.add(take)
        return True

    def add(self, take: Take) -> None:
        self.kept.append(
            MailboxMessage(f"m{len(self.kept)}", NOON, take.duration, "+34600000001", take.path, False)
        )

    def messages(self) -> Sequence[MailboxMessage]:
        return list(self.kept)

    def mark_heard(self, message: MailboxMessage) -> None:
        index = next(i for i, each in enumerate(self.kept) if each.id == message.id)
        self.kept[index] = MailboxMessage(
            message.id, message.at, message.duration, message.caller, message.path, True
        )

    def delete(self, message: MailboxMessage) -> None:
        self.kept = [each for each in self.kept if each.id != message.id]

    def greeting(self) -> Path | None:
        return self.own_greeting

    def set_greeting(self, take: Take | None) -> None:
        self.own_greeting = take.path if take else None

    def pin_attempt_allowed(self) -> bool:
        return self.failures < 5

    def pin_failed(self) -> None:
        self.failures += 1


@dataclass
class ScriptedPlace:
    """Fulfils Place: what the queue says was written before."""

    script: list[News]
    entered: dict[str, object]
    done: list[str] = field(default_factory=list)

    async def news(self) -> News:
        if not self.script:
            raise CallerGone
        return self.script.pop(0)

    def accepted(self, agent: str) -> None:
        self.done.append(f"accepted {agent}")

    def declined(self, agent: str, end: StepEnd) -> None:
        self.done.append(f"declined {agent}")

    def ended(self, agent: str) -> None:
        self.done.append(f"ended {agent}")

    def leave(self, reason: str) -> None:
        self.done.append(f"leave {reason}")

    def want_callback(self, number: str) -> None:
        self.done.append(f"callback {number}")


@dataclass(frozen=True)
class Line:
    """A line of the trace."""

    rule: str
    target: str
    reason: str
    node: str
    passed: tuple[str, ...]
    pressed: str


class ScriptedCall:
    """Fulfils CallControl. ``presses`` are the digits of the caller, "" for a silence; ``phones`` say how ringing ends.

    The clock stands at NOON but for rings that nobody answers and for conversations.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        user: str | None = "ana",
        *,
        phones: dict[str, RingResult] | None = None,
        presses: Sequence[str] = (),
        speaks: float = 5.0,
        outside: RingResult | list[RingResult] | None = None,
        number: str = "+34600000001",
        name: str = "Somebody",
        state: TenantState | None = None,
        at: datetime = NOON,
        dialled: str = "",
    ) -> None:
        self.snapshot = snapshot
        person = snapshot.users[user] if user else None
        self.caller = Caller(person.extension or "" if person else number, name, person, "es", "ES")
        self.direction = Direction.INTERNAL if user else Direction.INBOUND
        self.dialled = dialled
        self.language = "es"
        self.random = random.Random(7)
        self.state = state or TenantState(self.random)
        self.clock = at
        self.phones = phones or {}
        self.presses = list(presses)
        self.speaks = speaks
        self.talks = 60.0
        self.outside = outside or RingResult(StepEnd.ANSWERED)
        self.attempts: list[Attempt] = []
        self.troubles: dict[str, str] = {}
        self.calls_of: dict[str, int] = {}
        self.unregistered: set[str] = set()
        self.web: dict[str, str | None] = {}
        self.story: list[str] = []
        self.said: list[Playable] = []
        self.heard: list[tuple[str, Playable]] = []
        """What was said, each with its language."""
        self.trace: list[Line] = []
        self.marks: list[dict[str, object]] = []
        self.boxes: dict[str, ScriptedMailbox] = {}
        self.stored = True
        self.answered = False
        self.digit_while_playing = ""
        self.queue_news: list[News] = []
        self.place: ScriptedPlace | None = None

    def run(self, flow: Coroutine[Any, Any, None]) -> list[str]:
        """Drive a flow to its end; nothing in it ever waits. What happened, in order."""
        try:
            flow.send(None)
        except StopIteration:
            pass
        except CallerGone:
            self.story.append("caller gone")
        else:
            raise AssertionError("the flow waits for something that no script gives")
        return self.story

    @property
    def way(self) -> list[str]:
        """The rules of the trace and where they led."""
        return [f"{line.rule} {line.target}" for line in self.trace]

    def now(self) -> datetime:
        return self.clock.astimezone(ZoneInfo(self.snapshot.first_site.time_zone))

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
        self.story.append(f"decide {rule}")
        self.trace.append(Line(rule, target, reason, node, passed, pressed))

    def adjust(
        self, *, name_prefix: str | None = None, tag: str | None = None, record: bool | None = None
    ) -> None:
        self.marks.append({"name_prefix": name_prefix, "tag": tag, "record": record})

    def is_answered(self) -> bool:
        return self.answered

    def reachability(self, user: User) -> Reachability:
        return Reachability(0 if user.id in self.unregistered else 1, self.calls_of.get(user.id, 0))

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
        names = [user.id for user in users] + [attempt.number for attempt in outside]
        self.story.append(
            f"ring {'+'.join(names)}"
            + (f" for {diverted_by}" if diverted_by else "")
            + (" confirming" if confirm else " confirming outside" if confirm_outside else "")
            + "".join(f" {name} after {seconds:g}" for name, seconds in after.items())
        )
        self.attempts += outside
        ends: dict[str, StepEnd] = {}
        for name in names:
            if name.startswith("+"):
                result = self._from_outside()
            else:
                result = self.phones.get(name, RingResult(StepEnd.ANSWERED))
            if result.end in (StepEnd.ANSWERED, StepEnd.FORWARDED):
                self.answered = self.answered or result.end is StepEnd.ANSWERED
                outside = name.startswith("+")
                return replace(result, user="" if outside else name, number=name if outside else "")
            ends[name] = result.end
            last = result
        end = StepEnd.NO_ANSWER if StepEnd.NO_ANSWER in ends.values() else last.end
        if end is StepEnd.NO_ANSWER:
            self.clock += timedelta(seconds=seconds)
        return RingResult(end, last.sip_status, ends=tuple(ends.items()))

    def trunk_trouble(self, trunk: Trunk) -> str:
        return self.troubles.get(trunk.id, "")

    async def dial(self, attempt: Attempt, seconds: float) -> RingResult:
        on_behalf_of = attempt.on_behalf_of
        self.story.append(f"dial {attempt.number}" + (f" for {on_behalf_of.id}" if on_behalf_of else ""))
        self.attempts.append(attempt)
        return self._from_outside()

    def _from_outside(self) -> RingResult:
        return self.outside if isinstance(self.outside, RingResult) else self.outside.pop(0)

    async def talk(self, limit: float | None = None) -> None:
        self.story.append("talk")
        self.clock += timedelta(seconds=self.talks if limit is None else min(self.talks, limit))

    async def answer(self, service: str) -> None:
        self.answered = True
        self.story.append(f"answer {service}")

    def _say(self, sounds: Sequence[Playable], language: str = "") -> None:
        self.said += sounds
        self.heard += [(language or self.language, sound) for sound in sounds]

    async def play(
        self, sounds: Sequence[Playable], *, language: str = "", until: Place | None = None
    ) -> str:
        # A script's digits are for the questions; what is merely played is heard to its end.
        self._say(sounds, language)
        pressed, self.digit_while_playing = self.digit_while_playing, ""
        return pressed

    async def announce(self, sounds: Sequence[Playable]) -> None:
        self._say(sounds)
        self.story.append("announce")

    def music(self, name: str = "") -> None:
        self.story.append("music")

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
        assert digits > 0
        assert seconds > 0
        self._say(sounds, language)
        if not self.presses:
            raise CallerGone
        typed, pressed = self.presses.pop(0), ""
        for digit in typed:
            if digit in ends:
                break
            pressed += digit
            if len(pressed) >= digits or (enough is not None and enough(pressed)):
                break
        return pressed

    async def record(self, path: Path, *, limit: float, silence: float | None) -> Take | None:
        self.story.append("record")
        return Take(path, self.speaks) if self.speaks else None

    async def echo(self) -> None:
        self.story.append("echo")

    async def wait(self, seconds: float) -> None: ...

    def enter_queue(
        self, queue: Queue, *, priority: int, skills: Mapping[str, int], last_agent: str = ""
    ) -> Place:
        entered = {"queue": queue.id, "priority": priority, "skills": dict(skills), "last_agent": last_agent}
        self.story.append(f"queue {queue.id}")
        self.place = ScriptedPlace(self.queue_news, entered)
        return self.place

    async def lookup(self, url: str, seconds: float, cache_seconds: int) -> str | None:
        self.story.append(f"lookup {url}")
        return self.web.get(url)

    async def announce_and_refuse(
        self, sounds: Sequence[Playable], status: int, outcome: Outcome, detail: str = ""
    ) -> None:
        self._say(sounds)
        self.story.append(f"refuse {status}")

    def hang_up(self, outcome: Outcome | None = None, detail: str = "") -> None:
        self.story.append("hang up")

    def mailbox(self, user: User) -> ScriptedMailbox:
        return self.boxes.setdefault(user.id, ScriptedMailbox())

    async def set_personal(self, user: User, changes: dict[str, object]) -> bool:
        self.story.append(f"set {user.id} {changes}")
        return self.stored
