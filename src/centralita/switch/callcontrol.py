"""The call-control port over real legs: what flows ask for, done with SIP and media."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from centralita.pbx.callcontrol import (
    BEEP,
    Attempt,
    Caller,
    CallerGone,
    CallRefused,
    Mailbox,
    Playable,
    Reachability,
    RingResult,
    Take,
)
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd
from centralita.ports import File, MediaUnavailable, Recording, Sound, Tone
from centralita.sdp.negotiate import agree
from centralita.switch.dialling import Dial
from centralita.switch.identity import towards_phone, towards_trunk
from centralita.switch.leg import OWN_CODECS
from centralita.switch.mailbox import LiveMailbox
from centralita.switch.strand import Signal

if TYPE_CHECKING:
    from centralita.switch.call import Call

log = structlog.get_logger("call")


class LiveCallControl:
    """Fulfils :class:`centralita.pbx.callcontrol.CallControl` for one call of the switch."""

    __slots__ = ("_call", "_name_prefix", "caller", "direction", "snapshot")

    def __init__(self, call: Call, name_prefix: str = "") -> None:
        self._call = call
        self._name_prefix = name_prefix
        self.snapshot: Snapshot = call.snapshot
        self.caller: Caller = call.caller
        self.direction: Direction = call.direction

    def now(self) -> datetime:
        user = self.caller.user
        site = self.snapshot.site_of(user) if user else next(iter(self.snapshot.sites.values()))
        return datetime.fromtimestamp(self._call.exchange.clock.wall(), UTC).astimezone(
            ZoneInfo(site.time_zone)
        )

    def decide(self, rule: str, target: str, reason: str) -> None:
        self._call.decide(rule, target, reason)

    def reachability(self, user: User) -> Reachability:
        return self._call.exchange.reachability(self.snapshot, user)

    # --- ringing --------------------------------------------------------------------------------------------------

    async def ring(self, user: User, seconds: float, *, diverted_by: str = "") -> RingResult:
        call = self._call
        self._present()
        exchange = call.exchange
        identity = towards_phone(
            self.caller,
            exchange.advertise,
            name_prefix=self._name_prefix,
            diverted_by=diverted_by,
            hops=call.hops_left(),
        )
        dial = call.dial = Dial(call, call.start_step("ring", f"user:{user.id}"))
        for device in self.snapshot.devices_of[user.id]:
            for binding in exchange.bindings(device):
                dial.ring_device(user, device, binding, identity)
        dial.wait(seconds)
        return await dial.result

    def trunk_trouble(self, trunk: Trunk) -> str:
        return self._call.exchange.trunks.trouble(self.snapshot.tenant, trunk)

    async def dial(self, attempt: Attempt, seconds: float) -> RingResult:
        call = self._call
        self._present()
        exchange = call.exchange
        step = call.start_step("trunk", attempt.number)
        identity = towards_trunk(
            self.snapshot, attempt, self.caller, exchange.advertise, hops=call.hops_left()
        )
        dial = call.dial = Dial(call, step)
        target = exchange.trunks.target(self.snapshot, attempt.trunk)
        dial.ring_trunk(attempt.trunk, attempt.written, target, identity)
        dial.wait(seconds)
        return await dial.result

    async def talk(self) -> None:
        await self._call.over

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
        call.answered(call.a, service)
        call.service_step = call.start_step(service, service)

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

    async def play(self, sounds: Sequence[Playable], *, language: str = "") -> str:
        call = self._call
        self._present()
        if call.digits:
            return call.digits.popleft()
        found = self._sounds(sounds, language or self.caller.language)
        if not found or call.a.media is None:
            return ""
        call.playing = Signal()
        call.a.media.play(found)
        try:
            return await call.playing
        finally:
            call.playing = None

    async def collect(
        self, sounds: Sequence[Playable], *, digits: int, seconds: float, language: str = ""
    ) -> str:
        call = self._call
        pressed = ""
        first = await self.play(sounds, language=language)
        while True:
            if first == "#":
                return pressed
            pressed += first
            if len(pressed) >= digits:
                return pressed
            self._present()
            first = call.digits.popleft() if call.digits else await self._digit(seconds)
            if not first:
                return pressed

    async def _digit(self, seconds: float) -> str:
        """The next digit, or the empty string when it does not come in time."""
        call = self._call
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

    # --- ends -------------------------------------------------------------------------------------------------------

    async def announce_and_refuse(
        self, sounds: Sequence[Playable], status: int, outcome: Outcome, detail: str = ""
    ) -> None:
        call = self._call
        self._present()
        if self.caller.user is not None and call.a.session is not None and call.answered_at is None:
            try:
                call.a.open_media()
            except MediaUnavailable:
                log.warning("no media for an announcement", journey=call.id)
            else:
                if self._describe():
                    now = call.exchange.clock.now()
                    call.exchange.endpoint.ring(call.a.session, 183, now, body=call.a.our_answer(None))
                    step = call.start_step("announce", ",".join(map(str, sounds)))
                    await self.play(sounds)
                    call.end_step(step, StepEnd.DONE)
        call.end(outcome, status, detail)

    def hang_up(self, outcome: Outcome | None = None, detail: str = "") -> None:
        self._call.end(outcome, 480, detail)

    # --- the rest of the house ----------------------------------------------------------------------------------------

    def mailbox(self, user: User) -> Mailbox:
        return LiveMailbox(self._call, user)

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
            elif (
                path := self._call.exchange.prompts.find(self.snapshot.tenant, language, sound)
            ) is not None:
                found.append(File(path))
            else:
                self._call.exchange.missing_prompt(language, sound)
        return found
