"""A small world in which the real switch runs on a virtual clock: phones, a bad network, a disk, and kills.

Everything that happens follows from the seed. Only the outermost adapters are replaced: sockets by a list of datagrams in
flight, media workers by legs that report without audio, the disk by lists that survive a kill.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from centralita.pbx.callcontrol import PromptKept
from centralita.pbx.model.device import Device
from centralita.pbx.model.number import Number
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import ConfigKind, Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
from centralita.pbx.vocabulary import (
    CallClosed,
    CallEnded,
    CallEvent,
    CallStarted,
    JourneyId,
    Outcome,
    Party,
    TenantId,
)
from centralita.ports import (
    Binding,
    MediaLeg,
    MediaOwner,
    MediaTarget,
    MediaUnavailable,
    Quality,
    Recording,
    Salvaged,
    Sound,
    StoredMessage,
    Timer,
)
from centralita.sip.credentials import Credentials
from centralita.sip.endpoint import Endpoint, EndpointSettings
from centralita.sip.events import (
    CallAnswered,
    CallCancelled,
    CallFailed,
    CallReceived,
    OfferReceived,
    ResponseReceived,
    Send,
    SessionEnded,
)
from centralita.sip.flow import Flow, Target
from centralita.sip.registrar import ExpiryBounds
from centralita.sip.session import Session
from centralita.switch.exchange import Doors, Exchange, ExchangeSettings

TENANT = TenantId("acme")
SWITCH_HOST = "10.0.0.1"
PROVIDER_HOST = "10.9.9.9"
EPOCH = 1_800_000_000.0

SDP = (
    b"v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\n"
    b"a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


# --- time ---------------------------------------------------------------------------------------------------------


@dataclass
class Event:
    callback: Callable[[], None] | None

    def cancel(self) -> None:
        self.callback = None


class Time:
    """The virtual clock: nothing happens but what is on this heap."""

    def __init__(self) -> None:
        self.instant = 1000.0
        self._heap: list[tuple[float, int, Event]] = []
        self._order = itertools.count()

    def at(self, when: float, callback: Callable[[], None]) -> Event:
        event = Event(callback)
        heapq.heappush(self._heap, (max(when, self.instant), next(self._order), event))
        return event

    def run(self, until: float) -> None:
        while self._heap and self._heap[0][0] <= until:
            self.instant, _, event = heapq.heappop(self._heap)
            if event.callback is not None:
                event.callback()
        self.instant = until


class WorldClock:
    """ports.Clock for one process: its timers die with it, and each is followed by a turn."""

    def __init__(self, time: Time, after: Callable[[], None]) -> None:
        self._time = time
        self._after = after
        self.alive = True

    def now(self) -> float:
        return self._time.instant

    def wall(self) -> float:
        return EPOCH + self._time.instant

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        def fire() -> None:
            if self.alive:
                callback()
                self._after()

        return self._time.at(when, fire)


# --- the outermost adapters ---------------------------------------------------------------------------------------


class Disk:
    """What survives a kill."""

    def __init__(self) -> None:
        self.journal: list[CallEvent] = []
        self.bindings: dict[str, tuple[Binding, ...]] = {}
        self.messages: list[StoredMessage] = []
        self.states: dict[tuple[TenantId, str, str], bytes] = {}
        self.full = False

    def load(self) -> Sequence[Binding]:
        return [binding for kept in self.bindings.values() for binding in kept]

    def save(self, device: str, bindings: Sequence[Binding]) -> None:
        self.bindings[device] = tuple(bindings)


class WorldJournal:
    """ports.Journal: queued in the process, written to the disk by flush."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._queued: list[CallEvent] = []

    def append(self, event: CallEvent) -> None:
        self._queued.append(event)

    def flush(self) -> None:
        from centralita.ports import JournalUnavailable

        if self._queued and self._disk.full:
            raise JournalUnavailable("No space left on device")
        self._disk.journal += self._queued
        self._queued.clear()


class WorldMedia:
    """ports.Media without audio: everything is reported after a moment, nothing is heard."""

    def __init__(self, time: Time, after: Callable[[], None], ports: int = 4000) -> None:
        self.time = time
        self.after = after
        self.legs: dict[int, WorldLeg] = {}
        self.free = list(range(20000 + 2 * ports, 20000, -2))
        self.alive = True

    def allocate(self, owner: MediaOwner, beside: MediaLeg | None = None, *, vital: bool = False) -> MediaLeg:
        if not self.free:
            raise MediaUnavailable("no port is free")
        leg = WorldLeg(self, owner, self.free.pop())
        self.legs[leg.port] = leg
        return leg

    def flush(self) -> None: ...

    def in_use(self) -> int:
        return len(self.legs)

    def later(self, seconds: float, callback: Callable[[], None]) -> Event:
        def fire() -> None:
            if self.alive:
                callback()
                self.after()

        return self.time.at(self.time.instant + seconds, fire)


@dataclass
class WorldLeg:
    media: WorldMedia
    owner: MediaOwner
    port: int
    peer: WorldLeg | None = None
    target: MediaTarget | None = None
    playing: Event | None = None
    recording: tuple[Path, float, Event] | None = None
    hears_music: bool = False
    closed: bool = False

    def point(self, target: MediaTarget) -> None:
        assert not self.closed
        self.target = target

    def bridge(self, other: MediaLeg) -> None:
        assert isinstance(other, WorldLeg)
        assert not self.closed
        assert not other.closed
        self.stop()
        other.stop()
        self.peer, other.peer = other, self

    def unbridge(self) -> None:
        if self.peer is not None:
            self.peer.peer = None
            self.peer = None

    def play(self, sounds: Sequence[Sound], *, repeat: bool = False) -> None:
        self.stop()
        self.playing = Event(None) if repeat else self.media.later(1.0 * len(sounds), self._played)

    def _played(self) -> None:
        self.playing = None
        self.owner.on_played()

    def music(self) -> None:
        self.stop()
        self.hears_music = True

    def stop(self) -> None:
        self.hears_music = False
        if self.playing is not None:
            self.playing.cancel()
            self.playing = None

    def record(
        self, path: Path, *, both: bool, limit: float, silence: float | None = None, append: bool = False
    ) -> None:
        started = self.media.time.instant
        end = self.media.later(limit, lambda: self._recorded("limit"))
        self.recording = (path, started, end)

    def stop_recording(self) -> None:
        if self.recording is not None:
            self.recording[2].cancel()
            self.media.later(0.002, lambda: self._recorded("stopped"))

    def _recorded(self, reason: str) -> None:
        if self.recording is not None and not self.closed:
            path, started, _ = self.recording
            self.recording = None
            self.owner.on_recorded(Recording(path, self.media.time.instant - started, reason))

    def echo(self) -> None:
        self.stop()

    def heard(self) -> Quality | None:
        return None

    def close(self) -> None:
        assert not self.closed, "a leg is closed once"
        self.unbridge()
        self.stop()
        self.closed = True
        if self.recording is not None:
            self.recording[2].cancel()
        self.media.later(0.003, self._gone)

    def _gone(self) -> None:
        del self.media.legs[self.port]
        self.media.free.insert(0, self.port)
        self.owner.on_quality(Quality(100, 100, 0.0, 1.0, 4.4, None, None, None, None))


class WorldMailboxes:
    """ports.Mailboxes in memory."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._drafts = itertools.count(1)

    def recover(self) -> Sequence[Salvaged]:
        return ()

    def discard(self, tenant: TenantId, user: str, draft: Path) -> None: ...

    def draft(
        self,
        tenant: TenantId,
        user: str,
        *,
        caller: str | None = None,
        caller_name: str = "",
        journey: str = "",
    ) -> Path:
        return Path(f"/drafts/{user}/{next(self._drafts)}.wav")

    def keep(
        self,
        tenant: TenantId,
        user: str,
        draft: Path,
        *,
        at: float,
        duration: float,
        caller: str,
        caller_name: str,
    ) -> StoredMessage:
        message = StoredMessage(
            f"m{len(self._disk.messages)}", at, duration, caller, caller_name, draft, False
        )
        self._disk.messages.append(message)
        return message

    def messages(self, tenant: TenantId, user: str) -> Sequence[StoredMessage]:
        return list(self._disk.messages)

    def mark_heard(self, tenant: TenantId, user: str, message: str) -> None: ...

    def delete(self, tenant: TenantId, user: str, message: str) -> None:
        self._disk.messages = [each for each in self._disk.messages if each.id != message]

    def greeting(self, tenant: TenantId, user: str) -> Path | None:
        return None

    def set_greeting(self, tenant: TenantId, user: str, draft: Path | None) -> None: ...


class WorldTenantStates:
    """ports.TenantStates: JSON on the disk, as the real one."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def load(self) -> Mapping[TenantId, Mapping[str, Any]]:
        found: dict[TenantId, dict[str, Any]] = {}
        for (name, part, key), value in self._disk.states.items():
            parts = found.setdefault(name, {})
            if key:
                parts.setdefault(part, {})[key] = msgspec.json.decode(value)
            else:
                parts[part] = msgspec.json.decode(value)
        return found

    def save(
        self,
        tenant: TenantId,
        parts: Mapping[str, Any],
        entries: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        for part, value in parts.items():
            self._disk.states[tenant, part, ""] = msgspec.json.encode(value)
        for part, values in (entries or {}).items():
            for key, value in values.items():
                self._disk.states.pop((tenant, part, key), None)
                if value is not None:
                    self._disk.states[tenant, part, key] = msgspec.json.encode(value)

    def tidy(self) -> None: ...


class WorldPromptRecorder:
    """ports.PromptRecorder: everything is heard at once."""

    def draft(self, tenant: TenantId) -> Path:
        return Path("/drafts/prompt.wav")

    def discard(self, tenant: TenantId, draft: Path) -> None: ...

    def keep(self, tenant: TenantId, prompt: str, language: str, draft: Path, *, user: str) -> PromptKept:
        return PromptKept.PUBLISHED


class WorldPrompts:
    def find(self, tenant: TenantId, language: str, key: str) -> Path | None:
        return Path(f"/prompts/{language}/{key}.wav")


class Nowhere:
    """No address is anywhere."""

    def country(self, address: str) -> str:
        return ""


class WorldConfigs:
    def snapshots(self) -> Sequence[Snapshot]:
        return ()

    def set_personal(self, tenant: TenantId, user: str, changes: dict[str, object]) -> None: ...


class WorldIds:
    def __init__(self, rng: random.Random) -> None:
        self._random = rng
        self._journeys = itertools.count(1)

    def journey(self) -> JourneyId:
        return JourneyId(f"j{next(self._journeys):04d}-{self._random.getrandbits(32):08x}")

    def token(self) -> str:
        return f"{self._random.getrandbits(80):020x}"


# --- the network and those at its ends ------------------------------------------------------------------------------


@dataclass
class Weather:
    """How bad the network is; probabilities per datagram."""

    loss: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.01
    spread: float = 0.02
    """Seconds: datagrams overtake each other within it."""


Host = Callable[[bytes, Flow], None]


class Internet:
    def __init__(self, time: Time, rng: random.Random, weather: Weather) -> None:
        self.time = time
        self.random = rng
        self.weather = weather
        self.hosts: dict[tuple[str, int], Host] = {}
        self.carried = 0

    def carry(self, data: bytes, source: tuple[str, int], to: tuple[str, int]) -> None:
        copies = 0 if self.random.random() < self.weather.loss else 1
        copies += self.random.random() < self.weather.duplicate
        for _ in range(copies):
            delay = self.weather.delay + self.random.random() * self.weather.spread
            self.time.at(self.time.instant + delay, lambda: self._arrive(data, source, to))

    def _arrive(self, data: bytes, source: tuple[str, int], to: tuple[str, int]) -> None:
        self.carried += 1
        host = self.hosts.get(to)
        if host is not None:
            host(data, Flow("UDP", *source))


@dataclass
class Agent:
    """A phone or a provider: an endpoint of its own, and habits drawn from the seed."""

    world: World
    host: str
    port: int
    credentials: Credentials | None
    answer_after: float = 1.0
    refuse_with: int = 0
    talk_for: float = 5.0
    active: dict[int, Session] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = EndpointSettings(advertised_host=self.host, port=self.port)
        self.endpoint = Endpoint(settings, self.world.ids.token, self.world.random)
        self.world.internet.hosts[self.host, self.port] = self._receive
        self._armed: Event | None = None
        self._armed_at = 0.0

    @property
    def user(self) -> str:
        return self.credentials.username if self.credentials else "provider"

    def register(self, expires: int = 3600) -> None:
        address = f"<sip:{self.user}@{SWITCH_HOST}>"
        self.endpoint.request(
            "REGISTER",
            f"sip:{SWITCH_HOST}",
            Flow("UDP", SWITCH_HOST, 5060),
            self.world.time.instant,
            from_=address,
            to_=address,
            headers=(
                ("contact", f"<sip:{self.user}@{self.host}:{self.port}>"),
                ("expires", str(expires)),
            ),
            credentials=self.credentials,
        )
        self.turn()

    def call(self, number: str, *, from_user: str = "", cancel_after: float | None = None) -> None:
        session = self.endpoint.invite(
            f"sip:{number}@{SWITCH_HOST}",
            Flow("UDP", SWITCH_HOST, 5060),
            self.world.time.instant,
            from_=f"<sip:{from_user or self.user}@{self.host}>",
            to_=f"<sip:{number}@{SWITCH_HOST}>",
            body=SDP,
            credentials=self.credentials,
        )
        self.active[id(session)] = session
        if cancel_after is not None:
            self.world.time.at(self.world.time.instant + cancel_after, lambda: self._hang_up(session))
        self.turn()

    def _receive(self, data: bytes, flow: Flow) -> None:
        self.endpoint.receive(data, flow, self.world.time.instant)
        self.turn()

    def turn(self) -> None:
        while events := self.endpoint.events():
            for event in events:
                self._handle(event)
        for output in self.endpoint.outputs():
            if isinstance(output, Send):
                self.world.internet.carry(
                    output.data, (self.host, self.port), (output.flow.host, output.flow.port)
                )
        when = self.endpoint.timer()
        if when is not None and (self._armed is None or when < self._armed_at):
            self._armed_at = when
            self._armed = self.world.time.at(when, self._timer)

    def _timer(self) -> None:
        self._armed = None
        self.endpoint.handle_timer(self.world.time.instant)
        self.turn()

    def _handle(self, event: object) -> None:
        now = self.world.time.instant
        match event:
            case CallReceived(session=session):
                self.active[id(session)] = session
                if self.refuse_with:
                    self.endpoint.reject(session, self.refuse_with, now)
                    self.active.pop(id(session), None)
                else:
                    self.endpoint.ring(session, 180, now)
                    self.world.time.at(now + self.answer_after, lambda: self._answer(session))
            case CallAnswered(session=session):
                self.done.append("answered")
                self.world.time.at(now + self.talk_for, lambda: self._hang_up(session))
            case CallFailed(session=session, status=status):
                self.done.append(f"failed {status}")
                self.active.pop(id(session), None)
            case CallCancelled(session=session) | SessionEnded(session=session):
                self.done.append(type(event).__name__)
                self.active.pop(id(session), None)
            case OfferReceived(session=session):
                self.endpoint.accept_offer(session, SDP, now)
            case ResponseReceived(response=response):
                self.done.append(f"response {response.status}")

    def _answer(self, session: Session) -> None:
        if id(session) in self.active:
            self.endpoint.answer(session, SDP, self.world.time.instant)
            self.turn()

    def _hang_up(self, session: Session) -> None:
        if self.active.pop(id(session), None) is not None:
            self.endpoint.hang_up(session, self.world.time.instant)
            self.turn()


# --- the world ------------------------------------------------------------------------------------------------------


class World:
    def __init__(
        self,
        seed: int,
        users: int = 4,
        weather: Weather | None = None,
        snapshot: Snapshot | None = None,
    ) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.time = Time()
        self.ids = WorldIds(self.random)
        self.internet = Internet(self.time, self.random, weather or Weather())
        self.disk = Disk()
        self.snapshot = snapshot or tenant(users)
        self.exchange: Exchange
        self.media: WorldMedia
        self._clock: WorldClock
        self._armed: Event | None = None
        self._armed_at = 0.0
        self.start_switch()
        self.phones = [
            Agent(self, f"10.0.1.{number}", 5060, Credentials(f"phone{number}", f"secret-of-{number}"))
            for number in range(1, users + 1)
        ]
        self.provider = Agent(self, PROVIDER_HOST, 5060, None)

    def start_switch(self) -> None:
        """Start, which is recovery: what the disk holds is all that is known."""
        self._clock = WorldClock(self.time, self.turn)
        self.media = WorldMedia(self.time, self.turn)
        self._armed = None
        doors = Doors(
            clock=self._clock,
            ids=self.ids,
            network=self,
            resolver=self,
            media=self.media,
            journal=WorldJournal(self.disk),
            locations=self.disk,
            mailboxes=WorldMailboxes(self.disk),
            prompts=WorldPrompts(),
            configs=WorldConfigs(),
            geography=Nowhere(),
            background=self._background,
            tenant_states=WorldTenantStates(self.disk),
            prompt_recorder=WorldPromptRecorder(),
        )
        settings = ExchangeSettings(
            advertise=SWITCH_HOST,
            sip_port=5060,
            realm="centralita",
            secret=b"s" * 32,
            data=Path("/nowhere"),
            endpoint=EndpointSettings(advertised_host=SWITCH_HOST, port=5060),
            registration=ExpiryBounds(),
        )
        self.exchange = Exchange(settings, doors, self.random)
        self.internet.hosts[SWITCH_HOST, 5060] = self._receive
        self.exchange.configure([self.snapshot])
        self.exchange.start(self._unfinished())
        self.turn()

    def kill_switch(self) -> None:
        """kill -9: nothing is said, nothing is written."""
        self._clock.alive = False
        self.media.alive = False
        del self.internet.hosts[SWITCH_HOST, 5060]
        if self._armed is not None:
            self._armed.cancel()

    def _unfinished(self) -> list[CallEvent]:
        opened: dict[JourneyId, bool] = {}
        for event in self.disk.journal:
            if isinstance(event, CallStarted):
                opened[event.journey] = False
            elif isinstance(event, CallEnded):
                opened[event.journey] = True
            elif isinstance(event, CallClosed):
                del opened[event.journey]
        at = self._clock.wall()
        events: list[CallEvent] = []
        for journey, ended in opened.items():
            if not ended:
                lost = CallEnded(
                    journey=journey, at=at, by=Party.SYSTEM, outcome=Outcome.LOST, sip_status=0, q850=41
                )
                events.append(lost)
            events.append(CallClosed(journey=journey, at=at))
        return events

    def _background(
        self, work: Callable[[], object], done: Callable[[object, BaseException | None], None]
    ) -> None:
        self._clock.call_at(self.time.instant + 0.005, lambda: done(work(), None))

    def _receive(self, data: bytes, flow: Flow) -> None:
        self.exchange.receive(data, flow)
        self.turn()

    def turn(self) -> None:
        if not self._clock.alive:
            return
        self.exchange.turn()
        when = self.exchange.endpoint.timer()
        if when is not None and (self._armed is None or when < self._armed_at):
            self._armed_at = when
            self._armed = self.time.at(when, self._timer)

    def _timer(self) -> None:
        self._armed = None
        if self._clock.alive:
            self.exchange.endpoint.handle_timer(self.time.instant)
            self.turn()

    # --- ports.Network and ports.Resolver -----------------------------------------------------------------------

    def send(self, data: bytes, flow: Flow) -> None:
        self.internet.carry(data, (SWITCH_HOST, 5060), (flow.host, flow.port))

    def open(self, flow: Flow) -> None:
        raise AssertionError("this world has no streams")

    def close(self, flow: Flow) -> None:
        raise AssertionError("this world has no streams")

    def resolve(self, target: Target, done: Callable[[Sequence[Flow]], None]) -> None:
        done([Flow(target.transport, target.host, target.port)])

    # --- driving ------------------------------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        self.time.run(self.time.instant + seconds)

    def settle(self) -> None:
        """Long enough for every ring, recording and transaction to have come to its end."""
        self.run(700)


def tenant(users: int, version: int = 1, more: Sequence[ConfigKind] = ()) -> Snapshot:
    """Users u1… at 101…, each with one device; a provider; one number that leads to u1."""
    objects: list[ConfigKind] = [
        Site(id="hq"),
        Trunk(id="provider", host=PROVIDER_HOST, addresses=(PROVIDER_HOST,), options_seconds=0),
        Number(id="main", number="+34910000001", destination="user:u1"),
        *more,
    ]
    for number in range(1, users + 1):
        objects.append(User(id=f"u{number}", name=f"User {number}", site="hq", extension=f"{100 + number}"))
        objects.append(
            Device.model_validate(
                {
                    "id": f"d{number}",
                    "user": f"u{number}",
                    "username": f"phone{number}",
                    "password": f"secret-of-{number}",
                }
            )
        )
    return Snapshot(TENANT, version, objects, {}, "ACME")


def personal(**changes: object) -> Personal:
    return Personal.model_validate(changes)
