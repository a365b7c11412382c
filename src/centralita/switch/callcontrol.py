"""The call-control port over real legs: what flows ask for, done with SIP and media."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from centralita.pbx.callcontrol import (
    BEEP,
    NOTHING,
    Attempt,
    Caller,
    CallerGone,
    CallRefused,
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
from centralita.pbx.speech.own import PREFIX
from centralita.pbx.speech.phrases import Say
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd, Tagged
from centralita.ports import File, MediaUnavailable, Recording, Sound, Tone
from centralita.sdp.negotiate import agree
from centralita.switch.dialling import Dial, Reception
from centralita.switch.identity import CallerIdentity, towards_phone, towards_trunk
from centralita.switch.leg import OWN_CODECS
from centralita.switch.mailbox import LiveMailbox
from centralita.switch.own_sounds import find_sound, play_music
from centralita.switch.prompt_takes import LivePromptTakes
from centralita.switch.queues import LivePlace, live
from centralita.switch.strand import Signal

if TYPE_CHECKING:
    import random

    from centralita.switch.call import Call

log = structlog.get_logger("call")

NAMED = 20
"""Parties named in the record of a step that rings many."""


class LiveCallControl:
    """Fulfils :class:`centralita.pbx.callcontrol.CallControl` for one call of the switch."""

    __slots__ = (
        "_call",
        "_name_prefix",
        "caller",
        "dialled",
        "direction",
        "language",
        "random",
        "snapshot",
    )

    def __init__(self, call: Call, name_prefix: str = "") -> None:
        self._call = call
        self._name_prefix = name_prefix
        self.snapshot: Snapshot = call.snapshot
        self.caller: Caller = call.caller
        self.dialled = call.dialled
        self.direction: Direction = call.direction
        self.language = call.caller.language
        self.random: random.Random = self.state.random

    @property
    def state(self) -> TenantState:
        """Whoever asks may change it: it is looked at when they have done."""
        return self._call.exchange.tenants.state(self.snapshot.tenant)

    def now(self) -> datetime:
        user = self.caller.user
        site = self.snapshot.site_of(user) if user else self.snapshot.first_site
        return datetime.fromtimestamp(self._call.exchange.clock.wall(), ZoneInfo(site.time_zone))

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
        self._call.decide(rule, target, reason, node=node, passed=passed, pressed=pressed)

    def adjust(
        self, *, name_prefix: str | None = None, tag: str | None = None, record: bool | None = None
    ) -> None:
        call = self._call
        if name_prefix is not None:
            self._name_prefix = name_prefix
        if tag:
            call.write(Tagged(journey=call.id, at=call.exchange.clock.wall(), name=tag))
        if record is not None:
            call.record_wanted = record

    def is_answered(self) -> bool:
        return self._call.answered_at is not None

    # --- ringing --------------------------------------------------------------------------------------------------

    def reachability(self, user: User) -> Reachability:
        return self._call.exchange.reachability(self.snapshot, user)

    def trunk_trouble(self, trunk: Trunk) -> str:
        return self._call.exchange.trunks.trouble(self.snapshot.tenant, trunk)

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
        call = self._call
        self._present()
        exchange = call.exchange
        place = live(until)
        if place is not None and place.interrupts_ringing():
            return RingResult(StepEnd.WITHDRAWN)
        identity = towards_phone(
            self.caller,
            exchange.advertise,
            name_prefix=self._name_prefix,
            diverted_by=diverted_by,
            hops=call.hops_left(),
        )
        names = [f"user:{user.id}" for user in users] + [attempt.number for attempt in outside]
        reception = self._reception(confirm, place, outside_only=confirm_outside)
        dial = call.dial = Dial(call, call.start_step("ring", ",".join(names[:NAMED])), users, reception)
        starts = [(after.get(user.id, 0.0), partial(self._ring_user, dial, user, identity)) for user in users]
        starts += [
            (after.get(attempt.number, 0.0), partial(self._ring_outside, dial, attempt))
            for attempt in outside
        ]
        for seconds_before, start in starts:
            if seconds_before > 0:
                dial.later(seconds_before, start)
        for seconds_before, start in starts:
            if seconds_before <= 0:
                start()
        dial.wait(seconds)
        if place is None:
            return await dial.result
        place.watch(lambda: dial.withdraw() if place.interrupts_ringing() else None)
        try:
            return await dial.result
        finally:
            place.watch(None)

    async def dial(self, attempt: Attempt, seconds: float) -> RingResult:
        call = self._call
        self._present()
        dial = call.dial = Dial(call, call.start_step("trunk", attempt.number))
        self._ring_outside(dial, attempt)
        dial.wait(seconds)
        return await dial.result

    def _ring_user(self, dial: Dial, user: User, identity: CallerIdentity) -> None:
        for device in self.snapshot.devices_of[user.id]:
            for binding in self._call.exchange.bindings(device):
                dial.ring_device(user, device, binding, identity)

    def _ring_outside(self, dial: Dial, attempt: Attempt) -> None:
        exchange = self._call.exchange
        if attempt.emergency:
            self._call.vital = True
        identity = towards_trunk(
            self.snapshot, attempt, self.caller, exchange.advertise, hops=self._call.hops_left()
        )
        dial.ring_outside(attempt, exchange.trunks.target(self.snapshot, attempt.trunk), identity)

    def _reception(
        self, confirm: bool, place: LivePlace | None, *, outside_only: bool = False
    ) -> Reception | None:
        """What whoever answers hears first."""
        language = self.snapshot.first_site.language
        if confirm or outside_only:
            sounds = self._sounds([Say.CONFIRM_CALL], language)
            return Reception(sounds, confirm=True, outside_only=not confirm)
        if place is not None and (report := place.queue.report_to_agent):
            key = PREFIX + report if report in self.snapshot.prompts else report
            return Reception(self._sounds([key], language), confirm=False)
        return None

    async def talk(self, limit: float | None = None) -> None:
        over = self._call.over
        if limit is None:
            await over
            return
        clock = self._call.exchange.clock
        timer = clock.call_at(clock.now() + limit, lambda: over.set(None))
        try:
            await over
        finally:
            timer.cancel()

    # --- the exchange itself answers --------------------------------------------------------------------------------

    async def answer(self, service: str) -> None:
        call = self._call
        self._present()
        if call.answered_at is None and call.a.session is not None:
            try:
                call.a.open_media()
            except MediaUnavailable as error:
                call.end(Outcome.FAILED, 503, "no media")
                raise CallRefused from error
            if not self._describe():
                call.end(Outcome.FAILED, 488, "no codec in common")
                raise CallRefused
            call.exchange.endpoint.answer(call.a.session, call.a.our_answer(None), call.exchange.clock.now())
        elif call.a.media is not None:
            call.a.media.unbridge()
        call.served(service)

    def _describe(self) -> bool:
        """Agree with the caller on a codec of ours, and point our audio at them; False if there is none."""
        leg = self._call.a
        if leg.peer is None and leg.offered is not None:
            agreed = agree(leg.offered, OWN_CODECS)
            if agreed is None:
                return False
            leg.our_answer(agreed.format)
        elif leg.offered is None:
            leg.our_answer(None)
        leg.point()
        return True

    def music(self, name: str = "") -> None:
        call = self._call
        if call.gone or call.b is not None:
            return
        if not call.hears_us():
            self._let_ring()
            return
        prompt = name or self.snapshot.music_of(None)
        if call.a.media is None or call.music_on == (prompt or "-"):
            return
        call.music_on = prompt or "-"
        play_music(call.exchange, self.snapshot, call.a.media, prompt, self.language)

    def _let_ring(self) -> None:
        """A caller whom nobody has answered hears at least that it rings."""
        call = self._call
        if call.a.session is not None:
            call.exchange.endpoint.ring(call.a.session, 180, call.exchange.clock.now())

    async def play(
        self, sounds: Sequence[Playable], *, language: str = "", until: Place | None = None
    ) -> str:
        call = self._call
        self._present()
        place = live(until)
        if place is not None and place.has_news():
            return ""
        if place is None and call.digits:
            return call.digits.popleft()
        found = self._sounds(sounds, language or self.language)
        if not found or call.a.media is None:
            return ""
        call.music_on = ""
        playing = call.playing = Signal()
        call.a.media.play(found)
        if place is not None:
            place.watch(lambda: self._stop_playing(playing))
        try:
            return await playing
        finally:
            call.playing = None
            if place is not None:
                place.watch(None)

    def _stop_playing(self, playing: Signal[str]) -> None:
        if self._call.a.media is not None and not playing.is_set:
            self._call.a.media.stop()
        playing.set("")

    async def announce(self, sounds: Sequence[Playable]) -> None:
        call = self._call
        self._present()
        if not call.hears_us() and call.a.session is not None:
            try:
                call.a.open_media()
            except MediaUnavailable:
                log.warning("no media for an announcement", journey=call.id)
                return
            if not self._describe():
                return
            call.early = True
            now = call.exchange.clock.now()
            call.exchange.endpoint.ring(call.a.session, 183, now, body=call.a.our_answer(None))
        step = call.start_step("announce", ",".join(map(str, sounds)))
        call.digits.clear()
        call.announcing = True
        try:
            await self.play(sounds)
        finally:
            call.announcing = False
        call.end_step(step, StepEnd.DONE)

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
        pressed = ""
        key = await self.play(sounds, language=language)
        if not key:
            key = await self._digit(seconds)
        while key and key not in ends:
            pressed += key
            if len(pressed) >= digits or (enough is not None and enough(pressed)):
                break
            key = await self._digit(seconds if between is None else between)
        return pressed

    async def _digit(self, seconds: float) -> str:
        """The next digit, or the empty string when it does not come in time."""
        call = self._call
        self._present()
        if call.digits:
            return call.digits.popleft()
        waiter = call.digit_waiter = Signal[str]()
        clock = call.exchange.clock
        timer = clock.call_at(clock.now() + seconds, lambda: waiter.set(""))
        try:
            return await waiter
        finally:
            timer.cancel()
            call.digit_waiter = None

    async def record(self, path: Path, *, limit: float, silence: float | None) -> Take | None:
        call = self._call
        if call.gone or call.a.media is None:
            return None
        call.digits.clear()
        call.music_on = ""
        call.recording = Signal[Recording]()
        call.a.media.record(path, both=False, limit=limit, silence=silence)
        clock = call.exchange.clock
        waiter = call.recording
        lost = Recording(path, 0.0, "lost")
        timer = clock.call_at(clock.now() + limit + 10, lambda: waiter.set(lost))
        try:
            recording = await waiter
        finally:
            timer.cancel()
            call.recording = None
        return Take(recording.path, recording.duration) if recording.duration > 0 else None

    async def echo(self) -> None:
        self._present()
        if self._call.a.media is not None:
            self._call.a.media.echo()
        await self._call.over

    async def wait(self, seconds: float) -> None:
        self._present()
        done: Signal[None] = Signal()
        clock = self._call.exchange.clock
        timer = clock.call_at(clock.now() + seconds, lambda: done.set(None))
        try:
            await done
        finally:
            timer.cancel()

    # --- the queue, and what is asked of others -----------------------------------------------------------------------

    def enter_queue(
        self, queue: Queue, *, priority: int, skills: Mapping[str, int], last_agent: str = ""
    ) -> Place:
        self._present()
        if not self._call.hears_us():
            self._let_ring()
        return self._call.exchange.tenants.enter_queue(
            self._call, queue, priority=priority, skills=skills, last_agent=last_agent
        )

    async def lookup(self, url: str, seconds: float, cache_seconds: int) -> str | None:
        self._present()
        answered: Signal[str | None] = Signal()
        self._call.exchange.lookups.ask(url, seconds, cache_seconds, answered.set)
        return await answered

    # --- ends -------------------------------------------------------------------------------------------------------

    async def announce_and_refuse(
        self, sounds: Sequence[Playable], status: int, outcome: Outcome, detail: str = ""
    ) -> None:
        call = self._call
        self._present()
        # A stranger's provider plays its own reason for the status; whoever was answered has nobody else to tell them.
        if self.caller.user is not None or call.answered_at is not None:
            await self.announce(sounds)
        call.end(outcome, status, detail)

    def hang_up(self, outcome: Outcome | None = None, detail: str = "") -> None:
        self._call.end(outcome, 480, detail)

    # --- the rest of the house ----------------------------------------------------------------------------------------

    def mailbox(self, user: User) -> Mailbox:
        return LiveMailbox(self._call, user)

    def prompt_takes(self, prompt: Prompt) -> PromptTakes:
        return LivePromptTakes(self._call, prompt)

    async def set_personal(self, user: User, changes: dict[str, object]) -> bool:
        done: Signal[bool] = Signal()
        self._call.exchange.set_personal(self.snapshot.tenant, user.id, changes, done.set)
        return await done

    def _present(self) -> None:
        """Whatever is asked for, a caller who has gone wants nothing more."""
        if self._call.gone:
            raise CallerGone

    def _sounds(self, sounds: Sequence[Playable], language: str) -> list[Sound]:
        found: list[Sound] = []
        for sound in sounds:
            if sound == BEEP:
                found.append(Tone("beep"))
            elif isinstance(sound, Path):
                found.append(File(sound))
            elif (path := self._find(sound, language)) is not None:
                found.append(File(path))
            else:
                self._call.exchange.missing_prompt(language, sound)
        return found

    def _find(self, key: str, language: str) -> Path | None:
        """The file that says it: of a prompt of the tenant's own, the best that there is."""
        return find_sound(self._call.exchange, self.snapshot, key, language)
