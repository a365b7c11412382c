"""A call whose caller and phones follow a script: flows are tried without SIP, media or a clock."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from centralita.pbx.callcontrol import (
    Attempt,
    Caller,
    CallerGone,
    MailboxMessage,
    Playable,
    Reachability,
    RingResult,
    Take,
)
from centralita.pbx.model.device import Device
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.number import Number
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
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


class ScriptedCall:
    """Fulfils CallControl. ``presses`` are the digits of the caller, "" for a silence; ``phones`` say how ringing ends."""

    def __init__(
        self,
        snapshot: Snapshot,
        user: str | None = "ana",
        *,
        phones: dict[str, RingResult] | None = None,
        presses: Sequence[str] = (),
        speaks: float = 5.0,
        outside: RingResult | list[RingResult] | None = None,
    ) -> None:
        self.snapshot = snapshot
        person = snapshot.users[user] if user else None
        self.caller = Caller(
            person.extension or "" if person else "+34600000001", "Somebody", person, "es", "ES"
        )
        self.direction = Direction.INTERNAL if user else Direction.INBOUND
        self.phones = phones or {}
        self.presses = list(presses)
        self.speaks = speaks
        self.outside = outside or RingResult(StepEnd.ANSWERED)
        self.attempts: list[Attempt] = []
        self.troubles: dict[str, str] = {}
        self.calls_of: dict[str, int] = {}
        self.unregistered: set[str] = set()
        self.story: list[str] = []
        self.said: list[Playable] = []
        self.boxes: dict[str, ScriptedMailbox] = {}
        self.stored = True

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

    def now(self) -> datetime:
        return NOON

    def decide(self, rule: str, target: str, reason: str) -> None:
        self.story.append(f"decide {rule}")

    def reachability(self, user: User) -> Reachability:
        return Reachability(0 if user.id in self.unregistered else 1, self.calls_of.get(user.id, 0))

    async def ring(self, user: User, seconds: float, *, diverted_by: str = "") -> RingResult:
        self.story.append(f"ring {user.id}" + (f" for {diverted_by}" if diverted_by else ""))
        return self.phones.get(user.id, RingResult(StepEnd.ANSWERED))

    def trunk_trouble(self, trunk: Trunk) -> str:
        return self.troubles.get(trunk.id, "")

    async def dial(self, attempt: Attempt, seconds: float) -> RingResult:
        on_behalf_of = attempt.on_behalf_of
        self.story.append(f"dial {attempt.number}" + (f" for {on_behalf_of.id}" if on_behalf_of else ""))
        self.attempts.append(attempt)
        return self.outside if isinstance(self.outside, RingResult) else self.outside.pop(0)

    async def talk(self) -> None:
        self.story.append("talk")

    async def answer(self, service: str) -> None:
        self.story.append(f"answer {service}")

    async def play(self, sounds: Sequence[Playable], *, language: str = "") -> str:
        self.said += sounds
        return self._press()

    async def collect(
        self, sounds: Sequence[Playable], *, digits: int, seconds: float, language: str = ""
    ) -> str:
        self.said += sounds
        if self.presses and len(self.presses[0]) > 1:
            return self.presses.pop(0).rstrip("#")
        return self._press(collecting=True)

    def _press(self, *, collecting: bool = False) -> str:
        # A script's digits are for the questions; what is merely played is heard to its end.
        if collecting:
            if not self.presses:
                raise CallerGone
            return self.presses.pop(0)
        return ""

    async def record(self, path: Path, *, limit: float, silence: float | None) -> Take | None:
        self.story.append("record")
        return Take(path, self.speaks) if self.speaks else None

    async def echo(self) -> None:
        self.story.append("echo")

    async def wait(self, seconds: float) -> None: ...

    async def announce_and_refuse(
        self, sounds: Sequence[Playable], status: int, outcome: Outcome, detail: str = ""
    ) -> None:
        self.said += sounds
        self.story.append(f"refuse {status}")

    def hang_up(self, outcome: Outcome | None = None, detail: str = "") -> None:
        self.story.append("hang up")

    def mailbox(self, user: User) -> ScriptedMailbox:
        return self.boxes.setdefault(user.id, ScriptedMailbox())

    async def set_personal(self, user: User, changes: dict[str, object]) -> bool:
        self.story.append(f"set {user.id} {changes}")
        return self.stored
